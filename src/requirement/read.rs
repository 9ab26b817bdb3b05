//! Requirements read through serde: nested no deeper than the text form, so that no journal or message can exhaust the stack.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, SeqAccess, VariantAccess, Visitor};

use super::Requirement;
use super::parse::DEEPEST;
use crate::id::SkillId;

const VARIANTS: &[&str] = &["Anyone", "AtLeast", "All", "Any", "Not", "Prefer"];

#[derive(Deserialize)]
#[serde(variant_identifier)]
enum Variant {
    Anyone,
    AtLeast,
    All,
    Any,
    Not,
    Prefer,
}

#[derive(Deserialize)]
struct AtLeast {
    skill: SkillId,
    level: u8,
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Within(DEEPEST).deserialize(deserializer)
    }
}

/// A requirement of at most this depth.
#[derive(Clone, Copy)]
struct Within(usize);

impl<'de> DeserializeSeed<'de> for Within {
    type Value = Requirement;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Requirement, D::Error> {
        match self.0.checked_sub(1) {
            Some(inside) => deserializer.deserialize_enum("Requirement", VARIANTS, Within(inside)),
            None => Err(D::Error::custom(format!("a requirement is nested at most {DEEPEST} deep"))),
        }
    }
}

impl<'de> Visitor<'de> for Within {
    type Value = Requirement;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a requirement")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Requirement, A::Error> {
        let (variant, content) = data.variant()?;
        match variant {
            Variant::Anyone => content.unit_variant().map(|()| Requirement::Anyone),
            Variant::AtLeast => {
                let AtLeast { skill, level } = content.newtype_variant()?;
                Ok(Requirement::AtLeast { skill, level })
            }
            Variant::All => content.newtype_variant_seed(Parts(self)).map(Requirement::All),
            Variant::Any => content.newtype_variant_seed(Parts(self)).map(Requirement::Any),
            Variant::Not => content.newtype_variant_seed(self).map(|part| Requirement::Not(Box::new(part))),
            Variant::Prefer => content.newtype_variant_seed(self).map(|part| Requirement::Prefer(Box::new(part))),
        }
    }
}

/// Parts, each of at most that depth.
struct Parts(Within);

impl<'de> DeserializeSeed<'de> for Parts {
    type Value = Box<[Requirement]>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Parts {
    type Value = Box<[Requirement]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parts of a requirement")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = list.next_element_seed(self.0)? {
            parts.push(part);
        }
        Ok(parts.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_survives_being_written_and_read() {
        let at_least = |skill, level| Requirement::AtLeast { skill: SkillId(skill), level };
        let all = Requirement::All(Box::new([at_least(1, 2), Requirement::Anyone]));
        let requirement = Requirement::Any(Box::new([
            Requirement::Not(Box::new(all)),
            Requirement::Prefer(Box::new(at_least(65_535, 100))),
            Requirement::All(Box::new([])),
        ]));
        let text = serde_json::to_string(&requirement).unwrap();
        assert_eq!(serde_json::from_str::<Requirement>(&text).unwrap(), requirement);
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| format!("{}\"Anyone\"{}", "{\"Not\":".repeat(depth), "}".repeat(depth));
        assert!(serde_json::from_str::<Requirement>(&nested(DEEPEST - 1)).is_ok());
        let error = serde_json::from_str::<Requirement>(&nested(DEEPEST)).unwrap_err();
        assert!(error.to_string().contains("nested at most 64 deep"), "{error}");
        let lists = format!("{}{}", "{\"All\":[".repeat(60), "]}".repeat(60));
        assert!(serde_json::from_str::<Requirement>(&lists).is_ok());
    }

    #[test]
    fn what_is_not_a_requirement_is_refused() {
        for text in [
            "3",
            "\"Everyone\"",
            "{\"AtLeast\":{\"skill\":1}}",
            "{\"All\":3}",
            "{\"AtLeast\":{\"skill\":1,\"level\":256}}",
        ] {
            assert!(serde_json::from_str::<Requirement>(text).is_err(), "{text}");
        }
    }
}
