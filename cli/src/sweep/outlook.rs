//! What the formula of the closed queue says of a stream of conversations.

use cordboard::GroupId;
use cordboard::measure::FiniteSource;
use cordboard::sim::{Results, Scenario, Stream};

/// What M/M/1//N predicts.
#[derive(Clone, Copy)]
pub(crate) struct Outlook {
    pub(crate) completed_per_hour: f64,
    pub(crate) reply_seconds: f64,
}

/// An agent who always has the same number of conversations: in the place of one that is over, the next begins at once.
pub(crate) fn queue(stream: &Stream) -> Option<FiniteSource> {
    let how = stream.conversation()?;
    let turns = how.turns.mean();
    FiniteSource::new(how.work() / turns, how.pauses() / turns)
}

/// Contacts of a stream in the hands of each agent who can take them: time average.
pub(crate) fn in_hand(scenario: &Scenario, at: usize, results: &Results) -> Option<f64> {
    let stream = &scenario.streams()[at];
    let groups = results.agents.iter().enumerate();
    let reached = groups.filter(|(group, _)| scenario.reaches(id(*group), stream));
    let present: f64 = reached.filter_map(|(_, (_, agents))| agents.present.mean).sum();
    let held = results.streams[at].1.in_service.mean?;
    (present > 0.0).then(|| held / present)
}

/// The prediction, where it applies: agents who do nothing else, and always have the same number of conversations in hand.
pub(crate) fn of(scenario: &Scenario, at: usize, results: &Results) -> Option<Outlook> {
    let stream = &scenario.streams()[at];
    let queue = queue(stream)?;
    let others = || scenario.streams().iter().enumerate().filter(|(other, _)| *other != at);
    let groups = (0..results.agents.len()).map(id);
    let alone = groups
        .filter(|group| scenario.agents(*group) > 0 && scenario.reaches(*group, stream))
        .all(|group| !others().any(|(_, other)| scenario.reaches(group, other)));
    let held = in_hand(scenario, at, results).filter(|_| alone)?;
    let sources = held.round();
    if sources < 1.0 || (held - sources).abs() > 0.02 * sources {
        return None;
    }
    let sources = sources as u32;
    let turns = stream.conversation()?.turns.mean();
    Some(Outlook {
        completed_per_hour: 3600.0 * queue.throughput(sources) / turns,
        reply_seconds: queue.response(sources),
    })
}

fn id(group: usize) -> GroupId {
    GroupId(u16::try_from(group).unwrap_or(u16::MAX))
}
