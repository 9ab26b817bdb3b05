//! Capacity profiles: what an agent can take of each channel.

use super::super::reading::{Entry, Section};
use super::super::words::OVERS;
use super::Draft;
use crate::capacity::{Adaptive, ChannelCapacity, Load, Over, Profile, Ramp, Stage};
use crate::id::ChannelId;

const RESERVED: [&str; 2] = ["headroom", "arrives_over"];

impl Draft {
    pub(super) fn profile(&self, name: &str, section: Option<&Section<'_>>) -> Profile {
        let mut profile = Profile {
            name: name.into(),
            channels: vec![None; self.channels.len()],
            headroom: Vec::new(),
            arrives_over: Vec::new(),
        };
        let Some(section) = section else { return profile };
        let taken: Vec<(ChannelId, Entry<'_>)> = section
            .names_except(&RESERVED)
            .into_iter()
            .filter_map(|(name, entry)| {
                Some((self.channel_named(name, &entry, &RESERVED)?, entry.such_as("{ max = 3 }")))
            })
            .collect();
        let takes = |channel| taken.iter().any(|(taken, _)| *taken == channel);
        if taken.is_empty() {
            section.problem("a profile takes at least one channel, such as voice = { max = 1 }");
        }
        self.read_arrives_over(
            &section.get("arrives_over").such_as("{ voice = { email = \"hold\", chat = \"no\" } }"),
            takes,
            &mut profile,
        );
        for (channel, entry) in &taken {
            let held = profile.arrives_over.iter().any(|row| row.get(usize::from(channel.0)) == Some(&Over::Hold));
            profile.channels[usize::from(channel.0)] = self.channel_capacity(*channel, entry, held);
        }
        self.read_headroom(&section.get("headroom").such_as("{ voice = \"60%\" }"), takes, &mut profile);
        for (channel, entry) in &taken {
            self.check_headroom(*channel, entry, &profile);
        }
        profile
    }

    fn read_arrives_over(&self, entry: &Entry<'_>, takes: impl Fn(ChannelId) -> bool, profile: &mut Profile) {
        let all = self.channels.len();
        for (name, row) in entry.names() {
            let row = row.such_as("{ email = \"hold\", chat = \"no\" }");
            let Some(new) = self.taken(name, &row, &takes) else { continue };
            for (name, over) in row.names() {
                let Some(held) = self.taken(name, &over, &takes) else { continue };
                if let Some(over) = over.choice(&OVERS) {
                    profile.arrives_over.resize(all, Vec::new());
                    let row = &mut profile.arrives_over[usize::from(new.0)];
                    row.resize(all, Over::Yes);
                    row[usize::from(held.0)] = over;
                }
            }
        }
    }

    fn read_headroom(&self, entry: &Entry<'_>, takes: impl Fn(ChannelId) -> bool, profile: &mut Profile) {
        for (name, entry) in entry.names() {
            if let (Some(channel), Some(load)) = (self.taken(name, &entry, &takes), entry.load()) {
                profile.headroom.resize(self.channels.len(), Load::ZERO);
                profile.headroom[usize::from(channel.0)] = load;
            }
        }
    }

    /// A channel of the profile.
    fn taken(&self, name: &str, entry: &Entry<'_>, takes: impl Fn(ChannelId) -> bool) -> Option<ChannelId> {
        let channel = self.channel_named(name, entry, &[])?;
        if !takes(channel) {
            entry.problem(format!(
                "this profile takes no `{name}`; add {name} = {{ max = 1 }} to it, or leave this out"
            ));
            return None;
        }
        Some(channel)
    }

    fn channel_capacity(&self, channel: ChannelId, entry: &Entry<'_>, may_be_held: bool) -> Option<ChannelCapacity> {
        let section = entry.section()?;
        let max = section.get("max").or_missing("how many at once, such as max = 1").small(1);
        let open = section.get("open").small(1);
        if let (Some(max), Some(open)) = (max, open)
            && open < max
        {
            section
                .get("open")
                .problem(format!("is {open}, less than max = {max}; open counts quiet and held contacts too"));
        }
        let max = max.unwrap_or(1);
        let whole_agent = self.plan.channels.get(usize::from(channel.0)).is_some_and(|channel| channel.whole_agent);
        let usual = if whole_agent { Load::FULL } else { Load::share(max.into()) };
        let load = section.get("load").load().unwrap_or(usual);
        let of_stage = |key, default| section.get(key).load().unwrap_or(default);
        let mut loads = [Load::ZERO; 6];
        loads[Stage::Connecting as usize] = of_stage("connecting_load", load);
        loads[Stage::Active as usize] = of_stage("active_load", load);
        loads[Stage::Quiet as usize] = of_stage("quiet_load", load);
        loads[Stage::Held as usize] = of_stage("held_load", if may_be_held { Load::ZERO } else { load });
        loads[Stage::WrapUp as usize] = of_stage("wrap_up_load", load);
        let most = loads.into_iter().max().unwrap_or(load);
        let offered = section.get("offered_load");
        loads[Stage::Offered as usize] = offered.load().unwrap_or(most);
        if loads[Stage::Offered as usize] < most {
            let is = loads[Stage::Offered as usize];
            offered.problem(format!(
                "is {is}, less than the {most} the contact may come to take; an offer reserves the most, or leave this out"
            ));
        }
        let (ramp, adaptive) = (ramp(&section.get("ramp")), adaptive(&section.get("adaptive"), max));
        Some(ChannelCapacity { max, open: open.unwrap_or(max).max(max), load: loads, ramp, adaptive })
    }

    /// A channel that cannot be offered even to an idle agent is a mistake.
    fn check_headroom(&self, channel: ChannelId, entry: &Entry<'_>, profile: &Profile) {
        let Some(capacity) = profile.channel(channel) else { return };
        let offered = capacity.load(Stage::Offered);
        for (other, &kept) in profile.headroom.iter().enumerate() {
            if other != usize::from(channel.0) && u64::from(offered.0) + u64::from(kept.0) > u64::from(Load::FULL.0) {
                let (name, other) = (self.channels.name(channel.0.into()), self.channels.name(other));
                entry.problem(format!(
                    "an offer takes {offered}, and headroom keeps {kept} free for `{other}`, so that no `{name}` could ever be offered; lower one of them"
                ));
            }
        }
    }
}

/// `{ contacts = 5, per = "1m" }`.
fn ramp(entry: &Entry<'_>) -> Option<Ramp> {
    let section = entry.clone().such_as("{ contacts = 5, per = \"1m\" }").section()?;
    let contacts = section.get("contacts").or_missing("how many may be given, such as contacts = 5");
    let per = section.get("per").or_missing("within how long, such as per = \"1m\"").some_span();
    let contacts = contacts.whole(1..=Ramp::MOST.into()).and_then(|contacts| u16::try_from(contacts).ok());
    Some(Ramp { contacts: contacts?, per: per? })
}

/// `{ floor = 3, reply_within = "45s" }`, of a channel with so many at most.
fn adaptive(entry: &Entry<'_>, max: u16) -> Option<Adaptive> {
    let section = entry.clone().such_as("{ floor = 3, reply_within = \"45s\" }").section()?;
    let floor = section.get("floor").or_missing("how many an agent begins with, such as floor = 3");
    let within = section.get("reply_within").or_missing("how long a reply may take, such as reply_within = \"45s\"");
    let reply_within = within.some_span();
    let least = floor.small(1)?;
    if least > max {
        floor.problem(format!(
            "is {least}, more than max = {max}, which the limit never exceeds; lower it, or raise max"
        ));
    }
    Some(Adaptive { floor: least, reply_within: reply_within? })
}
