//! One truck's life, step by step: the pieces of which every trip and every scene is put together.

use garita_formats::identifiers::{entry_number, vin_check_digit};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::cast::{AMERICANS, CARRIERS, Carrier, Good, MEXICANS, Trader};
use super::documents::{self, Bill, Papers, local};
use super::random::Random;
use super::script::{Errand, Expect, MINUTE_MS, Step, Submission, What};

/// Numbers that the whole network counts up.
#[derive(Debug, Clone)]
pub(crate) struct Counters {
    /// Trips.
    pub(crate) trip: u64,
    /// Shipments.
    pub(crate) scn: u64,
    /// Pedimentos.
    pub(crate) pedimento: u64,
    /// Entries.
    pub(crate) entry: u64,
    /// Integration numbers.
    pub(crate) integration: u64,
    /// Seals.
    pub(crate) seal: u64,
}

impl Default for Counters {
    fn default() -> Counters {
        Counters {
            trip: 100,
            scn: 88_400_000,
            pedimento: 100,
            entry: 4_410_000,
            integration: 418_204_000,
            seal: 7_741_000,
        }
    }
}

/// A truck under way.
#[derive(Debug)]
pub(crate) struct Life<'a> {
    random: &'a mut Random,
    counters: &'a mut Counters,
    /// Its carrier.
    pub(crate) carrier: Carrier,
    /// What its documents say.
    pub(crate) papers: Papers,
    /// Where it stands in time, simulated ms.
    pub(crate) now_ms: i64,
    /// Planned arrival at the US booth or the Mexican lot.
    pub(crate) arrival_ms: i64,
    /// `standard`, `fast` or `empty`.
    pub(crate) lane: &'static str,
    tag: String,
    integration: String,
    lane_number: u64,
    steps: Vec<Step>,
}

const DRIVERS: [&str; 10] = [
    "Xochitl Casas Chavez",
    "Ramiro Elizondo Garza",
    "Julia Treviño Salas",
    "Hector Cantu Leal",
    "Miguel Arredondo Ruiz",
    "Norma Villarreal Luna",
    "Jesus Botello Soto",
    "Aurora Ibarra Mata",
    "Saul Benavides Rios",
    "Tomas Guerra Peña",
];

const PLATE: &str = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

