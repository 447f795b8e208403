//! Fills an archive with plausible numbers and says how large it is and how fast calls are found:
//! `cargo run --release -p archive --example plausible -- DIR [DAYS] [CALLS A DAY] [AGENTS]`
//! (docs/archive.md). Also the archive that tests/archive.py reads with other people's tools.

use archive::{Archive, Reader};
use facts::table::{Column, Row, Shape, Type, Value};
use facts::{Date, Stamp};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

const DAY: Date = Date(20_778);
const AGENTS: i64 = 2_000;

/// Items of an agent's interval that move in a plausible contact centre.
const MOVING: &[&str] = &[
    "i_stafftime",
    "ti_stafftime",
    "i_availtime",
    "ti_availtime",
    "i_acdtime",
    "i_acwtime",
    "i_ringtime",
    "i_auxtime",
    "ti_auxtime",
    "ti_auxtime1",
    "ti_auxtime2",
    "i_othertime",
    "acdcalls",
    "acdtime",
    "acwtime",
    "ansringtime",
    "ringcalls",
    "ringtime",
    "holdcalls",
    "holdtime",
    "transferred",
    "noansredir",
    "abncalls",
    "abntime",
    "auxoutcalls",
    "auxouttime",
    "acd_release",
];

/// Items that exist and stay 0 or NULL where nobody uses them.
const STILL: usize = 90;

fn column(name: &str, kind: Type) -> Column {
    Column { name: String::leak(name.to_owned()), kind, doc: "Item of a plausible centre." }
}

fn shape(name: &'static str, columns: Vec<Column>, key: usize) -> &'static Shape {
    Box::leak(Box::new(Shape { name, doc: "", columns: Vec::leak(columns), key }))
}

fn hagent() -> &'static Shape {
    let mut columns = vec![
        column("row_date", Type::Date),
        column("starttime", Type::Int),
        column("intrvl", Type::Int),
        column("acd", Type::Int),
        column("split", Type::Text),
        column("logid", Type::Text),
        column("starttime_utc", Type::Stamp),
        column("acd_name", Type::Text),
        column("agent_name", Type::Text),
        column("observed", Type::Int),
        column("incomplete", Type::Int),
    ];
    columns.extend(MOVING.iter().map(|name| column(name, Type::Int)));
    columns.extend((0..STILL).map(|n| column(&format!("still{n}"), Type::Int)));
    shape("hagent", columns, 6)
}

fn agent_rows(rng: &mut Pcg64, day: Date, agents: i64, interval: i64) -> Vec<Row> {
    let start = Stamp::from_secs(i64::from(day.0) * 86_400 + interval * 1_800);
    let row = |agent: i64, rng: &mut Pcg64| {
        let calls = rng.random_range(0..9_i64);
        let (talk, work, ring) = (
            (0..calls).map(|_| rng.random_range(20..320_i64)).sum::<i64>().min(1_500),
            calls * rng.random_range(5..15_i64),
            calls * 3 + rng.random_range(0..4_i64),
        );
        let rare = |rng: &mut Pcg64, in_100: i64, most: i64| {
            if rng.random_range(0..100) < in_100 { rng.random_range(1..=most) } else { 0 }
        };
        let (aux1, aux2) = (rare(rng, 12, 600), rare(rng, 6, 300));
        let (held, held_for) = (rare(rng, 15, 2), rng.random_range(5..90_i64));
        let avail = (1_800 - talk - work - ring - aux1 - aux2).max(0);
        let out = rare(rng, 4, 2);
        let (cut_talk, cut_work) = (talk - rare(rng, 30, 60).min(talk), work);
        let moving = [
            1_800,
            1_800,
            avail,
            avail,
            cut_talk,
            cut_work,
            ring,
            aux1 + aux2,
            aux1 + aux2,
            aux1,
            aux2,
            0,
            calls,
            talk,
            work,
            ring,
            calls,
            ring,
            held,
            held * held_for,
            rare(rng, 5, 1),
            rare(rng, 2, 1),
            0,
            0,
            out,
            out * held_for,
            rare(rng, 20, 3),
        ];
        let mut row: Row = vec![
            day.into(),
            (interval / 2 * 100 + interval % 2 * 30).into(),
            Value::Int(30),
            Value::Int(1),
            format!("split{}", agent % 12).as_str().into(),
            format!("PJSIP/{}", 10_000 + agent).as_str().into(),
            start.into(),
            "main".into(),
            format!("Agent {agent}").as_str().into(),
            Value::Int(1_800),
            Value::Int(0),
        ];
        row.extend(moving.map(Value::Int));
        row.extend((0..STILL).map(|n| if n % 3 == 0 { Value::Null } else { Value::Int(0) }));
        row
    };
    (0..agents).map(|agent| row(agent, rng)).collect()
}

fn call_rec() -> &'static Shape {
    let mut columns = vec![
        column("row_date", Type::Date),
        column("acd", Type::Int),
        column("segstart", Type::Stamp),
        column("callid", Type::Int),
        column("segment", Type::Int),
        column("segstop", Type::Stamp),
        column("ucid", Type::Text),
        column("acd_name", Type::Text),
        column("calling_pty", Type::Text),
        column("dialed_num", Type::Text),
        column("split1", Type::Text),
        column("anslogin", Type::Text),
        column("tkgrp", Type::Text),
        column("firstvdn", Type::Text),
        column("disposition", Type::Int),
        column("disptime", Type::Int),
        column("duration", Type::Int),
        column("talktime", Type::Int),
        column("acwtime", Type::Int),
        column("ansholdtime", Type::Int),
        column("queuetime", Type::Int),
        column("ringtime", Type::Int),
        column("held", Type::Int),
        column("transferred", Type::Bool),
        column("agt_released", Type::Bool),
    ];
    columns.extend((0..50).map(|n| column(&format!("still{n}"), Type::Int)));
    shape("call_rec", columns, 5)
}

