//! The shapes of all live tables: which columns, in which order, and what each one means. The
//! rows are made by the modules beside this one, in the same order.
//!
//! Units: `*_ms` milliseconds; CMS items (`c*` tables) whole seconds, as CMS has them. "Today" is
//! since the last `Model::start_day`. `CMS ITEM` names the item of cms.md a column follows;
//! `asterisk.md` the section that says what the switch tells.

use facts::table::{Column, Shape, Type};

macro_rules! columns {
    ($($name:ident $kind:ident $doc:literal;)*) => {
        &[$(Column { name: stringify!($name), kind: Type::$kind, doc: $doc },)*]
    };
}

/// `queues`: one row a split, the floor's upper half.
pub(super) const QUEUES: Shape = Shape {
    name: "queues",
    doc: "a queue (split) as it is now, and its counts of today",
    key: 2,
    columns: columns! {
        acd Text "the switch";
        queue Text "the queue (CMS: split)";
        waiting Int "callers who wait here now, those whose call rings at an agent included";
        ringing Int "of `waiting`: callers whose call rings at an agent now (CMS INRING)";
        oldest_since Stamp "when the caller who has waited longest joined; null if nobody waits";
        oldest_s Age "how long he has waited, whole seconds (CMS OLDESTCALL); null if nobody waits";
        staffed Int "agents logged on (CMS STAFFED) = available + agents_ringing + on_acd + in_acw + in_aux + other";
        available Int "agents ready for a call of this queue (CMS AVAILABLE)";
        agents_ringing Int "agents at whom a call of this queue rings (CMS AGINRING)";
        on_acd Int "agents who talk on a call of this queue (CMS ONACD)";
        in_acw Int "agents in after-call work of this queue (CMS INACW)";
        in_aux Int "agents paused, or on a call of their own (CMS INAUX)";
        other Int "agents busy for another queue, with a call on hold, or not reachable (CMS OTHER)";
        offered Int "callers who joined today, and those who waited when the day began; refused ones not counted";
        answered Int "of `offered`: answered by an agent, at the moment of the answer";
        abandoned Int "of `offered`: hung up while waiting or ringing (asterisk.md 4)";
        timed_out Int "of `offered`: waited longer than the queue allows and went on elsewhere";
        left_empty Int "of `offered`: sent on because no agent was left";
        exit_key Int "of `offered`: keyed themselves out";
        refused Int "turned away on arrival (no agent, or full); never in `offered`";
        left Int "of `offered`: taken out in another way, or the way was not told";
        lost Int "of `offered`: end not seen (the switch stopped, or it was missing after a resync)";
        answered_in_sl Int "answered within `service_level_s` (CMS ACCEPTABLE: wait <= level)";
        service_level_s Int "the service level in force, seconds";
        service_level_pct Int "answered_in_sl of all visits that ended today, whole percent, halves up (denominator: CMS CALLSOFFERED without refused); null if none";
        wait_answered_ms Int "wait of the answered, join to answer by the switch's stamps (CMS ANSTIME)";
        talk_ms Int "talk of calls of this queue that ended, hold excluded (CMS ACDTIME)";
        longest_wait_ms Int "longest wait of a visit that ended today, however it ended (CMS MAXOCWTIME)";
    },
};

