//! Packages, weights and goods of a consignment.

use super::fits;
use crate::decimal;
use crate::draft::Severity;
use crate::edifact::trip::{Filler, TripPass, joined};
use crate::manifest::{kilograms, package_unit};

/// Goods text of a record is at most this long; a report's free text can fill pages.
const GOODS_TEXT_CHARS_MAX: usize = 300;

fn goods_of<'a>(pass: &'a TripPass<'_>) -> impl Iterator<Item = TripPass<'a>> {
    pass.inside().filter(|inside| inside.table.trigger == "GID")
}

fn whole(text: &str) -> Option<i64> {
    decimal::parse(text).and_then(decimal::whole)
}

/// The packages of a line, with the row that says them.
fn packages_of(line: &TripPass<'_>) -> Option<(i64, (&'static str, usize))> {
    for name in ["goods-packages", "goods-packages-in-line"] {
        if let Some((at, text)) = line.each(name).next() {
            return Some((whole(text)?, (name, at)));
        }
    }
    None
}

/// The gross weight of a line in millionths of a kilogram, with the row that says it.
fn weight_of(line: &TripPass<'_>) -> Option<(i128, (&'static str, usize))> {
    for (at, text) in line.each("goods-weight") {
        // What is measured: gross weights of the directory, or nothing said, as the truck guides have it.
        let measured = line.text_in("measured", at).unwrap_or("G");
        if matches!(measured, "G" | "AAB" | "AAD" | "AAE" | "WT") {
            let unit = line.text_in("goods-weight-unit", at)?;
            return Some((kilograms(text, unit_of(unit))?, ("goods-weight", at)));
        }
    }
    None
}

/// The unit of Recommendation 20 as the manifests of X12 write it.
fn unit_of(unit: &str) -> &str {
    match unit {
        "KGM" => "K",
        "LBR" => "L",
        "TNE" => "E",
        other => other,
    }
}

/// Sets a member to the packages of a consignment: what CNT says, else the sum of the lines.
pub(super) fn packages(
    one: &mut Filler<'_, '_>,
    pass: &TripPass<'_>,
    pointer: &str,
) -> Option<i64> {
    if let Some((at, text)) = pass.each("packages").next() {
        let found = whole(text)?;
        one.put_at(pass, ("packages", at), pointer, found);
        return Some(found);
    }
    let lines: Vec<TripPass<'_>> = goods_of(pass).collect();
    let mut sum = 0_i64;
    for line in &lines {
        sum = sum.checked_add(packages_of(line)?.0)?;
    }
    let first = lines.first()?;
    one.put_at(first, packages_of(first)?.1, pointer, sum);
    Some(sum)
}

/// Sets a member to the gross weight of a consignment in kilograms: what CNT says, else the sum of the lines.
pub(super) fn weight(one: &mut Filler<'_, '_>, pass: &TripPass<'_>, pointer: &str) -> Option<i128> {
    if let Some((at, text)) = pass.each("weight").next() {
        let found = kilograms(text, unit_of(pass.text_in("weight-unit", at)?))?;
        one.put_at(pass, ("weight", at), pointer, decimal::json(found));
        return Some(found);
    }
    let lines: Vec<TripPass<'_>> = goods_of(pass).collect();
    let mut sum = 0_i128;
    for line in &lines {
        sum = sum.checked_add(weight_of(line)?.0)?;
    }
    let first = lines.first()?;
    one.put_at(first, weight_of(first)?.1, pointer, decimal::json(sum));
    Some(sum)
}

/// Where the carrier took the goods: the name of the place, else its code.
pub(super) fn loaded(pass: &TripPass<'_>) -> Option<(String, (&'static str, usize))> {
    ["received", "received-code"].into_iter().find_map(|name| {
        let (at, text) = pass.each(name).next()?;
        Some((text.to_owned(), (name, at)))
    })
}

