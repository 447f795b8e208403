//! The folder: folds what the keeper passes on, reads from the journal what it missed, lets time
//! pass, and publishes the live tables. One thread for all ACDs; it holds up nobody.

use crate::administration::Watch;
use crate::archivist::{Desk, Trouble};
use crate::fold::Fold;
use crate::keeper::from_entry;
use crate::live::{Alarm, Live};
use crate::relay::{Parcel, Relay};
use crate::settings::Day;
use crate::stories::Stories;
use crate::wall_clock;
use facts::table::{Table, Type, Value};
use facts::{Opening, Stamp, Text};
use journal::Journal;
use links::asterisk::{Link, State as LinkState, Status};
use model::Centre;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};

/// At least this long between two publications: viewers are served 20 times a second at most.
const PUBLISH_GAP: Duration = Duration::from_millis(20);
/// And at most this share of the time is spent on them: one part in this many.
const PUBLISH_SHARE: u32 = 4;
/// But never longer than this, however busy the machine is.
const PUBLISH_GAP_MAX: Duration = Duration::from_millis(250);
/// Tables that people watch move at that pace. All of them, and what is made of all (levels,
/// groups), may take this many times as long as their making takes.
const WHOLE_SHARE: u32 = 8;
/// But not longer than this.
const WHOLE_GAP_MAX: Duration = Duration::from_millis(400);
/// What people watch: who waits, who works, what goes on.
const WATCHED: [&str; 5] = ["queues", "agents", "calls", "whole_calls", "waiting"];
/// What is not of the fold (links, alarms) is renewed this often even if nothing changed.
const PUBLISH_IDLE: Duration = Duration::from_millis(500);
/// And so are all tables, because of what follows from time alone, but for that at most this
/// share of the time is spent: one part in this many. Whoever reads gets fresh ones anyway.
const IDLE_SHARE: u32 = 200;
/// Though not less often than this.
const IDLE_MAX: Duration = Duration::from_secs(5);
/// The largest table by far, a row for each agent and queue. It is left out of what is renewed
/// because of time alone, unless levels follow from it.
const LARGEST: &str = "cagent";
/// How often the current minute is told while nothing changes, in seconds.
const MINUTE_IDLE_S: i64 = 5;
/// How long the folder waits for records before it looks at the clock.
const WAIT: Duration = Duration::from_millis(10);
/// An event heard this long ago is not held back any longer for one that might go before it.
const SETTLED: Duration = Duration::from_millis(15);
/// Timers fire this long after they are due by the switch's clock, so that an event that is on
/// its way and stamped earlier still goes first (microseconds).
const TIMER_MARGIN_US: i64 = 250_000;
/// The switch's clock is shown as it is while it differs from ours by less than this; beyond, rows
/// are shown in our time (microseconds).
const CLOCK_SHOWN_US: i64 = 250_000;
/// How much of the evening before is folded at a start, so that the day begins with the calls
/// and agents that were there at midnight (microseconds).
pub(crate) const WARM_UP_US: i64 = 2 * 3_600 * 1_000_000;
/// How much is folded before the moment from which on history counts, so that calls of then are
/// known: no call but the rarest is longer (microseconds).
pub(crate) const HISTORY_WARM_UP_US: i64 = 4 * 3_600 * 1_000_000;
/// Records that wait for the disk this long are worth an alarm.
const BEHIND_ALARM: Duration = Duration::from_secs(3);
/// How many records are read from the journal before the clock is looked at again.
const READ_MAX: usize = 20_000;

/// Which of the fold's tables are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// Those that people watch.
    Watched,
    /// All but the largest, and what follows from them: only time has passed.
    Renewed,
    /// All, and what follows from them.
    Whole,
}

