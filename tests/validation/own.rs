//! Systems of our own, with exact answers of our own: closed forms of `measure`, and chains solved here.

use cordboard::measure::{ConcurrentPool, ErlangA, ErlangC, Priorities, Spread, erlang_b};
use cordboard::sim::Metric;

use crate::case::{Case, Course, Figure};

use crate::chain::{Day, mean, stationary};
use crate::rules;

/// Every one. `speed` is what the service rates of the scenarios are multiplied by, and those of the answers are not.
pub(crate) fn cases(speed: f64) -> Vec<Case> {
    let mut cases = vec![loss(speed), delay(speed), limited(speed), two_levels(speed), accumulating(speed)];
    cases.extend([impatience(speed, "longest-idle"), impatience(speed, "random")]);
    cases.extend(one_server(speed));
    cases.push(priorities(speed));
    cases.extend(chats(speed));
    cases.extend([skills(speed), interrupted(speed), opportunist(speed), day(speed)]);
    cases.extend(rules::cases(speed));
    cases
}

/// A time, in microseconds.
pub(crate) fn time(minutes: f64) -> String {
    format!("\"{}us\"", (minutes * 6e7).round())
}

fn exponential(minutes: f64) -> String {
    format!("{{ exponential = {} }}", time(minutes))
}

/// One queue, one group and one stream of calls, each offered and accepted at once.
fn pool(servers: u32, queue: &str, stream: &str) -> String {
    format!(
        "[channels.voice]\noffer = \"20s\"\n[capacity.phone]\nvoice = {{ max = 1 }}\n[agents.team]\ncount = {servers}\ncapacity = \"phone\"\n\
         [queues.line]\n{queue}\n[streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\n{stream}"
    )
}

fn stream(per_minute: f64, handle: &str) -> String {
    format!("arrivals = {{ poisson_per_minute = {per_minute} }}\nhandle = {handle}\n")
}

fn loss(speed: f64) -> Case {
    let handle = format!("{{ lognormal = [{}, {}] }}", time(1.0 / speed), time(2.0 / speed));
    let lost = erlang_b(5, 4.0);
    Case::new("M/G/5/5, 4 Erlangs, lognormal", pool(5, "limit = 0", &stream(4.0, &handle)), 4.0)
        .check("turned away", Figure::TurnedAway(0), lost)
        .check("in service", Figure::Of(0, Metric::InService), 4.0 * (1.0 - lost))
        .check("busy", Figure::Busy(0), 0.8 * (1.0 - lost))
}

fn delay(speed: f64) -> Case {
    let exact = ErlangC::new(8, 6.5, 1.0).unwrap();
    let target = format!("target = {{ share = 0.8, within = {} }}", time(0.2));
    let text = pool(8, "", &(stream(6.5, &exponential(1.0 / speed)) + &target));
    Case::new("M/M/8, 6.5 Erlangs", text, 6.5)
        .check("delayed", Figure::Of(0, Metric::DelayedShare), exact.wait_probability())
        .check("wait", Figure::Of(0, Metric::Wait), exact.mean_wait())
        .check("wait of delayed", Figure::WaitOfDelayed(0), exact.mean_wait_of_delayed())
        .check("waiting", Figure::Of(0, Metric::QueueLength), exact.mean_queue())
        .check("answered in 0.2", Figure::Of(0, Metric::ServiceLevel), exact.service_level(0.2))
        .check("busy", Figure::Busy(0), exact.occupancy())
}

