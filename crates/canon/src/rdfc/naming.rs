//! Names for blank nodes whose own statements do not tell them apart (RDFC-1.0 §4.7, §4.8), with a limit on the work.

use sha2::{Digest, Sha256, Sha384};

use super::{HashAlgorithm, RdfcError, WorkLimit};

/// A blank node, by number.
pub(crate) type Node = u32;

/// A hash of either length, compared like its hexadecimal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hash {
    bytes: [u8; 48],
    len: u8,
}

impl Hash {
    pub(crate) fn of(algorithm: HashAlgorithm, bytes: &[u8]) -> Self {
        let mut hash = Self {
            bytes: [0; 48],
            len: 0,
        };
        match algorithm {
            HashAlgorithm::Sha256 => hash.fill(&Sha256::digest(bytes)),
            HashAlgorithm::Sha384 => hash.fill(&Sha384::digest(bytes)),
        }
        hash
    }

    fn fill(&mut self, digest: &[u8]) {
        for (place, byte) in self.bytes.iter_mut().zip(digest) {
            *place = *byte;
        }
        self.len = digest.len() as u8;
    }

    fn push_hex(&self, out: &mut String) {
        let mut text = [0; 96];
        let (pairs, _) = text.as_chunks_mut::<2>();
        for ([high, low], byte) in pairs.iter_mut().zip(&self.bytes) {
            *high = hex_digit(byte >> 4);
            *low = hex_digit(byte & 15);
        }
        let text = text.get(..2 * usize::from(self.len)).unwrap_or_default();
        out.push_str(std::str::from_utf8(text).unwrap_or_default());
    }
}

/// Without a table, so that many digits are made at once.
fn hex_digit(nibble: u8) -> u8 {
    nibble + if nibble < 10 { b'0' } else { b'a' - 10 }
}

/// Which place a blank node has in a statement (RDFC-1.0 §4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Subject,
    Object,
    Graph,
}

/// Another blank node in a statement that mentions one.
#[derive(Clone, Copy, Debug)]
struct Link<'a> {
    other: Node,
    predicate: &'a str,
    position: Position,
}

/// Which blank nodes stand in statements with which, node by node.
#[derive(Debug, Default)]
pub(crate) struct Links<'a> {
    links: Vec<Link<'a>>,
    /// Of each node: where its links end, and how many statements mention it.
    nodes: Vec<(u32, u32)>,
}

impl<'a> Links<'a> {
    /// One more link of the node that is being read, never to itself.
    pub(crate) fn push(&mut self, other: Node, predicate: &'a str, position: Position) {
        self.links.push(Link {
            other,
            predicate,
            position,
        });
    }

    /// The node that is being read has no more links.
    pub(crate) fn end(&mut self, mentions: usize) {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.nodes.push((clamp(self.links.len()), clamp(mentions)));
    }

    fn of(&self, node: Node) -> (&[Link<'a>], usize) {
        let at = node as usize;
        let (end, mentions) = self.nodes.get(at).copied().unwrap_or_default();
        let start = at
            .checked_sub(1)
            .and_then(|before| self.nodes.get(before))
            .map_or(0, |before| before.0);
        let links = self.links.get(start as usize..end as usize);
        (links.unwrap_or_default(), mentions as usize)
    }
}

/// The nodes by first-degree hash, and whether two have the same.
pub(crate) fn order(first_degree: &[Hash]) -> (Vec<Node>, bool) {
    let mut order: Vec<(&Hash, Node)> = first_degree.iter().zip(0..).collect();
    order.sort_unstable();
    let are_alike = order
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a.0 == b.0));
    (order.into_iter().map(|(_, node)| node).collect(), are_alike)
}

/// The nodes in the order in which they get canonical labels (RDFC-1.0 §4.4.3 steps 4 and 5); `order` is that of [`order`].
pub(crate) fn issue_all(
    order: &[Node],
    first_degree: &[Hash],
    links: &Links<'_>,
    hash: HashAlgorithm,
    limit: &WorkLimit,
) -> Result<Vec<Node>, RdfcError> {
    let mut naming = Naming {
        hash,
        limit,
        steps: 0,
        links,
        first_degree,
        canonical: vec![None; order.len()],
        issued: Vec::with_capacity(order.len()),
        text: String::with_capacity(256),
        related: Last::default(),
        paths: Last::default(),
    };
    let of = |node: &Node| first_degree.get(*node as usize);
    let groups = || order.chunk_by(|a, b| of(a) == of(b));
    for group in groups() {
        if let [one] = group {
            naming.issue(*one);
        }
    }
    for group in groups().filter(|group| group.len() > 1) {
        let mut paths = Vec::new();
        for node in group {
            if naming.number(*node).is_some() {
                continue;
            }
            let mut issuer = Issuer::default();
            issuer.issue(*node);
            paths.push(naming.hash_n_degree(*node, issuer, 0)?);
        }
        paths.sort_by_key(|path| path.0);
        for (_, issuer) in paths {
            for node in issuer.order {
                naming.issue(node);
            }
        }
    }
    Ok(naming.issued)
}

/// Temporary names given in order (RDFC-1.0 §4.3). They are copied often and searched from the start: [`WorkLimit`] counts their
/// number, so that they are few.
#[derive(Clone, Debug, Default)]
struct Issuer {
    order: Vec<Node>,
}

