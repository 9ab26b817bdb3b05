//! The call records of a bank's call centre of 1999 (Technion; Brown et al., *JASA* 2005), known by their header.

use cordboard::{Span, Timestamp};
use csv::StringRecord;

use super::record::{Fate, ReadRow, Record};

const HEADER: [&str; 16] = [
    "arrival_s",
    "month",
    "date",
    "type",
    "priority",
    "vru_entry_s",
    "vru_exit_s",
    "vru_time",
    "q_start_s",
    "q_exit_s",
    "q_time",
    "outcome",
    "ser_start_s",
    "ser_exit_s",
    "ser_time",
    "agent",
];
const DAY: u64 = 86_400;
/// Services beyond this are mistakes of the recording.
const LONGEST_SERVICE: u64 = 3_600;

/// A reader of rows, if this is their header. The origin of time is midnight of the first row's date.
///
/// Streams are the types of the records (PS, NW, …). High priority (2) becomes 1, the others 0: one point is
/// to be worth 90 seconds of waiting, which is the credit those customers had.
pub(super) fn reader(header: &StringRecord) -> Option<ReadRow<'static>> {
    if !header.iter().eq(HEADER) {
        return None;
    }
    let mut first: Option<u64> = None;
    Some(Box::new(move |row| {
        let field =
            |name: &str| HEADER.iter().position(|known| *known == name).and_then(|at| row.get(at)).unwrap_or("");
        let number = |name: &str| whole(field(name)).ok_or_else(|| "a time is not a number".to_owned());
        let day = day(field("date")).ok_or("the date is not a date")?;
        let origin = *first.get_or_insert(day);
        let since_midnight = number("arrival_s")?;
        let days = day.checked_sub(origin).filter(|days| *days < 3_660).ok_or("the date is before the first")?;
        if since_midnight >= 2 * DAY {
            return Err("the arrival is not within its day".to_owned());
        }
        let wait = Span::from_secs(number("q_time")?);
        let fate = match field("outcome") {
            "PHANTOM" => return Err("a phantom, not a call".to_owned()),
            "HANG" if wait == Span::ZERO => return Err("left from the voice menu, never queued".to_owned()),
            "HANG" => Fate::Abandoned { wait },
            "AGENT" => {
                let service = number("ser_time")?;
                if service > LONGEST_SERVICE {
                    return Err("a service of more than an hour".to_owned());
                }
                if wait > Span::from_secs(DAY) {
                    return Err("a wait of more than a day".to_owned());
                }
                Fate::Answered { wait, handle: Some(Span::from_secs(service)) }
            }
            _ => return Err("the outcome is none of AGENT, HANG and PHANTOM".to_owned()),
        };
        let agent = Some(field("agent")).filter(|agent| !agent.is_empty());
        Ok(Record {
            stream: field("type").to_owned(),
            at: Timestamp::from_secs(days * DAY + since_midnight),
            priority: Some(i16::from(field("priority").starts_with('2'))),
            fate: Some(fate),
            agent: agent.map(str::to_owned),
        })
    }))
}

/// `12` or `12.0`.
fn whole(text: &str) -> Option<u64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok().filter(|seconds| *seconds < 1_000_000)
}

/// Days since some origin.
fn day(date: &str) -> Option<u64> {
    cordboard::sim::instant(&format!("{date} 00:00")).map(|midnight| midnight.0 / (DAY * 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &[&str]) -> Vec<Result<Record, String>> {
        let mut reader = reader(&StringRecord::from(HEADER.to_vec())).unwrap();
        rows.iter().map(|row| reader(&StringRecord::from(row.split(',').collect::<Vec<_>>()))).collect()
    }

    #[test]
    fn calls_become_records_and_the_rest_says_why_not() {
        let read = read(&[
            "100,1999-01,1999-01-31,PS,2.0,90,100,10.0,100,130,30.0,AGENT,130,190,60.0,A01",
            "5,1999-02,1999-02-01,NW,1.0,1,5,4.0,5,25,20.0,HANG,0,0,0.0,",
            "5,1999-02,1999-02-01,NW,0.0,1,5,4.0,0,0,0.0,HANG,0,0,0.0,",
            "5,1999-02,1999-02-01,NW,0.0,1,5,4.0,0,0,0.0,PHANTOM,0,0,0.0,",
            "5,1999-02,1999-02-01,NW,0.0,1,5,4.0,0,0,0.0,AGENT,0,4000,4000.0,A01",
            "5,1999-02,31,NW,0.0,1,5,4.0,0,0,0.0,AGENT,0,40,40.0,A01",
            "x,1999-02,1999-02-01,NW,0.0,1,5,4.0,0,0,0.0,AGENT,0,40,40.0,A01",
        ]);
        let first = read[0].as_ref().unwrap();
        assert_eq!((first.at, first.priority, &*first.stream), (Timestamp::from_secs(100), Some(1), "PS"));
        assert_eq!(first.service(), Some((Timestamp::from_secs(130), Timestamp::from_secs(190))));
        let second = read[1].as_ref().unwrap();
        assert_eq!((second.at, second.priority), (Timestamp::from_secs(DAY + 5), Some(0)));
        assert_eq!(second.arrival().patience, Some(Span::from_secs(20)));
        for (at, why) in [(2, "voice menu"), (3, "phantom"), (4, "more than an hour"), (5, "date"), (6, "number")] {
            assert!(read[at].as_ref().unwrap_err().contains(why), "{at}");
        }
    }

    #[test]
    fn another_header_is_not_theirs() {
        assert!(reader(&StringRecord::from(vec!["stream", "arrival"])).is_none());
    }
}
