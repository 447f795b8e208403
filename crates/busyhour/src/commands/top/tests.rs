//! Screens of `busyhour top` as text, derived by hand from the rows given.

use super::draw::{Scene, draw};
use super::floor::{Agent, Call, Floor, Group, Json, Link, Queue, WaitRule};
use super::view::{Place, View};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use facts::Stamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use serde_json::{Value, json};

fn row(value: Value) -> Json {
    value.as_object().expect("an object").clone()
}

/// Two queues and three agents at 11:46:00. In sales the oldest caller has waited 1:10 with nobody
/// free; Ben has been at lunch for 16:00.
fn floor() -> Floor {
    let sales = json!({"acd": "pbx", "queue": "sales", "waiting": 2, "ringing": 1,
        "oldest_since": "2026-11-21T11:44:50Z", "staffed": 2, "available": 0, "agents_ringing": 0,
        "on_acd": 1, "in_acw": 0, "in_aux": 1, "other": 0, "offered": 10, "answered": 7,
        "abandoned": 1, "answered_in_sl": 6, "service_level_pct": 75});
    let orders = json!({"acd": "pbx", "queue": "orders", "waiting": 0, "oldest_since": null,
        "staffed": 1, "available": 1, "on_acd": 0, "in_acw": 0, "in_aux": 0, "offered": 1,
        "answered": 1, "abandoned": 0, "answered_in_sl": 1, "service_level_pct": 100});
    let ada = json!({"acd": "pbx", "agent": "PJSIP/1", "name": "Ada", "state": "ACD",
        "direction": "IN", "since": "2026-11-21T11:45:30Z", "split": "sales",
        "party": "5550101", "acd_calls": 7, "rona": 0});
    let ben = json!({"acd": "pbx", "agent": "PJSIP/2", "name": "Ben", "state": "AUX",
        "reason": "Lunch", "since": "2026-11-21T11:30:00Z", "acd_calls": 0,
        "rona": 2});
    let cleo = json!({"acd": "pbx", "agent": "PJSIP/3", "name": "Cleo", "state": "AVAIL",
        "since": "2026-11-21T11:45:59Z", "acd_calls": 1, "rona": 0});
    let call = |id: &str, state: &str, caller: &str, queued: &str, agent: &str| {
        Call::read(&row(json!({"acd": "pbx", "call": id, "state": state, "caller": caller,
            "split": "sales", "agent": agent, "began": queued, "queued_at": queued,
            "wait_ms": 4000, "talk_ms": 30000})))
    };
    let rule = json!({"acd": "", "scope": "default", "name": "", "measure": "oldest_wait_s",
        "direction": "above", "caution": 20, "warning": 60, "for_s": 0});
    let member = |split: &str, agent: &str| ("pbx".into(), split.into(), agent.into());
    let mut floor = Floor {
        as_of: Stamp::parse("2026-11-21T11:46:00Z"),
        links: vec![Link::read(&row(json!({"acd": "pbx", "state": "live"})))],
        queues: [sales, orders].map(|q| Queue::read(&row(q))).into(),
        agents: [ada, ben, cleo].map(|a| Agent::read(&row(a))).into(),
        calls: vec![
            call("3", "RINGING", "5550103", "2026-11-21T11:45:35Z", "PJSIP/1"),
            call("2", "QUEUED", "5550102", "2026-11-21T11:44:50Z", ""),
            call("1", "TALKING", "5550101", "2026-11-21T11:45:26Z", "PJSIP/1"),
        ],
        members: [("sales", 1), ("sales", 2), ("orders", 3)]
            .map(|(split, n)| member(split, &format!("PJSIP/{n}")))
            .into(),
        groups: vec![Group::read(&row(json!({"group": "all of ours", "kind": "queues",
            "members": "*/orders, pbx/none"})))],
        waits: WaitRule::read(&row(rule)).into_iter().collect(),
    };
    let level = |kind: &str, name: &str, measure: &str, level: &str, limit: i64| {
        row(json!({"acd": "pbx", "kind": kind, "name": name, "measure": measure,
            "level": level, "limit": limit}))
    };
    floor.judge(&[
        level("agent", "PJSIP/2", "aux_s", "caution", 900),
        level("queue", "sales", "oldest_wait_s", "warning", 60),
    ]);
    floor
}

