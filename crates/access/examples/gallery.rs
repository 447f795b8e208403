//! A made-up centre for looking at the pages: `gallery [AGENTS] [PORT] [CHANGES A SECOND]`, by
//! default 8 agents, any free port, 20 changes. With `odd` as fourth word: several PBXes, one of
//! them down, alarms, and names that no page may choke on. With `empty`: nothing at all.

#[path = "stories/mod.rs"]
mod stories;

use engine::{Alarm, Live, Stories};
use facts::Stamp;
use facts::table::{Column, Row, Shape, Table, Type, Value};
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const fn column(name: &'static str, kind: Type) -> Column {
    Column { name, kind, doc: "see the engine" }
}

/// The columns of `links` that the page reads.
static LINKS: Shape = Shape {
    name: "links",
    doc: "a link to a switch",
    key: 1,
    columns: &[
        column("acd", Type::Text),
        column("address", Type::Text),
        column("state", Type::Text),
        column("since", Type::Stamp),
        column("reason", Type::Text),
        column("version", Type::Text),
        column("round_trip_us", Type::Age),
        column("last_event", Type::Stamp),
        column("rate", Type::Age),
        column("lag_us", Type::Age),
        column("clock_offset_us", Type::Age),
        column("events", Type::Int),
        column("reconnects", Type::Int),
        column("holes", Type::Int),
        column("heard", Type::Int),
        column("kept", Type::Int),
        column("advice", Type::Text),
    ],
};

const FIRST: [&str; 20] = [
    "Anna", "Bilal", "Chiara", "Dmitri", "Elif", "Femi", "Grace", "Hiro", "Ines", "Jonas", "Katya",
    "Liam", "Mei", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Sven", "Tomás",
];
const LAST: [&str; 16] = [
    "Berg",
    "Okafor",
    "Rossi",
    "Haddad",
    "Lindqvist",
    "Moreau",
    "Novák",
    "Petrov",
    "Quintana",
    "Schmidt",
    "Tanaka",
    "Ueda",
    "van Dijk",
    "Weber",
    "Yılmaz",
    "Zhang",
];
const QUEUES: [&str; 12] = [
    "sales",
    "support",
    "billing",
    "retention",
    "claims",
    "premium",
    "returns",
    "technical",
    "onboarding",
    "partners",
    "night",
    "spanish",
];
const REASONS: [&str; 4] = ["lunch", "training", "break", "meeting"];
const ODD: [&str; 4] = [
    "<script>alert(1)</script> & \"Sons\"",
    "Bell\u{7}\r\nInjected: header",
    "\u{202e}txet desrever",
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley the Younger",
];

fn now() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n.max(1)
    }

    fn number(&mut self, n: usize) -> i64 {
        i64::try_from(self.below(n)).unwrap_or(0)
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or("")
    }
}

fn set(shape: &Shape, row: &mut Row, name: &str, value: impl Into<Value>) {
    if let Some(slot) = shape.column(name).and_then(|i| row.get_mut(i)) {
        *slot = value.into();
    }
}

fn empty(shape: &Shape) -> Row {
    vec![Value::Null; shape.columns.len()]
}

struct Centre {
    dice: Dice,
    agents: Vec<Row>,
    queues: Vec<Row>,
    links: Vec<Row>,
    /// Rows of the tables that stand still: `calls`, `waiting`, `cagent`.
    still: Vec<(&'static str, Vec<Row>)>,
    agent: &'static Shape,
    queue: &'static Shape,
    queue_names: Vec<String>,
}

impl Centre {
    fn new(count: usize, odd: bool) -> Self {
        let agent = model::shape("agents").expect("the model has agents");
        let queue = model::shape("queues").expect("the model has queues");
        let many = match count {
            0..=20 => 3,
            21..=500 => 12,
            _ => 40,
        };
        let name = |i: usize| match i / QUEUES.len() {
            0 => QUEUES[i % QUEUES.len()].to_owned(),
            n => format!("{}-{}", QUEUES[i % QUEUES.len()], n + 1),
        };
        let mut centre = Self {
            dice: Dice(42),
            agents: Vec::new(),
            queues: Vec::new(),
            links: Vec::new(),
            still: Vec::new(),
            agent,
            queue,
            queue_names: (0..many).map(name).collect(),
        };
        for i in 0..count {
            centre.add_agent(i, odd);
        }
        for i in 0..many {
            centre.add_queue(i);
        }
        centre.add_link("berlin", odd);
        if odd {
            centre.add_link("lisbon", odd);
        }
        centre
    }

