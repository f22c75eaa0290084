//! A bundle that holds, and the same one tampered with in every way that a test can think of: by an outsider, who cannot sign it again,
//! and by the node that wrote it, which can.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use garita_credential::keys::{KeyType, SigningKey};
use garita_profile::case::Party;
use garita_profile::{Folder, Profile};
use garita_tlog::{
    Checkpoint, Hash, LeafIndex, NodeId, VerifierKey, inclusion_proof, leaf_hash, node_hash,
};
use serde_json::{Value, json};

use super::report::{Report, Standing};
use super::verify::{Ground, verify};
use super::*;
use crate::core::{HostedKey, ViewKey};
use crate::derive::Deriver;
use crate::governance::{PartyEntry, PartyKey, Statement};
use crate::program::Programs;
use crate::shipped::folders;
use crate::signing::{Draft, LogSigner, Signer};
use crate::stamp::{LeafAct, Stamp, audience_digest};

mod mutations;
mod tampering;
mod witnessed;

const NOW_MS: i64 = 1_795_532_400_000;
const TRADE: &str = "did:web:trade.example";
const CUSTOMS: &str = "did:web:customs.example";
const CARRIER: &str = "did:web:trade.example:parties:ocotillo";
const CBP: &str = "did:web:customs.example:parties:cbp";
/// What a record follows and the bundle does not have.
const ABSENT: [u8; 32] = [9; 32];

fn programs() -> &'static (Programs, Vec<Folder>) {
    static PROGRAMS: OnceLock<(Programs, Vec<Folder>)> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let folders = folders();
        let refs: Vec<&Folder> = folders.iter().collect();
        (Programs::from_folders(&refs).unwrap(), folders)
    })
}

