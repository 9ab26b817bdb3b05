//! Damaged plan documents never panic. `CORDBOARD_FUZZ_CASES` says how many are tried.
#![cfg(feature = "toml")]

use std::cell::Cell;

use cordboard::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const EVERYTHING: &str = include_str!("plans/everything.toml");

fn mutations() -> impl Strategy<Value = Vec<(usize, u8, usize)>> {
    proptest::collection::vec((0..100_000_usize, 0..6_u8, 0..100_000_usize), 1..6)
}

/// Damages a text: cuts, doubles, swaps and replaces pieces of it.
fn mutated(text: &str, mutations: &[(usize, u8, usize)]) -> String {
    const PIECES: [&str; 18] = [
        "-1",
        "\"",
        "[",
        "]",
        "{",
        "}",
        "=",
        "nan",
        "1e400",
        "99999999999999999999",
        "\n",
        "\"0s\"",
        "[queues.sales]",
        "a.b.c = 1\n",
        "é",
        "[[queues]]\n",
        "\"not not es\"",
        "{}",
    ];
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for &(at, kind, with) in mutations {
        let (at, with) = (at % lines.len(), with % 997);
        let cut =
            lines[at].char_indices().map(|(place, _)| place).nth(with % lines[at].chars().count().max(1)).unwrap_or(0);
        match kind {
            0 => lines[at].truncate(cut),
            1 => lines[at].insert_str(cut, PIECES[with % PIECES.len()]),
            2 => {
                let other = with % lines.len();
                lines.swap(at, other);
            }
            3 => lines.insert(at, lines[with % lines.len()].clone()),
            4 => {
                lines[at] = lines[at]
                    .split_once('=')
                    .map_or(String::new(), |(key, _)| format!("{key}= {}", PIECES[with % PIECES.len()]))
            }
            _ if lines.len() > 1 => drop(lines.remove(at)),
            _ => {}
        }
    }
    lines.join("\n")
}

fn cases() -> u32 {
    std::env::var("CORDBOARD_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

#[test]
fn damaged_plans_are_read_or_refused_but_never_panic() {
    let config = ProptestConfig { cases: cases(), ..ProptestConfig::default() };
    let (accepted, misread) = (Cell::new(0), Cell::new(0));
    let outcome = TestRunner::new(config).run(&mutations(), |mutations| {
        let text = mutated(EVERYTHING, &mutations);
        match Plan::from_toml(&text) {
            Ok(plan) => {
                accepted.set(accepted.get() + 1);
                // What is accepted is whole: it survives the check of plans that come from outside.
                let json = serde_json::to_string(&plan).unwrap();
                prop_assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
            }
            Err(problems) => {
                prop_assert!(!problems.0.is_empty() && !problems.to_string().is_empty());
                misread.set(misread.get() + u32::from(!problems.to_string().contains("not TOML")));
            }
        }
        Ok(())
    });
    outcome.unwrap();
    // Both a plan that is still right and one whose keys or values are wrong must have been tried often.
    assert!(accepted.get() * 50 > cases(), "only {} of {} were accepted", accepted.get(), cases());
    assert!(misread.get() * 50 > cases(), "only {} of {} were TOML and wrong", misread.get(), cases());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "[a-z\\[\\]{}=\"'#., \n0-9\\\\-]{0,120}") {
        let _ = Plan::from_toml(&text);
    }

    #[test]
    fn no_json_panics(value in json()) {
        if let Ok(document) = serde_json::from_value::<PlanDocument>(value) {
            let _ = Plan::from_document(&document);
        }
    }
}

/// Values of every kind under the keys of a plan, at any place.
fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    const KEYS: [&str; 30] = [
        "channels",
        "skills",
        "capacity",
        "agents",
        "queues",
        "requirements",
        "limits",
        "voice",
        "chat",
        "a",
        "max",
        "steps",
        "requires",
        "after",
        "order",
        "target",
        "wrap_up",
        "within",
        "share",
        "no_answer",
        "headroom",
        "arrives_over",
        "serves",
        "between",
        "handling",
        "weight",
        "costs",
        "reserve",
        "hold",
        "",
    ];
    const TEXTS: [&str; 12] = [
        "a",
        "voice",
        "20s",
        "30%",
        "1/3",
        "a >= 3",
        "fifo",
        "host:x",
        "priority-minutes",
        "none",
        "\u{0}",
        "not-ready",
    ];
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0..4_u8).prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 120, 6, |inner| {
        let entry = (prop::sample::select(&KEYS[..]), inner.clone());
        prop_oneof![
            1 => proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            4 => proptest::collection::vec(entry, 0..6)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}
