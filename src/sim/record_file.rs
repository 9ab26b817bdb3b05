//! Files a scenario points to: recorded arrivals, volumes per interval, lengths of time. All are CSV.

use std::path::Path;

use crate::time::{Span, Timestamp};

use super::arrivals::{Profile, Recorded};

/// Most problems reported of one file.
const MOST: usize = 10;
const DAY: u64 = 86_400_000_000;

/// Recorded contacts. The header names the columns: `arrival` (an instant), and if wanted `handle` and
/// `patience` (lengths of time; empty: drawn from the stream's distribution; `patience` may be `none`).
pub(super) fn trace(path: &Path) -> Result<Vec<Recorded>, Vec<String>> {
    let text = read(path)?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| vec![error.to_string()])?.clone();
    let column = |name: &str| header.iter().position(|known| known.eq_ignore_ascii_case(name));
    let Some(arrival) = column("arrival") else {
        return Err(vec!["the first line must name the columns, one of them `arrival`".to_owned()]);
    };
    if let Some(odd) = header.iter().find(|name| !["arrival", "handle", "patience"].contains(&&*name.to_lowercase())) {
        return Err(vec![format!("there is no column `{odd}`; columns are `arrival`, `handle` and `patience`")]);
    }
    let (handle, patience) = (column("handle"), column("patience"));
    let mut contacts = each_row(reader.records(), |row| {
        let field = |at: Option<usize>| at.and_then(|at| row.get(at)).filter(|text| !text.is_empty());
        let at = field(Some(arrival)).ok_or("the arrival is missing")?;
        Ok(Recorded {
            at: instant(at).ok_or_else(|| format!("{at:?} is not an instant; {INSTANT}"))?,
            handle: field(handle).map(length).transpose()?,
            patience: match field(patience) {
                Some("none") => Some(Span::MAX),
                other => other.map(length).transpose()?,
            },
            priority: None,
        })
    })?;
    contacts.sort();
    let origin = contacts.first().map_or(Span::ZERO, |first| origin(first.at));
    contacts.iter_mut().for_each(|contact| contact.at = contact.at - origin);
    Ok(contacts)
}

/// Numbers per interval: two columns, the beginning of the interval and the number, with or without a header.
/// Intervals are as long as the shortest distance between two rows; where there is no row, nobody arrives.
/// Dates count from midnight of the first one; the whole is filled up to whole days.
pub(super) fn profile(path: &Path) -> Result<Profile, Vec<String>> {
    let text = read(path)?;
    let mut rows = two_columns(&text)?;
    rows.sort_by_key(|row| row.0);
    let origin = match rows.first() {
        Some((first, _)) => origin(*first).0,
        None => return Err(vec!["there is no row in it".to_owned()]),
    };
    let gaps = rows.windows(2).map(|pair| pair[1].0.since(pair[0].0));
    let interval = gaps.min().unwrap_or(Span(DAY));
    if interval == Span::ZERO {
        return Err(vec!["two rows begin at the same instant".to_owned()]);
    }
    let last = rows.last().map_or(0, |row| row.0.0 - origin);
    let intervals = (last / DAY + 1) * DAY / interval.0;
    let odd = rows.iter().find(|row| (row.0.0 - origin) % interval.0 != 0);
    if let Some((at, _)) = odd {
        return Err(vec![format!(
            "the row of {} is not a multiple of the shortest interval, {interval}",
            Span(at.0 - origin)
        )]);
    }
    if !DAY.is_multiple_of(interval.0) || intervals > 10_000_000 {
        return Err(vec![format!(
            "the shortest interval, {interval}, does not divide a day, or there are too many of them"
        )]);
    }
    let mut counts = vec![0.0; intervals as usize];
    for (at, count) in rows {
        counts[((at.0 - origin) / interval.0) as usize] = count;
    }
    Profile::new(interval, counts).ok_or_else(|| vec!["a number is negative or infinite".to_owned()])
}

