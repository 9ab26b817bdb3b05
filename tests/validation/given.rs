//! Cases with exact answers that are not part of the project: `../shared/exact/cases.json`, or the folder that `CORDBOARD_EXACT` names.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cordboard::sim::Metric;
use serde_json::Value;

use crate::case::{Case, Course, Figure};
use crate::own::time;

/// What the file has, and what of it cannot be asked of the engine, each with why.
pub(crate) struct Given {
    pub(crate) cases: Vec<Case>,
    pub(crate) matchings: Vec<Matching>,
    pub(crate) left_out: Vec<(String, String)>,
}

/// An infinite bipartite matching, first come first served: shares of customers by class and of servers by kind, and which classes each kind serves.
pub(crate) struct Matching {
    pub(crate) name: String,
    pub(crate) customers: Vec<f64>,
    pub(crate) servers: Vec<f64>,
    pub(crate) serves: Vec<Vec<usize>>,
    /// By class and kind.
    pub(crate) rates: Vec<Vec<f64>>,
}

/// `None`, having said so, where the file is not there.
pub(crate) fn read() -> Option<Given> {
    let folder = std::env::var_os("CORDBOARD_EXACT")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/exact"), PathBuf::from);
    let path = folder.join("cases.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        crate::say(&format!("skipped: no exact cases at {}; set CORDBOARD_EXACT to their folder", path.display()));
        return None;
    };
    let file: Value = serde_json::from_str(&text).expect("cases.json is JSON");
    let mut given = Given { cases: Vec::new(), matchings: Vec::new(), left_out: Vec::new() };
    for case in file["cases"].as_array().expect("there are cases") {
        given.take(case);
    }
    Some(given)
}

impl Given {
    fn take(&mut self, case: &Value) {
        let (id, model, exact) = (case["id"].as_str().expect("a case has an id"), &case["model"], &case["exact"]);
        let taken = match model["type"].as_str().unwrap_or_default() {
            "skills" => skills(id, model, exact).map(|case| self.cases.extend(case)),
            "chat" => chat(id, model, exact).map(|case| self.cases.push(case)),
            "blend" => blend(id, model, exact).map(|case| self.cases.push(case)),
            "skills_transient" => transient(id, model, exact).map(|case| self.cases.push(case)),
            "asymptotic" => limit(id, model, exact).map(|case| self.cases.extend(case)),
            "bipartite_matching" => matching(id, model, exact).map(|matching| self.matchings.push(matching)),
            "skills_reserve" => {
                Err("agents kept free against one class by number: a policy the engine does not have".to_owned())
            }
            other => Err(format!("a model of the type {other}, which is not known here")),
        };
        if let Err(why) = taken {
            self.left_out.push((id.to_owned(), why));
        }
    }
}

type Made<T> = Result<T, String>;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} should be a number"))
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().map(|items| items.iter().map(number).collect()).unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn distribution(value: &Value) -> Made<String> {
    let at = |key: &str| time(number(&value[key]));
    Ok(match text(&value["dist"]) {
        "exponential" => format!("{{ exponential = {} }}", at("mean")),
        "deterministic" => {
            format!("{{ deterministic = {} }}", time(value["value"].as_f64().unwrap_or_else(|| number(&value["mean"]))))
        }
        "erlang" => format!("{{ erlang = [{}, {}] }}", value["k"], at("mean")),
        "uniform" => format!("{{ uniform = [{}, {}] }}", at("low"), at("high")),
        "lognormal" => {
            let deviation = number(&value["mean"]) * number(&value["scv"]).sqrt();
            format!("{{ lognormal = [{}, {}] }}", at("mean"), time(deviation))
        }
        "hyperexponential" => {
            let phases = list(&value["p"]).into_iter().zip(list(&value["means"]));
            let phases: Vec<String> = phases.map(|(share, mean)| format!("[{share}, {}]", time(mean))).collect();
            format!("{{ hyperexponential = [{}] }}", phases.join(", "))
        }
        other => return Err(format!("times are distributed as {other}")),
    })
}

fn agents(value: &Value) -> Made<&'static str> {
    Ok(match text(value) {
        "longest_idle" => r#""longest-idle""#,
        "most_recently_idle" => r#""most-recently-idle""#,
        "random_agent" | "random_agent_with_free_slot" => r#""random""#,
        "least_loaded" => r#"["least-loaded", "longest-idle"]"#,
        "most_loaded" | "most_loaded_with_free_slot" => r#"["most-loaded", "longest-idle"]"#,
        "pool_priority" => r#"["tier", "longest-idle"]"#,
        other => return Err(format!("agents are chosen by {other}")),
    })
}

