//! A plan from outside (a journal, another process) is checked before the engine relies on it, and revisions keep ids.
#![cfg(feature = "toml")]

use cordboard::*;
use serde_json::{Value, json};

fn everything() -> Plan {
    Plan::from_toml(include_str!("plans/everything.toml")).unwrap()
}

/// A place in the serialised plan, what is put there, and the path and words of the problem.
fn tampered() -> Vec<(&'static str, Value, &'static str)> {
    let at_least = |skill: u16, level: u8| json!({ "AtLeast": { "skill": skill, "level": level } });
    vec![
        ("/groups/0/capacity", json!(2), "agents.team: its capacity profile is not in the plan"),
        ("/groups/0/skills", json!([[4, 50]]), "agents.team: a skill is not in the plan"),
        ("/groups/0/tiers", json!([[2, 1]]), "agents.team: a queue in tiers or serves is not in the plan"),
        ("/groups/0/tiers", json!([[1, 1], [0, 1]]), "agents.team: the queues in tiers or serves are not ascending"),
        ("/groups/0/tiers", json!([[1, 1], [1, 2]]), "agents.team: the queues in tiers or serves are not ascending"),
        (
            "/groups/0/serves",
            json!([{ "queue": 0, "rank": 0, "after": 0, "reserve": 0, "hold": 0 }]),
            "agents.team: a queue in tiers or serves",
        ),
        (
            "/groups/0/serves",
            json!([{ "queue": 0, "rank": 1, "after": 0, "reserve": 1, "hold": 0 }]),
            "agents.team: agents are kept free of a queue for no time",
        ),
        ("/groups/0/handling", json!([[0, 0]]), "agents.team: a handling time is 0"),
        (
            "/groups/0/handling",
            json!([[9, 1]]),
            "agents.team: a handling time is 0 or of a queue that is not in the plan",
        ),
        ("/groups/0/handling", json!([[1, 1], [0, 1]]), "agents.team: a handling time is 0 or of a queue that is not"),
        ("/queues/0/weight", json!(1_000_001), "queues.sales: a weight is above 1,000,000"),
        ("/queues/0/costs/1/growth", json!(1_000_000_001), "queues.sales: a cost is above 1,000,000"),
        ("/between", json!({ "host": "" }), "between: the name of a host's policy is empty"),
        ("/groups/1/name", json!("team"), "agents.team: the name is given twice"),
        ("/queues/0/name", json!(""), "queues.\"\": a name is empty"),
        ("/skills/1", json!("a\nb"), "control character"),
        ("/skills/1", json!("x".repeat(1001)), "a name has 1001 characters"),
        ("/queues/0/agents", json!([]), "queues.sales: agents has no criterion"),
        ("/queues/0/agents", json!(vec!["tier"; 17]), "queues.sales: agents has no criterion, or too many"),
        ("/queues/0/agents", json!([{ "host": "" }]), "queues.sales: the name of a host's policy is empty"),
        ("/queues/1/order", json!({ "host": "" }), "queues.help: the name of a host's policy is empty"),
        (
            "/queues/0/order",
            json!({ "priority-minutes": { "worth": u64::MAX } }),
            "queues.sales: the worth of a priority",
        ),
        ("/queues/0/order", json!({ "priority-minutes": { "worth": 0 } }), "queues.sales: the worth of a priority"),
        ("/queues/0/offer", json!(0), "queues.sales: a length of time is 0"),
        ("/queues/0/max_wait", json!(0), "queues.sales: a length of time is 0"),
        ("/queues/0/no_answer/after", json!(0), "queues.sales: no_answer.after is 0"),
        ("/queues/0/no_answer/not_ready_for", json!(0), "queues.sales: a length of time is 0"),
        ("/queues/0/mode", json!({ "broadcast": { "ring": 1 } }), "queues.sales: a broadcast rings with fewer than 2"),
        (
            "/queues/0/mode",
            json!({ "broadcast": { "ring": 101 } }),
            "queues.sales: a broadcast rings with fewer than 2",
        ),
        ("/queues/0/offers_per_agent", json!(0), "queues.sales: a number of offers is 0"),
        ("/queues/0/offers_per_contact", json!(0), "queues.sales: a number of offers is 0"),
        ("/queues/0/targets", json!(vec![Value::Null; 7]), "queues.sales: a target's channel is not in the plan"),
        ("/queues/0/targets/1/within", json!(0), "queues.sales: a target must allow at least 1us"),
        ("/queues/0/targets/1/share_permille", json!(1001), "queues.sales: a target's share"),
        ("/queues/0/steps/0/after", json!(1), "queues.sales: the first step does not begin at once"),
        ("/queues/0/steps/2/after", json!(1), "queues.sales: the steps are not in the order"),
        ("/queues/0/steps/2/requires", at_least(4, 50), "queues.sales.steps[2]: a skill is not in the plan"),
        ("/queues/0/steps/2/requires", at_least(0, 0), "queues.sales.steps[2]: a level is not from 1 to 100"),
        (
            "/queues/0/steps/2/requires",
            json!({ "Not": { "Any": [at_least(0, 101)] } }),
            "queues.sales.steps[2]: a level is not",
        ),
        (
            "/queues/0/steps/2/requires",
            json!({ "All": vec!["Anyone"; 4097] }),
            "queues.sales.steps[2]: it has 4098 parts",
        ),
        ("/requirements/0/requires", at_least(u16::MAX, 1), "requirements.gold: a skill is not in the plan"),
        ("/channels/0/offer", json!(0), "channels.kiosk: an offer must last"),
        ("/channels/0/connect", json!(0), "channels.kiosk: media set-up must be given"),
        ("/channels/2/conversation/quiet_after", json!(0), "channels.chat: a silence is 0"),
        ("/channels/2/conversation/park_after", json!(1), "channels.chat: a contact parks before it turns quiet"),
        ("/channels/0/target/within", json!(0), "channels.kiosk: a target must allow"),
        ("/channels/0/name", json!("voice"), "channels.voice: the name is given twice"),
        ("/profiles/0/channels", json!(vec![Value::Null; 7]), "capacity.blended: it speaks of channels"),
        ("/profiles/0/headroom", json!(vec![0; 7]), "capacity.blended: it speaks of channels"),
        ("/profiles/0/headroom/0", json!(7_207_201), "capacity.blended: headroom is above a whole agent"),
        ("/profiles/0/arrives_over/1", json!(vec!["yes"; 7]), "capacity.blended: it speaks of channels"),
        ("/profiles/0/arrives_over", json!(vec![json!([]); 7]), "capacity.blended: it speaks of channels"),
        ("/profiles/0/channels/2/max", json!(0), "capacity.blended: max is 0"),
        ("/profiles/0/channels/2/open", json!(2), "capacity.blended: open is less than max"),
        ("/profiles/0/channels/2/load/0", json!(1), "capacity.blended: a load is above the load when offered"),
        ("/profiles/0/channels/1/load/0", json!(7_207_201), "capacity.blended: a load is above a whole agent"),
        ("/limits/requirement_depth", json!(65), "limits: a limit is 0, or above the most it may be"),
        ("/limits/steps", json!(0), "limits: a limit is 0"),
        ("/limits/contacts", json!(0), "limits: a limit is 0"),
        ("/limits/name_length", json!(1001), "limits: a limit is 0, or above"),
    ]
}

