//! The tables that follow: sums of groups, who is counted once, whose threshold it is.

use facts::decree::{
    Change, Decree, DecreeId, Decreed, Group, GroupKind, Limits, Measure, Member, Place, Scope,
    Threshold,
};
use facts::table::{Row, Table, Value};
use facts::{Stamp, Text};
use model::Levels;
use model::decrees::InForce;
use std::sync::Arc;

const NOW: Stamp = Stamp::from_secs(1_795_261_560);

/// A table of that shape out of aligned text: a line of column names, then the rows; `-` is null.
fn table(name: &str, text: &str) -> Table {
    let shape = model::shape(name).expect("a table");
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let columns: Vec<usize> = lines
        .next()
        .expect("column names")
        .split_whitespace()
        .map(|column| shape.column(column).unwrap_or_else(|| panic!("no column {column}")))
        .collect();
    let mut rows: Vec<Row> = lines
        .map(|line| {
            let mut row = vec![Value::Null; shape.columns.len()];
            for (place, word) in columns.iter().zip(line.split_whitespace()) {
                row[*place] = match word.parse::<i64>() {
                    _ if word == "-" => Value::Null,
                    // A moment is given as seconds before now.
                    Ok(n) if shape.columns[*place].name.ends_with("since") => {
                        Value::Stamp(NOW.plus_secs(-n))
                    }
                    Ok(n) => Value::Int(n),
                    Err(_) => Value::from(word),
                };
            }
            row
        })
        .collect();
    rows.sort();
    Table { shape, as_of: NOW, rows }
}

/// Some columns of a table as text.
fn shown(table: &Table, columns: &str) -> Vec<String> {
    let places: Vec<usize> = columns
        .split_whitespace()
        .map(|c| table.shape.column(c).unwrap_or_else(|| panic!("no column {c}")))
        .collect();
    let word = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Stamp(at) => (NOW.since(*at) / 1_000_000).to_string(),
        Value::Date(d) => d.to_string(),
        Value::Text(text) if text.is_empty() => "''".to_owned(),
        Value::Text(text) => text.to_string(),
    };
    let line = |row: &Row| places.iter().map(|p| word(&row[*p])).collect::<Vec<_>>().join(" ");
    table.rows.iter().map(line).collect()
}

fn in_force(changes: Vec<Change>) -> Arc<InForce> {
    let one = |(n, change): (u8, Change)| Decreed {
        id: DecreeId::of(&[n; 32]),
        decree: Decree { author: "eva".into(), at: Stamp(i64::from(n)), change },
    };
    let decrees: Vec<_> = (1..).zip(changes).map(one).collect();
    Arc::new(InForce::of(&decrees))
}

fn group(name: &str, kind: GroupKind, members: &[&str]) -> Change {
    let members = members.iter().map(|m| Member::parse(m).expect("a member")).collect();
    Change::SetGroup(Group { name: name.into(), kind, members })
}

fn set(scope: Scope, measure: Measure, caution: i64, warning: i64) -> Change {
    let limits = Limits {
        side: measure.usual_side(),
        caution: Some(caution),
        warning: Some(warning),
        hysteresis: 0,
        for_s: 0,
    };
    Change::SetThreshold(Threshold { place: Place { scope, measure }, limits })
}

fn queues() -> Table {
    table(
        "queues",
        "acd queue   waiting ringing oldest_since oldest_s staffed available offered answered \
             abandoned timed_out left_empty exit_key left lost answered_in_sl service_level_pct
         a   sales   3       1       25           25       2       1         100     80 \
             10        5         1          2        1    1    40             40
         b   sales   1       0       70           70       1       0         10      10 \
             0         0         0          0        0    0    10             100
         a   support 2       0       5            5        2       1         7       0 \
             0         0         0          0        0    0    0              -
         b   empty   0       0       -            -        0       0         0       0 \
             0         0         0          0        0    0    0              -",
    )
}

fn agents() -> Table {
    table(
        "agents",
        "acd agent   state since for_s rona hold_since hold_s
         a   PJSIP/1 ACD   100   100   0    -          -
         a   PJSIP/2 AUX   1000  1000  1    -          -
         a   PJSIP/3 OTHER 10    10    7    50         50
         b   PJSIP/1 RING  45    45    0    -          -",
    )
}

/// 1 is in both queues of ACD a, on a call of support; 2 is paused in sales, ready in support;
/// 3 is in support only, with a call on hold. The one of ACD b is another 1.
fn seats() -> Table {
    table(
        "cagent",
        "acd logid   split   workmode
         a   PJSIP/1 sales   OTHER
         a   PJSIP/1 support ACD
         a   PJSIP/2 sales   AUX
         a   PJSIP/2 support AVAIL
         a   PJSIP/3 support OTHER
         b   PJSIP/1 sales   RING",
    )
}

