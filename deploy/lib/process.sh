# shellcheck shell=bash
# Processes: started once, remembered by id and start time, so that only they are ever stopped.

# start_time PID: in clock ticks since boot; nothing if there is no such process. The name in
# parentheses may hold anything, so the fields are counted from the last parenthesis: proc(5).
start_time() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    # shellcheck disable=SC2086 # split into fields on purpose
    set -- ${stat##*) }
    # A zombie has ended: only its parent has not asked yet.
    [[ $1 == Z ]] || printf '%s' "${20}"
}

# process_pid NAME: the id of the process started under this name, if it is that process that runs.
process_pid() {
    local pid started
    [[ -r $DATA_DIR/run/$1.pid ]] || return 1
    # Two lines, the id alone on the first, as systemd's PIDFile= wants it; one line in files of before.
    read -r -d '' pid started <"$DATA_DIR/run/$1.pid" || true
    [[ -n $started && $(start_time "$pid") == "$started" ]] || return 1
    printf '%s' "$pid"
}

running() { process_pid "$1" >/dev/null; }

# start_process NAME USER DIRECTORY COMMAND…: detached, its output in log/NAME.log.
start_process() {
    local name=$1 user=$2 directory=$3 log=$DATA_DIR/log/$1.log pid
    shift 3
    [[ ! -s $log ]] || mv -f "$log" "$log.before"
    (
        cd -- "$directory" || exit
        exec 9>&-
        as_user "$user" env -i PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 HOME="$directory" setsid "$@"
    ) </dev/null >"$log" 2>&1 &
    pid=$!
    printf '%s\n%s\n' "$pid" "$(start_time "$pid")" >"$DATA_DIR/run/$name.pid"
}

# stop_process NAME [SIGNAL [SECONDS]]: asks, waits, and insists at the end.
stop_process() {
    local name=$1 signal=${2:-TERM} seconds=${3:-60} pid deadline
    pid=$(process_pid "$name") || {
        rm -f "$DATA_DIR/run/$name.pid"
        return 0
    }
    kill -s "$signal" "$pid"
    deadline=$((SECONDS + seconds))
    while running "$name"; do
        if ((SECONDS >= deadline)); then
            say "$name (process $pid) did not end within $seconds s and is killed"
            kill -s KILL "$pid"
            deadline=$((SECONDS + seconds))
        fi
        sleep 0.1
    done
    rm -f "$DATA_DIR/run/$name.pid"
    say "Stopped $name"
}

# listener PORT: prints the socket's inode if somebody listens there, on whatever address: proc(5).
listener() {
    local hex
    printf -v hex ':%04X' "$1"
    awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# require_free_port PORT SETTING: names who holds it and what to change.
require_free_port() {
    local inode fd who=''
    inode=$(listener "$1")
    [[ -n $inode ]] || return 0
    fd=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null || true)
    if [[ $fd =~ ^/proc/([0-9]+)/ ]]; then
        who=" by process ${BASH_REMATCH[1]} ($(cat "/proc/${BASH_REMATCH[1]}/comm" 2>/dev/null || true))"
    fi
    die "port $1 is taken$who." "Set $2 to a free port, or end what holds it."
}

# free_port PREFERRED: the first port from there on that nobody listens on.
free_port() {
    local port=$1
    while [[ -n $(listener "$port") ]]; do port=$((port + 1)); done
    printf '%s' "$port"
}
