//! Goods: counts, weights, dangerous goods, customs documents, references to places.

use super::Check;
use crate::carta_porte::document::*;
use crate::decimal;
use std::collections::HashSet;

impl Check<'_> {
    pub(super) fn goods(&mut self, node: &CartaPorte) {
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
        self.weights(goods, at);
        let places: HashSet<&str> = node
            .ubicaciones
            .iter()
            .filter_map(|place| place.id_ubicacion.as_deref())
            .collect();
        for (index, line) in goods.mercancia.iter().enumerate() {
            let at = format!("{at}/mercancia/{index}");
            self.dangerous(line, goods, &at);
            self.health(line, &at);
            self.papers(line, &at);
            self.parts(line, &places, &at);
            self.detail(line, goods.maritimo.is_some(), &at);
            self.wants(
                line.valor_mercancia.is_none() || line.moneda.is_some(),
                "currency-missing",
                &format!("{at}/valor_mercancia"),
                "ValorMercancia needs Moneda",
                "ValorMercancia necesita Moneda",
            );
            self.wants(
                line.tipo_materia.as_deref() != Some("05") || line.descripcion_materia.is_some(),
                "matter-text-missing",
                &format!("{at}/tipo_materia"),
                "TipoMateria 05, other, needs DescripcionMateria",
                "TipoMateria 05, otra, necesita DescripcionMateria",
            );
        }
    }

    fn weights(&mut self, goods: &Mercancias, at: &str) {
        let weights: Option<i128> = goods
            .mercancia
            .iter()
            .map(|line| decimal::parse(&line.peso_en_kg))
            .sum();
        let gross = decimal::parse(&goods.peso_bruto_total);
        if let (Some(sum), Some(said), "KGM") = (weights, gross, goods.unidad_peso.as_str()) {
            let origin = format!("{at}/peso_bruto_total");
            self.sum("weight-sum", &origin, "PesoBrutoTotal", said, sum);
        }
        let net = goods.peso_neto_total.as_deref().and_then(decimal::parse);
        let origin = format!("{at}/peso_neto_total");
        if let (Some(gross), Some(net)) = (gross, net)
            && net > gross
        {
            self.error(
                "weight-net",
                &origin,
                "the net weight is more than the gross weight".to_owned(),
                "el peso neto es mayor que el peso bruto".to_owned(),
            );
        }
        let details: Vec<&DetalleMercancia> = goods
            .mercancia
            .iter()
            .filter_map(|line| line.detalle.as_ref())
            .collect();
        let sum: Option<i128> = details
            .iter()
            .map(|detail| decimal::parse(&detail.peso_neto))
            .sum();
        if let (Some(net), Some(sum), false) = (net, sum, details.is_empty()) {
            self.sum("weight-net-sum", &origin, "PesoNetoTotal", net, sum);
        }
    }

    fn dangerous(&mut self, line: &Mercancia, goods: &Mercancias, at: &str) {
        let said = format!("{at}/material_peligroso");
        if line.material_peligroso.as_deref() != Some("Sí") {
            let told = line.cve_material_peligroso.is_some() || line.embalaje.is_some();
            self.wants(
                !told,
                "dangerous-goods-unsaid",
                &format!("{at}/cve_material_peligroso"),
                "CveMaterialPeligroso or Embalaje is told, and MaterialPeligroso is not Sí",
                "se indica CveMaterialPeligroso o Embalaje y MaterialPeligroso no es Sí",
            );
            return;
        }
        self.needs(
            line.cve_material_peligroso.is_some() && line.embalaje.is_some(),
            "dangerous-goods-incomplete",
            &said,
            "dangerous goods need CveMaterialPeligroso and Embalaje",
            "el material peligroso necesita CveMaterialPeligroso y Embalaje",
        );
        if let Some(road) = &goods.autotransporte {
            let insured = road.seguros.asegura_med_ambiente.is_some()
                && road.seguros.poliza_med_ambiente.is_some();
            self.wants(
                insured,
                "environment-insurance-missing",
                &said,
                "dangerous goods by road need AseguraMedAmbiente and PolizaMedAmbiente",
                "el material peligroso por carretera necesita AseguraMedAmbiente y PolizaMedAmbiente",
            );
        }
    }

    /// A pedimento has its number, another document its folio.
    fn papers(&mut self, line: &Mercancia, at: &str) {
        for (number, paper) in line.documentacion.iter().enumerate() {
            let at = format!("{at}/documentacion/{number}");
            match paper.tipo_documento.as_str() {
                "01" => {
                    self.wants(
                        paper.num_pedimento.is_some(),
                        "pedimento-missing",
                        &format!("{at}/num_pedimento"),
                        "customs document 01, pedimento, needs NumPedimento",
                        "el documento aduanero 01, pedimento, necesita NumPedimento",
                    );
                    self.wants(
                        paper.ident_doc_aduanero.is_none(),
                        "customs-document-folio",
                        &format!("{at}/ident_doc_aduanero"),
                        "customs document 01, pedimento, has NumPedimento and no IdentDocAduanero",
                        "el documento aduanero 01, pedimento, lleva NumPedimento y no IdentDocAduanero",
                    );
                }
                "" => {}
                _ => {
                    self.wants(
                        paper.ident_doc_aduanero.is_some(),
                        "customs-document-folio",
                        &format!("{at}/ident_doc_aduanero"),
                        "a customs document other than a pedimento needs IdentDocAduanero",
                        "un documento aduanero distinto del pedimento necesita IdentDocAduanero",
                    );
                    self.wants(
                        paper.num_pedimento.is_none(),
                        "pedimento-unexpected",
                        &format!("{at}/num_pedimento"),
                        "NumPedimento goes with customs document 01 only",
                        "NumPedimento va solo con el documento aduanero 01",
                    );
                }
            }
        }
    }

    fn parts(&mut self, line: &Mercancia, places: &HashSet<&str>, at: &str) {
        for (number, part) in line.cantidades.iter().enumerate() {
            for (field, id, kind) in [
                ("id_origen", &part.id_origen, "OR"),
                ("id_destino", &part.id_destino, "DE"),
            ] {
                let origin = format!("{at}/cantidades/{number}/{field}");
                let shown: String = id.chars().take(20).collect();
                if !id.is_empty() && !places.contains(id.as_str()) {
                    self.error(
                        "location-unknown",
                        &origin,
                        format!("no Ubicacion is called {shown}"),
                        format!("ninguna Ubicacion se llama {shown}"),
                    );
                }
                self.needs(
                    id.is_empty() || id.starts_with(kind),
                    "location-id-kind",
                    &origin,
                    &format!("should begin with {kind}"),
                    &format!("debería comenzar con {kind}"),
                );
            }
        }
        let parts: Option<i128> = line
            .cantidades
            .iter()
            .map(|part| decimal::parse(&part.cantidad))
            .sum();
        let said = decimal::parse(&line.cantidad);
        if let (Some(sum), Some(said), false) = (parts, said, line.cantidades.is_empty())
            && sum != said
        {
            let (said, sum) = (decimal::text(said), decimal::text(sum));
            self.warning(
                "quantity-sum",
                &format!("{at}/cantidad"),
                format!("Cantidad says {said}, CantidadTransporta sums up to {sum}"),
                format!("Cantidad dice {said}, CantidadTransporta suma {sum}"),
            );
        }
    }

    fn detail(&mut self, line: &Mercancia, by_sea: bool, at: &str) {
        let Some(detail) = &line.detalle else {
            self.wants(
                !by_sea,
                "goods-detail-missing",
                &format!("{at}/detalle"),
                "goods by sea need DetalleMercancia",
                "las mercancías por mar necesitan DetalleMercancia",
            );
            return;
        };
        if let (Some(gross), Some(net), Some(tare)) = (
            decimal::parse(&detail.peso_bruto),
            decimal::parse(&detail.peso_neto),
            decimal::parse(&detail.peso_tara),
        ) && gross != net + tare
        {
            let (said, counted) = (decimal::text(gross), decimal::text(net + tare));
            self.warning(
                "weight-detail",
                &format!("{at}/detalle/peso_bruto"),
                format!("PesoBruto says {said}, PesoNeto and PesoTara make {counted}"),
                format!("PesoBruto dice {said}, PesoNeto y PesoTara suman {counted}"),
            );
        }
    }
}
