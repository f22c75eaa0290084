//! A part of a document, by JSON pointers (RFC 6901).

use std::collections::BTreeMap;

use garita_canon::json::push_pointer;
use garita_canon::jsonld::{CELL_PLACE, GRAPH_PLACE};
use serde_json::{Map, Value};

use crate::did::shorten;
use crate::problem::{Code, Problem};

/// The most pointers of one group.
pub const POINTERS_MAX: usize = 4_096;

/// Members that say what an object is; they are shown with any part of it.
const OF_THE_NODE: [&str; 5] = ["@context", "id", "@id", "type", "@type"];

/// The part of a document that the pointers name, each with all that is below it; of the objects on the way there, what they are:
/// id, type and contexts. Items of arrays move up to the front.
///
/// # Errors
/// With `pointer-malformed` or `pointer-unmatched`, naming the pointer.
pub fn select(document: &Value, pointers: &[String]) -> Result<Value, Problem> {
    Ok(Selection::of(document, pointers)?.document)
}

/// A part of a document that remembers where each of its items stood.
pub(super) struct Selection {
    pub(super) document: Value,
    /// By the pointer of an array in the part: the indexes that its items had in the whole.
    indexes: BTreeMap<String, Vec<usize>>,
}

/// What of a value is asked for.
enum Asked {
    All,
    Parts(BTreeMap<String, Asked>),
}

impl Selection {
    pub(super) fn of(document: &Value, pointers: &[String]) -> Result<Self, Problem> {
        if pointers.len() > POINTERS_MAX {
            return Err(Problem::new(
                Code::PointerMalformed,
                "",
                format!("more than {POINTERS_MAX} pointers"),
            ));
        }
        let mut asked = Asked::Parts(BTreeMap::new());
        for pointer in pointers {
            asked.add(pointer)?;
        }
        let mut indexes = BTreeMap::new();
        let mut at = At::default();
        let document = take(document, &asked, &mut at, &mut indexes)?;
        Ok(Self { document, indexes })
    }

    /// Where what stands at a place in the part stood in the whole; places as the canonicalizer names them.
    pub(super) fn origin(&self, place: &str) -> String {
        if place.starts_with("_:") {
            return place.to_owned();
        }
        let end = [GRAPH_PLACE, CELL_PLACE]
            .iter()
            .filter_map(|mark| place.find(mark))
            .min()
            .unwrap_or(place.len());
        let (pointer, mark) = place.split_at_checked(end).unwrap_or((place, ""));
        let (mut here, mut there) = (String::new(), String::new());
        for step in pointer.split('/').skip(1) {
            let was = self
                .indexes
                .get(&here)
                .and_then(|was| was.get(step.parse::<usize>().ok()?));
            there.push('/');
            match was {
                Some(was) => there.push_str(&was.to_string()),
                None => there.push_str(step),
            }
            here.push('/');
            here.push_str(step);
        }
        there + mark
    }
}

/// Where the reading is: in the whole for messages, in the part for [`Selection::origin`].
#[derive(Default, Clone)]
struct At {
    whole: String,
    part: String,
}

fn take(
    value: &Value,
    asked: &Asked,
    at: &mut At,
    indexes: &mut BTreeMap<String, Vec<usize>>,
) -> Result<Value, Problem> {
    let parts = match asked {
        Asked::All => return Ok(value.clone()),
        Asked::Parts(parts) => parts,
    };
    match value {
        Value::Object(members) => {
            if let Some(missing) = parts.keys().find(|name| !members.contains_key(*name)) {
                return Err(unmatched(&at.whole, missing));
            }
            let mut taken = Map::new();
            for (name, member) in members {
                if let Some(asked) = parts.get(name) {
                    let mut below = at.clone();
                    push_pointer(&mut below.whole, name);
                    push_pointer(&mut below.part, name);
                    taken.insert(name.clone(), take(member, asked, &mut below, indexes)?);
                } else if OF_THE_NODE.contains(&name.as_str()) {
                    taken.insert(name.clone(), member.clone());
                }
            }
            Ok(Value::Object(taken))
        }
        Value::Array(items) => {
            let is_index = |name: &String| {
                let index = name.parse::<usize>().ok();
                index.is_some_and(|index| index < items.len() && index.to_string() == *name)
            };
            if let Some(missing) = parts.keys().find(|name| !is_index(name)) {
                return Err(unmatched(&at.whole, missing));
            }
            let (mut taken, mut was) = (Vec::new(), Vec::new());
            for (index, item) in items.iter().enumerate() {
                let Some(asked) = parts.get(&index.to_string()) else {
                    continue;
                };
                let mut below = at.clone();
                push_pointer(&mut below.whole, &index.to_string());
                push_pointer(&mut below.part, &taken.len().to_string());
                taken.push(take(item, asked, &mut below, indexes)?);
                was.push(index);
            }
            indexes.insert(at.part.clone(), was);
            Ok(Value::Array(taken))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let missing = parts.keys().next().map_or("", String::as_str);
            Err(unmatched(&at.whole, missing))
        }
    }
}

