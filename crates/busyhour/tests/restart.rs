//! Either side goes away and comes back: what the tables say is then what is at the switch.

mod centre;
mod server;

use centre::{ACD, config, differences, hurried, open};
use server::Server;

/// Waits until the tables agree with the switch; says what did not if they never do.
fn agree(server: &mut Server, pbx: &sim::Pbx, when: &str) {
    let mut last = Vec::new();
    server.wait_or(when, |s| {
        last = differences(s, pbx);
        last.is_empty().then_some(()).ok_or_else(|| last.join("\n"))
    });
}

fn wait_live(server: &mut Server) {
    server.wait_for("the link is live", |s| s.is_live(ACD));
}

#[test]
fn a_restarted_server_goes_on_with_the_counts_of_today() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = sim::Settings { load_percent: 150, ..hurried(20, 5) };
    let pbx = open(settings.clone());
    let config = config(dir.path(), &pbx, &settings);
    let mut server = Server::start(&config);
    wait_live(&mut server);
    server.wait_or("calls are counted", |s| {
        let counts = ["offered", "answered", "waiting"].map(|column| s.sum("queues", column));
        let truth = pbx.with_truth(|t| format!("{:?}", t.queues));
        let enough = counts[0] > 6 && counts[1] > 3;
        enough.then_some(()).ok_or_else(|| format!("{counts:?} of {truth:?}"))
    });
    agree(&mut server, &pbx, "the tables agree with the switch");
    let columns = ["offered", "answered", "abandoned"];
    let before = columns.map(|column| server.sum("queues", column));
    assert_eq!(server.stop(), Some(0));
    let mut server = Server::start(&config);
    wait_live(&mut server);
    let after = columns.map(|column| server.sum("queues", column));
    for ((column, before), after) in columns.iter().zip(before).zip(after) {
        assert!(after >= before, "{column} was {before} before the restart, is {after} after it");
    }
    agree(&mut server, &pbx, "the tables agree after the server's restart");
    // And it counts on.
    server.wait_for("more calls are counted", |s| s.sum("queues", "offered") > after[0] + 2);
    agree(&mut server, &pbx, "the tables agree at the end");
    assert_eq!(server.stop(), Some(0));
    pbx.stop();
}

#[test]
fn a_restarted_switch_leaves_no_ghosts() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = hurried(12, 6);
    let pbx = open(settings.clone());
    let mut server = Server::start(&config(dir.path(), &pbx, &settings));
    wait_live(&mut server);
    server.wait_for("calls are up", |s| s.table("channels").len() > 4);
    let epoch = server.link(ACD, "epoch");
    let old: Vec<_> = server.table("channels").iter().map(|c| c["channel"].clone()).collect();
    pbx.restart();
    server.wait_for("the link is gone", |s| s.link(ACD, "state") != "live");
    wait_live(&mut server);
    server.wait_for("the switch's new run is known", |s| s.link(ACD, "epoch") != epoch);
    server.wait_for("no channel of before is left", |s| {
        let channels = s.table("channels");
        s.link(ACD, "state") == "live" && channels.iter().all(|c| !old.contains(&c["channel"]))
    });
    agree(&mut server, &pbx, "the tables agree after the switch's restart");
    server.wait_for("calls are up again", |s| s.table("channels").len() > 2);
    agree(&mut server, &pbx, "the tables agree in the new run");
    assert_eq!(server.stop(), Some(0));
    pbx.stop();
}

#[test]
fn a_cut_link_is_noted_and_repaired() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = hurried(12, 7);
    let pbx = open(settings.clone());
    let mut server = Server::start(&config(dir.path(), &pbx, &settings));
    wait_live(&mut server);
    server.wait_for("calls are up", |s| s.table("channels").len() > 4);
    let epoch = server.link(ACD, "epoch");
    pbx.cut();
    server.wait_for("the connection was made again", |s| {
        s.link(ACD, "reconnects").as_u64() >= Some(1) && s.is_live(ACD)
    });
    assert_eq!(server.link(ACD, "epoch"), epoch, "the switch was not restarted");
    agree(&mut server, &pbx, "the tables agree after the cut");
    assert_eq!(server.stop(), Some(0));
    // The time without a link is in the journal.
    let reader = journal::Reader::open(dir.path().join("journal")).expect("a journal");
    let mut moments = Vec::new();
    for kept in reader.range(ACD, i64::MIN, i64::MAX).expect("readable") {
        let kept = kept.expect("sound");
        let message = ami::Message::parse(&kept.entry.payload);
        if let Some(word @ (b"LinkDown" | b"LinkUp")) = message.get("Observation") {
            moments.push(ami::text(word));
        }
    }
    assert!(moments.starts_with(&["LinkUp".into(), "LinkDown".into(), "LinkUp".into()]));
    pbx.stop();
}

#[test]
fn a_switch_that_is_gone_is_said_to_be_gone() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = hurried(8, 8);
    let pbx = open(settings.clone());
    let mut server = Server::start(&config(dir.path(), &pbx, &settings));
    wait_live(&mut server);
    pbx.stop();
    server.wait_for("the link is waiting and says why", |s| {
        let (state, reason) = (s.link(ACD, "state"), s.link(ACD, "reason"));
        state != "live" && reason.as_str().is_some_and(|reason| !reason.is_empty())
    });
    assert_eq!(server.stop(), Some(0));
}
