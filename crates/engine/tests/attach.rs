//! Attaching to a switch in the middle of its day: only the resync lists tell what goes on
//! (asterisk.md §0.9; `resync/ami-resync` is a session that logged in while four calls were up).

mod captures;

use captures::{all, new_fold};
use facts::Stamp;
use facts::table::Value;

/// After the lists, before the calls end (notes.txt: the lists were asked from …712.5 on).
const AFTER_LISTS: Stamp = Stamp(1_795_262_714_000_000);

#[test]
fn who_talks_for_which_queue_is_known_from_the_lists_and_nothing_is_counted() {
    let capture = all().into_iter().find(|c| c.version == "16" && c.name == "resync");
    let bytes = capture.and_then(|c| c.bytes("resync")).expect("the fixture is there");
    let mut fold = new_fold();
    for record in translate::capture::records(&bytes) {
        if record.stamp <= AFTER_LISTS {
            fold.push(record);
        }
    }
    fold.settle();
    let shown = |table: &str, columns: &[&str]| {
        let table = fold.table(table, AFTER_LISTS).expect("a table");
        let places: Vec<usize> =
            columns.iter().map(|c| table.shape.column(c).expect("a column")).collect();
        let text = |v: &Value| match v {
            Value::Text(t) => t.to_string(),
            Value::Int(i) => i.to_string(),
            _ => "-".to_owned(),
        };
        let row =
            |row: &Vec<Value>| places.iter().map(|p| text(&row[*p])).collect::<Vec<_>>().join(" ");
        table.rows.iter().map(row).collect::<Vec<_>>()
    };
    // notes.txt: 1001 talks to Carla in sales, 1002 in wrapup (on hold: no list shows that).
    assert_eq!(
        shown("agents", &["agent", "state", "split"]),
        ["PJSIP/1001 ACD sales", "PJSIP/1002 ACD wrapup", "PJSIP/1004 AVAIL -"]
    );
    // Walt waits in support, Pat in sales; nobody's answer was heard.
    let queues = shown("queues", &["queue", "waiting", "on_acd", "offered", "answered"]);
    for row in ["sales 1 1 1 0", "support 1 0 1 0", "wrapup 0 1 0 0"] {
        assert!(queues.iter().any(|q| q == row), "{row} not in {queues:?}");
    }
    assert_eq!(
        shown("calls", &["caller_name", "state", "split"]),
        [
            "Carla Caller TALKING sales",
            "Waiting Walt QUEUED support",
            "Carla Caller TALKING wrapup",
            "Parked Pat QUEUED sales"
        ]
    );
    assert_eq!(shown("anomalies", &["code"]), Vec::<String>::new());
}
