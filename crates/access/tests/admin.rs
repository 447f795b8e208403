//! What administrators decide, over REST, on a real engine without switches.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::Site;
use engine::{Engine, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Centre {
    site: Site,
    engine: Engine,
    _dir: TempDir,
}

impl Centre {
    fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            server: "test".into(),
            journal: journal::Settings::new(dir.path(), "test"),
            acds: Vec::new(),
            archive: None,
            ring_bytes_max: 1 << 20,
        };
        let engine = Engine::start(settings).expect("starts");
        let hooks = Hooks { administration: Some(engine.administration()), ..Hooks::default() };
        Self { site: Site::start(hooks), engine, _dir: dir }
    }

    /// Status and answer of a request.
    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let answer = match method {
            "GET" => self.site.get(&format!("/api/v1/{path}")),
            _ => self.site.send(method, &format!("/api/v1/{path}"), body),
        };
        (answer.status, answer.json())
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, &Value::Null)
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.engine.stop().expect("stops");
    }
}

#[test]
fn a_threshold_is_set_looked_up_replaced_and_removed() {
    let centre = Centre::start();
    let path = "thresholds/queue/pbx1/sales%2Finbound/waiting";
    assert_eq!(centre.get(path).1["code"], "no-threshold");
    let wanted = json!({ "caution": 5, "warning": 10, "author": "eva", "replaces": null });
    let (status, decree) = centre.ask("PUT", path, &wanted);
    assert_eq!(
        (status, &decree["author"], &decree["kind"]),
        (200, &json!("eva"), &json!("set-threshold"))
    );
    assert_eq!(
        decree["what"],
        "threshold on callers waiting of queue pbx1/sales/inbound: above, caution 5, warning 10"
    );
    let (status, now) = centre.get(path);
    assert_eq!((status, &now["decree"]), (200, &decree["id"]));
    let expected = json!({ "acd": "pbx1", "scope": "queue", "name": "sales/inbound",
        "measure": "waiting", "direction": "above", "caution": 5, "warning": 10, "hysteresis": 0,
        "for_s": 0, "decree": decree["id"], "author": "eva", "at": decree["at"] });
    assert_eq!(now, expected);
    // Somebody who still sees nothing there is told; somebody who has looked may.
    let (status, told) = centre.ask("PUT", path, &wanted);
    assert_eq!((status, &told["code"]), (409, &json!("overtaken")));
    assert!(told["text"].as_str().is_some_and(|t| t.starts_with("eva has changed it")));
    let wanted = json!({ "warning": 20, "for_s": 30, "replaces": decree["id"] });
    let (status, second) = centre.ask("PUT", path, &wanted);
    assert_eq!((status, &second["author"]), (200, &json!("local")));
    let (status, _) = centre.ask("DELETE", &format!("{path}?author=tom&replaces="), &json!({}));
    assert_eq!(status, 409);
    let (status, gone) = centre.ask("DELETE", &format!("{path}?author=tom"), &json!({}));
    assert_eq!((status, &gone["kind"]), (200, &json!("remove-threshold")));
    assert_eq!(centre.get(path).0, 404);
    assert_eq!(centre.ask("DELETE", path, &json!({})).1["code"], "wrong-fields");
    // What is built in can be looked up and replaced.
    assert_eq!(centre.get("thresholds/default/aux_s").1["decree"], Value::Null);
    let (status, _) = centre.ask("PUT", "thresholds/default/aux_s", &json!({ "caution": null }));
    assert_eq!(status, 200);
}

