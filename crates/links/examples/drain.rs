//! Measures a link on the loopback: how fast it drains, and what a consumer that stalls costs.
//! `drain CAPTURE` sends the events of a capture (unpacked) as fast as they are taken;
//! `drain CAPTURE EVENTS-PER-SECOND SECONDS` at that rate, while nobody takes anything.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use links::Ring;
use links::asterisk::{LeaveOut, Link, LoginMethod, Secret, Settings};

/// The capture again and again until so many bytes were sent in one go.
const WHOLE_BYTES: usize = 2 << 30;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(file) = args.first() else { return Err("drain CAPTURE [RATE SECONDS]".into()) };
    let bytes = std::fs::read(file)?;
    let events: Vec<Vec<u8>> = ami::messages(&bytes)
        .filter(|message| message.timestamp_us().is_some())
        .map(|message| message.raw().to_vec())
        .collect();
    println!("{} events, {} bytes in the capture", events.len(), bytes.len());
    let rate: Option<u64> = args.get(1).map(|text| text.parse()).transpose()?;
    let seconds: u64 = args.get(2).map_or(Ok(60), |text| text.parse())?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let sender = std::thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        serve(stream, &events, rate, seconds)
    });
    let mut settings = Settings::new("pbx", &address, "busyhour", Secret::new("x"), "example");
    settings.login = LoginMethod::Plain;
    settings.leave_out = LeaveOut::nothing();
    settings.heartbeat = false;
    settings.silence_max = Duration::from_secs(3600);
    let ring = Ring::new(Ring::BYTES_MAX);
    let before = resident_kib();
    let link = Link::start(settings, 0, Arc::clone(&ring));
    let start = Instant::now();
    let mut taken = 0;
    while !sender.is_finished() {
        if rate.is_none() {
            taken += ring.take(10_000, Duration::from_millis(10)).len();
        } else {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    let (sent_bytes, sent_events) = sender.join().map_err(|_| "the sender died")??;
    while link.status().bytes < sent_bytes {
        taken += if rate.is_none() { ring.take(10_000, Duration::from_millis(1)).len() } else { 0 };
    }
    let took = start.elapsed();
    let (used, resident) = (ring.used(), resident_kib());
    loop {
        let more = ring.take(10_000, Duration::ZERO).len();
        taken += more;
        if more == 0 {
            break;
        }
    }
    let status = link.status();
    link.stop();
    let mib = sent_bytes / (1 << 20);
    println!("sent {sent_events} events, {mib} MiB in {took:?}; taken {taken} records");
    println!(
        "heard {} events, {} holes, link {}",
        status.events,
        status.holes,
        status.state.word()
    );
    println!(
        "ring {} MiB; resident {} MiB, {} MiB before",
        used >> 20,
        resident >> 10,
        before >> 10
    );
    Ok(())
}

/// Answers as much as a link needs to be up, then sends.
fn serve(
    mut stream: TcpStream,
    events: &[Vec<u8>],
    rate: Option<u64>,
    seconds: u64,
) -> std::io::Result<(u64, u64)> {
    let mut sent = 0;
    say(&mut stream, &mut sent, b"Asterisk Call Manager/5.0.4\r\n")?;
    let mut buffer = [0; 4096];
    let mut asked = String::new();
    while !asked.contains("Action: DeviceStateList") {
        let many = stream.read(&mut buffer)?;
        let new = String::from_utf8_lossy(buffer.get(..many).unwrap_or_default()).into_owned();
        for action in new.split("\r\n\r\n").filter(|action| !action.is_empty()) {
            let id = action.split("ActionID: ").nth(1).and_then(|rest| rest.split("\r\n").next());
            let id = id.unwrap_or_default();
            let mut answer = format!("Response: Success\r\nActionID: {id}\r\n\r\n");
            if action.starts_with("Action: Login") {
                answer.push_str("Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 9\r\n\r\n");
            }
            if action.starts_with("Action: ListCommands") {
                let names = "CoreShowChannels: x\r\nQueueStatus: x\r\nDeviceStateList: x\r\n";
                answer = format!("Response: Success\r\nActionID: {id}\r\n{names}\r\n");
            }
            say(&mut stream, &mut sent, answer.as_bytes())?;
        }
        asked.push_str(&new);
    }
    let (start, mut count) = (Instant::now(), 0_u64);
    for batch in events.chunks(50).cycle() {
        let bytes = batch.concat();
        say(&mut stream, &mut sent, &bytes)?;
        count += u64::try_from(batch.len()).unwrap_or(0);
        match rate {
            None if sent > WHOLE_BYTES => break,
            None => {}
            Some(_) if start.elapsed() > Duration::from_secs(seconds) => break,
            Some(rate) => {
                let due = Duration::from_micros(count * 1_000_000 / rate.max(1));
                std::thread::sleep(due.saturating_sub(start.elapsed()));
            }
        }
    }
    // Read what the link still says, so that its end is no reset.
    stream.shutdown(std::net::Shutdown::Write)?;
    std::io::copy(&mut stream, &mut std::io::sink())?;
    Ok((u64::try_from(sent).unwrap_or(0), count))
}

fn say(stream: &mut TcpStream, sent: &mut usize, bytes: &[u8]) -> std::io::Result<()> {
    *sent += bytes.len();
    stream.write_all(bytes)
}

/// Resident memory of this process by the kernel's account.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}
