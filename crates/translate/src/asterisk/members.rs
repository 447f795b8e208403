//! Agents: members of queues, and the phones whose state counts for them.

use super::snapshot::{device_word, member_device, moment, number};
use super::{Event, Out, Translator};
use facts::{AgentId, Device, DeviceId, Fact, HowSeen, Member, SplitId, Text};

impl Translator {
    /// The events about a member and the items of a list carry the member whole. Only the names
    /// of three headers differ.
    pub(super) fn member_changed(&mut self, e: &Event<'_>, seen: HowSeen, out: &mut Out<'_>) {
        let (interface, name) = match seen {
            HowSeen::Listed => ("Location", "Name"),
            HowSeen::Added | HowSeen::Changed | HowSeen::Kept => ("Interface", "MemberName"),
        };
        let Some((split, agent)) = self.membership(e, interface, out) else {
            return;
        };
        let paused = e.get("Paused") == b"1";
        let phone = e.msg.get("StateInterface").filter(|s| !s.is_empty());
        let device = match phone {
            Some(phone) => DeviceId(self.names.plain(phone)),
            None => DeviceId(agent.0.clone()),
        };
        // What an agent says when he comes back (16: `Reason`) is no reason for a pause.
        let reason = if paused { self.reason(e) } else { Text::default() };
        self.members.insert((split.clone(), agent.clone()));
        out.say(Fact::MemberIs(Box::new(Member {
            name: self.names.plain(e.get(name)),
            device,
            penalty: number(e.get("Penalty")).unwrap_or(0),
            paused,
            reason,
            status: member_device(e.get("Status")),
            calls_taken: number(e.get("CallsTaken")).unwrap_or(0),
            last_call: moment(e.get("LastCall")),
            last_pause: moment(e.get("LastPause")),
            logged_on: moment(e.get("LoginTime")),
            wrapup_s: number(e.get("Wrapuptime")).unwrap_or(0),
            seen,
            agent,
            split,
        })));
    }

    /// Why he is paused: `PausedReason`, on old versions `Reason`.
    fn reason(&mut self, e: &Event<'_>) -> Text {
        let told = match e.msg.get("PausedReason") {
            Some(reason) => reason,
            None => e.get("Reason"),
        };
        self.names.plain(told)
    }

    pub(super) fn member_removed(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some((split, agent)) = self.membership(e, "Interface", out) else {
            return;
        };
        self.members.swap_remove(&(split.clone(), agent.clone()));
        out.say(Fact::MemberGone { agent, split });
    }

    fn membership(
        &mut self,
        e: &Event<'_>,
        interface: &str,
        out: &mut Out<'_>,
    ) -> Option<(SplitId, AgentId)> {
        let queue = e.msg.get("Queue").filter(|q| !q.is_empty())?;
        let interface = e.msg.get(interface).filter(|i| !i.is_empty())?;
        let agent = AgentId(self.names.plain(interface));
        Some((self.split(queue, out), agent))
    }

    /// The state of an endpoint. A queue has one, too (`Queue:sales`): that is no endpoint.
    pub(super) fn device_state(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let device = e.get("Device");
        if device.is_empty() || device.starts_with(b"Queue:") {
            return;
        }
        let status = device_word(e.get("State"));
        out.say(Fact::DeviceIs { device: DeviceId(self.names.plain(device)), status });
    }

    /// An agent of the pool (`app_agent_pool`) logs on or off: his endpoint is `Agent:2001`, as
    /// in the queue he is a member of. Asterisk does not always say its state itself.
    pub(super) fn pool_agent(&mut self, e: &Event<'_>, on: bool, out: &mut Out<'_>) {
        self.touch(e, "", out);
        let agent = e.get("Agent");
        if agent.is_empty() {
            return;
        }
        let name = [b"Agent:", agent].concat();
        let status = if on { Device::Idle } else { Device::Unavailable };
        out.say(Fact::DeviceIs { device: DeviceId(self.names.plain(&name)), status });
    }
}
