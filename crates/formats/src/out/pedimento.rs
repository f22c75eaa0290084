//! A pedimento with its invoices, in either of our forms.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{CaseRecord, Reads, Sending};
use crate::country::alpha3;
use crate::currency::minor_unit;
use crate::decimal;
use crate::draft::Missing;
use crate::identifiers::Pedimento;
use crate::kinds::Readings;
use crate::pedimento::{
    Contenedor, DatosPartida, Encabezado, Factura, Guia, Partida, PedimentoDocument, Transporte,
    write_csv, write_json,
};

/// Where the day of a payment begins and ends: banks book by the capital's time, at the border too.
const PAYMENT_ZONE: &str = "America/Mexico_City";

/// As JSON: one object, or a list where the case has several pedimentos.
pub(super) fn json(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    _: &Readings,
) -> Result<Vec<u8>, Vec<Missing>> {
    documents(records, sending).map(|all| write_json(&all).into_bytes())
}

/// As a sheet.
pub(super) fn csv(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    _: &Readings,
) -> Result<Vec<u8>, Vec<Missing>> {
    documents(records, sending).map(|all| write_csv(&all, ',').into_bytes())
}

fn documents(
    records: &[CaseRecord<'_>],
    sending: &Sending,
) -> Result<Vec<PedimentoDocument>, Vec<Missing>> {
    let own: Vec<&CaseRecord<'_>> = records
        .iter()
        .filter(|r| matches!(r.record_type, "Pedimento" | "TransitPedimento"))
        .collect();
    let mut all = Vec::new();
    let mut missing: Vec<Missing> = Vec::new();
    for record in &own {
        let mut reads = Reads::of(record.subject);
        let case = Case {
            records,
            sending,
            // Of two pedimentos no record says whose an invoice is.
            only: own.len() == 1,
        };
        all.push(case.document(&mut reads, record.record_type == "TransitPedimento"));
        for gap in reads.missing() {
            if !missing.contains(&gap) {
                missing.push(gap);
            }
        }
    }
    if own.is_empty() {
        missing.push(Missing {
            pointer: String::new(),
            en: "a pedimento".to_owned(),
            es: "un pedimento".to_owned(),
        });
    }
    match missing.is_empty() {
        true => Ok(all),
        false => Err(missing),
    }
}

struct Case<'a> {
    records: &'a [CaseRecord<'a>],
    sending: &'a Sending,
    only: bool,
}

