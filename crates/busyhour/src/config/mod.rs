//! From a configuration file to what the engine wants. The file is checked as a whole: every
//! problem, of whatever kind, is told in one go.

pub(crate) mod hackamore;
pub(crate) mod keys;
mod read;

use crate::exit::{Exit, Failure};
use engine::{AcdSettings, Day, FoldSettings};
use facts::{SplitId, Text};
use history::calendar::Length;
use journal::Limits;
use links::asterisk::{LeaveOut, LoginMethod, Secret, TlsSettings};
use read::{Problem, Section};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a server listens if nothing else is said.
pub(crate) const LISTEN: &str = "127.0.0.1:8080";
/// The configuration file if nothing else is said.
const FILE: &str = "busyhour.toml";
const MIB: u64 = 1 << 20;
const RING_MIB: u64 = 512;

/// A configuration that has no problems.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) engine: engine::Settings,
    /// The archive's folder.
    pub(crate) archive: PathBuf,
}

/// The journal's folder in a server's data folder.
pub(crate) fn journal_dir(data: &Path) -> PathBuf {
    data.join("journal")
}

/// The archive's folder in a server's data folder, unless the configuration says another.
pub(crate) fn archive_dir(data: &Path) -> PathBuf {
    data.join("archive")
}

/// This machine's name.
pub(crate) fn host_name() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "busyhour".to_owned() } else { name.to_owned() }
}

/// Reads and checks a file. All problems come as one failure, a line each.
pub(crate) fn load(path: &Path) -> Result<Config, Failure> {
    let found = hackamore::Found::here();
    let text = match std::fs::read_to_string(path) {
        // Hackamore's settings are enough where nobody has named a file.
        Err(e)
            if e.kind() == std::io::ErrorKind::NotFound
                && path == Path::new(FILE)
                && !found.is_empty() =>
        {
            String::new()
        }
        read => read.map_err(|e| {
            Failure::new(Exit::Config, format!("cannot read {}: {e}", path.display()))
        })?,
    };
    let base = path.parent().unwrap_or(Path::new("."));
    build(&text, base, &found).map_err(|mut problems| {
        problems.sort();
        let place = |p: &Problem| {
            if p.file.is_empty() { path.display().to_string() } else { p.file.clone() }
        };
        let lines: Vec<String> = problems.iter().map(|p| format!("{}: {p}", place(p))).collect();
        Failure::new(Exit::Config, lines.join("\nbusyhour: "))
    })
}

/// The first switch of a file; for replays.
pub(crate) fn first_acd(path: &Path) -> Result<AcdSettings, Failure> {
    let config = load(path)?;
    config.engine.acds.into_iter().next().ok_or_else(|| {
        Failure::new(Exit::Config, format!("{}: there is no [[pbx]]", path.display()))
    })
}

