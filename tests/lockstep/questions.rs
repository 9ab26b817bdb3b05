//! The engine's answers to questions, against answers found by asking everybody.

use std::collections::BTreeMap;

use cordboard::{
    ChannelId, ContactId, CustomerId, Decision, Load, Mode, Next, Obstacle, Over, Router, Stage, Timestamp, Turn,
};

use crate::reference::{Agent, Ask, Contact, Occupation, Reference};

/// Counts, explanations and positions are what looking at everybody gives.
pub(crate) fn check_answers(engine: &Router, state: &Reference) -> Result<(), String> {
    if engine.contacts() != state.present() || engine.agents() != state.agents.len() {
        let (contacts, agents) = (engine.contacts(), engine.agents());
        return Err(format!("the engine counts {contacts} contacts and {agents} agents: there are others"));
    }
    for agent in &state.agents {
        for channel in (0..64).map(ChannelId) {
            let (told, limit) = (engine.adaptive_limit(agent.id, channel), agent.limit(channel));
            if told != limit {
                return Err(format!("{} is said to have a limit of {told:?}: {limit:?}", agent.id));
            }
        }
    }
    let all = everything_next(state);
    for contact in &state.waiting {
        let told = engine.explain(contact.id).ok_or("a waiting contact is not explained")?;
        let mut expected = BTreeMap::new();
        let mut next = state.wait_ends(contact);
        for agent in &state.agents {
            let found = obstacles(state, agent, contact, &all);
            if found == [Obstacle::Ramp] {
                next = [next, agent.blocked_until(contact.channel)].into_iter().flatten().min();
            }
            if found.is_empty() {
                return Err(format!("nothing stands between {} and {}, who waits", agent.id, contact.id));
            }
            for obstacle in found {
                *expected.entry(obstacle).or_insert(0) += 1;
            }
        }
        if told.obstacles != expected
            || told.with.is_some()
            || usize::from(told.step) != contact.step
            || (told.owner, told.turn, told.turn_since) != (contact.owner, Turn::Agent, contact.turn_since)
        {
            return Err(format!("{told}\n  but by asking everybody {expected:?}"));
        }
        let next = next.filter(|&next| next < Timestamp::MAX).map(|next| next.max(state.now));
        if told.next != next {
            return Err(format!("{told}\n  but something changes at {next:?}"));
        }
        let (position, ahead) = (engine.position(contact.id), ahead_of(state, contact));
        if position != Some(ahead) {
            return Err(format!("{} is said to have {position:?} before it: {ahead}", contact.id));
        }
    }
    for contact in &state.parked {
        let told = engine.explain(contact.id).ok_or("a parked contact is not explained")?;
        let where_it_is = (told.parked, told.owner, told.turn);
        if where_it_is != (true, contact.owner, Turn::Customer)
            || told.with.is_some()
            || !told.obstacles.is_empty()
            || engine.position(contact.id).is_some()
        {
            return Err(format!("{told}, but it is parked"));
        }
    }
    for held in state.agents.iter().flat_map(|agent| agent.holds.iter().map(move |held| (agent.id, held))) {
        let told = engine.explain(held.1.contact.id).ok_or("a contact with an agent is not explained")?;
        let offers = state.offers_of(told.contact);
        if held.1.further {
            continue;
        }
        let joined = held.1.contact.joined.iter().map(|(agent, _)| agent);
        if !told.also.iter().eq(offers.iter().skip(1).map(|(_, agent)| agent).chain(joined)) {
            return Err(format!("{told}, but it rings with {offers:?}"));
        }
        if told.with != Some((held.0, held.1.stage)) || engine.position(told.contact).is_some() {
            return Err(format!("{told}, but {} has it", held.0));
        }
        let contact = &held.1.contact;
        if (told.held_by, told.waking) != (held.1.held_by, held.1.waking)
            || (told.turn, told.turn_since) != (contact.turn, contact.turn_since)
        {
            return Err(format!("{told}, since {:?}, but {held:?}", told.turn_since));
        }
        let mut expected = BTreeMap::new();
        if state.could_ring_more(held.1) {
            for obstacle in state.agents.iter().flat_map(|agent| obstacles(state, agent, &held.1.contact, &all)) {
                *expected.entry(obstacle).or_insert(0) += 1;
            }
        }
        if told.obstacles != expected && held.1.stage == Stage::Offered {
            return Err(format!("{told}\n  but by asking everybody {expected:?}"));
        }
    }
    for contact in &state.scheduled {
        let told = engine.explain(contact.id).ok_or("a scheduled contact is not explained")?;
        if !told.scheduled || told.with.is_some() || !told.obstacles.is_empty() || engine.position(contact.id).is_some()
        {
            return Err(format!("{told}, but it is scheduled"));
        }
    }
    for agent in &state.agents {
        for (h, held) in
            agent.holds.iter().enumerate().filter(|(_, held)| held.stage != Stage::Offered && !held.further)
        {
            let told = engine.explain(held.contact.id).ok_or("a contact with an agent is not explained")?;
            let may_go_on = match held.stage {
                Stage::Held => state.may_resume(agent, h),
                Stage::Quiet if held.waking => state.may_wake(agent, h),
                _ => true,
            };
            if told.obstacles.is_empty() != may_go_on {
                return Err(format!("{told}, but that it may go on is {may_go_on}"));
            }
        }
    }
    check_customers(engine, state)?;
    let held =
        state.agents.iter().flat_map(|agent| &agent.holds).filter(|held| !held.further).map(|held| &held.contact);
    for contact in state.waiting.iter().chain(&state.scheduled).chain(&state.parked).chain(held) {
        if engine.context(contact.id).unwrap_or_default() != contact.context {
            return Err(format!("{} has something else attached to it", contact.id));
        }
    }
    for agent in &state.agents {
        let (seen, expected) = (engine.claimable(agent.id, usize::MAX), state.claimable(agent));
        if seen != expected || engine.claimable(agent.id, 2) != expected[..expected.len().min(2)] {
            return Err(format!("{} may claim {expected:?}, and is shown {seen:?}", agent.id));
        }
    }
    if engine.explain(ContactId(u64::MAX)).is_some() {
        return Err("a contact is explained that never was".into());
    }
    Ok(())
}

