//! The smaller pages with something in them. Test data only.

use serde_json::json;

use super::demo::{NOW_MS, frame};
use crate::console::*;

pub(super) fn empty_board(lang: Lang) -> BoardPage {
    BoardPage {
        title: "Laredo".into(),
        rows: Noun::new("truck", "trucks"),
        last_need_ms: Some(NOW_MS - 25 * 60_000),
        columns: vec![Column {
            id: "expected".into(),
            title: "Expected".into(),
            ..Column::default()
        }],
        find_hint: lang.code().into(),
        ..BoardPage::default()
    }
}

#[rustfmt::skip]
pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let f = frame(lang, Place::Cases);
    let mut still = f.clone();
    still.live = None;
    let holders = vec![
        Holder { name: "CBP Laredo".into(), what: "whole, here".into(), peer: None, lacks: String::new() },
        Holder { name: "ANAM".into(), what: "whole".into(), peer: Some(Step::Away { since_ms: NOW_MS - 60_000, waiting: 14 }), lacks: "lacks 1 record: Manifest of 14:02".into() },
    ];
    let cases = CasesPage {
        title: lang.t("nav.cases").into(),
        heads: vec![TableHead { label: "Carrier".into(), href: "?sort=carrier".into(), sort: Sort::Descending }],
        rows: vec![CaseRow {
            kind: "Trip".into(),
            key: "TOCQ:TOCQ2611240417".into(),
            title: "47AK2F".into(),
            href: paths::case("trip", "TOCQ:TOCQ2611240417"),
            cells: vec![Cell { text: "Transportes Ocotillo".into(), number: false }],
            marks: vec![Mark::new("FAST", MarkKind::Lane)],
            state: State::new(Look::Hold, "Held"),
            since_ms: Some(NOW_MS - 500_000),
        }],
        total: 412,
        first: 51,
        previous: Some("?page=1".into()),
        next: Some("?page=3".into()),
        csv: Some("/v1/cases.csv".into()),
        json: Some("/v1/cases".into()),
        ..CasesPage::default()
    };
    let none = CasesPage {
        title: lang.t("nav.cases").into(),
        query: "47AK2E".into(),
        nearest: Some(Link::new("47AK2F", "/x")),
        reach: "90 d".into(),
        ..CasesPage::default()
    };
    let mark = |series: &str, at: usize, value: Option<f64>| MeasureMark {
        series: series.into(),
        at,
        value,
        range: value.map(|v| (v - 2.0, v + 6.0)),
        text: value.map_or("·".into(), |v| v.to_string()),
    };
    let measure = |kind: ChartKind| IndicatorPage {
        program: "Crossing".into(),
        title: "Minutes <to> release".into(),
        definition: "From arrival to release.".into(),
        chart: Some(MeasureChart {
            kind,
            finding: "Most 31 (2305)".into(),
            marks: vec![mark("2304", 0, Some(12.0)), mark("2304", 1, Some(31.0)), mark("2305", 0, None), mark("2305", 1, Some(30.0))],
            across: vec!["06:00".into(), "07:00".into()],
            unit: "min".into(),
        }),
        heads: vec!["Port".into(), "Hour".into()],
        number_heads: vec!["min".into(), "n".into()],
        rows: vec![
            MeasureRow { by: vec!["2304".into(), "06:00".into()], numbers: vec!["12".into(), "40".into()], withheld: false },
            MeasureRow { by: vec!["2305".into(), "06:00".into()], numbers: vec!["–".into(), "–".into()], withheld: true },
        ],
        caption: "4 groups, n = 212".into(),
        formula: vec![("Of".into(), Rich::id("released - arrived"))],
        as_known_ms: NOW_MS,
        withheld: "Groups of fewer than 10 rows are withheld".into(),
        csv: "/v1/indicators/x?format=csv".into(),
        json: "/v1/indicators/x".into(),
        ..IndicatorPage::default()
    };
    let indicators = IndicatorsPage {
        lede: "What is measured.".into(),
        programs: vec![IndicatorGroup {
            title: "Crossing".into(),
            version: "1.0.0".into(),
            rows: vec![IndicatorRow {
                title: "Minutes to release".into(),
                definition: "From arrival to release.".into(),
                unit: "min".into(),
                by: "Port, Hour".into(),
                href: paths::indicator("release-time"),
            }],
        }],
        automations: Link::new("Signed by rule", paths::AUTOMATIONS),
        json: "/v1/indicators".into(),
    };
    let automations = AutomationsPage {
        programs: vec![AutomationGroup {
            title: "Crossing".into(),
            version: "1.0.0".into(),
            rows: vec![AutomationRow {
                rule: "fast-lane".into(),
                title: "Certified traders get the lane".into(),
                why: "The arrangement says so.".into(),
                on: "Manifest".into(),
                when: "linked.certificates.all(c, c.state == 'certified') && 1 < 2".into(),
                office: "US customs".into(),
                run_by: "CBP Laredo".into(),
                issue: "Service granted".into(),
                issued: 12,
                refused: 1,
                last_ms: Some(NOW_MS - 60_000),
                latest: vec![(Link::new("AbCd", paths::record("ni:///sha-256;AbCd")), NOW_MS - 60_000)],
            }],
        }],
        json: "/v1/automations".into(),
    };
    let uncounted = IndicatorPage {
        title: "Minutes to release".into(),
        empty: "No case counts here yet.".into(),
        next: Some(Link::new("See the cases", paths::CASES)),
        csv: "/c".into(),
        json: "/j".into(),
        ..IndicatorPage::default()
    };
    let schema = json!({"type": "object", "required": ["number", "state", "at"], "properties": {
        "number": {"type": "string"}, "state": {"enum": ["whole", "broken", "absent"]},
        "at": {"type": "string", "format": "date-time"}, "note": {"type": "string", "maxLength": 1000}, "joint": {"type": "boolean"},
        "seals": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"number": {"type": "string"}}}}}});
    let words = |pointer: &str, _: &serde_json::Value| Words {
        label: match pointer.rsplit('/').next().unwrap() {
            "number" => "Seal number found".into(),
            "state" => "Seal is".into(),
            "at" => "Time of the check".into(),
            "joint" => "Both offices were present".into(),
            other => other.to_owned(),
        },
        hint: if pointer.ends_with("number") { "As stamped on the bolt, for example 7741193".into() } else { String::new() },
        choices: vec![],
    };
    let value = json!({"number": "77 41193", "state": "whole", "at": "2026-11-24T10:40"});
    let form = FormPage {
        path: vec![Link::new("47AK2F", "/console/cases/trip/x")],
        title: "Record seal check".into(),
        action: "/console/do".into(),
        hidden: vec![("token".into(), "t".into())],
        sections: sections_of(lang, &schema, "/credentialSubject", &value, &words),
        faults: vec![
            Fault { name: "/credentialSubject/number".into(), text: "Seal number has 4 to 20 letters, digits or hyphens".into(), code: "seal-number-form".into() },
            Fault { name: "/credentialSubject/at".into(), text: "The check cannot be later than now, 09:42".into(), code: "time-in-future".into() },
            Fault { name: "/about".into(), text: "The case is closed".into(), code: "case-closed".into() },
        ],
        signed_as: "M. Herrera, CBP Laredo".into(),
        receivers: vec!["CBP".into(), "ANAM".into(), "Transportes Ocotillo".into()],
        back: Link::new("Back to the case", "/console/cases/trip/x"),
        ..FormPage::default()
    };
    let confirm = ConfirmPage {
        title: "Place a hold on 47AK2F?".into(),
        text: "The truck stays where it is until your office removes the hold.".into(),
        facts: vec![Fact { label: "Reason".into(), value: "Wood packing".into(), ..Fact::default() }],
        action: "/console/do".into(),
        submit: "Place a hold".into(),
        tone: Tone::Stop,
        signed_as: "M. Herrera, CBP Laredo".into(),
        receivers: vec!["ANAM".into()],
        back: Link::new("Back, sign nothing", "/x"),
        ..ConfirmPage::default()
    };
    let record = RecordPage {
        path: vec![Link::new("47AK2F", "/x")],
        title: "Seal check".into(),
        sentence: "Signed by its issuer, unchanged since.".into(),
        id: "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk".into(),
        view: "bridge".into(),
        issuer: "CBP Laredo".into(),
        facts: vec![Fact { label: "Seal".into(), value: Rich::id("7741193"), ..Fact::default() }],
        occurred_ms: Some(NOW_MS - 1000),
        logged_ms: Some(NOW_MS - 900),
        seen_ms: Some(NOW_MS - 800),
        checks: vec![Check::good("Signature", "valid".into()), Check::failed("Content", "rule seal-differs".into())],
        receipt: Some(Receipt { leaf: 1_204_118, size: 1_204_881, root: "qB1tNk8+Qd3cyhJNd6y2wqGz1q2KpM0".into(), origin: "laredo.cbp.example/log".into(), checkpoint_ms: Some(NOW_MS), witnesses: vec![], witnessed_ms: None }),
        related: vec![("Replaces".into(), Link::new("Seal check, 09:20", "/x"))],
        json: serde_json::to_string_pretty(&value).unwrap(),
        downloads: vec![Link::new("Signed document", "/v1/x")],
        command: "garita credential verify record.json".into(),
        holders,
        ..RecordPage::default()
    };
    let peers = PeersPage {
        rows: vec![
            OutboxRow { name: "ANAM Nuevo Laredo".into(), host: "nld.anam.example".into(), parties: "customs.mx".into(), step: Step::InStep { age_ms: 2000 }, last_ms: Some(NOW_MS - 2000), pending: 0, oldest_ms: None, acknowledged: 120_431, lag_ms: Some(42), trouble: Rich::default(), differs: None },
            OutboxRow { name: "Mines Road Brokers".into(), host: "mines-road.example".into(), parties: String::new(), step: Step::Away { since_ms: NOW_MS - 1_260_000, waiting: 14 }, last_ms: Some(NOW_MS - 1_260_000), pending: 14, oldest_ms: Some(NOW_MS - 1_250_000), acknowledged: 9, lag_ms: None, trouble: "connection refused, `peer-unreachable`".into(), differs: Some(Link::new("What differs", "/x")) },
        ],
        invite: Some(Link::new("Invite a peer", "/x")),
    };
    let log = LogPage {
        origin: "laredo.cbp.example/log".into(),
        size: 1_204_881,
        root: "qB1tNk8+Qd3cyhJNd6y2wqGz1q2KpM0=".into(),
        checkpoint_ms: Some(NOW_MS),
        checkpoint: "laredo.cbp.example/log\n1204881\nqB1tNk8+Qd3cyhJNd6y2wqGz1q2KpM0=\n\n— laredo.cbp.example/log abc".into(),
        witnessed: Some(Witnessed { size: 1_204_880, at_ms: NOW_MS, by: vec!["ANAM".into(), "City of Laredo".into()], of: 3 }),
        key: "laredo.cbp.example/log+c74f20a3+ARpc".into(),
        links: vec![Link::new("checkpoint", "/v1/log/checkpoint")],
        commands: vec!["garita log verify-receipt receipt.json".into()],
        entries: vec![LogEntry { leaf: 1_204_880, logged_ms: NOW_MS - 5000, act: "received".into(), title: "Manifest".into(), party: "ANAM".into(), href: "/x".into() }],
    };
    let sign_in = SignInPage {
        whose: "CBP, Port of Laredo".into(),
        host: "laredo.cbp.example".into(),
        node_key: "z6Mk…t4Qe".into(),
        action: "/console/sign-in".into(),
        fault: Some("This link was used already".into()),
        roles: vec![
            DemoRole { mexico: false, name: "CBP officer, Laredo".into(), sees: "Board, cases, inspections, releases".into(), href: "/console/sign-in?code=a".into() },
            DemoRole { mexico: true, name: "ANAM officer, Nuevo Laredo".into(), sees: "Lot, selection, recognition".into(), href: "/console/sign-in?code=b".into() },
        ],
        ..SignInPage::default()
    };
    let api = ApiPage {
        lede: "Everything the console does goes through these.".into(),
        openapi: "/openapi.json".into(),
        sections: vec![ApiSection { title: "Records".into(), routes: vec![ApiRoute { method: "POST".into(), path: "/v1/records".into(), summary: "Submit a signed record".into(), members: vec![("Idempotency-Key".into(), "header".into(), "A repeat with the same key gets the same answer".into())], example: "curl -X POST http://127.0.0.1:8080/v1/records -d @record.json".into(), answer: "201 with a receipt".into(), errors: vec!["document-too-large".into()], guarded: true }] }],
    };
    let mut away = still.clone();
    away.user = None;
    let mut all = vec![
        ("cases", render_cases(&still, &cases)),
        ("cases-none", render_cases(&still, &none)),
        ("form", render_form(&still, &form)),
        ("confirm", render_confirm(&still, &confirm)),
        ("record", render_record(&still, &record)),
        ("indicators", render_indicators(&still, &indicators)),
        ("indicators-none", render_indicators(&still, &IndicatorsPage { json: "/v1/indicators".into(), automations: Link::new("x", "/x"), ..IndicatorsPage::default() })),
        ("indicator-band", render_indicator(&still, &measure(ChartKind::Band))),
        ("indicator-bar", render_indicator(&still, &measure(ChartKind::Bar))),
        ("indicator-heat", render_indicator(&still, &measure(ChartKind::Heat))),
        ("indicator-empty", render_indicator(&still, &uncounted)),
        ("automations", render_automations(&still, &automations)),
        ("import", render_import(&still, &ImportPage {
            kinds: vec![Choice::new("x12-309", "Customs manifest", false)],
            zones: vec![Choice::new("", "told", true)],
            ..ImportPage::default()
        })),
        ("import-read", render_import(&still, &ImportPage {
            hidden: vec![("digest-0".into(), "\"><b>".into())],
            files: vec![
                ImportFile {
                    name: "<b>day.csv".into(),
                    kind: "Spreadsheet".into(),
                    about: Some(Link::new("Which element", "/x")),
                    faults: vec![ImportFault { tone: Tone::Stop, weight: "Fault.".into(), text: "Plate <b> is missing".into(), code: "cell-missing".into(), place: "C5 Plate".into(), ..ImportFault::default() }],
                    untold: 2,
                    records: vec![
                        ImportRecord { title: "Appointment".into(), which: "row 5".into(), state: "not complete".into(), tone: Tone::Warn, gaps: vec![FormSection { fields: vec![Field { name: "f0r0/plate".into(), label: "Plate".into(), ..Field::default() }], ..FormSection::default() }], members: vec![ImportMember { title: "Trip".into(), value: "<b>1".into(), place: "B5 Trip".into() }, ImportMember::default()], open: true, ..ImportRecord::default() },
                        ImportRecord { title: "Appointment".into(), state: "filed".into(), link: Some(Link::new("47AK2F", "/x")), ..ImportRecord::default() },
                    ],
                    unshown: 1,
                    ..ImportFile::default()
                },
                ImportFile { name: "note".into(), asks: Some("kind-1".into()), ..ImportFile::default() },
            ],
            faults: vec![Fault { name: "f0r0/plate".into(), text: "wrong".into(), code: "schema-pattern".into() }],
            ready: 2,
            signed_as: "Ocotillo".into(),
            ..ImportPage::default()
        })),
        ("formats", render_formats(&still, &FormatsPage { kinds: vec![(Link::new("Manifest", "/x"), "X12".into(), 12)], sheets: vec![("Appointment".into(), vec![Link::new("CSV", "/x")])] })),
        ("format", render_format(&still, &FormatPage { title: "Manifest".into(), name: "x12-309".into(), json: "/v1/formats/x12-309".into(), rows: vec![FormatRow { place: "M10-01".into(), title: "Carrier <b>".into(), required: true, goes: vec![FormatGoes { record: "Manifest".into(), title: "Carrier".into(), member: "/scac".into(), wco: "R012".into(), uncefact: String::new() }] }, FormatRow::default()], ..FormatPage::default() })),
        ("elements", render_elements(&still, &ElementsPage {
            title: "One filing".into(),
            programs: vec![(Link::new("One filing", "/console/elements?profile=x"), true)],
            groups: vec![ElementGroup { title: "Filing".into(), name: "Filing".into(), rows: vec![ElementRow { pointer: "/filing".into(), title: "Number <b>".into(), kind: "string".into(), required: true, wco: "D014".into(), uncefact: "Exchanged_ Document. Identification. Identifier".into() }] }],
            total: 1,
            mapped: 1,
            csv: "/v1/elements?format=csv".into(),
            json: "/v1/elements?format=json".into(),
        })),
        ("peers", render_peers(&f, &peers)),
        ("log", render_log(&still, &log)),
        ("sign-in", render_sign_in(&away, &sign_in)),
        ("api", render_api(&still, &api)),
    ];
    for (name, status) in [("error-404", 404), ("error-403", 403), ("error-422", 422), ("error-503", 503), ("error-500", 500)] {
        let page = ErrorPage { status, code: "some-code".into(), retry_s: (status == 503).then_some(8), ..ErrorPage::default() };
        all.push((name, render_error(&still, &page)));
    }
    all
}