    fn add_agent(&mut self, i: usize, odd: bool) {
        let mut row = empty(self.agent);
        let acd = if odd && i % 5 == 4 { "lisbon" } else { "berlin" };
        let mut name = format!("{} {}", FIRST[i % 20], LAST[(i / 20 + i) % 16]);
        if odd && let Some(strange) = ODD.get(i) {
            name = (*strange).to_owned();
        }
        set(self.agent, &mut row, "acd", acd);
        set(self.agent, &mut row, "agent", format!("PJSIP/{}", 1001 + i).as_str());
        set(self.agent, &mut row, "name", name.as_str());
        set(self.agent, &mut row, "acd_calls", self.dice.number(40));
        set(self.agent, &mut row, "rona", self.dice.number(8) / 6);
        self.agents.push(row);
        self.move_agent(i, self.dice.0 | 1);
    }

    /// Gives an agent a state, begun up to some minutes ago if `old` is not 0.
    fn move_agent(&mut self, i: usize, old: u64) {
        let state = self.dice.of(&[
            "AVAIL", "AVAIL", "AVAIL", "ACD", "ACD", "ACD", "ACD", "ACD", "ACD", "ACW", "ACW",
            "AUX", "AUX", "RING", "OTHER",
        ]);
        let longest = match state {
            "RING" => 25,
            "ACW" => 180,
            "AUX" => 2_200,
            _ => 700,
        };
        let ago = if old == 0 { 0 } else { self.dice.number(longest) };
        let queue = self.queue_names[self.dice.below(self.queue_names.len())].clone();
        let party = format!("+49 30 {}", 1_000_000 + self.dice.number(8_999_999));
        let reason = self.dice.of(&REASONS);
        let (agent, Some(row)) = (self.agent, self.agents.get_mut(i)) else { return };
        let on_call = matches!(state, "ACD" | "RING");
        set(agent, row, "state", state);
        set(agent, row, "since", now().plus_secs(-ago));
        set(agent, row, "reason", (state == "AUX").then_some(reason));
        set(agent, row, "direction", (state == "ACD").then_some("IN"));
        set(agent, row, "split", matches!(state, "ACD" | "RING" | "ACW").then_some(queue.as_str()));
        set(agent, row, "party", on_call.then_some(party.as_str()));
        set(agent, row, "on_hold", i64::from(state == "OTHER" && ago % 3 == 0));
        if state == "ACD" && old == 0 {
            let calls = agent.column("acd_calls").and_then(|c| row.get(c)).cloned();
            let Some(Value::Int(calls)) = calls else { return };
            set(agent, row, "acd_calls", calls + 1);
        }
    }

    fn add_queue(&mut self, i: usize) {
        let mut row = empty(self.queue);
        set(self.queue, &mut row, "acd", "berlin");
        set(self.queue, &mut row, "queue", self.queue_names[i].as_str());
        let offered = 100 + self.dice.number(300);
        let abandoned = self.dice.number(20);
        set(self.queue, &mut row, "offered", offered);
        set(self.queue, &mut row, "answered", offered - abandoned);
        set(self.queue, &mut row, "abandoned", abandoned);
        let within = offered - abandoned - self.dice.number(60);
        set(self.queue, &mut row, "answered_in_sl", within);
        set(self.queue, &mut row, "service_level_pct", within * 100 / offered);
        set(self.queue, &mut row, "service_level_s", 20_i64);
        self.queues.push(row);
        self.move_queue(i, true);
    }

    fn move_queue(&mut self, i: usize, old: bool) {
        let waiting: i64 = [0, 0, 0, 0, 1, 2, 3, 7][self.dice.below(8)];
        let ago = if old { self.dice.number(90) } else { self.dice.number(12) };
        let n = i64::try_from(self.agents.len() / 3 + 1).unwrap_or(1);
        let counts: Vec<i64> =
            (0..6).map(|_| self.dice.number(usize::try_from(n).unwrap_or(1))).collect();
        let (queue, Some(row)) = (self.queue, self.queues.get_mut(i)) else { return };
        set(queue, row, "waiting", waiting);
        set(queue, row, "oldest_since", (waiting > 0).then(|| now().plus_secs(-ago)));
        let names = ["available", "agents_ringing", "on_acd", "in_acw", "in_aux", "other"];
        for (name, n) in names.into_iter().zip(&counts) {
            set(queue, row, name, *n);
        }
        set(queue, row, "staffed", counts.iter().sum::<i64>());
    }

