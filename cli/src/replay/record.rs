//! Records of contacts, whatever format they come in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use cordboard::sim::{Recorded, origin};
use cordboard::{Span, Timestamp};
use csv::StringRecord;
use flate2::read::MultiGzDecoder;

use super::{bank, plain};
use crate::failure::Failure;

/// One recorded contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Record {
    /// The class it was of: a stream of the scenario.
    pub(super) stream: String,
    /// When it joined the queue; microseconds since the origin of the records.
    pub(super) at: Timestamp,
    pub(super) priority: Option<i16>,
    /// What became of it, where that was recorded.
    pub(super) fate: Option<Fate>,
    /// Who handled it.
    pub(super) agent: Option<String>,
}

/// What became of a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// Answered after so long, and handled for so long.
    Answered { wait: Span, handle: Option<Span> },
    /// Left after so long.
    Abandoned { wait: Span },
}

impl Record {
    /// As the engine meets it. One who left has the patience it showed; one who was answered waits as long as it takes.
    pub(super) fn arrival(&self) -> Recorded {
        let (handle, patience) = match self.fate {
            None => (None, None),
            Some(Fate::Answered { handle, .. }) => (handle, Some(Span::MAX)),
            Some(Fate::Abandoned { wait }) => (None, Some(wait)),
        };
        Recorded { handle, patience, priority: self.priority, ..Recorded::arriving(self.at) }
    }

    /// When an agent had it.
    pub(super) fn service(&self) -> Option<(Timestamp, Timestamp)> {
        match self.fate {
            Some(Fate::Answered { wait, handle: Some(handle) }) => Some((self.at + wait, self.at + wait + handle)),
            _ => None,
        }
    }

    /// The last instant it tells of.
    pub(super) fn end(&self) -> Timestamp {
        match self.fate {
            Some(Fate::Abandoned { wait } | Fate::Answered { wait, handle: None }) => self.at + wait,
            _ => self.service().map_or(self.at, |(_, end)| end),
        }
    }
}

/// A file of records.
#[derive(Default)]
pub(super) struct Records {
    /// In order of arrival.
    pub(super) kept: Vec<Record>,
    /// Rows read.
    pub(super) rows: u64,
    /// Rows left out, by reason.
    pub(super) dropped: BTreeMap<String, u64>,
}

impl Records {
    pub(super) fn drop_row(&mut self, why: impl Into<String>) {
        *self.dropped.entry(why.into()).or_default() += 1;
    }

    /// Leaves out what is of no stream.
    pub(super) fn keep_streams<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let names: BTreeSet<&str> = names.collect();
        let (kept, other) =
            std::mem::take(&mut self.kept).into_iter().partition(|record| names.contains(&*record.stream));
        self.kept = kept;
        for record in other {
            self.drop_row(format!("the scenario has no stream `{}`", record.stream));
        }
    }

    pub(super) fn dropped_text(&self) -> String {
        let reasons: Vec<String> = self.dropped.iter().map(|(why, count)| format!("{count} × {why}")).collect();
        if reasons.is_empty() { format!("{} rows read", self.rows) } else { reasons.join(", ") }
    }
}

/// Reads one row; an error says why it is left out.
pub(super) type ReadRow<'h> = Box<dyn FnMut(&StringRecord) -> Result<Record, String> + 'h>;

/// Reads a file of a format known by its header.
pub(super) fn read(path: &Path) -> Result<Records, Failure> {
    let shown = path.display();
    let wrong = |why: String| Failure::Input(format!("{shown}: {why}"));
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    let zipped = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let text: Box<dyn Read> = if zipped { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text);
    let header = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let mut read_row = match bank::reader(&header) {
        Some(reader) => reader,
        None => plain::reader(&header).map_err(wrong)?,
    };
    let mut records = Records::default();
    for row in reader.records() {
        // A file that breaks off or is not text says so; a row that makes no sense is counted.
        let row = row.map_err(|error| wrong(error.to_string()))?;
        records.rows += 1;
        match read_row(&row) {
            Ok(record) => records.kept.push(record),
            Err(why) => records.drop_row(why),
        }
    }
    records.kept.sort_by_key(|record| record.at);
    let origin = records.kept.first().map_or(Span::ZERO, |first| origin(first.at));
    records.kept.iter_mut().for_each(|record| record.at = record.at - origin);
    Ok(records)
}