/// What a record of a type states, as its program's authors say is right.
fn example(record_type: &str) -> (std::sync::Arc<Profile>, Value) {
    let (programs, folders) = programs();
    let profile = programs.for_record_type(record_type).unwrap();
    let files = folders.iter().flat_map(|folder| &folder.0);
    let found = files
        .filter(|(name, _)| name.starts_with("examples/"))
        .filter_map(|(_, text)| serde_json::from_slice::<Value>(text).ok())
        .find(|example| {
            example["record"]["type"][1] == record_type && example["expect"] == "valid"
        });
    (
        profile,
        found.unwrap()["record"]["credentialSubject"].clone(),
    )
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn view_key() -> Arc<SigningKey> {
    static KEY: OnceLock<Arc<SigningKey>> = OnceLock::new();
    let make = || {
        let mut seed = 1_u8;
        loop {
            if let Ok(key) = SigningKey::from_bytes(KeyType::P256, &[seed; 32]) {
                return Arc::new(key);
            }
            seed += 1;
        }
    };
    Arc::clone(KEY.get_or_init(make))
}

/// A node's log while it is filled.
struct Log {
    origin: &'static str,
    key: SigningKey,
    leaves: Vec<Hash>,
}

impl Log {
    fn new(origin: &'static str, seed: u8) -> Self {
        Self {
            origin,
            key: key(seed),
            leaves: Vec::new(),
        }
    }

    fn verifier(&self) -> String {
        let public = self.key.verification_key().ed25519_bytes().unwrap();
        VerifierKey::ed25519(self.origin, public)
            .unwrap()
            .to_string()
    }

    fn push(&mut self, leaf: &Leaf, salt: [u8; 32]) -> u64 {
        self.leaves.push(leaf_hash(&leaf.commit(&salt)));
        self.leaves.len() as u64 - 1
    }

    fn size(&self) -> TreeSize {
        TreeSize::new(self.leaves.len() as u64)
    }

    fn proof(&self, index: u64) -> Vec<Hash> {
        inclusion_proof(
            &|id: NodeId| Ok::<Hash, ()>(self.node(id.level, id.index)),
            LeafIndex::new(index),
            self.size(),
        )
        .unwrap()
    }

    fn node(&self, level: u8, index: u64) -> Hash {
        match level {
            0 => self.leaves[usize::try_from(index).unwrap()],
            _ => node_hash(
                &self.node(level - 1, 2 * index),
                &self.node(level - 1, 2 * index + 1),
            ),
        }
    }

    fn root(&self, start: u64, size: u64) -> Hash {
        if size == 1 {
            return self.node(0, start);
        }
        let left = 1 << (63 - (size - 1).leading_zeros());
        node_hash(
            &self.root(start, left),
            &self.root(start + left, size - left),
        )
    }

    fn checkpoint(&self) -> String {
        let root = self.root(0, self.size().get());
        Checkpoint::new(self.origin, self.size(), root)
            .sign(&LogSigner::new(self.origin, &self.key))
            .unwrap()
    }
}

/// The network of the tests, with the chain that founds it.
struct World {
    network: Network,
    chain: Vec<Value>,
    trade: Log,
    customs: Log,
}

fn node_statement(did: &str, name: &str, seed: u8, log: &Log) -> Statement {
    Statement::Node(NodeEntry {
        continues: None,
        did: did.to_owned(),
        name: name.to_owned(),
        url: "http://127.0.0.1:1".to_owned(),
        key: key(seed).verification_key().to_multibase(),
        log_key: log.verifier(),
        witness_key: None,
    })
}

fn party_statement(did: &str, name: &str, home: &str, seed: u8) -> Statement {
    let own = |id: &str, key: &SigningKey| PartyKey {
        id: format!("{did}#{id}"),
        public_key_multibase: key.verification_key().to_multibase(),
        from_ms: 0,
        until_ms: None,
    };
    Statement::Party(PartyEntry {
        did: did.to_owned(),
        home: home.to_owned(),
        party: Party {
            name: name.to_owned(),
            ..Party::default()
        },
        keys: vec![own("key-1", &key(seed)), own("views-1", &view_key())],
    })
}

/// Authority 1; nodes 2 and 3 with logs 4 and 5; parties 6 and 7.
fn world(name: &str) -> World {
    let mut world = World {
        network: Network::default(),
        chain: Vec::new(),
        trade: Log::new("trade.example/log", 4),
        customs: Log::new("customs.example/log", 5),
    };
    let (profile, _) = example("Manifest");
    let program = profile.program_for("Manifest", ["trip"]).unwrap();
    let statements = [
        Statement::Genesis {
            name: name.to_owned(),
            authorities: vec![signing::did_key(&key(1))],
            threshold: 1,
            simulated: true,
            witnesses: Vec::new(),
        },
        node_statement(TRADE, "Trade", 2, &world.trade),
        node_statement(CUSTOMS, "Customs", 3, &world.customs),
        Statement::Profile {
            profile: program.id.clone(),
            version: program.version.clone(),
            core: program.core_digest.clone(),
            adoption: None,
        },
        party_statement(CARRIER, "Transportes Ocotillo", TRADE, 6),
        party_statement(CBP, "CBP Laredo", CUSTOMS, 7),
    ];
    for statement in statements {
        world.govern(&statement);
    }
    world
}

impl World {
    fn govern(&mut self, statement: &Statement) {
        let entry = self.network.draft(statement, &key(1), NOW_MS).unwrap();
        self.network.adopt(&entry).unwrap();
        self.chain.push(entry);
    }

    /// A record as its home would sign it, whole or as a view.
    fn document(
        &self,
        issuer: &str,
        seed: u8,
        draft: Draft,
        view: Option<&str>,
    ) -> (String, String) {
        let (profile, _) = example(&draft.record_type);
        let record_type = draft.record_type.clone();
        let document = draft.document(&self.network, &profile).unwrap();
        let id = document["id"].as_str().unwrap().to_owned();
        let canonicalizer = Arc::new(programs().0.canonicalizer().unwrap());
        let hosted = HostedKey {
            verification_method: format!("{issuer}#key-1"),
            key: Arc::new(key(seed)),
            views: Some(ViewKey {
                verification_method: format!("{issuer}#views-1"),
                key: view_key(),
            }),
        };
        let signed = match view {
            None => Signer::new(canonicalizer)
                .sign(&document, &hosted, NOW_MS)
                .unwrap(),
            Some(view) => {
                let model = profile.model();
                let views = hosted.views.as_ref().unwrap();
                let made = Deriver::make(
                    &document,
                    &record_type,
                    model,
                    views,
                    NOW_MS,
                    &canonicalizer,
                );
                made.unwrap().unwrap().view(view).unwrap().clone()
            }
        };
        (id, signed.to_string())
    }
}

fn case() -> CaseRef {
    CaseRef {
        kind: "trip".to_owned(),
        key: "TOCQ:TOCQ2611240417".to_owned(),
    }
}

fn draft(issuer: &str, record_type: &str, follows: &[String]) -> Draft {
    Draft {
        record_type: record_type.to_owned(),
        issuer: issuer.to_owned(),
        about: vec![case()],
        occurred_ms: NOW_MS,
        subject: example(record_type).1,
        follows: follows.to_vec(),
        ..Draft::default()
    }
}

/// A bundle as the node of trade would write it: two records of the carrier's, which customs acknowledged, and two of customs', of
/// which one in a view.
fn honest() -> Bundle {
    static BUNDLE: OnceLock<Bundle> = OnceLock::new();
    BUNDLE.get_or_init(|| make(world("Laredo"))).clone()
}

fn make(mut world: World) -> Bundle {
    let (first, one) = world.document(CARRIER, 6, draft(CARRIER, "Manifest", &[]), None);
    let follows = [first.clone(), encode::ni(&ABSENT)];
    let (second, two) = world.document(CARRIER, 6, draft(CARRIER, "Manifest", &follows), None);
    let (third, three) = world.document(CBP, 7, draft(CBP, "Manifest", &[]), None);
    let (scan_type, view) = viewed();
    let (fourth, four) = world.document(CBP, 7, draft(CBP, &scan_type, &[]), Some(&view));

    // Something else is in both logs, so that indexes differ.
    for log in [&mut world.trade, &mut world.customs] {
        log.leaves.push(leaf_hash(&[log.leaves.len() as u8; 32]));
    }
    world.customs.leaves.push(leaf_hash(&[77; 32]));
    let whole = |id: &str, text: &str| (id.to_owned(), WHOLE.to_owned(), text.to_owned());
    let mut records = Vec::new();
    for (n, (id, view, text)) in [whole(&first, &one), whole(&second, &two)]
        .into_iter()
        .enumerate()
    {
        records.push(issued(&mut world, n, &id, &view, text));
    }
    for (n, (id, view, text)) in [whole(&third, &three), (fourth, view, four)]
        .into_iter()
        .enumerate()
    {
        records.push(received(&mut world, n, &id, &view, text));
    }
    // Proofs are of the whole logs.
    for record in &mut records {
        let receipt = record.receipt.as_mut().unwrap();
        receipt.proof = texts(&world.trade.proof(receipt.index));
        for holder in &mut record.holders {
            let entry = holder.entry.as_mut().unwrap();
            entry.proof = Some(texts(&world.customs.proof(entry.index)));
        }
    }
    let (profile, _) = example("Manifest");
    let program = profile.program_for("Manifest", ["trip"]).unwrap();
    let mut bundle = Bundle {
        format: FORMAT.to_owned(),
        exported: encode::instant_text(NOW_MS + 60_000),
        node: TRADE.to_owned(),
        party: CARRIER.to_owned(),
        cases: vec![case()],
        governance: world.chain,
        programs: vec![ProgramLine {
            core: program.core_digest.clone(),
            id: program.id.clone(),
            version: program.version.clone(),
        }],
        contexts: BTreeMap::new(),
        checkpoints: BTreeMap::from([
            (TRADE.to_owned(), world.trade.checkpoint()),
            (CUSTOMS.to_owned(), world.customs.checkpoint()),
        ]),
        records,
        manifest: Vec::new(),
        cosignatures: Vec::new(),
        state: json!({ "state": "scheduled" }),
    };
    bundle.list().unwrap();
    bundle
}

/// A record type that has a view, and the view's name.
fn viewed() -> (String, String) {
    let (profile, _) = example("ScanTaken");
    let ty = &profile.model().records["ScanTaken"];
    let view = garita_profile::view::views(ty).into_iter().next().unwrap();
    ("ScanTaken".to_owned(), view.to_owned())
}

fn texts(proof: &[Hash]) -> Vec<String> {
    proof.iter().map(Hash::to_base64).collect()
}

fn leaf(id: &str, view: &str, act: LeafAct, party: &str, logged: i64, to: &[&str]) -> Leaf {
    let audience = to.iter().map(|to| ((*to).to_owned(), view.to_owned()));
    Leaf {
        id: id.to_owned(),
        view: view.to_owned(),
        act,
        party: party.to_owned(),
        logged,
        audience: audience_digest(&audience.collect::<BTreeSet<_>>()),
    }
}

/// Of the carrier, at home here; customs has it.
fn issued(world: &mut World, n: usize, id: &str, view: &str, document: String) -> BundleRecord {
    let logged = NOW_MS + 100 * n as i64;
    let salt = [20 + n as u8; 32];
    let own = leaf(id, view, LeafAct::Issued, CARRIER, logged, &[CARRIER, CBP]);
    let index = world.trade.push(&own, salt);
    let origin = world.trade.origin;
    let stamp = Stamp::sign(id, view, TRADE, origin, index, logged, &key(2)).unwrap();
    let theirs = leaf(id, view, LeafAct::Received, CUSTOMS, logged + 7, &[CBP]);
    let their_salt = [40 + n as u8; 32];
    let their_index = world.customs.push(&theirs, their_salt);
    BundleRecord {
        id: id.to_owned(),
        view: view.to_owned(),
        document,
        stamp,
        receipt: Some(LeafProof {
            leaf: own,
            salt: encode::base64url(&salt),
            index,
            proof: Vec::new(),
        }),
        holders: vec![HolderLine {
            node: CUSTOMS.to_owned(),
            view: view.to_owned(),
            to: vec![CBP.to_owned()],
            sent: encode::instant_text(logged),
            answer: HolderAnswer::Recorded,
            answered: Some(encode::instant_text(logged + 9)),
            entry: Some(HolderEntry {
                index: their_index,
                salt: encode::base64url(&their_salt),
                logged: logged + 7,
                proof: None,
            }),
        }],
    }
}

/// Of customs, at home there; received here.
fn received(world: &mut World, n: usize, id: &str, view: &str, document: String) -> BundleRecord {
    let logged = NOW_MS + 1_000 + 100 * n as i64;
    let salt = [60 + n as u8; 32];
    let theirs = leaf(id, view, LeafAct::Issued, CBP, logged, &[CBP, CARRIER]);
    let their_index = world.customs.push(&theirs, [80 + n as u8; 32]);
    let origin = world.customs.origin;
    let stamp = Stamp::sign(id, view, CUSTOMS, origin, their_index, logged, &key(3)).unwrap();
    let own = leaf(id, view, LeafAct::Received, TRADE, logged + 5, &[CARRIER]);
    let index = world.trade.push(&own, salt);
    BundleRecord {
        id: id.to_owned(),
        view: view.to_owned(),
        document,
        stamp,
        receipt: Some(LeafProof {
            leaf: own,
            salt: encode::base64url(&salt),
            index,
            proof: Vec::new(),
        }),
        holders: Vec::new(),
    }
}

/// The file as its node signs it, with whatever is in it.
fn sign(bundle: &Value, seed: u8) -> Value {
    let mut bare = bundle.clone();
    bare.as_object_mut().unwrap().shift_remove("proof");
    signing::sign_jcs(&bare, &key(seed), NOW_MS).unwrap()
}

/// The same after its node has put its list of contents right.
fn sign_listed(bundle: &Value) -> Value {
    let mut bare = bundle.clone();
    if let Ok(records) = serde_json::from_value::<Vec<BundleRecord>>(bare["records"].clone()) {
        let lines: Vec<ManifestLine> = records.iter().map(|r| r.line().unwrap()).collect();
        bare["manifest"] = json!(lines);
    }
    sign(&bare, 2)
}

fn ground() -> Ground<'static> {
    static CONTEXTS: OnceLock<ContextSet> = OnceLock::new();
    let contexts = CONTEXTS.get_or_init(|| {
        let canonicalizer = programs().0.canonicalizer().unwrap();
        canonicalizer.contexts().clone()
    });
    Ground {
        network: None,
        contexts: contexts.clone(),
    }
}