struct Screen {
    floor: Floor,
    view: View,
    age_us: i64,
    trouble: Option<&'static str>,
    color: bool,
}

impl Screen {
    fn new(floor: Floor) -> Self {
        Self { floor, view: View::new(String::new()), age_us: 0, trouble: None, color: true }
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            server: "127.0.0.1:8080",
            floor: &self.floor,
            age_us: self.age_us,
            trouble: self.trouble,
            color: self.color,
        }
    }

    fn keys(&mut self, keys: &[KeyCode]) {
        let now = self.scene().now();
        for key in keys {
            let key = KeyEvent::new(*key, KeyModifiers::NONE);
            self.view.press(key, &self.floor, now);
        }
    }

    fn cells(&self, width: u16, height: u16) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
        terminal.draw(|f| draw(f, &self.scene(), &self.view)).expect("memory");
        terminal.backend().buffer().clone()
    }

    /// Its lines without what is blank at their end.
    fn lines(&self, width: u16, height: u16) -> Vec<String> {
        let cells = self.cells(width, height);
        let line = |cells: &[ratatui::buffer::Cell]| {
            let text: String = cells.iter().map(|c| c.symbol()).collect();
            text.trim_end().to_owned()
        };
        cells.content().chunks(usize::from(width)).map(line).collect()
    }

    fn text(&self) -> String {
        self.lines(80, 24).join("\n")
    }
}

#[test]
fn the_floor_at_80x24() {
    let mut expected = vec![
        "busyhour top  127.0.0.1:8080  LIVE                                  11:46:00 UTC",
        // Within the level 6 + 1 of the 7 + 1 + 1 that ended: 77.8 %.
        "Waiting 2  Oldest 1:10 !! warning  Available 1/3 staffed  SL 78%",
        "",
        "> Queues 2, by attention",
        "   Queue           Wait  Oldest Staff Avail Call ACW AUX SL% Attention",
        "!! sales              2    1:10     2     0    1   0   1  75 warning wait >1 min",
        "   orders             0             1     1    0   0   0 100",
        "  Agents 3, by attention",
        "   Agent              State        Reason       Time Queue      Attention",
        "!  Ben                AUX          Lunch       16:00            caution >15 min",
        "   Ada                On call                   0:30 sales",
        "   Cleo               Available                 0:01",
    ];
    expected.resize(23, "");
    expected.push("q quit  ? help  / filter  s sort  r reverse  Tab table  Enter open  o group");
    assert_eq!(Screen::new(floor()).lines(80, 24), expected);
}

#[test]
fn the_floor_at_200x60_has_more_columns() {
    let mut expected = vec![
        format!("{:188}{}", "busyhour top  127.0.0.1:8080  LIVE", "11:46:00 UTC"),
        "Waiting 2  Oldest 1:10 !! warning  Available 1/3 staffed  SL 78%".to_owned(),
        String::new(),
    ];
    expected.extend(
        [
            "> Queues 2, by attention",
            "   Queue           Wait  Oldest Staff Avail Ring Call ACW AUX Other Offered Answered \
             Abandoned SL% Attention",
            "!! sales              2    1:10     2     0    0    1   0   1     0      10        7 \
             \x20       1  75 warning wait >1 min & none free",
            "   orders             0             1     1    0    0   0   0     0       1        1 \
             \x20       0 100",
            "  Agents 3, by attention",
            "   Agent              State        Reason       Time Queue      Party            Calls \
             Missed Identity         Attention",
            "!  Ben                AUX          Lunch       16:00                                 0 \
             \x20    2 PJSIP/2          caution >15 min",
            "   Ada                On call                   0:30 sales      5550101              7 \
             \x20    0 PJSIP/1",
            "   Cleo               Available                 0:01                                 1 \
             \x20    0 PJSIP/3",
        ]
        .map(str::to_owned),
    );
    expected.resize(59, String::new());
    expected.push(
        "q quit  ? help  / filter  s sort  r reverse  Tab table  Enter open  o group".to_owned(),
    );
    assert_eq!(Screen::new(floor()).lines(200, 60), expected);
}

