//! Handling times that depend on who, when and how many.

use cordboard::measure::erlang_b;

use crate::{agrees, complaint, one_line, read, run};

/// An agent with the skill at 50, one with 90, and one without.
fn two(calls: &str) -> String {
    one_line(
        "warmup = \"100m\"\nhorizon = \"4000m\"",
        "skills = { billing = 50 }\nserves = { line = 1 }\n[agents.others]\ncapacity = \"phone\"\nskills = { billing = 90 }\nserves = { line = 1 }\n\
         [agents.none]\ncapacity = \"phone\"\nserves = { line = 1 }",
        "agents = \"round-robin\"\nlimit = 0",
        calls,
    )
}

/// Calls that never meet go to the three in turn.
#[test]
fn proficiency_is_a_straight_line_between_points() {
    let rare = two("arrivals = { every = \"1m\" }\nhandle = { deterministic = \"20s\" }\n\
         handle_by_skill = { skill = \"billing\", factors = [[30, 1.6], [80, 0.6]] }");
    let outcome = run(&read(&rare));
    // 50 is two fifths of the way from 1.6 to 0.6; 90 and 0 are beyond the ends.
    for (group, factor) in [(0, 1.2), (1, 0.6), (2, 1.6)] {
        let busy = outcome.replications[0].groups[group].busy as f64 / 20e6 / factor;
        assert!((busy - 4_000.0 / 3.0).abs() < 1.0, "{group}: {busy} calls");
    }
}

/// Erlang's formula hour by hour, for calls much shorter than the hours.
#[test]
fn the_hour_makes_work_longer() {
    let text = one_line(
        "horizon = \"96h\"\nreplications = 8",
        "count = 3",
        "limit = 0",
        "arrivals = { poisson_per_minute = 20 }\nhandle = { exponential = \"3s\" }\n\
         handle_by_time = { interval = \"1h\", factors = [1.0, 3.0] }",
    );
    let outcome = run(&read(&text));
    let answered = |one: &cordboard::sim::Replication, odd: usize| {
        let parts = one.streams[0].course.parts().enumerate().filter(|(hour, _)| hour % 2 == odd);
        let (offered, answered) =
            parts.fold((0, 0), |sum, (_, part)| (sum.0 + part.offered, sum.1 + part.within_target));
        answered as f64 / offered as f64
    };
    agrees(outcome.replications.iter().map(|one| answered(one, 0)), 1.0 - erlang_b(3, 1.0));
    agrees(outcome.replications.iter().map(|one| answered(one, 1)), 1.0 - erlang_b(3, 3.0));
}

/// All factors and the speed for two at once, exactly: 60 s × 2 for the skill × 1.5 for the hour, at half speed while both are in hand.
#[test]
fn factors_and_speed_multiply() {
    let text = "horizon = \"30m\"\n[channels.chat]\nspeed = [1.0, 0.5]\n[capacity.desk]\nchat = { max = 2 }\n\
                [agents.team]\ncapacity = \"desk\"\nskills = { es = 10 }\n[queues.line]\n[streams.chats]\nchannel = \"chat\"\nqueue = \"line\"\n\
                arrivals = { every = \"10m\" }\nbatches = 2\nhandle = { by_group = { team = { deterministic = \"60s\" } } }\n\
                handle_by_skill = { skill = \"es\", factors = [[10, 2.0]] }\n\
                handle_by_time = { interval = \"10m\", factors = [9, 1.5, 1.5] }\n";
    let tally = run(&read(text)).replications[0].streams[0].clone();
    // Two chats of three minutes' work each, together for six, at ten and at twenty minutes.
    assert_eq!((tally.completed, tally.service_area), (4, 4 * 6 * 60_000_000));
}

#[test]
fn what_is_wrong_with_factors_is_said() {
    let talk = "conversation = { turns = 2, agent = { exponential = \"9s\" }, customer = { exponential = \"9s\" } }";
    let handle = "handle = { deterministic = \"1s\" }";
    for (work, factors, words) in [
        (handle, "handle_by_skill = 2", "a table such as { skill = \"billing\""),
        (handle, "handle_by_skill = { factors = [[1, 1]] }", "the skill that makes work faster"),
        (handle, "handle_by_skill = { skill = \"biling\", factors = [[1, 1]] }", "did you mean `billing`?"),
        (handle, "handle_by_skill = { skill = \"billing\" }", "levels and factors"),
        (handle, "handle_by_skill = { skill = \"billing\", factors = [] }", "at least one level"),
        (handle, "handle_by_skill = { skill = \"billing\", factors = [[9, 1], [9, 2]] }", "higher than the one before"),
        (handle, "handle_by_skill = { skill = \"billing\", factors = [[101, 1]] }", "from 0 to 100"),
        (handle, "handle_by_skill = { skill = \"billing\", factors = [[9, 0]] }", "from 0.001 to 1000"),
        (handle, "handle_by_time = { factors = [1] }", "how long each factor counts"),
        (handle, "handle_by_time = { interval = \"1h\", factors = [] }", "is empty"),
        (handle, "handle_by_time = { interval = \"1h\", factors = [1, -1] }", "from 0.001 to 1000"),
        (talk, "handle_by_time = { interval = \"1h\", factors = [1] }", "goes with `handle`"),
    ] {
        let text = two(&format!("arrivals = {{ every = \"1m\" }}\n{work}\n{factors}"));
        let said = complaint(&text);
        assert!(said.contains(words), "{factors}: {said}");
    }
}
