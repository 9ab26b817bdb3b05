//! What must hold after every step, worked out from the reference's lists and the events. The events are
//! the engine's too, so that what holds of the one holds of the other.

use cordboard::{AgentId, Command, ContactId, Event, Load, Outcome, OverflowTo, Stage, Stamped, What};

use crate::questions::everything_next;
use crate::reference::{Agent, Ask, Place, Reference};

/// What is remembered from before a step.
pub(crate) struct Before {
    loads: Vec<(AgentId, u64)>,
    /// For an arrival: how many waited in its queue.
    in_line: u32,
    /// The agent whose load the command may push over the limit.
    over: Option<AgentId>,
}

/// Counts over the whole run.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ledger {
    arrived: u64,
    ended: u64,
}

impl Before {
    pub(crate) fn of(state: &Reference, input: &Stamped) -> Self {
        let loads = state.agents.iter().map(|agent| (agent.id, state.load(agent))).collect();
        let in_line = match &input.command {
            Command::Enqueue { new, .. } => state.waiting.iter().filter(|it| it.queue == new.queue).count() as u32,
            _ => 0,
        };
        let over = match input.command {
            Command::Assign { agent, .. } | Command::SignIn { agent, .. } => Some(agent),
            // The wrap-up of one that was quiet or held may not fit.
            Command::Complete { contact } => match state.place(contact) {
                Some(Place::With(a, h)) if matches!(state.agents[a].holds[h].stage, Stage::Quiet | Stage::Held) => {
                    Some(state.agents[a].id)
                }
                _ => None,
            },
            _ => None,
        };
        Self { loads, in_line, over }
    }
}

impl Ledger {
    /// Says which invariant is broken, if one is. `thorough` looks at every pair of contact and agent.
    pub(crate) fn check(
        &mut self,
        before: &Before,
        input: &Stamped,
        events: &[Event],
        state: &Reference,
        thorough: bool,
    ) -> Result<(), String> {
        self.loads(before, input, events, state)?;
        self.conservation(events, state)?;
        exact_limit(before, input, events, state)?;
        if thorough {
            one_place_each(state)?;
            nobody_waits_who_could_be_taken(state)?;
        }
        Ok(())
    }

    /// No agent is over the limit who was not before, unless the host forced it.
    fn loads(&self, before: &Before, input: &Stamped, events: &[Event], state: &Reference) -> Result<(), String> {
        if matches!(input.command, Command::Configure { .. }) {
            return Ok(());
        }
        for agent in &state.agents {
            let load = state.load(agent);
            let was = before.loads.iter().find(|(id, _)| *id == agent.id).map_or(0, |&(_, load)| load);
            let woken = events
                .iter()
                .any(|event| matches!(event.what, What::Woken { agent: by, forced: true, .. } if by == agent.id));
            if load > u64::from(Load::FULL.0).max(was) && before.over != Some(agent.id) && !woken {
                return Err(format!("{} went from a load of {was} to {load} without force", agent.id));
            }
        }
        Ok(())
    }

    /// Whoever arrived has ended or is there.
    fn conservation(&mut self, events: &[Event], state: &Reference) -> Result<(), String> {
        for event in events {
            match event.what {
                What::Arrived { .. } => self.arrived += 1,
                What::Ended { .. } => self.ended += 1,
                _ => {}
            }
        }
        let present = state.present() as u64;
        if self.arrived != self.ended + present {
            return Err(format!("{} arrived, {} ended, {present} are there", self.arrived, self.ended));
        }
        Ok(())
    }
}

/// An arrival whose queue sends nobody elsewhere is turned away exactly when it is closed or as many wait as may;
/// otherwise the line is never longer than that.
fn exact_limit(before: &Before, input: &Stamped, events: &[Event], state: &Reference) -> Result<(), String> {
    let Command::Enqueue { contact, new } = &input.command else { return Ok(()) };
    let Some(queue) = state.plan.queue(new.queue) else { return Ok(()) };
    let (limit, overflow) = (queue.limit, queue.overflow);
    if new.not_before.is_some_and(|at| at > input.at) {
        return Ok(());
    }
    if overflow.unstaffed != OverflowTo::Wait || overflow.full != OverflowTo::End {
        return Ok(());
    }
    let turned_away_at_once = state.closed.contains(&new.queue) && overflow.closed == OverflowTo::End;
    if state.closed.contains(&new.queue) && !matches!(overflow.closed, OverflowTo::End | OverflowTo::Wait) {
        return Ok(());
    }
    for event in events {
        match event.what {
            What::Queued { contact: queued, waiting, .. } if queued == *contact && waiting > limit => {
                return Err(format!("{waiting} wait in a queue with a limit of {limit}"));
            }
            What::Queued { contact: queued, .. } if queued == *contact && turned_away_at_once => {
                return Err(format!("{queued} waits in a queue that is closed"));
            }
            What::Ended { contact: ended, outcome: Outcome::TurnedAway, .. }
                if ended != *contact || (before.in_line < limit && !turned_away_at_once) =>
            {
                return Err(format!("{ended} was turned away with {} of {limit} waiting", before.in_line));
            }
            _ => {}
        }
    }
    Ok(())
}

fn one_place_each(state: &Reference) -> Result<(), String> {
    let held =
        state.agents.iter().flat_map(|agent| &agent.holds).filter(|held| !held.further).map(|held| held.contact.id);
    let mut all: Vec<ContactId> =
        state.waiting.iter().chain(&state.parked).map(|contact| contact.id).chain(held).collect();
    all.sort();
    match all.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("{} is in two places", pair[0])),
        None => Ok(()),
    }
}

fn nobody_waits_who_could_be_taken(state: &Reference) -> Result<(), String> {
    let all = everything_next(state);
    for contact in &state.waiting {
        let may = |agent: &&Agent| state.could_take(agent, contact) && state.lets(agent, contact, Ask::AtLast(&all));
        if let Some(agent) = state.agents.iter().find(may) {
            return Err(format!("{} waits though {} has room for it", contact.id, agent.id));
        }
    }
    Ok(())
}
