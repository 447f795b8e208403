//! The captures in `fixtures/captures`, unpacked and folded.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use engine::{Fold, FoldSettings};
use facts::{Record, Stamp};
use std::io::Read;
use std::path::{Path, PathBuf};

/// One scenario on one version of Asterisk.
pub(crate) struct Capture {
    pub(crate) version: String,
    pub(crate) name: String,
    dir: PathBuf,
}

/// All of them, sorted.
pub(crate) fn all() -> Vec<Capture> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/captures"));
    let mut found = Vec::new();
    for version in ["16", "22"] {
        let entries = std::fs::read_dir(root.join(version)).expect("fixtures are there");
        for entry in entries {
            let dir = entry.expect("a folder").path();
            let name = dir.file_name().expect("named").to_string_lossy().into_owned();
            found.push(Capture { version: version.to_owned(), name, dir });
        }
    }
    found.sort_by(|a, b| (&a.version, &a.name).cmp(&(&b.version, &b.name)));
    assert!(found.len() > 90, "only {} captures", found.len());
    found
}

impl Capture {
    /// The bytes of one recorded session; `None` if this scenario has no such session.
    pub(crate) fn bytes(&self, session: &str) -> Option<Vec<u8>> {
        let packed = std::fs::read(self.dir.join(format!("ami-{session}.txt.gz"))).ok()?;
        let mut bytes = Vec::new();
        flate2::read::MultiGzDecoder::new(&packed[..])
            .read_to_end(&mut bytes)
            .expect("a whole gzip file");
        Some(bytes)
    }

    /// What another witness wrote; empty if it wrote nothing.
    pub(crate) fn witness(&self, name: &str) -> String {
        let bytes = std::fs::read(self.dir.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The records of session a, and of c where a restart cut a off.
    pub(crate) fn records(&self) -> Vec<Record> {
        let sessions = ["a", "c"].iter().filter_map(|s| self.bytes(s));
        translate::order::union(sessions.map(|b| translate::capture::records(&b)).collect())
    }

    /// The fold of the whole capture, or up to a moment.
    pub(crate) fn fold(&self, at: Option<Stamp>) -> Fold {
        let mut fold = new_fold();
        for record in self.records() {
            if at.is_none_or(|at| record.stamp <= at) {
                fold.push(record);
            }
        }
        fold.settle();
        if let Some(at) = at {
            fold.advance(at);
        }
        fold
    }
}

/// A fold with the lab's wrap-up times.
pub(crate) fn new_fold() -> Fold {
    Fold::new(settings())
}

/// How to fold what was recorded in the lab.
pub(crate) fn settings() -> FoldSettings {
    let mut settings = FoldSettings::for_acd("pbx");
    let conf = include_bytes!("../../../../fixtures/expected/queues.conf");
    let (wrapup, problems) = translate::asterisk::parse_queues_conf(conf);
    assert!(problems.is_empty(), "{problems:?}");
    settings.translate.wrapup = wrapup;
    settings
}
