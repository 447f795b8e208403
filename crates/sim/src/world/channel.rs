//! Channels and bridges of the simulated PBX, and the events that are about them alone.

use super::{World, name_of};
use crate::class::Classes;

/// `ChannelState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelState {
    Down,
    Ring,
    Ringing,
    Up,
}

impl ChannelState {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Down => "0",
            Self::Ring => "4",
            Self::Ringing => "5",
            Self::Up => "6",
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Ring => "Ring",
            Self::Ringing => "Ringing",
            Self::Up => "Up",
        }
    }
}

/// Whose endpoint a channel belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Agent(usize),
    Trunk(usize),
    /// Nobody's: that half, 1 or 2, of a Local channel.
    Local(u8),
}

/// A channel as in its snapshot; empty names and numbers are said as `<unknown>`.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) name: String,
    pub(crate) state: ChannelState,
    pub(crate) caller_num: String,
    pub(crate) caller_name: String,
    pub(crate) connected_num: String,
    pub(crate) connected_name: String,
    pub(crate) context: &'static str,
    pub(crate) exten: String,
    /// The number its endpoint dialled to get in; empty if the PBX rang it.
    pub(crate) dnid: String,
    pub(crate) priority: u32,
    pub(crate) uniqueid: String,
    pub(crate) linkedid: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) application: &'static str,
    pub(crate) data: String,
    /// Microseconds UTC.
    pub(crate) since: i64,
    /// Uniqueid of the bridge it is in, or empty.
    pub(crate) bridge: String,
    pub(crate) on_hold: bool,
}

/// What a bridge is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum BridgeKind {
    /// Two parties talk.
    #[default]
    Basic,
    /// Where parked callers wait.
    Parking,
    /// A room of ConfBridge of that name.
    Conference(String),
}

/// A bridge and how many are in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bridge {
    pub(crate) uniqueid: String,
    pub(crate) channels: u8,
    /// `native_rtp`; else `simple_bridge`.
    pub(crate) native: bool,
    pub(crate) kind: BridgeKind,
}

impl World {
    /// Makes a channel without saying so; `linked` is the channel whose call it belongs to.
    pub(super) fn make_channel(
        &mut self,
        endpoint: Endpoint,
        state: ChannelState,
        exten: &str,
        linked: Option<u64>,
    ) -> u64 {
        let (device, context) = match endpoint {
            Endpoint::Agent(agent) => {
                (self.agents.get(agent).map(|agent| agent.number.clone()), "internal")
            }
            Endpoint::Trunk(trunk) => {
                (self.trunks.get(trunk).map(|trunk| trunk.name.clone()), "from-trunk")
            }
            Endpoint::Local(_) => (None, "transfer"),
        };
        let name = if let Endpoint::Local(half) = endpoint {
            format!("Local/{exten}@{context}-{:08x};{half}", self.locals)
        } else {
            self.named = self.named.wrapping_add(1);
            format!("PJSIP/{}-{:08x}", device.unwrap_or_default(), self.named.wrapping_sub(1))
        };
        // Other things of Asterisk take numbers too.
        self.unique += u64::try_from(self.chance.between(1, 5)).unwrap_or(1);
        self.pass(80, 400);
        let uniqueid = match self.settings.system_name.as_str() {
            "" => format!("{}.{}", self.seconds(), self.unique),
            system => format!("{system}-{}.{}", self.seconds(), self.unique),
        };
        let linkedid = linked
            .and_then(|linked| self.channels.get(&linked))
            .map_or_else(|| uniqueid.clone(), |linked| linked.linkedid.clone());
        let (caller_num, caller_name) = match endpoint {
            Endpoint::Agent(agent) => self
                .agents
                .get(agent)
                .map(|agent| (agent.number.clone(), agent.name.clone()))
                .unwrap_or_default(),
            Endpoint::Trunk(_) | Endpoint::Local(_) => Default::default(),
        };
        self.channel_numbers += 1;
        let number = self.channel_numbers;
        let channel = Channel {
            name,
            state,
            caller_num,
            caller_name,
            connected_num: String::new(),
            connected_name: String::new(),
            context,
            exten: exten.to_owned(),
            dnid: if linked.is_none() { exten.to_owned() } else { String::new() },
            priority: 1,
            uniqueid,
            linkedid,
            endpoint,
            application: "",
            data: String::new(),
            since: self.clock,
            bridge: String::new(),
            on_hold: false,
        };
        self.channels.insert(number, channel);
        match endpoint {
            Endpoint::Agent(agent) => {
                if let Some(agent) = self.agents.get_mut(agent) {
                    agent.channels.push(number);
                }
            }
            Endpoint::Trunk(trunk) => {
                if let Some(trunk) = self.trunks.get_mut(trunk) {
                    trunk.channels.push(number);
                }
            }
            Endpoint::Local(_) => {}
        }
        number
    }

