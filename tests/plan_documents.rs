//! Plan documents: what each key means, in TOML, JSON and code alike.
#![cfg(feature = "toml")]

use cordboard::*;

/// Every key of the plan, and every key of a scenario that a plan passes over.
const EVERYTHING: &str = include_str!("plans/everything.toml");

fn everything() -> Plan {
    Plan::from_toml(EVERYTHING).unwrap()
}

#[test]
fn every_key_reaches_the_plan() {
    let plan = everything();
    let names = |list: &[Channel]| list.iter().map(|channel| channel.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(plan.channels()), ["kiosk", "voice", "chat", "email", "sms", "callback"]);

    let kiosk = &plan.channels()[0];
    assert!(kiosk.whole_agent && kiosk.offer == Some(Span::MAX) && kiosk.connect == Some(Span::from_secs(5)));
    assert_eq!(kiosk.wrap_up, WrapUp::Fixed(Span::from_secs(10)));
    assert_eq!(kiosk.target, Target::new(900, Span::from_secs(15)));
    assert_eq!(plan.channels()[1].offer, Some(Span::from_secs(20)));
    assert_eq!(plan.channels()[1].wrap_up, WrapUp::UpTo(Span::from_secs(30)));
    assert_eq!((plan.channels()[2].wrap_up, plan.channels()[3].wrap_up), (WrapUp::Open, WrapUp::None));

    let conversation = Conversation {
        quiet_after: Some(Span::from_mins(2)),
        park_after: Some(Span::from_mins(30)),
        close_after: Some(Span::from_mins(24 * 60)),
        age_from: AgeFrom::LastMessage,
        wake: Wake { over: 2, wait: Span::MAX },
    };
    assert_eq!(plan.channels()[2].conversation, conversation);
    assert_eq!(plan.channels()[0].conversation, Conversation::default());
    assert_eq!(plan.skills().iter().map(|skill| &**skill).collect::<Vec<_>>(), ["pt", "tier 2", "billing", "es"]);

    let blended = &plan.profiles()[0];
    let id = |name: &str| plan.find_channel(name).unwrap();
    let voice = blended.channel(id("voice")).unwrap();
    assert_eq!((voice.max, voice.open, voice.load), (1, 1, [Load::FULL; 6]));
    let chat = blended.channel(id("chat")).unwrap();
    assert_eq!((chat.max, chat.open), (3, 30));
    assert_eq!(chat.load(Stage::Offered), Load::percent(40));
    assert_eq!(chat.load(Stage::Connecting), Load::percent(10));
    assert_eq!(chat.load(Stage::Active), Load::share(3));
    assert_eq!(chat.load(Stage::Quiet), Load::percent(5));
    assert_eq!(chat.load(Stage::Held), Load::percent(2));
    assert_eq!(chat.load(Stage::WrapUp), Load(2_399_997));
    let email = blended.channel(id("email")).unwrap();
    assert_eq!(email.load(Stage::Active), Load::share(4));
    assert_eq!(email.load(Stage::Held), Load::ZERO, "a call may put it on hold");
    let adaptive = Adaptive { floor: 2, reply_within: Span::from_secs(45) };
    assert_eq!((email.adaptive, chat.adaptive), (Some(adaptive), None));
    assert_eq!((email.ramp, chat.ramp), (Some(Ramp { contacts: 5, per: Span::from_mins(1) }), None));
    assert_eq!(blended.headroom(id("voice")), Load::percent(60));
    assert_eq!(blended.over(id("voice"), id("email")), Over::Hold);
    assert_eq!(blended.over(id("voice"), id("chat")), Over::No);
    assert_eq!(blended.over(id("email"), id("voice")), Over::Yes);
    assert!(blended.channel(id("sms")).is_none());

    let (sales, help) = (plan.find_queue("sales").unwrap(), plan.find_queue("help").unwrap());
    let team = &plan.groups()[0];
    assert_eq!((team.count, &*team.name), (12, "team"));
    assert_eq!(team.skills, Skills::from_iter([(SkillId(2), 80), (SkillId(3), 100)]));
    assert_eq!((team.tier(sales), team.tier(help)), (2, 1));
    assert_eq!((team.serves(sales), team.serves(help)), (Some(2), Some(1)));
    assert_eq!(team.served(sales), Some(Served::at(sales, 2)));
    let (after, hold) = (Span::from_secs(75), Span::from_mins(6));
    assert_eq!(team.served(help), Some(Served { queue: help, rank: 1, after, reserve: 2, hold }));
    assert_eq!((team.handling(sales), team.handling(help)), (Some(Span::from_mins(4)), Some(Span::from_mins(5))));
    let experts = &plan.groups()[1];
    assert_eq!((experts.count, experts.serves(sales), experts.capacity), (1, Some(1), ProfileId(1)));

    assert_eq!(*plan.between(), Between::FixedQueueRatio);
    let queue = plan.queue(sales).unwrap();
    let voice = plan.find_channel("voice").unwrap();
    let cost = Cost { hold_per_minute: 2_500, lost: 6_000, growth: 7_000 };
    assert_eq!((queue.weight, queue.cost(voice)), (3, Some(cost)));
    assert_eq!(queue.order, ContactOrder::PriorityMinutes { worth: Span::from_secs(90) });
    assert_eq!(queue.agents, [AgentOrder::Tier, AgentOrder::BestSkilled, AgentOrder::Host("nearest".into())]);
    assert_eq!((queue.mode, queue.claims, queue.displace), (Mode::Broadcast { ring: 4 }, 0, Displace::Quiet));
    let pool = plan.queue(help).unwrap();
    assert_eq!((pool.mode, pool.claims), (Mode::Pull, 2));
    assert_eq!((queue.idle, queue.limit), (IdleClock::Handled, 500));
    assert_eq!(queue.steps.iter().map(|step| step.after).collect::<Vec<_>>(), [0, 30, 60].map(Span::from_secs));
    assert_eq!(queue.steps[1].requires, plan.requirement("billing >= 20 and not es").unwrap());
    assert_eq!((queue.step_clock, queue.pools, queue.skip_unstaffed), (StepClock::FirstOffer, Pools::Replacing, true));
    assert_eq!((queue.offer, queue.connect), (Some(Span::MAX), Some(Span::from_millis(2_500))));
    assert_eq!((queue.wrap_up, queue.max_wait), (Some(WrapUp::Open), Some(Span::from_mins(10))));
    let no_answer = NoAnswer {
        agent: NoAnswerEffect::NotReady,
        after: 2,
        not_ready_for: Some(Span::from_mins(5)),
        exclude_for: Span::ZERO,
    };
    assert_eq!(queue.no_answer, no_answer);
    assert_eq!((queue.offers_per_agent, queue.offers_per_contact), (1, 7));
    let affinity = Affinity { within: Span::from_mins(24 * 60), wait: Span::from_secs(45) };
    assert_eq!((queue.affinity, plan.queue(help).unwrap().affinity), (Some(affinity), None));
    assert_eq!(queue.target(id("voice")), Some(Target::new(950, Span::from_secs(10))));

    let callback = OverflowTo::Callback(id("callback"));
    let overflow = Overflow {
        full: OverflowTo::Deflect,
        closed: OverflowTo::Queue(help),
        unstaffed: OverflowTo::End,
        after: Some(AfterWait { wait: Span::from_mins(2), then: callback }),
        closed_waiting: callback,
    };
    assert_eq!((queue.overflow, queue.lead), (overflow, Span::from_mins(3)));

    assert_eq!(plan.requirements()[0].requires, plan.requirement("billing >= 50 or prefer(\"tier 2\")").unwrap());
    assert_eq!((plan.limits().contacts, plan.limits().context, plan.limits().name_length), (1000, 0, 60));
    let day = Span::from_mins(24 * 60);
    let customers = Customers { limit: 80_000, remember: Span(60 * day.0), repeat_within: Span(3 * day.0) };
    assert_eq!(plan.customers(), &customers);
    assert_eq!(plan.leases(), &Leases { agent: Some(Span::from_secs(85)), grace: Span::from_secs(45) });
    assert!(kiosk.one_per_customer && kiosk.superseded);
    let callback = plan.channel(id("callback")).unwrap();
    assert!(callback.one_per_customer && !callback.superseded && !plan.channels()[1].one_per_customer);
}

