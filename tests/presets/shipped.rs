//! The shipped scenarios under every preset: each is a plan that runs, to the same digest twice.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use cordboard::sim::{Policy, Scenario};
use cordboard::{Preset, SchedulingPolicy, Span};

use crate::sound::keeps_plans_sound;

fn scenarios() -> Vec<(PathBuf, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a scenario is text");
        let scenario = Scenario::from_toml(&text, &folder).unwrap_or_else(|problems| panic!("{problems}"));
        (path, scenario)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn shipped_scenarios_run_under_every_preset() {
    let (mut runs, mut contacts) = (0, 0);
    for (path, scenario) in scenarios() {
        // Long enough for agents to be busy; the day of a million contacts does that at once.
        let length = if path.ends_with("omnichannel-day.toml") { Span::from_secs(30) } else { Span::from_mins(10) };
        let scenario = scenario.with_replications(1).with_batches(0).with_horizon(length);
        for &preset in Preset::ALL {
            keeps_plans_sound(preset, scenario.plan());
            let under = scenario.clone().with_policy(Policy::Preset(preset));
            let ran = under.run().unwrap_or_else(|why| panic!("{}: {preset}: {why}", path.display()));
            let again = under.run_on(1, &|_| {}).unwrap_or_else(|why| panic!("{}: {preset}: {why}", path.display()));
            assert_eq!(ran.digest(), again.digest(), "{}: {preset}", path.display());
            runs += 1;
            contacts += ran.replications[0].streams.iter().map(|stream| stream.offered).sum::<u64>();
        }
    }
    let _ = writeln!(std::io::stdout(), "{runs} runs under presets, twice each, of {contacts} contacts");
    assert!(contacts > 10_000, "only {contacts} contacts came");
}

/// A policy takes the place of the one before, whatever that one did to the plan.
#[test]
fn policies_do_not_pile_up() {
    for (path, scenario) in scenarios() {
        let plain = scenario.clone().with_policy(Policy::Scheduling(SchedulingPolicy::WorkConserving));
        let first = scenario.with_policy(Policy::Preset(Preset::GenesysUtilization));
        for &preset in Preset::ALL {
            let (direct, after) =
                (plain.clone().with_policy(Policy::Preset(preset)), first.clone().with_policy(Policy::Preset(preset)));
            assert_eq!(direct.plan(), after.plan(), "{}: {preset}", path.display());
        }
        assert_eq!(first.with_policy(Policy::Scheduling(SchedulingPolicy::WorkConserving)).plan(), plain.plan());
    }
}