impl<'a> Life<'a> {
    /// A truck of a carrier whose papers begin at an instant, with so many shipments (0: without cargo).
    pub(crate) fn new(
        random: &'a mut Random,
        counters: &'a mut Counters,
        carrier: Carrier,
        northbound: bool,
        shipments: usize,
        start_ms: i64,
    ) -> Life<'a> {
        counters.trip += 1;
        counters.pedimento += 1;
        counters.integration += 1;
        counters.seal += 1;
        let day = local(start_ms, "%y%m%d");
        let side = if northbound { "" } else { "S" };
        let trip = format!("{}{side}{day}{:04}", carrier.scac, counters.trip % 10_000);
        let seals = if shipments == 0 {
            Vec::new()
        } else {
            vec![counters.seal.to_string()]
        };
        let plate = format!(
            "{}{}{}",
            random.between(10, 99),
            random.text("ABCDEFGHJK", 2),
            random.text(PLATE, 2)
        );
        let trailer = Some(
            format!(
                "{}U{}{}",
                random.between(10, 99),
                random.text("ABCDEFGHJK", 1),
                random.between(1, 9)
            ) + "L",
        );
        let bills = bills(random, counters, carrier.scac, northbound, shipments);
        let papers = Papers {
            northbound,
            scac: carrier.scac.to_owned(),
            carrier: super::cast::find(carrier.key)
                .map_or(carrier.scac, |party| party.name)
                .to_owned(),
            rfc: carrier.rfc.to_owned(),
            trip,
            plate,
            vin: vin(random),
            trailer,
            seals,
            driver: (*random.pick(&DRIVERS, &"Tomas Guerra")).to_owned(),
            licence: format!("LFD{:07}", random.between(1_000, 9_999_999)),
            pedimento: format!("26:24:3456:6{:06}", counters.pedimento % 1_000_000),
            bills,
        };
        let tag = random.hex(16);
        let integration = counters.integration.to_string();
        let lane_number = random.between(1, 8);
        Life {
            random,
            counters,
            carrier,
            papers,
            now_ms: start_ms,
            arrival_ms: start_ms + 120 * MINUTE_MS,
            lane: if shipments == 0 { "empty" } else { "standard" },
            tag,
            integration,
            lane_number,
            steps: Vec::new(),
        }
    }

    /// The errand so far.
    pub(crate) fn errand(self) -> Errand {
        let mut steps = self.steps;
        let mut latest = i64::MIN;
        for step in &mut steps {
            // A later step of a case never overtakes a former one.
            latest = latest.max(step.at_ms);
            step.at_ms = latest;
        }
        Errand {
            name: self.papers.trip,
            truck: true,
            steps,
        }
    }

    /// Key of the trip's case.
    pub(crate) fn trip_key(&self) -> String {
        format!("{}:{}", self.papers.scac, self.papers.trip)
    }

    /// Shipment control numbers.
    pub(crate) fn scns(&self) -> Vec<String> {
        self.papers
            .bills
            .iter()
            .map(|bill| bill.scn.clone())
            .collect()
    }

    /// One shipment control number; empty where there is none.
    pub(crate) fn scn(&self, at: usize) -> String {
        self.papers
            .bills
            .get(at)
            .map(|bill| bill.scn.clone())
            .unwrap_or_default()
    }

    /// Time goes by, minutes.
    pub(crate) fn wait(&mut self, least: f64, most: f64) -> &mut Self {
        self.now_ms += (self.random.within(least, most) * MINUTE_MS as f64) as i64;
        self
    }

    /// Whether something of this share happens to this truck.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.random.chance(share)
    }

    /// A step as it stands.
    pub(crate) fn push(
        &mut self,
        actor: &'static str,
        label: &str,
        what: What,
        expect: Expect,
    ) -> &mut Self {
        self.steps.push(Step {
            at_ms: self.now_ms,
            actor,
            label: label.to_owned(),
            what,
            expect,
        });
        self
    }

    /// A record about whatever its subject names.
    pub(crate) fn file(
        &mut self,
        actor: &'static str,
        label: &str,
        record_type: &'static str,
        subject: Value,
    ) -> &mut Self {
        let submission = Submission {
            record_type,
            occurred_ms: self.now_ms,
            standing: None,
            source: None,
            subject,
            replaces: None,
            follows: Vec::new(),
            about: Vec::new(),
        };
        self.push(actor, label, What::Submit(submission), Expect::Logged)
    }

    /// A record about the trip: `scac` and `trip` are put before the members.
    pub(crate) fn trip(
        &mut self,
        actor: &'static str,
        label: &str,
        record_type: &'static str,
        members: Value,
    ) -> &mut Self {
        let mut subject = json!({ "scac": self.papers.scac, "trip": self.papers.trip });
        merge(&mut subject, members);
        self.file(actor, label, record_type, subject)
    }

    /// Changes the last submission.
    pub(crate) fn but(&mut self, change: impl FnOnce(&mut Submission)) -> &mut Self {
        if let Some(Step {
            what: What::Submit(submission),
            ..
        }) = self.steps.last_mut()
        {
            change(submission);
        }
        self
    }

    /// Expects of the last step something else than that it is logged.
    pub(crate) fn expect(&mut self, expect: Expect) -> &mut Self {
        if let Some(step) = self.steps.last_mut() {
            step.expect = expect;
        }
        self
    }

    // --- papers

    /// Pedimento, its validation and payment.
    pub(crate) fn pedimento(&mut self) -> &mut Self {
        let parts: Vec<String> = self
            .papers
            .pedimento
            .split(':')
            .map(str::to_owned)
            .collect();
        let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
        let (weight, packages, usd) = self.totals();
        let north = self.papers.northbound;
        let cove = format!("COVE26{}", self.random.text(PLATE, 7));
        let mut subject = json!({
            "year": part(0), "customsOffice": part(1), "patente": part(2), "number": part(3),
            "operation": if north { "EXP" } else { "IMP" }, "clave": "A1", "regime": if north { "EXD" } else { "IMD" },
            "rfc": self.mexican_tax(), "grossWeightKg": weight, "packages": packages, "scns": self.scns(),
            "aduana": "240", "coves": [cove], "valueUsdCents": usd * 100, "customsValueMxnCents": usd * 1_830,
        });
        if let Some(bill) = self.papers.bills.first() {
            merge(
                &mut subject,
                json!({ "exporter": format!("@{}", bill.shipper.key), "importer": format!("@{}", bill.consignee.key) }),
            );
        }
        self.file("lozano", "pedimento", "Pedimento", subject);
        let key = self.papers.pedimento.clone();
        let acknowledgment = self.random.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8);
        let line = format!(
            "0326{:016}",
            self.random.between(1_000_000_000, 9_999_999_999_999_999)
        );
        self.wait(1.0, 3.0).file(
            "anam",
            "validated",
            "PedimentoValidated",
            json!({ "pedimentos": [key], "acknowledgment": acknowledgment }),
        );
        let key = self.papers.pedimento.clone();
        self.wait(1.0, 4.0).file(
            "anam",
            "paid",
            "PedimentoPaid",
            json!({ "pedimentos": [key], "captureLine": line, "paidMxnCents": 35_000 }),
        )
    }

    /// The appointment at the bridge.
    pub(crate) fn appointment(&mut self) -> &mut Self {
        let hour = 60 * MINUTE_MS;
        let from = self.arrival_ms - self.arrival_ms.rem_euclid(hour / 2);
        let members = json!({
            "plate": self.papers.plate, "plateState": "MX-TAM", "direction": self.direction(), "crossing": "230404",
            "lane": self.lane, "empty": self.papers.bills.is_empty(),
            "window": { "windowStart": instant(from), "windowEnd": instant(from + hour / 2) },
        });
        let carrier = self.carrier.key;
        self.trip(carrier, "appointment", "Appointment", members)
    }

    /// The northbound manifest from its 309, with its shipments.
    pub(crate) fn manifest_309(&mut self) -> &mut Self {
        let document = documents::manifest_309(
            &self.papers,
            self.now_ms,
            self.arrival_ms,
            self.counters.trip,
        );
        let manifest = self.manifest_extras();
        let shipments = self
            .papers
            .bills
            .iter()
            .map(|bill| seats(bill, self.lane))
            .collect();
        let occurred_ms = self.now_ms;
        let carrier = self.carrier.key;
        self.push(
            carrier,
            "manifest",
            What::Manifest309 {
                document,
                occurred_ms,
                manifest,
                shipments,
            },
            Expect::Logged,
        )
    }

    fn manifest_extras(&self) -> Value {
        let mut extras = json!({
            "aduana": "240", "crossing": "230404", "lane": self.lane, "tag": self.tag, "caat": self.carrier.caat,
            "driver": { "driverName": self.papers.driver, "licence": self.papers.licence },
        });
        if self.lane == "fast" {
            merge(
                &mut extras,
                json!({ "driver": { "driverName": self.papers.driver, "licence": self.papers.licence, "fastCard": "41100000000017" } }),
            );
        }
        extras
    }

    /// The manifest's members, for those that come not from a 309.
    pub(crate) fn manifest_subject(&self) -> Value {
        let (weight, packages, _) = self.totals();
        let shipments: Vec<Value> = self
            .papers
            .bills
            .iter()
            .map(|bill| json!({ "scn": bill.scn, "packages": bill.packages, "grossWeightKg": bill.kg }))
            .collect();
        let mut subject = json!({
            "scac": self.papers.scac, "trip": self.papers.trip, "direction": self.direction(), "port": "2304",
            "estimatedArrival": instant(self.arrival_ms - self.arrival_ms.rem_euclid(MINUTE_MS)), "plate": self.papers.plate,
            "plateState": "MX-TAM", "vin": self.papers.vin, "empty": shipments.is_empty(), "shipments": shipments,
            "seals": self.papers.seals,
        });
        without_empty_lists(&mut subject);
        if !self.papers.bills.is_empty() {
            merge(
                &mut subject,
                json!({ "packages": packages, "grossWeightKg": weight }),
            );
        }
        if let Some(trailer) = &self.papers.trailer {
            merge(
                &mut subject,
                json!({ "equipment": [{ "equipmentNumber": trailer, "equipmentKind": "trailer-53" }] }),
            );
        }
        merge(&mut subject, self.manifest_extras());
        subject
    }

    /// A shipment's members, for those that come not from a 309.
    pub(crate) fn shipment_subject(&self, bill: &Bill) -> Value {
        let mut subject = json!({
            "scn": bill.scn, "direction": self.direction(), "scac": self.papers.scac, "trip": self.papers.trip, "port": "2304",
            "shipper": address(bill.shipper), "consignee": address(bill.consignee), "loadedAt": bill.shipper.city,
            "goods": [{ "goodsText": bill.text, "commodityCode": bill.hts, "originCountry": bill.shipper.country,
                        "packages": bill.packages, "packageUnit": "CT", "grossWeightKg": bill.kg }],
            "packages": bill.packages, "grossWeightKg": bill.kg,
        });
        merge(&mut subject, seats(bill, self.lane));
        if !self.papers.northbound {
            if let Value::Object(map) = &mut subject {
                map.remove("releaseType");
                map.remove("broker");
            }
            merge(&mut subject, json!({ "forwarder": "@bodega" }));
        }
        subject
    }

    /// CBP accepts the manifest.
    pub(crate) fn manifest_accepted(&mut self) -> &mut Self {
        self.trip(
            "cbp",
            "accepted",
            "ManifestAccepted",
            json!({ "responseText": "355 accepted", "port": "2304" }),
        )
    }

    /// The DODA.
    pub(crate) fn doda(&mut self) -> &mut Self {
        let members = json!({
            "integrationNumber": self.integration, "dodaKind": if self.chance(0.4) { "PITA" } else { "DODA" },
            "operation": if self.papers.northbound { "EXP" } else { "IMP" }, "pedimentos": [self.papers.pedimento],
            "scns": self.scns(), "aduana": "240", "patente": "3456", "plate": self.papers.plate, "caat": self.carrier.caat,
            "seals": self.papers.seals,
        });
        self.trip("lozano", "doda", "DodaIssued", members)
    }

    /// The Carta Porte from its XML.
    pub(crate) fn carta_porte(&mut self) -> &mut Self {
        let document = documents::carta_porte(&self.papers, self.now_ms, self.random);
        let (scac, trip) = (self.papers.scac.clone(), self.papers.trip.clone());
        let carrier = self.carrier.key;
        self.push(
            carrier,
            "carta-porte",
            What::CartaPorte {
                document,
                scac,
                trip,
            },
            Expect::Logged,
        )
    }

    /// Entries: one for each broker and consignee, filed and accepted.
    pub(crate) fn entries(&mut self) -> &mut Self {
        let mut groups: Vec<(&'static str, &'static Trader, Vec<Bill>)> = Vec::new();
        for bill in self.papers.bills.clone() {
            match groups.iter_mut().find(|(broker, importer, _)| {
                *broker == bill.broker && importer.key == bill.consignee.key
            }) {
                Some((_, _, bills)) => bills.push(bill),
                None => groups.push((bill.broker, bill.consignee, vec![bill])),
            }
        }
        for (index, (broker, importer, bills)) in groups.into_iter().enumerate() {
            self.counters.entry += 1;
            let filer = if broker == "mines" { "M7K" } else { "R2F" };
            let number =
                entry_number(filer, &format!("{:07}", self.counters.entry)).unwrap_or_default();
            let scns: Vec<&str> = bills.iter().map(|bill| bill.scn.as_str()).collect();
            let value: u64 = bills.iter().map(|bill| bill.usd * 100).sum();
            let weight: u64 = bills.iter().map(|bill| bill.kg).sum();
            let packages: u64 = bills.iter().map(|bill| bill.packages).sum();
            let lines: Vec<Value> = bills
                .iter()
                .map(|bill| {
                    json!({ "commodityCode": bill.hts, "originCountry": bill.shipper.country, "goodsText": bill.text,
                            "valueUsdCents": bill.usd * 100 })
                })
                .collect();
            let seller = bills.first().map_or(&MEXICANS[0], |bill| bill.shipper);
            let filed = json!({
                "scns": scns, "entryNumber": number, "entryType": "01", "importerOfRecord": importer.tax, "port": "2304",
                "entryLines": lines, "estimatedValueUsdCents": value, "packages": packages, "grossWeightKg": weight,
                "seller": address(seller), "buyer": address(importer),
            });
            let accepted = json!({ "scns": scns, "entryNumber": number, "entryType": "01", "responseText": "accepted" });
            self.file(broker, &format!("entry-{index}"), "EntryFiled", filed);
            self.wait(0.7, 1.5).file(
                "cbp",
                &format!("entry-accepted-{index}"),
                "EntryAccepted",
                accepted,
            );
        }
        self
    }

    /// The invoice of the first shipment, by its seller.
    pub(crate) fn invoice(&mut self) -> &mut Self {
        if let Some(bill) = self.papers.bills.first().cloned() {
            let total = bill.usd * 100;
            let number = format!("F-{}", self.counters.scn % 100_000);
            self.file(
                bill.shipper.key,
                "invoice",
                "InvoiceSummary",
                json!({
                    "scns": [bill.scn], "invoiceNumber": number, "invoiceDate": "2026-11-22", "seller": address(bill.shipper),
                    "buyer": address(bill.consignee), "currency": "USD", "totalMinor": total, "incoterm": "FCA",
                    "invoiceLines": [{ "goodsText": bill.text, "commodityCode": bill.hts, "originCountry": bill.shipper.country,
                                       "quantity": bill.packages, "unit": "PCE", "lineMinor": total }],
                    "packages": bill.packages, "grossWeightKg": bill.kg, "originCountry": bill.shipper.country,
                }),
            );
        }
        self
    }

    /// The certification of origin of the first shipment, by its exporter.
    pub(crate) fn usmca(&mut self) -> &mut Self {
        if let Some(bill) = self.papers.bills.first().cloned() {
            self.file(
                bill.shipper.key,
                "usmca",
                "UsmcaCertification",
                json!({
                    "scns": [bill.scn], "certifierRole": "exporter", "certifier": address(bill.shipper),
                    "exporterName": bill.shipper.name,
                    "originLines": [{ "goodsText": bill.text, "commodityCode": bill.hts, "originCriterion": "B",
                                      "originCountry": bill.shipper.country }],
                    "signatory": "Export manager", "signedOn": "2026-01-05", "importerName": bill.consignee.name,
                    "periodStart": "2026-01-05", "periodEnd": "2026-12-31",
                }),
            );
        }
        self
    }

    // --- the way

    /// Leaves the yard.
    pub(crate) fn dispatched(&mut self) -> &mut Self {
        let site = if self.papers.northbound {
            "Nuevo Laredo, Carr. Aeropuerto"
        } else {
            "Laredo, Mines Road"
        };
        let mut members = json!({ "plate": self.papers.plate, "seals": self.papers.seals, "site": site, "direction": self.direction() });
        without_empty_lists(&mut members);
        let carrier = self.carrier.key;
        self.trip(carrier, "dispatched", "Dispatched", members)
    }

    /// Enters the Mexican export lot.
    pub(crate) fn lot(&mut self) -> &mut Self {
        let mut members = json!({ "aduana": "240", "plate": self.papers.plate, "gate": self.random.between(1, 6).to_string(), "tag": self.tag });
        if !self.papers.bills.is_empty() {
            merge(
                &mut members,
                json!({ "integrationNumber": self.integration }),
            );
        }
        self.trip("anam", "lot", "LotEntered", members)
    }

    /// Enters the Mexican import lot.
    pub(crate) fn import_lot(&mut self) -> &mut Self {
        let members = json!({
            "integrationNumber": self.integration, "aduana": "240", "plate": self.papers.plate,
            "gate": self.random.between(1, 6).to_string(), "tag": self.tag,
        });
        self.trip("anam", "import-lot", "ImportLotEntered", members)
    }

    /// The selection mechanism decides.
    pub(crate) fn light(&mut self, light: &'static str) -> &mut Self {
        let mechanism = format!("MSA-240-{}", self.random.between(1, 4));
        let members = json!({
            "light": light, "mechanism": mechanism, "scns": self.scns(), "pedimentos": [self.papers.pedimento],
            "integrationNumber": self.integration, "aduana": "240",
        });
        self.trip("anam", "light", "SelectionResult", members)
    }

    /// Recognition after a red light, from its start to its result; the seal is changed.
    pub(crate) fn recognition(&mut self) -> &mut Self {
        let scns = self.scns();
        let dock = self.random.between(1, 12).to_string();
        self.wait(4.0, 8.0).trip(
            "anam",
            "recognition-started",
            "RecognitionStarted",
            json!({ "scns": scns, "dock": dock, "civilianOfficers": 2, "militaryOfficers": 0 }),
        );
        self.counters.seal += 1;
        let new = self.counters.seal.to_string();
        let members = json!({
            "scns": self.scns(), "pedimentos": [self.papers.pedimento], "recognition": "conform",
            "sealsRemoved": self.papers.seals, "sealsAffixed": [new],
        });
        self.papers.seals = vec![new];
        self.wait(18.0, 30.0)
            .trip("anam", "recognition-done", "RecognitionDone", members)
    }

    /// Mexican customs lets it go out.
    pub(crate) fn export_cleared(&mut self) -> &mut Self {
        let members = json!({ "decision": "clear", "scns": self.scns(), "pedimentos": [self.papers.pedimento], "aduana": "240" });
        self.trip("anam", "export-cleared", "ExportCleared", members)
    }

    /// Mexican customs lets it come in.
    pub(crate) fn cleared(&mut self) -> &mut Self {
        let members = json!({ "decision": "clear", "scns": self.scns(), "pedimentos": [self.papers.pedimento], "aduana": "240" });
        self.trip("anam", "cleared", "Cleared", members)
    }

    /// Passes the Mexican exit gate towards the bridge.
    pub(crate) fn left_mexico(&mut self) -> &mut Self {
        let members = json!({ "aduana": "240", "plate": self.papers.plate, "reader": "NL2-EXIT" });
        self.trip("anam", "left-mexico", "LeftMexico", members)
    }

    /// Is seen by a reader on the bridge.
    pub(crate) fn tag_seen(&mut self) -> &mut Self {
        let reader = format!("WTB-{}", self.random.between(1, 8));
        let members = json!({ "reader": reader, "tag": self.tag, "site": "World Trade Bridge" });
        self.trip("bridge", "tag-seen", "TagSeen", members)
    }

    /// Arrives at the US booth.
    pub(crate) fn arrived(&mut self) -> &mut Self {
        let booth = self.lane_number.to_string();
        let members = json!({
            "port": "2304", "crossing": "230404", "laneNumber": self.lane_number, "booth": booth, "lane": self.lane,
            "plate": self.papers.plate,
        });
        self.trip("cbp", "arrived", "ConveyanceArrived", members)
    }

    /// The booth decides.
    pub(crate) fn primary(&mut self, decision: &'static str) -> &mut Self {
        let mut members = json!({ "decision": decision, "laneNumber": self.lane_number });
        if !self.papers.bills.is_empty() {
            merge(&mut members, json!({ "scns": self.scns() }));
        }
        self.trip("cbp", "primary", "PrimaryDecision", members)
    }

    /// Sent to secondary.
    pub(crate) fn referral(&mut self, class: &'static str) -> &mut Self {
        let members = json!({ "referralClass": class, "scns": self.scns(), "dock": self.random.between(1, 40).to_string() });
        self.trip("cbp", "referral", "Referral", members)
    }

    /// Scanned.
    pub(crate) fn scan(&mut self, result: &'static str) -> &mut Self {
        let image = self.random.hex(64);
        let mut members = json!({
            "device": "LRD-2", "deviceKind": "mep", "scanResult": result, "scns": self.scns(),
            "scanStart": instant(self.now_ms - 2 * MINUTE_MS), "scanEnd": instant(self.now_ms - MINUTE_MS),
            "imageDigest": image, "imageFormat": "UFF 2.0", "imageBytes": 41_943_040, "imageShared": "on-request",
        });
        if result == "anomaly" {
            merge(
                &mut members,
                json!({ "anomalyClass": "density", "anomalyPlace": "behind the front wall" }),
            );
        }
        self.trip("cbp", "scan", "ScanResult", members)
    }

    /// An exam is ordered.
    pub(crate) fn exam_ordered(&mut self, kind: &'static str) -> &mut Self {
        let members = json!({ "examType": kind, "scns": self.scns(), "dock": self.random.between(1, 40).to_string() });
        self.trip("cbp", "exam-ordered", "ExamOrdered", members)
    }

    /// The exam's result.
    pub(crate) fn exam_result(&mut self, result: &'static str) -> &mut Self {
        let members = json!({ "examResult": result, "scns": self.scns() });
        self.trip("cbp", "exam-result", "ExamResult", members)
    }

    /// CBP releases shipments, several by one act.
    pub(crate) fn release(&mut self, label: &str, scns: &[String]) -> &mut Self {
        self.file(
            "cbp",
            label,
            "ReleaseDecision",
            json!({ "scns": scns, "decision": "release", "port": "2304" }),
        )
    }

    /// The state's safety inspection.
    pub(crate) fn state_inspection(&mut self) -> &mut Self {
        self.trip(
            "dps",
            "state-inspection",
            "StateInspection",
            json!({ "vehicleResult": "pass", "inspectionLevel": "II", "site": "Laredo, DPS station" }),
        )
    }

    /// Leaves the US compound.
    pub(crate) fn compound_exit(&mut self) -> &mut Self {
        let members = json!({ "port": "2304", "gate": self.random.between(1, 3).to_string(), "plate": self.papers.plate });
        self.trip("cbp", "compound-exit", "CompoundExit", members)
    }

    /// Delivered at the yard.
    pub(crate) fn delivered(&mut self) -> &mut Self {
        let site = if self.papers.northbound {
            "Laredo, Mines Road yard"
        } else {
            "Nuevo Laredo, Carr. Aeropuerto yard"
        };
        let mut members = json!({ "site": site });
        if !self.papers.seals.is_empty() {
            merge(
                &mut members,
                json!({ "seals": self.papers.seals, "sealCondition": "intact" }),
            );
        }
        let carrier = self.carrier.key;
        self.trip(carrier, "delivered", "Delivered", members)
    }

    /// `northbound` or `southbound`.
    pub(crate) fn direction(&self) -> &'static str {
        if self.papers.northbound {
            "northbound"
        } else {
            "southbound"
        }
    }

    /// Number between, for pieces outside.
    pub(crate) fn number(&mut self, least: u64, most: u64) -> u64 {
        self.random.between(least, most)
    }

    fn totals(&self) -> (u64, u64, u64) {
        let bills = &self.papers.bills;
        (
            bills.iter().map(|bill| bill.kg).sum(),
            bills.iter().map(|bill| bill.packages).sum(),
            bills.iter().map(|bill| bill.usd).sum(),
        )
    }

    fn mexican_tax(&self) -> &'static str {
        let bill = self.papers.bills.first();
        let trader = bill.map(|bill| {
            if self.papers.northbound {
                bill.shipper
            } else {
                bill.consignee
            }
        });
        trader.map_or("URE180429TM6", |trader| trader.tax)
    }
}