/// An ACD as the folder sees it.
pub(crate) struct Acd {
    pub(crate) name: Text,
    pub(crate) link: Arc<Link>,
    /// What the link said in this round.
    pub(crate) status: Status,
    pub(crate) fold: Fold,
    /// The fold's count of changes, whether the link was live and the clock's offset as shown when
    /// tables were last made.
    pub(crate) made: Option<(u64, bool, i64)>,
    /// The same for all tables.
    pub(crate) made_whole: Option<(u64, bool, i64)>,
    pub(crate) day: Day,
    /// Beginning of the day whose counts are shown, by the switch's clock.
    pub(crate) day_start: Stamp,
    /// The journal's number of the next record to be folded.
    pub(crate) next: u64,
    /// The last record of before this start; until it is folded the tables are of the past.
    pub(crate) catch_up_to: u64,
    /// What is added to the switch's stamps when they are shown.
    pub(crate) shown_offset_us: i64,
    /// The last record kept when it was looked at, and since when nothing more was kept though
    /// something waits.
    pub(crate) kept: (u64, Option<Instant>),
    /// When the newest record came, and whether it may still be held back.
    pub(crate) unsettled: Option<Instant>,
    /// What the fold told and the stories do not know yet.
    steps: Vec<model::Step>,
    /// The day that the stories are told of.
    day_told: Stamp,
    /// When the stories were last brought up to now.
    stories_at: Stamp,
    /// The fold's count of changes when the current minute was last told, and the second.
    minute_told: (u64, i64),
    /// Its books; None: no history is kept.
    desk: Option<Desk>,
    /// Where the fold begins, if an earlier one has left word.
    opening: Option<Opening>,
}

impl Acd {
    /// An ACD that will first fold what the journal has of today.
    pub(crate) fn new(
        name: Text,
        link: Arc<Link>,
        mut fold: Fold,
        day: Day,
        books: Option<(Desk, Option<Opening>)>,
    ) -> Self {
        fold.tell_steps();
        let (desk, opening) = books.unzip();
        if desk.is_some() {
            fold.write_ledger();
        }
        let day_start = day.start(wall_clock());
        Self {
            name,
            status: link.status(),
            link,
            fold,
            made: None,
            made_whole: None,
            day,
            day_start,
            next: 0,
            catch_up_to: 0,
            shown_offset_us: 0,
            kept: (0, None),
            unsettled: None,
            steps: Vec::new(),
            day_told: Stamp::default(),
            stories_at: Stamp::default(),
            minute_told: (0, 0),
            desk,
            opening: opening.flatten(),
        }
    }

    /// The switch's clock now, as far as is known.
    fn switch_now(&self, now: Stamp) -> Stamp {
        now.plus(self.status.clock_offset_us.unwrap_or(0))
    }

    fn is_live(&self) -> bool {
        self.status.state == LinkState::Live
    }

    /// Takes the link's word for this round, and what follows from it for what is shown.
    fn look_at_link(&mut self) {
        self.status = self.link.status();
        let offset = -self.status.clock_offset_us.unwrap_or(0);
        if (offset - self.shown_offset_us).abs() > CLOCK_SHOWN_US {
            self.shown_offset_us = if offset.abs() < CLOCK_SHOWN_US { 0 } else { offset };
        }
    }

    /// What the tables are made of now, besides time.
    fn making(&self) -> Option<(u64, bool, i64)> {
        Some((self.fold.changes(), self.is_live(), self.shown_offset_us))
    }

    /// Notes since when the disk stands still though records wait for it.
    fn look_at_disk(&mut self, journal: &Journal) {
        let marks = journal.watermark(&self.name);
        let (kept, since) = self.kept;
        let since = match since {
            _ if marks.heard_seq <= marks.kept_seq => None,
            Some(since) if kept == marks.kept_seq => Some(since),
            _ => Some(Instant::now()),
        };
        self.kept = (marks.kept_seq, since);
    }

    fn caught_up(&self) -> bool {
        self.next > self.catch_up_to
    }

    /// From where on records are folded: early enough for today's tables, and for the history that
    /// the archive does not have yet.
    fn begin(&mut self, today: Stamp) -> Stamp {
        let counts = self.desk.as_ref().and_then(Desk::counts_from);
        match (counts, self.opening.take()) {
            (_, Some(opening)) => {
                self.fold.open(&opening);
                opening.at
            }
            // The archive is younger than what is folded before it counts, and so is the journal.
            (Some(_), None) => Stamp(i64::MIN),
            (None, None) => today,
        }
    }

