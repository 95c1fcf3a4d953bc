# Sourced by the <tool>.sh scripts beside it. bash, Node and npm are needed; nothing else.
#
# Every script takes from its environment:
#   BASE            origin of the server under test, e.g. http://127.0.0.1:8787   (required)
#   KEY             the subscriber's API key                                      (required)
#   MODEL           model to ask for (default glm-4.7); SMALL_MODEL (default glm-4.5-air)
#   ANTHROPIC_PATH  default /api/anthropic ; OPENAI_PATH default /api/coding/paas/v4 ; RESPONSES_PATH default /api/v1 ;
#                   may be empty
#   CODEPLAN_TOOLS_CACHE  where clients are installed, one folder each (default ~/.cache/codeplan-tools)
#   LIMIT           seconds the client may run (default 120)
#   STEPS           tool calls the task takes (default 1; the sandbox upstream understands it)
#   PROMPT_EXTRA    text appended to the prompt (e.g. further [[...]] directives)
#   EXPECT_TEXT     if set, success means: the client itself showed this text (fixed string) within
#                   EXPECT_WITHIN seconds (default 30); the file is not looked at. For error checks.
#   HELPER=1        the tool is configured by `codeplan setup` alone, in a fresh home, instead of by the script
#   KEEP=1          leave the temporary folder in place and print its name
# A script exits 0 only if the client produced the file with the right content (or showed EXPECT_TEXT).
# The last line of the output is:  PASS|FAIL <tool> <version> <seconds>s <reason>
set -u
: "${BASE:?BASE (origin of the server under test) is not set}"
: "${KEY:?KEY (API key) is not set}"
BASE=${BASE%/}
MODEL=${MODEL:-glm-4.7}
SMALL_MODEL=${SMALL_MODEL:-glm-4.5-air}
ANTHROPIC_PATH=${ANTHROPIC_PATH-/api/anthropic}
OPENAI_PATH=${OPENAI_PATH-/api/coding/paas/v4}
RESPONSES_PATH=${RESPONSES_PATH-/api/v1}
CACHE=${CODEPLAN_TOOLS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/codeplan-tools}
LIMIT=${LIMIT:-120}
EXPECT_WITHIN=${EXPECT_WITHIN:-30}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOL=$(basename "$0" .sh)

# npm_install FOLDER SPEC... : installs once per set of specs, also when two scripts start together; sets DIR and BIN
npm_install() {
  DIR=$CACHE/$1
  BIN=$DIR/node_modules/.bin
  shift
  local mark
  mark=.installed-$(printf '%s' "$*" | cksum | cut -d' ' -f1)
  mkdir -p "$DIR"
  (
    flock 9
    [ -e "$DIR/$mark" ] && exit 0
    cd "$DIR" || exit 1
    [ -e package.json ] || printf '{"name":"client","version":"0.0.0","private":true}\n' > package.json
    for _ in 1 2; do
      if timeout 400 npm i --no-audit --no-fund --loglevel=error "$@" > npm.log 2>&1; then
        touch "$mark"
        exit 0
      fi
    done
    tail -20 npm.log >&2
    exit 1
  ) 9> "$DIR/.lock" || {
    echo "FAIL $TOOL - 0s cannot install $*"
    exit 3
  }
}

# new_task : makes $W/home and $W/proj, sets PROMPT, FILE and CONTENT
new_task() {
  W=$(mktemp -d "${TMPDIR:-/tmp}/codeplan-$TOOL.XXXXXX")
  mkdir -p "$W/home" "$W/proj"
  CONTENT="hello-$TOOL-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')"
  FILE=hello.txt
  PROMPT="Create a file named $FILE in the current directory with exactly this content: $CONTENT"
  [ "${STEPS:-1}" -gt 1 ] && PROMPT="$PROMPT [[steps=$STEPS]]"
  [ -n "${PROMPT_EXTRA:-}" ] && PROMPT="$PROMPT $PROMPT_EXTRA"
  trap cleanup EXIT
}

