//! How values are written for people. The script says the same (`age`, `span` in `live.js`).

use facts::Stamp;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Text as it may be shown: what would not be seen, or would change how its surroundings are
/// seen (control characters, marks of direction), is made visible. Escaping for HTML is done by
/// the template.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_odd) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match c {
        // The pictures of the control characters stand in their order.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if is_odd(c) => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(shown).collect())
}

fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Time passed: `0:07`, `12:34`, `1:02:03`, from 100 hours on in days.
pub(crate) fn age(micros: i64) -> String {
    let secs = micros.max(0) / 1_000_000;
    let (h, m, s) = (secs / 3600, secs / 60 % 60, secs % 60);
    match h {
        0 => format!("{m}:{s:02}"),
        1..100 => format!("{h}:{m:02}:{s:02}"),
        _ => format!("{} d {} h", h / 24, h % 24),
    }
}

/// A limit in words: `20 s`, `15 min`, `1 h`.
pub(crate) fn span(secs: i64) -> String {
    match secs {
        s if s >= 3600 && s % 3600 == 0 => format!("{} h", s / 3600),
        s if s >= 60 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// A count with thin blanks between thousands.
pub(crate) fn count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "\u{2212}" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// Microseconds in the unit that suits: `340 µs`, `1.2 ms`, `3.4 s`.
pub(crate) fn micros(us: i64) -> String {
    let sign = if us < 0 { "\u{2212}" } else { "" };
    match us.unsigned_abs() {
        us if us < 1_000 => format!("{sign}{us} µs"),
        us if us < 1_000_000 => format!("{sign}{}.{} ms", us / 1_000, us / 100 % 10),
        us => format!("{sign}{}.{} s", us / 1_000_000, us / 100_000 % 10),
    }
}

/// Milliseconds since 1970, as the script counts.
pub(crate) const fn millis(at: Stamp) -> i64 {
    at.0.div_euclid(1_000)
}

/// Time of day in UTC; the script shows it in the zone of the browser.
pub(crate) fn clock(at: Stamp) -> String {
    let c = at.civil();
    format!("{:02}:{:02}:{:02} UTC", c.hour, c.minute, c.second)
}

/// The same to the minute, for an axis.
pub(crate) fn hour_minute(at: Stamp) -> String {
    let c = at.civil();
    format!("{:02}:{:02}", c.hour, c.minute)
}

/// An element's id for a row: unique, without blanks, whatever the names are.
pub(crate) fn row_id(kind: char, acd: &str, name: &str) -> String {
    let mut id = String::with_capacity(acd.len() + name.len() + 3);
    id.push(kind);
    for part in [acd, name] {
        id.push(':');
        for byte in part.bytes() {
            if byte.is_ascii_alphanumeric() || b"/-_.@".contains(&byte) {
                id.push(char::from(byte));
            } else {
                // Writing into a String cannot fail.
                let done = write!(id, "~{byte:02x}");
                debug_assert!(done.is_ok());
            }
        }
    }
    id
}

/// The address of a queue's page.
pub(crate) fn queue_path(acd: &str, queue: &str) -> String {
    let mut path = String::from("/queue/");
    escape(&mut path, acd);
    path.push('/');
    escape(&mut path, queue);
    path
}

/// The address of an agent's page.
pub(crate) fn agent_path(acd: &str, agent: &str) -> String {
    let mut path = String::from("/agent/");
    escape(&mut path, acd);
    path.push('/');
    escape(&mut path, agent);
    path
}

/// The address of a call's page.
pub(crate) fn call_path(acd: &str, call: &str) -> String {
    let mut path = String::from("/call/");
    escape(&mut path, acd);
    path.push('/');
    escape(&mut path, call);
    path
}

/// The address of the Calls page, narrowed to what each pair says.
pub(crate) fn calls_path(asked: &[(&str, &str)]) -> String {
    let mut path = String::from("/calls");
    for (i, (name, text)) in asked.iter().enumerate() {
        path.push(if i == 0 { '?' } else { '&' });
        path.push_str(name);
        path.push('=');
        escape(&mut path, text);
    }
    path
}

/// The address of the wallboard of one queue.
pub(crate) fn wall_path(queue: &str) -> String {
    format!("/wallboard?{}", pair("queue", queue))
}

/// The address of the thresholds of one queue.
pub(crate) fn threshold_path(acd: &str, queue: &str) -> String {
    format!("/thresholds?{}&{}", pair("acd", acd), pair("queue", queue))
}

/// A name and its value as a part of an address behind the `?`.
pub(crate) fn pair(name: &str, value: &str) -> String {
    let mut pair = format!("{name}=");
    escape(&mut pair, value);
    pair
}

/// Text as a part of an address.
pub(crate) fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let done = write!(out, "%{byte:02X}");
            debug_assert!(done.is_ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_left() {
        assert_eq!(visible("Anna Berg-Müller 李"), "Anna Berg-Müller 李");
        assert_eq!(visible("a\0b\r\nc\u{7f}\u{85}"), "a␀b␍␊c␡\u{fffd}");
        assert_eq!(visible("\u{202e}gnirts\u{2066}\u{feff}"), "\u{fffd}gnirts\u{fffd}\u{fffd}");
    }

    #[test]
    fn times_and_counts_read_well() {
        let s = 1_000_000;
        let ages = [-5, 7, 754, 3_723, 100 * 3_600].map(|n| age(n * s));
        assert_eq!(ages, ["0:00", "0:07", "12:34", "1:02:03", "4 d 4 h"]);
        assert_eq!([20, 90, 900, 3600].map(span), ["20 s", "90 s", "15 min", "1 h"]);
        let counts = ["0", "999", "1\u{202f}000", "\u{2212}12\u{202f}345"];
        assert_eq!([0, 999, 1_000, -12_345].map(count), counts);
        let times = ["340 µs", "1.2 ms", "\u{2212}3.4 s"];
        assert_eq!([340, 1_234, -3_400_000].map(micros), times);
    }

    #[test]
    fn addresses_hold_any_name() {
        assert_eq!(queue_path("pbx1", "sales"), "/queue/pbx1/sales");
        assert_eq!(queue_path("a/b", "..\"ü"), "/queue/a%2Fb/%2E%2E%22%C3%BC");
        assert_eq!(wall_path("a&b=c"), "/wallboard?queue=a%26b%3Dc");
    }

    #[test]
    fn ids_tell_every_two_rows_apart() {
        assert_eq!(row_id('a', "pbx1", "PJSIP/1001"), "a:pbx1:PJSIP/1001");
        assert_eq!(row_id('a', "p:1", "x y"), "a:p~3a1:x~20y");
        assert_ne!(row_id('a', "p:1", "x"), row_id('a', "p", "1:x"));
        assert_ne!(row_id('a', "~20", ""), row_id('a', " ", ""));
    }
}
