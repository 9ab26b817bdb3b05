//! Lengths of time, shares, loads, targets and wrap-up as a document writes them.

use super::document::Value;
use super::reading::Entry;
use crate::capacity::Load;
use crate::queue::{Target, WrapUp};
use crate::time::Span;

/// Decimals of a share that count.
const DECIMALS: usize = 12;
const LOAD: &str = "a share of an agent such as \"30%\", \"1/3\" or 0.3, from 0 to a whole agent";
const WRAP_UP: &str = "\"30s\" (at most; the agent may end it before), { fixed = \"30s\" }, \"open\" or \"none\"";

impl Entry<'_> {
    /// A length of time.
    pub(crate) fn span(&self) -> Option<Span> {
        let Value::Text(text) = self.value()? else {
            return self
                .wrong("a length of time in quotes, such as \"20s\", \"4m\" or \"1h30m\" (units us, ms, s, m, h, d)");
        };
        Span::parse(text).map_err(|error| self.problem(error.to_string())).ok()
    }

    /// A length of time, or `"forever"`.
    pub(crate) fn span_or_forever(&self) -> Option<Span> {
        match self.value()? {
            Value::Text(text) if text == "forever" => Some(Span::MAX),
            Value::Text(text) => {
                Span::parse(text).map_err(|error| self.problem(format!("{error} or \"forever\""))).ok()
            }
            _ => self.span(),
        }
    }

    /// A length of time of at least a microsecond.
    pub(crate) fn some_span(&self) -> Option<Span> {
        let span = self.span()?;
        if span == Span::ZERO {
            self.problem("must be at least 1us");
            return None;
        }
        Some(span)
    }

    /// A length of time of at least a microsecond, or a word that stands for something else.
    pub(crate) fn some_span_or<T: Clone>(&self, words: &[(&str, T)], otherwise: fn(Span) -> T) -> Option<T> {
        if let Value::Text(text) = self.value()? {
            if let Some((_, meaning)) = words.iter().find(|(word, _)| word == text) {
                return Some(meaning.clone());
            }
            if let Err(error) = Span::parse(text) {
                let words = words.iter().map(|(word, _)| format!(" or {word:?}")).collect::<String>();
                self.problem(format!("{error}{words}"));
                return None;
            }
        }
        self.some_span().map(otherwise)
    }

    /// A share of a whole: 0.8, 1, "80%" or "4/5".
    pub(crate) fn share(&self) -> Option<f64> {
        match self.value()? {
            Value::Text(text) => match fraction(text).filter(|(part, whole)| part <= whole) {
                Some((part, whole)) => Some(part as f64 / whole as f64),
                None => self.wrong("a share such as 0.8 or \"80%\", from 0 to 1"),
            },
            _ => self.number(0.0..=1.0),
        }
    }

    /// A share of an agent. Exact where the units allow it, else rounded down.
    pub(crate) fn load(&self) -> Option<Load> {
        let full = u128::from(Load::FULL.0);
        let units = match self.value()? {
            Value::Text(text) => {
                fraction(text).filter(|(part, whole)| part <= whole).map(|(part, whole)| full * part / whole)
            }
            Value::Whole(number @ 0..=1) => Some(full * number.unsigned_abs()),
            // The nearest double of a decimal may lie just below the whole unit that is meant.
            Value::Number(number) if (0.0..=1.0).contains(number) => {
                Some((number * f64::from(Load::FULL.0) + 1e-6) as u128)
            }
            _ => None,
        };
        units.and_then(|units| u32::try_from(units).ok()).map(Load).or_else(|| self.wrong(LOAD))
    }

    /// `{ share = 0.8, within = "20s" }`.
    pub(crate) fn target(&self) -> Option<Target> {
        let section = self.clone().such_as("{ share = 0.8, within = \"20s\" }").section()?;
        let share = section.get("share");
        let within =
            section.get("within").or_missing("the time to answer within, such as within = \"20s\"").some_span();
        let share = if share.is_given() { share.share() } else { Some(0.8) };
        // A share is at most 1, so that this is at most 1000.
        Some(Target::new((share? * 1000.0).round() as u16, within?))
    }

    /// `"30s"`, `{ fixed = "30s" }`, `"open"` or `"none"`.
    pub(crate) fn wrap_up(&self) -> Option<WrapUp> {
        let none_if_zero =
            |span: Span, kind: fn(Span) -> WrapUp| if span == Span::ZERO { WrapUp::None } else { kind(span) };
        match self.value()? {
            Value::Text(text) if text == "none" => Some(WrapUp::None),
            Value::Text(text) if text == "open" => Some(WrapUp::Open),
            Value::Text(text) => match Span::parse(text) {
                Ok(span) => Some(none_if_zero(span, WrapUp::UpTo)),
                Err(error) => {
                    self.problem(format!("must be {WRAP_UP}; {error}"));
                    None
                }
            },
            Value::Table(_) => {
                let fixed =
                    self.section()?.get("fixed").or_missing("its length, such as { fixed = \"30s\" }").span()?;
                Some(none_if_zero(fixed, WrapUp::Fixed))
            }
            _ => self.wrong(WRAP_UP),
        }
    }
}

/// "33.3%" and "1/3" as a part of a whole, which is not 0.
fn fraction(text: &str) -> Option<(u128, u128)> {
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        let (part, whole) = decimal(percent.trim())?;
        return Some((part, whole * 100));
    }
    if let Some((part, whole)) = text.split_once('/') {
        let number = |text: &str| digits(text.trim()).filter(|number| *number <= u128::from(u32::MAX));
        return Some((number(part)?, number(whole).filter(|whole| *whole > 0)?));
    }
    decimal(text)
}