/// The lines of goods, and whether they sum up to what the consignment says.
pub(super) fn lines(one: &mut Filler<'_, '_>, pass: &TripPass<'_>) {
    let lines: Vec<TripPass<'_>> = goods_of(pass).collect();
    if lines.is_empty() {
        one.missing(
            "/goods/0/goodsText",
            "what the goods are",
            "qué son las mercancías",
        );
        return;
    }
    let (mut packages, mut weight) = (Some(0_i64), Some(0_i128));
    for (index, goods) in lines.iter().enumerate() {
        line(one, goods, &format!("/goods/{index}"));
        packages = packages.and_then(|sum| sum.checked_add(packages_of(goods)?.0));
        weight = weight.and_then(|sum| sum.checked_add(weight_of(goods)?.0));
    }
    if let (Some(sum), Some((at, text))) = (packages, pass.each("packages").next())
        && whole(text).is_some_and(|said| said != sum)
    {
        one.tell_at(
            pass,
            ("packages", at),
            (Severity::Warning, "quantity-sum"),
            format!("CNT says {text} packages, the lines sum up to {sum}"),
            format!("CNT dice {text} bultos, las líneas suman {sum}"),
        );
    }
    let said = pass.each("weight").next().and_then(|(at, text)| {
        Some((
            at,
            kilograms(text, unit_of(pass.text_in("weight-unit", at)?))?,
        ))
    });
    if let (Some(sum), Some((at, said))) = (weight, said) {
        // Lines are rounded one by one: half a kilogram each is no contradiction.
        let count = i128::try_from(lines.len()).unwrap_or(i128::MAX);
        if (sum - said).abs() > (decimal::ONE / 2).saturating_mul(count) {
            let (said, sum) = (decimal::text(said), decimal::text(sum));
            one.tell_at(
                pass,
                ("weight", at),
                (Severity::Warning, "weight-sum"),
                format!("CNT says {said} kg, the lines sum up to {sum} kg"),
                format!("CNT dice {said} kg, las líneas suman {sum} kg"),
            );
        }
    }
}

fn line(one: &mut Filler<'_, '_>, goods: &TripPass<'_>, to: &str) {
    // Where the sender cut the text is not known (inside a word or between two), so lines stay lines.
    let text = joined(goods, "text", "\n");
    let shown: String = text.chars().take(GOODS_TEXT_CHARS_MAX).collect();
    if let Some((at, _)) = goods.each("text-1").next() {
        one.put_at(
            goods,
            ("text-1", at),
            &format!("{to}/goodsText"),
            shown.as_str(),
        );
        if shown.len() < text.len() {
            one.tell_at(
                goods,
                ("text-1", at),
                (Severity::Note, "text-cut"),
                format!("the description is cut at {GOODS_TEXT_CHARS_MAX} characters"),
                format!("la descripción se corta a {GOODS_TEXT_CHARS_MAX} caracteres"),
            );
        }
    }
    if let Some((count, at)) = packages_of(goods) {
        one.put_at(goods, at, &format!("{to}/packages"), count);
    }
    for name in ["goods-unit", "goods-unit-in-line"] {
        if let Some((at, unit)) = goods.each(name).next() {
            if let Some(code) = package_unit(unit) {
                one.put_at(goods, (name, at), &format!("{to}/packageUnit"), code);
            }
            break;
        }
    }
    if let Some((weight, at)) = weight_of(goods) {
        one.put_at(
            goods,
            at,
            &format!("{to}/grossWeightKg"),
            decimal::json(weight),
        );
    }
    if let Some((at, country)) = goods.each("origin").next()
        && country.len() == 2
    {
        one.put_at(
            goods,
            ("origin", at),
            &format!("{to}/originCountry"),
            country,
        );
    }
    numbers(one, goods, to);
}

/// Tariff and dangerous goods: the record has room for one of each.
fn numbers(one: &mut Filler<'_, '_>, goods: &TripPass<'_>, to: &str) {
    if let Some((at, text)) = goods.each("tariff").next() {
        match fits("hts", text) {
            Ok(normal) => {
                one.put_at(
                    goods,
                    ("tariff", at),
                    &format!("{to}/commodityCode"),
                    normal,
                );
            }
            Err(wrong) => one.tell_at(
                goods,
                ("tariff", at),
                (Severity::Warning, "tariff-form"),
                format!("`{text}`: {wrong}"),
                format!("`{text}`: {}", wrong.es()),
            ),
        }
    }
    if let Some((at, text)) = goods.each("hazard").next() {
        let pointer = format!("{to}/unNumber");
        let code = Some("un-number-form");
        one.identify_at(goods, ("hazard", at), &pointer, ("un-number", text), code);
    }
    for (name, code, en, es) in [
        (
            "tariff",
            "tariff-many",
            "only the first tariff number of a line is taken",
            "solo se toma la primera fracción de una línea",
        ),
        (
            "hazard",
            "hazard-many",
            "only the first dangerous-goods number of a line is taken",
            "solo se toma el primer número de mercancía peligrosa de una línea",
        ),
        (
            "goods-packages",
            "packages-many",
            "only the first packing of a line is taken",
            "solo se toma el primer empaque de una línea",
        ),
    ] {
        if let Some((at, _)) = goods.each(name).nth(1) {
            let (en, es) = (en.to_owned(), es.to_owned());
            one.tell_at(goods, (name, at), (Severity::Warning, code), en, es);
        }
    }
}
