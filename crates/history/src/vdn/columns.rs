//! The items of a VDN in the order of CMS (cms.md 3.5) and the rules that its rows keep.

use crate::items::{Identity, items};

items! {
    INCALLS incalls C Live "calls that came by the VDN and are over, after-call work included \
        (CMS INCALLS)";
    INTIME intime C Live "their time: acdtime + abntime + anstime + holdtime + othertime; from \
        begin to end, time with two agents at once twice (CMS INTIME)";
    INFLOWCALLS inflowcalls C Never "not counted: Asterisk has no such thing (CMS INFLOWCALLS)";
    RETURNCALLS returncalls C Never "not counted: Asterisk has no such thing (CMS RETURNCALLS)";
    ACDCALLS acdcalls C Live "of incalls: answered by an agent of a split, once however often \
        transferred (CMS ACDCALLS)";
    ANSTIME anstime C Live "of acdcalls: begin to the first answer (CMS ANSTIME)";
    ACDTIME acdtime C Live "of acdcalls: talk of all agents, hold excluded (CMS ACDTIME)";
    ACWTIME acwtime C Live "of acdcalls: after-call work of all agents (CMS ACWTIME)";
    BACKUPCALLS backupcalls C Live "of acdcalls: the first agent got it after another's phone had \
        rung out (RONA) (CMS BACKUPCALLS)";
    CONNECTCALLS connectcalls C Live "of othercalls: answered, but by no agent of a split (CMS \
        CONNECTCALLS)";
    CONNECTTIME connecttime C Live "of connectcalls: begin to answer (CMS CONNECTTIME)";
    CONNTALKTIME conntalktime C Live "of calls that were answered: what is left after the first \
        answer beside acdtime and holdtime: stations, waits after a transfer (CMS CONNTALKTIME)";
    ABNCALLS abncalls C Live "of incalls: the caller hung up before any answer, queued or not; \
        phantomabns included (CMS ABNCALLS)";
    ABNTIME abntime C Live "of abncalls: begin to end (CMS ABNTIME)";
    ABNQUECALLS abnquecalls C Live "of abncalls: while waiting in a split, ringing at nobody (CMS \
        ABNQUECALLS)";
    ABNRINGCALLS abnringcalls C Live "of abncalls: while ringing at an agent (CMS ABNRINGCALLS)";
    ABNCALLS1 abncalls1 C Live "of abncalls: wait in bin 1 of the call profile (CMS ABNCALLS1)";
    ABNCALLS2 abncalls2 C Live "of abncalls: wait in bin 2 of the call profile (CMS ABNCALLS2)";
    ABNCALLS3 abncalls3 C Live "of abncalls: wait in bin 3 of the call profile (CMS ABNCALLS3)";
    ABNCALLS4 abncalls4 C Live "of abncalls: wait in bin 4 of the call profile (CMS ABNCALLS4)";
    ABNCALLS5 abncalls5 C Live "of abncalls: wait in bin 5 of the call profile (CMS ABNCALLS5)";
    ABNCALLS6 abncalls6 C Live "of abncalls: wait in bin 6 of the call profile (CMS ABNCALLS6)";
    ABNCALLS7 abncalls7 C Live "of abncalls: wait in bin 7 of the call profile (CMS ABNCALLS7)";
    ABNCALLS8 abncalls8 C Live "of abncalls: wait in bin 8 of the call profile (CMS ABNCALLS8)";
    ABNCALLS9 abncalls9 C Live "of abncalls: wait in bin 9 of the call profile (CMS ABNCALLS9)";
    ABNCALLS10 abncalls10 C Live "of abncalls: wait in bin 10 of the call profile (CMS ABNCALLS10)";
    ANSCONNCALLS1 ansconncalls1 C Live "of acdcalls and connectcalls: wait in bin 1 of the call \
        profile (CMS ANSCONNCALLS1)";
    ANSCONNCALLS2 ansconncalls2 C Live "of acdcalls and connectcalls: wait in bin 2 of the call \
        profile (CMS ANSCONNCALLS2)";
    ANSCONNCALLS3 ansconncalls3 C Live "of acdcalls and connectcalls: wait in bin 3 of the call \
        profile (CMS ANSCONNCALLS3)";
    ANSCONNCALLS4 ansconncalls4 C Live "of acdcalls and connectcalls: wait in bin 4 of the call \
        profile (CMS ANSCONNCALLS4)";
    ANSCONNCALLS5 ansconncalls5 C Live "of acdcalls and connectcalls: wait in bin 5 of the call \
        profile (CMS ANSCONNCALLS5)";
    ANSCONNCALLS6 ansconncalls6 C Live "of acdcalls and connectcalls: wait in bin 6 of the call \
        profile (CMS ANSCONNCALLS6)";
    ANSCONNCALLS7 ansconncalls7 C Live "of acdcalls and connectcalls: wait in bin 7 of the call \
        profile (CMS ANSCONNCALLS7)";
    ANSCONNCALLS8 ansconncalls8 C Live "of acdcalls and connectcalls: wait in bin 8 of the call \
        profile (CMS ANSCONNCALLS8)";
    ANSCONNCALLS9 ansconncalls9 C Live "of acdcalls and connectcalls: wait in bin 9 of the call \
        profile (CMS ANSCONNCALLS9)";
    ANSCONNCALLS10 ansconncalls10 C Live "of acdcalls and connectcalls: wait in bin 10 of the \
        call profile (CMS ANSCONNCALLS10)";
    ACCEPTABLE acceptable C Live "of acdcalls and connectcalls: wait within servicelevel (CMS \
        ACCEPTABLE)";
    SERVICELEVEL servicelevel A Live "acceptable wait in seconds in force at the end (CMS \
        SERVICELEVEL)";
    PERIOD1 period1 A Live "upper edge of bin 1 in seconds in force at the end; NULL: none (CMS \
        PERIOD1)";
    PERIOD2 period2 A Live "upper edge of bin 2 in seconds in force at the end; NULL: none (CMS \
        PERIOD2)";
    PERIOD3 period3 A Live "upper edge of bin 3 in seconds in force at the end; NULL: none (CMS \
        PERIOD3)";
    PERIOD4 period4 A Live "upper edge of bin 4 in seconds in force at the end; NULL: none (CMS \
        PERIOD4)";
    PERIOD5 period5 A Live "upper edge of bin 5 in seconds in force at the end; NULL: none (CMS \
        PERIOD5)";
    PERIOD6 period6 A Live "upper edge of bin 6 in seconds in force at the end; NULL: none (CMS \
        PERIOD6)";
    PERIOD7 period7 A Live "upper edge of bin 7 in seconds in force at the end; NULL: none (CMS \
        PERIOD7)";
    PERIOD8 period8 A Live "upper edge of bin 8 in seconds in force at the end; NULL: none (CMS \
        PERIOD8)";
    PERIOD9 period9 A Live "upper edge of bin 9 in seconds in force at the end; NULL: none (CMS \
        PERIOD9)";
    SVCLEVELCHG svclevelchg A Live "1: servicelevel changed meanwhile (CMS SVCLEVELCHG)";
    PERIODCHG periodchg A Live "1: a period changed meanwhile (CMS PERIODCHG)";
    SLVLABNS slvlabns C Live "of abncalls: wait within servicelevel (CMS SLVLABNS)";
    SLVLOUTFLOWS slvloutflows C Live "of outflowcalls: wait within servicelevel (CMS SLVLOUTFLOWS)";
    BUSYCALLS busycalls C Live "of othercalls: refused by the last split it came to and then \
        ended by the switch (CMS BUSYCALLS)";
    BUSYTIME busytime C Live "of busycalls: begin to end (CMS BUSYTIME)";
    DISCCALLS disccalls C Live "of othercalls: ended unanswered by other than the caller, or its \
        end was not seen (CMS DISCCALLS)";
    DISCTIME disctime C Live "of disccalls: begin to end (CMS DISCTIME)";
    VDISCCALLS vdisccalls C Live "of disccalls: never in a split (CMS VDISCCALLS)";
    OUTFLOWCALLS outflowcalls C Live "of othercalls: led to outside and answered there, by no \
        agent of a split before (CMS OUTFLOWCALLS)";
    OUTFLOWTIME outflowtime C Live "of outflowcalls: begin to that answer; what comes after is \
        not in the VDN (CMS OUTFLOWTIME)";
    INTERFLOWCALLS interflowcalls C Live "outflowcalls: Asterisk leads no call to another VDN \
        (CMS INTERFLOWCALLS)";
    LOOKATTEMPTS lookattempts C Never "not counted: Asterisk has no such thing (CMS LOOKATTEMPTS)";
    LOOKFLOWCALLS lookflowcalls C Never "not counted: Asterisk has no such thing (CMS \
        LOOKFLOWCALLS)";
    DEFLECTCALLS deflectcalls C Never "not counted: Asterisk has no such thing (CMS DEFLECTCALLS)";
    ADJATTEMPTS adjattempts C Never "not counted: Asterisk has no such thing (CMS ADJATTEMPTS)";
    ADJROUTED adjrouted C Never "not counted: Asterisk has no such thing (CMS ADJROUTED)";
    NETINCALLS netincalls C Never "not counted: Asterisk has no such thing (CMS NETINCALLS)";
    NETINTIME netintime C Never "not counted: Asterisk has no such thing (CMS NETINTIME)";
    NETPOLLS netpolls C Never "not counted: Asterisk has no such thing (CMS NETPOLLS)";
    NETDISCCALLS netdisccalls C Never "not counted: Asterisk has no such thing (CMS NETDISCCALLS)";
    OTHERCALLS othercalls C Live "of incalls: busycalls + connectcalls + disccalls + outflowcalls \
        (CMS OTHERCALLS)";
    OTHERTIME othertime C Live "busytime + connecttime + conntalktime + disctime + outflowtime \
        (CMS OTHERTIME)";
    RINGCALLS ringcalls C Live "times that a call rang at agents; phones that ring at once are \
        one time (CMS RINGCALLS)";
    RINGTIME ringtime C Live "time that calls rang at agents (CMS RINGTIME)";
    HOLDCALLS holdcalls C Live "calls that an agent of a split held at least once (CMS HOLDCALLS)";
    HOLDTIME holdtime C Live "of acdcalls: time on hold (CMS HOLDTIME)";
    HOLDABNCALLS holdabncalls C Live "of holdcalls: the caller hung up on hold (CMS HOLDABNCALLS)";
    HOLDACDCALLS holdacdcalls C Live "holdcalls: those of agents' own calls are no VDN's (CMS \
        HOLDACDCALLS)";
    HOLDACDTIME holdacdtime C Live "holdtime, likewise (CMS HOLDACDTIME)";
    TRANSFERRED transferred C Live "of incalls: transferred at least once (CMS TRANSFERRED)";
    NOANSREDIR noansredir C Live "times that all phones that rang for a call rang out (CMS \
        NOANSREDIR)";
    PHANTOMABNS phantomabns C Live "of abncalls: answered by an agent, but for less than the \
        phantom timer (CMS PHANTOMABNS)";
    SKILL1 skill1 A Never "not counted: Asterisk has no such thing (CMS SKILL1)";
    SKILL2 skill2 A Never "not counted: Asterisk has no such thing (CMS SKILL2)";
    SKILL3 skill3 A Never "not counted: Asterisk has no such thing (CMS SKILL3)";
    SKILLCALLS1 skillcalls1 C Never "not counted: Asterisk has no such thing (CMS SKILLCALLS1)";
    SKILLCALLS2 skillcalls2 C Never "not counted: Asterisk has no such thing (CMS SKILLCALLS2)";
    SKILLCALLS3 skillcalls3 C Never "not counted: Asterisk has no such thing (CMS SKILLCALLS3)";
    SKILLTIME1 skilltime1 C Never "not counted: Asterisk has no such thing (CMS SKILLTIME1)";
    SKILLTIME2 skilltime2 C Never "not counted: Asterisk has no such thing (CMS SKILLTIME2)";
    SKILLTIME3 skilltime3 C Never "not counted: Asterisk has no such thing (CMS SKILLTIME3)";
    SKILLACWTIME1 skillacwtime1 C Never "not counted: Asterisk has no such thing (CMS \
        SKILLACWTIME1)";
    SKILLACWTIME2 skillacwtime2 C Never "not counted: Asterisk has no such thing (CMS \
        SKILLACWTIME2)";
    SKILLACWTIME3 skillacwtime3 C Never "not counted: Asterisk has no such thing (CMS \
        SKILLACWTIME3)";
    MAXOCWTIME maxocwtime M Live "longest wait from begin to answer, abandon or other end (CMS \
        MAXOCWTIME)";
    MAXWAITING maxwaiting M Live "most calls at once that had come and that no agent talked to \
        yet; one that a station answered until it is over (CMS MAXWAITING)";
    I_ARRIVED i_arrived C Live "calls that came in the interval (CMS I_ARRIVED)";
    BSRPLAN bsrplan A Never "not counted: Asterisk has no such thing (CMS BSRPLAN)";
    LOST lost C Live "own: of incalls: the end was not seen (switch stopped, missing after a \
        resync)";
    MAXINPROGRESS maxinprogress M Live "own: most calls at once that had come and were not over";
}