    /// Changes a channel that may be gone.
    pub(super) fn set(&mut self, channel: u64, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.channels.get_mut(&channel) {
            change(channel);
        }
    }

    /// A copy of the channel, if it is up.
    pub(super) fn snapshot(&self, channel: u64) -> Option<Channel> {
        self.channels.get(&channel).cloned()
    }

    /// An event that consists of a channel and some fields after it.
    pub(super) fn say_channel(
        &mut self,
        name: &str,
        class: Classes,
        channel: u64,
        fields: &[(&str, &str)],
    ) {
        if !self.channels.contains_key(&channel) {
            return;
        }
        let mut event = self.event(name, class);
        if let Some(channel) = self.channels.get(&channel) {
            event.channel("", channel);
        }
        for (name, value) in fields {
            event.field(name, value);
        }
        self.say(event);
    }

    /// An event that consists of a channel, a destination channel and some fields.
    pub(super) fn say_pair(
        &mut self,
        name: &str,
        class: Classes,
        from: u64,
        to: u64,
        fields: &[(&str, &str)],
    ) {
        if let Some(to) = self.snapshot(to) {
            self.say_pair_as(name, class, from, &to, fields);
        }
    }

    /// As [`Self::say_pair`] with the destination as it was at an earlier moment.
    pub(super) fn say_pair_as(
        &mut self,
        name: &str,
        class: Classes,
        from: u64,
        to: &Channel,
        fields: &[(&str, &str)],
    ) {
        let mut event = self.event(name, class);
        if let Some(from) = self.channels.get(&from) {
            event.channel("", from);
        }
        event.channel("Dest", to);
        for (name, value) in fields {
            event.field(name, value);
        }
        self.say(event);
    }

    pub(super) fn say_variable(&mut self, channel: u64, variable: &str, value: &str) {
        let fields = [("Variable", variable), ("Value", value)];
        self.say_channel("VarSet", Classes::DIALPLAN, channel, &fields);
    }

    /// The channel runs an application at its extension and priority.
    pub(super) fn say_newexten(&mut self, channel: u64, application: &'static str, data: &str) {
        let Some(now) = self.channels.get_mut(&channel) else { return };
        now.application = application;
        data.clone_into(&mut now.data);
        let exten = now.exten.clone();
        let fields =
            [("Extension", exten.as_str()), ("Application", application), ("AppData", data)];
        self.say_channel("Newexten", Classes::DIALPLAN, channel, &fields);
    }

    pub(super) fn say_newchannel(&mut self, channel: u64) {
        self.say_channel("Newchannel", Classes::CALL, channel, &[]);
    }

    pub(super) fn say_newstate(&mut self, channel: u64, state: ChannelState) {
        self.set(channel, |channel| channel.state = state);
        self.say_channel("Newstate", Classes::CALL, channel, &[]);
    }

    pub(super) fn say_device(&mut self, device: &str, state: &str) {
        let mut event = self.event("DeviceStateChange", Classes::CALL);
        event.field("Device", device).field("State", state);
        self.say(event);
    }

    /// `Queue:<name>`: RINGING while somebody waits.
    pub(super) fn say_queue_device(&mut self, queue: usize, state: &str) {
        let device = format!("Queue:{}", name_of(&self.settings.queues, queue));
        self.say_device(&device, state);
    }

    /// A bridge of its own for two, empty.
    pub(super) fn make_bridge(&mut self) -> Bridge {
        self.make_bridge_for(BridgeKind::Basic)
    }

