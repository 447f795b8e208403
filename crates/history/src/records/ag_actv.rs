//! `ag_actv`: what each agent did, one row for each change of state, written when it is over
//! (cms.md 3.4).

use super::columns::{acd_name, columns, extension, flag, number, split_name, time_of_day};
use crate::agent::Logon;
use crate::calendar::Calendar;
use crate::ledger::{AgentNow, Mode};
use crate::settings::Settings;
use facts::table::{Row, Shape, Value};
use facts::{AgentId, CallId, Direction, SplitId, Stamp, Text};

/// The table.
pub(crate) static SHAPE: Shape = Shape {
    name: "ag_actv",
    doc: "What each agent did as a person: one row for each state, written when it is over",
    columns: columns! {
        acd Int "number of the ACD (CMS ACD)";
        logid Text "the agent (CMS LOGID)";
        row_date Date "local day of its begin (CMS ROW_DATE)";
        starttime Int "begin of the interval that holds its begin, `hhmm` (CMS STARTTIME)";
        event_time Int "local time of day of its begin, `hhmmss` (CMS EVENT_TIME)";
        wmode_seq Int "order of the agent's rows within the second, from 1 (CMS WMODE_SEQ)";
        duration Int "how long it lasted, seconds (CMS DURATION)";
        workmode Text "LOGON, AVAIL, RING, ACD, ACW, AUX, OTHER, UNKNOWN (the switch is not \
                       heard), LOGOFF (CMS WORKMODE)";
        direction Text "IN, OUT: direction of his call (CMS DIRECTION)";
        split Int "number of the split he works for, or that his own call is booked in (CMS SPLIT)";
        auxreason Int "number of the reason in AUX, 0 to 9 (CMS AUXREASON)";
        logout_reason Int "always null: Asterisk asks for no reason (CMS LOGOUT_REASON)";
        assist_actv Text "always null: Asterisk has no such button (CMS ASSIST_ACTV)";
        agt_released Text "always null: call_rec tells it of the call (CMS AGT_RELEASED)";
        caller_hold Text "y: he holds a queue call (CMS CALLER_HOLD)";
        reconnect Text "y: he came back to a queue call that he held (CMS RECONNECT)";
        conference Text "always null: call_rec tells it of the call (CMS CONFERENCE)";
        transferred Text "always null: call_rec tells it of the call (CMS TRANSFERRED)";
        mct Text "always null: Asterisk has no such button (CMS MCT)";
        ext_call_orig Text "always null: call_rec tells it of the call (CMS EXT_CALL_ORIG)";
        keybd_dialed Text "always null: not known (CMS KEYBD_DIALED)";
        digits_dialed Text "always null: call_rec tells it of the call (CMS DIGITS_DIALED)";
        calling_pty Text "always null: call_rec tells it of the call (CMS CALLING_PTY)";
        calling_ii Text "always null: Asterisk does not say (CMS CALLING_II)";
        workcode Text "always null: call_rec tells it of the call (CMS WORKCODE)";
        ucid Text "the call, if it is known (CMS UCID)";
        loc_id Int "always null: Asterisk does not say (CMS LOC_ID)";
        interrupted Text "always null: Asterisk does not interrupt agents (CMS INTERRUPTED)";
        event1 Int "always null: Asterisk has no such button (CMS EVENT1)";
        event2 Int "always null: Asterisk has no such button (CMS EVENT2)";
        event3 Int "always null: Asterisk has no such button (CMS EVENT3)";
        event4 Int "always null: Asterisk has no such button (CMS EVENT4)";
        event5 Int "always null: Asterisk has no such button (CMS EVENT5)";
        event6 Int "always null: Asterisk has no such button (CMS EVENT6)";
        event7 Int "always null: Asterisk has no such button (CMS EVENT7)";
        event8 Int "always null: Asterisk has no such button (CMS EVENT8)";
        event9 Int "always null: Asterisk has no such button (CMS EVENT9)";
        acd_name Text "own: name of the ACD";
        agent_name Text "own: name of the agent; null if not told";
        split_name Text "own: name of SPLIT";
        extension Text "own: the extension he sat at";
        reason Text "own: the reason of the pause in words";
        since Stamp "own: its begin to the microsecond";
    },
    key: 6,
};

/// How many columns follow UCID and are always null.
const NEVER: usize = 11;