/// Codes of what does not hold; those of an unreadable file too.
fn faults(file: &Value, ground: &Ground<'_>) -> Vec<String> {
    match verify(file.to_string().as_bytes(), ground) {
        Err(fault) => vec![fault.code],
        Ok(judged) => judged
            .report
            .of(Standing::DoesNotHold)
            .map(|f| f.code.to_owned())
            .collect(),
    }
}

fn report(file: &Value, ground: &Ground<'_>) -> Report {
    verify(file.to_string().as_bytes(), ground).unwrap().report
}

#[test]
fn an_honest_bundle_holds_and_says_what_it_proves_and_what_not() {
    let file = sign(&json!(honest()), 2);
    let told = report(&file, &ground());
    let failing: Vec<_> = told.of(Standing::DoesNotHold).collect();
    assert!(told.holds(), "{failing:#?}");
    let count = |code: &str| told.findings.iter().filter(|f| f.code == code).count();
    assert_eq!(count("record-signed"), 4);
    assert_eq!(count("record-stamped"), 4);
    assert_eq!(count("record-logged"), 4);
    assert_eq!(count("holder-proven"), 2);
    assert_eq!(count("checkpoint"), 2);
    for code in [
        "network-not-pinned",
        "not-witnessed",
        "state-told",
        "not-all",
        "content-true",
        "simulated",
        "reference-absent",
    ] {
        assert_eq!(count(code), 1, "{code}: {told:#?}");
    }
    // Pinned, it is the network that one means.
    let network = told.network.clone();
    let pinned = Ground {
        network: Some(&network),
        ..ground()
    };
    assert!(report(&file, &pinned).tells("network-pinned"));
}

