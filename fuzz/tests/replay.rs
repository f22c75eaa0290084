//! Each target over its corpus, then over mutations of it for some seconds (GARITA_FUZZ_SECONDS, 5).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what failed by panicking"
)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use garita_fuzz::{Mutator, Target, targets};

fn corpus_of(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target.name);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}: every target has a corpus", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs one input; what breaks a promise is kept where a person finds it.
fn run(target: &Target, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| target.run(bytes))).is_ok() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).unwrap();
    let kept = folder.join(target.name);
    fs::write(&kept, bytes).unwrap();
    panic!("{}: the input is kept as {}", target.name, kept.display());
}

#[test]
fn every_target_keeps_its_promises() {
    let seconds = std::env::var("GARITA_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    // Another seed each day: a fixed one would try the same inputs for ever.
    let day = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400;
    std::thread::scope(|scope| {
        let all = targets();
        let (even, odd): (Vec<_>, Vec<_>) = all
            .into_iter()
            .enumerate()
            .partition(|(number, _)| number % 2 == 0);
        for half in [even, odd] {
            scope.spawn(move || {
                for (_, target) in half {
                    let corpus = corpus_of(&target);
                    assert!(!corpus.is_empty(), "{}: no corpus", target.name);
                    for bytes in &corpus {
                        run(&target, bytes);
                    }
                    let mut mutator = Mutator::new(day);
                    let until = Instant::now() + Duration::from_secs(seconds);
                    let mut tried = 0_u64;
                    while Instant::now() < until {
                        run(&target, &mutator.input(&corpus));
                        tried += 1;
                    }
                    println!(
                        "{}: {} of the corpus, {tried} mutations, seed {day}",
                        target.name,
                        corpus.len()
                    );
                }
            });
        }
    });
}
