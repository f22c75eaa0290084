//! From a payload and disclosures to what they say together, RFC 9901 §7.1.

use std::collections::{HashMap, HashSet};

use garita_canon::json::{self, push_pointer};
use serde_json::{Map, Value};

use super::disclosure::{ALGORITHM, DIGESTS, Disclosure, ELEMENT, SHA_256, digest};
use crate::did::shorten;
use crate::problem::{Code, Problem};

/// Puts the disclosures into the payload and takes the mechanism out of it.
pub(super) fn process(
    payload: Map<String, Value>,
    disclosures: &[&str],
) -> Result<Map<String, Value>, Problem> {
    Ok(process_with_places(payload, disclosures)?.0)
}

/// The same, and for each disclosure the place of its value in the payload as it was issued, and the disclosure that it lies in.
pub(super) fn process_with_places(
    mut payload: Map<String, Value>,
    disclosures: &[&str],
) -> Result<(Map<String, Value>, Vec<Place>), Problem> {
    match payload.shift_remove(ALGORITHM) {
        None => {}
        Some(Value::String(name)) if name == SHA_256 => {}
        Some(other) => {
            let other = other.to_string();
            let message = format!("digests by `{}` are not supported", shorten(&other));
            return Err(Problem::new(
                Code::SdAlgorithmUnsupported,
                "/_sd_alg",
                message,
            ));
        }
    }
    let mut by_digest = HashMap::with_capacity(disclosures.len());
    for (n, text) in disclosures.iter().enumerate() {
        let disclosure = Disclosure::parse(text)?;
        if by_digest.insert(digest(text), (n, disclosure)).is_some() {
            let message = "a disclosure is there twice";
            return Err(Problem::new(Code::DigestRepeated, "", message));
        }
    }
    let mut walk = Walk {
        by_digest,
        seen: HashSet::new(),
        places: vec![None; disclosures.len()],
        place: String::new(),
        inside: None,
        depth: 0,
    };
    let shown = walk.object(payload)?;
    let places: Option<Vec<Place>> = walk.places.into_iter().collect();
    let places = places.ok_or_else(|| {
        let message = "no digest refers to a disclosure that is there";
        Problem::new(Code::DisclosureUnreferenced, "", message)
    })?;
    Ok((shown, places))
}

/// Where a disclosed value stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// JSON pointer into the payload, with an array's elements counted as they were issued.
    pub(super) pointer: String,
    /// The disclosure that it is inside of.
    pub(super) inside: Option<usize>,
}

struct Walk {
    by_digest: HashMap<String, (usize, Disclosure)>,
    /// INVARIANT (one digest, one place): each digest that was met, so that none counts twice.
    seen: HashSet<String>,
    places: Vec<Option<Place>>,
    place: String,
    inside: Option<usize>,
    /// Disclosures nest as deep as they please, and each of them is as deep as a document may be; together they may be no deeper.
    depth: usize,
}

impl Walk {
    fn value(&mut self, value: Value) -> Result<Value, Problem> {
        match value {
            Value::Object(members) => Ok(Value::Object(self.object(members)?)),
            Value::Array(items) => Ok(Value::Array(self.array(items)?)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value),
        }
    }

    fn object(&mut self, mut members: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        self.descend()?;
        let digests = match members.shift_remove(DIGESTS) {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(self.reserved("`_sd` is not a list of digests")),
        };
        for name in [ELEMENT, ALGORITHM] {
            if members.contains_key(name) {
                return Err(self.reserved(&format!("`{name}` may not stand here")));
            }
        }
        let mut shown = Map::with_capacity(members.len() + digests.len());
        for (name, value) in members {
            let value = self.at(&name, |walk| walk.value(value))?;
            shown.insert(name, value);
        }
        for found in digests {
            let Value::String(found) = found else {
                return Err(self.reserved("`_sd` is not a list of digests"));
            };
            let Some((n, disclosure)) = self.take(found)? else {
                continue;
            };
            let Some(name) = disclosure.name else {
                return Err(self.misplaced("an element of an array is disclosed for a member"));
            };
            // RFC 9901 §7.1 step 3.3.2.3: what stands in the open, or was disclosed already, is not replaced.
            if shown.contains_key(&name) {
                return Err(self.at(&name, |walk| {
                    Problem::new(
                        Code::DisclosureCollides,
                        walk.place.clone(),
                        "what is disclosed is there already",
                    )
                }));
            }
            let value = self.at(&name, |walk| walk.disclosed(n, disclosure.value))?;
            shown.insert(name, value);
        }
        self.depth -= 1;
        Ok(shown)
    }

    fn array(&mut self, items: Vec<Value>) -> Result<Vec<Value>, Problem> {
        self.descend()?;
        let mut shown = Vec::with_capacity(items.len());
        for (n, item) in items.into_iter().enumerate() {
            let value = self.at(&n.to_string(), |walk| walk.element(item))?;
            shown.extend(value);
        }
        self.depth -= 1;
        Ok(shown)
    }

    /// An element; none where it stays concealed.
    fn element(&mut self, item: Value) -> Result<Option<Value>, Problem> {
        let concealed = item
            .as_object()
            .is_some_and(|one| one.contains_key(ELEMENT));
        if !concealed {
            return self.value(item).map(Some);
        }
        let found = match item {
            Value::Object(mut members) if members.len() == 1 => members.shift_remove(ELEMENT),
            _ => None,
        };
        let Some(Value::String(found)) = found else {
            return Err(self.reserved("`...` stands alone, with a digest"));
        };
        let Some((n, disclosure)) = self.take(found)? else {
            return Ok(None);
        };
        if disclosure.name.is_some() {
            return Err(self.misplaced("a member is disclosed for an element of an array"));
        }
        self.disclosed(n, disclosure.value).map(Some)
    }

    /// The disclosure of a digest, if it is there.
    fn take(&mut self, found: String) -> Result<Option<(usize, Disclosure)>, Problem> {
        let disclosure = self.by_digest.remove(&found);
        if self.seen.insert(found) {
            return Ok(disclosure);
        }
        let message = "the same digest stands twice";
        Err(Problem::new(
            Code::DigestRepeated,
            self.place.clone(),
            message,
        ))
    }

    fn disclosed(&mut self, n: usize, value: Value) -> Result<Value, Problem> {
        if let Some(place) = self.places.get_mut(n) {
            *place = Some(Place {
                pointer: self.place.clone(),
                inside: self.inside,
            });
        }
        let outer = self.inside.replace(n);
        let value = self.value(value);
        self.inside = outer;
        value
    }

    /// Does something one step further down.
    fn at<T>(&mut self, step: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.place.len();
        push_pointer(&mut self.place, step);
        let done = act(self);
        self.place.truncate(length);
        done
    }

    fn descend(&mut self) -> Result<(), Problem> {
        let limit = json::Limits::default().depth_max;
        self.depth += 1;
        if self.depth > limit {
            let message = format!("with its disclosures nested deeper than {limit} levels");
            return Err(Problem::new(
                Code::Canon("json-too-deep"),
                self.place.clone(),
                message,
            ));
        }
        Ok(())
    }

    fn reserved(&self, message: &str) -> Problem {
        Problem::new(Code::ClaimReserved, self.place.clone(), message)
    }

    fn misplaced(&self, message: &str) -> Problem {
        Problem::new(Code::DisclosureMalformed, self.place.clone(), message)
    }
}
