//! Files that are written in several goes.

use std::fs;
use std::path::Path;
use std::time::Duration;

use garita_store::{Blobs, Options};
use sha2::{Digest as _, Sha256};

use crate::fixture::Folder;

fn opened(folder: &Path) -> Blobs {
    garita_store::open(folder, &Options::default())
        .unwrap()
        .1
        .blobs()
        .clone()
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_file_goes_back_to_a_mark_and_is_what_was_written_but_for_that() {
    let folder = Folder::new();
    let blobs = opened(&folder.0);
    let mut writer = blobs.create(10).unwrap();
    writer.write(b"abc").unwrap();
    let mark = writer.mark();
    writer.write(b"wrong").unwrap();
    assert!(writer.write(b"more").is_err(), "at most ten");
    writer.back_to(mark).unwrap();
    assert_eq!(writer.size(), 3);
    writer.write(b"def").unwrap();
    writer.sync().unwrap();
    let info = writer.finish(None).unwrap();
    assert_eq!(info.digest, <[u8; 32]>::from(Sha256::digest(b"abcdef")));
    assert_eq!(fs::read(blobs.path(&info.digest)).unwrap(), b"abcdef");
    assert_eq!(count(&folder.0.join("blobs/tmp")), 0);
}

#[test]
fn what_came_of_a_file_stays_until_it_is_whole_or_swept() {
    let folder = Folder::new();
    let digest: [u8; 32] = Sha256::digest(b"abcdef").into();
    let partial = folder.0.join("blobs/partial");
    {
        let blobs = opened(&folder.0);
        let mut writer = blobs.go_on(&digest, "one", 10).unwrap();
        writer.write(b"abc").unwrap();
        drop(writer);
        // Another's bytes are its own.
        assert_eq!(blobs.go_on(&digest, "two", 10).unwrap().size(), 0);
        assert_eq!(count(&partial), 2);
    }
    // Also after a restart; of what is swept nothing is left.
    let blobs = opened(&folder.0);
    let mut writer = blobs.go_on(&digest, "one", 10).unwrap();
    assert_eq!(writer.size(), 3);
    writer.write(b"def").unwrap();
    let info = writer.finish(Some(&digest)).unwrap();
    assert_eq!((info.digest, info.size), (digest, 6));
    assert_eq!(blobs.sweep(Duration::from_secs(3_600)).unwrap(), 0);
    assert_eq!(blobs.sweep(Duration::ZERO).unwrap(), 1);
    assert_eq!(count(&partial), 0);
    // Wrong ones leave nothing, and longer ones than there may be are begun anew.
    let other: [u8; 32] = Sha256::digest(b"other").into();
    let mut writer = blobs.go_on(&other, "one", 10).unwrap();
    writer.write(b"wrong").unwrap();
    assert!(writer.finish(Some(&other)).is_err());
    assert_eq!(count(&partial), 0);
    let mut writer = blobs.go_on(&other, "one", 10).unwrap();
    writer.write(b"0123456789").unwrap();
    drop(writer);
    assert_eq!(blobs.go_on(&other, "one", 5).unwrap().size(), 0);
    blobs.go_on(&other, "one", 5).unwrap().discard();
    assert_eq!(count(&partial), 0);
}
