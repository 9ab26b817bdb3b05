//! What the names in a scenario stand for: agents and contacts are numbered in the order in which they are
//! first named, so that the first agent named has the smallest id.

use cordboard::{AgentId, ContactId, Plan};

#[derive(Default)]
pub(crate) struct Names {
    agents: Vec<String>,
    contacts: Vec<String>,
}

impl Names {
    /// The id of an agent, new if the name is.
    pub(crate) fn agent_named(&mut self, name: &str) -> AgentId {
        AgentId(number(&mut self.agents, name))
    }

    /// The id of a contact, new if the name is.
    pub(crate) fn contact_named(&mut self, name: &str) -> ContactId {
        ContactId(number(&mut self.contacts, name))
    }

    pub(crate) fn is_agent(&self, name: &str) -> bool {
        self.agents.iter().any(|known| known == name)
    }

    pub(crate) fn agent(&self, id: AgentId) -> &str {
        name(&self.agents, id.0)
    }

    pub(crate) fn contact(&self, id: ContactId) -> &str {
        name(&self.contacts, id.0)
    }

    /// A message with the names in place of the numbers.
    pub(crate) fn put_into(&self, message: &str, plan: &Plan) -> String {
        let mut text = format!("{message} ");
        let mut replace = |from: String, to: &str| {
            for end in [' ', ',', ';', ':'] {
                text = text.replace(&format!("{from}{end}"), &format!("{to}{end}"));
            }
        };
        for (at, agent) in self.agents.iter().enumerate() {
            replace(format!("agent {}", at + 1), agent);
        }
        for (at, contact) in self.contacts.iter().enumerate() {
            replace(format!("contact {}", at + 1), contact);
        }
        for (at, channel) in plan.channels().iter().enumerate() {
            replace(format!("channel #{at}"), &channel.name);
        }
        for (at, queue) in plan.queues().iter().enumerate() {
            replace(format!("queue #{at}"), &queue.name);
        }
        for (at, group) in plan.groups().iter().enumerate() {
            replace(format!("agent group #{at}"), &group.name);
        }
        text.trim_end().to_owned()
    }
}

fn number(names: &mut Vec<String>, name: &str) -> u64 {
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    at as u64 + 1
}

fn name(names: &[String], number: u64) -> &str {
    usize::try_from(number).ok().and_then(|number| names.get(number.checked_sub(1)?)).map_or("?", String::as_str)
}
