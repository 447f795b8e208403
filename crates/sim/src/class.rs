//! AMI's event and permission classes (`read =`, `write =`, `Privilege:`).

/// A set of classes; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes(u32);

/// Name and class, in the order in which Asterisk writes several of them.
const NAMES: [(&str, Classes); 15] = [
    ("system", Classes::SYSTEM),
    ("call", Classes::CALL),
    ("log", Classes::LOG),
    ("verbose", Classes::VERBOSE),
    ("command", Classes::COMMAND),
    ("agent", Classes::AGENT),
    ("user", Classes::USER),
    ("config", Classes::CONFIG),
    ("dtmf", Classes::DTMF),
    ("reporting", Classes::REPORTING),
    ("cdr", Classes::CDR),
    ("dialplan", Classes::DIALPLAN),
    ("originate", Classes::ORIGINATE),
    ("security", Classes::SECURITY),
    ("message", Classes::MESSAGE),
];

impl Classes {
    /// No class.
    pub const NONE: Self = Self(0);
    /// Every class, `security` included.
    pub const ALL: Self = Self(u32::MAX);
    /// `system`: start, stop, reload.
    pub const SYSTEM: Self = Self(1);
    /// `call`: channels, bridges, device states.
    pub const CALL: Self = Self(1 << 1);
    /// `log`.
    pub const LOG: Self = Self(1 << 2);
    /// `verbose`.
    pub const VERBOSE: Self = Self(1 << 3);
    /// `command`: the command line.
    pub const COMMAND: Self = Self(1 << 4);
    /// `agent`: queues and their members.
    pub const AGENT: Self = Self(1 << 5);
    /// `user`: UserEvent.
    pub const USER: Self = Self(1 << 6);
    /// `config`.
    pub const CONFIG: Self = Self(1 << 7);
    /// `dtmf`: digits.
    pub const DTMF: Self = Self(1 << 8);
    /// `reporting`.
    pub const REPORTING: Self = Self(1 << 9);
    /// `cdr`.
    pub const CDR: Self = Self(1 << 10);
    /// `dialplan`: Newexten, VarSet.
    pub const DIALPLAN: Self = Self(1 << 11);
    /// `originate`.
    pub const ORIGINATE: Self = Self(1 << 12);
    /// `security`: logins.
    pub const SECURITY: Self = Self(1 << 13);
    /// `message`.
    pub const MESSAGE: Self = Self(1 << 14);

    /// Reads `system, call` as in manager.conf or `EventMask`; `None` for an unknown name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::NONE;
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let class = match word {
                "all" | "on" | "yes" => Self::ALL,
                "none" | "off" | "no" => Self::NONE,
                _ => NAMES.iter().find(|(name, _)| *name == word)?.1,
            };
            all = all.with(class);
        }
        Some(all)
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the two sets share a class.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// `Privilege:` of an event, which has one class.
    pub(crate) fn privilege_of_events(self) -> &'static str {
        match self {
            Self::SYSTEM => "system,all",
            Self::CALL => "call,all",
            Self::AGENT => "agent,all",
            Self::USER => "user,all",
            Self::DTMF => "dtmf,all",
            Self::REPORTING => "reporting,all",
            Self::DIALPLAN => "dialplan,all",
            Self::SECURITY => "security,all",
            _ => "<none>",
        }
    }

    /// As in `Privilege:` and `Priv:`: `system,reporting,all`, or `<none>`.
    #[must_use]
    pub fn privilege(self) -> String {
        if self == Self::NONE {
            return "<none>".to_owned();
        }
        let mut text = String::new();
        for (name, class) in NAMES {
            if self.meets(class) {
                text.push_str(name);
                text.push(',');
            }
        }
        text.push_str("all");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Classes, NAMES};

    #[test]
    fn reads_and_writes_classes() {
        let both = Classes::parse("system, reporting").unwrap();
        assert!(both.meets(Classes::SYSTEM) && !both.meets(Classes::CALL));
        assert_eq!(both.privilege(), "system,reporting,all");
        assert_eq!(Classes::NONE.privilege(), "<none>");
        for class in NAMES.map(|(_, class)| class) {
            let short = class.privilege_of_events();
            assert!(short == class.privilege() || short == "<none>", "{short}");
        }
        assert_eq!(Classes::parse("off"), Some(Classes::NONE));
        assert_eq!(Classes::parse("nonsense"), None);
    }
}