/// `agents`: one row an agent, the floor's lower half.
pub(super) const AGENTS: Shape = Shape {
    name: "agents",
    doc: "an agent who is logged on to at least one queue, over all his queues",
    key: 2,
    columns: columns! {
        acd Text "the switch";
        agent Text "the agent's identity (Asterisk: a member's interface)";
        name Text "the name shown for him";
        device Text "the phone whose state counts";
        state Text "AVAIL RING ACD ACW AUX OTHER (cms.md 2.1, CMS AWORKMODE)";
        reason Text "why he is in AUX (or paused for after-call work); null if none was given";
        direction Text "IN or OUT of the call he is on; null if on none";
        since Stamp "when state, direction and reason were last different";
        for_s Age "whole seconds since then";
        split Text "the queue of the call, ring or after-call work (CMS WORKSPLIT); null if none";
        splits Text "the queues he is logged on to, blank between, by name";
        call Text "the call he is on, or that rings; null if none";
        party Text "number at the other end of it; null if unknown";
        on_hold Int "calls he has put on hold now (CMS ONHOLD)";
        logged_on Stamp "log-on to the queue he has been in longest";
        acd_calls Int "queue calls he answered today, at the moment of the answer";
        rona Int "queue calls that rang at him today and that he did not take (CMS NOANSREDIR)";
        acd_ms Age "talk on queue calls today, hold excluded (CMS I_ACDTIME over his queues)";
        acw_ms Age "after-call work today (CMS I_ACWTIME over his queues)";
        aux_ms Age "paused or on own calls today (CMS TI_AUXTIME)";
        avail_ms Age "ready in at least one queue today (CMS TI_AVAILTIME)";
        staff_ms Age "logged on today (CMS TI_STAFFTIME) = acd + acw + aux + avail + ring + other";
        ring_ms Age "a queue call rang at him, today (CMS I_RINGTIME over his queues)";
        other_ms Age "none of these, today (CMS TI_OTHERTIME)";
        refused Int "of `rona`: his phone was busy or declined at once";
        autopaused Int "pauses that the switch set right after he had not answered, today";
        device_gone Int "times his phone became unreachable while he was logged on, today";
        hold_since Stamp "since when the call is on hold that he has had on hold longest; null if none";
        hold_s Age "whole seconds since then; null if none";
    },
};

/// `calls`: live calls and the last ones that ended.
pub(crate) const CALLS: Shape = Shape {
    name: "calls",
    doc: "a call: live ones, and the last ones that ended",
    key: 2,
    columns: columns! {
        acd Text "the switch";
        call Text "the call's id; of calls that were joined, the one that began first (asterisk.md 9)";
        state Text "NEW IVR QUEUED RINGING TALKING HELD PARKED CONFERENCE ENDED";
        direction Text "IN from a trunk, OUT a station that dialled a trunk, else INTERNAL";
        caller Text "number of the party that began it; null if unknown";
        caller_name Text "his name; null if unknown";
        dialled Text "the number first dialled; null if none";
        vdn Text "entry point: the configured name of the number dialled, else the number";
        vector Text "the configured name of the first dialplan context, else the context";
        split Text "the queue it is in, or was last; null if it never queued";
        agent Text "the agent it rings at, else the one it talks to or talked to last";
        agent_name Text "his name";
        trunk_group Text "the trunk group it came in by, else went out by; null if none";
        began Stamp "begin of its first channel";
        queued_at Stamp "when it first joined a queue";
        answered_at Stamp "when an agent first answered it, else when two parties first talked";
        ended_at Stamp "when its last channel ended; null while it lives";
        wait_ms Age "waiting in queues, all visits, running ones included";
        ring_ms Age "of it: ringing at agents (two at once count once)";
        talk_ms Age "two or more parties connected and nobody on hold (bridges, asterisk.md 9)";
        hold_ms Age "at least one party has put it on hold (cms.md 1.4)";
        outcome Text "of its last visit: ANSWERED ABANDONED TIMED_OUT LEFT_EMPTY EXIT_KEY REFUSED LEFT LOST; without visit ANSWERED or NOT_ANSWERED; null while open";
        ended_by Text "CALLER AGENT SWITCH UNKNOWN: who asked first to hang up, SWITCH if the dialplan or an operator did; null while it lives";
        splits_visited Int "visits to queues";
        agents_talked Int "different agents it talked to";
        transfers Int "transfers that succeeded";
        conferenced Bool "was in a conference";
        parked Bool "was parked";
        work_code Text "the last work code given";
        channels Int "channels open now";
        closed Text "why it is over: HANGUP SWITCH_RESTART MISSING TOO_OLD; null while it lives";
        legs Text "its legs to and from other switches (SIP Call-IDs), blank between; null if none is known";
        whole Text "the whole call it is a part of: ACD/call of the part that began first; of a call that did not cross switches, its own. Rows where it is their own are the centre's calls, each once";
    },
};