/// Lengths of time, one per line, in the first column; a header is passed over. Ascending.
pub(super) fn lengths(path: &Path) -> Result<Vec<Span>, Vec<String>> {
    let text = read(path)?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut header = true;
    let rows = each_row(reader.records(), |row| {
        let text = row.get(0).unwrap_or_default();
        let was_first = std::mem::replace(&mut header, false);
        match length(text) {
            Err(_) if was_first => Ok(None),
            other => other.map(Some),
        }
    })?;
    let mut lengths: Vec<Span> = rows.into_iter().flatten().collect();
    lengths.sort_unstable();
    if lengths.is_empty() { Err(vec!["there is no length of time in it".to_owned()]) } else { Ok(lengths) }
}

const INSTANT: &str = "write seconds since time 0 (36000.5), a time of day (10:00 or 10:00:30), \
                       a length of time since time 0 (10h), or a date and time (2024-03-01 10:00:00)";

/// Reads an instant: seconds (`36000.5`), a time of day (`10:00`), a length of time (`10h`), or a date and time
/// (`2024-03-01 10:00:00`, counted from the year 0).
pub fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(length) = length(text) {
        return Some(Timestamp(length.0));
    }
    let Some((date, time)) = text.split_once([' ', 'T']) else {
        return time_of_day(text).map(|time| Timestamp(time.0));
    };
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days of the civil calendar, the year beginning in March: H. Hinnant's algorithm.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    Some(Timestamp(days * DAY + time_of_day(time)?.0))
}

/// `08:00`, `08:00:30` or `24:00`.
pub(super) fn time_of_day(text: &str) -> Option<Span> {
    let mut parts = text.split(':');
    let mut next = |most: u64| -> Option<Option<u64>> {
        let Some(part) = parts.next() else { return Some(None) };
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = if plain { part.parse().ok()? } else { return None };
        (number <= most).then_some(Some(number))
    };
    let (hours, minutes, seconds) = (next(24)??, next(59)??, next(59)?.unwrap_or(0));
    let time = Span::from_secs(hours * 3600 + minutes * 60 + seconds);
    (parts.next().is_none() && time.0 <= DAY).then_some(time)
}

/// What instants that begin with `first` are counted from: dates from midnight of the first, anything else from 0.
pub fn origin(first: Timestamp) -> Span {
    Span(if first.0 > 1_000 * DAY { first.0 / DAY * DAY } else { 0 })
}

/// Reads a length of time: seconds (`90`, `2.5`), or with its unit (`1m30s`).
///
/// # Errors
/// Says what was not understood.
pub fn length(text: &str) -> Result<Span, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        let fits = seconds.is_finite() && (0.0..1e12).contains(&seconds);
        return if fits {
            Ok(super::distribution::span(seconds * 1e6))
        } else {
            Err(format!("{text} seconds is not a length of time"))
        };
    }
    Span::parse(text).map_err(|error| error.to_string())
}

fn two_columns(text: &str) -> Result<Vec<(Timestamp, f64)>, Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut first = true;
    let rows = each_row(reader.records(), |row| {
        let was_first = std::mem::replace(&mut first, false);
        let (at, count) = (row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default());
        match (instant(at), count.parse::<f64>()) {
            (Some(at), Ok(count)) if count.is_finite() && count >= 0.0 => Ok(Some((at, count))),
            (None, Err(_)) if was_first => Ok(None),
            (None, _) => Err(format!("{at:?} is not an instant; {INSTANT}")),
            _ => {
                Err(format!("{count:?} is not a number of contacts; write a number of at least 0 in the second column"))
            }
        }
    })?;
    Ok(rows.into_iter().flatten().collect())
}

fn each_row<T>(
    rows: impl Iterator<Item = Result<csv::StringRecord, csv::Error>>,
    mut read: impl FnMut(&csv::StringRecord) -> Result<T, String>,
) -> Result<Vec<T>, Vec<String>> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in rows {
        let read = row.map_err(|error| error.to_string()).and_then(|row| {
            let line = row.position().map_or(0, csv::Position::line);
            read(&row).map_err(|why| format!("line {line}: {why}"))
        });
        match read {
            Ok(value) => good.push(value),
            Err(why) => bad.push(why),
        }
        if bad.len() >= MOST {
            break;
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(bad) }
}

