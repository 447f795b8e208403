#!/bin/bash
# Busyhour and other AMI clients on the same recording, one after the other, in one run:
# tests/peers.sh. Prints a table; not part of CI. Fetches the others from their registries.
#
#   AMI_CAPTURE     a recording of your own (AMI text, plain or gzip); default: all fixtures
#   PEERS_EVENTS    so many events; the recording is repeated (default 300,000)
#   PEERS_RATE      events a second; default: as fast as they are taken
#   PEERS_PATIENCE_MS   the switch cuts who takes nothing for so long (default 100 at a rate)
#   PEERS_CACHE     where the others are kept (default ~/.cache/busyhour-peers)
#   BUSYHOUR_BIN    a release build; default: made with cargo
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
CACHE=${PEERS_CACHE:-$HOME/.cache/busyhour-peers}
mkdir -p "$CACHE"
target=${CARGO_TARGET_DIR:-$ROOT/target}
case $target in /*) ;; *) target=$ROOT/$target ;; esac

cargo build --quiet --release --locked --manifest-path "$HERE/peers/Cargo.toml" --target-dir "$CACHE/target"
if [ -z "${BUSYHOUR_BIN:-}" ]; then
    cargo build --quiet --release --manifest-path "$ROOT/Cargo.toml" -p busyhour
    BUSYHOUR_BIN=$target/release/busyhour
fi
peers=$(printf '"busyhour link": ["%s/target/release/link"], "busyhour serve": ["%s"]' "$CACHE" "$BUSYHOUR_BIN")
peers+=$(printf ', "asterisk-rs-ami 0.8": ["%s/target/release/asterisk_rs"]' "$CACHE")
peers+=$(printf ', "asterisk-rs-ami 0.8, room for 2^20": ["%s/target/release/asterisk_rs", "1048576"]' "$CACHE")
if [ -d "$CACHE/py/panoramisk" ] || python3 -m pip install -q --target "$CACHE/py" panoramisk==1.4; then
    peers+=$(printf ', "panoramisk 1.4": ["env", "PYTHONPATH=%s/py", "python3", "%s/peers/panoramisk_peer.py"]' \
        "$CACHE" "$HERE")
fi
if command -v npm >/dev/null && { [ -d "$CACHE/node/node_modules" ] ||
    npm install --silent --no-audit --no-fund --prefix "$CACHE/node" asterisk-ami-client@1.1.5; }; then
    peers+=$(printf ', "asterisk-ami-client 1.1.5 (node)": ["env", "NODE_PATH=%s/node/node_modules", "node", "%s/peers/node_peer.js"]' \
        "$CACHE" "$HERE")
fi
exec python3 "$HERE/peers.py" "{\"playback\": [\"$CACHE/target/release/playback\"], \"peers\": {$peers}}"