#[test]
fn what_is_not_said_has_its_default() {
    let plan = Plan::from_toml(
        "[capacity.c]\nvoice = { max = 1 }\nchat = { max = 4 }\n[agents.a]\ncapacity = \"c\"\n[queues.q]\n",
    )
    .unwrap();
    let queue = &plan.queues()[0];
    assert_eq!((&queue.order, queue.idle, queue.limit), (&ContactOrder::Fifo, IdleClock::Release, u32::MAX));
    assert_eq!(queue.agents, [AgentOrder::LeastLoaded, AgentOrder::LongestIdle]);
    assert_eq!((queue.offer, queue.connect, queue.wrap_up, queue.max_wait), (None, None, None, None));
    assert_eq!((queue.no_answer.agent, queue.no_answer.after), (NoAnswerEffect::Stay, 1));
    assert_eq!((queue.no_answer.exclude_for, queue.offers_per_agent), (Span::from_secs(60), 3));
    assert_eq!((queue.offers_per_contact, queue.steps.len(), queue.targets.len()), (100, 0, 0));
    assert_eq!((queue.mode, queue.claims, queue.displace), (Mode::Push, 0, Displace::None));
    let overflow = queue.overflow;
    assert_eq!((overflow.full, overflow.closed), (OverflowTo::End, OverflowTo::End));
    assert_eq!((overflow.unstaffed, overflow.closed_waiting), (OverflowTo::Wait, OverflowTo::Wait));
    assert_eq!((overflow.after, queue.lead), (None, Span::ZERO));
    let chat = plan.profiles()[0].channel(ChannelId(1)).unwrap();
    assert_eq!((chat.max, chat.open, chat.load), (4, 4, [Load::share(4); 6]));
    assert_eq!(plan.channels()[0].target, Target::new(800, Span::from_secs(20)));
    assert!(plan.channels()[0].whole_agent && !plan.channels()[1].whole_agent);
    assert_eq!(plan.limits(), &Limits::default());
    assert_eq!(plan.customers(), &Customers::default());
    assert_eq!(plan.leases(), &Leases { agent: None, grace: Span::from_secs(60) });
    assert_eq!(plan.customers().limit, 1_000_000);
}

