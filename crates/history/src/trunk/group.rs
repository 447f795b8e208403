//! Trunk groups (cms.md 3.8).

use super::Seizure;
use crate::items::{Counts, Identity, UNKNOWN, items};
use crate::rows::Open;
use crate::settings::Settings;
use crate::vdn::whole::{Disposition, Where, Whole, seconds};
use facts::{Direction, Stamp};

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
    OTHERCALLS othercalls C Live "of incalls: all others: connectcalls, busycalls, disccalls, \
        calls led to outside, and those whose trunk was idle long before the call was over (CMS \
        OTHERCALLS)";
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

/// Books a seizure that lasted `held` seconds; what became of its call, and when that was
/// answered, as far as it is about this trunk.
pub(super) fn book(
    row: &mut Counts,
    seizure: &Seizure,
    held: i64,
    answered: Option<Stamp>,
    how: Option<Disposition>,
) {
    let end = match (seizure.direction, how) {
        (Direction::In, Some(Disposition::Acd)) => ACDCALLS,
        (Direction::In, Some(Disposition::Abandoned(_))) => ABNCALLS,
        (Direction::In, _) => OTHERCALLS,
        (Direction::Out, Some(Disposition::Acd)) => O_ACDCALLS,
        (Direction::Out, Some(Disposition::Abandoned(_))) => O_ABNCALLS,
        (Direction::Out, _) => O_OTHERCALLS,
    };
    row.add(end, 1);
    match seizure.direction {
        Direction::In => {
            row.add(INCALLS, 1);
            row.add(INTIME, held);
        }
        Direction::Out => {
            row.add(OUTCALLS, 1);
            row.add(OUTTIME, held);
            row.add(COMPLETED, answered.is_some().into());
            row.add(SETUPTIME, answered.map_or(held, |a| seconds(seizure.since, a).min(held)));
        }
    }
}

/// Books what else is told of a call in.
pub(super) fn book_call(row: &mut Counts, call: &Whole) {
    row.add(TRANSFERRED, call.transferred.into());
    match call.disposition {
        Disposition::Acd => row.add(BACKUPCALLS, call.backup.into()),
        Disposition::Connected => row.add(CONNECTCALLS, 1),
        Disposition::Abandoned(Where::Vector) => row.add(ABNVECCALLS, 1),
        Disposition::Abandoned(Where::Queue) => row.add(ABNQUECALLS, 1),
        Disposition::Abandoned(Where::Ring) => row.add(ABNRINGCALLS, 1),
        Disposition::Abandoned(Where::Phantom) | Disposition::Outflow => {}
        Disposition::Busy => row.add(BUSYCALLS, 1),
        Disposition::Disconnected | Disposition::Unanswered => row.add(DISCCALLS, 1),
    }
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
