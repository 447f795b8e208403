//! The one table of settings. The reader of configuration files, `busyhour check`, the
//! reference page and the sample file all come from it: a key that is not here does not exist.

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Text, not empty.
    Text,
    /// A path; relative ones start at the configuration file's folder.
    Path,
    /// `HOST:PORT`.
    Address,
    /// `true` or `false`.
    Bool,
    /// A whole number in this range.
    Int(i64, i64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A table of texts: `[pbx.vdns]`, `8001 = "Sales"`.
    TextTable,
    /// A table of whole numbers from 0 to this: `[pbx.wrapup]`, `sales = 10`.
    IntTable(i64),
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The table it stands in: `""` (top), `"journal"` or `"pbx"` (one `[[pbx]]` per switch).
    pub(crate) table: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) holds: Holds,
    /// The default as it would be written; `""` if there is none.
    pub(crate) default: &'static str,
    /// What it is for: unit, range, when to change it.
    pub(crate) doc: &'static str,
}

const fn key(
    table: &'static str,
    name: &'static str,
    holds: Holds,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key { table, name, holds, default, doc }
}

/// Every key there is, in the order of the reference page.
pub(crate) const KEYS: &[Key] = &[
    key(
        "",
        "listen",
        Holds::Address,
        "\"127.0.0.1:8080\"",
        "Where pages, REST and events are served. Loopback only until there are accounts: any \
         other address is refused.",
    ),
    key(
        "",
        "data_dir",
        Holds::Path,
        "\"busyhour-data\"",
        "Where the journal is kept. Created if missing, readable by its owner only.",
    ),
    key(
        "",
        "archive_dir",
        Holds::Path,
        "`archive` in `data_dir`",
        "Where history is kept (docs/archive.md). It is small beside the journal, and can be made again \
         from it.",
    ),
    key(
        "",
        "server",
        Holds::Text,
        "the host's name",
        "This server's name in the journal. Two servers of a pair need different names.",
    ),
    key(
        "",
        "ring_mib",
        Holds::Int(16, 65_536),
        "512",
        "How many MiB of records may wait in memory between the links and the journal: 60 s at \
         5,000 events/s need 130. When it is full, what is heard is dropped and the hole recorded.",
    ),
    key(
        "",
        "hackamore",
        Holds::Word(&["on", "plain", "off"]),
        "\"on\"",
        "Whether Hackamore's settings (below) configure switches as well: `off` does not look at \
         them; `plain` lets them be attached to over a network, too, where everybody can read.",
    ),
    key(
        "journal",
        "queue_mib",
        Holds::Int(16, 65_536),
        "1536",
        "How many MiB of records may wait for the disk: 60 s at 50,000 events/s need about 1,300. \
         Used only while the disk stalls or is full.",
    ),
    key(
        "journal",
        "keep_days",
        Holds::Int(1, 36_500),
        "",
        "Delete journal days older than this many days. Without it nothing is deleted by age.",
    ),
    key(
        "journal",
        "keep_gib",
        Holds::Int(1, 1_000_000),
        "",
        "Delete the oldest journal days while all of them are larger than this many GiB. The open \
         day stays.",
    ),
    key(
        "pbx",
        "name",
        Holds::Text,
        "",
        "The ACD's name in every table and page. Letters, digits, `-`, `_` and `.`; it also names \
         a folder of the journal.",
    ),
    key(
        "pbx",
        "address",
        Holds::Address,
        "",
        "AMI of the switch: `HOST:5038`, with TLS usually `HOST:5039`.",
    ),
    key("pbx", "user", Holds::Text, "", "The AMI user, a section of manager.conf."),
    key(
        "pbx",
        "secret",
        Holds::Text,
        "",
        "The AMI user's secret. Better in a file or the environment: see the next two.",
    ),
    key(
        "pbx",
        "secret_file",
        Holds::Path,
        "",
        "A file whose first line is the secret. Refused if others than its owner can read it.",
    ),
    key("pbx", "secret_env", Holds::Text, "", "The environment variable that holds the secret."),
    key(
        "pbx",
        "login",
        Holds::Word(&["md5", "plain"]),
        "\"md5\"",
        "`md5` never sends the secret itself; `plain` does and wants TLS.",
    ),
    key("pbx", "tls", Holds::Bool, "false", "Speak TLS. Needs `tls_ca` or `tls_pin`."),
    key(
        "pbx",
        "tls_ca",
        Holds::Path,
        "",
        "A PEM file with the authority that signed the switch's certificate.",
    ),
    key(
        "pbx",
        "tls_pin",
        Holds::Text,
        "",
        "The switch's own certificate by its fingerprint: `sha256:` and 64 hex digits.",
    ),
    key(
        "pbx",
        "tls_name",
        Holds::Text,
        "the host of `address`",
        "The name that the certificate must carry (with `tls_ca`).",
    ),
    key(
        "pbx",
        "heartbeat",
        Holds::Bool,
        "true",
        "Send a `UserEvent` a second where the account may (write class `user`), which shows a \
         silent or lossy link at once; else `Ping` is used.",
    ),
    key(
        "pbx",
        "resync_minutes",
        Holds::Int(1, 1_440),
        "15",
        "Ask again for all channels and queues this often, to catch what was lost without a trace.",
    ),
    key(
        "pbx",
        "leave_out",
        Holds::Texts,
        "TestEvent, RTCPSent, RTCPReceived, …",
        "Names of events that are not kept. Replaces the built-in list (docs/asterisk.md).",
    ),
    key(
        "pbx",
        "timezone",
        Holds::Text,
        "this machine's",
        "The zone whose midnight begins a day of this ACD, e.g. `\"Europe/Berlin\"`.",
    ),
    key(
        "pbx",
        "interval",
        Holds::Int(15, 60),
        "30",
        "Minutes that history is counted by: 15, 30 or 60 (CMS INTRVL).",
    ),
    key(
        "pbx",
        "queues_conf",
        Holds::Path,
        "",
        "A copy of the switch's queues.conf: `wrapuptime` is in no AMI event and read from here.",
    ),
    key(
        "pbx",
        "trunks",
        Holds::Texts,
        "",
        "Endpoints that are trunk groups, `*` matches anything: `[\"PJSIP/carrier*\"]`. Without it: \
         every endpoint that is no queue member and not named by digits alone.",
    ),
    key(
        "pbx",
        "stations",
        Holds::Texts,
        "",
        "Endpoints that are phones although their name is not digits alone.",
    ),
    key(
        "pbx",
        "acw_reasons",
        Holds::Texts,
        "[]",
        "Pause reasons that mean after-call work (ACW), not AUX.",
    ),
    key(
        "pbx",
        "wrapup",
        Holds::IntTable(86_400),
        "",
        "Wrap-up seconds by queue; goes before `queues_conf`. `[pbx.wrapup]`, `sales = 10`.",
    ),
    key(
        "pbx",
        "service_level",
        Holds::IntTable(86_400),
        "20 for every queue",
        "Seconds within which a call should be answered, by queue. `[pbx.service_level]`.",
    ),
    key(
        "pbx",
        "vdns",
        Holds::TextTable,
        "",
        "Names of dialled numbers. `[pbx.vdns]`, `8001 = \"Sales line\"`.",
    ),
    key(
        "pbx",
        "vectors",
        Holds::TextTable,
        "",
        "Names of dialplan contexts. `[pbx.vectors]`, `from-trunk = \"Main entry\"`.",
    ),
];

