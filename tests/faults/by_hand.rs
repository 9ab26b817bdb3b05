//! Cases worth a test of their own, each of which the worlds of chance came upon.

use cordboard::{
    Applied, Command, CommandId, Driver, DriverError, DriverOptions, InFlight, NewContact, OpenError, Plan, Refused,
    Request, Seq, Timestamp,
};

use crate::harness::disk::{Call, Crash, Cut, Death, Disk, Fault};

fn plan() -> Plan {
    Plan::builder().capacity("phone", |it| it.takes("voice", 1)).queue("service", |it| it).build().unwrap()
}

fn open(disk: &Disk) -> Driver {
    Driver::open(disk.journal(), plan(), DriverOptions::default(), Timestamp(5)).unwrap().0
}

fn call(number: u64) -> Request {
    let (voice, service) = (plan().find_channel("voice").unwrap(), plan().find_queue("service").unwrap());
    Request::arrive("call-1@pbx", NewContact::new(service, voice)).with_id(CommandId { source: 1, number })
}

fn hang_up(number: u64) -> Request {
    Request::about("call-1@pbx", |contact| Command::Abandon { contact }).with_id(CommandId { source: 1, number })
}

/// The one answer of a commit.
fn ask(driver: &mut Driver, request: Request) -> Result<Applied, Refused> {
    driver.submit(request, Timestamp(5)).unwrap();
    driver.commit(Timestamp(5)).unwrap().answers.remove(0).map(|answer| answer.applied)
}

/// Makes the next such call go wrong.
fn fail(disk: &Disk, wrong: Call, fault: Fault) {
    let mut once = Some(fault);
    disk.set_faults(Some(Box::new(move |_, call| if call == wrong { once.take() } else { None })));
}

#[test]
fn one_asked_again_when_its_contact_has_ended_is_answered_as_done_before() {
    let mut driver = open(&Disk::default());
    assert_eq!(ask(&mut driver, call(1)), Ok(Applied::Done));
    assert_eq!(ask(&mut driver, hang_up(2)), Ok(Applied::Done));
    // The contact is gone, and so is its name; asked again after a crash it would have been refused as unknown.
    assert_eq!(ask(&mut driver, hang_up(2)), Ok(Applied::Repeated));
    assert_eq!(ask(&mut driver, hang_up(3)), Err(Refused::UnknownKey));
    // Nor does it matter who has the name now.
    assert_eq!(ask(&mut driver, call(4)), Ok(Applied::Done));
    assert_eq!(ask(&mut driver, call(1)), Ok(Applied::Repeated));
}

/// A gateway may remember more than the journal, which has lost its end; what takes those numbers anew is delivered all the same.
#[test]
fn only_what_was_let_out_counts_as_delivered() {
    let disk = Disk::default();
    let mut driver = open(&disk);
    driver.delivered(Seq(99));
    assert_eq!(ask(&mut driver, call(1)), Ok(Applied::Done));
    driver.submit(hang_up(2), Timestamp(5)).unwrap();
    driver.delivered(Seq(99)); // the second is not let out yet
    let second = driver.commit(Timestamp(5)).unwrap().entries;
    driver.submit(call(3), Timestamp(5)).unwrap();
    let third = driver.commit(Timestamp(5)).unwrap().entries;
    assert_eq!([second[0].delivered, third[0].delivered], [Seq(0), Seq(1)], "what entries say of it");
    drop(driver);
    let (mut driver, opening) = Driver::open(disk.journal(), plan(), DriverOptions::default(), Timestamp(5)).unwrap();
    assert_eq!((opening.delivered, opening.end), (Seq(1), Seq(3)));
    let mut again = Vec::new();
    let mut each = |entry: cordboard::Entry| {
        again.push(entry.input.seq);
        std::ops::ControlFlow::Continue(())
    };
    driver.replay(opening.delivered, &mut each).unwrap();
    assert_eq!(again, [Seq(2), Seq(3)]);
    driver.delivered(Seq(99));
    driver.close(Timestamp(5)).unwrap();
    let (_, opening) = Driver::open(disk.journal(), plan(), DriverOptions::default(), Timestamp(5)).unwrap();
    assert_eq!(opening.delivered, Seq(3), "all that there is, and no more");
}

#[test]
fn what_a_dead_process_left_to_the_system_is_stable_before_it_counts() {
    let disk = Disk::default();
    let mut driver = open(&disk);
    driver.submit(call(1), Timestamp(5)).unwrap();
    fail(&disk, Call::Sync, Fault::CrashBefore);
    let crash = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| driver.commit(Timestamp(5)).map(drop)));
    assert!(crash.unwrap_err().is::<Crash>());
    // The process died after it had written, and before it had synced.
    let disk = disk.after(Death::Process, 1);
    assert_eq!(disk.counts(), (1, 1, 0));
    let mut driver = open(&disk);
    assert_eq!(ask(&mut driver, call(1)), Ok(Applied::Repeated));
    // The host now knows that it was done: no power failure may take that back.
    assert_eq!(disk.survivors(Death::Power), 1..=1);
}

#[test]
fn after_an_error_nothing_is_shown_or_done() {
    let disk = Disk::default();
    let mut driver = open(&disk);
    driver.submit(call(1), Timestamp(5)).unwrap();
    fail(&disk, Call::Sync, Fault::Error { done: false });
    assert!(matches!(driver.commit(Timestamp(5)), Err(DriverError::Journal(_))));
    assert!(matches!(driver.router(), Err(DriverError::Poisoned)));
    assert!(matches!(driver.keys(), Err(DriverError::Poisoned)), "of a contact that may never have come");
    let replayed = driver.replay(Seq(0), &mut |_| panic!("of entries that may be lost"));
    assert!(matches!(replayed, Err(DriverError::Poisoned)));
}

#[test]
fn a_journal_that_gives_less_than_it_says_it_has_is_not_gone_on_with() {
    let disk = Disk::default();
    let mut driver = open(&disk);
    for number in 1..4 {
        ask(&mut driver, call(number)).ok();
        ask(&mut driver, hang_up(number + 10)).ok();
    }
    drop(driver);
    fail(&disk, Call::Replay, Fault::Within(3, Cut::Short));
    let options = DriverOptions { in_flight: InFlight::Revoke, ..DriverOptions::default() };
    let opened = Driver::open(disk.journal(), plan(), options, Timestamp(5));
    assert!(matches!(opened, Err(OpenError::Corrupt { after: Seq(3), .. })), "{:?}", opened.map(drop));
}
