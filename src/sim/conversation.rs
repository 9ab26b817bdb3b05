//! Conversations in writing: how long they go on, and what each side's part of a turn takes.

use crate::time::Span;

use super::distribution::{Distribution, span};
use super::random::Random;

/// A conversation: the customer's message, the agent's reply, and so on; the last word is the agent's.
///
/// ```
/// use cordboard::Span;
/// use cordboard::sim::{Conversation, Distribution, Turns};
/// let chat = Conversation {
///     turns: Turns::Geometric(6.0),
///     agent: Distribution::Exponential(Span::from_secs(20)),
///     customer: Distribution::Exponential(Span::from_secs(120)),
/// };
/// // Six replies, and five pauses between them.
/// assert_eq!(chat.work(), 120.0);
/// assert_eq!(chat.pauses(), 600.0);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Conversation {
    /// How many replies it takes.
    pub turns: Turns,
    /// How long the agent writes one.
    pub agent: Distribution,
    /// How long the customer thinks and writes, from a reply until the next message.
    pub customer: Distribution,
}

/// The number of turns of a conversation.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Turns {
    /// Always so many, at least 1.
    Always(u32),
    /// Geometric with this mean, at least 1: after each reply the conversation is as likely to be over.
    Geometric(f64),
}

impl Turns {
    /// The mean.
    pub fn mean(self) -> f64 {
        match self {
            Self::Always(turns) => f64::from(turns),
            Self::Geometric(mean) => mean,
        }
    }

    /// Draws a number, by inversion.
    pub(super) fn draw(self, random: &mut Random) -> u32 {
        match self {
            Self::Always(turns) => turns,
            Self::Geometric(mean) if mean <= 1.0 => 1,
            Self::Geometric(mean) => {
                let more = libm::log(random.unit()) / libm::log1p(-1.0 / mean);
                1 + libm::floor(more.min(1e6)) as u32
            }
        }
    }
}

impl Conversation {
    /// An agent's mean writing time for a whole conversation, in seconds.
    pub fn work(&self) -> f64 {
        self.turns.mean() * self.agent.mean() / 1e6
    }

    /// The customer's mean time between replies and messages over a whole conversation, in seconds.
    pub fn pauses(&self) -> f64 {
        (self.turns.mean() - 1.0) * self.customer.mean() / 1e6
    }

    /// How long it takes where both sides speak, one after the other, in every turn.
    pub(super) fn spoken(&self, random: &mut Random) -> Span {
        let turns = self.turns.draw(random);
        span((0..turns).map(|_| self.customer.draw(random) + self.agent.draw(random)).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometric_turns_have_their_mean_and_no_memory() {
        let mut random = Random::keyed(5);
        let drawn: Vec<u32> = (0..200_000).map(|_| Turns::Geometric(6.0).draw(&mut random)).collect();
        let mean = drawn.iter().map(|&turns| f64::from(turns)).sum::<f64>() / 2e5;
        assert!((mean - 6.0).abs() < 0.05, "{mean}"); // standard error 0.012
        for most in 1..8 {
            let (still, ended) = (drawn.iter().filter(|&&turns| turns >= most), drawn.iter());
            let share = ended.filter(|&&turns| turns == most).count() as f64 / still.count() as f64;
            assert!((share - 1.0 / 6.0).abs() < 0.01, "{most}: {share}");
        }
        assert_eq!(Turns::Geometric(1.0).draw(&mut random), 1);
        assert_eq!(Turns::Always(7).draw(&mut random), 7);
    }

    #[test]
    fn spoken_both_sides_take_the_agents_time() {
        let talk = Conversation {
            turns: Turns::Always(4),
            agent: Distribution::Deterministic(Span::from_secs(10)),
            customer: Distribution::Deterministic(Span::from_secs(15)),
        };
        assert_eq!(talk.spoken(&mut Random::keyed(1)), Span::from_secs(100));
    }
}
