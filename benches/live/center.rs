//! A thousand agents, and calls that come, are taken at once, and end.

use cordboard::{AgentId, ChannelId, ChannelSet, Command, ContactId, GroupId, NewContact, Plan, QueueId};

pub(crate) const AGENTS: u64 = 1_000;

/// Calls of one stream at once.
const TALKING: u64 = 100;

pub(crate) fn plan() -> Plan {
    Plan::builder()
        .capacity("phone", |phone| phone.takes("voice", 1))
        .agents("team", "phone", |team| team)
        .queue("service", |queue| queue)
        .build()
        .expect("the plan is sound")
}

pub(crate) fn sign_ins() -> impl Iterator<Item = Command> {
    let sign_in = |agent| Command::SignIn { agent, group: GroupId(0), skills: None, ready: ChannelSet::ALL };
    (1..=AGENTS).map(AgentId).map(sign_in)
}

/// The `number`th command of a stream, from 1: in turn a call comes, and the one that came a hundred before ends. Streams do not mix
/// up their calls.
pub(crate) fn command(stream: u64, number: u64) -> Command {
    let call = number.div_ceil(2);
    let contact = |call: u64| ContactId((stream << 40) + call);
    if !number.is_multiple_of(2) {
        Command::Enqueue { contact: contact(call), new: NewContact::new(QueueId(0), ChannelId(0)) }
    } else if call > TALKING {
        Command::Complete { contact: contact(call - TALKING) }
    } else {
        Command::SetContext { contact: contact(call), context: (*b"first").into() }
    }
}
