//! How fast the simulated centre lives: an hour of each size into nothing, on one core.
#![expect(clippy::print_stdout, reason = "a measurement tells its figures")]

use std::time::Instant;

/// 20 November 2026, 10:00 UTC.
const START: i64 = 1_795_168_800_000_000;

fn main() {
    for agents in [24, 1_000, 10_000] {
        let settings = sim::Settings::centre(agents, 7);
        let (mut ami, mut log, mut calls, mut states) =
            (std::io::sink(), std::io::sink(), std::io::sink(), std::io::sink());
        let files = sim::DayFiles {
            ami: &mut ami,
            queue_log: &mut log,
            calls: &mut calls,
            agents: &mut states,
        };
        let begun = Instant::now();
        let Ok(counts) = sim::write_day(&settings, START, 1, files) else { return };
        let took = begun.elapsed().as_secs_f64();
        let rate = u128::from(counts.events) * 1_000_000 / begun.elapsed().as_micros().max(1);
        println!("{agents} agents, an hour: {took:.2} s, {rate} events/s, {counts:?}");
    }
}
