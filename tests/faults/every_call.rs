//! A short day, with every fault at every call of the journal, every end that may survive, and the same again while opening.

use std::io::Write;

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, DriverOptions, Durability, GroupId, InFlight,
    NewContact, OfferId, Plan, QueueId, Span, Timestamp,
};

use crate::harness::client::{Letter, Wish};
use crate::harness::disk::{Call, Cut, Death, Fault};
use crate::harness::site::{Fell, Site};
use crate::harness::tally::Tally;
use crate::{IMAGES, setting};

enum Step {
    Ask(Wish),
    Commit,
    Pass(Span),
    /// The gateway is given so many.
    Deliver(usize),
    Reopen,
}

/// Offers that ring out, that are accepted and that are still open when it ends; a contact that ends and whose name comes again.
fn day() -> Vec<Step> {
    let arrive = |key: &str, channel| {
        let new = Box::new(NewContact::new(QueueId(0), ChannelId(channel)));
        Step::Ask(Wish::Arrive { key: key.into(), new })
    };
    let about = |key: &str, verb: fn(ContactId) -> Command| Step::Ask(Wish::About { key: key.into(), verb });
    let sign_in = |agent| {
        let (agent, group) = (AgentId(agent), GroupId(0));
        Step::Ask(Wish::Command(Command::SignIn { agent, group, skills: None, ready: ChannelSet::ALL }))
    };
    let accept = |offer| Step::Ask(Wish::Command(Command::Accept { offer: OfferId(offer) }));
    let secs = |secs| Step::Pass(Span::from_secs(secs));
    vec![
        sign_in(1),
        arrive("a", 0),
        Step::Commit,
        Step::Deliver(1),
        secs(1),
        accept(1),
        arrive("b", 0),
        Step::Commit,
        secs(2),
        Step::Commit, // Deferred: written now
        sign_in(2),   // and is offered b
        about("a", |contact| Command::Complete { contact }),
        Step::Commit,
        Step::Deliver(2),
        secs(25), // the offer of b rings out
        Step::Commit,
        arrive("a", 0),
        Step::Commit,
        Step::Reopen,
        accept(3),
        arrive("c", 0),
        Step::Commit,
        about("nobody", |contact| Command::Cancel { contact }),
        secs(3),
        Step::Commit,
        Step::Deliver(9),
        about("b", |contact| Command::Abandon { contact }),
        Step::Commit,
    ]
}

fn plan() -> Plan {
    Plan::builder()
        .channel("voice", |it| it.offer(Span::from_secs(10)))
        .capacity("phone", |it| it.takes("voice", 1))
        .agents("team", "phone", |it| it)
        .queue("service", |it| it)
        .build()
        .expect("the plan is sound")
}

/// The day so far.
struct Day {
    site: Site,
    steps: Vec<Step>,
    at: usize,
}

impl Day {
    fn begin(options: &DriverOptions) -> Self {
        let site = Site::new(&plan(), options.clone(), Timestamp::from_secs(9));
        Self { site, steps: day(), at: 0 }
    }

    fn open(&mut self, tally: &mut Tally) -> Result<(), Fell> {
        self.site.open(&plan(), tally)?;
        self.site.deliver_again(tally)
    }

    /// Goes on to the end, or until the driver falls. `look` sees it after each step.
    fn go_on(&mut self, tally: &mut Tally, mut look: impl FnMut(&Site, &mut Tally)) -> Result<(), Fell> {
        while let Some(step) = self.steps.get(self.at) {
            // Wherever it falls, it goes on behind.
            self.at += 1;
            let number = self.at as u64;
            match step {
                Step::Ask(wish) => {
                    self.site.submit(Letter { id: CommandId { source: 1, number }, wish: wish.clone() });
                }
                Step::Commit => {
                    let (_, committed) = self.site.commit()?;
                    self.site.gateway.queue(&committed.entries);
                    look(&self.site, tally);
                }
                Step::Pass(span) => {
                    self.site.clock += *span;
                    self.site.tick();
                }
                Step::Deliver(most) => self.site.deliver(*most, true),
                Step::Reopen => {
                    let (_, committed) = self.site.close()?;
                    self.site.gateway.queue(&committed.entries);
                    self.open(tally)?;
                }
            }
        }
        Ok(())
    }
}

/// How much is tried of what is left.
#[derive(Clone, Copy)]
enum Depth {
    /// Each state once, after one of the outages.
    Once(usize),
    /// After each of them, and with every fault while it is opened.
    All,
}

