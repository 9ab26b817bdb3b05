//! What the entries say, as tables for people.

use rusqlite::{CachedStatement, Connection, Result, params};

use super::telling::{self, Told};
use crate::agent::ChannelSet;
use crate::command::Command;
use crate::event::{Event, What};
use crate::id::{AgentId, ContactId, OfferId, QueueId, ReasonId};
use crate::journal::Entry;
use crate::plan::Plan;
use crate::time::Timestamp;

const EVENT: &str = "INSERT INTO event_rows VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const ARRIVE: &str = "INSERT OR REPLACE INTO contact_rows
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
const GO_ON: &str = "UPDATE contact_rows SET queue = coalesce(?2, queue), channel = coalesce(?3, channel),
    due = coalesce(?4, due), offered = coalesce(offered, ?5), answered = coalesce(answered, ?6),
    wrapped = coalesce(?7, wrapped), agent = coalesce(?8, agent), offers = offers + ?9, transfers = transfers + ?10
    WHERE contact = ?1 AND ended IS NULL";
const END: &str = "UPDATE contact_rows SET ended = ?2, outcome = ?3 WHERE contact = ?1 AND ended IS NULL";
const OFFER: &str = "INSERT OR REPLACE INTO offer_rows VALUES (?1, ?2, ?3, ?4, NULL, NULL)";
const OFFER_END: &str = "UPDATE offer_rows SET ended = ?2, outcome = ?3 WHERE offer = ?1";

/// Forgets all that the tables say.
pub(super) fn clear(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "DELETE FROM queue_names; DELETE FROM channel_names; DELETE FROM group_names; DELETE FROM contact_rows;
         DELETE FROM offer_rows; DELETE FROM agent_rows; DELETE FROM presence_rows; DELETE FROM event_rows;",
    )
}

/// Writes down the names of a plan. A plan that follows gives its names the same numbers.
pub(super) fn name(connection: &Connection, plan: &Plan) -> Result<()> {
    let queues = plan.queues().iter().map(|queue| &queue.name);
    let channels = plan.channels().iter().map(|channel| &channel.name);
    let groups = plan.groups().iter().map(|group| &group.name);
    names(connection, "INSERT OR REPLACE INTO queue_names VALUES (?1, ?2)", queues)?;
    names(connection, "INSERT OR REPLACE INTO channel_names VALUES (?1, ?2)", channels)?;
    names(connection, "INSERT OR REPLACE INTO group_names VALUES (?1, ?2)", groups)
}

fn names<'p>(connection: &Connection, insert: &str, names: impl Iterator<Item = &'p Box<str>>) -> Result<()> {
    let mut insert = connection.prepare_cached(insert)?;
    for (id, name) in names.enumerate() {
        insert.execute(params![id as i64, name])?;
    }
    Ok(())
}

/// Writes the tables, within a transaction.
pub(super) struct Tables<'c> {
    connection: &'c Connection,
    event: CachedStatement<'c>,
    arrive: CachedStatement<'c>,
    go_on: CachedStatement<'c>,
    end: CachedStatement<'c>,
    offer: CachedStatement<'c>,
    offer_end: CachedStatement<'c>,
    told: Told,
}

/// What one entry says of one contact, so that its row is written once.
#[derive(Default)]
struct Course {
    arrived: Option<Timestamp>,
    queue: Option<QueueId>,
    channel: Option<i64>,
    due: Option<Timestamp>,
    offered: Option<Timestamp>,
    answered: Option<Timestamp>,
    wrapped: Option<Timestamp>,
    agent: Option<AgentId>,
    offers: i64,
    transfers: i64,
    ended: Option<(Timestamp, &'static str)>,
    /// Something but its end.
    goes_on: bool,
}

fn instant(at: Timestamp) -> i64 {
    at.0 as i64
}

impl<'c> Tables<'c> {
    pub(super) fn new(connection: &'c Connection) -> Result<Self> {
        Ok(Self {
            connection,
            event: connection.prepare_cached(EVENT)?,
            arrive: connection.prepare_cached(ARRIVE)?,
            go_on: connection.prepare_cached(GO_ON)?,
            end: connection.prepare_cached(END)?,
            offer: connection.prepare_cached(OFFER)?,
            offer_end: connection.prepare_cached(OFFER_END)?,
            told: Told::default(),
        })
    }

