//! Made-up calls, days and hours for the gallery, all from the same dice.

use engine::{AgentDay, AgentSpan, CallLife, CallStep, Minute, QueueHour, Stories};
use facts::table::{Row, Shape, Value};
use facts::{Stamp, Text};

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn below(&mut self, n: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0).rem_euclid(n.max(1))
    }

    fn small(&mut self, n: i64) -> u32 {
        u32::try_from(self.below(n)).unwrap_or(0)
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        usize::try_from(self.below(i64::try_from(list.len()).unwrap_or(1)))
            .ok()
            .and_then(|i| list.get(i).copied())
            .unwrap_or("")
    }
}

const REASONS: [&str; 4] = ["lunch", "training", "break", "meeting"];

/// A queue's last hour; three of its minutes were not heard.
pub(crate) fn hour(dice: &mut Dice, now: Stamp) -> QueueHour {
    let first = Stamp::from_secs(now.secs().div_euclid(60) * 60 - 59 * 60);
    let mut waiting = 3;
    let minutes = (0..60)
        .map(|i| {
            waiting = (waiting + dice.below(5) - 2).clamp(0, 14);
            let heard_s = if (21..24).contains(&i) { 0 } else { 60 };
            let known = i64::from(heard_s > 0);
            let answered = dice.small(9 * known);
            Minute {
                at: first.plus_secs(60 * i),
                waiting_max: u32::try_from(waiting * known).unwrap_or(0),
                oldest_wait_max_s: dice.small(90 * known),
                offered: answered + dice.small(3 * known),
                answered,
                answered_in_sl: answered.saturating_sub(dice.small(3)),
                abandoned: dice.small(3 * known),
                other: dice.small(2) / 2,
                refused: 0,
                staffed: 8,
                available: dice.small(4),
                heard_s,
            }
        })
        .collect();
    QueueHour { minutes, service_level_s: 20 }
}

/// An agent's day of seven hours, with a break of the link in it.
pub(crate) fn day(dice: &mut Dice, acd: &str, agent: &str, name: &str, now: Stamp) -> AgentDay {
    let begin = now.plus_secs(-7 * 3_600 - dice.below(1_800));
    let day_start = Stamp::from_secs(now.secs().div_euclid(86_400) * 86_400);
    let mut spans = Vec::new();
    let mut at = day_start.min(begin);
    let mut add = |at: &mut Stamp, secs: i64, state: &'static str, reason: &str, n: i64| {
        let to = at.plus_secs(secs).min(now);
        let on = matches!(state, "ACD" | "RING");
        spans.push(AgentSpan {
            from: *at,
            to: Some(to),
            state,
            reason: Text::from(reason),
            direction: on.then_some("IN"),
            split: matches!(state, "ACD" | "RING" | "ACW").then(|| Text::from("sales")),
            call: on.then(|| Text::from(format!("1795261560.{n}").as_str())),
            party: Text::from(if on { "+49 30 5550123" } else { "" }),
        });
        *at = to;
    };
    if begin > at {
        let before = begin.since(at) / 1_000_000;
        add(&mut at, before, "OUT", "", 0);
    }
    let mut n = 0;
    while at < now {
        n += 1;
        add(&mut at, 5 + dice.below(180), "AVAIL", "", n);
        add(&mut at, 2 + dice.below(12), "RING", "", n);
        add(&mut at, 30 + dice.below(500), "ACD", "", n);
        add(&mut at, 5 + dice.below(90), "ACW", "", n);
        match n % 13 {
            0 => add(&mut at, 600 + dice.below(1_500), "AUX", dice.of(&REASONS), n),
            6 => add(&mut at, 40 + dice.below(300), "OTHER", "", n),
            9 => add(&mut at, 300, "UNKNOWN", "", n),
            _ => {}
        }
    }
    if let Some(last) = spans.last_mut() {
        last.to = None;
    }
    let text = Text::from;
    AgentDay {
        acd: text(acd),
        agent: text(agent),
        name: text(name),
        day_start,
        now,
        spans,
        cut: false,
    }
}

/// The life of a call that began then: its steps up to `now`.
fn life(dice: &mut Dice, acd: &str, id: &str, began: Stamp, now: Stamp) -> CallLife {
    let mut steps: Vec<CallStep> = Vec::new();
    let mut at = began;
    let mut add = |at: &mut Stamp, secs: i64, kind: &'static str, who: &str, detail: &str| {
        *at = at.plus_secs(secs);
        let agent = !who.is_empty() && who.contains('/');
        steps.push(CallStep {
            at: *at,
            kind,
            split: (!who.is_empty() && !agent).then(|| Text::from(who)),
            agent: agent.then(|| Text::from(who)),
            agent_name: agent.then(|| Text::from("Anna Berg")),
            detail: Text::from(detail),
            ms: matches!(kind, "answered" | "no-answer" | "resume").then_some(secs * 1_000),
        });
    };
    add(&mut at, 0, "entry", "", "+49 30 5550100");
    add(&mut at, 1, "ivr", "", "menu: main, key 2");
    add(&mut at, 5 + dice.below(20), "queued", "sales", "place 3");
    add(&mut at, 5 + dice.below(60), "ring", "PJSIP/1002", "");
    add(&mut at, 15, "no-answer", "PJSIP/1002", "");
    add(&mut at, 2, "ring", "PJSIP/1001", "");
    add(&mut at, 4, "answered", "PJSIP/1001", "");
    add(&mut at, 60 + dice.below(120), "hold", "PJSIP/1001", "");
    add(&mut at, 25, "resume", "PJSIP/1001", "");
    add(&mut at, 70, "transfer", "PJSIP/1003", "blind");
    add(&mut at, 45 + dice.below(200), "hangup", "", "caller hung up");
    steps.retain(|step| step.at <= now);
    let ended = steps.last().filter(|step| step.kind == "hangup").map(|step| step.at);
    let text = Text::from;
    CallLife {
        acd: text(acd),
        call: text(id),
        ids: vec![text(id)],
        caller: text("+49 30 5550123"),
        caller_name: text("Karl Ott"),
        dialled: text("+49 30 5550100"),
        vdn: text("main"),
        trunk: text("carrier"),
        direction: "IN",
        began,
        ended,
        steps,
        cut: false,
    }
}