impl Case<'_> {
    fn document(&self, reads: &mut Reads<'_>, transit: bool) -> PedimentoDocument {
        let mut out = PedimentoDocument {
            encabezado: self.header(reads, transit),
            ..PedimentoDocument::default()
        };
        let texts = |pointer: &str| {
            let items = reads.items(pointer).iter();
            items.filter_map(Value::as_str).map(str::to_owned)
        };
        out.guias = texts("/scns")
            .map(|scn| Guia {
                numero: Some(scn),
                tipo: None,
            })
            .collect();
        if transit {
            let vehicle = Transporte {
                placas: told(reads.text("/plate")),
                caat: told(reads.text("/caat")),
                rfc: told(reads.text("/carrierRfc")),
                ..Transporte::default()
            };
            if vehicle != Transporte::default() {
                out.transportes.push(vehicle);
            }
            if let Some(number) = told(reads.text("/containerNumber")) {
                out.contenedores.push(Contenedor {
                    numero: Some(number),
                    tipo: None,
                });
            }
        }
        let coves: Vec<String> = texts("/coves").collect();
        out.facturas = self.invoices(reads, &coves);
        let lines = reads.items("/goods").len();
        if lines == 0 {
            reads.lacks("/goods", "the lines of goods", "las partidas");
        }
        let imports = out.encabezado.tipo_operacion.as_deref() != Some("EXP");
        out.partidas = (0..lines)
            .map(|index| Partida {
                datos: self.line(reads, index, imports),
                ..Partida::default()
            })
            .collect();
        out
    }

    fn header(&self, reads: &mut Reads<'_>, transit: bool) -> Encabezado {
        let number: String = ["/year", "/customsOffice", "/patente", "/number"]
            .iter()
            .map(|pointer| reads.text(pointer))
            .collect();
        if number.len() != 15 {
            reads.lacks(
                "/number",
                "the pedimento number of 15 digits",
                "el número de pedimento de 15 dígitos",
            );
        }
        let key = number
            .parse::<Pedimento>()
            .map(|number| number.case_key())
            .unwrap_or_default();
        let clave = reads.required("/clave", "the pedimento code", "la clave de pedimento");
        if (clave == "T3") != transit {
            let (en, es) = match transit {
                true => (
                    "code T3, that of an internal transit",
                    "la clave T3, de tránsito interno",
                ),
                false => (
                    "a code of a pedimento that is no internal transit (T3)",
                    "una clave de pedimento que no sea de tránsito interno (T3)",
                ),
            };
            reads.lacks("/clave", en, es);
        }
        let rfc = reads.required(
            "/rfc",
            "the RFC of importer or exporter",
            "el RFC del importador o exportador",
        );
        let party = self.party_of(&rfc);
        let name = reads.known_or_supplied(
            party.and_then(|party| text_of(party, "partyName")),
            self.sending,
            "nombreImportadorExportador",
            "the name of importer or exporter",
            "el nombre del importador o exportador",
        );
        let dollars = match transit {
            true => reads.supplied(
                self.sending,
                "valorDolares",
                "the value in US dollars",
                "el valor en dólares",
            ),
            false => {
                reads.required(
                    "/valueUsdCents",
                    "the value in US dollars",
                    "el valor en dólares",
                );
                money(reads, "/valueUsdCents")
            }
        };
        let aduana = match transit {
            true => "/originAduana",
            false => "/aduana",
        };
        let rectified = self.about("Rectified", &key);
        let validated = self.about(
            if transit {
                "TransitValidated"
            } else {
                "PedimentoValidated"
            },
            &key,
        );
        let paid = self.about(
            if transit {
                "TransitPaid"
            } else {
                "PedimentoPaid"
            },
            &key,
        );
        let text = |record: Option<&CaseRecord<'_>>, member: &str| text_of(record?.subject, member);
        let original = text(rectified, "rectifies").map(|key| key.replace(':', ""));
        let original = match clave.as_str() {
            "R1" => Some(reads.known_or_supplied(
                original,
                self.sending,
                "pedimentoOriginal",
                "the pedimento that it rectifies",
                "el pedimento que rectifica",
            )),
            _ => original,
        };
        Encabezado {
            numero: Some(number),
            tipo_operacion: Some(reads.required(
                "/operation",
                "the type of operation",
                "el tipo de operación",
            )),
            clave: Some(clave),
            regimen: Some(reads.required("/regime", "the customs regime", "el régimen")),
            tipo_cambio: Some(reads.supplied(
                self.sending,
                "tipoCambio",
                "the exchange rate, MXN for a USD",
                "el tipo de cambio, MXN por USD",
            )),
            peso_bruto: Some(reads.required("/grossWeightKg", "the gross weight", "el peso bruto")),
            aduana_seccion: Some(reads.required(
                aduana,
                "aduana and section of entry or exit",
                "la aduana y sección de entrada o salida",
            )),
            medio_entrada_salida: Some(reads.supplied(
                self.sending,
                "medioTransporteEntradaSalida",
                "the means of transport at entry or exit (appendix 3 of Anexo 22)",
                "el medio de transporte de entrada o salida (apéndice 3 del Anexo 22)",
            )),
            valor_dolares: told(dollars),
            valor_aduana: told(money(reads, "/customsValueMxnCents")),
            rfc: Some(rfc),
            nombre: Some(name),
            domicilio: party.and_then(|party| text_of(party, "streetAddress")),
            bultos: Some(reads.required("/packages", "the packages", "los bultos")),
            acuse: text(validated, "acknowledgment"),
            linea_captura: text(paid, "captureLine"),
            importe_pagado: paid
                .and_then(|paid| told(money(&Reads::of(paid.subject), "/paidMxnCents"))),
            fecha_pago: paid.map(|paid| self.payment_day(reads, paid)),
            pedimento_original: original,
            motivo_rectificacion: text(rectified, "cause"),
            aduana_destino: told(reads.text("/destinationAduana")),
            ..Encabezado::default()
        }
    }

    /// The day of payment, without which a pedimento reads as unpaid: as supplied, or that of the record of the payment.
    fn payment_day(&self, reads: &mut Reads<'_>, paid: &CaseRecord<'_>) -> String {
        let supplied = self.sending.supplied.get("fechaPago");
        let own = || {
            let zone = TimeZone::get(PAYMENT_ZONE).ok()?;
            let local = zone.to_datetime(paid.occurred?);
            Some(local.strftime("%Y-%m-%d").to_string())
        };
        let known = supplied
            .filter(|text| !text.trim().is_empty())
            .cloned()
            .or_else(own);
        reads.known_or_supplied(
            known,
            self.sending,
            "fechaPago",
            "the day of payment, like 2026-11-24",
            "la fecha de pago, como 2026-11-24",
        )
    }

    /// The record of that type that is about the pedimento.
    fn about(&self, record_type: &str, key: &str) -> Option<&CaseRecord<'_>> {
        let own = self.records.iter().filter(|r| r.record_type == record_type);
        let mut found = own.filter(|record| {
            let subject = record.subject;
            match subject.get("pedimentos").and_then(Value::as_array) {
                Some(list) => list.iter().any(|item| item.as_str() == Some(key)),
                // A transit's records have the number in its parts.
                None => ["year", "customsOffice", "patente", "number"]
                    .iter()
                    .zip(key.split(':'))
                    .all(|(member, part)| {
                        subject.get(member).and_then(Value::as_str) == Some(part)
                    }),
            }
        });
        found.next_back()
    }

    /// A party of an invoice or shipment that has this RFC.
    fn party_of(&self, rfc: &str) -> Option<&Value> {
        let members = |record: &CaseRecord<'_>| match record.record_type {
            "InvoiceSummary" => ["/seller", "/buyer"],
            _ => ["/shipper", "/consignee"],
        };
        self.records
            .iter()
            .filter(|r| matches!(r.record_type, "InvoiceSummary" | "Shipment"))
            .flat_map(|record| {
                let subject = record.subject;
                members(record)
                    .into_iter()
                    .filter_map(move |at| subject.pointer(at))
            })
            .find(|party| party.get("taxNumber").and_then(Value::as_str) == Some(rfc))
    }

    /// The invoices of the case, each with its receipt, and after them the receipts that no record names an invoice for.
    fn invoices(&self, reads: &mut Reads<'_>, coves: &[String]) -> Vec<Factura> {
        let exports = reads.text("/operation") == "EXP";
        let mut out: Vec<Factura> = self
            .records
            .iter()
            .filter(|r| self.only && r.record_type == "InvoiceSummary")
            .map(|record| invoice(&Reads::of(record.subject), exports))
            .collect();
        let one_each = out.len() == 1 && coves.len() == 1;
        for (index, invoice) in out.iter_mut().enumerate() {
            // Of several invoices no record says whose a receipt is.
            invoice.acuse_valor = Some(reads.known_or_supplied(
                coves.first().filter(|_| one_each).cloned(),
                self.sending,
                &format!("facturas.{index}.acuseValor"),
                &format!("the value receipt (COVE) of invoice {}", index + 1),
                &format!("el acuse de valor (COVE) de la factura {}", index + 1),
            ));
        }
        let taken: Vec<Option<String>> = out.iter().map(|i| i.acuse_valor.clone()).collect();
        if taken.iter().flatten().all(|cove| !cove.is_empty()) {
            for cove in coves
                .iter()
                .filter(|cove| !taken.contains(&Some((*cove).clone())))
            {
                // Of several pedimentos each has its own first invoice: there the receipt says which is meant.
                let which = match self.only {
                    true => out.len().to_string(),
                    false => cove.clone(),
                };
                let number = reads.supplied(
                    self.sending,
                    &format!("facturas.{which}.numeroFactura"),
                    &format!("the number of the invoice of {cove}"),
                    &format!("el número de la factura de {cove}"),
                );
                out.push(Factura {
                    numero: Some(number),
                    acuse_valor: Some(cove.clone()),
                    ..Factura::default()
                });
            }
        }
        out
    }

    fn line(&self, reads: &mut Reads<'_>, index: usize, imports: bool) -> DatosPartida {
        let member = |name: &str| format!("/goods/{index}/{name}");
        let element = |name: &str| format!("partidas.{index}.{name}");
        let number = index + 1;
        let code = reads.text(&member("commodityCode"));
        let parts = code.split_at_checked(8);
        let (fraccion, nico) = match parts.filter(|(_, nico)| nico.len() == 2) {
            Some(parts) => parts,
            // The record has a place for the NICO: it is corrected there, not supplied beside it.
            None => {
                reads.lacks(
                    &member("commodityCode"),
                    &format!("the tariff code of line {number} with its NICO, 10 digits"),
                    &format!("la fracción de la partida {number} con su NICO, 10 dígitos"),
                );
                ("", "")
            }
        };
        let origin = alpha3(&reads.text(&member("originCountry"))).map(str::to_owned);
        DatosPartida {
            secuencia: Some(number.to_string()),
            fraccion: told(fraccion.to_owned()),
            nico: told(nico.to_owned()),
            umc: Some(reads.supplied(
                self.sending,
                &element("umc"),
                &format!("the commercial unit of line {number} (appendix 7 of Anexo 22)"),
                &format!("la unidad de medida de comercialización de la partida {number} (apéndice 7 del Anexo 22)"),
            )),
            cantidad_umc: Some(reads.supplied(
                self.sending,
                &element("cantidadUmc"),
                &format!("the quantity of line {number} in its commercial unit"),
                &format!("la cantidad UMC de la partida {number}"),
            )),
            // On export the field says where the goods go, which is no origin.
            pais_origen: origin.filter(|_| imports),
            descripcion: Some(reads.required(
                &member("goodsText"),
                "what the goods are",
                "qué es la mercancía",
            )),
            peso_bruto: told(reads.text(&member("grossWeightKg"))),
            bultos: told(reads.text(&member("packages"))),
            ..DatosPartida::default()
        }
    }
}

