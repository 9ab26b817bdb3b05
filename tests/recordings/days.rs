//! Recordings of simulated days, each with something else in it.

use std::path::Path;

use cordboard::MemoryJournal;
use cordboard::sim::Scenario;

/// Calls that ring out or are abandoned, chats that turn quiet and are parked, hours and shifts.
pub(crate) const EVERYTHING: &str = r#"
    name = "a bit of everything"
    horizon = "6h"
    replications = 3
    [channels.voice]
    offer = "15s"
    connect = "5s"
    wrap_up = "open"
    [channels.chat]
    quiet_after = "40s"
    park_after = "5m"
    [capacity.desk]
    voice = { max = 1 }
    chat = { max = 4, open = 8, quiet_load = "0%" }
    [agents.early]
    count = 4
    capacity = "desk"
    shifts = [["00:00", "02:30"]]
    [agents.late]
    count = 4
    capacity = "desk"
    shifts = [["02:00", "06:00"]]
    [queues.service]
    no_answer = { after = 1, agent = "not-ready", not_ready_for = "2m" }
    hours = [["00:15", "05:45"]]
    overflow = { closed = "deflect" }
    [offers]
    accept = { exponential = "4s" }
    no_answer = 0.1
    [streams.calls]
    channel = "voice"
    queue = "service"
    arrivals = { poisson_per_minute = 1.2 }
    handle = { exponential = "2m" }
    wrap_up = { exponential = "20s" }
    patience = { exponential = "90s" }
    [streams.chats]
    channel = "chat"
    queue = "service"
    arrivals = { poisson_per_minute = 0.8 }
    conversation = { turns = { geometric = 5 }, agent = { exponential = "20s" }, customer = { exponential = "90s" } }
"#;

/// A call puts an email aside; agents who let a call ring are signed out and come back; who waits long is called back.
pub(crate) const ASIDE: &str = r#"
    horizon = "8h"
    [channels.voice]
    offer = "12s"
    [channels.callback]
    [channels.email]
    wrap_up = "open"
    [capacity.phone]
    voice = { max = 1 }
    callback = { max = 1 }
    email = { max = 2 }
    arrives_over = { voice = { email = "hold" }, callback = { email = "hold" }, email = { voice = "no" } }
    [agents.team]
    count = 9
    capacity = "phone"
    shifts = [["00:00", "04:00"], ["04:30", "08:00"]]
    [queues.service]
    order = "ratio"
    no_answer = { after = 1, agent = "sign-out" }
    limit = 12
    overflow = { full = "callback" }
    [offers]
    accept = { lognormal = ["3s", "2s"] }
    no_answer = 0.05
    back_after = "4m"
    [streams.calls]
    channel = "voice"
    queue = "service"
    arrivals = { poisson_per_minute = 2.4 }
    handle = { lognormal = ["3m", "2m"] }
    patience = { exponential = "2m" }
    [streams.mail]
    channel = "email"
    queue = "service"
    arrivals = { poisson_per_minute = 0.7 }
    handle = { exponential = "4m" }
    wrap_up = { exponential = "15s" }
"#;

/// Text that is slower the more of it an agent has, for skills that are relaxed, ringing with several at once.
const TEXT: &str = r#"
    horizon = "6h"
    [channels.chat]
    offer = "20s"
    speed = [1.0, 0.9, 0.8]
    [capacity.desk]
    chat = { max = 3 }
    [agents.natives]
    count = 5
    capacity = "desk"
    skills = { fr = 90 }
    [agents.speakers]
    count = 6
    capacity = "desk"
    skills = { fr = 40, en = 90 }
    [queues.service]
    mode = "broadcast"
    ring = 3
    agents = ["most-loaded", "longest-idle"]
    steps = [{ requires = "fr >= 80" }, { after = "30s", requires = "fr >= 30" }]
    no_answer = { agent = "stay" }
    [offers]
    accept = { exponential = "8s" }
    no_answer = 0.2
    [streams.chats]
    channel = "chat"
    queue = "service"
    arrivals = { poisson_per_minute = 2.5 }
    handle = { exponential = "7m" }
    patience = { exponential = "3m" }
"#;

/// Calls in two languages: some agents speak both, and are taken last.
pub(crate) const LANGUAGES: &str = r#"
    seed = 5
    horizon = "48h"
    [capacity.phone]
    voice = { max = 1 }
    [agents.one]
    count = 12
    capacity = "phone"
    skills = { en = 50 }
    [agents.two]
    count = 8
    capacity = "phone"
    skills = { en = 90, fr = 90 }
    [queues.service]
    agents = ["least-skilled", "longest-idle"]
    [streams.english]
    channel = "voice"
    queue = "service"
    requires = "en >= 10"
    arrivals = { poisson_per_minute = 3.3 }
    handle = { exponential = "4m" }
    patience = { exponential = "2m" }
    [streams.french]
    channel = "voice"
    queue = "service"
    requires = "fr >= 10"
    arrivals = { poisson_per_minute = 1.4 }
    handle = { exponential = "4m" }
    patience = { exponential = "2m" }
"#;

/// A journal of each.
pub(crate) fn all() -> Vec<(&'static str, MemoryJournal)> {
    [("everything", EVERYTHING), ("aside", ASIDE), ("text", TEXT)].map(|(name, text)| (name, recorded(text))).into()
}

/// The first replication of a scenario, kept.
pub(crate) fn recorded(text: &str) -> MemoryJournal {
    let mut journal = MemoryJournal::new();
    scenario(text).run_recorded(&mut journal, 1, &|_| {}).unwrap();
    journal
}

/// A scenario that is sound.
pub(crate) fn scenario(text: &str) -> Scenario {
    Scenario::from_toml(text, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}"))
}
