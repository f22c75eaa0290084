//! A matcher for the forms of the table: literals, classes, `?`, `{n}`, `{m,n}` and `|` at the top.
//!
//! Small on purpose: one text is the documented form and the tested form, so they can't drift apart, and no
//! regular-expression engine has to be carried. Values are short, so plain backtracking is bounded.

struct Item {
    ranges: Vec<(char, char)>,
    least: usize,
    most: usize,
}

/// A form, taken apart.
pub(super) struct Pattern(Vec<Vec<Item>>);

impl Pattern {
    /// Takes a form apart.
    pub(super) fn of(form: &str) -> Pattern {
        Pattern(form.split('|').map(parse).collect())
    }

    /// Whether the whole value has the form.
    pub(super) fn matches(&self, value: &str) -> bool {
        let letters: Vec<char> = value.chars().collect();
        self.0.iter().any(|items| fits(items, &letters))
    }
}

fn fits(items: &[Item], letters: &[char]) -> bool {
    let Some((item, rest)) = items.split_first() else {
        return letters.is_empty();
    };
    let here = letters
        .iter()
        .take(item.most)
        .take_while(|letter| {
            item.ranges
                .iter()
                .any(|(from, to)| from <= letter && *letter <= to)
        })
        .count();
    (item.least..=here)
        .rev()
        .any(|count| letters.get(count..).is_some_and(|left| fits(rest, left)))
}

fn parse(branch: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut letters = branch.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut ranges = Vec::new();
        if letter == '[' {
            let mut class: Vec<char> = Vec::new();
            for inner in letters.by_ref() {
                if inner == ']' {
                    break;
                }
                class.push(inner);
            }
            let mut at = class.as_slice();
            loop {
                match at {
                    [from, '-', to, rest @ ..] => {
                        ranges.push((*from, *to));
                        at = rest;
                    }
                    [one, rest @ ..] => {
                        ranges.push((*one, *one));
                        at = rest;
                    }
                    [] => break,
                }
            }
        } else {
            ranges.push((letter, letter));
        }
        let (mut least, mut most) = (1, 1);
        if letters.peek() == Some(&'?') {
            letters.next();
            least = 0;
        } else if letters.peek() == Some(&'{') {
            letters.next();
            let count: String = letters.by_ref().take_while(|inner| *inner != '}').collect();
            let (from, to) = count.split_once(',').unwrap_or((&count, &count));
            least = from.parse().unwrap_or(1);
            most = to.parse().unwrap_or(least);
        }
        items.push(Item {
            ranges,
            least,
            most,
        });
    }
    items
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn matches(form: &str, value: &str) -> bool {
        Pattern::of(form).matches(value)
    }

    #[test]
    fn forms_are_anchored_and_counted() {
        assert!(matches("[A-Z]{2,4}-?[0-9]", "ABC-1"));
        assert!(matches("[A-Z]{2,4}-?[0-9]", "AB1"));
        assert!(!matches("[A-Z]{2,4}-?[0-9]", "A1"));
        assert!(!matches("[A-Z]{2,4}-?[0-9]", "AB12"));
        assert!(matches("[A-Z0-9-]{1,3}|x", "A-1"));
        assert!(matches("[A-Z0-9-]{1,3}|x", "x"));
        assert!(!matches("[A-Z]{3}", "AÑB"));
    }
}
