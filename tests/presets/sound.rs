//! What holds of a preset under any plan.

use cordboard::{ChannelId, Plan, Policies, Preset, Profile, Queue, Router};

/// Reads it back, which checks it.
fn checked(plan: &Plan) -> Result<Plan, serde_json::Error> {
    serde_json::from_value(serde_json::to_value(plan)?)
}

/// Asserts what holds of a preset under any plan.
pub(crate) fn keeps_plans_sound(preset: Preset, plan: &Plan) {
    let under = preset.apply(plan);
    let read = checked(&under).unwrap_or_else(|why| panic!("{preset}: {why}"));
    assert_eq!(read, under, "{preset}");
    assert!(under.is_revision_of(plan) && plan.is_revision_of(&under), "{preset} changes a name");
    assert_eq!(preset.apply(&under), under, "{preset} applied twice");
    assert_eq!(preset.apply(plan), under, "{preset} is not the same twice");
    // No policy of the host is asked for any more, and nobody loses a channel, a skill or a queue.
    Router::with_policies(under.clone(), Policies::new()).unwrap_or_else(|why| panic!("{preset}: {why}"));
    assert_eq!(under.groups(), plan.groups(), "{preset}");
    for (before, after) in plan.profiles().iter().zip(under.profiles()) {
        for (channel, _) in plan.channels().iter().enumerate() {
            let channel = ChannelId(channel as u8);
            let max = |profile: &Profile| profile.channel(channel).map(|capacity| capacity.max);
            assert_eq!(max(before), max(after), "{preset}: {}", before.name);
        }
    }
    for (before, after) in plan.queues().iter().zip(under.queues()) {
        let requires = |queue: &Queue| queue.steps.iter().map(|step| step.requires.clone()).collect::<Vec<_>>();
        assert_eq!(requires(before), requires(after), "{preset}: {}", before.name);
        assert_eq!((before.limit, &before.overflow, before.max_wait), (after.limit, &after.overflow, after.max_wait));
        assert_eq!((&before.targets, before.wrap_up), (&after.targets, after.wrap_up), "{preset}: {}", before.name);
    }
}
