//! The lines of a scenario:
//!
//! ```text
//! at 20s                                              time passes until then
//! ann signs in as team [on voice and chat] [with en=80 es=20]
//! ann signs out [at once]
//! ann is ready [on voice]      ann is not ready [on voice and chat] [reason 3]
//! ann now has en=80 es=20
//! ann is alive                ann is cut off              ann stays [until 17m]
//! ann holds                                           shows her load
//! bob joins c1 [to advise]    bob parts from c1
//! ann claims c1               ann may claim           shows what
//! service opens | closes                              a queue
//! chat c1 arrives in service [priority 3] [aged 30s] [answer within 20s] [waiting at most 30s]
//!         [not before 10m] [of 7] [for ann alone 20s | forever] [wrap-up 30s | fixed 30s | open | none] [needing en >= 50 and es]
//! o1 accepted | declined | revoked
//! c1 connected | not connected | held | resumed | quiet | parked | woken | completed | wrapped up | re-queued
//! c1 abandoned | cancelled | written in by its customer | written in by its agent
//! c1 has priority 3            c1 needs en >= 50      c1 assigned to ann
//! c1 goes on as callback                              over another channel
//! c1 transferred to sales | to ann alone 20s | forever | needing es   [anew]
//! c1 with order 4711                                  attaches what follows; to be seen with: read c1
//! who 7                                               what is known of customer 7
//! why c1                                              where it is, and what stands between it and each agent
//! again 7/1: …                                        the same command id, from source 7
//! ```
//! `needing` comes last and takes the rest of its line.

use cordboard::{
    AgentId, ChannelSet, Command, CommandId, ContactId, CustomerId, Leave, Needs, NewContact, OfferId, Plan, Preferred,
    ReasonId, Role, Skills, Span, Timestamp, TransferTo, WrapUp,
};

use crate::names::Names;

pub(crate) enum Line {
    Command { id: CommandId, command: Box<Command> },
    At(Timestamp),
    Load(AgentId),
    Why(ContactId),
    Who(CustomerId),
    Read(ContactId),
    MayClaim(AgentId),
}

pub(crate) fn read_line(line: &str, names: &mut Names, plan: &Plan, now: Timestamp) -> Result<Line, String> {
    let mut reader = Reader { words: Words::of(line), names, plan, now };
    let read = reader.line().map_err(|why| format!("`{line}`: {why}"))?;
    match reader.words.next() {
        None => Ok(read),
        Some(more) => Err(format!("`{line}`: `{more}` is one word too many")),
    }
}

struct Words<'t> {
    rest: &'t str,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Self {
        Self { rest: text.trim() }
    }

    fn next(&mut self) -> Option<&'t str> {
        let end = self.rest.find(' ').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        (!word.is_empty()).then_some(word)
    }

    fn want(&mut self) -> Result<&'t str, String> {
        self.next().ok_or("something is missing at its end".into())
    }

    /// Takes these words if they come next.
    fn skip(&mut self, words: &str) -> bool {
        let after = self.rest.strip_prefix(words).filter(|after| after.is_empty() || after.starts_with(' '));
        self.rest = after.map_or(self.rest, str::trim_start);
        after.is_some()
    }

    fn all(&mut self) -> &'t str {
        std::mem::take(&mut self.rest)
    }
}

struct Reader<'t, 'n> {
    words: Words<'t>,
    names: &'n mut Names,
    plan: &'n Plan,
    now: Timestamp,
}

impl Reader<'_, '_> {
    fn line(&mut self) -> Result<Line, String> {
        let mut id = CommandId::ANONYMOUS;
        if self.words.skip("again") {
            let (source, number) =
                self.words.want()?.trim_end_matches(':').split_once('/').ok_or("write again 7/1:")?;
            let source = source.parse().map_err(|_| "the source is a number")?;
            id = CommandId { source, number: number.parse().map_err(|_| "the command has a number")? };
        }
        let first = self.words.want()?;
        if first == "at" {
            return Ok(Line::At(Timestamp::ZERO + self.span()?));
        }
        if self.names.is_agent(first) && self.words.skip("holds") {
            return Ok(Line::Load(self.names.agent_named(first)));
        }
        if self.names.is_agent(first) && self.words.skip("may claim") {
            return Ok(Line::MayClaim(self.names.agent_named(first)));
        }
        if first == "why" {
            return Ok(Line::Why(self.contact()?));
        }
        if first == "read" {
            return Ok(Line::Read(self.contact()?));
        }
        if first == "who" {
            return Ok(Line::Who(CustomerId(self.number()?)));
        }
        let command = Box::new(self.command(first)?);
        Ok(Line::Command { id, command })
    }

