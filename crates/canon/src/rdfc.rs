//! RDF Dataset Canonicalization (W3C Recommendation RDFC-1.0) with a limit on the work.
//!
//! The algorithm takes exponential time on symmetric graphs, so a stranger could stop a node with a small document. Work is
//! counted, and the graph refused, before that. Graphs whose blank nodes differ by their own statements need none of it.

pub(crate) mod naming;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use thiserror::Error;

use crate::quick::QuickState;
use crate::rdf::{Dataset, Quad, Term};
use naming::{Hash, Links, Node, Position};

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
    let graph = Graph::new(dataset);
    let order = graph.order(hash, limit)?;
    let mut numbers = vec![0_u32; order.len()];
    let mut labels = BTreeMap::new();
    for (number, node) in (0..).zip(order) {
        if let (Some(place), Some(label)) = (
            numbers.get_mut(node as usize),
            graph.labels.get(node as usize),
        ) {
            *place = number;
            labels.insert(Arc::clone(label), Arc::from(format!("c14n{number}")));
        }
    }
    let mut lines = Lines::default();
    for line in &graph.lines {
        lines.write(&graph.text, line, |node, out| {
            let number = numbers.get(node as usize).copied().unwrap_or_default();
            naming::push_name(out, "_:c14n", number);
        });
    }
    let mut nquads = String::with_capacity(lines.text.len());
    lines.push_sorted(&mut nquads);
    Ok(Canonical { nquads, labels })
}

/// Blank nodes by label.
type Nodes<'a> = HashMap<&'a str, Node, QuickState>;

/// A dataset written once, with gaps where blank nodes stand.
#[derive(Default)]
struct Graph<'a> {
    text: String,
    lines: Vec<Line<'a>>,
    labels: Vec<&'a Arc<str>>,
    /// Of each node: the lines that mention it.
    mentions: Vec<Vec<usize>>,
}

/// One statement as it is written.
struct Line<'a> {
    start: usize,
    end: usize,
    predicate: &'a str,
    /// Where blank nodes stand: in subject, object and graph.
    gaps: [Option<Gap>; 3],
}

#[derive(Clone, Copy)]
struct Gap {
    at: usize,
    node: Node,
    position: Position,
}

impl<'a> Graph<'a> {
    fn new(dataset: &'a Dataset) -> Self {
        let mut graph = Self {
            text: String::with_capacity(dataset.len() * 128),
            lines: Vec::with_capacity(dataset.len()),
            ..Self::default()
        };
        let mut nodes = Nodes::default();
        for quad in dataset.quads() {
            graph.push(quad, &mut nodes);
        }
        graph
    }

    fn push(&mut self, quad: &'a Quad, nodes: &mut Nodes<'a>) {
        let start = self.text.len();
        let subject = self.term(&quad.subject, Position::Subject, nodes);
        self.text.push_str(" <");
        self.text.push_str(&quad.predicate);
        self.text.push_str("> ");
        let object = self.term(&quad.object, Position::Object, nodes);
        let graph = quad.graph.as_ref().and_then(|graph| {
            self.text.push(' ');
            self.term(graph, Position::Graph, nodes)
        });
        self.text.push_str(" .\n");
        let gaps = [subject, object, graph];
        let number = self.lines.len();
        for gap in gaps.iter().flatten() {
            // A node twice in one statement is mentioned once.
            if let Some(mentions) = self.mentions.get_mut(gap.node as usize)
                && mentions.last() != Some(&number)
            {
                mentions.push(number);
            }
        }
        self.lines.push(Line {
            start,
            end: self.text.len(),
            predicate: &quad.predicate,
            gaps,
        });
    }

    /// Writes a term, or leaves a gap for it.
    fn term(&mut self, term: &'a Term, position: Position, nodes: &mut Nodes<'a>) -> Option<Gap> {
        let Term::Blank(label) = term else {
            term.write(&mut self.text);
            return None;
        };
        let next = Node::try_from(self.labels.len()).unwrap_or(Node::MAX);
        let node = *nodes.entry(label).or_insert(next);
        if node == next {
            self.labels.push(label);
            self.mentions.push(Vec::new());
        }
        Some(Gap {
            at: self.text.len(),
            node,
            position,
        })
    }

    /// The nodes in the order of their canonical labels.
    fn order(&self, hash: HashAlgorithm, limit: &WorkLimit) -> Result<Vec<Node>, RdfcError> {
        let mut lines = Lines::default();
        let mut sorted = String::new();
        let first_degree: Vec<Hash> = (0..)
            .zip(&self.mentions)
            .map(|(own, mentions): (Node, _)| {
                // RDFC-1.0 §4.6.3.
                lines.clear();
                for line in mentions.iter().filter_map(|at| self.lines.get(*at)) {
                    lines.write(&self.text, line, |node, out| {
                        out.push_str(if node == own { "_:a" } else { "_:z" });
                    });
                }
                sorted.clear();
                lines.push_sorted(&mut sorted);
                Hash::of(hash, sorted.as_bytes())
            })
            .collect();
        let (order, are_alike) = naming::order(&first_degree);
        if !are_alike {
            return Ok(order);
        }
        let mut links = Links::default();
        for (own, mentions) in (0..).zip(&self.mentions) {
            for line in mentions.iter().filter_map(|at| self.lines.get(*at)) {
                for gap in line.gaps.iter().flatten() {
                    if gap.node != own {
                        links.push(gap.node, line.predicate, gap.position);
                    }
                }
            }
            links.end(mentions.len());
        }
        naming::issue_all(&order, &first_degree, &links, hash, limit)
    }
}

/// Lines to be sorted, in one buffer.
#[derive(Default)]
struct Lines {
    text: String,
    ends: Vec<(usize, usize)>,
}

impl Lines {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn write(&mut self, from: &str, line: &Line<'_>, name: impl Fn(Node, &mut String)) {
        let start = self.text.len();
        let mut at = line.start;
        for gap in line.gaps.iter().flatten() {
            self.text.push_str(from.get(at..gap.at).unwrap_or_default());
            name(gap.node, &mut self.text);
            at = gap.at;
        }
        self.text
            .push_str(from.get(at..line.end).unwrap_or_default());
        self.ends.push((start, self.text.len()));
    }

    fn push_sorted(&mut self, out: &mut String) {
        let bytes = |(start, end): &(usize, usize)| self.text.as_bytes().get(*start..*end);
        self.ends.sort_unstable_by(|a, b| bytes(a).cmp(&bytes(b)));
        for (start, end) in &self.ends {
            out.push_str(self.text.get(*start..*end).unwrap_or_default());
        }
    }
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
