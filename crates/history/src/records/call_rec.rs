//! `call_rec` (cms.md 7.1): a row for each segment of a call that is complete.
//!
//! A segment is an agent's talk with all that led to it: the first begins with the call, another
//! where the caller joined the split of it. A call that waits for an agent once more after the last
//! talk and gets none has a segment for that; a call without any agent has one. All rows of a call
//! are written at once, when its last after-call work is over.

use crate::Books;
use crate::ledger::{CallOver, EndedBy, Served, Way};
use crate::tables::number;
use crate::vdn::Parts;
use crate::vdn::whole::{Disposition, Whole, Work, seconds};
use facts::table::{Column, Row, Shape, Type, Value};
use facts::{CallId, CivilTime, Outcome, Released, SplitId, Stamp, Text};

/// Codes of DISPOSITION.
const CONNECTED: i64 = 1;
const ANSWERED: i64 = 2;
const ABANDONED: i64 = 3;
const INTERFLOWED: i64 = 4;
const BUSY: i64 = 5;
const DISCONNECTED: i64 = 6;
const OTHER: i64 = 7;

/// A segment that is to be written.
struct Segment<'a> {
    books: &'a Books,
    over: &'a CallOver,
    call: &'a Whole,
    parts: &'a Parts,
    /// From 1.
    number: i64,
    disposition: i64,
    began: Stamp,
    /// When it joined the split.
    queued: Option<Stamp>,
    answered: Option<Stamp>,
    /// When its talk was over, or the waiting for one.
    ended: Stamp,
    /// When all work on it was over.
    stopped: Stamp,
    /// When the caller was gone.
    call_ended: Stamp,
    /// When it began to ring where it was answered.
    rang: Option<Stamp>,
    /// When it waited in the split no longer: rang where it was answered, or left.
    waited: Option<Stamp>,
    split: Option<&'a SplitId>,
    priority: Option<u32>,
    served: Option<&'a Served>,
    /// The agent who passed it on.
    from: Option<&'a Text>,
    work: Work,
}

/// Writes the segments of a call that ended at `ended`.
pub(crate) fn push(books: &mut Books, parts: &Parts, over: &CallOver, ended: Stamp, call: &Whole) {
    let mut rows = Vec::new();
    let mut from = None;
    for served in &parts.served {
        let segment = Segment {
            number: 1 + i64::try_from(rows.len()).unwrap_or(i64::MAX - 1),
            from,
            ..talk(books, parts, over, call, served, ended)
        };
        from = served.transferred.then_some(&served.agent.0);
        let first = rows.is_empty();
        rows.push(row(&Segment {
            began: if first { over.began } else { served.joined },
            ..segment
        }));
    }
    if rows.is_empty() {
        rows.push(row(&alone(books, parts, over, call, ended)));
    } else if let Some(mut segment) = last_wait(books, parts, over, call, ended) {
        segment.number += i64::try_from(rows.len()).unwrap_or(i64::MAX - 1);
        rows.push(row(&segment));
    }
    for row in rows {
        books.records.push(&CALL_REC, row);
    }
}

/// A call's segment of its own, for those that no agent answered.
fn alone<'a>(
    books: &'a Books,
    parts: &'a Parts,
    over: &'a CallOver,
    call: &'a Whole,
    ended: Stamp,
) -> Segment<'a> {
    let last = parts.turns.iter().max_by_key(|t| t.at);
    Segment {
        books,
        over,
        call,
        parts,
        number: 1,
        disposition: match call.disposition {
            Disposition::Connected => CONNECTED,
            Disposition::Outflow => INTERFLOWED,
            Disposition::Acd => ANSWERED,
            Disposition::Abandoned(_) => ABANDONED,
            Disposition::Busy => BUSY,
            Disposition::Disconnected => DISCONNECTED,
            Disposition::Unanswered => OTHER,
        },
        began: over.began,
        queued: over.queued,
        answered: over.answered,
        ended,
        stopped: ended,
        call_ended: ended,
        rang: None,
        waited: last.map(|t| t.at),
        split: last.map(|t| &t.split),
        priority: last.map(|t| t.priority),
        served: None,
        from: over.originator.as_ref().map(|a| &a.0),
        work: Work { talk: over.answered.map_or(0, |a| seconds(a, ended)), ..Work::default() },
    }
}

