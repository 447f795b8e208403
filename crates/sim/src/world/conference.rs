//! Conferences: the agent sends the caller into a ConfBridge room; a colleague and the agent dial
//! it too. Each of them stays a call of its own: the room's bridge alone tells who talks.

use super::channel::{BridgeKind, ChannelState, Endpoint};
use super::{Bridge, SECOND, Step, World};
use crate::class::Classes;
use crate::truth::CallKind;

/// Extension of the first room; the others follow.
const FIRST: usize = 7000;
/// The room's announcer is in its bridge too, and nothing else is said of it.
const ANNOUNCER: u8 = 1;

/// A room that a caller was sent into; kept with the caller's call.
#[derive(Clone, Debug)]
pub(super) struct Conference {
    place: usize,
    bridge: Bridge,
    /// The agent who sent the caller.
    agent: usize,
    caller_joined: bool,
    parties: Vec<Party>,
}

/// Somebody else in the room, or half a second before it.
#[derive(Clone, Copy, Debug)]
struct Party {
    call: u64,
    joined: bool,
}

/// What happens next in a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConferStep {
    ThirdDials,
    AgentDials,
    /// That party has been answered and comes in.
    PartyJoins(u64),
    CallerJoins,
    /// The first of the others hangs up.
    OneLeaves,
    CallerLeaves,
    /// The empty room is gone, and with it the one who left last.
    RoomGone,
}

fn room(place: usize) -> String {
    format!("room{}", place + 1)
}

impl World {
    pub(super) fn conference(&mut self, call: u64, step: ConferStep) {
        match step {
            ConferStep::ThirdDials => {
                let agent = self.conference_of(call).map(|conference| conference.agent);
                if let Some(third) = self.some_free_agent(agent) {
                    self.dials_room(call, third);
                }
            }
            ConferStep::AgentDials => {
                let agent = self.conference_of(call).map(|conference| conference.agent);
                let has_time = |agent: &usize| {
                    self.agents.get(*agent).is_some_and(|agent| {
                        agent.logged_in && agent.channels.is_empty() && agent.pause.is_none()
                    })
                };
                if let Some(agent) = agent.filter(has_time) {
                    self.dials_room(call, agent);
                }
            }
            ConferStep::PartyJoins(party) => self.joins_room(call, party),
            ConferStep::CallerJoins => self.joins_room(call, call),
            ConferStep::OneLeaves => self.one_leaves(call),
            ConferStep::CallerLeaves => self.end_conference(call, false),
            ConferStep::RoomGone => self.room_gone(call),
        }
    }

    fn conference_of(&self, call: u64) -> Option<&Conference> {
        self.calls.get(&call)?.conference.as_ref()
    }

    /// The agent sends the caller into a free room; the caller hears a while that nobody is there.
    pub(super) fn confer(&mut self, call: u64) {
        let agent = self.calls.get(&call).and_then(|call| call.talk.as_ref()).and_then(|t| t.agent);
        let Some(agent) = agent else { return };
        let taken = |place: &usize| {
            let used = self.calls.values().filter_map(|call| call.conference.as_ref());
            used.into_iter().any(|conference| conference.place == *place)
        };
        let Some(place) = (0..100).find(|place| !taken(place)) else {
            self.plan_end(call);
            return;
        };
        self.let_go(call, &(FIRST + place).to_string());
        let caller = self.caller_of(call);
        self.set(caller, |channel| channel.priority = 2);
        self.say_newexten(caller, "ConfBridge", &room(place));
        let mut bridge = self.make_bridge_for(BridgeKind::Conference(room(place)));
        bridge.channels = ANNOUNCER;
        self.pass(2_000, 4_000);
        self.say_room("ConfbridgeStart", &bridge, None, &[]);
        self.say_device(&format!("confbridge:{}", room(place)), "INUSE");
        let conference =
            Conference { place, bridge, agent, caller_joined: false, parties: Vec::new() };
        if let Some(call) = self.calls.get_mut(&call) {
            call.conference = Some(conference);
        }
        let third = self.chance.between(300_000, 1_200_000);
        let again = self.chance.between(1_300_000, 2_300_000);
        let joins = self.chance.between(3_000_000, 3_300_000);
        let leaves = joins + self.chance.lognormal(40.0, 0.6).max(4 * SECOND);
        let mut steps = vec![
            (third, ConferStep::ThirdDials),
            (again, ConferStep::AgentDials),
            (joins, ConferStep::CallerJoins),
            (leaves, ConferStep::CallerLeaves),
        ];
        if self.chance.percent(50.0) {
            steps.push((joins + (leaves - joins) / 2, ConferStep::OneLeaves));
        }
        for (after, step) in steps {
            self.plan_step(call, after, Step::Confer(step));
        }
    }

