//! Requirements as text that reads back.

use std::fmt::{self, Display};

use super::Requirement;
use super::parse::is_bare;
use crate::id::SkillId;

impl Requirement {
    /// The text form, with a plan's names of skills; [`Plan::requirement`](crate::Plan::requirement) reads back the same
    /// requirement.
    ///
    /// `all` and `any` of no part or one part, which the text form does not have, read back as what they mean.
    ///
    /// ```
    /// # use cordboard::Plan;
    /// let plan = Plan::builder().skill("es").skill("tier 2").build()?;
    /// let requirement = plan.requirement(r#"(es>50||!es) && prefer("tier 2")"#).unwrap();
    /// assert_eq!(requirement.display(plan.skills()).to_string(), r#"(es >= 51 or not es) and prefer("tier 2")"#);
    /// # Ok::<(), cordboard::Problems>(())
    /// ```
    pub fn display<'a>(&'a self, skills: &'a [Box<str>]) -> impl Display + 'a {
        Text { requirement: self, skills, binds: Binds::Nothing }
    }
}

/// How closely what stands around a requirement binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Nothing,
    Any,
    All,
    One,
}

struct Text<'a> {
    requirement: &'a Requirement,
    skills: &'a [Box<str>],
    binds: Binds,
}

impl Text<'_> {
    fn part<'p>(&'p self, requirement: &'p Requirement, binds: Binds) -> Text<'p> {
        Text { requirement, skills: self.skills, binds }
    }

    fn several(
        &self,
        f: &mut fmt::Formatter<'_>,
        parts: &[Requirement],
        (word, none): (&str, &str),
        inner: Binds,
    ) -> fmt::Result {
        match parts {
            [] => f.write_str(none),
            [only] => self.part(only, self.binds).fmt(f),
            [first, rest @ ..] => {
                let enclosed = self.binds >= inner;
                f.write_str(if enclosed { "(" } else { "" })?;
                self.part(first, inner).fmt(f)?;
                for part in rest {
                    write!(f, " {word} {}", self.part(part, inner))?;
                }
                f.write_str(if enclosed { ")" } else { "" })
            }
        }
    }

    fn skill(&self, f: &mut fmt::Formatter<'_>, skill: SkillId) -> fmt::Result {
        match self.skills.get(usize::from(skill.0)) {
            Some(name) if is_bare(name) => f.write_str(name),
            Some(name) => write!(f, "\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
            None => write!(f, "\"{skill}\""),
        }
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.requirement {
            Requirement::Anyone => f.write_str("anyone"),
            Requirement::AtLeast { skill, level } => {
                self.skill(f, *skill)?;
                if *level == 1 { Ok(()) } else { write!(f, " >= {level}") }
            }
            Requirement::All(parts) => self.several(f, parts, ("and", "anyone"), Binds::All),
            Requirement::Any(parts) => self.several(f, parts, ("or", "not anyone"), Binds::Any),
            Requirement::Not(part) => write!(f, "not {}", self.part(part, Binds::One)),
            Requirement::Prefer(part) => write!(f, "prefer({})", self.part(part, Binds::Nothing)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::Plan;

    const NAMES: [&str; 8] = ["es", "pt-br", "tier 2", "and", "quo\"te\\d", "não", "42", "a.b_c"];

    fn plan() -> Plan {
        NAMES.iter().fold(Plan::builder(), |builder, name| builder.skill(name)).build().unwrap()
    }

    /// Requirements that the text form has: `all` and `any` of two parts or more.
    fn requirement() -> impl Strategy<Value = Requirement> {
        let leaf = prop_oneof![
            Just(Requirement::Anyone),
            (0..8_u16, 1..=100_u8).prop_map(|(skill, level)| Requirement::AtLeast { skill: SkillId(skill), level }),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            let parts = proptest::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                parts.clone().prop_map(|parts| Requirement::All(parts.into())),
                parts.prop_map(|parts| Requirement::Any(parts.into())),
                inner.clone().prop_map(|part| Requirement::Not(Box::new(part))),
                inner.prop_map(|part| Requirement::Prefer(Box::new(part))),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_printed_requirement_reads_back(requirement in requirement()) {
            let plan = plan();
            let text = requirement.display(plan.skills()).to_string();
            prop_assert_eq!(plan.requirement(&text), Ok(requirement), "{}", text);
        }
    }

    #[test]
    fn parentheses_stand_only_where_they_are_needed() {
        let plan = plan();
        for text in [
            "es and pt-br or não >= 3",
            "es and (pt-br or não) and not (es or 42)",
            "(es and 42) and 42",
            "not not es",
            "prefer(es or 42) and \"tier 2\" >= 100",
            "\"quo\\\"te\\\\d\" or \"and\" or a.b_c",
            "anyone",
            "not anyone",
        ] {
            assert_eq!(plan.requirement(text).unwrap().display(plan.skills()).to_string(), text);
        }
    }

    #[test]
    fn what_the_text_form_does_not_have_keeps_its_meaning() {
        let plan = plan();
        let es = Requirement::AtLeast { skill: SkillId(0), level: 1 };
        let text = |requirement: Requirement| requirement.display(plan.skills()).to_string();
        assert_eq!(text(Requirement::All(Box::new([]))), "anyone");
        assert_eq!(text(Requirement::Any(Box::new([]))), "not anyone");
        assert_eq!(text(Requirement::Not(Box::new(Requirement::Any(Box::new([]))))), "not not anyone");
        assert_eq!(text(Requirement::Any(Box::new([Requirement::All(Box::new([es]))]))), "es");
        assert_eq!(text(Requirement::AtLeast { skill: SkillId(99), level: 2 }), "\"skill #99\" >= 2");
    }
}
