//! A switchboard with real threads over a device that fails: whatever the order, nothing that was answered is lost, nothing is done
//! twice, and the day in the journal is the same run again, folded and recovered.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use cordboard::{
    AgentId, Applied, ChannelId, ChannelSet, Command, CommandId, Driver, DriverOptions, Durability, Entry, Failed,
    GroupId, ManualClock, NewContact, OfferEnd, Plan, Policies, QueueId, Seq, Span, Switchboard, SwitchboardOptions,
    Timestamp, What, verify,
};

use crate::harness::chance::Chance;
use crate::harness::client::{Letter, Wish};
use crate::harness::disk::{Call, Crash, Cut, Death, Disk, Fault};
use crate::harness::tally::Tally;
use crate::{IMAGES, named, setting};

const CALLERS: u32 = 4;
/// Requests of each caller.
const REQUESTS: u64 = 30;
/// Lives that may go wrong before the last, in which nothing does.
const LIVES: usize = 6;

fn plan() -> Plan {
    Plan::builder()
        .channel("voice", |it| it.offer(Span::from_secs(20)))
        .capacity("phone", |it| it.takes("voice", 1))
        .agents("team", "phone", |it| it)
        .queue("service", |it| it)
        .build()
        .expect("the plan is sound")
}

/// The n-th thing that a caller asks, about calls of its own.
fn letter(source: u32, number: u64) -> Letter {
    let key = |number: u64| Box::from(format!("{source}-{number}"));
    let wish = match number % 5 {
        1 if number == 1 => {
            let agent = AgentId(source.into());
            let (group, ready) = (GroupId(0), ChannelSet::ALL);
            Wish::Command(Command::SignIn { agent, group, skills: None, ready })
        }
        0 | 2 | 3 => Wish::Arrive { key: key(number), new: Box::new(NewContact::new(QueueId(0), ChannelId(0))) },
        // Refused while nobody has it, and again when it has ended.
        4 => Wish::About { key: key(number - 2), verb: |contact| Command::Complete { contact } },
        _ => Wish::About { key: key(number - 3), verb: |contact| Command::Abandon { contact } },
    };
    Letter { id: CommandId { source, number }, wish }
}

/// What the gateway was given in one life, in order.
type Given = Arc<Mutex<Vec<Entry>>>;

