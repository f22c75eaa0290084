//! Parties' keys in a token that speaks PKCS#11, with SoftHSM as the token: made there, used from there, away and back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::world::{Api, Folder, Ran, free_address, trip_key, until};

const PIN: &str = "4711";
const LABEL: &str = "garita";
const PLACES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// SoftHSM with a token of its own; none where it is not installed.
struct Hsm {
    folder: Folder,
    module: &'static str,
}

impl Hsm {
    fn new() -> Option<Hsm> {
        let module = PLACES.into_iter().find(|path| Path::new(path).exists());
        let Some(module) = module.filter(|_| cfg!(feature = "pkcs11")) else {
            println!(
                "skipped: SoftHSM is not here (Debian: apt-get install softhsm2), or this was built without `pkcs11`"
            );
            return None;
        };
        let folder = Folder::new("pkcs11");
        fs::create_dir(folder.path().join("tokens")).unwrap();
        let tokens = folder.path().join("tokens");
        folder.write(
            "softhsm2.conf",
            &format!(
                "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
                tokens.display()
            ),
        );
        let hsm = Hsm { folder, module };
        let made = hsm.run(
            Command::new("softhsm2-util")
                .args(["--init-token", "--free", "--label", LABEL])
                .args(["--pin", PIN, "--so-pin", "47114711"]),
        );
        assert_eq!(made.code, 0, "{made:?}");
        hsm.pin("pin", PIN);
        Some(hsm)
    }

    fn pin(&self, name: &str, pin: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.write(name, pin);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn of<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("SOFTHSM2_CONF", self.folder.path().join("softhsm2.conf"))
            .stdin(Stdio::null())
    }