/// `whole_calls`: calls that crossed switches.
pub(crate) const WHOLE_CALLS: Shape = Shape {
    name: "whole_calls",
    doc: "a call that crosses switches, as one: live ones, and the last ones that ended; its parts are in `calls`",
    key: 2,
    columns: columns! {
        acd Text "the switch it began on";
        whole Text "its id: ACD/call of the part that began first, as `whole` in `calls`";
        state Text "the state of its part where it is now, as in `calls`; ENDED when all parts have";
        direction Text "IN OUT INTERNAL, of its first part";
        caller Text "number of the party that began it; null if unknown";
        caller_name Text "his name; null if unknown";
        dialled Text "the number first dialled; null if none";
        vdn Text "the entry point of its first part";
        now_acd Text "the switch where it is now, or was last";
        now_call Text "its part there: `call` in `calls`";
        split Text "the queue it is in, or was last; null if it never queued";
        split_acd Text "the switch of that queue";
        agent Text "the agent it rings at, talks to, or talked to last; null if none";
        agent_name Text "his name";
        agent_acd Text "his switch";
        trunk_group Text "the trunk group it came in by, else went out by, on its first switch";
        began Stamp "begin of its first part";
        queued_at Stamp "when it first joined a queue, on any switch";
        answered_at Stamp "when an agent first answered it, else when two parties first talked where it led";
        ended_at Stamp "when its last part ended; null while it lives";
        wait_ms Age "waiting in queues of all switches, running waits included";
        outcome Text "of its last visit to a queue, as in `calls`; without visit, of its last part";
        ended_by Text "CALLER AGENT SWITCH UNKNOWN: who hung up, told where he sits; null while it lives";
        splits_visited Int "visits to queues on all switches";
        agents_talked Int "agents it talked to on all switches";
        transfers Int "transfers that succeeded on all switches";
        parts Int "how many calls of single switches it is made of";
        way Text "their switches in the order of its way, blank between";
        calls Text "their ids as ACD/call, in the same order";
    },
};

/// `waiting`: one row a caller who waits in a split.
pub(super) const WAITING: Shape = Shape {
    name: "waiting",
    doc: "a caller who waits in a queue now, and his place there",
    key: 3,
    columns: columns! {
        acd Text "the switch";
        queue Text "the queue he waits in";
        channel Text "the lasting id of his channel";
        call Text "his call, as in `calls`; null if it is not known";
        position Int "his place among those who wait there, from 1, in the order in which they will be served";
        since Stamp "when he joined this queue, this time";
        wait_s Age "whole seconds since then";
        rings_at Text "the agent at whom his call rings; null if it rings at nobody";
    },
};

/// `channels`: what the switch holds open.
pub(super) const CHANNELS: Shape = Shape {
    name: "channels",
    doc: "a channel that is open now",
    key: 2,
    columns: columns! {
        acd Text "the switch";
        channel Text "its lasting id";
        name Text "the name the switch shows";
        device Text "the endpoint it is a channel of";
        call Text "the call it belongs to";
        phase Text "DOWN CALLING RINGING UP";
        direction Text "IN: the endpoint called the switch; OUT: the switch called it";
        number Text "number of the party at the endpoint; null if unknown";
        party Text "name of the party; null if unknown";
        dialled Text "the number dialled; null if none";
        context Text "the dialplan context it is in";
        exten Text "the extension in it";
        application Text "the dialplan application it runs";
        bridge Text "the mixing point it talks at; null if none";
        on_hold Bool "its party has put the other side on hold";
        agent Text "the agent whose phone it is; null if none's";
        trunk_group Text "the trunk group it belongs to; null if it is no trunk";
        began Stamp "when it began";
    },
};

