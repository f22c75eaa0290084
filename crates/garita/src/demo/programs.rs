//! What the programs around the crossing do in the same day: a certificate suspended, a scan relied on, an in-bond that goes on, a duty
//! that is paid, one filing for every agency.
//!
//! What the offices answer by rule is not here: their homes sign it, by the programs' automations.

use serde_json::{Value, json};

use super::life::instant;
use super::script::{Errand, Expect, MINUTE_MS, Scene, Step, Submission, What};
use super::versions;

/// The errands, and where to look.
pub(crate) fn all(day_ms: i64) -> (Vec<Errand>, Vec<Scene>) {
    let mut errands = Vec::new();
    let mut scenes = Vec::new();
    let told = [
        certificate_suspended(day_ms),
        scan_relied_on(day_ms),
        in_bond(day_ms),
        in_bond_after_noon(day_ms),
        in_bond_closed(day_ms),
        transit_closed(day_ms),
        recognised(day_ms),
        duty_paid(day_ms),
        one_filing(day_ms),
    ];
    // Where the binary's programs cannot be packed the network is not made either, and says why.
    let proposed = versions::proposals(day_ms).unwrap_or_default();
    for (title, told) in told.into_iter().chain(proposed) {
        scenes.push(Scene {
            id: title.id,
            en: title.en,
            es: title.es,
            kind: title.kind,
            key: title.key.to_owned(),
            node: title.node,
            asked_by: title.asked_by,
            errand: title.id.to_owned(),
        });
        errands.push(Errand {
            name: title.id.to_owned(),
            truck: false,
            steps: told.steps,
        });
    }
    (errands, scenes)
}

/// Name of a scene, and the case in which it is seen.
pub(super) struct Title {
    pub(super) id: &'static str,
    pub(super) en: &'static str,
    pub(super) es: &'static str,
    pub(super) kind: &'static str,
    pub(super) key: &'static str,
    pub(super) node: &'static str,
    pub(super) asked_by: &'static str,
}

/// Steps of one errand, each so many minutes into the day.
pub(super) struct Telling {
    day_ms: i64,
    steps: Vec<Step>,
}

impl Telling {
    pub(super) fn begin(day_ms: i64) -> Telling {
        Telling {
            day_ms,
            steps: Vec::new(),
        }
    }

    pub(super) fn at(&self, minute: i64) -> String {
        instant(self.day_ms + minute * MINUTE_MS)
    }

    pub(super) fn file(
        &mut self,
        minute: i64,
        actor: &'static str,
        label: &str,
        record_type: &'static str,
        subject: Value,
    ) -> &mut Self {
        self.answer(minute, actor, label, record_type, subject, &[])
    }

    /// An office's word that a record of an earlier step is its own too.
    fn affirm(
        &mut self,
        minute: i64,
        actor: &'static str,
        label: &str,
        what: &str,
        about: (&'static str, &str),
    ) -> &mut Self {
        let said = json!({ "affirms": format!("#{what}") });
        self.answer(minute, actor, label, "Affirmation", said, &[what]);
        if let Some(What::Submit(submission)) = self.steps.last_mut().map(|step| &mut step.what) {
            submission.about = vec![(about.0, about.1.to_owned())];
        }
        self
    }

    /// The last record attaches a picture.
    fn pictured(&mut self) -> &mut Self {
        if let Some(step) = self.steps.last_mut()
            && let What::Submit(submission) = step.what.clone()
        {
            step.what = What::Pictured {
                submission,
                picture: super::picture::scan(),
            };
        }
        self
    }

    /// A record that follows those of earlier steps.
    pub(super) fn answer(
        &mut self,
        minute: i64,
        actor: &'static str,
        label: &str,
        record_type: &'static str,
        subject: Value,
        follows: &[&str],
    ) -> &mut Self {
        self.answer_sent(minute, minute, actor, label, record_type, subject, follows)
    }

    /// A record of what happened at one minute, sent at another: what was said weeks before is filed as the day begins.
    #[expect(
        clippy::too_many_arguments,
        reason = "a step of the script has so many parts, and each stands once in a line of the story"
    )]
    pub(super) fn answer_sent(
        &mut self,
        sent: i64,
        minute: i64,
        actor: &'static str,
        label: &str,
        record_type: &'static str,
        subject: Value,
        follows: &[&str],
    ) -> &mut Self {
        let at_ms = self.day_ms + minute * MINUTE_MS;
        self.steps.push(Step {
            at_ms: self.day_ms + sent * MINUTE_MS,
            actor,
            label: label.to_owned(),
            what: What::Submit(Submission {
                record_type,
                occurred_ms: at_ms,
                standing: None,
                source: None,
                subject,
                replaces: None,
                follows: follows.iter().map(|label| (*label).to_owned()).collect(),
                about: Vec::new(),
            }),
            expect: Expect::Logged,
        });
        self
    }
}