    /// `Confbridge...` of a room and, if somebody did it, of a channel.
    fn say_room(
        &mut self,
        name: &str,
        bridge: &Bridge,
        channel: Option<u64>,
        fields: &[(&str, &str)],
    ) {
        let channel = channel.and_then(|channel| self.snapshot(channel));
        let mut event = self.event(name, Classes::CALL);
        if let BridgeKind::Conference(room) = &bridge.kind {
            event.field("Conference", room);
        }
        event.bridge("", bridge);
        if let Some(channel) = &channel {
            event.channel("", channel);
        }
        for (name, value) in fields {
            event.field(name, value);
        }
        self.say(event);
    }

    fn dials_room(&mut self, call: u64, agent: usize) {
        let Some(place) = self.conference_of(call).map(|conference| conference.place) else {
            return;
        };
        let exten = (FIRST + place).to_string();
        let channel = self.make_channel(Endpoint::Agent(agent), ChannelState::Ring, &exten, None);
        let party = self.make_call(channel, 0, CallKind::Internal);
        self.say_newchannel(channel);
        self.pass(100, 300);
        self.say_newexten(channel, "Answer", "");
        self.say_newstate(channel, ChannelState::Up);
        self.refresh_endpoint(channel);
        let conference = self.calls.get_mut(&call).and_then(|call| call.conference.as_mut());
        if let Some(conference) = conference {
            conference.parties.push(Party { call: party, joined: false });
        }
        self.plan_step(call, 500_000, Step::Confer(ConferStep::PartyJoins(party)));
    }

    /// The caller (`party` is the same call then) or somebody else comes in.
    fn joins_room(&mut self, call: u64, party: u64) {
        let conference = self.calls.get_mut(&call).and_then(|call| call.conference.take());
        let Some(mut conference) = conference else { return };
        let channel = self.caller_of(party);
        let joined = [("Admin", "No"), ("Muted", "No")];
        if party == call {
            // The one for whom the room was made is said to join before being in its bridge.
            let mut bridge = conference.bridge.clone();
            bridge.channels = bridge.channels.saturating_add(1);
            self.say_room("ConfbridgeJoin", &bridge, Some(channel), &joined);
            self.enter_bridge(&mut conference.bridge, channel, None);
            conference.caller_joined = true;
        } else {
            self.set(channel, |channel| channel.priority = 2);
            self.say_newexten(channel, "ConfBridge", &room(conference.place));
            self.enter_bridge(&mut conference.bridge, channel, None);
            self.say_room("ConfbridgeJoin", &conference.bridge, Some(channel), &joined);
            for party in conference.parties.iter_mut().filter(|other| other.call == party) {
                party.joined = true;
            }
        }
        if let Some(truth) = self.truth.calls.get_mut(&party) {
            truth.conferenced = true;
        }
        if let Some(call) = self.calls.get_mut(&call) {
            call.conference = Some(conference);
        }
    }

