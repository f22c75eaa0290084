//! The `CartaPorte` record.

use super::goods::goods;
use super::{Scn, direction, normal, place_name, set_code, set_text};
use crate::carta_porte::document::*;
use crate::decimal;
use crate::draft::{Builder, Severity};
use crate::identifiers::{self, Pedimento};

/// The record holds no more.
const SCNS_MAX: usize = 200;
const PEDIMENTOS_MAX: usize = 100;
const EQUIPMENT_MAX: usize = 6;

pub(super) fn record(
    cfdi: Option<&Comprobante>,
    node: &CartaPorte,
    scns: &[Scn],
    out: &mut Builder,
) {
    let record = out.record("CartaPorte");
    out.missing(
        record,
        "/scac",
        "the carrier's SCAC: a Carta Porte names its carrier by RFC only",
        "el SCAC del transportista: la Carta Porte lo identifica solo por RFC",
    );
    out.missing(
        record,
        "/trip",
        "the trip number: a Carta Porte has none",
        "el número de viaje: la Carta Porte no lo tiene",
    );
    let origin = "/carta_porte/id_ccp";
    if !normal(out, record, "/idCcp", "idccp", Some(&node.id_ccp), origin) {
        out.missing(record, "/idCcp", "the IdCCP", "el IdCCP");
    }
    if let Some(cfdi) = cfdi {
        envelope(cfdi, record, out);
    }
    if let Some(direction) = direction(node) {
        let origin = "/carta_porte/entrada_salida_merc";
        out.set(record, "/direction", direction, origin);
    }
    for (index, (scn, origin)) in scns.iter().take(SCNS_MAX).enumerate() {
        out.set(record, &format!("/scns/{index}"), scn.as_str(), origin);
    }
    cut(
        out,
        "scns-many",
        "/carta_porte/mercancias",
        scns.len(),
        SCNS_MAX,
        ("shipments", "embarques"),
    );
    pedimentos(node, record, out);
    if let Some(road) = &node.mercancias.autotransporte {
        vehicle(road, record, out);
    }
    for (kind, pointer) in [("Origen", "/origin"), ("Destino", "/destination")] {
        let found = node
            .ubicaciones
            .iter()
            .enumerate()
            .find(|(_, place)| place.tipo_ubicacion == kind);
        if let Some((index, Some(address))) =
            found.map(|(index, place)| (index, place.domicilio.as_ref()))
        {
            let origin = format!("/carta_porte/ubicaciones/{index}/domicilio");
            set_text(
                out,
                record,
                pointer,
                &place_name(address),
                &origin,
                (2, 120),
            );
        }
    }
    let distance = node.total_dist_rec.as_deref().and_then(decimal::parse);
    if let Some(distance) = distance
        && (decimal::ONE / 100..=99_999 * decimal::ONE).contains(&distance)
    {
        let origin = "/carta_porte/total_dist_rec";
        out.set(record, "/distanceKm", decimal::json(distance), origin);
    }
    goods(node, record, false, out);
    driver(node, record, out);
}

fn envelope(cfdi: &Comprobante, record: usize, out: &mut Builder) {
    if let Some(stamp) = &cfdi.timbre {
        let origin = "/cfdi/timbre/uuid";
        normal(out, record, "/cfdiUuid", "uuid", Some(&stamp.uuid), origin);
    }
    if matches!(cfdi.tipo_de_comprobante.as_str(), "I" | "T") {
        let kind = cfdi.tipo_de_comprobante.as_str();
        out.set(record, "/cfdiKind", kind, "/cfdi/tipo_de_comprobante");
    }
    let origin = "/cfdi/emisor/rfc";
    normal(out, record, "/rfc", "rfc", Some(&cfdi.emisor.rfc), origin);
}

fn pedimentos(node: &CartaPorte, record: usize, out: &mut Builder) {
    let mut seen = std::collections::HashSet::new();
    for (index, line) in node.mercancias.mercancia.iter().enumerate() {
        for (number, paper) in line.documentacion.iter().enumerate() {
            let parsed = paper
                .num_pedimento
                .as_deref()
                .and_then(|text| text.parse::<Pedimento>().ok());
            if let Some(key) = parsed.map(|pedimento| pedimento.case_key())
                && seen.insert(key.clone())
                && seen.len() <= PEDIMENTOS_MAX
            {
                let origin = format!(
                    "/carta_porte/mercancias/mercancia/{index}/documentacion/{number}/num_pedimento"
                );
                out.set(
                    record,
                    &format!("/pedimentos/{}", seen.len() - 1),
                    key,
                    &origin,
                );
            }
        }
    }
    cut(
        out,
        "pedimentos-many",
        "/carta_porte/mercancias",
        seen.len(),
        PEDIMENTOS_MAX,
        ("pedimentos", "pedimentos"),
    );
}

