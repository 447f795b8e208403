//! `playback EVENTS RATE PATIENCE_MS CAPTURE...`: a PBX on the loopback that says the events of
//! these recordings (AMI text, plain or gzip), again and again until it was EVENTS of them, and
//! then a `UserEvent: PeersEnd`. RATE events a second, 0: as fast as they are taken. Whoever takes
//! no byte for PATIENCE_MS is cut, as Asterisk does after its `writetimeout`.
//!
//! Says its port first. When its standard input ends it says, as JSON, how many events it said by
//! name, and what became of the sessions.

use std::collections::BTreeMap;
use std::io::Read;

use sim::{Classes, Playback, Recorded, Settings, User};

/// Not played: each login at the playback makes one of its own, and after a `Shutdown` a client
/// is right to hang up.
const LEFT_OUT: [&[u8]; 2] = [b"SuccessfulAuth", b"Shutdown"];

fn events_of(path: &str) -> std::io::Result<Vec<Vec<u8>>> {
    let packed = std::fs::read(path)?;
    let mut bytes = Vec::new();
    if packed.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut bytes)?;
    } else {
        bytes = packed;
    }
    let events = ami::messages(&bytes).filter(|message| {
        let played = message.event().is_some_and(|name| !LEFT_OUT.contains(&name));
        played && message.timestamp_us().is_some()
    });
    Ok(events.map(|message| message.raw().to_vec()).collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [many, rate, patience, captures @ ..] = &args[..] else {
        return Err("playback EVENTS RATE PATIENCE_MS CAPTURE...".into());
    };
    let (many, rate): (usize, i64) = (many.parse()?, rate.parse()?);
    let mut events = Vec::new();
    for capture in captures {
        events.extend(events_of(capture)?);
    }
    if events.is_empty() {
        return Err("no events with a stamp in these recordings".into());
    }
    let (mut names, mut bytes) = (BTreeMap::<String, u64>::new(), 0);
    let mut records = Vec::with_capacity(many + 1);
    for (n, event) in events.iter().cycle().take(many).enumerate() {
        let name = ami::Message::parse(event).event().map(ami::text).unwrap_or_default();
        *names.entry(name).or_default() += 1;
        bytes += event.len();
        let at = if rate > 0 { i64::try_from(n)? * 1_000_000 / rate } else { 0 };
        records.push(Recorded { at, bytes: event.clone() });
    }
    let end = b"Event: UserEvent\r\nPrivilege: user,all\r\nTimestamp: 1795262400.000000\r\n\
                UserEvent: PeersEnd\r\n\r\n";
    let at = records.last().map_or(0, |record| record.at);
    records.push(Recorded { at, bytes: end.to_vec() });
    let user = User {
        name: "peer".to_owned(),
        secret: "peer".to_owned(),
        read: Classes::ALL,
        write: Classes::ALL,
    };
    let settings = Settings {
        users: vec![user],
        session_bytes_max: usize::MAX / 2,
        write_timeout_ms: patience.parse()?,
        ..Settings::centre(5, 1)
    };
    let pbx = Playback::start(settings, records, 1, "127.0.0.1:0".parse()?)?;
    println!("{}", pbx.address().port());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    let sessions: Vec<_> =
        pbx.sessions().iter().map(|session| (session.events, session.cut)).collect();
    println!("{}", serde_json::json!({ "names": names, "bytes": bytes, "sessions": sessions }));
    pbx.stop();
    Ok(())
}