fn read(path: &Path) -> Result<String, Vec<String>> {
    std::fs::read_to_string(path).map_err(|error| vec![error.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_four_forms() {
        let at = |text| instant(text).map(|at| at.0);
        assert_eq!(at("36000.5"), Some(36_000_500_000));
        assert_eq!(at("10:00:30"), Some(36_030_000_000));
        assert_eq!(at("10h"), Some(36_000_000_000));
        let (a, b) = (at("2024-02-28 23:00:00").unwrap(), at("2024-03-01T01:00").unwrap());
        assert_eq!(b - a, DAY + 2 * 3_600_000_000);
        assert_eq!(at("1970-01-01 00:00").unwrap() / DAY % 7, at("2024-02-29 00:00").unwrap() / DAY % 7);
        for text in ["", "25:00", "24:01", "10:60", "1:2:3:4", "2024-13-01 10:00", "-5", "1e99", "nan", "10:0x"] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    /// A file that is gone with the value.
    struct File(std::path::PathBuf);

    impl File {
        fn new(name: &str, text: &str) -> Self {
            let path = std::env::temp_dir().join(format!("cordboard-{}-{name}", std::process::id()));
            std::fs::write(&path, text).unwrap();
            Self(path)
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn traces_are_sorted_and_keep_what_was_recorded() {
        let file = File::new("trace.csv", "arrival,handle,patience\n60,3m,\n8,,none\n8.5,90,20s\n");
        let contacts = trace(&file.0).unwrap();
        let recorded = |at, handle, patience| Recorded { handle, patience, ..Recorded::arriving(Timestamp(at)) };
        let wanted = [
            recorded(8_000_000, None, Some(Span::MAX)),
            recorded(8_500_000, Some(Span::from_secs(90)), Some(Span::from_secs(20))),
            recorded(60_000_000, Some(Span::from_mins(3)), None),
        ];
        assert_eq!(contacts, wanted);
    }

    #[test]
    fn dates_count_from_midnight_of_the_first() {
        let file = File::new("dates.csv", "arrival\n2024-03-01 00:01:00\n2024-02-29 23:59:00\n");
        let arrivals: Vec<u64> = trace(&file.0).unwrap().iter().map(|contact| contact.at.0 / 1_000_000).collect();
        assert_eq!(arrivals, [86_340, 86_460]);
    }

    #[test]
    fn profiles_fill_gaps_with_nobody_and_days_to_the_end() {
        let file = File::new(
            "profile.csv",
            "DateTime,Calls\n2003-03-03 07:00:00,111\n2003-03-03 07:30:00,5\n2003-03-04 08:00:00,7\n",
        );
        let profile = profile(&file.0).unwrap();
        assert_eq!(profile.length(), Span(2 * DAY));
        assert!((profile.expected() - 123.0).abs() < 1e-9);
        let daily = File::new("daily.csv", "08:00,40\n09:00,60\n");
        assert_eq!(super::profile(&daily.0).unwrap().length(), Span(DAY));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (name, text, words) in [
            ("a", "when,handle\n1,2\n", "`arrival`"),
            ("b", "arrival,agent\n1,2\n", "`agent`"),
            ("c", "arrival\n1\nsoon\n", "line 3: \"soon\""),
            ("d", "arrival,handle\n1,4 parsecs\n", "parsecs"),
            ("e", "arrival,handle\n1\n", "line: 2"),
        ] {
            let file = File::new(name, text);
            let problems = trace(&file.0).unwrap_err().join("\n");
            assert!(problems.contains(words), "{text}: {problems}");
        }
        for (name, text, words) in
            [("f", "", "no row"), ("g", "08:00,-1\n", "\"-1\""), ("h", "8,1\n8,2\n", "same instant")]
        {
            let file = File::new(name, text);
            let problems = profile(&file.0).unwrap_err().join("\n");
            assert!(problems.contains(words), "{text}: {problems}");
        }
        assert!(lengths(Path::new("/nonexistent/x.csv")).is_err());
        let file = File::new("i", "seconds\n3\n1m\n2.5\n");
        assert_eq!(lengths(&file.0), Ok(vec![Span::from_millis(2500), Span::from_secs(3), Span::from_mins(1)]));
    }
}
