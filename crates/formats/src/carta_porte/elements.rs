//! Which attribute goes where: the rows of the page, from the tables that reading uses.

mod goes;
mod labels;

use super::document::*;
use super::node::{Node, Piece};
use crate::elements::ElementRow;
use goes::goes;
use labels::label;

/// All attributes that are read, and the elements that fill a member as a whole.
pub fn elements() -> Vec<ElementRow> {
    let mut rows = Vec::new();
    let roots: [(&'static Node, &str, &str); 4] = [
        (Comprobante::NODE, "cfdi", "/cfdi"),
        (Timbre::NODE, "tfd", "/cfdi/timbre"),
        (ComercioExterior::NODE, "cce20", "/cfdi/comercio_exterior"),
        (CartaPorte::NODE, "cartaporte31", "/carta_porte"),
    ];
    for (node, prefix, origin) in roots {
        let place = format!("{prefix}:{}", node.element);
        walk(node, prefix, &place, origin, &mut rows);
    }
    rows
}

fn walk(node: &Node, prefix: &str, place: &str, origin: &str, rows: &mut Vec<ElementRow>) {
    let whole = goes(origin);
    if !whole.is_empty() {
        let (en, es) = label(node.element);
        rows.push(ElementRow::new(place.to_owned(), en, es, false, whole));
    }
    for rule in node.attributes {
        let (en, es) = label(rule.attribute);
        let origin = format!("{origin}/{}", rule.field);
        let place = format!("{place}/@{}", rule.attribute);
        rows.push(ElementRow::new(place, en, es, rule.required, goes(&origin)));
    }
    for child in node.children {
        let mut place = place.to_owned();
        for element in child.wrapper.into_iter().chain([child.node.element]) {
            place.push('/');
            place.push_str(prefix);
            place.push(':');
            place.push_str(element);
        }
        let star = if child.many { "/*" } else { "" };
        let origin = format!("{origin}/{}{star}", child.field);
        walk(child.node, prefix, &place, &origin, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_labels_and_every_member_its_row() {
        let rows = elements();
        assert!(rows.len() > 250, "{} rows", rows.len());
        for row in &rows {
            assert!(!row.en.is_empty() && row.en != row.es, "{row:?}");
        }
        let told: usize = rows.iter().map(|row| row.goes.len()).sum();
        let known: usize = goes::GOES.iter().map(|(_, goes)| goes.len()).sum();
        assert_eq!(told, known, "a pointer of the table is no field");
    }
}
