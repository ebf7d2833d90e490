# shellcheck shell=bash
# Holdfast against PostgreSQL's own tools, on the same data, in turn, round by round.
#
# Wall time of Holdfast is the server's own (phases and whole runs); CPU is user and system time of the
# job's processes and of the database sessions that served them; peak memory is the largest sum of
# resident sets of the job's processes (for Holdfast: the server and its children), database apart.

cmd_bench() {
    local size=500 rounds='' json='' scale=0 runs=1000000 sources=2000
    while (($# > 0)); do
        case $1 in
            --scale)
                scale=1
                shift
                continue
                ;;
            --size | --rounds | --runs | --sources)
                [[ ${2:-} =~ ^[1-9][0-9]{0,6}$ ]] || die "$1 takes a number, got '${2:-}'."
                printf -v "${1#--}" '%s' "$2"
                ;;
            --json)
                [[ -n ${2:-} ]] || die "--json takes a file name."
                json=$(realpath -m -- "$2")
                ;;
            *) die "'bench' knows --size MB, --rounds N, --json FILE, and --scale with --runs N and --sources N, got '$1'." ;;
        esac
        shift 2
    done
    if ((scale)); then
        bench_scale "$runs" "$sources" "${rounds:-15}" "$json"
        return
    fi
    rounds=${rounds:-3}
    if build_is_needed; then require_packages run build; else require_packages run; fi
    prepare_data_dir
    # Everything of its own, beside a running Holdfast; only the jars are shared.
    local shared=$DATA_DIR
    DATA_DIR=$shared/bench
    export HOLDFAST_HTTPS_PORT=$(($(https_port) + 20))
    rm -rf "$DATA_DIR/results"
    mkdir -p "$DATA_DIR"
    chmod 711 "$DATA_DIR"
    ln -sfn "$shared/lib" "$DATA_DIR/lib"
    prepare_data_dir
    lock_data_dir
    own "$(id -un)" 700 "$DATA_DIR/results"
    trap bench_stop EXIT
    BENCH_MB=$size
    demo_services_with_build "$size"
    bench_target
    bench_settings
    start_server
    await_server
    first_user
    bench_rounds "$rounds"
    bench_report "$size" "$rounds" | tee "$DATA_DIR/results/report.txt"
    bench_json "$size" "$rounds" >"${json:-$DATA_DIR/results/bench.json}"
    say "Figures of every round: ${json:-$DATA_DIR/results/bench.json}"
}

bench_stop() {
    local name
    [[ -z $WATCHER ]] || kill "$WATCHER" 2>/dev/null || true
    for name in $STOP_ORDER; do
        case $name in
            pg-*) stop_process "$name" INT ;;
            *) stop_process "$name" TERM ;;
        esac
    done >/dev/null
    rm -rf "$DATA_DIR"/{store,s3,work}
}

# The target as PostgreSQL comes: with 'minimal', pg_restore -j would skip the WAL, which it does on no
# server that is archived or replicated. But for autovacuum: a minute later it goes through what one run
# has loaded, while the next is measured.
bench_target() {
    stop_process pg-staging INT >/dev/null
    admin_setting staging wal_level replica
    admin_setting staging autovacuum off
    start_cluster staging "$(cluster_port staging)"
    await_cluster staging
}

# admin_setting CLUSTER NAME VALUE: for a stopped cluster.
admin_setting() {
    local file=$DATA_DIR/pg/$1/data/postgresql.auto.conf
    (as_user "$(database_user)" sed -i "/^$2 /d" "$file")
    printf "%s = '%s'\n" "$2" "$3" | as_user "$(database_user)" tee -a "$file" >/dev/null
}

# One store (S3Proxy would measure itself), and the same database three times: with rows counted
# (Holdfast's default, source 'shop'), hashed, and neither.
bench_settings() {
    local url
    url=$(cluster_url shop holdfast_backup shop)
    stop_process s3proxy TERM >/dev/null
    jq -n '{sources: {"uncounted": {row_proof: "off"}, "shop": {row_proof: "counts"}, "hashed": {row_proof: "hashes"}}}' |
        write_for_server "$DATA_DIR/demo/keys/policy.json"
    {
        property BACKUP_SOURCE_UNCOUNTED_URL "$url"
        property BACKUP_SOURCE_HASHED_URL "$url"
        property OPS_BACKUP_POLICY_FILE "$DATA_DIR/demo/keys/policy.json"
        property S3_ENDPOINT ''
        property S3_REGION ''
        property S3_BUCKET ''
        property S3_ACCESS_KEY_ID ''
        property S3_SECRET_ACCESS_KEY ''
    } >>"$DATA_DIR/demo/server.properties"
}

