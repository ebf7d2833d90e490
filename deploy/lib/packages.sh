# shellcheck shell=bash
# What Holdfast needs from Debian. Installed as root, named otherwise.

readonly POSTGRES_CREATECLUSTER=/etc/postgresql-common/createcluster.conf

# Each line: what is looked for (a command, or a path glob), then the package that brings it.
needs_of() {
    case $1 in
        run)
            cat <<'LIST'
/usr/lib/postgresql/*/bin/initdb postgresql-15
/usr/lib/postgresql/*/bin/pg_dump postgresql-client-15
/usr/share/postgresql/*/extension/pg_trgm.control postgresql-15
age age
zstd zstd
openssl openssl
jq jq
curl curl
setpriv util-linux
LIST
            ;;
        build)
            cat <<'LIST'
mvn maven
/usr/lib/jvm/*/bin/javac openjdk-17-jdk-headless
LIST
            ;;
        test)
            cat <<'LIST'
chromium chromium
chromedriver chromium-driver
radosgw radosgw
ceph-mon ceph-mon
ceph-osd ceph-osd
radosgw-admin ceph-common
LIST
            ;;
        *) die "no list of packages is called '$1'." ;;
    esac
}

have() {
    case $1 in
        /*) compgen -G "$1" >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# require_packages LIST…: installs what is missing (root), or stops and says how to install it.
require_packages() {
    local list look package
    local -a missing=()
    for list in "$@"; do
        while read -r look package; do
            have "$look" && continue
            [[ $look == '/usr/lib/jvm/*/bin/javac' && -x ${JAVA_HOME:-}/bin/javac ]] && continue
            [[ " ${missing[*]} " == *" $package "* ]] || missing+=("$package")
        done < <(needs_of "$list")
    done
    ((${#missing[@]} == 0)) && return
    local command="apt-get install --no-install-recommends ${missing[*]}"
    is_root || die "these Debian packages are missing: ${missing[*]}." "As root: apt-get update && $command"
    have apt-get || die "these are missing and there is no apt-get here: ${missing[*]}." \
        "Install them with your system's package manager."
    say "Installing ${missing[*]}"
    local log start
    log=$(mktemp)
    start=$(now_ms)
    leave_debian_cluster_alone
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get -q update && apt-get -q install -y --no-install-recommends "${missing[@]}"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        die "the packages could not be installed." "Mend what apt-get says above, or run: apt-get update && $command"
    fi
    rm -f "$log"
    say "  installed in $(seconds_since "$start") s"
}

# Debian starts a cluster of its own when the server package is installed. Holdfast neither needs nor
# touches one: an existing one stays as it is, a new one is not made.
leave_debian_cluster_alone() {
    [[ -e $POSTGRES_CREATECLUSTER ]] && return
    mkdir -p "${POSTGRES_CREATECLUSTER%/*}"
    cat >"$POSTGRES_CREATECLUSTER" <<'CONF'
# Written before PostgreSQL was installed for Holdfast, which runs clusters of its own.
create_main_cluster = false
CONF
}
