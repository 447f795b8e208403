//! What our own forms send: who may send it, who decides, and what is said about the outcome.
//! Plain posts that are answered by a redirect, or by the page with the errors beside the fields.

use super::words::{clock, millis, visible};
use crate::refusal::Refusal;
use crate::site::Site;
use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Administration, DecreeError, InForce};
use facts::decree::{Change, DecreeId, Decreed};
use maud::{Markup, html};
use std::sync::Arc;

/// The cookie that holds who decides.
const AUTHOR: &str = "busyhour-author";
/// Who decides if he has not said.
const LOCAL: &str = "local";
/// How many decrees a page shows unless all are asked for.
const HISTORY: usize = 30;

/// The body of a post.
pub(crate) type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields, if one of our own pages sent them. A page of another site can make a browser
    /// post a form to us, but not without saying that it comes from there.
    pub(crate) fn read(headers: &HeaderMap, sent: Sent) -> Result<Self, Refusal> {
        if !ours(headers) {
            let text = "only forms of this server may decide anything here; programs use the \
                REST interface";
            let status = StatusCode::FORBIDDEN;
            return Err(Refusal { status, code: "origin", text: text.into() });
        }
        match sent {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(_) => Err(Refusal::bad("bad-form", "the form cannot be read")),
        }
    }

    /// A field without blanks around it; empty if it was not sent.
    pub(crate) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text.trim())
    }

    /// All fields of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, text)| text.trim())
    }

    /// Which decree the page showed as in force: the second of two who edit the same is told.
    pub(crate) fn seen(&self) -> Option<DecreeId> {
        DecreeId::parse(self.one("seen"))
    }
}

/// Whether a page of this server sent it: every browser says so with a post.
fn ours(headers: &HeaderMap) -> bool {
    let of = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let named = of("origin").map(|origin| {
        let host = origin.strip_prefix("http://").or(origin.strip_prefix("https://"));
        host.zip(of("host")).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
    });
    let told = of("sec-fetch-site").map(|site| site == "same-origin");
    match (named, told) {
        (None, None) => false,
        (named, told) => named.unwrap_or(true) && told.unwrap_or(true),
    }
}

/// Who decides: as he said on this browser.
pub(crate) fn author(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|all| all.split(';')).filter_map(|c| c.trim().split_once('='));
    let found = pairs.find(|(name, _)| *name == AUTHOR).and_then(|(_, hex)| unhex(hex));
    found.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| LOCAL.to_owned())
}

/// `POST /author`: who decides from now on with this browser. There are no accounts: it is a
/// name in the history, not a proof.
pub(crate) async fn set_author(headers: HeaderMap, sent: Sent) -> Result<Response, Refusal> {
    let fields = Fields::read(&headers, sent)?;
    let name: String = fields.one("author").chars().filter(|c| !c.is_control()).take(64).collect();
    let back = match fields.one("back") {
        "/groups" => "/groups",
        _ => "/thresholds",
    };
    let cookie = format!(
        "{AUTHOR}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict",
        hex(name.trim())
    );
    Ok((StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, back.into())])
        .into_response())
}

// A cookie holds few characters: hexadecimal digits are among them.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<String> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    String::from_utf8(pairs.map(byte).collect::<Option<Vec<u8>>>()?).ok()
}

/// The page that a form leads to once it is done.
pub(crate) fn see(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}

/// Where decisions are made, if this server takes any.
pub(crate) fn desk(site: &Site) -> Result<Administration, Refusal> {
    site.hooks()
        .administration
        .clone()
        .ok_or_else(|| Refusal::missing("no-decrees", "this server takes no decisions"))
}

/// What is in force; what is built in where nothing can be decided.
pub(crate) fn in_force(site: &Site) -> Arc<InForce> {
    site.hooks().administration.as_ref().map_or_else(Arc::default, Administration::in_force)
}

/// Makes a decision on a thread that may wait for the disk.
pub(crate) async fn decide(
    desk: Administration,
    author: String,
    change: Change,
    seen: Option<Option<DecreeId>>,
) -> Result<Decreed, DecreeError> {
    let done = tokio::task::spawn_blocking(move || match (change, seen) {
        (Change::Undo(id), _) => desk.undo(&author, id),
        (change, Some(seen)) => desk.decree_after(&author, change, seen),
        (change, None) => desk.decree(&author, change),
    });
    let broken = |_| DecreeError::NotKept("it could not be worked on".to_owned());
    done.await.map_err(broken)?
}

/// What is wrong with what was sent: fields and words; what is about no field stands first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wrong(pub(crate) Vec<(String, String)>);

impl Wrong {
    /// What the engine refused.
    pub(crate) fn of(error: &DecreeError) -> Self {
        match error {
            DecreeError::Wrong(all) => {
                Self(all.iter().map(|w| (w.field.to_owned(), w.what.clone())).collect())
            }
            other => Self(vec![(String::new(), other.to_string())]),
        }
    }

