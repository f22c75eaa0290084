//! The documents of a truck in the real formats, through the writers of `garita-formats`.

use garita_formats::carta_porte::{
    self, Autotransporte, CartaPorte, CartaPorteDocument, Comprobante, Concepto,
    DocumentacionAduanera, Domicilio, Emisor, Figura, GuiaIdentificacion, IdentificacionVehicular,
    Mercancia, Mercancias, Receptor, RegimenAduanero, Remolque, Seguros, Timbre, Ubicacion,
};
use garita_formats::x12_309::{
    self, Bill as X12Bill, BillEquipment, Goods, InterchangeHeader, Party, Reading,
    TruckManifestDocument, Vehicle,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::cast::Trader;
use super::random::Random;

/// What the documents of one truck are made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Papers {
    /// Whether it goes to the United States.
    pub(crate) northbound: bool,
    /// Carrier's code.
    pub(crate) scac: String,
    /// Carrier's name.
    pub(crate) carrier: String,
    /// Carrier's tax number.
    pub(crate) rfc: String,
    /// Trip number.
    pub(crate) trip: String,
    /// Tractor's plate.
    pub(crate) plate: String,
    /// Tractor's identification number.
    pub(crate) vin: String,
    /// Trailer's plate and number; `None` for a tractor alone.
    pub(crate) trailer: Option<String>,
    /// Seals.
    pub(crate) seals: Vec<String>,
    /// Driver's name.
    pub(crate) driver: String,
    /// Driver's licence.
    pub(crate) licence: String,
    /// Pedimento in key form, `26:24:3456:6000123`.
    pub(crate) pedimento: String,
    /// Shipments.
    pub(crate) bills: Vec<Bill>,
}

/// A shipment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bill {
    /// Shipment control number.
    pub(crate) scn: String,
    /// Who sends.
    pub(crate) shipper: &'static Trader,
    /// Who receives.
    pub(crate) consignee: &'static Trader,
    /// Words.
    pub(crate) text: &'static str,
    /// Tariff code, ten digits.
    pub(crate) hts: &'static str,
    /// SAT's code of goods carried.
    pub(crate) sat: &'static str,
    /// Packages.
    pub(crate) packages: u64,
    /// Gross weight.
    pub(crate) kg: u64,
    /// Value in whole US dollars.
    pub(crate) usd: u64,
    /// US broker's party key.
    pub(crate) broker: &'static str,
}

/// Local time at Laredo as `pattern` of jiff's strftime.
pub(crate) fn local(ms: i64, pattern: &str) -> String {
    let zone = TimeZone::get("America/Chicago").unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(ms)
        .map(|instant| {
            instant
                .to_zoned_datetime(zone)
                .strftime(pattern)
                .to_string()
        })
        .unwrap_or_default()
}

/// The truck manifest as a 309.
pub(crate) fn manifest_309(papers: &Papers, made_ms: i64, arrival_ms: i64, control: u64) -> String {
    let trailer = |goods: Vec<Goods>, loaded: bool, papers: &Papers| {
        papers.trailer.as_ref().map(|number| BillEquipment {
            code: "TL".into(),
            number: number.clone(),
            vid_seals: papers.seals.clone(),
            load_status: if loaded { "L" } else { "E" }.into(),
            goods,
            ..BillEquipment::default()
        })
    };
    let mut bills: Vec<X12Bill> = papers
        .bills
        .iter()
        .enumerate()
        .map(|(index, bill)| X12Bill {
            line: (index + 1).to_string(),
            bill_number: bill.scn.clone(),
            quantity: bill.packages.to_string(),
            unit: "CTN".into(),
            weight: bill.kg.to_string(),
            weight_unit: "K".into(),
            bill_type: "0".into(),
            place_of_receipt: bill.shipper.city.to_uppercase(),
            issuer_scac: papers.scac.clone(),
            parties: vec![party("SH", bill.shipper), party("CN", bill.consignee)],
            equipment: trailer(
                vec![Goods {
                    quantity: bill.packages.to_string(),
                    description: bill.text.into(),
                    code_qualifier: "J".into(),
                    code: bill.hts.into(),
                    weight_unit: "K".into(),
                    weight: bill.kg.to_string(),
                    unit: "CTN".into(),
                    country: bill.shipper.country.into(),
                    ..Goods::default()
                }],
                true,
                papers,
            )
            .into_iter()
            .collect(),
            ..X12Bill::default()
        })
        .collect();
    if bills.is_empty()
        && let Some(empty) = trailer(Vec::new(), false, papers)
    {
        bills.push(X12Bill {
            line: "1".into(),
            equipment: vec![empty],
            ..X12Bill::default()
        });
    }
    let number = format!("{:09}", control % 1_000_000_000);
    let group = (control % 1_000_000_000).to_string();
    let document = TruckManifestDocument {
        interchange: InterchangeHeader {
            sender_qualifier: "02".into(),
            sender: papers.scac.clone(),
            receiver_qualifier: "ZZ".into(),
            receiver: "CBP".into(),
            date: local(made_ms, "%y%m%d"),
            time: local(made_ms, "%H%M"),
            standard: "^".into(),
            version: "00502".into(),
            control_number: number,
            acknowledgment: "0".into(),
            usage: "P".into(),
            group_code: "AQ".into(),
            group_sender: papers.scac.clone(),
            group_receiver: "CBP".into(),
            group_date: local(made_ms, "%Y%m%d"),
            group_time: local(made_ms, "%H%M"),
            group_control_number: group,
            release: "005020".into(),
            set_control_number: format!("{:04}", control % 10_000),
        },
        scac: papers.scac.clone(),
        mode: "J".into(),
        country: "MX".into(),
        trip: papers.trip.clone(),
        manifest_type: "X".into(),
        vehicle: Some(Vehicle {
            vin: papers.vin.clone(),
            plate: papers.plate.clone(),
            plate_state: "TAM".into(),
            plate_country: "MX".into(),
            seals: Vec::new(),
        }),
        port: "2304".into(),
        arrival_date: local(arrival_ms, "%Y%m%d"),
        arrival_time: local(arrival_ms, "%H%M"),
        bills,
        ..TruckManifestDocument::default()
    };
    x12_309::write(&document, &Reading::default())
}

