//! A key of a scenario, and the values it is to have.

use std::str::FromStr;

use cordboard::PlanDocument;

use crate::failure::Failure;

/// More points than anybody reads.
const MOST: usize = 1000;

/// `KEY=VALUES`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Setting {
    /// As TOML writes it, dots between.
    pub(crate) key: String,
    /// Each as TOML writes it.
    pub(crate) values: Vec<String>,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((key, values)) = text.split_once('=') else {
            return Err("there is no value: write KEY=VALUES, such as capacity.desk.chat.max=1..30".to_owned());
        };
        let key = key.trim().to_owned();
        if PlanDocument::from_toml(&format!("{key} = 0")).is_err() {
            return Err(format!("{key:?} is not a key: write it as in TOML, with dots between"));
        }
        let mut all = Vec::new();
        for part in parts(values) {
            match range(part) {
                Some((from, to)) if from > to => return Err(format!("{part} ends before it begins")),
                Some((from, to)) if to - from >= MOST as u64 => {
                    return Err(format!("{part} has more than {MOST} values"));
                }
                Some((from, to)) => all.extend((from..=to).map(|value| value.to_string())),
                None => all.push(value(part)?),
            }
        }
        if all.len() > MOST {
            return Err(format!("there are {} values; at most {MOST}", all.len()));
        }
        Ok(Self { key, values: all })
    }
}

impl Setting {
    /// A document that says only this.
    pub(crate) fn document(&self, value: &str) -> Result<PlanDocument, Failure> {
        let line = format!("{} = {value}", self.key);
        PlanDocument::from_toml(&line).map_err(|problems| Failure::Input(format!("--set {line}: {problems}")))
    }
}

/// Splits at commas that are neither inside brackets nor in text.
fn parts(values: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut from, mut parts) = (0_i32, false, 0, Vec::new());
    for (at, c) in values.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(values[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(values[from..].trim());
    parts
}

/// `1..30`, both ends included.
fn range(part: &str) -> Option<(u64, u64)> {
    let (from, to) = part.split_once("..")?;
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}

/// A value of TOML; text may stand without its quotes.
fn value(part: &str) -> Result<String, String> {
    let reads = |value: &str| !value.is_empty() && PlanDocument::from_toml(&format!("x = {value}")).is_ok();
    let quoted = format!("{part:?}");
    [part, &quoted]
        .into_iter()
        .find(|value| reads(value))
        .map(str::to_owned)
        .ok_or_else(|| format!("{part:?} is not a value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_ranges_lists_and_text_without_quotes() {
        let read = |text: &str| text.parse::<Setting>().map(|setting| setting.values);
        assert_eq!(read("a.b=1..4").unwrap(), ["1", "2", "3", "4"]);
        assert_eq!(read("a=1,5..7, 30").unwrap(), ["1", "5", "6", "7", "30"]);
        assert_eq!(read("a=20s,\"1m, x\"").unwrap(), ["\"20s\"", "\"1m, x\""]);
        assert_eq!(read("a={ x = [1, 2] },none").unwrap(), ["{ x = [1, 2] }", "\"none\""]);
        assert_eq!(read("a.\"b c\"=true,0.5").unwrap(), ["true", "0.5"]);
        for (text, words) in
            [("a", "no value"), ("a b=1", "not a key"), ("a=5..1", "before it begins"), ("a=1..5000", "1000")]
        {
            assert!(read(text).unwrap_err().contains(words), "{text}");
        }
    }
}
