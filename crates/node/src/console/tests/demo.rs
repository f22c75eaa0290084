//! The board and the case of the console's mocks, built from the view-models, in both languages. Test data only.

use crate::console::*;

/// 2026-11-24T15:42:18Z, 09:42:18 CST.
pub(super) const NOW_MS: i64 = 1_795_534_938_000;
const MIN: i64 = 60_000;

pub(super) fn frame(lang: Lang, place: Place) -> Frame {
    let here = Address::new(paths::BOARD).with("dir", "north");
    let mut frame = Frame::new(lang, NOW_MS, time::zone("America/Chicago"), here);
    frame.demo = true;
    frame.user = Some(SignedIn {
        name: "M. Herrera".into(),
        office: "CBP Laredo".into(),
    });
    frame.nav = Frame::own_nav(lang, place);
    frame.peers = vec![
        PeerLine {
            name: "ANAM Nuevo Laredo".into(),
            step: Step::InStep { age_ms: 2000 },
            href: paths::PEERS.into(),
        },
        PeerLine {
            name: "Mines Road Brokers".into(),
            step: Step::InStep { age_ms: 1000 },
            href: paths::PEERS.into(),
        },
        PeerLine {
            name: "City of Laredo Bridges".into(),
            step: Step::Behind {
                records: 3,
                age_ms: 41_000,
            },
            href: paths::PEERS.into(),
        },
    ];
    frame.live = Some(Live {
        stream: Address::new(paths::LIVE)
            .with("page", "board")
            .with("dir", "north"),
        cursor: "1204881".into(),
        rate: 1,
    });
    frame.node = NodeLine {
        host: "laredo.cbp.example".into(),
        log_size: 1_204_881,
        checkpoint_ms: Some(NOW_MS - 20_000),
        witnessed: Some((3, 3)),
    };
    frame
}

fn at(h: i64, m: i64, s: i64) -> i64 {
    NOW_MS - ((9 * 60 + 42) * MIN + 18_000) + (h * 60 + m) * MIN + s * 1000
}

fn pick<'a>(lang: Lang, en: &'a str, es: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Es => es,
    }
}

fn act(label: &str) -> Option<Act> {
    Some(Act {
        label: label.into(),
        href: "/console/cases/trip/x/do".into(),
        ..Act::default()
    })
}

#[expect(clippy::too_many_arguments, reason = "a table of test rows")]
fn row(
    plate: &str,
    scn: u32,
    fast: bool,
    since_ms: i64,
    who: &str,
    docs: (u32, u32),
    over: bool,
    why: Option<Why>,
) -> Row {
    let mut marks = Vec::new();
    if fast {
        marks.push(Mark::new("FAST", MarkKind::Lane));
    }
    let docs_glyph = (docs.0 < docs.1).then(|| why.as_ref().map_or(Glyph::Missing, |w| w.glyph));
    Row {
        key: plate.into(),
        title: plate.into(),
        href: paths::case("trip", plate),
        parts: if scn > 1 {
            format!("{scn} SCN")
        } else {
            String::new()
        },
        marks,
        since_ms,
        over,
        who: who.into(),
        verified: docs.0,
        required: docs.1,
        docs_glyph,
        why,
    }
}

fn why(tone: Tone, glyph: Glyph, text: &str, edge: bool) -> Option<Why> {
    Some(Why {
        tone,
        glyph,
        text: text.into(),
        edge,
    })
}