/// `trunks`: one row a trunk group.
pub(super) const TRUNKS: Shape = Shape {
    name: "trunks",
    doc: "a trunk group that has been used, as it is now",
    key: 2,
    columns: columns! {
        acd Text "the switch";
        trunk_group Text "the trunk group (Asterisk: the trunk's endpoint)";
        in_use Int "channels open (CMS INUSE) = in_calls + out_calls";
        in_calls Int "of them: calling in";
        out_calls Int "of them: called by the switch";
        queued Int "of them: waiting in a queue without ringing at an agent";
        ringing Int "of them: ringing at an agent";
        on_acd Int "of them: connected to an agent on a queue call";
        talking Int "of them: connected to anybody, on_acd included";
        in_today Int "seizures from outside today";
        out_today Int "seizures from the switch today";
        max_in_use Int "most channels open at once today (CMS MAXOCC)";
    },
};

/// `anomalies`: what could not be explained.
pub(super) const ANOMALIES: Shape = Shape {
    name: "anomalies",
    doc: "something that could not be explained or had to be guessed: the last 1,000",
    key: 5,
    columns: columns! {
        acd Text "the switch";
        at Stamp "the moment on the switch's clock";
        code Text "a stable word for the kind";
        what Text "what it was about";
        n Int "serial number, from 1";
        count Int "how often this code was met in all";
    },
};

/// `cagent`: CMS, one row per agent and split.
pub(super) const CAGENT: Shape = Shape {
    name: "cagent",
    doc: "CMS cagent: an agent in one of the splits he is logged on to",
    key: 3,
    columns: columns! {
        acd Text "the switch (CMS ACD)";
        logid Text "the agent (CMS LOGID)";
        split Text "the split of this row (CMS SPLIT)";
        position Text "his phone (CMS POSITION)";
        extension Text "its extension: the device's name after the slash (CMS EXTENSION)";
        agent_name Text "his name";
        workmode Text "his mode as this split sees it: AVAIL RING ACD ACW AUX OTHER (CMS WORKMODE)";
        aworkmode Text "his mode over all splits (CMS AWORKMODE)";
        agstate Text "aworkmode, with direction on a call: AUX-OUT (CMS AGSTATE)";
        direction Text "IN, OUT or null (CMS DIRECTION)";
        duration Age "whole seconds in this workmode and direction for this split (CMS DURATION)";
        agduration Age "whole seconds since his state last changed, same in all his rows (CMS AGDURATION)";
        worksplit Text "split of the current call or ACW; oldest log-on for own calls; null in AVAIL, AUX, OTHER (CMS WORKSPLIT)";
        auxreason Text "reason of AUX; null if not in AUX or none given (CMS AUXREASON)";
        sklevel Int "penalty + 1 (CMS SKLEVEL)";
        onhold Int "calls he holds (CMS ONHOLD)";
        logonstart Stamp "log-on to this split (CMS LOGONSTART)";
        oldest_logon Text "the split he has been logged on to longest (CMS OLDEST_LOGON)";
        acdcalls Int "calls of this split finished today, after-call work included (CMS ACDCALLS)";
        acdtime Int "talk of these calls, hold excluded (CMS ACDTIME)";
        acwtime Int "after-call work of these calls (CMS ACWTIME)";
        ringcalls Int "calls of this split that rang at him today (CMS RINGCALLS)";
        ringtime Int "how long they rang (CMS RINGTIME)";
        noansredir Int "of them not taken (CMS NOANSREDIR)";
        holdcalls Int "of acdcalls: held at least once (CMS HOLDCALLS)";
        holdtime Int "hold time of acdcalls (CMS HOLDACDTIME)";
        transferred Int "calls of this split that he transferred (CMS TRANSFERRED)";
        i_stafftime Age "CMS I_STAFFTIME = i_availtime + i_acdtime + i_acwtime + i_auxtime + i_ringtime + i_othertime, before rounding";
        i_availtime Age "CMS I_AVAILTIME";
        i_acdtime Age "CMS I_ACDTIME";
        i_acwtime Age "CMS I_ACWTIME";
        i_auxtime Age "CMS I_AUXTIME";
        i_ringtime Age "CMS I_RINGTIME";
        i_othertime Age "CMS I_OTHERTIME";
        i_auxintime Age "of i_auxtime: on an own call that came in (CMS I_AUXINTIME)";
        i_auxouttime Age "of i_auxtime: on an own call out (CMS I_AUXOUTTIME)";
        i_acwintime Age "of i_acwtime: on an own call that came in (CMS I_ACWINTIME)";
        i_acwouttime Age "of i_acwtime: on an own call out (CMS I_ACWOUTTIME)";
        i_acdauxintime Age "of i_auxintime: with a queue call on hold (CMS I_ACDAUXINTIME)";
        i_acdaux_outtime Age "of i_auxouttime: with a queue call on hold (CMS I_ACDAUX_OUTTIME)";
        i_acdothertime Age "of i_othertime: with a queue call on hold (CMS I_ACDOTHERTIME)";
        ti_stafftime Age "stored in the oldest log-on's row only (CMS TI_STAFFTIME)";
        ti_availtime Age "CMS TI_AVAILTIME";
        ti_auxtime Age "CMS TI_AUXTIME";
        ti_othertime Age "CMS TI_OTHERTIME";
    },
};

