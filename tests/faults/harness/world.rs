//! A world of chance: a host asks, time jumps, the device fails, the process dies, and a driver is opened again.

use cordboard::{
    Command, CommandId, Driver, DriverError, DriverOptions, Durability, InFlight, JournalError, NoAnswer,
    NoAnswerEffect, Plan, Seq, Span, Timestamp, WrapUp,
};

use super::chance::Chance;
use super::client::{Client, Letter, Sent};
use super::disk::{Call, Cut, Death, Fault};
use super::plans;
use super::site::{Fell, Site};
use super::tally::Tally;

/// One world, and what happened in it.
pub(crate) struct World {
    pub(crate) tally: Tally,
    chance: Chance,
    site: Site,
    client: Client,
    /// The plan that the journal began with.
    first: Plan,
    /// The one that the host has now.
    plan: Plan,
    /// A driver that another has taken over from, and where the journal ended then.
    stale: Option<(Driver, usize)>,
    /// One call of the journal in so many goes wrong.
    rate: usize,
    /// Its syncs may lie.
    liar: bool,
}

/// Most surviving ends that are tried of one crash.
const IMAGES: usize = 12;

/// Runs a world through so many turns, and to its end.
pub(crate) fn run(seed: u64, turns: usize) -> Tally {
    let mut world = World::new(seed);
    world.open(8);
    for _ in 0..turns {
        world.turn();
    }
    world.finish();
    world.tally
}