#[test]
fn a_tampered_plan_is_refused_by_name() {
    let plan = serde_json::to_value(everything()).unwrap();
    for (pointer, value, words) in tampered() {
        let mut plan = plan.clone();
        *plan.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}")) = value;
        let error =
            serde_json::from_value::<Plan>(plan).err().unwrap_or_else(|| panic!("{pointer} was accepted")).to_string();
        assert!(error.contains(words), "{pointer}: {error}");
    }
}

#[test]
fn a_plan_of_too_many_channels_is_refused() {
    let mut plan = serde_json::to_value(everything()).unwrap();
    let channel = plan["channels"][0].clone();
    let channels = (0..65).map(|n| {
        let mut channel = channel.clone();
        channel["name"] = json!(format!("channel {n}"));
        channel
    });
    plan["channels"] = channels.collect();
    let error = serde_json::from_value::<Plan>(plan).unwrap_err().to_string();
    assert!(error.contains("channels: there are 65; at most 64"), "{error}");
}

#[test]
fn skills_read_back_are_sorted_whoever_wrote_them() {
    let skills: Skills = serde_json::from_value(json!([[3, 200], [1, 5], [3, 7], [2, 0], [1, 6]])).unwrap();
    assert_eq!(skills, Skills::from_iter([(SkillId(1), 6), (SkillId(3), 7)]));
}

const BEFORE: &str = r#"
    [channels.kiosk]
    [capacity.all]
    voice = { max = 1 }
    chat = { max = 3 }
    [capacity.old]
    kiosk = { max = 1 }
    [agents.team]
    capacity = "all"
    skills = { billing = 80, es = 20 }
    serves = { sales = 1, help = 2 }
    [agents.leaving]
    capacity = "old"
    [queues.sales]
    steps = [{ requires = "es" }]
    [queues.help]
    [requirements]
    gold = "billing >= 90"
"#;

const AFTER: &str = r#"
    [capacity.new]
    email = { max = 2 }
    [capacity.all]
    chat = { max = 5 }
    [agents.newcomers]
    capacity = "new"
    skills = { pt = 50 }
    [agents.team]
    capacity = "all"
    skills = { billing = 70 }
    serves = { billing = 1, help = 1 }
    [queues.billing]
    steps = [{ requires = "pt" }]
    [queues.help]
    limit = 10
