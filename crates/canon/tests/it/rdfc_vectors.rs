//! The W3C suite of RDFC-1.0, all of it.

use std::collections::BTreeMap;

use garita_canon::rdfc::canonicalize_with;
use garita_canon::{HashAlgorithm, WorkLimit, json, rdf};

#[test]
fn passes_the_whole_rdfc_suite() {
    let Some(folder) = crate::vectors("rdf-canon/tests") else {
        return;
    };
    let manifest = json::parse(
        crate::read(&folder.join("manifest.jsonld")).as_bytes(),
        &json::Limits::default(),
    )
    .unwrap();
    let mut passed = BTreeMap::new();
    for test in manifest["entries"].as_array().unwrap() {
        let id = test["id"].as_str().unwrap();
        let kind = test["type"].as_str().unwrap();
        let hash = match test["hashAlgorithm"].as_str() {
            None => HashAlgorithm::Sha256,
            Some("SHA384") => HashAlgorithm::Sha384,
            Some(other) => panic!("{id}: {other}"),
        };
        let input =
            rdf::parse(&crate::read(&folder.join(test["action"].as_str().unwrap()))).expect(id);
        let result = canonicalize_with(&input, hash, &WorkLimit::default());
        let expected = || crate::read(&folder.join(test["result"].as_str().unwrap()));
        match kind {
            "rdfc:RDFC10EvalTest" => assert_eq!(result.expect(id).nquads, expected(), "{id}"),
            "rdfc:RDFC10MapTest" => {
                let map: BTreeMap<String, String> = serde_json::from_str(&expected()).unwrap();
                let labels = result.expect(id).labels;
                let ours: BTreeMap<String, String> = labels
                    .iter()
                    .map(|(k, v)| (k.to_string(), v.to_string()))
                    .collect();
                assert_eq!(ours, map, "{id}");
            }
            "rdfc:RDFC10NegativeEvalTest" => {
                assert_eq!(result.expect_err(id).code(), "rdfc-work-limit", "{id}")
            }
            other => panic!("{id}: {other}"),
        }
        *passed.entry(kind.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(passed.values().sum::<i32>(), 86);
    println!("rdfc: {passed:?}, all passed, no gaps");
}
