//! Mistakes in plan documents: every one by its path and its line, with a remedy, and all of them at once.
#![cfg(feature = "toml")]

use cordboard::*;

const EVERYTHING: &str = include_str!("plans/everything.toml");

/// The problems after one edit of a text that was right.
fn problems_of(text: &str, from: &str, to: &str) -> Problems {
    assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once in the text");
    let edited = text.replace(from, to);
    match Plan::from_toml(&edited) {
        Ok(_) => panic!("`{to}` was accepted"),
        Err(problems) => problems,
    }
}

/// An edit of the full plan, and the path and the words of the problem it must give.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    // Keys and names.
    ("whole_agent = true", "whole_agnet = true", "channels.kiosk.whole_agnet", "did you mean `whole_agent`?"),
    ("[queues.help]", "[queus.help]", "queus", "did you mean `queues`?"),
    ("idle = ", "speed = ", "queues.sales.speed", "`speed` is not a key here; the keys here are"),
    (
        "capacity = \"phone\"",
        "capacity = \"phne\"",
        "agents.experts.capacity",
        "no capacity profile `phne`; did you mean `phone`?",
    ),
    ("tiers = { sales", "tiers = { sale", "agents.team.tiers.sale", "there is no queue `sale`; did you mean `sales`?"),
    ("serves = { sales", "serves = { nowhere", "agents.team.serves.nowhere", "the queues are `sales`, `help`"),
    (
        "kiosk = { max = 1 }",
        "kiosc = { max = 1 }",
        "capacity.phone.kiosc",
        "there is no channel `kiosc`; did you mean `kiosk`?",
    ),
    ("headroom = ", "headrom = ", "capacity.blended.headrom", "did you mean `headroom`?"),
    ("headroom = { voice", "headroom = { sms", "capacity.blended.headroom.sms", "this profile takes no `sms`"),
    (
        "chat = \"no\" }",
        "kiosk = \"no\" }",
        "capacity.blended.arrives_over.voice.kiosk",
        "this profile takes no `kiosk`",
    ),
    ("targets = { voice", "targets = { telex", "queues.sales.targets.telex", "there is no channel `telex`"),
    ("gold = ", "\"\" = ", "requirements.\"\"", "a name is empty"),
    ("[queues.help]", "[queues.\"he\\nlp\"]", "queues.\"he\\nlp\"", "control character"),
    (
        "[queues.help]",
        "[queues.a-queue-with-quite-a-long-name-that-goes-on-for-more-than-sixty]",
        "queues.a-queue-with-quite-a-long-name-that-goes-on-for-more-than-sixty",
        "has 63 characters; limits.name_length allows 60",
    ),
    (
        "one_per_customer = true",
        "one_per_custommer = true",
        "channels.kiosk.one_per_custommer",
        "did you mean `one_per_customer`?",
    ),
    ("remember = \"60d\"", "remembr = \"60d\"", "customers.remembr", "did you mean `remember`?"),
    // Values of a wrong kind or out of range.
    ("agent = \"85s\"", "agent = \"0s\"", "leases.agent", "must be at least 1us"),
    ("agent = \"85s\"", "agent = \"never\"", "leases.agent", "none"),
    ("grace = \"45s\"", "grace = 45", "leases.grace", "must be a length of time in quotes"),
    ("grace = \"45s\"", "graze = \"45s\"", "leases.graze", "did you mean `grace`?"),
    ("context = 0", "context = 2000000", "limits.context", "must be a whole number from 0 to 1048576, and is 2000000"),
    (
        "one_per_customer = true",
        "one_per_customer = 1",
        "channels.kiosk.one_per_customer",
        "must be true or false, and is 1",
    ),
    ("superseded = true", "superseded = \"yes\"", "channels.kiosk.superseded", "must be true or false"),
    ("limit = 80000", "limit = -1", "customers.limit", "must be a whole number from 0 to 4294967295, and is -1"),
    ("remember = \"60d\"", "remember = 60", "customers.remember", "must be a length of time in quotes"),
    ("repeat_within = \"72h\"", "repeat_within = \"72\"", "customers.repeat_within", "72"),
    (
        "affinity = { within = \"24h\", wait",
        "affinity = { wait",
        "queues.sales.affinity.within",
        "is missing; give how long ago",
    ),
    (", wait = \"45s\" }", " }", "queues.sales.affinity.wait", "is missing; give how long that agent is waited for"),
    (
        "affinity = { within = \"24h\", wait = \"45s\" }",
        "affinity = true",
        "queues.sales.affinity",
        "must be a table such as { within = \"24h\", wait = \"30s\" }",
    ),
    ("count = 12", "count = -3", "agents.team.count", "must be a whole number from 0 to 1000000, and is -3"),
    ("count = 12", "count = \"three\"", "agents.team.count", "and is the text \"three\""),
    ("count = 12", "count = 99999999999999999999", "agents.team.count", "and is 99999999999999999999"),
    ("count = 12", "count = 999999999999999999999999999999999999999999", "agents.team.count", "and is the text \"9999"),
    ("count = 12", "count = nan", "agents.team.count", "and is NaN"),
    ("count = 12", "count = 2.5", "agents.team.count", "and is 2.5"),
    ("count = 12", "count = []", "agents.team.count", "and is a list"),
    ("count = 12", "count = 2026-01-01", "agents.team.count", "\"2026-01-01\""),
    ("billing = 80", "billing = 101", "agents.team.skills.billing", "a whole number from 1 to 100, and is 101"),
    ("billing = 80", "billing = 0", "agents.team.skills.billing", "and is 0"),
    (
        "tiers = { sales = 2 }",
        "tiers = \"sales\"",
        "agents.team.tiers",
        "must be a table such as { sales = 1, help = 2 }, and is the text \"sales\"",
    ),
    ("tiers = { sales = 2 }", "tiers = { sales = 65536 }", "agents.team.tiers.sales", "from 0 to 65535"),
    ("serves = { sales = 2", "serves = { sales = 0", "agents.team.serves.sales", "from 1 to 65535"),
    ("help = { rank = 1,", "help = { rank = 0,", "agents.team.serves.help.rank", "from 1 to 65535"),
    ("after = \"75s\"", "after = 75", "agents.team.serves.help.after", "must be a length of time in quotes"),
    ("after = \"75s\"", "aftr = \"75s\"", "agents.team.serves.help.aftr", "did you mean `after`?"),
    ("reserve = 2", "reserve = 0", "agents.team.serves.help.reserve", "from 1 to 65535, and is 0"),
    ("reserve = 2", "reserv = 2", "agents.team.serves.help.reserv", "did you mean `reserve`?"),
    ("reserve = 2, ", "", "agents.team.serves.help.hold", "counts with a reserve only"),
    ("hold = \"6m\"", "hold = \"0s\"", "agents.team.serves.help.hold", "must be at least 1us"),
    ("hold = \"6m\"", "hold = \"never\"", "agents.team.serves.help.hold", "or \"forever\""),
    ("handling = { sales", "handling = { sails", "agents.team.handling.sails", "did you mean `sales`?"),
    ("help = \"5m\"", "help = \"0s\"", "agents.team.handling.help", "must be at least 1us"),
    (
        "handling = { sales = \"4m\", help = \"5m\" }",
        "handling = 4",
        "agents.team.handling",
        "a length of time in quotes",
    ),
    (
        "between = \"fixed-queue-ratio\"",
        "between = \"cmu\"",
        "agents.experts",
        "serves sales without a handling time, which others state; give it one, such as handling = { sales = \"4m\" }",
    ),
    ("between = \"fixed-queue-ratio\"", "between = \"fair\"", "between", "`longest-queue`"),
    ("between = \"fixed-queue-ratio\"", "between = \"host:\"", "between", "the name of the host's policy is missing"),
    ("weight = 3", "weight = 1000001", "queues.sales.weight", "from 0 to 1000000, and is 1000001"),
    ("growth = 7", "growth = -1", "queues.sales.costs.voice.growth", "from 0 to 1000000, and is -1"),
    ("growth = 7", "growht = 7", "queues.sales.costs.voice.growht", "did you mean `growth`?"),
    ("lost = 6, ", "", "queues.sales.costs.voice.lost", "is missing; give what it is worth"),
    ("capacity = \"phone\"", "", "agents.experts.capacity", "is missing; give the name of a capacity profile"),
    (
        "capacity = \"phone\"",
        "capacity = 7",
        "agents.experts.capacity",
        "must be the name of a capacity profile, and is 7",
    ),
    ("whole_agent = true", "whole_agent = 1", "channels.kiosk.whole_agent", "must be true or false, and is 1"),
    ("connect = \"5s\"", "connect = \"5 parsecs\"", "channels.kiosk.connect", "unknown unit `parsecs`"),
    ("connect = \"5s\"", "connect = 5", "channels.kiosk.connect", "a length of time in quotes"),
    ("connect = \"5s\"", "connect = \"0s\"", "channels.kiosk.connect", "must be at least 1us"),
    (
        "offer = \"20s\"",
        "offer = \"never\"",
        "channels.voice.offer",
        "(units us, ms, s, m, h, d) or \"forever\" or \"none\"",
    ),
    ("offer = \"20s\"", "offer = \"0s\"", "channels.voice.offer", "must be at least 1us"),
    ("within = \"15s\"", "within = \"0s\"", "channels.kiosk.target.within", "must be at least 1us"),
    ("quiet_after = \"2m\"", "quiet_after = \"0s\"", "channels.chat.quiet_after", "must be at least 1us"),
    ("close_after = \"1d\"", "close_after = \"0s\"", "channels.chat.close_after", "must be at least 1us"),
    (
        "park_after = \"30m\"",
        "park_after = \"1m\"",
        "channels.chat.park_after",
        "must be at least quiet_after, which is 2m",
    ),
    (
        "close_after = \"1d\"",
        "close_after = \"5m\"",
        "channels.chat.close_after",
        "must be at least park_after, which is 30m",
    ),
    ("over = 2", "over = 70000", "channels.chat.wake.over", "a whole number from 0 to 65535, and is 70000"),
    ("wait = \"forever\"", "wait = \"never\"", "channels.chat.wake.wait", "or \"forever\""),
    ("{ over = 2, wait = \"forever\" }", "\"1m\"", "channels.chat.wake", "a table such as { over = 2, wait = \"1m\" }"),
    ("quiet_after", "quite_after", "channels.chat.quite_after", "did you mean `quiet_after`?"),
    ("\"last-message\"", "\"last-mesage\"", "channels.chat.age_from", "last-message"),
    ("share = 0.9,", "share = 90,", "channels.kiosk.target.share", "a number from 0 to 1, and is 90"),
    ("share = 0.9,", "share = nan,", "channels.kiosk.target.share", "and is NaN"),
    ("share = 0.9,", "share = inf,", "channels.kiosk.target.share", "and is inf"),
    ("share = 0.9, within = \"15s\"", "share = 0.9", "channels.kiosk.target.within", "is missing"),
    (
        "wrap_up = { fixed = \"10s\" }",
        "wrap_up = { fixd = \"10s\" }",
        "channels.kiosk.wrap_up.fixd",
        "did you mean `fixed`?",
    ),
    ("wrap_up = \"30s\"", "wrap_up = \"30\"", "channels.voice.wrap_up", "a unit is missing"),
    ("skills = [\"pt\", \"tier 2\"]", "skills = [\"pt\", 2]", "skills[1]", "must be the name of a skill, and is 2"),
    ("skills = [\"pt\", \"tier 2\"]", "skills = 2", "skills", "must be a list of names"),
    // Capacity.
    (
        "chat = { max = 3, open = 30",
        "chat = { max = 0, open = 30",
        "capacity.blended.chat.max",
        "from 1 to 65535, and is 0",
    ),
    (
        "chat = { max = 3, open = 30",
        "chat = { open = 30",
        "capacity.blended.chat.max",
        "is missing; give how many at once",
    ),
    ("floor = 2", "floor = 0", "capacity.blended.email.adaptive.floor", "from 1 to 65535, and is 0"),
    (
        "floor = 2",
        "floor = 6",
        "capacity.blended.email.adaptive.floor",
        "is 6, more than max = 5, which the limit never exceeds",
    ),
    ("floor = 2, ", "", "capacity.blended.email.adaptive.floor", "is missing; give how many an agent begins with"),
    (
        "reply_within = \"45s\"",
        "reply_within = \"0s\"",
        "capacity.blended.email.adaptive.reply_within",
        "must be at least 1us",
    ),
    (
        "reply_within = \"45s\"",
        "reply = \"45s\"",
        "capacity.blended.email.adaptive.reply_within",
        "is missing; give how long a reply may take",
    ),
    ("open = 30", "open = 2", "capacity.blended.chat.open", "is 2, less than max = 3"),
    (
        "ramp = { contacts = 5",
        "ramp = { contacts = 0",
        "capacity.blended.email.ramp.contacts",
        "from 1 to 1000, and is 0",
    ),
    (
        "ramp = { contacts = 5, ",
        "ramp = { ",
        "capacity.blended.email.ramp.contacts",
        "is missing; give how many may be given",
    ),
    (
        "contacts = 5, per = \"1m\"",
        "contacts = 5",
        "capacity.blended.email.ramp.per",
        "is missing; give within how long",
    ),
    ("per = \"1m\"", "per = \"0s\"", "capacity.blended.email.ramp.per", "must be at least 1us"),
    ("per = \"1m\"", "every = \"1m\"", "capacity.blended.email.ramp.every", "the keys here are"),
    (
        "ramp = { contacts = 5, per = \"1m\" }",
        "ramp = 5",
        "capacity.blended.email.ramp",
        "a table such as { contacts = 5, per = \"1m\" }",
    ),
    (
        "offered_load = \"40%\"",
        "offered_load = \"20%\"",
        "capacity.blended.chat.offered_load",
        "is 20%, less than the 33.333% the contact may come to take",
    ),
    (
        "offered_load = \"40%\"",
        "offered_load = \"140%\"",
        "capacity.blended.chat.offered_load",
        "must be a share of an agent",
    ),
    ("quiet_load = 0.05", "quiet_load = -0.05", "capacity.blended.chat.quiet_load", "and is -0.05"),
    ("held_load = \"2%\"", "held_load = \"two\"", "capacity.blended.chat.held_load", "such as \"30%\", \"1/3\" or 0.3"),
    (
        "headroom = { voice = \"60%\" }",
        "headroom = { voice = \"61%\" }",
        "capacity.blended.chat",
        "an offer takes 40%, and headroom keeps 61% free for `voice`",
    ),
    (
        "email = \"hold\"",
        "email = \"maybe\"",
        "capacity.blended.arrives_over.voice.email",
        "\"maybe\" is not a choice here; the choices are `yes`, `hold`, `no`",
    ),
    (
        "email = \"hold\"",
        "email = true",
        "capacity.blended.arrives_over.voice.email",
        "must be one of \"yes\", \"hold\", \"no\", and is true",
    ),
    (
        "email = { max = 5, load = \"25%\", ramp = { contacts = 5, per = \"1m\" }, adaptive = { floor = 2, reply_within = \"45s\" } }",
        "email = 5",
        "capacity.blended.email",
        "must be a table such as { max = 3 }, and is 5",
    ),
    (
        "[capacity.phone]\nvoice = { max = 1 }\nkiosk = { max = 1 }",
        "[capacity.phone]",
        "capacity.phone",
        "takes at least one channel",
    ),
    // Queues.
    ("order = \"priority-minutes\"", "order = \"fifi\"", "queues.sales.order", "did you mean `fifo`?"),
    (
        "order = \"priority-minutes\"",
        "order = \"ratio\"",
        "queues.sales.priority_worth",
        "counts with order = \"priority-minutes\" only",
    ),
    ("order = \"host:mine\"", "order = \"host:\"", "queues.help.order", "missing after `host:`"),
    ("order = \"host:mine\"", "order = \"mine\"", "queues.help.order", "`host:NAME`"),
    ("priority_worth = \"90s\"", "priority_worth = \"0s\"", "queues.sales.priority_worth", "must be at least 1us"),
    ("priority_worth = \"90s\"", "priority_worth = \"367d\"", "queues.sales.priority_worth", "must be at most 366d"),
    ("\"best-skilled\"", "\"best-skiled\"", "queues.sales.agents[1]", "did you mean `best-skilled`?"),
    ("\"best-skilled\"", "\"tier\"", "queues.sales.agents[1]", "\"tier\" is given twice"),
    ("\"best-skilled\"", "3", "queues.sales.agents[1]", "must be the name of a way to choose an agent"),
    ("agents = \"random\"", "agents = []", "queues.help.agents", "a list of them: from 1 to 16"),
    ("agents = \"random\"", "agents = { random = 1 }", "queues.help.agents", "and is a table"),
    ("mode = \"broadcast\"", "mode = \"push\"", "queues.sales.ring", "counts with mode = \"broadcast\" only"),
    ("mode = \"broadcast\"\n", "", "queues.sales.ring", "counts with mode = \"broadcast\" only"),
    ("displace = \"quiet\"", "displace = \"quite\"", "queues.sales.displace", "did you mean `quiet`?"),
    ("ring = 4", "ring = 1", "queues.sales.ring", "from 2 to 100, and is 1"),
    ("offer = \"forever\"\nconnect = \"2.5s\"", "", "queues.sales.mode", "but chat is connected without an offer"),
    ("mode = \"pull\"", "mode = \"pul\"", "queues.help.mode", "did you mean `pull`?"),
    ("closed = \"queue:help\"", "closed = \"queue:hlp\"", "queues.sales.overflow.closed", "did you mean `help`?"),
    (
        "closed = \"queue:help\"",
        "closed = \"queue:sales\"",
        "queues.sales.overflow.closed",
        "cannot overflow into itself",
    ),
    ("closed = \"queue:help\"", "closed = \"defect\"", "queues.sales.overflow.closed", "did you mean `deflect`?"),
    (
        "full = \"deflect\"",
        "full = \"wait\"",
        "queues.sales.overflow.full",
        "the choices are `end`, `deflect`, `callback`, `queue:NAME`",
    ),
    ("full = \"deflect\"", "ful = \"deflect\"", "queues.sales.overflow.ful", "did you mean `full`?"),
    ("after = { wait = \"2m\", ", "after = { ", "queues.sales.overflow.after.wait", "is missing; give after how long"),
    ("then = \"callback\" }", "then = \"wait\" }", "queues.sales.overflow.after.then", "\"wait\" is not a choice here"),
    ("wait = \"2m\", then", "wait = \"0s\", then", "queues.sales.overflow.after.wait", "must be at least 1us"),
    ("lead = \"3m\"", "lead = \"3\"", "queues.sales.lead", "a unit is missing"),
    ("closed_waiting = \"callback\"", "closed_waiting = 3", "queues.sales.closed_waiting", "must be one of \"wait\""),
    ("claims = 2", "claims = 65536", "queues.help.claims", "from 0 to 65535"),
    ("idle = \"handled\"", "idle = \"handle\"", "queues.sales.idle", "did you mean `handled`?"),
    ("limit = 500", "limit = -1", "queues.sales.limit", "from 0 to 4294967295, and is -1"),
    ("limit = 500", "limit = 4294967296", "queues.sales.limit", "from 0 to 4294967295"),
    (
        "step_clock = \"first-offer\"",
        "step_clock = \"first\"",
        "queues.sales.step_clock",
        "`age`, `step`, `first-offer`",
    ),
    ("pools = \"replacing\"", "pools = \"replace\"", "queues.sales.pools", "did you mean `replacing`?"),
    ("max_wait = \"10m\"", "max_wait = \"0m\"", "queues.sales.max_wait", "must be at least 1us"),
    (
        "agent = \"not-ready\"",
        "agent = \"stay\"",
        "queues.sales.no_answer.not_ready_for",
        "counts with agent = \"not-ready\" only",
    ),
    (
        "agent = \"not-ready\"",
        "agent = \"unready\"",
        "queues.sales.no_answer.agent",
        "the choices are `stay`, `not-ready`, `sign-out`",
    ),
    ("after = 2,", "after = 0,", "queues.sales.no_answer.after", "from 1 to 65535, and is 0"),
    ("offers_per_agent = 1", "offers_per_agent = 0", "queues.sales.offers_per_agent", "from 1 to 65535, and is 0"),
    (
        "offers_per_contact = 7",
        "offers_per_contact = 0",
        "queues.sales.offers_per_contact",
        "from 1 to 65535, and is 0",
    ),
    ("skip_unstaffed = true", "skip_unstaffed = \"yes\"", "queues.sales.skip_unstaffed", "must be true or false"),
    // Steps and requirements.
    (
        "after = \"60s\"",
        "after = \"20s\"",
        "queues.sales.steps[2].after",
        "is 20s, before the step above it begins, at 30s",
    ),
    ("after = \"60s\", ", "", "queues.sales.steps[2].after", "is missing; give when the step begins"),
    (
        "{ requires = \"billing >= 50\" }",
        "{ after = \"5s\", requires = \"billing >= 50\" }",
        "queues.sales.steps[0].after",
        "the first step begins at once",
    ),
    (
        "{ requires = \"billing >= 50\" }",
        "{ require = \"billing >= 50\" }",
        "queues.sales.steps[0].requires",
        "is missing",
    ),
    ("{ requires = \"billing >= 50\" }", "\"billing >= 50\"", "queues.sales.steps[0]", "must be a table"),
    (
        "{ requires = \"billing >= 50\" }",
        "{ requires = 50 }",
        "queues.sales.steps[0].requires",
        "a requirement, such as \"billing >= 50\", and is 50",
    ),
    (
        "\"billing >= 50\" }",
        "\"billing >= >= 3\" }",
        "queues.sales.steps[0].requires",
        "is not a requirement: at character 12: expected a level",
    ),
    (
        "\"billing >= 50\" }",
        "\"biling >= 50\" }",
        "queues.sales.steps[0].requires",
        "at character 1: there is no skill `biling`; did you mean `billing`?",
    ),
    (
        "\"billing >= 50 or",
        "\"fishing >= 50 or",
        "requirements.gold",
        "give it to a group of agents, or declare it: skills = [\"fishing\"]",
    ),
    (
        "gold = \"",
        "gold = \"not not not not not not not not not not not not not not not not ",
        "requirements.gold",
        "limits.requirement_depth allows 16",
    ),
    ("steps = [", "steps = 3 #", "", "not TOML"),
    // Limits.
    ("contacts = 1000", "contacts = 0", "limits.contacts", "from 1 to 4294967295, and is 0"),
    ("contacts = 1000", "requirement_depth = 65", "limits.requirement_depth", "from 1 to 64"),
    ("contacts = 1000", "steps = 2", "queues.sales.steps", "there are 3 steps; limits.steps allows 2"),
    ("contacts = 1000", "contcts = 1000", "limits.contcts", "did you mean `contacts`?"),
];