fn certificate_suspended(day_ms: i64) -> (Title, Telling) {
    let mut told = Telling::begin(day_ms);
    let valid_from = "2026-01-20T06:00:00Z";
    let appeal_by = instant(day_ms + 90 * 24 * 60 * MINUTE_MS);
    told.file(
        -60,
        "ctpat",
        "certificate",
        "Certificate",
        json!({
            "program": "CTPAT", "number": "C-26-004417", "holder": "@arneses", "companyName": "Arneses Queretanos, S.A. de C.V.",
            "country": "MX", "memberRole": "manufacturer", "mids": ["MXARNQUE1250QUE"], "status": "validated",
            "sites": [{ "siteName": "Querétaro plant 1", "country": "MX" }], "validFrom": valid_from,
            "validatedOn": "2026-11-20T17:00:00Z", "offices": ["@cbp"],
        }),
    )
    .file(
        -50,
        "arneses",
        "consent",
        "Consent",
        json!({ "program": "CTPAT", "number": "C-26-004417", "partners": ["@anam"] }),
    )
    .file(
        40,
        "ctpat",
        "suspension",
        "Suspension",
        json!({
            "program": "CTPAT", "number": "C-26-004417", "kind": "incident", "endsWith": "the incident report",
            "cause": "Seal found changed", "appealBy": appeal_by,
        }),
    );
    let title = Title {
        id: "certificate-suspended",
        en: "A trader's certificate is suspended: both customs stop its services by rule",
        es: "Se suspende el certificado de una empresa: ambas aduanas detienen sus servicios por regla",
        kind: "certificate",
        key: "CTPAT:C-26-004417",
        node: "mx-customs",
        asked_by: "anam",
    };
    (title, told)
}

