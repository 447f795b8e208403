//! Parking: the agent puts the caller into the parking lot; a colleague fetches the caller from
//! there, the time runs out and the agent's phone rings again, or the caller gives up.

use super::action::{Asked, Reply};
use super::channel::{BridgeKind, ChannelState, Endpoint};
use super::dialled::Far;
use super::{Bridge, Channel, SECOND, Step, Talk, World};
use crate::class::Classes;
use crate::said::Event;
use crate::truth::{CallKind, EndedBy};

/// The extension that parks.
const EXTEN: &str = "700";
/// The lot's name, as its bridge's.
const LOT: &str = "default";
/// The lot's first and last space.
pub(super) const SPACES: (u32, u32) = (701, 720);
/// Seconds until the parker's phone rings again.
pub(super) const TIMEOUT_S: i64 = 45;
/// The dialplan context that parking makes to call the parker back.
pub(super) const CONTEXT: &str = "park-dial";
/// Of 100 parked callers those whom nobody fetches, and those who hang up. Not measured: ours.
const FORGOTTEN: f64 = 20.0;
const GIVE_UP: f64 = 8.0;

/// A caller in the parking lot.
#[derive(Clone, Debug)]
pub(super) struct Parked {
    space: u32,
    /// Microseconds UTC.
    since: i64,
    parker: usize,
    /// The parker's channel and its bridge while the number of the space is read out.
    hears: Option<(u64, Bridge)>,
    /// The call of whoever has dialled the space.
    fetcher: Option<u64>,
}

/// What happens next to a parked caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ParkStep {
    /// The parker has heard the number of the space.
    ParkerLeaves,
    /// A colleague dials the space.
    Fetch,
    /// The colleague gets the caller.
    Fetched,
    TimeOut,
    GiveUp,
}

impl World {
    pub(super) fn parking(&mut self, call: u64, step: ParkStep) {
        match step {
            ParkStep::ParkerLeaves => {
                self.parker_leaves(call);
                self.plan_parked(call);
            }
            ParkStep::Fetch => self.fetch(call),
            ParkStep::Fetched => self.give_to_fetcher(call),
            ParkStep::TimeOut => self.parking_times_out(call),
            ParkStep::GiveUp => {
                let caller = self.caller_of(call);
                self.say_hangup_request(caller, Some("16"));
                self.leave_parking_for_good(call);
            }
        }
    }

    /// The agent sends the caller to the lot by REFER and hears where the caller is.
    pub(super) fn park(&mut self, call: u64) {
        let talk = self.calls.get(&call).and_then(|call| call.talk.clone());
        let Some((talk, parker)) = talk.and_then(|talk| talk.agent.map(|agent| (talk, agent)))
        else {
            return;
        };
        let Some(space) = self.free_space() else {
            self.plan_end(call);
            return;
        };
        let caller = self.caller_of(call);
        self.new_phase(call);
        self.say_channel("Unhold", Classes::CALL, talk.peer, &[]);
        self.say_blind_transfer(caller, &talk, EXTEN);
        self.complete(call, EndedBy::Transfer, &["BLINDTRANSFER", EXTEN, "internal"]);
        // Still on the phone, but the wrap-up time runs.
        self.note_agent(parker);
        let mut lot = match self.lot.take() {
            Some(lot) => lot,
            None => self.make_bridge_for(BridgeKind::Parking),
        };
        let mut bridge = talk.bridge;
        bridge.native = false;
        self.leave_bridge(&mut bridge, caller);
        let since = self.clock;
        let parked =
            Parked { space, since, parker, hears: Some((talk.peer, bridge)), fetcher: None };
        self.say_parking("ParkedCall", caller, None, &parked);
        self.say_device(&format!("park:{space}@parkedcalls"), "INUSE");
        self.enter_bridge(&mut lot, caller, None);
        self.lot = Some(lot);
        self.say_variable(caller, "BRIDGEPEER", "");
        self.say_channel("MusicOnHoldStart", Classes::CALL, caller, &[("Class", "default")]);
        if let Some(call) = self.calls.get_mut(&call) {
            call.talk = None;
            call.parked = Some(parked);
        }
        if let Some(truth) = self.truth.calls.get_mut(&call) {
            truth.transfers += 1;
            truth.parked = true;
        }
        // 2.6 s in both captures.
        let after = self.chance.between(2_600_000, 2_700_000);
        self.plan_step(call, after, Step::Park(ParkStep::ParkerLeaves));
    }

    fn free_space(&self) -> Option<u32> {
        let taken = |space: &u32| {
            self.calls.values().filter_map(|call| call.parked.as_ref()).any(|p| p.space == *space)
        };
        (SPACES.0..=SPACES.1).find(|space| !taken(space))
    }

