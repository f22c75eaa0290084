//! The `Shipment` record.

use super::goods::goods;
use super::party::{self, Address};
use super::{Scn, direction, normal, place_name, set_text};
use crate::carta_porte::document::*;
use crate::draft::Builder;

/// The shipment, where the document is of one: international, one origin, one destination, at most one waybill.
pub(super) fn record(node: &CartaPorte, scns: &[Scn], out: &mut Builder) {
    let one = |kind: &str| {
        let mut found = node
            .ubicaciones
            .iter()
            .enumerate()
            .filter(|(_, place)| place.tipo_ubicacion == kind);
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    };
    let (Some(origin), Some(destination)) = (one("Origen"), one("Destino")) else {
        return;
    };
    if node.transp_internac != "Sí" || scns.len() > 1 {
        return;
    }
    let record = out.optional_record("Shipment");
    match scns.first() {
        Some((scn, origin)) => out.set(record, "/scn", scn.as_str(), origin),
        None => out.missing(
            record,
            "/scn",
            "the shipment control number: a Carta Porte has none but a waybill of that form",
            "el número de control del embarque: la Carta Porte no lo tiene, salvo una guía con esa forma",
        ),
    }
    match direction(node) {
        Some(direction) => out.set(
            record,
            "/direction",
            direction,
            "/carta_porte/entrada_salida_merc",
        ),
        None => out.missing(
            record,
            "/direction",
            "northbound or southbound",
            "hacia el norte o hacia el sur",
        ),
    }
    party(out, record, "/shipper", origin);
    party(out, record, "/consignee", destination);
    if let Some(address) = &origin.1.domicilio {
        let at = format!("/carta_porte/ubicaciones/{}/domicilio", origin.0);
        set_text(
            out,
            record,
            "/loadedAt",
            &place_name(address),
            &at,
            (2, 120),
        );
    }
    goods(node, record, true, out);
}

fn party(out: &mut Builder, record: usize, to: &str, (index, place): (usize, &Ubicacion)) {
    let at = format!("/carta_porte/ubicaciones/{index}");
    let name = place.nombre_remitente_destinatario.as_deref().unwrap_or("");
    let origin = format!("{at}/nombre_remitente_destinatario");
    party::name(out, record, to, name, &origin);
    let address = place
        .domicilio
        .as_ref()
        .map(|address| Address::of(address, format!("{at}/domicilio")));
    party::address(out, record, to, address.as_ref());
    if place.rfc_remitente_destinatario == "XEXX010101000" {
        let origin = format!("{at}/num_reg_id_trib");
        party::foreign_number(out, record, to, place.num_reg_id_trib.as_deref(), &origin);
    } else {
        let origin = format!("{at}/rfc_remitente_destinatario");
        let rfc = Some(place.rfc_remitente_destinatario.as_str());
        normal(out, record, &format!("{to}/taxNumber"), "rfc", rfc, &origin);
    }
}
