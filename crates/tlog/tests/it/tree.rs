//! Roots and proofs, against the definition of RFC 9162 §2.1 computed the slow way.

use std::collections::HashMap;

use garita_tlog::{
    EMPTY_ROOT, Frontier, Hash, LeafIndex, NodeId, ReadProofError, TreeSize, consistency_proof,
    inclusion_proof, leaf_hash, node_hash, verify_consistency, verify_inclusion,
};

const SIZE_MAX: u64 = 70;

fn leaf(index: u64) -> [u8; 32] {
    let mut leaf = [7; 32];
    leaf[..8].copy_from_slice(&index.to_be_bytes());
    leaf
}

/// MTH of RFC 9162 §2.1.1, word by word.
fn mth(leaves: &[[u8; 32]]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [one] => leaf_hash(one),
        _ => {
            let split = (leaves.len() - 1).ilog2();
            let (left, right) = leaves.split_at(1 << split);
            node_hash(&mth(left), &mth(right))
        }
    }
}

/// A tree kept as a store keeps it: for each leaf the nodes that it completed.
struct Tree {
    nodes: HashMap<NodeId, Hash>,
    roots: Vec<Hash>,
    frontier: Frontier,
}

fn tree(size: u64) -> Tree {
    let mut tree = Tree {
        nodes: HashMap::new(),
        roots: vec![EMPTY_ROOT],
        frontier: Frontier::new(),
    };
    for index in 0..size {
        let appended = tree.frontier.push(&leaf(index)).unwrap();
        assert_eq!(appended.index, LeafIndex::new(index));
        for (level, hash) in appended.completed.into_iter().enumerate() {
            let id = NodeId::new(u8::try_from(level).unwrap(), index >> level);
            assert_eq!(id.completed_by(), Some(LeafIndex::new(index)));
            tree.nodes.insert(id, hash);
        }
        tree.roots.push(tree.frontier.root());
    }
    tree
}

impl Tree {
    fn read(&self, id: NodeId) -> Result<Hash, ()> {
        self.nodes.get(&id).copied().ok_or(())
    }
}

/// Every single-bit change, loss, repeat and swap of a proof.
fn mutations(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = vec![
        [proof, &[EMPTY_ROOT]].concat(),
        [&[EMPTY_ROOT], proof].concat(),
    ];
    for place in 0..proof.len() {
        for byte in 0..32 {
            let mut changed = proof.to_vec();
            let mut bytes = *changed[place].as_bytes();
            bytes[byte] ^= 1;
            changed[place] = Hash::new(bytes);
            all.push(changed);
        }
        let mut lost = proof.to_vec();
        lost.remove(place);
        all.push(lost);
        let mut repeated = proof.to_vec();
        repeated.insert(place, proof[place]);
        all.push(repeated);
        if place > 0 {
            let mut swapped = proof.to_vec();
            swapped.swap(place, place - 1);
            all.push(swapped);
        }
    }
    all
}

#[test]
fn roots_are_those_of_the_definition() {
    let leaves: Vec<_> = (0..SIZE_MAX).map(leaf).collect();
    for (size, root) in tree(SIZE_MAX).roots.iter().enumerate() {
        assert_eq!(*root, mth(&leaves[..size]), "size {size}");
    }
}

#[test]
fn the_known_roots_of_certificate_transparency() {
    // The reference inputs of RFC 6962's authors and their roots for 1 and 8 leaves.
    let inputs: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
            0x6e, 0x6f,
        ],
    ];
    let mut frontier = Frontier::new();
    let mut roots = Vec::new();
    for input in inputs {
        frontier.push_hash(leaf_hash(input)).unwrap();
        roots.push(
            frontier
                .root()
                .as_bytes()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>(),
        );
    }
    assert_eq!(
        roots[0],
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
    assert_eq!(
        roots[7],
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    );
}

#[test]
fn a_frontier_survives_writing_and_reading() {
    let whole = tree(SIZE_MAX);
    let mut frontier = Frontier::new();
    for index in 0..SIZE_MAX {
        frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
        let peaks = Frontier::peak_ids(frontier.size())
            .map(|id| whole.read(id).unwrap())
            .collect();
        assert_eq!(
            Frontier::from_peaks(frontier.size(), peaks).unwrap(),
            frontier
        );
        frontier.push(&leaf(index)).unwrap();
    }
    assert_eq!(frontier, whole.frontier);
}

