//! From the plain document to draft records: a `CartaPorte`, and what it tells of a `Shipment`.

use super::document::*;
use crate::decimal;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::identifiers::{self, Pedimento};
use crate::kinds::DocumentKind;

/// Makes the draft.
pub(super) fn draft(document: &CartaPorteDocument, places: Places) -> Draft {
    let mut out = Builder::new(DocumentKind::CartaPorte, places);
    let scns = waybills(document, &mut out);
    carta_porte(document, &scns, &mut out);
    shipment(document, &scns, &mut out);
    out.finish()
}

/// Waybill numbers that have the form of a shipment control number, with the pointers of their fields.
fn waybills(document: &CartaPorteDocument, out: &mut Builder) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (index, line) in document.carta_porte.mercancias.mercancia.iter().enumerate() {
        for (number, waybill) in line.guias.iter().enumerate() {
            let origin =
                format!("/carta_porte/mercancias/mercancia/{index}/guias/{number}/numero_guia");
            if let Ok(scn) = identifiers::normalise("scn", &waybill.numero_guia)
                && !found.iter().any(|(known, _)| *known == scn)
            {
                out.fault(
                        Severity::Note,
                        "waybill-as-scn",
                        &origin,
                        format!("waybill {scn} has the form of a shipment control number and is taken as one"),
                        format!("la guía {scn} tiene la forma de un número de control de embarque y se toma como tal"),
                    );
                found.push((scn, origin));
            }
        }
    }
    found
}

/// Northbound or southbound, where the document says so.
fn direction(node: &CartaPorte) -> Option<&'static str> {
    let by_road = node
        .via_entrada_salida
        .as_deref()
        .is_none_or(|via| via == "01");
    match (
        node.transp_internac.as_str(),
        node.entrada_salida_merc.as_deref(),
    ) {
        ("Sí", Some("Salida")) if by_road => match node.pais_origen_destino.as_deref() {
            Some("USA" | "CAN") => Some("northbound"),
            _ => None,
        },
        ("Sí", Some("Entrada")) if by_road => match node.pais_origen_destino.as_deref() {
            Some("USA" | "CAN") => Some("southbound"),
            _ => None,
        },
        _ => None,
    }
}

fn carta_porte(document: &CartaPorteDocument, scns: &[(String, String)], out: &mut Builder) {
    let node = &document.carta_porte;
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
    normal(
        out,
        record,
        "/idCcp",
        "idccp",
        Some(&node.id_ccp),
        "/carta_porte/id_ccp",
    );
    if node.id_ccp.is_empty() {
        out.missing(record, "/idCcp", "the IdCCP", "el IdCCP");
    }
    if let Some(cfdi) = &document.cfdi {
        if let Some(stamp) = &cfdi.timbre {
            normal(
                out,
                record,
                "/cfdiUuid",
                "uuid",
                Some(&stamp.uuid),
                "/cfdi/timbre/uuid",
            );
        }
        if matches!(cfdi.tipo_de_comprobante.as_str(), "I" | "T") {
            out.set(
                record,
                "/cfdiKind",
                cfdi.tipo_de_comprobante.as_str(),
                "/cfdi/tipo_de_comprobante",
            );
        }
        normal(
            out,
            record,
            "/rfc",
            "rfc",
            Some(&cfdi.emisor.rfc),
            "/cfdi/emisor/rfc",
        );
    }
    if let Some(direction) = direction(node) {
        out.set(
            record,
            "/direction",
            direction,
            "/carta_porte/entrada_salida_merc",
        );
    }
    for (index, (scn, origin)) in scns.iter().enumerate() {
        out.set(record, &format!("/scns/{index}"), scn.as_str(), origin);
    }
    let mut pedimentos: Vec<String> = Vec::new();
    for (index, line) in node.mercancias.mercancia.iter().enumerate() {
        for (number, paper) in line.documentacion.iter().enumerate() {
            let parsed = paper
                .num_pedimento
                .as_deref()
                .and_then(|text| text.parse::<Pedimento>().ok());
            if let Some(key) = parsed.map(|pedimento| pedimento.case_key())
                && !pedimentos.contains(&key)
            {
                let origin = format!(
                    "/carta_porte/mercancias/mercancia/{index}/documentacion/{number}/num_pedimento"
                );
                out.set(
                    record,
                    &format!("/pedimentos/{}", pedimentos.len()),
                    key.as_str(),
                    &origin,
                );
                pedimentos.push(key);
            }
        }
    }
    if let Some(road) = &node.mercancias.autotransporte {
        let at = "/carta_porte/mercancias/autotransporte";
        let vehicle = &road.vehiculo;
        normal(
            out,
            record,
            "/plate",
            "plate",
            Some(&vehicle.placa_vm),
            &format!("{at}/vehiculo/placa_vm"),
        );
        let mut trailers = 0;
        for (index, trailer) in road.remolques.iter().enumerate() {
            // A trailer has no number in a Carta Porte but its plate; at the border that is its number.
            if let Ok(plate) = identifiers::normalise("plate", &trailer.placa) {
                let origin = format!("{at}/remolques/{index}/placa");
                out.set(
                    record,
                    &format!("/equipment/{trailers}/equipmentNumber"),
                    plate.as_str(),
                    &origin,
                );
                out.set(
                    record,
                    &format!("/equipment/{trailers}/plate"),
                    plate.as_str(),
                    &origin,
                );
                trailers += 1;
            }
        }
        out.set_some(
            record,
            "/vehicleConfig",
            Some(&vehicle.config_vehicular),
            &format!("{at}/vehiculo/config_vehicular"),
        );
        out.set_some(
            record,
            "/permitSict",
            Some(&road.perm_sct),
            &format!("{at}/perm_sct"),
        );
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
            out.set(record, pointer, place_name(address), &origin);
        }
    }
    if let Some(distance) = node.total_dist_rec.as_deref().and_then(decimal::parse) {
        out.set(
            record,
            "/distanceKm",
            decimal::json(distance),
            "/carta_porte/total_dist_rec",
        );
    }
    weights_and_goods(node, record, false, out);
    let driver = node
        .figuras
        .iter()
        .enumerate()
        .find(|(_, figure)| figure.tipo_figura == "01");
    if let Some((index, driver)) = driver {
        let at = format!("/carta_porte/figuras/{index}");
        out.set_some(
            record,
            "/driver/driverName",
            Some(&driver.nombre_figura),
            &format!("{at}/nombre_figura"),
        );
        let licence = driver.num_licencia.as_deref().map(str::to_uppercase);
        out.set_some(
            record,
            "/driver/licence",
            licence.as_deref(),
            &format!("{at}/num_licencia"),
        );
    }
}

