//! Weight, packages and lines of goods, which `CartaPorte` and `Shipment` share.

use super::carta_porte::cut;
use super::{normal, set_code, set_text};
use crate::carta_porte::document::*;
use crate::decimal;
use crate::draft::{Builder, Severity};

/// A record holds no more lines of goods.
pub(super) const LINES_MAX: usize = 999;
/// A road vehicle carries no more, in kilograms.
const WEIGHT_MAX: i128 = 200_000 * decimal::ONE;
const PACKAGES_MAX: i64 = 9_999_999;

/// The package code of UN/ECE Recommendation 21 in a unit of Recommendation 20: `X` and the code.
pub(super) fn package_unit(unit: &str) -> Option<&str> {
    unit.strip_prefix('X').filter(|code| code.len() == 2)
}

/// Fills them; `required` where the record needs weight and packages.
pub(super) fn goods(node: &CartaPorte, record: usize, required: bool, out: &mut Builder) {
    gross_weight(&node.mercancias, record, required, out);
    let at = "/carta_porte/mercancias";
    let mut packages: Option<i64> = Some(0);
    let mut first_origin = None;
    for (index, line) in node.mercancias.mercancia.iter().enumerate().take(LINES_MAX) {
        let counted = one_line(line, record, index, out);
        packages = packages
            .zip(counted)
            .and_then(|(sum, count)| sum.checked_add(count))
            .filter(|sum| *sum <= PACKAGES_MAX);
        if counted.is_some() {
            first_origin.get_or_insert_with(|| format!("{at}/mercancia/{index}/cantidad"));
        }
    }
    let count = node.mercancias.mercancia.len();
    if !required {
        cut(
            out,
            "goods-many",
            at,
            count,
            LINES_MAX,
            ("lines of goods", "partidas"),
        );
    }
    match (packages, first_origin) {
        (Some(sum), Some(origin)) if count <= LINES_MAX => {
            out.set(record, "/packages", sum, &origin);
        }
        _ if required => out.missing(
            record,
            "/packages",
            "the number of packages",
            "el número de bultos",
        ),
        _ => {}
    }
}

/// The total weight, where it is in kilograms.
pub(super) fn gross_weight(goods: &Mercancias, record: usize, required: bool, out: &mut Builder) {
    let at = "/carta_porte/mercancias";
    let weight = decimal::parse(&goods.peso_bruto_total);
    let unit = goods.unidad_peso.as_str();
    if let (Some(weight), "KGM") = (weight, unit)
        && weight <= WEIGHT_MAX
    {
        let origin = format!("{at}/peso_bruto_total");
        out.set(record, "/grossWeightKg", decimal::json(weight), &origin);
        return;
    }
    if required {
        out.missing(
            record,
            "/grossWeightKg",
            "the gross weight in kilograms",
            "el peso bruto en kilogramos",
        );
        return;
    }
    if weight.is_some_and(|weight| weight > WEIGHT_MAX) && unit == "KGM" {
        out.fault(
            Severity::Warning,
            "weight-range",
            &format!("{at}/peso_bruto_total"),
            "more than 200,000 kg: no road vehicle carries that, and it is left out".to_owned(),
            "más de 200,000 kg: ningún vehículo de carretera los lleva; se omite".to_owned(),
        );
    } else if weight.is_some() && !unit.is_empty() && unit != "KGM" {
        let unit: String = unit.chars().take(10).collect();
        out.fault(
            Severity::Warning,
            "weight-unit",
            &format!("{at}/unidad_peso"),
            format!("UnidadPeso is {unit}, not KGM: the total weight in kilograms is not known"),
            format!("UnidadPeso es {unit}, no KGM: no se conoce el peso total en kilogramos"),
        );
    }
}

/// One line of goods, and its number of packages.
fn one_line(line: &Mercancia, record: usize, index: usize, out: &mut Builder) -> Option<i64> {
    let at = format!("/carta_porte/mercancias/mercancia/{index}");
    let to = format!("/goods/{index}");
    let text = format!("{to}/goodsText");
    let origin = format!("{at}/descripcion");
    if !set_text(out, record, &text, &line.descripcion, &origin, (3, 300)) {
        out.missing(
            record,
            &text,
            "what the goods are",
            "qué son las mercancías",
        );
    }
    let code = line.fraccion_arancelaria.as_deref();
    let origin = format!("{at}/fraccion_arancelaria");
    normal(
        out,
        record,
        &format!("{to}/commodityCode"),
        "hts",
        code,
        &origin,
    );
    let count = decimal::parse(&line.cantidad)
        .and_then(decimal::whole)
        .filter(|count| *count <= PACKAGES_MAX);
    let unit = package_unit(&line.clave_unidad);
    let packages = match (unit, count) {
        (Some(unit), Some(count)) => {
            out.set(
                record,
                &format!("{to}/packages"),
                count,
                &format!("{at}/cantidad"),
            );
            let origin = format!("{at}/clave_unidad");
            set_code(
                out,
                record,
                &format!("{to}/packageUnit"),
                Some(unit),
                &origin,
                (1, 4, ""),
            );
            Some(count)
        }
        _ => {
            out.missing(
                record,
                &format!("{to}/packages"),
                "the number of packages: ClaveUnidad is no unit of packing",
                "el número de bultos: ClaveUnidad no es una unidad de embalaje",
            );
            None
        }
    };
    if let Some(weight) = decimal::parse(&line.peso_en_kg)
        && weight <= WEIGHT_MAX
    {
        let origin = format!("{at}/peso_en_kg");
        out.set(
            record,
            &format!("{to}/grossWeightKg"),
            decimal::json(weight),
            &origin,
        );
    }
    let number = line.cve_material_peligroso.as_deref();
    let origin = format!("{at}/cve_material_peligroso");
    normal(
        out,
        record,
        &format!("{to}/unNumber"),
        "un-number",
        number,
        &origin,
    );
    packages
}
