//! The crates' edges: what `cargo metadata` says must be what the table in ARCHITECTURE.md
//! allows, and crates of other people that a layer must not have are named there too.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

type Edges = BTreeMap<String, BTreeSet<String>>;

/// Every difference between the table and the manifests.
pub(crate) fn check(root: &Path) -> Vec<String> {
    let text = match std::fs::read_to_string(root.join("ARCHITECTURE.md")) {
        Ok(text) => text,
        Err(e) => return vec![format!("ARCHITECTURE.md: {e}")],
    };
    let metadata = match metadata(root) {
        Ok(metadata) => metadata,
        Err(e) => return vec![format!("cargo metadata: {e}")],
    };
    compare(&allowed(&text), &actual(&metadata))
}

/// Rows of the table `| crate | may use |` (between the two markers): first cell the crate,
/// second cell the crates it may use, `—` for none.
fn allowed(architecture: &str) -> Edges {
    let inside = architecture
        .split_once("<!-- edges -->")
        .and_then(|(_, rest)| rest.split_once("<!-- /edges -->"))
        .map_or("", |(table, _)| table);
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split(',')
            .map(|n| n.trim().trim_matches('`').to_owned())
            .filter(|n| !n.is_empty() && n != "—")
            .collect()
    };
    inside
        .lines()
        .filter_map(|line| {
            let mut cells = line.trim().trim_matches('|').split('|');
            let (from, to) = (cells.next()?.trim(), cells.next()?);
            let from = from.strip_prefix('`')?.strip_suffix('`')?;
            Some((from.to_owned(), names(to)))
        })
        .collect()
}

fn metadata(root: &Path) -> Result<Value, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|e| e.to_string())?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    serde_json::from_slice(&out.stdout).map_err(|e| e.to_string())
}

/// Our crates and what each uses of ours in its product (tests may use what they need).
fn actual(metadata: &Value) -> Edges {
    let none = Vec::new();
    let packages = metadata["packages"].as_array().unwrap_or(&none);
    let ours: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let uses = |package: &Value| -> BTreeSet<String> {
        package["dependencies"]
            .as_array()
            .unwrap_or(&none)
            .iter()
            .filter(|d| d["kind"].as_str() != Some("dev"))
            .filter_map(|d| d["name"].as_str())
            .filter(|name| ours.contains(name))
            .map(str::to_owned)
            .collect()
    };
    packages.iter().filter_map(|p| Some((p["name"].as_str()?.to_owned(), uses(p)))).collect()
}

fn compare(allowed: &Edges, actual: &Edges) -> Vec<String> {
    let mut found = Vec::new();
    for (from, uses) in actual {
        match allowed.get(from) {
            None => found.push(format!("crate {from} is not in the table of ARCHITECTURE.md")),
            Some(may) => found.extend(uses.difference(may).map(|to| {
                format!("crate {from} uses {to}: the table of ARCHITECTURE.md does not allow it")
            })),
        }
    }
    for (from, may) in allowed {
        match actual.get(from) {
            None => found.push(format!("ARCHITECTURE.md names a crate {from} that is not there")),
            Some(uses) => found.extend(
                may.difference(uses)
                    .map(|to| format!("ARCHITECTURE.md allows {from} to use {to}: it does not")),
            ),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_keep_to_the_layers() {
        assert_eq!(check(crate::root()), Vec::<String>::new());
    }

    #[test]
    fn a_forbidden_edge_and_a_stale_one_are_both_found() {
        let table = "x\n<!-- edges -->\n| crate | may use |\n|---|---|\n| `a` | `b`, `c` | w |\n\
                     | `b` | — |\n<!-- /edges -->\n";
        let edge = |from: &str, to: &[&str]| {
            (from.to_owned(), to.iter().map(|t| (*t).to_owned()).collect())
        };
        let actual = Edges::from([edge("a", &["b"]), edge("b", &["a"]), edge("d", &[])]);
        assert_eq!(
            compare(&allowed(table), &actual),
            [
                "crate b uses a: the table of ARCHITECTURE.md does not allow it",
                "crate d is not in the table of ARCHITECTURE.md",
                "ARCHITECTURE.md allows a to use c: it does not",
            ]
        );
    }
}
