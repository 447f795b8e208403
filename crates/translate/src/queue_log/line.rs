//! One line of a queue log: `seconds|call|queue|agent|verb|data|…`.

use facts::{SplitId, Stamp, Text};

/// A line, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) at: Stamp,
    call: &'a str,
    queue: &'a str,
    pub(super) agent: &'a str,
    pub(super) verb: &'a str,
    data: Vec<&'a str>,
}

impl<'a> Line<'a> {
    /// Takes a line apart, or says what is wrong with it.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let mut fields = text.split('|');
        let mut next = |name: &str| fields.next().ok_or_else(|| format!("no {name}"));
        let (at, call) = (next("time")?, next("call")?);
        let (queue, agent, verb) = (next("queue")?, next("agent")?, next("verb")?);
        let seconds: i64 =
            at.parse().map_err(|_| format!("'{at}' is not a time in seconds since 1970"))?;
        // 0 to 9999 A.D.: a stamp of it can be shown.
        if !(0..253_402_300_800).contains(&seconds) {
            return Err(format!("'{at}' is not a time in seconds since 1970"));
        }
        let data = fields.collect();
        Ok(Self { at: Stamp::from_secs(seconds), call, queue, agent, verb, data })
    }

    /// What names a visit.
    pub(super) fn visit(&self) -> (Text, SplitId) {
        (Text::from(self.call), SplitId::from(self.queue))
    }

    /// A datum in seconds; None: not there, not a number, or out of a day's range.
    pub(super) fn seconds(&self, place: usize) -> Option<i64> {
        let n: i64 = self.data.get(place)?.trim().parse().ok()?;
        (0..=86_400 * 7).contains(&n).then_some(n)
    }

    /// A datum in milliseconds, likewise.
    pub(super) fn millis(&self, place: usize) -> Option<i64> {
        let n: i64 = self.data.get(place)?.trim().parse().ok()?;
        (0..=86_400_000 * 7).contains(&n).then_some(n)
    }
}
