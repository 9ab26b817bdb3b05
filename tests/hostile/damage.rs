//! Damage to what was written down: a few edits anywhere in a tree of JSON.

use serde_json::{Number, Value};

use crate::chance::Chance;

/// Makes one edit somewhere: another number, a flag turned, an entry taken out, doubled or exchanged.
pub(crate) fn edit(chance: &mut Chance, tree: &mut Value) {
    let mut here = tree;
    loop {
        let inside = match here {
            Value::Object(table) => table.len(),
            Value::Array(list) => list.len(),
            _ => 0,
        };
        // The deeper, the likelier it stops: edits reach leaves as well as whole branches.
        if inside == 0 || chance.one_in(12) {
            return replace(chance, here);
        }
        let at = chance.below(inside);
        here = match here {
            Value::Object(table) => table.values_mut().nth(at).expect("it is below their number"),
            Value::Array(list) => &mut list[at],
            _ => return,
        };
    }
}

fn replace(chance: &mut Chance, here: &mut Value) {
    *here = match here.take() {
        Value::Number(number) => {
            let was = number.as_u64().unwrap_or(0);
            Value::Number(match chance.below(6) {
                0 => Number::from(was.wrapping_add(1)),
                1 => Number::from(was.saturating_sub(1)),
                2 => Number::from(chance.micros()),
                3 => Number::from(u64::from(chance.number() as u16)),
                4 => Number::from(-1),
                _ => Number::from(chance.below(4)),
            })
        }
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Null => chance.pick(&[0u64, 1, u64::MAX]).into(),
        Value::String(text) if chance.one_in(2) => Value::String(text + "x"),
        Value::String(_) => {
            chance.pick(&["fifo", "open", "none", "hold", "no", "InLine", "Loose", "active", "ratio"]).into()
        }
        Value::Array(mut list) if !list.is_empty() => {
            let (at, other) = (chance.below(list.len()), chance.below(list.len()));
            match chance.below(4) {
                0 => drop(list.remove(at)),
                1 => list.push(list[at].clone()),
                2 => list.swap(at, other),
                _ => list[at] = list[other].clone(),
            }
            Value::Array(list)
        }
        Value::Object(mut table) if !table.is_empty() => {
            let keys: Vec<String> = table.keys().cloned().collect();
            let (one, other) = (&keys[chance.below(keys.len())], &keys[chance.below(keys.len())]);
            match chance.below(3) {
                0 => drop(table.remove(one)),
                1 => drop(table.insert(one.clone(), Value::Null)),
                _ => drop(table.insert(one.clone(), table[other].clone())),
            }
            Value::Object(table)
        }
        empty => empty,
    };
}
