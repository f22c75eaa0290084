//! Which attribute goes where: the rows of the page, from the tables that reading uses.

use super::document::*;
use super::fields::AttributeRule;
use crate::elements::ElementRow;

/// All attributes that are read.
pub fn elements() -> Vec<ElementRow> {
    let tables: &[(&str, &[AttributeRule])] = &[
        ("cfdi:Comprobante", Comprobante::ATTRIBUTES),
        ("cartaporte31:CartaPorte", CartaPorte::ATTRIBUTES),
    ];
    tables
        .iter()
        .flat_map(|(element, rules)| {
            rules.iter().map(move |rule| {
                ElementRow::new(
                    format!("{element}/@{}", rule.attribute),
                    rule.attribute,
                    rule.attribute,
                    rule.required,
                    &[],
                )
            })
        })
        .collect()
}
