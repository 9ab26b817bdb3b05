//! Makes what readers share: views every so often, names after every batch.

use std::sync::Arc;

use super::names::Untold;
use super::observe;
use super::shared::Shared;
use super::view::View;
use super::wallboard::Wallboard;
use crate::id::Seq;
use crate::journal::Entry;
use crate::router::Router;
use crate::time::{Span, Timestamp};

pub(super) struct Publisher {
    board: Option<(Wallboard, Span)>,
    /// Something has happened since the last view was made.
    stale: bool,
    made: Timestamp,
    untold: Untold,
}

impl Publisher {
    /// With the first view.
    pub(super) fn new(every: Option<Span>, router: &Router, backlog: u64, now: Timestamp) -> (Self, View) {
        let mut board = every.map(|every| (Wallboard::new(router), every));
        let view = board.as_mut().map(|(board, _)| board.view(router, backlog)).unwrap_or_default();
        (Self { board, stale: false, made: now, untold: Untold::default() }, view)
    }

    /// Takes over what is durable. `router` has come to the last of it.
    pub(super) fn hear(&mut self, entries: &Arc<[Entry]>, router: &Router) {
        if entries.is_empty() {
            return;
        }
        self.untold.add(entries);
        if let Some((board, _)) = &mut self.board {
            board.hear(entries, router);
            self.stale = true;
        }
    }

    /// When there is a view to publish, by the host's clock.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.board.as_ref().filter(|_| self.stale).map(|(_, every)| self.made + *every)
    }

    /// Whether names are still to be told, because somebody was reading them.
    pub(super) fn has_untold(&self) -> bool {
        !self.untold.is_empty()
    }

    /// Publishes what is due. A clock that went back keeps nothing back.
    pub(super) fn publish(&mut self, shared: &Shared, router: &Router, handed: Seq, now: Timestamp) {
        self.untold.tell(&shared.names);
        if let Some((board, every)) = &mut self.board
            && self.stale
            && (now.since(self.made) >= *every || now < self.made)
        {
            let backlog = handed.0.saturating_sub(shared.delivered().0);
            let view = Arc::new(board.view(router, backlog));
            observe::view(&view, router.plan());
            *shared.view.write() = view;
            (self.stale, self.made) = (false, now);
        }
    }
}
