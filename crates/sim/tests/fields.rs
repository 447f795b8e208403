//! Event by event and burst by burst: is it what a real Asterisk says?
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod captures;

use std::collections::{BTreeMap, BTreeSet};

use captures::{bursts, read, scenarios};
use sim::{Said, Settings, Version, World};

const START: i64 = 1_795_262_400_000_000;

/// What a quarter of an hour is like.
#[derive(Clone, Copy)]
enum Like {
    /// As it is by default.
    Default,
    /// Too few people and short waits.
    Pressed,
    /// Agents park most of their callers.
    Parking,
    /// Agents take most of their callers into conferences.
    Conferring,
    /// Agents consult another queue about most of their callers.
    Consulting,
}

fn quarter(version: Version, like: Like) -> Vec<Said> {
    let mut settings = Settings { version, warm_up_s: 0, ..Settings::centre(60, 21) };
    match like {
        Like::Default => {}
        Like::Pressed => {
            settings.load_percent = 110;
            for queue in &mut settings.queues {
                queue.wait_max_s = 14;
                queue.patience_mean_s = 90.0;
            }
        }
        Like::Parking => settings.parks_percent = 70.0,
        Like::Conferring => settings.conferences_percent = 70.0,
        Like::Consulting => settings.queue_consults_percent = 50.0,
    }
    let mut world = World::new(&settings, START);
    let mut said = Vec::new();
    world.advance(START + 900_000_000, &mut said);
    said
}

fn names_of(message: &ami::Message<'_>) -> Vec<String> {
    message.headers().map(|header| ami::text(header.name)).collect()
}

/// Header names in order of every asynchronous event of the captures, by event.
fn forms(version: &str) -> BTreeMap<String, BTreeSet<Vec<String>>> {
    let mut forms: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
    for scenario in scenarios(version) {
        // These were recorded with other settings, which add headers.
        if matches!(scenario.as_str(), "debug" | "answered-systemname" | "work-code") {
            continue;
        }
        let bytes = read(version, &scenario).unwrap_or_default();
        for message in ami::messages(&bytes) {
            if let (Some(event), Some(_)) = (message.event(), message.timestamp_us()) {
                forms.entry(ami::text(event)).or_default().insert(names_of(&message));
            }
        }
    }
    forms
}

/// The forms of what is said about parked callers, as 16 has them.
fn parking_forms() -> Vec<(String, BTreeSet<Vec<String>>)> {
    let mut forms = forms("16");
    let parked = forms["ParkedCall"].clone();
    forms.insert("ParkedCallGiveUp".to_owned(), parked);
    forms.into_iter().filter(|(event, _)| event.contains("Parked")).collect()
}

#[test]
fn each_event_has_the_fields_of_a_real_one_in_their_order() {
    for (version, name) in [(Version::V16, "16"), (Version::V22, "22")] {
        let mut forms = forms(name);
        // There is no capture of parking on 22, and none of a parked caller who hangs up.
        for (event, form) in parking_forms() {
            forms.entry(event).or_insert(form);
        }
        // Nor is there one of an attended transfer to a queue on 22.
        let linked = read("16", "attended-transfer-to-queue").unwrap();
        for message in ami::messages(&linked).filter(|m| m.event() == Some(b"AttendedTransfer")) {
            forms.entry("AttendedTransfer".to_owned()).or_default().insert(names_of(&message));
        }
        let mut checked = BTreeSet::new();
        let likes = [Like::Default, Like::Parking, Like::Conferring, Like::Consulting];
        for said in likes.iter().flat_map(|like| quarter(version, *like)) {
            let message = ami::Message::parse(&said.bytes);
            let event = message.event().map(ami::text).unwrap_or_default();
            let mut fields = names_of(&message);
            if event == "UserEvent" {
                // What follows the name is the dialplan's.
                let own = fields.iter().position(|field| field == "UserEvent").unwrap();
                fields.truncate(own + 1);
                let known = forms["UserEvent"].iter().any(|form| form.starts_with(&fields));
                assert!(known, "{name}: UserEvent {fields:?}");
            } else {
                let Some(known) = forms.get(&event) else { panic!("{name}: no {event} seen") };
                assert!(known.contains(&fields), "{name}: {event} {fields:?}, real: {known:?}");
            }
            checked.insert(event);
        }
        assert!(checked.len() >= 44, "{name}: {} kinds: {checked:?}", checked.len());
    }
}

#[test]
fn calls_go_through_the_bursts_of_real_ones() {
    for (version, name) in [(Version::V16, "16"), (Version::V22, "22")] {
        let mut ours = BTreeSet::new();
        let rare = [Like::Parking, Like::Conferring, Like::Consulting];
        for like in [Like::Default, Like::Pressed].into_iter().chain(rare) {
            let said = quarter(version, like);
            let whole: Vec<u8> = said.iter().flat_map(|said| said.bytes.to_vec()).collect();
            ours.extend(bursts(&whole));
        }
        let each: BTreeSet<_> = ours.iter().flatten().collect();
        for (scenario, whole_call) in SCENARIOS {
            let Some(real) = read(name, scenario) else { continue };
            for call in bursts(&real) {
                if whole_call {
                    assert!(ours.contains(&call), "{name}/{scenario}: no call like {call:#?}");
                }
                for burst in &call {
                    assert!(each.contains(burst), "{name}/{scenario}: no burst like {burst:#?}");
                }
            }
        }
    }
}

/// With whether some call of ours must be the same from end to end; the others repeat
/// something more often than a contact centre would within an hour.
const SCENARIOS: [(&str, bool); 16] = [
    ("answered", true),
    ("answered-agent-hangup", true),
    ("abandon", true),
    ("agent-to-agent", true),
    ("outbound", true),
    ("blind-transfer", true),
    ("blind-transfer-to-queue", true),
    ("attended-transfer", true),
    ("attended-transfer-to-queue", true),
    ("timeout-exit", true),
    ("overflow", true),
    ("park", true),
    ("conference", true),
    ("hold", false),
    ("ring-no-answer", false),
    ("agent-reject", false),
];