#[rustfmt::skip]
pub(super) fn board(lang: Lang) -> BoardPage {
    let t = |en, es| pick(lang, en, es);
    let need = |plate: &str, who: &str, glyph, tone, what: &str, since_ms, place: &str, label: &str| Need {
        key: plate.into(),
        title: plate.into(),
        href: paths::case("trip", plate),
        who: who.into(),
        glyph,
        tone,
        what: Rich::marked(what),
        since_ms,
        place: place.into(),
        act: act(label),
    };
    let filter = |name: &str, label: &str, options: &[&str]| Filter {
        name: name.into(),
        label: label.into(),
        options: options.iter().enumerate().map(|(n, o)| Choice::new(if n == 0 { "" } else { o }, *o, n == 0)).collect(),
    };
    let lane = |n: u32, kind: &str, plate: &str, s: i64| Lane {
        number: n.to_string(),
        kind: kind.into(),
        at: (!plate.is_empty()).then(|| AtBooth {
            title: plate.into(),
            href: paths::case("trip", plate),
            since_ms: NOW_MS - s * 1000,
            slow: s > 200,
        }),
        shut: plate.is_empty() && n == 15,
    };
    let (std, empty) = (t("Std", "Norm"), t("Empty", "Vacío"));
    let column = |id: &str, title: &str, count, note: &str, rows: Vec<Row>| Column {
        id: id.into(),
        title: title.into(),
        count,
        note: note.into(),
        rows,
        all: Some(Link::new("", format!("{}?column={id}", paths::CASES))),
        empty: None,
    };
    BoardPage {
        over: t("Laredo 2304, Nuevo Laredo 240. Open 7:00 to 24:00", "Laredo 2304, Nuevo Laredo 240. Abierto de 7:00 a 24:00").into(),
        title: t("World Trade Bridge", "Puente del Comercio Mundial").into(),
        direction: t("northbound", "hacia el norte").into(),
        find_hint: t("Plate, SCN, trip, entry, pedimento, seal", "Placa, SCN, viaje, entry, pedimento, candado").into(),
        filters: vec![
            filter("dir", t("Direction", "Sentido"), &[t("Northbound", "Hacia el norte"), t("Southbound", "Hacia el sur")]),
            filter("lane", t("Lane", "Carril"), &[t("All lanes", "Todos los carriles"), "FAST", std]),
            filter("docs", t("Documents", "Documentos"), &[t("All documents", "Todos los documentos"), t("Something missing", "Falta algo")]),
            filter("carrier", t("Carrier", "Transportista"), &[t("All carriers", "Todos los transportistas")]),
        ],
        rows: Noun::new(t("truck", "camión"), t("trucks", "camiones")),
        needs: vec![
            need("47AK2F", "Transportes Ocotillo", Glyph::Differ, Tone::Warn, t("Seal read `7741193`, manifest says `7741093`. ANAM replaced it at 08:39.", "Candado leído `7741193`, el manifiesto dice `7741093`. ANAM lo cambió a las 08:39."), at(9, 24, 7), t("Inspection, dock 12", "Inspección, andén 12"), t("Record seal check", "Registrar revisión de candado")),
            need("90AC3J", "Carga Gobernadora", Glyph::Look, Tone::Warn, t("Scan shows an anomaly behind the front wall. Exam type not chosen.", "El escaneo muestra una anomalía tras la pared frontal. Falta elegir el tipo de inspección."), at(9, 31, 0), t("Inspection, portal 2", "Inspección, arco 2"), t("Order an exam", "Ordenar inspección")),
            need("66AE4D", "Transfer Huizache", Glyph::Wait, Tone::Warn, t("Joint exam done and conform. ANAM has not signed the finding.", "Inspección conjunta sin incidencia. ANAM no ha firmado el resultado."), at(9, 11, 15), t("Inspection, dock 9", "Inspección, andén 9"), t("Remind ANAM", "Recordar a ANAM")),
            need("21AR7M", "Autolíneas Mezquite", Glyph::Hold, Tone::Warn, t("Carrier’s CTPAT was suspended. The FAST lane no longer applies.", "Se suspendió el CTPAT del transportista. El carril FAST ya no aplica."), at(9, 38, 2), t("Bridge, 4 min to go", "Puente, faltan 4 min"), t("Move to standard", "Pasar a carril normal")),
            need("58AH9T", "Fletes Nopalera", Glyph::Cross, Tone::Stop, t("USMCA certificate fails: it was changed after signing.", "El certificado T-MEC no pasa: se modificó después de firmarse."), at(9, 33, 0), t("Bridge, 14 min to go", "Puente, faltan 14 min"), t("Open the case", "Abrir el expediente")),
            need("35AN1B", "Acarreos Cenizo", Glyph::Missing, Tone::Warn, t("Entry missing for 1 of 4 shipments. Without it: held.", "Falta el entry de 1 de 4 embarques. Sin él: retenido."), at(9, 16, 0), t("Expected at 10:34", "Se espera a las 10:34"), t("Ask the broker", "Preguntar al agente")),
        ],
        wait: Some(WaitChart {
            title: t("Wait, minutes", "Espera, minutos").into(),
            note: t("lot exit to primary", "del patio a primaria").into(),
            finding: t("Wait northbound since 7:00. Standard lanes rose from 12 to 45 minutes, inside the usual range for a Tuesday. FAST is at 15.", "Espera hacia el norte desde las 7:00. Los carriles normales subieron de 12 a 45 minutos, dentro de lo usual en martes. FAST, 15.").into(),
            from_ms: at(7, 0, 0),
            to_ms: at(13, 0, 0),
            series: vec![
                Series { label: t("standard", "normal").into(), points: [12, 16, 22, 24, 29, 33, 31, 36, 40, 42, 44, 45].iter().enumerate().map(|(n, m)| (at(7, 15 * n as i64, 0).min(NOW_MS), f64::from(*m))).collect() },
                Series { label: "FAST".into(), points: [4, 5, 6, 9, 8, 11, 12, 11, 13, 14, 14, 15].iter().enumerate().map(|(n, m)| (at(7, 15 * n as i64, 0).min(NOW_MS), f64::from(*m))).collect() },
            ],
            band: Some(Band {
                label: vec![t("usual", "usual").into(), t("Tuesday", "martes").into()],
                points: (0..=24).map(|n| { let x = (f64::from(n) - 11.0) / 5.5; let bump = (-x * x / 2.0).exp(); (at(7, 15 * i64::from(n), 0), 18.0 + 26.0 * bump, 33.0 + 48.0 * bump) }).collect(),
            }),
            caption: t("Median wait of trucks that reached primary in the quarter hour", "Mediana de espera de los camiones que llegaron a primaria en el cuarto de hora").into(),
            csv: Some(Link::new("CSV", "/v1/tables/wait.csv")),
        }),
        strips: vec![Strip {
            id: "primary".into(),
            title: t("Primary", "Primaria").into(),
            count: 13,
            note: t("Median 1 min 20 s at the booth, longest 4 min", "Mediana 1 min 20 s en caseta, máximo 4 min").into(),
            free: None,
            lanes: [("FAST", "22AT6K", 38), ("FAST", "81AB4R", 70), ("FAST", "17AP9V", 12), ("FAST", "39AM2C", 62), (std, "64AJ3W", 245), (std, "28AG5N", 130), (std, "93AD1H", 51), (std, "70AL8X", 66), (std, "15AV3P", 185), (std, "44AF7Z", 40), (std, "86AS2B", 121), (std, "", 0), (std, "31AK6T", 61), (empty, "59AW4M", 20), (std, "", 0)].iter().zip(1..).map(|((k, p, s), n)| lane(n, k, p, *s)).collect(),
        }],
        columns: vec![
            column("expected", t("Expected", "Esperados"), 412, t("Next 4 hours, by arrival", "Próximas 4 horas, por llegada"), vec![
                row("35AN1B", 4, false, at(10, 34, 20), "Acarreos Cenizo", (9, 12), false, why(Tone::Warn, Glyph::Missing, t("Entry missing for 1 of 4 shipments", "Falta el entry de 1 de 4 embarques"), true)),
                row("60AX1C", 1, false, at(9, 48, 37), "Mesquite Bend Freight", (8, 8), false, None),
                row("74AG1C", 1, true, at(9, 51, 35), "Carga Gobernadora", (9, 9), false, None),
                row("82AD4X", 3, false, at(9, 53, 37), "Sotol Ridge Carriers", (8, 8), false, None),
                row("38AB9E", 1, false, at(9, 56, 34), "Acarreos Cenizo", (9, 9), false, None),
                row("49AU3D", 1, true, at(9, 57, 36), "Sotol Ridge Carriers", (11, 11), false, None),
                row("18AV1W", 3, false, at(10, 1, 27), "Transfer Huizache", (9, 9), false, None),
            ]),
            column("mexican", t("Mexican lot", "Patio mexicano"), 38, t("Median 22 min, longest 1 h 12", "Mediana 22 min, máximo 1 h 12"), vec![
                row("72AE8T", 1, false, at(8, 30, 0), "Líneas Palo Verde", (8, 8), true, why(Tone::Warn, Glyph::Look, t("Red light, recognition under way", "Luz roja, reconocimiento en curso"), false)),
                row("84AR6K", 1, false, at(8, 53, 5), "Transfer Huizache", (8, 8), false, None),
                row("77AS6R", 1, false, at(9, 1, 7), "Acarreos Cenizo", (11, 11), false, None),
                row("31AL3S", 1, false, at(9, 4, 0), "Carga Gobernadora", (8, 8), false, None),
                row("50AL6W", 2, false, at(9, 9, 4), "Tractores Uña de Gato", (11, 11), false, None),
                row("44AS2B", 2, false, at(9, 15, 8), "Acarreos Cenizo", (11, 11), false, None),
                row("95AM1R", 3, false, at(9, 20, 7), "Líneas Palo Verde", (8, 8), false, None),
            ]),
            column("bridge", t("Bridge", "Puente"), 187, t("Standard 45 min, FAST 15 min", "Normal 45 min, FAST 15 min"), vec![
                row("58AH9T", 1, false, at(9, 11, 1), "Fletes Nopalera", (7, 8), false, why(Tone::Stop, Glyph::Cross, t("USMCA certificate fails: changed after signing", "El certificado T-MEC no pasa: modificado tras firmarse"), true)),
                { let mut r = row("21AR7M", 1, true, at(9, 31, 3), "Autolíneas Mezquite", (8, 8), false, why(Tone::Warn, Glyph::Hold, t("Carrier’s CTPAT suspended 4 min ago", "CTPAT del transportista suspendido hace 4 min"), true)); r.marks.push(Mark::new("CTPAT", MarkKind::Suspended)); r },
                row("46AE4N", 2, true, at(8, 56, 5), "Carga Gobernadora", (9, 9), false, None),
                row("27AP9J", 2, false, at(8, 58, 4), "Carga Gobernadora", (7, 7), false, None),
                row("32AE4Y", 3, true, at(8, 58, 11), "Transfer Huizache", (8, 8), false, None),
                row("10AE7U", 1, true, at(8, 59, 4), "Líneas Palo Verde", (11, 11), false, None),
                row("89AX1R", 2, false, at(9, 1, 5), "Mesquite Bend Freight", (9, 9), false, None),
            ]),
            column("inspection", t("Inspection", "Inspección"), 23, t("Median 31 min, longest 1 h 48", "Mediana 31 min, máximo 1 h 48"), vec![
                row("47AK2F", 3, false, at(9, 24, 7), "Transportes Ocotillo", (9, 12), false, why(Tone::Warn, Glyph::Differ, t("Seal differs from the manifest", "El candado difiere del manifiesto"), true)),
                row("90AC3J", 1, false, at(9, 31, 0), "Carga Gobernadora", (8, 8), false, why(Tone::Warn, Glyph::Look, t("Scan shows an anomaly, exam not chosen", "Anomalía en el escaneo, falta elegir inspección"), true)),
                row("66AE4D", 1, false, at(7, 54, 0), "Transfer Huizache", (8, 8), true, why(Tone::Warn, Glyph::Wait, t("Joint finding waits for ANAM’s signature", "El resultado conjunto espera la firma de ANAM"), true)),
                row("91AN1G", 2, false, at(8, 38, 0), "Fletes Nopalera", (8, 8), false, None),
                row("86AB2A", 3, false, at(8, 58, 6), "Sotol Ridge Carriers", (8, 8), false, None),
                row("88AA2G", 1, false, at(9, 6, 0), "Sotol Ridge Carriers", (9, 9), false, None),
            ]),
            column("released", t("Released", "Liberados"), 61, t("In the compound, out in 9 min", "En el recinto, salen en 9 min"), vec![
                row("54AW6S", 2, true, at(9, 41, 0), "Fletes Nopalera", (8, 8), false, None),
                row("20AE2L", 1, false, at(9, 40, 3), "Acarreos Cenizo", (9, 9), false, None),
                row("77AM3Z", 1, true, at(9, 40, 1), "Mesquite Bend Freight", (8, 8), false, None),
                row("43AT6F", 3, false, at(9, 39, 4), "Líneas Palo Verde", (8, 8), false, None),
                row("52AX4W", 2, false, at(9, 37, 7), "Transfer Huizache", (8, 8), false, None),
                row("35AT8M", 1, false, at(9, 36, 0), "Transportes Ocotillo", (8, 8), false, None),
            ]),
        ],
        ..BoardPage::default()
    }
}

