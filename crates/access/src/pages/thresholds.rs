//! The Thresholds page: what is in force, by whom and what it is about, edited in place.

use super::forms::{self, Fields, Sent, Wrong};
use super::words::{clock, millis, pair, visible};
use super::{page, sieve};
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::{InForce, Settled, Snapshot};
use facts::decree::{
    Change, DecreeId, Limits, Measure, Place, Scope, Side, Subject, Threshold, Unit,
};
use maud::{Markup, html};

const PATH: &str = "/thresholds";
/// The fields that have words of their own beside them.
const FIELDS: [&str; 6] = ["scope", "measure", "caution", "warning", "hysteresis", "for_s"];

/// What the page is about: one queue, one group, or everything.
#[derive(Clone, Debug, Default)]
struct About {
    queue: Option<(String, String)>,
    group: Option<String>,
    done: String,
    history: bool,
}

impl About {
    fn of(asked: Vec<(String, String)>) -> Self {
        let mut about = Self::default();
        let (mut acd, mut queue) = (String::new(), String::new());
        for (name, text) in asked {
            match name.as_str() {
                "acd" => acd = text,
                "queue" => queue = text,
                "group" => about.group = Some(text).filter(|t| !t.is_empty()),
                "done" => about.done = text,
                "history" => about.history = text == "all",
                _ => {}
            }
        }
        about.queue = (!acd.is_empty() && !queue.is_empty()).then_some((acd, queue));
        about
    }

    /// What it is about as a part of an address, to come back to.
    fn query(&self) -> String {
        match (&self.queue, &self.group) {
            (Some((acd, queue)), _) => format!("{}&{}", pair("acd", acd), pair("queue", queue)),
            (None, Some(group)) => pair("group", group),
            (None, None) => String::new(),
        }
    }

    /// Whether a place matters to it.
    fn has(&self, scope: &Scope, now: &Snapshot) -> bool {
        let in_group = |name: &str, acd: &str, queue: &str| {
            sieve::Group::named(now, name).is_some_and(|g| !g.agents && g.has(acd, queue))
        };
        match (&self.queue, &self.group, scope) {
            (None, None, _) | (_, _, Scope::Default) => true,
            (Some((acd, queue)), _, Scope::Members(name)) => in_group(name, acd, queue),
            (Some((acd, queue)), _, Scope::Queue { acd: a, name }) => {
                **a == **acd && **name == **queue
            }
            (None, Some(group), Scope::Group(name) | Scope::Members(name)) => **name == **group,
            _ => false,
        }
    }

    /// The scope that a new threshold most likely is for.
    fn scope(&self) -> String {
        match (&self.queue, &self.group) {
            (Some((acd, queue)), _) => format!("queue:{acd}/{queue}"),
            (None, Some(group)) => format!("group:{group}"),
            (None, None) => "default".to_owned(),
        }
    }
}

/// A form as it was sent and what is wrong with it; shown again with that.
#[derive(Clone, Debug, Default)]
struct Refused {
    fields: Fields,
    wrong: Wrong,
}

impl Refused {
    /// Whether it is the form of that place.
    fn is(&self, scope: &str, measure: &str) -> bool {
        self.fields.one("scope") == scope
            && self.fields.one("measure") == measure
            && self.fields.one("do") != "add"
    }
}

/// A scope as a form names it.
fn scope_word(scope: &Scope) -> String {
    match scope {
        Scope::Default => "default".to_owned(),
        Scope::Group(name) => format!("group:{name}"),
        Scope::Members(name) => format!("members:{name}"),
        Scope::Queue { acd, name } => format!("queue:{acd}/{name}"),
    }
}

fn scope_of(word: &str) -> Option<Scope> {
    match word.split_once(':') {
        None => (word == "default").then_some(Scope::Default),
        Some(("group", name)) => Some(Scope::Group(name.into())),
        Some(("members", name)) => Some(Scope::Members(name.into())),
        Some(("queue", name)) => {
            let (acd, name) = name.split_once('/')?;
            Some(Scope::Queue { acd: acd.into(), name: name.into() })
        }
        Some(_) => None,
    }
}

/// A number as people write it: `20`, `80 %`, of times also `1:30`; empty: none.
fn number(text: &str, unit: Unit) -> Result<Option<i64>, String> {
    let text = text.trim_end_matches(unit.sign().trim()).trim();
    if text.is_empty() {
        return Ok(None);
    }
    if unit == Unit::Seconds
        && let Some((minutes, secs)) = text.split_once(':')
        && let (Ok(minutes), Ok(secs @ 0..60)) = (minutes.parse::<i64>(), secs.parse::<i64>())
        && (0..1_000_000).contains(&minutes)
    {
        return Ok(Some(minutes * 60 + secs));
    }
    let wanted = match unit {
        Unit::Seconds => "whole seconds, or minutes and seconds as 1:30",
        Unit::Percent => "a whole percentage",
        Unit::Count => "a whole number",
    };
    text.parse().map(Some).map_err(|_| format!("must be {wanted}, not '{text}'"))
}