    /// `ParkedCall` and its like: the caller, whoever fetches it, the space and its times.
    fn say_parking(&mut self, name: &str, caller: u64, fetcher: Option<&Channel>, parked: &Parked) {
        let Some(caller) = self.snapshot(caller) else { return };
        let mut event = self.event(name, Classes::CALL);
        event.channel("Parkee", &caller);
        if let Some(fetcher) = fetcher {
            event.channel("Retriever", fetcher);
        }
        self.parking_fields(&mut event, parked);
        self.say(event);
    }

    /// Where the caller is parked, by whom and since when.
    fn parking_fields(&self, event: &mut Event, parked: &Parked) {
        let parker = self.agents.get(parked.parker);
        let lasted = (self.clock - parked.since) / SECOND;
        event
            .field("ParkerDialString", parker.map_or("", |parker| parker.interface.as_str()))
            .field("Parkinglot", LOT)
            .number("ParkingSpace", parked.space)
            .number("ParkingTimeout", (TIMEOUT_S - lasted).max(0))
            .number("ParkingDuration", lasted);
    }

    /// `ParkedCalls`: one item for each caller in the lot.
    pub(super) fn list_parked(&self, asked: &Asked<'_>) -> Reply {
        let mut reply = super::lists::begin(asked, "Parked calls will follow");
        let mut items = 0_u32;
        for call in self.calls.values() {
            let caller = self.channels.get(&call.caller);
            let (Some(parked), Some(caller)) = (&call.parked, caller) else { continue };
            let mut event = Event::item("ParkedCall");
            asked.mark(&mut event);
            event.channel("Parkee", caller);
            self.parking_fields(&mut event, parked);
            event.finish_into(&mut reply);
            items += 1;
        }
        let mut event = Event::item("ParkedCallsComplete");
        asked.mark(&mut event);
        event.field("EventList", "Complete").number("ListItems", items).number("Total", items);
        event.finish_into(&mut reply);
        reply
    }

    fn parker_leaves(&mut self, call: u64) {
        let parked = self.calls.get_mut(&call).and_then(|call| call.parked.as_mut());
        let Some((channel, mut bridge)) = parked.and_then(|parked| parked.hears.take()) else {
            return;
        };
        self.say_variable(channel, "BRIDGEPEER", "");
        self.leave_bridge(&mut bridge, channel);
        self.destroy_bridge(&bridge);
        let parker = match self.channels.get(&channel).map(|channel| channel.endpoint) {
            Some(Endpoint::Agent(agent)) => Some(agent),
            _ => None,
        };
        self.hang_up(channel, 16);
        if let Some(parker) = parker {
            self.agent_after_call(parker);
        }
    }

    fn plan_parked(&mut self, call: u64) {
        let parked = self.calls.get(&call).and_then(|call| call.parked.as_ref());
        let Some(ends) = parked.map(|parked| parked.since + TIMEOUT_S * SECOND) else { return };
        let left = ends - self.clock;
        let after = self.chance.lognormal(12.0, 0.6).max(SECOND);
        let (after, step) = if after >= left || self.chance.percent(FORGOTTEN) {
            (left, ParkStep::TimeOut)
        } else if self.chance.percent(GIVE_UP) {
            (after, ParkStep::GiveUp)
        } else {
            (after, ParkStep::Fetch)
        };
        self.plan_step(call, after, Step::Park(step));
    }

    /// A colleague (or the parker) dials the space; nobody has time: nobody does.
    fn fetch(&mut self, call: u64) {
        let Some(parked) = self.calls.get(&call).and_then(|call| call.parked.clone()) else {
            return;
        };
        let Some(agent) = self.some_free_agent(None) else {
            let left = parked.since + TIMEOUT_S * SECOND - self.clock;
            self.plan_step(call, left, Step::Park(ParkStep::TimeOut));
            return;
        };
        let space = parked.space.to_string();
        let channel = self.make_channel(Endpoint::Agent(agent), ChannelState::Ring, &space, None);
        let fetcher = self.make_call(channel, 0, CallKind::Internal);
        self.say_newchannel(channel);
        self.pass(100, 300);
        self.say_newexten(channel, "ParkedCall", &format!("{LOT},{space}"));
        self.say_newstate(channel, ChannelState::Up);
        self.refresh_endpoint(channel);
        if let Some(parked) = self.calls.get_mut(&call).and_then(|call| call.parked.as_mut()) {
            parked.fetcher = Some(fetcher);
        }
        // Asterisk waits half a second after it has answered.
        self.plan_step(call, 500_000, Step::Park(ParkStep::Fetched));
    }