    /// One of the others hangs up while the caller stays.
    fn one_leaves(&mut self, call: u64) {
        let conference = self.calls.get_mut(&call).and_then(|call| call.conference.take());
        let Some(mut conference) = conference else { return };
        if let Some(place) = conference.parties.iter().position(|party| party.joined) {
            let party = conference.parties.remove(place);
            let channel = self.caller_of(party.call);
            self.say_hangup_request(channel, None);
            self.leaves_room(&mut conference.bridge, channel);
            self.leaves_call(party.call);
        }
        if let Some(call) = self.calls.get_mut(&call) {
            call.conference = Some(conference);
        }
    }

    /// Leave, and End if nobody but the announcer is left; whether that is so.
    fn leaves_room(&mut self, bridge: &mut Bridge, channel: u64) -> bool {
        let last = bridge.channels <= ANNOUNCER + 1;
        self.say_room("ConfbridgeLeave", bridge, Some(channel), &[("Admin", "No")]);
        if last {
            let mut left = bridge.clone();
            left.channels = ANNOUNCER;
            self.say_room("ConfbridgeEnd", &left, None, &[]);
        }
        self.leave_bridge(bridge, channel);
        if let (true, BridgeKind::Conference(room)) = (last, &bridge.kind) {
            let device = format!("confbridge:{room}");
            self.say_device(&device, "NOT_INUSE");
        }
        last
    }

    /// The channel of a party or of the caller is gone, and its call.
    fn leaves_call(&mut self, call: u64) {
        let channel = self.caller_of(call);
        let agent = match self.channels.get(&channel).map(|channel| channel.endpoint) {
            Some(Endpoint::Agent(agent)) => Some(agent),
            _ => None,
        };
        self.say_soft_hangup(channel, "16");
        self.hang_up(channel, 16);
        self.forget_call(call);
        if let Some(agent) = agent {
            self.agent_after_call(agent);
        }
    }

    /// The caller hangs up and the others after that; or the PBX stops.
    fn end_conference(&mut self, call: u64, stopped: bool) {
        let conference = self.calls.get_mut(&call).and_then(|call| call.conference.take());
        let Some(conference) = conference else { return };
        self.new_phase(call);
        let mut bridge = conference.bridge;
        let caller = Party { call, joined: conference.caller_joined };
        for party in std::iter::once(caller).chain(conference.parties) {
            let channel = self.caller_of(party.call);
            if stopped {
                self.say_soft_hangup(channel, "4");
            } else {
                let cause = (party.call == call).then_some("16");
                self.say_hangup_request(channel, cause);
            }
            let last = party.joined && self.leaves_room(&mut bridge, channel);
            if !last {
                self.leaves_call(party.call);
                self.pass(700, 1_500);
                continue;
            }
            if let Some(call) = self.calls.get_mut(&party.call) {
                call.empty_room = Some(bridge.clone());
            }
            if stopped {
                self.room_gone(party.call);
            } else {
                // 0.76 s in the capture.
                let after = self.chance.between(700_000, 800_000);
                self.plan_step(party.call, after, Step::Confer(ConferStep::RoomGone));
            }
        }
    }

    fn room_gone(&mut self, call: u64) {
        let room = self.calls.get_mut(&call).and_then(|call| call.empty_room.take());
        if let Some(mut bridge) = room {
            bridge.channels = 0;
            self.destroy_bridge(&bridge);
            self.leaves_call(call);
        }
    }

    /// The PBX stops: whether the call was in a conference, or the last of one.
    pub(super) fn cut_conference(&mut self, call: u64) -> bool {
        let Some(now) = self.calls.get(&call) else { return false };
        let (confers, last) = (now.conference.is_some(), now.empty_room.is_some());
        if confers {
            self.end_conference(call, true);
        } else if last {
            self.room_gone(call);
        }
        confers || last
    }

    pub(super) fn conference_bridges(&self) -> impl Iterator<Item = &Bridge> {
        let rooms = self.calls.values().filter_map(|call| call.conference.as_ref());
        let empty = self.calls.values().filter_map(|call| call.empty_room.as_ref());
        rooms.map(|conference| &conference.bridge).chain(empty)
    }
}
