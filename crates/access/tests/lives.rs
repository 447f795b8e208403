//! The pages that tell stories: an agent's day, a call's life, a queue's last hour; and the
//! addresses by which calls are asked for.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Site, at, make, patch};
use engine::{AgentDay, AgentSpan, CallLife, CallStep, Minute, QueueHour, Stories};
use facts::table::{Table, Value};
use facts::{Stamp, Text};

fn text(s: &str) -> Value {
    Value::from(s)
}

fn start() -> (Site, Stories) {
    let stories = Stories::new();
    let hooks = Hooks { stories: stories.clone(), ..Hooks::default() };
    (Site::start(hooks), stories)
}

fn has(page: &str, expected: &[&str]) {
    for expected in expected {
        assert!(page.contains(expected), "{expected} is missing in {page}");
    }
    assert!(!page.contains("style=") && !page.contains("onclick"), "nothing inline");
}

fn span(from: i64, to: Option<i64>, state: &'static str) -> AgentSpan {
    AgentSpan {
        from: at(from),
        to: to.map(at),
        state,
        reason: Text::from(if state == "AUX" { "lunch" } else { "" }),
        direction: None,
        split: (state == "ACD").then(|| Text::from("sales")),
        call: (state == "ACD").then(|| Text::from("17.1")),
        party: Text::from(if state == "ACD" { "<5550123>" } else { "" }),
    }
}

fn day(agent: &str, spans: Vec<AgentSpan>) -> AgentDay {
    let (acd, name) = (Text::from("berlin"), Text::from("Ann & Co"));
    let (day_start, now) = (at(0), at(3_000));
    AgentDay { acd, agent: Text::from(agent), name, day_start, now, spans, cut: false }
}