/// A day of several lives.
struct Day {
    disk: Disk,
    chance: Chance,
    clock: ManualClock,
    options: SwitchboardOptions,
    /// The next request of each caller that it has no answer to.
    next: BTreeMap<u32, u64>,
    /// Where what was answered as done stands.
    answered: BTreeMap<CommandId, Seq>,
    lives: Vec<Given>,
    tally: Tally,
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let durability = chance.pick(&[Durability::Stable, Durability::Written]);
        let options = SwitchboardOptions {
            driver: DriverOptions { durability, snapshot_every: 25, ..DriverOptions::default() },
            capacity: chance.pick(&[1, 8]),
            batch: chance.pick(&[1, 4, 100]),
            backlog: chance.pick(&[1, 5, 1_000]),
            spin: Duration::ZERO,
            ..SwitchboardOptions::default()
        };
        let (disk, clock) = (Disk::default(), ManualClock::new(Timestamp::from_secs(9)));
        let next = (1..=CALLERS).map(|source| (source, 1)).collect();
        let (answered, lives, tally) = (BTreeMap::new(), Vec::new(), Tally::default());
        Self { disk, chance, clock, options, next, answered, lives, tally }
    }

    /// One life, with a device that fails or without.
    fn live(&mut self, fails: bool) {
        let given = Given::default();
        self.lives.push(given.clone());
        self.arm(fails);
        let mut panics_at = (fails && self.chance.one_in(4)).then(|| 1 + self.chance.below(60) as u64);
        let gateway = move |entry: &Entry| {
            if panics_at.take_if(|at| *at <= entry.input.seq.0).is_some() {
                resume_unwind(Box::new("as it was told to"));
            }
            given.lock().expect("nobody panics with it").push(entry.clone());
        };
        let (journal, gateway) = (self.disk.journal(), Box::new(gateway));
        let (clock, options) = (Arc::new(self.clock.clone()), self.options.clone());
        let opened = catch_unwind(AssertUnwindSafe(|| Switchboard::open(journal, plan(), gateway, clock, options)));
        let switchboard = match opened {
            Ok(Ok((switchboard, _))) => switchboard,
            Ok(Err(_)) if fails => return self.tally.count("openings that failed"),
            Err(panic) if panic.is::<Crash>() => return self.tally.count("crashes while opening"),
            Ok(Err(error)) => panic!("{error}"),
            Err(panic) => resume_unwind(panic),
        };
        let pipelined = self.chance.one_in(2);
        let callers: Vec<_> = self
            .next
            .iter()
            .map(|(&source, &from)| {
                let trunk = switchboard.trunk();
                std::thread::spawn(move || call(&trunk, source, from, pipelined))
            })
            .collect();
        // Meanwhile time passes, and jumps.
        for _ in 0..10 {
            let span = Span::from_secs(self.chance.below(15) as u64);
            match self.chance.below(5) {
                0 => self.clock.set(Timestamp(0) + span),
                _ => self.clock.pass(span),
            }
            std::thread::yield_now();
        }
        let dropped = fails && self.chance.one_in(3);
        let mut left = Some(switchboard);
        if dropped {
            left = None;
        }
        for caller in callers {
            let (source, answers) = caller.join().expect("it does not panic");
            self.take_note(source, answers);
        }
        match left.map(Switchboard::shutdown) {
            None => self.tally.count("dropped while asked"),
            Some(Ok(_)) => self.tally.count("shut down"),
            Some(Err(stopped)) => {
                assert!(fails, "{stopped}");
                let name = format!("{stopped:?}");
                self.tally.count(&format!("stopped: {}", name.split('(').next().unwrap_or_default()));
            }
        }
    }

    fn take_note(&mut self, source: u32, answers: Vec<(u64, Option<Seq>)>) {
        for (number, place) in answers {
            self.tally.count("answers");
            if let Some(place) = place {
                self.answered.insert(CommandId { source, number }, place);
            }
            self.next.insert(source, number + 1);
        }
    }

    /// After a life: what the device has left, and whether that is enough.
    fn die(&mut self) {
        self.disk.set_faults(None);
        self.disk.make_room();
        for (call, fault) in self.disk.take_happened() {
            self.tally
                .count(&format!("{call:?} {}", format!("{fault:?}").split([' ', '(']).next().unwrap_or_default()));
        }
        let death = match self.options.driver.durability {
            Durability::Stable => self.chance.pick(&[Death::Process, Death::Power]),
            _ => Death::Process,
        };
        let survivors = self.disk.survivors(death);
        let left = survivors.start() + self.chance.below(survivors.end() - survivors.start() + 1);
        self.disk = self.disk.after(death, left);
        let kept: Vec<Entry> = (0..left).map(|at| self.disk.entry(at)).collect();
        for (id, place) in &self.answered {
            let there = kept.get(place.0 as usize - 1).map(|entry| entry.input.id);
            assert_eq!(there, Some(*id), "{id:?} was answered, and stood at {place}");
        }
        // A gateway may be at its last command a little longer, which is durable all the same.
        for given in self.lives.iter().map(|it| it.lock().expect("nobody panics with it")) {
            for entry in given.iter() {
                assert_eq!(kept.get(entry.input.seq.0 as usize - 1), Some(entry), "it was let out");
            }
            assert!(given.is_sorted_by(|one, next| one.input.seq.0 + 1 == next.input.seq.0), "in order");
        }
    }

    fn arm(&mut self, fails: bool) {
        let (mut chance, rate) = (Chance::new(self.chance.number()), self.chance.pick(&[8, 40]));
        self.disk.set_faults(fails.then(|| -> crate::harness::disk::Faults {
            Box::new(move |_, call| {
                let wrong = match (call, chance.below(5)) {
                    (_, 0) => Fault::CrashBefore,
                    (_, 1) => Fault::CrashAfter,
                    (Call::Append | Call::Save, 2) => Fault::Full,
                    (Call::Replay, 2) => Fault::Within(1, Cut::Crash),
                    (_, 3) => Fault::ErrorOnce,
                    (..) => Fault::Error { done: true },
                };
                chance.one_in(rate).then_some(wrong)
            })
        }));
    }

    /// The day is over: each request was done once, all was delivered, and all ways through the journal come to the same.
    fn end(&mut self) {
        let all = self.disk.counts().0;
        let entries: Vec<Entry> = (0..all).map(|at| self.disk.entry(at)).collect();
        let mut done: Vec<CommandId> = entries.iter().map(|it| it.input.id).filter(|id| id.source > 0).collect();
        self.tally.add("requests done once", done.len() as u64);
        done.sort_unstable();
        assert!(done.is_sorted_by(|one, next| one < next), "nothing is done twice");
        let mut given = vec![false; all];
        for life in &self.lives {
            life.lock().expect("nobody panics with it").iter().for_each(|it| given[it.input.seq.0 as usize - 1] = true);
        }
        assert!(given.iter().all(|given| *given), "all of it was delivered");

        let verified = verify(&mut *self.disk.journal(), &Policies::new(), &mut |_, _| {}).expect("it can be read");
        assert_eq!((verified.commands, &verified.difference), (all as u64, &None), "run again, and folded");
        let opened = Driver::open(self.disk.journal(), plan(), DriverOptions::default(), Timestamp(0));
        let (driver, opening) = opened.expect("the journal is sound");
        assert_eq!(opening.end, Seq(all as u64));
        assert_eq!(driver.router().expect("it has not failed").digest(), verified.digest, "recovered");
        self.tally.add("snapshots compared", verified.snapshots.len() as u64);
        self.tally.add("entries run again, folded and recovered alike", all as u64);
    }
}

