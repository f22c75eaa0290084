//! Data to stdout, talk to stderr; control characters of text from outside are shown, never sent to the terminal.

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

/// Exit code: the input cannot be used.
pub(crate) const UNUSABLE: u8 = 2;

/// A line of data.
pub(crate) fn data(line: impl Display) {
    // Whoever reads may have read enough (`| head -1`): that is no fault of ours and no panic.
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// A line of data in words, with text from outside in it: what would move the cursor is shown instead.
pub(crate) fn words(line: impl Display) {
    data(shown(&line.to_string()));
}

fn shown(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// A line of talk.
#[expect(clippy::print_stderr, reason = "talk goes to stderr")]
pub(crate) fn talk(line: impl Display) {
    let text = shown(&line.to_string());
    eprintln!("{text}");
}

/// Says what is wrong with the input.
pub(crate) fn unusable(line: impl Display) -> ExitCode {
    talk(format!("garita: {line}"));
    ExitCode::from(UNUSABLE)
}

/// Says why the answer is no.
pub(crate) fn no(line: impl Display) -> ExitCode {
    talk(format!("garita: {line}"));
    ExitCode::FAILURE
}
