//! `docs/scenario.md` describes every key of a scenario, and its example is one.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::sim::Scenario;

const REFERENCE: &str = include_str!("../docs/scenario.md");

fn check(text: &str) -> Result<Scenario, String> {
    Scenario::from_toml(text, Path::new("examples/scenarios")).map_err(|problems| problems.to_string())
}

#[test]
fn the_example_is_a_scenario() {
    let example = REFERENCE.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let results = check(example).unwrap().with_replications(2).run().unwrap().results();
    assert!(results.streams[0].1.offered > 1_000);
}

/// Tables of a stream, and what stands in them.
#[test]
fn every_key_of_a_table_is_described_and_read() {
    let base = "horizon = \"1h\"\n[capacity.p]\nvoice = { max = 1 }\n[agents.a]\ncapacity = \"p\"\n[queues.q]\n\
                overflow = { full = \"callback\" }\n[streams.s]\nchannel = \"voice\"\nqueue = \"q\"\narrivals = { every = \"1m\" }\nhandle = { exponential = \"1m\" }\n\
                patience = { exponential = \"1m\" }\n";
    for (place, table, needed, keys) in [
        (
            "[streams.s]\n",
            "retry",
            "delay = { exponential = \"1m\" }",
            &["abandoned = 0.5", "overflowed = 0.5", "attempts = 9"][..],
        ),
        (
            "[streams.s]\n",
            "redial",
            "no_answer = 0.5, delay = { exponential = \"1m\" }",
            &["ring = { exponential = \"9s\" }", "attempts = 9"],
        ),
        ("[streams.s]\n", "balk", "", &["share = 0.5", "tolerance = 2", "told = \"high\""]),
        (
            "[agents.a]\n",
            "elastic",
            "queue = \"q\", reaction = \"1m\"",
            &["waiting = 4", "longest = \"1m\"", "until_waiting = 3", "until_longest = \"20s\"", "stay = \"1h\""],
        ),
    ] {
        let with = |line: &str| check(&base.replace(place, &format!("{place}{line}\n")));
        let heading = format!("### `{table}`");
        let section = REFERENCE.split(&heading).nth(1).unwrap_or_else(|| panic!("no heading {heading}"));
        let section = section.split("\n#").next().unwrap();
        let (separator, needed) = if needed.is_empty() { ("", "") } else { (", ", needed) };
        for key in needed.split(" = ").take(1).filter(|key| !key.is_empty()).chain(keys.iter().copied()) {
            let name = key.split(' ').next().unwrap();
            assert!(section.contains(&format!("| `{name}` |")), "docs/scenario.md says nothing of {table}.{name}");
        }
        let all = keys.join(", ");
        with(&format!("{table} = {{ {needed}{separator}{all} }}")).unwrap_or_else(|why| panic!("{why}"));
        for key in keys {
            let (name, value) = key.split_once(" = ").unwrap();
            // The table needs one of them, perhaps this one.
            let others = all.replace(&format!("{key}, "), "").replace(&format!(", {key}"), "");
            let complaint =
                with(&format!("{table} = {{ {needed}{separator}{others}, {name}x = {value} }}")).err().unwrap();
            assert!(complaint.contains(&format!("did you mean `{name}`?")), "{name}: {complaint}");
        }
    }
}

