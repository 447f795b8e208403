"""Every name of the product's interface that the tests use, in one place.

If a name of the REST API, of the command line or of the configuration moves,
this is the only file of the lab to follow it.
"""

# Configuration of the PBX entry beyond the link itself.
TRUNKS = ["PJSIP/trunk", "PJSIP/peer"]

# Tables: /api/v1/NAME and `busyhour NAME -o json`.
TABLES = ("links", "queues", "agents", "calls", "channels", "trunks", "anomalies",
          "whole_calls")

# Items: what the tests call it -> what the product calls it.
LINK = {"name": "acd", "state": "state", "epoch": "epoch", "advice": "advice", "reason": "reason"}
AGENT = {"agent": "agent", "name": "name", "state": "state", "reason": "reason",
         "direction": "direction"}
QUEUE = {"queue": "queue", "waiting": "waiting", "staffed": "staffed", "avail": "available",
         "ring": "agents_ringing", "acd": "on_acd", "acw": "in_acw", "aux": "in_aux",
         "other": "other"}
CALL = {"caller": "caller", "state": "state", "split": "split", "agent": "agent", "vdn": "vdn"}
CHANNEL = {"channel": "name"}
ANOMALY = {"code": "code", "what": "what"}

# The day's figures of a queue: queue_log's verdicts -> the product's item.
DAY = {"ENTERQUEUE": "offered", "CONNECT": "answered", "ABANDON": "abandoned",
       "EXITWITHTIMEOUT": "timed_out", "EXITEMPTY": "left_empty", "EXITWITHKEY": "exit_key"}

# Items of an ended call.
ENDED = {"outcome": "outcome", "by": "ended_by", "transfers": "transfers",
         "talked": "agents_talked", "visited": "splits_visited", "parked": "parked",
         "conferenced": "conferenced", "split": "split", "direction": "direction"}

# A call that crosses PBXes.
WHOLE = {"id": "whole", "caller": "caller", "state": "state", "parts": "parts", "at": "now_acd",
         "queue": "split", "queue_at": "split_acd", "agent": "agent", "agent_at": "agent_acd",
         "outcome": "outcome", "by": "ended_by", "transfers": "transfers"}
TRUNK = {"trunk": "trunk_group", "in_use": "in_use"}

# Keys of the tables that a browser follows, and items of them that do not count on.
KEYS = {"agents": ("acd", "agent"), "queues": ("acd", "queue"), "calls": ("acd", "call"),
        "channels": ("acd", "channel")}
STEADY = {"agents": ("state", "reason", "direction", "since", "split", "splits", "acd_calls"),
          "queues": ("waiting", "staffed", "available", "on_acd", "in_aux", "offered", "answered",
                     "abandoned", "timed_out"),
          "calls": ("state", "caller", "split", "agent", "outcome", "ended_by"),
          "channels": ("name", "phase", "call", "agent")}

# States: what the tests expect -> what the product may call it.
LINK_LIVE = {"live"}
AGENT_STATES = {
    "AVAIL": {"AVAIL"},
    "RING": {"RING"},
    "ACD": {"ACD"},
    "ACW": {"ACW"},
    "AUX": {"AUX"},
    "OTHER": {"OTHER"},
    # An ACD call is on hold and the agent does nothing else (cms.md 2.1).
    "HOLDING": {"OTHER"},
    # The phone is not registered.
    "AWAY": {"OTHER"},
    # An extension call rings.
    "EXT-RING": {"OTHER"},
}
CALL_STATES = {
    "IVR": {"IVR"},
    "QUEUED": {"QUEUED"},
    "RINGING": {"RINGING"},
    "TALKING": {"TALKING"},
    "HELD": {"HELD"},
    "PARKED": {"PARKED"},
    "CONFERENCE": {"CONFERENCE"},
}
CALL_ENDED = {"ENDED"}
DIRECTION = {"in": {"IN"}, "out": {"OUT"}}

# Events the product may leave out of its journal (links: LeaveOut), of VarSet all but
# these variables; and its own heartbeat, a UserEvent of this name.
NOT_KEPT = {"RTCPSent", "RTCPReceived", "TestEvent", "SuccessfulAuth", "ChallengeSent"}
VARIABLES_KEPT = {"QUEUESTATUS", "DIALSTATUS"}
HEARTBEAT = "BusyhourBeat"

# Anomalies that cut links and dead PBXes explain: code -> why.  Flows alone have none.
EXPLAINED_BY_FAULTS = {
    "channel-missing": "it ended while the link was down, or with the PBX",
}
