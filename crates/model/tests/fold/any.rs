//! Any facts whatever, in any order: for properties.

use facts::{
    Device, DialOutcome, Direction, Fact, HowSeen, Member, NewChannel, Outcome, Phase, Released,
    Stamp, Text, Timed,
};
use proptest::prelude::*;
use proptest::sample::select;

fn name(prefix: &'static str, n: u8) -> impl Strategy<Value = Text> {
    (0..n).prop_map(move |i| Text::from(format!("{prefix}{i}")))
}

fn channel() -> impl Strategy<Value = Text> {
    name("c", 8)
}

const DEVICES: [&str; 6] =
    ["PJSIP/1001", "PJSIP/1002", "PJSIP/trunk", "Local/1", "SIP/ann", "PJSIP/1003"];

fn device() -> impl Strategy<Value = Text> {
    select(&DEVICES[..]).prop_map(Text::from)
}

fn agent() -> impl Strategy<Value = Text> {
    select(&DEVICES[..3]).prop_map(Text::from)
}

fn status() -> impl Strategy<Value = Device> {
    select(vec![Device::Idle, Device::InUse, Device::Ringing, Device::Unavailable])
}

fn channel_fact() -> impl Strategy<Value = Fact> {
    let phase = || select(vec![Phase::Down, Phase::Calling, Phase::Ringing, Phase::Up]);
    let new = (channel(), name("c", 4), device(), any::<(bool, bool)>(), phase(), -9..1i64);
    prop_oneof![
        4 => new.prop_map(|(c, call, d, (half, inward), phase, began)| {
            Fact::ChannelNew(Box::new(NewChannel {
                channel: c.clone().into(),
                name: c.clone(),
                device: d.into(),
                call: call.into(),
                direction: if inward { Direction::In } else { Direction::Out },
                phase,
                number: c.clone(),
                party: c,
                dialled: "8001".into(),
                context: "in".into(),
                half,
                began: Stamp(began * 1_000_000),
                bridge: None,
            }))
        }),
        3 => channel().prop_map(|c| Fact::ChannelEnded { channel: c.into(), cause: None }),
        1 => channel().prop_map(|c| Fact::ChannelMissing { channel: c.into() }),
        2 => (channel(), phase()).prop_map(|(c, phase)| Fact::ChannelPhase {
            channel: c.into(),
            phase
        }),
        1 => (channel(), name("c", 4)).prop_map(|(c, call)| Fact::ChannelCall {
            channel: c.into(),
            call: call.into()
        }),
        2 => (channel(), name("l", 4)).prop_map(|(c, leg)| Fact::ChannelLeg {
            channel: c.into(),
            leg: leg.into()
        }),
        1 => (channel(), channel()).prop_map(|(a, b)| Fact::Paired {
            one: a.into(),
            two: b.into()
        }),
        1 => channel().prop_map(|c| Fact::HangupAsked {
            channel: c.into(),
            by_party: true
        }),
        2 => (channel(), channel()).prop_map(|(a, b)| Fact::DialBegan {
            from: Some(a.into()),
            to: b.into()
        }),
        1 => channel().prop_map(|c| Fact::DialEnded {
            from: None,
            to: c.into(),
            outcome: DialOutcome::Cancelled
        }),
        4 => (channel(), name("b", 3), proptest::option::of(channel())).prop_map(|(c, b, s)| {
            Fact::Bridged { channel: c.into(), bridge: b.into(), swapped: s.map(Into::into) }
        }),
        2 => (channel(), name("b", 3)).prop_map(|(c, b)| Fact::Unbridged {
            channel: c.into(),
            bridge: b.into()
        }),
        1 => channel().prop_map(|c| Fact::Held { channel: c.into() }),
        1 => channel().prop_map(|c| Fact::Unheld { channel: c.into() }),
        1 => channel().prop_map(|c| Fact::Parked { channel: c.into(), place: "".into() }),
        1 => channel().prop_map(|c| Fact::Unparked { channel: c.into(), by: None }),
        1 => channel().prop_map(|c| Fact::ConferenceJoined { channel: c.into(), room: "".into() }),
        1 => channel().prop_map(|c| Fact::Transferred {
            by: c.into(),
            by_second: None,
            who: None,
            to: "".into(),
            attended: false
        }),
    ]
}

