//! CSV as RFC 4180 has it, safe to open in a spreadsheet: cells come out of records.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// Text as a file that the browser keeps under that name.
pub fn download(name: &str, text: String) -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
        ],
        text,
    )
        .into_response()
}

/// A text cell. What a spreadsheet would take for a formula gets an apostrophe.
pub fn quoted(text: &str) -> String {
    // A number is none, whatever its sign.
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let is_number = text.bytes().all(plain) && text.parse::<f64>().is_ok();
    let risky = !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// A row of text cells, with its line end.
pub fn row<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|c| quoted(c.as_ref())).collect();
    cells.join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        for (text, cell) in [
            ("Laredo", "Laredo"),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=1+1", "'=1+1"),
            ("-2+3", "'-2+3"),
            ("-2-3", "'-2-3"),
            ("-52.36", "-52.36"),
            ("-3", "-3"),
            ("-inf", "'-inf"),
            ("-1e5", "'-1e5"),
            ("-", "'-"),
            ("+A1", "'+A1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            (
                "=HYPERLINK(\"x\",\"y\")",
                "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"",
            ),
        ] {
            assert_eq!(quoted(text), cell);
        }
    }
}
