//! One queue and one scheduler for calls, chats and every other customer contact.
//!
//! A **contact** (a call, a chat, an email) waits in a **queue** until an **agent** can take it. Agents have skills and
//! a capacity: a call takes a whole agent, a chat a share of one. The [`Router`] decides, for every contact on every
//! channel, which agent gets it and when, and says why.
//!
//! # The run loop
//!
//! The engine does no I/O, reads no clock and starts no thread. You stamp each command with a sequence number and the
//! time, apply it, and act on the events. When [`Router::next_deadline`] has come, apply [`Command::AdvanceTime`].
//!
//! ```
//! use cordboard::{
//!     AgentId, ChannelSet, Command, CommandId, ContactId, NewContact, Plan, Router, Seq, Span, Stamped, Timestamp, What,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let plan = Plan::builder()
//!     .channel("voice", |voice| voice.offer(Span::from_secs(20)))
//!     .capacity("blended", |profile| profile.takes("voice", 1).takes("chat", 3))
//!     .agents("team", "blended", |group| group.skill("en", 80))
//!     .queue("service", |queue| queue.step(Span::ZERO, "en >= 50"))
//!     .build()?;
//! let (voice, team) = (plan.find_channel("voice").unwrap(), plan.find_group("team").unwrap());
//! let queue = plan.find_queue("service").unwrap();
//! let mut router = Router::new(plan)?;
//!
//! let (mut seq, mut events) = (0, Vec::new());
//! let mut send = |secs, command| {
//!     seq += 1;
//!     events.clear();
//!     let at = Timestamp::from_secs(secs);
//!     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at, command }, &mut events)?;
//!     Ok::<_, cordboard::Rejected>(events.clone())
//! };
//! send(0, Command::SignIn { agent: AgentId(7), group: team, skills: None, ready: ChannelSet::ALL })?;
//! let happened = send(5, Command::Enqueue { contact: ContactId(1), new: NewContact::new(queue, voice) })?;
//! let What::Offered { offer, agent, .. } = happened[1].what else { panic!("an agent is free") };
//! assert_eq!(agent, AgentId(7));
//! send(9, Command::Accept { offer })?;
//! send(200, Command::Complete { contact: ContactId(1) })?;
//! # Ok(())
//! # }
//! ```
//!
//! # The contract
//!
//! - **Same commands, same events**, on any machine and in any build.
//! - **`Err` has changed nothing.** A [`Rejected`] names what the host did wrong. No panic is reachable from input.
//! - **Sent twice, applied once**: a [`CommandId`] that was applied is answered with [`Applied::Repeated`].
//! - **Capacity is taken when a contact is offered**, and only the offer's own end gives it back.
//! - **Nothing that fits is left unmatched** after a command, and [`Router::explain`] says why anything else still waits.
//! - **Events are complete**: [`Router::fold`] rebuilds the state from commands with their events, deciding nothing.
//!
//! # Asking and keeping
//!
//! A host keeps each command with its events. After a restart it restores its last checkpoint and folds what was kept since:
//!
//! ```
//! use cordboard::{Applied, Policies, Router, Stamped};
//! # use cordboard::{AgentId, ChannelSet, Command, CommandId, ContactId, NewContact, Plan, Seq, Span, Timestamp};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).agents("team", "phone", |g| g).queue("q", |q| q).build()?;
//! # let (voice, team, queue) = (plan.find_channel("voice").unwrap(), plan.find_group("team").unwrap(), plan.find_queue("q").unwrap());
//! # let call = |contact| Command::Enqueue { contact: ContactId(contact), new: NewContact::new(queue, voice) };
//! # let sign_in = Command::SignIn { agent: AgentId(1), group: team, skills: None, ready: ChannelSet::ALL };
//! # let commands = [sign_in, call(1), call(2), call(3)];
//! # let stamp = |seq, command| Stamped { seq: Seq(seq), id: CommandId { source: 1, number: seq }, at: Timestamp::from_secs(seq), command };
//! let mut router = Router::new(plan)?;
//! let checkpoint = router.checkpoint();
//! let mut journal = Vec::new();
//! for (seq, command) in (1..).zip(commands) {
//!     let (input, mut events) = (stamp(seq, command), Vec::new());
//!     if router.apply(&input, &mut events)? == Applied::Done {
//!         journal.push((input, events)); // one that was sent twice is answered, and need not be kept
//!     }
//! }
//! assert_eq!(router.position(ContactId(3)), Some(1)); // contact 2 is before it
//! assert!(router.explain(ContactId(3)).is_some());
//! assert!(router.estimate_wait(ContactId(3)).is_none()); // nobody was handled yet, and so nothing is known
//!
//! let mut again = Router::restore(checkpoint, Policies::new())?;
//! for (input, events) in &journal {
//!     again.fold(input, events)?;
//! }
//! assert_eq!(again.digest(), router.digest()); // and so both do the same from now on
//! assert_eq!(again.now(), Timestamp::from_secs(4));
//! again.check_invariants()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Alive
//!
//! [`Switchboard`] does all of that, for any number of threads: it reads the clock, keeps the journal, and lets nothing out before it
//! is durable. [`Driver`] does it without threads.
//!
//! ```
//! use std::sync::Arc;
//! use cordboard::{Command, Entry, MemoryJournal, NewContact, Plan, Request, Switchboard, SwitchboardOptions, SystemClock};
//!
//! let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).queue("service", |q| q).build()?;
//! let (voice, service) = (plan.find_channel("voice").unwrap(), plan.find_queue("service").unwrap());
//! let journal = Box::new(MemoryJournal::new()); // or, with the feature `sqlite`, an `SqliteJournal`
//! let gateway = Box::new(|entry: &Entry| { let _rings_phones = &entry.events; });
//! let (switchboard, _) =
//!     Switchboard::open(journal, plan, gateway, Arc::new(SystemClock), SwitchboardOptions::default())?;
//!
//! let trunk = switchboard.trunk(); // one for each thread that has something to say
//! trunk.call(Request::arrive("call-1@pbx", NewContact::new(service, voice)))?; // returns when it is durable
//! trunk.call(Request::about("call-1@pbx", |contact| Command::Abandon { contact }))?;
//! switchboard.shutdown()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Errors are the host's; a panic is a defect of ours and names the invariant. What follows from each command, to the
//! last tie, is in `docs/semantics.md`; every key of a plan in `docs/plan.md`, and of a scenario in `docs/scenario.md`.
//!
//! # What it does not do
//!
//! It rings no phone and opens no socket: that is the host's gateway. It does not know customers' names,
//! only numbers and the host's keys. It holds contacts while they are there, and afterwards of those that name their customer who had it last and
//! when, within the plan's limits.
//!
//! # Where to start
//!
//! | you want to | look at |
//! |---|---|
//! | say who may do what | [`Plan`], [`PlanBuilder`], [`PlanDocument`] |
//! | drive it | [`Router`], [`Command`], [`Event`] |
//! | show it on a wall | [`Switchboard::view`], [`Wallboard`] |
//! | know a customer | [`Router::customer`], [`Customers`], [`Affinity`] |
//! | know why | [`Router::explain`], [`Router::record_decisions`], [`Router::estimate_wait`] |
//! | run it, so that nothing is lost | [`Switchboard`], [`Trunk`], [`Gateway`], [`Driver`], [`Journal`], [`Durability`] |
//! | keep it yourself | [`Router::checkpoint`], [`Router::restore`], [`Router::fold`], [`Router::digest`] |
//! | share agents between calls and chats | [`Scheduler`], [`SchedulingPolicy`], [`SchedulingRule`], [`Scheduling`] |
//! | choose agents or contacts your own way | [`AgentSelection`], [`ContactSelection`], [`Policies`] |
//! | see what another engine would do | [`Preset`], `docs/presets.md` |
//! | try it out before anybody calls | `sim::Scenario` (feature `sim`), and the command line `cordboard` |
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `live` | yes | [`Switchboard`] and [`Driver`]; with `journal` |
//! | `journal` | with `live` | entries as bytes, [`Journal`] and its suite, [`MemoryJournal`] |
//! | `sqlite` | no | a journal in an SQLite file; needs a C compiler |
//! | `metrics`, `tracing` | no | counters, gauges and histograms; spans and errors of a switchboard |
//! | `hours` | no | opening hours with time zones and holidays, for hosts |
//! | `toml` | no | plans from TOML text, with the line of every problem |
//! | `measure` | no | closed forms (Erlang B, C and A, priorities, concurrent chats, wait predictions), confidence intervals, quantiles |
//! | `sim` | no | the simulator: scenarios, workloads, a virtual clock; with `toml` and `measure` |

