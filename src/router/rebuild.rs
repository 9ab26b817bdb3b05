//! Rebuilding every index from the records: after a new plan, after a restore, and to forget classes nobody is in.

use crate::plan::Plan;
use crate::router::broadcast::Short;
use crate::router::classes::Classes;
use crate::router::crews::Crews;
use crate::router::digest;
use crate::router::orders::Orders;
use crate::router::records::NONE;
use crate::router::state::{NeedsTable, Standing, State};
use crate::router::teams::Occupation;
use crate::router::timers::Timers;
use crate::time::Timestamp;

impl State {
    /// Goes on under a checked revision of the plan. O(everything).
    #[cold]
    pub(crate) fn configure(&mut self, plan: Plan) {
        self.keep_widened(&plan);
        self.renew_leases();
        self.plan_digest = digest::of(&plan);
        self.plan = plan;
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            let steps = self.plan.queue(it.queue).map_or(0, |queue| queue.steps.len());
            let last = u16::try_from(steps.saturating_sub(1)).unwrap_or(u16::MAX);
            let step = it.step.min(last);
            self.contacts[slot].step = step;
        }
        self.renew_teams();
        self.rebuild();
        for slot in self.agents_by_id() {
            self.excuse(slot);
        }
    }

    /// Forgets crews, racks, classes and needs that nobody has any more, once they outnumber what is there: they take memory,
    /// but decide nothing. O(1), but O(everything) once in as many changes.
    pub(crate) fn sweep(&mut self) {
        let there = self.contacts.len() + self.agents.len();
        let named = self.plan.requirements().len();
        // An agent comes to have several kinds of room, and a shelf for each.
        let shelves = self.crews.shelves.len() / 4;
        let of_agents = self.crews.crews.len().max(self.crews.racks.len()).max(shelves);
        let most = of_agents.max(self.classes.all.len()).max(self.needs.len() - named);
        if most > 2 * there + SPARE {
            self.rebuild();
        }
    }

    /// Makes every index anew from the records. O(everything).
    #[cold]
    pub(crate) fn rebuild(&mut self) {
        if let Ok(orders) = Orders::compile(&self.plan, &self.policies) {
            self.orders = orders;
        }
        self.standings.resize_with(self.plan.queues().len(), Standing::default);
        self.timers = Timers::default();
        self.unshelved.clear();
        self.teams.forget_numbers(self.now);
        let crews = std::mem::take(&mut self.crews);
        self.crews = Crews::default();
        for slot in self.agents_by_id() {
            let it = &mut self.agents[slot];
            let own = it.own_skills.then(|| crews.crews[it.crew as usize].skills.clone());
            (it.crew, it.shelf, it.timer, it.unshelved) = (NONE, NONE, None, false);
            it.occupation = Occupation::Away;
            it.keys = vec![0; self.orders.indices.len()];
            self.join_crew(slot, own);
            self.arm_agent(slot);
        }
        let needs = std::mem::replace(&mut self.needs, NeedsTable::new(&self.plan));
        self.classes = Classes::default();
        self.short = Short::default();
        for standing in &mut self.standings {
            standing.waiting = 0;
        }
        for slot in self.contacts_by_arrival() {
            let number = self.needs.intern(needs.needs(self.contacts[slot].needs));
            let it = &mut self.contacts[slot];
            it.needs = number;
            it.set_timer(None);
            self.classify(slot);
            if self.is_waiting(slot) {
                self.stand_in_line(slot);
            } else {
                self.arm(slot);
                self.contacts[slot].set_short(false);
                self.note_ringing(slot);
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

/// Crews, racks, classes and needs that may be forgotten by nobody without being swept away.
const SPARE: usize = 1_024;
