//! `haglog`: one row for each log-on of an agent, written when it is over (cms.md 3.3).

use super::columns::{acd_name, columns, extension, number};
use crate::agent::Logon;
use crate::calendar::Calendar;
use crate::settings::Settings;
use facts::table::{Row, Shape, Value};
use facts::{AgentId, Text};

/// How many splits of a log-on have columns (CMS LOGONSKILL1..20).
const SKILLS: usize = 20;

/// The table.
pub(crate) static SHAPE: Shape = Shape {
    name: "haglog",
    doc: "Log-ons: one row from an agent's first split to his leaving the last, written when it \
          is over",
    columns: columns! {
        acd Int "number of the ACD (CMS ACD)";
        split Int "number of the first split he logged on to; null: its name is none (CMS SPLIT)";
        logid Text "the agent (CMS LOGID)";
        extn Text "the extension he last sat at (CMS EXTN)";
        loc_id Int "where his phone is: always null, Asterisk does not say (CMS LOC_ID)";
        row_date Date "local day of the log-on (CMS ROW_DATE)";
        login Int "when he logged on, seconds since 1970 (CMS LOGIN)";
        logout Int "when he had left his last split, seconds since 1970; if that was not seen, \
                    when the switch was lost; null: he is logged on (CMS LOGOUT)";
        logout_date Date "local day of LOGOUT (CMS LOGOUT_DATE)";
        logout_reason Int "always null: Asterisk asks for no reason (CMS LOGOUT_REASON)";
        inflag Text "`<`: he was found logged on, the log-on was not seen (CMS INFLAG)";
        outflag Text "`>`: he was found gone, or the switch started anew (CMS OUTFLAG)";
        sklevel Int "skill level in SPLIT: penalty and 1 (CMS SKLEVEL)";
        skilltype Text "always null: Asterisk has no primary and secondary skills (CMS SKILLTYPE)";
        logonskill2 Int "number of split 2 of the log-on (CMS LOGONSKILL2)";
        sklevel2 Int "skill level there: penalty and 1 (CMS SKLEVEL2)";
        skpercent2 Int "always null: Asterisk has none (CMS SKPERCENT2)";
        logonskill3 Int "number of split 3 of the log-on (CMS LOGONSKILL3)";
        sklevel3 Int "skill level there: penalty and 1 (CMS SKLEVEL3)";
        skpercent3 Int "always null: Asterisk has none (CMS SKPERCENT3)";
        logonskill4 Int "number of split 4 of the log-on (CMS LOGONSKILL4)";
        sklevel4 Int "skill level there: penalty and 1 (CMS SKLEVEL4)";
        skpercent4 Int "always null: Asterisk has none (CMS SKPERCENT4)";
        logonskill5 Int "number of split 5 of the log-on (CMS LOGONSKILL5)";
        sklevel5 Int "skill level there: penalty and 1 (CMS SKLEVEL5)";
        skpercent5 Int "always null: Asterisk has none (CMS SKPERCENT5)";
        logonskill6 Int "number of split 6 of the log-on (CMS LOGONSKILL6)";
        sklevel6 Int "skill level there: penalty and 1 (CMS SKLEVEL6)";
        skpercent6 Int "always null: Asterisk has none (CMS SKPERCENT6)";
        logonskill7 Int "number of split 7 of the log-on (CMS LOGONSKILL7)";
        sklevel7 Int "skill level there: penalty and 1 (CMS SKLEVEL7)";
        skpercent7 Int "always null: Asterisk has none (CMS SKPERCENT7)";
        logonskill8 Int "number of split 8 of the log-on (CMS LOGONSKILL8)";
        sklevel8 Int "skill level there: penalty and 1 (CMS SKLEVEL8)";
        skpercent8 Int "always null: Asterisk has none (CMS SKPERCENT8)";
        logonskill9 Int "number of split 9 of the log-on (CMS LOGONSKILL9)";
        sklevel9 Int "skill level there: penalty and 1 (CMS SKLEVEL9)";
        skpercent9 Int "always null: Asterisk has none (CMS SKPERCENT9)";
        logonskill10 Int "number of split 10 of the log-on (CMS LOGONSKILL10)";
        sklevel10 Int "skill level there: penalty and 1 (CMS SKLEVEL10)";
        skpercent10 Int "always null: Asterisk has none (CMS SKPERCENT10)";
        logonskill11 Int "number of split 11 of the log-on (CMS LOGONSKILL11)";
        sklevel11 Int "skill level there: penalty and 1 (CMS SKLEVEL11)";
        skpercent11 Int "always null: Asterisk has none (CMS SKPERCENT11)";
        logonskill12 Int "number of split 12 of the log-on (CMS LOGONSKILL12)";
        sklevel12 Int "skill level there: penalty and 1 (CMS SKLEVEL12)";
        skpercent12 Int "always null: Asterisk has none (CMS SKPERCENT12)";
        logonskill13 Int "number of split 13 of the log-on (CMS LOGONSKILL13)";
        sklevel13 Int "skill level there: penalty and 1 (CMS SKLEVEL13)";
        skpercent13 Int "always null: Asterisk has none (CMS SKPERCENT13)";
        logonskill14 Int "number of split 14 of the log-on (CMS LOGONSKILL14)";
        sklevel14 Int "skill level there: penalty and 1 (CMS SKLEVEL14)";
        skpercent14 Int "always null: Asterisk has none (CMS SKPERCENT14)";
        logonskill15 Int "number of split 15 of the log-on (CMS LOGONSKILL15)";
        sklevel15 Int "skill level there: penalty and 1 (CMS SKLEVEL15)";
        skpercent15 Int "always null: Asterisk has none (CMS SKPERCENT15)";
        logonskill16 Int "number of split 16 of the log-on (CMS LOGONSKILL16)";
        sklevel16 Int "skill level there: penalty and 1 (CMS SKLEVEL16)";
        skpercent16 Int "always null: Asterisk has none (CMS SKPERCENT16)";
        logonskill17 Int "number of split 17 of the log-on (CMS LOGONSKILL17)";
        sklevel17 Int "skill level there: penalty and 1 (CMS SKLEVEL17)";
        skpercent17 Int "always null: Asterisk has none (CMS SKPERCENT17)";
        logonskill18 Int "number of split 18 of the log-on (CMS LOGONSKILL18)";
        sklevel18 Int "skill level there: penalty and 1 (CMS SKLEVEL18)";
        skpercent18 Int "always null: Asterisk has none (CMS SKPERCENT18)";
        logonskill19 Int "number of split 19 of the log-on (CMS LOGONSKILL19)";
        sklevel19 Int "skill level there: penalty and 1 (CMS SKLEVEL19)";
        skpercent19 Int "always null: Asterisk has none (CMS SKPERCENT19)";
        logonskill20 Int "number of split 20 of the log-on (CMS LOGONSKILL20)";
        sklevel20 Int "skill level there: penalty and 1 (CMS SKLEVEL20)";
        skpercent20 Int "always null: Asterisk has none (CMS SKPERCENT20)";
        preference Text "always null: Asterisk has none (CMS PREFERENCE)";
        acd_name Text "own: name of the ACD";
        split_name Text "own: name of SPLIT";
        agent_name Text "own: name of the agent; null if not told";
        device Text "own: the phone he last sat at";
        splits Text "own: names of all splits of the log-on in the order he came to them";
        login_at Stamp "own: LOGIN to the microsecond";
        logout_at Stamp "own: LOGOUT to the microsecond";
    },
    key: 7,
};