fn impatience(speed: f64, agents: &str) -> Case {
    let exact = ErlangA::new(10, 11.0, 1.0, 2.0).unwrap();
    let more = format!("patience = {}\ntarget = {{ share = 0.8, within = {} }}", exponential(2.0), time(0.3));
    let text = pool(10, &format!("agents = \"{agents}\""), &(stream(11.0, &exponential(1.0 / speed)) + &more));
    let answered = exact.service_level_answered(0.3);
    Case::new(&format!("M/M/10+M, 11 Erlangs, {agents}"), text, 11.0)
        .check("delayed", Figure::Of(0, Metric::DelayedShare), exact.wait_probability())
        .check("abandoned", Figure::Of(0, Metric::AbandonShare), exact.abandonment())
        .check("wait", Figure::Of(0, Metric::Wait), exact.mean_wait())
        .check("wait of answered", Figure::Of(0, Metric::WaitAnswered), exact.mean_wait_answered())
        .check("waiting", Figure::Of(0, Metric::QueueLength), exact.mean_queue())
        .check("answered in 0.3", Figure::Of(0, Metric::ServiceLevel), exact.service_level(0.3))
        .check("answered in 0.3, of answered", Figure::LevelOfAnswered(0), answered)
        .check("busy", Figure::Busy(0), exact.occupancy())
}

fn limited(speed: f64) -> Case {
    let exact = ErlangA::with_room(3, 4.0, 1.0, 1.5, 4).unwrap();
    let more = format!("patience = {}", exponential(1.5));
    let text = pool(3, "limit = 4", &(stream(4.0, &exponential(1.0 / speed)) + &more));
    Case::new("M/M/3/7+M, 4 Erlangs", text, 4.0)
        .check("turned away", Figure::TurnedAway(0), exact.blocked())
        .check("delayed, of those let in", Figure::Of(0, Metric::DelayedShare), exact.wait_probability())
        .check("abandoned", Figure::Of(0, Metric::AbandonShare), exact.abandonment())
        .check("wait", Figure::Of(0, Metric::Wait), exact.mean_wait())
        .check("wait of answered", Figure::Of(0, Metric::WaitAnswered), exact.mean_wait_answered())
        .check("busy", Figure::Busy(0), exact.occupancy())
}

/// Pollaczek and Khinchine: mean wait λ E[S²] / 2(1 − ρ).
fn one_server(speed: f64) -> Vec<Case> {
    let t = |minutes: f64| time(minutes / speed);
    let forms = [
        ("M/D/1", format!("{{ deterministic = {} }}", t(1.0)), 1.0),
        ("M/U/1", format!("{{ uniform = [{}, {}] }}", t(0.5), t(1.5)), 13.0 / 12.0),
        ("M/E3/1", format!("{{ erlang = [3, {}] }}", t(1.0)), 4.0 / 3.0),
        ("M/H2/1", format!("{{ hyperexponential = [[0.75, {}], [0.25, {}]] }}", t(2.0 / 3.0), t(2.0)), 8.0 / 3.0),
    ];
    let case = |(name, handle, second_moment): (&str, String, f64)| {
        let wait = 0.7 * second_moment / 0.6;
        Case::new(&format!("{name}, 0.7 Erlangs"), pool(1, "", &stream(0.7, &handle)), 0.7)
            .check("delayed", Figure::Of(0, Metric::DelayedShare), 0.7)
            .check("wait", Figure::Of(0, Metric::Wait), wait)
            .check("waiting", Figure::Of(0, Metric::QueueLength), 0.7 * wait)
    };
    forms.into_iter().map(case).collect()
}

/// Three classes by the order of the queues that agents serve.
fn priorities(speed: f64) -> Case {
    let rates = [1.2, 1.0, 1.4];
    let exact = Priorities::new(5, &rates, 1.0).unwrap();
    let mut text = "[channels.voice]\noffer = \"20s\"\n[capacity.phone]\nvoice = { max = 1 }\n[agents.team]\ncount = 5\ncapacity = \"phone\"\n\
                    serves = { first = 1, second = 2, third = 3 }\n"
        .to_owned();
    for (queue, rate) in ["first", "second", "third"].into_iter().zip(rates) {
        text += &format!(
            "[queues.{queue}]\n[streams.{queue}]\nchannel = \"voice\"\nqueue = \"{queue}\"\n{}\
             target = {{ share = 0.8, within = {} }}\n",
            stream(rate, &exponential(1.0 / speed)),
            time(0.4)
        );
    }
    let mut case = Case::new("M/M/5, three priorities, no interruption", text, 3.6);
    for (class, name) in ["first", "second", "third"].into_iter().enumerate() {
        case = case.check(format!("{name}: wait"), Figure::Of(class, Metric::Wait), exact.mean_wait(class)).check(
            format!("{name}: in 0.4"),
            Figure::Of(class, Metric::ServiceLevel),
            exact.service_level(class, 0.4),
        );
    }
    case.check("delayed", Figure::Of(0, Metric::DelayedShare), exact.wait_probability())
}

