//! The actions that this PBX knows, with the write classes they need: as Asterisk has it.

use crate::class::Classes;

/// One action.
pub(super) struct Command {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// Any of these is enough; none: everybody may.
    pub(super) needs: Classes,
}

const fn command(name: &'static str, what: &'static str, needs: Classes) -> Command {
    Command { name, what, needs }
}

const AGENT: Classes = Classes::AGENT;
const CALL: Classes = Classes::CALL;
const SYSTEM: Classes = Classes::SYSTEM;
const CALL_REPORTING: Classes = Classes::CALL.with(Classes::REPORTING);
const SYSTEM_REPORTING: Classes = Classes::SYSTEM.with(Classes::REPORTING);

/// By name, as ListCommands shows them.
pub(super) const COMMANDS: [Command; 41] = [
    command("Atxfer", "Attended transfer.", CALL),
    command("BlindTransfer", "Blind transfer of a channel.", CALL),
    command("Bridge", "Bridge two channels.", CALL),
    command("BridgeInfo", "Information about one bridge.", Classes::NONE),
    command("BridgeList", "List bridges.", Classes::NONE),
    command("Challenge", "Challenge for MD5 login.", Classes::NONE),
    command("Command", "Run a command line.", Classes::COMMAND),
    command("CoreSettings", "Show settings and version.", SYSTEM_REPORTING),
    command("CoreShowChannels", "List channels.", SYSTEM_REPORTING),
    command("CoreStatus", "Show when it started and how many calls are up.", SYSTEM_REPORTING),
    command("DeviceStateList", "List device states.", CALL_REPORTING),
    command("Events", "Choose event classes.", Classes::NONE),
    command("ExtensionStateList", "List hints.", CALL_REPORTING),
    command("Getvar", "Get a variable.", CALL_REPORTING),
    command("Hangup", "Hang up a channel.", SYSTEM.with(CALL)),
    command("ListCommands", "List the actions open to this account.", Classes::NONE),
    command("Login", "Log in.", Classes::NONE),
    command("Logoff", "Log off.", Classes::NONE),
    command("ModuleLoad", "Load or unload a module.", SYSTEM),
    command("Originate", "Make a call.", Classes::ORIGINATE),
    command("ParkedCalls", "List parked calls.", Classes::NONE),
    command("Parkinglots", "List parking lots.", Classes::NONE),
    command("Ping", "Keep the connection alive.", Classes::NONE),
    command("QueueAdd", "Add a member to a queue.", AGENT),
    command("QueueLog", "Write to queue_log.", AGENT),
    command("QueuePause", "Pause or unpause a member.", AGENT),
    command("QueuePenalty", "Set a member's penalty.", AGENT),
    command("QueueReload", "Reload queues.", Classes::NONE),
    command("QueueRemove", "Remove a member from a queue.", AGENT),
    command("QueueReset", "Reset statistics of queues.", Classes::NONE),
    command("QueueRule", "Show queue rules.", Classes::NONE),
    command("QueueStatus", "List queues, members and callers.", Classes::NONE),
    command("QueueSummary", "List queues in short.", Classes::NONE),
    command("Redirect", "Transfer a call.", CALL),
    command("Reload", "Reload modules.", SYSTEM.with(Classes::CONFIG)),
    command("Setvar", "Set a variable.", CALL),
    command("ShowDialPlan", "Show the dialplan.", Classes::CONFIG.with(Classes::REPORTING)),
    command("Status", "List channels with details.", SYSTEM.with(CALL_REPORTING)),
    command("UpdateConfig", "Change a configuration file.", Classes::CONFIG),
    command("UserEvent", "Send an event of one's own.", Classes::USER),
    command("WaitEvent", "Wait for an event.", Classes::NONE),
];

/// The action of that name, in any case.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name))
}
