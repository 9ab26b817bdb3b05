//! What the writer of a wrong name probably meant.

use std::borrow::Cow;

/// Longer names are compared by their beginnings.
const COMPARED: usize = 40;
/// More names than this are not all listed.
const LISTED: usize = 12;
/// More candidates than this are not searched.
const SEARCHED: usize = 2_000;
/// Longer texts are cut where a message shows them.
const SHOWN: usize = 60;

/// A text of the document as a message shows it.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}

/// What to write instead of `wrong`: the nearest of `names`, or else all of them, as the end of a sentence.
///
/// `what` is their plural noun, such as "queues". O(names × length²).
pub(crate) fn hint<'n>(wrong: &str, what: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().take(SEARCHED).collect();
    if let Some(name) = nearest(wrong, &names) {
        return format!("did you mean `{}`?", shown(name));
    }
    match names.len() {
        0 => format!("there are no {what}"),
        many => {
            let mut listed = names[..many.min(LISTED)]
                .iter()
                .map(|name| format!("`{}`", shown(name)))
                .collect::<Vec<_>>()
                .join(", ");
            if many > LISTED {
                listed.push_str(", …");
            }
            format!("the {what} are {listed}")
        }
    }
}

/// The name fewest edits away from `wrong`, if a slip of the pen explains it; the earlier of two equally near.
fn nearest<'n>(wrong: &str, names: &[&'n str]) -> Option<&'n str> {
    let letters = |name: &str| name.chars().take(COMPARED).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let wrong = letters(wrong);
    let near = names.iter().filter_map(|&name| {
        let other = letters(name);
        let allowed = (wrong.len().max(other.len()) / 2).min(3);
        (wrong.len().abs_diff(other.len()) <= allowed)
            .then(|| edits(&wrong, &other))
            .filter(|&edits| edits <= allowed)
            .map(|edits| (edits, name))
    });
    near.min_by_key(|&(edits, _)| edits).map(|(_, name)| name)
}

/// Levenshtein's distance.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        let count = |a: &str, b: &str| edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("kitten", "sitting"), 3);
        assert_eq!(count("whole_agnet", "whole_agent"), 2);
        assert_eq!(count("same", "same"), 0);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shown("short"), "short");
        assert_eq!(shown(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    }

    #[test]
    fn a_slip_is_recognised_and_a_different_word_is_not() {
        let names = ["whole_agent", "offer", "wrap_up"];
        assert_eq!(hint("whole_agnet", "keys", names), "did you mean `whole_agent`?");
        assert_eq!(hint("Offer", "keys", names), "did you mean `offer`?");
        assert_eq!(hint("speed", "keys", names), "the keys are `whole_agent`, `offer`, `wrap_up`");
        assert_eq!(hint("x", "queues", []), "there are no queues");
        assert_eq!(hint("b", "queues", ["a"]), "the queues are `a`");
        let many: Vec<String> = (0..13).map(|n| format!("queue number {n}")).collect();
        assert!(hint("sales", "queues", many.iter().map(String::as_str)).ends_with("`queue number 11`, …"));
    }
}