    fn run(&self, command: &mut Command) -> Ran {
        let output = self.of(command).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The binary, without a terminal to ask at.
    fn garita(&self, args: &[&str]) -> Ran {
        let mut command = Command::new("setsid");
        self.run(
            command
                .args(["--wait", env!("CARGO_BIN_EXE_garita")])
                .args(args),
        )
    }

    /// Takes the token away, and brings it back.
    fn away(&self, away: bool) {
        let [here, there] = ["tokens", "tokens.away"].map(|name| self.folder.path().join(name));
        let (from, to) = if away { (here, there) } else { (there, here) };
        fs::rename(from, to).unwrap();
    }
}

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn method(answer: &Value) -> &str {
    answer["record"]["proof"]["verificationMethod"]
        .as_str()
        .unwrap()
}

/// An appointment, which customs get whole and the bridge as a view.
fn filing(trip: &str) -> Value {
    json!({ "recordType": "Appointment", "credentialSubject": crate::world::appointment(trip, "47AK2F") })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partys_keys_lie_in_a_token_and_sign_from_there() {
    let Some(hsm) = Hsm::new() else { return };
    let data = hsm.folder.path().join("node");
    let listen = free_address();
    let pin = hsm.folder.path().join("pin");
    let wrong = hsm.pin("wrong", "1147");
    let init = |pin: &Path, token: &str| {
        hsm.garita(&[
            "init",
            "--data",
            text(&data),
            "--listen",
            &listen.to_string(),
            "--network",
            "Try-out",
            "--simulated",
            "--party",
            "cbp:CBP Laredo:customs.us:place=2304",
            "--party",
            "ocotillo:Transportes Ocotillo:carrier:scac=TOCQ",
            "--party",
            "puente:City of Laredo Bridges:bridge",
            "--pkcs11-module",
            hsm.module,
            "--pkcs11-token",
            token,
            "--pin-file",
            text(pin),
        ])
    };
    // A wrong PIN and a token that is not there are told, and no folder is left behind.
    let refused = init(&wrong, LABEL);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("the PIN is wrong"), "{refused:?}");
    let refused = init(&pin, "nobody");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(!data.exists());
    let made = init(&pin, LABEL);
    assert_eq!(made.code, 0, "{made:?}");

    // The files of a party's keys say where they are; the log's key is its own, and a file.
    let keys = data.join("keys");
    for name in [
        "cbp.json",
        "cbp.views.json",
        "ocotillo.json",
        "ocotillo.views.json",
    ] {
        let file: Value =
            serde_json::from_str(&fs::read_to_string(keys.join(name)).unwrap()).unwrap();
        assert_eq!(file["type"], "Pkcs11Key", "{file}");
        assert_eq!(file["secretKeyMultibase"], Value::Null);
    }
    for name in ["log.json", "node.json", "authority.json"] {
        let file = fs::read_to_string(keys.join(name)).unwrap();
        assert!(file.contains("secretKeyMultibase"), "{name}");
    }

    let serve = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_garita"));
        command.args(["serve", "--data", text(&data)]);
        let child = hsm
            .of(&mut command)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Serving(child)
    };
    let url = format!("http://{listen}");
    let api = |party: &str| {
        let token = fs::read_to_string(data.join(format!("{party}.token"))).unwrap();
        Api::new(&url, token.trim())
    };
    let up = || async {
        let api = Api::new(&url, "");
        until("the node answers", || async {
            api.try_get("/readyz")
                .await
                .is_some_and(|a| a.status == 200)
        })
        .await;
    };
    let running = serve();
    up().await;
    let (carrier, office, bridge) = (api("ocotillo"), api("cbp"), api("puente"));
    let filed = carrier.post("/v1/records", &filing("TOCQ2611240417")).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    let id = filed.id();
    // What the token signed is what others verify: whole by the Ed25519 key, a view derived from what the P-256 key signed.
    let whole = office.holds(&id).await;
    let did = carrier.get("/v1/me").await.body["party"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(method(&whole.body), format!("{did}#key-1"));
    assert_eq!(whole.body["disputed"], Value::Null);
    let view = bridge.holds(&id).await;
    assert_eq!(method(&view.body), format!("{did}#views-1"));
    let proofs = hsm.garita(&["fsck", "--data", text(&data), "--proofs"]);
    assert_eq!(proofs.code, 0, "{proofs:?}");

    // The token goes: told by its code, nothing is recorded, reading goes on. It comes back: without a restart.
    hsm.away(true);
    let refused = carrier.post("/v1/records", &filing("TOCQ2611240418")).await;
    assert_eq!(
        (refused.status, refused.code()),
        (503, "signer-away"),
        "{}",
        refused.text
    );
    let key = trip_key("TOCQ2611240418");
    assert_eq!(office.case("trip", &key).await.status, 404);
    assert_eq!(office.record(&id).await.status, 200);
    hsm.away(false);
    until("the token signs again", || async {
        let again = carrier.post("/v1/records", &filing("TOCQ2611240418")).await;
        again.status == 201
    })
    .await;

    // New keys are made where the old ones lie, or where one says.
    let rotate = |place: &[&str]| {
        let mut args = vec!["rotate-key", "--data", text(&data), "--party", "ocotillo"];
        args.extend(place);
        hsm.garita(&args)
    };
    let rotated = rotate(&[]);
    assert_eq!(rotated.code, 0, "{rotated:?}");
    let new = fs::read_to_string(keys.join("ocotillo.key-2.json")).unwrap();
    assert!(new.contains("Pkcs11Key"), "{new}");
    let filed = carrier.post("/v1/records", &filing("TOCQ2611240419")).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    let whole = office.holds(&filed.id()).await;
    assert_eq!(method(&whole.body), format!("{did}#key-2"));
    let rotated = rotate(&["--keys-in", "file"]);
    assert_eq!(rotated.code, 0, "{rotated:?}");
    let new = fs::read_to_string(keys.join("ocotillo.key-3.json")).unwrap();
    assert!(new.contains("secretKeyMultibase"));
    drop(running);

    // A restart finds them by their labels. Another key under the label is not taken for the party's.
    let running = serve();
    up().await;
    drop(running);
    let file = keys.join("cbp.json");
    let told = fs::read_to_string(&file)
        .unwrap()
        .replace("\"cbp\"", "\"ocotillo\"");
    fs::write(&file, told).unwrap();
    let refused = hsm.garita(&["serve", "--data", text(&data)]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("is another one"), "{refused:?}");
}
