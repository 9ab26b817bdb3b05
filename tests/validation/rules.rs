//! The scheduler's rules, each beside the chain of its pool: calls and chats of one team, packed or spread, with agents kept for
//! calls, drained, or never given more than so many chats.

use cordboard::measure::{BlendedClass, BlendedPool};
use cordboard::sim::Metric;
use cordboard::{SchedulingPolicy, SchedulingRule};

use crate::case::{Case, Figure};
use crate::own::time;

/// Pools of three to five agents, so loaded that calls and chats wait and are held back.
fn pools() -> [(&'static str, BlendedPool); 2] {
    let class = |per_minute, minutes, patience, queue| BlendedClass {
        per_minute,
        minutes,
        patience,
        hold: 1.0,
        lost: 1.0,
        queue,
    };
    let pool = |agents, calls, chats, speed: &[f64]| BlendedPool {
        agents,
        calls,
        chats,
        speed: speed.to_vec(),
        interrupt: false,
    };
    [
        ("3 × 3", pool(3, class(0.5, 2.0, 3.0, 18), class(0.8, 3.0, 5.0, 24), &[1.0, 0.9, 0.8])),
        ("5 × 2", pool(5, class(0.7, 3.0, 2.0, 16), class(0.9, 4.0, 4.0, 22), &[1.0, 0.8])),
    ]
}

fn rules() -> Vec<SchedulingRule> {
    let pack = SchedulingRule::PACK;
    vec![
        SchedulingRule::SPREAD,
        pack,
        SchedulingRule { calls_first: false, ..pack },
        SchedulingRule { reserve: 1, ..pack },
        SchedulingRule { reserve: 1, unless_waiting: 2, drain: 2, ..pack },
        SchedulingRule { drain: 1, ..SchedulingRule::SPREAD },
        SchedulingRule { most: 1, ..pack },
    ]
}

/// Every rule in every pool. `speed` is what the service rates of the scenarios are multiplied by.
pub(crate) fn cases(speed: f64) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, pool) in pools() {
        let solver = pool.solver().expect("the pool is small");
        for rule in rules() {
            let exact = solver.measure(&|team| rule.next(team));
            let policy = SchedulingPolicy::Rule(rule);
            let per_minute = pool.calls.per_minute + pool.chats.per_minute;
            let mut case =
                Case::new(&format!("{name} chats or a call, {policy}"), scenario(&pool, &policy, speed), per_minute);
            for (stream, (kind, known)) in [("calls", exact.calls), ("chats", exact.chats)].into_iter().enumerate() {
                case = case
                    .check(format!("{kind}: delayed"), Figure::Of(stream, Metric::DelayedShare), known.delayed)
                    .check(format!("{kind}: abandoned"), Figure::Of(stream, Metric::AbandonShare), known.lost)
                    .check(format!("{kind}: waiting"), Figure::Of(stream, Metric::QueueLength), known.waiting);
            }
            cases.push(case.check("busy", Figure::Busy(0), 1.0 - exact.idle));
        }
    }
    cases
}

fn scenario(pool: &BlendedPool, policy: &SchedulingPolicy, speed: f64) -> String {
    let speeds: Vec<String> = pool.speed.iter().map(|speed| format!("{speed:?}")).collect();
    let mut text = format!(
        "[channels.voice]\n[channels.chat]\nspeed = [{}]\n[capacity.both]\nvoice = {{ max = 1 }}\nchat = {{ max = {} }}\n\
         [agents.team]\ncount = {}\ncapacity = \"both\"\n[queues.line]\nagents = [\"longest-idle\"]\n\
         [scheduler]\npolicy = \"{policy}\"\nhold = \"3000h\"\n",
        speeds.join(", "),
        pool.speed.len(),
        pool.agents
    );
    for (name, channel, class) in [("calls", "voice", &pool.calls), ("chats", "chat", &pool.chats)] {
        text += &format!(
            "[streams.{name}]\nchannel = \"{channel}\"\nqueue = \"line\"\narrivals = {{ poisson_per_minute = {} }}\n\
             handle = {{ exponential = {} }}\npatience = {{ exponential = {} }}\n",
            class.per_minute,
            time(class.minutes / speed),
            time(class.patience)
        );
    }
    text
}
