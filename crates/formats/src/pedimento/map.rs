//! From plain documents to draft records.

use super::document::*;
use super::forms;
use crate::country;
use crate::decimal;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::identifiers::{self, Pedimento};
use crate::kinds::DocumentKind;
use crate::money;
use std::collections::HashSet;

/// The record types hold at most this many lines, as a pedimento does.
const GOODS_MAX: usize = 999;
/// The record types hold at most 200,000 kg, more than any truck weighs.
const WEIGHT_MAX: i128 = 200_000 * decimal::ONE;
/// The record types hold at most this many packages.
const PACKAGES_MAX: i64 = 9_999_999;
/// The record types hold at most this value in US cents.
const USD_CENTS_MAX: i64 = 10_000_000_000_000;
/// The record types hold at most this many receipts.
const COVES_MAX: usize = 100;
/// The record types hold at most this many shipments.
const SCNS_MAX: usize = 200;

/// Makes the draft.
pub(super) fn draft(documents: &[PedimentoDocument], places: Places) -> Draft {
    let mut out = Builder::new(DocumentKind::Pedimento, places);
    for (index, document) in documents.iter().enumerate() {
        let mut map = Map {
            document,
            at: format!("/{index}"),
            out: &mut out,
        };
        map.all();
    }
    out.finish()
}

struct Map<'a> {
    document: &'a PedimentoDocument,
    at: String,
    out: &'a mut Builder,
}

