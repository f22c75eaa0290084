//! Writes ISO 20022 messages for foreign parsers to judge: `iso20022 make FOLDER COUNT`.
//!
//! `FOLDER/made` gets messages with nothing wrong, `COUNT` of each version; `FOLDER/broken` the same, each changed in
//! one place, and `FOLDER/broken.tsv` which errors we tell of each. `iso20022 speed FILE` measures reading.

#![expect(
    clippy::indexing_slicing,
    reason = "a tool for tests: what it makes, it made itself"
)]

#[path = "../tests/support/iso_maker.rs"]
mod iso_maker;

use garita_formats::iso20022::{self, IsoDocument, Node, tables};
use garita_formats::{Severity, xml};
use iso_maker::Maker;
use std::path::Path;
use std::process::ExitCode;

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what it prints is its result"
)]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["make", folder, count] => make(Path::new(folder), count.parse().unwrap_or(1)),
        ["speed"] => {
            println!("{}", speed());
            Ok(())
        }
        _ => Err(std::io::Error::other("make FOLDER COUNT, or speed")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn make(folder: &Path, count: u64) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.join("made"))?;
    std::fs::create_dir_all(folder.join("broken"))?;
    let mut verdicts = String::new();
    for definition in tables::DEFINITIONS {
        for seed in 0..count {
            let name = format!("{}-{seed}.xml", definition.identifier);
            let mut maker = Maker::new(seed);
            let mut document = maker.document(definition.identifier);
            std::fs::write(folder.join("made").join(&name), iso20022::write(&document))?;
            broken(&mut maker, &mut document);
            let text = iso20022::write(&document);
            std::fs::write(folder.join("broken").join(&name), &text)?;
            verdicts.push_str(&format!("{name}\t{}\n", errors(text.as_bytes()).join(" ")));
        }
    }
    std::fs::write(folder.join("broken.tsv"), verdicts)
}

/// The codes of the errors that we tell.
fn errors(bytes: &[u8]) -> Vec<&'static str> {
    match iso20022::read_document(bytes) {
        Ok((_, faults)) => faults
            .iter()
            .filter(|fault| fault.severity == Severity::Error)
            .map(|fault| fault.code)
            .collect(),
        Err(error) => vec![error.code()],
    }
}

/// Changes one thing somewhere in the message.
fn broken(maker: &mut Maker, document: &mut IsoDocument) {
    let part = match &mut document.message {
        Some(part) => part,
        None => match &mut document.header {
            Some(part) => part,
            None => return,
        },
    };
    let mut at = &mut part.root;
    loop {
        let inner = at
            .children
            .iter()
            .filter(|child| !child.children.is_empty());
        if inner.count() == 0 || maker.below(3) == 0 {
            break;
        }
        let inner = at
            .children
            .iter_mut()
            .filter(|child| !child.children.is_empty());
        let mut inner: Vec<&mut Node> = inner.collect();
        let chosen = maker.below(inner.len());
        at = inner.swap_remove(chosen);
    }
    let count = at.children.len();
    if count == 0 {
        return;
    }
    let chosen = maker.below(count);
    match maker.below(8) {
        0 => {
            at.children.remove(chosen);
        }
        1 => {
            let twice = at.children[chosen].clone();
            at.children.insert(chosen, twice);
        }
        2 => at.children.swap(chosen, (chosen + 1) % count),
        3 => at.children[chosen].name.push('x'),
        4 => at.children[chosen]
            .attributes
            .push(("x".into(), "y".into())),
        5 => at.text = "text".into(),
        6 => at.children.insert(chosen, Node::leaf("Tp", "x")),
        _ => {
            let leaf = &mut at.children[chosen];
            if leaf.children.is_empty() {
                let wrong = [
                    "",
                    "x",
                    "2026-02-30",
                    "-1",
                    "1.234567",
                    "XXXX",
                    "9".repeat(2050).as_str(),
                ]
                .map(str::to_owned);
                leaf.text = wrong[maker.below(wrong.len())].clone();
            }
        }
    }
}

/// Reading a pain.001 of a megabyte, against the bare tokeniser over the same bytes.
fn speed() -> String {
    let mut document = Maker::new(1).document("pain.001.001.09");
    if let Some(part) = &mut document.message {
        part.root.children.retain(|child| child.name != "PmtInf");
        for seed in 2.. {
            let more = Maker::new(seed).document("pain.001.001.09");
            let more = more
                .message
                .map(|part| part.root.children)
                .unwrap_or_default();
            part.root
                .children
                .extend(more.into_iter().filter(|child| child.name == "PmtInf"));
            if seed % 50 == 0
                && iso20022::write(&IsoDocument {
                    message: Some(part.clone()),
                    ..IsoDocument::default()
                })
                .len()
                    > 1_000_000
            {
                break;
            }
        }
    }
    document.header = None;
    document.envelope.clear();
    let text = iso20022::write(&document);
    let megabytes = text.len() as f64 / 1e6;
    let rate = |work: &dyn Fn()| {
        let mut best = f64::MAX;
        for _ in 0..15 {
            let start = seconds();
            work();
            best = best.min(seconds() - start);
        }
        megabytes / best
    };
    let tokens = rate(&|| {
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(
            reader.read_event(),
            Ok(quick_xml::events::Event::Eof) | Err(_)
        ) {}
    });
    let tree = rate(&|| drop(xml::parse(text.as_bytes())));
    let read = rate(&|| drop(iso20022::read(text.as_bytes())));
    let whole = rate(&|| drop(iso20022::read_document(text.as_bytes())));
    format!(
        "{megabytes:.2} MB: tokeniser {tokens:.0} MB/s, tree {tree:.0} MB/s, draft {read:.0} MB/s, document {whole:.0} MB/s"
    )
}

/// Seconds of processor time of this thread, so that what else the machine does is not measured; elsewhere the time of day.
fn seconds() -> f64 {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    match spent {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0.0, |passed| passed.as_secs_f64()),
    }
}
