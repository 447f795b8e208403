//! History counted twice: `busyhour replay` against the second fold, which shares no code with the
//! product and was written from the rules of counting. Item by item, for all captures of real
//! switches and for random days of a simulated one.

mod command;

use command::{arg, binary, run};
use second::{RowOut, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What is compared: a table, what names its rows in our words, its items.
const TABLES: [(&str, &str); 4] = [
    (
        "hsplit",
        "callsoffered acdcalls acdtime anstime acwtime abncalls abntime abnringcalls acceptable \
         slvlabns slvloutflows inflowcalls outflowcalls outflowtime busycalls disccalls \
         othercalls othertime noansredir ringcalls ringtime backupcalls holdcalls holdtime \
         holdabncalls transferred maxinqueue maxocwtime maxstaffed i_arrived i_stafftime \
         i_availtime i_acdtime i_acwtime i_auxtime i_auxtime0 i_auxtime1 i_auxtime2 i_auxtime3 \
         i_auxtime4 i_auxtime5 i_auxtime6 i_auxtime7 i_auxtime8 i_auxtime9 i_ringtime \
         i_othertime entered timed_out left_empty exit_key taken_out lost",
    ),
    (
        "hagent",
        "acdcalls acdtime acwtime abncalls abntime ansringtime ringcalls ringtime noansredir \
         holdcalls holdtime holdacdtime transferred i_stafftime i_availtime i_acdtime i_acwtime \
         i_auxtime i_auxtime0 i_auxtime1 i_auxtime2 i_auxtime3 i_auxtime4 i_auxtime5 i_auxtime6 \
         i_auxtime7 i_auxtime8 i_auxtime9 i_ringtime i_othertime ti_stafftime ti_availtime \
         ti_auxtime ti_auxtime0 ti_auxtime1 ti_auxtime2 ti_auxtime3 ti_auxtime4 ti_auxtime5 \
         ti_auxtime6 ti_auxtime7 ti_auxtime8 ti_auxtime9 ti_othertime",
    ),
    (
        "hvdn",
        "incalls intime acdcalls acdtime anstime holdtime abncalls abntime abnquecalls \
         abnringcalls connectcalls othercalls i_arrived",
    ),
    ("htkgrp", "incalls intime outcalls outtime i_inocc i_outocc"),
];
/// Lengths of intervals in minutes.
const INTERVALS: [i64; 3] = [15, 30, 60];
/// Zones without summer time, and how many seconds they are east of UTC.
const ZONES: [(&str, i64); 4] = [
    ("UTC", 0),
    ("Asia/Kolkata", 19_800),
    ("Asia/Kathmandu", 20_700),
    ("America/Phoenix", -25_200),
];
/// How many differences are printed.
const SHOWN_MAX: usize = 30;
/// 20 November 2026, 00:00 UTC.
const DATE: &str = "2026-11-20";

type Key = (String, i64, String);
type Rows = BTreeMap<Key, BTreeMap<String, i64>>;

/// Two folds of one recording that do not agree: the rows, and the calls of each.
struct Difference {
    row: Key,
    item: &'static str,
    second: i64,
    product: i64,
}

/// A recording with what neither fold can know from it.
struct Recording {
    ami: PathBuf,
    queues: PathBuf,
    interval: i64,
    zone: (&'static str, i64),
}

impl Recording {
    fn text(&self) -> Vec<u8> {
        let file = std::fs::File::open(&self.ami).expect("a recording");
        let mut text = Vec::new();
        flate2::read::MultiGzDecoder::new(file).read_to_end(&mut text).expect("gzip");
        text
    }

    /// What the product counts, until the last moment that was heard.
    fn product(&self, last: i64, scratch: &Path) -> Rows {
        let config = scratch.join("busyhour.toml");
        let secret = scratch.join("secret");
        std::fs::write(&secret, "secret\n").expect("a scratch file");
        let ours_alone = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&secret, ours_alone).expect("a scratch file");
        let lines = [
            format!("data_dir = {:?}", scratch.join("data")),
            "[[pbx]]".to_owned(),
            "name = \"replay\"\naddress = \"127.0.0.1:5038\"\nuser = \"nobody\"".to_owned(),
            format!("secret_file = {secret:?}"),
            format!("queues_conf = {:?}", self.queues),
            "acw_reasons = [\"ACW\"]".to_owned(),
        ];
        std::fs::write(&config, lines.join("\n")).expect("a scratch file");
        let interval = self.interval.to_string();
        let at = stamp(last);
        let mut args = vec!["replay", arg(&self.ami), "--config", arg(&config), "--at", &at];
        args.extend(["--interval", &interval, "--timezone", self.zone.0, "-o", "json"]);
        args.extend(TABLES.iter().flat_map(|(table, _)| ["--table", table]));
        let said = run(&args);
        said.is(0, &[]);
        let mut rows = Rows::new();
        for object in said.lines() {
            let text = |name: &str| object[name].as_str().unwrap_or_default();
            let split = text("split_name");
            let key = match text("table") {
                "hsplit" => format!("split={split}"),
                "hagent" => format!("agent={} split={split}", text("logid")),
                "hvdn" => format!("vdn={} context={}", text("vdn"), text("vector_name")),
                "htkgrp" => format!("tkgrp={}", text("tkgrp_name")),
                _ => continue,
            };
            let begin = object["starttime_utc"].as_i64().expect("a moment");
            let row = rows.entry((text("table").to_owned(), begin, key)).or_default();
            // An agent has a row for each log-on.
            for item in items(text("table")) {
                let n = object[item].as_i64().unwrap_or(0);
                *row.entry(item.to_owned()).or_default() += n;
            }
        }
        rows
    }

    fn differences(&self) -> Vec<Difference> {
        let text = self.text();
        let queues = std::fs::read_to_string(&self.queues).expect("a queues.conf");
        let (interval, offset) = (self.interval, self.zone.1);
        let settings = Settings { interval, offset, ..Settings::default() };
        let counted = second::fold(&[&text], &settings.with_queues_conf(&queues));
        let second: Rows = counted.into_iter().map(named).collect();
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let product = self.product(second::last(&[&text]), scratch.path());
        let keys: BTreeSet<&Key> = second.keys().chain(product.keys()).collect();
        let n = |rows: &Rows, key: &Key, item: &str| {
            rows.get(key).and_then(|row| row.get(item)).copied().unwrap_or(0)
        };
        let mut found = Vec::new();
        for row in keys {
            for item in items(&row.0) {
                let (second, product) = (n(&second, row, item), n(&product, row, item));
                if second != product {
                    found.push(Difference { row: row.clone(), item, second, product });
                }
            }
        }
        found.retain(|d| !known(d));
        found
    }

    /// The differences for a person, with the calls that the rows are made of.
    fn told(&self, found: &[Difference]) -> String {
        let mut told = String::new();
        for d in found.iter().take(SHOWN_MAX) {
            let (table, begin, key) = &d.row;
            let at = stamp(begin * 1_000_000);
            let (item, second, product) = (d.item, d.second, d.product);
            writeln!(told, "  {table} {at} {key} {item}: second {second}, product {product}")
                .expect("memory");
        }
        let text = self.text();
        let rows: BTreeSet<&Key> = found.iter().take(SHOWN_MAX).map(|d| &d.row).collect();
        for stay in second::stays(&[&text]) {
            let over = stay.joined + stay.wait + stay.talk.as_ref().map_or(0, |t| t.1);
            let concerns = |(_, begin, key): &&Key| {
                let here = key.split(' ').any(|k| k.strip_prefix("split=") == Some(&stay.queue));
                here && stay.joined < begin + self.interval * 60 && over >= *begin
            };
            if rows.iter().any(concerns) {
                writeln!(told, "  {stay:?}").expect("memory");
            }
        }
        told
    }
}

fn named(row: RowOut) -> (Key, BTreeMap<String, i64>) {
    ((row.table.to_owned(), row.begin, row.key), row.items)
}

fn items(table: &str) -> impl Iterator<Item = &'static str> {
    let found = TABLES.iter().find(|(name, _)| *name == table);
    found.map_or("", |(_, items)| items).split_whitespace()
}

