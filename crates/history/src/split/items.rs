//! What is counted of a split (cms.md 3.1), in the order of CMS, own items last.

use crate::items::{Identity, items};

items! {
    CALLSOFFERED callsoffered C Log
        "CMS CALLSOFFERED: turns of visits that ended: answered, abandoned, gone on, lost, and \
         refused joins if those count; counts, at their end";
    ACDCALLS acdcalls C Log
        "CMS ACDCALLS: offered calls that an agent of the split answered and whose after-call \
         work is over; counts";
    ACDCALLS1 acdcalls1 C Log
        "CMS ACDCALLS1: ACDCALLS, wait up to PERIOD1 (without periods: any); counts";
    ACDCALLS2 acdcalls2 C Log "CMS ACDCALLS2: ACDCALLS, wait over PERIOD1, up to PERIOD2; counts";
    ACDCALLS3 acdcalls3 C Log "CMS ACDCALLS3: ACDCALLS, wait over PERIOD2, up to PERIOD3; counts";
    ACDCALLS4 acdcalls4 C Log "CMS ACDCALLS4: ACDCALLS, wait over PERIOD3, up to PERIOD4; counts";
    ACDCALLS5 acdcalls5 C Log "CMS ACDCALLS5: ACDCALLS, wait over PERIOD4, up to PERIOD5; counts";
    ACDCALLS6 acdcalls6 C Log "CMS ACDCALLS6: ACDCALLS, wait over PERIOD5, up to PERIOD6; counts";
    ACDCALLS7 acdcalls7 C Log "CMS ACDCALLS7: ACDCALLS, wait over PERIOD6, up to PERIOD7; counts";
    ACDCALLS8 acdcalls8 C Log "CMS ACDCALLS8: ACDCALLS, wait over PERIOD7, up to PERIOD8; counts";
    ACDCALLS9 acdcalls9 C Log "CMS ACDCALLS9: ACDCALLS, wait over PERIOD8, up to PERIOD9; counts";
    ACDCALLS10 acdcalls10 C Log "CMS ACDCALLS10: ACDCALLS, wait over PERIOD9; counts";
    ACDTIME acdtime C Log
        "CMS ACDTIME: talk of ACDCALLS without hold; seconds. A queue_log does not know holds: \
         there it is with them";
    ANSTIME anstime C Log
        "CMS ANSTIME: wait of ACDCALLS until the answer, in queue and ringing; seconds";
    ACWTIME acwtime C Live "CMS ACWTIME: after-call work that followed ACDCALLS; seconds";
    ABNCALLS abncalls C Log
        "CMS ABNCALLS: callers who hung up while waiting or ringing, and phantom abandons; \
         counts";
    ABNCALLS1 abncalls1 C Log
        "CMS ABNCALLS1: ABNCALLS, wait up to PERIOD1 (without periods: any); counts";
    ABNCALLS2 abncalls2 C Log "CMS ABNCALLS2: ABNCALLS, wait over PERIOD1, up to PERIOD2; counts";
    ABNCALLS3 abncalls3 C Log "CMS ABNCALLS3: ABNCALLS, wait over PERIOD2, up to PERIOD3; counts";
    ABNCALLS4 abncalls4 C Log "CMS ABNCALLS4: ABNCALLS, wait over PERIOD3, up to PERIOD4; counts";
    ABNCALLS5 abncalls5 C Log "CMS ABNCALLS5: ABNCALLS, wait over PERIOD4, up to PERIOD5; counts";
    ABNCALLS6 abncalls6 C Log "CMS ABNCALLS6: ABNCALLS, wait over PERIOD5, up to PERIOD6; counts";
    ABNCALLS7 abncalls7 C Log "CMS ABNCALLS7: ABNCALLS, wait over PERIOD6, up to PERIOD7; counts";
    ABNCALLS8 abncalls8 C Log "CMS ABNCALLS8: ABNCALLS, wait over PERIOD7, up to PERIOD8; counts";
    ABNCALLS9 abncalls9 C Log "CMS ABNCALLS9: ABNCALLS, wait over PERIOD8, up to PERIOD9; counts";
    ABNCALLS10 abncalls10 C Log "CMS ABNCALLS10: ABNCALLS, wait over PERIOD9; counts";
    ABNTIME abntime C Log "CMS ABNTIME: wait of ABNCALLS; seconds";
    ABNRINGCALLS abnringcalls C Live "CMS ABNRINGCALLS: ABNCALLS while an agent was rung; counts";
    PHANTOMABNS phantomabns C Log
        "CMS PHANTOMABNS: ABNCALLS that were answered, but whose talk was shorter than \
         `phantom_s`; counts";
    SLVLABNS slvlabns C Log "CMS SLVLABNS: ABNCALLS with a wait up to SERVICELEVEL; counts";
    SLVLOUTFLOWS slvloutflows C Log
        "CMS SLVLOUTFLOWS: OUTFLOWCALLS with a wait up to SERVICELEVEL; counts";
    ACCEPTABLE acceptable C Log "CMS ACCEPTABLE: ACDCALLS with a wait up to SERVICELEVEL; counts";
    SERVICELEVEL servicelevel A Log
        "CMS SERVICELEVEL: the service level in force at the end of the interval; seconds";
    PERIOD1 period1 A Log
        "CMS PERIOD1: upper edge of bin 1 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD2 period2 A Log
        "CMS PERIOD2: upper edge of bin 2 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD3 period3 A Log
        "CMS PERIOD3: upper edge of bin 3 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD4 period4 A Log
        "CMS PERIOD4: upper edge of bin 4 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD5 period5 A Log
        "CMS PERIOD5: upper edge of bin 5 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD6 period6 A Log
        "CMS PERIOD6: upper edge of bin 6 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD7 period7 A Log
        "CMS PERIOD7: upper edge of bin 7 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD8 period8 A Log
        "CMS PERIOD8: upper edge of bin 8 in force at the end of the interval; seconds, 0: none \
         is set";
    PERIOD9 period9 A Log
        "CMS PERIOD9: upper edge of bin 9 in force at the end of the interval; seconds, 0: none \
         is set";
    SVCLEVELCHG svclevelchg M Log
        "CMS SVCLEVELCHG: 1: SERVICELEVEL was changed within the interval. Nothing is lost: \
         each call has the one in force when its offer began";
    PERIODCHG periodchg M Log
        "CMS PERIODCHG: 1: a PERIOD was changed within the interval, likewise";
    INFLOWCALLS inflowcalls C Log
        "CMS INFLOWCALLS: turns that began with a move from another split of the same call, or \
         with a requeue after NOANSREDIR; counts, at their end";
    OUTFLOWCALLS outflowcalls C Log
        "CMS OUTFLOWCALLS: turns that ended elsewhere: timed out, left empty, exit key, taken \
         out, requeued after NOANSREDIR; counts";
    OUTFLOWTIME outflowtime C Log "CMS OUTFLOWTIME: wait of OUTFLOWCALLS; seconds";
    INTERFLOWCALLS interflowcalls C Never
        "CMS INTERFLOWCALLS: OUTFLOWCALLS to a destination off the switch; not known at the \
         queue";
    DEQUECALLS dequecalls C Log
        "CMS DEQUECALLS: calls that were queued in several splits at once and ended in another: \
         0, a caller is in one queue at a time; counts";
    DEQUETIME dequetime C Log "CMS DEQUETIME: wait of DEQUECALLS: 0; seconds";
    BUSYCALLS busycalls C Log
        "CMS BUSYCALLS: refused joins (queue full, no agent there), if they count as offered; \
         counts";
    BUSYTIME busytime C Log "CMS BUSYTIME: wait of BUSYCALLS: 0, they never waited; seconds";
    DISCCALLS disccalls C Log
        "CMS DISCCALLS: calls in queue that the switch ended, or whose end was not seen; counts";
    DISCTIME disctime C Log "CMS DISCTIME: wait of DISCCALLS; seconds";
    OTHERCALLS othercalls C Log
        "CMS OTHERCALLS: BUSYCALLS, DISCCALLS, OUTFLOWCALLS and DEQUECALLS; counts";
    OTHERTIME othertime C Log
        "CMS OTHERTIME: BUSYTIME, DISCTIME, OUTFLOWTIME and DEQUETIME; seconds";
    NOANSREDIR noansredir C Log
        "CMS NOANSREDIR: offers that ended because every phone that was rung for them rang out; \
         counts, one for all phones of a ring-all";
    REDIRECTCALLS redirectcalls C Never
        "CMS REDIRECTCALLS: calls redirected by the switch; Asterisk has no such thing beside \
         NOANSREDIR";
    RINGCALLS ringcalls C Live
        "CMS RINGCALLS: rings at agents for calls of the split, answered or not, each phone of \
         a ring-all; counts, at the call's end or the ring's";
    RINGTIME ringtime C Live "CMS RINGTIME: time of RINGCALLS; seconds";
    BACKUPCALLS backupcalls C Log
        "CMS BACKUPCALLS: ACDCALLS that were answered after a requeue; counts";
    LOWCALLS lowcalls C Live "CMS LOWCALLS: ACDCALLS with queue priority 0 (or none told); counts";
    MEDCALLS medcalls C Live "CMS MEDCALLS: ACDCALLS with queue priority 1; counts";
    HIGHCALLS highcalls C Live "CMS HIGHCALLS: ACDCALLS with queue priority 2; counts";
    TOPCALLS topcalls C Live "CMS TOPCALLS: ACDCALLS with queue priority 3 or more; counts";
    HOLDCALLS holdcalls C Live "CMS HOLDCALLS: answered calls that were held at least once; counts";
    HOLDTIME holdtime C Live "CMS HOLDTIME: time on hold of answered calls; seconds";
    HOLDABNCALLS holdabncalls C Live
        "CMS HOLDABNCALLS: HOLDCALLS whose caller hung up while held; counts";
    TRANSFERRED transferred C Log
        "CMS TRANSFERRED: answered calls that the agent transferred; counts";
    CONFERENCE conference C Live
        "CMS CONFERENCE: answered calls that the agent took into a conference; counts";
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
        "CMS ACWINCALLS: calls of their own that agents took in after-call work of the split; \
         counts";
    ACWINTIME acwintime C Live "CMS ACWINTIME: talk of ACWINCALLS; seconds";
    ACWOUTCALLS acwoutcalls C Live
        "CMS ACWOUTCALLS: calls of their own that agents made in after-call work of the split; \
         counts";
    ACWOUTTIME acwouttime C Live "CMS ACWOUTTIME: time of ACWOUTCALLS from dialling on; seconds";
    ACWOUTOFFCALLS acwoutoffcalls C Live
        "CMS ACWOUTOFFCALLS: ACWOUTCALLS that went over a trunk; counts";
    ACWOUTOFFTIME acwoutofftime C Live "CMS ACWOUTOFFTIME: time of ACWOUTOFFCALLS; seconds";
    ACWOUTADJCALLS acwoutadjcalls C Never
        "CMS ACWOUTADJCALLS: ACWOUTCALLS that an adjunct placed; Asterisk has none";
    AUXINCALLS auxincalls C Live
        "CMS AUXINCALLS: calls of their own that agents took otherwise, in the split of the \
         oldest log-on; counts";
    AUXINTIME auxintime C Live "CMS AUXINTIME: talk of AUXINCALLS; seconds";
    AUXOUTCALLS auxoutcalls C Live
        "CMS AUXOUTCALLS: calls of their own that agents made otherwise, in the split of the \
         queue call they held, else of the oldest log-on; counts";
    AUXOUTTIME auxouttime C Live "CMS AUXOUTTIME: time of AUXOUTCALLS from dialling on; seconds";
    AUXOUTOFFCALLS auxoutoffcalls C Live
        "CMS AUXOUTOFFCALLS: AUXOUTCALLS that went over a trunk; counts";
    AUXOUTOFFTIME auxoutofftime C Live "CMS AUXOUTOFFTIME: time of AUXOUTOFFCALLS; seconds";
    AUXOUTADJCALLS auxoutadjcalls C Never
        "CMS AUXOUTADJCALLS: AUXOUTCALLS that an adjunct placed; Asterisk has none";
    ACDAUXOUTCALLS acdauxoutcalls C Live
        "CMS ACDAUXOUTCALLS: AUXOUTCALLS made while a queue call of the split was held; counts";
    DA_ACWINCALLS da_acwincalls C Never
        "CMS DA_ACWINCALLS: calls taken in after-call work of a direct agent call; Asterisk has \
         no direct agent calls";
    DA_ACWINTIME da_acwintime C Never
        "CMS DA_ACWINTIME: time of calls taken in after-call work of a direct agent call; \
         Asterisk has no direct agent calls";
    DA_ACWOCALLS da_acwocalls C Never
        "CMS DA_ACWOCALLS: calls made in after-call work of a direct agent call; Asterisk has \
         no direct agent calls";
    DA_ACWOTIME da_acwotime C Never
        "CMS DA_ACWOTIME: time of calls made in after-call work of a direct agent call; \
         Asterisk has no direct agent calls";
    O_ACDCALLS o_acdcalls C Never
        "CMS O_ACDCALLS: adjunct outbound: calls answered; Asterisk has no outbound campaigns \
         in its queues";
    O_ACDTIME o_acdtime C Never
        "CMS O_ACDTIME: adjunct outbound: talk; Asterisk has no outbound campaigns in its \
         queues";
    O_ACWTIME o_acwtime C Never
        "CMS O_ACWTIME: adjunct outbound: after-call work; Asterisk has no outbound campaigns \
         in its queues";
    O_ABNCALLS o_abncalls C Never
        "CMS O_ABNCALLS: adjunct outbound: calls abandoned; Asterisk has no outbound campaigns \
         in its queues";
    O_OTHERCALLS o_othercalls C Never
        "CMS O_OTHERCALLS: adjunct outbound: other calls; Asterisk has no outbound campaigns in \
         its queues";
    MAXINQUEUE maxinqueue M Log
        "CMS MAXINQUEUE: most callers that waited at once, those whose call rang included; a \
         maximum of counts";
    MAXOCWTIME maxocwtime M Log
        "CMS MAXOCWTIME: longest wait among the calls counted in the interval, however they \
         ended; seconds";
    MAXSTAFFED maxstaffed M Live
        "CMS MAXSTAFFED: most agents logged on to the split at once; a maximum of counts";
    MAXTOP maxtop M Never
        "CMS MAXTOP: most top agents at once; Asterisk ranks agents within a queue, not the \
         queues of an agent";
    I_STAFFTIME i_stafftime C Live
        "CMS I_STAFFTIME: clock, cut at the interval: agents' time logged on to the split; \
         seconds";
    I_AVAILTIME i_availtime C Live
        "CMS I_AVAILTIME: clock, cut at the interval: agents' time ready for its calls; seconds";
    I_ACDTIME i_acdtime C Live
        "CMS I_ACDTIME: clock, cut at the interval: agents' time talking on its calls; seconds";
    I_ACWTIME i_acwtime C Live
        "CMS I_ACWTIME: clock, cut at the interval: agents' time in after-call work for it, and \
         in the oldest log-on for none; seconds";
    I_AUXTIME i_auxtime C Live
        "CMS I_AUXTIME: clock, cut at the interval: agents' time paused in it, or on calls of \
         their own; seconds";
    I_RINGTIME i_ringtime C Live
        "CMS I_RINGTIME: clock, cut at the interval: agents' time rung by its calls; seconds";
    I_OTHERTIME i_othertime C Live
        "CMS I_OTHERTIME: clock, cut at the interval: agents' time that is none of these: at \
         work for another split, dialling, with a call on hold; seconds";
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
        "CMS I_ACWINTIME: clock, cut at the interval: part of I_ACWTIME, agents' time on calls \
         taken; seconds";
    I_ACWOUTTIME i_acwouttime C Live
        "CMS I_ACWOUTTIME: clock, cut at the interval: part of I_ACWTIME, agents' time on calls \
         made; seconds";
    I_AUXINTIME i_auxintime C Live
        "CMS I_AUXINTIME: clock, cut at the interval: part of I_AUXTIME, agents' time on calls \
         taken, in the oldest log-on; seconds";
    I_AUXOUTTIME i_auxouttime C Live
        "CMS I_AUXOUTTIME: clock, cut at the interval: part of I_AUXTIME, agents' time on calls \
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
    I_TAVAILTIME i_tavailtime C Never
        "CMS I_TAVAILTIME: part of I_AVAILTIME of top agents; Asterisk ranks agents within a \
         queue, not the queues of an agent";
    I_TAUXTIME i_tauxtime C Never
        "CMS I_TAUXTIME: part of I_AUXTIME of top agents; Asterisk ranks agents within a queue, \
         not the queues of an agent";
    I_TOTHERTIME i_tothertime C Never
        "CMS I_TOTHERTIME: part of I_OTHERTIME of top agents; Asterisk ranks agents within a \
         queue, not the queues of an agent";
    I_NORMTIME i_normtime C Never
        "CMS I_NORMTIME: time the split was below its thresholds; Asterisk's queues have no \
         thresholds";
    I_OL1TIME i_ol1time C Never
        "CMS I_OL1TIME: time the split was over threshold 1; Asterisk's queues have no \
         thresholds";
    I_OL2TIME i_ol2time C Never
        "CMS I_OL2TIME: time the split was over threshold 2; Asterisk's queues have no \
         thresholds";
    I_ARRIVED i_arrived C Log
        "CMS I_ARRIVED: calls that came to the split in the interval; counts, at their arrival";
    ENTERED entered C Log
        "own: visits that began with a join and ended in the interval, each once however often \
         it was requeued; counts, as queue_log ENTERQUEUE";
    ANSWERED answered C Log
        "own: ENTERED that an agent answered, phantom abandons included; counts, as queue_log \
         CONNECT";
    ABANDONED abandoned C Log
        "own: ENTERED whose caller hung up before an answer; counts, as queue_log ABANDON";
    TIMED_OUT timed_out C Log
        "own: ENTERED that waited as long as the queue allows; counts, as queue_log \
         EXITWITHTIMEOUT";
    LEFT_EMPTY left_empty C Log
        "own: ENTERED that left because no agent was left; counts, as queue_log EXITEMPTY";
    EXIT_KEY exit_key C Log
        "own: ENTERED whose caller keyed himself out; counts, as queue_log EXITWITHKEY";
    TAKEN_OUT taken_out C Log "own: ENTERED that the dialplan or an administrator took out; counts";
    LOST lost C Log
        "own: ENTERED whose end was not seen: the switch stopped, or was not heard; counts";
    REFUSED_FULL refused_full C Log "own: joins refused because too many waited; counts";
    REFUSED_EMPTY refused_empty C Log "own: joins refused because no agent was there; counts";
}