# --- measuring ------------------------------------------------------------------------------------

# ticks NAME…: user and system clock ticks of started processes and of the children they have waited for.
ticks() {
    local name stat sum=0
    local -a f
    for name in "$@"; do
        stat=$(<"/proc/$(process_pid "$name")/stat")
        read -ra f <<<"${stat##*) }"
        sum=$((sum + f[11] + f[12] + f[13] + f[14]))
    done
    printf '%s' "$sum"
}

# tree_rss PID: KiB resident of a process and its descendants, in TREE_KIB. A child that is still the same
# program as its parent is between fork and exec: its memory is the parent's, and is not counted twice.
# No process is started for it: on a machine with two cores that would slow down what is measured.
tree_rss() {
    local pid program='' name rss file
    local -a queue=("$1") children
    TREE_KIB=0
    { IFS= read -r -d '' program <"/proc/$1/cmdline"; } 2>/dev/null || true
    while ((${#queue[@]} > 0)); do
        pid=${queue[0]}
        queue=("${queue[@]:1}")
        name='' rss=0
        { IFS= read -r -d '' name <"/proc/$pid/cmdline"; } 2>/dev/null || true
        if [[ $pid == "$1" || $name != "$program" ]]; then
            { read -r _ rss _ <"/proc/$pid/statm"; } 2>/dev/null || true
        fi
        TREE_KIB=$((TREE_KIB + ${rss:-0} * PAGE_KIB))
        for file in "/proc/$pid/task/"*/children; do
            children=()
            { read -ra children <"$file"; } 2>/dev/null || true
            queue+=("${children[@]}")
        done
    done
}

# watch_memory PID FILE: until it is ended; the largest sum seen is in FILE. Looking takes the longer the
# more threads a process has, and most with Holdfast: seldom enough that this is no part of the figures.
watch_memory() {
    local most=0 TREE_KIB PAGE_KIB
    PAGE_KIB=$(($(getconf PAGESIZE) / 1024))
    while true; do
        tree_rss "$1"
        if ((TREE_KIB > most)); then
            most=$TREE_KIB
            echo "$most" >"$2"
        fi
        sleep 0.5
    done
}

# The watcher that is under way, if any: what ends the bench ends it too.
WATCHER=''

stop_watching() {
    kill "$WATCHER"
    wait "$WATCHER" 2>/dev/null || true
    WATCHER=''
}

# record GROUP NAME ROUND WALL-MS CPU-MS PEAK-KIB DATABASE-CPU-MS [WHOLE-MS PHASES]
record() {
    jq -cn --arg group "$1" --arg name "$2" --argjson round "$3" --argjson wall "$4" --argjson cpu "$5" --argjson peak "$6" \
        --argjson database "$7" --argjson whole "${8:-$4}" --argjson phases "${9:-null}" \
        '{group: $group, name: $name, round: $round, wallSeconds: ($wall / 1000), wholeSeconds: ($whole / 1000),
          cpuSeconds: ($cpu / 1000), databaseCpuSeconds: ($database / 1000), peakMiB: ($peak / 1024 | round)}
         + if $phases == null then {} else {phases: $phases} end' >>"$DATA_DIR/results/runs.jsonl"
    printf '  round %s  %-34s %7s s\n' "$3" "$2" "$(ms_as_seconds "$4")"
}

hz() { getconf CLK_TCK; }

# settle CLUSTER: nothing is left to write of what was done before; else whoever comes next pays for it.
# And each finds memory that was in use just now: what was free for long, a virtual machine must get from
# its host first, which only those runs would pay whose predecessor gave none back.
settle() {
    local bytes
    admin_psql "$1" postgres -c CHECKPOINT >/dev/null
    sync
    bytes=$(awk -v size="$BENCH_MB" '/^MemAvailable/ { free = $2 * 1024 / 4; want = size * 4 * 1048576; printf "%.0f", want < free ? want : free }' /proc/meminfo)
    head -c "$bytes" /dev/zero | tail -c "$bytes" >/dev/null
}

# measure_shell GROUP NAME ROUND CLUSTER SCRIPT: a shell pipeline with PGHOST, PGPORT and the like set.
measure_shell() {
    local group=$1 name=$2 round=$3 cluster=$4 script=$5 role=holdfast_backup start wall before after job out=$DATA_DIR/results
    [[ $cluster == shop ]] || role=holdfast_restore
    settle "$cluster"
    echo 0 >"$out/peak"
    before=$(ticks "pg-$cluster")
    start=$(now_ms)
    (
        cd "$DATA_DIR/work" || exit
        PATH=$(pg_bin):$PATH PGHOST=127.0.0.1 PGPORT=$(cluster_port "$cluster") PGUSER=$role PGPASSWORD=$(secret "role-$cluster-$role") \
            bash -c "set -euo pipefail; $script; times >'$out/times'"
    ) &
    job=$!
    watch_memory "$job" "$out/peak" &
    WATCHER=$!
    wait "$job" || die "the bench's '$name' failed." "Its own words are above."
    wall=$(($(now_ms) - start))
    stop_watching
    # Backends are counted once the postmaster has waited for them.
    sleep 0.3
    after=$(ticks "pg-$cluster")
    local cpu database=$(((after - before) * 1000 / $(hz)))
    cpu=$(awk '{ for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += t[1] * 60 + t[2] } } END { printf "%d", sum * 1000 }' "$out/times")
    record "$group" "$name" "$round" "$wall" $((cpu + database)) "$(cat "$out/peak")" "$database"
}

# measure_holdfast GROUP NAME ROUND CLUSTER FUNCTION [ARGUMENTS…]: the function does one job by REST and
# leaves its resource in REST_BODY.
measure_holdfast() {
    local group=$1 name=$2 round=$3 cluster=$4 server database out=$DATA_DIR/results
    shift 4
    settle "$cluster"
    echo 0 >"$out/peak"
    watch_memory "$(process_pid server)" "$out/peak" &
    WATCHER=$!
    server=$(ticks server)
    database=$(ticks "pg-$cluster")
    "$@"
    sleep 0.3
    server=$((($(ticks server) - server) * 1000 / $(hz)))
    database=$((($(ticks "pg-$cluster") - database) * 1000 / $(hz)))
    stop_watching
    record "$group" "$name" "$round" "$(phase_ms "$group")" $((server + database)) "$(cat "$out/peak")" "$database" "$(whole_ms)" \
        "$(jq -c '[.phases[] | {(.name): .seconds}] | add' <<<"$REST_BODY")"
}

# The phases that do what the pipelines do; the whole has the rest: counting, verifying, checks, swap.
phase_ms() {
    local phases='["dump"]'
    [[ $1 == backup ]] || phases='["fetch", "restore", "index"]'
    jq -r --argjson names "$phases" '[.phases[] | select(IN(.name; $names[])) | .seconds] | add * 1000 | round' <<<"$REST_BODY"
}

whole_ms() {
    # From the first phase's start to the last one's end.
    jq -r 'def ms: capture("^(?<s>[^.Z]+)(\\.(?<f>[0-9]+))?Z$") | (.s + "Z" | fromdateiso8601) * 1000 + ("0." + (.f // "0") | tonumber * 1000);
           ([.phases[].finishedAt | ms] | max) - ([.phases[].startedAt | ms] | min) | round' <<<"$REST_BODY"
}

await_job() {
    while true; do
        rest_or_die 'The job' GET "$1"
        case $(field .status) in
            VERIFIED | RESTORED | COMPLETED) return ;;
            SUSPECT) accept_sample "$1" || die "a job of the bench ended as SUSPECT: $(field '.doubt // ""')" ;;
            FAILED | CANCELLED | REJECTED | EXPIRED | UNDONE) die "a job of the bench ended as $(field .status): $(field '.failure.text // .doubt // ""')" ;;
        esac
        # the times are the server's own: asking more often would only take from the work
        sleep 3
    done
}

