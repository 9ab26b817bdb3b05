//! Policies of the literature, each against the exact chain of a system small enough to be solved.

use std::collections::BTreeMap;

use cordboard::sim::Metric;

use crate::case::{Case, Figure};
use crate::chain::{mean, stationary};
use crate::own::{exponential, stream, time};

/// Longest line in a chain; nobody gets there.
const MOST: u32 = 40;

/// In service of either class, and waiting of either class.
type Two = ([u32; 2], [u32; 2]);

/// Every one. `speed` is what the service rates of the scenarios are multiplied by, and those of the answers are not.
pub(crate) fn cases(speed: f64) -> Vec<Case> {
    let alike = Pool { agents: 3, arrive: [1.5, 2.0], serve: [1.0, 1.0], leave: [0.3, 0.4] };
    let unlike = Pool { agents: 3, arrive: [2.6, 0.6], serve: [2.0, 0.5], leave: [0.3, 0.2] };
    // Of lines of one length the first class is served first, being of a higher priority.
    let longest = |waiting: [u32; 2]| usize::from(waiting[1] > waiting[0]);
    // Shares 1 to 2: what is beyond them is q − (q + r) / 3, and of the other line the opposite.
    let ratio = |waiting: [u32; 2]| usize::from(waiting[1] > 2 * waiting[0]);
    // Weights 1 and 5, handling times of half a minute and of two.
    let weighted = |waiting: [u32; 2]| usize::from(5 * waiting[1] > 4 * waiting[0]);
    // A minute costs 1 and 3: 2 beats 1.5, whatever the lines.
    let costly = |_: [u32; 2]| 0;
    vec![
        alike.case("V, longest queue first", "longest-queue", ["", ""], speed, longest),
        alike.case("V, queue ratio 1 to 2", "fixed-queue-ratio", ["weight = 1", "weight = 2"], speed, ratio),
        unlike.case("V, maximum weight", "max-weight", ["weight = 1", "weight = 5"], speed, weighted),
        unlike.case(
            "V, cmu",
            "cmu",
            [
                "costs = { voice = { hold_per_minute = 1, lost = 0 } }",
                "costs = { voice = { hold_per_minute = 3, lost = 0 } }",
            ],
            speed,
            costly,
        ),
        fastest(speed),
        reserved(speed),
    ]
}

/// Two classes and one pool that serves both: the V.
struct Pool {
    agents: u32,
    arrive: [f64; 2],
    serve: [f64; 2],
    leave: [f64; 2],
}

impl Pool {
    /// `next`: of two lines in which somebody waits, which is served.
    fn case(&self, name: &str, between: &str, says: [&str; 2], speed: f64, next: impl Fn([u32; 2]) -> usize) -> Case {
        let chain = self.chain(next);
        let mut text = format!(
            "between = \"{between}\"\n[channels.voice]\noffer = \"20s\"\n[capacity.phone]\nvoice = {{ max = 1 }}\n\
             [agents.team]\ncount = {}\ncapacity = \"phone\"\nhandling = {{ a = {}, b = {} }}\n",
            self.agents,
            time(1.0 / self.serve[0]),
            time(1.0 / self.serve[1])
        );
        for (class, name) in ["a", "b"].into_iter().enumerate() {
            text += &format!(
                "[queues.{name}]\norder = \"priority\"\nagents = \"random\"\n{}\n\
                 [streams.{name}]\nchannel = \"voice\"\nqueue = \"{name}\"\npriority = {}\n{}patience = {}\n",
                says[class],
                1 - class,
                stream(self.arrive[class], &exponential(1.0 / self.serve[class] / speed)),
                exponential(1.0 / self.leave[class])
            );
        }
        let busy = |state: &Two| f64::from(state.0[0] + state.0[1]);
        let all_busy = mean(&chain, |state| f64::from(u8::from(state.0[0] + state.0[1] == self.agents)));
        let mut case = Case::new(name, text, self.arrive[0] + self.arrive[1])
            .check("delayed", Figure::Of(0, Metric::DelayedShare), all_busy)
            .check("busy", Figure::Busy(0), mean(&chain, busy) / f64::from(self.agents));
        for (class, name) in ["a", "b"].into_iter().enumerate() {
            let line = mean(&chain, |state| f64::from(state.1[class]));
            let (lost, rate) = (self.leave[class] * line / self.arrive[class], self.arrive[class]);
            case = case
                .check(format!("{name}: waiting"), Figure::Of(class, Metric::QueueLength), line)
                .check(format!("{name}: wait"), Figure::Of(class, Metric::Wait), line / rate)
                .check(format!("{name}: abandoned"), Figure::Of(class, Metric::AbandonShare), lost);
        }
        case
    }