/// Every customer is remembered by both, or by neither, and with the same.
fn check_customers(engine: &Router, state: &Reference) -> Result<(), String> {
    for id in (0..40).map(CustomerId) {
        let told = engine.customer(id).map(|it| (it.contacts, it.last_agent, it.last_completed));
        let known = state.remembered(id).map(|known| {
            let contacts = state.contacts_of(id).into_iter().map(|(contact, _)| contact.id).collect();
            (contacts, known.last_agent, known.completed)
        });
        if told != known {
            return Err(format!("of {id} the engine knows {told:?}, the reference {known:?}"));
        }
    }
    Ok(())
}

/// Whoever was chosen could take it, and came first of all who could.
pub(crate) fn check_decisions(decisions: &[Decision], given: usize) -> Result<(), String> {
    if decisions.len() != given {
        return Err(format!("{given} contacts were given by choice, and {} decisions recorded", decisions.len()));
    }
    for decision in decisions {
        let comparison = match decision {
            Decision::AgentFor { chosen, candidates, .. } => {
                compared(candidates.iter().map(|one| (one.id.0, one.obstacles.is_empty(), &one.key)), chosen.0)
            }
            Decision::ContactFor { chosen, candidates, .. } => {
                compared(candidates.iter().map(|one| (one.id.0, one.obstacles.is_empty(), &one.key)), chosen.0)
            }
            _ => continue,
        };
        if !comparison {
            return Err(format!("the decision does not follow from what was recorded: {decision:?}"));
        }
    }
    Ok(())
}

fn compared<'a>(candidates: impl Iterator<Item = (u64, bool, &'a Vec<u64>)>, chosen: u64) -> bool {
    candidates.filter(|(_, able, _)| *able).min_by_key(|&(_, _, key)| key).is_some_and(|(id, ..)| id == chosen)
}