/// Two classes of one queue by the contacts' own priority.
fn two_levels(speed: f64) -> Case {
    let exact = Priorities::new(2, &[0.6, 0.9], 1.0).unwrap();
    let text = ordered("priority", 2, speed, &[("gold", 0.6, "priority = 3\n"), ("plain", 0.9, "priority = -2\n")]);
    Case::new("M/M/2, order by priority", text, 1.5)
        .check("gold: wait", Figure::Of(0, Metric::Wait), exact.mean_wait(0))
        .check("plain: wait", Figure::Of(1, Metric::Wait), exact.mean_wait(1))
}

/// Order by the share of the target gone by is Kleinrock's accumulating priority, with rates 1 / target.
fn accumulating(speed: f64) -> Case {
    let exact = Priorities::new(3, &[0.8, 0.9, 0.8], 1.0).unwrap();
    let targets = [1.0, 2.0, 5.0];
    let waits = exact.mean_waits_accumulating(&targets.map(|target| 1.0 / target)).unwrap();
    let target = targets.map(|target| format!("target = {{ share = 0.8, within = {} }}\n", time(target)));
    let streams = [("urgent", 0.8, &*target[0]), ("usual", 0.9, &*target[1]), ("slow", 0.8, &*target[2])];
    let mut case = Case::new("M/M/3, order by ratio", ordered("ratio", 3, speed, &streams), 2.5);
    for (class, wait) in waits.into_iter().enumerate() {
        case = case.check(format!("{}: wait", streams[class].0), Figure::Of(class, Metric::Wait), wait);
    }
    case
}

fn ordered(order: &str, servers: u32, speed: f64, streams: &[(&str, f64, &str)]) -> String {
    let mut text = pool(servers, &format!("order = \"{order}\""), "");
    text.truncate(text.find("[streams").expect("there is one"));
    for (name, rate, more) in streams {
        let handle = exponential(1.0 / speed);
        text += &format!("[streams.{name}]\nchannel = \"voice\"\nqueue = \"line\"\n{more}{}", stream(*rate, &handle));
    }
    text
}