    fn chain(&self, next: impl Fn([u32; 2]) -> usize) -> BTreeMap<Two, f64> {
        stationary(([0, 0], [0, 0]), |&(serving, waiting): &Two| {
            let mut moves = Vec::new();
            let mut to = |change: &dyn Fn(&mut Two), rate: f64| {
                let mut state = (serving, waiting);
                change(&mut state);
                if state != (serving, waiting) {
                    moves.push((state, rate));
                }
            };
            for class in 0..2 {
                let arrives = |state: &mut Two| match serving[0] + serving[1] < self.agents {
                    true => state.0[class] += 1,
                    false => state.1[class] = (state.1[class] + 1).min(MOST),
                };
                to(&arrives, self.arrive[class]);
                let ends = |state: &mut Two| {
                    state.0[class] -= 1;
                    let first = match waiting {
                        [0, 0] => return,
                        [_, 0] => 0,
                        [0, _] => 1,
                        both => next(both),
                    };
                    state.0[first] += 1;
                    state.1[first] -= 1;
                };
                if serving[class] > 0 {
                    // Whoever goes on with the same class leaves all as it was but for the line.
                    to(&ends, self.serve[class] * f64::from(serving[class]));
                }
                if waiting[class] > 0 {
                    to(&|state: &mut Two| state.1[class] -= 1, self.leave[class] * f64::from(waiting[class]));
                }
            }
            moves
        })
    }
}

/// The inverted V: two fast and three slow agents, told apart by the handling times that the plan states.
fn fastest(speed: f64) -> Case {
    let (arrive, leave, rates, count) = (3.6, 0.4, [1.5, 0.6], [2_u32, 3]);
    let chain = stationary(([0_u32, 0_u32], 0_u32), |&(busy, waiting)| {
        let free = (0..2).find(|&kind| busy[kind] < count[kind]);
        let mut moves = vec![match free {
            Some(0) => (([busy[0] + 1, busy[1]], waiting), arrive),
            Some(_) => (([busy[0], busy[1] + 1], waiting), arrive),
            None => ((busy, (waiting + 1).min(MOST)), arrive),
        }];
        for kind in 0..2 {
            let rate = rates[kind] * f64::from(busy[kind]);
            match waiting {
                0 if busy[kind] > 0 => {
                    let mut left = busy;
                    left[kind] -= 1;
                    moves.push(((left, 0), rate));
                }
                0 => {}
                _ => moves.push(((busy, waiting - 1), rate)),
            }
        }
        moves.push(((busy, waiting.saturating_sub(1)), leave * f64::from(waiting)));
        moves.retain(|(to, _)| *to != (busy, waiting));
        moves
    });
    let handle = |kind: usize| exponential(1.0 / rates[kind] / speed);
    let text = format!(
        "[channels.voice]\noffer = \"20s\"\n[capacity.phone]\nvoice = {{ max = 1 }}\n\
         [agents.slow]\ncount = 3\ncapacity = \"phone\"\nhandling = {}\n[agents.fast]\ncount = 2\ncapacity = \"phone\"\nhandling = {}\n\
         [queues.line]\nagents = [\"fastest\", \"longest-idle\"]\n[streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\n\
         arrivals = {{ poisson_per_minute = {arrive} }}\nhandle = {{ by_group = {{ fast = {}, slow = {} }} }}\npatience = {}\n",
        time(1.0 / rates[1]),
        time(1.0 / rates[0]),
        handle(0),
        handle(1),
        exponential(1.0 / leave)
    );
    let line = mean(&chain, |state| f64::from(state.1));
    let busy = |kind: usize| mean(&chain, |state| f64::from(state.0[kind])) / f64::from(count[kind]);
    let all = mean(&chain, |state| f64::from(u8::from(state.0 == count)));
    Case::new("Inverted V, fastest first", text, arrive)
        .check("delayed", Figure::Of(0, Metric::DelayedShare), all)
        .check("wait", Figure::Of(0, Metric::Wait), line / arrive)
        .check("abandoned", Figure::Of(0, Metric::AbandonShare), leave * line / arrive)
        .check("slow: busy", Figure::Busy(0), busy(1))
        .check("fast: busy", Figure::Busy(1), busy(0))
}

