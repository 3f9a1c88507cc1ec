//! A library between a process and the system: it records what is written, has syncs fail, and sets the clock.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::OnceLock,
};

/// The library, which is built once.
pub(crate) fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common/shim.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(folder).unwrap();
        // Each test has a process of its own, where nextest runs them.
        let (library, new) = (folder.join("shim.so"), folder.join(format!("shim-{}.so", process::id())));
        let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
        let arguments = ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"];
        let status = Command::new(compiler).args(arguments).arg(&new).arg(source).args(["-ldl", "-lpthread"]).status();
        assert!(status.unwrap().success(), "the C compiler fails");
        fs::rename(new, &library).unwrap();
        library
    })
}
