//! What the XML schema can't say: sums, dates, references, and what an international carriage needs.
//!
//! From SAT's validation matrix as practice knows it (`documents.md` §6); a rule that rests on practice alone is a
//! warning.

use super::document::*;
use super::fields::date_time;
use crate::decimal;
use crate::draft::{Places, Severity};

/// Checks the whole document, adding faults.
pub(super) fn check(document: &CartaPorteDocument, places: &mut Places) {
    let mut check = Check { places };
    if let Some(cfdi) = &document.cfdi {
        check.cfdi(cfdi);
    }
    let node = &document.carta_porte;
    if !node.version.is_empty() && node.version != "3.1" {
        check.error(
            "version-unsupported",
            "/carta_porte/version",
            format!(
                "Carta Porte {} is not read as such; 3.1 is in force",
                node.version
            ),
            format!(
                "no se lee Carta Porte {} como tal; la vigente es 3.1",
                node.version
            ),
        );
    }
    check.locations(node);
    check.goods(node);
    check.transport(node);
    match node.transp_internac.as_str() {
        "Sí" => check.international(node),
        "No" => check.warning(
            "carta-porte-domestic",
            "/carta_porte/transp_internac",
            "TranspInternac is No: this carriage does not cross the border".to_owned(),
            "TranspInternac es No: este traslado no cruza la frontera".to_owned(),
        ),
        _ => {}
    }
}

struct Check<'a> {
    places: &'a mut Places,
}