    /// As [`Self::make_bridge`], for something else.
    pub(super) fn make_bridge_for(&mut self, kind: BridgeKind) -> Bridge {
        let (high, low) = (self.chance.bits(), self.chance.bits());
        let uniqueid = format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 50),
            low & 0xffff_ffff_ffff
        );
        let bridge = Bridge { uniqueid, channels: 0, native: false, kind };
        let mut event = self.event("BridgeCreate", Classes::CALL);
        event.bridge("", &bridge);
        self.say(event);
        bridge
    }

    /// The channel enters; `swap` is the uniqueid of the channel whose seat it takes.
    pub(super) fn enter_bridge(&mut self, bridge: &mut Bridge, channel: u64, swap: Option<&str>) {
        bridge.channels = bridge.channels.saturating_add(1);
        let name = bridge.uniqueid.clone();
        self.set(channel, |channel| channel.bridge = name);
        let mut event = self.event("BridgeEnter", Classes::CALL);
        event.bridge("", bridge);
        if let Some(channel) = self.channels.get(&channel) {
            event.channel("", channel);
        }
        if let Some(swap) = swap {
            event.field("SwapUniqueid", swap);
        }
        self.say(event);
    }

    pub(super) fn leave_bridge(&mut self, bridge: &mut Bridge, channel: u64) {
        bridge.channels = bridge.channels.saturating_sub(1);
        self.set(channel, |channel| channel.bridge.clear());
        let mut event = self.event("BridgeLeave", Classes::CALL);
        event.bridge("", bridge);
        if let Some(channel) = self.channels.get(&channel) {
            event.channel("", channel);
        }
        self.say(event);
    }

    pub(super) fn destroy_bridge(&mut self, bridge: &Bridge) {
        let mut event = self.event("BridgeDestroy", Classes::CALL);
        event.bridge("", bridge);
        self.say(event);
    }

    /// Each of the two hears who the other is, or that nobody is there.
    pub(super) fn say_peers(&mut self, one: u64, other: u64, together: bool) {
        let name = |world: &Self, channel: u64| {
            world.channels.get(&channel).map(|channel| channel.name.clone()).unwrap_or_default()
        };
        let (one_name, other_name) =
            if together { (name(self, one), name(self, other)) } else { Default::default() };
        self.say_variable(one, "BRIDGEPEER", &other_name);
        self.say_variable(other, "BRIDGEPEER", &one_name);
    }

    /// Somebody hangs up at that end; `cause` is not said in every case.
    pub(super) fn say_hangup_request(&mut self, channel: u64, cause: Option<&str>) {
        let cause = cause.map(|cause| ("Cause", cause));
        self.say_channel("HangupRequest", Classes::CALL, channel, cause.as_slice());
    }

    pub(super) fn say_soft_hangup(&mut self, channel: u64, cause: &str) {
        self.say_channel("SoftHangupRequest", Classes::CALL, channel, &[("Cause", cause)]);
    }

    /// The channel is gone; its endpoint's state is refreshed.
    pub(super) fn hang_up(&mut self, channel: u64, cause: u8) {
        let text = match cause {
            0 => "Unknown",
            17 => "User busy",
            21 => "Call Rejected",
            127 => "Interworking, unspecified",
            _ => "Normal Clearing",
        };
        let number = cause.to_string();
        let tech = match cause {
            17 => Some("486"),
            21 => Some("603"),
            _ => None,
        };
        let mut fields = vec![("Cause", number.as_str()), ("Cause-txt", text)];
        if let Some(tech) = tech.filter(|_| self.is_22()) {
            fields.push(("TechCause", tech));
        }
        self.say_channel("Hangup", Classes::CALL, channel, &fields);
        let Some(gone) = self.channels.remove(&channel) else { return };
        match gone.endpoint {
            Endpoint::Agent(agent) => {
                if let Some(agent) = self.agents.get_mut(agent) {
                    agent.channels.retain(|other| *other != channel);
                }
                self.refresh_agent(agent);
            }
            Endpoint::Trunk(trunk) => {
                if let Some(trunk) = self.trunks.get_mut(trunk) {
                    trunk.channels.retain(|other| *other != channel);
                }
                self.refresh_trunk(trunk);
            }
            Endpoint::Local(_) => {}
        }
    }

    /// Says the trunk's state if it changed: ONHOLD only if all its calls are held.
    pub(super) fn refresh_trunk(&mut self, trunk: usize) {
        let Some(now) = self.trunks.get(trunk) else { return };
        let channels = || now.channels.iter().filter_map(|channel| self.channels.get(channel));
        let state = if now.channels.is_empty() {
            "NOT_INUSE"
        } else if channels().all(|channel| channel.on_hold) {
            "ONHOLD"
        } else if channels().all(|channel| channel.state == ChannelState::Ringing) {
            "RINGING"
        } else {
            "INUSE"
        };
        let device = format!("PJSIP/{}", now.name);
        if now.state == state {
            return;
        }
        if let Some(trunk) = self.trunks.get_mut(trunk) {
            trunk.state = state;
        }
        self.say_device(&device, state);
    }

    pub(super) fn refresh_endpoint(&mut self, channel: u64) {
        match self.channels.get(&channel).map(|channel| channel.endpoint) {
            Some(Endpoint::Agent(agent)) => self.refresh_agent(agent),
            Some(Endpoint::Trunk(trunk)) => self.refresh_trunk(trunk),
            Some(Endpoint::Local(_)) | None => {}
        }
    }
}