fn scan_relied_on(day_ms: i64) -> (Title, Telling) {
    let mut told = Telling::begin(day_ms);
    let (mx, us, scan) = ("240-26-001182", "2304-26-000417", "LRD3-0091");
    let began = told.at(10);
    let ended = instant(day_ms + 10 * MINUTE_MS + 40_000);
    told.file(
        2,
        "anam",
        "referred-mx",
        "InspectionReferral",
        json!({
            "inspectionNumber": mx, "hostCountry": "MX", "referralClass": "selected", "aduana": "240", "plate": "47AK2F",
            "carrier": "@tocq",
        }),
    )
    .file(
        11,
        "anam",
        "scan",
        "ScanTaken",
        json!({
            "inspectionNumber": mx, "scanId": scan, "device": "240-MEP-1", "deviceKind": "mep", "scanMethod": "multi-energy",
            "scanStart": began, "scanEnd": ended, "operatorRef": "op-7f31", "operatorStaff": "military", "imageShared": "yes",
        }),
    )
    .pictured()
    .file(
        16,
        "anam",
        "adjudicated",
        "ScanAdjudicated",
        json!({ "inspectionNumber": mx, "scanId": scan, "scanResult": "clear" }),
    )
    .file(
        20,
        "anam",
        "released-mx",
        "InspectionReleased",
        json!({ "inspectionNumber": mx, "decision": "release", "signedStaff": "civilian" }),
    )
    .file(
        60,
        "cbp",
        "referred-us",
        "InspectionReferral",
        json!({
            "inspectionNumber": us, "hostCountry": "US", "referralClass": "officer", "port": "2304", "crossing": "230404",
            "direction": "northbound", "plate": "47AK2F", "carrier": "@tocq", "broker": "@mines", "importer": "@gulf",
        }),
    )
    .answer(
        63,
        "cbp",
        "relied",
        "ScanReliedOn",
        json!({ "inspections": [mx, us], "scanId": scan, "scanOf": "mx", "imageSeen": true, "minutesSaved": 8 }),
        &["adjudicated"],
    )
    .file(
        66,
        "cbp",
        "released-us",
        "InspectionReleased",
        json!({ "inspectionNumber": us, "decision": "release", "signedStaff": "civilian" }),
    );
    let title = Title {
        id: "scan-relied-on",
        en: "US customs relies on the Mexican scan instead of scanning again",
        es: "La aduana de EE. UU. se apoya en la imagen mexicana y no repite el escaneo",
        kind: "inspection",
        key: "2304-26-000417",
        node: "us-customs",
        asked_by: "cbp",
    };
    (title, told)
}

/// An in-bond to Dallas, applied for and granted.
fn granted(day_ms: i64, minutes: [i64; 2], number: &str, load: Value) -> Telling {
    let mut told = Telling::begin(day_ms);
    let mut applied = json!({
        "inBondNumber": number, "inBondType": "61", "bondedCarrier": "TOCQ", "originPort": "2304", "destinationPort": "5501",
        "bondNumber": "991234567", "importer": "@gulf",
    });
    super::life::merge(&mut applied, load);
    let [applies, grants] = minutes;
    told.file(applies, "tocq", "applied", "InbondApplied", applied)
        .file(
            grants,
            "cbp",
            "granted",
            "InbondGranted",
            json!({ "inBondNumber": number, "originPort": "2304", "destinationPort": "5501" }),
        );
    told
}

fn in_bond(day_ms: i64) -> (Title, Telling) {
    let number = "680001232";
    let load = json!({
        "packages": 480, "seals": ["7741900"],
        "goods": [{ "goodsText": "Wire harnesses", "commodityCode": "854430", "packages": 480 }],
    });
    let mut told = granted(day_ms, [5, 12], number, load);
    told.file(
        55,
        "cbp",
        "departed",
        "InbondDeparted",
        json!({ "inBondNumber": number, "packages": 480, "plate": "47AK2F", "seals": ["7741900"] }),
    );
    let title = Title {
        id: "in-bond",
        en: "A load goes on in bond to Dallas; thirty days run",
        es: "Una carga sigue en in-bond a Dallas; corren treinta días",
        kind: "in-bond",
        key: number,
        node: "us-customs",
        asked_by: "cbp",
    };
    (title, told)
}

/// The version that both customs signed in October governs it, not the one before.
fn in_bond_after_noon(day_ms: i64) -> (Title, Telling) {
    let number = "680001243";
    let load = json!({
        "packages": 120, "seals": ["7741960"],
        "goods": [{ "goodsText": "Brake drums", "commodityCode": "870830", "packages": 120 }],
    });
    let title = Title {
        id: "version-at-noon",
        en: "An in-bond opened after noon follows the version that both customs signed in October",
        es: "Un in-bond abierto tras mediodía sigue la versión que ambas aduanas firmaron en octubre",
        kind: "in-bond",
        key: number,
        node: "us-customs",
        asked_by: "cbp",
    };
    (title, granted(day_ms, [92, 96], number, load))
}

