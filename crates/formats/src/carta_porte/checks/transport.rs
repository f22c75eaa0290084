//! The transport: which way, vehicle and trailers, figures, and what an international carriage needs.

use super::Check;
use crate::carta_porte::document::*;

impl Check<'_> {
    pub(super) fn transport(&mut self, node: &CartaPorte) {
        let goods = &node.mercancias;
        let at = "/carta_porte/mercancias";
        let told = [
            goods.autotransporte.is_some(),
            goods.maritimo.is_some(),
            goods.aereo.is_some(),
            goods.ferroviario.is_some(),
        ];
        self.wants(
            told.iter().filter(|told| **told).count() <= 1,
            "transport-many",
            at,
            "one Carta Porte tells one way of transport",
            "una Carta Porte indica un solo medio de transporte",
        );
        let way = node.via_entrada_salida.as_deref();
        for (code, told) in ["01", "02", "03", "04"].into_iter().zip(told) {
            let other = told && way.is_some_and(|way| way != code);
            // Goods leave by one way and reach the port by another; a person should see which this is.
            self.wants(
                !other || node.transp_internac != "Sí",
                "transport-other-way",
                "/carta_porte/via_entrada_salida",
                "ViaEntradaSalida names another way than the transport told",
                "ViaEntradaSalida indica otro medio que el transporte informado",
            );
        }
        self.permits(goods);
        match &goods.autotransporte {
            Some(road) => self.road(road),
            None => self.error(
                "road-transport-missing",
                &format!("{at}/autotransporte"),
                "no Autotransporte: this is no carriage by road".to_owned(),
                "falta Autotransporte: no es un traslado por carretera".to_owned(),
            ),
        }
        if let Some(air) = &goods.aereo {
            self.foreign_party(
                air.rfc_embarcador.as_deref(),
                air.num_reg_id_trib_embarc.is_some() && air.residencia_fiscal_embarc.is_some(),
                &format!("{at}/aereo/rfc_embarcador"),
                ("NumRegIdTribEmbarc", "ResidenciaFiscalEmbarc"),
            );
        }
        if let Some(rail) = &goods.ferroviario {
            self.needs(
                !rail.carros.is_empty(),
                "rail-car-missing",
                &format!("{at}/ferroviario"),
                "carriage by rail needs Carro",
                "el traslado por ferrocarril necesita Carro",
            );
        }
        self.ferry(goods);
    }

    /// A permit is of the way of transport: TPAF road, TPTM sea, TPTA air, TPXX00 none of the list.
    fn permits(&mut self, goods: &Mercancias) {
        let road = goods.autotransporte.as_ref();
        let sea = goods.maritimo.as_ref();
        let air = goods.aereo.as_ref();
        for (permit, prefix, way) in [
            (
                road.map(|road| road.perm_sct.as_str()),
                "TPAF",
                "autotransporte",
            ),
            (
                sea.and_then(|sea| sea.perm_sct.as_deref()),
                "TPTM",
                "maritimo",
            ),
            (air.map(|air| air.perm_sct.as_str()), "TPTA", "aereo"),
        ] {
            let fits = permit.is_none_or(|permit| {
                permit.is_empty() || permit == "TPXX00" || permit.starts_with(prefix)
            });
            self.wants(
                fits,
                "permit-other-way",
                &format!("/carta_porte/mercancias/{way}/perm_sct"),
                &format!("PermSCT of this transport begins with {prefix}, or is TPXX00"),
                &format!("PermSCT de este transporte comienza con {prefix}, o es TPXX00"),
            );
        }
        if let Some(sea) = sea {
            self.wants(
                sea.perm_sct.is_some() == sea.num_permiso_sct.is_some(),
                "permit-number-missing",
                "/carta_porte/mercancias/maritimo/perm_sct",
                "PermSCT and NumPermisoSCT go together",
                "PermSCT y NumPermisoSCT van juntos",
            );
        }
    }

    fn road(&mut self, road: &Autotransporte) {
        let at = "/carta_porte/mercancias/autotransporte";
        if road.remolques.len() > 2 {
            self.error(
                "trailers-too-many",
                &format!("{at}/remolques/2"),
                "at most two trailers are possible".to_owned(),
                "se permiten a lo sumo dos remolques".to_owned(),
            );
        }
        let config = road.vehiculo.config_vehicular.as_str();
        let drawn = config.starts_with('T') || config.contains('R') && config.starts_with('C');
        self.wants(
            !drawn || !road.remolques.is_empty(),
            "trailer-missing",
            &format!("{at}/vehiculo/config_vehicular"),
            "this vehicle configuration draws a trailer, and none is told",
            "esta configuración vehicular lleva remolque y no se indica ninguno",
        );
        for (company, policy, name) in [
            (
                &road.seguros.asegura_med_ambiente,
                &road.seguros.poliza_med_ambiente,
                "MedAmbiente",
            ),
            (
                &road.seguros.asegura_carga,
                &road.seguros.poliza_carga,
                "Carga",
            ),
        ] {
            self.wants(
                company.is_some() || policy.is_none(),
                "insurance-incomplete",
                &format!("{at}/seguros"),
                &format!("Poliza{name} needs Asegura{name}"),
                &format!("Poliza{name} necesita Asegura{name}"),
            );
        }
    }

    /// What goes by ferry names the Carta Porte of the road before.
    fn ferry(&mut self, goods: &Mercancias) {
        let Some(sea) = &goods.maritimo else {
            return;
        };
        for (index, container) in sea.contenedores.iter().enumerate() {
            let some = [
                container.id_ccp_relacionado.is_some(),
                container.placa_vm_ccp.is_some(),
                container.fecha_certificacion_ccp.is_some(),
            ];
            self.wants(
                some.iter().all(|told| *told) || !some.iter().any(|told| *told),
                "ferry-incomplete",
                &format!("/carta_porte/mercancias/maritimo/contenedores/{index}"),
                "IdCCPRelacionado, PlacaVMCCP and FechaCertificacionCCP go together",
                "IdCCPRelacionado, PlacaVMCCP y FechaCertificacionCCP van juntos",
            );
        }
    }

    pub(super) fn figures(&mut self, node: &CartaPorte) {
        let by_road = node.mercancias.autotransporte.is_some();
        self.needs(
            !by_road || node.figuras.iter().any(|figure| figure.tipo_figura == "01"),
            "operator-missing",
            "/carta_porte/figuras",
            "carriage by road needs an operator (TipoFigura 01)",
            "el traslado por carretera necesita un operador (TipoFigura 01)",
        );
        for (index, figure) in node.figuras.iter().enumerate() {
            let at = format!("/carta_porte/figuras/{index}");
            self.needs(
                figure.tipo_figura != "01" || !by_road || figure.num_licencia.is_some(),
                "licence-missing",
                &format!("{at}/num_licencia"),
                "the operator needs NumLicencia",
                "el operador necesita NumLicencia",
            );
            self.wants(
                figure.tipo_figura == "01" || figure.num_licencia.is_none(),
                "licence-unexpected",
                &format!("{at}/num_licencia"),
                "only the operator (TipoFigura 01) has NumLicencia",
                "solo el operador (TipoFigura 01) lleva NumLicencia",
            );
            let owner = matches!(figure.tipo_figura.as_str(), "02" | "03");
            self.wants(
                !owner || !figure.partes.is_empty(),
                "figure-parts-missing",
                &format!("{at}/tipo_figura"),
                "an owner or lessor (TipoFigura 02, 03) needs PartesTransporte",
                "un propietario o arrendador (TipoFigura 02, 03) necesita PartesTransporte",
            );
            self.wants(
                owner || figure.partes.is_empty(),
                "figure-parts-unexpected",
                &format!("{at}/partes/0/parte_transporte"),
                "only an owner or lessor (TipoFigura 02, 03) has PartesTransporte",
                "solo un propietario o arrendador (TipoFigura 02, 03) lleva PartesTransporte",
            );
            let abroad = figure.num_reg_id_trib_figura.is_some()
                && figure.residencia_fiscal_figura.is_some();
            self.foreign_party(
                figure.rfc_figura.as_deref(),
                abroad,
                &format!("{at}/rfc_figura"),
                ("NumRegIdTribFigura", "ResidenciaFiscalFigura"),
            );
            if let Some(address) = &figure.domicilio {
                let at = format!("{at}/domicilio");
                self.address(&address.pais, &address.estado, &address.codigo_postal, &at);
            }
        }
    }

    pub(super) fn international(&mut self, node: &CartaPorte) {
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
        self.needs(
            node.regimenes.len() <= 10,
            "regimes-too-many",
            "/carta_porte/regimenes/10",
            "at most ten customs regimes are possible",
            "se permiten a lo sumo diez regímenes aduaneros",
        );
        let entry = node.entrada_salida_merc.as_deref() == Some("Entrada");
        for (index, regime) in node.regimenes.iter().enumerate() {
            let other = if entry {
                &["EXD", "ETR", "ETE"][..]
            } else {
                &["IMD", "ITR", "ITE"]
            };
            self.wants(
                !other.contains(&regime.regimen_aduanero.as_str())
                    || node.entrada_salida_merc.is_none(),
                "regime-other-direction",
                &format!("/carta_porte/regimenes/{index}/regimen_aduanero"),
                "this customs regime is one of the other direction",
                "este régimen aduanero es del sentido contrario",
            );
        }
        for (index, line) in node.mercancias.mercancia.iter().enumerate() {
            self.international_goods(
                line,
                entry,
                &format!("/carta_porte/mercancias/mercancia/{index}"),
            );
        }
    }

    fn international_goods(&mut self, line: &Mercancia, entry: bool, at: &str) {
        self.needs(
            line.fraccion_arancelaria.is_some(),
            "tariff-missing",
            &format!("{at}/fraccion_arancelaria"),
            "goods in international carriage need FraccionArancelaria",
            "las mercancías en traslado internacional necesitan FraccionArancelaria",
        );
        self.wants(
            line.tipo_materia.is_some(),
            "matter-missing",
            &format!("{at}/tipo_materia"),
            "goods in international carriage need TipoMateria",
            "las mercancías en traslado internacional necesitan TipoMateria",
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
