//! Rebuilding every index from the records: after a new plan, after a restore, and to forget classes nobody is in.

use crate::plan::Plan;
use crate::router::classes::{ClassKey, Classes};
use crate::router::crews::Crews;
use crate::router::digest;
use crate::router::orders::Orders;
use crate::router::records::{NONE, Place};
use crate::router::state::{NeedsTable, Standing, State};
use crate::router::timers::Timers;
use crate::time::Timestamp;

impl State {
    /// Goes on under a checked revision of the plan. O(everything).
    pub(crate) fn configure(&mut self, plan: Plan) {
        self.plan_digest = digest::of(&plan);
        self.plan = plan;
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            let steps = self.plan.queue(it.queue).map_or(0, |queue| queue.steps.len());
            let last = u16::try_from(steps.saturating_sub(1)).unwrap_or(u16::MAX);
            let step = it.step.min(last);
            self.contacts[slot].step = step;
        }
        self.rebuild();
        for slot in self.agents_by_id() {
            self.excuse(slot);
        }
    }

    /// Forgets classes and needs nobody has, if there are as many as there may be. True if there is room again.
    pub(crate) fn sweep(&mut self) -> bool {
        let most = self.plan.limits().classes as usize;
        let full = |state: &Self| state.classes.all.len() >= most || state.needs.len() >= most + NAMED_AND_NOTHING;
        if !full(self) {
            return false;
        }
        self.rebuild();
        !full(self)
    }

    /// Whether one more class would be too many.
    pub(crate) fn classes_full_for(&self, key: Option<ClassKey>) -> bool {
        let most = self.plan.limits().classes as usize;
        let known = key.is_some_and(|key| self.classes.find(&key).is_some());
        !known && (self.classes.all.len() >= most || self.needs.len() >= most + NAMED_AND_NOTHING)
    }

    /// Makes every index anew from the records. O(everything).
    pub(crate) fn rebuild(&mut self) {
        if let Ok(orders) = Orders::compile(&self.plan, &self.policies) {
            self.orders = orders;
        }
        self.standings.resize_with(self.plan.queues().len(), Standing::default);
        self.timers = Timers::default();
        self.unshelved.clear();
        let crews = std::mem::take(&mut self.crews);
        self.crews = Crews::default();
        for slot in self.agents_by_id() {
            let it = &mut self.agents[slot];
            let own = it.own_skills.then(|| crews.crews[it.crew as usize].skills.clone());
            (it.crew, it.shelf, it.timer, it.unshelved) = (NONE, NONE, None, false);
            it.keys = vec![0; self.orders.indices.len()];
            self.join_crew(slot, own);
            self.arm_agent(slot);
        }
        let needs = std::mem::replace(&mut self.needs, NeedsTable::new(&self.plan));
        self.classes = Classes::default();
        for standing in &mut self.standings {
            standing.waiting = 0;
        }
        for slot in self.contacts_by_arrival() {
            let number = self.needs.intern(needs.needs(self.contacts[slot].needs));
            let it = &mut self.contacts[slot];
            (it.needs, it.timer) = (number, None);
            if it.place == Place::InLine {
                it.place = Place::Loose;
                self.stand_in_line(slot);
            } else {
                self.contacts[slot].class = self.class_of(self.class_key(&self.contacts[slot]));
                self.arm(slot);
            }
        }
    }

    /// After folding an entry: timers that fired without an event have nothing more to do.
    pub(crate) fn settle_timers(&mut self) {
        let mut seen: Option<(Timestamp, u32)> = None;
        while let Some((due, owner, slot)) = self.timers.next().filter(|&(due, ..)| due <= self.now) {
            let crate::router::timers::Owner::Contact(_) = owner else { return };
            if seen == Some((due, slot)) {
                return;
            }
            seen = Some((due, slot));
            self.arm(slot);
        }
    }
}

/// Needs kept beside those of classes, whatever the limit.
const NAMED_AND_NOTHING: usize = 1 << 16;