    fn add_link(&mut self, acd: &str, odd: bool) {
        let mut row = empty(&LINKS);
        let down = acd == "lisbon";
        let values: [(&str, Value); 16] = [
            ("acd", acd.into()),
            ("address", if down { "10.2.0.9:5038" } else { "127.0.0.1:5038" }.into()),
            ("state", if down { "waiting" } else { "live" }.into()),
            ("since", now().plus_secs(if down { -95 } else { -7_321 }).into()),
            ("reason", down.then_some("connection refused; next attempt in 8 s").into()),
            ("version", "20.11.1".into()),
            ("round_trip_us", 412_i64.into()),
            ("last_event", now().into()),
            ("rate", if down { 0_i64 } else { 143 }.into()),
            ("lag_us", 1_240_i64.into()),
            ("clock_offset_us", (-3_120_i64).into()),
            ("events", 1_204_332_i64.into()),
            ("reconnects", if down { 3_i64 } else { 0 }.into()),
            ("holes", 0_i64.into()),
            ("heard", 1_204_332_i64.into()),
            ("kept", 1_204_330_i64.into()),
        ];
        for (name, value) in values {
            set(&LINKS, &mut row, name, value);
        }
        let advice = "serious: events carry no stamps, so waits are only as exact as the network: \
            set `timestampevents = yes` in the [general] section of manager.conf and run `manager \
            reload` (no-timestamps); warning: the account may run shell commands on the switch: \
            set `write = reporting,user` for it (may-command)";
        set(&LINKS, &mut row, "advice", odd.then_some(advice));
        self.links.push(row);
    }

    fn step(&mut self, i: usize) {
        if i.is_multiple_of(3) {
            let queue = self.dice.below(self.queues.len());
            self.move_queue(queue, false);
        } else {
            let agent = self.dice.below(self.agents.len());
            self.move_agent(agent, 0);
        }
        let at = now();
        if let Some(link) = self.links.first_mut() {
            set(&LINKS, link, "last_event", at);
        }
    }

    /// What the engine would say of the usual limits.
    fn levels(&self, at: Stamp) -> Vec<Row> {
        let mut out = Vec::new();
        let (a, q) = (self.agent, self.queue);
        let get = |shape: &Shape, row: &Row, name: &str| {
            shape.column(name).and_then(|i| row.get(i)).cloned().unwrap_or(Value::Null)
        };
        let mut put = |acd: Value, kind: &str, name: Value, measure: &str, limit: i64, warns| {
            let mut row = empty(&model::LEVELS);
            let level = if warns { "warning" } else { "caution" };
            set(&model::LEVELS, &mut row, "acd", acd);
            set(&model::LEVELS, &mut row, "kind", kind);
            set(&model::LEVELS, &mut row, "name", name);
            set(&model::LEVELS, &mut row, "measure", measure);
            set(&model::LEVELS, &mut row, "level", level);
            set(&model::LEVELS, &mut row, "limit", limit);
            out.push(row);
        };
        for row in &self.agents {
            let (measure, caution, warning) = match &get(a, row, "state") {
                Value::Text(s) if &**s == "AUX" => ("aux_s", 900, 1_800),
                Value::Text(s) if &**s == "ACW" => ("acw_s", 120, 300),
                Value::Text(s) if &**s == "RING" => ("ring_s", 20, 40),
                _ => continue,
            };
            let Value::Stamp(since) = get(a, row, "since") else { continue };
            let secs = at.since(since) / 1_000_000;
            if secs >= caution {
                let warns = secs >= warning;
                let limit = if warns { warning } else { caution };
                let (acd, agent) = (get(a, row, "acd"), get(a, row, "agent"));
                put(acd, "agent", agent, measure, limit, warns);
            }
        }
        for row in &self.queues {
            let (acd, queue) = (get(q, row, "acd"), get(q, row, "queue"));
            if let Value::Stamp(since) = get(q, row, "oldest_since") {
                let secs = at.since(since) / 1_000_000;
                if secs >= 20 {
                    let limit = if secs >= 60 { 60 } else { 20 };
                    put(acd.clone(), "queue", queue.clone(), "oldest_wait_s", limit, secs >= 60);
                }
            }
            if let Value::Int(pct @ ..=70) = get(q, row, "service_level_pct") {
                let limit = if pct <= 60 { 60 } else { 70 };
                put(acd, "queue", queue, "service_level_pct", limit, pct <= 60);
            }
        }
        out
    }