#[macro_use]
mod planted;

// The unit tests share sources with the integration tests, which know the crate by its name.
#[cfg(test)]
extern crate self as cordboard;

mod agent;
mod between;
mod capacity;
mod channel;
mod command;
mod contact;
mod customer;
mod event;
#[cfg(feature = "hours")]
mod hours;
mod id;
#[cfg(feature = "journal")]
mod journal;
mod lease;
#[cfg(feature = "live")]
mod live;
mod mix;
mod nearest;
mod obstacle;
mod overflow;
mod plan;
mod policy;
mod preset;
mod private;
mod queue;
mod rejected;
mod requirement;
mod router;
mod scheduling;
mod time;

pub use agent::*;
pub use between::Between;
pub use capacity::*;
pub use channel::{AgeFrom, Channel, Conversation, Wake};
pub use command::*;
pub use contact::*;
pub use customer::*;
pub use event::*;
#[cfg(feature = "hours")]
pub use hours::*;
pub use id::*;
#[cfg(feature = "journal")]
pub use journal::*;
pub use lease::Leases;
#[cfg(feature = "live")]
pub use live::*;
pub use obstacle::Obstacle;
pub use overflow::{AfterWait, Overflow, OverflowTo};
pub use plan::*;
pub use policy::*;
pub use preset::{Preset, UnknownPreset};
pub use private::Private;
pub use queue::*;
pub use rejected::*;
pub use requirement::*;
pub use router::*;
pub use scheduling::{
    Cost, Next, Scheduler, Scheduling, SchedulingPolicy, SchedulingRule, TeamView, UnknownScheduling,
};
pub use time::*;

#[cfg(feature = "measure")]
pub mod measure;
#[cfg(feature = "sim")]
pub mod sim;

/// The README's code compiles and does what it says.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
