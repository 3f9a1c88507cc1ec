//! What `env` prints, pasted into a shell: with Node, npm, Python and the registries of both.

use std::process::Command;

use serde_json::Value;

use crate::support::{Folder, Serving};

#[test]
#[ignore = "it installs the vendor's clients"]
fn a_pasted_program_works() {
    for sdk in ["node", "python", "node-cdp", "python-cdp"] {
        let folder = Folder::new();
        let serving = Serving::start(&folder, &[]);
        let script = serving.printed(&folder, &["env", "--sdk", sdk]);
        let pasted = Command::new("sh").args(["-e", "-c", &script]).current_dir(folder.path("")).output().unwrap();
        assert!(pasted.status.success(), "{sdk}: {}", String::from_utf8_lossy(&pasted.stderr));
        let printed = String::from_utf8(pasted.stdout).unwrap();
        assert!(printed.contains(&format!("look at {}/_emulator/", serving.url())), "{sdk}: {printed}");

        let list = |kind: &str| serving.ask(&format!("GET /_emulator/v1/{kind}"), "", "").1["items"].clone();
        assert_eq!(list("people")[0]["email"], "ada@example.com", "{sdk}");
        assert_eq!(list("events")[0]["name"], "purchase", "{sdk}");
        let verdicts: Vec<_> =
            list("requests").as_array().unwrap().iter().map(|item| item["verdict"].clone()).collect();
        let taken = |verdict: &Value| verdict == "accepted" || verdict == "accepted_but";
        assert!(!verdicts.is_empty() && verdicts.iter().all(taken), "{sdk}: {verdicts:?}");
    }
}
