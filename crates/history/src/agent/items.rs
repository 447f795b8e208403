//! What is counted of an agent in a split (cms.md 3.2), in the order of CMS, own items last.

use crate::items::{Identity, items};

items! {
    ACDCALLS acdcalls C Log
        "CMS ACDCALLS: calls of the split that he answered and whose after-call work is over; \
         counts";
    ACDTIME acdtime C Log
        "CMS ACDTIME: talk of ACDCALLS without hold; seconds. A queue_log does not know holds: \
         there it is with them";
    ACWTIME acwtime C Live "CMS ACWTIME: after-call work that followed ACDCALLS; seconds";
    ABNCALLS abncalls C Live
        "CMS ABNCALLS: callers who hung up while his phone rang, and phantom abandons; counts";
    ABNTIME abntime C Live
        "CMS ABNTIME: how long it rang at him for ABNCALLS, and the whole wait and talk of \
         phantom abandons; seconds";
    ANSRINGTIME ansringtime C Log "CMS ANSRINGTIME: how long ACDCALLS rang at him; seconds";
    RINGCALLS ringcalls C Live
        "CMS RINGCALLS: calls of the split that rang at him, answered or not; counts, at the \
         call's end or the ring's";
    RINGTIME ringtime C Live "CMS RINGTIME: time of RINGCALLS; seconds";
    NOANSREDIR noansredir C Log "CMS NOANSREDIR: RINGCALLS that he let ring out; counts";
    PHANTOMABNS phantomabns C Log
        "CMS PHANTOMABNS: ABNCALLS that he answered, but whose talk was shorter than \
         `phantom_s`; counts";
    ACD_RELEASE acd_release C Log
        "CMS ACD_RELEASE: ACDCALLS that he ended first, all transfers and conferences included; \
         counts";
    HOLDCALLS holdcalls C Live
        "CMS HOLDCALLS: answered queue calls that he held at least once; counts. Holds of his \
         own calls are not told";
    HOLDTIME holdtime C Live "CMS HOLDTIME: time of HOLDCALLS on hold; seconds";
    HOLDACDTIME holdacdtime C Live "CMS HOLDACDTIME: HOLDTIME of queue calls: the same; seconds";
    HOLDABNCALLS holdabncalls C Live
        "CMS HOLDABNCALLS: HOLDCALLS whose caller hung up while held; counts";
    TRANSFERRED transferred C Log
        "CMS TRANSFERRED: answered queue calls that he transferred; counts";
    CONFERENCE conference C Live
        "CMS CONFERENCE: answered queue calls that he took into a conference; counts";
    ASSISTS assists C Never "CMS ASSISTS: requests for a supervisor; Asterisk has no such button";
    EVENT1 event1 C Never "CMS EVENT1: stroke count 1; Asterisk has no such buttons";
    EVENT2 event2 C Never "CMS EVENT2: stroke count 2; Asterisk has no such buttons";
    EVENT3 event3 C Never "CMS EVENT3: stroke count 3; Asterisk has no such buttons";
    EVENT4 event4 C Never "CMS EVENT4: stroke count 4; Asterisk has no such buttons";
    EVENT5 event5 C Never "CMS EVENT5: stroke count 5; Asterisk has no such buttons";
    EVENT6 event6 C Never "CMS EVENT6: stroke count 6; Asterisk has no such buttons";
    EVENT7 event7 C Never "CMS EVENT7: stroke count 7; Asterisk has no such buttons";
    EVENT8 event8 C Never "CMS EVENT8: stroke count 8; Asterisk has no such buttons";
    EVENT9 event9 C Never "CMS EVENT9: stroke count 9; Asterisk has no such buttons";
    ACWINCALLS acwincalls C Live
        "CMS ACWINCALLS: calls of his own that he took in after-call work of the split; counts";
    ACWINTIME acwintime C Live "CMS ACWINTIME: talk of ACWINCALLS; seconds";
    ACWOUTCALLS acwoutcalls C Live
        "CMS ACWOUTCALLS: calls of his own that he made in after-call work of the split; counts";
    ACWOUTTIME acwouttime C Live "CMS ACWOUTTIME: time of ACWOUTCALLS from dialling on; seconds";
    ACWOUTOFFCALLS acwoutoffcalls C Live
        "CMS ACWOUTOFFCALLS: ACWOUTCALLS that went over a trunk; counts";
    ACWOUTOFFTIME acwoutofftime C Live "CMS ACWOUTOFFTIME: time of ACWOUTOFFCALLS; seconds";
    ACWOUTADJCALLS acwoutadjcalls C Never
        "CMS ACWOUTADJCALLS: ACWOUTCALLS that an adjunct placed; Asterisk has none";
    AUXINCALLS auxincalls C Live
        "CMS AUXINCALLS: calls of his own that he took otherwise, in the split of the oldest \
         log-on; counts";
    AUXINTIME auxintime C Live "CMS AUXINTIME: talk of AUXINCALLS; seconds";
    AUXOUTCALLS auxoutcalls C Live
        "CMS AUXOUTCALLS: calls of his own that he made otherwise, in the split of the queue \
         call he held, else of the oldest log-on; counts";
    AUXOUTTIME auxouttime C Live "CMS AUXOUTTIME: time of AUXOUTCALLS from dialling on; seconds";
    AUXOUTOFFCALLS auxoutoffcalls C Live
        "CMS AUXOUTOFFCALLS: AUXOUTCALLS that went over a trunk; counts";
    AUXOUTOFFTIME auxoutofftime C Live "CMS AUXOUTOFFTIME: time of AUXOUTOFFCALLS; seconds";
    AUXOUTADJCALLS auxoutadjcalls C Never
        "CMS AUXOUTADJCALLS: AUXOUTCALLS that an adjunct placed; Asterisk has none";
    ACDAUXOUTCALLS acdauxoutcalls C Live
        "CMS ACDAUXOUTCALLS: AUXOUTCALLS made while a queue call of the split was held; counts";
    O_ACDCALLS o_acdcalls C Never
        "CMS O_ACDCALLS: adjunct outbound: calls answered; Asterisk has no outbound campaigns \
         in its queues";
    O_ACDTIME o_acdtime C Never
        "CMS O_ACDTIME: adjunct outbound: talk; Asterisk has no outbound campaigns in its \
         queues";
    O_ACWTIME o_acwtime C Never
        "CMS O_ACWTIME: adjunct outbound: after-call work; Asterisk has no outbound campaigns \
         in its queues";
    DA_ACDCALLS da_acdcalls C Never
        "CMS DA_ACDCALLS: direct agent calls: calls answered; Asterisk has no direct agent \
         calls";
    DA_ACDTIME da_acdtime C Never
        "CMS DA_ACDTIME: direct agent calls: talk; Asterisk has no direct agent calls";
    DA_ACWTIME da_acwtime C Never
        "CMS DA_ACWTIME: direct agent calls: after-call work; Asterisk has no direct agent \
         calls";
    DA_ABNCALLS da_abncalls C Never
        "CMS DA_ABNCALLS: direct agent calls: calls abandoned; Asterisk has no direct agent \
         calls";
    DA_ABNTIME da_abntime C Never
        "CMS DA_ABNTIME: direct agent calls: wait of calls abandoned; Asterisk has no direct \
         agent calls";
    DA_ANSTIME da_anstime C Never
        "CMS DA_ANSTIME: direct agent calls: wait of calls answered; Asterisk has no direct \
         agent calls";
    DA_OTHERCALLS da_othercalls C Never
        "CMS DA_OTHERCALLS: direct agent calls: other calls; Asterisk has no direct agent calls";
    DA_OTHERTIME da_othertime C Never
        "CMS DA_OTHERTIME: direct agent calls: wait of other calls; Asterisk has no direct \
         agent calls";
    DA_RELEASE da_release C Never
        "CMS DA_RELEASE: direct agent calls: calls he ended first; Asterisk has no direct agent \
         calls";
    DA_ACWINCALLS da_acwincalls C Never
        "CMS DA_ACWINCALLS: direct agent calls: calls taken in after-call work; Asterisk has no \
         direct agent calls";
    DA_ACWINTIME da_acwintime C Never
        "CMS DA_ACWINTIME: direct agent calls: time of calls taken in after-call work; Asterisk \
         has no direct agent calls";
    DA_ACWOCALLS da_acwocalls C Never
        "CMS DA_ACWOCALLS: direct agent calls: calls made in after-call work; Asterisk has no \
         direct agent calls";
    DA_ACWOTIME da_acwotime C Never
        "CMS DA_ACWOTIME: direct agent calls: time of calls made in after-call work; Asterisk \
         has no direct agent calls";
    DA_ACWOADJCALLS da_acwoadjcalls C Never
        "CMS DA_ACWOADJCALLS: direct agent calls: calls placed by an adjunct in after-call \
         work; Asterisk has no direct agent calls";
    DA_ACWOOFFCALLS da_acwooffcalls C Never
        "CMS DA_ACWOOFFCALLS: direct agent calls: calls made over a trunk in after-call work; \
         Asterisk has no direct agent calls";
    DA_ACWOOFFTIME da_acwoofftime C Never
        "CMS DA_ACWOOFFTIME: direct agent calls: time of calls made over a trunk in after-call \
         work; Asterisk has no direct agent calls";
    I_STAFFTIME i_stafftime C Live
        "CMS I_STAFFTIME: clock, cut at the interval: his time logged on to the split; seconds";
    I_AVAILTIME i_availtime C Live
        "CMS I_AVAILTIME: clock, cut at the interval: his time ready for its calls; seconds";
    I_ACDTIME i_acdtime C Live
        "CMS I_ACDTIME: clock, cut at the interval: his time talking on its calls; seconds";
    I_ACWTIME i_acwtime C Live
        "CMS I_ACWTIME: clock, cut at the interval: his time in after-call work for it, and in \
         the oldest log-on for none; seconds";
    I_AUXTIME i_auxtime C Live
        "CMS I_AUXTIME: clock, cut at the interval: his time paused in it, or on a call of his \
         own; seconds";
    I_RINGTIME i_ringtime C Live
        "CMS I_RINGTIME: clock, cut at the interval: his time rung by its calls; seconds";
    I_OTHERTIME i_othertime C Live
        "CMS I_OTHERTIME: clock, cut at the interval: his time that is none of these: at work \
         for another split, dialling, with a call on hold; seconds";
    I_AUXTIME0 i_auxtime0 C Live
        "CMS I_AUXTIME0: clock, cut at the interval: part of I_AUXTIME without a reason, or \
         with one that has no number; seconds";
    I_AUXTIME1 i_auxtime1 C Live
        "CMS I_AUXTIME1: clock, cut at the interval: part of I_AUXTIME with reason 1; seconds";
    I_AUXTIME2 i_auxtime2 C Live
        "CMS I_AUXTIME2: clock, cut at the interval: part of I_AUXTIME with reason 2; seconds";
    I_AUXTIME3 i_auxtime3 C Live
        "CMS I_AUXTIME3: clock, cut at the interval: part of I_AUXTIME with reason 3; seconds";
    I_AUXTIME4 i_auxtime4 C Live
        "CMS I_AUXTIME4: clock, cut at the interval: part of I_AUXTIME with reason 4; seconds";
    I_AUXTIME5 i_auxtime5 C Live
        "CMS I_AUXTIME5: clock, cut at the interval: part of I_AUXTIME with reason 5; seconds";
    I_AUXTIME6 i_auxtime6 C Live
        "CMS I_AUXTIME6: clock, cut at the interval: part of I_AUXTIME with reason 6; seconds";
    I_AUXTIME7 i_auxtime7 C Live
        "CMS I_AUXTIME7: clock, cut at the interval: part of I_AUXTIME with reason 7; seconds";
    I_AUXTIME8 i_auxtime8 C Live
        "CMS I_AUXTIME8: clock, cut at the interval: part of I_AUXTIME with reason 8; seconds";
    I_AUXTIME9 i_auxtime9 C Live
        "CMS I_AUXTIME9: clock, cut at the interval: part of I_AUXTIME with reason 9; seconds";
    I_ACWINTIME i_acwintime C Live
        "CMS I_ACWINTIME: clock, cut at the interval: part of I_ACWTIME, his time on calls \
         taken; seconds";
    I_ACWOUTTIME i_acwouttime C Live
        "CMS I_ACWOUTTIME: clock, cut at the interval: part of I_ACWTIME, his time on calls \
         made; seconds";
    I_AUXINTIME i_auxintime C Live
        "CMS I_AUXINTIME: clock, cut at the interval: part of I_AUXTIME, his time on calls \
         taken, in the oldest log-on; seconds";
    I_AUXOUTTIME i_auxouttime C Live
        "CMS I_AUXOUTTIME: clock, cut at the interval: part of I_AUXTIME, his time on calls \
         made, in the split of the queue call held, else the oldest log-on; seconds";
    I_ACDAUXINTIME i_acdauxintime C Live
        "CMS I_ACDAUXINTIME: clock, cut at the interval: part of I_AUXINTIME, with a queue call \
         on hold; seconds";
    I_ACDAUX_OUTTIME i_acdaux_outtime C Live
        "CMS I_ACDAUX_OUTTIME: clock, cut at the interval: part of I_AUXOUTTIME, with a queue \
         call on hold; seconds";
    I_ACDOTHERTIME i_acdothertime C Live
        "CMS I_ACDOTHERTIME: clock, cut at the interval: part of I_OTHERTIME, with a queue call \
         of the split on hold; seconds";
    I_DA_ACDTIME i_da_acdtime C Never
        "CMS I_DA_ACDTIME: part of I_OTHERTIME, direct agent calls: talk; Asterisk has no \
         direct agent calls";
    I_DA_ACWTIME i_da_acwtime C Never
        "CMS I_DA_ACWTIME: part of I_OTHERTIME, direct agent calls: after-call work; Asterisk \
         has no direct agent calls";
    TI_STAFFTIME ti_stafftime C Live
        "CMS TI_STAFFTIME: clock, cut at the interval: logged on; once for the person, in the \
         row of his oldest log-on: sum it over his rows; seconds";
    TI_AVAILTIME ti_availtime C Live
        "CMS TI_AVAILTIME: clock, cut at the interval: ready for a call in at least one split; \
         once for the person, in the row of his oldest log-on: sum it over his rows; seconds";
    TI_AUXTIME ti_auxtime C Live
        "CMS TI_AUXTIME: clock, cut at the interval: paused in all, or on a call of his own; \
         once for the person, in the row of his oldest log-on: sum it over his rows; seconds";
    TI_AUXTIME0 ti_auxtime0 C Live
        "CMS TI_AUXTIME0: clock, cut at the interval: part of TI_AUXTIME without a reason, or \
         with one that has no number; seconds";
    TI_AUXTIME1 ti_auxtime1 C Live
        "CMS TI_AUXTIME1: clock, cut at the interval: part of TI_AUXTIME with reason 1; seconds";
    TI_AUXTIME2 ti_auxtime2 C Live
        "CMS TI_AUXTIME2: clock, cut at the interval: part of TI_AUXTIME with reason 2; seconds";
    TI_AUXTIME3 ti_auxtime3 C Live
        "CMS TI_AUXTIME3: clock, cut at the interval: part of TI_AUXTIME with reason 3; seconds";
    TI_AUXTIME4 ti_auxtime4 C Live
        "CMS TI_AUXTIME4: clock, cut at the interval: part of TI_AUXTIME with reason 4; seconds";
    TI_AUXTIME5 ti_auxtime5 C Live
        "CMS TI_AUXTIME5: clock, cut at the interval: part of TI_AUXTIME with reason 5; seconds";
    TI_AUXTIME6 ti_auxtime6 C Live
        "CMS TI_AUXTIME6: clock, cut at the interval: part of TI_AUXTIME with reason 6; seconds";
    TI_AUXTIME7 ti_auxtime7 C Live
        "CMS TI_AUXTIME7: clock, cut at the interval: part of TI_AUXTIME with reason 7; seconds";
    TI_AUXTIME8 ti_auxtime8 C Live
        "CMS TI_AUXTIME8: clock, cut at the interval: part of TI_AUXTIME with reason 8; seconds";
    TI_AUXTIME9 ti_auxtime9 C Live
        "CMS TI_AUXTIME9: clock, cut at the interval: part of TI_AUXTIME with reason 9; seconds";
    TI_OTHERTIME ti_othertime C Live
        "CMS TI_OTHERTIME: clock, cut at the interval: none of these, and not rung, talking or \
         in after-call work for a split; once for the person, in the row of his oldest log-on: \
         sum it over his rows; seconds";
    RSV_LEVEL rsv_level A Never "CMS RSV_LEVEL: reserve level; Asterisk has no reserve agents";
    ACCEPTEDINTRS acceptedintrs C Never
        "CMS ACCEPTEDINTRS: interruptions accepted; Asterisk does not interrupt agents";
    INTRNOTIFIES intrnotifies C Never
        "CMS INTRNOTIFIES: notices of interruption; Asterisk does not interrupt agents";
    REJECTEDINTRS rejectedintrs C Never
        "CMS REJECTEDINTRS: interruptions rejected; Asterisk does not interrupt agents";
    INTRDELIVERIES intrdeliveries C Never
        "CMS INTRDELIVERIES: interruptions delivered; Asterisk does not interrupt agents";
    REFUSED refused C Live
        "own: offers that his phone refused at once, without ringing out; counts";
}

