//! Messages that others put into the stream: `UserEvent` from the dialplan or by an action.

use super::{Event, Out, Translator};
use facts::{ChannelId, Fact, Fields, Said, Text};

/// Headers of the envelope that may stand among the sender's fields.
const NOT_THE_SENDERS: [&[u8]; 1] = [b"ActionID"];

impl Translator {
    /// The sender's own fields are those after the `UserEvent` header; values are not escaped.
    pub(super) fn user_event(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let name = e.get("UserEvent");
        if name == self.settings.heartbeat_event.as_bytes() {
            return;
        }
        let said_on = self.touch(e, "", out);
        let meant = if said_on.is_none() { self.told_channel(e) } else { None };
        let name = self.names.plain(name);
        let fields = self.fields(e);
        if self.settings.work_code_events.contains(&name) {
            self.said_work_code(said_on.as_ref(), meant.as_ref(), &fields, out);
        }
        let channel = said_on.or(meant);
        out.say(Fact::Said(Box::new(Said { name, channel, fields })));
    }

    /// A sender from outside may name the channel he means.
    fn told_channel(&mut self, e: &Event<'_>) -> Option<ChannelId> {
        let id = std::str::from_utf8(e.get("Uniqueid")).ok()?;
        self.channels.get_mut(id).map(|c| c.id.clone())
    }

    fn fields(&mut self, e: &Event<'_>) -> Fields {
        let mut fields = Fields::new();
        let own = e.msg.headers().skip_while(|h| !h.name.eq_ignore_ascii_case(b"UserEvent"));
        for h in own.skip(1) {
            if !NOT_THE_SENDERS.contains(&h.name) {
                let value = Text::from(String::from_utf8_lossy(h.value));
                fields.push((self.names.plain(h.name), value));
            }
        }
        fields
    }

    /// A code with an agent is for his last call: the channel it was dialled on is another one
    /// unless the sender named it himself.
    fn said_work_code(
        &mut self,
        said_on: Option<&ChannelId>,
        meant: Option<&ChannelId>,
        fields: &Fields,
        out: &mut Out<'_>,
    ) {
        let field = |wanted: &str| {
            let found = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.clone()).filter(|v| !v.is_empty())
        };
        let Some(code) = field("Code") else {
            return;
        };
        match (field("Agent"), said_on) {
            (None, Some(channel)) => self.work_code(channel, code.as_bytes(), out),
            (agent, _) => out.say(Fact::WorkCode { channel: meant.cloned(), agent, code }),
        }
    }
}
