//! The truth as tables: comma separated, a header line, moments in microseconds UTC, empty where
//! there is nothing.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::truth::{CallKind, EndedBy, TrueAgent, TrueCall, TrueState, TrueVisit, VisitEnd};

/// Columns of `truth-calls.csv`.
const CALLS: &str = "call,kind,caller,began_us,ended_us,transfers,parked,conferenced,refused_by,visit,queue,joined_us,left_us,\
                     end,agent,answered_us,handed_over_us,talk_ended_us,ended_by,hold_us,not_answered\n";
/// Columns of `truth-agents.csv`.
const AGENTS: &str = "agent,name,from_us,to_us,state,reason\n";

/// The header lines.
pub(crate) fn write_heads(calls: &mut dyn Write, agents: &mut dyn Write) -> io::Result<()> {
    calls.write_all(CALLS.as_bytes())?;
    agents.write_all(AGENTS.as_bytes())
}

/// The rows of one call.
pub(crate) fn write_call(out: &mut dyn Write, call: &TrueCall) -> io::Result<()> {
    let kind = match call.kind {
        CallKind::Inbound => "INBOUND",
        CallKind::Internal => "INTERNAL",
        CallKind::Outbound => "OUTBOUND",
    };
    let head = format!(
        "{},{kind},{},{},{},{},{},{},{}",
        call.uniqueid,
        quoted(&call.caller),
        call.began,
        moment(call.ended),
        call.transfers,
        u8::from(call.parked),
        u8::from(call.conferenced),
        quoted(call.refused_by.as_deref().unwrap_or_default())
    );
    if call.visits.is_empty() {
        return writeln!(out, "{head},0,,,,,,,,,,,");
    }
    for (number, visit) in call.visits.iter().enumerate() {
        writeln!(out, "{head},{},{}", number + 1, columns(visit))?;
    }
    Ok(())
}

fn columns(visit: &TrueVisit) -> String {
    let end = match visit.end {
        VisitEnd::Waiting => "WAITING",
        VisitEnd::Answered => "ANSWERED",
        VisitEnd::Abandoned => "ABANDONED",
        VisitEnd::TimedOut => "TIMED_OUT",
        VisitEnd::ExitKey => "EXIT_KEY",
        VisitEnd::LeftEmpty => "LEFT_EMPTY",
        VisitEnd::Cut => "CUT",
    };
    let ended_by = match visit.ended_by {
        None => "",
        Some(EndedBy::Caller) => "CALLER",
        Some(EndedBy::Agent) => "AGENT",
        Some(EndedBy::Transfer) => "TRANSFER",
        Some(EndedBy::Restart) => "RESTART",
    };
    format!(
        "{},{},{},{end},{},{},{},{},{ended_by},{},{}",
        quoted(&visit.queue),
        visit.joined,
        moment(visit.left),
        visit.agent.as_deref().unwrap_or_default(),
        moment(visit.answered_at),
        moment(visit.handed_over),
        moment(visit.talk_ended),
        visit.hold,
        visit.not_answered
    )
}

/// One thing that an agent did, from when to when; open at the end of the day.
pub(crate) fn write_state(
    out: &mut dyn Write,
    agent: &TrueAgent,
    from: i64,
    to: Option<i64>,
    state: &TrueState,
) -> io::Result<()> {
    let (state, reason) = match state {
        TrueState::LoggedOff => ("LOGGED_OFF", ""),
        TrueState::Available => ("AVAILABLE", ""),
        TrueState::Ringing => ("RINGING", ""),
        TrueState::QueueCall => ("QUEUE_CALL", ""),
        TrueState::WrapUp => ("WRAP_UP", ""),
        TrueState::OtherCall => ("OTHER_CALL", ""),
        TrueState::Paused(reason) => ("PAUSED", *reason),
    };
    let (name, to) = (quoted(&agent.name), moment(to));
    writeln!(out, "{},{name},{from},{to},{state},{reason}", agent.interface)
}

fn moment(at: Option<i64>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// In quotes where a comma, a quote or a line end would break the row.
fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_with_commas_and_quotes_stay_one_field() {
        assert_eq!(super::quoted("Ada Thimble"), "Ada Thimble");
        assert_eq!(super::quoted("O\"Neil, Pat"), "\"O\"\"Neil, Pat\"");
    }
}
