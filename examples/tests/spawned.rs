//! Every program does what it does in a task of its own, on a runtime with several threads: that it compiles shows that its
//! future is `Send`, and here it runs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

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

/// The same of the code examples in the docs: each that waits for something is spawned, in lines that readers do not see.
/// Those of the README are these programs.
#[test]
fn every_example_of_the_docs_is_spawned() {
    let mut count = 0;
    for Example { file, code, .. } in examples_of_the_docs() {
        // Without async a program has nothing to spawn on: what it waits for, it blocks on.
        let blocks = code.contains("customerio_ureq::Client") && code.contains(".block_on(");
        if code.contains(".await") && !blocks {
            // The latter spawns.
            assert!(code.contains("tokio::spawn(") || code.contains("canned::run("), "{}:{code}", file.display());
            count += 1;
        }
    }
    assert!(count > 15, "{count}");
}

#[test]
fn every_example_of_the_docs_asserts_something() {
    let mut count = 0;
    for Example { file, language, code } in examples_of_the_docs() {
        if !language.contains("no_run") {
            assert!(code.contains("assert"), "{}:{code}", file.display());
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
}

/// An example in the docs that compiles.
struct Example {
    file: PathBuf,
    language: String,
    code: String,
}

fn examples_of_the_docs() -> Vec<Example> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        sources(&entry.unwrap().path().join("src"), &mut files);
    }
    let mut examples = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(str::trim_start);
        let docs: Vec<_> = lines.filter_map(|line| line.strip_prefix("///").or(line.strip_prefix("//!"))).collect();
        // Every second part is between two fences.
        for example in docs.join("\n").split("```").skip(1).step_by(2) {
            let (language, code) = example.split_once('\n').unwrap();
            if !["compile_fail", "text", "sh", "json", "sql"].iter().any(|other| language.contains(other)) {
                examples.push(Example { file: file.clone(), language: language.to_owned(), code: code.to_owned() });
            }
        }
    }
    examples
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
