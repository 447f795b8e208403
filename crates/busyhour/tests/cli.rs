//! The commands that need no server: what they print and how they end (docs/command-line.md).

mod command;

use command::{arg, capture, run};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn file(dir: &Path, name: &str, text: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

const PBX: &str =
    "[[pbx]]\nname = \"a\"\naddress = \"127.0.0.1:5038\"\nuser = \"u\"\nsecret = \"s\"\n";

#[test]
fn check_tells_every_problem_and_ends_with_3() {
    let dir = tempfile::tempdir().expect("a folder");
    let good = file(dir.path(), "good.toml", PBX.as_bytes());
    let said = run(["check", "--config", arg(&good)]);
    assert!(said.is(0, &[]).out.contains("no problems; switches: a"), "{}", said.out);
    let text =
        format!("listen = \"0.0.0.0:80\"\ncolour = 1\n{PBX}addres = \"x:1\"\nlogin = \"no\"\n");
    let bad = file(dir.path(), "bad.toml", text.as_bytes());
    let said = run(["check", "--config", arg(&bad)]);
    said.is(3, &["line 1: listen", "loopback", "colour: unknown key", "`address` meant?", "login"]);
    assert_eq!(said.out, "");
    assert_eq!(said.err.lines().count(), 4, "one line a problem: {}", said.err);
    let none = dir.path().join("none.toml");
    run(["check", "--config", arg(&none)]).is(3, &["cannot read", "none.toml"]);
    // `serve` reads it in the same way.
    run(["serve", "--config", arg(&bad)]).is(3, &["colour: unknown key", "loopback"]);
}

#[test]
fn the_settings_of_hackamore_are_checked_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let lines = "COM_DIAG_HACKAMORE_NAME1=old\nCOM_DIAG_HACKAMORE_USERNAME1=u\n";
    let dot = file(dir.path(), ".com_diag_hackamore", lines.as_bytes());
    let check = |secret: &str| {
        let mut command = command::binary();
        command.env("HOME", dir.path()).env("COM_DIAG_HACKAMORE_SECRET1", secret);
        let done = command.args(["check"]).current_dir(dir.path()).output().expect("it starts");
        let text = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        (done.status.code(), text)
    };
    let allow = |mode| {
        let allowed = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&dot, allowed).expect("it is ours");
    };
    allow(0o644);
    let (code, said) = check("s");
    assert!(code == Some(3) && said.contains("others can read it; chmod 600"), "{said}");
    allow(0o600);
    let (code, said) = check("");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("environment: COM_DIAG_HACKAMORE_SECRET1: is missing or"), "{said}");
    let (code, said) = check("s");
    assert!(code == Some(0) && said.contains("no problems; switches: old"), "{said}");
    file(dir.path(), "busyhour.toml", PBX.as_bytes());
    let (code, said) = check("s");
    assert!(code == Some(0) && said.contains("switches: old, a"), "{said}");
    file(dir.path(), "busyhour.toml", format!("hackamore = \"off\"\n{PBX}").as_bytes());
    let (code, said) = check("");
    assert!(code == Some(0) && said.contains("switches: a"), "{said}");
}

#[test]
fn the_sample_passes_the_check_once_its_secret_is_there() {
    let dir = tempfile::tempdir().expect("a folder");
    let sample = run(["config", "sample"]);
    let config = file(dir.path(), "busyhour.toml", sample.is(0, &[]).out.as_bytes());
    run(["check", "--config", arg(&config)]).is(3, &["secret_file", "main.secret"]);
    let secret = file(dir.path(), "main.secret", b"geheim\n");
    let readable = |mode| {
        let allowed = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&secret, allowed).expect("it is ours");
    };
    readable(0o644);
    run(["check", "--config", arg(&config)]).is(3, &["others can read it; chmod 600"]);
    readable(0o600);
    run(["check", "--config", arg(&config)]).is(0, &[]);
    assert!(run(["config", "reference"]).is(0, &[]).out.starts_with("# Configuration"));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let hold = capture("hold", "a");
    run(["fly"]).is(2, &["unrecognized subcommand"]);
    run(["replay"]).is(2, &["FILE"]);
    run(["replay", arg(&hold), "--table", "wines"]).is(2, &["no such table", "queues"]);
    run(["replay", arg(&hold), "--table", "links"]).is(2, &["a recording has no links"]);
    run(["replay", arg(&hold), "--at", "noon"]).is(2, &["not a moment"]);
    run(["queues", "--where", "colour=red"]).is(2, &["no column of that name", "waiting"]);
    run(["agents", "-o", "xml"]).is(2, &["xml"]);
    run(["demo", "--agents", "2"]).is(2, &["agents"]);
    run(["--version"]).is(0, &[]);
    run(["serve", "--help"]).is(0, &[]);
}

