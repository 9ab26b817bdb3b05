//! The scenarios that are shipped come to what their comments say, a replication of each.

use cordboard::Span;
use cordboard::sim::{ContactTally, Replication, Scenario};

use crate::{read, run};

fn shipped(name: &str) -> Scenario {
    let path = format!("examples/scenarios/{name}.toml");
    read(&std::fs::read_to_string(path).unwrap()).with_replications(1)
}

fn one(scenario: &Scenario) -> Replication {
    run(scenario).replications.remove(0)
}

fn within(calls: &ContactTally) -> f64 {
    calls.within_target as f64 / calls.offered as f64
}

/// Agents of a group, by the number of agents × microseconds.
fn hours(one: &Replication, scenario: &Scenario, group: &str) -> f64 {
    one.group(scenario.plan().find_group(group).unwrap()).present as f64 / 3.6e9
}

#[test]
fn a_festival_is_five_ordinary_evenings() {
    let scenario = shipped("shopping-festival");
    let day = one(&scenario);
    // Quarters of an hour: the campaign is at its height around 21:00.
    let offered: Vec<u64> = day.streams[0].course.parts().map(|part| part.offered).collect();
    let (noon, height) = (offered[44..52].iter().sum::<u64>(), offered[80..88].iter().sum::<u64>());
    assert!((4.0..7.0).contains(&(height as f64 / noon as f64)), "{height} and {noon}");
    for (stream, least) in day.streams.iter().zip([0.6, 0.5]) {
        assert!(within(stream) > least && stream.abandoned * 8 < stream.offered, "{stream:?}");
    }
    // Help comes for some hours, the nearest first, and the ordinary day does without.
    let (office, partner) = (hours(&day, &scenario, "office"), hours(&day, &scenario, "partner"));
    assert!((80.0..80.0 * 8.0).contains(&office) && (180.0..180.0 * 8.0).contains(&partner), "{office} {partner}");
}

#[test]
fn a_crisis_is_forty_seven_thousand_contacts() {
    let scenario = shipped("crisis-surge");
    let days = one(&scenario);
    let first: u64 = days.streams.iter().map(|stream| stream.offered - stream.retrials).sum();
    assert!((46_000..48_000).contains(&first), "{first}");
    let [calls, chats, emails] = &days.streams[..] else { panic!("three streams") };
    assert!(calls.balked > 100 && calls.retrials > 100 && chats.retrials > 100);
    assert!((0.02..0.6).contains(&within(calls)) && (0.1..0.8).contains(&within(chats)), "a crisis, not a catastrophe");
    // Nobody's email is lost, and most are answered the day after at the latest.
    assert!(emails.abandoned == 0 && emails.waiting_at_end * 20 < emails.offered, "{emails:?}");
    assert!(hours(&days, &scenario, "everybody") > 100.0);
}

#[test]
fn a_season_moves_from_voice_to_chat() {
    // Two weeks of the six.
    let scenario = shipped("tutoring-season").with_horizon(Span::from_mins(14 * 24 * 60));
    let weeks = one(&scenario);
    let (calls, chats) = (&weeks.streams[0], &weeks.streams[1]);
    let share = |from: usize| {
        let of = |stream: &ContactTally| {
            stream.course.parts().skip(from).take(48).map(|part| part.offered).sum::<u64>() as f64
        };
        of(calls) / (of(calls) + of(chats))
    };
    assert!(share(0) > 0.75 && share(48) < 0.72, "{} then {}", share(0), share(48));
    assert!(within(calls) > 0.7 && within(chats) > 0.9 && chats.replies.count() > 5 * chats.answered);
}

#[test]
fn a_bank_s_weekday_has_its_calls() {
    let scenario = shipped("bank-2003");
    let day = one(&scenario);
    let calls = &day.streams[0];
    let first = (calls.offered - calls.retrials) as f64;
    assert!((first / 32_462.0 - 1.0).abs() < 4.0 * 0.09, "{first}");
    let of_the_day = |parts: std::ops::Range<usize>| -> u64 {
        calls.course.parts().skip(parts.start).take(parts.len()).map(|part| part.offered).sum()
    };
    assert_eq!(of_the_day(0..28), 0, "nobody calls before seven");
    assert!(of_the_day(85..96) * 200 < calls.offered, "from a quarter past nine only who calls again");
    assert!((0.3..=1.0).contains(&within(calls)) && calls.abandoned * 4 < calls.offered);
}