impl Asked {
    fn add(&mut self, pointer: &str) -> Result<(), Problem> {
        let Some(steps) = steps(pointer) else {
            return Err(Problem::new(
                Code::PointerMalformed,
                "",
                format!("`{}` is no JSON pointer", shorten(pointer)),
            ));
        };
        let mut here = self;
        for step in steps {
            let Self::Parts(parts) = here else {
                return Ok(());
            };
            here = parts
                .entry(step)
                .or_insert_with(|| Self::Parts(BTreeMap::new()));
        }
        *here = Self::All;
        Ok(())
    }
}

/// RFC 6901 §3: the reference tokens, unescaped; none where it is no pointer.
fn steps(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    pointer
        .strip_prefix('/')?
        .split('/')
        .map(|step| {
            let well_formed = step.split('~').skip(1).all(|s| s.starts_with(['0', '1']));
            well_formed.then(|| step.replace("~1", "/").replace("~0", "~"))
        })
        .collect()
}

fn unmatched(at: &str, missing: &str) -> Problem {
    let mut pointer = at.to_owned();
    push_pointer(&mut pointer, missing);
    let message = format!("the document has nothing at `{}`", shorten(&pointer));
    Problem::new(Code::PointerUnmatched, pointer, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(pointers: &[&str]) -> Result<Selection, Problem> {
        let document = json!({
            "@context": "c", "id": "urn:m", "type": "M", "weight": 1,
            "lines": [{"n": 0}, {"id": "urn:l", "type": "L", "n": 1, "a/b": {"~": 2}}, [3, [4, 5]]],
        });
        let pointers: Vec<String> = pointers.iter().map(|p| (*p).to_owned()).collect();
        Selection::of(&document, &pointers)
    }

    #[test]
    fn takes_what_is_named_and_what_the_objects_are() {
        let part = |pointers: &[&str]| of(pointers).unwrap().document;
        let head = json!({"@context": "c", "id": "urn:m", "type": "M"});
        assert_eq!(part(&[]), head);
        let mut expected = head.clone();
        expected["lines"] = json!([{"id": "urn:l", "type": "L", "a/b": {"~": 2}}, [[5]]]);
        assert_eq!(part(&["/lines/1/a~1b/~0", "/lines/2/1/1"]), expected);
        expected["lines"] = json!([{"id": "urn:l", "type": "L", "n": 1, "a/b": {"~": 2}}]);
        assert_eq!(part(&["/lines/1/n", "/lines/1", "/lines/1/a~1b"]), expected);
        assert_eq!(part(&[""])["weight"], 1);
    }

    #[test]
    fn knows_where_each_item_stood() {
        let part = of(&["/lines/1/a~1b", "/lines/2/1/1"]).unwrap();
        for (here, there) in [
            ("", ""),
            ("/lines", "/lines"),
            ("/lines/0/a~1b", "/lines/1/a~1b"),
            ("/lines/1/0/0~g", "/lines/2/1/1~g"),
            ("/lines/0~l1", "/lines/1~l1"),
            ("_:x", "_:x"),
        ] {
            assert_eq!(part.origin(here), there);
        }
    }

    #[test]
    fn refuses_pointers_that_are_none_or_name_nothing() {
        for (pointer, code) in [
            ("lines", "pointer-malformed"),
            ("#/lines", "pointer-malformed"),
            ("/a~", "pointer-malformed"),
            ("/a~2", "pointer-malformed"),
            ("/gone", "pointer-unmatched"),
            ("/lines/3", "pointer-unmatched"),
            ("/lines/01", "pointer-unmatched"),
            ("/lines/-", "pointer-unmatched"),
            ("/lines/x", "pointer-unmatched"),
            ("/weight/x", "pointer-unmatched"),
        ] {
            assert_eq!(of(&[pointer]).err().unwrap().code(), code, "{pointer}");
        }
    }
}