# cleanup : ends what this run left behind, daemons included: only processes that carry its own folder in their environment
cleanup() {
  local pid
  for pid in /proc/[0-9]*; do
    pid=${pid#/proc/}
    [ "$pid" = $$ ] && continue
    if grep -qzF "$W/home" "/proc/$pid/environ" 2> /dev/null; then kill "$pid" 2> /dev/null; fi
  done
  if [ "${KEEP:-0}" = 1 ]; then echo "kept: $W"; else rm -rf "$W" 2> /dev/null || { sleep 1; rm -rf "$W"; }; fi
}

# clean_env VAR=VALUE... CMD ARGS : runs CMD in $W/proj with nothing of the caller's environment but PATH
clean_env() {
  (
    cd "$W/proj" && exec env -i PATH="$PATH" HOME="$W/home" TMPDIR="${TMPDIR:-/tmp}" TERM=xterm LANG=C.UTF-8 \
      NO_PROXY='*' no_proxy='*' DO_NOT_TRACK=1 "$@"
  ) < /dev/null
}

# helped : with HELPER=1 configures the tool as a subscriber does, by the helper; else it says no
helped() {
  [ "${HELPER:-0}" = 1 ] || return 1
  clean_env CODEPLAN_KEY="$KEY" node "$HERE/../../apps/cli/bin/codeplan.js" setup --tool "$TOOL" --host "$BASE" \
    --model "main=$MODEL" --model "small=$SMALL_MODEL" --yes && return
  echo "FAIL $TOOL - 0s codeplan setup ended with $?"
  exit 1
}

# run_client VAR=VALUE... CMD ARGS : bounded run, output kept in $W/out and shown
run_client() {
  local vars=() started
  started=$(date +%s)
  while [ $# -gt 0 ]; do
    case $1 in
      *=*) vars+=("$1") && shift ;;
      *) break ;;
    esac
  done
  clean_env "${vars[@]}" timeout -k 5 "$LIMIT" "$@" > "$W/out" 2>&1
  RC=$?
  SECS=$(($(date +%s) - started))
  tail -c 6000 "$W/out"
  echo
}

# verdict VERSION : the last line and the exit status
verdict() {
  local why ok=1
  if [ -n "${EXPECT_TEXT:-}" ]; then
    if grep -qF -- "$EXPECT_TEXT" "$W/out" && [ "$SECS" -le "$EXPECT_WITHIN" ]; then
      ok=0 why="showed the expected text"
    else
      why="expected text not shown within ${EXPECT_WITHIN}s (rc $RC)"
    fi
  elif [ ! -f "$W/proj/$FILE" ]; then
    why="no $FILE (rc $RC)"
  elif [ "$(tr -d '\r' < "$W/proj/$FILE")" != "$CONTENT" ]; then
    why="$FILE has other content: $(head -c 80 "$W/proj/$FILE")"
  elif [ "$RC" != 0 ]; then
    why="file is right but the client ended with rc $RC"
  else
    ok=0 why="rc $RC"
  fi
  [ $ok = 0 ] && echo "PASS $TOOL $1 ${SECS}s $why" || echo "FAIL $TOOL $1 ${SECS}s $why"
  exit $ok
}

# run_meter VAR=VALUE... CMD ARGS : runs a meter behind the front; it must show the subscriber's figures. Ends the script
run_meter() {
  local why
  run_client HTTPS_PROXY="$FRONT" HTTP_PROXY="$FRONT" NO_PROXY='' no_proxy='' "$@"
  why=$(node "$HERE/figures.ts" "$TOOL" "$W/out" 2>&1 | tail -n 1)
  [ "$RC $why" = "0 shows what is" ] && echo "PASS $TOOL $VERSION ${SECS}s $why" && exit 0
  echo "FAIL $TOOL $VERSION ${SECS}s $why (rc $RC)"
  exit 1
}