/// Two classes and four agents, the last of whom is kept free of the lower class.
fn reserved(speed: f64) -> Case {
    let (agents, arrive, leave) = (4_u32, [1.2, 2.2], [0.8, 0.3]);
    let chain = stationary((0_u32, [0_u32, 0_u32]), |&(busy, waiting)| {
        let mut moves = Vec::new();
        // Whoever is free takes the higher class; the lower one only while another is free beside.
        moves.push(match busy < agents {
            true => ((busy + 1, waiting), arrive[0]),
            false => ((busy, [(waiting[0] + 1).min(MOST), waiting[1]]), arrive[0]),
        });
        moves.push(match busy + 1 < agents {
            true => ((busy + 1, waiting), arrive[1]),
            false => ((busy, [waiting[0], (waiting[1] + 1).min(MOST)]), arrive[1]),
        });
        if busy > 0 {
            let to = match waiting {
                [high, low] if high > 0 => (busy, [high - 1, low]),
                [_, low] if low > 0 && busy < agents => (busy, [0, low - 1]),
                _ => (busy - 1, waiting),
            };
            moves.push((to, f64::from(busy)));
        }
        moves.push(((busy, [waiting[0].saturating_sub(1), waiting[1]]), leave[0] * f64::from(waiting[0])));
        moves.push(((busy, [waiting[0], waiting[1].saturating_sub(1)]), leave[1] * f64::from(waiting[1])));
        moves.retain(|(to, _)| *to != (busy, waiting));
        moves
    });
    let mut text = "[channels.voice]\noffer = \"20s\"\n[capacity.phone]\nvoice = { max = 1 }\n[agents.team]\ncount = 4\ncapacity = \"phone\"\n\
                    serves = { high = 1, low = { rank = 2, reserve = 1, hold = \"forever\" } }\n"
        .to_owned();
    for (class, name) in ["high", "low"].into_iter().enumerate() {
        text += &format!(
            "[queues.{name}]\n[streams.{name}]\nchannel = \"voice\"\nqueue = \"{name}\"\n{}patience = {}\n",
            stream(arrive[class], &exponential(1.0 / speed)),
            exponential(1.0 / leave[class])
        );
    }
    let at_least = |busy: u32| mean(&chain, |state| f64::from(u8::from(state.0 >= busy)));
    let mut case = Case::new("V, the last of four kept free", text, arrive[0] + arrive[1])
        .check("high: delayed", Figure::Of(0, Metric::DelayedShare), at_least(agents))
        .check("low: delayed", Figure::Of(1, Metric::DelayedShare), at_least(agents - 1))
        .check("busy", Figure::Busy(0), mean(&chain, |state| f64::from(state.0)) / f64::from(agents));
    for (class, name) in ["high", "low"].into_iter().enumerate() {
        let line = mean(&chain, |state| f64::from(state.1[class]));
        case = case.check(format!("{name}: wait"), Figure::Of(class, Metric::Wait), line / arrive[class]).check(
            format!("{name}: abandoned"),
            Figure::Of(class, Metric::AbandonShare),
            leave[class] * line / arrive[class],
        );
    }
    case
}
