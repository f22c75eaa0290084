//! Each target over its corpus, then over mutations of it for some seconds (GARITA_FUZZ_SECONDS, 5); GARITA_FUZZ_TARGET names one alone.

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

/// No input of some kilobytes may take longer: a hundred times what the slowest takes, so that a busy machine is no finding.
const INPUT_TIME_MAX: Duration = Duration::from_secs(20);

/// Runs one input; what breaks a promise, or takes too long, is kept where a person finds it.
fn run(target: &Target, bytes: &[u8]) {
    let from = Instant::now();
    let kept = catch_unwind(AssertUnwindSafe(|| target.run(bytes))).is_ok();
    let took = from.elapsed();
    if kept && took < INPUT_TIME_MAX {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(target.name);
    fs::write(&file, bytes).unwrap();
    panic!(
        "{}: {took:?}; the input is kept as {}",
        target.name,
        file.display()
    );
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
        let mut all = targets();
        if let Ok(name) = std::env::var("GARITA_FUZZ_TARGET") {
            all.retain(|target| target.name == name);
        }
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
