//! The document a plan is written in: the same for TOML, for JSON, and for code.

use std::collections::BTreeMap;
use std::fmt;

use super::Limits;
use crate::nearest::shown;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// Nesting beyond this is refused, so that no text can exhaust the stack. Plans need five.
pub(crate) const DEEPEST: usize = 48;

/// A plan as it was written, not yet checked: the tables `channels`, `skills`, `capacity`, `agents`, `queues`,
/// `requirements` and `limits`. Every key is described in `docs/plan.md`.
///
/// It is read from TOML with [`PlanDocument::from_toml`](Self#method.from_toml) (feature `toml`), from JSON and
/// any other self-describing format through serde, and made in code by a [`PlanBuilder`](crate::PlanBuilder).
/// [`Plan::from_document`](crate::Plan::from_document) and [`Plan::revise`](crate::Plan::revise) check it.
/// Values of a wrong kind and unknown keys are kept, and reported there with everything else.
///
/// ```
/// # use cordboard::{Plan, PlanDocument};
/// let document: PlanDocument = serde_json::from_str(r#"{
///     "capacity": { "blended": { "voice": { "max": 1 }, "chat": { "max": 3 } } },
///     "agents": { "team": { "capacity": "blended", "count": 3 } },
///     "queues": { "service": { "order": "ratio" } }
/// }"#)?;
/// let plan = Plan::from_document(&document)?;
/// assert_eq!(plan.find_channel("chat").map(|id| id.0), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PlanDocument {
    pub(crate) root: Table,
    /// Lines of the file by path; empty when it was not read from a text that has them.
    pub(crate) lines: BTreeMap<String, usize>,
}

impl PlanDocument {
    /// The same with `changes` laid over it: tables are merged key by key, everything else is replaced.
    ///
    /// ```
    /// # use cordboard::{Plan, PlanDocument};
    /// let text = r#"{ "capacity": { "desk": { "chat": { "max": 3 } } }, "agents": { "team": { "capacity": "desk" } }, "queues": { "q": {} } }"#;
    /// let document: PlanDocument = serde_json::from_str(text)?;
    /// let five: PlanDocument = serde_json::from_str(r#"{ "capacity": { "desk": { "chat": { "max": 5 } } } }"#)?;
    /// let plan = Plan::from_document(&document.with(&five))?;
    /// let chat = plan.find_channel("chat").unwrap();
    /// assert_eq!(plan.profile(plan.groups()[0].capacity).unwrap().channel(chat).unwrap().max, 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with(&self, changes: &Self) -> Self {
        let mut changed = self.clone();
        changed.root.overlay(&changes.root);
        changed
    }
}

/// Keys and values in the order of the file.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Table(pub(crate) Vec<(String, Value)>);

impl Table {
    /// The value of `key`, the first if there are several.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value of `key`, made if missing.
    pub(crate) fn entry(&mut self, key: &str) -> &mut Value {
        let at = self.0.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            self.0.push((key.to_owned(), Value::Nothing));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// Lays another over it; of a nesting that every reader refuses.
    fn overlay(&mut self, over: &Self) {
        for (key, value) in &over.0 {
            match value {
                Value::Table(table) => self.table(key).overlay(table),
                _ => *self.entry(key) = value.clone(),
            }
        }
    }

    /// The table under `key`, made if missing; it replaces a value of another kind.
    pub(crate) fn table(&mut self, key: &str) -> &mut Self {
        let value = self.entry(key);
        if !matches!(value, Value::Table(_)) {
            *value = Value::Table(Self::default());
        }
        match value {
            Value::Table(table) => table,
            _ => unreachable!("it has just been made a table"),
        }
    }
}

/// A value of any kind, so that one of the wrong kind can be reported beside all other problems.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Nothing,
    Flag(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Table(Table),
}

impl fmt::Display for Value {
    /// As an error message shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Whole(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "the text {:?}", shown(text)),
            Self::List(_) => f.write_str("a list"),
            Self::Table(_) => f.write_str("a table"),
        }
    }
}

/// The path of `key` inside `path`; keys that are not bare are quoted as in TOML. Longer than any name may be,
/// a key is cut, so that paths stay short whatever the document.
pub(crate) fn join(path: &str, key: &str) -> String {
    let key = key.char_indices().nth(Limits::MOST.name_length.into()).map_or(key, |(end, _)| &key[..end]);
    let bare = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let key = if bare { key.to_owned() } else { format!("{key:?}") };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// The path of item `at` of the list `path`.
pub(crate) fn join_item(path: &str, at: usize) -> String {
    format!("{path}[{at}]")
}

impl Serialize for PlanDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.root.serialize(serializer)
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Whole(number) => match i64::try_from(*number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.serialize_i128(*number),
            },
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => items.serialize(serializer),
            Self::Table(table) => table.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PlanDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Nested(0).deserialize(deserializer)? {
            Value::Table(root) => Ok(Self { root, lines: BTreeMap::new() }),
            other => Err(D::Error::custom(format!("a plan is a table with keys such as `queues`, and not {other}"))),
        }
    }
}

/// A value so many levels below the top.
#[derive(Clone, Copy)]
struct Nested(usize);

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.0 > DEEPEST {
            return Err(D::Error::custom(format!("nested more than {DEEPEST} deep; a plan needs five")));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table, a list, text, a number or true or false")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Whole(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Whole(number.into()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Whole(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Self(self.0 + 1))? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            entries.push((key, map.next_value_seed(Self(self.0 + 1))?));
        }
        Ok(Value::Table(Table(entries)))
    }
}