#[test]
fn a_group_is_set_looked_up_and_removed_with_its_thresholds() {
    let centre = Centre::start();
    let wanted = json!({ "kind": "queues", "members": ["b/sales", "*/sales", "b/sales"] });
    let (status, decree) = centre.ask("PUT", "groups/all%20sales", &wanted);
    assert_eq!(status, 200, "{decree}");
    let (_, group) = centre.get("groups/all%20sales");
    assert_eq!(group["members"], json!(["*/sales", "b/sales"]));
    assert_eq!((&group["author"], &group["decree"]), (&json!("local"), &decree["id"]));
    let limit = json!({ "caution": 30 });
    for (path, status) in [
        ("thresholds/group/all%20sales/waiting", 200),
        ("thresholds/members/all%20sales/waiting", 200),
        ("thresholds/members/all%20sales/aux_s", 400),
        ("thresholds/group/nobody/waiting", 400),
        ("thresholds/world/x/waiting", 404),
        ("thresholds/default/speed", 404),
    ] {
        assert_eq!(centre.ask("PUT", path, &limit).0, status, "{path}");
    }
    assert_eq!(centre.ask("DELETE", "groups/all%20sales", &json!({})).0, 200);
    assert_eq!(centre.get("groups/all%20sales").1["code"], "no-group");
    assert_eq!(centre.get("thresholds/group/all%20sales/waiting").0, 404);
    let agents = json!({ "kind": "agents", "members": ["a/PJSIP/*"] });
    assert_eq!(centre.ask("PUT", "groups/team", &agents).0, 200);
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let centre = Centre::start();
    let fields = |path: &str, body: Value| -> Vec<String> {
        let (status, answer) = centre.ask("PUT", path, &body);
        assert_eq!((status, &answer["code"]), (400, &json!("wrong-fields")), "{answer}");
        let each = answer["fields"].as_array().expect("fields").iter();
        each.map(|f| format!("{}: {}", f["field"].as_str().unwrap_or("?"), f["what"])).collect()
    };
    assert_eq!(
        fields(
            "thresholds/default/waiting",
            json!({ "caution": "many", "direction": "up", "colour": 1, "replaces": "x" })
        ),
        [
            "direction: \"must be above or below, not \\\"up\\\"\"",
            "caution: \"must be a whole number, not \\\"many\\\"\"",
            "replaces: \"must be the id of a decree, or null, not \\\"x\\\"\"",
            "colour: \"is not known here\"",
        ]
    );
    let found =
        fields("thresholds/default/service_level_pct", json!({ "caution": 101, "for_s": -1 }));
    assert_eq!(found.len(), 2, "{found:?}");
    let found = fields("groups/x", json!({ "members": ["sales", 3, "a/ok"] }));
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(fields("groups/x%2Fy", json!({ "kind": "queues" })).len(), 2);
    assert_eq!(centre.get("decrees").1["decrees"], json!([]), "nothing was written");
}

#[test]
fn the_history_is_newest_first_and_can_be_undone() {
    let centre = Centre::start();
    let set = |n| centre.ask("PUT", "thresholds/default/waiting", &json!({ "caution": n })).1;
    let (first, second) = (set(5), set(7));
    let undo = |id: &Value, author: &str| {
        let path = format!("decrees/{}/undo", id.as_str().expect("an id"));
        centre.ask("POST", &path, &json!({ "author": author }))
    };
    let (status, undone) = undo(&second["id"], "tom");
    assert_eq!((status, &undone["author"]), (201, &json!("tom")));
    assert_eq!(undone["change"], json!({ "of": second["id"] }));
    assert_eq!(centre.get("thresholds/default/waiting").1["caution"], 5);
    assert_eq!(undo(&second["id"], "tom").1["code"], "undone");
    assert_eq!(undo(&json!("000000000000"), "tom").1["code"], "unknown-decree");
    assert_eq!(undo(&json!("last"), "tom").0, 404);
    let (_, history) = centre.get("decrees");
    let ids: Vec<_> =
        history["decrees"].as_array().expect("decrees").iter().map(|d| &d["id"]).collect();
    assert_eq!(ids, [&undone["id"], &second["id"], &first["id"]]);
    assert_eq!(history["decrees"][1]["undone_by"], undone["id"]);
    assert_eq!(history["damages"], json!([]));
    assert_eq!(centre.get("decrees?limit=1").1["decrees"].as_array().map(Vec::len), Some(1));
    assert_eq!(centre.get("decrees?limit=x").0, 400);
    assert_eq!(centre.get("decrees?since=1").0, 400);
}

#[test]
fn only_json_from_our_own_pages_decides() {
    let centre = Centre::start();
    let (path, limit) = ("/api/v1/thresholds/default/waiting", json!({ "caution": 5 }));
    let with = |head: &str| centre.site.send_with("PUT", path, head, &limit).status;
    assert_eq!(with("Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n"), 200);
    assert_eq!(with("Sec-Fetch-Site: none\r\n"), 200);
    for head in [
        "Origin: http://evil.example\r\n",
        "Origin: http://localhost:1\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        assert_eq!(with(head), 403, "{head}");
        assert_eq!(centre.site.send_with("DELETE", path, head, &limit).status, 403, "{head}");
    }
    for (head, code) in [("Content-Type: text/plain\r\n", "not-json"), ("", "not-json")] {
        let request = format!(
            "PUT {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\
             Content-Length: 2\r\n\r\n{{}}"
        );
        let answer = centre.site.raw(&request);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some(code)));
    }
    let large = json!({ "author": "x".repeat(1 << 20) });
    assert_eq!(centre.site.send("PUT", path, &large).json()["code"], "too-large");
    assert_eq!(centre.site.send("PUT", path, &json!([])).json()["code"], "bad-json");
    assert_eq!(centre.site.send("POST", path, &json!({})).status, 405);
    let quiet = Site::start(Hooks::default());
    assert_eq!(quiet.send("PUT", path, &limit).json()["code"], "no-decrees");
    assert_eq!(quiet.get("/api/v1/decrees").status, 404);
}
