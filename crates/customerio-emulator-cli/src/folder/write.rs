//! From the document to a folder.

use std::{fmt::Write as _, fs, io, path::Path};

use serde_json::Value;

use crate::{
    failure::{Failure, io_failure},
    folder::name::{self, LISTS},
};

/// Writes the parts of the document that a seed has. What the folder has of them is replaced, and anything else stays.
pub(crate) fn write(folder: &Path, document: &Value) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(io_failure(folder.display()))?;
    if let Some(workspace) = document.get("workspace") {
        put(&folder.join("workspace.json"), &pretty(workspace))?;
    }
    for list in LISTS {
        if let Some(items) = document[list].as_array() {
            let mut lines = String::new();
            for item in items {
                let _ = writeln!(lines, "{item}");
            }
            put(&folder.join(list).with_extension("jsonl"), &lines)?;
        }
    }
    if let Some(templates) = document.get("templates") {
        empty(&folder.join("templates"))?;
        tree(&folder.join("templates"), templates)?;
    }
    if let Some(snippets) = document["snippets"].as_object() {
        empty(&folder.join("snippets"))?;
        for (snippet, value) in snippets {
            let file = name::to_file(snippet) + ".html";
            put(&folder.join("snippets").join(file), value.as_str().unwrap_or_default())?;
        }
    }
    Ok(())
}

fn tree(path: &Path, value: &Value) -> Result<(), Failure> {
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    match value {
        Value::Object(members) if !is_json => {
            fs::create_dir_all(path).map_err(io_failure(path.display()))?;
            members.iter().try_for_each(|(member, value)| tree(&path.join(name::to_file(member)), value))
        }
        Value::String(text) if !is_json => put(path, text),
        value => put(path, &pretty(value)),
    }
}

/// A template that is gone must not stay.
fn empty(folder: &Path) -> Result<(), Failure> {
    let removed = match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    };
    removed.and_then(|()| fs::create_dir_all(folder)).map_err(io_failure(folder.display()))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(io_failure(path.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::folder::read;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = std::env::temp_dir().join(format!("customerio-emulator-folder-{}", std::process::id()));
        let document = json!({
            "workspace": {"segments": [{"id": 7, "name": "Beta"}]},
            "people": [{"id": "42", "email": "ada@example.com"}, {"id": "43", "note": "two\nlines"}],
            "events": [],
            "templates": {
                "welcome": {"meta.json": {"id": 3}, "email.html": "<p>Hi</p>\n", "de": {"email.html": "Hallo"}},
                "../../out": {"sms.txt": ""},
            },
            "snippets": {"address/de": "1 Main St"},
        });
        write(&folder, &json!({"templates": {"old": {"sms.txt": "x"}}})).unwrap();
        write(&folder, &document).unwrap();
        fs::write(folder.join("README.md"), "for people").unwrap();
        assert_eq!(read(&folder).unwrap(), document);
        assert_eq!(fs::read_to_string(folder.join("people.jsonl")).unwrap().lines().count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_wrong_is_said_with_file_and_line() {
        let folder = std::env::temp_dir().join(format!("customerio-emulator-wrong-{}", std::process::id()));
        fs::create_dir_all(folder.join("snippets")).unwrap();
        for (file, text, expected) in [
            ("people.jsonl", "{}\n\n{\"id\": }\n", "people.jsonl:3: expected value"),
            ("events.jsonl", "7", "events.jsonl:1: a line is one JSON object"),
            ("workspace.json", "{\n\"site_id\": 7,\n}", "workspace.json:3: trailing comma"),
            ("poeple.jsonl", "", "poeple.jsonl: there are workspace.json, people.jsonl"),
            ("snippets/a.txt", "", "a.txt: a snippet is a file NAME.html"),
        ] {
            fs::write(folder.join(file), text).unwrap();
            let failure = read(&folder).unwrap_err();
            assert!(
                failure.to_string().contains(expected) && failure.code == crate::failure::Code::BadInput,
                "{failure}"
            );
            fs::remove_file(folder.join(file)).unwrap();
        }
        fs::write(folder.join("people.jsonl"), b"\xff").unwrap();
        assert!(read(&folder).unwrap_err().to_string().contains("UTF-8"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
