#!/bin/bash
# A Ceph RADOS Gateway (S3) on loopback for tests and trials: one monitor, one object store in
# memory, one gateway; no manager, no systemd, as root or as any user. Its data is gone when it
# stops. Not for keeping backups.
#
#   ceph-rgw.sh start DIR    start below DIR (made anew), print the endpoint when it answers
#   ceph-rgw.sh stop DIR     end what was started there, by process id
#   ceph-rgw.sh status DIR   0 while all three run
#
# Environment: CEPH_RGW_PORT, CEPH_RGW_MON_PORT (free ports when unset), CEPH_RGW_ACCESS_KEY,
# CEPH_RGW_SECRET_KEY, CEPH_RGW_BYTES (room of the store, 8 GiB).
set -euo pipefail

usage() { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
[ $# -eq 2 ] || usage
dir=$2
access_key=${CEPH_RGW_ACCESS_KEY:-holdfast}
secret_key=${CEPH_RGW_SECRET_KEY:-holdfast-secret}
bytes=${CEPH_RGW_BYTES:-8589934592}
export CEPH_CONF=$dir/ceph.conf PYTHONWARNINGS=ignore

die() { echo "ceph-rgw: $*" >&2; exit 1; }

require_packages() {
    local program
    for program in ceph-mon ceph-osd ceph radosgw radosgw-admin ceph-authtool monmaptool curl; do
        command -v "$program" >/dev/null || die "$program is missing. Install it with:" \
            "apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common curl"
    done
    plugins=$(compgen -G '/usr/lib/*/rados-classes' | head -n 1) ||
        die "the directory rados-classes of package ceph-osd is missing below /usr/lib."
    plugins=$(dirname "$plugins")
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
    done
}

# A pid may have been given to another process meanwhile: its command line must be ours.
alive() {
    [ -f "$dir/$1.pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$(<"$dir/$1.pid")/cmdline" |
        grep -q -- "--conf $dir/ceph.conf"
}

launch() {
    local name=$1
    shift
    setsid "$@" --conf "$dir/ceph.conf" -f </dev/null >"$dir/log/$name.out" 2>&1 9>&- &
    echo $! >"$dir/$name.pid"
}

write_conf() {
    cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = v1:127.0.0.1:$mon_port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
run dir = $dir/run
crash dir = $dir/run
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
keyring = $dir/keyring
mon data = $dir/mon
osd data = $dir/osd
rgw data = $dir/rgw
osd class dir = $plugins/rados-classes
plugin dir = $plugins/ceph
erasure code dir = $plugins/ceph/erasure-code
osd objectstore = memstore
memstore device bytes = $bytes
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail warn = 2
mon data avail crit = 1
paxos propose interval = 0.05
paxos min wait = 0.01
debug mon = 0
debug osd = 0
debug ms = 0
debug rgw = 1
[client.rgw.holdfast]
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw dynamic resharding = false
rgw gc obj min wait = 10
rgw gc processor period = 10
rgw lc debug interval = 5
CONF
}

start() {
    require_packages
    ! alive rgw || die "a gateway is already running below $dir."
    port=${CEPH_RGW_PORT:-$(free_port)}
    mon_port=${CEPH_RGW_MON_PORT:-$(free_port)}
    fsid=$(</proc/sys/kernel/random/uuid)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    export CEPH_CONF=$dir/ceph.conf
    rm -rf "$dir"/{mon,osd,rgw,run,log}
    mkdir -m 700 "$dir"/{mon,osd,rgw,run,log}
    write_conf
    trap 'stop; echo "ceph-rgw: start failed; see $dir/log" >&2' ERR

    ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
    ceph-authtool "$dir/keyring" --gen-key -n client.admin \
        --cap mon 'allow *' --cap osd 'allow *' >/dev/null
    monmaptool --create --clobber --fsid "$fsid" --addv a "[v1:127.0.0.1:$mon_port]" \
        "$dir/monmap" >/dev/null
    ceph-mon --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring" >"$dir/log/mkfs" 2>&1
    launch mon ceph-mon -i a

    local osd=$(</proc/sys/kernel/random/uuid)
    timeout 40 ceph osd new "$osd" >/dev/null 2>>"$dir/log/mkfs"
    ceph-osd -i 0 --mkfs --osd-uuid "$osd" >>"$dir/log/mkfs" 2>&1
    launch osd ceph-osd -i 0

    # Now and then a fresh OSD asks the monitor before it has its map, is told "wrong fsid" and
    # ends; it only has to be started again.
    timeout 40 radosgw-admin user create --uid=holdfast --display-name=holdfast \
        --access-key="$access_key" --secret-key="$secret_key" >/dev/null 2>>"$dir/log/admin" &
    local admin=$!
    while kill -0 $admin 2>/dev/null; do
        alive osd || launch osd ceph-osd -i 0
        sleep 0.05
    done
    wait $admin
    timeout 40 radosgw-admin zonegroup modify --rgw-zonegroup=default --api-name=us-east-1 \
        >/dev/null 2>>"$dir/log/admin"
    launch rgw radosgw -n client.rgw.holdfast

    for _ in $(seq 600); do
        if [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")" = 200 ]; then
            echo "http://127.0.0.1:$port"
            return
        fi
        alive rgw || break
        sleep 0.05
    done
    tail -n 5 "$dir/log/rgw.out" >&2
    stop
    die "the gateway did not answer; see $dir/log."
}

stop() {
    local name
    for name in rgw osd mon; do
        if alive $name; then
            kill "$(<"$dir/$name.pid")"
            for _ in $(seq 100); do
                alive $name || break
                sleep 0.05
            done
            ! alive $name || kill -9 "$(<"$dir/$name.pid")"
        fi
        rm -f "$dir/$name.pid"
    done
}

case $1 in
    start) start ;;
    stop)
        [ ! -d "$dir" ] || dir=$(cd "$dir" && pwd)
        stop
        ;;
    status)
        [ -d "$dir" ] || exit 1
        dir=$(cd "$dir" && pwd)
        alive mon && alive osd && alive rgw
        ;;
    *) usage ;;
esac