    fn give_to_fetcher(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let parked = self.calls.get_mut(&call).and_then(|call| call.parked.take());
        let Some(parked) = parked else { return };
        let Some(fetcher) = parked.fetcher else { return };
        let channel = self.caller_of(fetcher);
        let (Some(from), Some(by)) = (self.snapshot(caller), self.snapshot(channel)) else {
            return;
        };
        self.new_phase(call);
        self.say_parking("UnParkedCall", caller, Some(&by), &parked);
        let mut bridge = self.make_bridge();
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        self.say_device(&format!("park:{}@parkedcalls", parked.space), "NOT_INUSE");
        self.leave_lot(caller);
        self.enter_bridge(&mut bridge, caller, None);
        // The calls become one, and nothing else says so.
        self.set(channel, |channel| channel.linkedid.clone_from(&from.linkedid));
        self.enter_bridge(&mut bridge, channel, None);
        self.say_peers(channel, caller, true);
        self.connect_line(channel, &from.caller_num, &from.caller_name);
        self.connect_line(caller, &by.caller_num, &by.caller_name);
        bridge.native = true;
        let agent = match by.endpoint {
            Endpoint::Agent(agent) => Some(agent),
            Endpoint::Trunk(_) | Endpoint::Local(_) => None,
        };
        let ends = self.clock + self.chance.lognormal(50.0, 0.6).max(3 * SECOND);
        let talk = Talk {
            peer: channel,
            agent,
            bridge,
            since: self.clock,
            queue: None,
            held_since: None,
            ends,
        };
        if let Some(call) = self.calls.get_mut(&call) {
            call.talk = Some(talk);
        }
        self.forget_call(fetcher);
        self.plan_end(call);
    }

    /// Whether that channel is of somebody who fetched a parked caller.
    pub(super) fn fetched(&self, channel: u64) -> bool {
        self.channels.get(&channel).is_some_and(|channel| channel.application == "ParkedCall")
    }

    /// Nobody came: the parker's phone rings, if the parker has time.
    fn parking_times_out(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let parked = self.calls.get_mut(&call).and_then(|call| call.parked.take());
        let Some(parked) = parked else { return };
        self.new_phase(call);
        let number = self.agents.get(parked.parker).map(|parker| parker.number.clone());
        let exten = format!("PJSIP_{}", number.unwrap_or_default());
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        self.set(caller, |channel| {
            channel.context = CONTEXT;
            channel.exten.clone_from(&exten);
            channel.priority = 1;
        });
        self.say_device(&format!("park:{}@parkedcalls", parked.space), "NOT_INUSE");
        self.say_parking("ParkedCallTimeOut", caller, None, &parked);
        self.leave_lot(caller);
        // It still shows the application that the caller comes from, and Dial is never said.
        if let Some(from) = self.snapshot(caller) {
            self.say_newexten(caller, from.application, &from.data);
        }
        self.dial(call, None, Far::Agent(parked.parker), &exten, None);
    }

    fn leave_lot(&mut self, caller: u64) {
        if let Some(mut lot) = self.lot.take() {
            self.leave_bridge(&mut lot, caller);
            self.lot = Some(lot);
        }
    }

    /// The caller hangs up in the lot, or everything ends.
    fn leave_parking_for_good(&mut self, call: u64) {
        let caller = self.caller_of(call);
        self.parker_leaves(call);
        let parked = self.calls.get_mut(&call).and_then(|call| call.parked.take());
        let Some(parked) = parked else { return };
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        self.say_parking("ParkedCallGiveUp", caller, None, &parked);
        self.say_device(&format!("park:{}@parkedcalls", parked.space), "NOT_INUSE");
        self.leave_lot(caller);
        self.say_soft_hangup(caller, "16");
        self.hang_up(caller, 16);
        self.forget_call(call);
    }

    /// The PBX stops while the caller is parked.
    pub(super) fn cut_parked(&mut self, call: u64) {
        let caller = self.caller_of(call);
        self.say_soft_hangup(caller, "4");
        self.leave_parking_for_good(call);
    }

    /// The lot's bridge, and those in which a parker hears the number of a space.
    pub(super) fn parking_bridges(&self) -> impl Iterator<Item = &Bridge> {
        let hear = self.calls.values().filter_map(|call| call.parked.as_ref()?.hears.as_ref());
        self.lot.iter().chain(hear.map(|(_, bridge)| bridge))
    }

    /// Whether the agent could talk on that channel of his: nothing else to do, no break.
    pub(super) fn can_talk(&self, agent: usize, channel: u64) -> bool {
        self.agents.get(agent).is_some_and(|agent| {
            agent.logged_in
                && agent.channels == [channel]
                && agent.pause.is_none()
                && agent.wrap_until <= self.clock
        })
    }
}
