//! `asterisk_rs [CAPACITY] PORT`: the crate asterisk-rs-ami as its manual shows it: subscribe,
//! receive, count by name. CAPACITY: its `event_capacity`, 1,024 unless told.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use asterisk_rs_ami::{AmiClient, AmiEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let port: u16 = args.last().ok_or("asterisk_rs [CAPACITY] PORT")?.parse()?;
    let mut builder = AmiClient::builder().host("127.0.0.1").port(port).credentials("peer", "peer");
    if let [capacity, _] = &args[..] {
        builder = builder.event_capacity(capacity.parse()?);
    }
    let begin = Instant::now();
    let client = builder.timeout(Duration::from_secs(600)).build().await?;
    let mut subscription = client.subscribe();
    let (mut names, mut events) = (BTreeMap::<String, u64>::new(), 0_u64);
    // The end may be one of the events that it drops: nothing for so long is an end as well.
    let silence = Duration::from_secs(10);
    let mut last = Instant::now();
    while let Ok(Some(event)) = tokio::time::timeout(silence, subscription.recv_lossy()).await {
        last = Instant::now();
        if let AmiEvent::UserEvent { user_event, .. } = &event
            && user_event == "PeersEnd"
        {
            break;
        }
        match names.get_mut(event.event_name()) {
            Some(count) => *count += 1,
            None => drop(names.insert(event.event_name().to_owned(), 1)),
        }
        events += 1;
    }
    let seconds = last.duration_since(begin).as_secs_f64();
    println!("{}", serde_json::json!({ "events": events, "names": names, "seconds": seconds }));
    std::process::exit(0);
}
