//! What the results come to, in sentences.

use cordboard::measure::Estimate;
use cordboard::sim::{Comparison, ContactResults, Results, Scenario};
use cordboard::{Span, Target};

use super::axis::number;
use crate::figure::Unit;
use crate::table::thousands;

/// A verdict, then a sentence for each channel, then one about the agents.
pub(super) fn of_one(scenario: &Scenario, results: &Results) -> Vec<String> {
    let mut sentences = vec![verdict(scenario, results)];
    let channels = results.channels.iter().filter(|(_, figures)| figures.offered > 0);
    sentences.extend(channels.map(|(name, figures)| channel(name, figures, promised(scenario, name))));
    sentences.extend(agents(results));
    sentences
}

/// How many streams meet their target, and which is furthest from it.
fn verdict(scenario: &Scenario, results: &Results) -> String {
    let levels = scenario.streams().iter().zip(&results.streams).filter_map(|(stream, (name, figures))| {
        let share = f64::from(stream.target().share_permille) / 1000.0;
        Some((name, figures.service_level.mean?, share))
    });
    let levels: Vec<_> = levels.collect();
    let missed: Vec<_> = levels.iter().filter(|(_, level, share)| level < share).collect();
    let furthest = missed.iter().max_by(|a, b| (a.2 - a.1).total_cmp(&(b.2 - b.1)));
    match (levels.as_slice(), furthest) {
        ([], _) => "No contacts arrived in the measured time.".to_owned(),
        ([_], None) => "The service target is met.".to_owned(),
        (all, None) => format!("All {} streams of contacts meet their service targets.", all.len()),
        ([_], Some(_)) => "The service target is missed.".to_owned(),
        (all, Some((name, level, share))) => format!(
            "{} of {} streams of contacts meet their service targets; furthest below is {name}, with {} in time of 100 where {} are wanted.",
            all.len() - missed.len(),
            all.len(),
            of_hundred(*level),
            of_hundred(*share)
        ),
    }
}

fn channel(name: &str, figures: &ContactResults, promised: Promised) -> String {
    let mut sentence = answered(name, figures, promised);
    if let Some(share) = promised.share {
        sentence += &format!(" (the target is {})", of_hundred(f64::from(share) / 1000.0));
    }
    if let (Some(wait), Some(p90)) = (figures.wait_seconds.mean, figures.wait_quantiles_seconds.p90) {
        let shown = |seconds: f64| Unit::Seconds.scale(seconds).show(seconds);
        sentence += &match p90 {
            p90 if p90 < 0.05 => format!(", nine in ten at once, after {} on average", shown(wait)),
            p90 => format!(", after {} on average and at most {} for nine in ten", shown(wait), shown(p90)),
        };
    }
    let left = figures.abandon_share.mean.unwrap_or(0.0);
    sentence += &match left {
        0.0 => "; nobody gave up".to_owned(),
        left => format!("; {} of 100 gave up waiting", of_hundred(left)),
    };
    sentence + "."
}

/// How many were answered in time, as a sentence that may go on.
fn answered(name: &str, figures: &ContactResults, promised: Promised) -> String {
    let many = many(name);
    let share = match figures.service_level.mean {
        Some(level) if level >= 1.0 => format!("All {many}"),
        Some(level) => format!("{} of 100 {many}", of_hundred(level)),
        None => many,
    };
    format!("{share} were answered within {}", promised.within())
}

fn agents(results: &Results) -> Option<String> {
    let (present, busy) = (results.all_agents.present.mean?, results.all_agents.occupancy.mean?);
    let agents = if present < 100.0 { number((10.0 * present).round() / 10.0) } else { number(present.round()) };
    Some(format!(
        "On average {agents} agents were signed in, and had at least one contact for {} % of that time.",
        of_hundred(busy)
    ))
}

