//! RDF Dataset Canonicalization (W3C Recommendation RDFC-1.0) with a limit on the work.
//!
//! The algorithm takes exponential time on symmetric graphs, so a stranger could stop a node with a small document. Work is
//! counted, and the graph refused, before that. Graphs whose blank nodes differ by their own statements need none of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sha2::{Digest, Sha256, Sha384};
use thiserror::Error;

use crate::rdf::{Dataset, Quad, Term};

/// The hash that orders blank nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// SHA-256, the default.
    #[default]
    Sha256,
    /// SHA-384.
    Sha384,
}

/// How much work a graph may take before it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkLimit {
    /// Steps of Hash N-Degree Quads: one for each statement looked at and each name tried.
    pub steps_max: u64,
    /// Calls of Hash N-Degree Quads inside one another: what the stack holds.
    pub depth_max: usize,
}

impl Default for WorkLimit {
    /// Every graph of the W3C suite that must pass does, a clique of 12 does not. Alike nodes below one distinct parent cost
    /// a few steps each; seven or more alike nodes below parents that are alike themselves are refused.
    fn default() -> Self {
        Self {
            steps_max: 200_000,
            depth_max: 400,
        }
    }
}

/// A dataset in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    /// The statements, sorted, one a line.
    pub nquads: String,
    /// From each blank node's label to its canonical one, both without `_:`.
    pub labels: BTreeMap<Arc<str>, Arc<str>>,
}

/// Why a dataset has no canonical form.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RdfcError {
    /// More work than [`WorkLimit`] allows.
    #[error("blank nodes are too alike, naming them takes more than the {steps} steps allowed")]
    WorkLimit {
        /// Steps allowed.
        steps: u64,
    },
}

impl RdfcError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WorkLimit { .. } => "rdfc-work-limit",
        }
    }
}

/// The canonical form by SHA-256.
///
/// # Errors
/// When the graph takes more work than allowed.
pub fn canonicalize(dataset: &Dataset, limit: &WorkLimit) -> Result<Canonical, RdfcError> {
    canonicalize_with(dataset, HashAlgorithm::Sha256, limit)
}

/// The canonical form by the hash named (RDFC-1.0 §4.4.3).
///
/// # Errors
/// When the graph takes more work than allowed.
pub fn canonicalize_with(
    dataset: &Dataset,
    hash: HashAlgorithm,
    limit: &WorkLimit,
) -> Result<Canonical, RdfcError> {
    let mut run = Run::new(dataset, hash, limit);
    run.name_all()?;
    let labels: BTreeMap<Arc<str>, Arc<str>> = run
        .canonical
        .order
        .iter()
        .enumerate()
        .filter_map(|(number, node)| {
            Some((
                Arc::clone(run.labels.get(*node)?),
                Arc::from(format!("c14n{number}")),
            ))
        })
        .collect();
    let mut lines: Vec<String> = Vec::with_capacity(dataset.len());
    for quad in dataset.quads() {
        let mut line = String::with_capacity(160);
        write_quad(quad, &mut line, |label, out| {
            out.push_str("_:");
            out.push_str(labels.get(label).map_or(label, Arc::as_ref));
        });
        lines.push(line);
    }
    lines.sort_unstable();
    Ok(Canonical {
        nquads: lines.concat(),
        labels,
    })
}

/// A blank node, by its place in [`Run::labels`].
type Node = usize;

/// Which place a blank node has in a statement (RDFC-1.0 §4.7).
#[derive(Clone, Copy)]
enum Position {
    Subject,
    Object,
    Graph,
}

/// Names given in order (RDFC-1.0 §4.3).
#[derive(Clone, Default)]
struct Issuer {
    order: Vec<Node>,
    numbers: HashMap<Node, usize>,
}

impl Issuer {
    fn issue(&mut self, node: Node) -> usize {
        let next = self.order.len();
        let number = *self.numbers.entry(node).or_insert(next);
        if number == next {
            self.order.push(node);
        }
        number
    }

    fn number(&self, node: Node) -> Option<usize> {
        self.numbers.get(&node).copied()
    }
}

