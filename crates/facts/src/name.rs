//! Names: cheap to clone, compared as text, one type for each kind of thing so that a split
//! cannot be passed where an agent is meant.
//!
//! Names are what the switch says (decoded, invalid UTF-8 replaced). They are unique in one
//! ACD only: whoever mixes ACDs keeps the ACD beside them.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Text that is shared rather than copied.
pub type Text = Arc<str>;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Text);

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str { &self.0 }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str { &self.0 }
        }
        impl From<&str> for $name {
            fn from(s: &str) -> Self { Self(Text::from(s)) }
        }
        impl From<Text> for $name {
            fn from(s: Text) -> Self { Self(s) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

names! {
    /// One leg of a call at the switch (Asterisk: a channel's Uniqueid). Never reused while
    /// the switch runs, never changes in a channel's life.
    ChannelId;
    /// What belongs together as one call (Asterisk: Linkedid). Can change in a channel's life.
    CallId;
    /// What a channel of this switch and one of another have in common: the two ends of one leg
    /// between them (SIP: the Call-ID). The only name that means something in two ACDs.
    LegId;
    /// A mixing point that connects channels.
    BridgeId;
    /// A queue (CMS: split or skill).
    SplitId;
    /// A person or seat that takes calls of splits (Asterisk: a queue member's Interface).
    AgentId;
    /// An endpoint: a phone or a trunk (Asterisk: `PJSIP/1001`, the channel's name without
    /// its serial number).
    DeviceId;
}
