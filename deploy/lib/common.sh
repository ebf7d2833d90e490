# shellcheck shell=bash
# Words to people, time, settings, the data directory and who owns what in it.

# die FACT [REMEDY] [CODE]: one sentence of what is wrong, one of what to do next.
die() {
    printf 'holdfast: %s\n' "$1" >&2
    [[ -z ${2:-} ]] || printf '  -> %s\n' "$2" >&2
    exit "${3:-${DIE_CODE:-1}}"
}

say() { printf '%s\n' "$*"; }

is_root() { [[ $(id -u) == 0 ]]; }

# Milliseconds since some fixed point.
now_ms() {
    local us=${EPOCHREALTIME/[.,]/}
    printf '%s' "$((us / 1000))"
}

# ms_as_seconds MS: with one decimal.
ms_as_seconds() { printf '%d.%d' "$(($1 / 1000))" "$(($1 % 1000 / 100))"; }

seconds_since() { ms_as_seconds "$(($(now_ms) - $1))"; }

# mib BYTES: with one decimal.
mib() { printf '%d.%d MiB' "$(($1 / 1048576))" "$(($1 % 1048576 * 10 / 1048576))"; }

# --- settings -------------------------------------------------------------------------------------

# setting NAME [DEFAULT]: the environment, then holdfast.properties of the data directory, then DEFAULT.
setting() {
    if [[ -n ${!1:-} ]]; then
        printf '%s' "${!1}"
    elif [[ -r $DATA_DIR/holdfast.properties ]] && grep -qE "^[[:space:]]*$1[[:space:]]*=" "$DATA_DIR/holdfast.properties"; then
        sed -nE "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*(.*)$/\1/p" "$DATA_DIR/holdfast.properties" | tail -n 1
    else
        printf '%s' "${2:-}"
    fi
}

https_port() {
    local port
    port=$(setting HOLDFAST_HTTPS_PORT 8443)
    [[ $port =~ ^[0-9]{1,5}$ ]] && ((port >= 1 && port <= 65530)) && printf '%s' "$port" && return
    die "HOLDFAST_HTTPS_PORT is '$port'; a port is a number from 1 to 65530." "Set HOLDFAST_HTTPS_PORT=8443, or another free port."
}

# The address that the console listens on. Databases and S3Proxy of the demo never leave loopback.
bind_address() { setting HOLDFAST_BIND_ADDRESS 127.0.0.1; }

# property NAME VALUE: one line of a Java properties file, whatever the value holds.
property() {
    local escaped
    escaped=$(printf '%s' "$2" | jq -Rsa .)
    escaped=${escaped:1:-1}
    [[ $escaped == ' '* ]] && escaped="\\$escaped"
    printf '%s=%s\n' "$1" "$escaped"
}

# --- the data directory ---------------------------------------------------------------------------

# As root nothing long-running keeps root's rights: databases run as postgres, as Debian's do, and the
# server as holdfast, a system user made for it. Anybody else runs everything under the own name.
database_user() { if is_root; then printf 'postgres'; else id -un; fi; }

server_user() { if is_root; then setting HOLDFAST_RUN_AS holdfast; else id -un; fi; }

# as_user USER COMMAND…: becomes USER for good (the process id stays).
as_user() {
    local user=$1
    shift
    if [[ $user == "$(id -un)" ]]; then
        exec "$@"
    else
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
    fi
}

reachable_by() { (cd / && as_user "$1" test -x "$2"); }

ensure_server_user() {
    local user
    user=$(server_user)
    id "$user" >/dev/null 2>&1 && return
    [[ $user == holdfast ]] || die "HOLDFAST_RUN_AS names the user '$user', who does not exist." "Make the user, or unset HOLDFAST_RUN_AS."
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin holdfast
}

# own USER MODE DIRECTORY…: made if missing.
own() {
    local user=$1 mode=$2
    shift 2
    mkdir -p "$@"
    if is_root; then chown "$user:" "$@"; fi
    chmod "$mode" "$@"
}

# Makes the data directory. A checkout below /root (or any place that the users above cannot enter)
# gets its data below /var/lib instead, and a link to it in the expected place.
prepare_data_dir() {
    umask 077
    if is_root; then
        ensure_server_user
        [[ -d $DATA_DIR ]] || mkdir -p "$DATA_DIR"
        # An earlier run may have left a link: what counts is the way to where it leads.
        DATA_DIR=$(readlink -f -- "$DATA_DIR")
        chmod 711 "$DATA_DIR/"
        if ! reachable_by "$(database_user)" "$DATA_DIR/" || ! reachable_by "$(server_user)" "$DATA_DIR/"; then
            relocate_data_dir
        fi
    else
        mkdir -p "$DATA_DIR" || die "the data directory $DATA_DIR cannot be made by $(id -un)." "Set HOLDFAST_DATA_DIR to a directory of your own."
        [[ -w $DATA_DIR ]] || die "the data directory $DATA_DIR cannot be written by $(id -un)." "Set HOLDFAST_DATA_DIR to a directory of your own."
    fi
    DATA_DIR=$(cd -- "$DATA_DIR" && pwd -P)
    own "$(id -un)" 700 "$DATA_DIR/run" "$DATA_DIR/secrets"
    own "$(id -un)" 711 "$DATA_DIR/lib" "$DATA_DIR/log" "$DATA_DIR/pg"
    own "$(server_user)" 700 "$DATA_DIR/server" "$DATA_DIR/server/tmp"
}

relocate_data_dir() {
    local reachable
    reachable=/var/lib/holdfast-$(printf '%s' "$DATA_DIR" | sha256sum | cut -c1-12)
    mkdir -p "$reachable"
    chmod 711 "$reachable"
    find "$DATA_DIR" -mindepth 1 -maxdepth 1 -exec mv -t "$reachable" -- {} +
    rmdir "$DATA_DIR"
    ln -s "$reachable" "$DATA_DIR"
    say "User $(server_user) cannot enter $(dirname "$DATA_DIR"): the data is in $reachable, $DATA_DIR is a link to it"
}

# One command at a time changes what runs in a data directory; the lock goes with the process.
lock_data_dir() {
    exec 9>"$DATA_DIR/run/lock"
    flock -n 9 || die "another holdfast command is at work in $DATA_DIR." "Wait for it to end, or choose another HOLDFAST_DATA_DIR."
}

# secret NAME: made once, kept in a file of one's own.
secret() {
    local file=$DATA_DIR/secrets/$1
    [[ -s $file ]] || openssl rand -hex 20 >"$file"
    cat "$file"
}
