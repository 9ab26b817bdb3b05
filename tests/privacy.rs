//! A busy run with marked customer data, while everything that could end in a log is recorded: traces, metrics, and what `Debug` and
//! `Display` print. Nothing marked may be in it.

use std::fmt::{self, Debug, Write};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use cordboard::*;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};

/// In a host's key.
const KEY: &str = "+49301234567";
/// In what is attached to a contact.
const CONTEXT: &str = "overdue invoice";
/// A customer's number.
const CUSTOMER: u64 = 8_675_309_424_242;

/// Everything that was said.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<String>>);

impl Recorded {
    fn note(&self, what: impl fmt::Display) {
        let mut said = self.0.lock().unwrap();
        writeln!(said, "{what}").unwrap();
    }

    fn debug(&self, what: &impl Debug) {
        self.note(format_args!("{what:?}\n{what:#?}"));
    }

    fn said(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.note(format_args!("{}={value:?}", field.name()));
    }
}

impl tracing::Subscriber for Recorded {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(span.metadata().name());
        span.record(&mut self.clone());
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Recorder for Recorded {
    fn describe_counter(&self, key: KeyName, _: Option<Unit>, words: SharedString) {
        self.note(format_args!("{} {words}", key.as_str()));
    }
    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe_counter(key, unit, words);
    }
    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe_counter(key, unit, words);
    }
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.note(key);
        Counter::noop()
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.note(key);
        Gauge::noop()
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.note(key);
        Histogram::noop()
    }
}

fn plan() -> Plan {
    Plan::builder()
        .channel("callback", |callback| callback.one_per_customer(true))
        .capacity("phone", |phone| phone.takes("callback", 1))
        .agents("team", "phone", |team| team)
        .queue("service", |queue| queue)
        .build()
        .expect("the plan is sound")
}

fn contact() -> NewContact {
    NewContact { customer: Some(CustomerId(CUSTOMER)), ..NewContact::new(QueueId(0), ChannelId(0)) }
}

/// Prints requests, answers and refusals of every kind, as a host that logs everything would.
fn busy(trunk: &Trunk, record: &Recorded) {
    let call = |request: Request| {
        record.debug(&request);
        match trunk.call(request) {
            Ok(answer) => record.debug(&answer),
            Err(failed) => {
                record.debug(&failed);
                record.note(&failed);
            }
        }
    };
    call(Command::SignIn { agent: AgentId(1), group: GroupId(0), skills: None, ready: ChannelSet::ALL }.into());
    for number in 0..20 {
        let key = format!("{KEY}/{number}");
        call(Request::arrive(&*key, contact()));
        call(Request::arrive(&*key, contact())); // in use
        call(Request::arrive(format!("{KEY}/again"), contact())); // one callback per customer
        call(Request::about(&*key, |contact| Command::SetContext { contact, context: CONTEXT.as_bytes().into() }));
        let context = Private::from(CONTEXT.repeat(10_000).as_bytes());
        call(Request::about(&*key, |contact| Command::SetContext { contact, context })); // too large
        call(Request::about(&*key, |contact| Command::Hold { contact }));
        if number % 2 == 0 {
            call(Request::about(&*key, |contact| Command::Cancel { contact }));
            call(Request::about(&*key, |contact| Command::Cancel { contact })); // gone
        } else {
            let found = trunk.ask(|router, keys| {
                let contacts = router.every_contact();
                let first = contacts[0].contact;
                (
                    format!("{contacts:?} {keys:?} {router:?} {:?}", router.customer(CustomerId(CUSTOMER))),
                    router.explain(first),
                )
            });
            record.debug(&found.unwrap());
            call(Request::about(&*key, |contact| Command::Cancel { contact }));
        }
    }
    call(Request::arrive(KEY.repeat(100), contact())); // too long
    call(Request::arrive(format!("{KEY}/stays"), contact()));
    call(Request::about(format!("{KEY}/stays"), |contact| Command::SetContext {
        contact,
        context: CONTEXT.as_bytes().into(),
    }));
}

