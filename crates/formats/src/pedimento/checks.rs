//! What one field alone can't say: clave against regime, sums, dates, references between blocks.
//!
//! The table of claves and regimes says "usually" (`documents.md` §5.3), so what differs from it is a warning.

use super::document::*;
use super::forms;
use crate::decimal;
use crate::draft::{Places, Severity};
use crate::identifiers;
use std::collections::{HashMap, HashSet};

/// The claves of the table, with the regimes they usually have; none listed where the table names none.
const CLAVES: &[(&str, &[&str])] = &[
    ("A1", &["IMD", "EXD"]),
    ("C1", &["IMD"]),
    ("L1", &["IMD"]),
    ("T1", &["IMD", "EXD"]),
    ("K1", &[]),
    ("IN", &["ITE"]),
    ("AF", &["ITE"]),
    ("RT", &[]),
    ("V1", &["ITE"]),
    ("V5", &[]),
    ("BA", &["ITR", "ETR", "ETE"]),
    ("BH", &["ITR", "ETR", "ETE"]),
    ("BM", &["ITR", "ETR", "ETE"]),
    ("H1", &["ITR", "ETR", "ETE"]),
    ("A4", &["DFI"]),
    ("E1", &["DFI"]),
    ("G1", &["DFI"]),
    ("F2", &["DFI"]),
    ("F3", &["DFI"]),
    ("M3", &["RFS"]),
    ("J4", &["RFS"]),
    ("G8", &["RFS"]),
    ("T3", &["TRA"]),
    ("T6", &["TRA"]),
    ("T7", &["TRA"]),
    ("R1", &[]),
    ("CT", &[]),
];

/// Checks all pedimentos of a file, adding faults.
pub(super) fn check(documents: &[PedimentoDocument], places: &mut Places) {
    let mut check = Check { places };
    let mut numbers: HashSet<String> = HashSet::new();
    for (index, document) in documents.iter().enumerate() {
        let at = format!("/{index}");
        if let Some(number) = number(document.encabezado.numero.as_deref())
            && !numbers.insert(number.clone())
        {
            check.error(
                "pedimento-repeated",
                &format!("{at}/encabezado/numero"),
                format!("pedimento {number} is in this file twice"),
                format!("el pedimento {number} está dos veces en este archivo"),
            );
        }
        check.header(&document.encabezado, &at);
        check.dates(document, &at);
        check.transport(document, &at);
        check.invoices(document, &at);
        check.lines(document, &at);
        check.charges(document, &at);
    }
}

