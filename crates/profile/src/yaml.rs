//! YAML as profiles use it: maps, lists, plain values, each with its line. No anchors that multiply, no duplicate keys.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Value};

/// Largest YAML file in bytes: a program's rules are read by people.
pub(crate) const YAML_BYTES_MAX: usize = 512 * 1024;
/// Deepest nesting.
const DEPTH_MAX: usize = 24;
/// Most nodes of one file, what aliases copy included.
const NODES_MAX: usize = 50_000;

/// A node with its line, from 1.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) data: Data,
}

#[derive(Debug, Clone)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Node>),
    /// Name, line of the name, value; in file order.
    Map(Vec<(String, usize, Node)>),
}

/// Why a file is not read, and the line where it is known.
pub(crate) type YamlError = (usize, String);

/// Parses one document.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    if text.len() > YAML_BYTES_MAX {
        return Err((
            0,
            format!(
                "the file has {} bytes, more than the {YAML_BYTES_MAX} allowed",
                text.len()
            ),
        ));
    }
    let documents =
        MarkedYaml::load_from_str(text).map_err(|e| (e.marker().line(), e.info().to_owned()))?;
    let mut documents = documents.into_iter();
    let Some(first) = documents.next() else {
        return Ok(Node {
            line: 1,
            data: Data::Map(Vec::new()),
        });
    };
    if let Some(second) = documents.next() {
        return Err((
            second.span.start.line(),
            "the file holds a second document; one is read".to_owned(),
        ));
    }
    let mut left = NODES_MAX;
    convert(&first, 0, &mut left)
}

fn convert(node: &MarkedYaml<'_>, depth: usize, left: &mut usize) -> Result<Node, YamlError> {
    let line = node.span.start.line();
    if depth > DEPTH_MAX {
        return Err((line, format!("this stands more than {DEPTH_MAX} deep")));
    }
    *left = left
        .checked_sub(1)
        .ok_or((line, format!("the file has more than {NODES_MAX} values")))?;
    let data = match &node.data {
        YamlData::Value(Scalar::Null) => Data::Null,
        YamlData::Value(Scalar::Boolean(b)) => Data::Bool(*b),
        YamlData::Value(Scalar::Integer(i)) => Data::Int(*i),
        YamlData::Value(Scalar::FloatingPoint(f)) => Data::Text(f.to_string()),
        YamlData::Value(Scalar::String(s)) => Data::Text(s.to_string()),
        YamlData::Sequence(items) => Data::List(
            items
                .iter()
                .map(|n| convert(n, depth + 1, left))
                .collect::<Result<_, _>>()?,
        ),
        YamlData::Mapping(members) => {
            let mut out = Vec::with_capacity(members.len());
            for (key, value) in members {
                let name = match &convert(key, depth + 1, left)?.data {
                    Data::Text(s) => s.clone(),
                    Data::Int(i) => i.to_string(),
                    Data::Bool(b) => b.to_string(),
                    Data::Null | Data::List(_) | Data::Map(_) => {
                        return Err((key.span.start.line(), "a name must be a word".to_owned()));
                    }
                };
                out.push((
                    name,
                    key.span.start.line(),
                    convert(value, depth + 1, left)?,
                ));
            }
            Data::Map(out)
        }
        YamlData::Tagged(..) => {
            return Err((line, "tags (`!name`) are not part of profiles".to_owned()));
        }
        YamlData::Alias(_) | YamlData::BadValue | YamlData::Representation(..) => {
            return Err((line, "this value cannot be read".to_owned()));
        }
    };
    Ok(Node { line, data })
}

impl Node {
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        match &self.data {
            Data::Map(members) => members
                .iter()
                .find(|(n, _, _)| n == name)
                .map(|(_, _, v)| v),
            _ => None,
        }
    }

    pub(crate) fn members(&self) -> &[(String, usize, Node)] {
        match &self.data {
            Data::Map(members) => members,
            _ => &[],
        }
    }

    pub(crate) fn text(&self) -> Option<String> {
        match &self.data {
            Data::Text(s) => Some(s.clone()),
            Data::Int(i) => Some(i.to_string()),
            Data::Bool(b) => Some(b.to_string()),
            Data::Null | Data::List(_) | Data::Map(_) => None,
        }
    }

    /// A list as it is, one value as a list of one, nothing as an empty list.
    pub(crate) fn many(&self) -> Vec<&Node> {
        match &self.data {
            Data::List(items) => items.iter().collect(),
            Data::Null => Vec::new(),
            _ => vec![self],
        }
    }

    pub(crate) fn json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(b) => Value::Bool(*b),
            Data::Int(i) => Value::from(*i),
            Data::Text(s) => Value::String(s.clone()),
            Data::List(items) => Value::Array(items.iter().map(Node::json).collect()),
            Data::Map(members) => {
                let mut out = Map::new();
                for (name, _, value) in members {
                    out.insert(name.clone(), value.json());
                }
                Value::Object(out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_lines_and_kinds() {
        let n =
            parse("a: 1\nb:\n  - x\n  - { y: Manifest#/issuer/id, v: 1.0.0, on: true }\n").unwrap();
        let b = n.get("b").unwrap().many();
        assert_eq!(b[1].line, 4);
        assert_eq!(
            b[1].json(),
            serde_json::json!({"y": "Manifest#/issuer/id", "v": "1.0.0", "on": true})
        );
    }

    #[test]
    fn refuses_what_would_grow_or_hide() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..9 {
            let all = vec![format!("*a{}", i - 1); 10].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{all}]\n"));
        }
        for bad in [
            bomb.as_str(),
            "a: 1\na: 2\n",
            "a: [",
            "--- a\n--- b\n",
            "a: !x y\n",
            "? [a]\n: b\n",
        ] {
            assert!(parse(bad).is_err(), "{}", bad.get(..20).unwrap_or(bad));
        }
        let deep = format!("a: {}{}", "[".repeat(200), "]".repeat(200));
        assert!(parse(&deep).is_err());
    }
}