impl Map<'_> {
    fn all(&mut self) {
        let scns = self.scns();
        let transit = self.document.encabezado.clave.as_deref() == Some("T3");
        match transit {
            true => self.transit(&scns),
            false => self.pedimento(&scns),
        }
        if matches!(self.document.encabezado.clave.as_deref(), Some("R1" | "CT"))
            && self.document.encabezado.pedimento_original.is_some()
        {
            self.rectified();
        }
        self.validated(transit);
        self.paid(transit);
        for index in 0..self.document.facturas.len() {
            self.invoice(index, &scns);
        }
    }

    fn header(&self, field: &str) -> String {
        format!("{}/encabezado/{field}", self.at)
    }

    fn number(&self) -> Option<Pedimento> {
        self.document.encabezado.numero.as_deref()?.parse().ok()
    }

    /// Waybills of the form of a shipment control number.
    fn scns(&mut self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        for (index, waybill) in self.document.guias.iter().enumerate() {
            let origin = format!("{}/guias/{index}/numero", self.at);
            let Some(scn) = waybill
                .numero
                .as_deref()
                .and_then(|text| identifiers::normalise("scn", text).ok())
            else {
                continue;
            };
            if !seen.insert(scn.clone()) || found.len() == SCNS_MAX {
                continue;
            }
            self.out.fault(
                Severity::Note,
                "waybill-as-scn",
                &origin,
                format!("waybill {scn} has the form of a shipment control number and is taken as one"),
                format!("la guía {scn} tiene la forma de un número de control de embarque y se toma como tal"),
            );
            found.push((scn, origin));
        }
        found
    }

    fn pedimento(&mut self, scns: &[(String, String)]) {
        let record = self.out.record("Pedimento");
        self.common(record, scns);
        let aduana = self.document.encabezado.aduana_seccion.clone();
        if let Some(code) = right(forms::Form::Aduana, &aduana) {
            let origin = self.header("aduana_seccion");
            self.out.set(record, "/aduana", code, &origin);
        }
        let dollars = self
            .document
            .encabezado
            .valor_dolares
            .as_deref()
            .and_then(money::cents)
            .filter(|cents| *cents <= USD_CENTS_MAX);
        if let Some(cents) = dollars {
            let origin = self.header("valor_dolares");
            self.out.set(record, "/valueUsdCents", cents, &origin);
        }
    }

    fn transit(&mut self, scns: &[(String, String)]) {
        let record = self.out.record("TransitPedimento");
        self.common(record, scns);
        let header = &self.document.encabezado;
        for (pointer, field, code, en, es) in [
            (
                "/originAduana",
                "aduana_seccion",
                &header.aduana_seccion,
                "the aduana of entry",
                "la aduana de entrada",
            ),
            (
                "/destinationAduana",
                "aduana_destino",
                &header.aduana_destino,
                "the aduana where the transit ends",
                "la aduana donde termina el tránsito",
            ),
        ] {
            let origin = format!("{}/encabezado/{field}", self.at);
            match right(forms::Form::Aduana, code) {
                Some(code) => self.out.set(record, pointer, code, &origin),
                None => self.out.missing(record, pointer, en, es),
            }
        }
        if let Some(vehicle) = self.document.transportes.first() {
            for (pointer, name, field, text) in [
                ("/plate", "plate", "placas", &vehicle.placas),
                ("/caat", "caat", "caat", &vehicle.caat),
                ("/carrierRfc", "rfc", "rfc", &vehicle.rfc),
            ] {
                let value = text
                    .as_deref()
                    .and_then(|text| identifiers::normalise(name, text).ok());
                if let Some(value) = value {
                    let origin = format!("{}/transportes/0/{field}", self.at);
                    self.out.set(record, pointer, value, &origin);
                }
            }
        }
        let container = self
            .document
            .contenedores
            .first()
            .and_then(|container| container.numero.as_deref());
        if let Some(number) =
            container.and_then(|text| identifiers::normalise("container", text).ok())
        {
            let origin = format!("{}/contenedores/0/numero", self.at);
            self.out.set(record, "/containerNumber", number, &origin);
        }
    }

    /// What a pedimento and a transit have alike.
    fn common(&mut self, record: usize, scns: &[(String, String)]) {
        let header = &self.document.encabezado;
        let origin = self.header("numero");
        match self.number() {
            Some(number) => {
                for (pointer, from, to) in [
                    ("/year", 0, 2),
                    ("/customsOffice", 2, 4),
                    ("/patente", 4, 8),
                    ("/number", 8, 15),
                ] {
                    let part = number.as_str().get(from..to).unwrap_or_default();
                    self.out.set(record, pointer, part, &origin);
                }
            }
            None => self.out.missing(
                record,
                "/number",
                "the pedimento number of 15 digits",
                "el número de pedimento de 15 dígitos",
            ),
        }
        for (pointer, field, form, text, en, es) in [
            (
                "/operation",
                "tipo_operacion",
                forms::Form::Operation,
                &header.tipo_operacion,
                "the type of operation",
                "el tipo de operación",
            ),
            (
                "/clave",
                "clave",
                forms::Form::Clave,
                &header.clave,
                "the pedimento code",
                "la clave de pedimento",
            ),
            (
                "/regime",
                "regimen",
                forms::Form::Regime,
                &header.regimen,
                "the customs regime",
                "el régimen",
            ),
        ] {
            let origin = format!("{}/encabezado/{field}", self.at);
            match right(form, text) {
                Some(text) => self.out.set(record, pointer, text, &origin),
                None => self.out.missing(record, pointer, en, es),
            }
        }
        let rfc = header
            .rfc
            .as_deref()
            .and_then(|text| identifiers::normalise("rfc", text).ok());
        let origin = self.header("rfc");
        match rfc {
            Some(rfc) => self.out.set(record, "/rfc", rfc, &origin),
            None => self.out.missing(
                record,
                "/rfc",
                "the RFC of importer or exporter",
                "el RFC del importador o exportador",
            ),
        }
        let origin = self.header("peso_bruto");
        let weight = header.peso_bruto.as_deref().and_then(decimal::parse);
        self.out_of_range(
            "peso_bruto",
            weight.is_some_and(|weight| weight > WEIGHT_MAX),
        );
        match weight.filter(|weight| *weight <= WEIGHT_MAX) {
            Some(weight) => self
                .out
                .set(record, "/grossWeightKg", decimal::json(weight), &origin),
            None => self.out.missing(
                record,
                "/grossWeightKg",
                "the gross weight",
                "el peso bruto",
            ),
        }
        let origin = self.header("bultos");
        let packages = header
            .bultos
            .as_deref()
            .and_then(decimal::parse)
            .and_then(decimal::whole);
        self.out_of_range(
            "bultos",
            packages.is_some_and(|packages| packages > PACKAGES_MAX),
        );
        match packages.filter(|packages| *packages <= PACKAGES_MAX) {
            Some(packages) => self.out.set(record, "/packages", packages, &origin),
            None => self.out.missing(
                record,
                "/packages",
                "the number of packages",
                "el número de bultos",
            ),
        }
        for (index, (scn, origin)) in scns.iter().enumerate() {
            self.out
                .set(record, &format!("/scns/{index}"), scn.as_str(), origin);
        }
        let origin = self.header("valor_aduana");
        if let Some(cents) = header.valor_aduana.as_deref().and_then(money::cents) {
            self.out
                .set(record, "/customsValueMxnCents", cents, &origin);
        }
        let mut coves: HashSet<String> = HashSet::new();
        for (index, invoice) in self.document.facturas.iter().enumerate() {
            let cove = invoice.acuse_valor.as_deref();
            if let Some(cove) = cove.and_then(|text| identifiers::normalise("cove", text).ok())
                && coves.len() < COVES_MAX
                && coves.insert(cove.clone())
            {
                let origin = format!("{}/facturas/{index}/acuse_valor", self.at);
                self.out.set(
                    record,
                    &format!("/coves/{}", coves.len() - 1),
                    cove,
                    &origin,
                );
            }
        }
        self.goods(record);
    }

    /// Tells that a value of the header is more than a record of one truck holds.
    fn out_of_range(&mut self, field: &str, beyond: bool) {
        if beyond {
            let origin = self.header(field);
            self.out.fault(
                Severity::Error,
                "beyond-record",
                &origin,
                "this is more than a truck carries, and no record holds it".to_owned(),
                "es más de lo que lleva un camión y ningún registro lo admite".to_owned(),
            );
        }
    }

    /// The lines, where each has its packages: the record type asks for them, Anexo 22 does not.
    fn goods(&mut self, record: usize) {
        let lines = &self.document.partidas;
        let one = lines.len() == 1;
        let total = self.document.encabezado.bultos.as_deref();
        let told = |line: &Partida| match &line.datos.bultos {
            Some(text) => decimal::parse(text).and_then(decimal::whole),
            None if one => total.and_then(decimal::parse).and_then(decimal::whole),
            None => None,
        };
        let whole = lines.iter().all(|line| {
            let text = line.datos.descripcion.as_deref().unwrap_or("");
            told(line).is_some_and(|count| count <= PACKAGES_MAX) && text.chars().count() >= 3
        });
        if lines.is_empty() || !whole || lines.len() > GOODS_MAX {
            if !lines.is_empty() {
                let origin = format!("{}/partidas/0/datos", self.at);
                self.out.fault(
                    Severity::Note,
                    "lines-not-taken",
                    &origin,
                    "the lines are read and checked, but not taken over as goods: that needs `bultosPartida` in each"
                        .to_owned(),
                    "las partidas se leen y revisan, pero no se toman como mercancías: hace falta `bultosPartida` en cada una"
                        .to_owned(),
                );
            }
            return;
        }
        for (index, line) in lines.iter().enumerate() {
            let at = format!("{}/partidas/{index}/datos", self.at);
            let to = format!("/goods/{index}");
            let text: String = line
                .datos
                .descripcion
                .as_deref()
                .unwrap_or("")
                .chars()
                .take(300)
                .collect();
            if line
                .datos
                .descripcion
                .as_deref()
                .is_some_and(|whole| whole.len() > text.len())
            {
                self.out.fault(
                    Severity::Note,
                    "text-cut",
                    &format!("{at}/descripcion"),
                    "only the first 300 characters are taken over".to_owned(),
                    "solo se toman los primeros 300 caracteres".to_owned(),
                );
            }
            self.out.set(
                record,
                &format!("{to}/goodsText"),
                text,
                &format!("{at}/descripcion"),
            );
            if let Some(fraccion) = right(forms::Form::Fraccion, &line.datos.fraccion) {
                let nico = right(forms::Form::Nico, &line.datos.nico).unwrap_or_default();
                let code = format!("{fraccion}{nico}");
                self.out.set(
                    record,
                    &format!("{to}/commodityCode"),
                    code,
                    &format!("{at}/fraccion"),
                );
            }
            let country = line
                .datos
                .pais_origen
                .as_deref()
                .and_then(country::two_letters);
            let imports = self.document.encabezado.tipo_operacion.as_deref() != Some("EXP");
            match country {
                // On export the field says where the goods go, which is no origin.
                Some(country) if imports => {
                    let origin = format!("{at}/pais_origen");
                    self.out
                        .set(record, &format!("{to}/originCountry"), country, &origin);
                }
                None if imports && line.datos.pais_origen.is_some() => self.out.fault(
                    Severity::Note,
                    "country-not-taken",
                    &format!("{at}/pais_origen"),
                    "this country is not known by two letters and is not taken over".to_owned(),
                    "no se conocen las dos letras de este país y no se toma".to_owned(),
                ),
                _ => {}
            }
            let packages = format!("{to}/packages");
            match (&line.datos.bultos, told(line)) {
                (Some(_), Some(count)) => {
                    self.out
                        .set(record, &packages, count, &format!("{at}/bultos"));
                }
                (None, Some(count)) => {
                    let origin = self.header("bultos");
                    self.out.set(record, &packages, count, &origin);
                }
                (_, None) => {}
            }
            if let Some(weight) = line
                .datos
                .peso_bruto
                .as_deref()
                .and_then(decimal::parse)
                .filter(|weight| *weight <= WEIGHT_MAX)
            {
                let origin = format!("{at}/peso_bruto");
                self.out.set(
                    record,
                    &format!("{to}/grossWeightKg"),
                    decimal::json(weight),
                    &origin,
                );
            }
        }
    }

    fn rectified(&mut self) {
        let header = &self.document.encabezado;
        let record = self.out.record("Rectified");
        self.own_number(record);
        let origin = self.header("pedimento_original");
        match header
            .pedimento_original
            .as_deref()
            .and_then(|text| text.parse::<Pedimento>().ok())
        {
            Some(original) => self
                .out
                .set(record, "/rectifies", original.case_key(), &origin),
            None => self.out.missing(
                record,
                "/rectifies",
                "the original pedimento",
                "el pedimento original",
            ),
        }
        if let Some(clave) = right(forms::Form::Clave, &header.clave) {
            let origin = self.header("clave");
            self.out.set(record, "/clave", clave, &origin);
        }
        if let Some(cause) = header.motivo_rectificacion.as_deref()
            && cause.chars().count() >= 3
        {
            let cause: String = cause.chars().take(500).collect();
            let origin = self.header("motivo_rectificacion");
            self.out.set(record, "/cause", cause, &origin);
        }
    }

    /// `/pedimentos/0`: the document's own number.
    fn own_number(&mut self, record: usize) {
        let origin = self.header("numero");
        match self.number() {
            Some(number) => self
                .out
                .set(record, "/pedimentos/0", number.case_key(), &origin),
            None => self.out.missing(
                record,
                "/pedimentos/0",
                "the pedimento number of 15 digits",
                "el número de pedimento de 15 dígitos",
            ),
        }
    }

    /// The number in the parts that records of the transit program have.
    fn own_parts(&mut self, record: usize) {
        let origin = self.header("numero");
        let Some(number) = self.number() else { return };
        for (pointer, from, to) in [
            ("/year", 0, 2),
            ("/customsOffice", 2, 4),
            ("/patente", 4, 8),
            ("/number", 8, 15),
        ] {
            let part = number.as_str().get(from..to).unwrap_or_default();
            self.out.set(record, pointer, part, &origin);
        }
    }

    /// Says once that what follows is another's act.
    fn reported(&mut self, field: &str, who_en: &str, who_es: &str) {
        let origin = self.header(field);
        self.out.fault(
            Severity::Note,
            "reported",
            &origin,
            format!("this is the act of {who_en}: file it with standing report, and this file as its source"),
            format!("es un acto de {who_es}: preséntelo con carácter de informe, y este archivo como fuente"),
        );
    }

    fn validated(&mut self, transit: bool) {
        let acknowledgment = self.document.encabezado.acuse.clone();
        let Some(code) = right(forms::Form::Acknowledgment, &acknowledgment) else {
            return;
        };
        if self.number().is_none() {
            return;
        }
        let record = match transit {
            true => self.out.optional_record("TransitValidated"),
            false => self.out.optional_record("PedimentoValidated"),
        };
        match transit {
            true => self.own_parts(record),
            false => self.own_number(record),
        }
        let origin = self.header("acuse");
        self.out.set(record, "/acknowledgment", code, &origin);
        self.out.report(record, "acuse");
        self.reported("acuse", "SAT's validator", "el validador del SAT");
    }

    fn paid(&mut self, transit: bool) {
        let header = &self.document.encabezado;
        let line = right(forms::Form::CaptureLine, &header.linea_captura);
        // A payment line alone is a bill; the date of payment says that it was settled.
        let (Some(line), Some(_), Some(_)) = (line, &header.fecha_pago, self.number()) else {
            return;
        };
        let cents = header.importe_pagado.as_deref().and_then(money::cents);
        let record = match transit {
            true => self.out.optional_record("TransitPaid"),
            false => self.out.optional_record("PedimentoPaid"),
        };
        match transit {
            true => self.own_parts(record),
            false => self.own_number(record),
        }
        let origin = self.header("linea_captura");
        self.out.set(record, "/captureLine", line, &origin);
        if let Some(cents) = cents {
            let origin = self.header("importe_pagado");
            self.out.set(record, "/paidMxnCents", cents, &origin);
        }
        self.out.report(record, "linea de captura");
        self.reported("linea_captura", "SAT or the bank", "el SAT o el banco");
    }

    /// What the pedimento tells of an invoice: a by-product.
    fn invoice(&mut self, index: usize, scns: &[(String, String)]) {
        let Some(invoice) = self.document.facturas.get(index) else {
            return;
        };
        let at = format!("{}/facturas/{index}", self.at);
        let record = self.out.optional_record("InvoiceSummary");
        for (index, (scn, origin)) in scns.iter().enumerate() {
            self.out
                .set(record, &format!("/scns/{index}"), scn.as_str(), origin);
        }
        if scns.is_empty() {
            self.out.missing(
                record,
                "/scns",
                "the shipment control number",
                "el número de control del embarque",
            );
        }
        let number = invoice
            .numero
            .as_deref()
            .filter(|text| money::invoice_number(text));
        match number {
            Some(number) => self
                .out
                .set(record, "/invoiceNumber", number, &format!("{at}/numero")),
            None => self.out.missing(
                record,
                "/invoiceNumber",
                "an invoice number of at most 40 letters, digits and `/._-`",
                "un número de factura de hasta 40 letras, dígitos y `/._-`",
            ),
        }
        match invoice.fecha.as_deref().and_then(forms::date) {
            Some(date) => self.out.set(
                record,
                "/invoiceDate",
                date.to_string(),
                &format!("{at}/fecha"),
            ),
            None => self.out.missing(
                record,
                "/invoiceDate",
                "the invoice date",
                "la fecha de la factura",
            ),
        }
        let exports = self.document.encabezado.tipo_operacion.as_deref() == Some("EXP");
        let (abroad, here) = match exports {
            true => ("/buyer", "/seller"),
            false => ("/seller", "/buyer"),
        };
        self.abroad(record, abroad, invoice, &at);
        self.here(record, here);
        let currency = right(forms::Form::Currency, &invoice.moneda);
        match currency {
            Some(code) => self
                .out
                .set(record, "/currency", code, &format!("{at}/moneda")),
            None => self
                .out
                .missing(record, "/currency", "the currency", "la moneda"),
        }
        let total = currency.and_then(|code| money::minor(invoice.valor.as_deref()?, code));
        match total {
            Some(minor) => self
                .out
                .set(record, "/totalMinor", minor, &format!("{at}/valor")),
            None => self
                .out
                .missing(record, "/totalMinor", "the total", "el total"),
        }
        if let Some(term) = invoice
            .incoterm
            .as_deref()
            .filter(|term| money::INCOTERMS.contains(term))
        {
            self.out
                .set(record, "/incoterm", term, &format!("{at}/incoterm"));
        }
    }

    fn abroad(&mut self, record: usize, to: &str, invoice: &Factura, at: &str) {
        let name = invoice.proveedor.as_deref().filter(|name| name_fits(name));
        match name {
            Some(name) => self.out.set(
                record,
                &format!("{to}/partyName"),
                name,
                &format!("{at}/proveedor"),
            ),
            None => self.out.missing(
                record,
                &format!("{to}/partyName"),
                "the party's name",
                "el nombre de la parte",
            ),
        }
        if let Some(street) = invoice
            .domicilio
            .as_deref()
            .filter(|text| text.chars().count() <= 200)
        {
            self.out.set(
                record,
                &format!("{to}/streetAddress"),
                street,
                &format!("{at}/domicilio"),
            );
        }
        match invoice.pais.as_deref().and_then(country::two_letters) {
            Some(country) => self.out.set(
                record,
                &format!("{to}/country"),
                country,
                &format!("{at}/pais"),
            ),
            None => self.out.missing(
                record,
                &format!("{to}/country"),
                "the party's country",
                "el país de la parte",
            ),
        }
        if let Some(number) = invoice
            .id_fiscal
            .as_deref()
            .filter(|text| money::tax_number(text))
        {
            self.out.set(
                record,
                &format!("{to}/taxNumber"),
                number,
                &format!("{at}/id_fiscal"),
            );
        }
    }

    fn here(&mut self, record: usize, to: &str) {
        let header = &self.document.encabezado;
        let origin = self.header("nombre");
        match header.nombre.as_deref().filter(|name| name_fits(name)) {
            Some(name) => {
                self.out
                    .set(record, &format!("{to}/partyName"), name, &origin);
                // An importer or exporter of a pedimento has an RFC, so it is of Mexico.
                let origin = self.header("rfc");
                self.out
                    .set(record, &format!("{to}/country"), "MX", &origin);
            }
            None => self.out.missing(
                record,
                &format!("{to}/partyName"),
                "the party's name",
                "el nombre de la parte",
            ),
        }
        let rfc = header
            .rfc
            .as_deref()
            .and_then(|text| identifiers::normalise("rfc", text).ok());
        if let Some(rfc) = rfc {
            let origin = self.header("rfc");
            self.out
                .set(record, &format!("{to}/taxNumber"), rfc, &origin);
        }
        if let Some(street) = header
            .domicilio
            .as_deref()
            .filter(|text| text.chars().count() <= 200)
        {
            let origin = self.header("domicilio");
            self.out
                .set(record, &format!("{to}/streetAddress"), street, &origin);
        }
    }
}

/// The value, where its form is right or doubtful at most.
fn right(form: forms::Form, text: &Option<String>) -> Option<&str> {
    let text = text.as_deref()?;
    match forms::misformed(form, text) {
        Some(wrong) if wrong.severity == Severity::Error => None,
        _ => Some(text),
    }
}

fn name_fits(name: &str) -> bool {
    (2..=200).contains(&name.chars().count())
}
