//! What must be seen on every page: alarms of this server, and switches that cannot be heard.

use super::columns::Links;
use super::words::{clock, millis, visible};
use engine::Snapshot;
use maud::{Markup, html};

/// How a state of a link is meant: good, on its way, or bad.
pub(crate) fn link_class(state: &str) -> &'static str {
    match state {
        "live" => "good",
        "stalled" | "waiting" | "refused" => "warning",
        _ => "caution",
    }
}

/// The alarms of this server; empty if all is well.
pub(crate) fn alarms(now: &Snapshot) -> Markup {
    html! {
        @for alarm in &now.alarms {
            div.notice.warning {
                strong { "Alarm" } " " (visible(&alarm.what)) " "
                span.code { (alarm.code) } " since "
                time data-at=(millis(alarm.since)) { (clock(alarm.since)) }
            }
        }
    }
}

/// Alarms, and links that are not live; empty if all is well.
pub(crate) fn all(now: &Snapshot) -> Markup {
    html! {
        (alarms(now))
        @if let Some(table) = now.tables.get("links") {
            @let c = Links::of(table.shape);
            @for row in &table.rows {
                @let state = c.state.text(row);
                @if link_class(state) != "good" {
                    div class=(format!("notice {}", link_class(state))) {
                        strong { "Link " (visible(c.acd.text(row))) }
                        " is " (visible(state))
                        @if let Some(since) = c.since.stamp(row) {
                            " since " time data-at=(millis(since)) { (clock(since)) }
                        }
                        @if !c.reason.text(row).is_empty() { ": " (visible(c.reason.text(row))) }
                        ". What is shown of it stands as last heard. " a href="/links" { "Links" }
                    }
                }
            }
        }
    }
}