fn invoice(reads: &Reads<'_>, exports: bool) -> Factura {
    let abroad = match exports {
        true => "/buyer",
        false => "/seller",
    };
    let member = |name: &str| told(reads.text(&format!("{abroad}/{name}")));
    let currency = reads.text("/currency");
    let total = reads.subject.get("totalMinor").and_then(Value::as_i64);
    let digits = minor_unit(&currency).flatten();
    Factura {
        numero: told(reads.text("/invoiceNumber")),
        fecha: told(reads.text("/invoiceDate")),
        incoterm: told(reads.text("/incoterm")),
        moneda: told(currency),
        valor: total
            .zip(digits)
            .map(|(minor, digits)| major(minor, digits)),
        proveedor: member("partyName"),
        id_fiscal: member("taxNumber"),
        domicilio: member("streetAddress"),
        pais: member("country").and_then(|two| alpha3(&two).map(str::to_owned)),
        ..Factura::default()
    }
}

/// Cents of a member as a decimal; empty where it is not there.
fn money(reads: &Reads<'_>, pointer: &str) -> String {
    let cents = reads.subject.pointer(pointer).and_then(Value::as_i64);
    cents.map_or_else(String::new, |cents| major(cents, 2))
}

fn major(minor: i64, digits: u32) -> String {
    decimal::text(i128::from(minor) * decimal::ONE / 10_i128.pow(digits))
}

fn told(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn text_of(subject: &Value, member: &str) -> Option<String> {
    told(subject.get(member)?.as_str()?.to_owned())
}