#[test]
fn without_a_server_tables_end_with_5() {
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("bound").to_string();
    drop(free);
    let said = run(["queues", "--server", &address]);
    said.is(5, &["no server answers at", &address]);
    let hold = capture("hold", "a");
    run(["replay", arg(&hold), "--speed", "10", "--server", &address]).is(5, &[&address]);
}

#[test]
fn replay_prints_one_object_a_line_with_its_table() {
    let said = run(["replay", arg(&capture("answered", "a")), "-o", "json"]);
    let lines = said.is(0, &[]).lines();
    for line in &lines {
        let table = line["table"].as_str().expect("a table's name");
        assert_eq!(line.as_object().expect("an object").keys().next().unwrap(), "table");
        assert!(line["acd"].is_string(), "{table}: {line}");
    }
    let of = |table: &str| lines.iter().filter(|l| l["table"] == table).collect::<Vec<_>>();
    let calls = of("calls");
    assert!(calls.iter().any(|c| c["outcome"] == "ANSWERED" && c["state"] == "ENDED"));
    assert!(!of("queues").is_empty() && !of("agents").is_empty() && !of("csplit").is_empty());
    assert!(of("anomalies").is_empty(), "{:?}", of("anomalies"));
    let said = run(["replay", arg(&capture("answered", "a")), "--table", "calls", "-o", "json"]);
    assert!(said.lines().iter().all(|line| line["table"] == "calls"), "only what was asked for");
    let csv = run(["replay", arg(&capture("answered", "a")), "--table", "queues", "-o", "csv"]);
    assert!(csv.is(0, &[]).out.contains("\nacd,queue,waiting,"), "{}", csv.out);
}

#[test]
fn replay_counts_history() {
    let path = capture("hold", "a");
    let rows = |more: &[&str]| {
        let mut args = vec!["replay", arg(&path), "-o", "json"];
        args.extend(more);
        let said = run(args);
        said.is(0, &[]).lines()
    };
    let split = rows(&["--table", "hsplit", "--timezone", "Asia/Kathmandu", "--interval", "15"]);
    assert_eq!(split.len(), 1, "{split:?}");
    // 11:49 in UTC is 17:34 there.
    let is =
        |column: &str, value: serde_json::Value| assert_eq!(split[0][column], value, "{column}");
    is("table", "hsplit".into());
    is("row_date", "2026-11-21".into());
    is("starttime", 1730.into());
    is("intrvl", 15.into());
    is("acdcalls", 1.into());
    is("holdcalls", 1.into());
    is("incomplete", 1.into());
    let more = ["dsplit", "wsplit", "msplit", "hagent", "dvdn", "call_rec", "intervals", "d_secs"];
    for table in more {
        let rows = rows(&["--table", table, "--timezone", "UTC"]);
        assert_eq!(rows.len(), 1, "{table}: {rows:?}");
        assert_eq!(rows[0]["acd_name"], "replay", "{table}");
    }
    let live = rows(&["--table", "calls", "--table", "hsplit", "--timezone", "UTC"]);
    let tables: Vec<_> = live.iter().map(|row| row["table"].clone()).collect();
    assert_eq!(tables, ["calls", "hsplit"]);
    run(["replay", arg(&path), "--interval", "20"]).is(2, &["15, 30 or 60"]);
    run(["replay", arg(&path), "--timezone", "Mars/Olympus"]).is(2, &["no such zone"]);
}