    fn push(&mut self, record: facts::Record) {
        // The first record of a new day begins it; without one the clock does (see `pass`).
        self.begin_day(record.stamp);
        self.fold.push(record);
        self.unsettled = Some(Instant::now());
        if let Some(desk) = &mut self.desk
            && desk.is_due(self.fold.now())
        {
            desk.book(&mut self.fold);
        }
    }

    /// The switch's moment for which its tables are true. A link that is down stops the clocks
    /// where it went down.
    fn tables_at(&self, now: Stamp) -> Stamp {
        if self.is_live() { self.switch_now(now) } else { self.fold.now() }
    }

    /// Brings the stories up to now, once a second: `at` is how far the tables go. What is not
    /// known because the link is down is not known until now.
    fn tell_stories(&mut self, now: Stamp, at: Stamp, stories: &Stories) {
        if now.secs() == self.stories_at.secs() {
            return;
        }
        self.stories_at = now;
        let (changes, second) = self.minute_told;
        if changes != self.fold.changes() || now.secs() - second >= MINUTE_IDLE_S {
            self.minute_told = (self.fold.changes(), now.secs());
            self.fold.tell_minute_so_far(at);
        }
        self.tell(stories);
        let until = if self.caught_up() { self.switch_now(now) } else { at };
        stories.at(&self.name, until, self.shown_offset_us);
    }

    /// Passes on what the fold told.
    fn tell(&mut self, stories: &Stories) {
        if self.day_told != self.day_start {
            self.day_told = self.day_start;
            stories.start_day(&self.name, self.day_start);
        }
        self.fold.take_steps(&mut self.steps);
        stories.take(&self.name, self.steps.drain(..));
        if let Some(desk) = &mut self.desk {
            desk.book(&mut self.fold);
        }
    }

    fn begin_day(&mut self, switch_now: Stamp) {
        let midnight = self.day.start(switch_now);
        if midnight > self.day_start {
            self.day_start = midnight;
            self.fold.settle();
            self.fold.start_day(midnight);
        }
    }
}

/// The folder's thread.
pub(crate) struct Folder {
    pub(crate) acds: Vec<Acd>,
    pub(crate) arrivals: Receiver<Acd>,
    pub(crate) relay: Arc<Relay>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) live: Live,
    /// What the calls of all ACDs have to do with each other.
    pub(crate) centre: Centre,
    pub(crate) stories: Stories,
    pub(crate) watch: Watch,
    /// What is wrong with the archive.
    pub(crate) trouble: Trouble,
    /// Alarms that followed from the tables when these were last made.
    pub(crate) follows: Vec<Alarm>,
    pub(crate) stop: Arc<AtomicBool>,
    /// Tells once that the journal has failed for good.
    pub(crate) failed: SyncSender<String>,
}

