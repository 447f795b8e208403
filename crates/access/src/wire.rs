//! Rows as JSON and CSV. The one place that knows how a [`Value`] is written for programs.

use engine::Alarm;
use facts::table::{Row, Shape, Value};
use std::fmt::Write as _;

/// Appends a JSON string.
pub(crate) fn json_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // U+2028 and U+2029 end a line for some readers; DEL is no use to anybody.
            '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{2028}' | '\u{2029}' => {
                put(out, format_args!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let done = out.write_fmt(text);
    debug_assert!(done.is_ok());
}

/// Appends a value as JSON.
pub(crate) fn json_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(n) => put(out, format_args!("{n}")),
        Value::Stamp(s) => put(out, format_args!("\"{s}\"")),
        Value::Date(d) => put(out, format_args!("\"{d}\"")),
        Value::Text(t) => json_text(out, t),
    }
}

/// Appends a row (or the key of one: its first values) as a JSON object.
pub(crate) fn json_row(out: &mut String, shape: &Shape, row: &[Value]) {
    out.push('{');
    for (i, (column, value)) in shape.columns.iter().zip(row).enumerate() {
        if i > 0 {
            out.push(',');
        }
        json_text(out, column.name);
        out.push(':');
        json_value(out, value);
    }
    out.push('}');
}

/// Appends rows as a JSON array of objects.
pub(crate) fn json_rows<'a>(
    out: &mut String,
    shape: &Shape,
    rows: impl IntoIterator<Item = &'a Row>,
) {
    out.push('[');
    for (i, row) in rows.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        json_row(out, shape, row);
    }
    out.push(']');
}

/// Appends alarms as a JSON array of objects.
pub(crate) fn json_alarms(out: &mut String, alarms: &[Alarm]) {
    out.push('[');
    for (i, alarm) in alarms.iter().enumerate() {
        out.push_str(if i > 0 { ",{\"code\":" } else { "{\"code\":" });
        json_text(out, alarm.code);
        put(out, format_args!(",\"since\":\"{}\",\"what\":", alarm.since));
        json_text(out, &alarm.what);
        out.push('}');
    }
    out.push(']');
}

/// Rows as CSV (RFC 4180: CRLF, quotes doubled), with a line of column names. Null is empty.
pub(crate) fn csv<'a>(shape: &Shape, rows: impl IntoIterator<Item = &'a Row>) -> String {
    let names: Vec<&str> = shape.columns.iter().map(|c| c.name).collect();
    let mut out = names.join(",");
    out.push_str("\r\n");
    for row in rows {
        for (i, value) in row.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            match value {
                Value::Null => {}
                Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
                Value::Int(n) => put(&mut out, format_args!("{n}")),
                Value::Stamp(s) => put(&mut out, format_args!("{s}")),
                Value::Date(d) => put(&mut out, format_args!("{d}")),
                Value::Text(t) if t.contains(['"', ',', '\r', '\n']) => {
                    put(&mut out, format_args!("\"{}\"", t.replace('"', "\"\"")));
                }
                Value::Text(t) => out.push_str(t),
            }
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::Stamp;
    use facts::table::{Column, Type};

    static SHAPE: Shape = Shape {
        name: "t",
        doc: "for tests",
        key: 1,
        columns: &[
            Column { name: "acd", kind: Type::Text, doc: "" },
            Column { name: "n", kind: Type::Int, doc: "" },
            Column { name: "at", kind: Type::Stamp, doc: "" },
            Column { name: "yes", kind: Type::Bool, doc: "" },
        ],
    };

    fn rows() -> Vec<Row> {
        let odd = "a\"b\\c,\r\n\t\u{0}\u{7f}\u{2028}ü";
        vec![
            vec![Value::from(odd), Value::Int(-3), Value::Stamp(Stamp(1)), Value::Bool(true)],
            vec![Value::from("=x"), Value::Null, Value::Null, Value::Bool(false)],
        ]
    }

    #[test]
    fn json_says_the_same_to_another_reader() {
        let mut text = String::new();
        json_rows(&mut text, &SHAPE, &rows());
        let read: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
        let expected = serde_json::json!([
            { "acd": "a\"b\\c,\r\n\t\u{0}\u{7f}\u{2028}ü", "n": -3,
              "at": "1970-01-01T00:00:00.000001Z", "yes": true },
            { "acd": "=x", "n": null, "at": null, "yes": false },
        ]);
        assert_eq!(read, expected);
        assert!(!text.contains(['\n', '\r', '\u{2028}']), "one line, for server-sent events");
    }

    #[test]
    fn csv_quotes_what_must_be_quoted() {
        let text = csv(&SHAPE, &rows());
        let first = "\"a\"\"b\\c,\r\n\t\u{0}\u{7f}\u{2028}ü\",-3,1970-01-01T00:00:00.000001Z,true";
        assert_eq!(text, format!("acd,n,at,yes\r\n{first}\r\n=x,,,false\r\n"));
    }
}