#[test]
fn refuses_frontiers_of_another_length() {
    let bytes = tree(13).frontier.to_bytes();
    for length in 0..bytes.len() {
        assert!(Frontier::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    assert_eq!(
        Frontier::from_bytes(&[bytes.as_slice(), &[0; 32]].concat())
            .unwrap_err()
            .code(),
        "frontier-peaks"
    );
    assert_eq!(
        Frontier::from_bytes(&[0; 8 + 65 * 32]).unwrap_err().code(),
        "frontier-length"
    );
}

#[test]
fn a_full_tree_takes_no_leaf() {
    let peaks = vec![EMPTY_ROOT; 64];
    let mut frontier = Frontier::from_peaks(TreeSize::new(u64::MAX), peaks).unwrap();
    assert_eq!(frontier.push(&leaf(0)).unwrap_err().code(), "log-full");
}

#[test]
fn every_leaf_is_proven_in_every_tree() {
    let tree = tree(SIZE_MAX);
    for size in 1..=SIZE_MAX {
        let root = tree.roots[size as usize];
        for index in 0..size {
            let (at, of) = (LeafIndex::new(index), TreeSize::new(size));
            let proof = inclusion_proof(&|id| tree.read(id), at, of).unwrap();
            verify_inclusion(&leaf_hash(&leaf(index)), at, of, &root, &proof).unwrap();
        }
    }
}

#[test]
fn refuses_every_changed_inclusion_proof() {
    let tree = tree(40);
    for (index, size) in [(0, 1), (0, 2), (3, 7), (6, 7), (32, 33), (12, 40), (39, 40)] {
        let (at, of) = (LeafIndex::new(index), TreeSize::new(size));
        let root = tree.roots[size as usize];
        let hash = leaf_hash(&leaf(index));
        let proof = inclusion_proof(&|id| tree.read(id), at, of).unwrap();
        for changed in mutations(&proof)
            .into_iter()
            .filter(|changed| *changed != proof)
        {
            assert!(verify_inclusion(&hash, at, of, &root, &changed).is_err());
        }
        for other in (0..size).filter(|other| *other != index) {
            assert!(verify_inclusion(&hash, LeafIndex::new(other), of, &root, &proof).is_err());
        }
        assert!(verify_inclusion(&leaf_hash(&leaf(999)), at, of, &root, &proof).is_err());
        assert!(verify_inclusion(&hash, at, of, &EMPTY_ROOT, &proof).is_err());
    }
    let beyond = verify_inclusion(
        &EMPTY_ROOT,
        LeafIndex::new(4),
        TreeSize::new(4),
        &EMPTY_ROOT,
        &[],
    );
    assert_eq!(beyond.unwrap_err().code(), "proof-index-beyond-size");
}

#[test]
fn every_tree_continues_every_smaller_one() {
    let tree = tree(SIZE_MAX);
    for new in 0..=SIZE_MAX {
        for old in 0..=new {
            let (from, to) = (TreeSize::new(old), TreeSize::new(new));
            let proof = consistency_proof(&|id| tree.read(id), from, to).unwrap();
            verify_consistency(
                from,
                &tree.roots[old as usize],
                to,
                &tree.roots[new as usize],
                &proof,
            )
            .unwrap();
        }
    }
}

#[test]
fn refuses_every_changed_consistency_proof() {
    let tree = tree(40);
    for (old, new) in [
        (0, 5),
        (1, 2),
        (3, 7),
        (4, 7),
        (6, 8),
        (8, 8),
        (12, 40),
        (32, 40),
        (39, 40),
    ] {
        let (from, to) = (TreeSize::new(old), TreeSize::new(new));
        let (old_root, new_root) = (tree.roots[old as usize], tree.roots[new as usize]);
        let proof = consistency_proof(&|id| tree.read(id), from, to).unwrap();
        for changed in mutations(&proof)
            .into_iter()
            .filter(|changed| *changed != proof)
        {
            assert!(
                verify_consistency(from, &old_root, to, &new_root, &changed).is_err(),
                "{old} {new}"
            );
        }
        let wrong = leaf_hash(b"wrong");
        assert!(
            verify_consistency(from, &wrong, to, &new_root, &proof).is_err(),
            "{old} {new}"
        );
        if old > 0 {
            assert!(
                verify_consistency(from, &old_root, to, &wrong, &proof).is_err(),
                "{old} {new}"
            );
        }
    }
    let shrinks = verify_consistency(
        TreeSize::new(2),
        &EMPTY_ROOT,
        TreeSize::new(1),
        &EMPTY_ROOT,
        &[],
    );
    assert_eq!(shrinks.unwrap_err().code(), "log-shrinks");
}

#[test]
fn hostile_sizes_and_lengths_end_at_once() {
    let proof = vec![EMPTY_ROOT; 200];
    for size in [1, 2, u64::MAX - 1, u64::MAX] {
        let of = TreeSize::new(size);
        let at = of.last().unwrap();
        assert!(verify_inclusion(&EMPTY_ROOT, at, of, &EMPTY_ROOT, &proof).is_err());
        assert!(verify_inclusion(&EMPTY_ROOT, LeafIndex::new(0), of, &EMPTY_ROOT, &proof).is_err());
        assert!(
            verify_consistency(TreeSize::new(1), &EMPTY_ROOT, of, &EMPTY_ROOT, &proof).is_err()
        );
    }
}

#[test]
fn a_missing_node_is_told() {
    let nothing = |_: NodeId| Err::<Hash, _>("gone");
    assert_eq!(
        inclusion_proof(&nothing, LeafIndex::new(0), TreeSize::new(2)),
        Err(ReadProofError::Read("gone"))
    );
}
