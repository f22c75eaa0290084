//! The vectors of Data Integrity EdDSA and ECDSA Cryptosuites 1.0: verified, and made again to the byte.

use std::path::PathBuf;

use garita_canon::{HashAlgorithm, jcs};
use garita_credential::data_integrity::{Form, HashData, create, hash_data};
use garita_credential::{KeyType, SigningKey, Suite};
use serde_json::Value;

use crate::common::{
    CANONICALIZER, SIGNED, eddsa, options_of, parse, read, text, vector_key, vectors, verify,
};

#[test]
fn every_signed_document_verifies() {
    if eddsa().is_none() {
        return;
    }
    let mut proofs = 0;
    for (path, expected) in SIGNED {
        let verified =
            verify(&read(path)).unwrap_or_else(|problems| panic!("{path}: {problems:?}"));
        assert_eq!(verified.proofs().len(), expected, "{path}");
        proofs += expected;
    }
    println!(
        "vectors: {} documents with {proofs} proofs verified",
        SIGNED.len()
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One document with a single proof: every intermediate value, then the signed file itself.
struct Single<'a> {
    root: PathBuf,
    suite: Suite,
    keys: &'a str,
    unsigned: &'a str,
    folder: &'a str,
    suffix: &'a str,
}

impl Single<'_> {
    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).unwrap()
    }

    fn file(&self, name: &str, kind: &str) -> String {
        self.text(&format!("{}/{name}{}.{kind}", self.folder, self.suffix))
    }

    fn json(&self, text: &str) -> Value {
        parse(text).unwrap()
    }

    fn check(&self) {
        let key = vector_key(&self.json(&self.text(self.keys)));
        let document = self.json(&self.text(self.unsigned));
        let config = self.json(&self.file("proofConfig", "json"));
        let by = match key.key_type() {
            KeyType::P384 => HashAlgorithm::Sha384,
            _ => HashAlgorithm::Sha256,
        };
        let canonical = |value: &Value| match self.suite.form() {
            Form::Rdf => CANONICALIZER.canonical(value, by).unwrap().nquads,
            _ => String::from_utf8(jcs::canonicalize(value).unwrap()).unwrap(),
        };
        let (folder, file) = (self.folder, |name: &str| self.file(name, "txt"));
        assert_eq!(canonical(&document), file("canonDoc"), "{folder}: document");
        assert_eq!(canonical(&config), file("proofCanon"), "{folder}: options");
        let hashes: HashData = hash_data(
            &document,
            &config,
            self.suite,
            key.key_type(),
            &CANONICALIZER,
        )
        .unwrap();
        assert_eq!(hex(&hashes.document), file("docHash"));
        assert_eq!(hex(&hashes.proof), file("proofHash"));
        assert_eq!(hex(&hashes.to_bytes()), file("combinedHash"));
        assert_eq!(hex(&key.sign(&hashes.to_bytes()).unwrap()), file("sigHex"));
        let options = options_of(&config);
        let made = create(&document, self.suite, &key, &options, &CANONICALIZER).unwrap();
        assert_eq!(made["proof"]["proofValue"], file("sigBTC58").trim());
        let signed = self.file("signed", "json");
        assert_eq!(format!("{made:#}"), signed.trim_end(), "{folder}: signed");
        verify(&made).unwrap();
    }
}

/// Each suite and key, with the alumni credential and, where the vectors have one, the employment document.
#[test]
fn makes_every_single_signature_again_to_the_byte() {
    let (mut made, all) = (
        0,
        [
            (
                "vc-di-eddsa",
                Suite::EddsaRdfc2022,
                "keyPair.json",
                "eddsa-rdfc-2022",
                "DataInt",
            ),
            (
                "vc-di-eddsa",
                Suite::EddsaJcs2022,
                "keyPair.json",
                "eddsa-jcs-2022",
                "JCS",
            ),
            (
                "vc-di-ecdsa",
                Suite::EcdsaRdfc2019,
                "p256KeyPair.json",
                "ecdsa-rdfc-2019-p256",
                "ECDSAP256",
            ),
            (
                "vc-di-ecdsa",
                Suite::EcdsaRdfc2019,
                "p384KeyPair.json",
                "ecdsa-rdfc-2019-p384",
                "ECDSAP384",
            ),
            (
                "vc-di-ecdsa",
                Suite::EcdsaJcs2019,
                "p256KeyPair.json",
                "ecdsa-jcs-2019-p256",
                "JCSECDSAP256",
            ),
            (
                "vc-di-ecdsa",
                Suite::EcdsaJcs2019,
                "p384KeyPair.json",
                "ecdsa-jcs-2019-p384",
                "JCSECDSAP384",
            ),
        ],
    );
    for (vectors_of, suite, keys, folder, suffix) in all {
        let Some(root) = vectors(vectors_of) else {
            continue;
        };
        for (folder, unsigned) in [
            (folder.to_owned(), "unsigned.json"),
            (format!("{folder}/employ"), "employmentAuth.json"),
        ] {
            if !root.join(&folder).is_dir() {
                continue;
            }
            let (root, folder) = (root.clone(), folder.as_str());
            Single {
                root,
                suite,
                keys,
                unsigned,
                folder,
                suffix,
            }
            .check();
            made += 1;
        }
    }
    println!("vectors: {made} signatures made again");
    assert!(made == 0 || made >= 9, "{made}");
}

#[test]
fn makes_the_set_and_the_chain_again_to_the_byte() {
    if eddsa().is_none() {
        return;
    }
    let keys = read("proof-set-chain/multiKeyPairs.json");
    let key = |n: u8| -> SigningKey { vector_key(&keys[format!("keyPair{n}")]) };
    let mut document = read("proof-set-chain/unsigned.json");
    let steps = [
        ("proofSetConfig1", "signedProofSet1"),
        ("proofSetConfig2", "signedProofSet2"),
        ("proofChainConfig1", "signedProofChain1"),
        ("proofChainConfig2", "signedProofChain2"),
    ];
    for (n, (config, signed)) in (1..).zip(steps) {
        let options = options_of(&read(&format!("proof-set-chain/{config}.json")));
        document = create(
            &document,
            Suite::EddsaRdfc2022,
            &key(n),
            &options,
            &CANONICALIZER,
        )
        .unwrap();
        let expected = text(&format!("proof-set-chain/{signed}.json"));
        assert_eq!(format!("{document:#}"), expected.trim_end(), "{signed}");
    }
    println!(
        "vectors: {} signatures of set and chain made again",
        steps.len()
    );
}
