//! `link PORT`: Busyhour's link on its own. What a peer's client does, this does: it logs in,
//! takes every event from its ring and counts them by name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use links::Ring;
use links::asterisk::{LeaveOut, Link, LoginMethod, Secret, Settings};

fn main() {
    let port = std::env::args().nth(1).unwrap_or_default();
    let address = format!("127.0.0.1:{port}");
    let mut settings = Settings::new("pbx", &address, "peer", Secret::new("peer"), "peers");
    settings.login = LoginMethod::Plain;
    settings.leave_out = LeaveOut::nothing();
    settings.heartbeat = false;
    let ring = Ring::new(Ring::BYTES_MAX);
    let begin = Instant::now();
    let link = Link::start(settings, 0, Arc::clone(&ring));
    let (mut names, mut events, mut over) = (BTreeMap::<String, u64>::new(), 0_u64, false);
    while !over {
        for (_, record) in ring.take(10_000, Duration::from_millis(100)) {
            let message = ami::Message::parse(&record.payload);
            let Some(name) = message.event().filter(|_| record.kind == facts::Kind::Event) else {
                continue;
            };
            if message.get("UserEvent") == Some(b"PeersEnd") {
                over = true;
                break;
            }
            let name = String::from_utf8_lossy(name);
            match names.get_mut(&*name) {
                Some(count) => *count += 1,
                None => drop(names.insert(name.into_owned(), 1)),
            }
            events += 1;
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "events": events, "names": names, "seconds": seconds }));
    link.stop();
}
