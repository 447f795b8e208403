//! The recordings in `fixtures/captures`, unpacked, and how tests read them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ami::{Decoder, Item, Limits, Message};

/// One recorded session.
pub(crate) struct Capture {
    /// `16/answered/ami-a.txt.gz`.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures")
}

/// The bytes of one recording, such as `16/answered/ami-a`.
#[expect(clippy::disallowed_methods, reason = "tests read the recordings")]
pub(crate) fn capture(name: &str) -> Vec<u8> {
    let path = root().join(format!("{name}.txt.gz"));
    let packed = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("gzip");
    bytes
}

/// What the recorder noted of a scenario, such as `16/no-login`.
#[expect(clippy::disallowed_methods, reason = "tests read the recordings")]
pub(crate) fn notes(scenario: &str) -> String {
    let path = root().join(scenario).join("notes.txt");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every recorded session, in the order of their names; not the probes of `ami-auth`, which
/// are many sessions with titles between them.
pub(crate) fn sessions() -> &'static [Capture] {
    static SESSIONS: LazyLock<Vec<Capture>> = LazyLock::new(unpack_sessions);
    &SESSIONS
}

fn unpack_sessions() -> Vec<Capture> {
    let mut names = Vec::new();
    for version in ["16", "22"] {
        for scenario in std::fs::read_dir(root().join(version)).expect("fixtures").flatten() {
            for file in std::fs::read_dir(scenario.path()).expect("a scenario").flatten() {
                let file = file.file_name().into_string().expect("ASCII");
                if let Some(session) = file.strip_suffix(".txt.gz").filter(|s| *s != "ami-auth") {
                    let scenario = scenario.file_name().into_string().expect("ASCII");
                    names.push(format!("{version}/{scenario}/{session}"));
                }
            }
        }
    }
    names.sort();
    assert!(names.len() > 150, "only {} recordings found", names.len());
    names.into_iter().map(|name| Capture { bytes: capture(&name), name }).collect()
}

/// All messages of one session.
pub(crate) fn messages(bytes: &[u8]) -> Vec<Message<'_>> {
    ami::messages(bytes).collect()
}

/// What a decoder made of bytes, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Banner(Vec<u8>),
    /// The raw bytes and all headers as the decoder's own index gives them.
    Message(Vec<u8>, Vec<(Vec<u8>, Vec<u8>)>),
    Refused(ami::Limit, usize, usize, Vec<u8>),
    Torn(Vec<u8>),
}

/// Everything a decoder says when the bytes come in these pieces.
pub(crate) fn decode<'c>(limits: Limits, pieces: impl IntoIterator<Item = &'c [u8]>) -> Vec<Seen> {
    let mut decoder = Decoder::new(limits);
    let mut seen = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        while let Some(item) = decoder.next() {
            seen.push(own(item));
        }
    }
    while let Some(item) = decoder.finish() {
        seen.push(own(item));
    }
    seen
}

fn own(item: Item<'_>) -> Seen {
    match item {
        Item::Banner(line) => Seen::Banner(line.to_vec()),
        Item::Message(message) => Seen::Message(message.raw().to_vec(), headers(message)),
        Item::Refused(r) => Seen::Refused(r.limit, r.max, r.size, r.head.to_vec()),
        Item::Torn(rest) => Seen::Torn(rest.to_vec()),
    }
}

/// All headers of a message, owned.
pub(crate) fn headers(message: Message<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    message.headers().map(|header| (header.name.to_vec(), header.value.to_vec())).collect()
}

/// One probe of `ami-auth`: what Asterisk said in one session.
pub(crate) struct Probe {
    pub(crate) said: Vec<u8>,
    /// `closed by Asterisk after 1.00 s`, as the recorder noted it.
    pub(crate) closed: Option<String>,
}

impl Probe {
    /// The `Response` and `Message` of each answer.
    pub(crate) fn answers(&self) -> Vec<(String, String)> {
        messages(&self.said)
            .iter()
            .filter_map(|message| match message.kind() {
                ami::Kind::Response(word) => {
                    let said = message.get("Message").unwrap_or_default();
                    Some((ami::text(word), ami::text(said)))
                }
                _ => None,
            })
            .collect()
    }
}

/// The probe of that title on 16 or 22.
pub(crate) fn probe(version: &str, title: &str) -> Probe {
    let bytes = capture(&format!("{version}/auth/ami-auth"));
    let mut said = None;
    let mut closed = None;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let note = line.strip_prefix(b"##### ").map(|note| ami::text(note.trim_ascii()));
        match (&mut said, note) {
            (None, Some(note)) if note == title => said = Some(Vec::new()),
            (None, _) => {}
            (Some(_), Some(note)) => {
                closed = Some(note).filter(|note| note.starts_with("closed"));
                break;
            }
            (Some(said), None) => said.extend_from_slice(line),
        }
    }
    Probe { said: said.unwrap_or_else(|| panic!("no probe {title} on {version}")), closed }
}