impl Folder {
    /// Runs until told to stop.
    pub(crate) fn run(mut self) {
        let now = Instant::now();
        let (mut published, mut made, mut made_whole) = (now, now, now);
        let (mut gap, mut whole_gap, mut idle) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for i in 0..self.acds.len() {
            self.start_reading(i);
        }
        while !self.stop.load(Ordering::Acquire) {
            while let Ok(acd) = self.arrivals.try_recv() {
                self.acds.push(acd);
                self.start_reading(self.acds.len() - 1);
            }
            let behind = self.acds.iter().any(|a| !a.caught_up());
            let parcels = self.relay.take(if behind { Duration::ZERO } else { WAIT });
            for parcel in parcels {
                self.accept(parcel);
            }
            for i in 0..self.acds.len() {
                self.read_on(i);
            }
            for acd in &mut self.acds {
                acd.look_at_link();
            }
            self.pass();
            for acd in &mut self.acds {
                acd.tell(&self.stories);
            }
            if let journal::State::Failed(reason) = self.journal.state() {
                // A second word would say the same; the first is being handled.
                drop(self.failed.try_send(reason));
            }
            let news = self.acds.iter().any(|a| a.made != a.making());
            let stale = self.acds.iter().any(|a| a.made_whole != a.making());
            let whole = stale || self.live.is_wanted();
            let begun = Instant::now();
            if made_whole.elapsed() >= if whole { whole_gap } else { idle } {
                self.publish(Some(if whole { Made::Whole } else { Made::Renewed }));
                let took = begun.elapsed();
                whole_gap = (took * WHOLE_SHARE).clamp(PUBLISH_GAP, WHOLE_GAP_MAX);
                idle = (took * IDLE_SHARE).clamp(PUBLISH_IDLE, IDLE_MAX);
                let now = Instant::now();
                (published, made, made_whole) = (now, now, now);
            } else if news && made.elapsed() >= gap {
                self.publish(Some(Made::Watched));
                gap = (begun.elapsed() * PUBLISH_SHARE).clamp(PUBLISH_GAP, PUBLISH_GAP_MAX);
                (published, made) = (Instant::now(), Instant::now());
            } else if published.elapsed() >= PUBLISH_IDLE {
                self.publish(None);
                published = Instant::now();
            }
        }
        self.publish(Some(Made::Whole));
    }

    /// Finds where today begins in the journal.
    fn start_reading(&mut self, i: usize) {
        let Some(acd) = self.acds.get_mut(i) else { return };
        // What was heard before this thread knew the ACD is read, too.
        let marks = self.journal.watermark(&acd.name);
        acd.catch_up_to = marks.heard_seq;
        let today = acd.day_start.plus(-WARM_UP_US);
        let from = acd.begin(today);
        let records = self.journal.reader().and_then(|r| r.range(&acd.name, from.0, i64::MAX));
        acd.next = match records.ok().and_then(|mut records| records.next()) {
            Some(Ok(kept)) => kept.seq,
            // Nothing of today is kept yet; what is heard but not kept comes next.
            _ => marks.kept_seq + 1,
        };
        // What is read from yesterday evening counts for yesterday.
        if !acd.caught_up() {
            acd.day_start = acd.day.start(from);
        }
    }

    /// Folds a parcel, or the part of it that was not yet folded. If something is missing before
    /// it the journal is read instead, which has the parcel too.
    fn accept(&mut self, parcel: Parcel) {
        let Some(acd) = self.acds.get_mut(parcel.link) else { return };
        if parcel.first > acd.next {
            acd.catch_up_to = acd.catch_up_to.max(parcel.last());
            return;
        }
        for (seq, record) in (parcel.first..).zip(parcel.records) {
            if seq >= acd.next {
                acd.push(record);
                acd.next = seq + 1;
            }
        }
    }

    /// Folds the next records from the journal while the fold is behind.
    fn read_on(&mut self, i: usize) {
        let Some(acd) = self.acds.get_mut(i) else { return };
        if acd.caught_up() {
            return;
        }
        if !self.journal.wait_kept(&acd.name, acd.next, WAIT) {
            return;
        }
        // Looked at before the reading: what is kept meanwhile is read the next time.
        let kept = self.journal.watermark(&acd.name).kept_seq;
        let mut read = 0;
        match self.journal.reader().and_then(|r| r.from_seq(&acd.name, acd.next)) {
            Ok(records) => {
                for kept in records.take(READ_MAX) {
                    let kept = match kept {
                        Ok(kept) => kept,
                        Err(error) => {
                            tracing::error!(code = "journal-read", acd = &*acd.name, %error);
                            break;
                        }
                    };
                    read += 1;
                    acd.next = kept.seq + 1;
                    if let Some(record) = from_entry(kept.entry) {
                        acd.push(record);
                    }
                }
            }
            Err(error) => tracing::error!(code = "journal-read", acd = &*acd.name, %error),
        }
        if read == 0 && kept >= acd.catch_up_to {
            // It is said to be kept but cannot be read: go on with what comes.
            tracing::error!(code = "journal-gap", acd = &*acd.name, from = acd.next);
            acd.next = acd.catch_up_to + 1;
        }
    }