/// Differences that are understood and wait for a decision.
fn known(d: &Difference) -> bool {
    let (table, _, key) = &d.row;
    // An agent who calls a queue himself: for the second fold he comes by the number he dialled,
    // for the product only callers from outside come by a VDN.
    table == "hvdn" && key.ends_with(" context=internal") && d.product == 0
}

/// Microseconds as a command line wants them.
fn stamp(micros: i64) -> String {
    let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let row = RowOut { table: "", begin: seconds, key: String::new(), items: BTreeMap::new() };
    format!("{}:{:02}.{micros:06}Z", row.to_string().trim(), seconds.rem_euclid(60))
}

#[test]
fn both_count_the_same_in_all_captures() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut compared = 0;
    let mut wrong = String::new();
    for version in ["16", "22"] {
        let captures = root.join("fixtures/captures").join(version);
        for entry in std::fs::read_dir(captures).expect("captures") {
            let ami = entry.expect("a capture").path().join("ami-a.txt.gz");
            let queues = root.join("lab/etc/queues.conf");
            let recording = Recording { ami, queues, interval: 15, zone: ZONES[0] };
            let found = recording.differences();
            if !found.is_empty() {
                writeln!(wrong, "{}\n{}", recording.ami.display(), recording.told(&found))
                    .expect("memory");
            }
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(compared > 90, "only {compared} captures");
}

/// A simulated day, or hours of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Day {
    hours: u64,
    agents: u64,
    seed: u64,
    /// Minutes after midnight.
    from: u64,
    like: u64,
}

