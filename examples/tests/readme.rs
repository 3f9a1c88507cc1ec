//! The guides of the README and the programs are the same code, and no program is without a place in the index.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The guides: their title, their code, and the file of the program that they name.
fn guides() -> Vec<(String, String, String)> {
    let readme = read("README.md");
    let (_, guides) = readme.split_once("\n## Guides\n").unwrap();
    let (guides, _) = guides.split_once("\n## ").unwrap();
    let sections = guides.split("\n### ").skip(1);
    sections
        .map(|section| {
            let (title, rest) = section.split_once('\n').unwrap();
            let (_, rest) = rest.split_once("```rust\n").unwrap_or_else(|| panic!("{title}: no code"));
            let (code, rest) = rest.split_once("```").unwrap();
            let (_, rest) = rest.split_once("Program: [`").unwrap_or_else(|| panic!("{title}: no program"));
            let (_, rest) = rest.split_once("](").unwrap();
            let (program, _) = rest.split_once(')').unwrap();
            (title.to_owned(), code.to_owned(), program.to_owned())
        })
        .collect()
}

#[test]
fn each_guide_is_the_code_of_its_program() {
    let guides = guides();
    assert!(guides.len() >= 20, "{}", guides.len());
    for (title, code, program) in guides {
        let program = read(&program);
        // What a program uses besides is its own; the rest of the guide's code stands in it as it is.
        let (uses, code) = code.split_once("\n\n").map_or(("", code.as_str()), |(_, _)| split_uses(&code));
        for line in uses.lines() {
            assert!(program.contains(line), "{title}: the program lacks `{line}`");
        }
        assert!(program.contains(code.trim_end()), "{title}: the program has other code than the guide:\n{code}");
    }
}

/// The `use` lines of a guide, and its code.
fn split_uses(code: &str) -> (&str, &str) {
    let mut end = 0;
    for part in code.split_inclusive("\n\n") {
        if !part.starts_with("use ") {
            break;
        }
        end += part.len();
    }
    code.split_at(end)
}

#[test]
fn every_program_is_in_the_index_and_has_a_guide() {
    let (index, guides) = (read("examples/README.md"), guides());
    let check = |name: &str, link: &str, file: &str| {
        assert!(index.contains(&format!("[`{name}`]({link})")), "{name} is not in the index");
        let has_guide = guides.iter().any(|(_, _, program)| program.starts_with(file));
        assert!(has_guide || name == "quickstart", "{name} has no guide");
    };
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(examples.join("src/bin")).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        check(&name, &format!("src/bin/{name}.rs"), &format!("examples/src/bin/{name}.rs"));
    }
    let mut packages = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        if path.join("Cargo.toml").exists() {
            let name = path.file_name().unwrap().to_str().unwrap();
            check(name, name, &format!("examples/{name}/"));
            packages += 1;
        }
    }
    assert!(packages >= 3, "{packages}");
}
