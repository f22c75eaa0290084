//! Data to stdout, talk to stderr; control characters of text from outside are shown, never sent to the terminal.

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

/// Exit code: the input cannot be used.
pub(crate) const UNUSABLE: u8 = 2;

/// What a program ends with that writes to a pipe which nobody reads any more: as if the signal had ended it.
const NOBODY_READS: i32 = 141;

/// A line of data. What cannot be written ends the program, never with 0: a verdict that nobody got is no pass.
pub(crate) fn data(line: impl Display) {
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        // Whoever reads may have read enough (`| head -1`): that is no fault of ours and nothing to say.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            std::process::exit(NOBODY_READS);
        }
        talk(format!("garita: cannot write: {error}"));
        std::process::exit(UNUSABLE.into());
    }
}

/// A line of data in words, with text from outside in it: what would move the cursor is shown instead.
pub(crate) fn words(line: impl Display) {
    // One line each: a name with a line feed in it could be a verdict on another file.
    data(shown(&line.to_string()).replace('\n', "\u{fffd}"));
}

fn shown(text: &str) -> String {
    text.chars()
        .map(|c| {
            // The marks of direction make a text read otherwise than it is.
            let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if turns || (c.is_control() && c != '\n' && c != '\t') {
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