/// Asks from the given number on; the answers that came. Of one that was done, where it stands; of one that was refused, or done
/// before, nothing.
fn call(trunk: &cordboard::Trunk, source: u32, from: u64, pipelined: bool) -> (u32, Vec<(u64, Option<Seq>)>) {
    let mut answers = Vec::new();
    let most = if pipelined { 7 } else { 1 };
    let mut number = from;
    while number <= REQUESTS {
        let sent: Vec<_> = (number..=REQUESTS.min(number + most - 1))
            .map_while(|number| {
                let letter = letter(source, number);
                Some((number, trunk.send(letter.wish.request(letter.id)).ok()?))
            })
            .collect();
        number += most;
        let none = sent.is_empty();
        for (number, receipt) in sent {
            match receipt.wait() {
                Ok(answer) => answers.push((number, (answer.applied == Applied::Done).then_some(answer.seq))),
                Err(Failed::Refused(_)) => answers.push((number, None)),
                // In doubt, and so is what comes after it.
                Err(Failed::Stopped(_)) => return (source, answers),
            }
        }
        if none {
            break;
        }
    }
    (source, answers)
}

#[test]
fn threads_over_a_failing_device() {
    let (days, first) = (setting("CORDBOARD_FAULT_IMAGES", IMAGES) / 15, setting("CORDBOARD_FAULT_SEED", 1));
    let mut tally = Tally::default();
    for seed in first..first + days {
        named(seed, || {
            let mut day = Day::new(seed);
            for _ in 0..LIVES {
                day.live(true);
                day.die();
            }
            day.live(false);
            day.die();
            day.end();
            tally.take_over(&day.tally);
        });
    }
    let _ = writeln!(std::io::stdout(), "{days} days of {} lives: {tally}", LIVES + 1);
    for (what, each) in [
        ("stopped: Journal", 2),
        ("stopped: Engine", 2),
        ("stopped: Gateway", 10),
        ("dropped while asked", 2),
        ("crashes while opening", 3),
    ] {
        assert!(tally.of(what) >= days / each, "too little happened of {what}: {tally}");
    }
    assert!(tally.of("requests done once") > 50 * days, "{tally}");
}

/// Time goes on slower until the clock has caught up, and what rings still rings out.
#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    let (clock, disk) = (ManualClock::new(Timestamp::from_secs(10_000)), Disk::default());
    let (tell, told) = mpsc::channel();
    let gateway = move |entry: &Entry| {
        for event in &entry.events {
            if let What::OfferEnded { end: OfferEnd::Expired, .. } = event.what {
                tell.send(event.at).expect("somebody listens");
            }
        }
    };
    let options = SwitchboardOptions::default();
    let (journal, gateway) = (disk.journal(), Box::new(gateway));
    let opened = Switchboard::open(journal, plan(), gateway, Arc::new(clock.clone()), options);
    let (switchboard, _) = opened.expect("the journal is sound");
    let trunk = switchboard.trunk();
    for number in 1..=2 {
        let letter = letter(1, number);
        trunk.call(letter.wish.request(letter.id)).expect("it is taken");
    }
    // The call rings for 20 seconds, of which the engine takes an eighth more while it is ahead of the clock.
    clock.set(Timestamp::from_secs(6_400));
    trunk.ask(|_, _| ()).expect("it is there");
    clock.pass(Span::from_secs(22));
    assert_eq!(trunk.ask(|router, _| router.open_offers().len()).expect("it is there"), 1, "it still rings");
    clock.pass(Span::from_secs(1));
    assert_eq!(told.recv(), Ok(Timestamp::from_secs(10_020)), "at its own instant");
    switchboard.shutdown().expect("nothing goes wrong");
}