fn build(text: &str, base: &Path, found: &hackamore::Found) -> Result<Config, Vec<Problem>> {
    let (file, mut problems) = read::read(text);
    let top = &file.top;
    let listen = match top.text("listen").unwrap_or(LISTEN).parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Some(address),
        Ok(_) => {
            problems.push(top.problem(
                "listen",
                "must be on loopback (127.0.0.1 or [::1]) until there are accounts; use ssh -L or \
                 a proxy that asks for a password",
            ));
            None
        }
        Err(_) if top.text("listen").is_some() => {
            problems.push(top.problem("listen", "must be an IP address and a port"));
            None
        }
        Err(_) => None,
    };
    let data = base.join(top.text("data_dir").unwrap_or("busyhour-data"));
    let archive = top.text("archive_dir").map_or_else(|| archive_dir(&data), |dir| base.join(dir));
    let server = top.text("server").map_or_else(host_name, str::to_owned);
    let mut journal = journal::Settings::new(journal_dir(&data), server.clone());
    if let Some(mib) = unsigned(file.journal.int("queue_mib")) {
        journal.queue_bytes_max = mib * MIB;
    }
    journal.limits = Limits {
        days: file.journal.int("keep_days").and_then(|d| u32::try_from(d).ok()),
        bytes: unsigned(file.journal.int("keep_gib")).map(|gib| gib * 1024 * MIB),
    };
    let mut names = BTreeMap::new();
    let mut acds = Vec::new();
    let hackamore = hackamore::Use::of(top.text("hackamore"));
    if hackamore != hackamore::Use::Off {
        let taken = file.pbxes.iter().filter_map(|s| s.text("name")).collect();
        let plain = hackamore == hackamore::Use::Plain;
        let (switches, more) = found.switches(plain, &taken, &server);
        acds.extend(switches);
        problems.extend(more);
    }
    for section in &file.pbxes {
        if let Some(acd) = pbx(section, base, &server, &mut problems) {
            if names.insert(acd.link.name.clone(), ()).is_some() {
                problems.push(section.problem("name", "another [[pbx]] has this name"));
            }
            acds.push(acd);
        }
    }
    if acds.is_empty() && file.pbxes.is_empty() && problems.is_empty() {
        let what = "there is no [[pbx]]: nothing to collect; see docs/configuration.md";
        problems.push(Problem { what: what.to_owned(), ..Problem::default() });
    }
    let ring_bytes_max = unsigned(top.int("ring_mib")).unwrap_or(RING_MIB) * MIB;
    match listen {
        Some(listen) if problems.is_empty() => {
            let server = Text::from(server);
            let history = Some(archive.clone());
            let engine =
                engine::Settings { server, journal, archive: history, acds, ring_bytes_max };
            Ok(Config { listen, engine, archive })
        }
        _ => Err(problems),
    }
}

fn unsigned(int: Option<i64>) -> Option<u64> {
    int.and_then(|i| u64::try_from(i).ok())
}

/// The name, if an ACD may be called so.
pub(crate) fn acd_name(name: &str) -> Result<&str, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.chars().all(fits) && !name.starts_with('.') && (1..=64).contains(&name.len()) {
        return Ok(name);
    }
    Err("must be 1 to 64 letters, digits, `-`, `_` or `.`, not beginning with a dot".to_owned())
}

/// One switch. `None` if it has problems that leave nothing to build; they are told.
fn pbx(
    section: &Section,
    base: &Path,
    server: &str,
    problems: &mut Vec<Problem>,
) -> Option<AcdSettings> {
    let before = problems.len();
    for key in ["name", "address", "user"] {
        if section.text(key).is_none() {
            problems.push(section.problem(key, "is missing or unusable; every [[pbx]] needs it"));
        }
    }
    let name = section.text("name").unwrap_or_default();
    if let (Err(what), true) = (acd_name(name), section.text("name").is_some()) {
        problems.push(section.problem("name", what));
    }
    let secret = secret(section, base, problems);
    let (address, user) = (section.text("address").unwrap_or("x:1"), section.text("user"));
    let secret = secret.unwrap_or_else(|| Secret::new("unknown"));
    let mut link =
        links::asterisk::Settings::new(name, address, user.unwrap_or("unknown"), secret, server);
    if section.text("login") == Some("plain") {
        link.login = LoginMethod::Plain;
    }
    link.tls = tls(section, base, problems);
    link.plain_text = section.flag("tls") == Some(false);
    link.heartbeat = section.flag("heartbeat").unwrap_or(true);
    if let Some(minutes) = unsigned(section.int("resync_minutes")) {
        link.resync_every = Some(Duration::from_secs(minutes * 60));
    }
    if let Some(events) = section.texts("leave_out") {
        link.leave_out = LeaveOut { events: events.to_vec(), ..LeaveOut::default() };
    }
    if problems.len() == before {
        for (key, what) in link.problems() {
            problems.push(section.problem(key, what));
        }
    }
    let zone = match section.text("timezone") {
        None => Day::of_this_machine(),
        Some(name) => Day::named(name).unwrap_or_else(|| {
            problems.push(section.problem(
                "timezone",
                format!("the tz database of this machine has no zone {name}; e.g. Europe/Berlin"),
            ));
            Day::of_this_machine()
        }),
    };
    let minutes = section.int("interval").unwrap_or(Length::default().minutes());
    let interval = Length::of_minutes(minutes).unwrap_or_else(|| {
        problems.push(section.problem("interval", "intervals are 15, 30 or 60 minutes"));
        Length::default()
    });
    let fold = fold(section, base, problems);
    (problems.len() == before).then_some(AcdSettings { link, fold, zone, interval })
}

