//! The text form of a requirement.
//!
//! ```text
//! any     = all { ("or" | "||") all }
//! all     = one { ("and" | "&&") one }
//! one     = ("not" | "!") one | "prefer" "(" any ")" | "(" any ")" | "anyone" | skill [ compare level ]
//! compare = ">=" | ">" | "<=" | "<" | "=" | "==" | "!="
//! level   = a whole number from 0 to 100
//! skill   = letters, digits, "_", "-" and "."; anything else, and the words above, in double quotes
//! ```

use super::Requirement;
use crate::id::SkillId;
use crate::nearest::shown;

/// Deepest nesting that is read, so that no text can exhaust the stack.
pub(crate) const DEEPEST: usize = 64;
/// Most parts that are read, so that no text can fill the memory.
const MOST_PARTS: usize = 4_096;

/// Where and why a text is not a requirement.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("at character {at}: {why}")]
pub struct RequirementError {
    /// The character where it went wrong, counted from 1; one past the last where something is missing at the end.
    pub at: usize,
    /// What was wrong there, and what would be right.
    pub why: String,
}

impl Requirement {
    /// Reads the text form: `billing >= 50 and (es or pt >= 20)`.
    ///
    /// A skill alone means level 1 or more. Levels are compared with `>=`, `>`, `<=`, `<`, `=` and `!=`.
    /// `and` binds closer than `or`, and `not` closer than both; `&&`, `||` and `!` will do. `prefer(…)` asks those
    /// for whom it holds first. `anyone`, and no text at all, is everybody. Names with other characters than letters,
    /// digits, `_`, `-` and `.` are quoted: `"tier 2" >= 10`.
    ///
    /// `skill` gives the id of a name, or says why there is none. [`Plan::requirement`](crate::Plan::requirement) knows the names of a plan.
    ///
    /// ```
    /// # use cordboard::{Requirement, SkillId};
    /// let skill = |name: &str| if name == "es" { Ok(SkillId(0)) } else { Err(format!("there is no skill `{name}`")) };
    /// assert_eq!(Requirement::parse("es > 49", skill), Ok(Requirement::AtLeast { skill: SkillId(0), level: 50 }));
    /// let error = Requirement::parse("es >= >= 3", skill).unwrap_err();
    /// assert_eq!(error.to_string(), "at character 7: expected a level from 0 to 100 after `>=`, found `>=`");
    /// ```
    ///
    /// # Errors
    /// Points at the character, and says what was expected there. A skill that is not known is reported only where
    /// everything else is right.
    pub fn parse(text: &str, skill: impl FnMut(&str) -> Result<SkillId, String>) -> Result<Self, RequirementError> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, skill, unknown: None, parts: 0 };
        if parser.peek() == &Token::End {
            return Ok(Self::Anyone);
        }
        let requirement = parser.any(DEEPEST)?;
        match parser.peek() {
            Token::End => parser.unknown.map_or(Ok(requirement), Err),
            Token::Name(word) if matches!(word.to_lowercase().as_str(), "and" | "or" | "not") => {
                Err(parser.expected("`and`, `or` or the end; these words are written in small letters"))
            }
            _ => Err(parser.expected("`and`, `or` or the end")),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    /// A bare word that is not a keyword, or a quoted one.
    Name(String),
    And,
    Or,
    Not,
    Prefer,
    Anyone,
    Open,
    Close,
    Compare(Compare),
    End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Compare {
    AtLeast,
    Above,
    AtMost,
    Below,
    Equal,
    Unequal,
}

/// Signs, longer ones first.
const SIGNS: [(&str, Token); 12] = [
    ("&&", Token::And),
    ("||", Token::Or),
    (">=", Token::Compare(Compare::AtLeast)),
    ("<=", Token::Compare(Compare::AtMost)),
    ("==", Token::Compare(Compare::Equal)),
    ("!=", Token::Compare(Compare::Unequal)),
    (">", Token::Compare(Compare::Above)),
    ("<", Token::Compare(Compare::Below)),
    ("=", Token::Compare(Compare::Equal)),
    ("!", Token::Not),
    ("(", Token::Open),
    (")", Token::Close),
];

const WORDS: [(&str, Token); 5] =
    [("and", Token::And), ("or", Token::Or), ("not", Token::Not), ("prefer", Token::Prefer), ("anyone", Token::Anyone)];

/// Whether a skill's name can be written without quotes.
pub(super) fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_character) && WORDS.iter().all(|(word, _)| *word != name)
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// A token, the character where it begins, and how it was written.
struct Place {
    token: Token,
    at: usize,
    text: String,
}

