//! The lists that a client asks for after it has attached: channels, queues, devices.

use super::action::{Asked, Reply};
use super::{SECOND, World};
use crate::said::Event;

/// The response that announces a list.
pub(super) fn begin(asked: &Asked<'_>, message: &str) -> Reply {
    let mut event = asked.response("Success");
    event.field("EventList", "start").field("Message", message);
    let mut reply = Reply::new();
    event.finish_into(&mut reply);
    reply
}

/// The item that ends a list.
pub(super) fn end(asked: &Asked<'_>, name: &str, items: usize, reply: &mut Reply) {
    let mut event = Event::item(name);
    asked.mark(&mut event);
    event.field("EventList", "Complete").field("ListItems", &items.to_string());
    event.finish_into(reply);
}

/// `unknown` as QueueEntry spells it.
fn known(value: &str) -> &str {
    if value.is_empty() || value == "<unknown>" { "unknown" } else { value }
}

fn unknown(value: &str) -> &str {
    if value.is_empty() { "<unknown>" } else { value }
}

/// A name as its bytes are.
fn text(name: &str) -> std::borrow::Cow<'_, [u8]> {
    crate::traps::raw_bytes(name.as_bytes())
}

impl World {
    pub(super) fn list_channels(&self, asked: &Asked<'_>) -> Reply {
        let mut reply = begin(asked, "Channels will follow");
        for channel in self.channels.values() {
            let mut event = Event::item("CoreShowChannel");
            asked.mark(&mut event);
            let age = (self.clock - channel.since).max(0) / SECOND;
            event
                .channel("", channel)
                .field("Application", channel.application)
                .field("ApplicationData", &channel.data)
                .field(
                    "Duration",
                    &format!("{:02}:{:02}:{:02}", age / 3600, age / 60 % 60, age % 60),
                )
                .field("BridgeId", &channel.bridge);
            event.finish_into(&mut reply);
        }
        end(asked, "CoreShowChannelsComplete", self.channels.len(), &mut reply);
        reply
    }

    pub(super) fn list_status(&self, asked: &Asked<'_>) -> Reply {
        let mut reply = begin(asked, "Channel status will follow");
        for channel in self.channels.values() {
            let mut event = Event::item("Status");
            event.field("Privilege", "Call");
            event
                .channel("", channel)
                .field("Type", "PJSIP")
                .field("DNID", &channel.dnid)
                .field("EffectiveConnectedLineNum", unknown(&channel.connected_num))
                .bytes(b"EffectiveConnectedLineName", &text(unknown(&channel.connected_name)))
                .field("TimeToHangup", "0")
                .field("BridgeID", &channel.bridge)
                .field("Application", channel.application)
                .field("Data", &channel.data)
                .field("Nativeformats", "(ulaw)")
                .field("Readformat", "ulaw")
                .field("Readtrans", "")
                .field("Writeformat", "ulaw")
                .field("Writetrans", "")
                .field("Callgroup", "0")
                .field("Pickupgroup", "0")
                .number("Seconds", (self.clock - channel.since).max(0) / SECOND);
            asked.mark(&mut event);
            event.finish_into(&mut reply);
        }
        let mut event = Event::item("StatusComplete");
        asked.mark(&mut event);
        let count = self.channels.len().to_string();
        event.field("EventList", "Complete").field("ListItems", &count).field("Items", &count);
        event.finish_into(&mut reply);
        reply
    }

    pub(super) fn list_queues(&self, asked: &Asked<'_>) -> Reply {
        let (only_queue, only_member) = (asked.text("Queue"), asked.text("Member"));
        let mut reply = begin(asked, "Queue status will follow");
        let mut items = 0;
        for (number, queue) in self.settings.queues.iter().enumerate() {
            if !only_queue.is_empty() && only_queue != queue.name {
                continue;
            }
            self.queue_params(asked, number, &mut reply);
            items += 1;
            let Some(now) = self.queues.get(number) else { continue };
            for agent in now.members.iter().filter_map(|agent| self.agents.get(*agent)) {
                let wanted = only_member.is_empty() || only_member == agent.interface;
                if agent.logged_in && wanted {
                    self.queue_member(asked, number, agent, &mut reply);
                    items += 1;
                }
            }
            if !only_member.is_empty() {
                continue;
            }
            for (place, call) in now.waiting.iter().enumerate() {
                items += self.queue_entry(asked, &queue.name, place + 1, *call, &mut reply);
            }
        }
        end(asked, "QueueStatusComplete", items, &mut reply);
        reply
    }

    fn queue_params(&self, asked: &Asked<'_>, queue: usize, reply: &mut Reply) {
        let (Some(plan), Some(now)) = (self.settings.queues.get(queue), self.queues.get(queue))
        else {
            return;
        };
        let perf = if now.completed == 0 {
            0
        } else {
            u64::from(now.within_level) * 1000 / u64::from(now.completed)
        };
        let perf = perf.min(1000);
        let perf = format!("{}.{}", perf / 10, perf % 10);
        let mut event = Event::item("QueueParams");
        event
            .field("Queue", &plan.name)
            .number("Max", plan.maxlen)
            .field("Strategy", "leastrecent")
            .field("Calls", &now.waiting.len().to_string())
            .number("Holdtime", now.hold_average)
            .number("TalkTime", now.talk_average)
            .number("Completed", now.completed)
            .number("Abandoned", now.abandoned)
            .number("ServiceLevel", plan.servicelevel_s)
            .field("ServicelevelPerf", &perf)
            .field("ServicelevelPerf2", &perf)
            .field("Weight", "0");
        asked.mark(&mut event);
        event.finish_into(reply);
    }