struct Run<'a> {
    hash: HashAlgorithm,
    limit: &'a WorkLimit,
    steps: u64,
    labels: Vec<Arc<str>>,
    nodes: HashMap<Arc<str>, Node>,
    /// Each node's statements.
    mentions: Vec<Vec<&'a Quad>>,
    first_degree: Vec<String>,
    canonical: Issuer,
}

impl<'a> Run<'a> {
    fn new(dataset: &'a Dataset, hash: HashAlgorithm, limit: &'a WorkLimit) -> Self {
        let mut run = Self {
            hash,
            limit,
            steps: 0,
            labels: Vec::new(),
            nodes: HashMap::new(),
            mentions: Vec::new(),
            first_degree: Vec::new(),
            canonical: Issuer::default(),
        };
        for quad in dataset.quads() {
            let mut here: [Option<Node>; 3] = [None; 3];
            for (slot, (_, label)) in blank_nodes(quad).enumerate() {
                let node = run.intern(label);
                if !here.contains(&Some(node)) {
                    if let Some(mentions) = run.mentions.get_mut(node) {
                        mentions.push(quad);
                    }
                    if let Some(place) = here.get_mut(slot) {
                        *place = Some(node);
                    }
                }
            }
        }
        run
    }

    fn intern(&mut self, label: &Arc<str>) -> Node {
        if let Some(node) = self.nodes.get(label) {
            return *node;
        }
        let node = self.labels.len();
        self.labels.push(Arc::clone(label));
        self.mentions.push(Vec::new());
        self.nodes.insert(Arc::clone(label), node);
        node
    }

    /// RDFC-1.0 §4.4.3, steps 3 to 5.
    fn name_all(&mut self) -> Result<(), RdfcError> {
        self.first_degree = (0..self.labels.len())
            .map(|node| self.hash_first_degree(node))
            .collect();
        let mut by_hash: BTreeMap<&str, Vec<Node>> = BTreeMap::new();
        for (node, hash) in self.first_degree.iter().enumerate() {
            by_hash.entry(hash).or_default().push(node);
        }
        let mut alike = Vec::new();
        for nodes in by_hash.into_values() {
            match nodes.as_slice() {
                [one] => {
                    self.canonical.issue(*one);
                }
                _ => alike.push(nodes),
            }
        }
        for nodes in alike {
            let mut paths = Vec::new();
            for node in nodes {
                if self.canonical.number(node).is_some() {
                    continue;
                }
                let mut issuer = Issuer::default();
                issuer.issue(node);
                paths.push(self.hash_n_degree(node, issuer, 0)?);
            }
            paths.sort_by(|a, b| a.0.cmp(&b.0));
            for (_, issuer) in paths {
                for node in issuer.order {
                    self.canonical.issue(node);
                }
            }
        }
        Ok(())
    }

    /// RDFC-1.0 §4.6.3.
    fn hash_first_degree(&self, node: Node) -> String {
        let own = self.labels.get(node);
        let mut lines: Vec<String> = Vec::new();
        for quad in self.mentions.get(node).into_iter().flatten() {
            let mut line = String::with_capacity(160);
            write_quad(quad, &mut line, |label, out| {
                out.push_str(if Some(label) == own { "_:a" } else { "_:z" })
            });
            lines.push(line);
        }
        lines.sort_unstable();
        self.digest(&lines.concat())
    }

    /// RDFC-1.0 §4.7.3.
    fn hash_related(
        &self,
        related: Node,
        predicate: &str,
        issuer: &Issuer,
        position: Position,
    ) -> String {
        let mut input = String::with_capacity(120);
        match position {
            Position::Subject => input.push('s'),
            Position::Object => input.push('o'),
            Position::Graph => input.push('g'),
        }
        if !matches!(position, Position::Graph) {
            input.push('<');
            input.push_str(predicate);
            input.push('>');
        }
        if let Some(number) = self.canonical.number(related) {
            input.push_str(&format!("_:c14n{number}"));
        } else if let Some(number) = issuer.number(related) {
            input.push_str(&format!("_:b{number}"));
        } else if let Some(hash) = self.first_degree.get(related) {
            input.push_str(hash);
        }
        self.digest(&input)
    }

