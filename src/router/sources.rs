//! Which commands of which source were applied, so that one sent twice is applied once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::CommandId;
use crate::rejected::Rejected;
use crate::router::Router;

/// The last 64 numbers of every source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Sources(BTreeMap<u32, Window>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Window {
    highest: u64,
    /// Bit n: `highest - n` was applied.
    applied: u64,
}

impl Sources {
    /// Whether the command was applied before. O(log sources).
    pub(crate) fn knows(&self, id: CommandId) -> Result<bool, Rejected> {
        if id.source == 0 {
            return Ok(false);
        }
        let Some(window) = self.0.get(&id.source) else { return Ok(false) };
        if id.number > window.highest {
            return Ok(false);
        }
        match window.highest - id.number {
            back @ 0..64 => Ok(window.applied & (1 << back) != 0),
            _ => Err(Rejected::CommandTooOld(id)),
        }
    }

    /// Whether one more source would be too many.
    pub(crate) fn is_full_for(&self, id: CommandId, limit: u32) -> bool {
        id.source != 0 && self.0.len() >= limit as usize && !self.0.contains_key(&id.source)
    }

    pub(crate) fn remember(&mut self, id: CommandId) {
        if id.source == 0 {
            return;
        }
        let window = self.0.entry(id.source).or_default();
        if id.number > window.highest {
            let forward = id.number - window.highest;
            window.applied = if forward < 64 { window.applied << forward } else { 0 };
            window.highest = id.number;
        }
        window.applied |= 1u64.checked_shl((window.highest - id.number) as u32).unwrap_or(0);
    }
}

impl Router {
    /// Whether a command with this id was applied before. O(log sources).
    #[cfg(feature = "live")]
    pub(crate) fn knows(&self, id: CommandId) -> Result<bool, Rejected> {
        self.state.sources.knows(id)
    }

    /// The highest number of a source of commands that was applied; 0 if there was none. A source that begins again goes on after it.
    /// O(log sources).
    ///
    /// ```
    /// # use cordboard::*;
    /// let mut router = Router::new(Plan::builder().build()?)?;
    /// let id = CommandId { source: 7, number: 3 };
    /// router.apply(&Stamped { seq: Seq(1), id, at: Timestamp(5), command: Command::AdvanceTime }, &mut Vec::new())?;
    /// assert_eq!((router.last_number(7), router.last_number(8)), (3, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last_number(&self, source: u32) -> u64 {
        self.state.sources.0.get(&source).map_or(0, |window| window.highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_sixty_four_numbers_per_source() {
        let mut sources = Sources::default();
        let id = |number| CommandId { source: 1, number };
        for number in [1, 2, 4, 70] {
            assert_eq!(sources.knows(id(number)), Ok(false));
            sources.remember(id(number));
            assert_eq!(sources.knows(id(number)), Ok(true));
        }
        assert_eq!(sources.knows(id(7)), Ok(false), "late, but not too late");
        assert_eq!(sources.knows(id(4)), Err(Rejected::CommandTooOld(id(4))));
        assert_eq!(sources.knows(CommandId { source: 2, number: 4 }), Ok(false));
        sources.remember(CommandId::ANONYMOUS);
        assert_eq!(sources.knows(CommandId::ANONYMOUS), Ok(false));
    }
}
