//! A day of a simulated centre as fast as the machine can live it, into writers: what an AMI
//! session that was attached all day heard, `queue_log`, and what was true.
//!
//! The same settings and the same beginning give the same bytes in every file.

use std::io::{self, Write};

use crate::said::Said;
use crate::settings::Settings;
use crate::story;
use crate::world::World;

/// So much is lived between two looks at what was said, microseconds.
const STEP: i64 = 10_000_000;

/// How long a PBX that restarts is away before the session is attached to it again. Captured: 0.6 s
/// without a listener, and the modules 0.3 s after that.
const AWAY: i64 = 2_000_000;

/// Where a day is written to. [`std::io::sink`] takes what nobody wants.
pub struct DayFiles<'a> {
    /// What an AMI session hears, from the banner on.
    pub ami: &'a mut dyn Write,
    /// `queue_log` as app_queue writes it.
    pub queue_log: &'a mut dyn Write,
    /// The truth: a row for each visit of a call to a queue, or for a call without any.
    pub calls: &'a mut dyn Write,
    /// The truth: a row for each thing that an agent did.
    pub agents: &'a mut dyn Write,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Asynchronous events.
    pub events: u64,
    /// Bytes of them and of the lists at the beginning.
    pub bytes: u64,
    /// Calls that began.
    pub calls: u64,
    /// Most channels at a time.
    pub channels_max: usize,
}

/// Lives `hours` from `start` (microseconds UTC) and writes them. Nobody talks at the beginning;
/// calls that are up at the end stay open in the files, with nothing said of their end.
///
/// # Errors
/// If one of the writers fails.
pub fn write_day(
    settings: &Settings,
    start: i64,
    hours: u32,
    files: DayFiles<'_>,
) -> io::Result<DayCounts> {
    let settings = Settings { warm_up_s: 0, calls_remembered_max: usize::MAX, ..settings.clone() };
    let mut world = World::new(&settings, start);
    world.keep_log();
    let mut counts = DayCounts::default();
    let opening = world.opening(start);
    files.ami.write_all(&opening)?;
    counts.bytes += u64::try_from(opening.len()).unwrap_or(0);
    story::write_heads(files.calls, files.agents)?;
    let end = start.saturating_add(i64::from(hours) * 3_600_000_000);
    let (mut at, mut said) = (start, Vec::<Said>::new());
    while at < end {
        let restart =
            settings.restart_at.filter(|restart| (at..(at + STEP).min(end)).contains(restart));
        at = restart.unwrap_or((at + STEP).min(end)).max(at);
        world.advance(at, &mut said);
        let attached = restart.map(|_| {
            let opening = world.restart_and_attach(AWAY, &mut said);
            at = world.now().max(at + 1);
            opening
        });
        for said in said.drain(..) {
            files.ami.write_all(&said.bytes)?;
            counts.events += 1;
            counts.bytes += u64::try_from(said.bytes.len()).unwrap_or(0);
        }
        if let Some(opening) = attached {
            files.ami.write_all(&opening)?;
            counts.bytes += u64::try_from(opening.len()).unwrap_or(0);
        }
        files.queue_log.write_all(&world.take_log())?;
        counts.channels_max = counts.channels_max.max(world.channels_up());
        let truth = world.truth_mut();
        for call in truth.take_ended() {
            counts.calls += 1;
            story::write_call(files.calls, &call)?;
        }
        truth.take_stories(|agent, from, to, state| {
            story::write_state(files.agents, agent, from, Some(to), state)
        })?;
    }
    let truth = world.truth();
    for call in truth.calls.values() {
        counts.calls += 1;
        story::write_call(files.calls, call)?;
    }
    for agent in &truth.agents {
        if let Some((from, state)) = agent.story.back() {
            story::write_state(files.agents, agent, *from, None, state)?;
        }
    }
    Ok(counts)
}
