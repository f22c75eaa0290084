//! Witnesses: a record is recorded at once and witnessed later; a witness goes along one history of each log, whatever is tried.

use std::collections::BTreeSet;
use std::sync::Arc;

use garita_credential::keys::SigningKey;
use garita_exchange::governance::Network;
use garita_exchange::signing::LogSigner;
use garita_exchange::witness::WitnessVerifier;
use garita_tlog::{
    AddCheckpoint, Checkpoint, Frontier, Hash, NodeId, Note, NoteVerifier, TLOG_SIZE_MEDIA_TYPE,
    TreeSize, consistency_proof, leaf_hash, node_hash, parse_cosignatures,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::attachments::signed_in;
use crate::world::{Answer, Api, World, answer, appointment, garita, record_path, until};

const PATH: &str = "/witness/add-checkpoint";

/// A log by hand.
#[derive(Clone)]
struct Log {
    origin: String,
    key: Arc<SigningKey>,
    leaves: Vec<[u8; 32]>,
}

impl Log {
    /// That of the hostile node, with so many leaves.
    fn hostile(world: &World, size: u8) -> Log {
        let address = world.node("hostile").url.trim_start_matches("http://");
        Log {
            origin: format!("{address}/log"),
            key: world.key("hostile", "log"),
            leaves: (0..size).map(|n| [n; 32]).collect(),
        }
    }

    fn grown(&self, more: &[u8]) -> Log {
        let mut log = self.clone();
        log.leaves.extend(more.iter().map(|n| [*n; 32]));
        log
    }

    fn size(&self) -> TreeSize {
        TreeSize::new(self.leaves.len() as u64)
    }

    fn node(&self, id: NodeId) -> Result<Hash, ()> {
        if id.level == 0 {
            let at = usize::try_from(id.index).unwrap();
            return self.leaves.get(at).map(|l| leaf_hash(l)).ok_or(());
        }
        let child = |n| self.node(NodeId::new(id.level - 1, id.index * 2 + n));
        Ok(node_hash(&child(0)?, &child(1)?))
    }

    fn note(&self) -> String {
        let mut frontier = Frontier::new();
        for leaf in &self.leaves {
            frontier.push(leaf).unwrap();
        }
        Checkpoint::new(&self.origin, self.size(), frontier.root())
            .sign(&LogSigner::new(&self.origin, &self.key))
            .unwrap()
    }

    /// The body of a request, with the proof from an older size of this very log.
    fn request(&self, old: u64) -> String {
        let reader = |id: NodeId| self.node(id);
        let old = TreeSize::new(old);
        AddCheckpoint {
            old,
            proof: consistency_proof(&reader, old, self.size()).unwrap(),
            note: Note::parse(self.note().as_bytes()).unwrap(),
        }
        .to_string()
    }

    /// Whether an answer is the witness's cosignature of this tree.
    fn is_cosigned(&self, answer: &Answer, witness: &WitnessVerifier) -> bool {
        let note = Note::parse(self.note().as_bytes()).unwrap();
        answer.status == 200
            && parse_cosignatures(&answer.text)
                .unwrap()
                .iter()
                .any(|line| {
                    witness.is_of(line) && witness.verify(note.text().as_bytes(), &line.signature)
                })
    }
}

async fn ask(api: &Api, body: &str) -> Answer {
    api.send("POST", PATH, body.as_bytes().to_vec()).await
}

fn witness_key(network: &Network, world: &World, node: &str) -> String {
    let entry = &network.nodes[&world.node(node).did];
    entry.witness_key.clone().unwrap()
}

async fn receipt(world: &World, id: &str) -> Value {
    let path = format!("{}/receipt", record_path(id));
    world.api("ocotillo").get(&path).await.body
}

async fn witnessed(world: &World, id: &str) -> Value {
    until("the record is witnessed", || async {
        receipt(world, id).await["state"] == "witnessed"
    })
    .await;
    receipt(world, id).await
}

async fn file(world: &World, trip: &str) -> Answer {
    let draft = world
        .api("ocotillo")
        .draft("Appointment", appointment(trip, "47AK2F"))
        .await;
    assert_eq!(draft.status, 201, "{}", draft.text);
    draft
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_recorded_at_once_and_witnessed_by_more_than_half() {
    let world = World::three("witnessed").await;
    let network = world.network("trade").await;
    let log_key = network.nodes[&world.node("trade").did].log_key.clone();
    // The fourth node is a witness by the list, and away.
    let keys: Vec<String> = ["customs", "bridges", "hostile"]
        .iter()
        .map(|node| witness_key(&network, &world, node))
        .collect();
    let filed = file(&world, "TOCQ2611240601").await;
    assert_eq!(filed.body["state"], "recorded");
    assert_eq!(filed.body.get("witnessed"), None);
    let id = filed.id();
    let told = witnessed(&world, &id).await;
    let index = told["index"].as_u64().unwrap();
    assert!(told["witnessed"]["size"].as_u64().unwrap() > index);
    let by: BTreeSet<&str> = told["witnessed"]["by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_str().unwrap())
        .collect();
    let expected: BTreeSet<&str> = keys[..2].iter().map(String::as_str).collect();
    assert_eq!(by, expected, "{told}");
    // Cosigned after it was logged, by the same clock; cosignatures are in whole seconds.
    let logged = told["leaf"]["logged"].as_i64().unwrap();
    assert!(told["witnessed"]["at"].as_i64().unwrap() + 1_000 > logged);

    // Offline, by keys of the list: two of three are more than half, one that did not sign is not.
    let run = |name: &str, command: &str, text: &str, named: &[&String]| {
        let file = world.folder.write(name, text);
        let mut args = vec![
            "log",
            command,
            file.to_str().unwrap(),
            "--log-key",
            &log_key,
        ];
        for key in named {
            args.extend(["--witness-key", key.as_str()]);
        }
        garita(&args)
    };
    let three: Vec<&String> = keys.iter().collect();
    let text = told.to_string();
    let ran = run("witnessed.json", "verify-receipt", &text, &three);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("2 of the 3 witnesses"), "{ran:?}");
    let ran = run("alone.json", "verify-receipt", &text, &[]);
    assert!(
        ran.code == 0
            && ran
                .out
                .contains("not checked: whose keys these witnesses have"),
        "{ran:?}"
    );
    assert_eq!(
        run("away.json", "verify-receipt", &text, &three[2..]).code,
        1
    );
    assert_eq!(
        run("twice.json", "verify-receipt", &text, &[three[0], three[0]]).code,
        1
    );
    let recorded = run("recorded.json", "verify-receipt", &filed.text, &three);
    assert_eq!(recorded.code, 1, "{recorded:?}");
    // Who says that it is witnessed by more, or by others, or at another time, is found out.
    for (name, change) in [
        (
            "by",
            json!({ "size": told["witnessed"]["size"], "at": told["witnessed"]["at"], "by": keys }),
        ),
        (
            "at",
            json!({ "size": told["witnessed"]["size"], "at": 1, "by": told["witnessed"]["by"] }),
        ),
        (
            "size",
            json!({ "size": 1_000_000, "at": told["witnessed"]["at"], "by": told["witnessed"]["by"] }),
        ),
        (
            "nobody",
            json!({ "size": told["witnessed"]["size"], "at": told["witnessed"]["at"], "by": [] }),
        ),
    ] {
        let mut bad = told.clone();
        bad["witnessed"] = change;
        let ran = run(
            &format!("bad-{name}.json"),
            "verify-receipt",
            &bad.to_string(),
            &[],
        );
        assert_eq!(ran.code, 1, "{name}: {ran:?}");
    }
    let mut bad = told.clone();
    bad.as_object_mut().unwrap().remove("witnessed");
    assert_eq!(
        run("bare.json", "verify-receipt", &bad.to_string(), &[]).code,
        2
    );

    // The same as a proof in C2SP's form.
    let api = world.api("ocotillo");
    let proof = api.get(&format!("{}/proof", record_path(&id))).await;
    assert_eq!(
        (proof.status, proof.kind.as_str()),
        (200, "text/plain; charset=utf-8")
    );
    assert!(
        proof.text.starts_with("c2sp.org/tlog-proof@v1\nextra "),
        "{}",
        proof.text
    );
    let ran = run("good.tlog-proof", "verify-proof", &proof.text, &three);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains(&id) && ran.out.contains("2 of the 3 witnesses"),
        "{ran:?}"
    );
    let line = format!("\nindex {index}\n");
    assert!(proof.text.contains(&line));
    let moved = proof
        .text
        .replace(&line, &format!("\nindex {}\n", index + 1));
    assert!([1, 2].contains(&run("moved.tlog-proof", "verify-proof", &moved, &[]).code));
    assert_eq!(
        run("away.tlog-proof", "verify-proof", &proof.text, &three[2..]).code,
        1
    );
    assert_eq!(
        run("none.tlog-proof", "verify-proof", &text, &three).code,
        2
    );
    // For whom the record is not, there is none.
    let stranger = world
        .api("nopalera")
        .get(&format!("{}/proof", record_path(&id)))
        .await;
    assert_eq!(stranger.status, 404);

    // The log serves what was cosigned, and tells it to its operator.
    let nobody = Api::new(&world.node("trade").url, "");
    let note = nobody.get("/log/witnessed").await;
    assert_eq!(note.status, 200);
    let held = Note::parse(note.text.as_bytes()).unwrap();
    let verifiers: Vec<WitnessVerifier> = keys
        .iter()
        .map(|key| WitnessVerifier::parse(key).unwrap())
        .collect();
    let known: Vec<&dyn NoteVerifier> = verifiers.iter().map(|v| v as &dyn NoteVerifier).collect();
    assert_eq!(held.verified_by(&known).unwrap().len(), 2);
    let status = nobody.get("/v1/status").await.body;
    assert_eq!(status["log"]["witnessed"]["of"], 3, "{status}");
    assert_eq!(
        status["log"]["witnessed"]["by"].as_array().unwrap().len(),
        2
    );
    // The pages say it, in both languages.
    let session = signed_in(&nobody, &world.node("trade").parties["ocotillo"].sign_in).await;
    let record = garita_node::console::paths::record(id.trim_start_matches("ni:///sha-256;"));
    for (lang, not_yet, leaves) in [
        ("en", "not yet witnessed", "Leaves witnessed"),
        ("es", "aún sin testigos", "Hojas atestiguadas"),
    ] {
        let page = async |path: &str| {
            let request = nobody.request("GET", path);
            let request = request.header("cookie", format!("{session}; garita_lang={lang}"));
            answer(request).await.unwrap().text
        };
        let log = page("/console/log").await;
        assert!(
            log.contains(leaves) && log.contains("Both customs") && log.contains("Bridges"),
            "{log}"
        );
        let shown = page(&record).await;
        assert!(
            !shown.contains(not_yet) && shown.contains("Both customs"),
            "{shown}"
        );
    }
    // At rest the newest checkpoint is that one.
    world.quiet().await;
    until("the newest checkpoint is cosigned", || async {
        nobody.get("/log/checkpoint").await.text == nobody.get("/log/witnessed").await.text
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_witness_goes_along_one_history_and_forgets_nothing() {
    let mut world = World::running("one-history", 2).await;
    let network = world.network("customs").await;
    let witness = WitnessVerifier::parse(&witness_key(&network, &world, "customs")).unwrap();
    let customs = Api::new(&world.node("customs").url, "");
    let three = Log::hostile(&world, 3);

    // What it does not witness: logs of no list, its own, and what the log did not sign.
    let mut foreign = three.clone();
    foreign.origin = "nobody.example/log".to_owned();
    assert_eq!(ask(&customs, &foreign.request(0)).await.status, 404);
    let mut own = three.clone();
    own.origin = format!(
        "{}/log",
        world.node("customs").url.trim_start_matches("http://")
    );
    own.key = world.key("customs", "log");
    let answer = ask(&customs, &own.request(0)).await;
    assert_eq!((answer.status, answer.code()), (404, "witness-log-unknown"));
    let mut unsigned = three.clone();
    unsigned.key = world.key("hostile", "node");
    assert_eq!(ask(&customs, &unsigned.request(0)).await.status, 403);
    let mut torn = three.request(0);
    let at = torn.len() - 20;
    let other = if &torn[at..=at] == "A" { "B" } else { "A" };
    torn.replace_range(at..=at, other);
    let answer = ask(&customs, &torn).await;
    assert_eq!(
        (answer.status, answer.code()),
        (403, "note-signature-wrong")
    );
    for bad in ["", "old 0\n", "old 00\n\n", "old 0\n\nx\n", &three.note()] {
        assert_eq!(ask(&customs, bad).await.status, 400, "{bad}");
    }
    let much = "x".repeat(200_000);
    assert!([400, 413].contains(&ask(&customs, &much).await.status));
    let beyond = three.request(0).replacen("old 0", "old 4", 1);
    assert_eq!(ask(&customs, &beyond).await.status, 400);
    // Nothing of that was cosigned.
    let hash: String = Sha256::digest(three.origin.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let newest = format!("/witness/{hash}/checkpoint");
    assert_eq!(customs.get(&newest).await.status, 404);

    // The first tree that it sees, then what continues it, and nothing else.
    let first = ask(&customs, &three.request(0)).await;
    assert!(three.is_cosigned(&first, &witness), "{first:?}");
    let again = ask(&customs, &three.request(0)).await;
    assert_eq!((again.status, again.text.as_str()), (409, "3\n"));
    assert_eq!(again.kind, TLOG_SIZE_MEDIA_TYPE);
    let same = ask(&customs, &three.request(3)).await;
    assert_eq!((same.status, &same.text), (200, &first.text));
    let five = three.grown(&[3, 4]);
    let unproven = five
        .request(3)
        .replacen("old 3\n", &format!("old 3\n{}\n", leaf_hash(b"x")), 1);
    let answer = ask(&customs, &unproven).await;
    assert_eq!(
        (answer.status, answer.code()),
        (422, "witness-inconsistent")
    );
    // A history with another second leaf, with that history's own proof.
    let mut other = five.clone();
    other.leaves[1] = [0xee; 32];
    assert_eq!(ask(&customs, &other.request(3)).await.status, 422);
    let fifth = ask(&customs, &five.request(3)).await;
    assert!(five.is_cosigned(&fifth, &witness), "{fifth:?}");
    let back = ask(&customs, &three.request(3)).await;
    assert_eq!((back.status, back.text.as_str()), (409, "5\n"));

    // It remembers over a restart.
    world.restart("customs").await;
    let customs = Api::new(&world.node("customs").url, "");
    let kept = Note::parse(customs.get(&newest).await.text.as_bytes()).unwrap();
    assert_eq!(
        kept.text(),
        Note::parse(five.note().as_bytes()).unwrap().text()
    );
    assert!(kept.verify(&witness).is_ok());
    let anew = ask(&customs, &three.request(0)).await;
    assert_eq!((anew.status, anew.text.as_str()), (409, "5\n"));
    assert_eq!(
        ask(&customs, &other.grown(&[5]).request(5)).await.status,
        422
    );

    // Two histories at once, each of which continues what it knows: one is cosigned, the other never, and both are proof against the log.
    let (left, right) = (five.grown(&[5, 6]), five.grown(&[5, 7]));
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..12 {
        let (api, log) = (
            customs.clone(),
            if n % 2 == 0 {
                left.clone()
            } else {
                right.clone()
            },
        );
        asked.spawn(async move { (ask(&api, &log.request(5)).await, n % 2 == 0) });
    }
    let mut cosigned = BTreeSet::new();
    while let Some(done) = asked.join_next().await {
        let (answer, is_left) = done.unwrap();
        assert!([200, 403, 409].contains(&answer.status), "{answer:?}");
        if answer.status == 200 {
            let log = if is_left { &left } else { &right };
            assert!(log.is_cosigned(&answer, &witness), "{answer:?}");
            cosigned.insert(is_left);
        }
    }
    assert_eq!(cosigned.len(), 1);
    let operator = Api::operator(world.node("customs"));
    until("the proof of two histories is kept", || async {
        operator.get("/v1/status").await.body["forks"].as_u64() >= Some(1)
    })
    .await;
    let core = Arc::clone(world.app("customs").core());
    let hostile = world.node("hostile").did.clone();
    let isolation = core.histories.isolation(&core.network(), &hostile);
    assert!(isolation.unwrap().reason.contains("two roots"));
    // Its key is trusted no more, also for what continues what was cosigned.
    let chosen = if cosigned.contains(&true) {
        left
    } else {
        right
    };
    let answer = ask(&customs, &chosen.grown(&[8]).request(7)).await;
    assert_eq!((answer.status, answer.code()), (403, "peer-isolated"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_others_suffice_where_a_witness_is_away_and_nothing_waits_where_all_are() {
    let mut world = World::running("witness-away", 4).await;
    // Three witnesses; two are enough.
    world.stop("bridges").await;
    let first = file(&world, "TOCQ2611240611").await.id();
    let told = witnessed(&world, &first).await;
    assert_eq!(
        told["witnessed"]["by"].as_array().unwrap().len(),
        2,
        "{told}"
    );
    until("what is witnessed is on disk", || async {
        let core = world.app("trade").core();
        let kept = core.reader.meta("witnessed").unwrap();
        let newest = core.witnessed.newest().unwrap();
        kept == Some(newest.note.clone().into_bytes())
    })
    .await;

    world.stop("customs").await;
    world.stop("hostile").await;
    let second = file(&world, "TOCQ2611240612").await;
    assert_eq!(second.body["state"], "recorded");
    let second = second.id();
    // What was witnessed stays so, over a restart too; the new one is recorded.
    world.restart("trade").await;
    assert_eq!(receipt(&world, &first).await["state"], "witnessed");
    assert_eq!(receipt(&world, &second).await["state"], "recorded");
    file(&world, "TOCQ2611240613").await;
    // One of three is not enough: that it has cosigned shows in nothing but its own checkpoint.
    world.start("customs").await;
    let nobody = Api::new(&world.node("customs").url, "");
    let trade = world
        .node("trade")
        .url
        .trim_start_matches("http://")
        .to_owned();
    let hash: String = Sha256::digest(format!("{trade}/log").as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let index = receipt(&world, &second).await["index"].as_u64().unwrap();
    until("customs have cosigned", || async {
        let note = nobody
            .get(&format!("/witness/{hash}/checkpoint"))
            .await
            .text;
        Checkpoint::parse_note_unverified(note.as_bytes())
            .is_ok_and(|checkpoint| checkpoint.size.get() > index)
    })
    .await;
    assert_eq!(receipt(&world, &second).await["state"], "recorded");
    // With a second one it is.
    world.start("bridges").await;
    let told = witnessed(&world, &second).await;
    assert_eq!(
        told["witnessed"]["by"].as_array().unwrap().len(),
        2,
        "{told}"
    );
}
