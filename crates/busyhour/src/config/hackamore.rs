//! The settings of Hackamore, the program that showed live calls of Asterisk before: variables of
//! the environment, and a file of the same names in the home directory. Whoever has them needs
//! nothing else to attach; whoever moves to `[[pbx]]` does so switch by switch.

use super::read::Problem;
use engine::{AcdSettings, Day, FoldSettings};
use history::calendar::Length;
use links::asterisk::{Secret, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PREFIX: &str = "COM_DIAG_HACKAMORE_";
const FILE: &str = ".com_diag_hackamore";
const ENVIRONMENT: &str = "environment";
/// So many switches may be numbered.
const NUMBER_MAX: u32 = 1_000;

/// The variables: name without number, the key of `[[pbx]]` that it stands for, default, meaning.
pub(crate) const VARIABLES: [(&str, &str, &str, &str); 5] = [
    ("NAME", "name", "", "The ACD's name, as `name` of `[[pbx]]`. There is no switch without it."),
    ("SERVER", "address", "127.0.0.1", "Host name or address of the switch."),
    ("PORT", "address", "5038", "Port of its AMI, 1 to 65535."),
    ("USERNAME", "user", "", "The AMI user, a section of manager.conf."),
    ("SECRET", "secret", "", "The AMI user's secret."),
];

/// What may be done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Attach to the switches that they name.
    On,
    /// Also over a network in plain text, which is all that Hackamore knew.
    Plain,
    /// Do not look at them.
    Off,
}

impl Use {
    /// From the word of the key `hackamore`.
    pub(crate) fn of(word: Option<&str>) -> Self {
        match word {
            Some("plain") => Self::Plain,
            Some("off") => Self::Off,
            _ => Self::On,
        }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, Default)]
struct Given {
    text: String,
    file: String,
    line: usize,
}

/// What was found of Hackamore's settings, unchecked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    values: BTreeMap<String, Given>,
    problems: Vec<Problem>,
}

