//! How fast facts are folded, with few and with many channels open, and tables are made.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use facts::{
    ChannelId, Device, DialOutcome, Direction, Fact, HowSeen, Member, NewChannel, Phase, Released,
    Stamp, Text, Timed,
};
use model::{Model, Settings};
use std::hint::black_box;

const AGENTS: i64 = 3_000;
const SPLITS: i64 = 20;
const CALLS: i64 = 1_000;

fn channel(id: &str, call: &str, device: String, direction: Direction) -> Fact {
    Fact::ChannelNew(Box::new(NewChannel {
        channel: id.into(),
        name: Text::from(format!("{device}-{id}")),
        device: device.as_str().into(),
        call: call.into(),
        direction,
        phase: Phase::Calling,
        number: "5551234".into(),
        party: "Carla Caller".into(),
        dialled: "8001".into(),
        context: "from-trunk".into(),
        half: false,
        began: Stamp::from_secs(0),
        bridge: None,
    }))
}

fn agent(n: i64) -> String {
    format!("PJSIP/{}", 1_000 + n % AGENTS)
}

fn split(n: i64) -> String {
    format!("queue{}", n % SPLITS)
}

fn member(n: i64, status: Device) -> Fact {
    Fact::MemberIs(Box::new(Member {
        agent: agent(n).as_str().into(),
        split: split(n).as_str().into(),
        name: "Alice Ames".into(),
        device: agent(n).as_str().into(),
        penalty: 0,
        paused: false,
        reason: "".into(),
        status,
        calls_taken: 0,
        last_call: None,
        last_pause: None,
        logged_on: None,
        wrapup_s: 2,
        seen: HowSeen::Changed,
    }))
}

/// The facts of one answered queue call, the mix of a busy queue.
fn call(n: i64, start: Stamp, out: &mut Vec<Timed>) {
    let (c, a) = (format!("{}.{n}", start.secs()), format!("{}.{n}a", start.secs()));
    let (cid, aid) = (|| ChannelId::from(c.as_str()), || ChannelId::from(a.as_str()));
    let (agent, split) = (agent(n), split(n));
    let (agent_id, split_id) = (|| agent.as_str().into(), || split.as_str().into());
    let bridge = || format!("b{n}").as_str().into();
    let step = |application: &str| Fact::ChannelStep {
        channel: cid(),
        context: "from-trunk".into(),
        exten: "8001".into(),
        application: application.into(),
        data: "".into(),
    };
    let up = |channel| Fact::ChannelPhase { channel, phase: Phase::Up };
    let facts = [
        channel(&c, &c, "PJSIP/trunk".to_owned(), Direction::In),
        step("Answer"),
        up(cid()),
        step("Queue"),
        Fact::Queued { channel: cid(), split: split_id(), position: 1, since: start },
        channel(&a, &c, agent.clone(), Direction::Out),
        Fact::Offered { channel: cid(), split: split_id(), agent: agent_id(), to: Some(aid()) },
        Fact::DialBegan { from: Some(cid()), to: aid() },
        Fact::ChannelPhase { channel: aid(), phase: Phase::Ringing },
        member(n, Device::Ringing),
        up(aid()),
        Fact::DialEnded { from: Some(cid()), to: aid(), outcome: DialOutcome::Answered },
        Fact::QueueLeft { channel: cid(), split: split_id() },
        Fact::Connected { channel: cid(), split: split_id(), agent: agent_id(), to: Some(aid()) },
        Fact::Bridged { channel: aid(), bridge: bridge(), swapped: None },
        Fact::Bridged { channel: cid(), bridge: bridge(), swapped: None },
        member(n, Device::InUse),
        Fact::HangupAsked { channel: cid(), by_party: true },
        Fact::Completed {
            channel: Some(cid()),
            split: split_id(),
            agent: agent_id(),
            released: Released::Caller,
        },
        Fact::Unbridged { channel: cid(), bridge: bridge() },
        Fact::Unbridged { channel: aid(), bridge: bridge() },
        Fact::ChannelEnded { channel: aid(), cause: Some(16) },
        Fact::ChannelEnded { channel: cid(), cause: Some(16) },
        member(n, Device::Idle),
    ];
    for (at, fact) in (0..).map(|i: i64| start.plus(i * 10)).zip(facts) {
        out.push(Timed { at, fact });
    }
}

/// Agents logged on, and `live` callers waiting.
fn floor(live: i64) -> Model {
    let mut model = Model::new(Settings::new("pbx"));
    let at = Stamp::from_secs(1);
    for n in 0..AGENTS {
        model.apply(&Timed { at, fact: member(n, Device::Idle) });
    }
    for n in 0..live {
        let id = format!("w{n}");
        let caller = channel(&id, &id, "PJSIP/trunk".to_owned(), Direction::In);
        model.apply(&Timed { at, fact: caller });
        let split = split(n).as_str().into();
        let channel = id.as_str().into();
        let queued = Fact::Queued { channel, split, position: 1, since: at };
        model.apply(&Timed { at, fact: queued });
    }
    model
}

fn fold(c: &mut Criterion) {
    let mut facts = Vec::new();
    for n in 0..CALLS {
        call(n, Stamp::from_secs(10 + n / 100), &mut facts);
    }
    let mut group = c.benchmark_group("fold");
    group.throughput(Throughput::Elements(facts.len() as u64));
    for live in [100, 10_000, 100_000] {
        let mut model = floor(live);
        group.bench_function(format!("{live}_live"), |b| {
            b.iter(|| {
                for t in &mut facts {
                    model.apply(black_box(t));
                    // The next round is a later one.
                    t.at = t.at.plus_secs(20);
                }
            });
        });
    }
    group.finish();
}

fn tables(c: &mut Criterion) {
    let model = floor(1_000);
    let mut group = c.benchmark_group("table_3000_agents");
    for shape in model::SHAPES {
        group.bench_function(shape.name, |b| {
            b.iter(|| black_box(model.table(shape.name, Stamp::from_secs(100))));
        });
    }
    group.bench_function("digest", |b| b.iter(|| black_box(model.digest())));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = fold, tables
}
criterion_main!(benches);
