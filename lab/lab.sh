#!/bin/bash
# A throw-away Asterisk on the loopback: the PBX that Busyhour is tested against.
#
#   lab/lab.sh build [16|22]             make the chroot, if it is not there yet
#   lab/lab.sh up    [16|22]             build, write the configuration, start
#   lab/lab.sh run   [16|22] [FLOW...]   play call flows and check them (see suite.py)
#   lab/lab.sh trunked [FLOW...]         both PBXes are up: calls that cross them (trunked.py)
#   lab/lab.sh cli   [16|22] "COMMAND"   one Asterisk command
#   lab/lab.sh down  [16|22]             stop it
#
# 16 is Debian bullseye's Asterisk 16.28, 22 is Debian sid's Asterisk 22.
# Everything listens on 127.0.0.1 only.  Needs root, debootstrap, openssl,
# Python 3.9 or later and, for the first build, a Debian mirror.
#
# Environment:
#   BUSYHOUR_LAB_DIR      chroots and logs; default ~/.cache/busyhour-lab.  Kept
#                         outside the clone, so that a fresh clone finds it built
#   BUSYHOUR_LAB_MIRRORS  Debian mirrors to try in turn
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_DIR=${BUSYHOUR_LAB_DIR:-$HOME/.cache/busyhour-lab}
MIRRORS=${BUSYHOUR_LAB_MIRRORS:-http://deb.debian.org/debian http://archive.debian.org/debian}
PACKAGES=asterisk,asterisk-core-sounds-en-gsm,procps

command=${1:-help}
shift || true
version=16
case "${1:-}" in 16 | 22) version=$1 && shift ;; esac
CHROOT=$LAB_DIR/chroot-$version

# One block of ports a version, so that both run at the same time; below the
# range that the kernel hands out to others (32768 and up).
case $version in 16) BASE=26000 PEER=28000 ;; 22) BASE=28000 PEER=26000 ;; esac
AMI_PORT=$((BASE + 38)) TLS_PORT=$((BASE + 39)) SIP_PORT=$((BASE + 60))
PHONE_BASE=$((BASE + 100)) TRUNK_PORT=$((BASE + 199))
RTP_FIRST=$((BASE + 500)) RTP_LAST=$((BASE + 999))
PHONES=$(seq 1001 1030)

die() {
    echo "lab.sh: $*" >&2
    exit 1
}

in_chroot() { chroot "$CHROOT" "$@"; }
asterisk_cli() { in_chroot asterisk -C /lab/etc/asterisk.conf -rx "$*"; }

# The processes whose root is our chroot: they are ours whatever a pid file
# says, which may be stale, or missing for a moment while Asterisk restarts.
pids() {
    local dir
    for dir in /proc/[0-9]*; do
        [ "$dir/root" -ef "$CHROOT" ] && echo "${dir#/proc/}"
    done
    return 0
}
running() { [ -n "$(pids)" ]; }

# Into a name of its own, renamed when complete: a build that was cut off
# leaves nothing that looks finished.  One builder at a time.
build() {
    [ -x "$CHROOT/usr/sbin/asterisk" ] && return
    [ "$(id -u)" = 0 ] || die "needs root to build a chroot"
    command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap ||
        die "debootstrap is missing and cannot be installed"
    mkdir -p "$LAB_DIR"
    (
        flock 9
        [ -x "$CHROOT/usr/sbin/asterisk" ] || bootstrap
    ) 9>"$LAB_DIR/build-$version.lock"
}

bootstrap() {
    local suite=bullseye mirror new=$CHROOT.building
    [ "$version" = 22 ] && suite=sid
    for mirror in $MIRRORS; do
        discard "$new"
        echo "building Asterisk $version ($suite) from $mirror; log in $LAB_DIR/build-$version.log"
        if debootstrap --variant=minbase --include=$PACKAGES "$suite" "$new" "$mirror" \
            >"$LAB_DIR/build-$version.log" 2>&1 && [ -x "$new/usr/sbin/asterisk" ]; then
            mv "$new" "$CHROOT"
            return
        fi
    done
    discard "$new"
    die "cannot build Asterisk $version; see $LAB_DIR/build-$version.log"
}

# What an interrupted debootstrap left may still have the machine's /proc in it.
discard() {
    umount -q "$1/proc" "$1/sys" 2>/dev/null || true
    rm -rf --one-file-system "$1"
}