/// City and state in words where the document has words, else postal code, state and country.
///
/// Municipio and Localidad are mostly codes of SAT catalogues; this crate has no catalogue to name them by.
fn place_name(address: &Domicilio) -> String {
    let words = |text: &Option<String>| {
        text.clone()
            .filter(|text| text.chars().any(char::is_alphabetic) && !text.is_empty())
    };
    let city = words(&address.localidad).or_else(|| words(&address.municipio));
    match city {
        Some(city) => format!("{city}, {}", address.estado),
        None => format!(
            "{} {}, {}",
            address.codigo_postal, address.estado, address.pais
        ),
    }
}

/// Normalises an identifier; what does not fit is left out, its fault is already told.
fn normal(
    out: &mut Builder,
    record: usize,
    pointer: &str,
    name: &str,
    value: Option<&str>,
    origin: &str,
) {
    if let Some(text) = value.and_then(|value| identifiers::normalise(name, value).ok()) {
        out.set(record, pointer, text, origin);
    }
}

/// The package code of UN/ECE Recommendation 21 in a unit of Recommendation 20: `X` and the code.
fn package_unit(unit: &str) -> Option<&str> {
    unit.strip_prefix('X').filter(|code| code.len() == 2)
}

fn weights_and_goods(node: &CartaPorte, record: usize, required: bool, out: &mut Builder) {
    let goods = &node.mercancias;
    let at = "/carta_porte/mercancias";
    match (
        decimal::parse(&goods.peso_bruto_total),
        goods.unidad_peso.as_str(),
    ) {
        (Some(weight), "KGM") => {
            out.set(
                record,
                "/grossWeightKg",
                decimal::json(weight),
                &format!("{at}/peso_bruto_total"),
            );
        }
        (weight, unit) => {
            if weight.is_some() && !unit.is_empty() && !required {
                out.fault(
                    Severity::Warning,
                    "weight-unit",
                    &format!("{at}/unidad_peso"),
                    format!(
                        "UnidadPeso is {unit}, not KGM: the total weight in kilograms is not known"
                    ),
                    format!(
                        "UnidadPeso es {unit}, no KGM: no se conoce el peso total en kilogramos"
                    ),
                );
            }
            if required {
                out.missing(
                    record,
                    "/grossWeightKg",
                    "the gross weight in kilograms",
                    "el peso bruto en kilogramos",
                );
            }
        }
    }
    let mut packages: Option<i64> = Some(0);
    let mut first_origin = None;
    for (index, line) in goods.mercancia.iter().enumerate() {
        let at = format!("{at}/mercancia/{index}");
        let to = format!("/goods/{index}");
        if !out.set_some(
            record,
            &format!("{to}/goodsText"),
            Some(&line.descripcion),
            &format!("{at}/descripcion"),
        ) {
            out.missing(
                record,
                &format!("{to}/goodsText"),
                "what the goods are",
                "qué son las mercancías",
            );
        }
        normal(
            out,
            record,
            &format!("{to}/commodityCode"),
            "hts",
            line.fraccion_arancelaria.as_deref(),
            &format!("{at}/fraccion_arancelaria"),
        );
        let count = decimal::parse(&line.cantidad).and_then(decimal::whole);
        match (package_unit(&line.clave_unidad), count) {
            (Some(unit), Some(count)) => {
                let origin = format!("{at}/cantidad");
                out.set(record, &format!("{to}/packages"), count, &origin);
                out.set(
                    record,
                    &format!("{to}/packageUnit"),
                    unit,
                    &format!("{at}/clave_unidad"),
                );
                packages = packages.and_then(|sum| sum.checked_add(count));
                first_origin.get_or_insert(origin);
            }
            _ => {
                packages = None;
                out.missing(
                    record,
                    &format!("{to}/packages"),
                    "the number of packages: ClaveUnidad is no unit of packing",
                    "el número de bultos: ClaveUnidad no es una unidad de embalaje",
                );
            }
        }
        if let Some(weight) = decimal::parse(&line.peso_en_kg) {
            out.set(
                record,
                &format!("{to}/grossWeightKg"),
                decimal::json(weight),
                &format!("{at}/peso_en_kg"),
            );
        }
        normal(
            out,
            record,
            &format!("{to}/unNumber"),
            "un-number",
            line.cve_material_peligroso.as_deref(),
            &format!("{at}/cve_material_peligroso"),
        );
    }
    match (packages, first_origin) {
        (Some(sum), Some(origin)) => out.set(record, "/packages", sum, &origin),
        _ if required => out.missing(
            record,
            "/packages",
            "the number of packages",
            "el número de bultos",
        ),
        _ => {}
    }
}