/// Applied for as the run-up begins, at San Antonio by half past ten, closed by both ports within the hour.
fn in_bond_closed(day_ms: i64) -> (Title, Telling) {
    let number = "680001265";
    let mut told = Telling::begin(day_ms);
    let movement = |members: Value| {
        let mut all = json!({ "inBondNumber": number });
        super::life::merge(&mut all, members);
        all
    };
    told.file(
        -176,
        "tocq",
        "applied",
        "InbondApplied",
        movement(json!({
            "inBondType": "61", "bondedCarrier": "TOCQ", "originPort": "2304", "destinationPort": "5507", "bondNumber": "991234567",
            "importer": "@gulf", "packages": 264, "seals": ["7741981"],
            "goods": [{ "goodsText": "Door modules", "commodityCode": "870829", "packages": 264 }],
        })),
    )
    .file(
        -172,
        "cbp",
        "granted",
        "InbondGranted",
        movement(json!({ "originPort": "2304", "destinationPort": "5507" })),
    )
    .file(
        -168,
        "cbp",
        "departed",
        "InbondDeparted",
        movement(json!({ "packages": 264, "plate": "52AM7C", "seals": ["7741981"] })),
    )
    .file(
        4,
        "satx",
        "arrived",
        "InbondArrived",
        movement(json!({ "packages": 264, "sealNumber": "7741981", "sealCondition": "intact" })),
    )
    .file(
        14,
        "tocq",
        "reported",
        "InbondArrivalReported",
        movement(json!({ "firms": "M824", "packages": 264 })),
    )
    .file(
        30,
        "satx",
        "entered",
        "InbondEntered",
        movement(json!({ "entryNumber": "M7K-4410273-8", "entryType": "01" })),
    )
    .file(
        44,
        "cbp",
        "closed-here",
        "InbondClosed",
        movement(json!({ "decision": "closed" })),
    )
    .file(
        52,
        "satx",
        "closed-there",
        "InbondClosed",
        movement(json!({ "decision": "closed" })),
    );
    let title = Title {
        id: "in-bond-closed",
        en: "A load in bond reaches San Antonio: closed when both ports have signed",
        es: "Una carga in-bond llega a San Antonio: se cierra cuando ambos puertos han firmado",
        kind: "in-bond",
        key: number,
        node: "us-customs",
        asked_by: "satx",
    };
    (title, told)
}

/// Nuevo Laredo to Monterrey, sealed; the interior aduana receives it, both close, the goods are dispatched there.
fn transit_closed(day_ms: i64) -> (Title, Telling) {
    let mut told = Telling::begin(day_ms);
    let transit = |members: Value| {
        let mut all =
            json!({ "year": "26", "customsOffice": "24", "patente": "3456", "number": "6000917" });
        super::life::merge(&mut all, members);
        all
    };
    let due_by = told.at(3 * 24 * 60);
    told.file(
        -178,
        "lozano",
        "pedimento",
        "TransitPedimento",
        transit(json!({
            "operation": "TRA", "clave": "T3", "regime": "TRA", "rfc": "URE180429TM6", "originAduana": "240",
            "destinationAduana": "520", "packages": 316, "grossWeightKg": 7_204, "termDays": 3, "carrier": "@tocq",
            "importer": "@gulf", "carrierRfc": "EKU9003173C9",
        })),
    )
    .answer(
        -176,
        "tocq",
        "signed",
        "TransitSigned",
        transit(json!({ "caat": "3A7K" })),
        &["pedimento"],
    )
    .file(
        -174,
        "anam",
        "validated",
        "TransitValidated",
        transit(json!({ "acknowledgment": "K7P2M4QX" })),
    )
    .file(
        -172,
        "anam",
        "paid",
        "TransitPaid",
        transit(json!({ "captureLine": "03260024345660001237" })),
    )
    .file(
        -170,
        "anam",
        "green",
        "TransitSelected",
        transit(json!({ "light": "green", "mechanism": "MSA-240-4" })),
    )
    .file(
        -166,
        "anam",
        "started",
        "TransitStarted",
        transit(json!({
            "packages": 316, "seals": ["MX004482"], "sealKind": "OFICIAL", "dueBy": due_by, "plate": "88UN3D",
        })),
    )
    .file(
        8,
        "mty",
        "arrived",
        "TransitArrived",
        transit(json!({ "packages": 316, "sealNumber": "MX004482", "sealCondition": "intact" })),
    )
    .file(
        20,
        "anam",
        "closed-here",
        "TransitClosed",
        transit(json!({ "decision": "closed" })),
    )
    .file(
        28,
        "mty",
        "closed-there",
        "TransitClosed",
        transit(json!({ "decision": "closed" })),
    )
    .file(
        58,
        "mty",
        "dispatched",
        "TransitDispatched",
        transit(json!({ "dispatchPedimento": "26:52:3456:6000918", "clave": "A1" })),
    );
    let title = Title {
        id: "transit-closed",
        en: "Internal transit to Monterrey: closed by both aduanas, dispatched inland",
        es: "Tránsito interno a Monterrey: lo cierran ambas aduanas y se despacha en el interior",
        kind: "transit",
        key: "26:24:3456:6000917",
        node: "mx-customs",
        asked_by: "mty",
    };
    (title, told)
}