/// The change that a form asks for.
fn change_of(fields: &Fields) -> Result<Change, Wrong> {
    let mut wrong = Wrong::default();
    let mut put = |field: &str, what: String| wrong.0.push((field.to_owned(), what));
    if fields.one("do") == "undo" {
        return DecreeId::parse(fields.one("id"))
            .map(Change::Undo)
            .ok_or_else(|| Wrong(vec![(String::new(), "there is no such decision".into())]));
    }
    let scope = scope_of(fields.one("scope"));
    if scope.is_none() {
        put("scope", "choose what it is for".into());
    }
    let measure = Measure::of_word(fields.one("measure"));
    if measure.is_none() {
        put("measure", "choose a measure".into());
    }
    let unit = measure.map_or(Unit::Count, Measure::unit);
    let mut read = |field: &str, unit: Unit| match number(fields.one(field), unit) {
        Ok(n) => n,
        Err(what) => {
            put(field, what);
            None
        }
    };
    let (caution, warning) = (read("caution", unit), read("warning", unit));
    let hysteresis = read("hysteresis", unit).unwrap_or(0);
    let for_s = read("for_s", Unit::Seconds).unwrap_or(0);
    match (scope, measure) {
        (Some(scope), Some(measure)) if fields.one("do") == "remove" => {
            Ok(Change::RemoveThreshold(Place { scope, measure }))
        }
        (Some(scope), Some(measure)) if wrong.0.is_empty() => {
            let side = Side::of_word(fields.one("direction")).unwrap_or(measure.usual_side());
            let limits = Limits { side, caution, warning, hysteresis, for_s };
            Ok(Change::SetThreshold(Threshold { place: Place { scope, measure }, limits }))
        }
        _ => Err(wrong),
    }
}