/// Opens every state that a death may leave now.
fn images(site: &Site, doubts: &[Letter], depth: Depth, tally: &mut Tally) {
    let outages = match depth {
        Depth::Once(at) => &OUTAGES[at % 3..][..1],
        Depth::All => &OUTAGES[..],
    };
    let while_opening: &[Fault] = match depth {
        Depth::Once(_) => &[],
        Depth::All => &[Fault::CrashBefore, Fault::CrashAfter, Fault::Error { done: true }],
    };
    for death in [Death::Process, Death::Power] {
        let survivors = site.disk.survivors(death);
        assert!(*survivors.start() >= site.promised(death), "{survivors:?} may be left");
        for left in survivors {
            for &outage in outages {
                image(site.after(death, left), outage, doubts, tally);
            }
            for &fault in while_opening {
                // Until it is opened before it comes to that call.
                for call in 0.. {
                    let mut site = site.after(death, left);
                    let wrong = move |number, _| (number == call).then_some(fault);
                    site.disk.set_faults(Some(Box::new(wrong)));
                    if site.open(&plan(), tally).is_ok() {
                        break;
                    }
                    tally.count("failures while opening");
                    site.disk.set_faults(None);
                    let death = if call % 2 == 0 { Death::Process } else { Death::Power };
                    for left in site.disk.survivors(death) {
                        image(site.after(death, left), OUTAGES[1], doubts, tally);
                    }
                }
            }
        }
    }
}

/// Opens a state that was left, asks again what is in doubt, and compares everything.
fn image(mut site: Site, outage: Span, doubts: &[Letter], tally: &mut Tally) {
    site.clock += outage;
    site.open(&plan(), tally).expect("nothing goes wrong");
    site.deliver_again(tally).expect("nothing goes wrong");
    doubts.iter().for_each(|letter| site.submit(letter.clone()));
    site.commit().expect("nothing goes wrong");
    site.compare_state();
    tally.count("images");
}

/// Within the time to accept, beyond it, and beyond everything.
const OUTAGES: [Span; 3] = [Span::ZERO, Span::from_secs(6), Span::from_secs(7_200)];

/// What may go wrong in such a call.
fn faults(call: Call) -> Vec<Fault> {
    let mut faults = vec![Fault::CrashBefore, Fault::CrashAfter, Fault::ErrorOnce];
    faults.extend([false, true].map(|done| Fault::Error { done }));
    match call {
        Call::Sync => faults.push(Fault::Lie),
        Call::Append | Call::Save => faults.push(Fault::Full),
        Call::Replay => faults.extend([0, 2].map(|most| Fault::Within(most, Cut::Crash))),
        Call::End | Call::Load => {}
    }
    faults
}

/// The day with one fault: until it falls, what may be left then, and on from there to the end.
fn with_fault(options: &DriverOptions, number: u64, fault: Fault, depth: Depth, tally: &mut Tally) {
    let mut day = Day::begin(options);
    let wrong = move |call, _| (call == number).then_some(fault);
    day.site.disk.set_faults(Some(Box::new(wrong)));
    // A device that lies is found out at some later death, whenever that is.
    let after_a_lie = |site: &Site, tally: &mut Tally| {
        if site.disk.has_lied() {
            images(site, &[], Depth::Once(number as usize), tally);
        }
    };
    let opened = day.open(tally);
    let Err(_) = opened.and_then(|()| day.go_on(tally, after_a_lie)) else { return };
    tally.count("days that fell");
    day.site.disk.set_faults(None);
    day.site.disk.make_room();
    let doubts: Vec<Letter> = day.site.unanswered().collect();
    day.site.compare_device();
    images(&day.site, &doubts, depth, tally);

    let left = *day.site.disk.survivors(Death::Power).end();
    day.site = day.site.after(Death::Power, left);
    day.open(tally).expect("nothing goes wrong any more");
    doubts.into_iter().for_each(|letter| day.site.submit(letter));
    day.go_on(tally, |_, _| {}).expect("nothing goes wrong any more");
    day.site.commit().expect("nothing goes wrong any more");
    day.site.compare_state();
    tally.count("days that went on to their end");
}

#[test]
fn every_fault_at_every_call_with_every_end_that_may_survive() {
    let long = setting("CORDBOARD_FAULT_IMAGES", IMAGES) > IMAGES;
    let (mut tally, mut days) = (Tally::default(), 0);
    for durability in [Durability::Stable, Durability::Written, Durability::Deferred] {
        let options = DriverOptions {
            durability,
            defer: Span::from_secs(2),
            snapshot_every: 4,
            in_flight: if durability == Durability::Written { InFlight::Revoke } else { InFlight::Keep },
            ..DriverOptions::default()
        };
        let mut day = Day::begin(&options);
        let calls = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = calls.clone();
        let note = move |_, call| {
            seen.lock().expect("nobody panics with it").push(call);
            None
        };
        day.site.disk.set_faults(Some(Box::new(note)));
        day.open(&mut tally).expect("nothing goes wrong");
        day.go_on(&mut tally, |_, _| {}).expect("nothing goes wrong");
        let calls = std::mem::take(&mut *calls.lock().expect("nobody panics with it"));
        tally.add("calls", calls.len() as u64);
        for (number, &call) in (0..).zip(&calls) {
            for fault in faults(call) {
                let all = long || days % 25 == 0;
                with_fault(&options, number, fault, if all { Depth::All } else { Depth::Once(days) }, &mut tally);
                days += 1;
            }
        }
    }
    let _ = writeln!(std::io::stdout(), "every call: {tally}");
    assert!(tally.of("calls") > 60 && tally.of("images") > 4_000 && tally.of("offers that ring on") > 300, "{tally}");
}