fn set(shape: &Shape, row: &mut Row, name: &str, value: impl Into<Value>) {
    if let Some(slot) = shape.column(name).and_then(|i| row.get_mut(i)) {
        *slot = value.into();
    }
}

/// Forty calls of the last minutes: their rows in `calls`, and their lives among the stories.
pub(crate) fn calls(dice: &mut Dice, stories: &Stories, now: Stamp) -> Vec<Row> {
    let shape = model::shape("calls").expect("the model has calls");
    let mut rows = Vec::new();
    for i in 0..40 {
        let id = format!("1795261560.{i}");
        let life = life(dice, "berlin", &id, now.plus_secs(-15 * i - 4), now);
        stories.put_call_life(&life);
        let mut row = vec![Value::Null; shape.columns.len()];
        let has = |kind: &str| life.steps.iter().find(|step| step.kind == kind).map(|s| s.at);
        let state = match life.steps.last().map_or("entry", |step| step.kind) {
            "entry" | "ivr" => "IVR",
            "queued" | "no-answer" => "QUEUED",
            "ring" => "RINGING",
            "hold" => "HELD",
            "hangup" => "ENDED",
            _ => "TALKING",
        };
        let answered = has("answered");
        let values: [(&str, Value); 18] = [
            ("acd", "berlin".into()),
            ("call", id.as_str().into()),
            ("state", state.into()),
            ("caller", format!("+49 30 {}", 1_000_000 + dice.below(8_999_999)).as_str().into()),
            ("caller_name", (i % 3 == 0).then_some("Karl Ott").into()),
            ("vdn", "main".into()),
            ("split", has("queued").map(|_| "sales").into()),
            ("agent", answered.map(|_| "PJSIP/1001").into()),
            ("agent_name", answered.map(|_| "Anna Berg").into()),
            ("trunk_group", "carrier".into()),
            ("began", life.began.into()),
            ("queued_at", has("queued").into()),
            ("answered_at", answered.into()),
            ("ended_at", life.ended.into()),
            ("wait_ms", 41_000_i64.into()),
            ("talk_ms", answered.map(|at| now.since(at) / 1_000).into()),
            ("outcome", answered.map(|_| "ANSWERED").into()),
            ("ended_by", life.ended.map(|_| "CALLER").into()),
        ];
        for (name, value) in values {
            set(shape, &mut row, name, value);
        }
        rows.push(row);
    }
    rows
}

/// Those of them who wait in `sales`, in order: rows of `waiting`.
pub(crate) fn waiting(calls: &[Row]) -> Vec<Row> {
    let (calls_shape, shape) =
        (model::shape("calls").expect("calls"), model::shape("waiting").expect("waiting"));
    let of = |row: &Row, name: &str| {
        calls_shape.column(name).and_then(|i| row.get(i)).cloned().unwrap_or(Value::Null)
    };
    let waits = |row: &&Row| {
        let state = of(row, "state");
        state == Value::from("QUEUED") || state == Value::from("RINGING")
    };
    let mut found: Vec<&Row> = calls.iter().filter(waits).collect();
    found.sort_by_key(|row| of(row, "queued_at"));
    let row = |(i, call): (usize, &&Row)| {
        let mut row = vec![Value::Null; shape.columns.len()];
        set(shape, &mut row, "acd", "berlin");
        set(shape, &mut row, "queue", "sales");
        set(shape, &mut row, "channel", of(call, "call"));
        set(shape, &mut row, "call", of(call, "call"));
        set(shape, &mut row, "position", i64::try_from(i + 1).unwrap_or(1));
        set(shape, &mut row, "since", of(call, "queued_at"));
        row
    };
    found.iter().enumerate().map(row).collect()
}

/// Two queues for each agent: rows of `cagent`.
pub(crate) fn members(dice: &mut Dice, agents: &[(String, String)]) -> Vec<Row> {
    let shape = model::shape("cagent").expect("the model has cagent");
    let mut rows = Vec::new();
    for (acd, agent) in agents {
        for queue in ["sales", "support"] {
            let mut row = vec![Value::Null; shape.columns.len()];
            let texts = [("acd", acd.as_str()), ("logid", agent), ("split", queue)];
            for (name, text) in texts {
                set(shape, &mut row, name, text);
            }
            set(shape, &mut row, "workmode", dice.of(&["AVAIL", "ACD", "OTHER", "AUX"]));
            let calls = dice.below(30);
            set(shape, &mut row, "acdcalls", calls);
            set(shape, &mut row, "acdtime", calls * 240);
            set(shape, &mut row, "acwtime", calls * 35);
            set(shape, &mut row, "ringcalls", calls + 1);
            set(shape, &mut row, "noansredir", 1_i64);
            set(shape, &mut row, "holdcalls", calls / 5);
            set(shape, &mut row, "transferred", calls / 9);
            rows.push(row);
        }
    }
    rows
}