impl Issuer {
    fn issue(&mut self, node: Node) -> u32 {
        self.number(node).unwrap_or_else(|| {
            self.order.push(node);
            u32::try_from(self.order.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn number(&self, node: Node) -> Option<u32> {
        let at = self.order.iter().position(|known| *known == node)?;
        u32::try_from(at).ok()
    }
}

struct Naming<'a> {
    hash: HashAlgorithm,
    limit: &'a WorkLimit,
    steps: u64,
    links: &'a Links<'a>,
    first_degree: &'a [Hash],
    canonical: Vec<Option<u32>>,
    issued: Vec<Node>,
    text: String,
    /// The last hashes of related nodes and of paths.
    related: Last,
    paths: Last,
}

/// What was hashed last: alike nodes below one parent give the same text one after the other.
#[derive(Default)]
struct Last {
    text: String,
    hash: Option<Hash>,
}

impl Last {
    fn hash(&mut self, algorithm: HashAlgorithm, text: &str) -> Hash {
        match self.hash {
            Some(hash) if self.text == text => hash,
            Some(_) | None => {
                let hash = Hash::of(algorithm, text.as_bytes());
                self.text.clear();
                self.text.push_str(text);
                self.hash = Some(hash);
                hash
            }
        }
    }
}

impl Naming<'_> {
    fn issue(&mut self, node: Node) {
        let number = u32::try_from(self.issued.len()).ok();
        if let Some(place) = self.canonical.get_mut(node as usize)
            && place.is_none()
        {
            *place = number;
            self.issued.push(node);
        }
    }

    fn number(&self, node: Node) -> Option<u32> {
        self.canonical.get(node as usize).copied().flatten()
    }

    /// RDFC-1.0 §4.7.3.
    fn hash_related(&mut self, link: Link<'_>, issuer: &Issuer) -> Hash {
        let canonical = self.number(link.other);
        let text = &mut self.text;
        text.clear();
        match link.position {
            Position::Subject => text.push('s'),
            Position::Object => text.push('o'),
            Position::Graph => text.push('g'),
        }
        if link.position != Position::Graph {
            text.push('<');
            text.push_str(link.predicate);
            text.push('>');
        }
        if let Some(number) = canonical {
            push_name(text, "_:c14n", number);
        } else if let Some(number) = issuer.number(link.other) {
            push_name(text, "_:b", number);
        } else if let Some(hash) = self.first_degree.get(link.other as usize) {
            hash.push_hex(text);
        }
        self.related.hash(self.hash, text)
    }

    /// RDFC-1.0 §4.8.3.
    fn hash_n_degree(
        &mut self,
        node: Node,
        mut issuer: Issuer,
        depth: usize,
    ) -> Result<(Hash, Issuer), RdfcError> {
        if depth >= self.limit.depth_max {
            return Err(self.too_much());
        }
        let all = self.links;
        let (links, mentions) = all.of(node);
        self.spend(mentions)?;
        let mut related: Vec<(Hash, Node)> = links
            .iter()
            .map(|link| (self.hash_related(*link, &issuer), link.other))
            .collect();
        related.sort_unstable();
        let mut data = String::with_capacity(80 * related.len());
        for group in related.chunk_by(|a, b| a.0 == b.0) {
            if let Some((hash, _)) = group.first() {
                hash.push_hex(&mut data);
            }
            if let [(_, only)] = group {
                // One order: its names need no copy.
                let found = self.try_order(&[*only], issuer, None, depth)?;
                let (path, named) = found.unwrap_or_default();
                data.push_str(&path);
                issuer = named;
                continue;
            }
            let mut nodes: Vec<Node> = group.iter().map(|(_, node)| *node).collect();
            let mut chosen: Option<(String, Issuer)> = None;
            loop {
                let best = chosen.as_ref().map(|chosen| chosen.0.as_str());
                if let Some(found) = self.try_order(&nodes, issuer.clone(), best, depth)? {
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
        Ok((self.paths.hash(self.hash, &data), issuer))
    }

    /// One order of alike nodes (RDFC-1.0 §4.8.3 step 5.4): its path and names, `None` where it is not less than the best.
    fn try_order(
        &mut self,
        nodes: &[Node],
        mut issuer: Issuer,
        best: Option<&str>,
        depth: usize,
    ) -> Result<Option<(String, Issuer)>, RdfcError> {
        let worse = |path: &str| best.is_some_and(|best| path.len() >= best.len() && path > best);
        // A copy of the names costs as much as there are names, so that it counts as work too.
        self.spend(nodes.len() + issuer.order.len() / 8)?;
        let mut path = String::with_capacity(24 * nodes.len());
        let mut recursion = Vec::new();
        for node in nodes {
            if let Some(number) = self.number(*node) {
                push_name(&mut path, "_:c14n", number);
            } else {
                if issuer.number(*node).is_none() {
                    recursion.push(*node);
                }
                push_name(&mut path, "_:b", issuer.issue(*node));
            }
            if worse(&path) {
                return Ok(None);
            }
        }
        for node in recursion {
            let number = issuer.issue(node);
            let (hash, named) = self.hash_n_degree(node, issuer, depth + 1)?;
            push_name(&mut path, "_:b", number);
            path.push('<');
            hash.push_hex(&mut path);
            path.push('>');
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
}

/// A blank node's name by number.
pub(super) fn push_name(out: &mut String, prefix: &str, number: u32) {
    let mut digits = [0; 10];
    let count = number.checked_ilog10().unwrap_or(0) as usize + 1;
    let mut rest = number;
    for place in digits.iter_mut().take(count).rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let digits = digits.get(..count).unwrap_or_default();
    out.push_str(prefix);
    out.push_str(std::str::from_utf8(digits).unwrap_or_default());
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
