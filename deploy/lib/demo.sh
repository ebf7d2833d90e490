# shellcheck shell=bash
# The main job on sample data: back up, verify, restore into staging, compare, drill; through the REST API of
# the running product, as a script of anybody's would do it.

cmd_demo() {
    local size=200
    while (($# > 0)); do
        case $1 in
            --size)
                [[ ${2:-} =~ ^[1-9][0-9]{0,5}$ ]] || die "--size takes a number of MB, got '${2:-}'." "For example: deploy/holdfast demo --size 500"
                size=$2
                shift 2
                ;;
            *) die "'demo' knows only --size MB, got '$1'." ;;
        esac
    done
    local began
    began=$(now_ms)
    if build_is_needed; then require_packages run build; else require_packages run; fi
    prepare_data_dir
    lock_data_dir
    running server || require_free_port "$(https_port)" HOLDFAST_HTTPS_PORT
    demo_services_with_build "$size"
    start_server
    await_server
    local setup
    setup=$(($(now_ms) - began))
    say "Set up in $(ms_as_seconds "$setup") s: console, catalog, sample source, staging target, two stores"
    first_user
    run_main_job "$setup" "$began"
}

# --- services -------------------------------------------------------------------------------------

# Maven's work and the databases' work share the cores.
demo_services_with_build() {
    (fetch_servers && build_war) &
    local build=$!
    own "$(id -un)" 711 "$DATA_DIR/demo"
    start_private_catalog
    start_demo_databases
    prepare_private_catalog
    prepare_sample "$1"
    prepare_staging
    wait "$build" || exit 1
    start_s3proxy
    demo_settings
    await_s3proxy
}

start_demo_services() {
    start_private_catalog
    start_demo_databases
    start_s3proxy
    await_demo_services
    demo_settings
}

await_demo_services() {
    await_cluster shop
    await_cluster staging
    await_s3proxy
}

# Sample data can be made anew at any time, so these two trade safety for speed.
start_demo_databases() {
    local name port
    port=$(https_port)
    for name in shop staging; do
        make_cluster "$name" <<'CONF'
fsync = 'off'
synchronous_commit = 'off'
full_page_writes = 'off'
wal_level = 'minimal'
max_wal_senders = '0'
max_wal_size = '4GB'
shared_buffers = '192MB'
max_connections = '40'
CONF
    done
    start_cluster shop $((port + 2))
    start_cluster staging $((port + 3))
}

# The source: its owner fills it, Holdfast reads it with a role that can read and nothing else.
# BYPASSRLS, or row security would hide rows from the dump; large objects have grants of their own.
prepare_sample() {
    local start
    await_cluster shop
    ensure_role shop shop_owner ''
    ensure_role shop holdfast_backup BYPASSRLS
    admin_psql shop postgres -c 'GRANT pg_read_all_data TO holdfast_backup'
    [[ $(cat "$DATA_DIR/demo/size" 2>/dev/null) != "$1" ]] || return 0
    start=$(now_ms)
    rm -f "$DATA_DIR/demo/size"
    admin_psql shop postgres -c 'DROP DATABASE IF EXISTS shop WITH (FORCE)' 2>/dev/null
    ensure_database shop shop shop_owner
    admin_psql shop postgres -c 'GRANT CONNECT ON DATABASE shop TO holdfast_backup'
    fill_shop shop shop_owner "$1"
    admin_psql shop shop -c 'DO $$ DECLARE lo oid; BEGIN FOR lo IN SELECT oid FROM pg_largeobject_metadata LOOP
        EXECUTE format('\''GRANT SELECT ON LARGE OBJECT %s TO holdfast_backup'\'', lo); END LOOP; END $$'
    echo "$1" >"$DATA_DIR/demo/size"
    say "Sample shop of $(mib "$(admin_psql shop shop -c 'SELECT pg_database_size(current_database())')") made in $(seconds_since "$start") s"
}

# The target: the role owns the database and may make others beside it, which a restore that is
# swapped in needs; pg_signal_backend lets it end the sessions of applications, when told to.
prepare_staging() {
    await_cluster staging
    ensure_role staging holdfast_restore CREATEDB
    admin_psql staging postgres -c 'GRANT pg_signal_backend TO holdfast_restore'
    if ensure_database staging shop holdfast_restore; then
        # What staging holds before: an older, small shop, and something that a restore would lose.
        fill_shop staging holdfast_restore 2
        PGPASSWORD=$(secret role-staging-holdfast_restore) "$(pg_bin)/psql" -Xq -h 127.0.0.1 -p "$(cluster_port staging)" -U holdfast_restore -d shop \
            -c "CREATE TABLE shop.tester_notes AS SELECT n AS id, 'Seen in staging, note ' || n AS note FROM generate_series(1, 12) AS n"
    fi
}