    /// Writes down what an entry says.
    pub(super) fn tell(&mut self, entry: &Entry) -> Result<()> {
        if let Command::Configure { plan } = &entry.input.command {
            name(self.connection, plan)?;
        }
        let mut course: Option<(ContactId, Course)> = None;
        for event in &entry.events {
            self.told.take(event);
            self.write_event(entry, event)?;
            match self.told.contact {
                Some(contact) => {
                    if let Some((other, of_other)) = course.take_if(|(other, _)| *other != contact) {
                        self.write_course(entry, other, &of_other)?;
                    }
                    let (_, course) = course.get_or_insert_with(|| (contact, Course::default()));
                    course.take(event);
                    self.write_offer(event)?;
                }
                None => self.write_agent(entry, event)?,
            }
        }
        course.map_or(Ok(()), |(contact, course)| self.write_course(entry, contact, &course))
    }

    fn write_event(&mut self, entry: &Entry, event: &Event) -> Result<()> {
        let told = &self.told;
        self.event.execute(params![
            entry.input.seq.0 as i64,
            instant(event.at),
            told.kind,
            told.contact.map(|id| id.0 as i64),
            told.agent.map(|id| id.0 as i64),
            told.offer.map(|id| id.0 as i64),
            told.queue.map(|id| id.0),
            told.channel.map(|id| id.0),
            Some(&told.detail).filter(|detail| !detail.is_empty()),
        ])?;
        Ok(())
    }

    fn write_course(&mut self, entry: &Entry, contact: ContactId, it: &Course) -> Result<()> {
        let id = contact.0 as i64;
        let agent = it.agent.map(|agent| agent.0 as i64);
        let queue = it.queue.map(|queue| queue.0);
        let [due, offered, answered, wrapped] = [it.due, it.offered, it.answered, it.wrapped].map(|at| at.map(instant));
        if let (Some(arrived), Command::Enqueue { new, .. }) = (it.arrived, &entry.input.command) {
            let channel = it.channel.unwrap_or(i64::from(new.channel.0));
            let (ended, outcome) = it.ended.map(|(at, how)| (instant(at), how)).unzip();
            self.arrive.execute(params![
                entry.input.seq.0 as i64,
                id,
                entry.key.as_ref().map(|key| &**key.reveal()),
                new.customer.map(|customer| customer.0 as i64),
                queue.unwrap_or(new.queue.0),
                channel,
                instant(arrived),
                due,
                offered,
                answered,
                wrapped,
                ended,
                agent,
                it.offers,
                it.transfers,
                outcome,
            ])?;
            return Ok(());
        }
        if it.goes_on {
            let row = params![id, queue, it.channel, due, offered, answered, wrapped, agent, it.offers, it.transfers];
            self.go_on.execute(row)?;
        }
        if let Some((at, outcome)) = it.ended {
            self.end.execute(params![id, instant(at), outcome])?;
        }
        Ok(())
    }

    fn write_offer(&mut self, event: &Event) -> Result<()> {
        let at = instant(event.at);
        let mut end = |offer: OfferId, how| self.offer_end.execute(params![offer.0 as i64, at, how]);
        match event.what {
            What::Offered { offer, contact, agent, .. } => {
                self.offer.execute(params![offer.0 as i64, contact.0 as i64, agent.0 as i64, at])?
            }
            What::Accepted { offer, .. } => end(offer, "accepted")?,
            What::OfferEnded { offer, end: how, .. } => end(offer, telling::offer_end(how))?,
            _ => 0,
        };
        Ok(())
    }