/// What holds in every row (cms.md 1.2).
pub(crate) const IDENTITIES: &[Identity] = &[
    Identity {
        name: "vdn: INCALLS = ACDCALLS + ABNCALLS + OTHERCALLS",
        whole: &[INCALLS],
        parts: &[ACDCALLS, ABNCALLS, OTHERCALLS],
    },
    Identity {
        name: "vdn: OTHERCALLS = BUSYCALLS + CONNECTCALLS + DISCCALLS + OUTFLOWCALLS",
        whole: &[OTHERCALLS],
        parts: &[BUSYCALLS, CONNECTCALLS, DISCCALLS, OUTFLOWCALLS],
    },
    Identity {
        name: "vdn: INTIME = ACDTIME + ABNTIME + ANSTIME + HOLDTIME + OTHERTIME",
        whole: &[INTIME],
        parts: &[ACDTIME, ABNTIME, ANSTIME, HOLDTIME, OTHERTIME],
    },
    Identity {
        name: "vdn: OTHERTIME = BUSYTIME + CONNECTTIME + CONNTALKTIME + DISCTIME + OUTFLOWTIME",
        whole: &[OTHERTIME],
        parts: &[BUSYTIME, CONNECTTIME, CONNTALKTIME, DISCTIME, OUTFLOWTIME],
    },
    Identity {
        name: "vdn: ANSCONNCALLS1..10 = ACDCALLS + CONNECTCALLS",
        whole: &[ACDCALLS, CONNECTCALLS],
        parts: &in_a_row::<10>(ANSCONNCALLS1),
    },
    Identity {
        name: "vdn: ABNCALLS = ABNCALLS1..10",
        whole: &[ABNCALLS],
        parts: &in_a_row::<10>(ABNCALLS1),
    },
];

/// PERIOD1..9.
pub(super) const PERIODS: [usize; 9] = in_a_row(PERIOD1);

/// Items in a row.
const fn in_a_row<const N: usize>(first: usize) -> [usize; N] {
    let mut items = [first; N];
    let mut i = 1;
    while i < N {
        items[i] = first + i;
        i += 1;
    }
    items
}