/// For each policy, what it changes against the first, by channel.
pub(super) fn of_comparison(scenario: &Scenario, policies: &[&Results], comparison: &Comparison) -> Vec<String> {
    let results = policies.iter().find(|results| results.policy == comparison.policy);
    let channels = comparison.channels.iter().filter_map(|channel| {
        let (_, figures) = results?.channels.iter().find(|(name, _)| *name == channel.name)?;
        let of = |key: &str| channel.differences.iter().find(|(name, _)| *name == key).map(|(_, estimate)| *estimate);
        let (level, wait) = (of("service_level")?, of("wait_seconds")?);
        (figures.offered > 0)
            .then(|| difference(&channel.name, figures, promised(scenario, &channel.name), level, wait))
    });
    channels.collect()
}

fn difference(name: &str, figures: &ContactResults, promised: Promised, level: Estimate, wait: Estimate) -> String {
    let mut sentence = answered(name, figures, promised);
    let more = |mean: f64| if mean > 0.0 { "more" } else { "fewer" };
    let scale = Unit::Share.difference_scale(1.0).fine(level.half_width.unwrap_or(0.0));
    sentence += &match (level.mean, level.half_width) {
        (Some(mean), Some(half)) if level.is_significant() => {
            let [size, low, high] = [mean.abs(), mean.abs() - half, mean.abs() + half].map(|value| scale.plain(value));
            format!(", {size} {} ({low} to {high})", more(mean))
        }
        (Some(mean), None) if mean != 0.0 => format!(", {} {}", scale.plain(mean.abs()), more(mean)),
        (Some(_), Some(half)) if half > 0.0 => format!(", a difference too small to be seen (± {})", scale.plain(half)),
        _ => ", as many".to_owned(),
    };
    let shown = |seconds: f64| Unit::Seconds.difference_scale(seconds).show(seconds);
    sentence += &match wait.mean {
        Some(mean) if mean != 0.0 && (wait.is_significant() || wait.half_width.is_none()) => {
            format!("; the mean wait is {} {}", shown(mean.abs()), if mean > 0.0 { "longer" } else { "shorter" })
        }
        _ => "; the mean wait shows no difference".to_owned(),
    };
    sentence + "."
}

/// What is promised to the contacts of a channel, over all its streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Promised {
    shortest: Span,
    longest: Span,
    /// Where it is the same for all, in thousandths.
    share: Option<u16>,
}

impl Promised {
    fn within(self) -> String {
        if self.shortest == self.longest {
            spoken(self.shortest)
        } else {
            format!("their targets of {} to {}", spoken(self.shortest), spoken(self.longest))
        }
    }
}

pub(super) fn promised(scenario: &Scenario, channel: &str) -> Promised {
    let id = scenario.plan().find_channel(channel);
    let streams = scenario.streams().iter().filter(|stream| Some(stream.channel()) == id);
    let targets: Vec<Target> = streams.map(|stream| stream.target()).collect();
    let lengths = || targets.iter().map(|target| target.within);
    let share = targets.first().map(|target| target.share_permille);
    Promised {
        shortest: lengths().min().unwrap_or_default(),
        longest: lengths().max().unwrap_or_default(),
        share: share.filter(|share| targets.iter().all(|target| target.share_permille == *share)),
    }
}

/// `20 s`, `5 min`, `1 h`; what is not whole in its unit is left as it is written.
fn spoken(span: Span) -> String {
    let seconds = span.as_secs_f64();
    let whole = |per: f64| seconds >= per && seconds % per == 0.0;
    match seconds {
        s if whole(3600.0) => format!("{} h", s / 3600.0),
        s if whole(60.0) => format!("{} min", s / 60.0),
        s if (1.0..120.0).contains(&s) => format!("{s} s"),
        _ => in_words(span),
    }
}

/// `1 d 9 h 20 min`.
pub(super) fn in_words(span: Span) -> String {
    let mut words = String::new();
    let mut number = true;
    for c in span.to_string().chars() {
        if c.is_ascii_digit() != number || words.is_empty() {
            number = c.is_ascii_digit();
            words += if words.is_empty() { "" } else { " " };
        }
        words.push(c);
    }
    words.split(' ').map(|word| if word == "m" { "min" } else { word }).collect::<Vec<_>>().join(" ")
}