/// What an agent does as a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    /// CMS WORKMODE.
    pub(crate) word: &'static str,
    direction: Option<Direction>,
    split: Option<SplitId>,
    /// The reason in AUX: its number and its word.
    reason: Option<(usize, Text)>,
    /// He holds a queue call.
    pub(crate) held: bool,
    call: Option<CallId>,
}

/// What an agent does from a moment on.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    pub(crate) at: Stamp,
    pub(crate) work: Work,
    /// He came back to a call he held.
    pub(crate) reconnected: bool,
}

impl Work {
    /// A word that says all.
    pub(crate) const fn named(word: &'static str) -> Self {
        Self { word, direction: None, split: None, reason: None, held: false, call: None }
    }

    /// What an entry of the ledger says.
    pub(crate) fn of(now: &AgentNow, settings: &Settings) -> Self {
        let oldest = now.members.first().map(|m| &m.split);
        let out = now.direction == Some(Direction::Out);
        let split = match now.mode {
            Mode::Ring | Mode::Acd => now.work_split.as_ref(),
            // cms.md 2.2: what belongs to no call is the oldest log-on's.
            Mode::Acw => now.work_split.as_ref().or(oldest),
            Mode::Aux if out => now.held_split.as_ref().or(oldest),
            Mode::Aux => now.direction.and(oldest),
            Mode::Avail | Mode::Other => None,
        };
        let reason = (settings.aux_reason(&now.reason), now.reason.clone());
        Self {
            word: match now.mode {
                Mode::Avail => "AVAIL",
                Mode::Ring => "RING",
                Mode::Acd => "ACD",
                Mode::Acw => "ACW",
                Mode::Aux => "AUX",
                Mode::Other => "OTHER",
            },
            direction: now.direction,
            split: split.cloned(),
            reason: (now.mode == Mode::Aux).then_some(reason),
            held: now.held_split.is_some(),
            call: now.call.clone(),
        }
    }

    /// Only the call's name differs, if anything.
    pub(crate) fn same_to_see(&self, other: &Self) -> bool {
        (self.word, self.direction, &self.split, &self.reason, self.held)
            == (other.word, other.direction, &other.split, &other.reason, other.held)
    }

    /// Takes the call's name of what is otherwise the same.
    pub(crate) fn told(&mut self, same: &Self) {
        if same.call.is_some() && self.call != same.call {
            self.call.clone_from(&same.call);
        }
    }
}

impl Activity {
    pub(crate) const fn new(work: Work, at: Stamp) -> Self {
        Self { at, work, reconnected: false }
    }
}

/// The row of what an agent did until a moment.
pub(crate) fn row(
    id: &AgentId,
    logon: Option<&Logon>,
    activity: &Activity,
    seq: i64,
    until: Stamp,
    (settings, calendar): (&Settings, &Calendar),
) -> Row {
    let (at, work) = (activity.at, &activity.work);
    let interval = calendar.interval(at);
    let direction = work.direction.map(|d| match d {
        Direction::In => "IN",
        Direction::Out => "OUT",
    });
    let reason = work.reason.as_ref();
    let empty = Text::from("");
    let device = logon.map_or(&empty, |l| &l.device);
    let mut row = vec![
        Value::Int(settings.acd),
        Value::Text(id.0.clone()),
        Value::Date(calendar.date(at)),
        Value::Int(interval.starttime),
        time_of_day(at, calendar.zone(at)),
        Value::Int(seq),
        Value::Int((until.secs() - at.secs()).max(0)),
        Value::from(work.word),
        direction.into(),
        work.split.as_ref().map_or(Value::Null, number),
        reason.map_or(Value::Null, |(number, _)| Value::count(*number)),
        Value::Null,
        Value::Null,
        Value::Null,
        flag(work.held),
        flag(activity.reconnected),
    ];
    // CONFERENCE to WORKCODE.
    row.extend([const { Value::Null }; 9]);
    row.push(work.call.as_ref().map(|c| c.0.clone()).into());
    row.extend([const { Value::Null }; NEVER]);
    row.extend([
        acd_name(settings),
        logon.map_or(Value::Null, |l| Value::text_or_null(&l.name)),
        split_name(work.split.as_ref()),
        extension(device),
        reason.map_or(Value::Null, |(_, word)| Value::text_or_null(word)),
        Value::Stamp(at),
    ]);
    row
}
