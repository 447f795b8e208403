//! How records say things: the columns, and names, numbers, moments and days in them.

use crate::settings::Settings;
use facts::table::Value;
use facts::{CivilTime, SplitId, Stamp, Text, Zone};

/// Makes a static list of columns: `columns! { acd Int "…"; … }`.
macro_rules! columns {
    ($($name:ident $kind:ident $doc:literal;)*) => {
        &[$(facts::table::Column {
            name: stringify!($name),
            kind: facts::table::Type::$kind,
            doc: $doc,
        },)*]
    };
}
pub(crate) use columns;

/// A split's CMS number: its name, if that is a number. Others have none until the dictionary
/// gives one.
pub(crate) fn number(split: &SplitId) -> Value {
    let digits = !split.is_empty() && split.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| split.parse::<i64>().ok()).flatten().into()
}

/// The extension of a phone (CMS EXTENSION): its name without technology and context.
pub(crate) fn extension(device: &Text) -> Value {
    let name = device.split_once('/').map_or(&**device, |(_, name)| name);
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    Value::text_or_null(&Text::from(name))
}

/// The name of a split, or null.
pub(crate) fn split_name(split: Option<&SplitId>) -> Value {
    split.map(|s| s.0.clone()).into()
}

/// The name of the ACD.
pub(crate) fn acd_name(settings: &Settings) -> Value {
    Value::text_or_null(&settings.name)
}

/// CMS's flags.
pub(crate) fn flag(yes: bool) -> Value {
    Value::from(if yes { "y" } else { "n" })
}

/// The time of day of a moment as a number `hhmmss`.
pub(crate) fn time_of_day(at: Stamp, zone: Zone) -> Value {
    let shown = CivilTime::of(at, zone);
    Value::Int((shown.hour * 100 + shown.minute) * 100 + shown.second)
}
