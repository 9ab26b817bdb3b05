//! Opening hours against the clock itself, minute by minute, where clocks are changed and where they are not.
#![cfg(feature = "hours")]

use cordboard::{Hours, HoursError, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The instant at which a zone's clock shows a time.
fn at(zone: &str, local: &str) -> Timestamp {
    let instant = local.parse::<DateTime>().unwrap().in_tz(zone).unwrap().timestamp();
    Timestamp(u64::try_from(instant.as_microsecond()).unwrap())
}

/// In UTC, to the minute.
fn utc(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(i64::try_from(at.0).unwrap()).unwrap();
    at.to_string().replace(":00Z", "Z")
}

fn told(hours: &Hours, from: Timestamp, many: usize) -> Vec<String> {
    let told = hours.changes(from).take(many);
    told.map(|(at, open)| format!("{} {}", utc(at), if open { "open" } else { "closed" })).collect()
}

/// The definition, naively: the clock as it goes, but never back; open while it shows a time from one until another of
/// a day that has such hours.
#[test]
fn hours_are_what_the_clock_shows() {
    // Zone, a day around which to look, and what is special about it.
    for (zone, around) in [
        ("Europe/Berlin", "2026-03-29T00:00"),       // 02:00 to 03:00 skipped
        ("Europe/Berlin", "2026-10-25T00:00"),       // 02:00 to 03:00 twice
        ("America/New_York", "2026-11-01T00:00"),    // 01:00 to 02:00 twice
        ("Australia/Lord_Howe", "2026-04-05T00:00"), // half an hour
        ("America/Sao_Paulo", "2018-11-04T01:00"),   // midnight skipped
        ("America/Havana", "2026-11-01T00:00"),      // the hour from midnight twice
        ("Pacific/Apia", "2011-12-29T00:00"),        // a day skipped
        ("Africa/Casablanca", "2026-02-15T00:00"),   // Ramadan
        ("Asia/Kathmandu", "2026-06-01T00:00"),
        ("UTC", "1970-01-05T00:00"),
    ] {
        let zone_rules = TimeZone::get(zone).unwrap();
        for (week, dates) in [
            (&[("mon-fri", "08:00", "18:00"), ("sat", "09:30", "13:00")][..], &[][..]),
            (&[("mon-sun", "00:00", "24:00")], &[around]),
            (&[("mon-sun", "02:15", "02:45")], &[]),
            (&[("mon-sun", "02:30", "02:30")], &[]),
            (&[("mon-sun", "22:00", "02:30")], &[]),
            (&[("sun", "01:30", "00:30"), ("mon-thu", "00:00", "01:15")], &[around]),
            (&[("fri-mon", "23:30", "23:00")], &[]),
        ] {
            let mut hours = Hours::in_zone(zone).unwrap();
            let mut spans: Vec<(usize, u32, u32)> = Vec::new();
            for (days, from, to) in week {
                hours = hours.weekly(days, [(*from, *to)]).unwrap();
                spans.extend(naive(days, from, to));
            }
            for date in dates {
                hours = hours.on(&date[..10], []).unwrap();
            }
            let closed: Vec<jiff::civil::Date> = dates.iter().map(|date| date[..10].parse().unwrap()).collect();
            let start = at(zone, around).0.saturating_sub(4 * 86_400_000_000);
            let mut shown = DateTime::MIN;
            let mut changes = hours.changes(Timestamp(start)).peekable();
            let mut open_now = false;
            let mut seen = 0;
            for minute in 0..9 * 24 * 60 {
                let now = Timestamp(start + minute * 60_000_000);
                let instant = jiff::Timestamp::from_microsecond(i64::try_from(now.0).unwrap()).unwrap();
                shown = shown.max(zone_rules.to_datetime(instant));
                let open = is_open(&spans, &closed, shown);
                // The clock has not run long enough to know what it showed before.
                if minute < 24 * 60 {
                    while changes.next_if(|change| change.0 <= now).map(|change| open_now = change.1).is_some() {}
                    continue;
                }
                while changes.next_if(|change| change.0 <= now).is_some_and(|change| {
                    assert_ne!(open_now, change.1, "{zone} {week:?}: told twice at {}", utc(now));
                    assert_eq!(change.0, now, "changes are on whole minutes here");
                    open_now = change.1;
                    seen += 1;
                    true
                }) {}
                assert_eq!(open_now, open, "{zone} {week:?} {closed:?} at {}, clock {shown}", utc(now));
                assert_eq!(hours.is_open(now), open, "{zone} {week:?} {closed:?} at {}, clock {shown}", utc(now));
            }
            assert!(seen > 0 || week[0].1 == "00:00" || week[0].1 == week[0].2, "{zone} {week:?}: nothing happened");
        }
    }
}

/// (weekday from Monday, minute from, minute to).
fn naive(days: &str, from: &str, to: &str) -> Vec<(usize, u32, u32)> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let minute = |text: &str| text[..2].parse::<u32>().unwrap() * 60 + text[3..].parse::<u32>().unwrap();
    let (from, mut to) = (minute(from), minute(to));
    if to <= from {
        to += 24 * 60;
    }
    let place = |name: &str| DAYS.iter().position(|day| *day == name).unwrap();
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (mut day, last) = (place(first), place(last));
    let mut spans = vec![(day, from, to)];
    while day != last {
        day = (day + 1) % 7;
        spans.push((day, from, to));
    }
    spans
}

