#!/bin/bash
# The pages in a real Chromium, against a real server with a simulated PBX: tests/browser.sh
#
# Exit code 0: passed, or could not be run (said loudly); 1: failed.
#   BUSYHOUR_BIN           the binary under test; default: build it with cargo
#   BUSYHOUR_LAB_REQUIRED  1: not being able to run is a failure (CI)
#   BUSYHOUR_SHOTS         a folder: write pictures of the pages there, for people to look at
#   BUSYHOUR_CACHE         where axe-core is kept once it was fetched (default: ~/.cache/busyhour-ci)
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")

skip() {
    printf '\n!!!!!! SKIPPED: the pages were not looked at: %s\n\n' "$1" >&2
    echo "0 passed, 0 failed"
    [ "${BUSYHOUR_LAB_REQUIRED:-0}" = 1 ] && exit 1
    exit 0
}

for tool in python3 chromium chromedriver; do
    command -v $tool >/dev/null || skip "$tool is missing (apt-get install chromium chromium-driver)"
done
if [ -z "${BUSYHOUR_BIN:-}" ]; then
    (cd "$ROOT" && cargo build -q -p busyhour) || exit 1
    target=${CARGO_TARGET_DIR:-$ROOT/target}
    case $target in /*) ;; *) target=$ROOT/$target ;; esac
    BUSYHOUR_BIN=$target/debug/busyhour
fi
export BUSYHOUR_BIN PYTHONDONTWRITEBYTECODE=1
exec python3 "$HERE/browser.py"
