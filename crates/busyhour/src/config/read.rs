//! A configuration file as a tree of checked values. Every problem is found in one go, each
//! with its line and path; nothing is guessed.

use super::keys::{Holds, KEYS, Key, of_table};
use std::collections::BTreeMap;
use std::fmt;
use toml_edit::{Document, Item, TableLike, Value};

/// One thing that is wrong in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// Where it stands if not in the configuration file.
    pub(crate) file: String,
    /// The line, from 1; 0: the file as a whole.
    pub(crate) line: usize,
    /// Where in the tree, e.g. `pbx[0].address`.
    pub(crate) path: String,
    /// What is wrong and what to do.
    pub(crate) what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.what)
    }
}

/// A value that is of the kind its key wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Text(String),
    Bool(bool),
    Int(i64),
    Texts(Vec<String>),
    TextTable(BTreeMap<String, String>),
    IntTable(BTreeMap<String, i64>),
}

/// The keys of one table that were given, with their lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    /// Where it is in the tree, with a trailing dot; empty at the top.
    pub(crate) path: String,
    /// The line it begins at.
    pub(crate) line: usize,
    given: BTreeMap<&'static str, (usize, Given)>,
}

impl Section {
    /// A problem with a key of this section.
    pub(crate) fn problem(&self, key: &str, what: impl Into<String>) -> Problem {
        let line = self.given.get(key).map_or(self.line, |(line, _)| *line);
        Problem {
            line,
            path: format!("{}{key}", self.path),
            what: what.into(),
            ..Problem::default()
        }
    }