/// What the contacts of a channel are called.
pub(super) fn many(channel: &str) -> String {
    match channel {
        "voice" => "calls".to_owned(),
        "video" => "video calls".to_owned(),
        "chat" => "chats".to_owned(),
        "email" => "emails".to_owned(),
        "sms" => "text messages".to_owned(),
        "callback" => "callbacks".to_owned(),
        "task" => "tasks".to_owned(),
        other => format!("{other} contacts"),
    }
}

/// So many in a hundred: whole, but near none and all with a decimal, and never rounded to none or all.
fn of_hundred(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        p if p <= 0.0 => "0".to_owned(),
        p if p < 0.05 => "fewer than 0.1".to_owned(),
        p if p >= 100.0 => "100".to_owned(),
        p if p >= 99.95 => "more than 99.9".to_owned(),
        p if (1.5..=98.5).contains(&p) => format!("{p:.0}"),
        p => format!("{p:.1}"),
    }
}

/// Where the intervals come from.
pub(super) fn replications(results: &Results) -> String {
    if let Some(batches) = &results.batches {
        let mut said = format!(
            "One replication; ± is half of the 95 % confidence interval, worked out from {} parts of its time, one after another.",
            batches.count
        );
        if !batches.correlated.is_empty() {
            let figures: Vec<&str> = batches.correlated.iter().map(|(figure, _)| figure.as_str()).collect();
            said += &format!(
                " Parts remember the ones before, so that these intervals are too narrow, and it should be measured for longer: {}.",
                figures.join(", ")
            );
        }
        return said;
    }
    match results.replications {
        1 => "One replication, and therefore no intervals; --replications N makes more.".to_owned(),
        many => format!(
            "Figures are means of {} replications; ± is half of the 95 % confidence interval (Student's t). Counts are totals; quantiles are of all contacts of all replications.",
            thousands(many.into())
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_spoken_of_without_a_wrong_none_or_all() {
        let said = [0.0, 0.0003, 0.004, 0.0349, 0.886, 0.9904, 0.9999, 1.0].map(of_hundred);
        assert_eq!(said, ["0", "fewer than 0.1", "0.4", "3", "89", "99.0", "more than 99.9", "100"]);
    }

    #[test]
    fn times_are_spoken_of_in_whole_units() {
        let said = ["20s", "90s", "5m", "4h", "1h30m", "2.5s", "250ms", "3m20s"]
            .map(|text| spoken(Span::parse(text).unwrap()));
        assert_eq!(said, ["20 s", "90 s", "5 min", "4 h", "90 min", "2.5 s", "250 ms", "3 min 20 s"]);
    }

    #[test]
    fn a_difference_is_only_named_where_its_interval_leaves_out_none() {
        let figures = |level| ContactResults { service_level: level, ..no_contacts() };
        let promised = Promised { shortest: Span::from_secs(20), longest: Span::from_secs(20), share: Some(800) };
        let estimate = |mean, half_width| Estimate { mean: Some(mean), half_width };
        let clear = difference(
            "voice",
            &figures(estimate(0.95, None)),
            promised,
            estimate(0.244, Some(0.004)),
            estimate(-12.8, Some(0.3)),
        );
        assert_eq!(
            clear,
            "95 of 100 calls were answered within 20 s, 24.4 more (24.0 to 24.8); the mean wait is 12.8 s shorter."
        );
        let unclear = difference(
            "fax",
            &figures(estimate(0.5, None)),
            promised,
            estimate(-0.01, Some(0.02)),
            estimate(1.0, Some(2.0)),
        );
        assert_eq!(
            unclear,
            "50 of 100 fax contacts were answered within 20 s, a difference too small to be seen (± 2.0); the mean wait shows no difference."
        );
    }

    fn no_contacts() -> ContactResults {
        let nothing = Scenario::from_toml(
            "horizon = \"1h\"\n[capacity.p]\nvoice = { max = 1 }\n[agents.a]\ncapacity = \"p\"\n[queues.q]\n[streams.s]\nchannel = \"voice\"\n\
             queue = \"q\"\narrivals = { poisson_per_minute = 0 }\nhandle = { exponential = \"1m\" }\n",
            ".".as_ref(),
        );
        nothing.unwrap().run().unwrap().results().streams[0].1
    }
}
