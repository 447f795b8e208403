//! Event names, and the cheap refusal of what no fact can come of: half of the bytes that a
//! switch sends are refused here before a single header is split.

/// What an event is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Newchannel,
    /// Only its channel snapshots are of interest.
    Touch,
    Newstate,
    Newexten,
    Hangup,
    HangupRequest,
    SoftHangupRequest,
    DialBegin,
    DialEnd,
    BridgeEnter,
    BridgeLeave,
    LocalPair,
    Hold,
    Unhold,
    BlindTransfer,
    AttendedTransfer,
    Parked,
    Unparked,
    ConferenceJoin,
    ConferenceLeave,
    SpyStart,
    SpyStop,
    QueueJoin,
    QueueLeave,
    QueueAbandon,
    AgentCalled,
    AgentConnect,
    AgentComplete,
    AgentRefused,
    Member,
    MemberAdded,
    MemberRemoved,
    DeviceState,
    PoolLogin,
    PoolLogoff,
    UserEvent,
    VarSet,
    FullyBooted,
    Shutdown,
}

/// The name of the event in these bytes; None if they are not an event.
pub(crate) fn name(payload: &[u8]) -> Option<&[u8]> {
    let rest = payload.strip_prefix(b"Event: ")?;
    let end = rest.iter().take(64).position(|&b| b == b'\r' || b == b'\n')?;
    rest.get(..end)
}

/// What the event of that name is to us; None: nothing.
pub(super) fn what(name: &[u8]) -> Option<What> {
    Some(match name {
        b"VarSet" => What::VarSet,
        b"Newchannel" => What::Newchannel,
        b"Newstate" => What::Newstate,
        b"Newexten" => What::Newexten,
        b"NewCallerid" | b"NewConnectedLine" | b"MusicOnHoldStart" | b"MusicOnHoldStop"
        | b"DialState" | b"DTMFBegin" | b"DTMFEnd" | b"NewAccountCode" => What::Touch,
        b"Hangup" => What::Hangup,
        b"HangupRequest" => What::HangupRequest,
        b"SoftHangupRequest" => What::SoftHangupRequest,
        b"DialBegin" => What::DialBegin,
        b"DialEnd" => What::DialEnd,
        b"BridgeEnter" => What::BridgeEnter,
        b"BridgeLeave" => What::BridgeLeave,
        b"LocalBridge" | b"LocalOptimizationBegin" => What::LocalPair,
        b"Hold" => What::Hold,
        b"Unhold" => What::Unhold,
        b"BlindTransfer" => What::BlindTransfer,
        b"AttendedTransfer" => What::AttendedTransfer,
        b"ParkedCall" | b"ParkedCallSwap" => What::Parked,
        b"UnParkedCall" | b"ParkedCallTimeOut" | b"ParkedCallGiveUp" => What::Unparked,
        b"ConfbridgeJoin" => What::ConferenceJoin,
        b"ConfbridgeLeave" => What::ConferenceLeave,
        b"ChanSpyStart" => What::SpyStart,
        b"ChanSpyStop" => What::SpyStop,
        b"QueueCallerJoin" => What::QueueJoin,
        b"QueueCallerLeave" => What::QueueLeave,
        b"QueueCallerAbandon" => What::QueueAbandon,
        b"AgentCalled" => What::AgentCalled,
        b"AgentConnect" => What::AgentConnect,
        b"AgentComplete" => What::AgentComplete,
        b"AgentRingNoAnswer" | b"AgentDump" => What::AgentRefused,
        b"QueueMemberStatus"
        | b"QueueMemberPause"
        | b"QueueMemberPenalty"
        | b"QueueMemberRinginuse" => What::Member,
        b"QueueMemberAdded" => What::MemberAdded,
        b"QueueMemberRemoved" => What::MemberRemoved,
        b"DeviceStateChange" => What::DeviceState,
        b"AgentLogin" => What::PoolLogin,
        b"AgentLogoff" => What::PoolLogoff,
        b"UserEvent" => What::UserEvent,
        b"FullyBooted" => What::FullyBooted,
        b"Shutdown" => What::Shutdown,
        _ => return None,
    })
}

/// The place of an event among others of the same microsecond, so that what causes comes before
/// what is caused. Events of one thread of Asterisk never share a stamp in any capture; this is
/// for switches that are faster.
pub(crate) fn rank(payload: &[u8]) -> u8 {
    match name(payload).unwrap_or_default() {
        b"FullyBooted" => 0,
        b"Newchannel" => 10,
        b"LocalBridge" => 11,
        b"NewCallerid" | b"NewConnectedLine" => 12,
        b"AgentRingNoAnswer" | b"AgentDump" => 20,
        b"QueueCallerAbandon" => 21,
        b"QueueCallerLeave" => 22,
        b"VarSet" => 23,
        b"Newexten" => 24,
        b"QueueCallerJoin" => 25,
        b"AgentCalled" => 26,
        b"DialBegin" => 27,
        b"Newstate" => 30,
        b"DialState" => 31,
        b"DialEnd" => 32,
        b"AgentConnect" => 33,
        b"HangupRequest" => 40,
        b"LocalOptimizationBegin" => 41,
        b"BridgeCreate" => 42,
        b"BridgeLeave" => 43,
        b"BridgeEnter" => 44,
        b"BridgeMerge" => 45,
        b"BlindTransfer" | b"AttendedTransfer" => 46,
        b"AgentComplete" => 47,
        b"LocalOptimizationEnd" => 48,
        b"BridgeDestroy" => 60,
        b"SoftHangupRequest" => 61,
        b"Hangup" => 62,
        b"DeviceStateChange" => 70,
        b"QueueMemberStatus" => 71,
        b"Shutdown" => 80,
        _ => 50,
    }
}

/// The variable that a `VarSet` sets.
pub(super) fn variable(payload: &[u8]) -> Option<&[u8]> {
    const HEADER: &[u8] = b"\nVariable: ";
    let start = memchr::memmem::find(payload, HEADER)? + HEADER.len();
    let rest = payload.get(start..)?;
    let end = memchr::memchr2(b'\r', b'\n', rest)?;
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_first_line_only() {
        assert_eq!(name(b"Event: Hangup\r\nEvent: Other\r\n\r\n"), Some(&b"Hangup"[..]));
        assert_eq!(name(b"Event: Hangup\n\n"), Some(&b"Hangup"[..]));
        for none in [&b"Response: Success\r\n\r\n"[..], b"Event: Hangup", b"", b"\r\n"] {
            assert_eq!(name(none), None);
        }
        assert_eq!(what(b"TestEvent"), None);
        assert_eq!(what(b"Hangup"), Some(What::Hangup));
    }

    #[test]
    fn the_variable_of_a_varset() {
        let set = b"Event: VarSet\r\nLinkedid: 1\r\nVariable: QUEUESTATUS\r\nValue: FULL\r\n\r\n";
        assert_eq!(variable(set), Some(&b"QUEUESTATUS"[..]));
        assert_eq!(variable(b"Event: VarSet\r\n\r\n"), None);
    }
}
