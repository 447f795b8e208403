#!/bin/bash
# The proofs of keeping and the property tests, for hours rather than minutes:
# tests/nightly.sh [STEP...]; all steps if none is named: kills cuts stall failing seeds
# days properties fuzz.
#
# Runs at low priority. Goes on after a failure; exit code 0 only if every step passed. As root:
# cuts, stall and failing mount disks of their own.
#   BUSYHOUR_FUZZ_S         seconds of fuzzing (default 1800); needs cargo-fuzz
#   BUSYHOUR_KILLS, _CUTS, _STALL_S, _FAILURES, _SEEDS, _DAYS   other numbers than those below
set -uo pipefail
cd "$(dirname "$0")/.."
export BUSYHOUR_LAB_REQUIRED=1
export BUSYHOUR_KILLS=${BUSYHOUR_KILLS:-1000} BUSYHOUR_CUTS=${BUSYHOUR_CUTS:-60}
export BUSYHOUR_STALL_S=${BUSYHOUR_STALL_S:-60} BUSYHOUR_FAILURES=${BUSYHOUR_FAILURES:-20}
export BUSYHOUR_SEEDS=${BUSYHOUR_SEEDS:-80} BUSYHOUR_DAYS=${BUSYHOUR_DAYS:-10000}
nice=(nice -n 15)
failed=()

# A test says in one line what it did; that line is what somebody reads in the morning.
one() {
    local step=$1 begin=$SECONDS
    shift
    printf '\n== %s: %s\n' "$step" "$*"
    "${nice[@]}" "$@" || failed+=("$step")
    printf '== %s took %d s\n' "$step" $((SECONDS - begin))
}

tests_of() { # PACKAGE TEST [FILTER...]
    cargo test --quiet -p "$1" --test "$2" -- --nocapture "${@:3}"
}
export -f tests_of

kills() { one kills bash -c 'tests_of busyhour kill'; }
cuts() { one cuts bash -c 'tests_of busyhour power'; }
stall() { one stall bash -c 'tests_of busyhour stall'; }
failing() { one failing bash -c 'tests_of busyhour failing'; }
seeds() { one seeds bash -c 'tests_of busyhour truth other_days'; }
days() { one days bash -c 'tests_of busyhour second random_days'; }
properties() {
    one properties env PROPTEST_CASES="${PROPTEST_CASES:-20000}" \
        cargo test --quiet --release -p ami -p facts -p translate -p model -p journal
}
fuzz() {
    if cargo fuzz --version >/dev/null 2>&1; then
        one fuzz crates/ami/fuzz/run "${BUSYHOUR_FUZZ_S:-1800}"
    else
        printf '\n!!!!!! fuzz: cargo-fuzz is not installed (cargo install cargo-fuzz)\n'
        failed+=(fuzz)
    fi
}

steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(kills cuts stall failing seeds days properties fuzz)
for step in "${steps[@]}"; do
    case $step in
    kills | cuts | stall | failing | seeds | days | properties | fuzz) "$step" ;;
    *) echo "no step $step; there are: kills cuts stall failing seeds days properties fuzz" && exit 2 ;;
    esac
done
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFAILED: %s\n' "${failed[*]}"
    exit 1
fi
printf '\nall steps passed\n'