impl Day {
    /// Most are small: what is rare needs many days rather than large ones.
    fn of(seed: u64) -> Self {
        let large = seed.is_multiple_of(20);
        Self {
            hours: if large { 3 } else { 1 },
            agents: if large { 5 + seed * 7 % 21 } else { 5 + seed % 4 },
            seed,
            from: seed * 37 % (21 * 60),
            like: if seed.is_multiple_of(2) { 16 } else { 22 },
        }
    }

    fn lived(&self, out: &Path) -> Recording {
        let numbers = [self.seed, self.agents, self.hours, self.like].map(|n| n.to_string());
        let from = format!("{DATE}T{:02}:{:02}", self.from / 60, self.from % 60);
        let mut command = binary();
        command.args(["sim", "day", "--seed", &numbers[0], "--agents", &numbers[1]]);
        command.args(["--hours", &numbers[2], "--like", &numbers[3], "--from", &from]);
        let done = command.args(["--out", arg(out)]).output().expect("the binary starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let pick = |n: usize| usize::try_from(self.seed).unwrap_or(0) % n;
        Recording {
            ami: out.join("ami.txt.gz"),
            queues: out.join("queues.conf"),
            interval: INTERVALS[pick(INTERVALS.len())],
            zone: ZONES[pick(ZONES.len())],
        }
    }

    /// The differences, told; None: both agree.
    fn compared(&self) -> Option<String> {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let recording = self.lived(scratch.path());
        let found = recording.differences();
        (!found.is_empty()).then(|| recording.told(&found))
    }

    /// The smallest day with this seed and beginning on which they do not agree.
    fn shrunk(self, told: String) -> (Self, String) {
        for hours in 1..=self.hours {
            for agents in 5..=self.agents {
                let smaller = Self { hours, agents, ..self };
                if smaller == self {
                    break;
                }
                if let Some(told) = smaller.compared() {
                    return (smaller, told);
                }
            }
        }
        (self, told)
    }
}

/// `BUSYHOUR_DAYS` sets how many, `BUSYHOUR_FIRST_DAY` the first seed.
#[test]
fn both_count_the_same_on_random_days() {
    let number = |name: &str, other| {
        std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok()).unwrap_or(other)
    };
    let (days, first) = (number("BUSYHOUR_DAYS", 1_000), number("BUSYHOUR_FIRST_DAY", 1));
    let next = AtomicU64::new(first);
    let work = || {
        let mut wrong = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + days {
                return wrong;
            }
            let day = Day::of(seed);
            wrong.extend(day.compared().map(|told| (day, told)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut wrong: Vec<(Day, String)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|t| t.join().expect("a day is compared")).collect()
    });
    wrong.sort();
    let seeds: Vec<u64> = wrong.iter().map(|(day, _)| day.seed).collect();
    if let Some((day, told)) = wrong.into_iter().next() {
        let (day, told) = day.shrunk(told);
        panic!("of {days} days these differ: {seeds:?}; the smallest: {day:?}\n{told}");
    }
    println!("{days} days from seed {first} on: both count the same");
}