/// `csplit`: CMS, one row per split.
pub(super) const CSPLIT: Shape = Shape {
    name: "csplit",
    doc: "CMS csplit: a split as it is now, and its counts of today",
    key: 2,
    columns: columns! {
        acd Text "the switch (CMS ACD)";
        split Text "the split (CMS SPLIT)";
        split_name Text "its name";
        inqueue Int "calls waiting that ring at nobody (CMS INQUEUE)";
        inring Int "calls ringing at agents (CMS INRING)";
        oldestcall Age "whole seconds the oldest of both has waited, 0 if none (CMS OLDESTCALL)";
        staffed Int "agents logged on = available + aginring + onacd + inacw + inaux + other (CMS STAFFED)";
        available Int "CMS AVAILABLE";
        aginring Int "CMS AGINRING";
        onacd Int "CMS ONACD";
        inacw Int "CMS INACW";
        inaux Int "CMS INAUX = inaux0 + ... + inaux9";
        inaux0 Int "in AUX without reason, or with one that is no digit (CMS INAUX0)";
        inaux1 Int "CMS INAUX1";
        inaux2 Int "CMS INAUX2";
        inaux3 Int "CMS INAUX3";
        inaux4 Int "CMS INAUX4";
        inaux5 Int "CMS INAUX5";
        inaux6 Int "CMS INAUX6";
        inaux7 Int "CMS INAUX7";
        inaux8 Int "CMS INAUX8";
        inaux9 Int "CMS INAUX9";
        onauxin Int "of inaux: on an own call that came in (CMS ONAUXIN)";
        onauxout Int "of inaux: on an own call out (CMS ONAUXOUT)";
        onacwin Int "of inacw: on an own call that came in (CMS ONACWIN)";
        onacwout Int "of inacw: on an own call out (CMS ONACWOUT)";
        other Int "CMS OTHER";
        callsoffered Int "acdcalls + abncalls + outflowcalls + busycalls + disccalls (CMS CALLSOFFERED; refused ones counted, cms.md 1.2)";
        acdcalls Int "answered and finished, after-call work included (CMS ACDCALLS)";
        acdtime Int "their talk, hold excluded (CMS ACDTIME)";
        acwtime Int "their after-call work (CMS ACWTIME)";
        anstime Int "their wait (CMS ANSTIME)";
        acceptable Int "of acdcalls: wait within the service level (CMS ACCEPTABLE)";
        servicelevel Int "the service level in force, seconds (CMS SERVICELEVEL)";
        abncalls Int "abandoned waiting or ringing (CMS ABNCALLS)";
        abntime Int "their wait (CMS ABNTIME)";
        abnringcalls Int "of them: while ringing (CMS ABNRINGCALLS)";
        outflowcalls Int "left for elsewhere: time-out, empty, key, taken out (CMS OUTFLOWCALLS)";
        outflowtime Int "their wait (CMS OUTFLOWTIME)";
        inflowcalls Int "joined after they had left another split (CMS INFLOWCALLS)";
        busycalls Int "refused on arrival (CMS BUSYCALLS)";
        disccalls Int "end not seen or cut by the switch (CMS DISCCALLS)";
        noansredir Int "rang and were not taken (CMS NOANSREDIR)";
        ringcalls Int "rang at agents (CMS RINGCALLS)";
        ringtime Int "how long, per agent rung (CMS RINGTIME)";
        holdcalls Int "of acdcalls: held at least once (CMS HOLDCALLS)";
        holdtime Int "their hold time (CMS HOLDTIME)";
        transferred Int "of the calls answered here: transferred by the agent (CMS TRANSFERRED)";
        maxinqueue Int "most waiting at once today, ringing ones included (CMS MAXINQUEUE)";
        maxocwtime Int "longest wait of a visit that ended (CMS MAXOCWTIME)";
        i_arrived Int "joined today (CMS I_ARRIVED)";
        i_stafftime Age "agents' clocks, summed (CMS I_STAFFTIME)";
        i_availtime Age "CMS I_AVAILTIME";
        i_acdtime Age "CMS I_ACDTIME";
        i_acwtime Age "CMS I_ACWTIME";
        i_auxtime Age "CMS I_AUXTIME";
        i_ringtime Age "CMS I_RINGTIME";
        i_othertime Age "CMS I_OTHERTIME";
    },
};