    /// Lets time pass where the link is live: releases what was held back, fires timers.
    fn pass(&mut self) {
        let now = wall_clock();
        for acd in self.acds.iter_mut().filter(|a| a.caught_up()) {
            if acd.unsettled.is_some_and(|heard| heard.elapsed() >= SETTLED) {
                acd.unsettled = None;
                acd.fold.settle();
            }
            if acd.is_live() {
                let switch_now = acd.switch_now(now);
                acd.fold.advance(switch_now.plus(-TIMER_MARGIN_US));
                acd.begin_day(switch_now.plus(-TIMER_MARGIN_US));
            }
        }
    }

    /// Publishes what is not of the fold, and the fold's tables that are to be made.
    fn publish(&mut self, made: Option<Made>) {
        let now = wall_clock();
        for acd in &mut self.acds {
            acd.look_at_disk(&self.journal);
            acd.tell_stories(now, acd.tables_at(now), &self.stories);
        }
        let mut tables = Vec::new();
        match made {
            None => {}
            Some(Made::Watched) => tables = self.tables(now, Made::Watched),
            Some(made) => {
                self.watch.look();
                let made = if self.watch.counts_seats() { Made::Whole } else { made };
                tables = self.tables(now, made);
                self.follows = self.watch.publish(now, &mut tables);
            }
        }
        tables.push(self.links(now));
        let mut alarms = self.alarms(now);
        alarms.extend(self.follows.iter().cloned());
        self.live.publish(now, tables, alarms);
        if made == Some(Made::Whole) {
            self.live.is_renewed();
        }
    }

    /// The tables of all ACDs together.
    fn tables(&mut self, now: Stamp, made: Made) -> Vec<Table> {
        let mut tables: BTreeMap<&'static str, Table> = BTreeMap::new();
        let mut parts = Vec::new();
        for acd in &mut self.acds {
            acd.made = acd.making();
            if made != Made::Watched {
                acd.made_whole = acd.made;
            }
            let at = acd.tables_at(now);
            parts.extend(acd.fold.parts(at).into_iter().map(|mut part| {
                part.shift(acd.shown_offset_us);
                part
            }));
            let wanted = |name| match made {
                Made::Whole => true,
                Made::Renewed => name != LARGEST,
                Made::Watched => WATCHED.contains(&name),
            };
            for shape in model::SHAPES.iter().filter(|shape| wanted(shape.name)) {
                let Some(mut table) = acd.fold.table(shape.name, at) else { continue };
                shift(&mut table, acd.shown_offset_us);
                match tables.get_mut(shape.name) {
                    Some(whole) => whole.rows.append(&mut table.rows),
                    None => {
                        tables.insert(shape.name, table);
                    }
                }
            }
        }
        let mut tables: Vec<Table> = tables.into_values().collect();
        for table in &mut tables {
            table.as_of = now;
            if self.acds.len() > 1 {
                let key = table.shape.key;
                table.rows.sort_by(|a, b| a.get(..key).cmp(&b.get(..key)));
            }
        }
        self.centre.unite(parts, &mut tables);
        tables
    }

    fn links(&self, now: Stamp) -> Table {
        let rows = self.acds.iter().map(|acd| {
            let marks = self.journal.watermark(&acd.name);
            links::asterisk::Shown {
                status: acd.status.clone(),
                heard: marks.heard_seq,
                kept: marks.kept_seq,
                kept_through: marks.kept_through.map(Stamp),
            }
        });
        links::asterisk::links_table(now, rows.collect())
    }

