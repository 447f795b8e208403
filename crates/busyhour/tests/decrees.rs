//! What was decided, with the real server and the real command line: in all tables and forms,
//! after restarts, and after kill -9 in the middle of deciding.

mod command;
mod server;

use command::{arg, run};
use serde_json::{Value, json};
use server::{Server, config_for};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A server whose only switch never answers.
fn config(dir: &Path) -> PathBuf {
    config_for(dir, "pbx1", "127.0.0.1:1", "user", "secret")
}

fn started(config: &Path) -> Server {
    let mut server = Server::start(config);
    server.wait_for("tables are published", |s| !s.table("thresholds").is_empty());
    server
}

/// A PUT; the decree's id if it was answered with success.
fn put(address: &str, path: &str, body: &Value) -> Option<String> {
    let url = format!("http://{address}/api/v1/{path}");
    let sent = ureq::put(url).header("Content-Type", "application/json").send(body.to_string());
    let text = sent.ok()?.body_mut().read_to_string().ok()?;
    serde_json::from_str::<Value>(&text).ok()?["id"].as_str().map(str::to_owned)
}

/// The ids of all decrees, newest first.
fn history(server: &Server) -> Vec<String> {
    let url = format!("http://{}/api/v1/decrees?limit=100000", server.address);
    let text = ureq::get(url).call().expect("answers").body_mut().read_to_string().expect("text");
    let history: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(history["damages"], json!([]));
    let id = |d: &Value| d["id"].as_str().expect("an id").to_owned();
    history["decrees"].as_array().expect("decrees").iter().map(id).collect()
}

/// The first event of a stream of these tables.
fn first_event(address: &str, tables: &str) -> String {
    let url = format!("http://{address}/api/v1/events?tables={tables}");
    let mut events = ureq::get(url).call().expect("a stream").into_body().into_reader();
    let mut first = Vec::new();
    while !first.ends_with(b"\n\n") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut events, &mut byte).expect("an event");
        first.push(byte[0]);
    }
    String::from_utf8(first).expect("text")
}

#[test]
fn the_command_line_decides_and_every_way_to_look_shows_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = config(dir.path());
    let mut server = started(&config);
    let at = server.address.clone();
    let said = run([
        "threshold",
        "set",
        "default",
        "waiting",
        "--caution",
        "5",
        "--warning",
        "10",
        "--for",
        "30",
        "--author",
        "eva",
        "--server",
        &at,
    ]);
    let out = said.is(0, &[]).out.clone();
    assert!(out.contains("threshold on callers waiting of everything else"), "{out}");
    run(["group", "set", "all sales", "*/sales", "pbx1/help", "--server", &at]).is(0, &[]);
    let said = run([
        "threshold",
        "set",
        "members:all sales",
        "waiting",
        "--warning",
        "3",
        "--server",
        &at,
    ]);
    let undo = said.is(0, &[]).out.split(':').next().expect("an id").to_owned();
    run([
        "threshold",
        "set",
        "default",
        "waiting",
        "--caution",
        "9",
        "--warning",
        "4",
        "--server",
        &at,
    ])
    .is(1, &["warning: must be above caution"]);
    run(["threshold", "set", "queue:x", "waiting", "--server", &at]).is(2, &["queue:ACD/NAME"]);
    run(["group", "remove", "nobody", "--server", &at]).is(1, &["there is no group nobody"]);
    server.wait_for("the tables have it", |s| {
        s.table("groups").len() == 1 && s.table("thresholds").len() == 8
    });
    let group = &server.table("groups")[0];
    assert_eq!(group["members"], "*/sales, pbx1/help");
    assert_eq!((&group["acd"], &group["waiting"]), (&json!(""), &json!(0)));
    let said =
        run(["threshold", "list", "--where", "measure=waiting", "-o", "csv", "--server", &at]);
    let out = &said.is(0, &[]).out;
    assert!(out.contains(",default,,waiting,above,5,10,0,30,"), "{out}");
    run(["threshold", "list", "--server", &at]).is(0, &[]);
    run(["group", "list", "--server", &at]).is(0, &[]);
    run(["levels", "-o", "json", "--server", &at]).is(0, &[]);
    for table in ["levels", "groups", "thresholds"] {
        let url = format!("http://{at}/api/v1/{table}.csv");
        assert!(ureq::get(url).call().is_ok(), "{table}");
    }
    let first = first_event(&at, "groups,thresholds,levels");
    assert!(first.contains("\"group\":\"all sales\""), "{first}");
    assert!(first.contains("\"levels\":[]"), "{first}");
    run(["decree", "undo", &undo, "--author", "tom", "--server", &at]).is(0, &[]);
    let said = run(["decree", "list", "--server", &at]);
    let lines: Vec<_> = said.is(0, &[]).out.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[0].contains("  tom  undo ") && lines[1].contains("(undone by "), "{lines:?}");
    run(["decree", "list", "-o", "csv", "--server", &at]).is(0, &[]);
    let before = history(&server);
    assert_eq!(server.stop(), Some(0));
    // It is all there after a restart, from the first table on, and the journal is sound.
    let server = started(&config);
    assert_eq!(history(&server), before);
    assert_eq!((server.table("groups").len(), server.table("thresholds").len()), (1, 7));
    assert_eq!(server.stop(), Some(0));
    let data = dir.path();
    run(["journal", "verify", "--data", arg(data)]).is(0, &[]);
    let said = run(["journal", "cat", "--data", arg(data), "--acd", ".decrees"]);
    assert!(said.is(0, &[]).out.contains("Decree: set-group"), "{}", said.out);
}

#[test]
fn what_was_answered_survives_every_kill() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = config(dir.path());
    let mut answered: Vec<String> = Vec::new();
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    for life in 0..8_u64 {
        let server = started(&config);
        let address = server.address.clone();
        let deciding = std::thread::spawn(move || {
            let mut done = Vec::new();
            // Until it is killed: then nothing answers any more.
            for n in 1.. {
                let path = format!("thresholds/queue/pbx1/q{}/waiting", n % 5);
                let body = json!({ "caution": life * 1_000 + n, "author": "eva" });
                match put(&address, &path, &body) {
                    Some(id) => done.push(id),
                    None => break,
                }
            }
            done
        });
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        // At least one is made in each life; then it goes at any moment.
        let begun = Instant::now();
        let known = answered.len();
        while history(&server).len() <= known
            || begun.elapsed() < Duration::from_millis(chance % 100)
        {
            assert!(begun.elapsed() < Duration::from_secs(30), "nothing is decided");
        }
        server.kill();
        answered.extend(deciding.join().expect("ends"));
        let server = started(&config);
        let kept = history(&server);
        let lost: Vec<_> = answered.iter().filter(|id| !kept.contains(id)).collect();
        assert_eq!(lost, [""; 0], "life {life}");
        // One may have been kept and the answer not been sent; not more.
        assert!(kept.len() <= answered.len() + 1 + usize::try_from(life).expect("few"));
        answered = kept.into_iter().rev().collect();
        server.kill();
    }
}