    /// RDFC-1.0 §4.8.3.
    fn hash_n_degree(
        &mut self,
        node: Node,
        mut issuer: Issuer,
        depth: usize,
    ) -> Result<(String, Issuer), RdfcError> {
        if depth >= self.limit.depth_max {
            return Err(self.too_much());
        }
        let mut related: BTreeMap<String, Vec<Node>> = BTreeMap::new();
        let mentions = self.mentions.get(node).cloned().unwrap_or_default();
        self.spend(mentions.len())?;
        for quad in mentions {
            for (position, label) in blank_nodes(quad) {
                let Some(other) = self
                    .nodes
                    .get(label)
                    .copied()
                    .filter(|other| *other != node)
                else {
                    continue;
                };
                let hash = self.hash_related(other, &quad.predicate, &issuer, position);
                related.entry(hash).or_default().push(other);
            }
        }
        let mut data = String::new();
        for (hash, mut nodes) in related {
            data.push_str(&hash);
            nodes.sort_unstable();
            let mut chosen: Option<(String, Issuer)> = None;
            loop {
                if let Some(found) = self.try_order(
                    &nodes,
                    &issuer,
                    chosen.as_ref().map(|c| c.0.as_str()),
                    depth,
                )? {
                    chosen = Some(found);
                }
                if !next_permutation(&mut nodes) {
                    break;
                }
            }
            if let Some((path, best)) = chosen {
                data.push_str(&path);
                issuer = best;
            }
        }
        Ok((self.digest(&data), issuer))
    }

    /// One order of alike nodes (RDFC-1.0 §4.8.3 step 5.4): its path and names, `None` where it is not less than the best.
    fn try_order(
        &mut self,
        nodes: &[Node],
        issuer: &Issuer,
        best: Option<&str>,
        depth: usize,
    ) -> Result<Option<(String, Issuer)>, RdfcError> {
        let worse = |path: &str| best.is_some_and(|best| path.len() >= best.len() && path > best);
        let mut issuer = issuer.clone();
        // A copy of the names costs as much as there are names, so that it counts as work too.
        self.spend(nodes.len() + issuer.order.len() / 8)?;
        let mut path = String::new();
        let mut recursion = Vec::new();
        for node in nodes {
            if let Some(number) = self.canonical.number(*node) {
                path.push_str(&format!("_:c14n{number}"));
            } else {
                if issuer.number(*node).is_none() {
                    recursion.push(*node);
                }
                path.push_str(&format!("_:b{}", issuer.issue(*node)));
            }
            if worse(&path) {
                return Ok(None);
            }
        }
        for node in recursion {
            let (hash, named) = self.hash_n_degree(node, issuer.clone(), depth + 1)?;
            path.push_str(&format!("_:b{}<{hash}>", issuer.issue(node)));
            issuer = named;
            if worse(&path) {
                return Ok(None);
            }
        }
        Ok(best
            .is_none_or(|best| path.as_str() < best)
            .then_some((path, issuer)))
    }

    fn spend(&mut self, steps: usize) -> Result<(), RdfcError> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > self.limit.steps_max {
            Err(self.too_much())
        } else {
            Ok(())
        }
    }

    fn too_much(&self) -> RdfcError {
        RdfcError::WorkLimit {
            steps: self.limit.steps_max,
        }
    }

    fn digest(&self, text: &str) -> String {
        match self.hash {
            HashAlgorithm::Sha256 => hex(&Sha256::digest(text.as_bytes())),
            HashAlgorithm::Sha384 => hex(&Sha384::digest(text.as_bytes())),
        }
    }
}

fn blank_nodes(quad: &Quad) -> impl Iterator<Item = (Position, &Arc<str>)> {
    let places = [
        (Position::Subject, Some(&quad.subject)),
        (Position::Object, Some(&quad.object)),
        (Position::Graph, quad.graph.as_ref()),
    ];
    places
        .into_iter()
        .filter_map(|(position, term)| match term {
            Some(Term::Blank(label)) => Some((position, label)),
            Some(Term::Iri(_) | Term::Literal(_)) | None => None,
        })
}