fn bills(
    random: &mut Random,
    counters: &mut Counters,
    scac: &str,
    northbound: bool,
    count: usize,
) -> Vec<Bill> {
    let mut made: Vec<Bill> = Vec::new();
    let home = if northbound {
        MEXICANS.as_slice()
    } else {
        AMERICANS.as_slice()
    };
    let abroad = if northbound {
        AMERICANS.as_slice()
    } else {
        MEXICANS.as_slice()
    };
    // One seller a truck, as a consolidated pedimento has; a part load has several buyers.
    let shipper = *random.pick(&(0..home.len()).collect::<Vec<_>>(), &0);
    let mut consignee = *random.pick(&(0..abroad.len()).collect::<Vec<_>>(), &0);
    for _ in 0..count {
        counters.scn += 1;
        let seller = home.get(shipper).unwrap_or(&MEXICANS[0]);
        let buyer = abroad.get(consignee).unwrap_or(&AMERICANS[0]);
        let Some(first) = seller.goods.first() else {
            continue;
        };
        let good: &Good = random.pick(seller.goods, first);
        let share = if count > 1 { count as u64 } else { 1 };
        let packages = (random.between(good.packages.0, good.packages.1) / share).max(2);
        made.push(Bill {
            scn: format!("{scac}{}", counters.scn),
            shipper: seller,
            consignee: buyer,
            text: good.text,
            hts: good.hts,
            sat: good.sat,
            packages,
            kg: packages * good.kg,
            usd: packages * good.usd,
            broker: if buyer.key == "trinity" {
                "riofrio"
            } else {
                "mines"
            },
        });
        if random.chance(0.4) {
            consignee = (consignee + 1) % abroad.len().max(1);
        }
    }
    made
}

