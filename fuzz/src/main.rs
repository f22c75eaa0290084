//! The libFuzzer engine over one target, named by GARITA_FUZZ_TARGET: `cargo bench-all fuzz` builds and runs it.

#![no_main]

use std::sync::LazyLock;

use garita_fuzz::{Target, targets};

#[expect(clippy::panic, reason = "a fuzzer without a target has nothing to do")]
static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("GARITA_FUZZ_TARGET").unwrap_or_default();
    match targets().into_iter().find(|target| target.name == name) {
        Some(target) => target,
        None => panic!("GARITA_FUZZ_TARGET names no target: `{name}`"),
    }
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET.run(data));