    fn get(&self, key: &str) -> Option<&Given> {
        self.given.get(key).map(|(_, given)| given)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Given::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key) {
            Some(Given::Bool(flag)) => Some(*flag),
            _ => None,
        }
    }

    pub(crate) fn int(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Given::Int(int)) => Some(*int),
            _ => None,
        }
    }

    pub(crate) fn texts(&self, key: &str) -> Option<&[String]> {
        match self.get(key) {
            Some(Given::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    pub(crate) fn text_table(&self, key: &str) -> BTreeMap<String, String> {
        match self.get(key) {
            Some(Given::TextTable(table)) => table.clone(),
            _ => BTreeMap::new(),
        }
    }

    pub(crate) fn int_table(&self, key: &str) -> BTreeMap<String, i64> {
        match self.get(key) {
            Some(Given::IntTable(table)) => table.clone(),
            _ => BTreeMap::new(),
        }
    }
}

/// The whole file.
#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    pub(crate) top: Section,
    pub(crate) journal: Section,
    pub(crate) pbxes: Vec<Section>,
}

/// Reads a file's text. What could be read comes back together with all problems.
pub(crate) fn read(text: &str) -> (File, Vec<Problem>) {
    let mut reader = Reader { text, problems: Vec::new() };
    let mut file = File::default();
    match Document::parse(text) {
        Err(error) => {
            let line = error.span().map_or(0, |span| reader.line(span.start));
            let what = format!("this is not TOML: {}", error.message().replace('\n', "; "));
            reader.problems.push(Problem { line, what, ..Problem::default() });
        }
        Ok(document) => {
            let root = document.as_table();
            file.top = reader.section("", "", 1, root, &["journal", "pbx"]);
            match root.get("journal") {
                None => {}
                Some(item) => match item.as_table_like() {
                    Some(t) => {
                        let line = reader.line_of(item);
                        file.journal = reader.section("journal", "journal.", line, t, &[]);
                    }
                    None => reader.wrong(item, "journal", "write a table: [journal]"),
                },
            }
            match root.get("pbx") {
                None => {}
                Some(item) => match item.as_array_of_tables() {
                    Some(tables) => {
                        for (i, table) in tables.iter().enumerate() {
                            let line = table.span().map_or(0, |s| reader.line(s.start));
                            let path = format!("pbx[{i}].");
                            let section = reader.section("pbx", &path, line, table, &[]);
                            file.pbxes.push(section);
                        }
                    }
                    None => reader.wrong(item, "pbx", "write one [[pbx]] for each switch"),
                },
            }
        }
    }
    (file, reader.problems)
}

struct Reader<'t> {
    text: &'t str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        1 + before.filter(|b| **b == b'\n').count()
    }

    fn line_of(&self, item: &Item) -> usize {
        item.span().map_or(0, |span| self.line(span.start))
    }

    fn wrong(&mut self, item: &Item, path: &str, what: &str) {
        let line = self.line_of(item);
        let (path, what) = (path.to_owned(), what.to_owned());
        self.problems.push(Problem { line, path, what, ..Problem::default() });
    }

    fn section(
        &mut self,
        table: &str,
        path: &str,
        line: usize,
        items: &dyn TableLike,
        tables: &[&str],
    ) -> Section {
        let mut section = Section { path: path.to_owned(), line, given: BTreeMap::new() };
        for (name, item) in items.iter() {
            if tables.contains(&name) {
                continue;
            }
            let full = format!("{path}{name}");
            let Some(key) = of_table(table).find(|k| k.name == name) else {
                let what = unknown(table, name);
                self.wrong(item, &full, &what);
                continue;
            };
            match self.value(key, &full, item) {
                Ok(given) => {
                    section.given.insert(key.name, (self.line_of(item), given));
                }
                Err(what) => self.wrong(item, &full, &what),
            }
        }
        section
    }

    fn value(&mut self, key: &Key, path: &str, item: &Item) -> Result<Given, String> {
        match key.holds {
            Holds::Text | Holds::Path => match item.as_str() {
                Some("") => Err("is empty; leave the key out or give a value".to_owned()),
                Some(text) => Ok(Given::Text(text.to_owned())),
                None => Err("must be text in quotes".to_owned()),
            },
            Holds::Address => match item.as_str() {
                Some(text) if is_address(text) => Ok(Given::Text(text.to_owned())),
                _ => Err("must be \"HOST:PORT\", the port from 0 to 65535".to_owned()),
            },
            Holds::Bool => {
                item.as_bool().map(Given::Bool).ok_or_else(|| "must be true or false".to_owned())
            }
            Holds::Int(from, to) => match item.as_integer() {
                Some(int) if (from..=to).contains(&int) => Ok(Given::Int(int)),
                _ => Err(format!("must be a whole number from {from} to {to}")),
            },
            Holds::Word(words) => match item.as_str() {
                Some(word) if words.contains(&word) => Ok(Given::Text(word.to_owned())),
                _ => Err(format!("must be one of: {}", words.join(", "))),
            },
            Holds::Texts => {
                let list = item.as_array().ok_or("must be a list of texts: [\"a\", \"b\"]")?;
                let texts = list.iter().map(|v| v.as_str().map(str::to_owned));
                texts
                    .collect::<Option<Vec<_>>>()
                    .map(Given::Texts)
                    .ok_or_else(|| "must be a list of texts: [\"a\", \"b\"]".to_owned())
            }
            Holds::TextTable => {
                let table = self.table(path, item, |v| v.as_str().map(str::to_owned), "text");
                Ok(Given::TextTable(table?))
            }
            Holds::IntTable(to) => {
                let int = |v: &Value| v.as_integer().filter(|i| (0..=to).contains(i));
                let table = self.table(path, item, int, &format!("a number from 0 to {to}"));
                Ok(Given::IntTable(table?))
            }
        }
    }

    /// A table of free keys; each wrong value is a problem of its own.
    fn table<T>(
        &mut self,
        path: &str,
        item: &Item,
        read: impl Fn(&Value) -> Option<T>,
        want: &str,
    ) -> Result<BTreeMap<String, T>, String> {
        let table = item.as_table_like().ok_or_else(|| format!("must be a table: [{path}]"))?;
        let mut out = BTreeMap::new();
        for (name, item) in table.iter() {
            match item.as_value().and_then(&read) {
                Some(value) => {
                    out.insert(name.to_owned(), value);
                }
                None => self.wrong(item, &format!("{path}.{name}"), &format!("must be {want}")),
            }
        }
        Ok(out)
    }
}