/// Everything that stands between an agent and a waiting contact.
fn obstacles(state: &Reference, agent: &Agent, contact: &Contact, all: &[Vec<Next>]) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut note = |stands: bool, obstacle| {
        if stands {
            found.push(obstacle);
        }
    };
    note(agent.draining, Obstacle::Draining);
    note(agent.lost.is_some(), Obstacle::Lost);
    match contact.only {
        Some((only, _)) => note(only != agent.id, Obstacle::NotTheOne),
        None => {
            note(state.queue(contact.queue).mode == Mode::Pull, Obstacle::OnlyClaimed);
            let served = state.group(agent).served(contact.queue);
            note(served.is_none(), Obstacle::QueueNotServed);
            note(served.is_some_and(|served| served.after > contact.widened), Obstacle::StandBy);
            note(state.meets(&agent.skills, contact).is_none(), Obstacle::Requirement);
            note(state.is_kept_from(agent, contact), Obstacle::KeptForOthers);
        }
    }
    note(!agent.ready.has(contact.channel), Obstacle::NotReady);
    note(state.is_excluded(contact, agent.id), Obstacle::Excluded);
    note(state.offers_of(contact.id).iter().any(|(_, with)| *with == agent.id), Obstacle::Ringing);
    let profile = state.profile(agent);
    let Some(capacity) = profile.channel(contact.channel) else {
        note(true, Obstacle::ChannelNotTaken);
        return found;
    };
    let of_channel: Vec<Stage> =
        agent.holds.iter().filter(|held| held.contact.channel == contact.channel).map(|held| held.stage).collect();
    let busy = of_channel.iter().filter(|stage| stage.is_busy()).count();
    let maximum = busy >= usize::from(capacity.max) || of_channel.len() >= usize::from(capacity.open);
    note(maximum, Obstacle::AtMaximum);
    let barring = agent.holds.iter().map(|held| held.contact.channel);
    let barring = barring.filter(|&held| profile.over(contact.channel, held) == Over::No).min();
    if let Some(held) = barring {
        note(true, Obstacle::MayNotJoin(held));
    }
    let full = u64::from(Load::FULL.0);
    if state.load_with(agent, contact.channel, None) > full {
        note(true, Obstacle::LoadFull);
    } else {
        let kept = (0..64).map(ChannelId).find(|&other| {
            let headroom = u64::from(profile.headroom(other).0);
            other != contact.channel
                && headroom > 0
                && profile.channel(other).is_some()
                && state.load_with(agent, contact.channel, Some(other)) + headroom > full
        });
        if let Some(other) = kept {
            note(true, Obstacle::KeptFree(other));
        }
    }
    note(agent.blocked_until(contact.channel).is_some(), Obstacle::Ramp);
    let limit = agent.limit(contact.channel).filter(|&limit| limit < capacity.max);
    note(limit.is_some_and(|limit| busy >= usize::from(limit)), Obstacle::AtLimit);
    if found.is_empty() {
        found.extend(held_back(state, agent, contact, all));
    }
    found
}

/// What the scheduler has against it.
pub(crate) fn held_back(state: &Reference, agent: &Agent, contact: &Contact, all: &[Vec<Next>]) -> Option<Obstacle> {
    if state.lets(agent, contact, Ask::AtLast(all)) {
        return None;
    }
    let team = &state.teams[state.team_of(agent.group)?];
    Some(match state.occupation(team, agent)? {
        _ if team.is_call(contact.channel) => Obstacle::KeptFromCalls,
        Occupation::Chats(0) => Obstacle::KeptForCalls,
        Occupation::Chats(_) | Occupation::OnCall => Obstacle::NoMoreChats,
    })
}

/// Of each waiting contact whom somebody could take: one reason why the scheduler holds it back.
pub(crate) fn held_back_now(state: &Reference) -> Vec<Obstacle> {
    let all = everything_next(state);
    let reason = |contact: &Contact| {
        let able = state.agents.iter().filter(|agent| state.could_take(agent, contact));
        able.filter_map(|agent| held_back(state, agent, contact, &all)).next()
    };
    state.waiting.iter().filter_map(reason).collect()
}

/// Everything each team would do, now that all is done.
pub(crate) fn everything_next(state: &Reference) -> Vec<Vec<Next>> {
    (0..state.teams.len()).map(|at| state.everything_next(at)).collect()
}

/// Who is more urgent, and could be taken by somebody there who could take this one too.
fn ahead_of(state: &Reference, contact: &Contact) -> u32 {
    let urgent = state.waiting.iter().filter(|other| state.urgency(other) < state.urgency(contact));
    let before = urgent.filter(|other| match (contact.only, other.only) {
        (Some((agent, _)), Some((same, _))) => agent == same,
        (None, None) => state
            .agents
            .iter()
            .any(|agent| !agent.draining && state.could_serve(agent, contact) && state.could_serve(agent, other)),
        _ => false,
    });
    u32::try_from(before.count()).expect("few contacts")
}