fn agents(states: &[(&str, &str)]) -> Table {
    let row = |(agent, state): &(&str, &str)| {
        vec![
            ("acd", text("berlin")),
            ("agent", text(agent)),
            ("name", text("Ann & Co")),
            ("state", text(state)),
            ("since", Value::Stamp(at(2_400))),
            ("acd_ms", Value::Int(3_661_000)),
            ("rona", Value::Int(2)),
        ]
    };
    let rows: Vec<_> = states.iter().map(row).collect();
    make("agents", &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn step(secs: i64, kind: &'static str, agent: &str, detail: &str) -> CallStep {
    let agent = (!agent.is_empty()).then(|| Text::from(agent));
    CallStep {
        at: at(secs),
        kind,
        split: (kind == "queued").then(|| Text::from("sales")),
        agent_name: agent.clone(),
        agent,
        detail: Text::from(detail),
        ms: None,
    }
}

fn life(ids: &[&str], ended: Option<Stamp>, steps: Vec<CallStep>) -> CallLife {
    CallLife {
        acd: Text::from("berlin"),
        call: Text::from(ids[0]),
        ids: ids.iter().map(|id| Text::from(*id)).collect(),
        caller: Text::from("5550123"),
        caller_name: Text::from("<Karl>"),
        dialled: Text::from("100"),
        vdn: Text::from(""),
        trunk: Text::from(""),
        direction: "IN",
        began: at(0),
        ended,
        steps,
        cut: false,
    }
}

#[test]
fn an_agents_day_is_drawn_listed_and_moves() {
    let (site, stories) = start();
    assert_eq!(site.get("/agent/berlin/PJSIP%2Fann").status, 404);
    // 1,000 s to 3,000 s: half of it on a call, a quarter at lunch, the rest not heard.
    let spans = vec![
        span(0, Some(1_000), "OUT"),
        span(1_000, Some(2_000), "ACD"),
        span(2_000, Some(2_500), "AUX"),
        span(2_500, Some(3_000), "UNKNOWN"),
    ];
    stories.put_agent_day(&day("PJSIP/ann", spans));
    site.live.publish(at(3_000), vec![agents(&[("PJSIP/ann", "AUX"), ("bob", "AUX")])], vec![]);
    let page = site.get("/agent/berlin/PJSIP%2Fann").body;
    has(
        &page,
        &[
            "<h1>Ann &amp; Co</h1>",
            "role=\"img\"",
            "<b>1:01:01</b>",
            "AUX by reason: <span class=\"nowrap\">lunch <b>8:20</b>",
            "<a href=\"/call/berlin/17%2E1\">&lt;5550123&gt;</a>",
            "<a href=\"/queue/berlin/sales\">sales</a>",
            "<td class=\"n\" data-v=\"1000000\">16:40</td>",
            "On call, sales, &lt;5550123&gt;, 16:40</title>",
            "Not heard",
            "href=\"/calls?acd=berlin&amp;agent=PJSIP%2Fann\"",
        ],
    );
    // A line goes up to the server's clock, which is not that of the story: only the order of
    // the bands can be told here.
    let bands: Vec<&str> = page.split("class=\"band\" data-s=\"").skip(1).collect();
    assert_eq!(bands.iter().map(|b| &b[..3]).collect::<Vec<_>>(), ["ACD", "AUX"]);
    assert!(page.contains("fill=\"url(#day-unknown)\""), "{page}");
    let mut watch = site.watch("/agent/berlin/PJSIP%2Fann/stream?several=0&since=0", "");
    let first = patch(&mut watch, "rows");
    assert_eq!(first["rows"].as_str().map(|r| r.matches("<tr").count()), Some(4), "{first}");
    assert!(first["rows"].as_str().is_some_and(|r| r.starts_with("<tr")), "rows only: {first}");
    // What another agent does is no news here; what he does is.
    site.live.publish(at(3_001), vec![agents(&[("PJSIP/ann", "AUX"), ("bob", "ACD")])], vec![]);
    site.live.publish(at(3_002), vec![agents(&[("PJSIP/ann", "ACD"), ("bob", "ACD")])], vec![]);
    let change = loop {
        let change = patch(&mut watch, "pieces");
        if change["pieces"].as_str().is_some_and(|p| p.contains("h:now")) {
            break change;
        }
    };
    assert!(change["pieces"].as_str().is_some_and(|p| p.contains("data-s=\"ACD\"")), "{change}");
    assert!(change["rows"].is_null(), "no span has changed: {change}");
}

#[test]
fn a_calls_life_is_told_by_any_of_its_ids() {
    let (site, stories) = start();
    let steps = vec![
        step(0, "entry", "", "100"),
        step(10, "queued", "", "place 2"),
        step(20, "ring", "ann", ""),
        step(25, "answered", "ann", ""),
        step(95, "hangup", "", "caller hung up"),
    ];
    stories.put_call_life(&life(&["17.1", "17.9"], Some(at(95)), steps));
    site.live.publish(at(100), vec![], vec![]);
    assert_eq!(site.get("/call/berlin/18.1").status, 404);
    for id in ["17.1", "17.9"] {
        let page = site.get(&format!("/call/berlin/{id}")).body;
        has(
            &page,
            &[
                "<h1>&lt;Karl&gt;</h1>",
                "In order: IVR 0:10, Waiting 0:10, Ringing 0:05, Talking 1:10.",
                // Of 95 s: waits from 10 to 20 in the second lane, talks from 25 in the fourth.
                "data-s=\"QUEUED\" x=\"10.526%\" y=\"28\" width=\"10.526%\"",
                "data-s=\"TALKING\" x=\"26.315%\" y=\"76\" width=\"73.685%\"",
                "<a href=\"/agent/berlin/ann\">ann</a>",
                "<span class=\"since\">+0:25</span>",
                "caller hung up",
            ],
        );
    }
}

#[test]
fn a_call_without_a_story_has_its_outline() {
    let (site, _) = start();
    let row = [
        ("acd", text("berlin")),
        ("call", text("17.1")),
        ("state", text("QUEUED")),
        ("split", text("sales")),
        ("began", Value::Stamp(at(0))),
        ("queued_at", Value::Stamp(at(4))),
        ("wait_ms", Value::Int(6_000)),
    ];
    site.live.publish(at(10), vec![make("calls", &[&row])], vec![]);
    let page = site.get("/call/berlin/17.1").body;
    has(&page, &["Only the outline is kept", "Joined queue", "data-s=\"QUEUED\"", "Unknown"]);
    // It waits, so its wait counts on: 6 s at 10 s is since 4 s.
    has(&page, &[&format!("<b class=\"counted\" data-t=\"{}\">0:06</b>", at(4).0 / 1_000)]);
}

#[test]
fn a_queues_last_hour_is_drawn_and_not_sent_with_every_change() {
    let (site, stories) = start();
    let minute = |i: i64| Minute {
        at: at(60 * i),
        answered: u32::from(i == 30),
        heard_s: 60,
        ..Minute::default()
    };
    let hour = QueueHour { minutes: (0..60).map(minute).collect(), service_level_s: 20 };
    stories.put_queue_hour("berlin", "sales", &hour);
    let queue = |waiting| {
        let row = [
            ("acd", text("berlin")),
            ("queue", text("sales")),
            ("waiting", Value::Int(waiting)),
            ("offered", Value::Int(3)),
        ];
        make("queues", &[&row])
    };
    site.live.publish(at(3_600), vec![queue(1)], vec![]);
    has(
        &site.get("/queue/berlin/sales").body,
        &["<figure class=\"chart\" id=\"h:hour\">", "1 answered", "The same in numbers"],
    );
    // From the Floor, what was offered leads to the calls.
    has(
        &site.get("/").body,
        &[
            "<a href=\"/calls?acd=berlin&amp;queue=sales&amp;outcome=OFFERED\">3</a>",
            "<a href=\"/calls?outcome=ABANDONED\"><b data-n=\"abandoned\">",
        ],
    );
    let mut watch = site.watch("/queue/berlin/sales/stream?several=0&since=0", "");
    let first = patch(&mut watch, "pieces");
    assert!(first["pieces"].as_str().is_some_and(|p| p.contains("h:hour")), "{first}");
    // The chart stays as it is: it is the same, whenever it is drawn.
    site.live.publish(at(3_601), vec![queue(2)], vec![]);
    let change = patch(&mut watch, "figures");
    assert_eq!(change["figures"]["waiting"], "2");
    assert!(change["pieces"].is_null(), "{change}");
}

#[test]
fn calls_are_asked_for_by_address() {
    let (site, _) = start();
    let call =
        |id: &'static str, state: &'static str, queue: &'static str, outcome: &'static str| {
            let null = |word: &'static str| Some(word).filter(|w| !w.is_empty());
            let ended = (state == "ENDED").then(|| at(50));
            vec![
                ("acd", text("berlin")),
                ("call", text(id)),
                ("state", text(state)),
                ("caller", text(&format!("+49 30 55{id}"))),
                ("agent", text(if id == "3" { "PJSIP/ann" } else { "bob" })),
                ("split", Value::from(null(queue))),
                ("outcome", Value::from(null(outcome))),
                ("ended_at", Value::from(ended)),
                ("began", Value::Stamp(at(0))),
            ]
        };
    let rows = [
        call("1", "QUEUED", "sales", ""),
        call("2", "ENDED", "sales", "ABANDONED"),
        call("3", "TALKING", "sales", "ANSWERED"),
        call("4", "ENDED", "other", "ABANDONED"),
        call("5", "ENDED", "", "ANSWERED"),
        call("6", "ENDED", "sales", "REFUSED"),
    ];
    let table = make("calls", &rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
    site.live.publish(at(60), vec![table], vec![]);
    let shown = |address: &str| -> Vec<String> {
        let page = site.get(address).body;
        let rows = page.split("<tr id=\"c:berlin:").skip(1);
        let row = |rest: &str| Some(rest.split('>').next()?.to_owned());
        let rows: Vec<String> = rows.filter_map(row).collect();
        rows.iter().filter(|r| !r.contains("hidden")).map(|r| r[..1].to_owned()).collect()
    };
    assert_eq!(shown("/calls?queue=sales"), ["1", "2", "3", "6"]);
    assert_eq!(shown("/calls?acd=berlin&queue=sales&outcome=OFFERED"), ["1", "2", "3"]);
    assert_eq!(shown("/calls?outcome=ABANDONED"), ["2", "4"]);
    assert_eq!(shown("/calls?outcome=ANSWERED"), ["3"], "a call of no queue is none of a queue's");
    assert_eq!(shown("/calls?agent=PJSIP%2Fann"), ["3"]);
    assert_eq!(shown("/calls?number=305,5-4"), ["4"], "digits only");
    assert_eq!(shown("/calls?queue=sales&state=TALKING"), ["3"], "without the script, too");
    assert_eq!(shown("/calls?acd=lisbon"), [] as [String; 0]);
    let page = site.get("/calls?queue=sales&outcome=ABANDONED").body;
    has(
        &page,
        &[
            "of queue <strong>sales</strong> <a href=\"/calls?outcome=ABANDONED\"",
            "data-stream=\"/calls/stream?queue=sales&amp;outcome=ABANDONED\"",
            "of those that ended the last 4, since",
            "data-n=\"ENDED\">1<",
        ],
    );
    let path = "/calls/stream?queue=sales&outcome=ABANDONED&several=0&since=0";
    let first = patch(&mut site.watch(path, ""), "rows");
    assert_eq!(first["rows"].as_str().map(|r| r.matches("<tr").count()), Some(1), "{first}");
    assert_eq!(site.get("/calls/stream?colour=blue").status, 400);
}

/// Berlin took the call, rome queued and answered it: one life, whichever part one asks for.
#[test]
fn a_call_over_two_switches_has_one_life() {
    let (site, stories) = start();
    let berlin = vec![step(0, "entry", "", "100"), step(40, "hangup", "", "")];
    stories.put_call_life(&life(&["1"], Some(at(40)), berlin));
    let rome = vec![
        step(2, "entry", "", "700"),
        step(3, "queued", "", ""),
        step(9, "answered", "PJSIP/1001", ""),
        step(39, "hangup", "", "caller"),
    ];
    let rome = life(&["7"], Some(at(39)), rome);
    stories.put_call_life(&CallLife { acd: Text::from("rome"), ..rome });
    let part = |acd: &'static str, call| {
        [("acd", text(acd)), ("call", text(call)), ("whole", text("berlin/1"))]
    };
    let whole = [
        ("acd", text("berlin")),
        ("whole", text("berlin/1")),
        ("state", text("ENDED")),
        ("began", Value::Stamp(at(0))),
        ("ended_at", Value::Stamp(at(40))),
        ("way", text("berlin rome")),
        ("calls", text("berlin/1 rome/7")),
    ];
    let tables = vec![
        make("calls", &[&part("berlin", "1"), &part("rome", "7")]),
        make("whole_calls", &[&whole]),
    ];
    site.live.publish(at(60), tables, vec![]);
    for path in ["/call/berlin/1", "/call/rome/7"] {
        let page = site.get(path).body;
        let told: Vec<&str> = page.split("<span class=\"st\">").skip(1).collect();
        let told: Vec<&str> = told.iter().filter_map(|rest| rest.split('<').next()).collect();
        let expected = [
            "Came in",
            "Came to another switch",
            "Joined queue",
            "Answered by",
            "Left the switch",
            "Ended",
        ];
        assert_eq!(told, expected, "{path}");
        has(
            &page,
            &[
                "over <a href=\"/call/berlin/1\">berlin</a> → <a href=\"/call/rome/7\">rome</a>",
                "<a href=\"/queue/rome/sales\">sales</a>",
                "<a href=\"/agent/rome/PJSIP%2F1001\">",
                // Queue from 3 to 9, then talk: the phases are of the whole.
                "In order: IVR 0:03, Waiting 0:06, Talking 0:31.",
            ],
        );
    }
}
