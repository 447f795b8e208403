//! What lasts longer than calls: who is logged on where, and paused why, at one moment. A fold that
//! begins there, and not at the beginning of the journal, is told so; calls of before it reads.
//!
//! Derived data: it can be deleted and made again by a fold from further back.

use crate::{AgentId, Device, DeviceId, SplitId, Stamp, Text};
use std::fmt::Write;

/// The first line of its text; a later form has another number.
const HEAD: &str = "busyhour opening 1";

/// A membership that is carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Who.
    pub agent: AgentId,
    /// Where.
    pub split: SplitId,
    /// His name.
    pub name: Text,
    /// His phone.
    pub device: DeviceId,
    /// The state of his phone.
    pub status: Device,
    /// Since when he is logged on.
    pub since: Stamp,
    /// The log-on was not seen: he was found logged on.
    pub found: bool,
    /// Penalty.
    pub penalty: u32,
    /// The member's own wrap-up time in seconds; 0: the split's holds.
    pub wrapup_s: u32,
    /// Why he is paused, empty if not told; None: he is not.
    pub paused: Option<Text>,
}

/// Who is logged on at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The moment, on the switch's clock.
    pub at: Stamp,
    /// Memberships in the order in which they were told: of equal ones the first counts.
    pub members: Vec<Carried>,
}

const DEVICES: [(Device, &str); 9] = [
    (Device::Unknown, "unknown"),
    (Device::Idle, "idle"),
    (Device::InUse, "in-use"),
    (Device::Busy, "busy"),
    (Device::Invalid, "invalid"),
    (Device::Unavailable, "unavailable"),
    (Device::Ringing, "ringing"),
    (Device::RingInUse, "ring-in-use"),
    (Device::OnHold, "on-hold"),
];

impl Opening {
    /// As text: a head, then a line a membership, values between tabs.
    pub fn text(&self) -> String {
        let mut out = format!("{HEAD}\t{}\n", self.at.0);
        for m in &self.members {
            let status = DEVICES.iter().find(|(d, _)| *d == m.status).map_or("unknown", |d| d.1);
            for text in [&*m.agent, &*m.split, &*m.name, &*m.device] {
                escape(&mut out, text);
                out.push('\t');
            }
            let done = write!(
                out,
                "{status}\t{}\t{}\t{}\t{}",
                m.since.0,
                if m.found { "found" } else { "seen" },
                m.penalty,
                m.wrapup_s
            );
            debug_assert!(done.is_ok(), "writing to a string cannot fail");
            if let Some(reason) = &m.paused {
                out.push('\t');
                escape(&mut out, reason);
            }
            out.push('\n');
        }
        out
    }

    /// Reads such a text; None: it is none, or of another form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let at = lines.next()?.strip_prefix(HEAD)?.strip_prefix('\t')?.parse().ok()?;
        let members = lines.map(member).collect::<Option<_>>()?;
        Some(Self { at: Stamp(at), members })
    }
}

fn member(line: &str) -> Option<Carried> {
    let mut values = line.split('\t');
    let mut text = || values.next().map(plain);
    let (agent, split, name, device) = (text()?, text()?, text()?, text()?);
    let status = values.next()?;
    let status = DEVICES.iter().find(|(_, word)| *word == status)?.0;
    let since = Stamp(values.next()?.parse().ok()?);
    let found = match values.next()? {
        "found" => true,
        "seen" => false,
        _ => return None,
    };
    let penalty = values.next()?.parse().ok()?;
    let wrapup_s = values.next()?.parse().ok()?;
    let paused = values.next().map(|reason| Text::from(plain(reason)));
    if values.next().is_some() {
        return None;
    }
    Some(Carried {
        agent: AgentId::from(agent.as_str()),
        split: SplitId::from(split.as_str()),
        name: Text::from(name),
        device: DeviceId::from(device.as_str()),
        status,
        since,
        found,
        penalty,
        wrapup_s,
        paused,
    })
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(name: &str, paused: Option<&str>) -> Carried {
        Carried {
            agent: AgentId::from("PJSIP/1001"),
            split: SplitId::from("sales\t& \\ more"),
            name: Text::from(name),
            device: DeviceId::from("PJSIP/1001"),
            status: Device::OnHold,
            since: Stamp(1_795_261_560_000_001),
            found: true,
            penalty: 3,
            wrapup_s: 15,
            paused: paused.map(Text::from),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let members =
            vec![carried("Åsa\r\nÉ", None), carried("", Some("")), carried("x", Some("Lunch"))];
        let opening = Opening { at: Stamp(-5), members };
        assert_eq!(Opening::parse(&opening.text()), Some(opening));
        let nobody = Opening::default();
        assert_eq!(Opening::parse(&nobody.text()), Some(nobody));
    }

    #[test]
    fn what_is_cut_or_of_another_form_is_refused() {
        let text = Opening { at: Stamp(1), members: vec![carried("x", None)] }.text();
        for cut in 0..text.len() - 1 {
            let cut = text.get(..cut).unwrap_or_default();
            let read = Opening::parse(cut);
            // A number may lose its last digits and still be one; nothing else may.
            let lost = read.is_some_and(|o| !o.members.is_empty() && !cut.contains("found\t3\t1"));
            assert!(!lost, "{cut}");
        }
        assert_eq!(Opening::parse("busyhour opening 2\t5\n"), None);
        assert_eq!(Opening::parse(&text.replace("found", "lost")), None);
        assert_eq!(Opening::parse(&text.replace('\n', "\ta\tb\n")), None);
    }
}
