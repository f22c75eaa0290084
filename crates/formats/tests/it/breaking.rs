//! One change to a right document, and what must be told of it.

use garita_formats::elements::untold;
use garita_formats::{DocumentKind, read};

/// What is told of a document: code, line, path; in both languages. What is taken over all the same is in the kind's table.
pub(crate) fn told(kind: DocumentKind, bytes: &[u8]) -> Vec<(&'static str, u32, String)> {
    let one = |code, place: Option<&garita_formats::SourcePlace>, en: &str, es: &str| {
        assert!(
            !en.is_empty() && !es.is_empty() && en != es,
            "{code}: {en} {es}"
        );
        (
            code,
            place.map_or(0, |place| place.line),
            place.map_or(String::new(), |place| place.path.clone()),
        )
    };
    match read(kind, bytes) {
        Ok(draft) => {
            // Where the very element that says a thing is broken away, the head of its set stands in for it.
            let mut untold = untold(&draft);
            untold.retain(|line| !line.ends_with(" ST") && !line.ends_with(" UNH"));
            assert_eq!(untold, [""; 0]);
            let faults = draft.faults.iter();
            faults
                .map(|fault| one(fault.code, fault.place.as_ref(), &fault.en, &fault.es))
                .collect()
        }
        Err(error) => vec![one(
            error.code(),
            error.place.as_deref(),
            &error.en,
            &error.es,
        )],
    }
}

/// What to find, what to put there, the code, the line (0 for any), a part of the path.
pub(crate) type Row = (&'static str, &'static str, &'static str, u32, &'static str);

/// Makes each change to the right document and looks for its fault. Answers how many changes there were.
pub(crate) fn check(kind: DocumentKind, right: &str, rows: &[Row]) -> usize {
    let mut wrong = Vec::new();
    for (find, put, code, line, path) in rows {
        assert!(right.contains(find), "{kind:?}: {find}");
        let told = told(kind, right.replacen(find, put, 1).as_bytes());
        let fits = |(found, at, place): &(&str, u32, String)| {
            found == code && (*line == 0 || at == line) && place.contains(path)
        };
        if !told.iter().any(fits) {
            wrong.push(format!(
                "{find:?} -> {put:?}: expected {code} at {line} {path}, got {told:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{kind:?}\n{}", wrong.join("\n"));
    rows.len()
}