/// The shipment, where the document is of one: international, one origin, one destination, at most one waybill.
fn shipment(document: &CartaPorteDocument, scns: &[(String, String)], out: &mut Builder) {
    let node = &document.carta_porte;
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
        out.set(record, "/loadedAt", place_name(address), &at);
    }
    weights_and_goods(node, record, true, out);
}

fn party(out: &mut Builder, record: usize, to: &str, (index, place): (usize, &Ubicacion)) {
    let at = format!("/carta_porte/ubicaciones/{index}");
    let name = place.nombre_remitente_destinatario.as_deref();
    if !out.set_some(
        record,
        &format!("{to}/partyName"),
        name,
        &format!("{at}/nombre_remitente_destinatario"),
    ) {
        out.missing(
            record,
            &format!("{to}/partyName"),
            "the party's name",
            "el nombre de la parte",
        );
    }
    if let Some(address) = &place.domicilio {
        let at = format!("{at}/domicilio");
        let street: Vec<&str> = [
            &address.calle,
            &address.numero_exterior,
            &address.numero_interior,
        ]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
        out.set_some(
            record,
            &format!("{to}/streetAddress"),
            Some(&street.join(" ")),
            &format!("{at}/calle"),
        );
        out.set_some(
            record,
            &format!("{to}/region"),
            Some(&address.estado),
            &format!("{at}/estado"),
        );
        out.set_some(
            record,
            &format!("{to}/postalCode"),
            Some(&address.codigo_postal),
            &format!("{at}/codigo_postal"),
        );
    }
    let country = place
        .domicilio
        .as_ref()
        .map_or("", |address| address.pais.as_str());
    match alpha2(country) {
        Some(code) => out.set(
            record,
            &format!("{to}/country"),
            code,
            &format!("{at}/domicilio/pais"),
        ),
        None => out.missing(
            record,
            &format!("{to}/country"),
            "the country, two letters",
            "el país, dos letras",
        ),
    }
    if place.rfc_remitente_destinatario == "XEXX010101000" {
        out.set_some(
            record,
            &format!("{to}/taxNumber"),
            place.num_reg_id_trib.as_deref(),
            &format!("{at}/num_reg_id_trib"),
        );
    } else {
        let origin = format!("{at}/rfc_remitente_destinatario");
        normal(
            out,
            record,
            &format!("{to}/taxNumber"),
            "rfc",
            Some(&place.rfc_remitente_destinatario),
            &origin,
        );
    }
}

/// Countries of land trade through the border; others are asked for, not guessed from three letters.
fn alpha2(alpha3: &str) -> Option<&'static str> {
    match alpha3 {
        "MEX" => Some("MX"),
        "USA" => Some("US"),
        "CAN" => Some("CA"),
        "GTM" => Some("GT"),
        "BLZ" => Some("BZ"),
        "SLV" => Some("SV"),
        "HND" => Some("HN"),
        "NIC" => Some("NI"),
        "CRI" => Some("CR"),
        "PAN" => Some("PA"),
        _ => None,
    }
}