#[test]
fn every_mistake_is_named_with_its_path_and_a_remedy() {
    for &(from, to, path, words) in MISTAKES {
        let problems = problems_of(EVERYTHING, from, to);
        let found = problems.0.iter().any(|problem| problem.path == path && problem.what.contains(words));
        assert!(found, "`{to}` should give {path}: …{words}…, and gives\n{problems}");
        assert!(problems.0.iter().all(|problem| problem.line.is_some()), "{problems}");
    }
}

#[test]
fn mistakes_come_with_the_line_they_stand_in() {
    let mut checked = 0;
    for &(from, to, path, words) in MISTAKES {
        let key = path.rsplit('.').next().unwrap_or_default();
        // What is missing is shown at its table, and what a limit forbids where it is exceeded.
        if key.is_empty() || !to.contains(key) || to.contains('\n') || words.contains("limits.steps") {
            continue;
        }
        let problems = problems_of(EVERYTHING, from, to);
        let problem = problems.0.iter().find(|problem| problem.path == path && problem.what.contains(words)).unwrap();
        let line = EVERYTHING[..EVERYTHING.find(from).unwrap()].matches('\n').count() + 1;
        assert_eq!(problem.line, Some(line), "{problem}");
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
    let edits = [
        ("whole_agent = true", "whole_agnet = true"),
        ("open = 30", "open = \"thirty\""),
        ("count = 12", "count = -3"),
        ("capacity = \"phone\"", "capacity = \"phne\""),
        ("order = \"priority-minutes\"", "order = \"fifi\""),
        ("max_wait = \"10m\"", "max_wait = \"10 parsecs\""),
        ("billing >= 20", "billing >= >= 20"),
        ("contacts = 1000", "contacts = 10000000000"),
    ];
    let text = edits.iter().fold(EVERYTHING.to_owned(), |text, (from, to)| text.replace(from, to));
    let problems = Plan::from_toml(&text).unwrap_err();
    let mut paths: Vec<&str> = problems.0.iter().map(|problem| &*problem.path).collect();
    assert!(problems.0.is_sorted_by_key(|problem| problem.line), "{problems}");
    paths.sort_unstable();
    let expected = [
        "agents.experts.capacity",
        "agents.team.count",
        "capacity.blended.chat.open",
        "channels.kiosk.whole_agnet",
        "limits.contacts",
        "queues.sales.max_wait",
        "queues.sales.order",
        "queues.sales.steps[1].requires",
    ];
    assert_eq!(paths, expected, "{problems}");
}

#[test]
fn json_mistakes_have_paths_and_no_lines() {
    let document: PlanDocument = serde_json::from_str(
        r#"{ "queues": { "a": { "limit": -1 }, "b": { "ordre": "fifo", "limit": null }, "a": {} }, "agents": [], "limits": { "steps": 1.5 } }"#,
    )
    .unwrap();
    let problems = Plan::from_document(&document).unwrap_err();
    let shown = problems.to_string();
    for line in [
        "limits.steps: must be a whole number from 1 to 1000, and is 1.5",
        "queues.a.limit: must be a whole number from 0 to 4294967295, and is -1",
        "queues.b.ordre: `ordre` is not a key here; did you mean `order`?",
        "queues.a: `a` is given twice",
        "agents: must be a table, and is a list",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n---\n{shown}");
    }
    assert_eq!(problems.0.len(), 5, "{shown}");
    for text in ["3", "[]", "\"queues\"", "null"] {
        assert!(serde_json::from_str::<PlanDocument>(text).unwrap_err().to_string().contains("a plan is a table"));
    }
    let deep = format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60));
    assert!(serde_json::from_str::<PlanDocument>(&deep).unwrap_err().to_string().contains("nested more than"));
}

