use std::{env, path::PathBuf};

/// The folder of the repository, by where the tests run. Not by where they were compiled: what was compiled in one clone may
/// run in another.
pub fn repository() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env::current_dir().expect("a folder"), PathBuf::from);
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").is_file());
    root.expect("a folder with Cargo.lock").to_path_buf()
}