fn talk<'a>(
    books: &'a Books,
    parts: &'a Parts,
    over: &'a CallOver,
    call: &'a Whole,
    served: &'a Served,
    ended: Stamp,
) -> Segment<'a> {
    let work = Work::of(served);
    Segment {
        disposition: if books.is_phantom(served) { ABANDONED } else { ANSWERED },
        queued: Some(served.joined),
        answered: Some(served.answered),
        ended: served.ended,
        stopped: served.acw_ended,
        rang: served.rang,
        waited: Some(served.rang.unwrap_or(served.answered)),
        split: Some(&served.split),
        priority: Some(served.priority),
        served: Some(served),
        work,
        ..alone(books, parts, over, call, ended)
    }
}

/// What came after the last talk, if the call waited in a split once more.
fn last_wait<'a>(
    books: &'a Books,
    parts: &'a Parts,
    over: &'a CallOver,
    call: &'a Whole,
    ended: Stamp,
) -> Option<Segment<'a>> {
    let outcome = over.outcome.filter(|o| *o != Outcome::Answered)?;
    let served = parts.served.last()?;
    let turn = parts.turns.iter().max_by_key(|t| t.at).filter(|t| t.at > served.answered)?;
    Some(Segment {
        disposition: match outcome {
            Outcome::Abandoned => ABANDONED,
            Outcome::Lost => DISCONNECTED,
            _ => OTHER,
        },
        began: turn.joined,
        queued: Some(turn.joined),
        answered: None,
        from: served.transferred.then_some(&served.agent.0),
        work: Work::default(),
        ..alone(books, parts, over, call, ended)
    })
}

impl Segment<'_> {
    /// The local time at its begin.
    fn civil(&self) -> CivilTime {
        CivilTime::of(self.began, self.books.calendar.zone(self.began))
    }

    /// Microseconds from its begin to the answer or end.
    fn wait_us(&self) -> i64 {
        self.answered.unwrap_or(self.ended).since(self.began).max(0)
    }

    /// Microseconds on hold.
    fn hold_us(&self) -> i64 {
        let Some((served, answered)) = self.served.zip(self.answered) else { return 0 };
        let held: i64 = served.holds.iter().map(|(from, to)| to.since(*from).max(0)).sum();
        held.min(self.ended.since(answered).max(0))
    }

    /// Microseconds of talk, hold excluded.
    fn talk_us(&self) -> i64 {
        self.answered.map_or(0, |a| (self.ended.since(a) - self.hold_us()).max(0))
    }

    /// Seconds waiting in the split before it rang where it was answered.
    fn queue_time(&self) -> Option<i64> {
        self.queued.zip(self.waited).map(|(queued, waited)| seconds(queued, waited))
    }

    fn ring_time(&self) -> Option<i64> {
        self.rang.zip(self.answered).map(|(from, to)| seconds(from, to))
    }

    /// The n-th split that the call came to.
    fn nth_split(&self, n: usize) -> Option<&SplitId> {
        let turns = self.parts.turns.iter().map(|t| (t.joined, &t.split));
        let served = self.parts.served.iter().map(|s| (s.joined, &s.split));
        let mut all: Vec<(Stamp, &SplitId)> = turns.chain(served).collect();
        all.sort();
        let mut splits: Vec<&SplitId> = Vec::new();
        for (_, split) in all {
            if !splits.contains(&split) {
                splits.push(split);
            }
        }
        splits.get(n).copied()
    }

    fn nth_number(&self, n: usize) -> Value {
        self.nth_split(n).map_or(Value::Null, |s| number(s))
    }

    fn nth_name(&self, n: usize) -> Option<Text> {
        self.nth_split(n).map(|s| s.0.clone())
    }

    fn flag(&self, of_agent: impl Fn(&Served) -> bool, of_call: bool) -> i64 {
        self.served.map_or(of_call, of_agent).into()
    }

    fn code(&self) -> Value {
        Value::text_or_null(self.served.map_or(&self.over.code, |s| &s.code))
    }

    fn name(&self, of: Option<&Text>) -> Option<Text> {
        self.books.settings.names.get(of?).cloned()
    }
}