fn tokens(text: &str) -> Result<Vec<Place>, RequirementError> {
    let mut places = Vec::new();
    let mut rest = text;
    let mut at = 1;
    loop {
        let spaces = rest.len() - rest.trim_start().len();
        at += rest[..spaces].chars().count();
        rest = &rest[spaces..];
        let Some(first) = rest.chars().next() else { break };
        let (token, length) = if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            (token.clone(), sign.len())
        } else if first == '"' {
            let (name, length) = quoted(rest).ok_or_else(|| RequirementError {
                at,
                why: "a quoted name does not end; close it with `\"`".to_owned(),
            })?;
            (Token::Name(name), length)
        } else if is_name_character(first) {
            let length = rest.find(|c| !is_name_character(c)).unwrap_or(rest.len());
            let word = &rest[..length];
            let keyword = WORDS.iter().find(|(keyword, _)| *keyword == word);
            (keyword.map_or_else(|| Token::Name(word.to_owned()), |(_, token)| token.clone()), length)
        } else {
            let why = format!("`{first}` has no meaning here; put names with such characters in double quotes");
            return Err(RequirementError { at, why });
        };
        places.push(Place { token, at, text: rest[..length].to_owned() });
        at += rest[..length].chars().count();
        rest = &rest[length..];
    }
    places.push(Place { token: Token::End, at, text: String::new() });
    Ok(places)
}

/// The name in quotes at the start of `text`, and the length it is written in. `\"` and `\\` stand for themselves.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((name, at + 1)),
            '\\' => name.push(characters.next()?.1),
            c => name.push(c),
        }
    }
    None
}

struct Parser<F> {
    /// Ends with the end, which is never passed.
    tokens: Vec<Place>,
    next: usize,
    skill: F,
    /// The first skill that is not known.
    unknown: Option<RequirementError>,
    parts: usize,
}

impl<F: FnMut(&str) -> Result<SkillId, String>> Parser<F> {
    fn any(&mut self, depth: usize) -> Result<Requirement, RequirementError> {
        let mut parts = vec![self.all(depth)?];
        while self.take(&Token::Or) {
            parts.push(self.all(depth)?);
        }
        Ok(several(parts, Requirement::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Requirement, RequirementError> {
        let mut parts = vec![self.one(depth)?];
        while self.take(&Token::And) {
            parts.push(self.one(depth)?);
        }
        Ok(several(parts, Requirement::All))
    }

    fn one(&mut self, depth: usize) -> Result<Requirement, RequirementError> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(self.error(format!("a requirement has at most {MOST_PARTS} parts")));
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.error(format!("a requirement is nested at most {DEEPEST} deep")));
        };
        match self.peek().clone() {
            Token::Not => {
                self.next += 1;
                Ok(Requirement::Not(Box::new(self.one(depth)?)))
            }
            Token::Prefer => {
                self.next += 1;
                if self.peek() != &Token::Open {
                    return Err(self.expected("`(` after `prefer`"));
                }
                Ok(Requirement::Prefer(Box::new(self.parenthesised(depth)?)))
            }
            Token::Open => self.parenthesised(depth),
            Token::Anyone => {
                self.next += 1;
                Ok(Requirement::Anyone)
            }
            Token::Name(name) => {
                let skill = (self.skill)(&name).unwrap_or_else(|why| {
                    let error = self.error(why);
                    self.unknown.get_or_insert(error);
                    SkillId(0)
                });
                self.next += 1;
                let Token::Compare(compare) = *self.peek() else {
                    return Ok(Requirement::AtLeast { skill, level: 1 });
                };
                let sign = self.next;
                self.next += 1;
                let level = self.level(sign)?;
                compared(skill, compare, level).map_err(|why| RequirementError { at: self.tokens[sign].at, why })
            }
            _ => Err(self.expected("a skill, `not`, `prefer`, `anyone` or `(`")),
        }
    }

