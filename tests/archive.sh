#!/bin/bash
# The archive read by other people's tools, DuckDB and pyarrow: tests/archive.sh
#
# Exit code 0: passed, or could not be run (said loudly); 1: failed.
#   BUSYHOUR_LAB_REQUIRED  1: not being able to run is a failure (CI)
#   ARCHIVE_EXAMPLE        the program that writes the archive; default: build it with cargo
#   BUSYHOUR_CACHE         where the tools are kept once they were fetched (default:
#                          ~/.cache/busyhour-ci)
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=${BUSYHOUR_CACHE:-$HOME/.cache/busyhour-ci}/python-archive

skip() {
    printf '\n!!!!!! SKIPPED: the archive was not read by other tools: %s\n\n' "$1" >&2
    [ "${BUSYHOUR_LAB_REQUIRED:-0}" = 1 ] && exit 1
    exit 0
}

command -v python3 >/dev/null || skip "python3 is missing"
have() { PYTHONPATH=$TOOLS python3 -c 'import duckdb, pyarrow' 2>/dev/null; }
if ! have; then
    python3 -m pip install -q --target "$TOOLS" duckdb pyarrow >/dev/null 2>&1
    have || skip "duckdb and pyarrow are missing (pip install duckdb pyarrow)"
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
write() {
    if [ -n "${ARCHIVE_EXAMPLE:-}" ]; then
        "$ARCHIVE_EXAMPLE" "$@"
    else
        (cd "$HERE/.." && cargo run -q -p archive --example plausible -- "$@")
    fi
}
write "$dir/archive" 2 3000 50 || exit 1
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$TOOLS python3 "$HERE/archive.py" "$dir/archive"
