//! The adaptive scheduler, measured: near the optimum of pools that can be solved, never behind a work-conserving one, and not
//! lost when everything changes at once.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::measure::{BlendedClass, BlendedPool};
use cordboard::sim::{Policy, Results, Scenario};

fn policy(text: &str) -> Policy {
    text.parse().expect("a policy")
}

fn run(scenario: Scenario) -> Results {
    scenario.run_on(2, &|_| {}).expect("the scenario runs").results()
}

fn class(per_minute: f64, minutes: f64, patience: f64, hold: f64, lost: f64) -> BlendedClass {
    BlendedClass { per_minute, minutes, patience, hold, lost, queue: 20 }
}

/// What a minute costs in the simulated pool, and half the width of the interval of that.
fn simulated(pool: &BlendedPool, under: &str, minutes: u32, surge: bool) -> (f64, f64) {
    let speed: Vec<String> = pool.speed.iter().map(|speed| format!("{speed:?}")).collect();
    let mut text = format!(
        "seed = 99\nwarmup = \"300m\"\nhorizon = \"{minutes}m\"\nreplications = 8\n[channels.chat]\nspeed = [{}]\n\
         [capacity.both]\nvoice = {{ max = 1 }}\nchat = {{ max = {} }}\n[agents.team]\ncount = {}\ncapacity = \"both\"\n\
         [queues.service]\norder = \"ratio\"\nagents = \"longest-idle\"\n[scheduler]\npolicy = \"{under}\"\n",
        speed.join(", "),
        pool.speed.len(),
        pool.agents
    );
    for (name, channel, class) in [("calls", "voice", &pool.calls), ("chats", "chat", &pool.chats)] {
        let BlendedClass { per_minute, minutes, patience, hold, lost, .. } = *class;
        let arrivals = if surge {
            // An hour in twelve, five times as many come.
            let day = per_minute * 60.0 * (11.0 + 5.0) * 2.0;
            format!(
                "{{ profile = {{ interval = \"1h\", per_day = {day}, weights = [1,1,1,1,1,5,1,1,1,1,1,1,1,1,1,1,1,5,1,1,1,1,1,1] }} }}"
            )
        } else {
            format!("{{ poisson_per_minute = {per_minute} }}")
        };
        text += &format!(
            "[streams.{name}]\nchannel = \"{channel}\"\nqueue = \"service\"\narrivals = {arrivals}\n\
             handle = {{ exponential = \"{}us\" }}\npatience = {{ exponential = \"{}us\" }}\n\
             cost = {{ hold_per_minute = {hold:?}, lost = {lost:?} }}\n",
            (minutes * 6e7).round(),
            (patience * 6e7).round()
        );
    }
    let scenario = Scenario::from_toml(&text, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    let cost = run(scenario).cost_per_minute;
    (cost.mean.expect("it costs something"), cost.half_width.expect("there are several"))
}

/// Pools in which the best rule differs: all text packed; one agent kept empty; one agent all but dedicated; chats first.
fn pools() -> [BlendedPool; 4] {
    let pool = |agents, calls, chats, speed: &[f64]| BlendedPool {
        agents,
        calls,
        chats,
        speed: speed.to_vec(),
        interrupt: false,
    };
    [
        pool(3, class(0.2, 6.0, 8.0, 1.0, 10.0), class(0.25, 12.0, 20.0, 1.0, 10.0), &[1.0, 0.97, 0.94, 0.91]),
        pool(5, class(0.2, 4.0, 3.0, 4.0, 20.0), class(0.4, 9.0, 10.0, 1.0, 6.0), &[1.0, 1.0]),
        pool(2, class(0.13, 4.0, 8.0, 4.0, 20.0), class(0.2, 12.0, 20.0, 1.0, 10.0), &[1.0, 0.9, 0.8, 0.7, 0.6]),
        pool(4, class(0.3, 4.0, 5.0, 1.0, 3.0), class(0.5, 6.0, 4.0, 4.0, 20.0), &[1.0, 0.9]),
    ]
}

#[test]
fn it_is_near_the_optimum_whatever_rule_is_best() {
    let mut product = 1.0;
    for pool in pools() {
        let optimum = pool.solver().expect("the pool is small").optimum().measures.cost;
        let (cost, half_width) = simulated(&pool, "adaptive", 20_000, false);
        let ratio = cost / optimum;
        assert!(ratio < 1.06 + half_width / optimum, "{ratio} ± {} times the optimum: {pool:?}", half_width / optimum);
        product *= ratio;
    }
    let mean = f64::powf(product, 0.25);
    assert!(mean < 1.04, "{mean} times the optimum in the geometric mean");
}

#[test]
fn it_is_not_lost_when_five_times_as_many_come_within_the_hour() {
    for pool in pools() {
        let [adaptive, ..] = ["adaptive"].map(|under| simulated(&pool, under, 17_280, true));
        for rival in ["work-conserving", "pack", "spread"] {
            let rival_cost = simulated(&pool, rival, 17_280, true).0;
            assert!(adaptive.0 < rival_cost * 1.01, "{adaptive:?}, and {rival} {rival_cost}: {pool:?}");
        }
    }
}

#[test]
fn it_costs_no_more_than_a_work_conserving_scheduler_where_it_is_shipped() {
    for name in ["small-blended", "shopping-festival", "crisis-surge"] {
        let path = format!("examples/scenarios/{name}.toml");
        let text = std::fs::read_to_string(&path).expect("it is shipped");
        let scenario = Scenario::from_toml(&text, Path::new("examples/scenarios")).expect("it is right");
        let cost = |under: &str| run(scenario.clone().with_policy(policy(under))).cost_per_minute.mean.expect("it has costs");
        let (adaptive, other) = (cost("adaptive"), cost("work-conserving"));
        assert!(adaptive <= other * 1.01, "{name}: {adaptive}, work-conserving {other}");
    }
}