#[test]
fn json_toml_and_code_give_the_same_plan() {
    let document = PlanDocument::from_toml(EVERYTHING).unwrap();
    let json = serde_json::to_string(&document).unwrap();
    let from_json: PlanDocument = serde_json::from_str(&json).unwrap();
    assert_eq!(Plan::from_document(&from_json).unwrap(), everything());

    let built = Plan::builder()
        .channel("kiosk", |c| {
            c.whole_agent(true)
                .offer(Span::MAX)
                .connect(Span::from_secs(5))
                .wrap_up(WrapUp::Fixed(Span::from_secs(10)))
                .target(Target::new(900, Span::from_secs(15)))
                .one_per_customer(true)
                .superseded(true)
        })
        .channel("voice", |c| c.offer(Span::from_secs(20)).wrap_up(WrapUp::UpTo(Span::from_secs(30))))
        .channel("chat", |c| {
            c.wrap_up(WrapUp::Open)
                .quiet_after(Span::from_mins(2))
                .park_after(Span::from_mins(30))
                .close_after(Span::from_mins(24 * 60))
                .wake(Wake { over: 2, wait: Span::MAX })
                .age_from(AgeFrom::LastMessage)
        })
        .channel("email", |c| c.wrap_up(WrapUp::None))
        .channel("sms", |c| c)
        .channel("callback", |c| c)
        .skill("pt")
        .skill("tier 2")
        .capacity("blended", |p| {
            p.takes("voice", 1)
                .takes_with("chat", 3, |c| {
                    c.open(30)
                        .stage(Stage::Offered, Load::percent(40))
                        .stage(Stage::Connecting, Load::percent(10))
                        .quiet(Load::percent(5))
                        .stage(Stage::Held, Load::percent(2))
                        .stage(Stage::WrapUp, Load(2_399_997))
                })
                .takes_with("email", 5, |c| {
                    c.load(Load::share(4)).ramp(5, Span::from_mins(1)).adaptive(2, Span::from_secs(45))
                })
                .headroom("voice", Load::percent(60))
                .arrives_over("voice", "email", Over::Hold)
                .arrives_over("voice", "chat", Over::No)
        })
        .capacity("phone", |p| p.takes("voice", 1).takes("kiosk", 1))
        .agents("team", "blended", |a| {
            a.count(12)
                .skill("billing", 80)
                .skill("es", 100)
                .tier("sales", 2)
                .serves("sales", 2)
                .stands_by_for("help", 1, Span::from_secs(75))
                .keeps_free_of("help", 1, 2, Span::from_mins(6))
                .handling("sales", Span::from_mins(4))
                .handling("help", Span::from_mins(5))
        })
        .between(Between::FixedQueueRatio)
        .agents("experts", "phone", |a| a)
        .queue("sales", |q| {
            q.order(ContactOrder::PriorityMinutes { worth: Span::from_secs(90) })
                .mode(Mode::Broadcast { ring: 4 })
                .displace(Displace::Quiet)
                .agents([AgentOrder::Tier, AgentOrder::BestSkilled, AgentOrder::Host("nearest".into())])
                .idle(IdleClock::Handled)
                .limit(500)
                .step(Span::ZERO, "billing >= 50")
                .step(Span::from_secs(30), "billing >= 20 and not es")
                .step(Span::from_secs(60), "anyone")
                .step_clock(StepClock::FirstOffer)
                .pools(Pools::Replacing)
                .skip_unstaffed(true)
                .offer(Span::MAX)
                .connect(Span::from_millis(2_500))
                .wrap_up(WrapUp::Open)
                .max_wait(Span::from_mins(10))
                .no_answer(NoAnswer {
                    agent: NoAnswerEffect::NotReady,
                    after: 2,
                    not_ready_for: Some(Span::from_mins(5)),
                    exclude_for: Span::ZERO,
                })
                .affinity(Affinity { within: Span::from_mins(24 * 60), wait: Span::from_secs(45) })
                .offers_per_agent(1)
                .offers_per_contact(7)
                .target("voice", Target::new(950, Span::from_secs(10)))
                .when_full("deflect")
                .when_closed("queue:help")
                .when_unstaffed("end")
                .after_wait(Span::from_mins(2), "callback")
                .closed_waiting("callback")
                .lead(Span::from_mins(3))
                .weight(3)
                .cost("voice", 2.5, 6.0)
                .cost_growth("voice", 7.0)
        })
        .queue("help", |q| {
            q.mode(Mode::Pull).claims(2).order(ContactOrder::Host("mine".into())).agents([AgentOrder::Random])
        })
        .requirement("gold", "billing >= 50 or prefer(\"tier 2\")")
        .leases(Leases { agent: Some(Span::from_secs(85)), grace: Span::from_secs(45) })
        .customers(Customers {
            limit: 80_000,
            remember: Span::from_mins(60 * 24 * 60),
            repeat_within: Span::from_mins(72 * 60),
        })
        .limits(Limits { contacts: 1000, context: 0, name_length: 60, key_length: 90, ..Limits::default() })
        .build()
        .unwrap();
    assert_eq!(built, everything());
}

