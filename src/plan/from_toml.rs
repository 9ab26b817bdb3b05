//! Plans and scenarios written in TOML, with the line of every key.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeString, DeTable, DeValue};

use super::Plan;
use super::document::{DEEPEST, PlanDocument, Table, Value, join, join_item};
use super::problem::{Problem, Problems};

impl PlanDocument {
    /// Reads a plan or a whole scenario written in TOML. The keys are checked later, all of them at once.
    ///
    /// # Errors
    /// Every place that is not TOML, with its line.
    pub fn from_toml(text: &str) -> Result<Self, Problems> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = Lines::of(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let mut problems: Vec<_> =
                errors.iter().map(|error| lines.problem(error.message(), error.span())).collect();
            problems.sort_by_key(|problem| problem.line);
            return Err(Problems(problems));
        }
        let mut reader = Reader { starts: &lines, lines: BTreeMap::new(), deepest: None };
        let root = reader.table("", table.get_ref(), 0);
        match reader.deepest {
            None => Ok(Self { root, lines: reader.lines }),
            Some((path, line)) => {
                let what = format!("nested more than {DEEPEST} deep; a plan needs five");
                Err(Problems(vec![Problem { path, line: Some(line), what }]))
            }
        }
    }
}

impl Plan {
    /// Reads and checks a plan written in TOML. A scenario file will do: what only the simulator needs
    /// (streams, shifts, seeds) is passed over. Every key is described in `docs/plan.md`.
    ///
    /// ```
    /// # use cordboard::Plan;
    /// let plan = Plan::from_toml(r#"
    ///     [capacity.blended]
    ///     voice = { max = 1 }
    ///     chat = { max = 3, quiet_load = "10%" }
    ///
    ///     [agents.team]
    ///     capacity = "blended"
    ///     skills = { billing = 80 }
    ///
    ///     [queues.service]
    ///     order = "ratio"
    ///     steps = [{ requires = "billing >= 50" }, { after = "30s", requires = "billing" }]
    /// "#)?;
    /// assert_eq!(plan.queues()[0].steps.len(), 2);
    ///
    /// let problems = Plan::from_toml("[queues.service]\nordre = \"ratio\"").unwrap_err();
    /// assert!(problems.to_string().starts_with("line 2: queues.service.ordre: `ordre` is not a key here; did you mean `order`?"));
    /// # Ok::<(), cordboard::Problems>(())
    /// ```
    ///
    /// # Errors
    /// Everything wrong with it at once, each with its path, its line and what would be right.
    pub fn from_toml(text: &str) -> Result<Self, Problems> {
        Self::from_document(&PlanDocument::from_toml(text)?)
    }
}

/// Where the lines of a text begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The line of a place, from 1.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at).max(1)
    }

    fn problem(&self, what: &str, span: Option<Range<usize>>) -> Problem {
        let Some(span) = span else {
            return Problem { path: String::new(), line: None, what: format!("not TOML: {what}") };
        };
        let line = self.line(span.start.min(self.text.len().saturating_sub(1)));
        let text: String = self.text.lines().nth(line - 1).unwrap_or_default().trim().chars().take(120).collect();
        Problem { path: String::new(), line: Some(line), what: format!("not TOML: {what}, in `{text}`") }
    }
}

/// Turns TOML's values into a document's, and keeps their lines.
struct Reader<'t> {
    starts: &'t Lines<'t>,
    lines: BTreeMap<String, usize>,
    /// The first place that is nested too deeply.
    deepest: Option<(String, usize)>,
}

impl Reader<'_> {
    /// The entries in the order of the file: `toml` sorts them by name.
    fn table(&mut self, path: &str, table: &DeTable<'_>, depth: usize) -> Table {
        let mut keys: Vec<_> = table.iter().collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        let mut entries = Vec::with_capacity(keys.len());
        for (key, value) in keys {
            let name: &DeString<'_> = key.get_ref();
            let inside = join(path, name);
            let line = self.starts.line(key.span().start);
            let value = self.value(&inside, line, value.get_ref(), depth + 1);
            self.lines.insert(inside, line);
            entries.push((name.to_string(), value));
        }
        Table(entries)
    }

    fn value(&mut self, path: &str, line: usize, value: &DeValue<'_>, depth: usize) -> Value {
        if depth > DEEPEST {
            self.deepest.get_or_insert_with(|| (path.to_owned(), line));
            return Value::Nothing;
        }
        match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(date) => Value::Text(date.to_string()),
            DeValue::Float(number) => {
                number.as_str().parse().map_or_else(|_| Value::Text(number.to_string()), Value::Number)
            }
            // One that does not fit is kept as it was written, to be refused with its path.
            DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::Text(number.to_string()), Value::Whole),
            DeValue::Array(items) => {
                let items = items.iter().enumerate().map(|(at, item)| {
                    let inside = join_item(path, at);
                    let line = self.starts.line(item.span().start);
                    let value = self.value(&inside, line, item.get_ref(), depth + 1);
                    self.lines.insert(inside, line);
                    value
                });
                Value::List(items.collect())
            }
            DeValue::Table(table) => Value::Table(self.table(path, table, depth)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_the_order_of_the_file() {
        let document =
            PlanDocument::from_toml("[queues.b]\n[agents.x]\n[queues.a]\nz = 1\ny.w = 2\ny.v = 3\n").unwrap();
        let names = |table: &Table| table.0.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        assert_eq!(names(&document.root), ["queues", "agents"]);
        let Some(Value::Table(queues)) = document.root.get("queues") else { panic!("a table") };
        assert_eq!(names(queues), ["b", "a"]);
        let Some(Value::Table(a)) = queues.get("a") else { panic!("a table") };
        assert_eq!(names(a), ["z", "y"]);
    }

    #[test]
    fn every_key_and_item_has_its_line() {
        let text = "\u{feff}name = \"x\"\r\n[queues.a]\r\nsteps = [\r\n  { requires = \"x\" },\r\n  { requires = \"y\" },\r\n]\r\n[queues.\"b.c\"]\n";
        let lines = PlanDocument::from_toml(text).unwrap().lines;
        for (path, line) in [
            ("name", 1),
            ("queues", 2),
            ("queues.a", 2),
            ("queues.a.steps", 3),
            ("queues.a.steps[1]", 5),
            ("queues.a.steps[1].requires", 5),
            ("queues.\"b.c\"", 7),
        ] {
            assert_eq!(lines.get(path), Some(&line), "{path}");
        }
    }

    #[test]
    fn what_is_not_toml_is_shown_with_its_line() {
        for (text, line, words) in [
            ("a = 1\nb = = 2\n", 2, "in `b = = 2`"),
            ("a = 1\n\n[queues\nb = 1", 3, "in `[queues`"),
            ("a = 1\na = 2\n", 2, "duplicate key"),
            ("a = \"", 1, "in `a = \"`"),
            ("", 0, ""),
        ] {
            match PlanDocument::from_toml(text) {
                Ok(_) => assert!(text.is_empty(), "{text}"),
                Err(problems) => {
                    assert_eq!(problems.0[0].line, Some(line), "{problems}");
                    assert!(problems.to_string().contains(words), "{problems}");
                }
            }
        }
    }

    #[test]
    fn nesting_has_an_end() {
        for open in ["[", "{a="] {
            assert!(PlanDocument::from_toml(&format!("a = {}", open.repeat(100_000))).is_err());
        }
        let close = |depth: usize| format!("a = {}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(PlanDocument::from_toml(&close(DEEPEST)).is_ok());
        assert!(PlanDocument::from_toml(&close(DEEPEST + 1)).unwrap_err().to_string().contains("nested more than"));
    }
}
