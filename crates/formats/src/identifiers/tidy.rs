//! Normal forms: what people write, as one text under which documents can be compared.

/// As written.
pub(super) fn as_written(value: &str) -> String {
    value.to_owned()
}

/// Capitals.
pub(super) fn upper(value: &str) -> String {
    value.to_uppercase()
}

/// Small letters.
pub(super) fn lower(value: &str) -> String {
    value.to_lowercase()
}

/// Capitals without blanks and hyphens.
pub(super) fn bare(value: &str) -> String {
    value
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .collect::<String>()
        .to_uppercase()
}

/// Without blanks, hyphens and points.
pub(super) fn digits(value: &str) -> String {
    value
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '.'))
        .collect()
}

/// `XXX-NNNNNNN-C`.
pub(super) fn entry(value: &str) -> String {
    let bare: Vec<char> = bare(value).chars().collect();
    match (bare.len(), bare.get(..3), bare.get(3..10), bare.get(10)) {
        (11, Some(filer), Some(seven), Some(check)) => {
            let filer: String = filer.iter().collect();
            let seven: String = seven.iter().collect();
            format!("{filer}-{seven}-{check}")
        }
        _ => bare.into_iter().collect(),
    }
}

/// `NN-NNNNNNN`.
pub(super) fn ein(value: &str) -> String {
    let bare = digits(value);
    match bare.split_at_checked(2) {
        Some((prefix, serial)) if bare.len() == 9 => format!("{prefix}-{serial}"),
        _ => bare,
    }
}

/// `UN` before four bare digits.
pub(super) fn un(value: &str) -> String {
    let bare = bare(value);
    if bare.len() == 4 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("UN{bare}")
    } else {
        bare
    }
}

/// `CCC`, the rest in small letters.
pub(super) fn idccp(value: &str) -> String {
    let lower = lower(value);
    match lower.strip_prefix("ccc") {
        Some(rest) => format!("CCC{rest}"),
        None => lower,
    }
}
