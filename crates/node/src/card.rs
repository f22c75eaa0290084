//! Pictures for those who share an address: an SVG drawn into a PNG, with letters that every machine draws alike.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, Options, Tree};

/// Width and height, pixels: what the networks that show such pictures ask for.
pub(crate) const SIZE: (u32, u32) = (1_200, 630);
/// Longest drawing.
const SVG_BYTES_MAX: usize = 512 << 10;

/// Draws an SVG of that size; none where it is no drawing.
pub(crate) fn png(svg: &str) -> Option<Vec<u8>> {
    if svg.len() > SVG_BYTES_MAX {
        return None;
    }
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: letters(),
        // A drawing that names another file gets nothing of it.
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).ok()?;
    let mut picture = Pixmap::new(SIZE.0, SIZE.1)?;
    resvg::render(&tree, Transform::identity(), &mut picture.as_mut());
    picture.encode_png().ok()
}

/// The one family that there is.
const FAMILY: &str = "DejaVu Sans";

/// Letters come with the program: a machine without a screen has none.
fn letters() -> Arc<Database> {
    static LETTERS: OnceLock<Arc<Database>> = OnceLock::new();
    let made = LETTERS.get_or_init(|| {
        let mut letters = Database::new();
        letters.load_font_data(dejavu::sans::regular().to_vec());
        letters.load_font_data(dejavu::sans::bold().to_vec());
        letters.set_sans_serif_family(FAMILY);
        letters.set_serif_family(FAMILY);
        letters.set_monospace_family(FAMILY);
        Arc::new(letters)
    });
    Arc::clone(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(inside: &str) -> Vec<u8> {
        png(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\" font-family=\"system-ui, sans-serif\"><rect width=\"1200\" height=\"630\" fill=\"#fff\"/>{inside}</svg>"
        ))
        .unwrap()
    }

    #[test]
    fn letters_are_drawn_and_the_size_is_what_is_asked_for() {
        let empty = drawn("");
        let words = drawn("<text x=\"50\" y=\"90\" font-size=\"60\">Ñandú, año</text>");
        assert_eq!(words.get(1..4), Some(b"PNG".as_slice()));
        // IHDR: width and height, each of four bytes (PNG §11.2.2).
        assert_eq!(
            words.get(16..24),
            Some([0, 0, 4, 176, 0, 0, 2, 118].as_slice())
        );
        assert_ne!(empty, words);
        let bold =
            drawn("<text x=\"50\" y=\"90\" font-size=\"60\" font-weight=\"700\">Ñandú, año</text>");
        assert_ne!(bold, words);
    }

    #[test]
    fn what_is_no_drawing_is_none_and_reaches_nothing_outside() {
        assert_eq!(png("<p>"), None);
        assert_eq!(png(&" ".repeat(SVG_BYTES_MAX + 1)), None);
        let path = std::env::temp_dir().join(format!("garita-card-{}.svg", std::process::id()));
        let red = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"600\"><rect width=\"600\" height=\"600\" fill=\"red\"/></svg>";
        std::fs::write(&path, red).unwrap();
        let outside = drawn(&format!(
            "<image href=\"{}\" width=\"600\" height=\"600\"/>",
            path.display()
        ));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(outside, drawn(""));
    }
}
