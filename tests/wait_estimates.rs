//! What customers are told, and what comes true: `Router::estimate_wait` and the predictors of the literature, by load.
//!
//! A pool of agents is driven directly. One customer in twenty is endlessly patient, and only these are asked about, so that no wait is cut short;
//! they are few enough to leave the others as they are. `CORDBOARD_ESTIMATE_CONTACTS` sets how many contacts come to each pool; with
//! `CORDBOARD_REWRITE` the table in `docs/validation.md` is written anew.
#![cfg(feature = "measure")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use cordboard::measure::WaitBehind;
use cordboard::{
    AgentId, AgentOrder, ChannelId, ChannelSet, Command, CommandId, ContactId, GroupId, NewContact, Outcome, Plan,
    QueueId, Router, Seq, Stamped, Timestamp, What,
};

/// Mean handling time, in microseconds: three minutes.
const HANDLING: f64 = 180e6;

/// A pool of agents and the customers who come.
#[derive(Clone, Copy)]
struct Pool {
    agents: u32,
    /// Erlangs offered for each agent.
    load: f64,
    /// Mean patience over mean handling; infinite for everybody.
    patience: f64,
}

const POOLS: [Pool; 8] = [
    Pool { agents: 5, load: 0.9, patience: f64::INFINITY },
    Pool { agents: 20, load: 0.95, patience: f64::INFINITY },
    Pool { agents: 100, load: 0.98, patience: f64::INFINITY },
    Pool { agents: 20, load: 1.0, patience: 1.0 },
    Pool { agents: 100, load: 1.0, patience: 1.0 },
    Pool { agents: 20, load: 1.2, patience: 1.0 },
    Pool { agents: 100, load: 1.2, patience: 1.0 },
    Pool { agents: 100, load: 1.4, patience: 2.0 },
];

/// Predicted, and how wide: the tenth and the ninetieth percentile.
#[derive(Clone, Copy)]
struct Told {
    mean: f64,
    interval: Option<(f64, f64)>,
}

/// What was told of one wait, by each predictor, and what came true.
struct Probe {
    told: [Told; 5],
    waited: f64,
}

const PREDICTORS: [&str; 5] = ["engine", "QL", "QLm", "LES", "HOL"];

/// How good a predictor is.
#[derive(Clone, Copy, Debug)]
struct Quality {
    /// Mean of predicted less true, over the mean true wait.
    bias: f64,
    /// Mean of the absolute difference, likewise.
    error: f64,
    /// Share of waits within the interval, which should be 0.8.
    coverage: Option<f64>,
}

fn judge(probes: &[Probe], predictor: usize) -> Quality {
    let n = probes.len() as f64;
    let sum = |of: &dyn Fn(&Probe) -> f64| probes.iter().map(of).sum::<f64>() / n;
    let mean = sum(&|probe| probe.waited);
    let within = |probe: &Probe| {
        let (low, high) = probe.told[predictor].interval?;
        Some(f64::from(u8::from((low..=high).contains(&probe.waited))))
    };
    Quality {
        bias: sum(&|probe| probe.told[predictor].mean - probe.waited) / mean,
        error: sum(&|probe| (probe.told[predictor].mean - probe.waited).abs()) / mean,
        coverage: probes.iter().map(within).sum::<Option<f64>>().map(|all| all / n),
    }
}

/// A customer, from arrival to the end of the wait.
struct Customer {
    arrived: u64,
    work: u64,
    told: Option<[Told; 5]>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    Ends(u64),
    Leaves(u64),
    Arrives,
}

struct World {
    pool: Pool,
    router: Router,
    seq: u64,
    random: u64,
    calendar: BinaryHeap<Reverse<(u64, Happens)>>,
    customers: HashMap<u64, Customer>,
    /// Those who wait, in order, and when each arrived.
    line: VecDeque<(u64, u64)>,
    last_wait: f64,
    probes: Vec<Probe>,
}

