//! What a simulated PBX is like: size, queues, accounts, version, seed.

use crate::class::Classes;
use crate::rhythm::Rhythm;

/// Which Asterisk is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 16.28 with AMI 5.0.4.
    V16,
    /// 22.10 with AMI 11.0.0.
    V22,
}

impl Version {
    /// The version of AMI in the banner.
    #[must_use]
    pub fn ami(self) -> &'static str {
        match self {
            Self::V16 => "5.0.4",
            Self::V22 => "11.0.0",
        }
    }

    /// `AsteriskVersion` of CoreSettings.
    #[must_use]
    pub fn asterisk(self) -> &'static str {
        match self {
            Self::V16 => "16.28.0~sim",
            Self::V22 => "22.10.1~sim",
        }
    }
}

/// An account of manager.conf.
#[derive(Clone, Debug)]
pub struct User {
    /// `Username` of Login.
    pub name: String,
    /// The secret, in clear.
    pub secret: String,
    /// Which events it gets.
    pub read: Classes,
    /// Which actions it may send.
    pub write: Classes,
}

/// One queue and what its callers are like.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Name in queues.conf.
    pub name: String,
    /// The number that callers dial for it, in context `from-trunk`.
    pub exten: String,
    /// Mean talk time in seconds (lognormal).
    pub talk_mean_s: f64,
    /// Mean patience in seconds (exponential).
    pub patience_mean_s: f64,
    /// `wrapuptime` in seconds.
    pub wrapuptime_s: u32,
    /// `timeout`: seconds that a member's phone rings.
    pub ring_s: u32,
    /// `servicelevel` in seconds.
    pub servicelevel_s: u32,
    /// The timeout argument of `Queue()`: the longest wait in seconds.
    pub wait_max_s: u32,
    /// `autopause=yes`: a member that does not answer is paused in this queue.
    pub autopause: bool,
    /// `maxlen`: no more callers than this may wait; 0 is no limit.
    pub maxlen: u32,
    /// `joinempty=no` and `leavewhenempty=yes`: nobody waits where no member is logged in.
    pub needs_members: bool,
    /// Where callers go on after `wait_max_s`, by place in [`Settings::queues`]; else they are
    /// told so and hung up.
    pub overflow: Option<usize>,
}

/// Everything about one simulated PBX.
#[derive(Clone, Debug)]
pub struct Settings {
    /// People who answer calls.
    pub agents: u32,
    /// The queues; [`Settings::centre`] fills in a believable set.
    pub queues: Vec<Queue>,
    /// Trunk endpoints (`PJSIP/<name>`).
    pub trunks: Vec<String>,
    /// What the hours are like.
    pub rhythm: Rhythm,
    /// Whether what a real Asterisk does rarely happens here, as often as was measured: see
    /// docs/simulator.md.
    pub traps: bool,
    /// Of 100 conversations with queue callers those in which the caller is parked.
    pub parks_percent: f64,
    /// Of 100 conversations with queue callers those that become a conference.
    pub conferences_percent: f64,
    /// Of 100 conversations with queue callers those in which the agent consults another queue and
    /// hands the caller over to whoever answers there.
    pub queue_consults_percent: f64,
    /// When [`crate::write_day`] restarts the PBX (`core restart now`), microseconds UTC.
    pub restart_at: Option<i64>,
    /// `systemname` of asterisk.conf: in every event, and before every unique id. Empty: none.
    pub system_name: String,
    /// The first agent's number; the others follow.
    pub first_number: u32,
    /// Agents of other PBXes that come before these: the names go on after theirs.
    pub agents_before: u32,
    /// The same seed gives the same events, stamps included.
    pub seed: u64,
    /// Accounts that may log in.
    pub users: Vec<User>,
    /// Which Asterisk is played.
    pub version: Version,
    /// Simulated microseconds for each real one; 0 is taken as 1.
    pub speed: u32,
    /// `timestampevents` of manager.conf.
    pub timestampevents: bool,
    /// Seconds lived through in silence before the start, so that calls are up at once.
    pub warm_up_s: u32,
    /// Offered load in percent of what all agents could carry if none took a break.
    pub load_percent: u32,
    /// Nobody calls and nobody touches a phone: nothing happens by itself.
    pub still: bool,
    /// Milliseconds that a session may take no byte before it is cut (`writetimeout`).
    pub write_timeout_ms: u32,
    /// Bytes waiting for one session at most; more and it is cut.
    pub session_bytes_max: usize,
    /// Ended calls kept in [`crate::Truth`]; the oldest are forgotten first.
    pub calls_remembered_max: usize,
}

/// Mean talk time of a day's calls in seconds, by kind of queue in parts of it; lognormal, as
/// Brown et al. 2005 found service times to be. The numbers are ours.
const TALK_MEAN_S: f64 = 190.0;
const TALK_SHARES: [f64; 6] = [1.0, 1.4, 0.8, 0.6, 0.9, 1.6];
/// Mean patience of a day's callers; exponential, the assumption of Erlang-A (Mandelbaum and
/// Zeltyn 2005). The number is ours.
const PATIENCE_MEAN_S: f64 = 240.0;

