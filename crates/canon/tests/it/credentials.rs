//! Credentials of other implementations (W3C vectors of Data Integrity EdDSA and ECDSA): our strict form is theirs.
//! Those under `employ` name a context that is not bundled (citizenship v4rc1), so that they are refused here.

use garita_canon::{Canonicalizer, ContextSet, HashAlgorithm, json};

#[test]
fn strict_form_equals_the_w3c_credential_vectors() {
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    let mut passed = 0;
    for (folder, suffix, hash) in [
        (
            "vc-di-eddsa/TestVectors/eddsa-rdfc-2022",
            "DataInt",
            HashAlgorithm::Sha256,
        ),
        (
            "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256",
            "ECDSAP256",
            HashAlgorithm::Sha256,
        ),
        (
            "vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384",
            "ECDSAP384",
            HashAlgorithm::Sha384,
        ),
    ] {
        let Some(folder) = crate::vectors(folder) else {
            return;
        };
        let read = |name: &str| {
            let text = crate::read(&folder.join(format!("{name}{suffix}.json")));
            json::parse(text.as_bytes(), &json::Limits::default()).unwrap()
        };
        let mut document = read("signed");
        document.as_object_mut().unwrap().shift_remove("proof");
        for (document, expected) in [(document, "canonDoc"), (read("proofConfig"), "proofCanon")] {
            let expected = crate::read(&folder.join(format!("{expected}{suffix}.txt")));
            let ours = canonicalizer
                .canonical(&document, hash)
                .unwrap_or_else(|e| panic!("{}: {} {e}", folder.display(), e.code()));
            assert_eq!(
                ours.nquads.trim_end(),
                expected.trim_end(),
                "{}",
                folder.display()
            );
            passed += 1;
        }
    }
    println!("credential vectors: {passed} canonical forms equal");
}
