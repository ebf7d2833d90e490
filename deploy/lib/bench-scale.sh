# shellcheck shell=bash
# bench --scale: the console over a catalog of many runs against the same over one of few. Two installations
# side by side, asked in turn, so that whatever else the machine does falls on both.

readonly SCALE_FEW_RUNS=1000 SCALE_FEW_SOURCES=20

# bench_scale RUNS SOURCES ROUNDS JSON
bench_scale() {
    local runs=$1 sources=$2 rounds=$3 json=$4 side
    if build_is_needed; then require_packages run build; else require_packages run; fi
    prepare_data_dir
    fetch_servers
    build_war
    SCALE_SHARED=$DATA_DIR
    SCALE_PORT=$(https_port)
    own "$(id -un)" 700 "$SCALE_SHARED/bench-scale"
    chmod 711 "$SCALE_SHARED/bench-scale"
    rm -f "$SCALE_SHARED"/bench-scale/*.jsonl
    trap scale_stop EXIT
    for side in few many; do
        scale_at "$side"
        prepare_data_dir
        lock_data_dir
        scale_settings
        start_private_catalog
        prepare_private_catalog
        start_server
    done
    for side in few many; do
        scale_at "$side"
        await_server
        first_user
    done
    scale_at few
    scale_fill "$SCALE_FEW_RUNS" "$SCALE_FEW_SOURCES"
    scale_at many
    scale_fill "$runs" "$sources"
    for side in few many; do
        scale_at "$side"
        scale_sign_in
        scale_pages >"$DATA_DIR/run/pages"
    done
    scale_rounds "$rounds"
    scale_report "$rounds"
    scale_json "$rounds" >"${json:-$SCALE_SHARED/bench-scale/scale.json}"
    say "Figures of every round: ${json:-$SCALE_SHARED/bench-scale/scale.json}"
}

scale_stop() {
    local side
    for side in few many; do
        scale_at "$side"
        stop_process server TERM
        stop_process pg-catalog INT
    done >/dev/null
}

# scale_at SIDE: what follows is about this installation.
scale_at() {
    SCALE_SIDE=$1
    DATA_DIR=$SCALE_SHARED/bench-scale/$1
    mkdir -p "$DATA_DIR"
    chmod 711 "$DATA_DIR"
    ln -sfn "$SCALE_SHARED/lib" "$DATA_DIR/lib"
    export HOLDFAST_HTTPS_PORT=$((SCALE_PORT + 40))
    [[ $1 == few ]] || HOLDFAST_HTTPS_PORT=$((SCALE_PORT + 50))
    REST_TOKEN=$(jq -r '.token // empty' "$DATA_DIR/demo/user.json" 2>/dev/null || true)
}

# Workers are off: the databases and the objects are rows only, and what would fail is not measured.
scale_settings() {
    own "$(id -un)" 711 "$DATA_DIR/demo"
    own "$(server_user)" 700 "$DATA_DIR/store" "$DATA_DIR/store2"
    [[ -s $DATA_DIR/secrets/operator.age ]] || age-keygen -o "$DATA_DIR/secrets/operator.age" 2>/dev/null
    {
        property BACKUP_STORAGE_DIR "$DATA_DIR/store"
        property BACKUP_ENCRYPTION_RECIPIENTS "$(age-keygen -y "$DATA_DIR/secrets/operator.age")"
        property HOLDFAST_BOOTSTRAP_TOKEN "$(secret bootstrap)"
        property BACKUP_WORKER_ENABLED false
        property RETENTION_WORKER_ENABLED false
        property SCRUB_GIB_PER_DAY 0
    } >"$DATA_DIR/demo/server.properties"
}

# scale_fill RUNS SOURCES: once; a catalog filled before is measured as it is.
scale_fill() {
    local start
    [[ $(admin_psql catalog holdfast -c 'SELECT count(*) FROM sources') == 0 ]] || return 0
    start=$(now_ms)
    admin_psql catalog holdfast -v runs="$1" -v sources="$2" -v second="$DATA_DIR/store2" -f "$ROOT/deploy/bench/fill.sql" >/dev/null
    say "Catalog of $1 runs and $2 sources made in $(seconds_since "$start") s: $(mib "$(admin_psql catalog holdfast -c 'SELECT pg_database_size(current_database())')")"
}

# --- asking as a browser does -----------------------------------------------------------------------

browse() { curl -sS -m 120 --cacert "$(certificate)" -b "$DATA_DIR/run/cookies" -c "$DATA_DIR/run/cookies" "$@"; }

scale_sign_in() {
    local page state nonce
    rm -f "$DATA_DIR/run/cookies"
    page=$(browse "$(server_url)/console/sign-in.xhtml")
    state=$(grep -oP 'name="jakarta.faces.ViewState"[^>]*value="\K[^"]*' <<<"$page" | head -n 1)
    nonce=$(grep -oP 'nonce="\K[^"]*' <<<"$page" | head -n 1)
    browse -o /dev/null "$(server_url)/console/sign-in.xhtml" \
        --data-urlencode "signIn:user=$(demo_user user)" --data-urlencode "signIn:password@"<(demo_user password | tr -d '\n') \
        --data-urlencode "signIn:code=$(fresh_totp "$(demo_user totpSecret)")" -d 'signIn:recovery=' -d 'signIn=signIn' \
        -d 'signIn:enter=' --data-urlencode "jakarta.faces.ViewState=$state" --data-urlencode "primefaces.nonce=$nonce"
    [[ $(browse -o /dev/null -w '%{http_code}' "$(server_url)/console/profile.xhtml") == 200 ]] || die "the bench could not sign in." "See $DATA_DIR/log/server.log."
}

# Name and path of everything that is measured; sources and ids are each installation's own.
scale_pages() {
    local source id cursor
    source=$(admin_psql catalog holdfast -c 'SELECT name FROM sources ORDER BY md5(name) LIMIT 1')
    id=$(admin_psql catalog holdfast -c 'SELECT id FROM snapshots ORDER BY md5(id::text) LIMIT 1')
    rest_or_die 'The first page of REST' GET '/admin/backups?limit=50'
    cursor=$(field .next)
    cat <<TEXT
History, first page	/console/backups/index.xhtml
History, page 2	/console/backups/index.xhtml?page=2
History, page 30	/console/backups/index.xhtml?page=30
History, one source	/console/backups/index.xhtml?source=$source
History, failed	/console/backups/index.xhtml?status=FAILED
History, suspect	/console/backups/index.xhtml?status=SUSPECT
History, verified or restored	/console/backups/index.xhtml?status=VERIFIED,RESTORED
History, verified of one source	/console/backups/index.xhtml?source=$source&status=VERIFIED
History, found by name	/console/backups/index.xhtml?q=orders
History, found by requester	/console/backups/index.xhtml?q=olga
History, found by id	/console/backups/index.xhtml?q=${id:0:8}
History, nothing found	/console/backups/index.xhtml?q=nowhere
History, by source	/console/backups/index.xhtml?sort=source&dir=asc
History, by source, last first	/console/backups/index.xhtml?sort=source&dir=desc
History, by state	/console/backups/index.xhtml?sort=status&dir=asc
History, by size	/console/backups/index.xhtml?sort=stored_bytes&dir=desc
History, by duration	/console/backups/index.xhtml?sort=duration&dir=desc
History, by duration, page 30	/console/backups/index.xhtml?sort=duration&dir=desc&page=30
History, verified by size	/console/backups/index.xhtml?status=VERIFIED&sort=stored_bytes&dir=desc
REST, first page	/admin/backups?limit=50
REST, next page	/admin/backups?limit=50&cursor=$cursor
REST, failed	/admin/backups?limit=50&status=FAILED
Dashboard	/console/dashboard.xhtml
Alerts	/console/alerts.xhtml
Databases	/console/databases.xhtml
Policy	/console/policy.xhtml
TEXT
}

# scale_ask PATH: milliseconds of the whole answer, and how many rows are in it.
scale_ask() {
    local answer body=$DATA_DIR/run/answer
    case $1 in
        /admin/*)
            answer=$(curl -sS -m 300 --cacert "$(certificate)" -o "$body" -w '%{http_code} %{time_total}' \
                --config <(printf 'header = "Authorization: Bearer %s"\n' "$REST_TOKEN") "$(server_url)$1")
            ;;
        *) answer=$(browse -o "$body" -m 300 -w '%{http_code} %{time_total}' "$(server_url)$1") ;;
    esac
    [[ $answer == 200\ * ]] || die "$1 answered ${answer%% *}." "See $DATA_DIR/log/server.log."
    awk -v s="${answer#* }" -v rows="$(scale_rows "$1" "$body")" 'BEGIN { printf "%.1f %s\n", s * 1000, rows }'
}

# scale_rows PATH BODY: rows in the tables of a page, or items of an answer of REST; null where it has neither.
scale_rows() {
    case $1 in
        /admin/*) jq '.items | if . then length else null end' "$2" ;;
        *)
            awk 'BEGIN { RS = "<" }
                /^tbody[ >]/ { tables++; body = 1 }
                /^\/tbody>/ { body = 0 }
                body && /^tr[ >\n]/ && !/ui-datatable-empty-message/ { rows++ }
                END { print tables ? rows + 0 : "null" }' "$2"
            ;;
    esac
}

scale_rounds() {
    local round line name path side ms rows
    for ((round = -2; round <= $1; round++)); do
        ((round != 1)) || say "Measuring, $1 rounds"
        for ((line = 1; line <= $(wc -l <"$SCALE_SHARED/bench-scale/few/run/pages"); line++)); do
            for side in few many; do
                scale_at "$side"
                IFS=$'\t' read -r name path < <(sed -n "${line}p" "$DATA_DIR/run/pages")
                ms=$(scale_ask "$path")
                rows=${ms#* } ms=${ms% *}
                ((round < 1)) || jq -cn --arg name "$name" --arg side "$side" --argjson round "$round" --argjson ms "$ms" --argjson rows "$rows" \
                    '{name: $name, side: $side, round: $round, ms: $ms, rows: $rows}' >>"$SCALE_SHARED/bench-scale/rounds.jsonl"
            done
        done
    done
}

# shellcheck disable=SC2016 # jq's variables
readonly SCALE_FIGURES='
    def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2] + .[length / 2 - 1]) / 2 end;
    def figures: . as $all | reduce .[] as $r ([]; if any(.[]; . == $r.name) then . else . + [$r.name] end)
        | map(. as $name | {name: $name,
            fewMs: ([$all[] | select(.name == $name and .side == "few") | .ms] | median),
            manyMs: ([$all[] | select(.name == $name and .side == "many") | .ms] | median),
            fewRows: ([$all[] | select(.name == $name and .side == "few") | .rows] | max),
            manyRows: ([$all[] | select(.name == $name and .side == "many") | .rows] | max)}
          | . + {ratio: (.manyMs / .fewMs), allowed: (if .name == "Dashboard" then 2 elif .name | startswith("History") then 1.5 else null end)});'

scale_counts() {
    admin_psql catalog holdfast -c "SELECT (SELECT count(*) FROM backup_runs) || ' runs and ' || (SELECT count(*) FROM sources WHERE NOT retired) || ' sources'"
}

scale_report() {
    local few many
    scale_at few
    few=$(scale_counts)
    scale_at many
    many=$(scale_counts)
    say ''
    say "$many against $few; medians of $1 rounds, $(nproc) CPUs"
    printf '%-34s %10s %10s %7s %9s\n' '' few many ratio rows
    jq -rs "$SCALE_FIGURES"' figures[] | [.name, .fewMs, .manyMs, .ratio, .fewRows, .manyRows, (.allowed // "")] | @tsv' "$SCALE_SHARED/bench-scale/rounds.jsonl" |
        awk -F'\t' 'function rows(n) { return n == "" ? "   –" : sprintf("%4d", n) }
            {
                printf "%-34s %7.0f ms %7.0f ms %7.2f %s %s", $1, $2, $3, $4, rows($5), rows($6)
                if ($7 != "") printf "  %s %s", ($4 <= $7 ? "within" : "OVER"), $7
                if ($7 != "" && $4 > $7 && $5 != "" && $5 * 2 < $6) printf ", more rows"
                print ""
            }'
    say 'Rows: in the tables of the page or the items of the answer, few and many; – where there are none to count. Of'
    say 'one that is over, "more rows" tells that the small catalog had less than half as many to show, so that its page'
    say 'had less to make: look whether that is all.'
    say ''
}

scale_json() {
    jq -s --argjson rounds "$1" --argjson cpus "$(nproc)" "$SCALE_FIGURES"' {rounds: $rounds, cpus: $cpus, medians: figures, runs: .}' \
        "$SCALE_SHARED/bench-scale/rounds.jsonl"
}