#[test]
fn nothing_of_customers_is_ever_said() {
    let record = Recorded::default();
    tracing::subscriber::set_global_default(record.clone()).unwrap();
    metrics::set_global_recorder(record.clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.cordboard");
    let noted = record.clone();
    let gateway = move |entry: &Entry| noted.debug(entry);
    let options = SwitchboardOptions { view_every: Some(Span::ZERO), ..SwitchboardOptions::default() };
    let journal = Box::new(SqliteJournal::open(&path).unwrap());
    let (switchboard, opening) =
        Switchboard::open(journal, plan(), Box::new(gateway), Arc::new(SystemClock), options.clone()).unwrap();
    record.debug(&opening);
    busy(&switchboard.trunk(), &record);
    record.debug(&switchboard);
    record.debug(&switchboard.view());
    let stays = switchboard.contact_of(&format!("{KEY}/stays"));
    record.debug(&switchboard.key_of(stays.unwrap()));
    let reconciled = switchboard.reconcile(ChannelSet::NONE, vec![Existing::Key(format!("{KEY}/else").into())]);
    record.debug(&reconciled.unwrap());
    let (mut journal, _) = switchboard.shutdown().unwrap();

    // What is kept, and what comes of a gateway that panics and of a journal that has another writer.
    let snapshot = journal.load_checkpoint(Seq(u64::MAX >> 1)).unwrap().unwrap();
    assert!(!snapshot.keys.is_empty());
    record.debug(&snapshot);
    let mut memory = MemoryJournal::new();
    journal
        .replay(Seq(0), &mut |entry| {
            memory.clone().append(Seq(entry.input.seq.0 - 1), &[entry]).unwrap();
            ControlFlow::Continue(())
        })
        .unwrap();
    record.debug(&memory);
    record.debug(&SqliteJournal::read_only(&path).unwrap());
    record.note(memory.append(Seq(0), &[]).unwrap_err());
    let gateway = Box::new(|entry: &Entry| assert!(entry.key.is_none(), "expected: a gateway panics"));
    let (switchboard, _) = Switchboard::open(journal, plan(), gateway, Arc::new(SystemClock), options).unwrap();
    let trunk = switchboard.trunk();
    trunk.call(Request::about(format!("{KEY}/stays"), |contact| Command::Cancel { contact })).unwrap();
    let stopped = (0..).find_map(|number| trunk.call(Request::arrive(format!("{KEY}/{number}"), contact())).err());
    record.debug(&stopped.unwrap());
    record.debug(&switchboard);
    record.note(switchboard.shutdown().err().unwrap());

    let said = record.said();
    for (marked, what) in [(KEY, "a key"), (CONTEXT, "a context"), (&*CUSTOMER.to_string(), "a customer")] {
        let bytes = format!("{:?}", marked.as_bytes());
        for form in [marked, bytes.trim_matches(['[', ']'])] {
            let leak = said.find(form).map(|at| &said[at.saturating_sub(300)..(at + 50).min(said.len())]);
            assert!(leak.is_none(), "{what} was said: {}", leak.unwrap_or_default());
        }
    }
    // It was listened to: each of these was said.
    for word in [
        "cordboard_commands_total",
        "cordboard_refused_total",
        "KeyInUse",
        "CustomerHasOne",
        "cordboard_answer_seconds",
        "cordboard_waiting",
        "batch",
        "commit",
        "deliver",
        "open",
        "folded=0",
        "refused",
        "SetContext",
        "limits.key_length allows",
        "the gateway panicked",
        "private",
    ] {
        assert!(
            said.contains(word) || word == "the gateway panicked" && said.contains("its gateway panicked"),
            "nobody said {word}"
        );
    }
    // And would have been heard.
    tracing::info!(leaked = KEY, "as a careless line would");
    assert!(record.said().contains(KEY));
}
