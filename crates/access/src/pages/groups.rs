//! The Groups page: named sets of queues or of agents, over all switches: made, filled, renamed
//! and removed.

use super::columns::{Agents, Groups, Queues};
use super::forms::{self, Fields, Sent, Wrong};
use super::page;
use super::words::{count, pair, visible};
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::{Administration, DecreeError, InForce, Settled, Snapshot};
use facts::decree::{Change, DecreeId, Decreed, Group, GroupKind, Member, Place, Scope, Threshold};
use maud::{Markup, html};
use std::collections::BTreeSet;

const PATH: &str = "/groups";
/// How many queues or agents are offered at once; a search finds the others.
const OFFERED: usize = 200;
/// The fields that have words of their own beside them.
const FIELDS: [&str; 3] = ["name", "members", "pattern"];

/// A group as it is being edited.
#[derive(Clone, Debug)]
struct Draft {
    /// Its name up to now; empty: it is new.
    old: String,
    name: String,
    kind: GroupKind,
    /// Those that are named one by one, as `ACD/NAME`.
    members: BTreeSet<String>,
    /// Those with a `*`, one a line.
    patterns: String,
    /// What is looked for.
    find: String,
    /// The decree that it comes from.
    seen: String,
    wrong: Wrong,
}

impl Draft {
    fn new(name: &str, kind: &str) -> Self {
        Self {
            old: String::new(),
            name: name.trim().to_owned(),
            kind: GroupKind::of_word(kind).unwrap_or(GroupKind::Queues),
            members: BTreeSet::new(),
            patterns: String::new(),
            find: String::new(),
            seen: String::new(),
            wrong: Wrong::default(),
        }
    }

    fn of(settled: &Settled<Group>) -> Self {
        let group = &settled.what;
        let (exact, patterns): (Vec<_>, Vec<_>) = group.members.iter().partition(|m| m.is_exact());
        let lines: Vec<String> = patterns.into_iter().map(ToString::to_string).collect();
        Self {
            old: group.name.to_string(),
            members: exact.into_iter().map(ToString::to_string).collect(),
            patterns: lines.join("\n"),
            seen: settled.by.as_ref().map(|by| by.id.to_string()).unwrap_or_default(),
            ..Self::new(&group.name, group.kind.word())
        }
    }

    fn sent(fields: &Fields) -> Self {
        Self {
            old: fields.one("old").to_owned(),
            members: fields.all("member").map(str::to_owned).collect(),
            patterns: fields.one("pattern").to_owned(),
            find: fields.one("find").to_owned(),
            seen: fields.one("seen").to_owned(),
            ..Self::new(fields.one("name"), fields.one("kind"))
        }
    }

    /// The group that it describes.
    fn group(&self) -> Result<Group, Wrong> {
        let mut wrong = Wrong::default();
        let lines = self.patterns.lines().map(str::trim).filter(|line| !line.is_empty());
        let named = self.members.iter().map(|text| ("members", text.as_str()));
        let mut members = BTreeSet::new();
        for (field, text) in named.chain(lines.map(|line| ("pattern", line))) {
            match Member::parse(text) {
                Some(member) => drop(members.insert(member)),
                None => wrong.0.push((
                    field.to_owned(),
                    format!("'{text}' is no member: write ACD/NAME, with * for any characters"),
                )),
            }
        }
        let members = members.into_iter().collect();
        let group = Group { name: self.name.as_str().into(), kind: self.kind, members };
        if wrong.0.is_empty() { Ok(group) } else { Err(wrong) }
    }
}