impl World {
    fn new(pool: Pool) -> Self {
        let plan = Plan::builder()
            .channel("voice", |voice| voice)
            .capacity("calls", |profile| profile.takes("voice", 1))
            .agents("team", "calls", |group| group)
            .queue("service", |queue| queue.agents([AgentOrder::LongestIdle]))
            .build()
            .unwrap();
        let mut world = Self {
            pool,
            router: Router::new(plan).unwrap(),
            seq: 0,
            random: 0x5EED,
            calendar: BinaryHeap::from([Reverse((0, Happens::Arrives))]),
            customers: HashMap::new(),
            line: VecDeque::new(),
            last_wait: 0.0,
            probes: Vec::new(),
        };
        for agent in 1..=u64::from(pool.agents) {
            let (agent, group, ready) = (AgentId(agent), GroupId(0), ChannelSet::ALL);
            world.send(0, Command::SignIn { agent, group, skills: None, ready });
        }
        world
    }

    fn run(mut self, contacts: u64) -> Vec<Probe> {
        let rate = self.pool.load * f64::from(self.pool.agents) / HANDLING;
        let mut came = 0;
        while let Some(Reverse((at, happens))) = self.calendar.pop() {
            match happens {
                Happens::Arrives if came < contacts => {
                    came += 1;
                    let gap = self.exponential(1.0 / rate);
                    self.calendar.push(Reverse((at + gap, Happens::Arrives)));
                    self.arrive(at, came, contacts / 20);
                }
                Happens::Arrives => {}
                Happens::Ends(contact) => self.send(at, Command::Complete { contact: ContactId(contact) }),
                Happens::Leaves(contact) if self.line.iter().any(|(waiting, _)| *waiting == contact) => {
                    self.send(at, Command::Abandon { contact: ContactId(contact) });
                }
                Happens::Leaves(_) => {}
            }
        }
        self.probes
    }

    fn arrive(&mut self, at: u64, contact: u64, warm: u64) {
        let (work, patience) = (self.exponential(HANDLING), self.exponential(HANDLING * self.pool.patience.min(1e6)));
        let asked = contact.is_multiple_of(20);
        let impatient = self.pool.patience.is_finite() && !asked;
        let head = self.line.front().map_or(0, |(_, arrived)| at - arrived);
        let ahead = self.line.len() as u32;
        self.customers.insert(contact, Customer { arrived: at, work, told: None });
        self.send(at, Command::Enqueue { contact: ContactId(contact), new: NewContact::new(QueueId(0), ChannelId(0)) });
        if self.line.back().is_none_or(|(last, _)| *last != contact) {
            return;
        }
        if impatient {
            self.calendar.push(Reverse((at + patience, Happens::Leaves(contact))));
        }
        if let Some(estimate) = self.router.estimate_wait(ContactId(contact)).filter(|_| asked && contact > warm) {
            assert_eq!((estimate.ahead, estimate.places), (ahead, self.pool.agents));
            let drain = f64::from(self.pool.agents) / HANDLING;
            let behind = |leave: f64| {
                let wait = WaitBehind::new(ahead, drain, leave).unwrap();
                Told { mean: wait.mean(), interval: Some((wait.quantile(0.1), wait.quantile(0.9))) }
            };
            let point = |mean| Told { mean, interval: None };
            let engine = Told {
                mean: estimate.likely.0 as f64,
                interval: Some((estimate.low.0 as f64, estimate.high.0 as f64)),
            };
            let leave = 1.0 / (HANDLING * self.pool.patience);
            let told = [engine, behind(0.0), behind(leave), point(self.last_wait), point(head as f64)];
            if let Some(customer) = self.customers.get_mut(&contact) {
                customer.told = Some(told);
            }
        }
    }