impl Check<'_> {
    fn error(&mut self, code: &'static str, origin: &str, en: String, es: String) {
        self.places.fault(Severity::Error, code, origin, en, es);
    }

    fn warning(&mut self, code: &'static str, origin: &str, en: String, es: String) {
        self.places.fault(Severity::Warning, code, origin, en, es);
    }

    fn needs(&mut self, present: bool, code: &'static str, origin: &str, en: &str, es: &str) {
        if !present {
            self.error(code, origin, en.to_owned(), es.to_owned());
        }
    }

    fn cfdi(&mut self, cfdi: &Comprobante) {
        if !cfdi.version.is_empty() && cfdi.version != "4.0" {
            self.error(
                "version-unsupported",
                "/cfdi/version",
                format!("CFDI {} is not read as such; 4.0 is in force", cfdi.version),
                format!(
                    "no se lee CFDI {} como tal; el vigente es 4.0",
                    cfdi.version
                ),
            );
        }
        match cfdi.tipo_de_comprobante.as_str() {
            "I" | "" => {}
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
            other => self.error(
                "receipt-type",
                "/cfdi/tipo_de_comprobante",
                format!("a Carta Porte goes with TipoDeComprobante I or T, not {other}"),
                format!("la Carta Porte va con TipoDeComprobante I o T, no {other}"),
            ),
        }
        if cfdi.timbre.is_none() {
            self.warning(
                "stamp-missing",
                "/cfdi",
                "the CFDI has no fiscal stamp, so no UUID: it is not yet valid".to_owned(),
                "el CFDI no tiene timbre fiscal ni UUID: aún no es válido".to_owned(),
            );
        }
    }

    fn locations(&mut self, node: &CartaPorte) {
        let of = |kind: &str| {
            node.ubicaciones
                .iter()
                .filter(|place| place.tipo_ubicacion == kind)
                .count()
        };
        for (kind, en, es) in [
            (
                "Origen",
                "no Ubicacion of type Origen",
                "falta una Ubicacion de tipo Origen",
            ),
            (
                "Destino",
                "no Ubicacion of type Destino",
                "falta una Ubicacion de tipo Destino",
            ),
        ] {
            self.needs(
                of(kind) > 0,
                "location-missing",
                "/carta_porte/ubicaciones",
                en,
                es,
            );
        }
        let mut seen: Vec<&str> = Vec::new();
        let mut departed: Option<&str> = None;
        for (index, place) in node.ubicaciones.iter().enumerate() {
            let at = format!("/carta_porte/ubicaciones/{index}");
            if let Some(id) = place.id_ubicacion.as_deref() {
                if seen.contains(&id) {
                    let pointer = format!("{at}/id_ubicacion");
                    self.error(
                        "location-repeated",
                        &pointer,
                        format!("{id} is given twice"),
                        format!("{id} está repetido"),
                    );
                } else if seen.len() < 1_000 {
                    seen.push(id);
                }
            }
            // A time of this form orders as text.
            let when = place.fecha_hora_salida_llegada.as_str();
            if date_time(when) {
                match (place.tipo_ubicacion.as_str(), departed) {
                    ("Origen", None) => departed = Some(when),
                    ("Destino", Some(departure)) if when < departure => self.error(
                        "date-order",
                        &format!("{at}/fecha_hora_salida_llegada"),
                        format!("arrives {when}, before departing {departure}"),
                        format!("llega {when}, antes de salir {departure}"),
                    ),
                    _ => {}
                }
            }
            if place.tipo_ubicacion == "Destino" && place.distancia_recorrida.is_none() {
                self.needs(
                    false,
                    "attribute-missing",
                    &format!("{at}/distancia_recorrida"),
                    "a Destino by road needs DistanciaRecorrida",
                    "un Destino por carretera necesita DistanciaRecorrida",
                );
            }
            if place.rfc_remitente_destinatario == "XEXX010101000" {
                let whole = place.num_reg_id_trib.is_some() && place.residencia_fiscal.is_some();
                self.needs(
                    whole,
                    "foreign-party-incomplete",
                    &format!("{at}/rfc_remitente_destinatario"),
                    "a foreign party (XEXX010101000) needs NumRegIdTrib and ResidenciaFiscal",
                    "una parte extranjera (XEXX010101000) necesita NumRegIdTrib y ResidenciaFiscal",
                );
            }
        }
        let distances: Option<i128> = node
            .ubicaciones
            .iter()
            .filter_map(|place| place.distancia_recorrida.as_deref())
            .map(decimal::parse)
            .sum();
        let total = node.total_dist_rec.as_deref().and_then(decimal::parse);
        if let (Some(sum), Some(total)) = (distances, total) {
            self.sum(
                "distance-sum",
                "/carta_porte/total_dist_rec",
                "TotalDistRec",
                total,
                sum,
            );
        }
    }

    fn sum(&mut self, code: &'static str, origin: &str, name: &str, said: i128, counted: i128) {
        if said != counted {
            let (said, counted) = (decimal::text(said), decimal::text(counted));
            self.error(
                code,
                origin,
                format!("{name} says {said}, the parts sum up to {counted}"),
                format!("{name} dice {said}, las partes suman {counted}"),
            );
        }
    }

    fn goods(&mut self, node: &CartaPorte) {
        let goods = &node.mercancias;
        let at = "/carta_porte/mercancias";
        self.needs(
            !goods.mercancia.is_empty(),
            "goods-missing",
            at,
            "no Mercancia",
            "falta Mercancia",
        );
        if let Ok(said) = goods.num_total_mercancias.parse::<usize>()
            && said != goods.mercancia.len()
        {
            let counted = goods.mercancia.len();
            self.error(
                "goods-count",
                &format!("{at}/num_total_mercancias"),
                format!("NumTotalMercancias says {said}, there are {counted}"),
                format!("NumTotalMercancias dice {said}, hay {counted}"),
            );
        }
        let weights: Option<i128> = goods
            .mercancia
            .iter()
            .map(|line| decimal::parse(&line.peso_en_kg))
            .sum();
        if let (Some(sum), Some(said), "KGM") = (
            weights,
            decimal::parse(&goods.peso_bruto_total),
            goods.unidad_peso.as_str(),
        ) {
            self.sum(
                "weight-sum",
                &format!("{at}/peso_bruto_total"),
                "PesoBrutoTotal",
                said,
                sum,
            );
        }
        if let (Some(gross), Some(net)) = (
            decimal::parse(&goods.peso_bruto_total),
            goods.peso_neto_total.as_deref().and_then(decimal::parse),
        ) && net > gross
        {
            self.error(
                "weight-net",
                &format!("{at}/peso_neto_total"),
                "the net weight is more than the gross weight".to_owned(),
                "el peso neto es mayor que el peso bruto".to_owned(),
            );
        }
        let places: Vec<&str> = node
            .ubicaciones
            .iter()
            .filter_map(|place| place.id_ubicacion.as_deref())
            .take(1_000)
            .collect();
        for (index, line) in goods.mercancia.iter().enumerate() {
            let at = format!("{at}/mercancia/{index}");
            if line.material_peligroso.as_deref() == Some("Sí") {
                let whole = line.cve_material_peligroso.is_some() && line.embalaje.is_some();
                self.needs(
                    whole,
                    "dangerous-goods-incomplete",
                    &format!("{at}/material_peligroso"),
                    "dangerous goods need CveMaterialPeligroso and Embalaje",
                    "el material peligroso necesita CveMaterialPeligroso y Embalaje",
                );
            }
            for (number, part) in line.cantidades.iter().enumerate() {
                for (field, id) in [
                    ("id_origen", &part.id_origen),
                    ("id_destino", &part.id_destino),
                ] {
                    if !id.is_empty() && !places.contains(&id.as_str()) {
                        self.error(
                            "location-unknown",
                            &format!("{at}/cantidades/{number}/{field}"),
                            format!("no Ubicacion is called {id}"),
                            format!("ninguna Ubicacion se llama {id}"),
                        );
                    }
                }
            }
            let parts: Option<i128> = line
                .cantidades
                .iter()
                .map(|part| decimal::parse(&part.cantidad))
                .sum();
            if let (Some(sum), Some(said), false) = (
                parts,
                decimal::parse(&line.cantidad),
                line.cantidades.is_empty(),
            ) && sum != said
            {
                self.warning(
                    "quantity-sum",
                    &format!("{at}/cantidad"),
                    format!(
                        "Cantidad says {}, CantidadTransporta sums up to {}",
                        decimal::text(said),
                        decimal::text(sum)
                    ),
                    format!(
                        "Cantidad dice {}, CantidadTransporta suma {}",
                        decimal::text(said),
                        decimal::text(sum)
                    ),
                );
            }
        }
    }

    fn transport(&mut self, node: &CartaPorte) {
        let Some(road) = &node.mercancias.autotransporte else {
            self.error(
                "road-transport-missing",
                "/carta_porte/mercancias/autotransporte",
                "no Autotransporte: this is no carriage by road".to_owned(),
                "falta Autotransporte: no es un traslado por carretera".to_owned(),
            );
            return;
        };
        if road.remolques.len() > 2 {
            self.error(
                "trailers-too-many",
                "/carta_porte/mercancias/autotransporte/remolques/2",
                "at most two trailers are possible".to_owned(),
                "se permiten a lo sumo dos remolques".to_owned(),
            );
        }
        let operators: Vec<(usize, &Figura)> = node
            .figuras
            .iter()
            .enumerate()
            .filter(|(_, figure)| figure.tipo_figura == "01")
            .collect();
        self.needs(
            !operators.is_empty(),
            "operator-missing",
            "/carta_porte/figuras",
            "carriage by road needs an operator (TipoFigura 01)",
            "el traslado por carretera necesita un operador (TipoFigura 01)",
        );
        for (index, operator) in operators {
            self.needs(
                operator.num_licencia.is_some(),
                "licence-missing",
                &format!("/carta_porte/figuras/{index}/num_licencia"),
                "the operator needs NumLicencia",
                "el operador necesita NumLicencia",
            );
        }
    }

    fn international(&mut self, node: &CartaPorte) {
        for (present, field, name) in [
            (
                node.entrada_salida_merc.is_some(),
                "entrada_salida_merc",
                "EntradaSalidaMerc",
            ),
            (
                node.pais_origen_destino.is_some(),
                "pais_origen_destino",
                "PaisOrigenDestino",
            ),
            (
                node.via_entrada_salida.is_some(),
                "via_entrada_salida",
                "ViaEntradaSalida",
            ),
        ] {
            self.needs(
                present,
                "attribute-missing",
                &format!("/carta_porte/{field}"),
                &format!("international carriage needs {name}"),
                &format!("el traslado internacional necesita {name}"),
            );
        }
        if node
            .via_entrada_salida
            .as_deref()
            .is_some_and(|via| via != "01")
        {
            self.error(
                "not-by-road",
                "/carta_porte/via_entrada_salida",
                "ViaEntradaSalida is not 01: the goods don't cross by road".to_owned(),
                "ViaEntradaSalida no es 01: las mercancías no cruzan por carretera".to_owned(),
            );
        }
        self.needs(
            !node.regimenes.is_empty(),
            "regime-missing",
            "/carta_porte/regimenes",
            "international carriage needs RegimenesAduaneros",
            "el traslado internacional necesita RegimenesAduaneros",
        );
        let entry = node.entrada_salida_merc.as_deref() == Some("Entrada");
        for (index, line) in node.mercancias.mercancia.iter().enumerate() {
            let at = format!("/carta_porte/mercancias/mercancia/{index}");
            self.needs(
                line.fraccion_arancelaria.is_some(),
                "tariff-missing",
                &format!("{at}/fraccion_arancelaria"),
                "goods in international carriage need FraccionArancelaria",
                "las mercancías en traslado internacional necesitan FraccionArancelaria",
            );
            self.needs(
                !line.documentacion.is_empty(),
                "customs-document-missing",
                &format!("{at}/documentacion"),
                "goods in international carriage need DocumentacionAduanera",
                "las mercancías en traslado internacional necesitan DocumentacionAduanera",
            );
            for (number, paper) in line.documentacion.iter().enumerate() {
                if entry && paper.tipo_documento == "01" {
                    let at = format!("{at}/documentacion/{number}");
                    for (present, field, name) in [
                        (
                            paper.num_pedimento.is_some(),
                            "num_pedimento",
                            "NumPedimento",
                        ),
                        (paper.rfc_impo.is_some(), "rfc_impo", "RFCImpo"),
                    ] {
                        self.needs(
                            present,
                            "attribute-missing",
                            &format!("{at}/{field}"),
                            &format!("a pedimento on entry needs {name}"),
                            &format!("un pedimento de entrada necesita {name}"),
                        );
                    }
                }
            }
        }
    }
}