/// `cvdn`: CMS, one row per entry point.
pub(super) const CVDN: Shape = Shape {
    name: "cvdn",
    doc: "CMS cvdn: an entry point (number dialled from outside) as it is now, and its counts of today",
    key: 2,
    columns: columns! {
        acd Text "the switch (CMS ACD)";
        vdn Text "the entry point (CMS VDN)";
        inprogress Int "calls in it now (CMS INPROGRESS)";
        invector Int "of them: neither queued, ringing nor connected";
        inqueue Int "of them: waiting, ringing at nobody";
        inring Int "of them: ringing at an agent";
        atagent Int "of them: connected, on hold included (CMS ATAGENT)";
        oldestcall Age "whole seconds since the begin of the oldest that nobody has answered, 0 if none";
        incalls Int "finished = acdcalls + abncalls + othercalls (CMS INCALLS)";
        acdcalls Int "answered through a split (CMS ACDCALLS)";
        abncalls Int "caller hung up before an answer (CMS ABNCALLS)";
        abnquecalls Int "of them: while in a split (CMS ABNQUECALLS)";
        abnringcalls Int "of them: while ringing at an agent (CMS ABNRINGCALLS)";
        connectcalls Int "of othercalls: answered without a split (CMS CONNECTCALLS)";
        othercalls Int "ended in any other way (CMS OTHERCALLS)";
        anstime Int "begin to answer of acdcalls (CMS ANSTIME)";
        abntime Int "begin to end of abncalls (CMS ABNTIME)";
        acdtime Int "talk of acdcalls (CMS ACDTIME)";
        holdcalls Int "held at least once (CMS HOLDCALLS)";
        holdtime Int "their hold time (CMS HOLDTIME)";
        transferred Int "transferred (CMS TRANSFERRED)";
        i_arrived Int "incalls + inprogress (CMS I_ARRIVED but for calls over midnight)";
    },
};