fn call_rows(rng: &mut Pcg64, day: Date, calls: i64, from: i64, to: i64) -> Vec<Row> {
    let midnight = i64::from(day.0) * 86_400 * 1_000_000;
    let row = |n: i64, rng: &mut Pcg64| {
        let spread = 86_400_000_000 / calls;
        let start = midnight + n * spread + rng.random_range(0..spread.max(2) / 2);
        let (wait, talk) = (rng.random_range(0..60_i64), rng.random_range(10..400_i64));
        let (ring, work) = (rng.random_range(2..8_i64), rng.random_range(0..30_i64));
        let answered = rng.random_range(0..100) < 92;
        let (talk, work, ring) = if answered { (talk, work, ring) } else { (0, 0, 0) };
        let long = wait + talk + ring;
        let stop = start + long * 1_000_000 + rng.random_range(0..900_000_i64);
        // A quarter of the callers call again and again.
        let caller = if rng.random_range(0..4) == 0 {
            rng.random_range(0..20_000_i64)
        } else {
            rng.random_range(0..20_000_000)
        };
        let agent: Value = if answered {
            format!("PJSIP/{}", 10_000 + rng.random_range(0..AGENTS)).as_str().into()
        } else {
            Value::Null
        };
        let mut row: Row = vec![
            day.into(),
            Value::Int(1),
            Stamp(start).into(),
            n.into(),
            Value::Int(1),
            Stamp(stop).into(),
            format!("{}.{}", start / 1_000_000, n * 3).as_str().into(),
            "main".into(),
            format!("+4930{caller:08}").as_str().into(),
            format!("80{:02}", rng.random_range(0..40)).as_str().into(),
            format!("split{}", rng.random_range(0..12)).as_str().into(),
            agent,
            "PJSIP/carrier".into(),
            format!("80{:02}", n % 40).as_str().into(),
            Value::Int(if answered { 2 } else { 3 }),
            (wait + ring).into(),
            long.into(),
            talk.into(),
            work.into(),
            Value::Int(0),
            wait.into(),
            ring.into(),
            Value::Int(0),
            (rng.random_range(0..20) == 0).into(),
            (rng.random_range(0..2) == 0).into(),
        ];
        row.extend((0..50).map(|n| if n % 3 == 0 { Value::Null } else { Value::Int(0) }));
        row
    };
    (from..to).map(|n| row(n, rng)).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("usage: plausible DIR [DAYS] [CALLS A DAY] [AGENTS]")?;
    let days: i32 = args.next().map_or(Ok(1), |n| n.parse())?;
    let calls: i64 = args.next().map_or(Ok(10_000), |n| n.parse())?;
    let agents: i64 = args.next().map_or(Ok(AGENTS), |n| n.parse())?;
    let (hagent, call_rec) = (hagent(), call_rec());
    let shapes: &'static [&'static Shape] = Vec::leak(vec![hagent, call_rec]);
    let dir = Path::new(&dir);
    let mut out = std::io::stdout().lock();
    let mut archive = Archive::open(dir, shapes)?;
    let mut rng = Pcg64::seed_from_u64(4);
    let mut once = [0_u128; 3];
    for day in (0..days).map(|n| Date(DAY.0 + n)) {
        for interval in 0..48 {
            // Agents of one day are enough to weigh them.
            let rows =
                if day == DAY { agent_rows(&mut rng, day, agents, interval) } else { Vec::new() };
            let (from, to) = (calls * interval / 48, calls * (interval + 1) / 48);
            let rows = [(hagent, rows), (call_rec, call_rows(&mut rng, day, calls, from, to))];
            let begun = Instant::now();
            archive.put(&rows)?;
            once[0] += begun.elapsed().as_millis();
            once[1] += 1;
        }
        let begun = Instant::now();
        archive.seal(1, day)?;
        once[2] += begun.elapsed().as_millis();
    }
    writeln!(
        out,
        "put: {} ms each; seal: {} ms a day",
        once[0] / once[1],
        once[2] / u128::try_from(days)?
    )?;
    // The last one who closes the manifest puts its log into it.
    drop(archive);
    let snapshot = Reader::new(dir).snapshot()?;
    for growth in snapshot.forecast(0)?.tables {
        let files = snapshot.files(&growth.table, (1, 1), (DAY, Date(DAY.0 + days)))?;
        let rows: u64 = files.iter().map(|f| f.rows).sum();
        let hundredths = growth.bytes * 100 / rows.max(1);
        let (whole, part) = (hundredths / 100, hundredths % 100);
        writeln!(out, "{}: {rows} rows, {whole}.{part:02} bytes a row", growth.table)?;
    }
    let size = std::fs::metadata(dir.join("manifest.sqlite"))?.len();
    writeln!(out, "manifest with the index of calls: {size} bytes")?;
    let all = (DAY, Date(DAY.0 + days));
    for key in ["+493000000007", "+493017000007", "8001", "17", "no such number"] {
        let begun = Instant::now();
        let found = Reader::new(dir).snapshot()?.find_calls(call_rec, key, all, 20)?;
        writeln!(out, "find {key}: {} rows, {} us", found.len(), begun.elapsed().as_micros())?;
    }
    Ok(())
}