/// Calls, skills and groups of agents who take one at a time. One case for each time that service levels are told for.
fn skills(id: &str, model: &Value, exact: &Value) -> Made<Vec<Case>> {
    let (classes, pools) = (items(&model["classes"]), items(&model["pools"]));
    let name = |value: &Value| text(&value["name"]).to_owned();
    let discipline = text(&model["queue_discipline"]);
    let aging = list(&model["aging_rate"]);
    match discipline {
        "fcfs" | "class_priority" | "accumulating_priority" => {}
        "fixed_queue_ratio" => {
            return Err(
                "the class furthest above its share of the queue first: a policy the engine does not have".to_owned()
            );
        }
        other => return Err(format!("contacts are chosen by {other}")),
    }
    let agents = agents(&model["agent_selection"])?;
    let ranked = discipline == "class_priority";
    // Where neither class nor group matters, all stand in one queue.
    let one_queue = !ranked && model.get("pool_priority").is_none();
    let mut plan =
        "[channels.call]\noffer = \"20s\"\nwhole_agent = true\n[capacity.one]\ncall = { max = 1 }\n".to_owned();
    for pool in pools {
        let served: Vec<&String> = pool["service"].as_object().expect("a pool serves").keys().collect();
        let skills: Vec<String> = served.iter().map(|class| format!("{class} = 50")).collect();
        let _ = writeln!(
            plan,
            "[agents.{}]\ncount = {}\ncapacity = \"one\"\nskills = {{ {} }}",
            name(pool),
            pool["agents"],
            skills.join(", ")
        );
        if !one_queue {
            let order = items(&model["class_priority"][name(pool)]);
            let rank =
                |class: &str| if ranked { 1 + order.iter().position(|at| text(at) == class).unwrap_or(0) } else { 1 };
            let serves: Vec<String> = served.iter().map(|class| format!("{class} = {}", rank(class))).collect();
            let _ = writeln!(plan, "serves = {{ {} }}", serves.join(", "));
            let tier = |class: &str| {
                let order = items(&model["pool_priority"][class]);
                1 + order.iter().position(|at| text(at) == name(pool)).unwrap_or(0)
            };
            let tiers: Vec<String> = served.iter().map(|class| format!("{class} = {}", tier(class))).collect();
            let _ = writeln!(plan, "tiers = {{ {} }}", tiers.join(", "));
        }
    }
    let order = if aging.is_empty() { "fifo" } else { "ratio" };
    let limit = model["queue_capacity"].as_u64().map_or(String::new(), |limit| format!("limit = {limit}\n"));
    let queues: Vec<String> = if one_queue { vec!["all".to_owned()] } else { classes.iter().map(name).collect() };
    for queue in queues {
        let _ = writeln!(plan, "[queues.{queue}]\norder = \"{order}\"\nagents = {agents}\n{limit}");
    }
    let mut per_minute = 0.0;
    let mut streams = Vec::new();
    for class in classes {
        let class_name = name(class);
        let mut times = Vec::new();
        for pool in pools.iter().filter(|pool| pool["service"].get(&class_name).is_some()) {
            times.push((name(pool), distribution(&pool["service"][&class_name])?));
        }
        let handle = if times.iter().all(|(_, time)| *time == times[0].1) {
            times[0].1.clone()
        } else {
            let each: Vec<String> = times.iter().map(|(pool, time)| format!("{pool} = {time}")).collect();
            format!("{{ by_group = {{ {} }} }}", each.join(", "))
        };
        let rate = number(&class["arrival"]["rate"]);
        per_minute += rate;
        let queue = if one_queue { "all" } else { &class_name };
        let mut stream = format!(
            "[streams.{class_name}]\nchannel = \"call\"\nqueue = \"{queue}\"\nrequires = \"{class_name} >= 1\"\n\
             arrivals = {{ poisson_per_minute = {rate} }}\nhandle = {handle}\n"
        );
        if !class["patience"].is_null() {
            let _ = writeln!(stream, "patience = {}", distribution(&class["patience"])?);
        }
        streams.push(stream);
    }
    let levels = list(&model["awt"]);
    let mut made = Vec::new();
    for (at, &within) in levels.iter().chain(levels.is_empty().then_some(&1.0)).enumerate() {
        let mut scenario = plan.clone();
        for (class, stream) in streams.iter().enumerate() {
            let target = if aging.is_empty() { within } else { 1.0 / aging[class] };
            let _ = writeln!(scenario, "{stream}target = {{ share = 0.8, within = {} }}", time(target));
        }
        let mut case =
            Case::new(&if at == 0 { id.to_owned() } else { format!("{id}, within {within}") }, scenario, per_minute);
        if let Some(longest) = longest_service(pools) {
            case.course = Course::Steady { per_minute, service: longest };
        }
        let known = exact["classes"].as_array().cloned().unwrap_or_else(|| vec![exact.clone()]);
        for (stream, known) in known.iter().enumerate() {
            let label = if classes.len() > 1 { format!("{}: ", name(&classes[stream])) } else { String::new() };
            case = if at == 0 { contacts(case, &label, stream, known) } else { case };
            case = level(case, &label, stream, known, at, within);
        }
        if at == 0 {
            let busy = if exact["occupancy"].is_number() {
                vec![number(&exact["occupancy"])]
            } else {
                list(&exact["occupancy"])
            };
            for (group, busy) in busy.into_iter().enumerate() {
                case = case.check(format!("{}: occupancy", name(&pools[group])), Figure::Busy(group), busy);
            }
            if exact.get("classes").is_some() && exact["p_wait"].is_number() {
                case = case.check("p_wait", Figure::Of(0, Metric::DelayedShare), number(&exact["p_wait"]));
            }
        }
        if !case.checks.is_empty() {
            made.push(case);
        }
    }
    Ok(made)
}

