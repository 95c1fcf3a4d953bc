#!/usr/bin/env bash
# Real coding tools that are refused: each stops at once and shows our words, or waits as long as it is told; nobody repeats what
# cannot succeed. Bare SDKs are told that the plan serves coding tools only. A part of npm run test:tools.
#
#   bash test/tools/refusals.sh [client...]
#
# Env: CODEPLAN_TOOLS_CACHE, LOGS
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LIMIT=120 EXPECT_WITHIN=90
. "$HERE/_server.sh"
ONLY=("$@")
CLIENTS=(claude-code opencode qwen-code codex)
# Titles are calls as well: OpenCode asks for one beside the question.
CALLS_MAX=4

# refused : how many calls the server has refused so far
refused() { get "$BASE/metrics" | awk '/^codeplan_refusals_total/ { n += $2 } END { print n + 0 }'; }

# check CLIENT KEY MODEL WORDS NAME : one refusal that is final
check() {
  [ ${#ONLY[@]} = 0 ] || [[ " ${ONLY[*]} " == *" $1 "* ]] || return 0
  local log="$LOGS/refusal-$1-$5.log" before line calls
  before=$(refused)
  BASE=$BASE KEY=$2 MODEL=$3 SMALL_MODEL=$3 EXPECT_TEXT=$4 bash "$HERE/$1.sh" > "$log" 2>&1 < /dev/null
  line=$(grep -aE '^(PASS|FAIL) ' "$log" | tail -n 1)
  calls=$(($(refused) - before))
  if [ "${line%% *}" = PASS ] && [ "$calls" -ge 1 ] && [ "$calls" -le "$CALLS_MAX" ]; then
    report PASS "$5: ${line#PASS }, $calls refused call(s)"
  else
    report FAIL "$5: ${line#* }, $calls refused call(s)"
    tail -n 15 "$log" | sed 's/^/    /'
  fi
}

# ask KEY TEXT : a question of a coding tool; ends with its answer. It becomes the process, so call it in one of its own
ask() {
  exec node -e 'const [base, key, content] = process.argv.slice(1)
    fetch(base + "/api/coding/paas/v4/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "opencode/1", authorization: key },
      body: JSON.stringify({ model: "glm-4.7", stream: true, messages: [{ role: "user", content }] }),
    }).then((answer) => answer.text())' "$BASE" "$1" "$2"
}

# waits CLIENT KEY : 1302 while another call of the subscriber runs; it waits, and then does its task
waits() {
  [ ${#ONLY[@]} = 0 ] || [[ " ${ONLY[*]} " == *" $1 "* ]] || return 0
  local log="$LOGS/refusal-$1-1302.log" before line calls holder client
  before=$(refused)
  ask "$2" "hold [[fault=tokens:4000,rate:20]]" &
  holder=$!
  PIDS+=("$holder")
  BASE=$BASE KEY=$2 MODEL=glm-4.7 SMALL_MODEL=glm-4.7 bash "$HERE/$1.sh" > "$log" 2>&1 < /dev/null &
  client=$!
  for _ in $(seq 200); do
    [ "$(refused)" -gt "$before" ] && break
    kill -0 "$client" 2> /dev/null || break
    sleep 0.2
  done
  sleep 1
  kill "$holder" 2> /dev/null
  wait "$client"
  wait "$holder" 2> /dev/null
  line=$(grep -aE '^(PASS|FAIL) ' "$log" | tail -n 1)
  calls=$(($(refused) - before))
  if [ "${line%% *}" = PASS ] && [ "$calls" -ge 1 ] && [ "$calls" -le 8 ]; then
    report PASS "1302: ${line#PASS }, after $calls refused call(s)"
  else
    report FAIL "1302: ${line#* }, after $calls refused call(s)"
    tail -n 15 "$log" | sed 's/^/    /'
  fi
}

start_sandbox
start_server -e 's/prompts: 80 }/prompts: 1 }/' -e 's/concurrency: 30$/concurrency: 1/' -e 's/wait_ms_max: [0-9]*/wait_ms_max: 0/'
FULL=$(subscriber full@example.org lite) || exit 1
NONE=$(subscriber none@example.org) || exit 1
BUSY=$(subscriber busy@example.org max) || exit 1
(ask "$FULL" "the only prompt of five hours")

for client in "${CLIENTS[@]}"; do
  check "$client" "$FULL" glm-4.7 "Usage limit reached for 5 hour" 1308
  check "$client" "$FULL" glm-5 "does not yet include access to glm-5" 1311
  [ "$client" = claude-code ] || check "$client" "$NONE" glm-4.7 "Insufficient balance" 1113
  waits "$client" "$BUSY"
done
check claude-code "$NONE" glm-4.7 "this address serves plans only" 1309
for client in sdk-anthropic sdk-openai; do
  check "$client" "$BUSY" glm-4.7 "Plan quota can be used only from supported coding tools" 1113
done
# Where only plans pay, a tool hears 1113 if no rule knows it.
# The rule for its router goes by the same system prompt.
sed -i -e 's#"claude-cli/\*"#"other-cli/*"#' -e '/id: claude-code-router/d' "$CODEPLAN_CATALOG"
operator catalog apply > /dev/null || give_up "catalog apply" "$LOGS/operator.log"
check claude-code "$BUSY" glm-4.7 "Plan quota can be used only from supported coding tools" 1113
summary