/// A misspelt key brings the reader to say which keys there are, or which is the nearest.
#[test]
fn every_key_is_described_and_read() {
    let base = "horizon = \"1h\"\n[capacity.p]\nvoice = { max = 1 }\n[agents.a]\ncapacity = \"p\"\n[queues.q]\n\
                overflow = { full = \"callback\" }\n[streams.s]\nchannel = \"voice\"\nqueue = \"q\"\narrivals = { every = \"1m\" }\nhandle = { exponential = \"1m\" }\n";
    assert!(check(base).is_ok());
    for (table, key, value) in [
        ("", "name", "\"x\""),
        ("", "seed", "7"),
        ("", "warmup", "\"1h\""),
        ("", "replications", "3"),
        ("", "batches", "20"),
        ("channels.voice", "speed", "[1.0, 0.5]"),
        ("agents.a", "shifts", "[[\"08:00\", \"12:00\"], [\"22:00\", \"06:00\"]]"),
        ("agents.a", "breaks", "[{ length = \"15m\", from = \"10:00\" }]\nshifts = [[\"08:00\", \"12:00\"]]"),
        ("agents.a", "absent", "\"5%\"\nshifts = [[\"08:00\", \"12:00\"]]"),
        ("agents.a", "no_answer", "0.1"),
        ("agents.a", "elastic", "{ queue = \"q\", waiting = 3, reaction = \"1m\" }"),
        ("queues.q", "hours", "[[\"08:00\", \"12:00\"], [\"13:00\", \"24:00\"]]"),
        ("streams.s", "requires", "\"anyone\""),
        ("streams.s", "resolved_by_bot", "\"30%\""),
        ("streams.s", "wrap_up", "{ uniform = [\"1s\", \"5s\"] }"),
        ("streams.s", "patience", "{ erlang = [2, \"1m\"] }"),
        ("streams.s", "priority", "-3"),
        ("streams.s", "target", "{ share = 0.9, within = \"10s\" }"),
        ("streams.s", "cost", "{ hold_per_minute = 1, lost = 2.5 }"),
        ("streams.s", "retry", "{ abandoned = 0.5, delay = { exponential = \"1m\" } }"),
        ("streams.s", "balk", "{ share = 0.5 }\npatience = { exponential = \"1m\" }"),
        ("streams.s", "redial", "{ no_answer = 0.5, delay = { exponential = \"1m\" } }"),
        ("streams.s", "batches", "{ geometric = 2 }"),
        ("streams.s", "campaigns", "[{ at = \"10:00\", contacts = 5, over = \"1h\" }]"),
        ("streams.s", "handle_by_time", "{ interval = \"1h\", factors = [1, 2] }"),
        ("offers", "accept", "{ gamma = [2.0, \"3s\"] }"),
        ("offers", "claim", "{ exponential = \"3s\" }"),
        ("offers", "no_answer", "0.1"),
        ("offers", "back_after", "\"1m\""),
        ("scheduler", "policy", "\"agents:top-down\""),
    ] {
        assert!(
            REFERENCE.contains(&format!("| `{key}`")) || REFERENCE.contains(&format!("`, `{key}`")),
            "docs/scenario.md says nothing of `{key}`"
        );
        let with = |key: &str| {
            let header = format!("[{table}]\n");
            let line = format!("{key} = {value}\n");
            match (table, base.find(&header)) {
                ("", _) => format!("{line}{base}"),
                (_, Some(at)) => format!("{}{line}{}", &base[..at + header.len()], &base[at + header.len()..]),
                (_, None) => format!("{base}{header}{line}"),
            }
        };
        check(&with(key)).unwrap_or_else(|why| panic!("{key}: {why}"));
        let complaint = check(&with(&format!("{key}x"))).err().unwrap();
        assert!(complaint.contains(&format!("did you mean `{key}`?")), "{key}: {complaint}");
    }
}