/// How often a day's agents park a caller, make a conference or consult another queue. Not
/// measured: ours.
const PARKS_PERCENT: f64 = 1.5;
const CONFERENCES_PERCENT: f64 = 1.0;
const QUEUE_CONSULTS_PERCENT: f64 = 0.8;

/// Names of queues in the order in which a growing centre opens them.
const QUEUES: [&str; 12] = [
    "sales",
    "support",
    "billing",
    "orders",
    "returns",
    "technical",
    "retention",
    "claims",
    "dispatch",
    "priority",
    "reservations",
    "warranty",
];

impl Settings {
    /// A contact centre of that many agents with everything else believable for its size.
    ///
    /// The account `busyhour` with secret `busyhour` may read all that a call management
    /// system needs and write `reporting,user`.
    #[must_use]
    pub fn centre(agents: u32, seed: u64) -> Self {
        Self::centre_from(agents, seed, 0)
    }

    /// A centre that lives a real day in real time: calls of real lengths, shifts, a busy hour
    /// and a quiet night, queues with limits, and the rare traps of a real Asterisk. The clocks
    /// of the centre show UTC.
    #[must_use]
    pub fn day(agents: u32, seed: u64) -> Self {
        let mut settings = Self::centre_from(agents, seed, 0);
        settings.rhythm = Rhythm::Day { offset_s: 0 };
        settings.traps = true;
        settings.parks_percent = PARKS_PERCENT;
        settings.conferences_percent = CONFERENCES_PERCENT;
        settings.queue_consults_percent = QUEUE_CONSULTS_PERCENT;
        settings.load_percent = if agents < 36 { 60 } else { 74 };
        let agents = usize::try_from(agents).unwrap_or(usize::MAX);
        let each = agents / settings.queues.len().max(1);
        for (place, queue) in settings.queues.iter_mut().enumerate() {
            let talk_share = TALK_SHARES.get(place % TALK_SHARES.len()).copied().unwrap_or(1.0);
            queue.talk_mean_s = TALK_MEAN_S * talk_share;
            queue.patience_mean_s = PATIENCE_MEAN_S;
            queue.wait_max_s = 300;
            queue.needs_members = true;
            // As many as wait for two calls of each member.
            queue.maxlen = u32::try_from(each * 2).unwrap_or(u32::MAX).max(6);
        }
        settings
    }

    /// A centre of that many agents on so many PBXes, `pbx-1` and so on, with unique ids that
    /// tell them apart. Queues and agents of the first two have the same names and numbers;
    /// those of the others have their own.
    #[must_use]
    pub fn several(agents: u32, seed: u64, pbxes: u32) -> Vec<Self> {
        let each = agents / pbxes.max(1);
        let more = agents % pbxes.max(1);
        let one = |number: u32| {
            let agents = each + u32::from(number < more);
            // The second is like the first.
            let kind = number.saturating_sub(1);
            let seed = seed.wrapping_add(u64::from(number).wrapping_mul(1_000_003));
            let mut settings = Self::centre_from(agents, seed, usize::try_from(kind).unwrap_or(0));
            settings.agents_before = kind.saturating_mul(each + 1);
            if pbxes > 1 {
                settings.system_name = format!("pbx-{}", number + 1);
            }
            let (small, large) = (1_001 + kind * 1_000, 100_001 + kind * 100_000);
            settings.first_number = if each < 999 { small } else { large };
            settings
        };
        (0..pbxes.max(1)).map(one).collect()
    }

    /// `kind`: which names its queues have.
    fn centre_from(agents: u32, seed: u64, kind: usize) -> Self {
        let agents = agents.max(1);
        let queues = match agents {
            0..=12 => 3,
            13..=35 => 4,
            36..=79 => 6,
            80..=199 => 8,
            _ => usize::try_from(agents / 17).unwrap_or(12).max(12),
        };
        Self {
            agents,
            queues: (0..queues)
                .map(|place| Queue::believable(place, queues, agents, kind))
                .collect(),
            rhythm: Rhythm::Steady,
            traps: false,
            restart_at: None,
            parks_percent: 0.0,
            conferences_percent: 0.0,
            queue_consults_percent: 0.0,
            system_name: String::new(),
            first_number: if agents < 6_000 { 1_001 } else { 100_001 },
            agents_before: 0,
            trunks: match agents {
                0..=19 => vec!["trunk".to_owned()],
                20..=199 => vec!["trunk".to_owned(), "trunk2".to_owned()],
                _ => (0..=agents / 100)
                    .map(|n| if n == 0 { "trunk".to_owned() } else { format!("trunk{}", n + 1) })
                    .collect(),
            },
            seed,
            users: vec![User {
                name: "busyhour".to_owned(),
                secret: "busyhour".to_owned(),
                read: Classes::SYSTEM
                    .with(Classes::CALL)
                    .with(Classes::AGENT)
                    .with(Classes::USER)
                    .with(Classes::DTMF)
                    .with(Classes::REPORTING)
                    .with(Classes::DIALPLAN),
                write: Classes::REPORTING.with(Classes::USER),
            }],
            version: Version::V22,
            speed: 1,
            timestampevents: true,
            warm_up_s: 900,
            load_percent: if agents < 36 { 66 } else { 72 },
            still: false,
            write_timeout_ms: 100,
            session_bytes_max: 16 << 20,
            calls_remembered_max: 20_000,
        }
    }

