//! A node's key files under a passphrase: with the binary as an operator has it, and read by another program.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use garita_credential::keys::EncryptedKey;
use garita_node::config::{ConfigError, NodeConfig};
use garita_node::keyring::{Keyring, Passphrase, locking};
use garita_node::setup;
use serde_json::Value;

use crate::world::{Api, Folder, Ran, clock, free_address, garita, node, party, until};

const PASSPHRASE: &str = "mesquite cenizo ocotillo 47";
const OTHER: &str = "nopal sotol lechuguilla 48";
/// The files of a founding node with one party.
const NAMES: [&str; 6] = ["authority", "cbp", "cbp.views", "log", "node", "witness"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn secret_file(folder: &Folder, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.write(name, text);
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

/// Runs the binary without a terminal to ask at.
fn alone(args: &[&str]) -> Ran {
    let output = Command::new("setsid")
        .args(["--wait", env!("CARGO_BIN_EXE_garita")])
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn names(data: &Path, end: &str) -> Vec<String> {
    let mut found: Vec<String> = fs::read_dir(data.join("keys"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(end).map(str::to_owned))
        .collect();
    found.sort();
    found
}

/// A node of its own network, as `garita init` makes it.
fn founded(folder: &Folder) -> (PathBuf, SocketAddr) {
    let data = folder.path().join("us");
    let listen = free_address();
    let made = garita(&[
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
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    (data, listen)
}

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn serving(listen: SocketAddr, command: &mut Command) -> Serving {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let running = Serving(child);
    let api = Api::new(&format!("http://{listen}"), "");
    until("the node answers", || async {
        api.try_get("/readyz")
            .await
            .is_some_and(|a| a.status == 200)
    })
    .await;
    running
}

fn serve(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_garita"));
    command.args(["serve", "--data", text(data)]);
    command
}

fn looks(data: &Path) -> String {
    let ran = garita(&["doctor", "--data", text(data), "--json"]);
    let account: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    account["looks"].to_string()
}

/// Another program opens what we wrote with our passphrase, finds our key, and not with another.
fn opened_by_openssl(file: &Path, right: &Path, wrong: &Path) {
    let public = |passphrase: &Path| {
        let output = Command::new("openssl")
            .args(["pkey", "-in", text(file), "-pubout", "-outform", "DER"])
            .args(["-passin", &format!("file:{}", text(passphrase))])
            .output()
            .unwrap();
        output.status.success().then_some(output.stdout)
    };
    let key = EncryptedKey::parse(&fs::read_to_string(file).unwrap()).unwrap();
    let der = public(right).unwrap_or_else(|| panic!("openssl does not open {file:?}"));
    // Ed25519 keys end with the point as we write it; of P-256 ones the point is not compressed, and its x stands in both.
    let point = key.public().unwrap().as_bytes();
    let x = &point[point.len() - 32..];
    assert!(der.windows(32).any(|part| part == x), "{file:?}");
    assert_eq!(public(wrong), None, "{file:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn encrypted_keys_are_opened_by_their_passphrase_and_by_nothing_else() {
    let folder = Folder::new("keys-encrypted");
    let (data, listen) = founded(&folder);
    let right = secret_file(&folder, "right", &format!("{PASSPHRASE}\n"), 0o600);
    let wrong = secret_file(&folder, "wrong", OTHER, 0o600);
    let open = secret_file(&folder, "open", PASSPHRASE, 0o644);
    let short = secret_file(&folder, "short", "cenizo 47", 0o600);
    assert!(looks(&data).contains("are not encrypted"));
    let plain = fs::read_to_string(data.join("keys/cbp.json")).unwrap();

    let encrypt = |file: &Path, yes: bool| {
        let mut args = vec!["key", "encrypt", "--data", text(&data)];
        args.extend(["--passphrase-file", text(file)]);
        args.extend(yes.then_some("--yes"));
        alone(&args)
    };
    for (ran, says) in [
        (encrypt(&open, true), "others may read"),
        (encrypt(&short, true), "at least 15 characters"),
        (encrypt(&right, false), "--yes"),
    ] {
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(says), "{ran:?}");
        assert_eq!(names(&data, ".json"), NAMES);
    }
    let done = encrypt(&right, true);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.out.contains("6 key files encrypted"), "{done:?}");
    assert!(names(&data, ".json").is_empty());
    assert_eq!(names(&data, ".pem"), NAMES);
    let secret: Value = serde_json::from_str(&plain).unwrap();
    let secret = secret["secretKeyMultibase"].as_str().unwrap();
    for name in NAMES {
        let file = data.join("keys").join(format!("{name}.pem"));
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file:?}");
        let written = fs::read_to_string(&file).unwrap();
        assert!(!written.contains(secret) && !written.contains("secretKey"));
        if Command::new("openssl").arg("version").output().is_ok() {
            opened_by_openssl(&file, &right, &wrong);
        } else {
            println!("skipped: there is no openssl here to read {file:?} with");
        }
    }
    let told = looks(&data);
    assert!(told.contains("all 6 key files are encrypted"), "{told}");

    // A wrong one is told for what it is; without one, and nobody to ask, the node does not start either.
    let refused = alone(&[
        "serve",
        "--data",
        text(&data),
        "--passphrase-file",
        text(&wrong),
    ]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("the passphrase does not open"),
        "{refused:?}"
    );
    let refused = alone(&["serve", "--data", text(&data)]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("no terminal to ask"), "{refused:?}");

    // The node works with it; what needs no key asks for none; new keys are encrypted like the others.
    let running = serving(
        listen,
        serve(&data).args(["--passphrase-file", text(&right)]),
    )
    .await;
    let token = fs::read_to_string(data.join("cbp.token")).unwrap();
    let cbp = Api::new(&format!("http://{listen}"), token.trim());
    let rotated = alone(&["rotate-key", "--data", text(&data), "--party", "cbp"]);
    assert_eq!(rotated.code, 0, "{rotated:?}");
    assert!(names(&data, ".json").is_empty());
    assert_eq!(names(&data, ".pem").len(), NAMES.len() + 2);
    let whoami = cbp.get("/v1/me").await;
    assert_eq!(whoami.status, 200, "{}", whoami.text);
    let busy = alone(&[
        "key",
        "decrypt",
        "--data",
        text(&data),
        "--passphrase-file",
        text(&right),
        "--yes",
    ]);
    assert_eq!(busy.code, 2, "{busy:?}");
    assert!(busy.err.contains("stop it first"), "{busy:?}");

    // A copy holds them as they are.
    let copy = folder.path().join("copy");
    let copied = alone(&["backup", "--data", text(&data), "--to", text(&copy)]);
    assert_eq!(copied.code, 0, "{copied:?}");
    assert!(copied.err.contains("encrypted"), "{copied:?}");
    assert!(names(&copy, ".json").is_empty());
    // But that with which others' logs are cosigned: a copy does not know what it cosigned since.
    let mut kept = names(&data, ".pem");
    kept.retain(|name| name != "witness");
    assert_eq!(names(&copy, ".pem"), kept);
    let whole = alone(&["fsck", "--data", text(&data)]);
    assert_eq!(whole.code, 0, "{whole:?}");
    drop(running);

    // Another passphrase: the old one opens nothing any more. systemd hands it over in a folder.
    let change = |old: &Path, new: &Path| {
        let mut args = vec!["key", "change", "--data", text(&data)];
        args.extend(["--passphrase-file", text(old)]);
        args.extend(["--new-passphrase-file", text(new)]);
        alone(&args)
    };
    let not = change(&short, &wrong);
    assert_eq!(not.code, 1, "{not:?}");
    let changed = change(&right, &wrong);
    assert_eq!(changed.code, 0, "{changed:?}");
    let refused = alone(&[
        "serve",
        "--data",
        text(&data),
        "--passphrase-file",
        text(&right),
    ]);
    assert_eq!(refused.code, 1, "{refused:?}");
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).unwrap();
    fs::copy(&wrong, credentials.join("garita-passphrase")).unwrap();
    let running = serving(
        listen,
        serve(&data).env("CREDENTIALS_DIRECTORY", &credentials),
    )
    .await;
    drop(running);

    // And back: as they were.
    let plainly = alone(&[
        "key",
        "decrypt",
        "--data",
        text(&data),
        "--passphrase-file",
        text(&wrong),
        "--yes",
    ]);
    assert_eq!(plainly.code, 0, "{plainly:?}");
    assert!(names(&data, ".pem").is_empty());
    assert_eq!(
        fs::read_to_string(data.join("keys/cbp.json")).unwrap(),
        plain
    );
    assert!(!NodeConfig::read(&data).unwrap().locked());
}

/// A node's folder that never runs.
fn made(folder: &Folder) -> PathBuf {
    let data = folder.path().join("node");
    let plan = node(
        "us",
        "US customs",
        vec![party("cbp", "CBP Laredo", "us", &["customs.us"], &[])],
    );
    setup::make_node(&data, &plan, clock()).unwrap();
    data
}

fn unlocked(data: &Path, passphrase: Passphrase) -> Result<NodeConfig, ConfigError> {
    NodeConfig::unlocked(data, Keyring::closed(data).with_passphrase(passphrase))
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned().into())
}

#[test]
fn encrypting_that_was_cut_short_is_brought_to_its_end() {
    let folder = Folder::new("keys-crash");
    let data = made(&folder);
    let keys = data.join("keys");
    let (first, second) = (passphrase(PASSPHRASE), passphrase(OTHER));
    let plain = fs::read_to_string(keys.join("cbp.json")).unwrap();
    assert_eq!(locking::encrypt(&data, &first).unwrap(), 5);

    // Cut short when one was encrypted and not yet erased, and another half written.
    let back = || {
        fs::write(keys.join("cbp.json"), &plain).unwrap();
        fs::write(keys.join("log.pem.new"), "-----BEGIN ENCR").unwrap();
    };
    back();
    let half = unlocked(&data, first.clone()).unwrap();
    assert!(!half.locked());
    let other = locking::encrypt(&data, &second);
    assert!(
        matches!(other, Err(ConfigError::Passphrase { .. })),
        "{other:?}"
    );
    assert!(keys.join("cbp.json").exists());
    assert_eq!(locking::encrypt(&data, &first).unwrap(), 1);
    assert!(!keys.join("cbp.json").exists() && !keys.join("log.pem.new").exists());

    // A change that was cut short: some files open with the old one yet.
    let old = fs::read_to_string(keys.join("node.pem")).unwrap();
    assert_eq!(locking::change(&data, &first, &second).unwrap(), 5);
    fs::write(keys.join("node.pem"), old).unwrap();
    let mixed = unlocked(&data, second.clone());
    assert!(matches!(mixed, Err(ConfigError::Passphrase { .. })));
    assert_eq!(locking::change(&data, &first, &second).unwrap(), 5);
    assert!(!unlocked(&data, second.clone()).unwrap().locked());
    // One damaged file, and nothing is written.
    fs::write(keys.join("node.pem"), "Public-Key: z6Mk\n").unwrap();
    assert!(locking::decrypt(&data, &second).is_err());
    assert!(!keys.join("cbp.json").exists());
}

#[test]
fn keys_that_were_not_opened_sign_nothing() {
    let folder = Folder::new("keys-locked");
    let data = made(&folder);
    let before = NodeConfig::read(&data).unwrap();
    locking::encrypt(&data, &passphrase(PASSPHRASE)).unwrap();
    let closed = NodeConfig::read(&data).unwrap();
    assert!(closed.locked());
    // Their public halves are there, so that a folder can be looked through without the passphrase.
    let key = &closed.identity.log_key;
    assert_eq!(
        key.verification_key(),
        before.identity.log_key.verification_key()
    );
    assert!(key.sign(b"checkpoint").is_err());
    let refused = garita_node::server::App::open(closed);
    assert!(matches!(
        refused,
        Err(garita_node::server::ServeError::Locked)
    ));
    // A line that names another key is found out.
    let file = data.join("keys/log.pem");
    let other = before.identity.key.verification_key().to_multibase();
    let text = fs::read_to_string(&file).unwrap();
    let (_, pem) = text.split_once('\n').unwrap();
    fs::write(&file, format!("Public-Key: {other}\n{pem}")).unwrap();
    let opened = unlocked(&data, passphrase(PASSPHRASE));
    assert!(
        matches!(opened, Err(ConfigError::Malformed { .. })),
        "{opened:?}"
    );
}