    fn command(&mut self, first: &str) -> Result<Command, String> {
        if let Some(channel) = self.plan.find_channel(first) {
            let contact = self.contact()?;
            return self.arrival(contact, channel);
        }
        if let Some(offer) = first.strip_prefix('o').and_then(|number| number.parse().ok()).map(OfferId) {
            return match self.words.want()? {
                "accepted" => Ok(Command::Accept { offer }),
                "declined" => Ok(Command::Decline { offer }),
                "revoked" => Ok(Command::Revoke { offer }),
                other => Err(format!("an offer is accepted, declined or revoked, and not {other}")),
            };
        }
        if let Some(queue) = self.plan.find_queue(first) {
            let open = self.words.skip("opens");
            if !open && !self.words.skip("closes") {
                return Err("a queue opens or closes".into());
            }
            return Ok(Command::SetQueueOpen { queue, open });
        }
        if self.names.is_agent(first) || self.words.rest.starts_with("signs in") {
            let agent = self.names.agent_named(first);
            return self.of_agent(agent);
        }
        let contact = self.names.contact_named(first);
        self.of_contact(contact)
    }

    fn of_agent(&mut self, agent: AgentId) -> Result<Command, String> {
        let words = &mut self.words;
        if words.skip("signs in as") {
            let group = words.want()?;
            let group = self.plan.find_group(group).ok_or_else(|| format!("there is no group {group}"))?;
            let ready = self.channels()?;
            let skills = if self.words.skip("with") { Some(self.skills()?) } else { None };
            Ok(Command::SignIn { agent, group, skills, ready })
        } else if words.skip("signs out at once") {
            Ok(Command::SignOut { agent, leave: Leave::Requeue })
        } else if words.skip("signs out") {
            Ok(Command::SignOut { agent, leave: Leave::Drain })
        } else if words.skip("now has") {
            Ok(Command::SetSkills { agent, skills: self.skills()? })
        } else if words.skip("joins") {
            let contact = self.contact()?;
            let role = if self.words.skip("to advise") { Role::Consult } else { Role::Conference };
            Ok(Command::Join { contact, agent, role })
        } else if words.skip("parts from") {
            Ok(Command::Part { agent, contact: self.contact()? })
        } else if words.skip("claims") {
            Ok(Command::Claim { agent, contact: self.contact()? })
        } else if words.skip("is alive") {
            Ok(Command::Heartbeat { agent })
        } else if words.skip("is cut off") {
            Ok(Command::LinkLost { agent })
        } else if words.skip("stays until") {
            Ok(Command::SetShift { agent, until: Some(Timestamp::ZERO + self.span()?) })
        } else if words.skip("stays") {
            Ok(Command::SetShift { agent, until: None })
        } else if words.skip("is") {
            let ready = !words.skip("not");
            if !words.skip("ready") {
                return Err("an agent is ready or not ready".into());
            }
            let channels = self.channels()?;
            let reason = if self.words.skip("reason") { ReasonId(self.number()?) } else { ReasonId::NONE };
            Ok(Command::SetPresence { agent, channels, ready, reason })
        } else {
            Err("that is nothing an agent does".into())
        }
    }

    fn of_contact(&mut self, contact: ContactId) -> Result<Command, String> {
        let words = &mut self.words;
        for (said, command) in [
            ("connected", Command::Connected { contact }),
            ("not connected", Command::ConnectFailed { contact }),
            ("held", Command::Hold { contact }),
            ("resumed", Command::Resume { contact }),
            ("written in by its customer", Command::MessageFromCustomer { contact }),
            ("written in by its agent", Command::MessageFromAgent { contact }),
            ("quiet", Command::Quiet { contact }),
            ("parked", Command::Park { contact }),
            ("woken", Command::Wake { contact }),
            ("completed", Command::Complete { contact }),
            ("wrapped up", Command::EndWrapUp { contact }),
            ("re-queued", Command::Requeue { contact }),
            ("abandoned", Command::Abandon { contact }),
            ("cancelled", Command::Cancel { contact }),
        ] {
            if words.skip(said) {
                return Ok(command);
            }
        }
        if words.skip("with") {
            Ok(Command::SetContext { contact, context: words.all().as_bytes().into() })
        } else if words.skip("has priority") {
            Ok(Command::SetPriority { contact, priority: self.number()? })
        } else if words.skip("goes on as") {
            let name = words.want()?;
            let channel = self.plan.find_channel(name).ok_or_else(|| format!("there is no channel {name}"))?;
            Ok(Command::ChangeChannel { contact, channel })
        } else if words.skip("needs") {
            Ok(Command::SetNeeds { contact, needs: self.needs()? })
        } else if words.skip("assigned to") {
            let agent = words.want()?;
            Ok(Command::Assign { contact, agent: self.names.agent_named(agent) })
        } else if words.skip("transferred") {
            let to = if words.skip("needing") {
                let anew = words.rest.strip_suffix(" anew");
                let text = anew.unwrap_or(words.rest).to_owned();
                words.rest = if anew.is_some() { "anew" } else { "" };
                TransferTo::Needs(needs(&text, self.plan)?)
            } else if words.skip("to") {
                let to = words.want()?;
                match self.plan.find_queue(to) {
                    Some(queue) => TransferTo::Queue(queue),
                    None if words.skip("alone") => {
                        let agent = self.names.agent_named(to);
                        TransferTo::Agent(agent, self.span()?)
                    }
                    None => return Err(format!("{to} is no queue; for an agent, say for how long alone")),
                }
            } else {
                return Err("a contact is transferred to somewhere, or needing something".into());
            };
            Ok(Command::Transfer { contact, to, reset_age: self.words.skip("anew") })
        } else {
            Err("that is nothing that happens to a contact".into())
        }
    }