#[test]
fn very_many_mistakes_are_counted() {
    let text = (0..2_000).fold("[queues.q]\n".to_owned(), |text, n| format!("{text}key{n} = 1\n"));
    let problems = Plan::from_toml(&text).unwrap_err();
    assert_eq!(problems.0.len(), 501);
    assert_eq!(problems.0[500].what, "1500 more problems are not shown");
}

#[test]
fn a_hostile_document_costs_little() {
    let tiers: String = (0..30_000).map(|n| format!("tiers.\"{}{n}\" = 1\n", "q".repeat(40))).collect();
    let many = format!("[queues.q]\nsteps = [{{ requires = \"x\" }}]\n[agents.a]\n{tiers}");
    assert_eq!(Plan::from_toml(&many).unwrap_err().0.len(), 501);
    let keys: String = (0..1_000).map(|n| format!("k{n} = 1\n")).collect();
    let long = format!("[queues.\"{}\"]\n{keys}", "q".repeat(1_000_000));
    let problems = Plan::from_toml(&long).unwrap_err();
    assert!(problems.to_string().len() < 2_000_000, "names are cut where they are shown");
}

#[test]
fn names_need_not_be_many_for_a_plan_but_channels_must_be_few() {
    let channels = |many: u32| (0..many).fold(String::new(), |text, n| format!("{text}[channels.c{n}]\n"));
    assert_eq!(Plan::from_toml(&channels(64)).unwrap().channels().len(), 64);
    let problems = Plan::from_toml(&channels(65)).unwrap_err();
    assert!(problems.to_string().contains("channels: there are 65 channels"), "{problems}");
    assert!(Plan::from_toml("").unwrap().queues().is_empty());
}

