//! The demo opens with a past, on one PBX or on several.

mod server;

use server::Server;
use std::process::Command;

fn demo(arguments: &[&str]) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busyhour"));
    command.args(["demo", "--listen", "127.0.0.1:0"]).args(arguments);
    command.env("BUSYHOUR_LOG", "error");
    Server::of(command)
}

/// What is told of calls that were before anybody could have watched.
#[test]
fn it_opens_with_calls_of_before_and_goes_on_with_those_that_are_up() {
    let mut server = demo(&["--agents", "10", "--past", "12"]);
    server.wait_for("the past is counted", |s| s.is_live("demo"));
    let calls = server.table("calls");
    // Twelve minutes of ten agents are some hundred calls; the first ones are long over.
    let ended = calls.iter().filter(|call| call["state"] == "ENDED").count();
    assert!(ended > 40, "{ended} calls have ended before");
    assert!(server.sum("queues", "offered") > 40, "{:?}", server.table("queues"));
    let anomalies = server.table("anomalies");
    assert_eq!(anomalies, Vec::<serde_json::Value>::new(), "the seam is seen");
    // The calls that are up are called by ids of before, and they come to an end.
    let up = |s: &Server| -> std::collections::BTreeSet<String> {
        let calls = s.table("calls");
        let live = calls.iter().filter(|call| call["state"] != "ENDED");
        live.filter_map(|call| call["call"].as_str().map(str::to_owned)).collect()
    };
    let first = up(&server);
    server.wait_for("a call of the past has ended", |s| {
        first.is_empty() || first.difference(&up(s)).next().is_some()
    });
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn queues_of_one_name_on_two_pbxes_are_kept_apart() {
    let mut server = demo(&["--agents", "18", "--pbxes", "3", "--past", "5"]);
    server.wait_for("all links are live", |s| {
        ["pbx-1", "pbx-2", "pbx-3"].iter().all(|acd| s.is_live(acd))
    });
    let queues = server.table("queues");
    let on = |queue: &str| -> Vec<String> {
        let same = queues.iter().filter(|row| row["queue"] == queue);
        same.filter_map(|row| row["acd"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(on("sales"), ["pbx-1", "pbx-2"]);
    let calls = server.table("calls");
    for call in &calls {
        let (acd, id) = (call["acd"].as_str().expect("text"), call["call"].as_str().expect("text"));
        assert!(id.starts_with(acd), "{id} on {acd}");
    }
    assert!(calls.len() > 20, "{} calls", calls.len());
    assert_eq!(server.stop(), Some(0));
}