/// The keys of a table.
pub(crate) fn of_table(table: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |k| k.table == table)
}

/// The reference page, in Markdown.
pub(crate) fn reference() -> String {
    let mut out = String::from(
        "# Configuration\n\n\
         One TOML file, given by `--config`. `busyhour check --config FILE` reads it as the server \
         would and tells every problem at once. Unknown keys are refused.\n\n\
         This page is made by `busyhour config reference`; do not edit it.\n",
    );
    for (table, title) in [
        ("", "Top of the file"),
        ("journal", "`[journal]`"),
        ("pbx", "`[[pbx]]`, once for each switch"),
    ] {
        out.push_str(&format!(
            "\n## {title}\n\n| key | holds | default | |\n| --- | --- | --- | --- |\n"
        ));
        for k in of_table(table) {
            let holds = match k.holds {
                Holds::Text => "text".to_owned(),
                Holds::Path => "path".to_owned(),
                Holds::Address => "`HOST:PORT`".to_owned(),
                Holds::Bool => "`true`/`false`".to_owned(),
                Holds::Int(from, to) => format!("{from} to {to}"),
                Holds::Word(words) => words.join(" or "),
                Holds::Texts => "list of texts".to_owned(),
                Holds::TextTable => "table of texts".to_owned(),
                Holds::IntTable(to) => format!("table of 0 to {to}"),
            };
            let default = if k.default.is_empty() { "—" } else { k.default };
            out.push_str(&format!("| `{}` | {holds} | {default} | {} |\n", k.name, k.doc));
        }
    }
    out.push_str(&super::hackamore::reference());
    out
}

/// A sample file: every key with its meaning, those that need no value commented out.
pub(crate) fn sample() -> String {
    let mut out =
        String::from("# Busyhour. Every key with its default; see docs/configuration.md.\n");
    for (table, head) in [("", ""), ("journal", "[journal]\n"), ("pbx", "[[pbx]]\n")] {
        out.push('\n');
        out.push_str(head);
        for k in of_table(table) {
            for line in wrap(k.doc, 96) {
                out.push_str(&format!("# {line}\n"));
            }
            let given = match k.name {
                "name" => "name = \"main\"".to_owned(),
                "address" => "address = \"127.0.0.1:5038\"".to_owned(),
                "user" => "user = \"busyhour\"".to_owned(),
                "secret_file" => "secret_file = \"main.secret\"".to_owned(),
                name => {
                    let written = match k.holds {
                        Holds::TextTable | Holds::IntTable(_) => "{}".to_owned(),
                        Holds::Texts => "[]".to_owned(),
                        Holds::Int(from, _) if k.default.is_empty() => from.to_string(),
                        _ if k.default.starts_with(['"', '[']) || is_literal(k.default) => {
                            k.default.to_owned()
                        }
                        _ => "\"\"".to_owned(),
                    };
                    format!("# {name} = {written}")
                }
            };
            out.push_str(&format!("{given}\n\n"));
        }
    }
    out
}

fn is_literal(text: &str) -> bool {
    text == "true" || text == "false" || text.parse::<i64>().is_ok()
}

/// Words in lines of at most `width` letters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