#[test]
fn every_form_of_arrivals_and_times_is_described_and_read() {
    let with = |arrivals: &str, handle: &str| {
        check(&format!(
            "horizon = \"1h\"\n[capacity.p]\nvoice = {{ max = 1 }}\n[agents.a]\ncapacity = \"p\"\n[queues.q]\n[streams.s]\n\
             channel = \"voice\"\nqueue = \"q\"\narrivals = {{ {arrivals} }}\nhandle = {{ {handle} }}\n"
        ))
    };
    for arrivals in [
        "poisson_per_minute = 3",
        "every = \"20s\"",
        "profile = { interval = \"1h\", counts = [1, 2.5] }",
        "profile = { interval = \"1h\", per_day = 30, weights = [1, 2.5] }",
        "profile = { shape = \"omnichannel-day-calls.csv\", per_day = 30 }",
        "profile = \"omnichannel-day-text.csv\"",
    ] {
        with(arrivals, "exponential = \"1m\"").unwrap_or_else(|why| panic!("{arrivals}: {why}"));
        assert!(REFERENCE.contains(&format!("| `{}`", arrivals.split(' ').next().unwrap())));
    }
    for handle in [
        "deterministic = \"1m\"",
        "exponential = \"1m\"",
        "erlang = [3, \"1m\"]",
        "gamma = [0.5, \"1m\"]",
        "lognormal = [\"1m\", \"2m\"]",
        "uniform = [\"1m\", \"2m\"]",
        "hyperexponential = [[0.25, \"1m\"], [0.75, \"3m\"]]",
        "by_group = { a = { exponential = \"1m\" } }",
        "spoken = { turns = 3, agent = { exponential = \"9s\" }, customer = { exponential = \"9s\" } }",
        "spoken = { turns = { geometric = 3.5 }, agent = { exponential = \"9s\" }, customer = { exponential = \"9s\" } }",
    ] {
        with("every = \"1m\"", handle).unwrap_or_else(|why| panic!("{handle}: {why}"));
        let key = handle.split(' ').next().unwrap();
        assert!(REFERENCE.contains(&format!("| `{key}`")) || REFERENCE.contains(&format!("{{ {key} =")), "{key}");
    }
    for (arrivals, handle, words) in [
        ("", "exponential = \"1m\"", "exactly one of poisson_per_minute"),
        ("every = \"1m\", trace = \"x.csv\"", "exponential = \"1m\"", "exactly one of poisson_per_minute"),
        ("trace = \"x.csv\"", "exponential = \"1m\"", "x.csv"),
        ("profile = { interval = \"1h\", weights = [1] }", "exponential = \"1m\"", "per_day"),
        ("profile = { interval = \"1h\", per_day = 5, weights = [0, 0] }", "exponential = \"1m\"", "0 everywhere"),
        ("profile = { interval = \"1h\", per_day = 5, counts = [1] }", "exponential = \"1m\"", "goes with"),
        ("every = \"0s\"", "exponential = \"1m\"", "at least 1us"),
        ("every = \"1m\"", "uniform = [\"2m\", \"1m\"]", "before it begins"),
        ("every = \"1m\"", "erlang = [0, \"1m\"]", "from 1 to 10000"),
        ("every = \"1m\"", "erlang = [\"1m\"]", "phases"),
        ("every = \"1m\"", "lognormal = [\"0s\", \"1m\"]", "at least 1us"),
        ("every = \"1m\"", "by_group = { b = { exponential = \"1m\" } }", "nothing for `a`"),
        ("every = \"1m\"", "empirical = \"missing.csv\"", "missing.csv"),
        ("every = \"1m\"", "spoken = { turns = 0 }", "from 1 to 10000"),
        ("every = \"1m\"", "spoken = { turns = \"many\" }", "geometric = 6"),
        ("every = \"1m\"", "spoken = { turns = { geometic = 6 } }", "did you mean `geometric`?"),
        ("every = \"1m\"", "spoken = { turns = { geometric = 0.5 } }", "from 1 to 10000"),
        ("every = \"1m\"", "spoken = { turns = 2, customer = { exponential = \"9s\" } }", "for its part of a turn"),
        ("every = \"1m\"", "spoken = { turns = 2 }, exponential = \"1m\"", "keep one"),
        ("every = \"1m\"", "exponetial = \"1m\"", "did you mean `exponential`?"),
    ] {
        let complaint = with(arrivals, handle).err().unwrap_or_else(|| panic!("{arrivals} {handle} was taken"));
        assert!(complaint.contains(words), "{arrivals} {handle}: {complaint}");
    }
}

#[test]
fn conversations_are_described_and_read() {
    let with = |work: &str| {
        check(&format!(
            "horizon = \"1h\"\n[capacity.p]\nchat = {{ max = 3 }}\n[agents.a]\ncapacity = \"p\"\n[queues.q]\n[streams.s]\n\
             channel = \"chat\"\nqueue = \"q\"\narrivals = {{ every = \"1m\" }}\n{work}\n"
        ))
    };
    let (agent, customer) = (r#"agent = { lognormal = ["25s", "15s"] }"#, r#"customer = { lognormal = ["2m", "3m"] }"#);
    for key in ["turns", "agent", "customer", "conversation", "spoken"] {
        assert!(REFERENCE.contains(&format!("| `{key}`")) || REFERENCE.contains(&format!("{key} =")), "{key}");
    }
    let chats = with(&format!("conversation = {{ turns = {{ geometric = 6 }}, {agent}, {customer} }}")).unwrap();
    let how = chats.streams()[0].conversation().unwrap();
    assert!((how.work() - 150.0).abs() < 1e-9 && (how.pauses() - 600.0).abs() < 1e-9);
    for (work, words) in [
        ("", "or a `conversation`"),
        ("conversation = 3", "a table such as { turns ="),
        (&*format!("conversation = {{ {agent}, {customer} }}"), "how many turns"),
        (&format!("conversation = {{ turns = 1, {agent}, customers = 3 }}"), "did you mean `customer`?"),
        (
            &format!("handle = {{ exponential = \"1m\" }}\nconversation = {{ turns = 1, {agent}, {customer} }}"),
            "keep one",
        ),
    ] {
        let complaint = with(work).err().unwrap_or_else(|| panic!("{work} was taken"));
        assert!(complaint.contains(words), "{work}: {complaint}");
    }
}