/// `GET /thresholds`: all thresholds in force, or those of one queue or group.
pub(crate) async fn get(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Refusal> {
    let about = About::of(pairs(asked)?);
    let body = body(&site, &headers, &about, &Refused::default());
    Ok(page(&site, "Thresholds", PATH, &body))
}

/// `POST /thresholds`: sets, adds, removes or undoes one.
pub(crate) async fn post(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
    sent: Sent,
) -> Result<Response, Refusal> {
    let fields = Fields::read(&headers, sent)?;
    let desk = forms::desk(&site)?;
    let about = About::of(pairs(asked)?);
    // To add is to say what shall hold, whatever was there; to edit is to know what was there.
    let seen = (fields.one("do") != "add").then(|| fields.seen());
    let wrong = match change_of(&fields) {
        Ok(change) => match forms::decide(desk, forms::author(&headers), change, seen).await {
            Ok(decreed) => {
                let query = about.query();
                let and = if query.is_empty() { "" } else { "&" };
                return Ok(forms::see(&format!("{PATH}?done={}{and}{query}", decreed.id)));
            }
            Err(error) => Wrong::of(&error),
        },
        Err(wrong) => wrong,
    };
    let body = body(&site, &headers, &about, &Refused { fields, wrong });
    let page = page(&site, "Thresholds", PATH, &body);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// One number, with its unit and what is wrong with it.
fn input(
    (name, words, meaning): (&str, &str, &str),
    unit: Unit,
    value: &str,
    (wrong, id): (&Wrong, &str),
) -> Markup {
    let bad = !wrong.about(name).is_empty();
    let said = format!("{id}-{name}");
    html! {
        label title=(meaning) { span.label { (words) }
            span.amount {
                input name=(name) value=(value) inputmode="numeric" autocomplete="off" size="6"
                    aria-invalid=[bad.then_some("true")] autofocus[bad]
                    aria-describedby=[bad.then_some(&said)];
                @if !unit.sign().is_empty() { span.unit { (unit.sign().trim()) } }
            }
            (wrong.beside(name, &said))
        }
    }
}

fn numbers(unit: Unit, of: impl Fn(&str) -> String, wrong: &Wrong, id: &str) -> Markup {
    let all = [
        ("caution", "Caution", "from here on: have a look; empty: no such level", unit),
        ("warning", "Warning", "from here on: do something; empty: no such level", unit),
        ("hysteresis", "Back by", "how far it must come back before the level is over", unit),
        ("for_s", "Lasting", "how long on end before it counts", Unit::Seconds),
    ];
    html! {
        @for (name, words, meaning, unit) in all {
            (input((name, words, meaning), unit, &of(name), (wrong, id)))
        }
    }
}

fn side(chosen: Side) -> Markup {
    html! {
        label { span.label { "Attention" }
            select name="direction" {
                @for (side, words) in [(Side::Above, "at or above"), (Side::Below, "at or below")] {
                    option value=(side.word()) selected[side == chosen] { (words) }
                }
            }
        }
    }
}

fn limit_text(limits: &Limits, name: &str) -> String {
    let some = |n: Option<i64>| n.map_or(String::new(), |n| n.to_string());
    match name {
        "caution" => some(limits.caution),
        "warning" => some(limits.warning),
        "hysteresis" => limits.hysteresis.to_string(),
        _ => limits.for_s.to_string(),
    }
}

/// One threshold in force, as a form.
fn rule(place: &Place, settled: &Settled<Limits>, action: &str, sent: &Refused) -> Markup {
    let (scope, measure) = (scope_word(&place.scope), place.measure);
    let again = Some(sent).filter(|sent| sent.is(&scope, measure.word()));
    let wrong = again.map_or_else(Wrong::default, |sent| sent.wrong.clone());
    let id = super::words::row_id('r', &scope, measure.word());
    let text = |name: &str| match again {
        Some(sent) => sent.fields.one(name).to_owned(),
        None => limit_text(&settled.what, name),
    };
    let chosen = again.and_then(|sent| Side::of_word(sent.fields.one("direction")));
    let seen = settled.by.as_ref().map(|by| by.id.to_string()).unwrap_or_default();
    let of = format!("{} of {}", measure.about(), place.scope);
    html! {
        form.rule id=(id) method="post" action=(action) {
            fieldset {
                legend { (first_up(measure.about())) }
                input type="hidden" name="scope" value=(scope);
                input type="hidden" name="measure" value=(measure.word());
                input type="hidden" name="seen" value=(seen);
                (side(chosen.unwrap_or(settled.what.side)))
                (numbers(measure.unit(), text, &wrong, &id))
                div.buttons {
                    button type="submit" name="do" value="set"
                        aria-label={ "Save " (visible(&of)) } { "Save" }
                    @if settled.by.is_some() {
                        button type="submit" name="do" value="remove"
                            aria-label={ "Remove " (visible(&of)) } {
                            @if place.scope == Scope::Default { "As built in" } @else { "Remove" }
                        }
                    }
                }
                p.source { @match &settled.by {
                    Some(by) => { (visible(&by.author)) ", "
                        time data-at=(millis(by.at)) { (clock(by.at)) } },
                    None => "built in",
                } }
                (wrong.rest(&FIELDS))
            }
        }
    }
}

fn first_up(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// What a scope is called at the head of its thresholds.
fn title(scope: &Scope) -> String {
    match scope {
        Scope::Default => "Everything else".to_owned(),
        Scope::Group(name) => format!("Group {name} as a whole"),
        Scope::Members(name) => format!("Each member of group {name}"),
        Scope::Queue { acd, name } => format!("Queue {name} on {acd}"),
    }
}

/// What a threshold can be for: words and how a form names it.
fn scopes(in_force: &InForce, now: &Snapshot) -> [(&'static str, Vec<(String, String)>); 2] {
    let mut groups = Vec::new();
    for settled in in_force.groups() {
        let name = &settled.what.name;
        for scope in [Scope::Group(name.clone()), Scope::Members(name.clone())] {
            groups.push((scope_word(&scope), title(&scope)));
        }
    }
    let mut queues = Vec::new();
    if let Some(table) = now.tables.get("queues") {
        let c = super::columns::Queues::of(table.shape);
        for row in &table.rows {
            let (acd, name) = (c.acd.text(row).into(), c.queue.text(row).into());
            let scope = Scope::Queue { acd, name };
            queues.push((scope_word(&scope), title(&scope)));
        }
    }
    [("Groups", groups), ("Queues", queues)]
}

/// The form that adds one.
fn add(site: &Site, about: &About, in_force: &InForce, action: &str, sent: &Refused) -> Markup {
    let again = Some(sent).filter(|sent| sent.fields.one("do") == "add");
    let wrong = again.map_or_else(Wrong::default, |sent| sent.wrong.clone());
    let text = |name: &str| again.map_or(String::new(), |sent| sent.fields.one(name).to_owned());
    let chosen = Some(text("scope")).filter(|s| !s.is_empty()).unwrap_or_else(|| about.scope());
    let subjects = [(Subject::Queue, "Of queues and groups"), (Subject::Agent, "Of agents")];
    html! {
        form.rule.add method="post" action=(action) {
            fieldset {
                legend { "Add a threshold" }
                label { span.label { "Of" }
                    select name="scope" aria-describedby="add-scope" {
                        option value="default" selected[chosen == "default"] { "Everything else" }
                        @for (words, scopes) in scopes(in_force, &site.live().snapshot()) {
                            @if !scopes.is_empty() { optgroup label=(words) {
                                @for (value, words) in scopes {
                                    option value=(value) selected[value == chosen] {
                                        (visible(&words))
                                    }
                                }
                            } }
                        }
                    }
                    (wrong.beside("scope", "add-scope"))
                }
                label { span.label { "Measure" }
                    select name="measure" {
                        @for (subject, words) in subjects { optgroup label=(words) {
                            @for measure in Measure::ALL {
                                @if measure.subject() == subject {
                                    option value=(measure.word())
                                        selected[text("measure") == measure.word()] {
                                        (first_up(measure.about())) (measure.unit().sign())
                                    }
                                }
                            }
                        } }
                    }
                    (wrong.beside("measure", "add-measure"))
                }
                label { span.label { "Attention" }
                    select name="direction" {
                        option value="" { "on the usual side" }
                        option value="above" selected[text("direction") == "above"] { "at or above" }
                        option value="below" selected[text("direction") == "below"] { "at or below" }
                    }
                }
                (numbers(Unit::Count, text, &wrong, "add"))
                div.buttons { button type="submit" name="do" value="add" { "Add" } }
                (wrong.rest(&FIELDS))
            }
        }
    }
}

/// What stands between the header and the end of the page.
fn body(site: &Site, headers: &HeaderMap, about: &About, sent: &Refused) -> Markup {
    let (in_force, now) = (forms::in_force(site), site.live().snapshot());
    let query = about.query();
    let action = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") };
    let all: Vec<_> =
        in_force.thresholds().filter(|(place, _)| about.has(&place.scope, &now)).collect();
    let sections = all.chunk_by(|(a, _), (b, _)| a.scope == b.scope);
    let can = site.hooks().administration.is_some();
    let stray = match sent.fields.one("do") {
        "undo" => sent.wrong.rest(&[]),
        _ => html! {},
    };
    html! {
        main.paper id="thresholds-page" {
            div.title {
                h1 { @match (&about.queue, &about.group) {
                    (Some((acd, queue)), _) => {
                        "Thresholds of queue " (visible(queue)) " on " (visible(acd)) },
                    (None, Some(group)) => { "Thresholds of group " (visible(group)) },
                    (None, None) => "Thresholds",
                } }
                @if !query.is_empty() { a href=(PATH) { "All thresholds" } }
                @if can { (forms::who(headers, PATH)) }
            }
            (forms::done(site, &about.done, &action))
            (stray)
            p.fine { "A queue follows its own threshold of a measure, else that of the members of \
                a group that it is in, else what holds for everything. A level counts when its \
                limit was reached for so many seconds on end, and is over when the figure has \
                come back behind the limit by so much. Without both limits there is never a \
                level." }
            @if can { (add(site, about, &in_force, &action, sent)) }
            @else { p.notice.caution { "This server takes no decisions: what is built in holds." } }
            @for section in sections {
                @if let Some((place, _)) = section.first() {
                    section.board.rules {
                        header { h2 { (visible(&title(&place.scope))) } (links(&place.scope)) }
                        @for (place, settled) in section { (rule(place, settled, &action, sent)) }
                    }
                }
            }
            (forms::history(site, PATH, about.history))
        }
    }
}

/// Where the things of a scope are seen.
fn links(scope: &Scope) -> Markup {
    html! {
        @match scope {
            Scope::Default => "",
            Scope::Group(name) | Scope::Members(name) => {
                a href={ "/?" (pair("group", name)) } { "Floor" }
                a href={ "/groups?" (pair("edit", name)) } { "Members" }
            }
            Scope::Queue { acd, name } => {
                a href=(super::words::queue_path(acd, name)) { "Queue" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(number("", Unit::Count), Ok(None));
        assert_eq!(number("80 %", Unit::Percent), Ok(Some(80)));
        assert_eq!(number("90s", Unit::Seconds), Ok(Some(90)));
        assert_eq!(number("1:30", Unit::Seconds), Ok(Some(90)));
        assert!(number("1:75", Unit::Seconds).is_err());
        assert!(number("soon", Unit::Seconds).is_err_and(|e| e.contains("1:30")));
        assert!(number("1.5", Unit::Percent).is_err());
    }

    #[test]
    fn scopes_come_back_as_they_were_named() {
        for scope in [
            Scope::Default,
            Scope::Group("a:b".into()),
            Scope::Members("x/y".into()),
            Scope::Queue { acd: "pbx".into(), name: "a/b:c".into() },
        ] {
            assert_eq!(scope_of(&scope_word(&scope)), Some(scope));
        }
        assert!(["", "queue:x", "else:x"].iter().all(|word| scope_of(word).is_none()));
    }
}
