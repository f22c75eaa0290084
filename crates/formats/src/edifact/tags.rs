//! Data element tags of the segments that are read, by directory D.03B: what the page of a message calls its elements.

use crate::edi::map::{Loop, SetMap, When};
use crate::elements::ElementRow;

/// Elements of the segments, in order: a composite with its components, or the tag of a simple element.
const SEGMENTS: &[(&str, &[&str])] = &[
    (
        "BGM",
        &[
            "C002 1001 1131 3055 1000",
            "C106 1004 1056 1060",
            "1225",
            "4343",
        ],
    ),
    (
        "CNI",
        &["1490", "C503 1004 1373 1366 3453 1056 1060", "1312"],
    ),
    ("CNT", &["C270 6069 6066 6411"]),
    ("CST", &["1496", "C246 7361 1131 3055"]),
    ("DGS", &["8273", "C205 8351 8078 8092", "C234 7124 7088"]),
    (
        "DOC",
        &[
            "C002 1001 1131 3055 1000",
            "C503 1004 1373 1366 3453 1056 1060",
            "3153",
            "1220",
            "1218",
        ],
    ),
    ("DTM", &["C507 2005 2380 2379"]),
    (
        "EQD",
        &[
            "8053",
            "C237 8260 1131 3055 3207",
            "C224 8155 1131 3055 8154",
            "8077",
            "8249",
            "8169",
        ],
    ),
    ("ERC", &["C901 9321 1131 3055"]),
    ("ERP", &["C701 1049 1052", "C853 9166 1050 1159"]),
    (
        "FTX",
        &[
            "4451",
            "4453",
            "C107 4441 1131 3055",
            "C108 4440 4440 4440 4440 4440",
            "3453",
            "4447",
        ],
    ),
    ("GEI", &["9649", "C012 7365 1131 3055 7364", "7187"]),
    ("GID", &["1496", "C213 7224 7065 1131 3055 7064 7233"]),
    (
        "LOC",
        &[
            "3227",
            "C517 3225 1131 3055 3224",
            "C519 3223 1131 3055 3222",
            "C553 3233 1131 3055 3232",
            "5479",
        ],
    ),
    (
        "MEA",
        &[
            "6311",
            "C502 6313 6321",
            "C174 6411 6314 6162 6152 6432",
            "7383",
        ],
    ),
    (
        "NAD",
        &[
            "3035",
            "C082 3039 1131 3055",
            "C058 3124 3124 3124 3124 3124",
            "C080 3036 3036 3036 3036 3036 3045",
            "C059 3042 3042 3042 3042",
            "3164",
            "C819 3229 1131 3055 3228",
            "3251",
            "3207",
        ],
    ),
    (
        "PAC",
        &["7224", "C531 7075 7233 7073", "C202 7065 1131 3055 7064"],
    ),
    ("QTY", &["C186 6063 6060 6411"]),
    ("RFF", &["C506 1153 1154 1156 4000 1060"]),
    ("SEL", &["9308", "C215 9303 1131 3055 9302", "4517"]),
    ("SGP", &["C237 8260 1131 3055 3207", "7224"]),
    ("TAX", &["5283", "C241 5153 1131 3055 5152"]),
    (
        "TDT",
        &[
            "8051",
            "8028",
            "C220 8067 8066",
            "C001 8179 1131 3055 8178",
            "C040 3127 1131 3055 3128",
            "8101",
            "C401 8457 8459 7130",
            "C222 8213 1131 3055 8212 8453",
            "8281",
        ],
    ),
];

/// The rows of a message's page: the place is the position, then in brackets the tags with the qualifier, as in
/// `RFF-01.2[RFF+AAM C506/1154]`.
pub(super) fn elements<R>(map: &SetMap<R>) -> Vec<ElementRow> {
    let mut out = Vec::new();
    rows_of(&map.root, &mut out);
    out
}

/// The tag of an element or component: `C506/1154`, `8053`.
pub(super) fn tag(segment: &str, element: usize, component: usize) -> Option<String> {
    let (_, elements) = SEGMENTS.iter().find(|(id, _)| *id == segment)?;
    let mut tags = elements.get(element.checked_sub(1)?)?.split(' ');
    let first = tags.next()?;
    if !first.starts_with('C') {
        return (component <= 1).then(|| first.to_owned());
    }
    let inner = tags.nth(component.checked_sub(1)?)?;
    Some(format!("{first}/{inner}"))
}

fn rows_of<R>(at: &Loop<R>, out: &mut Vec<ElementRow>) {
    for row in at.rows {
        let component = match row.component {
            0 => String::new(),
            number => format!(".{number}"),
        };
        let loop_when = at.when.filter(|_| row.segment == at.trigger);
        let mut qualifiers: Vec<String> = [loop_when, row.when]
            .into_iter()
            .flatten()
            .map(|when| qualifier(row.segment, when))
            .collect();
        // The first element of most segments is their qualifier, and is written as people write it: NAD+CN.
        let plain = qualifiers
            .iter()
            .position(|text| !text.contains('='))
            .map(|at| qualifiers.remove(at));
        let mut shown = row.segment.to_owned();
        if let Some(plain) = plain {
            shown.push('+');
            shown.push_str(&plain);
        }
        for other in &qualifiers {
            shown.push_str(&format!(" {other}"));
        }
        let tag = tag(row.segment, row.element, row.component).unwrap_or_default();
        let place = format!(
            "{}-{:02}{component}[{shown} {tag}]",
            row.segment, row.element
        );
        let goes = [row.goes, row.derived].concat();
        out.push(ElementRow::new(place, row.en, row.es, row.required, &goes));
    }
    for inner in at.loops {
        rows_of(inner, out);
    }
}

fn qualifier(segment: &str, when: When) -> String {
    let codes = when.codes.join("/");
    match (when.element, when.component) {
        (1, 0 | 1) => codes,
        (element, component) => {
            let tag = tag(segment, element, component).unwrap_or_default();
            format!("{tag}={codes}")
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn tags_are_of_the_directory() {
        for (segment, element, component, expected) in [
            ("RFF", 1, 2, Some("C506/1154")),
            ("NAD", 4, 1, Some("C080/3036")),
            ("NAD", 6, 1, Some("3164")),
            ("EQD", 1, 0, Some("8053")),
            ("NAD", 6, 2, None),
            ("RFF", 1, 9, None),
            ("XXX", 1, 1, None),
        ] {
            assert_eq!(
                tag(segment, element, component).as_deref(),
                expected,
                "{segment}"
            );
        }
    }

    /// Every row of a table names an element that its segment has.
    pub(in crate::edifact) fn all_are_of_the_directory<R>(at: &Loop<R>) {
        for row in at.rows {
            assert!(
                tag(row.segment, row.element, row.component).is_some(),
                "{} {} {}",
                row.segment,
                row.element,
                row.component
            );
            if let Some(when) = row.when {
                let found = tag(row.segment, when.element, when.component);
                let whole = when.component == 0;
                assert!(whole || found.is_some(), "{} {when:?}", row.segment);
            }
        }
        for inner in at.loops {
            all_are_of_the_directory(inner);
        }
    }
}
