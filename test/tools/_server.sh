# Sourced by run.sh and refusals.sh: a Codeplan server in front of the sandbox upstream, and what is counted of it.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The checkout brings the Node that runs TypeScript.
export PATH="$ROOT/node_modules/.bin:$PATH"
WORK=$(mktemp -d "${TMPDIR:-/tmp}/codeplan-tools.XXXXXX")
LOGS=${LOGS:-$WORK/logs}
mkdir -p "$LOGS"
PASSED=0
FAILED=0
PIDS=()

stop() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2> /dev/null; done
  for pid in "${PIDS[@]}"; do
    for _ in $(seq 100); do kill -0 "$pid" 2> /dev/null && sleep 0.1; done
    kill -KILL "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
  done
  rm -rf "$WORK"
}
trap stop EXIT
trap 'exit 130' INT TERM

report() { # report PASS|FAIL TEXT
  if [ "$1" = PASS ]; then PASSED=$((PASSED + 1)); else FAILED=$((FAILED + 1)); fi
  echo "$1 $2"
}

give_up() { # give_up WHAT LOG
  echo "FAIL $1"
  tail -n 30 "$2"
  printf '\n%s passed, %s failed\n' "$PASSED" "$((FAILED + 1))"
  exit 1
}

# json EXPRESSION : reads JSON from standard input as `it`, prints what the expression makes of it, fails if that is nothing
json() {
  node -e 'const it = JSON.parse(require("fs").readFileSync(0, "utf8")); const made = eval(process.argv[1])
    if (made === undefined) process.exitCode = 1; else console.log(made)' "$1"
}

# get URL : prints the body, fails on any other status than 200
get() {
  node -e 'fetch(process.argv[1]).then(async (answer) => {
    process.stdout.write(await answer.text())
    process.exitCode = answer.ok ? 0 : 1
  }, () => { process.exitCode = 1 })' "$1"
}

free_port() {
  node -e 'const server = require("net").createServer()
    server.listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close() })'
}

start_sandbox() { # start_sandbox OPTIONS... : sets SANDBOX
  local log=$LOGS/sandbox.log
  node "$ROOT/apps/sandbox/src/main.ts" --port 0 "$@" > "$log" 2>&1 &
  PIDS+=($!)
  for _ in $(seq 100); do
    SANDBOX=$(sed -n 's/^sandbox upstream on //p' "$log")
    [ -n "$SANDBOX" ] && return
    sleep 0.1
  done
  give_up "the sandbox upstream does not start" "$log"
}

operator() { node "$ROOT/apps/server/bin/codeplan-server.js" "$@" 2>> "$LOGS/operator.log"; }

start_server() { # start_server SED...: the default catalog, changed by sed's arguments; sets BASE
  local log=$LOGS/server.log ready
  export PORT HOST=127.0.0.1 CODEPLAN_DATA=$WORK/data CODEPLAN_CATALOG=$WORK/catalog.yaml
  PORT=$(free_port)
  unset DATABASE_URL
  # The default catalog, with the built-in simulation replaced by an engine behind a real address, and a plan that is told
  # to meters in credits.
  sed -e "s#\(kind: openai, base_url: \)sandbox#\1\"$SANDBOX/v1\"#" \
    -e "s#\(kind: anthropic, base_url: \)sandbox#\1\"$SANDBOX\"#" -e '/^  - id: max$/a\    reported_as: credits' "$@" "$ROOT/catalog.yaml" > "$CODEPLAN_CATALOG"
  [ "$(grep -c "base_url: \"$SANDBOX" "$CODEPLAN_CATALOG")" = 2 ] ||
    give_up "catalog.yaml has no longer one sandbox upstream of each kind" "$CODEPLAN_CATALOG"
  node "$ROOT/apps/server/bin/codeplan-server.js" start > "$log" 2>&1 &
  PIDS+=($!)
  BASE=http://127.0.0.1:$PORT
  for _ in $(seq 120); do
    get "$BASE/readyz" > /dev/null && ready=1 && break
    kill -0 "${PIDS[-1]}" 2> /dev/null || break
    sleep 0.5
  done
  [ -n "${ready:-}" ] || give_up "the server does not get ready" "$log"
}

subscriber() { # subscriber EMAIL [PLAN] : prints a key
  operator member add "$1" --json > "$LOGS/member.json" || give_up "member add" "$LOGS/operator.log" >&2
  [ -z "${2:-}" ] || operator grant "$1" "$2" --months 1 --json > "$LOGS/grant.json" || give_up "grant" "$LOGS/operator.log" >&2
  operator key create "$1" --json | json it.key || give_up "key create" "$LOGS/operator.log" >&2
}

summary() {
  printf '\n%s passed, %s failed\n' "$PASSED" "$FAILED"
  [ "$FAILED" = 0 ]
}
