//! Who was there, and who can do what: as far as records of handled contacts tell.

use std::collections::BTreeMap;

use cordboard::sim::{RecordedAgent, Scenario, Stream};
use cordboard::{GroupId, Skills, Span, Timestamp};

use super::record::Record;

/// From when until when.
type Stay = (Timestamp, Timestamp);

/// Streams that make up less than this share of an agent's contacts were not its work.
const LEAST_SHARE: f64 = 0.01;
/// …unless there are so many.
const LEAST: f64 = 3.0;

/// The agents of the records by group; empty if the records name none.
///
/// An agent is there from `around` before a contact it handled until `around` after the last one that follows
/// without a gap of more than `absent_after`. It has the skills that the streams it worked on ask for, each at the share of its
/// contacts (at least 1), and belongs to the first group that reaches most of them.
pub(super) fn of(
    scenario: &Scenario,
    records: &[Record],
    absent_after: Span,
    around: Span,
) -> BTreeMap<GroupId, Vec<RecordedAgent>> {
    let mut work: BTreeMap<&str, Vec<(&Record, Stay)>> = BTreeMap::new();
    for record in records {
        if let (Some(agent), Some(service)) = (&record.agent, record.service()) {
            work.entry(agent).or_default().push((record, service));
        }
    }
    let mut roster: BTreeMap<GroupId, Vec<RecordedAgent>> = BTreeMap::new();
    for handled in work.into_values() {
        let times = handled.iter().map(|(_, service)| *service).collect();
        let streams = shares(scenario, &handled);
        let agent =
            RecordedAgent { stays: stays(times, absent_after, around), skills: Some(skills(scenario, &streams)) };
        roster.entry(group(scenario, &streams)).or_default().push(agent);
    }
    roster
}

/// The agent's streams, and the share of each.
fn shares<'s>(scenario: &'s Scenario, handled: &[(&Record, Stay)]) -> Vec<(&'s Stream, f64)> {
    let all = handled.len() as f64;
    let share =
        |stream: &Stream| handled.iter().filter(|(record, _)| record.stream == stream.name).count() as f64 / all;
    let shares = scenario.streams().iter().map(|stream| (stream, share(stream)));
    shares.filter(|(_, share)| *share >= LEAST_SHARE || *share * all >= LEAST).collect()
}

fn skills(scenario: &Scenario, streams: &[(&Stream, f64)]) -> Skills {
    let asked = streams.iter().flat_map(|(stream, share)| {
        // Between 1 and 100, as levels are.
        let level = (share * 100.0).round().clamp(1.0, 100.0) as u8;
        scenario.requires(stream).skills().into_iter().map(move |skill| (skill, level))
    });
    asked.collect()
}

fn group(scenario: &Scenario, streams: &[(&Stream, f64)]) -> GroupId {
    let reached = |group: GroupId| -> f64 {
        streams.iter().filter(|(stream, _)| scenario.reaches(group, stream)).map(|(_, share)| share).sum()
    };
    let groups = (0..).take(scenario.plan().groups().len()).map(GroupId);
    let best = groups.reduce(|best, other| if reached(other) > reached(best) { other } else { best });
    best.unwrap_or(GroupId(0))
}

fn stays(mut times: Vec<Stay>, absent_after: Span, around: Span) -> Vec<Stay> {
    times.sort_unstable();
    let mut stays: Vec<Stay> = Vec::new();
    for (begin, end) in times {
        let (begin, end) = (begin - around, end + around);
        match stays.last_mut() {
            // What lies around both is no absence.
            Some(stay) if begin.since(stay.1) + around + around <= absent_after || begin <= stay.1 => {
                stay.1 = stay.1.max(end)
            }
            _ => stays.push((begin, end)),
        }
    }
    stays.retain(|(begin, end)| end > begin);
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_gap_is_an_absence() {
        let at = |minute: u64| Timestamp::from_secs(60 * minute);
        let times =
            vec![(at(100), at(105)), (at(110), at(113)), (at(10), at(20)), (at(60), at(61)), (at(108), at(109))];
        let stays = |absent, around| {
            let stays = stays(times.clone(), Span::from_mins(absent), Span::from_mins(around));
            stays.iter().map(|(begin, end)| (begin.0 / 60_000_000, end.0 / 60_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(stays(10, 0), [(10, 20), (60, 61), (100, 113)]);
        assert_eq!(stays(10, 3), [(7, 23), (57, 64), (97, 116)]);
        assert_eq!(stays(39, 1), [(9, 21), (59, 114)]);
        assert_eq!(stays(40, 1), [(9, 114)]);
    }
}