fn longest_service(pools: &[Value]) -> Option<f64> {
    let times = pools.iter().filter_map(|pool| pool["service"].as_object());
    times.flat_map(|times| times.values()).filter_map(|time| time["mean"].as_f64()).reduce(f64::max)
}

/// What is known of a class, as far as results say it.
fn contacts(mut case: Case, label: &str, stream: usize, known: &Value) -> Case {
    let figures = [
        ("p_wait", Figure::Of(stream, Metric::DelayedShare)),
        ("p_block", Figure::TurnedAway(stream)),
        ("p_abandon", Figure::Of(stream, Metric::AbandonShare)),
        ("mean_wait", Figure::Of(stream, Metric::Wait)),
        ("mean_queue", Figure::Of(stream, Metric::QueueLength)),
        ("asa_served", Figure::Of(stream, Metric::WaitAnswered)),
        ("mean_wait_abandoned", Figure::WaitOfLost(stream)),
        ("mean_wait_given_wait", Figure::WaitOfDelayed(stream)),
        ("served_rate", Figure::Throughput(stream)),
        ("throughput", Figure::Throughput(stream)),
        ("mean_in_service", Figure::Of(stream, Metric::InService)),
        ("mean_chats_in_service", Figure::Of(stream, Metric::InService)),
        ("mean_stay_in_service", Figure::Stay(stream)),
        ("mean_chat_duration", Figure::Stay(stream)),
    ];
    for (key, figure) in figures {
        // Nobody waits in a line of which the chance is below 1e-9; nor is it ever seen.
        if let Some(exact) = known[key].as_f64() {
            case = case.check(format!("{label}{key}"), figure, if exact < 1e-9 { 0.0 } else { exact });
        }
    }
    case
}

/// The service levels for the `at`-th time.
fn level(mut case: Case, label: &str, stream: usize, known: &Value, at: usize, within: f64) -> Case {
    let figures =
        [("sl_offered", Figure::Of(stream, Metric::ServiceLevel)), ("sl_answered", Figure::LevelOfAnswered(stream))];
    for (key, figure) in figures {
        let exact = if at == 0 && known[key].is_number() { known[key].as_f64() } else { known[key][at].as_f64() };
        if let Some(exact) = exact {
            case = case.check(format!("{label}{key} within {within}"), figure, exact);
        }
    }
    case
}

