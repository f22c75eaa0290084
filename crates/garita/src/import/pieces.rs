//! A file of interchanges, cut as it is read: its size does not matter.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use garita_formats::ReadError;
use garita_formats::edi::{Piece, Splitter};

const CHUNK_BYTES: usize = 256 * 1024;

/// Why no further interchange comes.
pub(super) enum Broken {
    /// The file can't be read.
    Disk(String),
    /// What stands there is no interchange, or too long for one.
    Form(ReadError),
}

/// The interchanges of a file, one after another.
pub(super) struct Pieces {
    file: File,
    splitter: Splitter,
    ended: bool,
}

/// The interchanges of a file that begins as one does; none where it begins otherwise.
pub(super) fn of(path: &Path) -> Result<Option<Pieces>, String> {
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    let mut head = Vec::new();
    file.by_ref()
        .take(4_096)
        .read_to_end(&mut head)
        .map_err(|e| e.to_string())?;
    let text = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&head)
        .trim_ascii_start();
    if !["ISA", "UNA", "UNB"]
        .iter()
        .any(|tag| text.starts_with(tag.as_bytes()))
    {
        return Ok(None);
    }
    let mut splitter = Splitter::new();
    splitter.push(&head);
    Ok(Some(Pieces {
        file,
        splitter,
        ended: false,
    }))
}

impl Pieces {
    /// The next interchange, or none.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Broken> {
        loop {
            if self.ended {
                return self.splitter.finish().map_err(Broken::Form);
            }
            if let Some(piece) = self.splitter.take().map_err(Broken::Form)? {
                return Ok(Some(piece));
            }
            let mut chunk = vec![0; CHUNK_BYTES];
            let read = self
                .file
                .read(&mut chunk)
                .map_err(|e| Broken::Disk(e.to_string()))?;
            self.ended = read == 0;
            self.splitter.push(chunk.get(..read).unwrap_or_default());
        }
    }
}
