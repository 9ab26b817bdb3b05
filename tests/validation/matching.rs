//! Infinite bipartite matching, first come first served, by the engine itself: agents who take one contact each and are gone.
//!
//! A customer and a server come at each step; who is matched with whom depends on the two orders alone (Adan, Bušić, Mairesse and Weiss,
//! *Mathematics of Operations Research* 43, 2018).

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, Event, GroupId, Leave, Needs, NewContact, Plan,
    QueueId, RequirementId, Router, Seq, Stamped, Timestamp, What,
};

use cordboard::measure::{Estimate, student_t, student_tail};

use crate::case::Finding;
use crate::given::Matching;

/// The rate of each pair, from so many runs of so many customers.
pub(crate) fn run(matching: &Matching, runs: u32, customers: u64) -> Vec<Finding> {
    let counts: Vec<Vec<Vec<u64>>> = (0..runs).map(|run| one(matching, u64::from(run), customers)).collect();
    let mut findings = Vec::new();
    for (class, of_class) in matching.rates.iter().enumerate() {
        for (kind, &exact) in of_class.iter().enumerate() {
            let shares = counts.iter().map(|counts| Some(counts[class][kind] as f64 / customers as f64));
            let Estimate { mean: Some(mean), half_width: Some(half_width) } = Estimate::of(shares) else { continue };
            let error = half_width / student_t(runs - 1);
            let t = if error > 0.0 {
                (mean - exact) / error
            } else if (mean - exact).abs() < 1e-9 {
                0.0
            } else {
                1e9
            };
            let chance = student_tail(t, runs - 1);
            let (case, name) = (matching.name.clone(), format!("class {class} with kind {kind}"));
            findings.push(Finding { case, name, exact, mean, half_width, t, chance });
        }
    }
    findings
}

/// Matches by class and kind.
fn one(matching: &Matching, seed: u64, customers: u64) -> Vec<Vec<u64>> {
    let classes = matching.customers.len();
    let mut plan = Plan::builder()
        .channel("call", |channel| channel.whole_agent(true))
        .capacity("one", |profile| profile.takes("call", 1))
        .queue("all", |queue| queue.agents([cordboard::AgentOrder::LongestIdle]));
    for class in 0..classes {
        plan = plan.requirement(&format!("c{class}"), &format!("c{class}"));
    }
    for (kind, serves) in matching.serves.iter().enumerate() {
        plan = plan.agents(&format!("s{kind}"), "one", |group| {
            serves.iter().fold(group, |group, class| group.skill(&format!("c{class}"), 50))
        });
    }
    let mut router =
        Router::new(plan.build().expect("the plan of a matching is sound")).expect("it asks for no policy");
    let mut random = Mixed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x6D61_7463);
    let mut matches = vec![vec![0; matching.servers.len()]; classes];
    let (mut seq, mut out) = (0, Vec::new());
    let (mut class_of, mut kind_of) = (Vec::new(), Vec::new());
    // The first tenth is to forget the beginning.
    for step in 0..customers + customers / 10 {
        let class = random.pick(&matching.customers);
        let kind = random.pick(&matching.servers);
        class_of.push(class);
        kind_of.push(kind);
        let needs = Needs::Named(RequirementId(class as u32));
        let new = NewContact { needs, ..NewContact::new(QueueId(0), ChannelId(0)) };
        let group = GroupId(kind as u16);
        let sign_in = Command::SignIn { agent: AgentId(step), group, skills: None, ready: ChannelSet::ALL };
        for command in [Command::Enqueue { contact: ContactId(step), new }, sign_in] {
            let mut next = vec![command];
            while let Some(command) = next.pop() {
                seq += 1;
                out.clear();
                let at = Timestamp(seq);
                router
                    .apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at, command }, &mut out)
                    .expect("sound");
                for event in &out {
                    let Event { what: What::Assigned { contact, agent, .. }, .. } = event else { continue };
                    if step >= customers / 10 {
                        matches[class_of[contact.0 as usize]][kind_of[agent.0 as usize]] += 1;
                    }
                    // Gone before it could take another one.
                    next.push(Command::Complete { contact: *contact });
                    next.push(Command::SignOut { agent: *agent, leave: Leave::Drain });
                }
            }
        }
    }
    matches
}

/// SplitMix64.
struct Mixed(u64);

impl Mixed {
    fn pick(&mut self, shares: &[f64]) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let mut left = ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        for (at, share) in shares.iter().enumerate() {
            left -= share;
            if left < 0.0 {
                return at;
            }
        }
        shares.len() - 1
    }
}
