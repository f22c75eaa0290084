//! Places of departure and arrival.

use super::Check;
use crate::carta_porte::document::*;
use crate::carta_porte::fields::date_time;
use crate::decimal;
use std::collections::HashSet;

impl Check<'_> {
    pub(super) fn locations(&mut self, node: &CartaPorte) {
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
            let found = node
                .ubicaciones
                .iter()
                .any(|place| place.tipo_ubicacion == kind);
            self.needs(
                found,
                "location-missing",
                "/carta_porte/ubicaciones",
                en,
                es,
            );
        }
        let goods = &node.mercancias;
        let by_land = goods.autotransporte.is_some() || goods.ferroviario.is_some();
        let by_sea_or_air = goods.maritimo.is_some() || goods.aereo.is_some();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut departed: Option<&str> = None;
        for (index, place) in node.ubicaciones.iter().enumerate() {
            let at = format!("/carta_porte/ubicaciones/{index}");
            if let Some(id) = place.id_ubicacion.as_deref() {
                self.location_id(id, &place.tipo_ubicacion, seen.insert(id), &at);
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
            if place.tipo_ubicacion == "Destino" && (by_land || !by_sea_or_air) {
                self.needs(
                    place.distancia_recorrida.is_some(),
                    "attribute-missing",
                    &format!("{at}/distancia_recorrida"),
                    "a Destino by road or rail needs DistanciaRecorrida",
                    "un Destino por carretera o ferrocarril necesita DistanciaRecorrida",
                );
            }
            self.station(place, by_sea_or_air, goods.maritimo.is_some(), &at);
            self.foreign_party(
                Some(&place.rfc_remitente_destinatario),
                place.num_reg_id_trib.is_some() && place.residencia_fiscal.is_some(),
                &format!("{at}/rfc_remitente_destinatario"),
                ("NumRegIdTrib", "ResidenciaFiscal"),
            );
            if let Some(address) = &place.domicilio {
                let at = format!("{at}/domicilio");
                self.address(&address.pais, &address.estado, &address.codigo_postal, &at);
            }
        }
        self.distances(node);
    }

    fn location_id(&mut self, id: &str, kind: &str, first: bool, at: &str) {
        let origin = format!("{at}/id_ubicacion");
        let id: String = id.chars().take(20).collect();
        if !first {
            self.error(
                "location-repeated",
                &origin,
                format!("{id} is given twice"),
                format!("{id} está repetido"),
            );
        }
        let right = match kind {
            "Origen" => id.starts_with("OR"),
            "Destino" => id.starts_with("DE"),
            _ => true,
        };
        self.needs(
            right,
            "location-id-kind",
            &origin,
            "IDUbicacion begins with OR for an Origen and DE for a Destino",
            "IDUbicacion comienza con OR para un Origen y con DE para un Destino",
        );
    }

    /// By sea and by air a place is a station.
    fn station(&mut self, place: &Ubicacion, by_sea_or_air: bool, by_sea: bool, at: &str) {
        if by_sea_or_air && place.tipo_estacion.as_deref() != Some("02") {
            for (present, field, name) in [
                (place.num_estacion.is_some(), "num_estacion", "NumEstacion"),
                (
                    place.tipo_estacion.is_some(),
                    "tipo_estacion",
                    "TipoEstacion",
                ),
                (
                    place.nombre_estacion.is_some(),
                    "nombre_estacion",
                    "NombreEstacion",
                ),
            ] {
                self.wants(
                    present,
                    "station-missing",
                    &format!("{at}/{field}"),
                    &format!("a place by sea or air needs {name}"),
                    &format!("una ubicación por mar o aire necesita {name}"),
                );
            }
        }
        self.wants(
            by_sea || place.navegacion_trafico.is_none(),
            "navigation-unexpected",
            &format!("{at}/navegacion_trafico"),
            "NavegacionTrafico is for carriage by sea",
            "NavegacionTrafico es para el traslado marítimo",
        );
    }

    fn distances(&mut self, node: &CartaPorte) {
        let distances: Option<i128> = node
            .ubicaciones
            .iter()
            .filter_map(|place| place.distancia_recorrida.as_deref())
            .map(decimal::parse)
            .sum();
        let total = node.total_dist_rec.as_deref().and_then(decimal::parse);
        if let (Some(sum), Some(total)) = (distances, total) {
            let origin = "/carta_porte/total_dist_rec";
            self.sum("distance-sum", origin, "TotalDistRec", total, sum);
        }
        let goods = &node.mercancias;
        self.wants(
            node.total_dist_rec.is_some()
                || goods.autotransporte.is_none() && goods.ferroviario.is_none(),
            "distance-total-missing",
            "/carta_porte/total_dist_rec",
            "carriage by road or rail needs TotalDistRec",
            "el traslado por carretera o ferrocarril necesita TotalDistRec",
        );
    }
}
