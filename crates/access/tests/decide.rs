//! Thresholds and groups decided by plain forms, over a real engine without a switch.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Answer, Site};
use engine::{Engine, Settings};

const OWN: &str = "http://localhost";

struct Centre {
    site: Site,
    engine: Engine,
    _folder: tempfile::TempDir,
}

impl Centre {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = Engine::start(Settings {
            server: "test".into(),
            journal: journal::Settings::new(folder.path().join("journal"), "test"),
            acds: Vec::new(),
            archive: None,
            ring_bytes_max: 1 << 20,
        })
        .expect("starts");
        let administration = Some(engine.administration());
        let site = Site::over(engine.live(), Hooks { administration, ..Hooks::default() });
        Self { site, engine, _folder: folder }
    }

    /// Posts a form of our own, and gives the page that it leads to.
    fn done(&self, path: &str, body: &str) -> String {
        let answer = self.site.post(path, OWN, "", body);
        assert_eq!(answer.status, 303, "{body}: {}", answer.body);
        self.site.get(&answer.headers["location"]).body
    }

    fn refused(&self, path: &str, body: &str) -> Answer {
        let answer = self.site.post(path, OWN, "", body);
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        answer
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.site.stop();
        let _stopped = self.engine.stop();
    }
}

fn has(page: &str, expected: &[&str]) {
    for expected in expected {
        assert!(page.contains(expected), "{expected} is missing in {page}");
    }
    assert!(!page.contains("style=") && !page.contains("onclick"), "nothing inline");
}

/// The value of a hidden field of the form of that id.
fn hidden<'a>(page: &'a str, form: &str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"{form}\"")).expect("the form");
    let (_, rest) = rest.split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
    rest.split_once('"').expect("its end").0
}

const WAIT: &str = "r:default:oldest_wait_s";

#[test]
fn a_threshold_is_added_edited_removed_and_undone() {
    let centre = Centre::new();
    let page = centre.site.get("/thresholds").body;
    has(&page, &[&format!("id=\"{WAIT}\""), "built in", "Nothing has been decided yet."]);
    let body = "do=set&scope=default&measure=oldest_wait_s&direction=above&caution=0:30&warning=90\
        &hysteresis=5&for_s=10&seen=";
    let page = centre.done("/thresholds", body);
    has(&page, &["value=\"30\"", "value=\"90\"", "<strong>Done</strong>", "local"]);
    // A second person who still sees what was built in is told, and nothing is lost.
    let late = centre.refused("/thresholds", body.replace("0:30", "31").as_str()).body;
    has(&late, &["local has changed it meanwhile", "value=\"31\""]);
    let seen = hidden(&page, WAIT, "seen").to_owned();
    let again = body.replace("0:30", "40").replace("seen=", &format!("seen={seen}"));
    has(&centre.done("/thresholds", &again), &["value=\"40\""]);
    // Of a queue, then away with it, then back.
    let add = "do=add&scope=queue:pbx/big sales&measure=service_level_pct&caution=80 %25";
    let page = centre.done("/thresholds?acd=pbx&queue=big%20sales", add);
    has(&page, &["Thresholds of queue big sales on pbx", "Queue big sales on pbx</h2>"]);
    let form = "r:queue~3apbx/big~20sales:service_level_pct";
    let seen = hidden(&page, form, "seen").to_owned();
    let remove = format!(
        "do=remove&scope=queue:pbx/big sales&measure=service_level_pct&caution=80&seen={seen}"
    );
    let page = centre.done("/thresholds", &remove);
    assert!(!page.contains(form), "{page}");
    let id = hidden(&page, "thresholds-page", "id").to_owned();
    let page = centre.done("/thresholds", &format!("do=undo&id={id}"));
    has(&page, &[form, "undone"]);
}

#[test]
fn what_is_wrong_stands_beside_the_field() {
    let centre = Centre::new();
    let set = "do=set&scope=default&measure=oldest_wait_s&direction=above&seen=";
    let page = centre.refused("/thresholds", &format!("{set}&caution=soon&warning=60")).body;
    has(&page, &["aria-invalid=\"true\"", "not 'soon'", "value=\"soon\""]);
    // What the engine refuses: warning before caution.
    let page = centre.refused("/thresholds", &format!("{set}&caution=60&warning=20")).body;
    has(&page, &["aria-invalid=\"true\"", "class=\"wrong\"", "value=\"60\""]);
    let page = centre.refused("/groups", "do=set&name=a/b&kind=queues&pattern=sales").body;
    has(&page, &["'sales' is no member", "value=\"a/b\""]);
    let page = centre.refused("/groups", "do=set&name=a/b&kind=queues&pattern=*/sales").body;
    has(&page, &["must not begin with a dot nor hold a slash"]);
}

#[test]
fn a_form_of_another_site_decides_nothing() {
    let centre = Centre::new();
    let body = "do=set&scope=default&measure=oldest_wait_s&caution=1&seen=";
    for (path, body) in [("/thresholds", body), ("/groups", "do=remove&old=x"), ("/author", "")] {
        for (origin, head) in [
            ("", ""),
            ("null", ""),
            ("https://evil.example", ""),
            ("http://localhost:1", ""),
            (OWN, "Sec-Fetch-Site: cross-site\r\n"),
        ] {
            let answer = centre.site.post(path, origin, head, body);
            assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("origin")));
        }
    }
    assert!(centre.engine.administration().history().decrees.is_empty());
}

#[test]
fn a_group_is_made_filled_renamed_and_removed() {
    let centre = Centre::new();
    let page = centre.site.get("/groups?new=Front&kind=queues").body;
    has(&page, &["A new group of queues", "value=\"Front\""]);
    // To look for members decides nothing, and keeps what is ticked.
    let find = "do=find&old=&name=Front&kind=queues&member=pbx/sales&find=help";
    let answer = centre.site.post("/groups", OWN, "", find);
    assert_eq!(answer.status, 200);
    has(&answer.body, &["value=\"pbx/sales\" checked", "value=\"help\""]);
    assert!(centre.engine.administration().in_force().groups().next().is_none());
    let set = "do=set&old=&name=Front&kind=queues&member=pbx/sales&pattern=*/help*&seen=";
    has(&centre.done("/groups", set), &["edit=Front", "pbx/sales", "*/help*"]);
    let rule = "do=add&scope=group:Front&measure=waiting&caution=5";
    has(&centre.done("/thresholds?group=Front", rule), &["Group Front as a whole"]);
    let page = centre.site.get("/groups?edit=Front").body;
    let seen = hidden(&page, "groups-page", "seen").to_owned();
    let rename =
        format!("do=set&old=Front&name=Desk&kind=queues&member=pbx/sales&pattern=&seen={seen}");
    let page = centre.done("/groups", &rename);
    assert!(page.contains("edit=Desk") && !page.contains("edit=Front"), "{page}");
    has(&centre.site.get("/thresholds").body, &["Group Desk as a whole"]);
    // By its author, as he said on this browser.
    let named = centre.site.post("/author", OWN, "", "author=Eva+M%C3%BCller&back=/groups");
    let cookie = named.headers["set-cookie"].split(';').next().expect("a cookie").to_owned();
    let page = centre.site.get("/groups?edit=Desk").body;
    let seen = hidden(&page, "groups-page", "seen").to_owned();
    let head = format!("Cookie: {cookie}\r\n");
    let body = format!("do=remove&old=Desk&seen={seen}");
    assert_eq!(centre.site.post("/groups", OWN, &head, &body).status, 303);
    let page = centre.site.get("/groups").body;
    has(&page, &["Eva Müller", "There are no groups yet"]);
}
