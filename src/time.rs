//! Instants and lengths of time, in whole microseconds. The engine never reads a clock.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// An instant: microseconds since an origin the host chooses (the Unix epoch, the start of a run).
///
/// ```
/// # use cordboard::{Span, Timestamp};
/// let rang = Timestamp::from_secs(60);
/// assert_eq!((rang + Span::from_secs(20)).since(rang), Span::from_secs(20));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// A length of time in microseconds, from 0 to about 584,000 years.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub u64);

impl Timestamp {
    /// The origin.
    pub const ZERO: Self = Self(0);
    /// Later than any instant that occurs.
    pub const MAX: Self = Self(u64::MAX);

    /// So many whole seconds after the origin.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Time passed since `earlier`; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// Longer than any time that occurs; as a limit, "unlimited".
    pub const MAX: Self = Self(u64::MAX);

    /// So many microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// So many milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// So many seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// So many minutes.
    pub const fn from_mins(mins: u64) -> Self {
        Self(mins.saturating_mul(60_000_000))
    }

    /// The length in seconds, for display and statistics only.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;
    /// Saturates at [`Timestamp::MAX`].
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Timestamp {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;
    /// Saturates at the origin.
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

const UNITS: [(&str, u64); 6] =
    [("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)];

impl fmt::Display for Span {
    /// The shortest text that [`Span::parse`] reads back: `1h30m`, `20s`, `250us`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, micros) in UNITS {
            if rest >= micros {
                write!(f, "{}{unit}", rest / micros)?;
                rest %= micros;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

/// Why a text is not a length of time.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "`{text}` is not a length of time: {why}; write for example \"20s\", \"4m\", \"1h30m\" or \"250us\" (units us, ms, s, m, h, d)"
)]
pub struct SpanError {
    text: String,
    why: String,
}

impl Span {
    /// Reads `20s`, `4m`, `1h30m`, `2.5s`, `250us`: numbers with units us, ms, s, m, h, d, largest first or not.
    ///
    /// ```
    /// # use cordboard::Span;
    /// assert_eq!(Span::parse("1h30m"), Ok(Span::from_mins(90)));
    /// assert_eq!(Span::parse("2.5s"), Ok(Span::from_millis(2_500)));
    /// assert!(Span::parse("4 parsecs").unwrap_err().to_string().contains("parsecs"));
    /// ```
    ///
    /// # Errors
    /// Says which unit or number was not understood, or that the length does not fit.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        let fail = |why: String| SpanError { text: text.chars().take(40).collect(), why };
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(fail("it is empty".into()));
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, tail) = rest.split_at(digits);
            let tail = tail.trim_start();
            let letters = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            if number.is_empty() {
                return Err(fail(format!(
                    "a number is missing before `{}`",
                    rest.chars().take(12).collect::<String>()
                )));
            }
            let Some((_, micros)) = UNITS.iter().find(|(name, _)| *name == unit) else {
                return Err(fail(if unit.is_empty() {
                    format!("a unit is missing after `{number}`")
                } else {
                    format!("unknown unit `{unit}`")
                }));
            };
            let part = decimal(number, *micros).ok_or_else(|| fail(format!("`{number}` is not a number that fits")))?;
            total = total.checked_add(part).ok_or_else(|| fail("it is too long".into()))?;
            rest = tail.trim_start();
        }
        Ok(Self(total))
    }
}

/// `number` × `scale`, exact, fractions of a microsecond dropped.
fn decimal(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut total = whole.checked_mul(scale)?;
    let mut weight = scale;
    for digit in fraction.bytes() {
        weight /= 10;
        total = total.checked_add(u64::from(digit - b'0') * weight)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_length_reads_back() {
        for micros in [0, 1, 999, 1_000, 1_001, 59_999_999, 5_400_000_000, 90_061_001_001, u64::MAX] {
            assert_eq!(Span::parse(&Span(micros).to_string()), Ok(Span(micros)));
        }
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        for (text, word) in [
            ("", "empty"),
            ("20", "unit is missing"),
            ("s", "number is missing"),
            ("4 parsecs", "parsecs"),
            ("-3s", "number is missing"),
            ("1.2.3s", "1.2.3"),
            ("99999999999999999999s", "fits"),
            ("999999999999d", "fits"),
        ] {
            let error = Span::parse(text).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