    fn alarms(&self, now: Stamp) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        match self.journal.state() {
            journal::State::Healthy => {}
            journal::State::DiskFull { since, .. } => alarms.push(Alarm {
                code: "disk-full",
                since: Stamp(since),
                what: "the disk is full: records wait in memory and are lost if this lasts; \
                       make room, collection then recovers by itself"
                    .to_owned(),
            }),
            journal::State::Locked { since, .. } => alarms.push(Alarm {
                code: "journal-locked",
                since: Stamp(since),
                what: "another program holds a file of the journal: records wait in memory"
                    .to_owned(),
            }),
            journal::State::Failed(reason) => alarms.push(Alarm {
                code: "journal-failed",
                since: now,
                what: format!("the journal failed and this server stops: {reason}"),
            }),
        }
        let stands = |a: &&Acd| a.kept.1.is_some_and(|since| since.elapsed() > BEHIND_ALARM);
        let standing = self.acds.iter().find(stands).filter(|_| alarms.is_empty());
        if let Some((acd, since)) = standing.and_then(|a| Some((a, a.kept.1?))) {
            let waited = i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX);
            alarms.push(Alarm {
                code: "journal-behind",
                // To the second, so that the same alarm stays the same.
                since: Stamp::from_secs(now.plus(-waited).secs()),
                what: format!(
                    "the disk stands still: records of {} wait in memory and are lost if this \
                     server ends now; look at the disk of data_dir",
                    acd.name
                ),
            });
        }
        alarms.extend(self.trouble.alarm());
        for acd in self.acds.iter().filter(|a| !a.caught_up()) {
            alarms.push(Alarm {
                code: "catching-up",
                since: acd.fold.now(),
                what: format!("{}: tables are being made from the journal", acd.name),
            });
        }
        alarms
    }
}