fn secret(section: &Section, base: &Path, problems: &mut Vec<Problem>) -> Option<Secret> {
    let given: Vec<&str> = ["secret", "secret_file", "secret_env"]
        .into_iter()
        .filter(|k| section.text(k).is_some())
        .collect();
    let [key] = given[..] else {
        let what = "give exactly one of secret, secret_file, secret_env";
        problems.push(section.problem(given.get(1).unwrap_or(&"secret"), what));
        return None;
    };
    let value = section.text(key).unwrap_or_default();
    let found = match key {
        "secret_file" => secret_of_file(&base.join(value)),
        "secret_env" => std::env::var(value).map_err(|e| format!("{value}: {e}")),
        _ => Ok(value.to_owned()),
    };
    match found {
        Ok(secret) if secret.is_empty() => {
            problems.push(section.problem(key, "the secret is empty"));
            None
        }
        Ok(secret) => Some(Secret::new(secret)),
        Err(what) => {
            problems.push(section.problem(key, what));
            None
        }
    }
}

/// The first line of a file that only its owner may read.
fn secret_of_file(path: &Path) -> Result<String, String> {
    Ok(private_text(path)?.lines().next().unwrap_or_default().to_owned())
}

/// The text of a file that only its owner may read.
fn private_text(path: &Path) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let words = |e: std::io::Error| format!("{}: {e}", path.display());
    let mode = std::fs::metadata(path).map_err(words)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("{}: others can read it; chmod 600", path.display()));
    }
    std::fs::read_to_string(path).map_err(words)
}

fn tls(section: &Section, base: &Path, problems: &mut Vec<Problem>) -> Option<TlsSettings> {
    let keys = ["tls_ca", "tls_pin", "tls_name"];
    if section.flag("tls") != Some(true) {
        for key in keys.into_iter().filter(|k| section.text(k).is_some()) {
            problems.push(section.problem(key, "has no effect without tls = true"));
        }
        return None;
    }
    let pin = section.text("tls_pin").and_then(|text| {
        let pin = fingerprint(text);
        if pin.is_none() {
            let what =
                "must be sha256: and 64 hex digits (openssl x509 -noout -fingerprint -sha256)";
            problems.push(section.problem("tls_pin", what));
        }
        pin
    });
    let ca = section.text("tls_ca").map(|path| base.join(path));
    if let Some(path) = &ca
        && let Err(e) = std::fs::File::open(path)
    {
        problems.push(section.problem("tls_ca", format!("{}: {e}", path.display())));
    }
    Some(TlsSettings { ca, pin, server_name: section.text("tls_name").map(str::to_owned) })
}

fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let hex: Vec<u8> = text
        .strip_prefix("sha256:")?
        .bytes()
        .filter(|b| *b != b':')
        .map(|b| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        hex.chunks_exact(2).map(|pair| pair.iter().fold(0, |n, d| n * 16 + d)).collect();
    if hex.len() == 64 { bytes.try_into().ok() } else { None }
}

