//! The shapes of the tables that are about more than one ACD, or about none: what was decided,
//! and what follows from it. They are made from the tables of all ACDs, not by one ACD's fold.

use facts::table::{Column, Shape, Type};

macro_rules! columns {
    ($($name:ident $kind:ident $doc:literal;)*) => {
        &[$(Column { name: stringify!($name), kind: Type::$kind, doc: $doc },)*]
    };
}

/// `levels`: what deserves attention now.
pub const LEVELS: Shape = Shape {
    name: "levels",
    doc: "a figure that deserves attention now by the thresholds in force; no row: plain",
    key: 4,
    columns: columns! {
        acd Text "the switch; empty for a group, which may reach over several";
        kind Text "queue, agent or group";
        name Text "the queue, the agent's identity, or the group";
        measure Text "which figure: a measure of table `thresholds`";
        level Text "caution or warning";
        since Stamp "since when it has been at this level or above: when the limit was reached, and the threshold's duration after it";
        value Int "the figure: calls, agents or percent; null for a time, which counts on";
        began Stamp "of a time: when it began; null for other figures";
        value_s Age "of a time: whole seconds since then; null for other figures";
        limit Int "the limit of this level, in the measure's unit";
        scope Text "whose threshold it is: queue, group, members or default";
    },
};

/// `groups`: one row a group, sums over its members.
pub const GROUPS: Shape = Shape {
    name: "groups",
    doc: "a group of queues or agents as it is now, over all switches; counts of today are sums",
    key: 2,
    columns: columns! {
        acd Text "always empty: a group belongs to the centre, not to one switch";
        group Text "its name";
        kind Text "queues or agents";
        members Text "what was decided to be in it: ACD/NAME, comma and blank between; * stands for any run of characters";
        matched Int "queues there are that are members; of a group of agents: agents logged on that are, = staffed";
        waiting Int "callers who wait in its queues: sum of queues.waiting; null for agents";
        ringing Int "of them: whose call rings at an agent: sum of queues.ringing; null for agents";
        oldest_since Stamp "when the one who has waited longest joined: least of queues.oldest_since; null if nobody waits";
        oldest_s Age "how long he has waited, whole seconds; null if nobody waits";
        staffed Int "agents logged on to any of its queues, each counted once (rows of cagent) = available + agents_ringing + on_acd + in_acw + in_aux + other; of agents: rows of agents";
        available Int "of staffed: ready for a call of one of its queues at least, and in none of the states before it; of agents: agents.state AVAIL";
        agents_ringing Int "of staffed: a call of its queues rings; of agents: state RING";
        on_acd Int "of staffed: on a call of its queues; of agents: state ACD";
        in_acw Int "of staffed: in after-call work of its queues; of agents: state ACW";
        in_aux Int "of staffed: paused in all of its queues he is in, or on a call of his own; of agents: state AUX";
        other Int "of staffed: none of these; of agents: state OTHER";
        offered Int "sum of queues.offered; null for agents, as are all below";
        answered Int "sum of queues.answered";
        abandoned Int "sum of queues.abandoned";
        answered_in_sl Int "sum of queues.answered_in_sl, each queue by its own service level";
        ended Int "calls that left its queues today: sums of queues.answered, abandoned, timed_out, left_empty, exit_key, left and lost";
        service_level_pct Int "answered_in_sl of ended, whole percent, halves up; null if none";
        abandoned_pct Int "abandoned of ended, whole percent, halves up; null if none";
    },
};

/// `thresholds`: what is in force.
pub const THRESHOLDS: Shape = Shape {
    name: "thresholds",
    doc: "a threshold in force; for each measure a queue follows the first that there is of: its own (scope queue), that of the members of a group it is in (members; of several groups the first by name), the default; an agent members or default; a group as a whole its own (group), and for percentages and times the default",
    key: 4,
    columns: columns! {
        acd Text "the switch of the queue; empty for other scopes";
        scope Text "default, group (as a whole), members (of a group, each by itself) or queue";
        name Text "the group or the queue; empty for the default";
        measure Text "waiting oldest_wait_s service_level_pct abandoned_pct available staffed of queues and groups of queues; aux_s acw_s ring_s acd_s hold_s rona of agents";
        direction Text "above: at the limit and more; below: at the limit and less";
        caution Int "from here on it deserves a look; null: no such level";
        warning Int "from here on something must be done; null: no such level; both null: never a level";
        hysteresis Int "how far it must come back behind a limit before the level is over, in the measure's unit; 0: as soon as the limit is not reached";
        for_s Int "for how many seconds on end a limit must be reached before it counts";
        decree Text "the decree that says so; null if built in";
        author Text "who made that decree";
        at Stamp "when";
    },
};

/// What follows from decisions, in the order in which they are listed for people.
pub const DECIDED_SHAPES: &[Shape] = &[LEVELS, GROUPS, THRESHOLDS];