impl Found {
    /// Looks into this process's environment and the home directory of who runs it.
    pub(crate) fn here() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let mut found = Self::default();
        if let Some(home) = std::env::var_os("HOME").filter(|home| !home.is_empty()) {
            found.file(&PathBuf::from(home).join(FILE));
        }
        found.environment(std::env::vars_os().filter_map(text));
        found
    }

    /// Whether there is anything at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.problems.is_empty()
    }

    fn file(&mut self, path: &Path) {
        let file = path.display().to_string();
        match super::private_text(path) {
            Ok(text) => self.lines(&file, &text),
            Err(e) if !path.exists() => drop(e),
            Err(what) => self.problems.push(Problem { file, what, ..Problem::default() }),
        }
    }

    /// `NAME=value` a line; `#` begins a comment, of a name given twice the first counts.
    fn lines(&mut self, file: &str, text: &str) {
        for (line, content) in text.lines().enumerate().map(|(i, l)| (i + 1, l)) {
            let content = content.split('#').next().unwrap_or_default();
            let (name, value) = content.split_once('=').unwrap_or((content, ""));
            if !name.trim().is_empty() {
                let text = value.trim().to_owned();
                let given = Given { text, file: file.to_owned(), line };
                self.values.entry(name.trim().to_owned()).or_insert(given);
            }
        }
    }

    /// The environment goes before the file, variable by variable.
    fn environment(&mut self, variables: impl Iterator<Item = (String, String)>) {
        for (name, text) in variables.filter(|(name, _)| name.starts_with(PREFIX)) {
            let given = Given { text, file: ENVIRONMENT.to_owned(), line: 0 };
            self.values.insert(name, given);
        }
    }

    fn problem(&self, name: &str, what: impl Into<String>) -> Problem {
        let given = self.values.get(name).cloned().unwrap_or_default();
        Problem { file: given.file, line: given.line, path: name.to_owned(), what: what.into() }
    }

    fn text(&self, what: &str, n: u32) -> Option<&str> {
        self.values.get(&format!("{PREFIX}{what}{n}")).map(|g| g.text.as_str())
    }

    /// The switches that they name but for those that have a `[[pbx]]`, and every problem.
    pub(crate) fn switches(
        &self,
        plain: bool,
        taken: &BTreeSet<&str>,
        server: &str,
    ) -> (Vec<AcdSettings>, Vec<Problem>) {
        let mut problems = self.problems.clone();
        let mut switches = Vec::new();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        let last = (1..=NUMBER_MAX).take_while(|n| self.text("NAME", *n).is_some()).count();
        let last = u32::try_from(last).unwrap_or(NUMBER_MAX);
        self.strangers(last, &mut problems);
        for n in 1..=last {
            let name = self.text("NAME", n).unwrap_or_default();
            if let Some(first) = names.insert(name, n) {
                let what = format!("{PREFIX}NAME{first} has this name, too");
                problems.push(self.problem(&format!("{PREFIX}NAME{n}"), what));
            } else if !taken.contains(name) {
                match self.switch(n, plain, server) {
                    Ok(switch) => switches.push(switch),
                    Err(more) => problems.extend(more),
                }
            }
        }
        (switches, problems)
    }

    fn switch(&self, n: u32, plain: bool, server: &str) -> Result<AcdSettings, Vec<Problem>> {
        let mut problems = Vec::new();
        let variable = |what: &str| format!("{PREFIX}{what}{n}");
        let name = self.text("NAME", n).unwrap_or_default();
        if let Err(what) = super::acd_name(name) {
            problems.push(self.problem(&variable("NAME"), what));
        }
        for what in ["USERNAME", "SECRET"] {
            if self.text(what, n).is_none_or(str::is_empty) {
                let what = variable(what);
                // Where it is not given at all, the place is that of the switch's name.
                let place =
                    if self.values.contains_key(&what) { what.clone() } else { variable("NAME") };
                let mut problem =
                    self.problem(&place, "is missing or empty; every switch needs it");
                problem.path = what;
                problems.push(problem);
            }
        }
        let given =
            |what: &str, default| self.text(what, n).filter(|t| !t.is_empty()).unwrap_or(default);
        let (host, port) = (given("SERVER", "127.0.0.1"), given("PORT", "5038"));
        if !port.parse::<u16>().is_ok_and(|port| port > 0) {
            problems
                .push(self.problem(&variable("PORT"), "must be a whole number from 1 to 65535"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let literal = host.contains(':') && !host.starts_with('[');
        let address = if literal { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let secret = Secret::new(self.text("SECRET", n).unwrap_or_default());
        let user = self.text("USERNAME", n).unwrap_or_default();
        let mut link = Settings::new(name, &address, user, secret, server);
        link.plain_text = plain;
        for (key, what) in link.problems() {
            let (name, what) = match key {
                "tls" => (
                    "SERVER",
                    "is another machine, and these variables know no TLS: write a [[pbx]] of this \
                     name, or hackamore = \"plain\" to show callers to the network"
                        .to_owned(),
                ),
                key => (VARIABLES.iter().find(|v| v.1 == key).map_or("NAME", |v| v.0), what),
            };
            problems.push(self.problem(&variable(name), what));
        }
        let settings = AcdSettings {
            link,
            fold: FoldSettings::for_acd(name),
            zone: Day::of_this_machine(),
            interval: Length::default(),
        };
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// Variables that mean nothing: misspelt, or with a number that counting never reaches.
    fn strangers(&self, last: u32, problems: &mut Vec<Problem>) {
        for name in self.values.keys() {
            let known = name.strip_prefix(PREFIX).map(|rest| {
                let what = rest.trim_end_matches(|c: char| c.is_ascii_digit());
                let number = rest.get(what.len()..).unwrap_or_default();
                (VARIABLES.iter().any(|v| v.0 == what), number)
            });
            let what = match known {
                // Without number they are those of Hackamore's own tests.
                Some((true, "")) => continue,
                Some((true, n)) if !n.starts_with('0') => match n.parse::<u32>() {
                    Ok(n) if n <= last => continue,
                    Ok(n) if n > NUMBER_MAX => format!("numbers end at {NUMBER_MAX}"),
                    _ => format!(
                        "has no effect: there is no {PREFIX}NAME{}, and counting ends there",
                        last.saturating_add(1)
                    ),
                },
                _ => {
                    let known = VARIABLES.map(|v| format!("{}n", v.0)).join(", ");
                    format!("unknown; there are {known} after {PREFIX}, n from 1")
                }
            };
            problems.push(self.problem(name, what));
        }
    }
}

/// The part of the reference page.
pub(crate) fn reference() -> String {
    let mut out = format!(
        "\n## Hackamore's settings\n\n\
         Variables of the environment whose names begin with `{PREFIX}`, and lines `NAME=value` of \
         the same names in `~/{FILE}` (`#` begins a comment; `chmod 600`, for it has secrets), \
         configure switches as well: the first with the number 1, the next with 2 …, until a NAME \
         is missing.\n\n| variable | default | |\n| --- | --- | --- |\n"
    );
    for (name, _, default, doc) in VARIABLES {
        let default = if default.is_empty() { "—" } else { default };
        out.push_str(&format!("| `{PREFIX}{name}n` | {default} | {doc} |\n"));
    }
    out.push_str(
        "\nA `[[pbx]]` of the same name goes before them, as a whole: a switch is moved by writing \
         its `[[pbx]]`. Of one variable the environment goes before the file, and in the file the \
         first line before later ones. They know no TLS, so a switch on another machine is refused \
         unless `hackamore = \"plain\"`. With them `busyhour serve` needs no configuration file \
         if there is no `busyhour.toml`. `hackamore = \"off\"` turns all this off.\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, environment: &[(&str, &str)]) -> Found {
        let mut found = Found::default();
        found.lines("/home/ann/.com_diag_hackamore", file);
        let variables = environment.iter().map(|(n, v)| (format!("{PREFIX}{n}"), (*v).to_owned()));
        found.environment(variables);
        found
    }

    fn seen(found: &Found, plain: bool, taken: &[&str]) -> (Vec<String>, Vec<String>) {
        let taken = taken.iter().copied().collect();
        let (switches, mut problems) = found.switches(plain, &taken, "s");
        problems.sort();
        let link = |s: &AcdSettings| {
            let secret = s.link.secret.expose();
            format!("{} {} {}:{secret}", s.link.name, s.link.address, s.link.user)
        };
        let said = problems.iter().map(|p| format!("{}: {p}", p.file)).collect();
        (switches.iter().map(link).collect(), said)
    }

    const TWO: &str = "\
COM_DIAG_HACKAMORE_NAME1=PBX1 # the old one
COM_DIAG_HACKAMORE_SERVER1 = 127.0.0.2
 COM_DIAG_HACKAMORE_USERNAME1=admin
COM_DIAG_HACKAMORE_SECRET1=password
COM_DIAG_HACKAMORE_SECRET1=later
# COM_DIAG_HACKAMORE_PORT1=1

COM_DIAG_HACKAMORE_NAME2=PBX2
COM_DIAG_HACKAMORE_SERVER2=::1
COM_DIAG_HACKAMORE_PORT2=5039
COM_DIAG_HACKAMORE_USERNAME2=admin
COM_DIAG_HACKAMORE_SECRET2=a=b
";

    #[test]
    fn switches_are_counted_and_the_environment_goes_first() {
        let (links, problems) = seen(&found(TWO, &[]), false, &[]);
        let one = "PBX1 127.0.0.2:5038 admin:password".to_owned();
        assert_eq!(links, [&*one, "PBX2 [::1]:5039 admin:a=b"]);
        assert!(problems.is_empty(), "{problems:?}");
        let env = [
            ("SECRET2", "c"),
            ("PORT2", "7"),
            ("NAME3", "x"),
            ("USERNAME3", "u"),
            ("SECRET3", "s"),
        ];
        let (links, _) = seen(&found(TWO, &env), false, &[]);
        assert_eq!(links, [&*one, "PBX2 [::1]:7 admin:c", "x 127.0.0.1:5038 u:s"]);
        let (links, problems) = seen(&found(TWO, &[]), false, &["PBX2"]);
        assert_eq!((links, problems.len()), (vec![one], 0), "a [[pbx]] goes before it");
    }

    #[test]
    fn all_problems_come_with_their_place() {
        let text = "\
COM_DIAG_HACKAMORE_NAME1=a b
COM_DIAG_HACKAMORE_PORT1=0
COM_DIAG_HACKAMORE_USERNAME1=u
COM_DIAG_HACKAMORE_NAME2=far
COM_DIAG_HACKAMORE_SERVER2=192.0.2.1
COM_DIAG_HACKAMORE_USERNAME2=u
COM_DIAG_HACKAMORE_SECRET2=s
COM_DIAG_HACKAMORE_NAME4=d
COM_DIAG_HACKAMORE_COLOUR1=red
nonsense
";
        let (links, problems) =
            seen(&found(text, &[("NAME3", "far"), ("SERVER", "h")]), false, &[]);
        assert!(links.is_empty());
        let want = [
            "line 1: COM_DIAG_HACKAMORE_NAME1: must be 1 to 64 letters",
            "line 1: COM_DIAG_HACKAMORE_SECRET1: is missing or empty; every switch needs it",
            "line 2: COM_DIAG_HACKAMORE_PORT1: must be a whole number from 1 to 65535",
            "line 5: COM_DIAG_HACKAMORE_SERVER2: is another machine",
            "line 8: COM_DIAG_HACKAMORE_SECRET4: is missing or empty",
            "line 8: COM_DIAG_HACKAMORE_USERNAME4: is missing or empty",
            "line 9: COM_DIAG_HACKAMORE_COLOUR1: unknown; there are NAMEn",
            "line 10: nonsense: unknown",
            "environment: COM_DIAG_HACKAMORE_NAME3: COM_DIAG_HACKAMORE_NAME2 has this name, too",
        ];
        assert_eq!(problems.len(), want.len(), "{problems:#?}");
        for (problem, want) in problems.iter().zip(want) {
            assert!(problem.contains(want), "{want} is not in {problem}");
        }
        // 4 is reached now that there is a 3; without it counting ends before.
        let (_, problems) = seen(&found(text, &[]), true, &[]);
        assert!(problems.iter().any(|p| p.contains("NAME4: has no effect")), "{problems:#?}");
        assert!(!problems.iter().any(|p| p.contains("SERVER2")), "plain text is allowed");
    }
}