/// `GET /groups`: all groups; `edit` opens one, `new` and `kind` begin one.
pub(crate) async fn get(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Refusal> {
    let asked = pairs(asked)?;
    let of = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str());
    let in_force = forms::in_force(&site);
    let draft = match (of("edit"), of("new")) {
        (Some(name), _) => match in_force.group(name) {
            Some(settled) => Some(Draft::of(settled)),
            None => {
                let text = format!("there is no group {}", visible(name));
                return Err(Refusal::missing("no-group", text));
            }
        },
        (None, Some(name)) => Some(Draft::new(name, of("kind").unwrap_or_default())),
        (None, None) => None,
    };
    let draft = draft.map(|mut draft| {
        draft.find = of("find").unwrap_or_default().to_owned();
        draft
    });
    let (done, all) = (of("done").unwrap_or_default(), of("history") == Some("all"));
    let body = body(&site, &headers, draft.as_ref(), done, all, &Wrong::default());
    Ok(page(&site, "Groups", PATH, &body))
}

/// `POST /groups`: saves, removes or undoes; or looks for members and saves nothing yet.
pub(crate) async fn post(
    State(site): State<Site>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Refusal> {
    let fields = Fields::read(&headers, sent)?;
    let desk = forms::desk(&site)?;
    let author = forms::author(&headers);
    let action = fields.one("do");
    let outcome = match action {
        "undo" => match DecreeId::parse(fields.one("id")) {
            Some(id) => forms::decide(desk, author, Change::Undo(id), None).await,
            None => return Err(Refusal::bad("bad-form", "there is no such decision")),
        },
        "remove" => {
            let change = Change::RemoveGroup(fields.one("old").into());
            forms::decide(desk, author, change, Some(fields.seen())).await
        }
        "set" => {
            let mut draft = Draft::sent(&fields);
            let wrong = match draft.group() {
                Ok(group) => match save(desk, author, group, &draft.old, fields.seen()).await {
                    Ok(decreed) => return Ok(done(&decreed)),
                    Err(error) => Wrong::of(&error),
                },
                Err(wrong) => wrong,
            };
            draft.wrong = wrong;
            return Ok(unprocessed(&site, &headers, Some(&draft), &Wrong::default()));
        }
        // Nothing is decided by looking for something: the page as it would be.
        _ => {
            let draft = Draft::sent(&fields);
            let body = body(&site, &headers, Some(&draft), "", false, &Wrong::default());
            return Ok(page(&site, "Groups", PATH, &body));
        }
    };
    match outcome {
        Ok(decreed) => Ok(done(&decreed)),
        Err(error) => Ok(unprocessed(&site, &headers, None, &Wrong::of(&error))),
    }
}

fn done(decreed: &Decreed) -> Response {
    forms::see(&format!("{PATH}?done={}", decreed.id))
}

fn unprocessed(site: &Site, headers: &HeaderMap, draft: Option<&Draft>, wrong: &Wrong) -> Response {
    let body = body(site, headers, draft, "", false, wrong);
    (StatusCode::UNPROCESSABLE_ENTITY, page(site, "Groups", PATH, &body)).into_response()
}

/// Makes a group, or gives one new members; under a new name its thresholds go with it.
async fn save(
    desk: Administration,
    author: String,
    group: Group,
    old: &str,
    seen: Option<DecreeId>,
) -> Result<Decreed, DecreeError> {
    let (name, change) = (group.name.clone(), Change::SetGroup(group));
    if old == &*name {
        return forms::decide(desk, author, change, Some(seen)).await;
    }
    // A group that is there already is not written over by one that takes its name.
    let made = forms::decide(desk.clone(), author.clone(), change, Some(None)).await?;
    if old.is_empty() {
        return Ok(made);
    }
    for change in moved(&desk.in_force(), old, &name) {
        forms::decide(desk.clone(), author.clone(), change, None).await?;
    }
    forms::decide(desk, author, Change::RemoveGroup(old.into()), None).await?;
    Ok(made)
}

/// The thresholds of a group as those of another.
fn moved(in_force: &InForce, old: &str, new: &facts::Text) -> Vec<Change> {
    let thresholds = in_force.thresholds().filter_map(|(place, settled)| {
        let scope = match &place.scope {
            Scope::Group(name) if **name == *old => Scope::Group(new.clone()),
            Scope::Members(name) if **name == *old => Scope::Members(new.clone()),
            _ => return None,
        };
        let place = Place { scope, measure: place.measure };
        Some(Change::SetThreshold(Threshold { place, limits: settled.what }))
    });
    thresholds.collect()
}

/// What can be a member: how it is named in a group, and in words.
fn candidates(now: &Snapshot, kind: GroupKind) -> Vec<(String, String)> {
    let table = match kind {
        GroupKind::Queues => now.tables.get("queues"),
        GroupKind::Agents => now.tables.get("agents"),
    };
    let Some(table) = table else { return Vec::new() };
    let (q, a) = (Queues::of(table.shape), Agents::of(table.shape));
    let named = table.rows.iter().map(|row| match kind {
        GroupKind::Queues => {
            let (acd, queue) = (q.acd.text(row), q.queue.text(row));
            (format!("{acd}/{queue}"), format!("{queue} ({acd})"))
        }
        GroupKind::Agents => {
            let (acd, agent, name) = (a.acd.text(row), a.agent.text(row), a.name.text(row));
            let words = match name {
                "" => format!("{agent} ({acd})"),
                name => format!("{name}, {agent} ({acd})"),
            };
            (format!("{acd}/{agent}"), words)
        }
    });
    let mut all: Vec<_> = named.collect();
    all.sort_by_cached_key(|(_, words)| words.to_lowercase());
    all
}

fn tick(value: &str, words: &str, on: bool) -> Markup {
    html! {
        li { label {
            input type="checkbox" name="member" value=(value) checked[on];
            span { (visible(words)) }
        } }
    }
}

/// The queues or agents to choose from: first those that are members, then what was looked for.
fn picker(draft: &Draft, now: &Snapshot) -> Markup {
    let all = candidates(now, draft.kind);
    let known = |value: &str| all.iter().find(|(v, _)| v == value).map(|(_, words)| words.clone());
    let find = draft.find.to_lowercase();
    let fits = |words: &str| {
        let text = words.to_lowercase();
        find.split_whitespace().all(|word| text.contains(word))
    };
    let free = || all.iter().filter(|(v, words)| !draft.members.contains(v) && fits(words));
    let found = free().count();
    html! {
        fieldset.pick {
            legend { "Members (" (draft.members.len()) ")" }
            (draft.wrong.beside("members", "group-members"))
            @if draft.members.is_empty() { p.fine { "None is chosen one by one." } }
            ul { @for member in &draft.members {
                // One that is not there now is a member all the same.
                (tick(member, &known(member).unwrap_or_else(|| format!("{member}, not there now")),
                    true))
            } }
        }
        fieldset.pick {
            legend { "Others (" (found) @if !find.is_empty() { " found" } ")" }
            ul { @for (value, words) in free().take(OFFERED) { (tick(value, words, false)) } }
            @if found > OFFERED {
                p.fine { "And " (found - OFFERED) " more: look for them above." }
            }
            @if found == 0 { p.fine { "Nothing fits." } }
        }
    }
}

/// The form that makes or changes one group.
fn editor(draft: &Draft, now: &Snapshot) -> Markup {
    let things = draft.kind.word();
    let bad = |field: &str| (!draft.wrong.about(field).is_empty()).then_some("true");
    html! {
        section.board.editor aria-labelledby="editor-title" {
            header { h2 id="editor-title" {
                @if draft.old.is_empty() { "A new group of " (things) }
                @else { "Group " (visible(&draft.old)) " of " (things) }
            } a href=(PATH) { "All groups" } }
            form method="post" action=(PATH) {
                input type="hidden" name="old" value=(draft.old);
                input type="hidden" name="kind" value=(things);
                input type="hidden" name="seen" value=(draft.seen);
                (draft.wrong.rest(&FIELDS))
                // The first button is the one that Enter presses.
                div.bar-row {
                    label.grow { span.label { "Find " (things) }
                        input type="search" name="find" id="pick" value=(draft.find)
                            autocomplete="off" spellcheck="false"; }
                    button type="submit" name="do" value="find" { "Find" }
                }
                (picker(draft, now))
                label { span.label { "More by pattern, one a line: ACD/NAME, where * stands for \
                        any characters, as in */sales*" }
                    textarea name="pattern" rows="3" spellcheck="false"
                        aria-invalid=[bad("pattern")] { (draft.patterns) }
                    (draft.wrong.beside("pattern", "group-pattern"))
                }
                div.bar-row {
                    label.grow { span.label { "Name" }
                        input name="name" value=(draft.name) autocomplete="off" maxlength="128"
                            aria-invalid=[bad("name")] autofocus[bad("name").is_some()]
                            aria-describedby="group-name";
                        (draft.wrong.beside("name", "group-name"))
                    }
                    button.main type="submit" name="do" value="set" { "Save" }
                    @if !draft.old.is_empty() {
                        button type="submit" name="do" value="remove" { "Remove" }
                    }
                }
            }
        }
    }
}

/// One group in the list.
fn entry(settled: &Settled<Group>, now: &Snapshot) -> Markup {
    let group = &settled.what;
    let table = now.tables.get("groups");
    let matched = table.and_then(|table| {
        let c = Groups::of(table.shape);
        let row = table.rows.iter().find(|row| c.group.text(row) == &*group.name)?;
        c.matched.int(row)
    });
    let named = pair("group", &group.name);
    let members: Vec<String> = group.members.iter().take(12).map(ToString::to_string).collect();
    let more = group.members.len().saturating_sub(members.len());
    html! {
        li {
            h3 { a href={ (PATH) "?" (pair("edit", &group.name)) } { (visible(&group.name)) } }
            p.fine {
                @match (group.kind, matched) {
                    (kind, Some(n)) => { (count(n)) " " (kind.word()) " now" },
                    (kind, None) => (kind.word()),
                }
                ": " (visible(&members.join(", "))) @if more > 0 { " and " (more) " more" }
            }
            p.ways {
                a href={ "/?" (named) } { "Floor" }
                @if group.kind == GroupKind::Queues {
                    a href={ "/wallboard?" (named) } { "Wallboard" }
                }
                a href={ "/thresholds?" (named) } { "Thresholds" }
            }
        }
    }
}

/// What stands between the header and the end of the page.
fn body(
    site: &Site,
    headers: &HeaderMap,
    draft: Option<&Draft>,
    done: &str,
    all: bool,
    wrong: &Wrong,
) -> Markup {
    let (in_force, now) = (forms::in_force(site), site.live().snapshot());
    let can = site.hooks().administration.is_some();
    html! {
        main.paper id="groups-page" {
            div.title { h1 { "Groups" } @if can { (forms::who(headers, PATH)) } }
            (forms::done(site, done, PATH))
            (wrong.rest(&[]))
            @if !can { p.notice.caution { "This server takes no decisions." } }
            @if let Some(draft) = draft { (editor(draft, &now)) }
            @else {
                @if can {
                    form.rule.add method="get" action=(PATH) { fieldset {
                        legend { "Make a group" }
                        label { span.label { "Name" }
                            input name="new" maxlength="128" autocomplete="off" required; }
                        label { span.label { "Of" } select name="kind" {
                            option value="queues" { "queues" }
                            option value="agents" { "agents" }
                        } }
                        div.buttons { button type="submit" { "Choose its members" } }
                    } }
                }
                section.board.groups aria-labelledby="groups-title" {
                    header { h2 id="groups-title" { "All groups" }
                        span.count { (in_force.groups().count()) }
                        a href="/wallboard?rotate=20" { "Wallboard of all in turn" } }
                    @if in_force.groups().next().is_none() {
                        p.fine { "There are no groups yet. A group of queues has sums, \
                            thresholds, a wallboard and a Floor of its own." }
                    }
                    ul { @for settled in in_force.groups() { (entry(settled, &now)) } }
                }
                (forms::history(site, PATH, all))
            }
        }
    }
}