/// What every row of an agent keeps (cms.md 1.2).
pub(crate) const IDENTITIES: &[Identity] = &[
    Identity {
        name: "i_stafftime is the sum of its states",
        whole: &[I_STAFFTIME],
        parts: &[I_AVAILTIME, I_ACDTIME, I_ACWTIME, I_AUXTIME, I_RINGTIME, I_OTHERTIME],
    },
    Identity {
        name: "i_auxtime is the sum of its reasons",
        whole: &[I_AUXTIME],
        parts: &[
            I_AUXTIME0, I_AUXTIME1, I_AUXTIME2, I_AUXTIME3, I_AUXTIME4, I_AUXTIME5, I_AUXTIME6,
            I_AUXTIME7, I_AUXTIME8, I_AUXTIME9,
        ],
    },
    Identity {
        name: "ti_auxtime is the sum of its reasons",
        whole: &[TI_AUXTIME],
        parts: &[
            TI_AUXTIME0,
            TI_AUXTIME1,
            TI_AUXTIME2,
            TI_AUXTIME3,
            TI_AUXTIME4,
            TI_AUXTIME5,
            TI_AUXTIME6,
            TI_AUXTIME7,
            TI_AUXTIME8,
            TI_AUXTIME9,
        ],
    },
];

/// What the rows of one log-on keep together (cms.md 2.2).
pub(crate) const LOGON_IDENTITIES: &[Identity] = &[Identity {
    name: "ti_stafftime is what he did for splits and otherwise",
    whole: &[TI_STAFFTIME],
    parts: &[
        I_ACDTIME,
        I_ACWTIME,
        I_DA_ACDTIME,
        I_DA_ACWTIME,
        I_RINGTIME,
        TI_AUXTIME,
        TI_AVAILTIME,
        TI_OTHERTIME,
    ],
}];
