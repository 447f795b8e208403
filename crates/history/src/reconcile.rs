//! Two ledgers of the same queues side by side: what was heard live, and what the switch's own
//! log says. Per day and split how many came and how it ended, and every visit on which the two do
//! not agree.

use crate::calendar::Calendar;
use crate::ledger::{Entry, VisitEnd, What};
use facts::table::{Column, Row, Shape, Type, Value};
use facts::{CallId, Date, Outcome, SplitId, Stamp, Text};
use std::collections::BTreeMap;

/// Waits that differ by no more than this are equal, seconds: under load the log's clock and the
/// event's stamp are read on both sides of a second (asterisk.md 4).
const WAIT_SLACK_S: i64 = 1;

macro_rules! columns {
    ($($name:ident $kind:ident $doc:literal;)*) => {
        &[$(Column { name: stringify!($name), kind: Type::$kind, doc: $doc },)*]
    };
}

/// `reconciled`: a row for each day and split.
pub static RECONCILED: Shape = Shape {
    name: "reconciled",
    doc: "visits to a split by the local day on which they began: heard live and in queue_log",
    key: 2,
    columns: columns! {
        row_date Date "local day on which the visits began";
        split_name Text "the split";
        entered Int "visits heard live";
        entered_log Int "visits in queue_log (ENTERQUEUE, or the end of one that began before it)";
        answered Int "of them answered";
        answered_log Int "the same in queue_log (CONNECT)";
        abandoned Int "given up by the caller";
        abandoned_log Int "the same in queue_log (ABANDON)";
        timed_out Int "longest wait over";
        timed_out_log Int "the same in queue_log (EXITWITHTIMEOUT)";
        otherwise Int "ended in another way, or the end was not seen";
        otherwise_log Int "the same in queue_log";
        differ Int "visits on which the two do not agree: rows of unreconciled";
    },
};

/// `unreconciled`: a row for each visit on which the sources do not agree.
pub static UNRECONCILED: Shape = Shape {
    name: "unreconciled",
    doc: "a visit to a split on which what was heard live and queue_log do not agree",
    key: 4,
    columns: columns! {
        row_date Date "local day on which it began";
        split_name Text "the split";
        joined Stamp "when the caller joined";
        ucid Text "the call's id at the switch";
        live Text "how it ended as heard live; null: not heard";
        log Text "how it ended by queue_log; null: not in it";
        wait_s Int "its wait as heard live, seconds";
        wait_log_s Int "its wait by queue_log, seconds";
    },
};

/// A visit that is over.
#[derive(Clone, Debug)]
struct Over {
    joined: Stamp,
    how: &'static str,
    wait_s: i64,
}

/// One ledger's visits.
#[derive(Clone, Debug, Default)]
struct Side {
    visits: Vec<(CallId, SplitId, Over)>,
}

/// Both ledgers. Grows with what is entered.
#[derive(Clone, Debug, Default)]
pub struct Reconciling {
    live: Side,
    log: Side,
    /// The first id of calls that were known by several.
    names: BTreeMap<CallId, CallId>,
}

impl Reconciling {
    /// An entry of what was heard live.
    pub fn live(&mut self, entry: &Entry) {
        if let What::CallOver(call) = &entry.what
            && let Some((first, others)) = call.ids.split_first()
        {
            for other in others {
                self.names.insert(other.clone(), first.clone());
            }
        }
        self.live.take(entry);
    }

    /// An entry of the log.
    pub fn log(&mut self, entry: &Entry) {
        self.log.take(entry);
    }

    /// The rows of [`RECONCILED`] and [`UNRECONCILED`].
    pub fn rows(&self, calendar: &Calendar) -> (Vec<Row>, Vec<Row>) {
        let mut days: BTreeMap<(Date, SplitId), [i64; 11]> = BTreeMap::new();
        let mut differ = Vec::new();
        let mut pairs: BTreeMap<(CallId, SplitId), [Vec<&Over>; 2]> = BTreeMap::new();
        for (side, visits) in [&self.live.visits, &self.log.visits].into_iter().enumerate() {
            for (call, split, over) in visits {
                let call = self.names.get(call).unwrap_or(call).clone();
                let both = pairs.entry((call, split.clone())).or_default();
                if let Some(mine) = both.get_mut(side) {
                    mine.push(over);
                }
            }
        }
        for ((call, split), [live, log]) in &mut pairs {
            live.sort_by_key(|over| over.joined);
            log.sort_by_key(|over| over.joined);
            for n in 0..live.len().max(log.len()) {
                let (live, log) = (live.get(n).copied(), log.get(n).copied());
                let Some(joined) = live.or(log).map(|over| over.joined) else { continue };
                let day = calendar.date(joined);
                let counts = days.entry((day, split.clone())).or_default();
                count(counts, 0, live);
                count(counts, 1, log);
                if !agree(live, log) {
                    counts[10] += 1;
                    differ.push(unreconciled(day, split, joined, call, live, log));
                }
            }
        }
        differ.sort();
        let row = |((day, split), counts): (&(Date, SplitId), &[i64; 11])| {
            let mut row: Row = vec![(*day).into(), Text::clone(&split.0).into()];
            row.extend(counts.iter().map(|n| Value::Int(*n)));
            row
        };
        (days.iter().map(row).collect(), differ)
    }
}

