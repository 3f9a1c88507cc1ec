//! Every program runs as it is, against an emulator of its own. Every code example of the docs and guides is spawned in a task
//! of its own, on a runtime with several threads, which shows that its future is `Send`; those of the guides are the code of
//! the programs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn every_program_runs() {
    let programs = Path::new(env!("CARGO_BIN_EXE_quickstart")).parent().unwrap();
    let mut count = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin")).unwrap() {
        let source = entry.unwrap().path();
        let name = source.file_stem().unwrap().to_str().unwrap();
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

/// Each code example in the docs and in the guides that awaits something is spawned, in lines that readers do not see.
#[test]
fn every_example_of_the_docs_is_spawned() {
    let (mut in_sources, mut in_guides) = (0, 0);
    for example in examples_of_the_docs().iter().filter(|example| example.waits()) {
        let Example { file, code, .. } = example;
        // The latter spawns.
        assert!(code.contains("tokio::spawn(") || code.contains("canned::run("), "{}:{code}", file.display());
        *if example.is_in_guide() { &mut in_guides } else { &mut in_sources } += 1;
    }
    assert!(in_sources > 15 && in_guides > 50, "{in_sources}, {in_guides}");
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

/// Readers are on the pages of `customerio`, whose program has no other crate of the workspace: what they see of an example names
/// `customerio`, also where it is the example of an item that `customerio` re-exports.
#[test]
fn every_example_names_the_crate_that_its_reader_has() {
    let mut count = 0;
    for Example { file, code, .. } in examples_of_the_docs() {
        let of = |krate: &str| file.iter().any(|part| part == krate);
        let inner = ["core", "hyper", "reqwest", "ureq", "axum"].map(|name| format!("customerio_{name}::"));
        if inner.iter().any(|path| of(&path.trim_end_matches(':').replace('_', "-"))) {
            let seen = code.lines().filter(|line| !line.trim_start().starts_with("# "));
            let wrong: Vec<_> = seen.filter(|line| inner.iter().any(|path| line.contains(path))).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", file.display());
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

impl Example {
    fn is_in_guide(&self) -> bool {
        self.file.extension().is_some_and(|extension| extension == "md")
    }

    /// Whether it waits for something in a way that can be spawned.
    fn waits(&self) -> bool {
        let has = |text| self.code.contains(text);
        // Without async a program has nothing to spawn on: what it waits for, it blocks on.
        let blocks = has("customerio_ureq as blocking") && has(".block_on(");
        // On the edge there is one thread.
        let is_on_one_thread = has("flavor = \"current_thread\"") && has("Step::Wait(");
        has(".await") && !blocks && !is_on_one_thread
    }
}

fn examples_of_the_docs() -> Vec<Example> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        let krate = entry.unwrap().path();
        files_below(&krate.join("src"), "rs", &mut files);
        files_below(&krate.join("guides"), "md", &mut files);
    }
    let mut examples = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let is_guide = file.extension().is_some_and(|extension| extension == "md");
        // Every second part is between two fences.
        for example in if is_guide { text } else { docs(&text) }.split("```").skip(1).step_by(2) {
            let (language, code) = example.split_once('\n').unwrap();
            let is_rust = language.trim().is_empty() || language.contains("rust") || language.contains("no_run");
            if is_rust && !language.contains("compile_fail") {
                examples.push(Example { file: file.clone(), language: language.to_owned(), code: code.to_owned() });
            }
        }
    }
    examples
}

/// The doc comments of a file.
fn docs(source: &str) -> String {
    let lines = source.lines().map(str::trim_start);
    lines.filter_map(|line| line.strip_prefix("///").or(line.strip_prefix("//!"))).collect::<Vec<_>>().join("\n")
}

/// The files below a folder, if there is one, whose names end like that.
fn files_below(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, ending, files);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            files.push(path);
        }
    }
}
