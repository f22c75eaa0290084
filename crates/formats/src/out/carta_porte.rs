//! The Carta Porte complement as a carrier hands it to whoever stamps its CFDI: neither sealed nor stamped.
//!
//! The CFDI around it is of the carrier's billing: regime, receiver and prices are no record's matter, so only the complement is written.

use serde_json::Value;

use super::{CaseRecord, Reads, Sending, leading};
use crate::carta_porte::{
    Autotransporte, CantidadTransporta, CartaPorte, CartaPorteDocument, DocumentacionAduanera,
    Domicilio, Figura, GuiaIdentificacion, IdentificacionVehicular, Mercancia, Mercancias,
    RegimenAduanero, Remolque, Seguros, Ubicacion, write,
};
use crate::country::alpha3;
use crate::decimal;
use crate::draft::Missing;
use crate::identifiers::{self, Pedimento};
use crate::kinds::Readings;

/// RFC of whoever has none in Mexico.
const FOREIGN: &str = "XEXX010101000";

/// The complement of a `CartaPorte` with the shipments that it names.
pub(super) fn complement(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    _: &Readings,
) -> Result<Vec<u8>, Vec<Missing>> {
    let own = leading(records, "CartaPorte", ("the Carta Porte", "la Carta Porte"))?;
    let mut making = Making {
        reads: Reads::of(own.subject),
        shipments: shipments(records, own.subject),
        records,
        sending,
        missing: Vec::new(),
    };
    let node = making.node();
    let mut missing = making.reads.missing();
    for gap in making.missing {
        if !missing.contains(&gap) {
            missing.push(gap);
        }
    }
    match missing.is_empty() {
        true => Ok(write(&CartaPorteDocument {
            cfdi: None,
            carta_porte: Some(node),
        })
        .into_bytes()),
        false => Err(missing),
    }
}

/// Whether it is about that shipment: it names it, or names none.
pub(super) fn names(own: &Value, shipment: &Value) -> bool {
    let named = own.get("scns").and_then(Value::as_array);
    named.is_none_or(|named| shipment.get("scn").is_some_and(|scn| named.contains(scn)))
}

/// The shipments that it is about.
fn shipments<'a>(records: &[CaseRecord<'a>], own: &Value) -> Vec<&'a Value> {
    records
        .iter()
        .filter(|record| record.record_type == "Shipment")
        .map(|record| record.subject)
        .filter(|shipment| names(own, shipment))
        .collect()
}

struct Making<'a> {
    /// Of the `CartaPorte`.
    reads: Reads<'a>,
    shipments: Vec<&'a Value>,
    records: &'a [CaseRecord<'a>],
    sending: &'a Sending,
    /// What other records lack.
    missing: Vec<Missing>,
}

/// A line of goods, and where it goes from and to.
struct Line<'a> {
    goods: &'a Value,
    /// Its pointer in its record.
    at: String,
    /// The shipment that it is of, where one is known.
    shipment: Option<&'a Value>,
}

impl<'a> Making<'a> {
    fn supplied(&mut self, name: &str, en: &str, es: &str) -> String {
        self.reads.supplied(self.sending, name, en, es)
    }

    /// A text that may be supplied and need not be.
    fn perhaps(&self, name: &str) -> Option<String> {
        self.sending.supplied.get(name).cloned()
    }

    fn lacks(&mut self, pointer: &str, en: &str, es: &str) {
        self.missing.push(Missing {
            pointer: pointer.to_owned(),
            en: en.to_owned(),
            es: es.to_owned(),
        });
    }

    fn node(&mut self) -> CartaPorte {
        let direction = self.reads.required(
            "/direction",
            "northbound or southbound",
            "hacia el norte o hacia el sur",
        );
        let entry = direction == "southbound";
        let distance =
            self.reads
                .required("/distanceKm", "the distance in km", "la distancia en km");
        let (ubicaciones, ends) = self.places(&distance);
        CartaPorte {
            version: "3.1".to_owned(),
            id_ccp: self.reads.required("/idCcp", "the IdCCP", "el IdCCP"),
            transp_internac: "Sí".to_owned(),
            entrada_salida_merc: Some(if entry { "Entrada" } else { "Salida" }.to_owned()),
            pais_origen_destino: Some(self.country_beyond(entry)),
            // A truck crosses by road.
            via_entrada_salida: Some("01".to_owned()),
            total_dist_rec: Some(distance),
            regimenes: self.regimes(),
            ubicaciones,
            mercancias: self.goods(entry, &ends),
            figuras: vec![self.driver()],
            ..CartaPorte::default()
        }
    }