    /// The words about a field; empty if nothing is wrong with it.
    pub(crate) fn about(&self, field: &str) -> String {
        let words = self.0.iter().filter(|(f, _)| f == field).map(|(_, what)| what.as_str());
        words.collect::<Vec<_>>().join("; ")
    }

    /// The words about a field, to stand beside it under that id.
    pub(crate) fn beside(&self, field: &str, id: &str) -> Markup {
        let words = self.about(field);
        html! { @if !words.is_empty() { span.wrong id=(id) { (visible(&words)) } } }
    }

    /// What is about none of these fields.
    pub(crate) fn rest(&self, fields: &[&str]) -> Markup {
        let rest: Vec<String> = self
            .0
            .iter()
            .filter(|(field, _)| !fields.contains(&field.as_str()))
            .map(|(field, what)| match field.as_str() {
                "" => what.clone(),
                field => format!("{field}: {what}"),
            })
            .collect();
        html! { @if !rest.is_empty() { p.wrong role="alert" { (visible(&rest.join("; "))) } } }
    }
}

/// What has just been decided, with the way back; nothing if `id` says nothing.
pub(crate) fn done(site: &Site, id: &str, action: &str) -> Markup {
    let desk = site.hooks().administration.as_ref();
    let past = DecreeId::parse(id).zip(desk).and_then(|(id, desk)| {
        desk.history().decrees.into_iter().find(|past| past.decreed.id == id)
    });
    html! {
        @if let Some(past) = past {
            div.notice.done role="status" {
                strong { "Done" } " " (visible(&past.decreed.decree.change.to_string())) " "
                @if past.undone_by.is_none() { (undo(id, action, "Undo")) }
            }
        }
    }
}

fn undo(id: &str, action: &str, words: &str) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            input type="hidden" name="id" value=(id);
            button type="submit" name="do" value="undo" { (words) }
        }
    }
}

/// Who decides on this browser.
pub(crate) fn who(headers: &HeaderMap, back: &str) -> Markup {
    html! {
        form.author method="post" action="/author" {
            input type="hidden" name="back" value=(back);
            label { "Noted as decided by "
                input name="author" value=(author(headers)) maxlength="64" autocomplete="name"; }
            button type="submit" { "Change name" }
        }
    }
}

/// Everything that was decided, newest first; `all`: without an end.
pub(crate) fn history(site: &Site, action: &str, all: bool) -> Markup {
    let Some(desk) = site.hooks().administration.as_ref() else { return html! {} };
    let history = desk.history();
    let shown = if all { usize::MAX } else { HISTORY };
    html! {
        section.board.history aria-labelledby="history-title" {
            header { h2 id="history-title" { "History" }
                span.count { (history.decrees.len()) } }
            @for damage in &history.damages {
                p.notice.warning { (visible(damage)) }
            }
            @if history.decrees.is_empty() { p.fine { "Nothing has been decided yet." } }
            ol { @for past in history.decrees.iter().take(shown) {
                @let decree = &past.decreed.decree;
                li class=[past.undone_by.map(|_| "undone")] {
                    time data-at=(millis(decree.at)) { (clock(decree.at)) }
                    span.by { (visible(&decree.author)) }
                    span.what { (visible(&decree.change.to_string())) }
                    @if past.undone_by.is_some() {
                        span.fine { "undone" }
                    } @else if !matches!(decree.change, Change::Unread(_)) {
                        (undo(&past.decreed.id.to_string(), action, "Undo"))
                    }
                }
            } }
            @if history.decrees.len() > shown {
                p { a href={ (action) "?history=all" } { "All decisions" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().expect("name"), v.parse().expect("value"))).collect()
    }

    #[test]
    fn only_our_own_pages_may_post() {
        let host = ("host", "localhost:8080");
        for (more, good) in [
            (&[][..], false),
            (&[("origin", "http://localhost:8080")], true),
            (&[("origin", "http://localhost:8081")], false),
            (&[("origin", "null")], false),
            (&[("origin", "https://evil.example")], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")], false),
        ] {
            let all: Vec<_> = std::iter::once(host).chain(more.iter().copied()).collect();
            assert_eq!(ours(&headers(&all)), good, "{more:?}");
        }
    }

    #[test]
    fn names_of_any_letters_come_back_from_the_cookie() {
        let name = "Eva Müller; Path=/";
        let cookie = format!("other=1; {AUTHOR}={}", hex(name));
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().expect("a value"));
        assert_eq!(author(&headers), name);
        assert_eq!(author(&HeaderMap::new()), LOCAL);
        headers.insert(header::COOKIE, format!("{AUTHOR}=zz").parse().expect("a value"));
        assert_eq!(author(&headers), LOCAL);
    }
}
