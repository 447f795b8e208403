#!/bin/bash
# The whole real-Asterisk test: lab/test.sh [16|22]; both versions if none is named.
#
# Exit code 0: passed, or could not be run (said loudly); 1: failed.
#   BUSYHOUR_BIN           the binary under test; default: build it with cargo
#   BUSYHOUR_LAB_REQUIRED  1: not being able to run is a failure (CI)
#   BUSYHOUR_LAB_DIR       where the chroots are kept, see lab.sh
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
VERSIONS=${1:-16 22}
case $VERSIONS in 16 | 22 | "16 22") ;; *) echo "usage: lab/test.sh [16|22]" >&2 && exit 1 ;; esac

# Loud, because a test that did not run must not look like one that passed.
skip() {
    local line
    {
        printf '%s\n' "" \
            "**********************************************************************" \
            "**                                                                  **" \
            "**   SKIPPED: the tests against a real Asterisk $VERSIONS" \
            "**   why: $1" \
            "**" \
            "**   NOT tested here: live tables during real calls, the day's counts" \
            "**   against queue_log, restart and crash of the PBX, cut links, the" \
            "**   journal after kill -9, TLS, logins, advice on manager.conf." \
            "**   needed: root, debootstrap, a Debian mirror; see lab/README.md" \
            "**                                                                  **" \
            "**********************************************************************" ""
    } >&2
    echo "lab: 0 passed, 0 failed"
    echo "0 passed, 0 failed"
    [ "${BUSYHOUR_LAB_REQUIRED:-}" = 1 ] && exit 1
    exit 0
}

binary() {
    [ -n "${BUSYHOUR_BIN:-}" ] && return
    (cd "$ROOT" && cargo build -q -p busyhour) || exit 1
    BUSYHOUR_BIN=${CARGO_TARGET_DIR:-$ROOT/target}/debug/busyhour
}

[ "$(id -u)" = 0 ] || skip "not root (chroot and debootstrap need it)"
for tool in python3 openssl; do
    command -v $tool >/dev/null || skip "$tool is missing"
done
for version in $VERSIONS; do
    "$HERE/lab.sh" build "$version" >&2 ||
        skip "Asterisk $version cannot be built (no debootstrap, or no Debian mirror to be reached)"
done
binary
export BUSYHOUR_BIN

# Both versions at once: each has its own ports, chroot and product.
passed=0 failed=0
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
# Ports and chroot are one version's: another run on this machine waits its turn.
one() {
    exec 9>"${BUSYHOUR_LAB_DIR:-$HOME/.cache/busyhour-lab}/run-$1.lock"
    flock -w 1500 9 || { echo "another run of Asterisk $1 does not end" && return 1; }
    "$HERE/lab.sh" down "$1" && "$HERE/lab.sh" up "$1" 9>&- || return 1
    timeout 1200 "$HERE/lab.sh" run "$1" 9>&-
    local code=$?
    "$HERE/lab.sh" down "$1"
    return $code
}
for version in $VERSIONS; do
    one "$version" > >(tee "$logs/$version") 2>&1 &
    pids[version]=$!
done
# count NAME CODE: the sum that a run printed. One that ended without, or badly with a good
# one, is a failure too.
count() {
    local sums good bad
    sums=$(sed -n "s/^lab $1: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p" "$logs/$1")
    read -r good bad <<<"${sums:-0 1}"
    [ "$2" -ne 0 ] && [ "$bad" = 0 ] && bad=1
    passed=$((passed + good)) failed=$((failed + bad))
}
for version in $VERSIONS; do
    wait "${pids[version]}"
    count "$version" $?
done
# Then both together: calls that cross from one to the other.
trunked() {
    exec 8>"${BUSYHOUR_LAB_DIR:-$HOME/.cache/busyhour-lab}/run-16.lock"
    exec 9>"${BUSYHOUR_LAB_DIR:-$HOME/.cache/busyhour-lab}/run-22.lock"
    flock -w 600 8 && flock -w 600 9 || { echo "another run does not end" && return 1; }
    for version in 16 22; do
        "$HERE/lab.sh" down $version && "$HERE/lab.sh" up $version 8>&- 9>&- || return 1
    done
    timeout 200 "$HERE/lab.sh" trunked 8>&- 9>&-
    local code=$?
    for version in 16 22; do "$HERE/lab.sh" down $version; done
    return $code
}
if [ "$VERSIONS" = "16 22" ]; then
    (trunked) > >(tee "$logs/trunked") 2>&1
    code=$?
    # tee may still have lines to write.
    wait $!
    count trunked $code
fi
echo "lab: $passed passed, $failed failed"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