/// "33.3" as 333 of 10.
fn decimal(text: &str) -> Option<(u128, u128)> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let scale = 10_u128.pow(u32::try_from(decimals.len()).ok().filter(|_| decimals.len() <= DECIMALS)?);
    let whole = digits(whole).filter(|whole| *whole <= u128::from(u32::MAX))?;
    Some((whole * scale + digits(decimals)?, scale))
}

fn digits(text: &str) -> Option<u128> {
    let plain = !text.is_empty() && text.len() <= 30 && text.bytes().all(|c| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::document::PlanDocument;
    use super::super::reading::Reading;
    use super::*;

    /// Reads the value of one key.
    fn read<T>(json: &str, read: impl Fn(&Entry<'_>) -> Option<T>) -> Result<T, String> {
        let document: PlanDocument = serde_json::from_str(&format!("{{ \"key\": {json} }}")).unwrap();
        let reading = Reading::new(&document);
        let value = read(&reading.root().get("key"));
        match reading.into_problems() {
            Ok(()) => Ok(value.expect("no problem was noted")),
            Err(problems) => Err(problems.to_string()),
        }
    }

    #[test]
    fn loads_are_exact_where_the_units_allow_it() {
        for (json, load) in [
            (r#""100%""#, Load::FULL),
            (r#""33%""#, Load::percent(33)),
            (r#""33.3%""#, Load(2_399_997)),
            (r#""1/3""#, Load::share(3)),
            (r#""1/30""#, Load::share(30)),
            (r#""7/16""#, Load(Load::share(16).0 * 7)),
            (r#""0%""#, Load::ZERO),
            ("0", Load::ZERO),
            ("1", Load::FULL),
            ("0.1", Load::share(10)),
            ("0.3", Load::percent(30)),
            ("0.07", Load::percent(7)),
            (r#""0.25""#, Load::share(4)),
        ] {
            assert_eq!(read(json, |it| it.load()), Ok(load), "{json}");
        }
    }

    #[test]
    fn every_hundredth_as_number_and_as_text_is_the_same_load() {
        for percent in 0..=100 {
            let number = format!("{}", f64::from(percent) / 100.0);
            assert_eq!(read(&number, |it| it.load()), Ok(Load::percent(percent)));
            assert_eq!(read(&format!("\"{percent}%\""), |it| it.load()), Ok(Load::percent(percent)));
        }
    }

    #[test]
    fn loads_beyond_an_agent_and_nonsense_are_refused() {
        let bad = [
            r#""101%""#,
            r#""4/3""#,
            r#""1/0""#,
            r#""-5%""#,
            r#""%""#,
            r#""1/2/3""#,
            r#""lots""#,
            r#""""#,
            "2",
            "-1",
            "1.01",
            "-0.1",
            r#""9999999999999999999999999999999999999999%""#,
            r#""0.0000000000000000000000001%""#,
            "true",
            "[]",
            "{}",
        ];
        for json in bad {
            let problem = read(json, |it| it.load()).unwrap_err();
            assert!(problem.starts_with("key: must be a share of an agent"), "{json}: {problem}");
        }
    }

    #[test]
    fn wrap_up_has_four_forms() {
        for (json, wrap_up) in [
            (r#""30s""#, WrapUp::UpTo(Span::from_secs(30))),
            (r#"{ "fixed": "30s" }"#, WrapUp::Fixed(Span::from_secs(30))),
            (r#""open""#, WrapUp::Open),
            (r#""none""#, WrapUp::None),
            (r#""0s""#, WrapUp::None),
            (r#"{ "fixed": "0s" }"#, WrapUp::None),
        ] {
            assert_eq!(read(json, |it| it.wrap_up()), Ok(wrap_up), "{json}");
        }
        for (json, words) in [
            (r#""often""#, "must be \"30s\" (at most"),
            ("30", "and is 30"),
            ("{}", "key.fixed: is missing"),
            (r#"{ "fixed": 3 }"#, "key.fixed: must be a length of time"),
            (r#"{ "fixd": "3s" }"#, "did you mean `fixed`?"),
        ] {
            let problems = read(json, |it| it.wrap_up()).unwrap_err();
            assert!(problems.contains(words), "{json}: {problems}");
        }
    }

    #[test]
    fn targets_have_a_time_and_a_share_that_defaults_to_four_fifths() {
        let twenty = Span::from_secs(20);
        assert_eq!(read(r#"{ "share": 0.855, "within": "20s" }"#, |it| it.target()), Ok(Target::new(855, twenty)));
        assert_eq!(read(r#"{ "share": "90%", "within": "20s" }"#, |it| it.target()), Ok(Target::new(900, twenty)));
        assert_eq!(read(r#"{ "within": "20s" }"#, |it| it.target()), Ok(Target::new(800, twenty)));
        for (json, words) in [
            (r#"{ "share": 0.8 }"#, "key.within: is missing"),
            (r#"{ "share": 80, "within": "20s" }"#, "key.share: must be a number from 0 to 1, and is 80"),
            (r#"{ "within": "0s" }"#, "key.within: must be at least 1us"),
            (r#""20s""#, "key: must be a table"),
        ] {
            let problems = read(json, |it| it.target()).unwrap_err();
            assert!(problems.contains(words), "{json}: {problems}");
        }
    }
}