/// Agents with several chats, the slower the more there are.
fn chat(id: &str, model: &Value, exact: &Value) -> Made<Case> {
    let speed: Vec<String> = list(&model["total_service_rate_by_concurrency"])
        .iter()
        .zip(1_u32..)
        .map(|(rate, held)| format!("{:?}", rate / f64::from(held)))
        .collect();
    let within = list(&model["awt"]).first().copied();
    let per_minute = number(&model["arrival"]["rate"]);
    let mut scenario = format!(
        "[channels.chat]\noffer = \"20s\"\nspeed = [{}]\n[capacity.c]\nchat = {{ max = {} }}\n[agents.P]\ncount = {}\ncapacity = \"c\"\n\
         [queues.all]\norder = \"fifo\"\nagents = {}\n",
        speed.join(", "),
        model["slots"],
        model["agents"],
        agents(&model["agent_selection"])?
    );
    if let Some(limit) = model["queue_capacity"].as_u64() {
        let _ = writeln!(scenario, "limit = {limit}");
    }
    let _ = writeln!(
        scenario,
        "[streams.A]\nchannel = \"chat\"\nqueue = \"all\"\narrivals = {{ poisson_per_minute = {per_minute} }}\nhandle = {}\n\
         target = {{ share = 0.8, within = {} }}",
        distribution(&model["work"])?,
        time(within.unwrap_or(1.0))
    );
    if !model["patience"].is_null() {
        let _ = writeln!(scenario, "patience = {}", distribution(&model["patience"])?);
    }
    let mut case = contacts(Case::new(id, scenario, per_minute), "", 0, exact);
    if let Some(within) = within {
        case = level(case, "", 0, exact, 0, within);
    }
    for (key, figure) in [
        ("agent_occupancy", Figure::Busy(0)),
        ("slot_occupancy", Figure::Taken(0)),
        ("mean_concurrency_when_busy", Figure::HeldWhenBusy(0)),
    ] {
        if let Some(exact) = exact[key].as_f64() {
            case = case.check(key, figure, exact);
        }
    }
    Ok(case)
}

/// One agent for calls and chats.
fn blend(id: &str, model: &Value, exact: &Value) -> Made<Case> {
    let arrives = match text(&model["mode"]) {
        "interrupt" => r#"{ voice = { chat = "hold" }, chat = { voice = "no" } }"#,
        "opportunist" => r#"{ voice = { chat = "no" }, chat = { voice = "no" } }"#,
        "drain" => "{}",
        "overlay" => return Err("chats that go on at a share of their speed during a call: not simulated".to_owned()),
        other => return Err(format!("calls and chats together as {other}")),
    };
    let (voice, chat) = (&model["voice"], &model["chat"]);
    let speed: Vec<String> = list(&chat["total_service_rate_by_concurrency"])
        .iter()
        .zip(1_u32..)
        .map(|(rate, held)| format!("{:?}", rate / f64::from(held)))
        .collect();
    let mut scenario = format!(
        "[channels.voice]\noffer = \"20s\"\n[channels.chat]\noffer = \"20s\"\nspeed = [{}]\n[capacity.both]\nvoice = {{ max = 1 }}\n\
         chat = {{ max = {} }}\narrives_over = {arrives}\n[agents.team]\ncount = {}\ncapacity = \"both\"\nserves = {{ voice = 1, chat = 2 }}\n",
        speed.join(", "),
        chat["slots"],
        model["agents"]
    );
    let policy = if model["mode"] == "drain" { "spread+drain=1" } else { "work-conserving" };
    let _ = writeln!(scenario, "[scheduler]\npolicy = \"{policy}\"\nhold = \"3000h\"");
    for (name, of, work) in [("voice", voice, &voice["service"]), ("chat", chat, &chat["work"])] {
        let _ = writeln!(
            scenario,
            "[queues.{name}]\nagents = [\"least-loaded\", \"longest-idle\"]\n[streams.{name}]\nchannel = \"{name}\"\nqueue = \"{name}\"\n\
             arrivals = {{ poisson_per_minute = {} }}\nhandle = {}",
            of["rate"],
            distribution(work)?
        );
        if !of["patience"].is_null() {
            let _ = writeln!(scenario, "patience = {}", distribution(&of["patience"])?);
        }
    }
    let mut case = Case::new(id, scenario, number(&voice["rate"]) + number(&chat["rate"]));
    case = contacts(case, "voice: ", 0, &exact["voice"]);
    case = contacts(case, "chat: ", 1, &exact["chat"]);
    if let (Some(idle), Some(1)) = (exact["p_agent_idle"].as_f64(), model["agents"].as_u64()) {
        case = case.check("occupancy", Figure::Busy(0), 1.0 - idle);
    }
    Ok(case)
}