fn fold(section: &Section, base: &Path, problems: &mut Vec<Problem>) -> FoldSettings {
    let mut settings = FoldSettings::for_acd(section.text("name").unwrap_or_default());
    if let Some(path) = section.text("queues_conf") {
        let path = base.join(path);
        match std::fs::read(&path) {
            Ok(text) => {
                let (wrapup, odd) = translate::asterisk::parse_queues_conf(&text);
                settings.translate.wrapup = wrapup;
                for o in odd {
                    let what = format!("{}:{}: {}", path.display(), o.line, o.what);
                    problems.push(section.problem("queues_conf", what));
                }
            }
            Err(e) => {
                problems.push(section.problem("queues_conf", format!("{}: {e}", path.display())));
            }
        }
    }
    let seconds = |key: &str| -> BTreeMap<SplitId, u32> {
        let table = section.int_table(key).into_iter();
        table.filter_map(|(k, v)| Some((SplitId::from(&*k), u32::try_from(v).ok()?))).collect()
    };
    let names = |key: &str| -> BTreeMap<Text, Text> {
        section.text_table(key).into_iter().map(|(k, v)| (Text::from(k), Text::from(v))).collect()
    };
    let texts = |key: &str| -> Vec<Text> {
        section.texts(key).unwrap_or_default().iter().map(|t| Text::from(t.as_str())).collect()
    };
    settings.translate.wrapup.extend(seconds("wrapup"));
    let model = &mut settings.model;
    model.trunks = texts("trunks");
    model.stations = texts("stations");
    model.vdns = names("vdns");
    model.vectors = names("vectors");
    model.service_level_s = seconds("service_level");
    if section.texts("acw_reasons").is_some() {
        model.acw_reasons = texts("acw_reasons").into_iter().collect();
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let mut found = build(text, Path::new("/nowhere"), &hackamore::Found::default())
            .err()
            .unwrap_or_default();
        found.sort();
        found.iter().map(ToString::to_string).collect()
    }

    const GOOD: &str = "[[pbx]]\nname='a'\naddress='127.0.0.1:5038'\nuser='u'\nsecret='s'\n";

    #[test]
    fn a_small_file_is_enough() {
        let config = build(GOOD, Path::new("/etc"), &hackamore::Found::default()).expect("good");
        assert_eq!(config.listen.to_string(), LISTEN);
        assert_eq!(config.engine.journal.dir, Path::new("/etc/busyhour-data/journal"));
        assert_eq!(&*config.engine.acds[0].link.name, "a");
    }

    #[test]
    fn problems_of_every_kind_come_together() {
        let text = "listen = '0.0.0.0:80'\n[[pbx]]\nname='a b'\naddress='h:1'\nuser='u'\n\
                    tls_pin='sha256:00'\ntimezone='Mars/Olympus'\nqueues_conf='q.conf'\n\
                    secret='x'\nsecret_env='Y'\n";
        let found = problems(text);
        let has = |what: &str| {
            assert!(found.iter().any(|f| f.contains(what)), "{what} not in {found:#?}");
        };
        has("line 1: listen: must be on loopback");
        has("line 3: pbx[0].name: must be 1 to 64 letters");
        has("line 6: pbx[0].tls_pin: has no effect without tls = true");
        has("line 7: pbx[0].timezone: the tz database of this machine has no zone Mars/Olympus");
        has("line 8: pbx[0].queues_conf: /nowhere/q.conf");
        has("pbx[0].secret_env: give exactly one of secret, secret_file, secret_env");
    }

    #[test]
    fn two_switches_of_one_name_are_refused() {
        assert_eq!(
            problems(&format!("{GOOD}{GOOD}")),
            ["line 7: pbx[1].name: another [[pbx]] has this name"]
        );
        assert!(problems("").iter().any(|p| p.contains("there is no [[pbx]]")));
    }

    #[test]
    fn no_switch_can_have_the_name_of_what_is_decided() {
        let text = GOOD.replace("'a'", &format!("'{}'", facts::decree::STREAM));
        let found = problems(&text);
        assert!(found[0].starts_with("line 2: pbx[0].name: must be 1 to 64"), "{found:?}");
    }

    #[test]
    fn fingerprints_are_read_with_and_without_colons() {
        let plain = format!("sha256:{}", "0a".repeat(32));
        assert_eq!(fingerprint(&plain), Some([10; 32]));
        let colons = format!("sha256:{}", ["0A"; 32].join(":"));
        assert_eq!(fingerprint(&colons), Some([10; 32]));
        assert_eq!(fingerprint("sha256:0a"), None);
        assert_eq!(fingerprint(&"0a".repeat(32)), None);
    }
}