fn look(changes: Vec<Change>) -> [Table; 3] {
    let tables = [queues(), agents(), seats()];
    let mut levels = Levels::new();
    let in_force = in_force(changes);
    let first = levels.tables(NOW, &in_force, &tables);
    // A second look at the same finds the same, from what was remembered.
    assert_eq!(levels.tables(NOW, &in_force, &tables), first);
    first
}

#[test]
fn a_group_of_queues_is_a_sum_and_its_agents_count_once() {
    let [groups, _, _] = look(vec![
        group("all", GroupKind::Queues, &["*/*"]),
        group("none", GroupKind::Queues, &["c/x"]),
        group("sales", GroupKind::Queues, &["*/sales"]),
    ]);
    assert_eq!(
        shown(&groups, "acd group kind members matched waiting ringing oldest_since oldest_s"),
        [
            "'' all queues */* 4 6 1 70 70",
            "'' none queues c/x 0 0 0 - -",
            "'' sales queues */sales 2 4 1 70 70",
        ]
    );
    assert_eq!(
        shown(&groups, "group staffed available agents_ringing on_acd in_acw in_aux other"),
        ["all 4 1 1 1 0 0 1", "none 0 0 0 0 0 0 0", "sales 3 0 1 0 0 1 1"]
    );
    // 50 of 110 that ended, not the mean of 40 % and 100 %.
    assert_eq!(
        shown(
            &groups,
            "group offered answered abandoned answered_in_sl ended service_level_pct abandoned_pct"
        ),
        ["all 117 90 10 50 110 45 9", "none 0 0 0 0 0 - -", "sales 110 90 10 50 110 45 9"]
    );
}

#[test]
fn a_group_of_agents_counts_states() {
    let [groups, _, _] = look(vec![group("ones", GroupKind::Agents, &["*/PJSIP/1", "a/PJSIP/3"])]);
    assert_eq!(
        shown(
            &groups,
            "group kind matched waiting oldest_s staffed available agents_ringing on_acd in_acw \
             in_aux other offered service_level_pct"
        ),
        ["ones agents 3 - - 3 0 1 1 0 0 1 - -"]
    );
}

#[test]
fn the_most_specific_threshold_wins_by_measure() {
    let group_of = |name: &str| Scope::Group(Text::from(name));
    let members_of = |name: &str| Scope::Members(Text::from(name));
    let queue = || Scope::Queue { acd: "a".into(), name: "sales".into() };
    let show = "acd kind name measure level limit scope value value_s since";
    // As built in: waits, AUX, ACW, RING; of those who came to a's sales 10 % gave up and 40 %
    // were answered in time.
    let built_in = [
        "a agent PJSIP/2 aux_s caution 900 default - 1000 100",
        "a queue sales abandoned_pct warning 10 default 10 - 0",
        "a queue sales oldest_wait_s caution 20 default - 25 5",
        "a queue sales service_level_pct warning 70 default 40 - 0",
        "b agent PJSIP/1 ring_s warning 40 default - 45 5",
        "b queue sales oldest_wait_s warning 60 default - 70 10",
    ];
    assert_eq!(shown(&look(vec![])[1], show), built_in);
    // A group has levels of its own; times and percentages follow the default, counts do not.
    let [_, levels, _] = look(vec![
        group("sales", GroupKind::Queues, &["*/sales"]),
        set(Scope::Default, Measure::Waiting, 2, 3),
        set(Scope::Default, Measure::ServiceLevel, 80, 45),
    ]);
    assert_eq!(
        shown(&levels, show).into_iter().filter(|r| r.contains("sales")).collect::<Vec<_>>(),
        [
            "'' group sales abandoned_pct caution 5 default 9 - 0",
            "'' group sales oldest_wait_s warning 60 default - 70 10",
            "'' group sales service_level_pct warning 45 default 45 - 0",
            "a queue sales abandoned_pct warning 10 default 10 - 0",
            "a queue sales oldest_wait_s caution 20 default - 25 5",
            "a queue sales service_level_pct warning 45 default 40 - 0",
            "a queue sales waiting warning 3 default 3 - 0",
            "b queue sales oldest_wait_s warning 60 default - 70 10",
        ]
    );
    // Own before members before default; of two groups the first by name.
    let [_, levels, thresholds] = look(vec![
        group("a-sales", GroupKind::Queues, &["*/sales"]),
        group("b-all", GroupKind::Queues, &["*/*"]),
        set(Scope::Default, Measure::Waiting, 1, 100),
        set(members_of("b-all"), Measure::Waiting, 1, 90),
        set(members_of("a-sales"), Measure::Waiting, 1, 80),
        set(queue(), Measure::Waiting, 1, 70),
        set(group_of("b-all"), Measure::Waiting, 1, 60),
    ]);
    let waiting = |r: &String| r.contains("waiting");
    assert_eq!(
        shown(&levels, "acd kind name measure scope level limit value")
            .into_iter()
            .filter(waiting)
            .collect::<Vec<_>>(),
        [
            "'' group b-all waiting group caution 1 6",
            "a queue sales waiting queue caution 1 3",
            "a queue support waiting members caution 1 2",
            "b queue sales waiting members caution 1 1",
        ]
    );
    assert_eq!(
        shown(&thresholds, "acd scope name measure direction caution warning author"),
        [
            "'' default '' abandoned_pct above 5 10 -",
            "'' default '' acw_s above 120 300 -",
            "'' default '' aux_s above 900 1800 -",
            "'' default '' oldest_wait_s above 20 60 -",
            "'' default '' ring_s above 20 40 -",
            "'' default '' service_level_pct below 80 70 -",
            "'' default '' waiting above 1 100 eva",
            "'' group b-all waiting above 1 60 eva",
            "'' members a-sales waiting above 1 80 eva",
            "'' members b-all waiting above 1 90 eva",
            "a queue sales waiting above 1 70 eva",
        ]
    );
}

