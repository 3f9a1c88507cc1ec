//! Every program does what it does in a task of its own, on a runtime with several threads: that it compiles shows that its
//! future is `Send`, and here it runs.

use std::{env, fs, path::Path, process::Command};

#[test]
fn every_program_is_spawned_and_runs() {
    let programs = Path::new(env!("CARGO_BIN_EXE_quickstart")).parent().unwrap();
    let mut count = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin")).unwrap() {
        let source = entry.unwrap().path();
        let name = source.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&source).unwrap();
        let head = "\n#[tokio::main]\nasync fn main() -> customerio_examples::Result {\n    spawn(";
        assert!(text.contains(head), "{name} does not spawn what it does");
        // It has a test of its own, which takes longer than all of these.
        if name != "backfill" {
            let mut program = Command::new(programs.join(name));
            // The emulator, whatever the environment says.
            env::vars().filter(|(name, _)| name.starts_with("CUSTOMERIO_")).for_each(|(name, _)| {
                program.env_remove(name);
            });
            let output = program.output().unwrap();
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        }
        count += 1;
    }
    assert!(count > 20, "{count}");
}
