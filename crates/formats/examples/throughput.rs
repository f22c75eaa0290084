//! How fast importers read, in CPU time of one thread: `throughput FOLDER [KIND]`, the folder that of the fuzz corpus.
//!
//! Documents of the corpus are small, so that what is set up for each counts; those of manifests are also read as made
//! larger, by as many shipments as a column says.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool of the tests"
)]

use garita_formats::{IMPORTERS, Importer, Readings};
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

/// That of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Shipments of the larger documents; the last is near the limit of a document.
const SIZES: [usize; 3] = [200, 2_000, 12_000];
/// A figure takes this much CPU time.
const MEASURE_NANOSECONDS: u64 = 400_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(arguments.first().expect("the folder of the corpus"));
    let only = arguments.get(1);
    for importer in IMPORTERS {
        if only.is_some_and(|only| only != importer.name) {
            continue;
        }
        let mut line = format!("{:18}", importer.name);
        let small: Vec<Vec<u8>> = std::fs::read_dir(folder.join(importer.name))
            .map(|files| {
                files
                    .flatten()
                    .map(|file| std::fs::read(file.path()).unwrap())
                    .collect()
            })
            .unwrap_or_default();
        write!(line, " corpus {:6.2}", rate(importer, &small)).unwrap();
        for size in SIZES {
            if let Some(text) = small
                .first()
                .and_then(|bytes| grown(importer.name, bytes, size))
            {
                let bytes = text.into_bytes();
                let megabytes = bytes.len() as f64 / 1e6;
                let found = rate(importer, &[bytes]);
                write!(line, "  {size} ({megabytes:.1} MB) {found:6.2}").unwrap();
            }
        }
        if importer.name == "edifact-cuscar" {
            let many: String = (1..=60_000).fold(String::new(), |mut text, line| {
                write!(text, "CNI+{line}'").unwrap();
                text
            });
            let text = format!(
                "UNB+UNOA:4+A+B+261124:0810+1'UNH+1+CUSCAR:D:03B:UN'BGM+85+T+9'{many}UNT+60003+1'UNZ+1+1'"
            );
            let found = rate(importer, &[text.into_bytes()]);
            write!(line, "  60,000 CNI {found:6.2}").unwrap();
        }
        println!("{line}");
    }
}

/// Megabytes (10^6) a second.
fn rate(importer: &Importer, documents: &[Vec<u8>]) -> f64 {
    let bytes: usize = documents.iter().map(Vec::len).sum();
    let readings = Readings::default();
    let start = cpu();
    let mut total = 0;
    loop {
        for document in documents {
            let _ = black_box((importer.read)(black_box(document), &readings));
        }
        total += bytes;
        let taken = cpu() - start;
        if taken > MEASURE_NANOSECONDS || bytes == 0 {
            return total as f64 * 1e3 / taken.max(1) as f64;
        }
    }
}

/// CPU time of this thread.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// The part of a document that is said again for each shipment: where it begins and ends.
fn grown(kind: &str, bytes: &[u8], size: usize) -> Option<String> {
    let (from, to) = match kind {
        "x12-309" => ("LX*1", "SE*"),
        "x12-350" => ("X4*TOCQ88402171*480", "SE*"),
        "x12-353" => ("M15*1", "SE*"),
        "x12-355" => ("LX*1", "K3*MANI"),
        "x12-358" => ("MBL*TOCQ*TOCQ88402171", "SE*"),
        "edifact-cuscar" => ("CNI+1", "UNT+"),
        "edifact-cusrep" => ("DOC+700", "NAD+CA"),
        "edifact-cusres" => ("DOC+700", "UNT+"),
        "carta-porte" => ("<cartaporte31:Mercancia ", "<cartaporte31:Autotransporte"),
        _ => return None,
    };
    let text = std::str::from_utf8(bytes).ok()?;
    let begin = text.find(from)?;
    let end = begin + text[begin..].find(to)?;
    let part = &text[begin..end];
    let mut out = text[..begin].to_owned();
    for number in 0..size {
        if out.len() + text.len() - end + part.len() > 16_000_000 {
            break;
        }
        out.push_str(
            &part
                .replace("884021", &format!("9{number:05}"))
                .replace("+1+:23", &format!("+{}+:23", number * 2 + 1))
                .replace("+2+:23", &format!("+{}+:23", number * 2 + 2))
                .replace("LX*1~", &format!("LX*{}~", number + 1)),
        );
    }
    out.push_str(&text[end..]);
    Some(out)
}