#[test]
fn agents_follow_their_groups() {
    let team = || Scope::Members("team".into());
    let off = Change::SetThreshold(Threshold {
        place: Place { scope: team(), measure: Measure::Aux },
        limits: Limits { caution: None, warning: None, ..limits_of_aux() },
    });
    let [_, levels, _] = look(vec![
        group("team", GroupKind::Agents, &["a/PJSIP/*"]),
        set(team(), Measure::Hold, 30, 60),
        set(team(), Measure::Rona, 5, 10),
        set(team(), Measure::Acd, 60, 120),
        set(Scope::Group("team".into()), Measure::Available, 2, 0),
        off,
    ]);
    assert_eq!(
        shown(&levels, "acd kind name measure level value value_s scope"),
        [
            "'' group team available warning 0 - group",
            "a agent PJSIP/1 acd_s caution - 100 members",
            "a agent PJSIP/3 hold_s caution - 50 members",
            "a agent PJSIP/3 rona caution 7 - members",
            "a queue sales abandoned_pct warning 10 - default",
            "a queue sales oldest_wait_s caution - 25 default",
            "a queue sales service_level_pct warning 40 - default",
            "b agent PJSIP/1 ring_s warning - 45 default",
            "b queue sales oldest_wait_s warning - 70 default",
        ]
    );
}

fn limits_of_aux() -> Limits {
    model::decrees::usual(Measure::Aux).expect("built in")
}

#[test]
fn who_comes_and_goes_is_looked_up_anew() {
    let in_force = in_force(vec![group("sales", GroupKind::Queues, &["*/sales"])]);
    let mut levels = Levels::new();
    let mut all = [queues(), agents(), seats()];
    let staffed = |levels: &mut Levels, all: &[Table]| {
        let [groups, _, _] = levels.tables(NOW, &in_force, all);
        shown(&groups, "group matched staffed").join(";")
    };
    assert_eq!(staffed(&mut levels, &all), "sales 2 3");
    all[2].rows.remove(0);
    assert_eq!(staffed(&mut levels, &all), "sales 2 2");
    all[0].rows.remove(1);
    assert_eq!(staffed(&mut levels, &all), "sales 2 2", "support went");
    all[0].rows.clear();
    assert_eq!(staffed(&mut levels, &all), "sales 0 2");
    assert_eq!(staffed(&mut levels, &[]), "sales 0 0");
}

#[test]
fn rows_have_the_columns_of_their_shapes_and_are_sorted() {
    let tables = look(vec![
        group("sales", GroupKind::Queues, &["*/sales"]),
        group("team", GroupKind::Agents, &["a/*"]),
    ]);
    let names: Vec<_> = tables.iter().map(|t| t.shape.name).collect();
    assert_eq!(names, ["groups", "levels", "thresholds"]);
    for table in tables {
        let key = |row: &Row| row[..table.shape.key].to_vec();
        assert!(table.rows.iter().all(|row| row.len() == table.shape.columns.len()));
        assert!(table.rows.windows(2).all(|w| key(&w[0]) < key(&w[1])), "{}", table.shape.name);
        assert!(!table.rows.is_empty());
    }
}
