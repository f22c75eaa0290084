//! The acknowledgement of an interchange, for whoever brings it back to the partner.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use garita_exchange::clock::real_now_ms;
use garita_formats::edi::Syntax;
use garita_formats::edi::acknowledge::{Acknowledgement, Stamp, acknowledge};
use garita_formats::{DOCUMENT_BYTES_MAX, Readings};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// ISA13 has nine digits.
const CONTROL_NUMBERS: i64 = 1_000_000_000;

/// Writes `TARGET.ack.edi` where the file is of X12 or EDIFACT; what is too broken to be answered is not.
pub(super) fn write(file: &Path, target: &Path) -> io::Result<()> {
    let size = usize::try_from(fs::metadata(file)?.len()).unwrap_or(usize::MAX);
    if size > DOCUMENT_BYTES_MAX {
        return Ok(());
    }
    let bytes = fs::read(file)?;
    let head = bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&bytes)
        .trim_ascii_start();
    let syntax = match head.get(..3) {
        Some(b"ISA") => Syntax::X12,
        Some(b"UNA" | b"UNB") => Syntax::Edifact,
        _ => return Ok(()),
    };
    let now_ms = real_now_ms();
    let at = TimeZone::UTC
        .to_datetime(Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH));
    let number = now_ms.div_euclid(1_000).rem_euclid(CONTROL_NUMBERS);
    let stamp = Stamp {
        date: at.strftime("%Y%m%d").to_string(),
        time: at.strftime("%H%M").to_string(),
        control_number: u32::try_from(number).unwrap_or(1),
    };
    let Ok(answer) = acknowledge(
        &bytes,
        Acknowledgement::of(syntax),
        &stamp,
        &Readings::default(),
    ) else {
        return Ok(());
    };
    let mut beside = target.as_os_str().to_owned();
    beside.push(".ack.edi");
    let mut written = File::create(beside)?;
    written.write_all(&answer)?;
    written.sync_all()
}
