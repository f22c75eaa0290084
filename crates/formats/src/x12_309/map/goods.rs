//! The goods of a bill, line by line, against what the bill says of all.

use super::super::document::{Bill, Goods};
use super::{Map, whole};
use crate::decimal;
use crate::draft::Severity;
use crate::identifiers;
use crate::manifest::{kilograms, package_unit};

/// Goods text of a record is at most this long; a manifest's free text can fill pages.
const GOODS_TEXT_CHARS_MAX: usize = 300;

impl Map<'_> {
    pub(super) fn goods(&mut self, record: usize, at: &str, bill: &Bill) {
        let mut count = 0;
        let (mut quantities, mut weights) = (Some(0_i64), Some(0_i128));
        for (number, equipment) in bill.equipment.iter().enumerate() {
            for (line, goods) in equipment.goods.iter().enumerate() {
                let at = format!("{at}/equipment/{number}/goods/{line}");
                let to = format!("/goods/{count}");
                count += 1;
                self.goods_line(record, &to, &at, goods, &bill.unit);
                quantities = quantities.and_then(|sum| {
                    whole(&goods.quantity).and_then(|found| sum.checked_add(found))
                });
                weights = weights.and_then(|sum| {
                    kilograms(&goods.weight, &goods.weight_unit).map(|found| sum + found)
                });
            }
        }
        if count == 0 {
            self.out.missing(
                record,
                "/goods/0/goodsText",
                "what the goods are",
                "qué son las mercancías",
            );
            return;
        }
        if let (Some(sum), Some(said)) = (quantities, whole(&bill.quantity))
            && sum != said
        {
            self.fault(
                Severity::Warning,
                "quantity-sum",
                &format!("{at}/quantity"),
                format!("M1103 says {said} packages, the lines sum up to {sum}"),
                format!("M1103 dice {said} bultos, las líneas suman {sum}"),
            );
        }
        if let (Some(sum), Some(said)) = (weights, kilograms(&bill.weight, &bill.weight_unit)) {
            // Lines are rounded one by one: half a kilogram each is no contradiction.
            if (sum - said).abs() > decimal::ONE / 2 * i128::from(count) {
                let (said, sum) = (decimal::text(said), decimal::text(sum));
                self.fault(
                    Severity::Warning,
                    "weight-sum",
                    &format!("{at}/weight"),
                    format!("M1105 says {said} kg, the lines sum up to {sum} kg"),
                    format!("M1105 dice {said} kg, las líneas suman {sum} kg"),
                );
            }
        }
    }

    fn goods_line(&mut self, record: usize, to: &str, at: &str, goods: &Goods, bill_unit: &str) {
        // Where the sender cut the text is not known (inside a word or between two), so lines stay lines.
        let text: Vec<&str> = std::iter::once(goods.description.as_str())
            .chain(goods.more.iter().map(|more| more.description.as_str()))
            .filter(|text| !text.is_empty())
            .collect();
        let text = text.join("\n");
        let shown: String = text.chars().take(GOODS_TEXT_CHARS_MAX).collect();
        let field = format!("{at}/description");
        let origin = self.at(&field);
        if !self
            .out
            .set_some(record, &format!("{to}/goodsText"), Some(&shown), &origin)
        {
            self.out.missing(
                record,
                &format!("{to}/goodsText"),
                "what the goods are",
                "qué son las mercancías",
            );
        }
        if shown.len() < text.len() {
            self.fault(
                Severity::Note,
                "text-cut",
                &field,
                format!("the description is cut at {GOODS_TEXT_CHARS_MAX} characters"),
                format!("la descripción se corta a {GOODS_TEXT_CHARS_MAX} caracteres"),
            );
        }
        if goods.code_qualifier == "J" {
            let field = format!("{at}/code");
            match identifiers::normalise("hts", &goods.code) {
                Ok(normal) => {
                    let origin = self.at(&field);
                    self.out
                        .set(record, &format!("{to}/commodityCode"), normal, &origin);
                }
                Err(wrong) => {
                    let (en, es) = (
                        format!("`{}`: {wrong}", goods.code),
                        format!("`{}`: {}", goods.code, wrong.es()),
                    );
                    self.fault(Severity::Warning, "tariff-form", &field, en, es);
                }
            }
        }
        match whole(&goods.quantity) {
            Some(number) => {
                let origin = self.at(&format!("{at}/quantity"));
                self.out
                    .set(record, &format!("{to}/packages"), number, &origin);
            }
            None => {
                self.out.missing(
                    record,
                    &format!("{to}/packages"),
                    "the number of packages",
                    "el número de bultos",
                );
            }
        }
        let unit = if goods.unit.is_empty() {
            bill_unit
        } else {
            &goods.unit
        };
        if let Some(code) = package_unit(unit) {
            let origin = self.at(&format!("{at}/unit"));
            self.out
                .set(record, &format!("{to}/packageUnit"), code, &origin);
        }
        if let Some(weight) = kilograms(&goods.weight, &goods.weight_unit) {
            let origin = self.at(&format!("{at}/weight"));
            self.out.set(
                record,
                &format!("{to}/grossWeightKg"),
                decimal::json(weight),
                &origin,
            );
        }
        if goods.country.len() == 2 {
            let origin = self.at(&format!("{at}/country"));
            self.out.set(
                record,
                &format!("{to}/originCountry"),
                goods.country.as_str(),
                &origin,
            );
        }
        for (index, hazard) in goods.hazards.iter().enumerate() {
            let field = format!("{at}/hazards/{index}");
            if index > 0 {
                self.fault(
                    Severity::Warning,
                    "hazard-many",
                    &field,
                    "only the first dangerous-goods number of a line is taken".to_owned(),
                    "solo se toma el primer número de mercancía peligrosa de una línea".to_owned(),
                );
                break;
            }
            self.identifier(
                record,
                &format!("{to}/unNumber"),
                "un-number",
                hazard,
                &field,
                "un-number-form",
            );
        }
    }
}