#[test]
fn times_count_on_until_nobody_answers() {
    let mut screen = Screen::new(floor());
    screen.age_us = 2_000_000;
    let text = screen.text();
    assert!(text.contains("  LIVE  ") && text.contains("11:46:02 UTC"), "{text}");
    assert!(text.contains("   1:12 ") && text.contains("  0:32 sales"), "{text}");
    screen.age_us = 5_000_000;
    assert!(screen.text().contains("! DELAYED 0:05 "), "{}", screen.text());
    screen.trouble = Some("no server answers at 127.0.0.1:8080");
    let text = screen.text();
    assert!(text.contains("!! DISCONNECTED 0:05 ") && text.contains("\nno server answers"));
    assert!(text.contains("   1:10 ") && text.contains("  0:30 sales"), "as last heard: {text}");
}

#[test]
fn a_link_that_is_down_is_told() {
    let mut screen = Screen::new(floor());
    let down = json!({"acd": "north", "state": "waiting", "reason": "connection refused"});
    screen.floor.links.push(Link::read(&row(down)));
    let text = screen.text();
    assert!(text.contains("! PARTLY LIVE"), "{text}");
    assert!(text.contains("\nlink north is waiting: connection refused\n"), "{text}");
}

#[test]
fn enter_opens_a_queue_and_an_agent_and_esc_goes_back() {
    let mut screen = Screen::new(floor());
    screen.keys(&[KeyCode::Enter]);
    assert!(screen.view.wants().calls);
    let lines = screen.lines(80, 24);
    let expected = [
        "Queue sales on pbx",
        "> Callers 2, by Waits",
        "   Pos Caller           Name                 Waits State     Attention",
        "!!   1 5550102                                1:10 queued    warning wait >1 min",
        "!    2 5550103                                0:25 ringing   caution wait >20 s",
        "  Agents 2, by attention",
    ];
    assert_eq!(lines[2..8], expected);
    screen.keys(&[KeyCode::Tab, KeyCode::Down, KeyCode::Enter]);
    let lines = screen.lines(80, 24);
    let expected = [
        "Agent PJSIP/1 on pbx: Ada, On call 0:30",
        "> Calls 2, by Began",
        "   Began        State      Caller         Queue        Wait    Talk Outcome",
        "!  11:45:35 UTC ringing    5550103        sales        0:25    0:30",
        "   11:45:26 UTC talking    5550101        sales        0:04    0:30",
    ];
    assert_eq!(lines[2..7], expected);
    screen.keys(&[KeyCode::Esc]);
    assert_eq!(screen.view.screen.place, Place::Queue("pbx".into(), "sales".into()));
    screen.keys(&[KeyCode::Esc, KeyCode::Esc]);
    assert_eq!(screen.view.screen.place, Place::Floor);
    assert!(!screen.view.quit);
    screen.keys(&[KeyCode::Char('q')]);
    assert!(screen.view.quit);
}

#[test]
fn the_filter_keeps_rows_with_these_letters() {
    let mut screen = Screen::new(floor());
    screen.keys(&['/', 'S', 'a', 'l', 'q'].map(KeyCode::Char));
    assert!(!screen.view.quit, "a letter of the filter is no command");
    assert!(screen.text().ends_with("Filter: Salq_   Enter keep  Esc clear"));
    screen.keys(&[KeyCode::Backspace, KeyCode::Enter]);
    let text = screen.text();
    assert!(text.contains("> Queues 1 of 2 with \"Sal\""), "{text}");
    assert!(text.contains("  Agents 1 of 3 with \"Sal\""), "{text}");
    assert!(!text.contains("orders") && !text.contains("Cleo"), "{text}");
    screen.keys(&[KeyCode::Esc]);
    assert!(screen.text().contains("> Queues 2, by attention"));
}

#[test]
fn a_group_narrows_the_floor_and_its_figures() {
    let mut screen = Screen::new(floor());
    screen.keys(&[KeyCode::Char('o')]);
    assert_eq!(screen.view.wants().group, "all of ours");
    let text = screen.text();
    assert!(text.contains("\nGroup all of ours\n"), "{text}");
    assert!(text.contains("Waiting 0  Oldest -  Available 1/1 staffed  SL 100%"), "{text}");
    assert!(text.contains("> Queues 1, by") && !text.contains("sales"), "{text}");
    assert!(text.contains("  Agents 1, by") && text.contains("Cleo"), "{text}");
    screen.keys(&[KeyCode::Char('o')]);
    assert!(screen.text().contains("> Queues 2, by"), "after the last group: all");
}

