//! The Links page: how each switch is heard, what is wrong with it and how to mend it.

use super::columns::Links;
use super::floor::Look;
use super::notices::{self, link_class};
use super::words::{age, clock, count, micros, millis, row_id, visible};
use engine::Snapshot;
use facts::Stamp;
use facts::table::{Row, Value};
use maud::{Markup, html};

/// The words that begin a piece of advice, and how bad they are.
const SEVERITIES: [(&str, &str); 3] =
    [("serious", "warning"), ("warning", "caution"), ("info", "info")];

/// One piece of advice.
#[derive(Debug, PartialEq, Eq)]
struct Piece<'a> {
    word: &'a str,
    class: &'static str,
    text: &'a str,
}

/// Takes apart what the table holds in one text: pieces divided by `; `, each beginning with
/// its severity. Text that is not of that form is one piece.
fn pieces(advice: &str) -> Vec<Piece<'_>> {
    let mut starts: Vec<usize> = SEVERITIES
        .iter()
        .flat_map(|(word, _)| {
            advice.match_indices(&format!("{word}: ")).map(|(at, _)| at).collect::<Vec<_>>()
        })
        .filter(|&at| at == 0 || advice.get(..at).is_some_and(|before| before.ends_with("; ")))
        .chain((!advice.is_empty()).then_some(0))
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([advice.len()]);
    let texts = starts.iter().zip(ends).filter_map(|(&from, to)| advice.get(from..to));
    texts
        .map(|text| {
            let text = text.trim_end_matches([';', ' ']);
            let known = SEVERITIES.iter().find_map(|(word, class)| {
                let rest = text.strip_prefix(word)?.strip_prefix(": ")?;
                Some(Piece { word, class, text: rest })
            });
            known.unwrap_or(Piece { word: "info", class: "info", text })
        })
        .collect()
}

/// A figure with its label.
fn figure(label: &str, meaning: &str, value: Option<String>) -> Markup {
    html! {
        div title=(meaning) { dt { (label) } dd { (value.unwrap_or_else(|| "–".into())) } }
    }
}

/// A count or a moment, whichever the table holds.
fn either(value: &Value) -> Option<String> {
    match value {
        Value::Int(n) => Some(count(*n)),
        Value::Stamp(at) => Some(clock(*at)),
        _ => None,
    }
}

/// One link.
pub(crate) fn card(c: &Links, row: &Row, now: Stamp) -> Markup {
    let (acd, state) = (c.acd.text(row), c.state.text(row));
    let since = c.since.stamp(row);
    let advice = pieces(c.advice.text(row));
    let id = row_id('l', acd, "");
    let kept = [c.heard.int(row), c.kept.int(row)];
    let behind = match kept {
        [Some(heard), Some(kept)] if heard > kept => format!("{} not yet", count(heard - kept)),
        [Some(_), Some(_)] => "all".to_owned(),
        _ => "–".to_owned(),
    };
    html! {
        article id=(id) class={ "link " (link_class(state)) } {
            header {
                h2 { (visible(acd)) }
                span.addr { (visible(c.address.text(row))) }
                @if !c.version.text(row).is_empty() {
                    span.version { (visible(c.version.text(row))) }
                }
                span class={ "chip " (link_class(state)) } { (visible(state)) }
                @if let Some(at) = since {
                    span.since { "for " span.t data-t=(millis(at)) { (age(now - at)) } ", since "
                        time data-at=(millis(at)) { (clock(at)) } }
                }
            }
            @if !c.reason.text(row).is_empty() { p.reason { (visible(c.reason.text(row))) } }
            dl {
                (figure("Round trip", "from an action to its answer",
                    c.round_trip_us.int(row).map(micros)))
                (figure("Lag", "from the switch's stamp to the arrival here",
                    c.lag_us.int(row).map(micros)))
                (figure("Clock offset", "the switch's clock minus this server's",
                    c.clock_offset_us.int(row).map(micros)))
                (figure("Events a second", "in the last whole second",
                    c.rate.int(row).map(count)))
                div title="the newest event, by the switch's clock" {
                    dt { "Last event" }
                    dd { @match c.last_event.stamp(row) {
                        Some(at) => time data-at=(millis(at)) { (clock(at)) },
                        None => "–",
                    } }
                }
                (figure("Events heard", "since the link was started", c.events.int(row).map(count)))
                (figure("Records heard", "events and observations handed to the journal",
                    either(c.heard.value(row))))
                (figure("Records kept", "events and observations on disk", either(c.kept.value(row))))
                (figure("On disk", "whether all that was heard is on disk", Some(behind)))
                (figure("Reconnects", "connections made after the first",
                    c.reconnects.int(row).map(count)))
                (figure("Holes", "times that something heard could not be kept",
                    c.holes.int(row).map(count)))
            }
            @if advice.is_empty() {
                p.fine { "Nothing to mend." }
            } @else {
                h3 { "To mend" }
                ul.advice { @for piece in advice {
                    li class=(piece.class) {
                        strong.word { (piece.word) } " " (code_marked(piece.text))
                    }
                } }
            }
        }
    }
}

/// Text in which what stands between backquotes is code.
fn code_marked(text: &str) -> Markup {
    let whole = text.matches('`').count().is_multiple_of(2);
    html! {
        @if whole {
            @for (i, part) in text.split('`').enumerate() {
                @if !i.is_multiple_of(2) { code { (visible(part)) } } @else { (visible(part)) }
            }
        } @else {
            (visible(text))
        }
    }
}

/// All cards.
pub(crate) fn cards(now: &Snapshot, at: Stamp) -> Vec<(String, String)> {
    let Some(table) = now.tables.get("links") else { return Vec::new() };
    let c = Links::of(table.shape);
    let card = |row| (row_id('l', c.acd.text(row), ""), card(&c, row, at).into_string());
    table.rows.iter().map(card).collect()
}

/// What stands between the header and the end of the page.
pub(crate) fn body(now: &Snapshot, look: Look<'_>) -> Markup {
    let cards = cards(now, look.now);
    html! {
        main id="links" data-stream="/links/stream" data-version=(look.place)
            data-several=(u8::from(look.several)) data-at=(millis(now.at)) {
            h1 { "Links" }
            div id="notices" aria-live="polite" { (notices::alarms(now)) }
            div.empty id="links-empty" {
                @if now.version == 0 {
                    h3 { "Nothing has been read yet" }
                    p { "The server has just been started; this page fills by itself." }
                } @else {
                    h3 { "No switch is attached" }
                    p { "Name your PBX in the configuration file, check it with "
                        code { "busyhour check" } ", and start the server again. To look around \
                        first, run " code { "busyhour demo" } "." }
                }
            }
            div id="cards" { @for (_, card) in &cards { (maud::PreEscaped(card)) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_taken_apart_by_severity() {
        assert!(pieces("").is_empty());
        let text = "serious: no stamps; figures are wrong: set timestampevents=yes (no-stamps); \
            info: warning: none (x)";
        let found = pieces(text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[0].word, found[0].class), ("serious", "warning"));
        assert_eq!(
            found[0].text,
            "no stamps; figures are wrong: set timestampevents=yes (no-stamps)"
        );
        assert_eq!((found[1].word, found[1].text), ("info", "warning: none (x)"));
        let plain = pieces("set this");
        assert_eq!((plain[0].class, plain[0].text), ("info", "set this"));
    }
}