/// A number of 31 bits out of the first id of a call, the same in every fold (FNV-1a).
fn call_number(ids: &[CallId]) -> i64 {
    let bytes = ids.first().into_iter().flat_map(|id| id.bytes());
    let hash = bytes
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(hash & 0x7fff_ffff)
}

/// DISPPRIORITY of a queue's priority.
fn priority(queue_priority: Option<u32>) -> i64 {
    match queue_priority {
        None => 0,
        Some(0) => 3,
        Some(1) => 4,
        Some(2) => 5,
        Some(_) => 6,
    }
}

const fn way(way: Way) -> &'static str {
    match way {
        Way::In => "in",
        Way::Out => "out",
        Way::Internal => "internal",
    }
}

const fn ended_by(by: EndedBy) -> Option<&'static str> {
    match by {
        EndedBy::Caller => Some("caller"),
        EndedBy::Agent => Some("agent"),
        EndedBy::Switch => Some("switch"),
        EndedBy::Unknown => None,
    }
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Abandoned => "abandoned",
        Outcome::TimedOut => "timed out",
        Outcome::LeftEmpty => "left empty",
        Outcome::ExitKey => "exit key",
        Outcome::JoinEmpty => "join empty",
        Outcome::Full => "full",
        Outcome::Left => "left",
        Outcome::Lost => "lost",
    }
}

/// Who ended the talk was an agent; None: not told.
fn agent_released(served: &Served) -> Option<i64> {
    match served.released {
        Released::Agent | Released::Transfer => Some(1),
        Released::Caller => Some(0),
        Released::Unknown => None,
    }
}

/// Makes the columns and what stands in them.
macro_rules! columns {
    ($s:ident: $($name:ident $kind:ident $value:expr, $doc:literal;)*) => {
        const COLUMNS: &[Column] =
            &[$(Column { name: stringify!($name), kind: Type::$kind, doc: $doc },)*];
        fn row($s: &Segment<'_>) -> Row {
            vec![$(Value::from($value),)*]
        }
    };
}

const NULL: Value = Value::Null;