/// A day from empty, written in hours, with one more group of agents for each time that more come.
fn transient(id: &str, model: &Value, exact: &Value) -> Made<Case> {
    let (breaks, rates) = (list(&model["arrival"]["breaks"]), list(&model["arrival"]["rates"]));
    let whole = |hours: &[f64]| hours.iter().all(|hour| hour.fract() == 0.0 && *hour <= 24.0);
    let staffing: Vec<(f64, f64)> =
        items(&model["staffing"]).iter().map(|step| (number(&step[0]), number(&step[1]))).collect();
    if !whole(&breaks) || !whole(&staffing.iter().map(|step| step.0).collect::<Vec<_>>()) {
        return Err("a day whose parts are no whole units of time".to_owned());
    }
    if staffing.windows(2).any(|pair| pair[1].1 < pair[0].1) {
        return Err("agents who leave in the middle of a contact: here they finish it".to_owned());
    }
    let horizon = number(&model["horizon"]);
    let counts: Vec<String> = (0..horizon as usize)
        .map(|hour| {
            let part = breaks.iter().rposition(|&from| from <= hour as f64).unwrap_or(0).min(rates.len() - 1);
            format!("{:?}", rates[part])
        })
        .collect();
    let hours = |mean: &Value| -> Made<String> {
        let mut scaled = mean.clone();
        if text(&mean["dist"]) != "exponential" {
            return Err("times of a day that are not exponential".to_owned());
        }
        scaled["mean"] = (60.0 * number(&mean["mean"])).into();
        distribution(&scaled)
    };
    let mut scenario =
        "[channels.call]\noffer = \"20s\"\nwhole_agent = true\n[capacity.one]\ncall = { max = 1 }\n".to_owned();
    let mut before = 0.0;
    for (step, (from, agents)) in staffing.iter().enumerate().filter(|(_, step)| step.1 > 0.0) {
        let _ = writeln!(scenario, "[agents.from{step}]\ncount = {}\ncapacity = \"one\"", agents - before);
        if *from > 0.0 {
            let _ = writeln!(scenario, "shifts = [[\"{from:02}:00\", \"24:00\"]]");
        }
        before = *agents;
    }
    let _ = writeln!(
        scenario,
        "[queues.all]\n[streams.A]\nchannel = \"call\"\nqueue = \"all\"\n\
         arrivals = {{ profile = {{ interval = \"1h\", counts = [{}] }} }}\nhandle = {}\npatience = {}",
        counts.join(", "),
        hours(&model["service"])?,
        hours(&model["patience"])?
    );
    let mut case = Case::new(id, scenario, 1.0);
    let contacts = number(&exact["expected_arrivals"]);
    case.course = Course::Day { minutes: 60.0 * horizon, contacts };
    for (key, figure) in [
        ("expected_arrivals", Figure::Offered(0)),
        ("expected_waited", Figure::Delayed(0)),
        ("expected_abandonments_during_0_T", Figure::Lost(0)),
        ("time_avg_queue", Figure::Of(0, Metric::QueueLength)),
        ("time_avg_busy", Figure::Of(0, Metric::InService)),
    ] {
        case = case.check(key, figure, number(&exact[key]));
    }
    Ok(case)
}

/// The pools whose limit a case of many servers tells.
fn limit(id: &str, model: &Value, exact: &Value) -> Made<Vec<Case>> {
    let leave = number(&model["theta_over_mu"]);
    let pools: BTreeMap<&String, &Value> = exact["exact"].as_object().expect("pools by size").iter().collect();
    let case = |(servers, known): (&String, &Value)| {
        let rate = number(&known["lam"]);
        let root = servers.parse::<f64>().expect("a number of servers").sqrt();
        let scenario = format!(
            "[channels.call]\noffer = \"20s\"\nwhole_agent = true\n[capacity.one]\ncall = {{ max = 1 }}\n[agents.P]\ncount = {servers}\n\
             capacity = \"one\"\n[queues.all]\nagents = \"longest-idle\"\n[streams.A]\nchannel = \"call\"\nqueue = \"all\"\n\
             arrivals = {{ poisson_per_minute = {rate} }}\nhandle = {{ exponential = \"1m\" }}\npatience = {{ exponential = {} }}",
            time(1.0 / leave)
        );
        Case::new(&format!("{id}, n = {servers}"), scenario, rate)
            .check("p_wait", Figure::Of(0, Metric::DelayedShare), number(&known["p_wait"]))
            .check("p_abandon", Figure::Of(0, Metric::AbandonShare), number(&known["sqrt_n_p_ab"]) / root)
    };
    Ok(pools.into_iter().map(case).collect())
}

fn matching(id: &str, model: &Value, exact: &Value) -> Made<Matching> {
    let serves = items(&model["server_skills"]).iter().map(|of| list(of).iter().map(|class| *class as usize).collect());
    Ok(Matching {
        name: id.to_owned(),
        customers: list(&model["alpha"]),
        servers: list(&model["beta"]),
        serves: serves.collect(),
        rates: items(&exact["rates"]).iter().map(list).collect(),
    })
}