/// What every row of a split keeps (cms.md 1.2).
pub(crate) const IDENTITIES: &[Identity] = &[
    Identity {
        name: "callsoffered is the sum of its ends",
        whole: &[CALLSOFFERED],
        parts: &[ACDCALLS, ABNCALLS, BUSYCALLS, DISCCALLS, OUTFLOWCALLS, DEQUECALLS],
    },
    Identity {
        name: "othercalls is the sum of its parts",
        whole: &[OTHERCALLS],
        parts: &[BUSYCALLS, DISCCALLS, OUTFLOWCALLS, DEQUECALLS],
    },
    Identity {
        name: "othertime is the sum of its parts",
        whole: &[OTHERTIME],
        parts: &[BUSYTIME, DISCTIME, OUTFLOWTIME, DEQUETIME],
    },
    Identity {
        name: "acdcalls is the sum of its bins",
        whole: &[ACDCALLS],
        parts: &[
            ACDCALLS1, ACDCALLS2, ACDCALLS3, ACDCALLS4, ACDCALLS5, ACDCALLS6, ACDCALLS7, ACDCALLS8,
            ACDCALLS9, ACDCALLS10,
        ],
    },
    Identity {
        name: "abncalls is the sum of its bins",
        whole: &[ABNCALLS],
        parts: &[
            ABNCALLS1, ABNCALLS2, ABNCALLS3, ABNCALLS4, ABNCALLS5, ABNCALLS6, ABNCALLS7, ABNCALLS8,
            ABNCALLS9, ABNCALLS10,
        ],
    },
    Identity {
        name: "acdcalls is the sum of its priorities",
        whole: &[ACDCALLS],
        parts: &[LOWCALLS, MEDCALLS, HIGHCALLS, TOPCALLS],
    },
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
        name: "answered calls are acd calls or phantom abandons",
        whole: &[ANSWERED],
        parts: &[ACDCALLS, PHANTOMABNS],
    },
    Identity {
        name: "abandoned calls are answered never or as phantoms",
        whole: &[ABNCALLS],
        parts: &[ABANDONED, PHANTOMABNS],
    },
    Identity {
        name: "entered is the sum of its ends",
        whole: &[ENTERED],
        parts: &[ANSWERED, ABANDONED, TIMED_OUT, LEFT_EMPTY, EXIT_KEY, TAKEN_OUT, LOST],
    },
];
