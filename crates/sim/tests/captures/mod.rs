//! The captures of a real Asterisk that are kept with the project.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

fn folder(version: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures").join(version)
}

/// Names of the scenarios.
pub(crate) fn scenarios(version: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder(version))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The bytes that the first session heard; `None` if there is no such capture.
pub(crate) fn read(version: &str, scenario: &str) -> Option<Vec<u8>> {
    let path = folder(version).join(scenario).join("ami-a.txt.gz");
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&path).ok()?;
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

/// A call as a sequence of bursts, each a sorted list of event names.
pub(crate) type Bursts = Vec<Vec<String>>;

/// What belongs to the call alone and is no race of Asterisk's threads.
const KEPT: [&str; 35] = [
    "Newchannel",
    "Newstate",
    "QueueCallerJoin",
    "QueueCallerAbandon",
    "QueueCallerLeave",
    "MusicOnHoldStart",
    "MusicOnHoldStop",
    "AgentCalled",
    "AgentConnect",
    "AgentComplete",
    "AgentRingNoAnswer",
    "DialBegin",
    "DialState",
    "DialEnd",
    "NewCallerid",
    "BridgeEnter",
    "BridgeLeave",
    "Hold",
    "Unhold",
    "HangupRequest",
    "SoftHangupRequest",
    "Hangup",
    "BlindTransfer",
    "AttendedTransfer",
    "DTMFEnd",
    "ParkedCall",
    "UnParkedCall",
    "ParkedCallTimeOut",
    "ConfbridgeJoin",
    "ConfbridgeLeave",
    "LocalBridge",
    "Pickup",
    "Rename",
    "Masquerade",
    "NewAccountCode",
];

/// The calls (by Linkedid) of a stream. A burst ends where nothing is said for 60 ms.
pub(crate) fn bursts(bytes: &[u8]) -> Vec<Bursts> {
    let mut calls: BTreeMap<String, (i64, Bursts)> = BTreeMap::new();
    for message in ami::messages(bytes) {
        let (Some(event), Some(at)) = (message.event(), message.timestamp_us()) else { continue };
        let event = ami::text(event);
        let linked = ["Linkedid", "TransfereeLinkedid", "ParkeeLinkedid"]
            .iter()
            .find_map(|name| message.get(name));
        let (Some(linked), true) = (linked, KEPT.contains(&event.as_str())) else { continue };
        let (last, bursts) = calls.entry(ami::text(linked)).or_default();
        if at - *last > 60_000 || bursts.is_empty() {
            bursts.push(Vec::new());
        }
        *last = at;
        if let Some(burst) = bursts.last_mut() {
            burst.push(event);
            burst.sort();
        }
    }
    calls.into_values().map(|(_, bursts)| bursts).collect()
}