/// Edits of a scenario that are the plan's to refuse.
#[test]
fn a_whole_scenario_is_a_plan_and_its_mistakes_are_found() {
    let scenario = "name = \"x\"\nseed = 79\nwarmup = \"300m\"\nhorizon = \"100m\"\nreplications = 1\n\
        [channels.voice]\nwhole_agent = true\n[channels.chat]\nspeed = [1.0, 0.8, 0.7]\n\
        [capacity.b]\nvoice = { max = 1 }\nchat = { max = 3 }\n\
        [agents.team]\ncount = 4\ncapacity = \"b\"\nshifts = [[\"08:00\", \"16:00\"]]\n\
        [queues.q]\norder = \"ratio\"\nagents = \"longest-idle\"\n\
        [streams.calls]\nchannel = \"voice\"\nqueue = \"q\"\narrivals = { poisson_per_minute = 0.5 }\n\
        handle = { exponential = \"4m\" }\n[offers]\nno_answer = 0.1\n[scheduler]\npolicy = \"adaptive\"\n";
    let plan = Plan::from_toml(scenario).unwrap();
    assert_eq!((plan.channels().len(), plan.groups()[0].count), (2, 4));
    for (from, to, path) in [
        ("whole_agent = true", "whole_agnet = true", "channels.voice.whole_agnet"),
        ("count = 4", "count = -3", "agents.team.count"),
        ("count = 4", "count = 99999999999999999999", "agents.team.count"),
        ("seed = 79", "sead = 79", "sead"),
    ] {
        assert!(problems_of(scenario, from, to).0.iter().any(|problem| problem.path == path));
    }
    // A built-in channel that only a stream uses is in the plan too.
    let streams_only = "[streams.mail]\nchannel = \"email\"\n[queues.q]\n";
    assert!(Plan::from_toml(streams_only).unwrap().find_channel("email").is_some());
}