/// `cvector`: CMS, one row per dialplan context.
pub(super) const CVECTOR: Shape = Shape {
    name: "cvector",
    doc: "CMS cvector: a vector (first dialplan context of calls from outside) as it is now, and its counts of today",
    key: 2,
    columns: columns! {
        acd Text "the switch (CMS ACD)";
        vector Text "the vector (CMS VECTOR)";
        inprogress Int "calls that came in by it and live (CMS INPROGRESS)";
        invector Int "of them: neither queued, ringing nor connected";
        inqueue Int "of them: waiting, ringing at nobody";
        inring Int "of them: ringing at an agent";
        atagent Int "of them: connected, on hold included";
        incalls Int "finished = acdcalls + abncalls + othercalls (CMS INCALLS)";
        acdcalls Int "answered through a split (CMS ACDCALLS)";
        abncalls Int "caller hung up before an answer (CMS ABNCALLS)";
        abnquecalls Int "of them: while in a split (CMS ABNQUECALLS)";
        abnringcalls Int "of them: while ringing at an agent (CMS ABNRINGCALLS)";
        othercalls Int "ended in any other way (CMS OTHERCALLS)";
        anstime Int "begin to answer of acdcalls (CMS ANSTIME)";
        abntime Int "begin to end of abncalls (CMS ABNTIME)";
    },
};

/// `ctrunk`: CMS, one row per trunk in use.
pub(super) const CTRUNK: Shape = Shape {
    name: "ctrunk",
    doc: "CMS ctrunk: a trunk (channel of a trunk group) in use",
    key: 3,
    columns: columns! {
        acd Text "the switch (CMS ACD)";
        tkgrp Text "its trunk group (CMS TKGRP)";
        eqloc Text "the channel's id (CMS EQLOC)";
        trunk_name Text "the name the switch shows for it";
        tkstate Text "SEIZED QUEUED RINGING CONN HOLD (CMS TKSTATE)";
        duration Age "whole seconds in this state (CMS DURATION)";
        direction Text "IN or OUT (CMS DIRECTION)";
        vdn Text "entry point of its call; null if none (CMS VDN)";
        split Text "split of its call; null if none (CMS SPLIT)";
        logid Text "agent it rings at or is connected to; null if none (CMS LOGID)";
        began Stamp "when it was seized";
    },
};

/// `ctkgrp`: CMS, one row per trunk group.
pub(super) const CTKGRP: Shape = Shape {
    name: "ctkgrp",
    doc: "CMS ctkgrp: a trunk group as it is now, and its counts of today",
    key: 2,
    columns: columns! {
        acd Text "the switch (CMS ACD)";
        tkgrp Text "the trunk group (CMS TKGRP)";
        inuse Int "trunks in use (CMS INUSE)";
        inqueue Int "of them: waiting in a split, ringing at nobody";
        inring Int "of them: ringing at an agent";
        onacd Int "of them: connected to an agent on a split's call";
        incalls Int "calls in, finished = acdcalls + abncalls + othercalls (CMS INCALLS)";
        intime Int "their time, seizure to idle (CMS INTIME)";
        acdcalls Int "answered through a split (CMS ACDCALLS)";
        abncalls Int "caller hung up before an answer (CMS ABNCALLS)";
        connectcalls Int "of othercalls: answered without a split (CMS CONNECTCALLS)";
        othercalls Int "ended in any other way (CMS OTHERCALLS)";
        transferred Int "calls in that were transferred (CMS TRANSFERRED)";
        outcalls Int "calls out, finished (CMS OUTCALLS)";
        outtime Int "their time (CMS OUTTIME)";
        completed Int "of outcalls: answered at the far end (CMS COMPLETED)";
        maxocc Int "most in use at once today (CMS MAXOCC)";
    },
};

/// All live tables, in the order in which they are listed for people.
pub const SHAPES: &[Shape] = &[
    QUEUES,
    AGENTS,
    CALLS,
    WHOLE_CALLS,
    WAITING,
    CHANNELS,
    TRUNKS,
    ANOMALIES,
    CAGENT,
    CSPLIT,
    CVDN,
    CVECTOR,
    CTRUNK,
    CTKGRP,
];

/// The shape of that name.
pub fn shape(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|s| s.name == name)
}