bench_backup() {
    rest_or_die 'A backup of the bench' POST /admin/backups "{\"source\":\"$1\"}"
    BENCH_BACKUP=$(field .id)
    await_job "/admin/backups/$BENCH_BACKUP"
}

bench_restore() {
    review_impact "$BENCH_BACKUP"
    request_restore "$BENCH_BACKUP"
    await_job "/admin/restores/$(field .id)"
}

# fresh_database: an empty one for the shell's restores; not part of the time.
fresh_database() {
    admin_psql staging postgres -c 'DROP DATABASE IF EXISTS loaded' -c 'CREATE DATABASE loaded OWNER holdfast_restore TEMPLATE template0' >/dev/null
}

bench_rounds() {
    local round
    own "$(id -un)" 700 "$DATA_DIR/work"
    (age-keygen -y "$DATA_DIR/secrets/operator.age" && age-keygen -y "$DATA_DIR/secrets/escrow.age") >"$DATA_DIR/work/recipients"
    say 'Backup: a first dump and a first backup warm the caches and the server up'
    (PGPASSWORD=$(secret role-shop-holdfast_backup) "$(pg_bin)/pg_dump" -h 127.0.0.1 -p "$(cluster_port shop)" -U holdfast_backup -Fc -Z0 -d shop >/dev/null)
    bench_backup shop
    for ((round = 1; round <= $1; round++)); do
        measure_shell backup 'pg_dump -Fc -Z0 >/dev/null' "$round" shop 'pg_dump -Fc -Z0 -d shop >/dev/null'
        measure_holdfast backup 'Holdfast' "$round" shop bench_backup shop
        measure_shell backup 'pg_dump -Fc -Z0 | zstd | age' "$round" shop 'pg_dump -Fc -Z0 -d shop | zstd -q -3 | age -R recipients >piped.age'
        measure_holdfast backup 'Holdfast, rows not counted' "$round" shop bench_backup uncounted
        measure_holdfast backup 'Holdfast, rows hashed' "$round" shop bench_backup hashed
        measure_shell backup 'pg_dump -Fc' "$round" shop 'pg_dump -Fc -d shop >custom.dump'
        measure_shell backup 'pg_dump | gzip' "$round" shop 'pg_dump -d shop --no-owner --no-privileges | gzip >plain.sql.gz'
    done
    say 'Restore: three restores warm the server up, as it is after some nights with drills; a first one of pg_restore the caches'
    for ((round = 1; round <= 3; round++)); do bench_restore; done
    fresh_database
    (PGPASSWORD=$(secret role-staging-holdfast_restore) "$(pg_bin)/pg_restore" -h 127.0.0.1 -p "$(cluster_port staging)" -U holdfast_restore \
        --no-owner --no-privileges --exit-on-error -d loaded "$DATA_DIR/work/custom.dump")
    for ((round = 1; round <= $1; round++)); do
        bench_backup shop
        measure_holdfast restore 'Holdfast' "$round" staging bench_restore
        fresh_database
        measure_shell restore 'pg_restore' "$round" staging 'pg_restore --no-owner --no-privileges --exit-on-error -d loaded custom.dump'
        fresh_database
        measure_shell restore 'pg_restore -j2' "$round" staging 'pg_restore -j2 --no-owner --no-privileges --exit-on-error -d loaded custom.dump'
        fresh_database
        measure_shell restore 'gunzip | psql' "$round" staging 'gunzip -c plain.sql.gz | psql -Xq -v ON_ERROR_STOP=1 -o /dev/null -d loaded'
    done
}

