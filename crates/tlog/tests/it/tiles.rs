//! Paths and contents of tiles.

use garita_tlog::{
    Frontier, Hash, NodeId, TilePath, TreeSize, entry_bundle, parse_entry_bundle, parse_tile,
    tile_bytes,
};

#[test]
fn paths_are_spelled_as_specified() {
    let hashes = |level, index, width| TilePath::Hashes {
        level,
        index,
        width,
    };
    for (path, text) in [
        (hashes(0, 0, 256), "tile/0/000"),
        (hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (hashes(1, 0, 1), "tile/1/000.p/1"),
        (hashes(5, 999, 255), "tile/5/999.p/255"),
        (hashes(0, 1000, 256), "tile/0/x001/000"),
        (
            TilePath::Entries {
                index: 12,
                width: 256,
            },
            "tile/entries/012",
        ),
        (
            TilePath::Entries {
                index: 70_000,
                width: 3,
            },
            "tile/entries/x070/000.p/3",
        ),
        (
            hashes(0, u64::MAX, 256),
            "tile/0/x018/x446/x744/x073/x709/x551/615",
        ),
    ] {
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse::<TilePath>(), Ok(path));
    }
}

#[test]
fn refuses_other_spellings() {
    for text in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/6/000",
        "tile/-1/000",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p/",
        "tile/0/+01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/data/000",
        "tile/entries/000/",
        "tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/001",
    ] {
        assert_eq!(
            text.parse::<TilePath>().map_err(|error| error.code()),
            Err("tile-path"),
            "{text}"
        );
    }
}

#[test]
fn a_tile_exists_when_its_hashes_are_complete() {
    let tile: TilePath = "tile/1/000.p/2".parse().unwrap();
    assert!(!tile.exists(TreeSize::new(511)));
    assert!(tile.exists(TreeSize::new(512)));
    assert!(tile.exists(TreeSize::new(70_000)));
    assert_eq!(tile.available(TreeSize::new(1023)), 3);
    let entries: TilePath = "tile/entries/001".parse().unwrap();
    assert_eq!(entries.available(TreeSize::new(300)), 44);
    assert!(!entries.exists(TreeSize::new(300)));
    assert_eq!(
        TilePath::Hashes {
            level: 5,
            index: u64::MAX,
            width: 1
        }
        .available(TreeSize::new(u64::MAX)),
        0
    );
}

#[test]
fn a_full_tile_gives_the_hash_above_it() {
    let mut frontier = Frontier::new();
    let mut nodes = std::collections::HashMap::new();
    for index in 0..256u64 {
        let appended = frontier.push(&[u8::try_from(index).unwrap(); 32]).unwrap();
        for (level, hash) in appended.completed.into_iter().enumerate() {
            nodes.insert(
                NodeId::new(u8::try_from(level).unwrap(), index >> level),
                hash,
            );
        }
    }
    let read = |id: NodeId| nodes.get(&id).copied().ok_or(());
    let bytes = tile_bytes(&read, 0, 0, 256).unwrap();
    assert_eq!(bytes.len(), 8192);
    let mut again = Frontier::new();
    for hash in parse_tile(&bytes, 256).unwrap() {
        again.push_hash(hash).unwrap();
    }
    assert_eq!(again.root(), frontier.root());
    assert_eq!(
        tile_bytes(&read, 1, 0, 1).unwrap(),
        frontier.root().as_bytes()
    );
    assert_eq!(parse_tile(&bytes, 255).unwrap_err().code(), "tile-length");
    assert_eq!(
        Hash::from_slice(&bytes[..31]).unwrap_err().code(),
        "hash-length"
    );
}

#[test]
fn entry_bundles_are_length_and_leaf() {
    let leaves = [[1; 32], [2; 32]];
    let bytes = entry_bundle(&leaves);
    assert_eq!(parse_entry_bundle(&bytes, 2).unwrap(), leaves);
    assert_eq!(
        parse_entry_bundle(&bytes, 1).unwrap_err().code(),
        "tile-length"
    );
    let mut wrong = bytes;
    wrong[1] = 31;
    assert_eq!(
        parse_entry_bundle(&wrong, 2).unwrap_err().code(),
        "tile-entry"
    );
}
