//! The docs of an operation say all that there is to know before it is called, where rustdoc shows it: on its type.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn sources() -> Vec<(PathBuf, String)> {
    fn visit(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    let mut files = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files
}

/// The docs of the type `name`, without its examples.
fn docs_of(name: &str, source: &str) -> String {
    // In a macro it is indented.
    let source = &source.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let ends = [" {", "(", ";"].map(|end| format!("\npub struct {name}{end}"));
    let begins = ends.iter().find_map(|declaration| source.find(declaration.as_str()));
    let before = &source[..begins.unwrap_or_else(|| panic!("no type {name}"))];
    let attributes = before.lines().rev().take_while(|line| line.starts_with("///") || line.starts_with("#["));
    let mut docs: Vec<_> = attributes.filter_map(|line| line.strip_prefix("///")).map(str::trim).collect();
    docs.reverse();
    docs.join("\n").split("```").step_by(2).collect()
}

/// The files of the operations and their types, as the lines of `operations!` have them.
fn operations() -> Vec<(PathBuf, String)> {
    let mut operations = Vec::new();
    for (path, text) in sources() {
        let is_there = cfg!(feature = "design_studio")
            || path.iter().all(|folder| folder != "assets" && folder != "design_studio");
        if !is_there {
            continue;
        }
        let mut is_open = false;
        for line in text.lines() {
            is_open = if is_open { line != "}" } else { line.ends_with("operations! {") && !line.starts_with(' ') };
            let Some((module, rest)) = line.trim().split_once("::").filter(|_| is_open) else { continue };
            let Some((name, route)) = rest.split_once(" = ") else { continue };
            assert!(route.ends_with("\";"), "{line}");
            operations.push((path.with_file_name(format!("{module}.rs")), name.to_owned()));
        }
    }
    operations
}

/// The docs say with which method of `Client` an operation is sent, and what that returns.
fn check_sending(docs: &str, source: &str, place: &str) {
    assert!(docs.contains("(crate::Client::"), "{place}: it does not say with which method of `Client` it is sent");
    if let Some((_, returned)) = docs.split_once("which\nreturns `").or_else(|| docs.split_once("which returns `")) {
        let returned = returned.split('`').next().unwrap();
        let declared = [format!("-> {returned}"), format!("type Output = {returned};")];
        assert!(declared.iter().any(|declared| source.contains(declared)), "{place}: it does not return {returned}");
    }
    let Some((_, methods)) = docs.split_once("the short method") else { return };
    let clients: String = ["app", "pipelines", "track"]
        .map(|api| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/{api}/client.rs"))))
        .map(Result::unwrap)
        .concat();
    for method in methods.split([';', '.']).next().unwrap().split('`').skip(1).step_by(2) {
        assert!(clients.contains(&format!(" {method}(")), "{place}: there is no method {method}");
    }
}

#[test]
fn every_operation_says_its_limits_and_where_the_vendor_describes_it() {
    let operations = operations();
    let mut routes = BTreeSet::new();
    for (file, name) in &operations {
        let source = fs::read_to_string(file).unwrap();
        let docs = docs_of(name, &source);
        let place = format!("{}: {name}", file.display());
        let limits = docs.split("\n\n").find(|paragraph| paragraph.starts_with("Limits: "));
        let limits = limits.unwrap_or_else(|| panic!("{place}: no paragraph begins with `Limits: `"));
        assert!(
            limits.contains("\n<https://docs.customer.io/") || limits.contains(". <https://docs.customer.io/"),
            "{place}: {limits}"
        );
        assert_eq!(docs.matches("Limits: ").count(), 1, "{place}");
        check_sending(&docs, &source, &place);
        let head = source.lines().next().unwrap();
        assert!(head.starts_with("//! `") && head.ends_with('.'), "{place}: it begins with `{head}`");
        routes.insert(place);
    }
    // What is declared otherwise: the batches, which are not called as they are, the six kinds of metrics, which are one
    // type, and a raw request of each API.
    let others = 2 + 6 + 3;
    assert_eq!(routes.len() + others, customerio_core::operations().count());
}

#[test]
fn no_limit_stands_where_rustdoc_does_not_show_it() {
    let mut shown = 0;
    for (path, text) in sources() {
        let head: Vec<_> = text.lines().take_while(|line| line.starts_with("//!") || line.is_empty()).collect();
        if !head.iter().any(|line| line.contains("Limits: ")) {
            continue;
        }
        // The modules of the APIs are public, and so is that of the limits.
        assert!(
            path.ends_with("mod.rs"),
            "{}: its `//!` names limits, and rustdoc shows nothing of it",
            path.display()
        );
        shown += 1;
    }
    assert!(shown >= 2, "{shown}");
}
