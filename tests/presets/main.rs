//! What is true of every preset under every plan: it stays valid and keeps its names, and to apply a preset twice is to apply it
//! once. What each preset does is in the text scenarios `tests/scenarios/preset_*.txt`; plans by the dice, and that both engines agree
//! under all of them, in `tests/lockstep`.

mod documented;
#[cfg(feature = "sim")]
mod shipped;
#[cfg(feature = "sim")]
mod sound;

use std::collections::BTreeSet;

use cordboard::{Load, Plan, Preset, Span};

/// Whatever two presets say otherwise of a plan, they are two; and each of them says something.
#[test]
fn presets_differ() {
    let plan = Plan::builder()
        .channel("voice", |voice| voice.offer(Span::from_secs(20)))
        .capacity("blended", |profile| {
            profile
                .takes("voice", 1)
                .takes_with("chat", 3, |chat| chat.open(9).quiet(Load::ZERO))
                .takes("email", 2)
                .headroom("voice", Load::percent(10))
        })
        .agents("team", "blended", |team| team)
        .queue("service", |queue| queue.step(Span::ZERO, "anyone").step(Span::from_secs(30), "anyone"))
        .build()
        .unwrap();
    let mut seen = BTreeSet::new();
    for &preset in Preset::ALL {
        let under = preset.apply(&plan);
        assert_ne!(under, plan, "{preset}");
        seen.insert(serde_json::to_string(&under).unwrap());
    }
    // What differs in how members are listed, or in when they begin to ring, is the same here.
    let twins = [("asterisk-rrmemory", "asterisk-rrordered"), ("freeswitch-ring-all", "freeswitch-ring-progressively")];
    for (one, other) in twins.map(|(one, other)| (one.parse::<Preset>().unwrap(), other.parse::<Preset>().unwrap())) {
        assert_eq!(one.apply(&plan), other.apply(&plan));
    }
    assert_eq!(seen.len(), Preset::ALL.len() - twins.len(), "two presets are the same");
}

#[test]
fn names_are_names() {
    let names: BTreeSet<_> = Preset::ALL.iter().map(|preset| preset.name()).collect();
    assert_eq!(names.len(), Preset::ALL.len(), "a name is given twice");
    for preset in Preset::ALL {
        let name = preset.name();
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        assert_eq!(name.parse::<Preset>(), Ok(*preset));
        assert!(preset.about().ends_with('.') && preset.about().len() > 20, "{name}: {}", preset.about());
    }
}