fn split_fact() -> impl Strategy<Value = Fact> {
    let visit = || (channel(), name("q", 3));
    let served = || (channel(), name("q", 3), agent(), proptest::option::of(channel()));
    let outcome =
        select(vec![Outcome::Abandoned, Outcome::TimedOut, Outcome::ExitKey, Outcome::Left]);
    let member = (agent(), name("q", 3), device(), any::<(bool, bool)>(), status(), 0..4u32);
    prop_oneof![
        3 => visit().prop_map(|(c, q)| Fact::Queued {
            channel: c.into(),
            split: q.into(),
            position: 0,
            since: Stamp(0)
        }),
        2 => visit().prop_map(|(c, q)| Fact::QueueLeft { channel: c.into(), split: q.into() }),
        1 => visit().prop_map(|(c, q)| Fact::QueuedMissing { channel: c.into(), split: q.into() }),
        1 => visit().prop_map(|(c, q)| Fact::Refused {
            channel: c.into(),
            split: q.into(),
            outcome: Outcome::Full
        }),
        2 => (visit(), outcome).prop_map(|((c, q), outcome)| Fact::Verdict {
            channel: c.into(),
            split: q.into(),
            outcome
        }),
        4 => served().prop_map(|(c, q, a, to)| Fact::Offered {
            channel: c.into(),
            split: q.into(),
            agent: a.into(),
            to: to.map(Into::into)
        }),
        1 => served().prop_map(|(c, q, a, _)| Fact::NotAnswered {
            channel: c.into(),
            split: q.into(),
            agent: a.into(),
            ring_ms: 0
        }),
        3 => served().prop_map(|(c, q, a, to)| Fact::Connected {
            channel: c.into(),
            split: q.into(),
            agent: a.into(),
            to: to.map(Into::into)
        }),
        1 => served().prop_map(|(_, q, a, to)| Fact::Completed {
            channel: to.map(Into::into),
            split: q.into(),
            agent: a.into(),
            released: Released::Unknown
        }),
        4 => member.prop_map(|(a, q, d, (paused, added), status, wrapup_s)| {
            Fact::MemberIs(Box::new(Member {
                agent: a.into(),
                split: q.into(),
                name: "".into(),
                device: d.into(),
                penalty: 0,
                paused,
                reason: if added { "3".into() } else { "ACW".into() },
                status,
                calls_taken: 0,
                last_call: None,
                last_pause: None,
                logged_on: None,
                wrapup_s,
                seen: if added { HowSeen::Added } else { HowSeen::Listed },
            }))
        }),
        1 => (agent(), name("q", 3)).prop_map(|(a, q)| Fact::MemberGone {
            agent: a.into(),
            split: q.into()
        }),
        1 => (device(), status()).prop_map(|(d, status)| Fact::DeviceIs {
            device: d.into(),
            status
        }),
        1 => agent().prop_map(|a| Fact::WorkCode {
            channel: None,
            agent: Some(a),
            code: "1".into()
        }),
    ]
}

fn any_fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        20 => channel_fact(),
        20 => split_fact(),
        1 => select(vec![
            Fact::LinkUp,
            Fact::LinkDown { why: "".into() },
            Fact::Resynced,
            Fact::SwitchStarted,
        ]),
    ]
}

/// Facts whose stamps mostly go on by up to 4 s, sometimes stand still.
pub(crate) fn any_facts(back: bool) -> impl Strategy<Value = Vec<Timed>> {
    let step = if back { -1_000_000..4_000_000i64 } else { 0..4_000_000i64 };
    let step = prop_oneof![Just(0), step];
    proptest::collection::vec((step, any_fact()), 0..80).prop_map(|all| {
        let mut at = Stamp::from_secs(1_000_000);
        let timed = |(step, fact)| {
            at = at.plus(step);
            Timed { at, fact }
        };
        all.into_iter().map(timed).collect()
    })
}