"#;

#[test]
fn a_revision_keeps_ids_and_retires_what_is_gone() {
    let before = Plan::from_toml(BEFORE).unwrap();
    let after = before.revise(&PlanDocument::from_toml(AFTER).unwrap()).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let of = |list: Vec<(&str, bool)>| {
        list.into_iter()
            .map(|(name, retired)| if retired { format!("-{name}") } else { name.to_string() })
            .collect::<Vec<_>>()
    };
    let channels = after.channels().iter().map(|channel| (&*channel.name, channel.retired)).collect();
    assert_eq!(of(channels), names(&["-kiosk", "-voice", "chat", "email"]));
    let queues = after.queues().iter().map(|queue| (&*queue.name, queue.retired)).collect();
    assert_eq!(of(queues), names(&["-sales", "help", "billing"]));
    let groups = after.groups().iter().map(|group| (&*group.name, group.retired)).collect();
    assert_eq!(of(groups), names(&["team", "-leaving", "newcomers"]));
    assert_eq!(after.skills().iter().map(|skill| &**skill).collect::<Vec<_>>(), ["billing", "es", "pt"]);
    assert_eq!(after.profiles().iter().map(|profile| &*profile.name).collect::<Vec<_>>(), ["all", "old", "new"]);
    assert_eq!(after.requirements(), before.requirements());

    assert_eq!(after.queues()[0].steps, before.queues()[0].steps, "a retired queue is as it was");
    assert_eq!(after.queues()[1].limit, 10);
    assert_eq!(after.groups()[0].skills.level(SkillId(0)), 70);
    assert_eq!(after.groups()[0].serves, Some([1, 2].map(|queue| Served::at(QueueId(queue), 1)).to_vec()));
    assert_eq!(after.groups()[1].capacity, before.groups()[1].capacity);
    assert!(after.profiles()[0].channel(ChannelId(1)).is_none(), "agents of `all` take no calls any more");

    assert!(after.is_revision_of(&before) && after.is_revision_of(&after) && before.is_revision_of(&before));
    assert!(!before.is_revision_of(&after), "ids would be lost");
    assert!(!Plan::from_toml(AFTER).unwrap().is_revision_of(&before), "ids would change");
}

#[test]
fn what_comes_back_is_in_force_again_under_its_old_id() {
    let before = Plan::from_toml(BEFORE).unwrap();
    let between = before.revise(&PlanDocument::from_toml(AFTER).unwrap()).unwrap();
    let again = between.revise(&PlanDocument::from_toml(BEFORE).unwrap()).unwrap();
    assert!(again.is_revision_of(&before) && again.is_revision_of(&between));
    assert!(!again.queues()[0].retired && !again.channels()[0].retired && !again.groups()[1].retired);
    assert!(again.queues()[2].retired && again.groups()[2].retired && again.channels()[3].retired);
    assert_eq!(again.queues()[0], before.queues()[0]);
    assert_eq!(again.revise(&PlanDocument::from_toml(BEFORE).unwrap()), Ok(again));
}

#[test]
fn a_revision_of_the_same_document_is_the_same_plan() {
    let plan = everything();
    let document = PlanDocument::from_toml(include_str!("plans/everything.toml")).unwrap();
    assert_eq!(plan.revise(&document).unwrap(), plan);
}

#[test]
fn a_revision_speaks_of_its_own_names_only() {
    let before = Plan::from_toml(BEFORE).unwrap();
    for (from, to, words) in [
        ("serves = { billing", "serves = { sales", "agents.team.serves.sales: there is no queue `sales`"),
        ("capacity = \"new\"", "capacity = \"old\"", "agents.newcomers.capacity: there is no capacity profile `old`"),
        ("email = {", "kiosk = {", "capacity.new.kiosk: there is no channel `kiosk`"),
        ("requires = \"pt\"", "requires = \"es\"", "there is no skill `es`"),
    ] {
        assert!(AFTER.contains(from));
        let problems = before.revise(&PlanDocument::from_toml(&AFTER.replace(from, to)).unwrap()).unwrap_err();
        assert!(problems.to_string().contains(words), "{problems}");
    }
}

#[test]
fn names_retired_again_and_again_reach_the_limit_of_channels() {
    let mut plan = Plan::from_toml("").unwrap();
    for n in 0..64 {
        plan = plan.revise(&Plan::builder().channel(&format!("channel {n}"), |c| c).document()).unwrap();
    }
    let problems = plan.revise(&Plan::builder().channel("one more", |c| c).document()).unwrap_err();
    assert!(problems.to_string().contains("those retired from earlier plans included; at most 64"), "{problems}");
    assert!(plan.revise(&Plan::builder().channel("channel 3", |c| c).document()).is_ok());
}