#[test]
fn replay_stops_at_a_moment() {
    let path = capture("answered", "a");
    let calls = |at: Option<&str>| {
        let mut args = vec!["replay", arg(&path), "--table", "calls", "-o", "json"];
        args.extend(at.map(|at| ["--at", at]).into_iter().flatten());
        let said = run(args);
        said.is(0, &[]).lines()
    };
    let whole = calls(None);
    let answered = whole.iter().find(|call| call["outcome"] == "ANSWERED").expect("a call");
    let (id, at) = (&answered["call"], answered["answered_at"].as_str().expect("a moment"));
    let then = calls(Some(at));
    let call = then.iter().find(|call| call["call"] == *id).expect("it was up");
    assert_ne!(call["state"], "ENDED");
    assert_eq!(call["ended_at"], serde_json::Value::Null);
    let before = calls(answered["began"].as_str());
    let call = before.iter().find(|call| call["call"] == *id).expect("it began");
    assert_eq!(call["answered_at"], serde_json::Value::Null);
}

#[test]
fn replay_takes_plain_packed_without_banner_and_several_sessions() {
    let dir = tempfile::tempdir().expect("a folder");
    let (a, b) = (capture("two-queues", "a"), capture("two-queues", "b"));
    let packed = std::fs::read(&a).expect("the capture");
    let mut plain = Vec::new();
    let mut unpacking = flate2::read::MultiGzDecoder::new(&packed[..]);
    unpacking.read_to_end(&mut plain).expect("gzip");
    let banner = plain.iter().position(|b| *b == b'\n').expect("a line") + 1;
    let first = String::from_utf8_lossy(&plain[..banner]).into_owned();
    assert!(first.starts_with("Asterisk Call Manager"), "{first}");
    let with = file(dir.path(), "with.txt", &plain);
    let without = file(dir.path(), "without.txt", &plain[banner..]);
    let tables = |files: &[&Path]| {
        let mut args = vec!["replay"];
        args.extend(files.iter().map(|file| arg(file)));
        args.extend(["--acd", "x", "--table", "calls", "--table", "queues", "--table", "agents"]);
        args.extend(["-o", "json"]);
        let said = run(args);
        said.is(0, &[]).out.clone()
    };
    let one = tables(&[&a]);
    assert!(one.lines().count() > 3, "{one}");
    assert_eq!(one, tables(&[&with]), "plain text");
    assert_eq!(one, tables(&[&without]), "without banner");
    assert_eq!(one, tables(&[&a, &b]), "two sessions united");
    assert_eq!(one, tables(&[&b, &with]), "the other way round");
}

#[test]
fn replay_names_every_file_that_it_cannot_use() {
    let dir = tempfile::tempdir().expect("a folder");
    let odd = file(dir.path(), "odd.txt", b"nothing of the kind\r\n");
    let none = dir.path().join("none.txt");
    let torn = file(dir.path(), "torn.gz", &[0x1f, 0x8b, 8, 0, 0]);
    run(["replay", arg(&odd), arg(&none), arg(&torn)])
        .is(1, &["odd.txt: no AMI message", "none.txt: No such file", "torn.gz"]);
}

#[test]
fn the_journal_commands_name_what_is_missing() {
    let dir = tempfile::tempdir().expect("a folder");
    for command in ["ls", "cat", "export", "verify"] {
        run(["journal", command, "--data", arg(dir.path())]).is(1, &["there is no journal"]);
    }
}

#[test]
fn shells_get_a_completion_script() {
    for (shell, sign) in
        [("bash", "complete -F _busyhour"), ("zsh", "#compdef busyhour"), ("fish", "complete -c")]
    {
        let said = run(["completion", shell]);
        assert!(said.is(0, &[]).out.contains(sign), "{shell}");
        assert!(said.out.contains("replay") && said.out.contains("watch"), "{shell}");
    }
    run(["completion", "tcsh"]).is(2, &["tcsh", "fish"]);
}

#[test]
fn man_writes_a_page_for_every_command() {
    let dir = tempfile::tempdir().expect("a folder");
    let to = dir.path().join("share/man1");
    run(["man", arg(&to)]).is(0, &[]);
    for (name, word) in [("busyhour", "demo"), ("busyhour-top", "server"), ("busyhour-sim-pbx", "")]
    {
        let page = std::fs::read_to_string(to.join(format!("{name}.1"))).expect(name);
        assert!(page.contains(".TH ") && page.contains(word), "{name}: {page}");
    }
    let blocked = file(dir.path(), "blocked", b"");
    run(["man", arg(&blocked)]).is(1, &["cannot write manual pages", "blocked"]);
}

#[test]
fn top_needs_a_terminal() {
    run(["top", "--server", "127.0.0.1:9"]).is(1, &["top needs a terminal", "busyhour queues"]);
}