# fill_shop CLUSTER ROLE MB
fill_shop() {
    PGPASSWORD=$(secret "role-$1-$2") "$(pg_bin)/psql" -Xq -h 127.0.0.1 -p "$(cluster_port "$1")" -U "$2" -d shop \
        -v size_mb="$3" -f - <"$ROOT/deploy/demo/shop.sql" ||
        die "the sample database could not be filled." "See the message of PostgreSQL above."
}

demo_settings() {
    local user
    user=$(server_user)
    own "$user" 700 "$DATA_DIR/store"
    own "$user" 700 "$DATA_DIR/demo/keys"
    # Two recipients: the operator's, which this server may read with, and an escrow's, which it may not.
    local name
    for name in operator escrow; do
        [[ -s $DATA_DIR/secrets/$name.age ]] || age-keygen -o "$DATA_DIR/secrets/$name.age" 2>/dev/null
    done
    [[ -s $DATA_DIR/demo/keys/operator.age ]] || write_for_server "$DATA_DIR/demo/keys/operator.age" <"$DATA_DIR/secrets/operator.age"
    {
        property BACKUP_SOURCE_SHOP_URL "$(cluster_url shop holdfast_backup shop)"
        property RESTORE_TARGET_STAGING_URL "$(cluster_url staging holdfast_restore shop)"
        property RESTORE_TARGET_STAGING_PRODUCTION false
        property BACKUP_STORAGE_DIR "$DATA_DIR/store"
        property S3_ENDPOINT "$(s3_endpoint)"
        property S3_REGION us-east-1
        property S3_BUCKET holdfast
        property S3_ACCESS_KEY_ID holdfast-demo
        property S3_SECRET_ACCESS_KEY "$(secret s3)"
        property BACKUP_ENCRYPTION_RECIPIENTS "$(age-keygen -y "$DATA_DIR/secrets/operator.age"),$(age-keygen -y "$DATA_DIR/secrets/escrow.age")"
        property BACKUP_IDENTITY_FILE "$DATA_DIR/demo/keys/operator.age"
        property HOLDFAST_BOOTSTRAP_TOKEN "$(secret bootstrap)"
    } >"$DATA_DIR/demo/server.properties"
}

# --- people ---------------------------------------------------------------------------------------

# The first SUPER_GURU, made through the product with the bootstrap token; kept in demo/user.json.
first_user() {
    local kept=$DATA_DIR/demo/user.json password
    REST_TOKEN=$(jq -r '.token // empty' "$kept" 2>/dev/null || true)
    if [[ -n $REST_TOKEN ]]; then
        rest GET '/admin/backups'
        [[ $REST_STATUS != 200 ]] || return 0
        REST_TOKEN=''
    fi
    password=$(secret demo-user)
    rest_or_die 'Making the first user' POST /admin/bootstrap "$(TOKEN=$(secret bootstrap) PASSWORD=$password jq -n '{token: env.TOKEN, user: "demo", password: env.PASSWORD}')"
    PASSWORD=$password jq '{user, password: env.PASSWORD, totpSecret, token}' <<<"$REST_BODY" >"$kept.new"
    mv -f "$kept.new" "$kept"
    rm -f "$DATA_DIR/run/otp-step"
    REST_TOKEN=$(jq -r .token "$kept")
}

demo_user() { jq -r ".$1" "$DATA_DIR/demo/user.json"; }

# code: what an authenticator app would show for the demo's user.
cmd_code() {
    DATA_DIR=$(readlink -f -- "$DATA_DIR")
    [[ -r $DATA_DIR/demo/user.json ]] || die "there is no demo in $DATA_DIR." "Run 'deploy/holdfast demo' first."
    local secret
    secret=$(demo_user totpSecret)
    totp "$secret" "$(totp_step)"
    printf '   (%d s left)\n' $((30 - $(date +%s) % 30))
}

# --- the main job ---------------------------------------------------------------------------------

