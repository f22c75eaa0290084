//! The W3C suite of JSON-LD 1.1, toRdf: what the Recommendation says, in lax mode; what strict mode then refuses is our own
//! matter and tested beside.

use std::collections::BTreeMap;

use garita_canon::jsonld::{Mode, Options, Processor, RdfDirection};
use garita_canon::{ContextSet, WorkLimit, json, rdf, rdfc};
use serde_json::Value;

/// What we do otherwise than the suite, each with its reason. The list only shrinks.
const GAPS: &[(&str, &str)] = &[(
    "#ter05",
    "a document that is no context cannot get into a set, so that it is unknown rather than invalid",
)];

/// Tests of what this crate does not offer: JSON-LD 1.0 and generalized RDF.
fn out_of_scope(option: &Value) -> bool {
    option["specVersion"] == "json-ld-1.0"
        || option["processingMode"] == "json-ld-1.0"
        || option["produceGeneralizedRdf"] == true
}

#[test]
fn passes_the_to_rdf_suite_but_for_the_listed_gaps() {
    let Some(folder) = crate::vectors("json-ld-api/tests") else {
        return;
    };
    let manifest = json::parse(
        crate::read(&folder.join("toRdf-manifest.jsonld")).as_bytes(),
        &json::Limits::default(),
    )
    .unwrap();
    let root = manifest["baseIri"].as_str().unwrap();
    let mut contexts = ContextSet::empty();
    let mut files = Vec::new();
    collect(&folder.join("toRdf"), "toRdf/", &mut files);
    for (name, path) in files.iter().filter(|(name, _)| name.ends_with(".jsonld")) {
        let Ok(document) = serde_json::from_str::<Value>(&crate::read(path)) else {
            continue;
        };
        if document.get("@context").is_some() {
            contexts = contexts
                .with(&format!("{root}{name}"), document)
                .unwrap_or_else(|_| ContextSet::empty());
        }
    }
    let (mut passed, mut skipped, mut faults) = (BTreeMap::new(), 0, Vec::new());
    for test in manifest["sequence"].as_array().unwrap() {
        let id = test["@id"].as_str().unwrap();
        let option = &test["option"];
        if out_of_scope(option) {
            skipped += 1;
            continue;
        }
        let input = test["input"].as_str().unwrap();
        let text = crate::read(&folder.join(input));
        let document: Value = serde_json::from_str(&text).unwrap();
        let options = Options {
            base: Some(
                option["base"]
                    .as_str()
                    .map_or_else(|| format!("{root}{input}"), str::to_owned),
            ),
            mode: Mode::Lax,
            rdf_direction: match option["rdfDirection"].as_str() {
                None => None,
                Some("i18n-datatype") => Some(RdfDirection::I18nDatatype),
                Some("compound-literal") => Some(RdfDirection::CompoundLiteral),
                Some(other) => panic!("{other}"),
            },
            expand_context: option["expandContext"]
                .as_str()
                .map(|name| serde_json::from_str(&crate::read(&folder.join(name))).unwrap()),
            ..Options::default()
        };
        let processor = Processor::new(contexts.clone(), options);
        let first = processor.to_rdf(&document);
        let kind = test["@type"][0].as_str().unwrap();
        let fault = match kind {
            "jld:PositiveEvaluationTest" => {
                let expected =
                    rdf::parse(&crate::read(&folder.join(test["expect"].as_str().unwrap())))
                        .expect(id);
                let canonical =
                    |dataset| rdfc::canonicalize(dataset, &WorkLimit::default()).map(|c| c.nquads);
                match first {
                    Ok(dataset) if canonical(&dataset) != canonical(&expected) => Some(format!(
                        "got\n{}expected\n{}",
                        dataset.to_nquads(),
                        expected.to_nquads()
                    )),
                    // A second reading, from remembered contexts, says the same.
                    Ok(dataset) => (processor.to_rdf(&document).unwrap().to_nquads()
                        != dataset.to_nquads())
                    .then(|| "differs".to_owned()),
                    Err(error) => Some(format!("refused {}: {error}", error.code())),
                }
            }
            "jld:NegativeEvaluationTest" => {
                let expected = test["expectErrorCode"].as_str().unwrap();
                match first {
                    Ok(_) => Some(format!("accepted, expected {expected}")),
                    Err(error) if error.kind().spec_name() != expected => {
                        Some(format!("{} ({error}), expected {expected}", error.code()))
                    }
                    Err(_) => None,
                }
            }
            "jld:PositiveSyntaxTest" => first
                .err()
                .map(|error| format!("refused {}: {error}", error.code())),
            other => panic!("{id}: {other}"),
        };
        let gap = GAPS.iter().any(|(gap, _)| *gap == id);
        match fault {
            None if gap => faults.push(format!("{id}: passes, take it off the list of gaps")),
            None => *passed.entry(kind).or_insert(0) += 1,
            Some(fault) if !gap => faults.push(format!("{id} {}: {fault}", test["name"])),
            Some(_) => {}
        }
    }
    println!(
        "toRdf: {passed:?}, {} passed, {} gaps, {skipped} of JSON-LD 1.0 or generalized RDF",
        passed.values().sum::<i32>(),
        GAPS.len()
    );
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn collect(folder: &std::path::Path, prefix: &str, out: &mut Vec<(String, std::path::PathBuf)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), out);
        } else {
            out.push((name, entry.path()));
        }
    }
}