fn vehicle(road: &Autotransporte, record: usize, out: &mut Builder) {
    let at = "/carta_porte/mercancias/autotransporte";
    let vehicle = &road.vehiculo;
    let origin = format!("{at}/vehiculo/placa_vm");
    normal(
        out,
        record,
        "/plate",
        "plate",
        Some(&vehicle.placa_vm),
        &origin,
    );
    let mut trailers = 0;
    for (index, trailer) in road.remolques.iter().enumerate().take(EQUIPMENT_MAX) {
        // A trailer has no number in a Carta Porte but its plate; at the border that is its number.
        let Ok(plate) = identifiers::normalise("plate", &trailer.placa) else {
            continue;
        };
        let origin = format!("{at}/remolques/{index}/placa");
        let to = format!("/equipment/{trailers}");
        out.set(
            record,
            &format!("{to}/equipmentNumber"),
            plate.as_str(),
            &origin,
        );
        if let Some(kind) = equipment_kind(&trailer.sub_tipo_rem) {
            let origin = format!("{at}/remolques/{index}/sub_tipo_rem");
            out.set(record, &format!("{to}/equipmentKind"), kind, &origin);
        }
        out.set(record, &format!("{to}/plate"), plate, &origin);
        trailers += 1;
    }
    let origin = format!("{at}/vehiculo/config_vehicular");
    let config = Some(vehicle.config_vehicular.as_str());
    set_code(out, record, "/vehicleConfig", config, &origin, (2, 8, ""));
    let permit = road.perm_sct.as_str();
    if permit == "TPXX00" || permit.starts_with("TPAF") && permit.len() == 6 {
        out.set(record, "/permitSict", permit, &format!("{at}/perm_sct"));
    }
}

/// The kind of a trailer, as far as our list of kinds goes: boxes, refrigerated, flat, tank, chassis.
fn equipment_kind(code: &str) -> Option<&'static str> {
    match code {
        "CTR002" | "CTR003" | "CTR004" | "CTR007" | "CTR008" | "CTR027" => Some("trailer"),
        "CTR006" | "CTR025" => Some("reefer"),
        "CTR009" | "CTR021" | "CTR022" | "CTR023" => Some("flatbed"),
        "CTR010" => Some("chassis"),
        "CTR028" => Some("tank"),
        _ => None,
    }
}

fn driver(node: &CartaPorte, record: usize, out: &mut Builder) {
    let driver = node
        .figuras
        .iter()
        .enumerate()
        .find(|(_, figure)| figure.tipo_figura == "01");
    let Some((index, driver)) = driver else {
        return;
    };
    let at = format!("/carta_porte/figuras/{index}");
    let name = driver.nombre_figura.as_str();
    let origin = format!("{at}/nombre_figura");
    if !set_text(out, record, "/driver/driverName", name, &origin, (2, 120)) {
        return;
    }
    let licence = driver.num_licencia.as_deref();
    let origin = format!("{at}/num_licencia");
    if !set_code(
        out,
        record,
        "/driver/licence",
        licence,
        &origin,
        (6, 16, "-"),
    ) && licence.is_some()
    {
        out.fault(
            Severity::Warning,
            "licence-form",
            &origin,
            "NumLicencia is not 6 to 16 letters, digits and hyphens, and is left out".to_owned(),
            "NumLicencia no son de 6 a 16 letras, dígitos y guiones, y se omite".to_owned(),
        );
    }
}

/// Tells that a list is longer than the record's.
pub(super) fn cut(
    out: &mut Builder,
    code: &'static str,
    origin: &str,
    count: usize,
    most: usize,
    (en, es): (&str, &str),
) {
    if count > most {
        out.fault(
            Severity::Error,
            code,
            origin,
            format!("{count} {en}: a record holds {most}, the others are left out"),
            format!("{count} {es}: un registro admite {most}, los demás se omiten"),
        );
    }
}
