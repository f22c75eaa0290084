mod generate;
mod round_trip;
mod seal;

use super::*;
use crate::draft::Severity;

fn whole() -> CartaPorteDocument {
    let place = |kind: &str, id: &str, when: &str| Ubicacion {
        tipo_ubicacion: kind.into(),
        id_ubicacion: Some(id.into()),
        rfc_remitente_destinatario: "EKU9003173C9".into(),
        nombre_remitente_destinatario: Some("Muñoz & Hijos \"La Ñ\" <S.A.>".into()),
        fecha_hora_salida_llegada: when.into(),
        distancia_recorrida: (kind == "Destino").then(|| "230.5".into()),
        domicilio: Some(Domicilio {
            calle: Some("Av.\nIndustria".into()),
            estado: if kind == "Destino" { "TX" } else { "NLE" }.into(),
            pais: if kind == "Destino" {
                "USA".into()
            } else {
                "MEX".into()
            },
            codigo_postal: "64000".into(),
            ..Domicilio::default()
        }),
        ..Ubicacion::default()
    };
    let line = |weight: &str| Mercancia {
        bienes_transp: "25174200".into(),
        descripcion: "Partes para suspensión".into(),
        cantidad: "24".into(),
        clave_unidad: "XCT".into(),
        peso_en_kg: weight.into(),
        material_peligroso: Some("Sí".into()),
        cve_material_peligroso: Some("1170".into()),
        embalaje: Some("4G".into()),
        fraccion_arancelaria: Some("8708809900".into()),
        tipo_materia: Some("03".into()),
        documentacion: vec![DocumentacionAduanera {
            tipo_documento: "01".into(),
            num_pedimento: Some("26  24  3456  6000123".into()),
            ..DocumentacionAduanera::default()
        }],
        guias: vec![GuiaIdentificacion {
            numero_guia: "TOCQ88402171".into(),
            descrip_guia: "SCN".into(),
            peso_guia: weight.into(),
        }],
        cantidades: vec![CantidadTransporta {
            cantidad: "24".into(),
            id_origen: "OR000001".into(),
            id_destino: "DE000002".into(),
            cves_transporte: None,
        }],
        ..Mercancia::default()
    };
    CartaPorteDocument {
        cfdi: Some(Comprobante {
            version: "4.0".into(),
            fecha: "2026-11-24T05:00:00".into(),
            sub_total: "0".into(),
            moneda: "XXX".into(),
            total: "0".into(),
            tipo_de_comprobante: "T".into(),
            exportacion: "01".into(),
            lugar_expedicion: "64000".into(),
            emisor: Emisor {
                rfc: "EKU9003173C9".into(),
                nombre: "ESCUELA KEMPER URGATE".into(),
                regimen_fiscal: "601".into(),
                fac_atr_adquirente: None,
            },
            receptor: Receptor {
                rfc: "URE180429TM6".into(),
                nombre: "UNIVERSIDAD ROBOTICA ESPAÑOLA".into(),
                domicilio_fiscal_receptor: "86991".into(),
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
                uuid: "5F0C1A52-7C36-4B7C-9A34-5F1B9F1F2C11".into(),
                fecha_timbrado: "2026-11-24T05:01:00".into(),
                rfc_prov_certif: "EKU9003173C9".into(),
                sello_cfd: "YQ==".into(),
                no_certificado_sat: "30001000000500003456".into(),
                sello_sat: "Yg==".into(),
                leyenda: None,
            }),
            ..Comprobante::default()
        }),
        carta_porte: Some(CartaPorte {
            version: "3.1".into(),
            id_ccp: "CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b".into(),
            transp_internac: "Sí".into(),
            entrada_salida_merc: Some("Salida".into()),
            pais_origen_destino: Some("USA".into()),
            via_entrada_salida: Some("01".into()),
            total_dist_rec: Some("230.50".into()),
            regimenes: vec![RegimenAduanero {
                regimen_aduanero: "EXD".into(),
            }],
            ubicaciones: vec![
                place("Origen", "OR000001", "2026-11-24T06:00:00"),
                place("Destino", "DE000002", "2026-11-24T22:00:00"),
            ],
            mercancias: Mercancias {
                peso_bruto_total: "300.3".into(),
                unidad_peso: "KGM".into(),
                num_total_mercancias: "2".into(),
                mercancia: vec![line("100.1"), line("200.2")],
                autotransporte: Some(Autotransporte {
                    perm_sct: "TPAF01".into(),
                    num_permiso_sct: "X-1".into(),
                    vehiculo: IdentificacionVehicular {
                        config_vehicular: "T3S2".into(),
                        peso_bruto_vehicular: "29.50".into(),
                        placa_vm: "47AK2F".into(),
                        anio_modelo_vm: "2022".into(),
                    },
                    seguros: Seguros {
                        asegura_resp_civil: "Aseguradora".into(),
                        poliza_resp_civil: "RC-1".into(),
                        asegura_med_ambiente: Some("Aseguradora".into()),
                        poliza_med_ambiente: Some("MA-1".into()),
                        ..Seguros::default()
                    },
                    remolques: vec![Remolque {
                        sub_tipo_rem: "CTR007".into(),
                        placa: "31UB8L".into(),
                    }],
                }),
                ..Mercancias::default()
            },
            figuras: vec![Figura {
                tipo_figura: "01".into(),
                rfc_figura: Some("CACX7605101P8".into()),
                num_licencia: Some("LFD0123456".into()),
                nombre_figura: "XOCHILT CASAS CHAVEZ".into(),
                ..Figura::default()
            }],
            ..CartaPorte::default()
        }),
    }
}

