//! What every file of the tree must keep to: a word on top of each module, no overlong files or
//! lines, no names that say nothing, nothing that tests skip, no trace of a machine's paths.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines of a source file; tests may be longer.
const LINES_MAX: usize = 800;
const TEST_LINES_MAX: usize = 1_500;
const COLUMNS_MAX: usize = 100;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 9] =
    ["utils", "util", "common", "helpers", "helper", "misc", "types", "shared", "manager"];

/// Every untidiness, with file and line.
pub(crate) fn check(root: &Path) -> Vec<String> {
    let files = match tracked(root) {
        Ok(files) => files,
        Err(e) => return vec![e],
    };
    let mut found = Vec::new();
    for file in &files {
        let name = file.to_string_lossy();
        let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".rs") && EMPTY_NAMES.contains(&stem.as_str()) {
            found.push(format!("{name}: a name that says nothing about what is inside"));
        }
        let is_text = [".rs", ".md", ".toml", ".sh", ".py", ".css", ".js", ".yml"];
        if name.starts_with("fixtures/") || !is_text.iter().any(|e| name.ends_with(e)) {
            continue;
        }
        match std::fs::read_to_string(root.join(file)) {
            Ok(text) => found.extend(check_text(&name, &text)),
            Err(e) => found.push(format!("{name}: {e}")),
        }
    }
    found
}

/// The files that belong to the tree: tracked, or new and not ignored.
fn tracked(root: &Path) -> Result<Vec<PathBuf>, String> {
    let out = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("git ls-files: {e}"))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let files: Vec<PathBuf> = text
        .split('\0')
        .filter(|f| !f.is_empty())
        .map(PathBuf::from)
        .filter(|f| root.join(f).is_file())
        .collect();
    if files.is_empty() { Err("git ls-files named no file".to_owned()) } else { Ok(files) }
}

fn check_text(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = |line: usize, what: &str| found.push(format!("{name}:{line}: {what}"));
    if !text.is_empty() && !text.ends_with('\n') {
        at(text.lines().count(), "the last line has no end");
    }
    for (i, line) in text.lines().enumerate() {
        if line.ends_with([' ', '\t']) && !name.ends_with(".md") {
            at(i + 1, "blanks at the end of the line");
        }
        if line.contains(concat!("<<<<", "<<<")) {
            at(i + 1, "a merge is not finished");
        }
    }
    if name.ends_with(".rs") {
        check_rust(name, text, &mut at);
    }
    found
}

fn check_rust(name: &str, text: &str, at: &mut impl FnMut(usize, &str)) {
    let is_test = name.contains("/tests/") || name.ends_with("tests.rs");
    let max = if is_test { TEST_LINES_MAX } else { LINES_MAX };
    let lines = text.lines().count();
    if lines > max {
        at(lines, &format!("longer than {max} lines: split it by concept"));
    }
    if !text.trim_start().starts_with("//!") {
        at(1, "no //! on top: what is this module, what may it not know?");
    }
    for (i, line) in text.lines().enumerate() {
        // Tables in tests may be wide; elsewhere only what cannot be broken.
        let wide = line.chars().count() > COLUMNS_MAX && !is_test;
        if wide && !line.contains("http") && !line.contains('"') {
            at(i + 1, "wider than 100 columns");
        }
        let code = line.trim_start();
        if code.starts_with(concat!("#[igno", "re"))
            || code.starts_with(concat!("#[should_", "panic"))
        {
            at(i + 1, "a test that is skipped or expects a panic");
        }
        if is_test && code.contains(concat!("thread::sle", "ep(")) && !line.contains("poll") {
            at(i + 1, "a sleep in a test: wait for a condition (a polling wait says `poll`)");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        assert_eq!(check(crate::root()), Vec::<String>::new());
    }

    #[test]
    fn untidiness_is_found() {
        let long = "x".repeat(101);
        let text = format!("fn a() {{}} \n#[{}]\n{long}", "ignore");
        let found = check_text("crates/a/src/b.rs", &text);
        assert_eq!(
            found,
            [
                "crates/a/src/b.rs:3: the last line has no end",
                "crates/a/src/b.rs:1: blanks at the end of the line",
                "crates/a/src/b.rs:1: no //! on top: what is this module, what may it not know?",
                "crates/a/src/b.rs:2: a test that is skipped or expects a panic",
                "crates/a/src/b.rs:3: wider than 100 columns",
            ]
        );
    }
}
