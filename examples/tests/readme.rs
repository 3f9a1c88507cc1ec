//! The guides and the README show the code of the programs, and every program has a guide and a place in the index.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The guides: the name and the text of each.
fn guides() -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join("crates/customerio/guides")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let guides: Vec<_> =
        paths.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(path))).collect();
    assert!(guides.len() >= 20, "{}", guides.len());
    guides
}

/// The code blocks of a text in that language, as readers see them: without the lines that only the tests have.
fn blocks(text: &str, language: &str) -> Vec<String> {
    // Every second part is between two fences.
    let blocks = text.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let is_visible = |line: &&str| !line.starts_with("# ") && *line != "#";
    let visible = |code: &str| code.lines().filter(is_visible).flat_map(|line| [line, "\n"]).collect::<String>();
    blocks.filter(|(tag, _)| *tag == language).map(|(_, code)| visible(code)).collect()
}

/// The programs that a guide names, each with the code before its name.
fn programs(guide: &str) -> Vec<(String, String)> {
    let mut rest = guide;
    let mut programs = Vec::new();
    while let Some((before, after)) = rest.split_once("\nProgram: `") {
        let (program, after) = after.split_once('`').unwrap();
        programs.push((program.to_owned(), blocks(before, "rust").pop().expect("code before the program")));
        rest = after;
    }
    programs
}

#[test]
fn each_guide_is_the_code_of_its_programs() {
    let mut count = 0;
    for (guide, text) in guides() {
        for (name, code) in programs(&text) {
            let program = read(&name);
            // A program runs against an emulator too, so its `main` is its own.
            let code = code.split("#[tokio::main]\n").next().unwrap();
            let code = code.split("fn main() ->").next().unwrap();
            let (uses, code) = split_uses(code);
            for line in uses.lines() {
                assert!(program.contains(line), "{guide}: {name} lacks `{line}`");
            }
            assert!(!code.trim().is_empty(), "{guide}: {name} has no code");
            assert!(program.contains(code.trim_end()), "{guide}: {name} has other code than the guide:\n{code}");
            count += 1;
        }
    }
    assert!(count >= 30, "{count}");
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
    let index = read("examples/README.md");
    let programs: Vec<_> = guides().iter().flat_map(|(_, text)| programs(text)).map(|(program, _)| program).collect();
    let check = |name: &str, link: &str, file: &str| {
        assert!(index.contains(&format!("[`{name}`]({link})")), "{name} is not in the index");
        let has_guide = programs.iter().any(|program| program.starts_with(file));
        // Two are the README's, and one is another way than the guides'. What has dependencies of its own has its guide
        // beside it.
        let is_apart = ["quickstart", "first-program", "worker"].contains(&name) || name.ends_with("-consumer");
        assert!(has_guide || is_apart, "{name} has no guide");
    };
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(examples.join("src/bin")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let file = if path.is_dir() { format!("{name}/main.rs") } else { format!("{name}.rs") };
        check(name, &format!("src/bin/{file}"), &format!("examples/src/bin/{file}"));
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
    assert!(packages >= 4, "{packages}");
}

#[test]
fn the_readme_has_the_first_program_as_it_runs() {
    let readme = read("README.md");
    assert_eq!(blocks(&readme, "rust"), [read("examples/first-program/src/main.rs")]);
    assert!(readme.lines().count() <= 200, "{}", readme.lines().count());
}

#[test]
fn every_guide_is_a_module_in_the_index_and_in_the_readme() {
    let (module, readme) = (read("crates/customerio/src/guides.rs"), read("README.md"));
    for (guide, text) in guides() {
        assert!(module.contains(&format!("| [`{guide}`] |")), "{guide} is not in the index of the guides");
        assert!(module.contains(&format!("\"../guides/{guide}.md\")")), "{guide} is not in the docs");
        assert!(module.contains(&format!("pub mod {guide} {{}}")), "{guide} is not a module");
        let link = format!("https://docs.rs/customerio/latest/customerio/guides/{guide}/");
        assert!(readme.contains(&link), "{guide} is not in the README");
        assert!(!text.contains("](https://docs.rs/customerio/"), "{guide} links to an item by its address");
        for part in ["\n# Limits\n", "\n# Errors\n", "\n# Next\n"] {
            let is_without = matches!(guide.as_str(), "migrating" | "observability" | "security");
            assert!(is_without || text.contains(part), "{guide} has no part{part}");
        }
    }
}

#[test]
fn no_snippet_is_longer_than_those_of_other_clients() {
    let (_, guide) = guides().into_iter().find(|(name, _)| name == "migrating").unwrap();
    let lines = |code: &String| code.lines().filter(|line| !line.trim().is_empty()).count();
    let mut compared = 0;
    for section in sections(&guide) {
        let ours: usize = blocks(&section, "rust").iter().map(lines).sum();
        for language in ["go", "js", "python", "ruby"] {
            let theirs = blocks(&section, language);
            if !theirs.is_empty() {
                let theirs: usize = theirs.iter().map(lines).sum();
                let title = section.lines().next().unwrap();
                assert!(ours > 0 && ours <= theirs, "{title}: {ours} lines, and in {language} {theirs}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 30, "{compared}");
}

/// The parts of a guide, each from its heading on. A line of code that readers do not see begins like a heading.
fn sections(guide: &str) -> Vec<String> {
    let (mut sections, mut is_code) = (vec![String::new()], false);
    for line in guide.lines() {
        is_code ^= line.starts_with("```");
        if !is_code && line.starts_with("# ") {
            sections.push(String::new());
        }
        sections.last_mut().unwrap().extend([line, "\n"]);
    }
    sections
}

#[test]
fn a_queue_takes_ten_lines_more() {
    let (_, guide) = guides().into_iter().find(|(name, _)| name == "delivery").unwrap();
    let programs = blocks(&guide, "rust");
    let [without, with, ..] = &programs[..] else { panic!("{programs:?}") };
    assert!(!without.contains("Queue") && with.contains("Queue"));
    let (without, with) = (without.lines().count(), with.lines().count());
    assert!(with > without && with <= without + 10, "{without} lines without a queue, {with} with one");
}