impl World {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let plan = office();
        let first = if chance.one_in(4) { plans::plan(&mut chance, None).0 } else { plan.clone() };
        let options = DriverOptions {
            durability: chance.pick(&[
                Durability::Stable,
                Durability::Stable,
                Durability::Written,
                Durability::Deferred,
            ]),
            defer: chance.pick(&[Span::from_millis(100), Span::from_secs(3), Span::ZERO]),
            snapshot_every: chance.pick(&[0, 1, 4, 4, 15]),
            in_flight: chance.pick(&[InFlight::Keep, InFlight::Revoke]),
            policies: plans::policies(),
        };
        let clock = Timestamp(chance.pick(&[0, 1_000_000_000, 1_700_000_000_000_000, u64::MAX - 50_000_000]));
        let client = Client::new(&mut chance);
        let (rate, liar) = (chance.pick(&[12, 40]), chance.one_in(3));
        let site = Site::new(&first, options, clock);
        Self { tally: Tally::default(), chance, site, client, first, plan, stale: None, rate, liar }
    }

    // ---- turns

    fn turn(&mut self) {
        self.tally.count("turns");
        match self.chance.below(28) {
            0 => self.leap(),
            1..=4 => self.wait(),
            5..=8 => self.deliver(),
            9 => self.close(),
            10 => self.die(Fell::Crashed),
            11 => self.take_over(),
            12 | 13 => self.stale_writes(),
            _ => self.work(),
        }
    }

    /// A few requests, and a commit.
    fn work(&mut self) {
        for _ in 0..self.chance.below(7) {
            self.pass_a_moment();
            let (letter, sent) = self.client.next(&mut self.chance, self.site.model.router());
            self.tally.count(match sent {
                Sent::First => "requests",
                Sent::InDoubt => "asked again in doubt",
                Sent::Duplicate => "asked again after an answer",
            });
            self.site.submit(letter);
        }
        self.commit();
    }

    /// Sleeps until the driver asks to be woken.
    fn wait(&mut self) {
        let before = self.site.model.end();
        // Woken a little early, it asks again.
        for _ in 0..80 {
            let driver = self.site.driver.as_ref().expect("it is open");
            let year = Span::from_secs(31_536_000);
            let Some(wake) = driver.next_wake().filter(|wake| wake.since(self.site.clock) < year) else {
                self.site.clock += Span::from_secs(self.chance.below(100) as u64);
                return self.commit();
            };
            self.site.clock = self.site.clock.max(wake);
            let ended = self.site.driver.is_none();
            self.site.tick();
            let fired = self.site.model.end() > before;
            let writes = self.site.disk.counts().0 < self.site.model.end();
            self.commit();
            if fired || writes || ended || self.chance.one_in(60) {
                return self.tally.count("woken in time");
            }
        }
        panic!("it asks to be woken over and over, and nothing is due");
    }

    /// The clock is set, an hour or a day, ahead or back.
    fn leap(&mut self) {
        let far = Span::from_secs(self.chance.pick(&[1, 30, 3_600, 86_400]));
        if self.chance.one_in(2) {
            self.site.clock = self.site.clock - far;
            self.tally.count("clock set back");
        } else {
            self.site.clock += far;
            self.tally.count("clock set ahead");
        }
        self.commit();
    }

    fn pass_a_moment(&mut self) {
        self.site.clock += Span(self.chance.pick(&[0, 0, 1, 1_000, 300_000, 2_000_000, 9_000_000]));
        if self.chance.one_in(60) {
            self.site.clock = self.site.clock - Span(self.chance.pick(&[1, 1_000, 4_000_000]));
            self.tally.count("clock set back");
        }
    }

    fn deliver(&mut self) {
        let (most, tell) = (self.chance.below(self.site.gateway.lags() + 1), !self.chance.one_in(4));
        self.site.deliver(most, tell);
    }

    fn close(&mut self) {
        self.arm(self.rate);
        match self.site.close() {
            Ok((letters, committed)) => {
                self.heard(letters, &committed.entries);
                self.tally.count("closed");
                self.settle_faults();
                let all = self.site.disk.counts().0;
                self.survive(Death::Process, all);
            }
            Err(fell) => self.die(fell),
        }
    }

    fn commit(&mut self) {
        self.arm(self.rate);
        match self.site.commit() {
            Ok((letters, committed)) => {
                self.settle_faults();
                self.heard(letters, &committed.entries);
                self.tally.count("commits");
                if self.chance.one_in(6) {
                    self.site.compare_state();
                }
            }
            Err(fell) => self.die(fell),
        }
    }

    fn heard(&mut self, letters: Vec<Letter>, entries: &[cordboard::Entry]) {
        self.site.gateway.queue(entries);
        self.tally.add("entries let out", entries.len() as u64);
        for entry in entries {
            self.client.hear(&entry.events);
        }
        letters.into_iter().for_each(|letter| self.client.answered(letter));
    }

    // ---- death

    /// The process is dead, or as good as that. Every state that it may leave is opened, and then one of them lived on with.
    fn die(&mut self, fell: Fell) {
        self.settle_faults();
        self.tally.count(if fell == Fell::Crashed { "crashes" } else { "errors of the journal" });
        // A driver that gave up has left the system and its cache alone.
        let death = self.chance.pick(&[Death::Process, Death::Power]);
        self.site.compare_device();
        let survivors = self.site.disk.survivors(death);
        let promised = self.site.promised(death);
        assert!(*survivors.start() >= promised, "{promised} were promised, and {survivors:?} may be left");
        if self.site.disk.has_lied() {
            self.tally.count("deaths after a lie");
        }
        let doubts: Vec<Letter> = self.client.doubts().chain(self.site.unanswered()).collect();
        let count = survivors.end() - survivors.start() + 1;
        for at in 0..count.min(IMAGES) {
            let left = if count <= IMAGES { at } else { self.chance.below(count) };
            self.image(death, survivors.start() + left, &doubts);
        }
        self.doubt(doubts);
        let left = survivors.start() + self.chance.below(count);
        self.survive(death, left);
    }

    /// Opens what a death may have left, asks again what is in doubt, and looks whether all is well.
    fn image(&mut self, death: Death, survivors: usize, doubts: &[Letter]) {
        let mut site = self.site.after(death, survivors);
        self.tally.count("images");
        site.disk.make_room();
        site.clock = outage(&mut self.chance, site.clock);
        let plan = if site.disk.snapshots().is_empty() { &self.first } else { &self.plan };
        site.open(plan, &mut self.tally).expect("nothing goes wrong now");
        site.deliver_again(&mut self.tally).expect("nothing goes wrong now");
        doubts.iter().filter(|letter| letter.id != CommandId::ANONYMOUS).for_each(|letter| site.submit(letter.clone()));
        let Ok((_, committed)) = site.commit() else { panic!("nothing goes wrong now") };
        self.tally.add("in doubt, asked again of an image", committed.answers.len() as u64);
        site.compare_state();
    }

    /// Goes on with what is left.
    fn survive(&mut self, death: Death, survivors: usize) {
        self.site.disk = self.site.disk.after(death, survivors);
        self.stale = None;
        let lost = self.site.model.end() - survivors;
        self.tally.add("entries lost that were not promised", lost as u64);
        self.site.forget(survivors);
        self.site.clock = outage(&mut self.chance, self.site.clock);
        self.damage_a_snapshot();
        self.refuse_damaged_entries();
        self.open(8);
    }

    fn doubt(&mut self, letters: Vec<Letter>) {
        let dropped = self.client.doubt(&mut self.chance, letters);
        self.tally.add("never asked again", dropped);
    }

    /// Opens, however often it takes, while one call in so many goes wrong.
    fn open(&mut self, mut rate: usize) {
        loop {
            self.arm(rate);
            // The host may have another plan by now; the journal goes on with its own.
            let begun = !self.site.disk.snapshots().is_empty();
            let plan = if begun { &self.plan } else { &self.first };
            let opened = self.site.open(plan, &mut self.tally);
            self.settle_faults();
            match opened {
                Ok(()) => break,
                Err(fell) => {
                    self.tally.count("failures while opening");
                    if self.chance.one_in(3) {
                        self.site.disk.make_room();
                    }
                    let death = self.chance.pick(&[Death::Process, Death::Power]);
                    let survivors = self.site.disk.survivors(death);
                    let left = survivors.start() + self.chance.below(survivors.end() - survivors.start() + 1);
                    self.image(death, left, &[]);
                    self.site.disk = self.site.disk.after(death, left);
                    self.site.clock = outage(&mut self.chance, self.site.clock);
                    rate = rate.saturating_add(if fell == Fell::Crashed { 4 } else { 8 });
                }
            }
        }
        if !self.chance.one_in(8) {
            self.site.disk.make_room();
        }
        self.site.deliver_again(&mut self.tally).expect("nothing goes wrong now");
    }

    // ---- what else goes wrong

    /// Another driver is opened while one is there, which from then on is a stale one.
    fn take_over(&mut self) {
        self.site.disk.set_faults(None);
        let end = self.site.disk.counts().0;
        let driver = self.site.driver.take().expect("it is open");
        self.site.forget(end);
        self.open(usize::MAX);
        self.stale = Some((driver, end));
    }

    /// The stale one tries to write.
    fn stale_writes(&mut self) {
        let end = self.site.disk.counts().0;
        let Some((mut driver, _)) = self.stale.take_if(|(_, ended)| *ended < end) else { return };
        self.site.disk.set_faults(None);
        // Deferred, it writes when it is closed.
        let refused = driver
            .submit(Command::AdvanceTime.into(), self.site.clock)
            .and_then(|()| driver.commit(self.site.clock))
            .and_then(|_| driver.close(self.site.clock).map(drop));
        let fenced = matches!(refused, Err(DriverError::Journal(JournalError::Fenced { .. })));
        assert!(fenced, "a stale writer was answered {refused:?}");
        assert_eq!(self.site.disk.counts().0, end, "a stale writer changed nothing");
        self.tally.count("stale writers fenced");
    }

    fn damage_a_snapshot(&mut self) {
        let snapshots = self.site.disk.snapshots();
        if let Some(&newest) = snapshots.last().filter(|&&newest| newest > Seq(0) && self.chance.one_in(6)) {
            match self.chance.below(3) {
                0 => self.site.disk.lose_snapshot(newest),
                _ => self.site.disk.damage_snapshot(newest, self.chance.below(100_000)),
            }
            self.tally.count("snapshots damaged or lost");
        }
    }

    /// An entry in the middle that was damaged is never passed over, nor is the last of all snapshots.
    fn refuse_damaged_entries(&mut self) {
        let (from, end) = (self.site.disk.newest_snapshot().0.map(|it| it.seq.0 as usize), self.site.disk.counts().0);
        let Some(from) = from.filter(|from| *from < end && self.chance.one_in(8)) else { return };
        let disk = self.site.disk.after(Death::Power, end);
        let Site { options, clock, .. } = &self.site;
        let refused = if self.chance.one_in(3) {
            disk.snapshots().into_iter().for_each(|seq| disk.damage_snapshot(seq, 77));
            Driver::open(disk.journal(), self.plan.clone(), options.clone(), *clock)
        } else {
            let at = from + self.chance.below(end - from);
            disk.damage_entry(at, self.chance.below(10_000));
            Driver::open(disk.journal(), self.plan.clone(), options.clone(), *clock)
        };
        assert!(refused.is_err(), "a damaged journal was opened");
        self.tally.count("damaged journals refused");
    }

    fn arm(&mut self, rate: usize) {
        let (mut chance, liar) = (Chance::new(self.chance.number()), self.liar);
        self.site
            .disk
            .set_faults(Some(Box::new(move |_, call| chance.one_in(rate).then(|| fault(&mut chance, call, liar)))));
    }

    fn settle_faults(&mut self) {
        self.site.disk.set_faults(None);
        for (call, fault) in self.site.disk.take_happened() {
            self.tally.count(&format!("{call:?} {fault:?}").replace(|it: char| it.is_ascii_digit(), ""));
        }
    }

    // ---- the end

    /// Nothing goes wrong any more: what is in doubt is asked once more, and all is delivered.
    fn finish(&mut self) {
        self.site.disk.make_room();
        self.rate = usize::MAX;
        self.liar = false;
        for letter in self.client.doubts().collect::<Vec<_>>() {
            self.site.submit(letter);
        }
        self.commit();
        self.site.deliver(usize::MAX, true);
        self.close();
        self.site.deliver(usize::MAX, true);
        let entries = &self.site.model.entries;
        let all = self.site.disk.counts().0;
        assert_eq!(self.site.gateway.was_given(&entries[..all]), Ok(()), "the gateway was given everything");
        let mut ids: Vec<_> = entries.iter().map(|it| it.input.id).filter(|id| id.source != 0).collect();
        let named = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), named, "each request was applied once");
        self.tally.add("named requests applied once", named as u64);
    }
}