columns! { s:
    acd Int s.books.settings.acd, "number of the switch (CMS ACD)";
    row_date Date s.books.calendar.date(s.began), "local day of segstart (CMS ROW_DATE)";
    row_time Int s.civil().hour * 100 + s.civil().minute,
        "local time of segstart, hhmm (CMS ROW_TIME)";
    segstart Int s.began.secs(),
        "begin: of the call, or when it joined the split; seconds since 1970 (CMS SEGSTART)";
    segstop Int s.stopped.secs(),
        "end, after-call work included; seconds since 1970 (CMS SEGSTOP)";
    callid Int call_number(&s.over.ids), "31 bits of a hash of ucid (CMS CALLID)";
    segment Int s.number, "number of the segment in the call, from 1 (CMS SEGMENT)";
    disposition Int s.disposition,
        "1 connected (no agent of a split), 2 answered by an agent of a split, 3 abandoned \
        (phantom included), 4 interflowed (led to outside and answered there), 5 busy (refused by \
        the split, ended by the switch), 6 disconnected (ended by the switch, or the end was not \
        seen), 7 other (CMS DISPOSITION)";
    disppriority Int priority(s.priority),
        "0 not queued; by the queue's priority: 0: 3 low, 1: 4 medium, 2: 5 high, more: 6 top (CMS \
        DISPPRIORITY)";
    dispsplit Int s.split.map_or(NULL, |x| number(x)),
        "split of the disposition, if its name is a number (CMS DISPSPLIT)";
    dispvdn Text s.over.vdn.clone(), "VDN (CMS DISPVDN)";
    dispvector Int s.over.vector.as_ref().map_or(NULL, |x| number(x)),
        "vector, if its name is a number (CMS DISPVECTOR)";
    dispsklevel Int NULL, "not known: level of the skill (CMS DISPSKLEVEL)";
    disptime Int s.answered.map_or_else(|| seconds(s.began, s.ended), |a| seconds(s.began, a)),
        "segstart to answer, or to the end of the wait (CMS DISPTIME)";
    firstvdn Text s.over.vdn.clone(), "VDN (CMS FIRSTVDN)";
    firstvector Int s.over.vector.as_ref().map_or(NULL, |x| number(x)),
        "vector, if its name is a number (CMS FIRSTVECTOR)";
    split1 Int s.nth_number(0), "first split of the call, if a number (CMS SPLIT1)";
    split2 Int s.nth_number(1), "second split of the call, if a number (CMS SPLIT2)";
    split3 Int s.nth_number(2), "third split of the call, if a number (CMS SPLIT3)";
    tkgrp Int s.over.trunk.as_ref().map_or(NULL, |x| number(x)),
        "trunk group, if its name is a number (CMS TKGRP)";
    eqloc Text s.parts.trunk.as_ref().map(|t| Text::from(t.trunk.place.to_string())),
        "trunk: its place in the group (CMS EQLOC)";
    calling_pty Text Value::text_or_null(&s.over.caller), "number of the caller (CMS CALLING_PTY)";
    calling_ii Text NULL, "not told by Asterisk (CMS CALLING_II)";
    dialed_num Text Value::text_or_null(&s.over.dialled), "number dialled (CMS DIALED_NUM)";
    lastdigits Text NULL, "not counted (CMS LASTDIGITS)";
    lastcwc Text s.code(), "call work code (CMS LASTCWC)";
    cwc1 Text s.code(), "call work code (CMS CWC1)";
    cwc2 Text NULL, "one code a talk is kept (CMS CWC2)";
    cwc3 Text NULL, "one code a talk is kept (CMS CWC3)";
    cwc4 Text NULL, "one code a talk is kept (CMS CWC4)";
    cwc5 Text NULL, "one code a talk is kept (CMS CWC5)";
    origlogin Text s.from.cloned(),
        "agent who called, or who passed it on (CMS ORIGLOGIN)";
    origreason Int NULL, "not counted (CMS ORIGREASON)";
    anslogin Text s.served.map(|x| x.agent.0.clone()), "agent who answered (CMS ANSLOGIN)";
    ansreason Int NULL, "not counted (CMS ANSREASON)";
    lastobserver Text NULL, "not counted (CMS LASTOBSERVER)";
    talktime Int s.work.talk, "talk, hold excluded (CMS TALKTIME)";
    acwtime Int s.work.acw, "after-call work (CMS ACWTIME)";
    ansholdtime Int s.work.hold, "hold (CMS ANSHOLDTIME)";
    origholdtime Int NULL, "not counted (CMS ORIGHOLDTIME)";
    consulttime Int NULL, "not counted (CMS CONSULTTIME)";
    duration Int seconds(s.began, s.call_ended), "segstart to the end of the call (CMS DURATION)";
    netintime Int NULL, "Asterisk has no such thing (CMS NETINTIME)";
    held Int s.served.map_or(0, |x| i64::try_from(x.holds.len()).unwrap_or(i64::MAX)),
        "how often it was held (CMS HELD)";
    holdabn Int s.flag(|x| x.hold_abandoned, false), "1: caller hung up on hold (CMS HOLDABN)";
    transferred Int s.flag(|x| x.transferred, s.call.transferred && s.served.is_none()),
        "1: transferred (CMS TRANSFERRED)";
    conference Int s.flag(|x| x.conferenced, s.over.conferenced), "1: conferenced (CMS CONFERENCE)";
    assist Int NULL, "not counted (CMS ASSIST)";
    audio Int NULL, "not counted (CMS AUDIO)";
    da_queued Int NULL, "there are no direct agent calls (CMS DA_QUEUED)";
    malicious Int NULL, "not counted (CMS MALICIOUS)";
    observingcall Int NULL, "not counted (CMS OBSERVINGCALL)";
    agt_released Int s.served.and_then(agent_released),
        "1: agent hung up or transferred (CMS AGT_RELEASED)";
    event1 Int NULL, "not counted (CMS EVENT1)";
    event2 Int NULL, "not counted (CMS EVENT2)";
    event3 Int NULL, "not counted (CMS EVENT3)";
    event4 Int NULL, "not counted (CMS EVENT4)";
    event5 Int NULL, "not counted (CMS EVENT5)";
    event6 Int NULL, "not counted (CMS EVENT6)";
    event7 Int NULL, "not counted (CMS EVENT7)";
    event8 Int NULL, "not counted (CMS EVENT8)";
    event9 Int NULL, "not counted (CMS EVENT9)";
    ucid Text s.over.ids.first().map(|id| id.0.clone()),
        "the switch's first id of the call (CMS UCID)";
    eq_locid Int NULL, "Asterisk has no such thing (CMS EQ_LOCID)";
    orig_locid Int NULL, "Asterisk has no such thing (CMS ORIG_LOCID)";
    ans_locid Int NULL, "Asterisk has no such thing (CMS ANS_LOCID)";
    obs_locid Int NULL, "Asterisk has no such thing (CMS OBS_LOCID)";
    vdn2 Text NULL, "a call has one VDN (CMS VDN2)";
    vdn3 Text NULL, "a call has one VDN (CMS VDN3)";
    vdn4 Text NULL, "a call has one VDN (CMS VDN4)";
    vdn5 Text NULL, "a call has one VDN (CMS VDN5)";
    vdn6 Text NULL, "a call has one VDN (CMS VDN6)";
    vdn7 Text NULL, "a call has one VDN (CMS VDN7)";
    vdn8 Text NULL, "a call has one VDN (CMS VDN8)";
    vdn9 Text NULL, "a call has one VDN (CMS VDN9)";
    queuetime Int s.queue_time(),
        "joined the split to the ring that was answered, or to the end of the wait; NULL: in no \
        split (CMS QUEUETIME)";
    ringtime Int s.ring_time(), "that ring; NULL: none was seen (CMS RINGTIME)";
    uui_len Int NULL, "Asterisk has no such thing (CMS UUI_LEN)";
    asai_uui Text NULL, "Asterisk has no such thing (CMS ASAI_UUI)";
    seqnum Int NULL, "not counted (CMS SEQNUM)";
    acd_name Text s.books.settings.name.clone(), "name of the switch";
    split_name Text s.split.map(|x| x.0.clone()), "name of dispsplit";
    split1_name Text s.nth_name(0), "name of split1";
    split2_name Text s.nth_name(1), "name of split2";
    split3_name Text s.nth_name(2), "name of split3";
    vdn_name Text s.name(s.over.vdn.as_ref()), "name of dispvdn";
    vector_name Text s.name(s.over.vector.as_ref()).or_else(|| s.over.vector.clone()),
        "name of dispvector";
    tkgrp_name Text s.over.trunk.clone(), "name of tkgrp";
    agent_name Text s.served.map_or(NULL, |x| s.books.agent_name(&x.agent)), "name of anslogin";
    caller_name Text Value::text_or_null(&s.over.caller_name), "name of the caller";
    way Text way(s.over.way), "in, out, internal";
    outcome Text s.over.outcome.map(outcome),
        "how the last visit of the call to a split ended; NULL: it made none";
    ended_by Text ended_by(s.over.ended_by), "caller, agent, switch; NULL: not heard";
    lost Bool s.call.lost, "the end of the call was not seen";
    channel Text s.over.channel.as_ref().map(|c| c.0.clone()), "the channel on the trunk";
    began Stamp s.began, "segstart, exactly";
    queued Stamp s.queued, "when it joined the split; NULL: it did not";
    answered Stamp s.answered, "when it was answered; NULL: never";
    ended Stamp s.ended, "when the talk was over, or the wait for one";
    wait_us Int s.wait_us(), "began to answered, or to ended; microseconds";
    talk_us Int s.talk_us(), "talk, hold excluded; microseconds";
    hold_us Int s.hold_us(), "hold; microseconds";
    acw_us Int s.stopped.since(s.ended).max(0), "after-call work; microseconds";
}

/// `call_rec`: one row a segment.
pub(crate) static CALL_REC: Shape = Shape {
    name: "call_rec",
    doc: "CMS call_rec: a segment of a call that is complete, after-call work included",
    columns: COLUMNS,
    key: 7,
};