/// Shows moments in our time where the switch's clock is far off.
fn shift(table: &mut Table, offset_us: i64) {
    if offset_us == 0 {
        return;
    }
    for (i, column) in table.shape.columns.iter().enumerate() {
        if column.kind != Type::Stamp {
            continue;
        }
        for row in &mut table.rows {
            if let Some(Value::Stamp(stamp)) = row.get_mut(i) {
                *stamp = stamp.plus(offset_us);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::Administration;
    use crate::fold::FoldSettings;
    use facts::decree::{Change, Group, GroupKind, Member};
    use links::Ring;
    use links::asterisk::Secret;
    use std::sync::mpsc::sync_channel;

    /// A folder of the ACD `a`, to which nobody listens.
    fn folder(journal: &Arc<Journal>) -> Folder {
        let nobody = links::asterisk::Settings::new(
            "a",
            "127.0.0.1:1",
            "user",
            Secret::new("secret"),
            "test",
        );
        let link = Arc::new(Link::start(nobody, 0, Ring::new(1 << 20)));
        let fold = Fold::new(FoldSettings::for_acd("a"));
        let (_, arrivals) = sync_channel(1);
        Folder {
            acds: vec![Acd::new("a".into(), link, fold, Day::of_this_machine(), None)],
            arrivals,
            relay: Arc::default(),
            journal: journal.clone(),
            live: Live::new(),
            stories: Stories::new(),
            centre: Centre::new(),
            watch: Watch::new(Administration::open(journal.clone())),
            follows: Vec::new(),
            trouble: Trouble::default(),
            stop: Arc::default(),
            failed: sync_channel(1).0,
        }
    }

    /// While nothing happens the largest table is left as it is, unless levels follow from it; the
    /// others go on.
    #[test]
    fn what_only_time_changes_is_renewed_without_the_largest_table() {
        let dir = tempfile::tempdir().expect("a folder");
        let settings = journal::Settings::new(dir.path(), "test");
        let journal = Arc::new(Journal::open(settings, |_| ()).expect("opens"));
        let mut folder = folder(&journal);
        let as_of = |folder: &Folder| {
            let now = folder.live.snapshot();
            ["agents", LARGEST].map(|name| now.tables[name].as_of)
        };
        folder.publish(Some(Made::Whole));
        let [_, seats] = as_of(&folder);
        folder.publish(Some(Made::Renewed));
        let [agents, same] = as_of(&folder);
        assert!(agents > seats, "renewed");
        assert_eq!(same, seats, "left as it is");
        let group = Group {
            name: "front".into(),
            kind: GroupKind::Queues,
            members: vec![Member::parse("*/sales").expect("a member")],
        };
        let administration = Administration::open(journal.clone());
        administration.decree("eva", Change::SetGroup(group)).expect("taken");
        folder.watch = Watch::new(administration);
        folder.publish(Some(Made::Renewed));
        assert!(as_of(&folder)[1] > seats, "renewed for the group's agents");
    }

    /// A capture as if it had begun at noon today, in the journal of a server that starts.
    #[test]
    fn after_a_start_the_stories_of_today_are_told_from_the_journal() {
        let packed = include_bytes!("../../../fixtures/captures/22/answered/ami-a.txt.gz");
        let mut bytes = Vec::new();
        let mut unpacked = flate2::read::MultiGzDecoder::new(&packed[..]);
        std::io::Read::read_to_end(&mut unpacked, &mut bytes).expect("a whole gzip file");
        let mut records = translate::capture::records(&bytes);
        let first = records.iter().map(|r| r.stamp).min().expect("not empty");
        let noon = Day::of_this_machine().start(wall_clock()).plus_secs(12 * 3_600);
        let ago = noon.since(first);
        let dir = tempfile::tempdir().expect("a folder");
        let settings = journal::Settings::new(dir.path(), "test");
        let journal = Arc::new(Journal::open(settings, |_| ()).expect("opens"));
        for record in &mut records {
            record.stamp = record.stamp.plus(ago);
            record.heard = record.stamp;
        }
        let entries: Vec<_> = records.iter().map(crate::keeper::to_entry).collect();
        let kept = u64::try_from(entries.len()).expect("few");
        journal.append("a", entries).expect("there is room in memory");
        assert!(journal.wait_kept("a", kept, Duration::from_secs(30)), "kept");
        let mut folder = folder(&journal);
        folder.start_reading(0);
        while !folder.acds[0].caught_up() {
            folder.read_on(0);
        }
        folder.acds[0].fold.settle();
        let at = folder.acds[0].fold.now().plus_secs(5);
        folder.acds[0].fold.advance(at);
        folder.acds[0].tell_stories(at, at, &folder.stories);
        let day = folder.stories.agent_day("a", "PJSIP/1001").expect("he worked");
        let states: Vec<_> = day.spans.iter().map(|s| s.state).collect();
        assert_eq!(states, ["RING", "ACD", "AVAIL"]);
        let call = day.spans[1].call.clone().expect("of a call");
        let life = folder.stories.call_life("a", &call).expect("it was told");
        let kinds: Vec<_> = life.steps.iter().map(|s| s.kind).collect();
        assert_eq!(kinds, ["entry", "queued", "ring", "answered", "hangup"]);
        let hour = folder.stories.queue_hour("a", "sales").expect("it was told");
        assert_eq!(hour.minutes.iter().map(|m| m.answered).sum::<u32>(), 1);
    }

    /// Once in thirty starts of a new journal the first records were heard, but not yet kept, when
    /// the folder looked: they were taken for read and the agents were missing all day.
    #[test]
    fn what_is_heard_but_not_kept_at_the_first_look_is_still_to_be_folded() {
        let dir = tempfile::tempdir().expect("a folder");
        let settings = journal::Settings::new(dir.path(), "test");
        let full = settings.faults.clone();
        full.limit_pages(1);
        let journal = Arc::new(Journal::open(settings, |_| ()).expect("opens"));
        let entry = journal::Entry {
            kind: 1,
            epoch: 0,
            stamp: wall_clock().0,
            heard: wall_clock().0,
            payload: b"Event: X\r\n\r\n"[..].into(),
        };
        journal.append("a", vec![entry; 3]).expect("there is room in memory");
        let mut folder = folder(&journal);
        folder.start_reading(0);
        let acd = &folder.acds[0];
        assert_eq!((acd.next, acd.catch_up_to, acd.caught_up()), (1, 3, false));
        full.limit_pages(0);
        assert!(journal.wait_kept("a", 3, Duration::from_secs(60)), "room again");
        folder.read_on(0);
        assert!(folder.acds[0].caught_up());
    }
}
