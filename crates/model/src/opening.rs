//! Where a fold begins that does not begin at the beginning: memberships are carried over, calls
//! are folded from some hours before the moment from which on anything counts.

use crate::Model;
use facts::{Carried, HowSeen, Member, Opening};

impl Model {
    /// Who is logged on now.
    pub fn opening(&self) -> Opening {
        let mut members = Vec::new();
        for (_, agent) in self.agents.iter() {
            for m in agent.members.iter().filter(|m| m.on) {
                let Some(split) = self.split_id(m.split) else { continue };
                let (since, found) = self.logged_on(m.logged_on, m.found);
                members.push(Carried {
                    agent: agent.id.clone(),
                    split: split.clone(),
                    name: agent.name.clone(),
                    device: agent.device.clone(),
                    status: agent.status,
                    since,
                    found,
                    penalty: m.penalty,
                    wrapup_s: m.wrapup_s,
                    paused: m.paused.then(|| m.reason.clone()),
                });
            }
        }
        // Not the order of the arena: it depends on who was there before.
        members.sort_by(|a, b| (a.since, &a.agent, &a.split).cmp(&(b.since, &b.agent, &b.split)));
        Opening { at: self.now, members }
    }

    /// Tells a model that has heard nothing who is logged on.
    pub fn open(&mut self, opening: &Opening) {
        let at = opening.at;
        self.advance(at);
        for carried in &opening.members {
            let member = Member {
                agent: carried.agent.clone(),
                split: carried.split.clone(),
                name: carried.name.clone(),
                device: carried.device.clone(),
                penalty: carried.penalty,
                paused: carried.paused.is_some(),
                reason: carried.paused.clone().unwrap_or_else(|| self.empty.clone()),
                status: carried.status,
                calls_taken: 0,
                last_call: None,
                last_pause: None,
                logged_on: Some(carried.since),
                wrapup_s: carried.wrapup_s,
                seen: if carried.found { HowSeen::Listed } else { HowSeen::Kept },
            };
            self.member_is(&member, at);
        }
        self.changes += 1;
    }
}