# An own CA and a server certificate signed by it: a certificate that is its
# own CA is refused by strict TLS clients.
certificates() {
    local keys=$CHROOT/lab/keys
    [ -s "$keys/ami.pem" ] && return
    mkdir -p "$keys"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
        -subj "/CN=Busyhour lab CA" -keyout "$keys/ca.key" -out "$keys/ca.pem" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=lab$version" \
        -keyout "$keys/server.key" -out "$keys/server.csr" 2>/dev/null
    printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n' >"$keys/ext"
    openssl x509 -req -in "$keys/server.csr" -CA "$keys/ca.pem" -CAkey "$keys/ca.key" \
        -CAcreateserial -days 3650 -extfile "$keys/ext" -out "$keys/server.pem" 2>/dev/null
    cat "$keys/server.key" "$keys/server.pem" >"$keys/ami.pem"
}

# The agents' phones differ only in their number.
phones_conf() {
    local n
    for n in $PHONES; do
        printf '[%s](phone)\naors = %s\ncallerid = "Agent %s" <%s>\n[%s](aor)\n' \
            "$n" "$n" "$n" "$n" "$n"
    done
}

# Busyhour's own user, exactly as the manual has it: so the manual is tested.
manual_user() {
    sed -n '/^\[busyhour\]/,/^```/{/^```/!p}' "$HERE/../docs/asterisk.md" |
        sed 's/CHANGE-ME/busyhoursecret/' | grep . ||
        die "docs/asterisk.md has no [busyhour] section"
}

# The dialplan for calls that cross PBXes, from the manual too.
manual_leg() {
    sed -n '/^\[busyhour-leg\]/,/^```/{/^```/!p}' "$HERE/../docs/asterisk.md" | grep . ||
        die "docs/asterisk.md has no [busyhour-leg] section"
}

configure() {
    local dir file modules
    for dir in etc var log/cdr-csv log/cel-custom run spool/outgoing; do
        mkdir -p "$CHROOT/lab/$dir"
    done
    modules=$(cd "$CHROOT" && ls -d usr/lib/*/asterisk/modules usr/lib/asterisk/modules \
        2>/dev/null | head -1) || true
    for file in "$HERE"/etc/*.conf; do
        sed -e "s|@AMI_PORT@|$AMI_PORT|; s|@TLS_PORT@|$TLS_PORT|; s|@SIP_PORT@|$SIP_PORT|" \
            -e "s|@MODULES@|/$modules|; s|@TRUNK_PORT@|$TRUNK_PORT|; s|@PEER_PORT@|$((PEER + 60))|" \
            -e "s|@RTP_FIRST@|$RTP_FIRST|; s|@RTP_LAST@|$RTP_LAST|" \
            "$file" >"$CHROOT/lab/etc/$(basename "$file")"
    done
    phones_conf >>"$CHROOT/lab/etc/pjsip.conf"
    manual_user >>"$CHROOT/lab/etc/manager.conf"
    manual_leg >>"$CHROOT/lab/etc/extensions.conf"
    certificates
}

# A fresh start forgets members and logs of earlier runs: the day's figures
# of one run are then all there is in queue_log.
forget() {
    rm -rf --one-file-system "$CHROOT/lab/var" "$CHROOT/lab/log" "$CHROOT/lab/run"
}

start() {
    local n
    # -f: stay in the foreground; -n: no colours.
    setsid chroot "$CHROOT" asterisk -f -n -C /lab/etc/asterisk.conf \
        >"$CHROOT/lab/log/stdout" 2>&1 </dev/null &
    for n in $(seq 300); do
        asterisk_cli "core waitfullybooted" 2>/dev/null | grep -q "fully booted" && return
        sleep 0.1
    done
    die "Asterisk $version did not boot; see $CHROOT/lab/log"
}

stop() {
    local n pid
    running || return 0
    asterisk_cli "core stop now" >/dev/null 2>&1 || true
    for n in $(seq 100); do
        running || return 0
        sleep 0.1
    done
    for pid in $(pids); do kill -9 "$pid" 2>/dev/null || true; done
}

case $command in
build) build ;;
up)
    [ "$(id -u)" = 0 ] || die "needs root (chroot)"
    build
    if running; then
        echo "Asterisk $version is running already"
    else
        forget
        configure
        start
    fi
    echo "Asterisk $version: AMI 127.0.0.1:$AMI_PORT, with TLS $TLS_PORT, SIP $SIP_PORT"
    ;;
# Start again with what is there: what a crash left behind stays.
again) running || start ;;
run)
    export LAB_VERSION=$version LAB_CHROOT=$CHROOT LAB_SCRIPT=$HERE/lab.sh
    export LAB_BASE=$BASE PYTHONDONTWRITEBYTECODE=1
    exec python3 "$HERE/suite.py" "$@"
    ;;
trunked)
    export LAB_DIR LAB_SCRIPT=$HERE/lab.sh PYTHONDONTWRITEBYTECODE=1
    exec python3 "$HERE/trunked.py" "$@"
    ;;
cli) asterisk_cli "$@" ;;
down) stop ;;
*) sed -n '2,22s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
esac
