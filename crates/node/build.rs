//! Packs the programs under `profiles/` into the binary: one file is all that a node needs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    // Read when it runs, not when it is compiled: a build folder may be shared by two checkouts.
    let Ok(manifest) = std::env::var("CARGO_MANIFEST_DIR") else {
        return;
    };
    let root = Path::new(&manifest).join("../../profiles");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut source = String::from("pub(crate) static FILES: &[(&str, &str, &[u8])] = &[\n");
    for path in files {
        let Ok(relative) = path.strip_prefix(&root) else {
            continue;
        };
        let name = relative.to_string_lossy().replace('\\', "/");
        let Some((profile, file)) = name.split_once('/') else {
            continue;
        };
        // Examples and scenarios are an author's tests; a node that runs has no use for them.
        if file.starts_with("examples/") || file.starts_with("scenarios/") {
            continue;
        }
        println!("cargo:rerun-if-changed={}", path.display());
        let _ = writeln!(
            source,
            "    ({profile:?}, {file:?}, include_bytes!({path:?})),"
        );
    }
    source.push_str("];\n");
    if !source.contains("profile.yaml") {
        println!(
            "cargo::error=no program under {}: a node without one can take no record",
            root.display()
        );
    }
    let Ok(out) = std::env::var("OUT_DIR") else {
        return;
    };
    if let Err(error) = fs::write(Path::new(&out).join("profiles.rs"), source) {
        println!("cargo:warning=profiles could not be packed: {error}");
    }
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.push(path);
        }
    }
}
