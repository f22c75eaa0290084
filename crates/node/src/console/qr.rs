//! QR codes as SVG: one path, black on white whatever the page's colours are, since scanners want it so.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};
use thiserror::Error;

/// Light modules that the standard wants around the code (ISO/IEC 18004 §5.3.8).
const QUIET: usize = 4;

/// The text does not fit the largest code there is: version 40 at level L, 4,296 characters of the QR alphabet (digits, capitals,
/// `$%*+-./:` and space), 2,953 bytes of any others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the text is too long for a QR code")]
pub(crate) struct QrTooLong;

/// The smallest code that holds the text, at level M where it fits, else L. It has no size of its own: the page's `.qr` gives one.
/// For readers of screens the words beside it must say what it is.
///
/// # Errors
/// With [`QrTooLong`].
pub(crate) fn svg(text: &str) -> Result<String, QrTooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .or_else(|_| QrCode::with_error_correction_level(text, EcLevel::L))
        .map_err(|_| QrTooLong)?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        let y = row + QUIET;
        let mut x = QUIET;
        for run in modules.chunk_by(|a, b| a == b) {
            let n = run.len();
            if run.first() == Some(&Color::Dark) {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h{n}v1h-{n}z");
            }
            x += n;
        }
    }
    Ok(format!(
        concat!(
            r#"<svg class="qr" viewBox="0 0 {0} {0}" aria-hidden="true" shape-rendering="crispEdges">"#,
            r##"<rect width="{0}" height="{0}" fill="#fff"/><path fill="#000" d="{1}"/></svg>"##
        ),
        side, path
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that the path paints, read back from the SVG.
    fn painted(svg: &str) -> Vec<(usize, usize)> {
        let path = svg.split(" d=\"").nth(1).unwrap();
        let path = path.split('"').next().unwrap();
        let mut modules = Vec::new();
        for run in path.split('M').skip(1) {
            let (start, n) = run.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let n: usize = n.split('v').next().unwrap().parse().unwrap();
            modules.extend((x..x + n).map(|x| (x, y)));
        }
        modules
    }

    #[test]
    fn paints_each_dark_module_once_inside_the_quiet_zone() {
        let text = "GARITA1:6BF+70790T9WJWG.FKY*4GO0";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let mut expected = Vec::new();
        for y in 0..code.width() {
            for x in 0..code.width() {
                if code[(x, y)] == Color::Dark {
                    expected.push((x + QUIET, y + QUIET));
                }
            }
        }
        let svg = svg(text).unwrap();
        assert_eq!(painted(&svg), expected);
        let side = code.width() + 2 * QUIET;
        assert!(svg.contains(&format!("viewBox=\"0 0 {side} {side}\"")));
        assert!(!svg.contains("style"), "the page's policy forbids it");
    }

    #[test]
    fn takes_level_l_where_m_is_too_small_and_refuses_what_fits_neither() {
        // 3,391 and 4,296: ISO/IEC 18004, table 7, version 40, alphanumeric.
        let version_40 = "viewBox=\"0 0 185 185\"";
        assert!(svg(&"A".repeat(3_391)).unwrap().contains(version_40));
        assert!(svg(&"A".repeat(4_296)).unwrap().contains(version_40));
        assert_eq!(svg(&"A".repeat(4_297)), Err(QrTooLong));
        assert_eq!(svg(&"ñ".repeat(1_477)), Err(QrTooLong));
    }

    #[test]
    fn nothing_of_the_text_reaches_the_markup() {
        let svg = svg("<script>alert(1)</script>").unwrap();
        assert!(!svg.contains("script"));
    }
}
