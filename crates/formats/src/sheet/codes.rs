//! Code lists: a cell may hold the code, its label in either language, or both as the workbook's list offers them.

use std::collections::BTreeMap;

/// One code of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub code: String,
    /// Its label, English.
    pub en: String,
    /// Its label, Spanish.
    pub es: String,
}

/// Code lists by the name that `x-codes` gives.
pub type CodeLists = BTreeMap<String, Vec<Code>>;

/// What a cell's text is among codes.
pub(super) enum Found<'a> {
    One(&'a str),
    /// A label that several codes have.
    Several(Vec<&'a str>),
    None,
}

/// The code that a text means.
pub(super) fn find<'a>(codes: &'a [Code], text: &str) -> Found<'a> {
    if let Some(exact) = codes.iter().find(|code| code.code == text) {
        return Found::One(&exact.code);
    }
    let wanted = folded(text);
    let one = |is: &dyn Fn(&Code) -> bool| {
        let mut fit: Vec<&str> = Vec::new();
        for code in codes.iter().filter(|code| is(code)) {
            fit.push(&code.code);
        }
        fit.dedup();
        match fit.as_slice() {
            [] => None,
            [only] => Some(Found::One(only)),
            _ => Some(Found::Several(fit)),
        }
    };
    one(&|code| folded(&code.en) == wanted || folded(&code.es) == wanted)
        .or_else(|| {
            one(&|code| {
                folded(&offered(code, &code.en)) == wanted
                    || folded(&offered(code, &code.es)) == wanted
            })
        })
        .or_else(|| one(&|code| folded(&code.code) == wanted))
        .unwrap_or(Found::None)
}

/// A code with its label, as the list of a workbook offers it.
pub(super) fn offered(code: &Code, label: &str) -> String {
    if label.is_empty() || label == code.code {
        code.code.clone()
    } else {
        format!("{} - {label}", code.code)
    }
}

/// Blanks as one, letters small: what people don't look at.
pub(super) fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