    fn parenthesised(&mut self, depth: usize) -> Result<Requirement, RequirementError> {
        let opened = self.tokens[self.next].at;
        self.next += 1;
        let inner = self.any(depth)?;
        if !self.take(&Token::Close) {
            return Err(self.expected(&format!("`and`, `or` or `)` for the `(` at character {opened}")));
        }
        Ok(inner)
    }

    fn level(&mut self, sign: usize) -> Result<u8, RequirementError> {
        let level = match self.peek() {
            Token::Name(digits) if digits.bytes().all(|c| c.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        };
        match level.filter(|level| *level <= 100) {
            Some(level) => {
                self.next += 1;
                Ok(level)
            }
            None => Err(self.expected(&format!("a level from 0 to 100 after `{}`", self.tokens[sign].text))),
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next].token
    }

    fn take(&mut self, token: &Token) -> bool {
        let there = self.peek() == token;
        self.next += usize::from(there);
        there
    }

    fn expected(&self, what: &str) -> RequirementError {
        let found = match &self.tokens[self.next] {
            Place { token: Token::End, .. } => "the end".to_owned(),
            Place { text, .. } => format!("`{}`", shown(text)),
        };
        self.error(format!("expected {what}, found {found}"))
    }

    fn error(&self, why: String) -> RequirementError {
        RequirementError { at: self.tokens[self.next].at, why }
    }
}

fn several(mut parts: Vec<Requirement>, join: fn(Box<[Requirement]>) -> Requirement) -> Requirement {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts.into())
        }
    }
}

