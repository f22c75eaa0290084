//! Matching of object identifiers, EPCIS 2.0 §8.2.7.1.1: equal, or fitting a pattern of EPC URNs.

/// Whether an identifier is the one that is looked for, or fits its pattern (`urn:epc:idpat:sgtin:0614141.107346.*`).
pub(super) fn matches(found: &str, wanted: &str) -> bool {
    if found == wanted {
        return true;
    }
    let Some(pattern) = wanted.strip_prefix("urn:epc:idpat:") else {
        return false;
    };
    let Some(id) = found
        .strip_prefix("urn:epc:id:")
        .or_else(|| found.strip_prefix("urn:epc:idpat:"))
    else {
        return false;
    };
    let (Some((scheme, pattern)), Some((found_scheme, id))) =
        (pattern.split_once(':'), id.split_once(':'))
    else {
        return false;
    };
    let (mut pattern, mut parts) = (pattern.split('.'), id.split('.'));
    scheme == found_scheme
        && loop {
            match (pattern.next(), parts.next()) {
                (None, None) => break true,
                (Some(wanted), Some(found)) if part(found, wanted) => {}
                _ => break false,
            }
        }
}

fn part(found: &str, wanted: &str) -> bool {
    if wanted == "*" || wanted == found {
        return true;
    }
    let range = wanted
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|rest| rest.split_once('-'));
    match (range, found.parse::<u128>()) {
        (Some((low, high)), Ok(number)) => {
            matches!((low.parse::<u128>(), high.parse::<u128>()), (Ok(low), Ok(high)) if (low..=high).contains(&number))
        }
        _ => false,
    }
}
