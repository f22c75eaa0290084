//! The envelope: sums, taxes, currency, stamp.

use super::{Check, far_apart, half_unit, product};
use crate::carta_porte::document::*;
use crate::decimal;

/// Sums of rounded lines differ from the rounded sum by a cent or two.
const ROUNDING: i128 = decimal::ONE / 50;

impl Check<'_> {
    pub(super) fn cfdi(&mut self, cfdi: &Comprobante, with_carta_porte: bool) {
        self.version(&cfdi.version, "4.0", "CFDI", "/cfdi/version");
        match cfdi.tipo_de_comprobante.as_str() {
            "T" => {
                if decimal::parse(&cfdi.total).is_some_and(|total| total != 0) {
                    self.error(
                        "total-not-zero",
                        "/cfdi/total",
                        "a CFDI of type T carries own goods and has total 0".to_owned(),
                        "un CFDI de tipo T traslada bienes propios y tiene total 0".to_owned(),
                    );
                }
            }
            "I" | "" => self.amounts(cfdi),
            other => {
                if with_carta_porte {
                    let other: String = other.chars().take(3).collect();
                    self.error(
                        "receipt-type",
                        "/cfdi/tipo_de_comprobante",
                        format!("a Carta Porte goes with TipoDeComprobante I or T, not {other}"),
                        format!("la Carta Porte va con TipoDeComprobante I o T, no {other}"),
                    );
                }
                self.amounts(cfdi);
            }
        }
        self.foreign_party(
            Some(&cfdi.receptor.rfc),
            cfdi.receptor.num_reg_id_trib.is_some() && cfdi.receptor.residencia_fiscal.is_some()
                || cfdi.comercio_exterior.is_none(),
            "/cfdi/receptor/rfc",
            ("NumRegIdTrib", "ResidenciaFiscal"),
        );
        self.wants(
            matches!(cfdi.moneda.as_str(), "MXN" | "XXX" | "") || cfdi.tipo_cambio.is_some(),
            "exchange-rate-missing",
            "/cfdi/moneda",
            "a currency other than MXN needs TipoCambio",
            "una moneda distinta de MXN necesita TipoCambio",
        );
        self.wants(
            cfdi.timbre.is_some(),
            "stamp-missing",
            "/cfdi",
            "the CFDI has no fiscal stamp, so no UUID: it is not yet valid",
            "el CFDI no tiene timbre fiscal ni UUID: aún no es válido",
        );
        if let Some(stamp) = &cfdi.timbre {
            self.version(
                &stamp.version,
                "1.1",
                "TimbreFiscalDigital",
                "/cfdi/timbre/version",
            );
        }
    }

    fn amounts(&mut self, cfdi: &Comprobante) {
        for (index, line) in cfdi.conceptos.iter().enumerate() {
            self.line(line, &format!("/cfdi/conceptos/{index}"));
        }
        let lines = total(
            cfdi.conceptos
                .iter()
                .map(|line| Some(line.importe.as_str())),
        );
        let said = decimal::parse(&cfdi.sub_total);
        if let (Some(said), Some(lines), false) = (said, lines, cfdi.conceptos.is_empty())
            && far_apart(said, lines, ROUNDING)
        {
            self.sum("subtotal-sum", "/cfdi/sub_total", "SubTotal", said, lines);
        }
        let taxes = cfdi.impuestos.as_ref();
        let added = taxes.map_or(Some(0), |taxes| {
            self.tax_sum(
                "total_impuestos_trasladados",
                "TotalImpuestosTrasladados",
                taxes.total_impuestos_trasladados.as_deref(),
                total(taxes.traslados.iter().map(|tax| tax.importe.as_deref())),
            )
        });
        let withheld = taxes.map_or(Some(0), |taxes| {
            self.tax_sum(
                "total_impuestos_retenidos",
                "TotalImpuestosRetenidos",
                taxes.total_impuestos_retenidos.as_deref(),
                total(
                    taxes
                        .retenciones
                        .iter()
                        .map(|tax| Some(tax.importe.as_str())),
                ),
            )
        });
        let discount = cfdi.descuento.as_deref().map_or(Some(0), decimal::parse);
        if let (Some(before), Some(discount), Some(added), Some(withheld), Some(said)) =
            (said, discount, added, withheld, decimal::parse(&cfdi.total))
        {
            let counted = before - discount + added - withheld;
            if far_apart(said, counted, ROUNDING) {
                self.warning(
                    "total-sum",
                    "/cfdi/total",
                    format!(
                        "Total says {}, SubTotal less Descuento with taxes is {}",
                        decimal::text(said),
                        signed(counted)
                    ),
                    format!(
                        "Total dice {}, SubTotal menos Descuento con impuestos es {}",
                        decimal::text(said),
                        signed(counted)
                    ),
                );
            }
        }
    }

    /// The total of a kind of tax: what the document says, compared with what it counts.
    fn tax_sum(
        &mut self,
        field: &str,
        name: &str,
        said: Option<&str>,
        counted: Option<i128>,
    ) -> Option<i128> {
        let said = said.map_or(Some(0), decimal::parse);
        if let (Some(said), Some(counted)) = (said, counted)
            && far_apart(said, counted, ROUNDING)
        {
            let origin = format!("/cfdi/impuestos/{field}");
            self.sum("tax-sum", &origin, name, said, counted);
        }
        said
    }

    fn line(&mut self, line: &Concepto, at: &str) {
        let (Some(quantity), Some(price), Some(amount)) = (
            decimal::parse(&line.cantidad),
            decimal::parse(&line.valor_unitario),
            decimal::parse(&line.importe),
        ) else {
            return;
        };
        let Some(counted) = product(quantity, price) else {
            return;
        };
        // What rounding of each factor can do to the product, and the rounding of the product itself.
        let tolerance = product(quantity, half_unit(&line.valor_unitario))
            .zip(product(price, half_unit(&line.cantidad)))
            .map_or(i128::MAX, |(one, other)| {
                one + other + half_unit(&line.importe) + 1
            });
        if far_apart(amount, counted, tolerance) {
            self.warning(
                "line-amount",
                &format!("{at}/importe"),
                format!(
                    "Importe says {}, Cantidad by ValorUnitario is {}",
                    decimal::text(amount),
                    decimal::text(counted)
                ),
                format!(
                    "Importe dice {}, Cantidad por ValorUnitario es {}",
                    decimal::text(amount),
                    decimal::text(counted)
                ),
            );
        }
        let discount = line.descuento.as_deref().and_then(decimal::parse);
        self.wants(
            discount.is_none_or(|discount| discount <= amount),
            "line-discount",
            &format!("{at}/descuento"),
            "the discount is more than the amount",
            "el descuento es mayor que el importe",
        );
    }
}

/// The sum of amounts, an absent one counting nothing; `None` where one is no number.
fn total<'a>(amounts: impl Iterator<Item = Option<&'a str>>) -> Option<i128> {
    amounts
        .map(|amount| amount.map_or(Some(0), decimal::parse))
        .sum()
}

fn signed(value: i128) -> String {
    if value < 0 {
        format!("-{}", decimal::text(-value))
    } else {
        decimal::text(value)
    }
}