    /// Gives everybody a past.
    fn tell(&mut self, stories: &Stories) {
        let (at, mut dice) = (now(), stories::Dice(7));
        let text = |row: &Row, name: &str| match self.agent.column(name).and_then(|i| row.get(i)) {
            Some(Value::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        let mut known = Vec::new();
        for row in &self.agents {
            let [acd, agent, name] = ["acd", "agent", "name"].map(|column| text(row, column));
            stories.put_agent_day(&stories::day(&mut dice, &acd, &agent, &name, at));
            known.push((acd, agent));
        }
        for queue in &self.queue_names {
            stories.put_queue_hour("berlin", queue, &stories::hour(&mut dice, at));
        }
        let calls = stories::calls(&mut dice, stories, at);
        let waiting = stories::waiting(&calls);
        let members = stories::members(&mut dice, &known);
        self.still = vec![("calls", calls), ("waiting", waiting), ("cagent", members)];
        for (i, row) in self.agents.iter_mut().enumerate() {
            let secs = [25_000_i64, 14_100, 2_300, 4_100, 900, 2_900, 700];
            let names =
                ["staff_ms", "acd_ms", "acw_ms", "avail_ms", "ring_ms", "aux_ms", "other_ms"];
            for (name, secs) in names.into_iter().zip(secs) {
                set(self.agent, row, name, secs * 1_000);
            }
            let id = format!("1795261560.{}", i % 40);
            set(self.agent, row, "call", (i % 2 == 0).then_some(id.as_str()));
        }
    }

    fn publish(&self, live: &Live, alarms: &[Alarm]) {
        let at = now();
        let table = |shape, rows: &[Row]| {
            let mut rows = rows.to_vec();
            rows.sort();
            Table { shape, as_of: at, rows }
        };
        let mut tables = vec![
            table(&LINKS, &self.links),
            table(self.queue, &self.queues),
            table(self.agent, &self.agents),
            table(&model::LEVELS, &self.levels(at)),
            table(&model::THRESHOLDS, &thresholds()),
            table(&model::GROUPS, &groups()),
        ];
        for (name, rows) in &self.still {
            tables.extend(model::shape(name).map(|shape| table(shape, rows)));
        }
        live.publish(at, tables, alarms.to_vec());
    }
}

fn thresholds() -> Vec<Row> {
    let rules =
        [("service_level_pct", "below", 70_i64, 60_i64), ("oldest_wait_s", "above", 20, 60)];
    let row = |(measure, direction, caution, warning): (&str, &str, i64, i64)| {
        let (shape, mut row) = (&model::THRESHOLDS, empty(&model::THRESHOLDS));
        for (name, text) in [
            ("acd", ""),
            ("scope", "default"),
            ("name", ""),
            ("measure", measure),
            ("direction", direction),
        ] {
            set(shape, &mut row, name, text);
        }
        set(shape, &mut row, "caution", caution);
        set(shape, &mut row, "warning", warning);
        set(shape, &mut row, "for_s", 0_i64);
        row
    };
    rules.map(row).into()
}

fn groups() -> Vec<Row> {
    let named = [
        ("Sales and retention", "berlin/sales, berlin/retention, */premium*"),
        ("Technical", "*/technical*, */support*"),
    ];
    let row = |(name, members): (&str, &str)| {
        let (shape, mut row) = (&model::GROUPS, empty(&model::GROUPS));
        for (column, text) in
            [("acd", ""), ("group", name), ("kind", "queues"), ("members", members)]
        {
            set(shape, &mut row, column, text);
        }
        row
    };
    named.map(row).into()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, or: u64| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(or);
    let (agents, port, a_second) = (number(0, 8), number(1, 0), number(2, 20).max(1));
    let odd = words.iter().any(|w| w == "odd");
    let live = Live::new();
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let shapes = model::SHAPES.iter().chain(model::DECIDED_SHAPES).chain([&LINKS]);
    let shapes: Vec<&'static Shape> = shapes.collect();
    // Decisions are kept for as long as the gallery is open; what is shown does not follow them.
    let folder = tempfile::tempdir()?;
    let engine = engine::Engine::start(engine::Settings {
        server: "gallery".into(),
        journal: journal::Settings::new(folder.path().join("journal"), "gallery"),
        acds: Vec::new(),
        archive: None,
        ring_bytes_max: 1 << 20,
    })?;
    let listen = SocketAddr::from(([127, 0, 0, 1], u16::try_from(port)?));
    let stories = Stories::new();
    let hooks = access::Hooks {
        server: "gallery".into(),
        stories: stories.clone(),
        administration: Some(engine.administration()),
        ..access::Hooks::default()
    };
    let server = access::serve(listen, live.clone(), Vec::leak(shapes), stopped, hooks)?;
    writeln!(std::io::stdout(), "http://{}/", server.address)?;
    let mut alarms = Vec::new();
    if odd {
        let what = "the disk of the journal is full: records are kept in memory for 41 s more; \
            make room on /var/lib/busyhour";
        alarms.push(Alarm { code: "disk-full", since: now().plus_secs(-19), what: what.into() });
    }
    let mut centre = Centre::new(usize::try_from(agents)?, odd);
    if words.iter().any(|w| w == "empty") {
        centre.agents.clear();
        centre.queues.clear();
    } else {
        centre.tell(&stories);
    }
    let mut i = 0;
    loop {
        i += 1;
        if !centre.queues.is_empty() {
            centre.step(i);
        }
        centre.publish(&live, &alarms);
        std::thread::sleep(Duration::from_micros(1_000_000 / a_second));
    }
}