#[test]
fn a_binary_without_the_program_reads_by_the_files_contexts_and_says_so() {
    let mut bundle = honest();
    let known = ground().contexts;
    for record in &bundle.records {
        let document: Value = serde_json::from_str(&record.document).unwrap();
        let url = document["@context"][2].as_str().unwrap().to_owned();
        let context = known.get(&url).unwrap().document().clone();
        bundle.contexts.insert(url, context);
    }
    let file = sign(&json!(bundle), 2);
    let told = report(&file, &Ground::default());
    assert!(told.holds(), "{told:#?}");
    assert!(told.tells("context-told"));
    assert!(!report(&file, &ground()).tells("context-told"));
    // With neither, nothing can be said of the records.
    let bare = sign(&json!(honest()), 2);
    assert!(faults(&bare, &Ground::default()).contains(&"record-proof".to_owned()));
}

#[test]
fn what_is_acknowledged_by_word_only_is_told_as_that() {
    let mut bundle = honest();
    for holder in bundle.records.iter_mut().flat_map(|r| &mut r.holders) {
        holder.entry.as_mut().unwrap().proof = None;
    }
    let told = report(&sign_listed(&json!(bundle)), &ground());
    assert!(told.holds());
    assert!(told.tells("holder-by-word") && !told.tells("holder-proven"));
}
