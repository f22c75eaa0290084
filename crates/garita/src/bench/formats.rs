//! The importers: megabytes a second of one thread on the documents of the fuzz corpus, beside the bare tokeniser of each syntax over
//! the same bytes, and memory over the number of interchanges.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use garita_formats::{IMPORTERS, Importer, Readings, Severity};
use serde_json::{Value, json};

/// How long one figure is measured.
const MEASURE: Duration = Duration::from_millis(700);

/// One object a kind.
pub(super) fn run(corpus: &Path) -> Result<Value, String> {
    let mut figures = serde_json::Map::new();
    for importer in IMPORTERS {
        let documents = documents(corpus, importer)?;
        if documents.is_empty() {
            figures.insert(
                importer.name.to_owned(),
                json!("no right document in the corpus"),
            );
            continue;
        }
        let bytes: usize = documents.iter().map(Vec::len).sum();
        let readings = Readings::default();
        let read = rate(bytes, || {
            for document in &documents {
                let _ = black_box((importer.read)(black_box(document), &readings));
            }
        });
        let (syntax, bare) = tokeniser(&documents);
        let bare = rate(bytes, || {
            for document in &documents {
                black_box(bare(black_box(document)));
            }
        });
        figures.insert(
            importer.name.to_owned(),
            json!({
                "documents": documents.len(),
                "bytes": bytes,
                "MB/s": round(read),
                "tokeniser": syntax,
                "tokeniser MB/s": round(bare),
                "times the tokeniser": round(bare / read),
            }),
        );
    }
    Ok(Value::Object(figures))
}

/// Those documents of a kind that are read without a fault of severity error.
fn documents(corpus: &Path, importer: &Importer) -> Result<Vec<Vec<u8>>, String> {
    let folder = corpus.join(importer.name);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .map_err(|e| format!("{}: {e}", folder.display()))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let right = (importer.read)(&bytes, &Readings::default()).is_ok_and(|draft| {
            let wrong = |fault: &garita_formats::Fault| fault.severity == Severity::Error;
            // A document of the corpus that was made to hurt is not what people send.
            !draft.faults.iter().any(wrong)
        });
        if right {
            found.push(bytes);
        }
    }
    Ok(found)
}

/// Megabytes (10^6) a second.
fn rate(bytes: usize, mut work: impl FnMut()) -> f64 {
    work();
    let start = Instant::now();
    let mut rounds = 0_u32;
    while start.elapsed() < MEASURE {
        work();
        rounds += 1;
    }
    let total = f64::from(rounds) * f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
    total / start.elapsed().as_secs_f64() / 1e6
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

type Tokeniser = fn(&[u8]) -> usize;

/// What a reader of that syntax does at the least: find each token.
fn tokeniser(documents: &[Vec<u8>]) -> (&'static str, Tokeniser) {
    let first = documents
        .first()
        .map(|document| document.trim_ascii_start())
        .unwrap_or_default();
    match first.first() {
        Some(b'<') => ("quick-xml, events and attributes", xml),
        Some(b'{' | b'[') => ("serde_json, values ignored", json_values),
        _ if first.starts_with(b"ISA") => {
            ("bytes, split at ~ and *", |bytes| edi(bytes, b'~', b'*'))
        }
        _ if first.starts_with(b"UN") => {
            ("bytes, split at ' and +", |bytes| edi(bytes, b'\'', b'+'))
        }
        _ => ("bytes, split at lines and commas", |bytes| {
            edi(bytes, b'\n', b',')
        }),
    }
}

fn xml(bytes: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return 0;
    };
    let mut reader = quick_xml::Reader::from_str(text);
    let mut count = 0;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)) => {
                count += 1 + tag.attributes().flatten().count();
            }
            Ok(quick_xml::events::Event::Eof) | Err(_) => return count,
            Ok(_) => count += 1,
        }
    }
}

fn json_values(bytes: &[u8]) -> usize {
    usize::from(serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok())
}

fn edi(bytes: &[u8], segment: u8, element: u8) -> usize {
    bytes
        .split(|byte| *byte == segment)
        .map(|segment| segment.split(|byte| *byte == element).count())
        .sum()
}
