# shellcheck shell=bash
# up, down, status: a real installation.

readonly STOP_ORDER='server s3proxy pg-staging pg-shop pg-catalog'

cmd_up() {
    (($# == 0)) || die "'up' takes no argument, got '$1'." "Configure it by environment variables or $DATA_DIR/holdfast.properties; see README.md."
    if build_is_needed; then require_packages run build; else require_packages run; fi
    prepare_data_dir
    lock_data_dir
    running server || require_free_port "$(https_port)" HOLDFAST_HTTPS_PORT
    if [[ -d $DATA_DIR/demo ]]; then
        say "$DATA_DIR holds the demo, which is started again as it was left."
        start_demo_services
    else
        require_settings
    fi
    if private_catalog; then start_private_catalog; fi
    fetch_servers
    build_war
    if private_catalog; then prepare_private_catalog; fi
    start_server
    await_server
    say "Holdfast is up at $(server_url)/console (certificate SHA-256 $(certificate_fingerprint))"
    if grep -qa 'There is no user yet' "$DATA_DIR/log/server.log"; then
        say "There is no user yet: make the first one at $(server_url)/console/bootstrap.xhtml with the one-time token in $DATA_DIR/log/server.log."
    fi
}

# What only the operator can know. The server checks every value at its start; here is what concerns
# the rights of the user that it runs as.
require_settings() {
    local directory user
    user=$(server_user)
    directory=$(storage_dir)
    if [[ ! -d $directory ]]; then
        own "$user" 700 "$directory"
    fi
    (cd / && as_user "$user" test -w "$directory") ||
        die "BACKUP_STORAGE_DIR is $directory, which user $user cannot write." "chown it to $user, or set BACKUP_STORAGE_DIR to another directory."
    directory=$(setting BACKUP_IDENTITY_FILE)
    [[ -z $directory ]] || (cd / && as_user "$user" test -r "$directory") ||
        die "BACKUP_IDENTITY_FILE is $directory, which user $user cannot read." "chown it to $user and chmod 600 it."
}

# Relative to the checkout, as the default is.
storage_dir() {
    local directory
    directory=$(setting BACKUP_STORAGE_DIR ../backups)
    [[ $directory == /* ]] || directory=$(realpath -m -- "$ROOT/$directory")
    printf '%s' "$directory"
}

cmd_down() {
    local name
    DATA_DIR=$(readlink -f -- "$DATA_DIR")
    [[ -d $DATA_DIR/run ]] || {
        say "Nothing was started from $DATA_DIR."
        return
    }
    lock_data_dir
    local stopped=0
    for name in $STOP_ORDER; do
        running "$name" && stopped=1
        case $name in
            # Fast shutdown: sessions are ended, everything committed is kept.
            pg-*) stop_process "$name" INT ;;
            *) stop_process "$name" TERM ;;
        esac
    done
    ((stopped)) || say 'Nothing was running.'
}

# status [--json]: exit code 0 if everything that was started runs and answers, 3 if not.
cmd_status() {
    local name pid readiness all=0 json='[]' as_json=0
    case ${1:-} in
        '') ;;
        --json) as_json=1 ;;
        *) die "'status' knows only --json, got '$1'." ;;
    esac
    DATA_DIR=$(readlink -f -- "$DATA_DIR")
    for name in $STOP_ORDER; do
        [[ -e $DATA_DIR/run/$name.pid ]] || continue
        readiness=$(readiness_of "$name")
        [[ $readiness == ready ]] || all=3
        pid=$(process_pid "$name" || true)
        if ((as_json)); then
            json=$(jq -c --arg name "$name" --arg pid "$pid" --arg status "$readiness" \
                '. + [{name: $name, pid: ($pid | tonumber? // null), status: $status}]' <<<"$json")
        else
            printf '%-12s %-10s %s\n' "$name" "$readiness" "${pid:+process $pid}"
        fi
    done
    [[ -n $(compgen -G "$DATA_DIR/run/*.pid") ]] || all=3
    if ((as_json)); then
        jq --arg url "$(server_url)" --arg data "$DATA_DIR" '{url: $url, dataDirectory: $data, processes: .}' <<<"$json"
    elif [[ -z $(compgen -G "$DATA_DIR/run/*.pid") ]]; then
        say 'Nothing is running.'
    else
        say "Console: $(server_url)/console   data: $DATA_DIR"
    fi
    return "$all"
}

# readiness_of NAME: ready, starting or down.
readiness_of() {
    running "$1" || {
        printf 'down'
        return
    }
    case $1 in
        server) [[ $(http_status /health/ready) == 200 && $(http_status /admin/backups) == 401 ]] ;;
        s3proxy) [[ $(curl -s -o /dev/null -m 5 -w '%{http_code}' "$(s3_endpoint)/holdfast") == 403 ]] ;;
        pg-*) "$(pg_bin)/pg_isready" -q -h 127.0.0.1 -p "$(cluster_port "${1#pg-}")" ;;
    esac && printf 'ready' || printf 'starting'
}