    fn arrival(&mut self, contact: ContactId, channel: cordboard::ChannelId) -> Result<Command, String> {
        if !self.words.skip("arrives in") {
            return Err("a contact arrives in a queue".into());
        }
        let queue = self.words.want()?;
        let queue = self.plan.find_queue(queue).ok_or_else(|| format!("there is no queue {queue}"))?;
        let mut new = NewContact::new(queue, channel);
        while !self.words.rest.is_empty() {
            if self.words.skip("priority") {
                new.priority = self.number()?;
            } else if self.words.skip("aged") {
                let age = self.span()?;
                if age > self.now.since(Timestamp::ZERO) {
                    return Err(format!("nothing is {age} old at {}", self.now));
                }
                new.age_origin = Some(self.now - age);
            } else if self.words.skip("of") {
                new.customer = Some(CustomerId(self.number()?));
            } else if self.words.skip("answer within") {
                new.answer_within = Some(self.span()?);
            } else if self.words.skip("waiting at most") {
                new.max_wait = Some(self.span()?);
            } else if self.words.skip("wrap-up") {
                new.wrap_up = Some(self.wrap_up()?);
            } else if self.words.skip("for") {
                let agent = self.words.want()?;
                let agent = self.names.agent_named(agent);
                if !self.words.skip("alone") {
                    return Err("say for how long it waits for that agent alone".into());
                }
                new.preferred = Some(Preferred { agent, wait: self.span()? });
            } else if self.words.skip("not before") {
                new.not_before = Some(Timestamp::ZERO + self.span()?);
            } else if self.words.skip("needing") {
                new.needs = self.needs()?;
            } else {
                return Err(format!("nothing is known of `{}`", self.words.rest));
            }
        }
        Ok(Command::Enqueue { contact, new })
    }

    fn contact(&mut self) -> Result<ContactId, String> {
        let name = self.words.want()?;
        Ok(self.names.contact_named(name))
    }

    fn wrap_up(&mut self) -> Result<WrapUp, String> {
        Ok(if self.words.skip("none") {
            WrapUp::None
        } else if self.words.skip("open") {
            WrapUp::Open
        } else if self.words.skip("fixed") {
            WrapUp::Fixed(self.span()?)
        } else {
            WrapUp::UpTo(self.span()?)
        })
    }

    fn span(&mut self) -> Result<Span, String> {
        match self.words.want()? {
            "forever" => Ok(Span::MAX),
            word => Span::parse(word).map_err(|error| error.to_string()),
        }
    }

    fn number<T: std::str::FromStr>(&mut self) -> Result<T, String> {
        let word = self.words.want()?;
        word.parse().map_err(|_| format!("{word} is not a number that fits"))
    }

    fn needs(&mut self) -> Result<Needs, String> {
        let text = self.words.all();
        needs(text, self.plan)
    }

    /// `on voice and chat`, or every channel.
    fn channels(&mut self) -> Result<ChannelSet, String> {
        if !self.words.skip("on") {
            return Ok(ChannelSet::ALL);
        }
        let mut channels = ChannelSet::NONE;
        loop {
            let name = self.words.want()?;
            if name != "nothing" {
                let channel = self.plan.find_channel(name).ok_or_else(|| format!("there is no channel {name}"))?;
                channels = channels.with(channel);
            }
            if !self.words.skip("and") {
                return Ok(channels);
            }
        }
    }

    fn skills(&mut self) -> Result<Skills, String> {
        let mut skills = Vec::new();
        while let Some(word) = self.words.next() {
            let (name, level) = word.split_once('=').ok_or_else(|| format!("write {word}=80"))?;
            let skill = self.plan.find_skill(name).ok_or_else(|| format!("there is no skill {name}"))?;
            skills.push((skill, level.parse().map_err(|_| format!("{level} is not a proficiency"))?));
        }
        Ok(skills.into_iter().collect())
    }
}

fn needs(text: &str, plan: &Plan) -> Result<Needs, String> {
    if let Some(named) = plan.find_requirement(text) {
        return Ok(Needs::Named(named));
    }
    let requirement = plan.requirement(text).map_err(|error| error.to_string())?;
    Ok(Needs::Own(Box::new(requirement)))
}
