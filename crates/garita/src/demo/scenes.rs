//! What everyone at the border knows: each scene a truck of its own, early enough to be seen within two hours of demo time.

use serde_json::json;

use super::life::{Counters, Life, carrier, merge};
use super::random::Random;
use super::script::{Errand, Expect, MINUTE_MS, Scene, What};

/// All scenes with their errands.
pub(crate) fn all(
    random: &mut Random,
    counters: &mut Counters,
    day_ms: i64,
) -> (Vec<Errand>, Vec<Scene>) {
    let mut stage = Stage {
        random,
        counters,
        day_ms,
        errands: Vec::new(),
        scenes: Vec::new(),
    };
    stage.ltl_one_held();
    stage.correction();
    stage.late_record();
    stage.release_reported();
    stage.bobtail();
    stage.tractor_swapped();
    stage.wrong_seal();
    stage.late_manifest();
    stage.entry_before_manifest();
    stage.hold_after_release();
    stage.competitor();
    stage.stranger();
    stage.southbound_red();
    stage.joint_inspection();
    stage.scan_anomaly();
    (stage.errands, stage.scenes)
}

struct Stage<'a> {
    random: &'a mut Random,
    counters: &'a mut Counters,
    day_ms: i64,
    errands: Vec<Errand>,
    scenes: Vec<Scene>,
}