#[test]
fn what_is_written_is_read_again() {
    for document in [
        whole(),
        CartaPorteDocument {
            cfdi: None,
            ..whole()
        },
        CartaPorteDocument {
            cfdi: None,
            carta_porte: Some(CartaPorte::default()),
        },
    ] {
        let (again, _) = read_document(write(&document).as_bytes()).unwrap();
        assert_eq!(again, document);
    }
}

#[test]
fn a_whole_document_has_no_fault_but_notes() {
    let draft = read(write(&whole()).as_bytes()).unwrap();
    let loud: Vec<_> = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note)
        .map(|fault| fault.code)
        .collect();
    assert_eq!(loud, ["seal-missing"]);
    let subject = draft.record("CartaPorte").unwrap().subject.clone();
    assert_eq!(subject["idCcp"], "CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b");
    assert_eq!(subject["cfdiUuid"], "5f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c11");
    assert_eq!(subject["cfdiKind"], "T");
    assert_eq!(subject["rfc"], "EKU9003173C9");
    assert_eq!(subject["direction"], "northbound");
    assert_eq!(subject["scns"], serde_json::json!(["TOCQ88402171"]));
    assert_eq!(
        subject["pedimentos"],
        serde_json::json!(["26:24:3456:6000123"])
    );
    assert_eq!(subject["packages"], 48);
    assert_eq!(subject["grossWeightKg"], 300.3);
    assert_eq!(subject["goods"][1]["unNumber"], "UN1170");
    assert_eq!(subject["goods"][0]["packageUnit"], "CT");
    assert_eq!(subject["distanceKm"], 230.5);
    let missing: Vec<&str> = draft.records[0]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/scac", "/trip"]);
    let mut draft = draft;
    assert!(!draft.is_complete());
    assert!(draft.records[0].supply("/scac", "TOCQ".into()));
    assert!(draft.records[0].supply("/trip", "TOCQ2611240417".into()));
    assert!(draft.is_complete());
    assert_eq!(draft.records[0].subject["trip"], "TOCQ2611240417");
    let shipment = draft.record("Shipment").unwrap();
    assert!(
        shipment.optional && shipment.missing.is_empty(),
        "{:?}",
        shipment.missing
    );
    assert_eq!(shipment.subject["scn"], "TOCQ88402171");
    assert_eq!(shipment.subject["consignee"]["country"], "US");
}

#[test]
fn each_filled_member_has_its_place() {
    fn leaves(value: &serde_json::Value, at: String, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(members) => {
                members
                    .iter()
                    .for_each(|(key, inner)| leaves(inner, format!("{at}/{key}"), found));
            }
            serde_json::Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, inner)| leaves(inner, format!("{at}/{index}"), found));
            }
            _ => found.push(at),
        }
    }
    let draft = read(write(&whole()).as_bytes()).unwrap();
    for record in &draft.records {
        let mut found = Vec::new();
        leaves(&record.subject, String::new(), &mut found);
        for pointer in found {
            assert!(
                record.sources.contains(&pointer),
                "{} {pointer}",
                record.record_type
            );
        }
    }
    let place = draft.records[0].sources.get("/plate").unwrap();
    assert!(
        place
            .path
            .ends_with("/cartaporte31:IdentificacionVehicular[1]/@PlacaVM"),
        "{}",
        place.path
    );
    assert_eq!(place.text, "47AK2F");
    assert!(place.line > 20);
}