fn event(at_ms: i64, side: Side, title: &str, sub: &str, bad: bool) -> Event {
    Event {
        key: format!("e{at_ms}"),
        at_ms,
        side,
        title: Rich::marked(title),
        sub: Rich::marked(sub),
        proof: Some("#docs".into()),
        bad,
        ..Event::default()
    }
}

#[rustfmt::skip]
pub(super) fn case(lang: Lang) -> CasePage {
    let t = |en, es| pick(lang, en, es);
    let fact = |label: &str, value: Rich, sub: &str| Fact { label: label.into(), value, sub: Rich::marked(sub), marks: Vec::new() };
    let holder = |name: &str, what: &str, peer| Holder { name: name.into(), what: what.into(), peer, lacks: String::new() };
    let in_step = |s: i64| Some(Step::InStep { age_ms: s * 1000 });
    let part = |key: &str, sub: &str, from: &str, to: &str, number: &str, kind: &str, state, since_ms| PartRow {
        key: key.into(),
        href: paths::case("shipment", key),
        sub: sub.into(),
        cells: vec![(from.into(), to.into()), (Rich::id(number), kind.into())],
        state,
        since_ms: Some(since_ms),
    };
    let gap = Event { gap: true, title: t("32 min on the bridge", "32 min sobre el puente").into(), ..Event::default() };
    let checks = |digest: &str| {
        vec![
            Check::good(t("Signature", "Firma"), t("valid, key in force that day", "válida, llave vigente ese día").into()),
            Check::good(t("Issuer may state this", "El emisor puede declararlo"), t("on the trust list", "en la lista de confianza").into()),
            Check::good(t("Content", "Contenido"), t("schema and 14 of 14 rules of profile crossing 1.4", "esquema y 14 de 14 reglas del perfil cruce 1.4").into()),
            Check::good(t("In the log", "En la bitácora"), t("leaf 1,204,118, checkpoint 1,204,881, witnessed by ANAM, City of Laredo and Mines Road", "hoja 1,204,118, punto de control 1,204,881, atestiguado por ANAM, Ciudad de Laredo y Mines Road").into()),
            Check::good(t("Digest", "Huella"), Rich(vec![Span::Long(digest.into())])),
        ]
    };
    let links = vec![
        Link::new(t("Read the record", "Leer el registro"), "/console/records/x"),
        Link::new(t("Download it signed", "Descargarlo firmado"), "/v1/records/x"),
    ];
    let document = |badge, title: &str, sub: Rich, issuer: &str, scope: &str, since_ms, sentence: &str, checks: Vec<Check>| Document {
        key: slug(&format!("{title} {scope}")),
        badge,
        title: title.into(),
        sub,
        issuer: issuer.into(),
        scope: scope.into(),
        since_ms,
        open: false,
        sentence: sentence.into(),
        links: if checks.is_empty() { Vec::new() } else { links.clone() },
        checks,
    };
    let whole = t("Whole truck", "Todo el camión");
    let day_ms = 24 * 60 * MIN;
    CasePage {
        path: vec![
            Link::new(t("World Trade Bridge, northbound", "Puente del Comercio Mundial, hacia el norte"), paths::BOARD),
            Link::new(t("Inspection", "Inspección"), "/console#s-inspection"),
        ],
        title: "47AK2F".into(),
        subtitle: "Transportes Ocotillo, TAM".into(),
        state: State::new(Look::Inspection, t("In inspection", "En inspección")),
        since_ms: Some(at(9, 24, 7)),
        state_text: t("dock 12. 1 of 3 shipments released.", "andén 12. 1 de 3 embarques liberado.").into(),
        peer: Some(PeerLine { name: "ANAM".into(), step: Step::InStep { age_ms: 2000 }, href: "#who".into() }),
        asks: vec![Notice {
            tone: Tone::Warn,
            glyph: Glyph::Differ,
            title: t("The seal differs from the manifest, and ANAM’s record explains it", "El candado difiere del manifiesto, y el registro de ANAM lo explica").into(),
            text: t("Primary read `7741193`. The manifest says `7741093`. ANAM cut that seal for recognition and put on `7741193` at 08:39, signed by its officer. Check the seal at the dock and record it.", "En primaria se leyó `7741193`. El manifiesto dice `7741093`. ANAM cortó ese candado para el reconocimiento y puso el `7741193` a las 08:39, con firma de su verificador. Revise el candado en el andén y regístrelo.").into(),
            code: None,
            act: act(t("Record seal check", "Registrar revisión de candado")),
            post: None,
        }],
        facts: vec![
            fact(t("Trip", "Viaje"), Rich::id("TOCQ2611240417"), ""),
            fact(t("Trailer", "Remolque"), Rich::id("31UB8L"), t("53 ft, CTR007", "16 m, CTR007")),
            fact(t("Seal on the doors", "Candado en puertas"), Rich::id("7741193"), t("high security, put on by ANAM 08:39", "alta seguridad, puesto por ANAM 08:39")),
            Fact { label: t("Carrier", "Transportista").into(), value: "Transportes Ocotillo".into(), sub: Rich::default(), marks: vec![Mark::new("CTPAT", MarkKind::Programme), Mark::new("OEA", MarkKind::Programme)] },
            fact(t("Driver", "Operador"), "Xóchitl Casas Chávez".into(), t("FAST card to Mar 2029", "tarjeta FAST a mar 2029")),
            fact(t("Lane", "Carril"), t("6, standard", "6, normal").into(), ""),
        ],
        way: vec![
            WaySegment { title: t("Mexican lot", "Patio mexicano").into(), took_ms: 49 * MIN, side: Side::Mexico, current: false },
            WaySegment { title: t("Bridge", "Puente").into(), took_ms: 32 * MIN, side: Side::Mexico, current: false },
            WaySegment { title: t("Primary", "Primaria").into(), took_ms: 5 * MIN, side: Side::UnitedStates, current: false },
            WaySegment { title: t("Inspection", "Inspección").into(), took_ms: 18 * MIN, side: Side::UnitedStates, current: true },
        ],
        way_to_come: t("exit, state check", "salida, revisión estatal").into(),
        parts: vec![PartsTable {
            id: "shipments".into(),
            title: t("3 shipments", "3 embarques").into(),
            note: t("The truck is released when all are", "El camión se libera cuando todos lo están").into(),
            heads: [t("SCN", "SCN"), t("From, to", "De, a"), t("Entry or in-bond", "Entry o in-bond"), t("State", "Estado")].map(String::from).to_vec(),
            rows: vec![
                part("TOCQ88402171", t("Wire harnesses, 480 cartons", "Arneses eléctricos, 480 cajas"), "Arneses Queretanos", t("to Gulf Prairie Assembly", "a Gulf Prairie Assembly"), "M7K-4410273-8", "entry 01", State::new(Look::Released, t("Released", "Liberado")), at(9, 29, 0)),
                part("TOCQ88402172", t("Suspension parts, 36 crates", "Partes de suspensión, 36 cajones"), "Forjas del Bajío", t("to Gulf Prairie Assembly", "a Gulf Prairie Assembly"), "M7K-4410274-6", "entry 01", State::new(Look::Inspection, t("In inspection", "En inspección")), at(9, 24, 7)),
                part("TOCQ88402173", t("Control boards, 12 pallets", "Tarjetas de control, 12 tarimas"), "Circuitos Tequisquiapan", t("to Trinity Fork Devices", "a Trinity Fork Devices"), "680001232", t("in-bond 61 to Dallas 5501", "in-bond 61 a Dallas 5501"), State::new(Look::Waiting, t("Waits for the truck", "Espera al camión")), at(6, 15, 0)),
            ],
        }],
        timeline: Timeline {
            events: vec![
                event(at(9, 38, 0), Side::Both, t("Joint exam started at dock 12", "Inicia inspección conjunta en el andén 12"), t("CBP Laredo and ANAM Nuevo Laredo, civilian officers both.", "CBP Laredo y ANAM Nuevo Laredo, personal civil ambos."), false),
                event(at(9, 33, 0), Side::UnitedStates, t("ANAM’s scan opened, no second scan", "Se abre el escaneo de ANAM, sin repetirlo"), t("CBP image review.", "CBP, análisis de imagen."), false),
                event(at(9, 29, 0), Side::UnitedStates, t("Shipment 88402171 released", "Embarque 88402171 liberado"), "CBP, entry M7K-4410273-8.", false),
                event(at(9, 24, 0), Side::UnitedStates, t("Referred to inspection: seal differs", "Enviado a inspección: el candado difiere"), t("CBP primary, lane 6.", "CBP primaria, carril 6."), true),
                event(at(9, 19, 0), Side::UnitedStates, t("Arrived at primary", "Llegada a primaria"), t("CBP, lane 6.", "CBP, carril 6."), false),
                gap,
                event(at(8, 47, 0), Side::Mexico, t("Left Mexico", "Salida de México"), t("ANAM exit reader.", "ANAM, lector de salida."), false),
                event(at(8, 39, 0), Side::Mexico, t("Seal `7741093` cut, `7741193` put on", "Candado `7741093` cortado, `7741193` puesto"), t("ANAM officer. The carrier did not amend the manifest.", "Verificador de ANAM. El transportista no corrigió el manifiesto."), true),
                event(at(8, 36, 0), Side::Mexico, t("Recognition done, conform", "Reconocimiento sin incidencia"), "ANAM.", false),
                event(at(8, 3, 0), Side::Mexico, t("Red light: recognition", "Luz roja: reconocimiento"), t("ANAM selection mechanism.", "ANAM, mecanismo de selección."), false),
                event(at(7, 58, 0), Side::Mexico, t("Entered the export lot", "Entrada al patio de exportación"), t("ANAM gate 4.", "ANAM, puerta 4."), false),
                event(at(6, 15, 0), Side::UnitedStates, t("In-bond 680001232 authorised", "In-bond 680001232 autorizado"), t("CBP, shipment 88402173 to Dallas.", "CBP, embarque 88402173 a Dallas."), false),
            ],
            earlier: Some(Link::new(t("9 filings of 23 November", "9 trámites del 23 de noviembre"), "?all=1")),
        },
        documents: vec![
            document(Badge::Disputed, t("Seal log", "Registro de candados"), Rich::id("7741093 / 7741193"), "Transportes Ocotillo, ANAM", whole, at(9, 24, 7), t("Two parties state different numbers for the same doors. Both records are kept.", "Dos partes declaran números distintos para las mismas puertas. Se conservan ambos registros."), vec![Check::differs("Transportes Ocotillo", t("`7741093` in the manifest, stated 23 Nov 19:08", "`7741093` en el manifiesto, declarado 23 nov 19:08").into()), Check::differs("ANAM Nuevo Laredo", t("`7741193` after recognition, stated 24 Nov 08:39", "`7741193` tras el reconocimiento, declarado 24 nov 08:39").into()), Check::good("CBP Laredo", t("`7741193` read at primary", "`7741193` leído en primaria").into())]),
            document(Badge::Missing, t("Wood packing statement", "Declaración de embalaje de madera"), t("asked of Mines Road Brokers", "pedida a Mines Road Brokers").into(), t("not received", "no recibida"), "88402172", at(19, 12, 40) - day_ms, t("The crates of this shipment are of wood. The statement that they were treated (ISPM 15) is due before release.", "Los cajones de este embarque son de madera. La declaración de su tratamiento (NIMF 15) se requiere antes de liberar."), vec![]),
            document(Badge::NotYetValid, t("USMCA certification of origin", "Certificación de origen T-MEC"), t("blanket, from 1 Dec 2026", "periodo, desde 1 dic 2026").into(), "Forjas del Bajío", "88402172", at(18, 40, 3) - day_ms, t("The signature is good. The blanket period starts on 1 December 2026, after this crossing, so it supports no preference today.", "La firma es válida. El periodo inicia el 1 de diciembre de 2026, después de este cruce, por lo que hoy no ampara trato preferencial."), vec![]),
            { let mut d = document(Badge::Verified, t("Export pedimento A1", "Pedimento de exportación A1"), Rich::id("26 24 3456 6000123"), t("Lozano Treviño, broker", "Lozano Treviño, ag. aduanal"), whole, at(18, 5, 21) - day_ms, t("Signed by the broker and confirmed by the bank. Nothing has been changed since, and ANAM holds the same record.", "Firmado por el agente aduanal y confirmado por el banco. No ha cambiado desde entonces, y ANAM tiene el mismo registro."), checks("f7c213d84e95c49167cd2783f1af29d7b1dd269230214b01d54127cc625ddb18")); d.open = true; d },
            document(Badge::Verified, "CFDI Carta Porte 3.1", Rich(vec![Span::Long("CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b".into())]), "Transportes Ocotillo", whole, at(18, 31, 55) - day_ms, t("Signed by its issuer, unchanged since.", "Firmado por su emisor, sin cambios desde entonces."), checks("31e27c82ef6923404b0d7b59348708a790e98a51f75ce75c47ee069c69cc7398")),
            document(Badge::Unknown, t("CTPAT certificate, tier 2", "Certificado CTPAT, nivel 2"), "".into(), "CBP", "Gulf Prairie Assembly", at(9, 42, 15), t("Its key history is not here yet.", "Su historial de llaves aún no llega."), vec![Check::unknown(t("Signature", "Firma"), t("waits for the key history of CBP", "espera el historial de llaves de CBP").into())]),
        ],
        evidence: Some(Link::new(t("Download the evidence, one file", "Descargar la evidencia en un archivo"), "/v1/cases/x/evidence")),
        findings: vec![Finding { tone: Tone::Warn, glyph: Glyph::Differ, text: t("Seal on the doors differs from the manifest", "El candado en puertas difiere del manifiesto").into(), code: "seal-differs".into(), pointer: "/credentialSubject/seals/0/number".into(), link: Some(Link::new(t("the record", "el registro"), "/console/records/x")) }],
        acts_as: t("CBP officer, Laredo", "oficial de CBP, Laredo").into(),
        acts: vec![
            Act { label: t("Record exam result", "Registrar resultado").into(), href: "#".into(), ..Act::default() },
            Act { label: t("Release shipment 88402172", "Liberar embarque 88402172").into(), why_not: Some(t("The wood packing statement is missing.", "Falta la declaración de embalaje de madera.").into()), ..Act::default() },
            Act { label: t("Ask ANAM", "Preguntar a ANAM").into(), href: "#".into(), ..Act::default() },
            Act { label: t("Place a hold", "Imponer retención").into(), href: "#".into(), halt: true, ..Act::default() },
        ],
        clocks: vec![
            ClockLine { title: t("Exam, by protocol UCP Laredo 1.2", "Inspección, protocolo UCP Laredo 1.2").into(), due_ms: Some(at(10, 24, 20)), gone_percent: 30, sub: t("CBP and ANAM, 60 min from referral", "CBP y ANAM, 60 min desde el envío").into(), ..ClockLine::default() },
            ClockLine { title: t("Wood packing statement", "Declaración de embalaje").into(), left: t("before release", "antes de liberar").into(), gone_percent: 92, sub: t("Mines Road Brokers, asked 14 h ago", "Mines Road Brokers, pedida hace 14 h").into(), ..ClockLine::default() },
            ClockLine { title: t("Arrival in Dallas, in-bond 680001232", "Llegada a Dallas, in-bond 680001232").into(), left: t("30 days", "30 días").into(), sub: t("Transportes Ocotillo, from release", "Transportes Ocotillo, desde la liberación").into(), ..ClockLine::default() },
        ],
        compare: Some(Link::new(t("Compare with their nodes now", "Comparar ahora con sus nodos"), "?compare=now")),
        holders: vec![
            holder("CBP Laredo", t("whole, here", "completo, aquí"), None),
            holder("ANAM Nuevo Laredo", t("whole", "completo"), in_step(2)),
            holder("Mines Road Brokers", t("whole, without inspection notes", "completo, sin notas de inspección"), in_step(1)),
            holder("Transportes Ocotillo", t("manifest, states", "manifiesto, estados"), in_step(1)),
            holder("City of Laredo Bridges", t("plate and appointment only", "solo placa y cita"), Some(Step::Behind { records: 3, age_ms: 41_000 })),
        ],
        governed: Rich(vec![Span::Text(t("Governed by ", "Se rige por ").into()), Span::Link(Link::new(t("Unified cargo processing, Laredo 1.2", "Despacho conjunto, Laredo 1.2"), "#")), Span::Text(".".into())]),
        ..CasePage::default()
    }
}