/// How long nobody drives, by the host's clock, which may have been set meanwhile.
fn outage(chance: &mut Chance, clock: Timestamp) -> Timestamp {
    let span = Span(chance.pick(&[0, 0, 1_000, 3_000_000, 12_000_000, 100_000_000, 7_200_000_000]));
    if chance.one_in(6) { clock - span } else { clock + span }
}

fn fault(chance: &mut Chance, call: Call, liar: bool) -> Fault {
    let cut = |chance: &mut Chance| {
        let cut = chance.pick(&[Cut::Crash, Cut::Error, Cut::Short]);
        Fault::Within(chance.below(6) as u8, cut)
    };
    let done = chance.one_in(2);
    match (call, chance.below(6)) {
        (Call::Sync, 0..=2) if liar => Fault::Lie,
        (Call::Replay, 0..=3) => cut(chance),
        (_, 0) => Fault::CrashBefore,
        (_, 1 | 2) => Fault::CrashAfter,
        (_, 3) => Fault::Error { done },
        (Call::Append | Call::Save, 4) => Fault::Full,
        _ => Fault::ErrorOnce,
    }
}

/// A small office, in which offers ring, ring out, and ring with several at once.
fn office() -> Plan {
    let built = Plan::builder()
        .channel("voice", |it| it.offer(Span::from_secs(10)).connect(Span::from_secs(5)))
        .channel("chat", |it| it.offer(Span::from_secs(20)).quiet_after(Span::from_secs(30)))
        .channel("email", |it| it.wrap_up(WrapUp::UpTo(Span::from_secs(20))))
        .capacity("desk", |it| it.takes("voice", 1).takes("chat", 3).takes("email", 2))
        .agents("team", "desk", |it| it.skill("en", 80))
        .agents("night", "desk", |it| it.skill("en", 30))
        .queue("service", |it| {
            let no_answer = NoAnswer {
                agent: NoAnswerEffect::NotReady,
                after: 2,
                not_ready_for: Some(Span::from_secs(30)),
                exclude_for: Span::from_secs(5),
            };
            it.step(Span::ZERO, "en >= 50").step(Span::from_secs(8), "en").no_answer(no_answer)
        })
        .queue("urgent", |it| {
            let rings = cordboard::Mode::Broadcast { ring: 3 };
            it.mode(rings).offer(Span::from_secs(15)).max_wait(Span::from_mins(2))
        })
        .queue("sales", |it| it.wrap_up(WrapUp::Open).offers_per_contact(3))
        .build();
    built.unwrap_or_else(|problems| panic!("{problems}"))
}