#[test]
fn a_plan_survives_being_written_and_read() {
    let plan = everything();
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
}

/// Keys of the tables that `tables` leads to, `*` standing for every key.
fn keys_of(value: &serde_json::Value, tables: &[&str], keys: &mut Vec<String>) {
    let Some(table) = value.as_object() else { return };
    match tables {
        [] => keys.extend(table.keys().cloned()),
        ["*", rest @ ..] => table.values().for_each(|inside| keys_of(inside, rest, keys)),
        [key, rest @ ..] => keys_of(&table[*key], rest, keys),
    }
}

#[test]
fn the_reference_describes_every_key_and_its_example_is_a_plan() {
    let reference = include_str!("../docs/plan.md");
    let document = serde_json::to_value(PlanDocument::from_toml(EVERYTHING).unwrap()).unwrap();
    let mut keys = Vec::new();
    for tables in [
        &["channels", "*"][..],
        &["capacity", "*", "*"],
        &["agents", "*"],
        &["queues", "*"],
        &["limits"],
        &["customers"],
        &["leases"],
        &[],
    ] {
        keys_of(&document, tables, &mut keys);
    }
    keys_of(&document["queues"]["sales"]["no_answer"], &[], &mut keys);
    keys_of(&document["capacity"]["blended"]["email"]["ramp"], &[], &mut keys);
    keys_of(&document["capacity"]["blended"]["email"]["adaptive"], &[], &mut keys);
    keys_of(&document["queues"]["sales"]["overflow"], &[], &mut keys);
    keys_of(&document["queues"]["sales"]["costs"]["voice"], &[], &mut keys);
    keys_of(&document["agents"]["team"]["serves"]["help"], &[], &mut keys);
    let channels = ["voice", "email", "chat"];
    keys.retain(|key| !channels.contains(&&**key));
    assert!(keys.len() > 50);
    for key in keys {
        let described = [format!("`{key}`"), format!(".{key}`"), format!("`{key}."), format!("`{key}[")];
        assert!(
            described.iter().any(|described| reference.contains(described)),
            "docs/plan.md says nothing of `{key}`"
        );
    }
    let example = reference.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(Plan::from_toml(example).unwrap().queues()[0].steps.len(), 2);
}
