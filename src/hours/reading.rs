//! Hours from text.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Hours, HoursError, Opening};

/// Seconds by the clock.
pub(super) const DAY: u32 = 86_400;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// How documents say hours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    zone: String,
    #[serde(default)]
    week: BTreeMap<String, Vec<(String, String)>>,
    #[serde(default)]
    dates: BTreeMap<String, Vec<(String, String)>>,
}

impl TryFrom<Form> for Hours {
    type Error = HoursError;

    fn try_from(form: Form) -> Result<Self, HoursError> {
        let mut hours = Self::in_zone(&form.zone)?;
        let mut given = [false; 7];
        for (names, times) in &form.week {
            for day in days(names)? {
                if std::mem::replace(&mut given[day], true) {
                    return Err(HoursError::DayTwice(names.clone()));
                }
            }
            hours = hours.weekly(names, times.iter().map(|(from, to)| (&**from, &**to)))?;
        }
        for (date, times) in &form.dates {
            hours = hours.on(date, times.iter().map(|(from, to)| (&**from, &**to)))?;
        }
        Ok(hours)
    }
}

/// The days that a name means, counted from Monday; from one to another they may go round the weekend.
pub(super) fn days(names: &str) -> Result<Vec<usize>, HoursError> {
    let wrong = || HoursError::Day(names.to_owned());
    let day = |name: &str| DAYS.iter().position(|day| *day == name.trim()).ok_or_else(wrong);
    let Some((first, last)) = names.split_once('-') else { return Ok(vec![day(names)?]) };
    let (first, last) = (day(first)?, day(last)?);
    let many = (last + 7 - first) % 7;
    Ok((0..=many).map(|more| (first + more) % 7).collect())
}

pub(super) fn date(text: &str) -> Result<Date, HoursError> {
    let wrong = || HoursError::Date(text.to_owned());
    // Other forms that a date may have are not for hours.
    let sound = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if sound { text.parse().map_err(|_| wrong()) } else { Err(wrong()) }
}

/// The hours of `day`, sorted.
pub(super) fn openings<'t>(
    day: &str,
    hours: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> Result<Vec<Opening>, HoursError> {
    let mut openings = Vec::new();
    for (begin, end) in hours {
        let (from, to) = (time(begin)?, time(end)?);
        if from >= DAY {
            return Err(HoursError::Begin(begin.to_owned()));
        }
        openings.push(Opening { from, to: if to <= from { to + DAY } else { to } });
    }
    openings.sort_unstable();
    if openings.windows(2).any(|pair| pair[1].from < pair[0].to) {
        return Err(HoursError::Overlap(day.to_owned()));
    }
    Ok(openings)
}

/// `08:00`, `08:00:30` or `24:00`.
fn time(text: &str) -> Result<u32, HoursError> {
    let wrong = || HoursError::Time(text.to_owned());
    let part = |part: &str| match part.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => part.parse::<u32>().map_err(|_| wrong()),
        _ => Err(wrong()),
    };
    let mut parts = text.split(':');
    let (hour, minute) = (part(parts.next().unwrap_or_default())?, part(parts.next().ok_or_else(wrong)?)?);
    let second = parts.next().map_or(Ok(0), part)?;
    let time = 3600 * hour + 60 * minute + second;
    if parts.next().is_some() || minute > 59 || second > 59 || time > DAY { Err(wrong()) } else { Ok(time) }
}