    /// Agents come and go seldom, beside contacts.
    fn write_agent(&self, entry: &Entry, event: &Event) -> Result<()> {
        let at = instant(event.at);
        let change = |set: &str, agent: AgentId, value: i64| {
            let update = format!("UPDATE agent_rows SET {set} WHERE agent = ?1 AND signed_out IS NULL");
            self.connection.prepare_cached(&update)?.execute([agent.0 as i64, value])
        };
        match event.what {
            What::AgentSignedIn { agent, group } => {
                let asked = match &entry.input.command {
                    Command::SignIn { ready, .. } => *ready,
                    _ => ChannelSet::NONE,
                };
                let ready = asked.0 as i64;
                // One who drained stays after all.
                let stays = "grp = ?3, ready = ?2, draining = 0, lost = 0";
                let update = format!("UPDATE agent_rows SET {stays} WHERE agent = ?1 AND signed_out IS NULL");
                let row = [agent.0 as i64, ready, i64::from(group.0)];
                if self.connection.prepare_cached(&update)?.execute(row)? == 0 {
                    let insert = "INSERT INTO agent_rows VALUES (NULL, ?1, ?3, ?2, ?4, NULL, 0, 0)";
                    self.connection.prepare_cached(insert)?.execute([row[0], row[1], row[2], at])?;
                }
                self.write_presence(entry, event, agent, asked, true, ReasonId::NONE, None)
            }
            What::AgentDraining { agent } => change("draining = ?2", agent, 1).map(drop),
            What::AgentLost { agent, .. } => change("lost = ?2", agent, 1).map(drop),
            What::AgentBack { agent } => change("lost = ?2", agent, 0).map(drop),
            What::AgentSignedOut { agent } => {
                self.write_presence(entry, event, agent, ChannelSet::ALL, false, ReasonId::NONE, None)?;
                change("signed_out = ?2", agent, at).map(drop)
            }
            What::PresenceChanged { agent, channels, ready, reason, until } => {
                self.write_presence(entry, event, agent, channels, ready, reason, until)?;
                let set = if ready { "ready = ready | ?2" } else { "ready = ready & ~?2" };
                change(set, agent, channels.0 as i64).map(drop)
            }
            _ => Ok(()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row, from three kinds of event")]
    fn write_presence(
        &self,
        entry: &Entry,
        event: &Event,
        agent: AgentId,
        channels: ChannelSet,
        ready: bool,
        reason: ReasonId,
        until: Option<Timestamp>,
    ) -> Result<()> {
        let insert = "INSERT INTO presence_rows VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.connection.prepare_cached(insert)?.execute(params![
            entry.input.seq.0 as i64,
            instant(event.at),
            agent.0 as i64,
            channels.0 as i64,
            ready,
            reason.0,
            until.map(instant),
        ])?;
        Ok(())
    }
}

impl Course {
    fn take(&mut self, event: &Event) {
        let at = event.at;
        let mut goes_on = true;
        match event.what {
            What::Arrived { queue, .. } => (self.arrived, self.queue) = (Some(at), Some(queue)),
            What::Overflowed { queue, .. } => self.queue = Some(queue),
            What::Transferred { queue, .. } => {
                self.queue = Some(queue);
                self.transfers += 1;
            }
            What::Due { .. } => self.due = Some(at),
            What::ChannelChanged { channel, .. } => self.channel = Some(i64::from(channel.0)),
            What::Offered { .. } => {
                self.offered = self.offered.or(Some(at));
                self.offers += 1;
            }
            What::Accepted { agent, connect_by, .. }
            | What::Assigned { agent, connect_by, .. }
            | What::Claimed { agent, connect_by, .. } => {
                self.agent = Some(agent);
                if connect_by.is_none() {
                    self.answered = self.answered.or(Some(at));
                }
            }
            What::Connected { agent, .. } => {
                self.agent = Some(agent);
                self.answered = self.answered.or(Some(at));
            }
            What::HandedOver { to, .. } => self.agent = Some(to),
            What::WrapUpStarted { .. } => self.wrapped = Some(at),
            What::Ended { outcome, .. } => {
                self.ended = Some((at, telling::outcome(outcome)));
                goes_on = false;
            }
            _ => goes_on = false,
        }
        self.goes_on |= goes_on;
    }
}
