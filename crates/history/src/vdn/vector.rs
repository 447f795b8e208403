//! Vectors (cms.md 3.6): the same calls as of VDNs, by the context they were led to.

use super::whole::{Disposition, Where, Whole};
use crate::items::{Counts, Identity, items};

items! {
    INCALLS incalls C Live "calls that came to the vector and are over, after-call work included \
        (CMS INCALLS)";
    INTIME intime C Live "their time in the vector: begin to answer, abandon or other end (CMS \
        INTIME)";
    INFLOWCALLS inflowcalls C Never "not counted: Asterisk has no such thing (CMS INFLOWCALLS)";
    ACDCALLS acdcalls C Live "of incalls: answered by an agent of a split (CMS ACDCALLS)";
    ANSTIME anstime C Live "of acdcalls: begin to the first answer (CMS ANSTIME)";
    BACKUPCALLS backupcalls C Live "of acdcalls: the first agent got it after another's phone had \
        rung out (RONA) (CMS BACKUPCALLS)";
    ABNCALLS abncalls C Live "of incalls: the caller hung up before any answer, queued or not; \
        phantomabns included (CMS ABNCALLS)";
    ABNTIME abntime C Live "of abncalls: begin to end (CMS ABNTIME)";
    ABNQUECALLS abnquecalls C Live "of abncalls: while waiting in a split, ringing at nobody (CMS \
        ABNQUECALLS)";
    ABNRINGCALLS abnringcalls C Live "of abncalls: while ringing at an agent (CMS ABNRINGCALLS)";
    BUSYCALLS busycalls C Live "of othercalls: refused by the last split it came to and then \
        ended by the switch (CMS BUSYCALLS)";
    BUSYTIME busytime C Live "of busycalls: begin to end (CMS BUSYTIME)";
    DISCCALLS disccalls C Live "of othercalls: ended unanswered by other than the caller, or its \
        end was not seen (CMS DISCCALLS)";
    DISCTIME disctime C Live "of disccalls: begin to end (CMS DISCTIME)";
    VDISCCALLS vdisccalls C Live "of disccalls: never in a split (CMS VDISCCALLS)";
    OUTFLOWCALLS outflowcalls C Live "of othercalls: answered, but by no agent of a split (CMS \
        OUTFLOWCALLS)";
    OUTFLOWTIME outflowtime C Live "of outflowcalls: begin to answer (CMS OUTFLOWTIME)";
    INTERFLOWCALLS interflowcalls C Live "of outflowcalls: led to outside and answered there \
        (CMS INTERFLOWCALLS)";
    GOTOCALLS gotocalls C Never "not counted: Asterisk has no such thing (CMS GOTOCALLS)";
    GOTOTIME gototime C Never "not counted: Asterisk has no such thing (CMS GOTOTIME)";
    LOOKATTEMPTS lookattempts C Never "not counted: Asterisk has no such thing (CMS LOOKATTEMPTS)";
    LOOKFLOWCALLS lookflowcalls C Never "not counted: Asterisk has no such thing (CMS \
        LOOKFLOWCALLS)";
    ADJATTEMPTS adjattempts C Never "not counted: Asterisk has no such thing (CMS ADJATTEMPTS)";
    ADJROUTED adjrouted C Never "not counted: Asterisk has no such thing (CMS ADJROUTED)";
    OTHERCALLS othercalls C Live "of incalls: busycalls + disccalls + outflowcalls (CMS \
        OTHERCALLS)";
    OTHERTIME othertime C Live "busytime + disctime + outflowtime (CMS OTHERTIME)";
    RINGCALLS ringcalls C Live "times that a call rang at agents; phones that ring at once are \
        one time (CMS RINGCALLS)";
    RINGTIME ringtime C Live "time that calls rang at agents (CMS RINGTIME)";
    PHANTOMABNS phantomabns C Live "of abncalls: answered by an agent, but for less than the \
        phantom timer (CMS PHANTOMABNS)";
    DEFLECTCALLS deflectcalls C Never "not counted: Asterisk has no such thing (CMS DEFLECTCALLS)";
    NETDISCCALLS netdisccalls C Never "not counted: Asterisk has no such thing (CMS NETDISCCALLS)";
    NETPOLLS netpolls C Never "not counted: Asterisk has no such thing (CMS NETPOLLS)";
    LOST lost C Live "own: of incalls: the end was not seen (switch stopped, missing after a \
        resync)";
}

/// What holds in every row (cms.md 1.2).
pub(crate) const IDENTITIES: &[Identity] = &[
    Identity {
        name: "vector: INCALLS = ACDCALLS + ABNCALLS + OTHERCALLS",
        whole: &[INCALLS],
        parts: &[ACDCALLS, ABNCALLS, OTHERCALLS],
    },
    Identity {
        name: "vector: OTHERCALLS = BUSYCALLS + DISCCALLS + OUTFLOWCALLS",
        whole: &[OTHERCALLS],
        parts: &[BUSYCALLS, DISCCALLS, OUTFLOWCALLS],
    },
    Identity {
        name: "vector: INTIME = ANSTIME + ABNTIME + OTHERTIME",
        whole: &[INTIME],
        parts: &[ANSTIME, ABNTIME, OTHERTIME],
    },
    Identity {
        name: "vector: OTHERTIME = BUSYTIME + DISCTIME + OUTFLOWTIME",
        whole: &[OTHERTIME],
        parts: &[BUSYTIME, DISCTIME, OUTFLOWTIME],
    },
];

/// Books a call that is over.
pub(crate) fn book(row: &mut Counts, call: &Whole) {
    row.add(INCALLS, 1);
    row.add(INTIME, call.wait);
    row.add(RINGCALLS, call.rings);
    row.add(RINGTIME, call.ring);
    row.add(LOST, call.lost.into());
    match call.disposition {
        Disposition::Acd => {
            row.add(ACDCALLS, 1);
            row.add(ANSTIME, call.wait);
            row.add(BACKUPCALLS, call.backup.into());
        }
        Disposition::Abandoned(at) => {
            row.add(ABNCALLS, 1);
            row.add(ABNTIME, call.wait);
            match at {
                Where::Vector => {}
                Where::Queue => row.add(ABNQUECALLS, 1),
                Where::Ring => row.add(ABNRINGCALLS, 1),
                Where::Phantom => row.add(PHANTOMABNS, 1),
            }
        }
        Disposition::Connected => other(row, call, OUTFLOWCALLS, OUTFLOWTIME),
        Disposition::Outflow => {
            other(row, call, OUTFLOWCALLS, OUTFLOWTIME);
            row.add(INTERFLOWCALLS, 1);
        }
        Disposition::Busy => other(row, call, BUSYCALLS, BUSYTIME),
        Disposition::Disconnected | Disposition::Unanswered => {
            other(row, call, DISCCALLS, DISCTIME);
            row.add(VDISCCALLS, (!call.queued).into());
        }
    }
}

fn other(row: &mut Counts, call: &Whole, calls: usize, time: usize) {
    row.add(OTHERCALLS, 1);
    row.add(OTHERTIME, call.wait);
    row.add(calls, 1);
    row.add(time, call.wait);
}
