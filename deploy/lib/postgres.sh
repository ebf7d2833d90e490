# shellcheck shell=bash
# Private PostgreSQL clusters: on loopback, with passwords, without a socket directory (paths of
# checkouts can be longer than a socket's may be). Debian's own clusters are never touched.

# The newest installed server.
pg_bin() {
    local -a found
    mapfile -t found < <(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V)
    ((${#found[@]} > 0)) || die "no PostgreSQL server was found under /usr/lib/postgresql." \
        "As root: apt-get install --no-install-recommends postgresql-15"
    dirname "${found[-1]}"
}

# make_cluster NAME: initdb with a superuser 'postgres' whose password is in secrets/.
# Settings come on standard input.
make_cluster() {
    local name=$1 user home
    user=$(database_user)
    home=$DATA_DIR/pg/$name
    [[ ! -s $home/made ]] || return 0
    rm -rf "$home"
    own "$user" 700 "$home"
    secret "pg-$name" >"$home/password"
    if is_root; then chown "$user:" "$home/password"; fi
    # Without --no-sync only the catalog's files would be worth the wait, and it starts empty.
    (cd "$home" && as_user "$user" "$(pg_bin)/initdb" --no-sync -D "$home/data" -U postgres --encoding=UTF8 --locale=C.UTF-8 \
        --auth=scram-sha-256 --pwfile="$home/password") >"$DATA_DIR/log/initdb-$name.log" 2>&1 ||
        die "the PostgreSQL cluster '$name' could not be made: $(tail -n 1 "$DATA_DIR/log/initdb-$name.log")" "See $DATA_DIR/log/initdb-$name.log."
    rm -f "$home/password"
    cat >>"$home/data/postgresql.auto.conf"
    pg_bin >"$home/made"
}

# start_cluster NAME PREFERRED-PORT: leaves the port in pg/NAME.port.
start_cluster() {
    local name=$1 home=$DATA_DIR/pg/$1 port
    if running "pg-$name"; then return; fi
    port=$(cat "$DATA_DIR/pg/$name.port" 2>/dev/null || echo "$2")
    port=$(free_port "$port")
    echo "$port" >"$DATA_DIR/pg/$name.port"
    start_process "pg-$name" "$(database_user)" "$home" "$(cat "$home/made")/postgres" -D "$home/data" -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c logging_collector=off
}

# await_cluster NAME
await_cluster() {
    local port deadline=$((SECONDS + 60))
    port=$(cluster_port "$1")
    until "$(pg_bin)/pg_isready" -q -h 127.0.0.1 -p "$port" -t 3; do
        running "pg-$1" || die "the PostgreSQL cluster '$1' ended: $(tail -n 1 "$DATA_DIR/log/pg-$1.log")" "See $DATA_DIR/log/pg-$1.log."
        ((SECONDS < deadline)) || die "the PostgreSQL cluster '$1' does not answer on port $port after 60 s." "See $DATA_DIR/log/pg-$1.log."
        sleep 0.1
    done
}

cluster_port() { cat "$DATA_DIR/pg/$1.port"; }

# admin_psql NAME DATABASE [ARGUMENTS…]: as the superuser of a private cluster; stops at the first error.
admin_psql() {
    local name=$1 database=$2
    shift 2
    PGOPTIONS="-c client_min_messages=warning" PGPASSFILE=$(passfile) "$(pg_bin)/psql" -XqAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$(cluster_port "$name")" -U postgres -d "$database" "$@"
}

# The passwords of the private clusters' superusers, as libpq reads them.
passfile() {
    local file=$DATA_DIR/secrets/pgpass name
    for name in "$DATA_DIR"/pg/*.port; do
        name=$(basename "$name" .port)
        printf '127.0.0.1:%s:*:postgres:%s\n' "$(cluster_port "$name")" "$(secret "pg-$name")"
    done >"$file.$BASHPID"
    mv -f "$file.$BASHPID" "$file"
    printf '%s' "$file"
}

# cluster_url NAME ROLE DATABASE: with the role's password in it.
cluster_url() { printf 'postgres://%s:%s@127.0.0.1:%s/%s' "$2" "$(secret "role-$1-$2")" "$(cluster_port "$1")" "$3"; }

# ensure_role NAME ROLE ATTRIBUTES: the password comes by standard input, not by argv.
ensure_role() {
    local verb=CREATE
    [[ -z $(admin_psql "$1" postgres -c "SELECT 1 FROM pg_roles WHERE rolname = '$2'") ]] || verb=ALTER
    admin_psql "$1" postgres <<<"$verb ROLE $2 LOGIN $3 PASSWORD '$(secret "role-$1-$2")';"
}

# ensure_database NAME DATABASE OWNER: true if it was made now.
ensure_database() {
    [[ -z $(admin_psql "$1" postgres -c "SELECT 1 FROM pg_database WHERE datname = '$2'") ]] || return 1
    admin_psql "$1" postgres -c "CREATE DATABASE $2 OWNER $3" -c "REVOKE ALL ON DATABASE $2 FROM PUBLIC"
}

# The catalog keeps every safety of PostgreSQL: what it has confirmed, it has on disk.
start_private_catalog() {
    make_cluster catalog <<'CONF'
shared_buffers = '64MB'
max_connections = 60
max_wal_size = '256MB'
CONF
    start_cluster catalog "$(($(https_port) + 1))"
}

prepare_private_catalog() {
    await_cluster catalog
    ensure_role catalog holdfast ''
    ensure_database catalog holdfast holdfast || true
}