fn write_quad(quad: &Quad, out: &mut String, blank: impl Fn(&Arc<str>, &mut String)) {
    let term = |term: &Term, out: &mut String| match term {
        Term::Blank(label) => blank(label, out),
        Term::Iri(_) | Term::Literal(_) => term.write(out),
    };
    term(&quad.subject, out);
    out.push_str(" <");
    out.push_str(&quad.predicate);
    out.push_str("> ");
    term(&quad.object, out);
    if let Some(graph) = &quad.graph {
        out.push(' ');
        term(graph, out);
    }
    out.push_str(" .\n");
}

/// The next order in the order of orders; false after the last.
fn next_permutation(items: &mut [Node]) -> bool {
    let Some(pivot) = items
        .windows(2)
        .rposition(|pair| matches!(pair, [a, b] if a < b))
    else {
        return false;
    };
    let Some(&low) = items.get(pivot) else {
        return false;
    };
    let Some(swap) = items.iter().rposition(|item| *item > low) else {
        return false;
    };
    items.swap(pivot, swap);
    if let Some(tail) = items.get_mut(pivot + 1..) {
        tail.reverse();
    }
    true
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rdf;

    fn clique(size: usize) -> Dataset {
        let pairs = (0..size).flat_map(|a| (0..size).filter(move |b| a != *b).map(move |b| (a, b)));
        let text: String = pairs
            .map(|(a, b)| format!("_:n{a} <urn:p> _:n{b} .\n"))
            .collect();
        rdf::parse(&text).unwrap()
    }

    #[test]
    fn names_alike_nodes_the_same_whatever_they_were_called() {
        let text =
            "_:a <urn:p> _:b .\n_:b <urn:p> _:c .\n_:c <urn:p> _:a .\n_:c <urn:q> \"_:a\" .\n";
        let one = canonicalize(&rdf::parse(text).unwrap(), &WorkLimit::default()).unwrap();
        let other = text.replace("_:a", "_:z9").replace("\"_:z9\"", "\"_:a\"");
        let two = canonicalize(&rdf::parse(&other).unwrap(), &WorkLimit::default()).unwrap();
        assert_eq!(one.nquads, two.nquads);
        assert!(one.nquads.contains("\"_:a\""));
    }

    #[test]
    fn refuses_cliques_and_long_chains() {
        assert!(canonicalize(&clique(4), &WorkLimit::default()).is_ok());
        assert_eq!(
            canonicalize(&clique(12), &WorkLimit::default())
                .unwrap_err()
                .code(),
            "rdfc-work-limit"
        );
        let ring: String = (0..5_000)
            .map(|n| format!("_:n{n} <urn:p> _:n{} .\n", (n + 1) % 5_000))
            .collect();
        assert_eq!(
            canonicalize(&rdf::parse(&ring).unwrap(), &WorkLimit::default())
                .unwrap_err()
                .code(),
            "rdfc-work-limit"
        );
    }

    #[test]
    fn many_identical_line_items_pass() {
        let items: String = (0..60)
            .map(|n| format!("<urn:m> <urn:item> _:n{n} .\n_:n{n} <urn:q> \"1\" .\n"))
            .collect();
        let canonical = canonicalize(&rdf::parse(&items).unwrap(), &WorkLimit::default()).unwrap();
        assert_eq!(canonical.labels.len(), 60);
    }

    #[test]
    fn alike_children_of_alike_parents_pass_up_to_a_few() {
        let family = |children: usize| -> String {
            let child = |p: usize, c: usize| {
                format!("_:p{p} <urn:has> _:p{p}c{c} .\n_:p{p}c{c} <urn:q> \"1\" .\n")
            };
            (0..2)
                .map(|p| {
                    format!("<urn:m> <urn:has> _:p{p} .\n")
                        + &(0..children).map(|c| child(p, c)).collect::<String>()
                })
                .collect()
        };
        let most = (1..12)
            .take_while(|n| {
                canonicalize(&rdf::parse(&family(*n)).unwrap(), &WorkLimit::default()).is_ok()
            })
            .last();
        assert_eq!(most, Some(6));
    }
}
