# Sourced by run.sh: meters that others published read the server, unmodified. They know one host, which the front stands for.
METER_HOSTS=(api.z.ai open.bigmodel.cn)

start_front() { # sets FRONT and CA
  local log=$LOGS/front.log curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2)
  CA=$WORK/ca.pem
  {
    openssl req -x509 "${curve[@]}" -subj /CN=codeplan-tools-ca -keyout "$WORK/ca.key" -out "$CA"
    openssl req -x509 "${curve[@]}" -subj /CN=front -CA "$CA" -CAkey "$WORK/ca.key" \
      -addext basicConstraints=critical,CA:FALSE \
      -addext "subjectAltName=$(printf 'DNS:%s,' "${METER_HOSTS[@]}" | sed 's/,$//')" \
      -keyout "$WORK/front.key" -out "$WORK/front.pem"
  } 2> "$LOGS/openssl.log" || give_up "no certificate for the front" "$LOGS/openssl.log"
  node "$HERE/front.ts" "$WORK/front.pem" "$WORK/front.key" "$BASE" "${METER_HOSTS[@]}" > "$log" 2>&1 &
  PIDS+=($!)
  for _ in $(seq 100); do
    FRONT=$(sed -n 's/^front on //p' "$log")
    [ -n "$FRONT" ] && return
    sleep 0.1
  done
  give_up "the front does not start" "$log"
}

# run_meters WHO PLAN PROMPTS METER... : a new subscriber who has asked so much, read by each of these meters
run_meters() {
  local who=$1 plan=$2 prompts=$3 meter log line seen asked KEY tokens
  shift 3
  KEY=$(subscriber "$who@example.org" "$plan") || exit 1
  tokens=$(KEY=$KEY node "$HERE/spend.ts" "$BASE" "$(model_of openai)" "$prompts") ||
    give_up "$who cannot ask" "$LOGS/server.log"
  for meter in "$@"; do
    chosen "$meter" || continue
    log=$LOGS/$meter-$who.log
    seen=$(wc -l < "$LOGS/front.log")
    BASE=$BASE KEY=$KEY FRONT=$FRONT CA=$CA PROMPTS=$prompts TOKENS=$tokens bash "$HERE/$meter.sh" > "$log" 2>&1
    line=$(grep -aE '^(PASS|FAIL) ' "$log" | tail -n 1)
    asked=$(tail -n "+$((seen + 1))" "$LOGS/front.log" | sed -n 's#^200 GET /api/##p' | sort -u | paste -sd ' ')
    report "${line%% *}" "$who, plan $plan, $prompts prompts: ${line#* }: $asked"
    [ "${line%% *}" = PASS ] || tail -n 25 "$log" | sed 's/^/    /'
  done
}