/// The arrangement, signed for both countries; and a carrier's registration, for which Mexican customs gives its trucks the express
/// lane by rule, all day.
fn recognised(day_ms: i64) -> (Title, Telling) {
    let mut told = Telling::begin(day_ms);
    told.file(
        -175,
        "sat",
        "draft",
        "MutualRecognition",
        json!({
            "arrangement": "US-MX-2014", "name": "Mutual recognition of CTPAT and OEA", "signedOn": "2014-10-17",
            "inForceFrom": "2014-10-17", "offices": ["@ctpat", "@sat"],
            "benefits": [
                { "ofProgram": "OEA", "status": "registered", "service": "front-of-line", "grantedBy": "CTPAT" },
                { "ofProgram": "CTPAT", "status": "validated", "service": "express-lane", "grantedBy": "OEA" },
            ],
        }),
    )
    .affirm(-172, "cbp", "us", "draft", ("arrangement", "US-MX-2014"))
    .affirm(-170, "sat", "mx", "draft", ("arrangement", "US-MX-2014"))
    .file(
        -168,
        "sat",
        "registration",
        "Certificate",
        json!({
            "program": "OEA", "number": "O-25-000777", "holder": "@amzq", "companyName": "Autolíneas Mezquite", "country": "MX",
            "memberRole": "highway-carrier", "scac": "AMZQ", "caat": "2M9Q",
            "sites": [{ "siteName": "Nuevo Laredo yard", "country": "MX" }], "status": "registered",
            "validFrom": "2025-06-01T06:00:00Z", "validUntil": "2027-06-01T06:00:00Z", "modality": "scc-autotransportista-terrestre",
            "resolution": "800-02-01-2025-0777", "offices": ["@anam"],
        }),
    );
    let title = Title {
        id: "recognised",
        en: "CTPAT and OEA recognise each other: one record, signed for both countries",
        es: "CTPAT y OEA se reconocen: un registro firmado por ambos países",
        kind: "arrangement",
        key: "US-MX-2014",
        node: "mx-customs",
        asked_by: "sat",
    };
    (title, told)
}