/// A vehicle identification number with a right check digit.
fn vin(random: &mut Random) -> String {
    let letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    let head = format!("3{}", random.text(letters, 7));
    let tail = format!(
        "N{}{:06}",
        random.text(letters, 1),
        random.between(1, 999_999)
    );
    let digit = vin_check_digit(&format!("{head}0{tail}")).unwrap_or('0');
    format!("{head}{digit}{tail}")
}

/// RFC 3339 in UTC, milliseconds.
pub(crate) fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map(|instant| instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
        .unwrap_or_default()
}

/// Takes over the members of `more`.
pub(crate) fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// Drops members that are lists of nothing: a record says what there is.
pub(crate) fn without_empty_lists(subject: &mut Value) {
    if let Value::Object(map) = subject {
        map.retain(|_, value| !value.as_array().is_some_and(Vec::is_empty));
    }
}

fn address(trader: &Trader) -> Value {
    json!({
        "partyName": trader.name, "streetAddress": trader.street, "locality": trader.city, "region": trader.region,
        "postalCode": trader.postal, "country": trader.country, "taxNumber": trader.tax,
    })
}

/// Who sits at the shipment: what no 309 tells.
fn seats(bill: &Bill, lane: &str) -> Value {
    let mut seats = Map::new();
    seats.insert(
        "releaseType".into(),
        json!(if lane == "fast" { "FAST" } else { "PAPS" }),
    );
    for (name, key) in [
        ("broker", bill.broker),
        ("brokerMx", "lozano"),
        ("importer", bill.consignee.key),
        ("exporter", bill.shipper.key),
    ] {
        seats.insert(name.into(), json!(format!("@{key}")));
    }
    Value::Object(seats)
}

/// The carrier of a party key; the first where there is none.
pub(crate) fn carrier(key: &str) -> Carrier {
    CARRIERS
        .iter()
        .copied()
        .find(|carrier| carrier.key == key)
        .unwrap_or(CARRIERS[0])
}