fn party(code: &str, trader: &Trader) -> Party {
    Party {
        code: code.into(),
        name: trader.name.into(),
        address: vec![trader.street.into()],
        city: trader.city.into(),
        state: trader.region.chars().take(2).collect(),
        postal_code: trader.postal.into(),
        country: trader.country.into(),
        ..Party::default()
    }
}

/// The CFDI with Carta Porte. Seals and stamp are made up: no authority is asked.
///
/// Two places of arrival, the transfer yard in the border city and the far side, as a carriage to the border has them.
pub(crate) fn carta_porte(papers: &Papers, made_ms: i64, random: &mut Random) -> String {
    let at = |ms: i64| local(ms, "%Y-%m-%dT%H:%M:%S");
    let hour = 3_600_000;
    let (first, last) = match papers.bills.first() {
        Some(bill) => (bill.shipper, bill.consignee),
        None => (&super::cast::MEXICANS[0], &super::cast::AMERICANS[0]),
    };
    let (origin_km, last_km) = if papers.northbound {
        (first.distance_km, 14)
    } else {
        (14, 9)
    };
    let place = |kind: &str, id: &str, trader: &Trader, when: i64, km: Option<u64>| {
        let foreign = trader.country == "US";
        Ubicacion {
            tipo_ubicacion: kind.into(),
            id_ubicacion: Some(id.into()),
            rfc_remitente_destinatario: if foreign {
                "XEXX010101000".into()
            } else {
                trader.tax.into()
            },
            nombre_remitente_destinatario: Some(trader.name.into()),
            num_reg_id_trib: foreign.then(|| trader.tax.replace('-', "")),
            residencia_fiscal: foreign.then(|| "USA".into()),
            fecha_hora_salida_llegada: at(when),
            distancia_recorrida: km.map(|km| km.to_string()),
            domicilio: Some(Domicilio {
                calle: Some(trader.street.into()),
                municipio: Some(trader.city.into()),
                estado: trader.region.into(),
                pais: if foreign { "USA" } else { "MEX" }.into(),
                codigo_postal: trader.postal.into(),
                ..Domicilio::default()
            }),
            ..Ubicacion::default()
        }
    };
    let yard = Ubicacion {
        tipo_ubicacion: "Destino".into(),
        id_ubicacion: Some("DE000002".into()),
        rfc_remitente_destinatario: papers.rfc.clone(),
        nombre_remitente_destinatario: Some(papers.carrier.clone()),
        fecha_hora_salida_llegada: at(made_ms + 2 * hour),
        distancia_recorrida: Some(origin_km.to_string()),
        domicilio: Some(Domicilio {
            calle: Some("Carr. Aeropuerto km 8".into()),
            municipio: Some("Nuevo Laredo".into()),
            estado: "TAM".into(),
            pais: "MEX".into(),
            codigo_postal: "88000".into(),
            ..Domicilio::default()
        }),
        ..Ubicacion::default()
    };
    let pedimento = papers.pedimento.split(':').collect::<Vec<_>>().join("  ");
    let importer_rfc = (!papers.northbound).then(|| last.tax.to_owned());
    let goods: Vec<Mercancia> = papers
        .bills
        .iter()
        .map(|bill| Mercancia {
            bienes_transp: bill.sat.into(),
            descripcion: bill.text.into(),
            cantidad: bill.packages.to_string(),
            clave_unidad: "XCT".into(),
            material_peligroso: Some("No".into()),
            peso_en_kg: bill.kg.to_string(),
            valor_mercancia: Some(bill.usd.to_string()),
            moneda: Some("USD".into()),
            fraccion_arancelaria: Some(bill.hts.into()),
            tipo_materia: Some("03".into()),
            documentacion: vec![DocumentacionAduanera {
                tipo_documento: "01".into(),
                num_pedimento: Some(pedimento.clone()),
                rfc_impo: importer_rfc.clone(),
                ..DocumentacionAduanera::default()
            }],
            guias: vec![GuiaIdentificacion {
                numero_guia: bill.scn.clone(),
                descrip_guia: "SCN".into(),
                peso_guia: bill.kg.to_string(),
            }],
            ..Mercancia::default()
        })
        .collect();
    let weight: u64 = papers.bills.iter().map(|bill| bill.kg).sum();
    let uuid = |random: &mut Random| {
        format!(
            "{}-{}-4{}-8{}-{}",
            random.hex(8),
            random.hex(4),
            random.hex(3),
            random.hex(3),
            random.hex(12)
        )
    };
    let id_ccp = format!("CCC{}", uuid(random).chars().skip(3).collect::<String>());
    let document = CartaPorteDocument {
        cfdi: Some(Comprobante {
            version: "4.0".into(),
            serie: Some("CP".into()),
            folio: Some(random.between(10_000, 99_999).to_string()),
            fecha: at(made_ms),
            sub_total: "0".into(),
            moneda: "XXX".into(),
            total: "0".into(),
            tipo_de_comprobante: "T".into(),
            exportacion: "01".into(),
            lugar_expedicion: "88000".into(),
            emisor: Emisor {
                rfc: papers.rfc.clone(),
                nombre: papers.carrier.to_uppercase(),
                regimen_fiscal: "601".into(),
                fac_atr_adquirente: None,
            },
            receptor: Receptor {
                rfc: papers.rfc.clone(),
                nombre: papers.carrier.to_uppercase(),
                domicilio_fiscal_receptor: "88000".into(),
                regimen_fiscal_receptor: "601".into(),
                uso_cfdi: "S01".into(),
                ..Receptor::default()
            },
            conceptos: vec![Concepto {
                clave_prod_serv: "78101800".into(),
                cantidad: "1".into(),
                clave_unidad: "E48".into(),
                descripcion: "Flete".into(),
                valor_unitario: "0".into(),
                importe: "0".into(),
                objeto_imp: "01".into(),
                ..Concepto::default()
            }],
            timbre: Some(Timbre {
                version: "1.1".into(),
                uuid: uuid(random),
                fecha_timbrado: at(made_ms + 60_000),
                rfc_prov_certif: "EKU9003173C9".into(),
                sello_cfd: "ZGVtbw==".into(),
                no_certificado_sat: "30001000000500003456".into(),
                sello_sat: "ZGVtbw==".into(),
                leyenda: None,
            }),
            ..Comprobante::default()
        }),
        carta_porte: Some(CartaPorte {
            version: "3.1".into(),
            id_ccp,
            transp_internac: "Sí".into(),
            entrada_salida_merc: Some(
                if papers.northbound {
                    "Salida"
                } else {
                    "Entrada"
                }
                .into(),
            ),
            pais_origen_destino: Some("USA".into()),
            via_entrada_salida: Some("01".into()),
            total_dist_rec: Some((origin_km + last_km).to_string()),
            regimenes: vec![RegimenAduanero {
                regimen_aduanero: if papers.northbound { "EXD" } else { "IMD" }.into(),
            }],
            ubicaciones: vec![
                place("Origen", "OR000001", first, made_ms, None),
                yard,
                place(
                    "Destino",
                    "DE000003",
                    last,
                    made_ms + 4 * hour,
                    Some(last_km),
                ),
            ],
            mercancias: Mercancias {
                peso_bruto_total: weight.to_string(),
                unidad_peso: "KGM".into(),
                num_total_mercancias: goods.len().to_string(),
                mercancia: goods,
                autotransporte: Some(Autotransporte {
                    perm_sct: "TPAF01".into(),
                    num_permiso_sct: "0X2XTXZ0X5X0X3X2X1X0".into(),
                    vehiculo: IdentificacionVehicular {
                        config_vehicular: "T3S2".into(),
                        peso_bruto_vehicular: "29.50".into(),
                        placa_vm: papers.plate.clone(),
                        anio_modelo_vm: "2022".into(),
                    },
                    seguros: Seguros {
                        asegura_resp_civil: "Seguros de la Frontera".into(),
                        poliza_resp_civil: random.between(100_000, 999_999).to_string(),
                        ..Seguros::default()
                    },
                    remolques: papers
                        .trailer
                        .iter()
                        .map(|plate| Remolque {
                            sub_tipo_rem: "CTR007".into(),
                            placa: plate.clone(),
                        })
                        .collect(),
                }),
                ..Mercancias::default()
            },
            figuras: vec![Figura {
                tipo_figura: "01".into(),
                num_licencia: Some(papers.licence.clone()),
                nombre_figura: papers.driver.clone(),
                ..Figura::default()
            }],
            ..CartaPorte::default()
        }),
    };
    carta_porte::write(&document)
}