/// Name and title of a scene.
struct Title(&'static str, &'static str, &'static str);

impl Stage<'_> {
    /// A truck that reaches the booth so many minutes into the day.
    fn truck(&mut self, carrier_key: &str, shipments: usize, arrives_min: i64) -> Life<'_> {
        let arrival = self.day_ms + arrives_min * MINUTE_MS;
        let mut life = Life::new(
            self.random,
            self.counters,
            carrier(carrier_key),
            true,
            shipments,
            arrival - 140 * MINUTE_MS,
        );
        life.arrival_ms = arrival;
        life
    }

    fn done(&mut self, title: Title, errand: Errand, kind: &'static str, key: String) {
        let node = "us-customs";
        self.scene(title, &errand, kind, key, node, "cbp");
        self.errands.push(errand);
    }

    fn scene(
        &mut self,
        title: Title,
        errand: &Errand,
        kind: &'static str,
        key: String,
        node: &'static str,
        asked_by: &'static str,
    ) {
        let Title(id, en, es) = title;
        self.scenes.push(Scene {
            id,
            en,
            es,
            kind,
            key,
            node,
            asked_by,
            errand: errand.name.clone(),
        });
    }

    fn ltl_one_held(&mut self) {
        let mut life = self.truck("tocq", 3, 14);
        let key = life.trip_key();
        to_booth(&mut life);
        let held = life.scn(1);
        let free: Vec<String> = life.scns().into_iter().filter(|scn| *scn != held).collect();
        life.wait(1.0, 1.0)
            .primary("refer")
            .wait(1.0, 1.0)
            .referral("agriculture");
        life.wait(2.0, 2.0).file(
            "usda",
            "hold",
            "HoldPlaced",
            json!({ "scn": held, "kind": "agriculture", "endsWith": "inspection of the wood crates", "cause": "Wood packing statement missing" }),
        );
        life.wait(4.0, 4.0).release("release-rest", &free);
        life.wait(1.0, 1.0).file(
            "usda",
            "requested",
            "DocumentRequested",
            json!({ "scns": [held], "documentKind": "ispm15", "cause": "Wood packing statement missing" }),
        );
        life.wait(112.0, 112.0).file(
            "usda",
            "hold-removed",
            "HoldRemoved",
            json!({ "scn": held, "cause": "Statement received" }),
        );
        life.but(|submission| submission.follows.push("hold".into()));
        life.wait(4.0, 4.0)
            .release("release-held", &[held])
            .wait(26.0, 26.0)
            .compound_exit();
        let errand = life.errand();
        self.done(
            Title(
                "ltl-one-held",
                "A part load: one shipment held, the rest released",
                "Carga parcial: un embarque retenido, los demás liberados",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn correction(&mut self) {
        let mut life = self.truck("cgbn", 2, 40);
        let key = life.trip_key();
        life.pedimento()
            .wait(2.0, 2.0)
            .manifest_309()
            .wait(2.0, 2.0)
            .manifest_accepted();
        life.wait(8.0, 8.0);
        life.papers.bills.truncate(1);
        let corrected = life.manifest_subject();
        let carrier_key = life.carrier.key;
        life.file(carrier_key, "manifest-corrected", "Manifest", corrected)
            .but(|submission| {
                submission.replaces = Some((
                    "manifest".into(),
                    "corrects",
                    "the second shipment travels tomorrow".into(),
                ));
            });
        life.wait(2.0, 2.0).doda().entries();
        let due = life.arrival_ms;
        bridge(&mut life, due);
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "correction",
                "The carrier corrects its manifest: one shipment travels tomorrow",
                "El transportista corrige su manifiesto: un embarque viaja mañana",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn late_record(&mut self) {
        let mut life = self.truck("huiz", 1, 20);
        let key = life.trip_key();
        life.pedimento()
            .manifest_309()
            .wait(2.0, 2.0)
            .manifest_accepted()
            .doda()
            .entries();
        let entered = life.arrival_ms - 60 * MINUTE_MS;
        life.now_ms = life.arrival_ms - 45 * MINUTE_MS;
        life.light("green")
            .export_cleared()
            .wait(3.0, 3.0)
            .left_mexico();
        life.now_ms = life.arrival_ms;
        life.arrived();
        life.wait(5.0, 5.0)
            .lot()
            .but(|submission| submission.occurred_ms = entered);
        life.wait(2.0, 2.0).primary("release");
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "late-record",
                "The export lot's record comes an hour late; the truck is not taken back",
                "El registro del recinto llega una hora tarde; el camión no retrocede",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn release_reported(&mut self) {
        let mut life = self.truck("amzq", 1, 10);
        let scn = life.scn(0);
        let broker = life
            .papers
            .bills
            .first()
            .map_or("mines", |bill| bill.broker);
        to_booth(&mut life);
        life.wait(4.0, 4.0).file(
            broker,
            "release-said",
            "ReleaseDecision",
            json!({ "scns": [scn], "decision": "release", "port": "2304" }),
        );
        life.but(|submission| {
            submission.standing = Some("report");
            submission.source = Some("350 received from ACE");
        });
        life.wait(115.0, 115.0);
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "release-reported",
                "A release that only the broker reports: said, not given",
                "Una liberación que solo informa el agente: dicha, no dada",
            ),
            errand,
            "shipment",
            scn,
        );
    }

    fn bobtail(&mut self) {
        let mut life = self.truck("fnop", 0, 16);
        let key = life.trip_key();
        life.papers.trailer = None;
        life.manifest_309()
            .wait(2.0, 2.0)
            .manifest_accepted()
            .wait(30.0, 30.0)
            .dispatched();
        life.now_ms = life.arrival_ms - 30 * MINUTE_MS;
        life.left_mexico().wait(4.0, 4.0).tag_seen();
        life.now_ms = life.arrival_ms;
        life.arrived()
            .wait(1.0, 1.0)
            .primary("release")
            .wait(60.0, 60.0)
            .compound_exit();
        let errand = life.errand();
        self.done(
            Title(
                "bobtail",
                "A tractor alone, released at the booth",
                "Un tractor solo, liberado en la caseta",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn tractor_swapped(&mut self) {
        let mut life = self.truck("lpvd", 1, 35);
        let key = life.trip_key();
        life.pedimento()
            .appointment()
            .manifest_309()
            .wait(2.0, 2.0)
            .manifest_accepted()
            .doda()
            .entries();
        life.wait(30.0, 30.0);
        let old = life.papers.plate.clone();
        let new = format!("{}AT{}K", life.number(10, 99), life.number(1, 9));
        let carrier_key = life.carrier.key;
        life.trip(
            carrier_key,
            "swap",
            "Conveyance",
            json!({ "swapped": "tractor", "plate": new, "plateState": "MX-TAM", "previousPlate": old, "cause": "gearbox" }),
        );
        life.papers.plate = new;
        let due = life.arrival_ms;
        bridge(&mut life, due);
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "tractor-swapped",
                "Another tractor takes the trailer after the manifest",
                "Otro tractor toma el remolque después del manifiesto",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn wrong_seal(&mut self) {
        let mut life = self.truck("acnz", 1, 12);
        let key = life.trip_key();
        to_booth(&mut life);
        let read = life.number(9_000_000, 9_999_999).to_string();
        life.wait(1.0, 1.0).trip(
            "cbp",
            "seal-read",
            "SealCheck",
            json!({ "sealNumber": read, "sealCondition": "differs", "note": "Read at the booth" }),
        );
        life.wait(1.0, 1.0)
            .primary("refer")
            .wait(1.0, 1.0)
            .referral("seal");
        life.wait(4.0, 4.0).trip(
            "cbp",
            "asked",
            "Inquiry",
            json!({ "question": "Which seal is on the doors now?", "askedOf": "@anam" }),
        );
        life.wait(12.0, 12.0).trip(
            "anam",
            "told",
            "Reply",
            json!({ "answer": "We changed none; ours was the seal of the manifest" }),
        );
        life.but(|submission| submission.follows.push("asked".into()));
        life.wait(6.0, 6.0).exam_ordered("tailgate");
        life.wait(85.0, 85.0).exam_result("conform");
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "wrong-seal",
                "Another seal than the manifest's is on the doors",
                "En las puertas hay otro candado que el del manifiesto",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn late_manifest(&mut self) {
        let mut life = self.truck("mbfr", 1, 70);
        let key = life.trip_key();
        life.pedimento().doda().entries();
        life.now_ms = life.arrival_ms - 35 * MINUTE_MS;
        life.manifest_309();
        life.wait(2.0, 2.0).trip(
            "cbp",
            "rejected",
            "ManifestRejected",
            json!({ "responseText": "manifest less than 60 minutes before arrival", "errorCode": "T60", "port": "2304" }),
        );
        life.wait(6.0, 6.0);
        life.arrival_ms += 45 * MINUTE_MS;
        let again = life.manifest_subject();
        let carrier_key = life.carrier.key;
        life.file(carrier_key, "manifest-again", "Manifest", again)
            .but(|submission| {
                submission.replaces = Some((
                    "manifest".into(),
                    "corrects",
                    "arrival put off to meet the time limit".into(),
                ));
            });
        life.wait(2.0, 2.0).manifest_accepted();
        let due = life.arrival_ms;
        bridge(&mut life, due);
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "late-manifest",
                "A manifest too late is rejected, then filed for a later arrival",
                "Un manifiesto tardío se rechaza y se presenta para una llegada posterior",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn entry_before_manifest(&mut self) {
        let mut life = self.truck("srcr", 1, 30);
        let scn = life.scn(0);
        life.entries()
            .wait(10.0, 10.0)
            .pedimento()
            .manifest_309()
            .wait(2.0, 2.0)
            .manifest_accepted()
            .doda();
        let due = life.arrival_ms;
        bridge(&mut life, due);
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "entry-before-manifest",
                "The entry is on file before the manifest",
                "El entry está registrado antes que el manifiesto",
            ),
            errand,
            "shipment",
            scn,
        );
    }

    fn hold_after_release(&mut self) {
        let mut life = self.truck("tocq", 1, 8);
        let scn = life.scn(0);
        to_booth(&mut life);
        life.wait(1.0, 1.0).primary("release");
        let before = life.now_ms + MINUTE_MS;
        release_all(&mut life);
        life.wait(4.0, 4.0).file(
            "fda",
            "hold",
            "HoldPlaced",
            json!({ "scn": scn, "kind": "food", "endsWith": "prior notice", "cause": "Prior notice missing" }),
        );
        // It happened before the release and is logged after it: the release was decided blind.
        life.but(|submission| submission.occurred_ms = before);
        let errand = life.errand();
        self.done(
            Title(
                "hold-after-release",
                "A hold logged after the release: decided blind",
                "Una retención registrada tras la liberación: se decidió a ciegas",
            ),
            errand,
            "shipment",
            scn,
        );
    }

    fn competitor(&mut self) {
        let mut life = self.truck("cgbn", 1, 45);
        let scn = life.scn(0);
        let broker = life
            .papers
            .bills
            .first()
            .map_or("mines", |bill| bill.broker);
        let (rival, filer) = if broker == "mines" {
            ("riofrio", "R2F")
        } else {
            ("mines", "M7K")
        };
        life.pedimento()
            .manifest_309()
            .wait(2.0, 2.0)
            .manifest_accepted()
            .doda();
        let number =
            garita_formats::identifiers::entry_number(filer, "9910001").unwrap_or_default();
        life.wait(5.0, 5.0).file(
            rival,
            "rival-entry",
            "EntryAccepted",
            json!({ "scns": [scn], "entryNumber": number, "entryType": "01", "responseText": "accepted" }),
        );
        life.but(|submission| {
            submission.standing = Some("report");
            submission.source = Some("hearsay");
        });
        life.expect(Expect::Either);
        life.wait(5.0, 5.0).entries();
        let due = life.arrival_ms;
        bridge(&mut life, due);
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "competitor",
                "A competitor files on another's shipment and moves nothing",
                "Un competidor presenta sobre un embarque ajeno y no mueve nada",
            ),
            errand,
            "shipment",
            scn,
        );
    }

    fn stranger(&mut self) {
        let mut life = self.truck("tocq", 1, 50);
        let key = life.trip_key();
        life.pedimento()
            .manifest_309()
            .wait(2.0, 2.0)
            .manifest_accepted()
            .doda()
            .entries();
        let mut taken = life.manifest_subject();
        merge(&mut taken, json!({ "plate": "99ZZ9Z" }));
        life.wait(5.0, 5.0)
            .file("fnop", "stranger-manifest", "Manifest", taken)
            .expect(Expect::Refused);
        if let Some(bill) = life.papers.bills.first().cloned() {
            let mut taken = life.shipment_subject(&bill);
            merge(&mut taken, json!({ "broker": "@riofrio" }));
            life.file("fnop", "stranger-shipment", "Shipment", taken)
                .expect(Expect::Refused);
        }
        let due = life.arrival_ms;
        bridge(&mut life, due);
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "stranger",
                "A stranger with the right numbers is refused",
                "Un extraño con los números correctos es rechazado",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn southbound_red(&mut self) {
        let start = self.day_ms - 90 * MINUTE_MS;
        let mut life = Life::new(self.random, self.counters, carrier("huiz"), false, 1, start);
        life.arrival_ms = self.day_ms + 12 * MINUTE_MS;
        let key = life.trip_key();
        south_papers(&mut life);
        life.now_ms = life.arrival_ms - 10 * MINUTE_MS;
        us_exit(&mut life);
        life.now_ms = life.arrival_ms;
        life.import_lot()
            .wait(2.0, 2.0)
            .light("red")
            .recognition()
            .wait(45.0, 45.0)
            .cleared()
            .wait(14.0, 14.0);
        lot_exit(&mut life);
        let errand = life.errand();
        self.scene(
            Title(
                "southbound-red",
                "Southbound, red light: recognition before it may go on",
                "Hacia el sur, semáforo rojo: reconocimiento antes de seguir",
            ),
            &errand,
            "trip",
            key,
            "mx-customs",
            "anam",
        );
        self.errands.push(errand);
    }

    fn joint_inspection(&mut self) {
        let mut life = self.truck("lpvd", 1, 18);
        let (key, scns) = (life.trip_key(), life.scns());
        to_booth(&mut life);
        life.wait(1.0, 1.0)
            .primary("refer")
            .wait(1.0, 1.0)
            .referral("officer");
        life.wait(4.0, 4.0).trip(
            "cbp",
            "joint",
            "JointInspection",
            json!({ "scns": scns, "inspectionNumber": "UCP-LRD-26-00417", "hostCountry": "US", "leadCountry": "US", "dock": "12",
                    "civilianOfficers": 4, "militaryOfficers": 0 }),
        );
        life.wait(24.0, 24.0).trip(
            "cbp",
            "finding",
            "JointFinding",
            json!({ "scns": scns, "inspectionNumber": "UCP-LRD-26-00417", "examResult": "conform" }),
        );
        let about = vec![("trip", key.clone()), ("shipment", life.scn(0))];
        // `#label` stands for the id of that step's record.
        let affirmed = json!({ "affirms": "#finding" });
        life.wait(12.0, 12.0)
            .file("anam", "affirmed", "Affirmation", affirmed)
            .but(|submission| {
                submission.follows.push("finding".into());
                submission.about = about;
            });
        life.wait(20.0, 20.0).release("release", &scns);
        life.wait(12.0, 12.0).file(
            "anam",
            "release-mx",
            "ReleaseDecision",
            json!({ "scns": scns, "decision": "release" }),
        );
        life.wait(26.0, 26.0).compound_exit();
        let errand = life.errand();
        self.done(
            Title(
                "joint-inspection",
                "Inspected jointly: both customs must release",
                "Inspección conjunta: ambas aduanas deben liberar",
            ),
            errand,
            "trip",
            key,
        );
    }

    fn scan_anomaly(&mut self) {
        let mut life = self.truck("amzq", 2, 15);
        let key = life.trip_key();
        to_booth(&mut life);
        life.wait(1.0, 1.0)
            .primary("refer")
            .wait(1.0, 1.0)
            .referral("scan");
        life.wait(8.0, 8.0)
            .scan("anomaly")
            .wait(4.0, 4.0)
            .exam_ordered("intensive");
        life.wait(92.0, 92.0).exam_result("conform");
        release_all(&mut life);
        let errand = life.errand();
        self.done(
            Title(
                "scan-anomaly",
                "A scan shows an anomaly: unloaded and looked at",
                "El escaneo muestra una anomalía: se descarga y se revisa",
            ),
            errand,
            "trip",
            key,
        );
    }
}

/// Papers, Mexico, bridge, booth.
fn to_booth(life: &mut Life<'_>) {
    life.pedimento()
        .appointment()
        .wait(1.0, 2.0)
        .manifest_309()
        .wait(2.0, 2.0)
        .manifest_accepted();
    life.wait(1.0, 2.0)
        .doda()
        .wait(1.0, 2.0)
        .carta_porte()
        .wait(1.0, 2.0)
        .entries();
    let due = life.arrival_ms;
    bridge(life, due);
}

/// From the lot to the booth, in time for an arrival.
fn bridge(life: &mut Life<'_>, due_ms: i64) {
    life.now_ms = life.now_ms.max(due_ms - 70 * MINUTE_MS);
    life.dispatched();
    life.now_ms = life.now_ms.max(due_ms - 50 * MINUTE_MS);
    life.lot()
        .wait(2.0, 3.0)
        .light("green")
        .export_cleared()
        .wait(2.0, 3.0)
        .left_mexico()
        .wait(2.0, 4.0)
        .tag_seen();
    life.now_ms = life.now_ms.max(due_ms);
    life.arrived();
}

fn release_all(life: &mut Life<'_>) {
    let scns = life.scns();
    life.wait(2.0, 3.0).release("release", &scns);
    // Long enough to be seen released on the board.
    life.wait(26.0, 26.0).compound_exit();
}

/// What comes before a southbound truck leaves the yard.
pub(crate) fn south_papers(life: &mut Life<'_>) {
    let carrier_key = life.carrier.key;
    for (index, bill) in life.papers.bills.clone().into_iter().enumerate() {
        let subject = life.shipment_subject(&bill);
        life.file(
            carrier_key,
            &format!("shipment-{index}"),
            "Shipment",
            subject,
        );
    }
    let scns = life.scns();
    let packages: u64 = life.papers.bills.iter().map(|bill| bill.packages).sum();
    let weight: u64 = life.papers.bills.iter().map(|bill| bill.kg).sum();
    life.wait(2.0, 4.0).file(
        "bodega",
        "received",
        "WarehouseReceived",
        json!({ "scns": scns, "packages": packages, "grossWeightKg": weight, "site": "Laredo, Mines Road warehouse" }),
    );
    life.wait(5.0, 9.0).file(
        "lozano",
        "previo",
        "PrevioDone",
        json!({ "scns": scns, "packages": packages, "grossWeightKg": weight }),
    );
    let itn = format!("X20261124{:06}", life.number(1, 999_999));
    life.wait(1.0, 3.0).file(
        "cbp",
        "eei",
        "EeiAccepted",
        json!({ "scns": scns, "itn": itn, "port": "2304" }),
    );
    life.wait(2.0, 4.0).pedimento();
    let manifest = life.manifest_subject();
    life.wait(2.0, 3.0)
        .file(carrier_key, "manifest", "Manifest", manifest);
    life.wait(1.0, 2.0).doda().wait(1.0, 2.0).carta_porte();
    life.wait(4.0, 8.0).dispatched();
}

/// Leaves the United States, as the toll reader sees it.
pub(crate) fn us_exit(life: &mut Life<'_>) {
    let members = json!({ "port": "2304", "crossing": "230404", "plate": life.papers.plate, "reader": "WTB-S2" });
    life.trip("bridge", "us-exit", "UsExit", members);
}

/// Leaves the Mexican lot.
pub(crate) fn lot_exit(life: &mut Life<'_>) {
    let gate = life.number(1, 4).to_string();
    let members =
        json!({ "aduana": "240", "plate": life.papers.plate, "gate": gate, "reader": "NL-SALIDA" });
    life.trip("anam", "lot-exit", "LotExit", members);
}

/// A step at an instant of its own, for errands without a truck.
pub(crate) fn lone(
    name: &str,
    at_ms: i64,
    actor: &'static str,
    what: What,
    expect: Expect,
) -> Errand {
    Errand {
        name: name.to_owned(),
        truck: false,
        steps: vec![super::script::Step {
            at_ms,
            actor,
            label: name.to_owned(),
            what,
            expect,
        }],
    }
}