    /// Where the goods come from or go to: the country of the shipments' other side.
    fn country_beyond(&mut self, entry: bool) -> String {
        let pointer = match entry {
            true => "/shipper/country",
            false => "/consignee/country",
        };
        let mut countries: Vec<&str> = self
            .shipments
            .iter()
            .filter_map(|shipment| shipment.pointer(pointer)?.as_str())
            .filter_map(alpha3)
            .collect();
        countries.dedup();
        let known = match countries.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        };
        self.reads.known_or_supplied(
            known,
            self.sending,
            "PaisOrigenDestino",
            "the country where the goods come from or go to, three letters",
            "el país de origen o destino de las mercancías, tres letras",
        )
    }

    /// The regimes of its pedimentos.
    fn regimes(&mut self) -> Vec<RegimenAduanero> {
        let mut found: Vec<String> = Vec::new();
        for pedimento in self.pedimentos() {
            if let Some(regime) = self.pedimento(&pedimento, "regime")
                && !found.contains(&regime)
            {
                found.push(regime);
            }
        }
        if found.is_empty() {
            let regime = self.supplied(
                "RegimenAduanero",
                "the customs regime",
                "el régimen aduanero",
            );
            found.push(regime);
        }
        found
            .into_iter()
            .map(|regimen_aduanero| RegimenAduanero { regimen_aduanero })
            .collect()
    }

    fn pedimentos(&self) -> Vec<String> {
        let items = self.reads.items("/pedimentos").iter();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A member of the `Pedimento` of that key.
    fn pedimento(&self, key: &str, member: &str) -> Option<String> {
        let of = |subject: &Value, member: &str| {
            subject
                .get(member)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let record = self.records.iter().find(|record| {
            let parts = ["year", "customsOffice", "patente", "number"];
            record.record_type == "Pedimento"
                && parts
                    .iter()
                    .zip(key.split(':'))
                    .all(|(member, part)| of(record.subject, member).as_deref() == Some(part))
        })?;
        of(record.subject, member)
    }

    /// Each shipper and each consignee once, with the numbers of both ends of each shipment.
    fn places(&mut self, distance: &str) -> (Vec<Ubicacion>, Vec<(String, String)>) {
        if self.shipments.is_empty() {
            self.lacks(
                "",
                "the shipment that it is about: it has the parties and their addresses",
                "el embarque del que trata: tiene las partes y sus domicilios",
            );
            return (Vec::new(), Vec::new());
        }
        let mut places: Vec<(bool, Option<&Value>)> = Vec::new();
        let mut ends = Vec::new();
        for (arrives, member) in [(false, "shipper"), (true, "consignee")] {
            for shipment in &self.shipments {
                let place = (arrives, shipment.get(member));
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        let id = |place: &(bool, Option<&Value>)| {
            let at = places.iter().position(|known| known == place).unwrap_or(0);
            format!("{}{:06}", if place.0 { "DE" } else { "OR" }, at + 1)
        };
        for shipment in &self.shipments {
            ends.push((
                id(&(false, shipment.get("shipper"))),
                id(&(true, shipment.get("consignee"))),
            ));
        }
        let ids: Vec<String> = places.iter().map(id).collect();
        let only = places.iter().filter(|(arrives, _)| *arrives).count() == 1;
        let mut out = Vec::new();
        for (index, ((arrives, party), id)) in places.iter().zip(ids).enumerate() {
            let mut place = self.place(index, *arrives, party.unwrap_or(&Value::Null));
            place.id_ubicacion = Some(id);
            if *arrives {
                place.distancia_recorrida = Some(match only {
                    true => distance.to_owned(),
                    false => self.supplied(
                        &format!("Ubicaciones.{index}.DistanciaRecorrida"),
                        &format!("the distance in km to destination {}", index + 1),
                        &format!("la distancia en km al destino {}", index + 1),
                    ),
                });
            }
            out.push(place);
        }
        (out, ends)
    }

    fn place(&mut self, index: usize, arrives: bool, party: &Value) -> Ubicacion {
        let (member, en, es) = match arrives {
            true => ("consignee", "the consignee", "destinatario"),
            false => ("shipper", "the shipper", "remitente"),
        };
        let mut reads = Reads::of(party);
        let mut required = |name: &str, what_en: &str, what_es: &str| {
            let text = reads.text(&format!("/{name}"));
            if text.is_empty() {
                self.lacks(
                    &format!("/{member}/{name}"),
                    &format!("{what_en} of {en}"),
                    &format!("{what_es}: {es}"),
                );
            }
            text
        };
        let country = required("country", "the country", "el país");
        let tax_number = required("taxNumber", "the tax number", "el número fiscal");
        let name = required("partyName", "the name", "el nombre");
        let estado = required("region", "the state", "el estado");
        let codigo_postal = required("postalCode", "the postal code", "el código postal");
        let three = alpha3(&country).unwrap_or_default().to_owned();
        let domestic = country == "MX" && identifiers::check("rfc", &tax_number) == Some(true);
        let when = match arrives {
            true => self.supplied(
                &format!("Ubicaciones.{index}.FechaHoraSalidaLlegada"),
                &format!("the arrival at {name}, like 2026-11-24T22:00:00"),
                &format!("la llegada a {name}, como 2026-11-24T22:00:00"),
            ),
            false => self.supplied(
                &format!("Ubicaciones.{index}.FechaHoraSalidaLlegada"),
                &format!("the departure from {name}, like 2026-11-24T06:00:00"),
                &format!("la salida de {name}, como 2026-11-24T06:00:00"),
            ),
        };
        let told = |text: String| (!text.is_empty()).then_some(text);
        reads = Reads::of(party);
        Ubicacion {
            tipo_ubicacion: if arrives { "Destino" } else { "Origen" }.to_owned(),
            rfc_remitente_destinatario: match domestic {
                true => tax_number.clone(),
                false => FOREIGN.to_owned(),
            },
            nombre_remitente_destinatario: Some(name),
            num_reg_id_trib: told(tax_number).filter(|_| !domestic),
            residencia_fiscal: told(three.clone()).filter(|_| !domestic),
            fecha_hora_salida_llegada: when,
            domicilio: Some(Domicilio {
                calle: told(reads.text("/streetAddress")),
                localidad: told(reads.text("/locality")),
                estado,
                pais: three,
                codigo_postal,
                ..Domicilio::default()
            }),
            ..Ubicacion::default()
        }
    }

    /// Its own lines, or those of its shipments.
    fn lines(&self) -> Vec<Line<'a>> {
        let own = self.reads.items("/goods");
        let only = match self.shipments.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        if !own.is_empty() {
            let numbered = own.iter().enumerate();
            return numbered
                .map(|(index, goods)| Line {
                    goods,
                    at: format!("/goods/{index}"),
                    shipment: only,
                })
                .collect();
        }
        let mut lines = Vec::new();
        for shipment in &self.shipments {
            for (index, goods) in Reads::of(shipment).items("/goods").iter().enumerate() {
                lines.push(Line {
                    goods,
                    at: format!("/goods/{index}"),
                    shipment: Some(shipment),
                });
            }
        }
        lines
    }

    fn goods(&mut self, entry: bool, ends: &[(String, String)]) -> Mercancias {
        let lines = self.lines();
        if lines.is_empty() {
            self.lacks("/goods", "the lines of goods", "las mercancías");
        }
        let only = lines.len() == 1;
        let mut mercancia = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            mercancia.push(self.line(index, line, only, entry, ends));
        }
        let sum: Option<i128> = mercancia
            .iter()
            .map(|line| decimal::parse(&line.peso_en_kg))
            .sum();
        let said = self.reads.text("/grossWeightKg");
        Mercancias {
            peso_bruto_total: match said.is_empty() {
                true => sum.map(decimal::text).unwrap_or_default(),
                false => said,
            },
            unidad_peso: "KGM".to_owned(),
            num_total_mercancias: mercancia.len().to_string(),
            mercancia,
            autotransporte: Some(self.road()),
            ..Mercancias::default()
        }
    }

    fn line(
        &mut self,
        index: usize,
        line: &Line<'_>,
        only: bool,
        entry: bool,
        ends: &[(String, String)],
    ) -> Mercancia {
        let number = index + 1;
        let element = |name: &str| format!("Mercancias.{index}.{name}");
        let text = |member: &str| Reads::of(line.goods).text(&format!("/{member}"));
        let code = text("commodityCode");
        if !matches!(code.len(), 8 | 10) {
            self.lacks(
                &format!("{}/commodityCode", line.at),
                &format!("the tariff code of 8 or 10 digits of line {number}"),
                &format!("la fracción de 8 o 10 dígitos de la partida {number}"),
            );
        }
        let unit = text("packageUnit");
        let unit = self.reads.known_or_supplied(
            (unit.len() == 2).then(|| format!("X{unit}")),
            self.sending,
            &element("ClaveUnidad"),
            &format!("the packing unit of line {number}: X and two letters"),
            &format!("la unidad de embalaje de la partida {number}: X y dos letras"),
        );
        let total = self.reads.text("/grossWeightKg");
        let weight = match text("grossWeightKg") {
            weight if weight.is_empty() && only => total,
            weight => weight,
        };
        if weight.is_empty() {
            self.lacks(
                &format!("{}/grossWeightKg", line.at),
                &format!("the gross weight of line {number}"),
                &format!("el peso bruto de la partida {number}"),
            );
        }
        let dangerous = text("unNumber");
        let dangerous =
            (!dangerous.is_empty()).then(|| dangerous.trim_start_matches("UN").to_owned());
        let embalaje = dangerous.as_ref().map(|_| {
            self.supplied(
                &element("Embalaje"),
                &format!("the packing of the dangerous goods of line {number}"),
                &format!("el embalaje del material peligroso de la partida {number}"),
            )
        });
        let scn = line
            .shipment
            .and_then(|shipment| shipment.get("scn")?.as_str());
        let bound = line
            .shipment
            .and_then(|of| {
                self.shipments
                    .iter()
                    .position(|known| std::ptr::eq(*known, of))
            })
            .and_then(|at| ends.get(at))
            .filter(|_| ends.len() > 1);
        let quantity = text("packages");
        Mercancia {
            bienes_transp: self.supplied(
                &element("BienesTransp"),
                &format!("the SAT code of goods and services of line {number} (c_ClaveProdServCP)"),
                &format!("la clave de producto de la partida {number} (c_ClaveProdServCP)"),
            ),
            descripcion: text("goodsText"),
            cantidad: quantity.clone(),
            clave_unidad: unit,
            material_peligroso: dangerous.as_ref().map(|_| "Sí".to_owned()),
            cve_material_peligroso: dangerous,
            embalaje,
            tipo_materia: self.perhaps(&element("TipoMateria")),
            fraccion_arancelaria: Some(code),
            documentacion: vec![self.paper(index, entry)],
            guias: scn
                .map(|scn| GuiaIdentificacion {
                    numero_guia: scn.to_owned(),
                    descrip_guia: "SCN".to_owned(),
                    peso_guia: weight.clone(),
                })
                .into_iter()
                .collect(),
            cantidades: bound
                .map(|(from, to)| CantidadTransporta {
                    cantidad: quantity,
                    id_origen: from.clone(),
                    id_destino: to.clone(),
                    cves_transporte: None,
                })
                .into_iter()
                .collect(),
            peso_en_kg: weight,
            ..Mercancia::default()
        }
    }

    /// The pedimento of a line: the only one, or the one that is supplied.
    fn paper(&mut self, index: usize, entry: bool) -> DocumentacionAduanera {
        let keys = self.pedimentos();
        let key = match keys.as_slice() {
            [] => {
                self.reads
                    .lacks("/pedimentos", "the pedimento", "el pedimento");
                String::new()
            }
            [only] => only.clone(),
            _ => self.supplied(
                &format!("Mercancias.{index}.NumPedimento"),
                &format!(
                    "the pedimento of line {}, of {}",
                    index + 1,
                    keys.join(", ")
                ),
                &format!(
                    "el pedimento de la partida {}, de {}",
                    index + 1,
                    keys.join(", ")
                ),
            ),
        };
        let number = key.replace(':', "").parse::<Pedimento>();
        let importer = entry.then(|| {
            self.reads.known_or_supplied(
                self.pedimento(&key, "rfc"),
                self.sending,
                "RFCImpo",
                "the RFC of the importer",
                "el RFC del importador",
            )
        });
        DocumentacionAduanera {
            tipo_documento: "01".to_owned(),
            num_pedimento: Some(number.map_or(key, |number| number.cfdi())),
            ident_doc_aduanero: None,
            rfc_impo: importer,
        }
    }

    fn road(&mut self) -> Autotransporte {
        let mut trailers = Vec::new();
        for (index, item) in self.reads.items("/equipment").iter().enumerate() {
            let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or("");
            // A container is no trailer: the chassis below it is one.
            if text("equipmentKind").starts_with("container")
                || item.get("containerNumber").is_some()
            {
                continue;
            }
            if text("plate").is_empty() {
                self.reads.lacks(
                    &format!("/equipment/{index}/plate"),
                    "the trailer's plate",
                    "la placa del remolque",
                );
            }
            trailers.push(Remolque {
                sub_tipo_rem: self.supplied(
                    &format!("Remolques.{index}.SubTipoRem"),
                    &format!("the SAT code of the kind of trailer {}", index + 1),
                    &format!("la clave del subtipo de remolque {}", index + 1),
                ),
                placa: text("plate").to_owned(),
            });
        }
        Autotransporte {
            perm_sct: self
                .reads
                .required("/permitSict", "the SICT permit", "el permiso SICT"),
            num_permiso_sct: self.supplied(
                "Autotransporte.NumPermisoSCT",
                "the number of the SICT permit",
                "el número del permiso SICT",
            ),
            vehiculo: IdentificacionVehicular {
                config_vehicular: self.reads.required(
                    "/vehicleConfig",
                    "the vehicle configuration",
                    "la configuración vehicular",
                ),
                peso_bruto_vehicular: self.supplied(
                    "IdentificacionVehicular.PesoBrutoVehicular",
                    "the gross weight of the vehicle in tons",
                    "el peso bruto vehicular en toneladas",
                ),
                placa_vm: self.reads.required(
                    "/plate",
                    "the tractor's plate",
                    "la placa del tractor",
                ),
                anio_modelo_vm: self.supplied(
                    "IdentificacionVehicular.AnioModeloVM",
                    "the model year of the vehicle",
                    "el año modelo del vehículo",
                ),
            },
            seguros: Seguros {
                asegura_resp_civil: self.supplied(
                    "Seguros.AseguraRespCivil",
                    "the insurer of civil liability",
                    "la aseguradora de responsabilidad civil",
                ),
                poliza_resp_civil: self.supplied(
                    "Seguros.PolizaRespCivil",
                    "the policy of civil liability",
                    "la póliza de responsabilidad civil",
                ),
                asegura_med_ambiente: self.perhaps("Seguros.AseguraMedAmbiente"),
                poliza_med_ambiente: self.perhaps("Seguros.PolizaMedAmbiente"),
                asegura_carga: self.perhaps("Seguros.AseguraCarga"),
                poliza_carga: self.perhaps("Seguros.PolizaCarga"),
                prima_seguro: None,
            },
            remolques: trailers,
        }
    }

    fn driver(&mut self) -> Figura {
        Figura {
            tipo_figura: "01".to_owned(),
            rfc_figura: Some(self.supplied(
                "TiposFigura.RFCFigura",
                "the RFC of the driver",
                "el RFC del operador",
            )),
            num_licencia: Some(self.reads.required(
                "/driver/licence",
                "the driving licence",
                "la licencia de conducir",
            )),
            nombre_figura: self.reads.required(
                "/driver/driverName",
                "the driver's name",
                "el nombre del operador",
            ),
            num_reg_id_trib_figura: self.perhaps("TiposFigura.NumRegIdTribFigura"),
            residencia_fiscal_figura: self.perhaps("TiposFigura.ResidenciaFiscalFigura"),
            ..Figura::default()
        }
    }
}
