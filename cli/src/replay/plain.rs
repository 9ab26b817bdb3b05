//! The documented format of records: a CSV file whose header names its columns.

use cordboard::Span;
use cordboard::sim::{instant, length};
use csv::StringRecord;

use super::record::{Fate, ReadRow, Record};

const COLUMNS: [&str; 7] = ["stream", "arrival", "outcome", "wait", "handle", "priority", "agent"];

/// A reader of rows under this header.
pub(super) fn reader(header: &StringRecord) -> Result<ReadRow<'static>, String> {
    let known = || format!("columns are {}, of which `stream` and `arrival` are needed", COLUMNS.join(", "));
    if let Some(odd) = header.iter().find(|name| !COLUMNS.contains(name)) {
        return Err(format!("there is no column `{odd}`; {}", known()));
    }
    let column = |name: &str| header.iter().position(|known| known == name);
    let (Some(stream), Some(arrival)) = (column("stream"), column("arrival")) else {
        return Err(format!("a column is missing; {}", known()));
    };
    let [outcome, wait, handle, priority, agent] = ["outcome", "wait", "handle", "priority", "agent"].map(column);
    Ok(Box::new(move |row| {
        let field = |at: Option<usize>| at.and_then(|at| row.get(at)).filter(|text| !text.is_empty());
        let time = |at: Option<usize>, what: &str| -> Result<Option<Span>, String> {
            field(at).map(length).transpose().map_err(|_| format!("{what} is not a length of time"))
        };
        let at = field(Some(arrival)).and_then(instant).ok_or("the arrival is not an instant")?;
        let (wait, handle) = (time(wait, "the wait")?, time(handle, "the handle time")?);
        let fate = match field(outcome) {
            None => None,
            Some("answered") => Some(Fate::Answered { wait: wait.ok_or("answered, but without a wait")?, handle }),
            Some("abandoned") => Some(Fate::Abandoned { wait: wait.ok_or("abandoned, but without a wait")? }),
            Some(_) => return Err("the outcome is neither `answered` nor `abandoned`".to_owned()),
        };
        let priority = field(priority).map(str::parse).transpose();
        Ok(Record {
            stream: field(Some(stream)).ok_or("the stream is missing")?.to_owned(),
            at,
            priority: priority.map_err(|_| "the priority is not a whole number from -32768 to 32767")?,
            fate,
            agent: field(agent).map(str::to_owned),
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[&str]) -> StringRecord {
        StringRecord::from(fields.to_vec())
    }

    #[test]
    fn rows_are_read_by_their_columns() {
        let mut read = reader(&row(&["arrival", "stream", "wait", "outcome", "handle", "agent", "priority"])).unwrap();
        let record = read(&row(&["10:00", "calls", "12", "answered", "3m", "ann", "2"])).unwrap();
        assert_eq!(record.at.0, 36_000_000_000);
        let fate = Fate::Answered { wait: Span::from_secs(12), handle: Some(Span::from_mins(3)) };
        assert_eq!((record.fate, record.priority, record.agent.as_deref()), (Some(fate), Some(2), Some("ann")));
        let record = read(&row(&["60", "calls", "", "", "", "", ""])).unwrap();
        assert_eq!((record.fate, record.priority, record.agent), (None, None, None));
        for (fields, why) in [
            (["soon", "calls", "1", "answered", "1", "", ""], "the arrival"),
            (["1", "", "1", "answered", "1", "", ""], "the stream"),
            (["1", "calls", "", "abandoned", "", "", ""], "without a wait"),
            (["1", "calls", "x", "abandoned", "", "", ""], "the wait"),
            (["1", "calls", "1", "gone", "", "", ""], "the outcome"),
            (["1", "calls", "1", "answered", "1", "", "high"], "the priority"),
        ] {
            assert!(read(&row(&fields)).unwrap_err().contains(why), "{fields:?}");
        }
    }

    #[test]
    fn unknown_and_missing_columns_are_named() {
        let why = |header: &[&str]| reader(&row(header)).err().unwrap_or_default();
        assert!(why(&["stream", "arrival", "cost"]).contains("`cost`"));
        assert!(why(&["stream", "wait"]).contains("`arrival`"));
    }
}
