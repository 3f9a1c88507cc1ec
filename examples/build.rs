//! Makes modules of the programs in the READMEs, whose `main` a test spawns.

#![expect(clippy::unwrap_used, reason = "a build script fails by panicking")]

use std::{env, fs, path::Path};

const READMES: [(&str, &str); 3] = [
    ("first_program", "../README.md"),
    ("delivery", "../crates/customerio-delivery/README.md"),
    ("testing", "../crates/customerio-testing/README.md"),
];

/// What makes a program of a future.
const MAIN: &str = "#[tokio::main]\nasync fn main()";

fn main() {
    let mut modules = String::new();
    for (name, path) in READMES {
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
        let code = code.filter(|code| code.contains(MAIN)).unwrap_or_else(|| panic!("{path} has no program"));
        let code = code.replace(MAIN, "pub(crate) async fn main()");
        modules.extend(["mod ", name, " {\n", &code, "}\n"]);
    }
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("readmes.rs"), modules).unwrap();
}