    fn send(&mut self, at: u64, command: Command) {
        self.seq += 1;
        let mut out = Vec::new();
        let input = Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at: Timestamp(at), command };
        self.router.apply(&input, &mut out).unwrap();
        for event in out {
            match event.what {
                What::Queued { contact, .. } => self.line.push_back((contact.0, at)),
                What::Assigned { contact, .. } => self.answered(contact.0, at),
                What::Ended { contact, outcome, .. } => {
                    if outcome == Outcome::Abandoned {
                        self.line.retain(|(waiting, _)| *waiting != contact.0);
                    }
                    self.customers.remove(&contact.0);
                }
                _ => {}
            }
        }
    }

    fn answered(&mut self, contact: u64, at: u64) {
        let customer = &self.customers[&contact];
        self.calendar.push(Reverse((at + customer.work, Happens::Ends(contact))));
        let waited = (at - customer.arrived) as f64;
        if self.line.front().is_some_and(|(first, _)| *first == contact) {
            self.line.pop_front();
            self.last_wait = waited;
        }
        if let Some(told) = customer.told {
            self.probes.push(Probe { told, waited });
        }
    }

    fn exponential(&mut self, mean: f64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let unit = (((x ^ (x >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        (-unit.ln() * mean).min(1e15) as u64
    }
}

fn row(pool: Pool, probes: &[Probe]) -> String {
    let patience = if pool.patience.is_finite() { format!("{} min", 3.0 * pool.patience) } else { "–".to_owned() };
    let mean = probes.iter().map(|probe| probe.waited).sum::<f64>() / probes.len() as f64 / 1e6;
    let mut row = format!("| {} | {:.2} | {patience} | {mean:.0} s ", pool.agents, pool.load);
    for predictor in 0..PREDICTORS.len() {
        let Quality { bias, error, coverage } = judge(probes, predictor);
        let _ = write!(row, "| {:+.0} / {:.0}", 100.0 * bias, 100.0 * error);
        if let Some(coverage) = coverage {
            let _ = write!(row, " / {:.0}", 100.0 * coverage);
        }
        row.push(' ');
    }
    row + "|\n"
}

#[test]
fn estimates_come_true() {
    let contacts = std::env::var("CORDBOARD_ESTIMATE_CONTACTS").map_or(20_000, |n| n.parse().expect("a number"));
    let mut table = "| agents | load | patience | mean wait | engine | QL | QLm | LES | HOL |\n|---|---|---|---|---|---|---|---|---|\n".to_owned();
    let all: Vec<(Pool, Vec<Probe>)> = POOLS.into_iter().map(|pool| (pool, World::new(pool).run(contacts))).collect();
    for (pool, probes) in &all {
        table += &row(*pool, probes);
    }
    let _ = writeln!(std::io::stderr(), "{table}");
    if std::env::var_os("CORDBOARD_REWRITE").is_some() {
        publish(&table, contacts);
    }
    for (pool, probes) in &all {
        assert!(probes.len() as u64 > contacts / 100, "only {} waits were judged", probes.len());
        let engine = judge(probes, 0);
        let best = judge(probes, 2);
        // QLm knows the true rates, which the engine has to find out.
        let shown = row(*pool, probes);
        assert!(engine.bias.abs() < 0.15, "{shown}");
        assert!(engine.error < best.error + 0.06, "{shown}");
        assert!((0.7..0.9).contains(&engine.coverage.unwrap()), "{shown}");
        // And what is told is better than what the one before waited.
        assert!(engine.error < judge(probes, 3).error + 0.02, "{shown}");
    }
}

/// Between these lines of `docs/validation.md`.
const MARKS: [&str; 2] = ["<!-- estimates -->\n", "<!-- end of estimates -->\n"];

fn publish(table: &str, contacts: u64) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(MARKS[0]).unwrap();
    let (_, after) = rest.split_once(MARKS[1]).unwrap();
    let text = format!("{contacts} contacts to each pool.\n\n{table}");
    std::fs::write(path, format!("{before}{}{text}{}{after}", MARKS[0], MARKS[1])).unwrap();
}