# run_main_job SETUP-MS BEGAN-MS
run_main_job() {
    local start backup restore drill
    local backup_ms restore_ms compare_ms drill_ms

    start=$(now_ms)
    rest_or_die 'The backup' POST /admin/backups '{"source":"shop"}'
    backup=$(field .id)
    follow "Backup $backup of shop" "/admin/backups/$backup" VERIFIED
    backup_ms=$(($(now_ms) - start))
    local backup_facts=$REST_BODY

    review_impact "$backup"
    show_impact
    request_restore "$backup"
    start=$(now_ms)
    restore=$(field .id)
    follow "Restore $restore into staging" "/admin/restores/$restore" COMPLETED
    restore_ms=$(($(now_ms) - start))
    local restore_facts=$REST_BODY

    start=$(now_ms)
    compare_databases
    compare_ms=$(($(now_ms) - start))

    start=$(now_ms)
    rest_or_die 'The drill' POST /admin/drills "$(jq -n --arg id "$backup" '{snapshotId: $id}')"
    drill=$(field .id)
    follow "Drill $(field .number) of the backup, in a throw-away cluster" "/admin/drills/$drill" PASSED
    drill_ms=$(($(now_ms) - start))
    local drill_facts=$REST_BODY

    local timings
    timings=$(jq -n --argjson setup "$1" --argjson backup "$backup_ms" --argjson restore "$restore_ms" \
        --argjson compare "$compare_ms" --argjson drill "$drill_ms" --argjson total $(($(now_ms) - $2)) \
        '{setupSeconds: $setup, backupSeconds: $backup, restoreSeconds: $restore, compareSeconds: $compare, drillSeconds: $drill, totalSeconds: $total}
         | map_values(. / 1000)')
    write_demo_json "$backup" "$restore" "$drill" "$timings"
    demo_summary "$backup_facts" "$restore_facts" "$drill_facts" "$timings"
}

review_impact() { rest_or_die 'The impact review' GET "/admin/backups/$1/impact?target=staging"; }

# request_restore BACKUP: acknowledges the impact that was just reviewed, types the phrase, gives a code.
# The queued restore is in REST_BODY.
request_restore() {
    local phrase checklist otp body
    phrase=$(field .confirmPhrase)
    checklist=$(jq -c '[.checklist[]?.id]' <<<"$REST_BODY")
    otp=$(fresh_totp "$(demo_user totpSecret)")
    body=$(PHRASE=$phrase OTP=$otp jq -n --argjson checklist "$checklist" \
        '{target: "staging", mode: "ASIDE_SWAP", dryRun: false, phrase: env.PHRASE, otp: env.OTP, checklist: $checklist}')
    rest_or_die 'The restore' POST "/admin/backups/$1/restores" "$body"
}

# follow WHAT PATH GOAL: polls until the resource is there; one moving line on a terminal, a line per
# phase elsewhere. Any other end is told in the server's words.
follow() {
    local what=$1 path=$2 goal=$3 status line shown='' progress
    while true; do
        rest_or_die "$what" GET "$path"
        status=$(field .status)
        progress=$(field '[(.progress.phase // .phase // empty),
            (.progress // {} | if (.percent // null) != null then "\(.percent | floor) %" else empty end,
             if (.rateBytesPerSecond // 0) > 0 then "\(.rateBytesPerSecond / 1048576 | floor) MiB/s" else empty end,
             if (.etaSeconds // 0) > 0 then "\(.etaSeconds | floor) s left" else empty end)] | join(", ")')
        line="$what: ${status,,}${progress:+ ($progress)}"
        if [[ -t 1 ]]; then
            printf '\r\e[K%s' "${line:0:$(($(tput cols 2>/dev/null || echo 80) - 1))}"
        elif [[ "$status $(field .phase)" != "$shown" ]]; then
            say "$line"
            shown="$status $(field .phase)"
        fi
        case $status in
            "$goal" | RESTORED) break ;;
            FAILED | CANCELLED | REJECTED | SUSPECT | EXPIRED | UNDONE | PARTIAL | ABORTED)
                accept_sample "$path" && continue
                [[ ! -t 1 ]] || say ''
                die "$what ended as $status: $(field '.failure.text // .failureReason // .doubt // "no reason given"')" "See the console at $(server_url)/console and $DATA_DIR/log/server.log."
                ;;
        esac
        sleep 0.4
    done
    [[ ! -t 1 ]] || printf '\r\e[K%s\n' "$what: ${status,,}"
}

# accept_sample PATH: of a backup that is SUSPECT for its size only, which --size chose; false for any other.
accept_sample() {
    [[ $(field .status) == SUSPECT && -n $(field .shrunken.found) && -z $(field .shrunken.acceptedBy) ]] || return 1
    rest_or_die 'The smaller sample' POST "$1/accept-shrinkage" '{"reason":"The sample data was made anew in another size."}'
}

show_impact() {
    jq -r '"Impact on staging: \(.lostRows) rows of its own would be lost, \(.estimate.lowSeconds | ceil) to \(.estimate.highSeconds | ceil) s (\(.estimate.basis))",
        (.warnings[]? | "  warning: " + .text), (.checklist[]? | "  [x] " + .text)' <<<"$REST_BODY"
}

# Every table, materialized view, sequence and large object on both sides: how many rows, and a sum of
# the rows' hashes, which does not depend on their order. Leaves the files demo/{shop,staging}.facts.
compare_databases() {
    database_facts shop >"$DATA_DIR/demo/shop.facts" &
    local source=$!
    database_facts staging >"$DATA_DIR/demo/staging.facts" || die "staging could not be read for the comparison."
    wait "$source" || die "the source could not be read for the comparison."
    if ! diff "$DATA_DIR/demo/shop.facts" "$DATA_DIR/demo/staging.facts" >&2; then
        die "staging differs from the source in the lines above." "Was the source written to while the demo ran? If not, this is a defect: please report it."
    fi
}

# database_facts CLUSTER: lines of name|rows|hash.
database_facts() {
    admin_psql "$1" shop <<'SQL'
SELECT format('SELECT %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM ONLY %s AS t', c.oid::regclass, c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname \gexec
SELECT 'sequence ' || schemaname || '.' || sequencename, last_value, increment_by FROM pg_sequences ORDER BY 1;
SELECT 'large objects', count(*), coalesce(sum(hashtextextended(encode(lo_get(oid), 'hex'), 0)::numeric), 0) FROM pg_largeobject_metadata;
SQL
}

# write_demo_json BACKUP RESTORE DRILL TIMINGS
write_demo_json() {
    SOURCE=$(cluster_url shop shop_owner shop) TARGET=$(cluster_url staging holdfast_restore shop) \
        jq --arg url "$(server_url)" --arg snapshot "$1" --arg restore "$2" --arg drill "$3" --arg store "$DATA_DIR/store" \
        --arg identity "$DATA_DIR/demo/keys/operator.age" --argjson timings "$4" \
        '{url: $url, user, password, totpSecret, token, snapshotId: $snapshot, restoreId: $restore, drillId: $drill, storeDir: $store,
          identityFile: $identity, sourceUrl: env.SOURCE, targetUrl: env.TARGET, timings: $timings}' \
        "$DATA_DIR/demo/user.json" >"$DATA_DIR/demo.json.new"
    chmod 600 "$DATA_DIR/demo.json.new"
    mv -f "$DATA_DIR/demo.json.new" "$DATA_DIR/demo.json"
}

phase_lines() { jq -r '.phases[] | select(.seconds) | "  \(.name)\t\(.seconds * 10 | round / 10) s\t"'; }

# demo_summary BACKUP RESTORE DRILL TIMINGS: what was done, as the server and the clock measured it.
demo_summary() {
    local tables rows
    tables=$(grep -cvE '^(sequence |large objects)' "$DATA_DIR/demo/shop.facts")
    rows=$(awk -F'|' '!/^sequence |^large objects/ { sum += $2 } END { print sum + 0 }' "$DATA_DIR/demo/shop.facts")
    say ''
    {
        printf '\ttime\tresult\n'
        printf 'set up\t%.1f s\t\n' "$(jq -r .setupSeconds <<<"$4")"
        printf 'back up and verify\t%.1f s\t%s\n' "$(jq -r .backupSeconds <<<"$4")" "$(jq -r '[
            "\(.rawBytes / 1048576 | floor) MiB read, \(.storedBytes / 1048576 | floor) MiB in each of \(.stores | length) stores",
            (.status | ascii_downcase)] | join(", ")' <<<"$1")"
        phase_lines <<<"$1"
        printf 'restore into staging\t%.1f s\t%s\n' "$(jq -r .restoreSeconds <<<"$4")" "$(jq -r '"\(.status | ascii_downcase), \(.checks // [] | length) checks"' <<<"$2")"
        phase_lines <<<"$2"
        printf 'compare with the source\t%.1f s\t%s tables, %s rows, all equal\n' "$(jq -r .compareSeconds <<<"$4")" "$tables" "$rows"
        printf 'drill\t%.1f s\t%s\n' "$(jq -r .drillSeconds <<<"$4")" "$(jq -r '"\(.number) \(.status | ascii_downcase), \([.checks[] | select(.verdict == "PASSED")] | length) of \(.checks | length) checks passed, \(if .left.destroyedAt then "nothing left of its cluster" else "its cluster is kept" end)"' <<<"$3")"
        phase_lines <<<"$3"
        printf 'all together\t%.1f s\t\n' "$(jq -r .totalSeconds <<<"$4")"
    } | awk -F'\t' '{ printf "%-26s %9s   %s\n", $1, $2, $3 }'
    cat <<TEXT

Console      $(server_url)/console
  user       $(demo_user user)
  password   $(demo_user password)
  code       'deploy/holdfast code' prints it; or add this key to an authenticator app:
             otpauth://totp/Holdfast:$(demo_user user)?secret=$(demo_user totpSecret)&issuer=Holdfast
  certificate SHA-256 $(certificate_fingerprint)
For scripts  $DATA_DIR/demo.json
Stop it all  deploy/holdfast down
TEXT
}
