//! Texts that the directory cuts in pieces: names, streets, descriptions.

/// Characters of a component of a name or street (3036, 3042).
pub(super) const NAME_CHARS_MAX: usize = 35;
/// Characters of a component of free text (4440).
pub(super) const TEXT_CHARS_MAX: usize = 512;
/// Components of a free text (C108).
pub(super) const TEXT_PIECES_MAX: usize = 5;

/// Pieces of at most that many characters, cut where the separator stands, at most so many; what does not fit stays
/// in the last one. Joined with the separator they are the text again.
pub(super) fn pieces(
    text: &str,
    separator: &str,
    chars_max: usize,
    count_max: usize,
) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in text.split(separator) {
        let fits = out.last().is_some_and(|last| {
            last.chars().count() + separator.chars().count() + part.chars().count() <= chars_max
        });
        match out.last_mut() {
            Some(last) if fits => {
                last.push_str(separator);
                last.push_str(part);
            }
            _ => out.push(part.to_owned()),
        }
        // The list is full: further parts go into its last piece.
        if out.len() > count_max
            && let Some(over) = out.pop()
            && let Some(last) = out.last_mut()
        {
            last.push_str(separator);
            last.push_str(&over);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text() {
        for (text, separator, chars, count) in [
            ("Av. Industria 1250, Nave 2, Patio 3", ", ", 20, 4),
            ("one two three four five six", " ", 9, 3),
            ("Xóchitl Casas Chávez", " ", 35, 5),
            ("a,b", ", ", 1, 4),
            ("", " ", 35, 5),
            (" leading and  double", " ", 8, 9),
        ] {
            let found = pieces(text, separator, chars, count);
            assert_eq!(found.join(separator), text);
            assert!(found.len() <= count, "{found:?}");
        }
        assert_eq!(pieces("one two three", " ", 7, 5), ["one two", "three"]);
    }
}