#[test]
fn a_queue_whose_name_has_blanks_has_its_agents() {
    let mut screen = Screen::new(floor());
    let queue = json!({"acd": "pbx", "queue": "big sales", "waiting": 9});
    screen.floor.queues.insert(0, Queue::read(&row(queue)));
    screen.floor.members.insert(("pbx".into(), "big sales".into(), "PJSIP/3".into()));
    screen.floor.judge(&[]);
    screen.keys(&[KeyCode::Char('s'), KeyCode::Char('s'), KeyCode::Home, KeyCode::Enter]);
    let wanted = Some(("pbx".to_owned(), "big sales".to_owned()));
    assert_eq!(screen.view.wants().queue, wanted);
    let text = screen.text();
    assert!(text.contains("  Agents 1, by") && text.contains("Cleo"), "{text}");
}

#[test]
fn sorting_moves_rows_and_the_selection_stays_on_its_row() {
    let mut screen = Screen::new(floor());
    let order = |screen: &Screen| {
        let at = |name: &str| {
            let lines = screen.lines(80, 24);
            lines.iter().position(|l| l.get(3..).is_some_and(|l| l.starts_with(name)))
        };
        at("sales").cmp(&at("orders"))
    };
    assert_eq!(order(&screen), std::cmp::Ordering::Less, "by attention");
    // Home selects sales.
    screen.keys(&[KeyCode::Home, KeyCode::Char('n')]);
    assert_eq!(order(&screen), std::cmp::Ordering::Greater, "by name");
    screen.keys(&[KeyCode::Char('r')]);
    assert_eq!(order(&screen), std::cmp::Ordering::Less, "by name, reversed");
    screen.keys(&[KeyCode::Char('r'), KeyCode::Enter]);
    assert_eq!(screen.view.screen.place, Place::Queue("pbx".into(), "sales".into()));
    screen.keys(&[KeyCode::Esc, KeyCode::Char('s')]);
    assert!(screen.text().contains("> Queues 2, by Wait\n"), "the column after the name");
    assert_eq!(order(&screen), std::cmp::Ordering::Less, "two wait in sales, none in orders");
}

#[test]
fn color_is_never_alone_and_can_be_left_out() {
    let mut screen = Screen::new(floor());
    let colors = |screen: &Screen| {
        let cells = screen.cells(80, 24);
        let colors = |y: u16| cells.content()[usize::from(y) * 80].fg;
        [colors(5), colors(9), colors(10)]
    };
    assert_eq!(colors(&screen), [Color::LightRed, Color::Yellow, Color::Reset]);
    let text = screen.text();
    screen.color = false;
    let cells = screen.cells(80, 24);
    assert!(cells.content().iter().all(|c| c.fg == Color::Reset && c.bg == Color::Reset));
    assert_eq!(screen.text(), text, "the words and symbols are the same");
}

#[test]
fn names_of_several_switches_are_told_apart_and_cannot_harm() {
    let mut screen = Screen::new(floor());
    let other = json!({"acd": "north", "queue": "sa\u{1b}[2Jles"});
    screen.floor.queues.push(Queue::read(&row(other)));
    let text = screen.text();
    assert!(text.contains(" pbx/sales ") && text.contains(" north/sa\u{fffd}[2Jl"), "{text}");
    assert!(text.contains(" pbx/Ada "), "{text}");
}

#[test]
fn many_agents_scroll_and_small_terminals_say_so() {
    let mut screen = Screen::new(floor());
    let agent = |n: u32| {
        Agent::read(&row(json!({"acd": "pbx", "agent": format!("PJSIP/{n}"), "state": "AVAIL",
            "name": format!("Agent {n:05}"), "since": "2026-11-21T11:46:00Z"})))
    };
    screen.floor.agents = (0..10_000).map(agent).collect();
    assert!(screen.text().contains("Agent 00000") && !screen.text().contains("Agent 09999"));
    screen.keys(&[KeyCode::Tab, KeyCode::End]);
    assert!(screen.text().contains("Agent 09999") && !screen.text().contains("Agent 00000"));
    assert!(screen.lines(79, 24)[0].starts_with("too small: needs 80 x 24"));
    screen.keys(&[KeyCode::Char('?')]);
    let help = screen.lines(80, 24);
    assert!(help[3] == "Keys" && help.iter().any(|l| l.contains("thresholds in force")));
}
