//! The wrap-up time of each queue out of a `queues.conf`: Asterisk tells it nowhere else.

use facts::SplitId;
use std::collections::BTreeMap;

/// Something in the file that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// What, for a person.
    pub what: String,
}

/// One `[section]`.
#[derive(Default)]
struct Section {
    template: bool,
    wrapup: Option<u32>,
}

/// Reads `wrapuptime` of every queue in the file, templates followed: `[base](!)`, `[q](base)`,
/// `[q](+)`. A queue that sets none has 0. `[general]` is passed over; `#include` cannot be
/// followed from here and is reported.
pub fn parse_queues_conf(text: &[u8]) -> (BTreeMap<SplitId, u32>, Vec<Problem>) {
    let text = String::from_utf8_lossy(text);
    let mut problems = Vec::new();
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut current: Option<String> = None;
    let mut comment = false;
    for (index, raw) in text.lines().enumerate() {
        let mut problem = |what: String| problems.push(Problem { line: index + 1, what });
        // `;--` to `--;` is a comment over lines.
        if comment {
            comment = !raw.contains("--;");
            continue;
        }
        if raw.trim_start().starts_with(";--") && !raw.trim_start().starts_with(";---") {
            comment = !raw.contains("--;");
            continue;
        }
        let line = uncommented(raw);
        if line.starts_with('#') {
            problem(format!("{line} is not followed; give the included file, too"));
        } else if let Some(rest) = line.strip_prefix('[') {
            let Some((name, rest)) = rest.split_once(']') else {
                problem("a section without ]".to_owned());
                current = None;
                continue;
            };
            let (made, unknown) = section(rest, sections.remove(name), &sections);
            for template in unknown {
                problem(format!("[{name}] is based on {template}, which is not above it"));
            }
            sections.insert(name.to_owned(), made);
            current = Some(name.to_owned());
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case("wrapuptime")
        {
            let value = value.trim_start_matches('>').trim();
            let section = current.as_ref().and_then(|name| sections.get_mut(name));
            match (section, value.parse()) {
                (Some(section), Ok(seconds)) => section.wrapup = Some(seconds),
                (None, _) => problem("wrapuptime outside of a section".to_owned()),
                (_, Err(_)) => problem(format!("wrapuptime: {value} is not whole seconds")),
            }
        }
    }
    let queues = sections
        .into_iter()
        .filter(|(name, section)| !section.template && name != "general")
        .map(|(name, section)| (SplitId::from(name.as_str()), section.wrapup.unwrap_or(0)))
        .collect();
    (queues, problems)
}

/// The line without comment and outer blanks; `\;` is no comment.
fn uncommented(line: &str) -> &str {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if c == ';' && !escaped {
            return line.get(..at).unwrap_or_default().trim();
        }
        escaped = c == '\\';
    }
    line.trim()
}

/// A section as its head makes it, and the templates that are not known. `before` is what was
/// in a section of that name: `(+)` adds to it, else it is replaced by the later one.
fn section(
    head: &str,
    before: Option<Section>,
    known: &BTreeMap<String, Section>,
) -> (Section, Vec<String>) {
    let mut made = Section::default();
    let mut unknown = Vec::new();
    let options = head.trim().strip_prefix('(').and_then(|h| h.split_once(')'));
    let mut before = before;
    for option in options.map_or("", |(o, _)| o).split(',').map(str::trim) {
        match option {
            "" => {}
            "!" => made.template = true,
            "+" => {
                if let Some(before) = before.take() {
                    made.wrapup = before.wrapup.or(made.wrapup);
                    made.template |= before.template;
                }
            }
            base => match known.get(base) {
                Some(base) => made.wrapup = base.wrapup.or(made.wrapup),
                None => unknown.push(base.to_owned()),
            },
        }
    }
    (made, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The queues with their wrap-up, and the lines with problems.
    fn parsed(text: &str) -> (Vec<(String, u32)>, Vec<usize>) {
        let (queues, problems) = parse_queues_conf(text.as_bytes());
        (
            queues.into_iter().map(|(q, s)| (q.to_string(), s)).collect(),
            problems.into_iter().map(|p| p.line).collect(),
        )
    }

    #[test]
    fn templates_are_followed_and_general_is_not_a_queue() {
        let (queues, problems) = parsed(
            "[general]\nwrapuptime = 99\n\n[base](!)\nwrapuptime=3\n[sales](base) ; ours\n\
             [support](base)\nwrapuptime => 10 ; longer\n[plain]\nstrategy = rrmemory\n\
             [sales](+)\nmember => PJSIP/1\n;-- wrapuptime = 5\nwrapuptime = 6 --;\n",
        );
        assert_eq!(queues, [("plain".into(), 0), ("sales".into(), 3), ("support".into(), 10)]);
        assert_eq!(problems, [0; 0]);
    }

    #[test]
    fn what_cannot_be_followed_is_reported_with_its_line() {
        let (queues, problems) =
            parsed("wrapuptime = 1\n#include more.conf\n[a](nowhere)\nwrapuptime = soon\n[b\n");
        assert_eq!(queues, [("a".into(), 0)]);
        assert_eq!(problems, [1, 2, 3, 4, 5]);
    }
}