/// What to say of a key that does not exist: where it would belong, or what is meant.
fn unknown(table: &str, name: &str) -> String {
    if let Some(key) = KEYS.iter().find(|k| k.name == name) {
        let home = match key.table {
            "" => "the top of the file".to_owned(),
            "pbx" => "[[pbx]]".to_owned(),
            other => format!("[{other}]"),
        };
        return format!("does not belong here but into {home}");
    }
    let near = of_table(table).map(|k| (distance(k.name, name), k.name)).min();
    match near {
        Some((d, near)) if d <= 2 => format!("unknown key; is `{near}` meant?"),
        _ => "unknown key; see docs/configuration.md".to_owned(),
    }
}

/// How many letters must change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut diagonal = i;
        for (j, y) in b.iter().enumerate() {
            let up = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let best = (diagonal + usize::from(x != *y)).min(left + 1).min(up + 1);
            diagonal = up;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = best;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    !host.is_empty() && (bracketed || !host.contains(':')) && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        read(text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn all_problems_come_at_once_with_line_and_path() {
        let text = "\
listen = \"localhost\"
colour = 1
queue_mib = 9

[journal]
keep_days = 0

[[pbx]]
name = \"a\"
addres = \"h:1\"
login = \"sha\"
[pbx.wrapup]
sales = -1
support = 5
";
        assert_eq!(
            problems(text),
            [
                "line 1: listen: must be \"HOST:PORT\", the port from 0 to 65535",
                "line 2: colour: unknown key; see docs/configuration.md",
                "line 3: queue_mib: does not belong here but into [journal]",
                "line 6: journal.keep_days: must be a whole number from 1 to 36500",
                "line 10: pbx[0].addres: unknown key; is `address` meant?",
                "line 11: pbx[0].login: must be one of: md5, plain",
                "line 13: pbx[0].wrapup.sales: must be a number from 0 to 86400",
            ]
        );
    }

    #[test]
    fn values_arrive() {
        let (file, problems) = read(
            "[[pbx]]\nname='x'\ntls=true\ntrunks=['PJSIP/t*']\nresync_minutes=3\n[pbx.vdns]\n8001='S'",
        );
        assert_eq!(problems, []);
        let pbx = &file.pbxes[0];
        assert_eq!(pbx.text("name"), Some("x"));
        assert_eq!(pbx.flag("tls"), Some(true));
        assert_eq!(pbx.int("resync_minutes"), Some(3));
        assert_eq!(pbx.texts("trunks"), Some(&["PJSIP/t*".to_owned()][..]));
        assert_eq!(pbx.text_table("vdns").get("8001").map(String::as_str), Some("S"));
    }

    #[test]
    fn what_is_not_toml_says_where() {
        let found = problems("listen = \n");
        assert!(found[0].starts_with("line 1: this is not TOML"), "{found:?}");
        assert_eq!(problems("pbx = 3"), ["line 1: pbx: write one [[pbx]] for each switch"]);
    }

    #[test]
    fn every_default_that_is_a_value_passes_its_own_check() {
        for key in KEYS {
            let written = match key.holds {
                Holds::Int(..) | Holds::Bool | Holds::Word(_) => key.default,
                _ => continue,
            };
            if written.is_empty() {
                continue;
            }
            let text = match key.table {
                "" => format!("{} = {written}", key.name),
                "pbx" => format!("[[pbx]]\n{} = {written}", key.name),
                table => format!("[{table}]\n{} = {written}", key.name),
            };
            assert_eq!(problems(&text), Vec::<String>::new(), "{text}");
        }
    }
}
