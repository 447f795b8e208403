//! Trunk groups (cms.md 3.8).

use super::Seizure;
use crate::items::{Counts, Identity, UNKNOWN, items};
use crate::rows::Open;
use crate::settings::Settings;
use crate::vdn::whole::{Disposition, Where, Whole, seconds};
use facts::Direction;

items! {
    TRUNKS trunks A Live "how many trunks the group has; NULL: not known (CMS TRUNKS)";
    INCALLS incalls C Live "calls in by the group that are over, after-call work included (CMS \
        INCALLS)";
    INTIME intime C Live "of incalls: seizure to idle (CMS INTIME)";
    I_INOCC i_inocc C Live "time in the interval that trunks were seized from outside, added up \
        (CMS I_INOCC)";
    ACDCALLS acdcalls C Live "of incalls: answered by an agent of a split (CMS ACDCALLS)";
    BACKUPCALLS backupcalls C Live "of acdcalls: the first agent got it after another's phone had \
        rung out (RONA) (CMS BACKUPCALLS)";
    CONNECTCALLS connectcalls C Live "of othercalls: answered, but by no agent of a split (CMS \
        CONNECTCALLS)";
    TRANSFERRED transferred C Live "of incalls: transferred at least once (CMS TRANSFERRED)";
    ABNCALLS abncalls C Live "of incalls: the caller hung up before any answer (CMS ABNCALLS)";
    ABNVECCALLS abnveccalls C Live "of abncalls: neither waiting in a split nor ringing at an \
        agent (CMS ABNVECCALLS)";
    ABNQUECALLS abnquecalls C Live "of abncalls: while waiting in a split, ringing at nobody (CMS \
        ABNQUECALLS)";
    ABNRINGCALLS abnringcalls C Live "of abncalls: while ringing at an agent (CMS ABNRINGCALLS)";
    BUSYCALLS busycalls C Live "of othercalls: refused by the last split it came to and then \
        ended by the switch (CMS BUSYCALLS)";
    DISCCALLS disccalls C Live "of othercalls: ended unanswered by other than the caller, or its \
        end was not seen (CMS DISCCALLS)";
    OTHERCALLS othercalls C Live "of incalls: all others; beside connectcalls, busycalls and \
        disccalls those whose trunk was idle long before the call was over (CMS OTHERCALLS)";
    OUTCALLS outcalls C Live "calls out by the group that are over (CMS OUTCALLS)";
    OUTTIME outtime C Live "of outcalls: seizure to idle (CMS OUTTIME)";
    I_OUTOCC i_outocc C Live "time in the interval that trunks were seized by the switch, added \
        up (CMS I_OUTOCC)";
    COMPLETED completed C Live "of outcalls: answered (CMS COMPLETED)";
    SETUPTIME setuptime C Live "of outcalls: seizure to answer, or to idle if there was none (CMS \
        SETUPTIME)";
    O_ACDCALLS o_acdcalls C Live "of outcalls: led to an agent through a split (CMS O_ACDCALLS)";
    O_ABNCALLS o_abncalls C Live "of outcalls: the far end hung up while it waited for an agent \
        (CMS O_ABNCALLS)";
    O_OTHERCALLS o_othercalls C Live "of outcalls: all others (CMS O_OTHERCALLS)";
    BLOCKAGE blockage C Never "not counted: Asterisk has no such thing (CMS BLOCKAGE)";
    FAILURES failures C Never "not counted: Asterisk has no such thing (CMS FAILURES)";
    AUDIO audio C Never "not counted: Asterisk has no such thing (CMS AUDIO)";
    MBUSYTIME mbusytime C Never "not counted: Asterisk has no such thing (CMS MBUSYTIME)";
    ALLINUSETIME allinusetime C Live "time in the interval that as many trunks as the group has \
        were in use; NULL: their number is not known (CMS ALLINUSETIME)";
    SHORTCALLS shortcalls C Live "of incalls and outcalls: under 2 s and neither queued, answered \
        nor ended by the switch (CMS SHORTCALLS)";
    MAXOCC maxocc M Live "most trunks in use at once (CMS MAXOCC)";
}

/// What holds in every row (cms.md 1.2).
pub(crate) const IDENTITIES: &[Identity] = &[
    Identity {
        name: "trunk group: INCALLS = ACDCALLS + ABNCALLS + OTHERCALLS",
        whole: &[INCALLS],
        parts: &[ACDCALLS, ABNCALLS, OTHERCALLS],
    },
    Identity {
        name: "trunk group: OUTCALLS = O_ACDCALLS + O_ABNCALLS + O_OTHERCALLS",
        whole: &[OUTCALLS],
        parts: &[O_ACDCALLS, O_ABNCALLS, O_OTHERCALLS],
    },
];

/// Books a seizure that lasted `held` seconds.
pub(super) fn book(
    row: &mut Counts,
    seizure: &Seizure,
    held: i64,
    short: bool,
    call: Option<&Whole>,
) {
    row.add(SHORTCALLS, short.into());
    match seizure.direction {
        Direction::In => book_in(row, held, call),
        Direction::Out => book_out(row, seizure, held, call),
    }
}

fn book_in(row: &mut Counts, held: i64, call: Option<&Whole>) {
    row.add(INCALLS, 1);
    row.add(INTIME, held);
    let Some(call) = call else {
        row.add(OTHERCALLS, 1);
        return;
    };
    row.add(TRANSFERRED, call.transferred.into());
    let other = match call.disposition {
        Disposition::Acd => {
            row.add(ACDCALLS, 1);
            row.add(BACKUPCALLS, call.backup.into());
            return;
        }
        Disposition::Abandoned(at) => {
            row.add(ABNCALLS, 1);
            match at {
                Where::Vector => row.add(ABNVECCALLS, 1),
                Where::Queue => row.add(ABNQUECALLS, 1),
                Where::Ring => row.add(ABNRINGCALLS, 1),
                Where::Phantom => {}
            }
            return;
        }
        Disposition::Connected => CONNECTCALLS,
        Disposition::Busy => BUSYCALLS,
        Disposition::Disconnected | Disposition::Unanswered => DISCCALLS,
    };
    row.add(OTHERCALLS, 1);
    row.add(other, 1);
}

fn book_out(row: &mut Counts, seizure: &Seizure, held: i64, call: Option<&Whole>) {
    row.add(OUTCALLS, 1);
    row.add(OUTTIME, held);
    let answered = call.and_then(|c| c.answered);
    row.add(COMPLETED, answered.is_some().into());
    row.add(SETUPTIME, answered.map_or(held, |a| seconds(seizure.since, a).min(held)));
    let end = match call.map(|c| c.disposition) {
        Some(Disposition::Acd) => O_ACDCALLS,
        Some(Disposition::Abandoned(_)) => O_ABNCALLS,
        _ => O_OTHERCALLS,
    };
    row.add(end, 1);
}

/// What an administrator says of trunk groups, at the end of an interval.
pub(crate) fn administer(open: &mut Open, settings: &Settings) {
    for (name, row) in open.groups.each_mut() {
        match settings.trunks.get(name) {
            Some(trunks) if *trunks > 0 => row.set(TRUNKS, i64::from(*trunks)),
            _ => {
                row.set(TRUNKS, UNKNOWN);
                row.set(ALLINUSETIME, UNKNOWN);
            }
        }
    }
}