fn duty_paid(day_ms: i64) -> (Title, Telling) {
    let mut told = Telling::begin(day_ms);
    let (duty, uetr) = ("LOZA-D26-000088", "eb6305c9-1f7f-49de-aed0-16487c27b42d");
    let pedimento = "26:24:3456:6000900";
    let money = |members: Value| {
        let mut all = json!({ "assessment": duty, "amount": "15400.00", "currency": "MXN" });
        super::life::merge(&mut all, members);
        all
    };
    let pay_by = told.at(24 * 60);
    let (settled, booked, applied) = (told.at(30), told.at(31), told.at(40));
    told.file(
        -20,
        "lozano",
        "pedimento",
        "Pedimento",
        json!({
            "year": "26", "customsOffice": "24", "patente": "3456", "number": "6000900", "operation": "IMP", "clave": "A1",
            "regime": "IMD", "rfc": "URE180429TM6", "grossWeightKg": 9120, "packages": 480, "aduana": "240",
        }),
    )
    .file(
        2,
        "lozano",
        "assessed",
        "DutyAssessed",
        money(json!({
            "authority": "@anam", "authorityCountry": "MX", "terms": "before-release", "beforeRelease": true,
            "charges": [{ "charge": "mx-6", "chargeAmount": "15400.00" }], "captureLine": "03260024345660001237",
            "payer": "@gulf", "payBy": pay_by, "dutyPedimentos": [pedimento],
        })),
    )
    .file(
        4,
        "anam",
        "confirmed",
        "DutyConfirmed",
        json!({ "assessment": duty, "acknowledgment": "K7P2M4QX" }),
    )
    .file(
        20,
        "gulf",
        "order",
        "PaymentOrder",
        money(json!({
            "uetr": uetr, "endToEndId": duty, "rail": "spei", "remittanceReference": "03260024345660001237",
            "payerBank": "@banco", "payeeBank": "@receptor",
        })),
    )
    .file(
        30,
        "banco",
        "settled",
        "Settlement",
        money(json!({ "uetr": uetr, "settledAt": settled, "clearingReference": "MBAN0100", "covers": "full" })),
    )
    .file(
        31,
        "receptor",
        "credited",
        "CreditNotice",
        money(json!({ "uetr": uetr, "bookedAt": booked, "entryReference": "NTF-77" })),
    )
    .file(
        40,
        "anam",
        "applied",
        "DutyApplied",
        json!({ "assessment": duty, "decision": "applied", "appliedAt": applied, "dutyPedimentos": [pedimento] }),
    );
    let title = Title {
        id: "duty-paid",
        en: "A duty is assessed, ordered, settled and applied: its pedimento is paid by rule",
        es: "Una contribución se determina, se ordena, se liquida y se aplica: su pedimento queda pagado por regla",
        kind: "duty",
        key: "LOZA-D26-000088",
        node: "mx-customs",
        asked_by: "anam",
    };
    (title, told)
}

fn one_filing(day_ms: i64) -> (Title, Telling) {
    let mut told = Telling::begin(day_ms);
    let filing = "LOZA-26-000417";
    let agencies: Vec<Value> = ["customs.us", "customs.mx", "agriculture.us", "health.us"]
        .iter()
        .map(|agency| json!({ "agency": agency, "dossier": format!("{filing}-{agency}") }))
        .collect();
    let arrives = told.at(180);
    told.file(
        8,
        "lozano",
        "filing",
        "Filing",
        json!({
            "filing": filing, "flow": "northbound", "agencies": agencies, "usPort": "2304", "mxOffice": "240",
            "arrivesAt": arrives, "importer": "@trinity", "amount": "48120.00", "currency": "USD",
            "exporterParty": { "partyName": "Aguacates Purépecha", "country": "MX" },
            "importerParty": { "partyName": "Trinity Bend Foods", "country": "US" },
            "lines": [{
                "lineNumber": 1, "goodsText": "Fresh avocados", "goodsKind": "plant", "tariffCode": "0804400000",
                "originCountry": "MX", "packages": 480,
            }],
        }),
    );
    let title = Title {
        id: "one-filing",
        en: "One filing for every agency: each takes it up, or asks for what it lacks, by rule",
        es: "Un solo trámite para todas las autoridades: cada una lo recibe o pide lo que le falta, por regla",
        kind: "filing",
        key: "LOZA-26-000417",
        node: "us-customs",
        asked_by: "cbp",
    };
    (title, told)
}
