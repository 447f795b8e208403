#!/bin/sh
# All tests, in the order in which they fail fastest. Run from anywhere; no arguments.
# What cannot be tested here is said loudly (SKIPPED). BUSYHOUR_LAB_REQUIRED=1 forbids skipping.
set -eu
cd "$(dirname "$0")"
required=${BUSYHOUR_LAB_REQUIRED:-0}
skipped=""

say() { printf '\n== %s\n' "$*"; }
skip() {
    skipped="$skipped
SKIPPED: $*"
    printf '\n!!!!!! SKIPPED: %s\n' "$*"
    [ "$required" = 0 ] || { echo "skipping is forbidden here"; exit 1; }
}

say "format"
cargo fmt --all --check

say "pure crates"
cargo test --quiet -p facts -p ami -p translate -p model

say "lints"
cargo clippy --quiet --workspace --all-targets -- -D warnings

say "everything else in Rust"
cargo test --quiet --workspace --exclude facts --exclude ami --exclude translate --exclude model

# What was built for these tests serves the rest: a package built alone has other features, and the
# SQL engine would be built again.
built=${CARGO_TARGET_DIR:-$PWD/target}/debug
export BUSYHOUR_BIN=${BUSYHOUR_BIN:-$built/busyhour} ARCHIVE_EXAMPLE=$built/examples/plausible

say "documents"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps

say "spelling"
if command -v typos >/dev/null 2>&1; then typos; else skip "typos is not installed (pip install typos)"; fi

say "licences and sources of dependencies"
if command -v cargo-deny >/dev/null 2>&1; then
    cargo deny --log-level error check licenses bans sources
else
    skip "cargo-deny is not installed (cargo install cargo-deny --locked)"
fi

say "the archive read by other tools"
BUSYHOUR_LAB_REQUIRED=$required tests/archive.sh

say "pages in a real browser"
if command -v chromium >/dev/null 2>&1; then
    tests/browser.sh
else
    skip "no chromium: the pages were not looked at (apt-get install chromium)"
fi

say "a real Asterisk"
BUSYHOUR_LAB_REQUIRED=$required lab/test.sh

[ -z "$skipped" ] || printf '\n%s\n' "$skipped"
say "all tests passed"