/// A comparison in terms of "at least".
fn compared(skill: SkillId, compare: Compare, level: u8) -> Result<Requirement, String> {
    let at_least = |level| match level {
        0 => Requirement::Anyone,
        _ => Requirement::AtLeast { skill, level },
    };
    let below = |level| Requirement::Not(Box::new(at_least(level)));
    match (compare, level) {
        (Compare::AtLeast, _) => Ok(at_least(level)),
        (Compare::Above, 100) => Err("nobody has a level above 100".to_owned()),
        (Compare::Above, _) => Ok(at_least(level + 1)),
        (Compare::Below, 0) => Err("nobody has a level below 0".to_owned()),
        (Compare::Below, _) => Ok(below(level)),
        (Compare::AtMost, 100) => Ok(Requirement::Anyone),
        (Compare::AtMost, _) => Ok(below(level + 1)),
        (Compare::Equal, 0) => Ok(below(1)),
        (Compare::Equal, 100) => Ok(at_least(100)),
        (Compare::Equal, _) => Ok(Requirement::All(Box::new([at_least(level), below(level + 1)]))),
        (Compare::Unequal, 0) => Ok(at_least(1)),
        (Compare::Unequal, 100) => Ok(below(100)),
        (Compare::Unequal, _) => Ok(Requirement::Any(Box::new([below(level), at_least(level + 1)]))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::Plan;
    use crate::requirement::Skills;

    fn plan() -> Plan {
        Plan::builder().skill("billing").skill("es").skill("pt").skill("tier 2").skill("or").build().unwrap()
    }

    fn skills(levels: [u8; 4]) -> Skills {
        (0..).map(SkillId).zip(levels).collect()
    }

    #[test]
    fn words_and_signs_mean_the_same() {
        let plan = plan();
        let read = |text| plan.requirement(text).unwrap();
        assert_eq!(read("billing and not es or pt"), read("billing&&!es||pt"));
        assert_eq!(read("billing and not es or pt"), read("((billing and (not es)) or pt)"));
        assert_ne!(read("billing and not es or pt"), read("billing and (not es or pt)"));
        assert_eq!(read("es"), read("es>=1"));
        assert_eq!(read("es = 7"), read("es==7"));
        assert_eq!(read("  "), Requirement::Anyone);
        assert_eq!(read("anyone"), Requirement::Anyone);
        assert_eq!(read("\"or\" or \"tier 2\""), read("\"o\\r\" || \"tier 2\">0"));
    }

    #[test]
    fn every_comparison_admits_exactly_the_levels_it_says() {
        let plan = plan();
        type Holds = fn(u8, u8) -> bool;
        let signs: [(&str, Holds); 7] = [
            (">=", |has, level| has >= level),
            (">", |has, level| has > level),
            ("<=", |has, level| has <= level),
            ("<", |has, level| has < level),
            ("=", |has, level| has == level),
            ("==", |has, level| has == level),
            ("!=", |has, level| has != level),
        ];
        for (sign, holds) in signs {
            for level in 0..=100 {
                let Ok(requirement) = plan.requirement(&format!("es {sign} {level}")) else {
                    assert!((sign, level) == (">", 100) || (sign, level) == ("<", 0));
                    continue;
                };
                for has in 0..=100 {
                    assert_eq!(requirement.admits(&skills([0, has, 0, 0])), holds(has, level), "{has} {sign} {level}");
                }
            }
        }
    }

    #[test]
    fn errors_point_at_the_character_and_say_what_was_expected() {
        let plan = plan();
        for (text, at, why) in [
            ("billing >= >= 3", 12, "expected a level from 0 to 100 after `>=`, found `>=`"),
            ("billing >= 101", 12, "expected a level from 0 to 100 after `>=`, found `101`"),
            ("billing >= 999999999999", 12, "found `999999999999`"),
            ("billing > -3", 11, "found `-3`"),
            ("billing >=", 11, "found the end"),
            ("billing > 100", 9, "nobody has a level above 100"),
            ("billing < 0", 9, "nobody has a level below 0"),
            ("billng >= >= 3", 11, "expected a level"),
            ("billng or es or ess", 1, "there is no skill `billng`"),
            ("billng", 1, "there is no skill `billng`; did you mean `billing`?"),
            ("es and", 7, "expected a skill, `not`, `prefer`, `anyone` or `(`, found the end"),
            ("or es", 1, "expected a skill, `not`, `prefer`, `anyone` or `(`, found `or`"),
            ("es pt", 4, "expected `and`, `or` or the end, found `pt`"),
            ("es AND pt", 4, "these words are written in small letters, found `AND`"),
            ("es)", 3, "expected `and`, `or` or the end, found `)`"),
            ("(es", 4, "expected `and`, `or` or `)` for the `(` at character 1, found the end"),
            ("prefer es", 8, "expected `(` after `prefer`, found `es`"),
            ("()", 2, "expected a skill"),
            ("es; pt", 3, "`;` has no meaning here"),
            ("es and \"tier", 8, "a quoted name does not end"),
            ("es and \"tier\\", 8, "a quoted name does not end"),
            ("\"\"", 1, "there is no skill ``"),
            ("não ☎", 5, "`☎` has no meaning here"),
            ("es or não", 7, "there is no skill `não`"),
            ("es   ☎", 6, "`☎` has no meaning here"),
        ] {
            let error = plan.requirement(text).unwrap_err();
            assert_eq!(error.at, at, "{text}: {error}");
            assert!(error.why.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn nesting_and_length_have_an_end() {
        let plan = plan();
        for text in ["(".repeat(100_000), "not ".repeat(100_000), "!".repeat(100_000), "prefer(".repeat(100_000)] {
            assert!(plan.requirement(&text).unwrap_err().why.contains("nested at most 64 deep"), "{}", &text[..8]);
        }
        let long = vec!["es"; 100_000].join(" or ");
        assert!(plan.requirement(&long).unwrap_err().why.contains("at most 4096 parts"));
        let beyond = vec!["es"; 64].join(" or ");
        assert_eq!(plan.requirement(&beyond).unwrap_err().why, "it has 65 parts; limits.requirement_parts allows 64");
        let deep = format!("{}es", "not ".repeat(16));
        assert_eq!(
            plan.requirement(&deep).unwrap_err().why,
            "it is nested 17 deep; limits.requirement_depth allows 16"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = plan().requirement(&text);
        }

        #[test]
        fn no_row_of_tokens_panics(tokens in proptest::collection::vec(
            prop::sample::select(vec![
                "es", "billing", "(", ")", "and", "or", "not", "!", "&&", "||", "prefer", "anyone", ">=", "<", "!=", "=",
                "0", "50", "100", "101", "\"", "\\", " ", "\"tier 2\"", "é", "☎",
            ]), 0..40)) {
            let _ = plan().requirement(&tokens.concat());
            let _ = plan().requirement(&tokens.join(" "));
        }
    }
}