fn is_open(spans: &[(usize, u32, u32)], closed: &[jiff::civil::Date], shown: DateTime) -> bool {
    let minute = u32::try_from(i32::from(shown.hour()) * 60 + i32::from(shown.minute())).unwrap();
    let today = shown.date();
    [(today, minute), (today.yesterday().unwrap(), minute + 24 * 60)].into_iter().any(|(date, minute)| {
        let weekday = date.weekday().to_monday_zero_offset() as usize;
        !closed.contains(&date) && spans.iter().any(|(day, from, to)| *day == weekday && (*from..*to).contains(&minute))
    })
}

#[test]
fn a_night_shift_keeps_its_night_where_clocks_are_changed() {
    let night = Hours::in_zone("Europe/Berlin").unwrap().weekly("mon-sun", [("22:00", "06:00")]).unwrap();
    // 28 to 29 March 2026: seven hours. 24 to 25 October: nine.
    let spring = told(&night, at("Europe/Berlin", "2026-03-28T12:00"), 3);
    assert_eq!(spring, ["2026-03-28T11:00Z closed", "2026-03-28T21:00Z open", "2026-03-29T04:00Z closed"]);
    let autumn = told(&night, at("Europe/Berlin", "2026-10-24T23:00"), 2);
    assert_eq!(autumn, ["2026-10-24T21:00Z open", "2026-10-25T05:00Z closed"]);
}

#[test]
fn holidays_replace_the_day_and_leave_the_night_before() {
    let hours = Hours::in_zone("Europe/Berlin")
        .unwrap()
        .weekly("mon-sun", [("20:00", "02:00"), ("08:00", "12:00")])
        .unwrap()
        .on("2026-12-25", [])
        .unwrap()
        .on("2026-12-26", [("10:00", "11:00")])
        .unwrap();
    let told = told(&hours, at("Europe/Berlin", "2026-12-24T13:00"), 6);
    assert_eq!(
        told,
        [
            "2026-12-24T12:00Z closed",
            "2026-12-24T19:00Z open",
            "2026-12-25T01:00Z closed", // the night of the 24th, which is no holiday
            "2026-12-26T09:00Z open",
            "2026-12-26T10:00Z closed",
            "2026-12-27T07:00Z open",
        ]
    );
}

#[test]
fn hours_that_touch_are_one_and_what_never_changes_ends() {
    let round =
        |hours: Hours| hours.weekly("mon-sun", [("06:00", "14:00"), ("14:00", "22:00"), ("22:00", "06:00")]).unwrap();
    let start = at("America/New_York", "2026-01-01T00:00");
    let always = round(Hours::in_zone("America/New_York").unwrap());
    assert_eq!(always.changes(start).collect::<Vec<_>>(), [(start, true)]);
    let never = Hours::in_zone("America/New_York").unwrap();
    assert_eq!(never.changes(start).collect::<Vec<_>>(), [(start, false)]);
    // A holiday years ahead is found, and then there is nothing more.
    let but = always.on("2031-07-04", []).unwrap();
    let all: Vec<_> = but.changes(start).collect();
    let holiday = [at("America/New_York", "2031-07-04T06:00"), at("America/New_York", "2031-07-05T06:00")];
    assert_eq!(all, [(start, true), (holiday[0], false), (holiday[1], true)]);
    let once = never.on("2031-07-04", [("10:00", "11:00")]).unwrap();
    assert_eq!(once.changes(start).count(), 3);
    assert_eq!(once.changes(Timestamp::MAX).count(), 0, "beyond the calendar");
    // Open once a year, for ten years, one after the other.
    let weekly = Hours::in_zone("UTC").unwrap().weekly("wed", [("00:00", "24:00")]).unwrap();
    let changes: Vec<_> = weekly.changes(start).take(1001).collect();
    assert!(changes.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1));
    assert_eq!(changes[1000].0.0 - changes[998].0.0, 7 * 86_400_000_000);
}

#[test]
fn mistakes_are_named() {
    let utc = || Hours::in_zone("UTC").unwrap();
    assert_eq!(Hours::in_zone("Europe/Bärlin"), Err(HoursError::Zone("Europe/Bärlin".to_owned())));
    let text = |text: &str| text.to_owned();
    assert_eq!(utc().weekly("monday", []), Err(HoursError::Day(text("monday"))));
    assert_eq!(utc().weekly("mon", [("8:00", "9:00")]), Err(HoursError::Time(text("8:00"))));
    assert_eq!(utc().weekly("mon", [("08:00", "24:01")]), Err(HoursError::Time(text("24:01"))));
    assert_eq!(utc().weekly("mon", [("24:00", "08:00")]), Err(HoursError::Begin(text("24:00"))));
    assert_eq!(utc().weekly("mon", [("08:00", "12:00"), ("11:59", "13:00")]), Err(HoursError::Overlap(text("mon"))));
    for date in ["2026-02-30", "26-1-1", "2026-12-25T00:00", "2026-1225"] {
        assert_eq!(utc().on(date, []), Err(HoursError::Date(text(date))));
    }
    for (document, words) in [
        (r#"{ "zone": "UTC", "week": { "mon-fri": [], "wed": [] } }"#, "already"),
        (r#"{ "zone": "UTC", "weekly": {} }"#, "unknown field"),
        (r#"{ "week": {} }"#, "zone"),
        (r#"{ "zone": "UTC", "dates": { "2026-13-01": [] } }"#, "not a date"),
    ] {
        let why = serde_json::from_str::<Hours>(document).unwrap_err().to_string();
        assert!(why.contains(words), "{document}: {why}");
    }
}