    /// The queues.conf that such a PBX would have; it holds the `wrapuptime` of each queue,
    /// which no AMI list shows.
    #[must_use]
    pub fn queues_conf(&self) -> String {
        let mut text = String::from(
            "[general]\npersistentmembers = yes\nautofill = yes\nshared_lastcall = yes\n",
        );
        for queue in &self.queues {
            text.push_str(&format!(
                "\n[{}]\nstrategy = leastrecent\nmusicclass = default\ntimeout = {}\nretry = 1\n\
                 wrapuptime = {}\nservicelevel = {}\nautopause = {}\nringinuse = no\nmaxlen = {}\n",
                queue.name,
                queue.ring_s,
                queue.wrapuptime_s,
                queue.servicelevel_s,
                if queue.autopause { "yes" } else { "no" },
                queue.maxlen,
            ));
        }
        text
    }
}

impl Queue {
    /// The queue at that place of `count` in a centre of so many agents.
    fn believable(place: usize, count: usize, agents: u32, kind: usize) -> Self {
        let number = place + kind * count;
        let kind = QUEUES.get(number % QUEUES.len()).copied().unwrap_or("sales");
        let name = match number / QUEUES.len() {
            0 => kind.to_owned(),
            again => format!("{kind}-{}", again + 1),
        };
        // A small centre has short calls: with 8 agents something moves every second.
        let talk = (8.0 + f64::from(agents) * 1.5).min(190.0);
        // By kind of queue: talk, patience, wrap-up in seconds, service level.
        let (talk_share, patience, wrapup, level) = match place % 6 {
            0 => (1.0, 90.0, 10, 20),
            1 => (1.4, 150.0, 15, 30),
            2 => (0.8, 110.0, 8, 20),
            3 => (0.6, 70.0, 6, 15),
            4 => (0.9, 120.0, 10, 30),
            _ => (1.6, 200.0, 20, 60),
        };
        let wrapup = match agents {
            0..=35 => wrapup / 2 + 1,
            36..=79 => wrapup,
            _ => wrapup * 2,
        };
        Self {
            name,
            exten: format!("{}", 8001 + place),
            talk_mean_s: talk * talk_share,
            patience_mean_s: patience * (talk / 190.0).max(0.45),
            wrapuptime_s: wrapup,
            ring_s: 15,
            servicelevel_s: level,
            wait_max_s: if agents < 36 { 45 } else { 120 },
            autopause: place % 3 == 1,
            maxlen: 0,
            needs_members: false,
            overflow: if place % 3 == 2 || count < 2 { None } else { Some((place + 1) % count) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn queues_conf_tells_the_wrap_up_times() {
        let settings = Settings::centre(8, 1);
        let conf = settings.queues_conf();
        assert_eq!(conf.matches("wrapuptime = ").count(), settings.queues.len());
        assert!(conf.contains("[sales]\n") && conf.contains("wrapuptime = 6\n"), "{conf}");
    }

    #[test]
    fn the_first_two_pbxes_share_names_and_the_others_do_not() {
        let all = Settings::several(100, 1, 3);
        let names = |at: usize| all[at].queues.iter().map(|q| &q.name).collect::<Vec<_>>();
        assert_eq!(names(0), names(1));
        assert!(names(0).iter().all(|name| !names(2).contains(name)));
        assert_eq!(all.iter().map(|one| one.agents).sum::<u32>(), 100);
        let ids: Vec<_> = all.iter().map(|one| (one.first_number, &*one.system_name)).collect();
        assert_eq!(ids, [(1_001, "pbx-1"), (1_001, "pbx-2"), (2_001, "pbx-3")]);
        assert!(all[0].seed != all[1].seed);
        assert_eq!(Settings::several(8, 4, 1)[0].system_name, "");
    }

    #[test]
    fn a_centre_grows_with_its_agents() {
        for (agents, queues) in [(5, 3), (30, 4), (100, 8), (500, 29), (3000, 176)] {
            let settings = Settings::centre(agents, 1);
            assert_eq!(settings.queues.len(), queues, "{agents} agents");
        }
    }
}