/// The row of a log-on.
pub(crate) fn row(id: &AgentId, l: &Logon, settings: &Settings, calendar: &Calendar) -> Row {
    let first = l.splits.first();
    let level = |penalty: &u32| Value::Int(i64::from(*penalty) + 1);
    let mark = |yes: bool, mark: &str| if yes { Value::from(mark) } else { Value::Null };
    let mut row = vec![
        Value::Int(settings.acd),
        first.map_or(Value::Null, |(split, _)| number(split)),
        Value::Text(id.0.clone()),
        extension(&l.device),
        Value::Null,
        Value::Date(calendar.date(l.on)),
        Value::Int(l.on.secs()),
        l.off.map(|off| off.secs()).into(),
        l.off.map(|off| calendar.date(off)).into(),
        Value::Null,
        mark(l.found, "<"),
        mark(l.found_gone, ">"),
        first.map_or(Value::Null, |(_, penalty)| level(penalty)),
        Value::Null,
    ];
    for place in 1..SKILLS {
        let skill = l.splits.get(place);
        row.push(skill.map_or(Value::Null, |(split, _)| number(split)));
        row.push(skill.map_or(Value::Null, |(_, penalty)| level(penalty)));
        row.push(Value::Null);
    }
    let names: Vec<&str> = l.splits.iter().map(|(split, _)| &**split).collect();
    row.extend([
        Value::Null,
        acd_name(settings),
        first.map(|(split, _)| split.0.clone()).into(),
        Value::text_or_null(&l.name),
        Value::text_or_null(&l.device),
        Value::Text(Text::from(names.join(", "))),
        Value::Stamp(l.on),
        l.off.into(),
    ]);
    row
}