/// The 15 digits, where the number has its form.
pub(super) fn number(text: Option<&str>) -> Option<String> {
    identifiers::normalise("pedimento", text?).ok()
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

    fn header(&mut self, header: &Encabezado, at: &str) {
        let at = format!("{at}/encabezado");
        let clave = header.clave.as_deref().unwrap_or("");
        let regime = header.regimen.as_deref().unwrap_or("");
        let operation = header.tipo_operacion.as_deref().unwrap_or("");
        match CLAVES.iter().find(|(known, _)| *known == clave) {
            Some((_, usual))
                if !usual.is_empty()
                    && forms::REGIMES.contains(&regime)
                    && !usual.contains(&regime) =>
            {
                let usual = usual.join(", ");
                self.warning(
                    "clave-regime",
                    &format!("{at}/regimen"),
                    format!("a pedimento {clave} usually has regime {usual}, not {regime}"),
                    format!("un pedimento {clave} suele tener régimen {usual}, no {regime}"),
                );
            }
            Some(_) => {}
            None if forms::misformed(forms::Form::Clave, clave).is_none() => self.warning(
                "clave-unknown",
                &format!("{at}/clave"),
                format!("{clave} is not one of the claves known here"),
                format!("{clave} no es de las claves conocidas aquí"),
            ),
            None => {}
        }
        let wanted = match regime {
            "IMD" | "ITR" | "ITE" => "IMP",
            "EXD" | "ETR" | "ETE" => "EXP",
            "TRA" => "TRA",
            _ => "",
        };
        // A return (RT, H1, K1) goes out under the regime it came in with, so these fit both ways.
        let returns = matches!(clave, "RT" | "H1" | "K1" | "R1" | "CT" | "V1" | "V5");
        if !wanted.is_empty() && !operation.is_empty() && operation != wanted && !returns {
            self.warning(
                "operation-regime",
                &format!("{at}/tipo_operacion"),
                format!("regime {regime} usually goes with {wanted}, not {operation}"),
                format!("el régimen {regime} suele ir con {wanted}, no {operation}"),
            );
        }
        let own = number(header.numero.as_deref());
        let aduana = own.as_deref().and_then(|number| number.get(2..4));
        if let (Some(aduana), Some(dispatch)) = (aduana, header.seccion_despacho.as_deref())
            && dispatch.get(..2) != Some(aduana)
        {
            self.error(
                "aduana-differs",
                &format!("{at}/seccion_despacho"),
                format!("the number is of aduana {aduana}, the dispatch of {dispatch}"),
                format!("el número es de la aduana {aduana}, el despacho de {dispatch}"),
            );
        }
        let digit = |from: usize| own.as_deref().and_then(|number| number.get(from..from + 1));
        if own.is_some() && digit(8) != digit(1) && clave != "R1" {
            self.warning(
                "pedimento-year-before",
                &format!("{at}/numero"),
                "digit 9 is of the year before: right only for one consolidated since then, or the original of a rectification"
                    .to_owned(),
                "el dígito 9 es del año anterior: correcto solo si es consolidado desde entonces u original de una rectificación"
                    .to_owned(),
            );
        }
        self.rectification(header, clave, own.as_deref(), &at);
        if clave == "T3" && header.aduana_destino.is_none() {
            self.error(
                "transit-destination-missing",
                &format!("{at}/aduana_destino"),
                "an internal transit needs `aduanaDestinoTransito`".to_owned(),
                "un tránsito interno necesita `aduanaDestinoTransito`".to_owned(),
            );
        }
    }

    fn rectification(&mut self, header: &Encabezado, clave: &str, own: Option<&str>, at: &str) {
        let origin = format!("{at}/pedimento_original");
        let original = number(header.pedimento_original.as_deref());
        match (clave, &header.pedimento_original) {
            ("R1", None) => self.error(
                "rectification-original-missing",
                &origin,
                "an R1 names the pedimento that it rectifies".to_owned(),
                "un R1 nombra el pedimento que rectifica".to_owned(),
            ),
            ("R1" | "CT" | "", _) | (_, None) => {}
            _ => self.warning(
                "rectification-unexpected",
                &origin,
                format!("only an R1 or CT names an original, and this is {clave}"),
                format!("solo un R1 o CT nombra un original, y este es {clave}"),
            ),
        }
        let (Some(own), Some(original)) = (own, original.as_deref()) else {
            return;
        };
        if own == original {
            self.error(
                "rectification-same",
                &origin,
                "a pedimento can't rectify itself".to_owned(),
                "un pedimento no puede rectificarse a sí mismo".to_owned(),
            );
        } else if own.get(..2) < original.get(..2) {
            self.error(
                "rectification-order",
                &origin,
                "the original is of a later year than its rectification".to_owned(),
                "el original es de un año posterior a su rectificación".to_owned(),
            );
        }
    }

    fn dates(&mut self, document: &PedimentoDocument, at: &str) {
        let header = &document.encabezado;
        let day = |text: &Option<String>| text.as_deref().and_then(forms::date);
        let payment = day(&header.fecha_pago);
        let at_header = |field: &str| format!("{at}/encabezado/{field}");
        let mut earlier = vec![
            (
                at_header("fecha_original"),
                "fechaOriginal",
                day(&header.fecha_original),
            ),
            (
                at_header("fecha_presentacion"),
                "fechaPresentacion",
                day(&header.fecha_presentacion),
            ),
        ];
        for (index, invoice) in document.facturas.iter().enumerate() {
            earlier.push((
                format!("{at}/facturas/{index}/fecha"),
                "fechaFactura",
                day(&invoice.fecha),
            ));
        }
        for (origin, name, date) in earlier {
            if let (Some(date), Some(payment)) = (date, payment)
                && date > payment
            {
                self.error(
                    "date-order",
                    &origin,
                    format!("{name} {date} is after fechaPago {payment}"),
                    format!("{name} {date} es posterior a fechaPago {payment}"),
                );
            }
        }
        if let (Some(abroad), Some(entry)) = (
            day(&header.fecha_importacion_eua_can),
            day(&header.fecha_entrada),
        ) && abroad < entry
            && header.tipo_operacion.as_deref() == Some("EXP")
        {
            self.error(
                "date-order",
                &at_header("fecha_importacion_eua_can"),
                format!("the goods entered the other country {abroad}, before {entry}"),
                format!("las mercancías entraron al otro país el {abroad}, antes de {entry}"),
            );
        }
        let own = number(header.numero.as_deref());
        let year = own
            .as_deref()
            .and_then(|number| number.get(..2)?.parse::<i16>().ok());
        if let (Some(year), Some(payment)) = (year, payment)
            && payment.year() % 100 < year
        {
            self.error(
                "payment-year",
                &at_header("fecha_pago"),
                format!("paid {payment}, before the year of validation that the number names"),
                format!("pagado el {payment}, antes del año de validación que indica el número"),
            );
        }
    }

    fn transport(&mut self, document: &PedimentoDocument, at: &str) {
        for (index, vehicle) in document.transportes.iter().enumerate() {
            if vehicle.placas.is_none() && vehicle.caat.is_none() {
                self.error(
                    "transport-unnamed",
                    &format!("{at}/transportes/{index}"),
                    "a vehicle needs its plates, or the carrier's CAAT in lanes with technology".to_owned(),
                    "un vehículo necesita sus placas, o el CAAT del transportista en carriles con tecnología".to_owned(),
                );
            }
        }
        let mut seals: HashSet<&str> = HashSet::new();
        for (index, seal) in document.candados.iter().enumerate() {
            let Some(number) = seal.numero.as_deref() else {
                continue;
            };
            if !seals.insert(number) {
                self.error(
                    "seal-repeated",
                    &format!("{at}/candados/{index}/numero"),
                    format!("seal {number} is given twice"),
                    format!("el candado {number} está repetido"),
                );
            }
        }
        for (index, container) in document.contenedores.iter().enumerate() {
            let Some(text) = container.numero.as_deref() else {
                continue;
            };
            // A trailer has a number of its carrier's own; only what looks like ISO 6346 is held to it.
            let looks =
                text.len() == 11 && text.bytes().take(4).all(|byte| byte.is_ascii_uppercase());
            if let Some(wrong) = looks
                .then(|| forms::misformed(forms::Form::Container, text))
                .flatten()
            {
                let origin = format!("{at}/contenedores/{index}/numero");
                self.error(wrong.code, &origin, wrong.en, wrong.es);
            }
        }
    }

    fn invoices(&mut self, document: &PedimentoDocument, at: &str) {
        let mut coves: HashSet<&str> = HashSet::new();
        let mut sum = Some(0_i128);
        for (index, invoice) in document.facturas.iter().enumerate() {
            let at = format!("{at}/facturas/{index}");
            match invoice.acuse_valor.as_deref() {
                None => self.error(
                    "cove-missing",
                    &format!("{at}/acuse_valor"),
                    "each invoice has a value receipt (COVE) before its pedimento".to_owned(),
                    "cada factura tiene un acuse de valor (COVE) antes de su pedimento".to_owned(),
                ),
                // One receipt may cover a relation of invoices.
                Some(cove) if !coves.insert(cove) => self.places.fault(
                    Severity::Note,
                    "cove-repeated",
                    &format!("{at}/acuse_valor"),
                    format!("{cove} covers more than one invoice"),
                    format!("{cove} ampara más de una factura"),
                ),
                Some(_) => {}
            }
            if invoice.valor.is_some() && invoice.moneda.is_none() {
                self.error(
                    "currency-missing",
                    &format!("{at}/moneda"),
                    "a value needs its currency".to_owned(),
                    "un valor necesita su moneda".to_owned(),
                );
            }
            let dollars = invoice.valor_dolares.as_deref().and_then(decimal::parse);
            sum = sum.zip(dollars).map(|(sum, dollars)| sum + dollars);
            if let (Some("USD"), Some(value), Some(dollars)) = (
                invoice.moneda.as_deref(),
                invoice.valor.as_deref().and_then(decimal::parse),
                dollars,
            ) && value != dollars
            {
                self.error(
                    "currency-value",
                    &format!("{at}/valor_dolares"),
                    "an invoice in USD has one value, and two are given".to_owned(),
                    "una factura en USD tiene un solo valor y se dan dos".to_owned(),
                );
            }
        }
        if !document.facturas.is_empty() {
            let origin = format!("{at}/encabezado/valor_dolares");
            let said = document.encabezado.valor_dolares.as_deref();
            self.sum(
                "usd-value-sum",
                &origin,
                "valorDolares",
                said,
                sum,
                1 + document.facturas.len(),
            );
        }
    }

    fn lines(&mut self, document: &PedimentoDocument, at: &str) {
        let header = &document.encabezado;
        if document.partidas.is_empty() {
            self.error(
                "line-missing",
                at,
                "a pedimento has at least one line (partida)".to_owned(),
                "un pedimento tiene al menos una partida".to_owned(),
            );
        }
        for (index, line) in document.partidas.iter().enumerate() {
            let at = format!("{at}/partidas/{index}/datos");
            let said = line
                .datos
                .secuencia
                .as_deref()
                .and_then(|text| text.parse::<usize>().ok());
            if let Some(said) = said
                && said != index + 1
            {
                let expected = index + 1;
                self.error(
                    "line-sequence",
                    &format!("{at}/secuencia"),
                    format!("line {expected} says it is line {said}"),
                    format!("la partida {expected} dice ser la {said}"),
                );
            }
            if line.datos.umt.is_some() != line.datos.cantidad_umt.is_some() {
                self.error(
                    "unit-quantity",
                    &format!("{at}/cantidad_umt"),
                    "tariff unit and quantity go together".to_owned(),
                    "la unidad de la tarifa y su cantidad van juntas".to_owned(),
                );
            }
            if line.datos.umt.is_some()
                && line.datos.umt == line.datos.umc
                && line.datos.cantidad_umt.as_deref().and_then(decimal::parse)
                    != line.datos.cantidad_umc.as_deref().and_then(decimal::parse)
            {
                self.error(
                    "unit-quantity",
                    &format!("{at}/cantidad_umt"),
                    "both units are the same, the quantities are not".to_owned(),
                    "ambas unidades son la misma, las cantidades no".to_owned(),
                );
            }
        }
        type Of = fn(&DatosPartida) -> &Option<String>;
        let sums: [(&'static str, &str, &str, &Option<String>, Of); 4] = [
            (
                "customs-value-sum",
                "valor_aduana",
                "valorAduana",
                &header.valor_aduana,
                |line| &line.valor_aduana,
            ),
            (
                "price-paid-sum",
                "precio_pagado",
                "precioPagado",
                &header.precio_pagado,
                |line| &line.precio_pagado,
            ),
            (
                "weight-sum",
                "peso_bruto",
                "pesoBruto",
                &header.peso_bruto,
                |line| &line.peso_bruto,
            ),
            (
                "packages-sum",
                "bultos",
                "totalBultos",
                &header.bultos,
                |line| &line.bultos,
            ),
        ];
        for (code, field, name, said, of) in sums {
            let parts: Option<i128> = document
                .partidas
                .iter()
                .map(|line| of(&line.datos).as_deref().and_then(decimal::parse))
                .sum();
            if !document.partidas.is_empty() {
                // Values are declared in whole pesos, so each line may round by half a peso; weights and packages don't.
                let rounded = if code.ends_with("value-sum") || code == "price-paid-sum" {
                    document.partidas.len()
                } else {
                    0
                };
                let origin = format!("{at}/encabezado/{field}");
                self.sum(code, &origin, name, said.as_deref(), parts, rounded);
            }
        }
    }

    /// Compares a total with its parts: beyond what rounding explains it is an error, within it a warning.
    fn sum(
        &mut self,
        code: &'static str,
        origin: &str,
        name: &str,
        said: Option<&str>,
        parts: Option<i128>,
        rounded: usize,
    ) {
        let (Some(said), Some(parts)) = (said.and_then(decimal::parse), parts) else {
            return;
        };
        let apart = (said - parts).abs();
        if apart == 0 {
            return;
        }
        let allowed = i128::try_from(rounded).unwrap_or(0) * decimal::ONE / 2;
        let severity = match apart <= allowed {
            true => Severity::Warning,
            false => Severity::Error,
        };
        let (said, parts) = (decimal::text(said), decimal::text(parts));
        self.places.fault(
            severity,
            code,
            origin,
            format!("{name} says {said}, the parts sum up to {parts}"),
            format!("{name} dice {said}, las partes suman {parts}"),
        );
    }

    fn charges(&mut self, document: &PedimentoDocument, at: &str) {
        let mut of_lines: HashMap<(&str, &str), Option<i128>> = HashMap::new();
        for charge in document
            .partidas
            .iter()
            .flat_map(|line| &line.contribuciones)
        {
            let key = (
                charge.clave.as_deref().unwrap_or(""),
                charge.forma_pago.as_deref().unwrap_or(""),
            );
            let amount = charge.importe.as_deref().and_then(decimal::parse);
            let sum = of_lines.entry(key).or_insert(Some(0));
            *sum = sum.zip(amount).map(|(sum, amount)| sum + amount);
        }
        let mut cash = Some(0_i128);
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        for (index, charge) in document.contribuciones.iter().enumerate() {
            let at = format!("{at}/contribuciones/{index}");
            let key = (
                charge.clave.as_deref().unwrap_or(""),
                charge.forma_pago.as_deref().unwrap_or(""),
            );
            if !seen.insert(key) {
                self.error(
                    "charge-repeated",
                    &format!("{at}/clave"),
                    format!(
                        "charge {} with form of payment {} is given twice",
                        key.0, key.1
                    ),
                    format!(
                        "la contribución {} con forma de pago {} está repetida",
                        key.0, key.1
                    ),
                );
            }
            // Prevalidation and the like are charged to the pedimento alone, so only what lines have is compared.
            if let Some(parts) = of_lines.get(&key).copied() {
                let origin = format!("{at}/importe");
                self.sum(
                    "charge-sum",
                    &origin,
                    "importe",
                    charge.importe.as_deref(),
                    parts,
                    document.partidas.len(),
                );
            }
            if key.1 == "0" {
                let amount = charge.importe.as_deref().and_then(decimal::parse);
                cash = cash.zip(amount).map(|(sum, amount)| sum + amount);
            }
        }
        if !document.contribuciones.is_empty() {
            let said = document.encabezado.importe_pagado.as_deref();
            self.sum(
                "payment-sum",
                &format!("{at}/encabezado/importe_pagado"),
                "importePagado",
                said,
                cash,
                1,
            );
        }
    }
}
