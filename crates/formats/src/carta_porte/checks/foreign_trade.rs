//! The foreign-trade complement: parties, incoterm, quantities in customs units, values in dollars.

use super::{Check, far_apart, half_unit, product};
use crate::carta_porte::document::*;
use crate::decimal;
use std::collections::HashSet;

/// Incoterms that the edition of 2020 no longer has.
const OLD_INCOTERMS: &[&str] = &["DAF", "DAT", "DDU", "DEQ", "DES"];
/// The customs unit of services, which have no tariff code.
const SERVICE: &str = "99";

impl Check<'_> {
    pub(super) fn foreign_trade(&mut self, cfdi: &Comprobante, node: &ComercioExterior) {
        let at = "/cfdi/comercio_exterior";
        self.version(
            &node.version,
            "2.0",
            "ComercioExterior",
            &format!("{at}/version"),
        );
        self.wants(
            cfdi.exportacion == "02",
            "export-code",
            "/cfdi/exportacion",
            "a CFDI with ComercioExterior has Exportacion 02",
            "un CFDI con ComercioExterior lleva Exportacion 02",
        );
        self.wants(
            matches!(cfdi.tipo_de_comprobante.as_str(), "I" | "E" | "T"),
            "receipt-type",
            "/cfdi/tipo_de_comprobante",
            "ComercioExterior goes with TipoDeComprobante I, E or T",
            "ComercioExterior va con TipoDeComprobante I, E o T",
        );
        self.transfer(cfdi, node, at);
        self.certificate_of_origin(node, at);
        self.incoterm(node, at);
        self.trade_parties(node, at);
        self.trade_goods(cfdi, node, at);
        let rate = decimal::parse(&node.tipo_cambio_usd);
        self.needs(
            rate != Some(0),
            "exchange-rate",
            &format!("{at}/tipo_cambio_usd"),
            "TipoCambioUSD is zero",
            "TipoCambioUSD es cero",
        );
        let invoice_rate = cfdi.tipo_cambio.as_deref().and_then(decimal::parse);
        if let (Some(rate), Some(invoice), "USD") = (rate, invoice_rate, cfdi.moneda.as_str())
            && rate != invoice
        {
            self.warning(
                "exchange-rate-differs",
                &format!("{at}/tipo_cambio_usd"),
                "TipoCambioUSD is not the TipoCambio of an invoice in dollars".to_owned(),
                "TipoCambioUSD no es el TipoCambio de una factura en dólares".to_owned(),
            );
        }
    }

    /// Goods that are moved and not sold have a reason, and with reason 05 an owner.
    fn transfer(&mut self, cfdi: &Comprobante, node: &ComercioExterior, at: &str) {
        let moved = cfdi.tipo_de_comprobante == "T";
        let origin = format!("{at}/motivo_traslado");
        self.wants(
            !moved || node.motivo_traslado.is_some(),
            "transfer-reason-missing",
            &origin,
            "a CFDI of type T needs MotivoTraslado",
            "un CFDI de tipo T necesita MotivoTraslado",
        );
        self.wants(
            moved || node.motivo_traslado.is_none(),
            "transfer-reason-unexpected",
            &origin,
            "only a CFDI of type T has MotivoTraslado",
            "solo un CFDI de tipo T lleva MotivoTraslado",
        );
        let owned = node.motivo_traslado.as_deref() == Some("05");
        self.wants(
            owned != node.propietarios.is_empty(),
            "owner",
            &origin,
            "Propietario is told with MotivoTraslado 05, and only then",
            "Propietario se indica con MotivoTraslado 05, y solo entonces",
        );
    }

    fn certificate_of_origin(&mut self, node: &ComercioExterior, at: &str) {
        self.wants(
            node.certificado_origen != "0" || node.num_certificado_origen.is_none(),
            "origin-certificate",
            &format!("{at}/num_certificado_origen"),
            "NumCertificadoOrigen is told, and CertificadoOrigen says that there is none",
            "se indica NumCertificadoOrigen y CertificadoOrigen dice que no lo hay",
        );
    }

    fn incoterm(&mut self, node: &ComercioExterior, at: &str) {
        let origin = format!("{at}/incoterm");
        match node.incoterm.as_deref() {
            None => self.wants(
                false,
                "incoterm-missing",
                at,
                "an export of goods needs Incoterm",
                "una exportación de mercancías necesita Incoterm",
            ),
            Some(term) if OLD_INCOTERMS.contains(&term) => self.warning(
                "incoterm-old",
                &origin,
                format!("{term} is no incoterm since the edition of 2020"),
                format!("{term} ya no es un incoterm desde la edición de 2020"),
            ),
            Some(_) => {}
        }
    }

    fn trade_parties(&mut self, node: &ComercioExterior, at: &str) {
        let issuer = node
            .emisor
            .as_ref()
            .and_then(|issuer| issuer.domicilio.as_ref());
        self.wants(
            issuer.is_some(),
            "trade-address-missing",
            &format!("{at}/emisor"),
            "the issuer's Domicilio is needed",
            "falta el Domicilio del emisor",
        );
        let receiver = node
            .receptor
            .as_ref()
            .and_then(|receiver| receiver.domicilio.as_ref());
        self.wants(
            receiver.is_some() || node.motivo_traslado.is_some(),
            "trade-address-missing",
            &format!("{at}/receptor"),
            "the receiver's Domicilio is needed",
            "falta el Domicilio del receptor",
        );
        if let Some(address) = issuer {
            self.wants(
                address.pais == "MEX",
                "issuer-abroad",
                &format!("{at}/emisor/domicilio/pais"),
                "the issuer's country is MEX",
                "el país del emisor es MEX",
            );
        }
        for (address, field) in [(issuer, "emisor"), (receiver, "receptor")] {
            if let Some(address) = address {
                let at = format!("{at}/{field}/domicilio");
                self.address(&address.pais, &address.estado, &address.codigo_postal, &at);
            }
        }
        for (index, receiver) in node.destinatarios.iter().enumerate() {
            for (number, address) in receiver.domicilios.iter().enumerate() {
                let at = format!("{at}/destinatarios/{index}/domicilios/{number}");
                self.address(&address.pais, &address.estado, &address.codigo_postal, &at);
            }
        }
    }

    fn trade_goods(&mut self, cfdi: &Comprobante, node: &ComercioExterior, at: &str) {
        self.needs(
            !node.mercancias.is_empty(),
            "goods-missing",
            at,
            "no Mercancia in ComercioExterior",
            "falta Mercancia en ComercioExterior",
        );
        let dollars: Option<i128> = node
            .mercancias
            .iter()
            .map(|line| decimal::parse(&line.valor_dolares))
            .sum();
        if let (Some(sum), Some(said)) = (dollars, decimal::parse(&node.total_usd)) {
            // Lines have up to four decimals, the total two.
            if far_apart(said, sum, decimal::ONE / 100) {
                self.sum("usd-sum", &format!("{at}/total_usd"), "TotalUSD", said, sum);
            }
        }
        let sold: HashSet<&str> = cfdi
            .conceptos
            .iter()
            .filter_map(|line| line.no_identificacion.as_deref())
            .collect();
        let told: HashSet<&str> = node
            .mercancias
            .iter()
            .map(|line| line.no_identificacion.as_str())
            .collect();
        for (index, line) in cfdi.conceptos.iter().enumerate() {
            let known = line
                .no_identificacion
                .as_deref()
                .is_some_and(|number| told.contains(number));
            self.wants(
                known,
                "concept-not-in-goods",
                &format!("/cfdi/conceptos/{index}/no_identificacion"),
                "no Mercancia of ComercioExterior has this line's NoIdentificacion",
                "ninguna Mercancia de ComercioExterior tiene el NoIdentificacion de esta partida",
            );
        }
        for (index, line) in node.mercancias.iter().enumerate() {
            let at = format!("{at}/mercancias/{index}");
            self.wants(
                sold.contains(line.no_identificacion.as_str()),
                "goods-not-in-concepts",
                &format!("{at}/no_identificacion"),
                "no Concepto has this NoIdentificacion",
                "ningún Concepto tiene este NoIdentificacion",
            );
            self.trade_line(line, &at);
        }
    }

    fn trade_line(&mut self, line: &MercanciaExterior, at: &str) {
        let some = [
            line.cantidad_aduana.is_some(),
            line.unidad_aduana.is_some(),
            line.valor_unitario_aduana.is_some(),
        ];
        self.wants(
            some.iter().all(|told| *told) || !some.iter().any(|told| *told),
            "customs-quantity-incomplete",
            at,
            "CantidadAduana, UnidadAduana and ValorUnitarioAduana go together",
            "CantidadAduana, UnidadAduana y ValorUnitarioAduana van juntos",
        );
        let service = line.unidad_aduana.as_deref() == Some(SERVICE);
        self.wants(
            service || line.fraccion_arancelaria.is_some(),
            "tariff-missing",
            &format!("{at}/fraccion_arancelaria"),
            "goods need FraccionArancelaria; only services (UnidadAduana 99) have none",
            "las mercancías necesitan FraccionArancelaria; solo los servicios (UnidadAduana 99) no la llevan",
        );
        let (Some(quantity), Some(price)) = (
            line.cantidad_aduana.as_deref(),
            line.valor_unitario_aduana.as_deref(),
        ) else {
            return;
        };
        let (Some(count), Some(each), Some(said)) = (
            decimal::parse(quantity),
            decimal::parse(price),
            decimal::parse(&line.valor_dolares),
        ) else {
            return;
        };
        let Some(counted) = product(count, each) else {
            return;
        };
        let tolerance = product(count, half_unit(price))
            .zip(product(each, half_unit(quantity)))
            .map_or(i128::MAX, |(one, other)| {
                one + other + half_unit(&line.valor_dolares) + 1
            });
        if far_apart(said, counted, tolerance) {
            let (said, counted) = (decimal::text(said), decimal::text(counted));
            self.warning(
                "usd-amount",
                &format!("{at}/valor_dolares"),
                format!(
                    "ValorDolares says {said}, CantidadAduana by ValorUnitarioAduana is {counted}"
                ),
                format!(
                    "ValorDolares dice {said}, CantidadAduana por ValorUnitarioAduana es {counted}"
                ),
            );
        }
    }
}