    fn queue_member(
        &self,
        asked: &Asked<'_>,
        queue: usize,
        agent: &super::agent::Agent,
        reply: &mut Reply,
    ) {
        let Some(member) = agent.members.iter().find(|member| member.queue == queue) else {
            return;
        };
        let mut event = Event::item("QueueMember");
        event
            .field("Queue", &super::name_of(&self.settings.queues, queue))
            .field("Name", &agent.name)
            .field("Location", &agent.interface)
            .member(agent, member)
            .field("Wrapuptime", "0");
        asked.mark(&mut event);
        event.finish_into(reply);
    }

    /// One caller; how many items that made.
    fn queue_entry(
        &self,
        asked: &Asked<'_>,
        queue: &str,
        position: usize,
        call: u64,
        reply: &mut Reply,
    ) -> usize {
        let Some(call) = self.calls.get(&call) else { return 0 };
        let (Some(channel), Some(visit)) = (self.channels.get(&call.caller), &call.visit) else {
            return 0;
        };
        let mut event = Event::item("QueueEntry");
        event
            .field("Queue", queue)
            .field("Position", &position.to_string())
            .field("Channel", &channel.name)
            .field("Uniqueid", &channel.uniqueid)
            .field("CallerIDNum", known(&channel.caller_num))
            .bytes(b"CallerIDName", &text(known(&channel.caller_name)))
            .field("ConnectedLineNum", known(&channel.connected_num))
            .bytes(b"ConnectedLineName", &text(known(&channel.connected_name)))
            .number("Wait", self.seconds() - visit.joined.div_euclid(SECOND))
            .field("Priority", "0");
        asked.mark(&mut event);
        event.finish_into(reply);
        1
    }

    pub(super) fn summarise_queues(&self, asked: &Asked<'_>) -> Reply {
        let only = asked.text("Queue");
        let mut reply = begin(asked, "Queue summary will follow");
        let mut items = 0;
        for (number, plan) in self.settings.queues.iter().enumerate() {
            let Some(now) = self.queues.get(number) else { continue };
            if !only.is_empty() && only != plan.name {
                continue;
            }
            let agents = || now.members.iter().filter_map(|agent| self.agents.get(*agent));
            let logged_in = agents().filter(|agent| agent.logged_in).count();
            let free = agents().filter(|agent| agent.can_take(number, self.clock)).count();
            let longest = now
                .waiting
                .iter()
                .filter_map(|call| self.calls.get(call)?.visit.as_ref())
                .map(|visit| self.seconds() - visit.joined.div_euclid(SECOND))
                .max();
            let mut event = Event::item("QueueSummary");
            event
                .field("Queue", &plan.name)
                .field("LoggedIn", &logged_in.to_string())
                .field("Available", &free.to_string())
                .field("Callers", &now.waiting.len().to_string())
                .number("HoldTime", now.hold_average)
                .number("TalkTime", now.talk_average)
                .number("LongestHoldTime", longest.unwrap_or(0));
            asked.mark(&mut event);
            event.finish_into(&mut reply);
            items += 1;
        }
        end(asked, "QueueSummaryComplete", items, &mut reply);
        reply
    }

    pub(super) fn list_devices(&self, asked: &Asked<'_>) -> Reply {
        let mut states: Vec<(String, &str)> = Vec::new();
        for agent in &self.agents {
            states.push((agent.interface.clone(), agent.device.state()));
            for member in agent.members.iter().filter(|_| agent.logged_in) {
                let name = super::name_of(&self.settings.queues, member.queue);
                let state = if member.paused { "INUSE" } else { "NOT_INUSE" };
                states.push((format!("Queue:{name}_pause_{}", agent.interface), state));
            }
        }
        for trunk in &self.trunks {
            states.push((format!("PJSIP/{}", trunk.name), trunk.state));
        }
        for (plan, now) in self.settings.queues.iter().zip(&self.queues) {
            let waiting = if now.waiting.is_empty() { "NOT_INUSE" } else { "RINGING" };
            states.push((format!("Queue:{}", plan.name), waiting));
            let free = if now.available { "NOT_INUSE" } else { "INUSE" };
            states.push((format!("Queue:{}_avail", plan.name), free));
        }
        let mut reply = begin(asked, "Device State Changes will follow");
        for (device, state) in &states {
            let mut event = Event::item("DeviceStateChange");
            asked.mark(&mut event);
            event.field("Device", device).field("State", state);
            event.finish_into(&mut reply);
        }
        end(asked, "DeviceStateListComplete", states.len(), &mut reply);
        reply
    }

    pub(super) fn list_hints(&self, asked: &Asked<'_>) -> Reply {
        let mut reply = begin(asked, "Extension Statuses will follow");
        for agent in &self.agents {
            let (status, text) = agent.device.hint();
            let mut event = Event::item("ExtensionStatus");
            asked.mark(&mut event);
            event
                .field("Exten", &agent.number)
                .field("Context", "internal")
                .field("Hint", &agent.interface)
                .field("Status", status)
                .field("StatusText", text);
            event.finish_into(&mut reply);
        }
        end(asked, "ExtensionStateListComplete", self.agents.len(), &mut reply);
        reply
    }

    pub(super) fn list_bridges(&self, asked: &Asked<'_>) -> Reply {
        let mut reply = begin(asked, "Bridge listing will follow");
        let talks = self.calls.values().filter_map(|call| call.talk.as_ref());
        let bridges = talks.map(|talk| &talk.bridge);
        let mut items = 0;
        for bridge in bridges.chain(self.parking_bridges()).chain(self.conference_bridges()) {
            let mut event = Event::item("BridgeListItem");
            asked.mark(&mut event);
            event.bridge("", bridge);
            event.finish_into(&mut reply);
            items += 1;
        }
        end(asked, "BridgeListComplete", items, &mut reply);
        reply
    }
}