impl Side {
    fn take(&mut self, entry: &Entry) {
        let (call, split, joined, left, how) = match &entry.what {
            What::Served(s) => (&s.call, &s.split, s.joined, s.answered, "answered"),
            What::Visit(v) => match v.end {
                VisitEnd::Ended(outcome) => match word(outcome) {
                    Some(how) => (&v.call, &v.split, v.joined, entry.at, how),
                    None => return,
                },
                VisitEnd::Requeued => return,
            },
            _ => return,
        };
        let over = Over { joined, how, wait_s: left.secs() - joined.secs() };
        self.visits.push((call.clone(), split.clone(), over));
    }
}

/// What an end is called; None: the visit never began, and the log has no line for it.
const fn word(outcome: Outcome) -> Option<&'static str> {
    Some(match outcome {
        Outcome::Answered => "answered",
        Outcome::Abandoned => "abandoned",
        Outcome::TimedOut => "timed out",
        Outcome::LeftEmpty => "left empty",
        Outcome::ExitKey => "exit key",
        Outcome::Left => "taken out",
        Outcome::Lost => "end not seen",
        Outcome::JoinEmpty | Outcome::Full => return None,
    })
}

fn count(counts: &mut [i64; 11], side: usize, over: Option<&Over>) {
    let Some(over) = over else { return };
    let place = match over.how {
        "answered" => 1,
        "abandoned" => 2,
        "timed out" => 3,
        _ => 4,
    };
    for place in [0, place] {
        if let Some(n) = counts.get_mut(place * 2 + side) {
            *n += 1;
        }
    }
}

fn agree(live: Option<&Over>, log: Option<&Over>) -> bool {
    match (live, log) {
        (Some(live), Some(log)) => {
            live.how == log.how && (live.wait_s - log.wait_s).abs() <= WAIT_SLACK_S
        }
        _ => false,
    }
}

fn unreconciled(
    day: Date,
    split: &SplitId,
    joined: Stamp,
    call: &CallId,
    live: Option<&Over>,
    log: Option<&Over>,
) -> Row {
    let how = |over: Option<&Over>| over.map_or(Value::Null, |o| Value::from(o.how));
    let wait = |over: Option<&Over>| over.map_or(Value::Null, |o| Value::Int(o.wait_s));
    vec![
        day.into(),
        Text::clone(&split.0).into(),
        joined.into(),
        Text::clone(&call.0).into(),
        how(live),
        how(log),
        wait(live),
        wait(log),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Length;
    use crate::ledger::Visit;

    fn visit(call: &str, at: i64, outcome: Outcome) -> Entry {
        let visit = Visit {
            split: SplitId::from("sales"),
            call: CallId::from(call),
            joined: Stamp::from_secs(at - 10),
            since: Stamp::from_secs(at - 10),
            found: false,
            end: VisitEnd::Ended(outcome),
            ringing: Vec::new(),
            inflow: false,
            requeued: false,
            priority: 0,
        };
        Entry { at: Stamp::from_secs(at), what: What::Visit(Box::new(visit)) }
    }

    #[test]
    fn what_only_one_knows_and_what_they_see_otherwise_is_listed() {
        let mut both = Reconciling::default();
        for (call, at) in [("a", 1_000), ("b", 1_100), ("c", 1_200)] {
            both.live(&visit(call, at, Outcome::Abandoned));
        }
        both.log(&visit("a", 1_000, Outcome::Abandoned));
        both.log(&visit("b", 1_100, Outcome::TimedOut));
        both.log(&visit("d", 1_300, Outcome::Abandoned));
        // Turned away: the log has no line for it.
        both.live(&visit("e", 1_400, Outcome::Full));
        let (days, differ) = both.rows(&Calendar::new(Length::Half, 0, &[]));
        let show = |row: &Row| {
            let cell = |v: &Value| match v {
                Value::Int(n) => n.to_string(),
                Value::Text(t) => t.to_string(),
                _ => "-".to_owned(),
            };
            row.iter().skip(1).map(cell).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(days.iter().map(show).collect::<Vec<_>>(), ["sales 3 3 0 0 3 2 0 1 0 0 3"]);
        let differ: Vec<_> = differ.iter().map(show).collect();
        let expected = [
            "sales - b abandoned timed out 10 10",
            "sales - c abandoned - 10 -",
            "sales - d - abandoned - 10",
        ];
        assert_eq!(differ, expected);
    }
}
