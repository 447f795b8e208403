//! The figures of a queue, and of queues or agents together. Shares are made from sums, never
//! from shares.

use super::columns::{QueueColumns, int, moment};
use facts::decree::GroupKind;
use facts::table::{Row, Value};
use facts::{Stamp, Text};

/// Figures that can be added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) matched: i64,
    pub(super) waiting: i64,
    ringing: i64,
    pub(super) oldest_since: Option<Stamp>,
    pub(super) oldest_s: Option<i64>,
    pub(super) staffed: i64,
    pub(super) available: i64,
    agents_ringing: i64,
    on_acd: i64,
    in_acw: i64,
    in_aux: i64,
    other: i64,
    offered: i64,
    answered: i64,
    abandoned: i64,
    answered_in_sl: i64,
    ended: i64,
}

/// The modes an agent can be in, the one that counts before the others first.
const BUSIEST: [&str; 5] = ["ACD", "RING", "ACW", "AVAIL", "AUX"];

/// Of two modes in which an agent is for two queues, the one in which he is for both together.
pub(super) fn busier<'a>(a: &'a str, b: &'a str) -> &'a str {
    let rank = |mode| BUSIEST.iter().position(|m| *m == mode).unwrap_or(BUSIEST.len());
    if rank(b) < rank(a) { b } else { a }
}

/// Counts one agent in each group that he was found in, and forgets him.
pub(super) fn seat_all(busiest: &mut Vec<(usize, &str)>, sums: &mut [Sums]) {
    for (place, mode) in busiest.drain(..) {
        if let Some(sum) = sums.get_mut(place) {
            sum.seat(mode);
        }
    }
}

impl Sums {
    /// The figures of one queue.
    pub(super) fn of_queue(row: &Row, at: &QueueColumns) -> Self {
        let count = |place| int(row, place).unwrap_or(0);
        let ends =
            [at.answered, at.abandoned, at.timed_out, at.left_empty, at.exit_key, at.left, at.lost];
        Self {
            matched: 1,
            waiting: count(at.waiting),
            ringing: count(at.ringing),
            oldest_since: moment(row, at.oldest_since),
            oldest_s: int(row, at.oldest_s),
            staffed: count(at.staffed),
            available: count(at.available),
            offered: count(at.offered),
            answered: count(at.answered),
            abandoned: count(at.abandoned),
            answered_in_sl: count(at.answered_in_sl),
            ended: ends.into_iter().map(count).sum(),
            ..Self::default()
        }
    }

    /// Adds a queue. Its agents are not added: one who is in two queues would count twice.
    pub(super) fn add(&mut self, queue: &Self) {
        self.matched += 1;
        self.waiting += queue.waiting;
        self.ringing += queue.ringing;
        self.offered += queue.offered;
        self.answered += queue.answered;
        self.abandoned += queue.abandoned;
        self.answered_in_sl += queue.answered_in_sl;
        self.ended += queue.ended;
        if self.oldest_since.is_none_or(|known| queue.oldest_since.is_some_and(|s| s < known)) {
            (self.oldest_since, self.oldest_s) = (queue.oldest_since, queue.oldest_s);
        }
    }

    /// Adds an agent in that mode.
    pub(super) fn seat(&mut self, mode: &str) {
        self.staffed += 1;
        let count = match mode {
            "AVAIL" => &mut self.available,
            "RING" => &mut self.agents_ringing,
            "ACD" => &mut self.on_acd,
            "ACW" => &mut self.in_acw,
            "AUX" => &mut self.in_aux,
            _ => &mut self.other,
        };
        *count += 1;
    }

    /// Answered within the service level, whole percent, halves up.
    pub(super) const fn service_level(&self) -> Option<i64> {
        self.percent(self.answered_in_sl)
    }

    /// Abandoned, whole percent, halves up.
    pub(super) const fn abandoned_share(&self) -> Option<i64> {
        self.percent(self.abandoned)
    }

    const fn percent(&self, of: i64) -> Option<i64> {
        facts::percent(of, self.ended)
    }

    /// The row of `groups`.
    pub(super) fn row(&self, acd: &Text, name: &Text, kind: GroupKind, members: &Text) -> Row {
        let queues = kind == GroupKind::Queues;
        let of_queues = |n: i64| if queues { Value::Int(n) } else { Value::Null };
        let mut row = vec![
            Value::Text(acd.clone()),
            Value::Text(name.clone()),
            Value::from(kind.word()),
            Value::Text(members.clone()),
            Value::Int(self.matched),
            of_queues(self.waiting),
            of_queues(self.ringing),
            Value::from(self.oldest_since),
            Value::from(self.oldest_s),
        ];
        let agents = [
            self.staffed,
            self.available,
            self.agents_ringing,
            self.on_acd,
            self.in_acw,
            self.in_aux,
            self.other,
        ];
        row.extend(agents.map(Value::Int));
        let today = [self.offered, self.answered, self.abandoned, self.answered_in_sl, self.ended];
        row.extend(today.map(of_queues));
        row.push(Value::from(self.service_level()));
        row.push(Value::from(self.abandoned_share()));
        row
    }
}