# --- telling --------------------------------------------------------------------------------------

# Medians, and medians of the ratios that Holdfast has to each other way in the same round.
# shellcheck disable=SC2016 # jq's variables
readonly BENCH_FIGURES='
    def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2] + .[length / 2 - 1]) / 2 end;
    def figures: group_by(.group) | map({key: .[0].group, value: (
        . as $all | group_by(.name) | map(
            .[0].name as $name
            | {name: $name, wallSeconds: (map(.wallSeconds) | median), wholeSeconds: (map(.wholeSeconds) | median),
               cpuSeconds: (map(.cpuSeconds) | median), peakMiB: (map(.peakMiB) | max),
               holdfastRatio: ([.[] | . as $run | $all[] | select(.name == "Holdfast" and .round == $run.round) | .wallSeconds / $run.wallSeconds] | median)})
        | sort_by(.wallSeconds))}) | from_entries;'

bench_json() {
    jq -s --argjson size "$1" --argjson rounds "$2" --argjson cpus "$(nproc)" --arg jdk "$(jdk_version "$(find_jdk)")" \
        --argjson bytes "$(admin_psql shop shop -c 'SELECT pg_database_size(current_database())')" \
        "$BENCH_FIGURES"' {sizeMB: $size, databaseBytes: $bytes, rounds: $rounds, cpus: $cpus, jdk: ($jdk | tonumber), medians: figures, runs: .}' \
        "$DATA_DIR/results/runs.jsonl"
}

bench_report() {
    local group
    say ''
    say "Database of $(mib "$(admin_psql shop shop -c 'SELECT pg_database_size(current_database())')"), $2 rounds, $(nproc) CPUs, JDK $(jdk_version "$(find_jdk)"); medians"
    for group in backup restore; do
        say ''
        printf '%-34s %9s %9s %9s %10s   %s\n' "$group" wall whole CPU 'peak' 'Holdfast takes'
        jq -rs --arg group "$group" "$BENCH_FIGURES"' figures[$group][] |
            [.name, .wallSeconds, .wholeSeconds, .cpuSeconds, .peakMiB, .holdfastRatio] | @tsv' "$DATA_DIR/results/runs.jsonl" |
            awk -F'\t' '{ printf "%-34s %7.1f s %7.1f s %7.1f s %6d MiB   %.2f x its wall time\n", $1, $2, $3, $4, $5, $6 }'
    done
    say ''
    say 'Wall: what the pipelines do (dump, compress, encrypt, store; load). Whole: with the reading back of a backup,'
    say 'the checks and the swap of a restore, which the pipelines do not do.'
}