/// Agents with up to three chats, whose speed depends on how many they have.
fn chats(speed: f64) -> Vec<Case> {
    let speeds = [1.0, 0.85, 0.7];
    let case = |(agents, per_minute, patience, rule, spread): (u32, f64, f64, &str, Spread)| {
        let exact = ConcurrentPool::new(agents, &speeds, per_minute, 1.0, patience, None, spread).unwrap();
        let text = format!(
            "[channels.chat]\noffer = \"20s\"\nspeed = [1.0, 0.85, 0.7]\n[capacity.text]\nchat = {{ max = 3 }}\n[agents.team]\ncount = {agents}\n\
             capacity = \"text\"\n[queues.line]\nagents = {rule}\n[streams.chats]\nchannel = \"chat\"\nqueue = \"line\"\n{}\
             patience = {}\ntarget = {{ share = 0.8, within = {} }}",
            stream(per_minute, &exponential(1.0 / speed)),
            exponential(patience),
            time(0.2)
        );
        Case::new(&format!("{agents} × 3 chats, {rule}"), text, per_minute)
            .check("delayed", Figure::Of(0, Metric::DelayedShare), exact.wait_probability())
            .check("abandoned", Figure::Of(0, Metric::AbandonShare), exact.abandonment())
            .check("wait", Figure::Of(0, Metric::Wait), exact.mean_wait())
            .check("wait of answered", Figure::Of(0, Metric::WaitAnswered), exact.mean_wait_answered())
            .check("answered in 0.2", Figure::Of(0, Metric::ServiceLevel), exact.service_level(0.2))
            .check("in service", Figure::Of(0, Metric::InService), exact.in_service())
            .check("busy", Figure::Busy(0), exact.occupancy())
    };
    let least = r#"["least-loaded", "longest-idle"]"#;
    let most = r#"["most-loaded", "longest-idle"]"#;
    let forms = [
        (1, 1.9, 2.0, least, Spread::LeastLoaded),
        (4, 7.5, 2.0, least, Spread::LeastLoaded),
        (4, 7.5, 2.0, most, Spread::MostLoaded),
        (4, 7.5, 2.0, r#""random""#, Spread::Random),
    ];
    forms.into_iter().map(case).collect()
}

/// The N: one specialist of A, two who take both and B first; A goes to the specialist first. All leave after a while.
fn skills(speed: f64) -> Case {
    let (arrive, leave) = ([1.4, 1.2], [0.9, 0.8]);
    let chain = stationary((0_u32, 0_u32, 0_u32, 0_u32), |&(one, both, a, b)| {
        let mut next = Vec::new();
        if one == 0 {
            next.push(((1, both, a, b), arrive[0]));
        } else if both < 2 {
            next.push(((one, both + 1, a, b), arrive[0]));
        } else if a < 30 {
            next.push(((one, both, a + 1, b), arrive[0]));
        }
        if both < 2 {
            next.push(((one, both + 1, a, b), arrive[1]));
        } else if b < 30 {
            next.push(((one, both, a, b + 1), arrive[1]));
        }
        if one > 0 {
            next.push(if a > 0 { ((one, both, a - 1, b), 1.0) } else { ((0, both, a, b), 1.0) });
        }
        let ends = f64::from(both);
        next.push(match (a, b) {
            (_, 1..) => ((one, both, a, b - 1), ends),
            (1.., 0) => ((one, both, a - 1, b), ends),
            (0, 0) => ((one, both.saturating_sub(1), a, b), ends),
        });
        next.push(((one, both, a.saturating_sub(1), b), leave[0] * f64::from(a)));
        next.push(((one, both, a, b.saturating_sub(1)), leave[1] * f64::from(b)));
        next
    });
    let waiting = [mean(&chain, |state| f64::from(state.2)), mean(&chain, |state| f64::from(state.3))];
    let mut text = "[channels.voice]\noffer = \"20s\"\n[capacity.phone]\nvoice = { max = 1 }\n\
                    [agents.one]\ncapacity = \"phone\"\nskills = { a = 50 }\nserves = { a = 1 }\ntiers = { a = 1 }\n\
                    [agents.both]\ncount = 2\ncapacity = \"phone\"\nskills = { a = 50, b = 50 }\nserves = { b = 1, a = 2 }\ntiers = { a = 2, b = 1 }\n"
        .to_owned();
    for (class, name) in ["a", "b"].into_iter().enumerate() {
        text += &format!(
            "[queues.{name}]\nagents = [\"tier\", \"longest-idle\"]\n[streams.{name}]\nchannel = \"voice\"\nqueue = \"{name}\"\nrequires = \"{name}\"\n{}\
             patience = {}\n",
            stream(arrive[class], &exponential(1.0 / speed)),
            exponential(1.0 / leave[class])
        );
    }
    let all_busy = mean(&chain, |state| f64::from(u8::from(state.0 == 1 && state.1 == 2)));
    let mut case = Case::new("N of skills, specialist first, B before A", text, 2.6)
        .check("a: delayed", Figure::Of(0, Metric::DelayedShare), all_busy)
        .check(
            "b: delayed",
            Figure::Of(1, Metric::DelayedShare),
            mean(&chain, |state| f64::from(u8::from(state.1 == 2))),
        )
        .check("specialist busy", Figure::Busy(0), mean(&chain, |state| f64::from(state.0)))
        .check("others busy", Figure::Busy(1), mean(&chain, |state| f64::from(state.1)) / 2.0);
    for (class, name) in ["a", "b"].into_iter().enumerate() {
        let (queue, rate) = (waiting[class], arrive[class]);
        case = case
            .check(format!("{name}: abandoned"), Figure::Of(class, Metric::AbandonShare), leave[class] * queue / rate)
            .check(format!("{name}: wait"), Figure::Of(class, Metric::Wait), queue / rate);
    }
    case
}

/// One agent with up to three chats, whom a call interrupts: the chats are put on hold until it is over, and none is begun meanwhile.
fn interrupted(speed: f64) -> Case {
    let rates = [0.0, 1.0, 1.5, 1.8];
    let chain = stationary((false, 0_u32, 0_u32, 0_u32), |&(call, chats, calls_wait, chats_wait)| {
        let mut next = blended(call, chats, calls_wait, chats_wait);
        next.push(match call {
            false => ((true, chats, 0, chats_wait), BLEND_CALLS),
            true => ((true, chats, (calls_wait + 1).min(20), chats_wait), BLEND_CALLS),
        });
        if !call {
            next.push((pulled(false, chats.saturating_sub(1), 0, chats_wait), rates[chats as usize]));
        }
        next
    });
    let arrives = "arrives_over = { voice = { chat = \"hold\" }, chat = { voice = \"no\" } }\n";
    blend("Call interrupts up to 3 chats of one agent", arrives, speed, &chain)
}

/// One agent with up to three chats or a call, which waits until there are none; chats are begun meanwhile.
fn opportunist(speed: f64) -> Case {
    let rates = [0.0, 1.0, 1.5, 1.8];
    let chain = stationary((false, 0_u32, 0_u32, 0_u32), |&(call, chats, calls_wait, chats_wait)| {
        let mut next = blended(call, chats, calls_wait, chats_wait);
        next.push(match (call, chats) {
            (false, 0) => ((true, 0, 0, chats_wait), BLEND_CALLS),
            _ => ((call, chats, (calls_wait + 1).min(20), chats_wait), BLEND_CALLS),
        });
        if chats > 0 {
            let left = match (chats - 1, chats_wait, calls_wait) {
                (0, 0, 1..) => (true, 0, calls_wait - 1, 0),
                (left, ..) => pulled(false, left, calls_wait, chats_wait),
            };
            next.push((left, rates[chats as usize]));
        }
        next
    });
    let arrives = "arrives_over = { voice = { chat = \"no\" }, chat = { voice = \"no\" } }\n";
    blend("Call waits for an agent without chats", arrives, speed, &chain)
}

const BLEND_CALLS: f64 = 0.4;
const BLEND_CHATS: f64 = 0.9;
const BLEND_LEAVE: [f64; 2] = [0.4, 0.3];

/// A call in hand, chats in hand, calls and chats that wait.
type Blend = (bool, u32, u32, u32);

/// What both ways of blending have in common: chats arrive, calls end, the first of those who wait go on, others lose patience.
fn blended(call: bool, chats: u32, calls_wait: u32, chats_wait: u32) -> Vec<(Blend, f64)> {
    let arrives = if call || chats == 3 {
        (call, chats, calls_wait, (chats_wait + 1).min(30))
    } else {
        (false, chats + 1, calls_wait, chats_wait)
    };
    let mut next = vec![(arrives, BLEND_CHATS)];
    if call {
        let over = if calls_wait > 0 {
            (true, chats, calls_wait - 1, chats_wait)
        } else {
            pulled(false, chats, 0, chats_wait)
        };
        next.push((over, 1.0));
    }
    next.push(((call, chats, calls_wait.saturating_sub(1), chats_wait), BLEND_LEAVE[0] * f64::from(calls_wait)));
    next.push(((call, chats, calls_wait, chats_wait.saturating_sub(1)), BLEND_LEAVE[1] * f64::from(chats_wait)));
    next.retain(|(to, _)| *to != (call, chats, calls_wait, chats_wait));
    next
}

/// Chats that wait are begun while there is room.
fn pulled(call: bool, chats: u32, calls_wait: u32, chats_wait: u32) -> Blend {
    let begun = (3 - chats).min(chats_wait);
    (call, chats + begun, calls_wait, chats_wait - begun)
}

fn blend(name: &str, arrives: &str, speed: f64, chain: &std::collections::BTreeMap<Blend, f64>) -> Case {
    let text = format!(
        "[channels.voice]\noffer = \"20s\"\n[channels.chat]\noffer = \"20s\"\nspeed = [1.0, 0.75, 0.6]\n\
         [capacity.both]\nvoice = {{ max = 1 }}\nchat = {{ max = 3 }}\n{arrives}[agents.team]\ncapacity = \"both\"\nserves = {{ calls = 1, chats = 2 }}\n\
         [queues.calls]\n[queues.chats]\n[streams.calls]\nchannel = \"voice\"\nqueue = \"calls\"\n{}patience = {}\n\
         [streams.chats]\nchannel = \"chat\"\nqueue = \"chats\"\n{}patience = {}\n",
        stream(BLEND_CALLS, &exponential(1.0 / speed)),
        exponential(1.0 / BLEND_LEAVE[0]),
        stream(BLEND_CHATS, &exponential(1.0 / speed)),
        exponential(1.0 / BLEND_LEAVE[1])
    );
    let queues = [mean(chain, |state| f64::from(state.2)), mean(chain, |state| f64::from(state.3))];
    Case::new(name, text, BLEND_CALLS + BLEND_CHATS)
        .check("calls: wait", Figure::Of(0, Metric::Wait), queues[0] / BLEND_CALLS)
        .check("calls: abandoned", Figure::Of(0, Metric::AbandonShare), BLEND_LEAVE[0] * queues[0] / BLEND_CALLS)
        .check("calls: in service", Figure::Of(0, Metric::InService), mean(chain, |state| f64::from(u8::from(state.0))))
        .check("chats: wait", Figure::Of(1, Metric::Wait), queues[1] / BLEND_CHATS)
        .check("chats: abandoned", Figure::Of(1, Metric::AbandonShare), BLEND_LEAVE[1] * queues[1] / BLEND_CHATS)
        .check("chats: in service", Figure::Of(1, Metric::InService), mean(chain, |state| f64::from(state.1)))
        .check("busy", Figure::Busy(0), mean(chain, |state| f64::from(u8::from(state.0 || state.1 > 0))))
}

/// A day of three parts, from empty; more agents come for the second. An hour is the unit, since profiles and shifts are written in hours.
fn day(speed: f64) -> Case {
    let exact = Day::of(&[(3.0, 5.0, 6), (4.0, 12.0, 10), (3.0, 7.0, 10)], 1.0, 2.0, 80);
    let text = format!(
        "[channels.voice]\noffer = \"20s\"\n[capacity.phone]\nvoice = {{ max = 1 }}\n[agents.always]\ncount = 6\ncapacity = \"phone\"\n\
         [agents.later]\ncount = 4\ncapacity = \"phone\"\nshifts = [[\"03:00\", \"24:00\"]]\n[queues.line]\n[streams.calls]\nchannel = \"voice\"\n\
         queue = \"line\"\narrivals = {{ profile = {{ interval = \"1h\", counts = [5, 5, 5, 12, 12, 12, 12, 7, 7, 7] }} }}\n\
         handle = {}\npatience = {}\n",
        exponential(60.0 / speed),
        exponential(120.0)
    );
    let mut case = Case::new("Day of three parts, M(t)/M/n(t)+M", text, 1.0);
    case.course = Course::Day { minutes: 600.0, contacts: 84.0 };
    case.check("arrivals", Figure::Offered(0), 84.0)
        .check("delayed", Figure::Delayed(0), exact.waited)
        .check("abandoned", Figure::Lost(0), exact.lost)
        .check("waiting", Figure::Of(0, Metric::QueueLength), exact.waiting)
        .check("in service", Figure::Of(0, Metric::InService), exact.busy)
}
