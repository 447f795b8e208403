//! What the Calls page is narrowed to by its address: `?queue=sales&outcome=ABANDONED`.

use super::columns::Calls;
use super::words::{calls_path, visible};
use facts::table::Row;
use maud::{Markup, html};

/// What is asked for; what is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Narrowed {
    /// The switch.
    acd: String,
    /// The queue a call is in, or was last.
    queue: String,
    /// The agent it rings at, talks to or talked to last.
    agent: String,
    /// Digits of the number that calls or was dialled.
    number: String,
    /// How its last visit to a queue ended; `OFFERED`: it was in one.
    outcome: String,
}

impl Narrowed {
    /// Takes its own pairs out of those of an address and leaves the others.
    pub(crate) fn take(asked: &mut Vec<(String, String)>) -> Self {
        let mut narrowed = Self::default();
        asked.retain_mut(|(name, text)| {
            let place = match name.as_str() {
                "acd" => &mut narrowed.acd,
                "queue" => &mut narrowed.queue,
                "agent" => &mut narrowed.agent,
                "number" => &mut narrowed.number,
                "outcome" => &mut narrowed.outcome,
                _ => return true,
            };
            *place = std::mem::take(text);
            false
        });
        narrowed
    }

    /// The only switch asked for.
    pub(crate) fn acd(&self) -> Option<&str> {
        Some(self.acd.as_str()).filter(|acd| !acd.is_empty())
    }

    fn pairs(&self) -> [(&'static str, &str); 5] {
        [
            ("acd", &self.acd),
            ("queue", &self.queue),
            ("agent", &self.agent),
            ("number", &self.number),
            ("outcome", &self.outcome),
        ]
    }

    /// The pairs that ask for something.
    fn asked(&self) -> Vec<(&'static str, &str)> {
        self.pairs().into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    /// Whether anything is asked for.
    pub(crate) fn is_some(&self) -> bool {
        !self.asked().is_empty()
    }

    /// The address of the stream that moves the page.
    pub(crate) fn stream(&self) -> String {
        calls_path(&self.asked()).replacen("/calls", "/calls/stream", 1)
    }

    /// Whether a call is among those asked for.
    pub(crate) fn fits(&self, c: &Calls, row: &Row) -> bool {
        let is = |asked: &str, text: &str| asked.is_empty() || asked == text;
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let number = digits(&self.number);
        let has = |text: &str| digits(text).contains(&number);
        let outcome = c.outcome.text(row);
        is(&self.acd, c.acd.text(row))
            && is(&self.queue, c.split.text(row))
            && is(&self.agent, c.agent.text(row))
            && (number.is_empty() || has(c.caller.text(row)) || has(c.dialled.text(row)))
            && match self.outcome.as_str() {
                "" => true,
                // Queues count the calls that came to them; one turned away was never theirs.
                _ if c.split.text(row).is_empty() => false,
                "OFFERED" => outcome != "REFUSED",
                asked => asked == outcome,
            }
    }

    /// What the list is narrowed to, each with a link that lifts it.
    pub(crate) fn markup(&self) -> Markup {
        let asked = self.asked();
        html! {
            @if !asked.is_empty() {
                p.asked {
                    "Only calls "
                    @for (i, (name, text)) in asked.iter().enumerate() {
                        @let others: Vec<_> = asked.iter().copied().filter(|(n, _)| n != name)
                            .collect();
                        @if i > 0 { ", " }
                        span.nowrap {
                            (words(name, text)) " "
                            a href=(calls_path(&others))
                                aria-label=(format!("No matter {}", meant(name))) { "×" }
                        }
                    }
                    ". "
                    a href="/calls" { "All calls" }
                }
            }
        }
    }
}

fn meant(name: &str) -> &'static str {
    match name {
        "acd" => "on which switch",
        "queue" => "of which queue",
        "agent" => "with which agent",
        "number" => "from which number",
        _ => "how they ended",
    }
}

fn words(name: &str, text: &str) -> Markup {
    let (before, text) = match (name, text) {
        ("acd", text) => ("on ", visible(text)),
        ("queue", text) => ("of queue ", visible(text)),
        ("agent", text) => ("with agent ", visible(text)),
        ("number", text) => ("from or to ", visible(text)),
        (_, "OFFERED") => ("offered to a queue", "".into()),
        (_, "ANSWERED") => ("answered", "".into()),
        (_, "ABANDONED") => ("abandoned", "".into()),
        (_, text) => ("that ended as ", visible(text)),
    };
    html! { (before) @if !text.is_empty() { strong { (text) } } }
}
