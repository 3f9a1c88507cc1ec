//! From a folder, or from a file, to the document. What is wrong is said with the file and the line.

use std::{fmt, fs, io::ErrorKind, path::Path};

use serde_json::{Map, Value};

use crate::{
    failure::{Code, Failure},
    folder::name::{self, LISTS},
};

/// The document of a seed folder, or of a file that has it.
pub(crate) fn read(path: &Path) -> Result<Value, Failure> {
    let unread = |error| bad(path.display(), error);
    if !fs::metadata(path).map_err(unread)?.is_dir() {
        return json(path);
    }
    let mut document = Map::new();
    each(path, |path, file| {
        let (member, value) = match (file, stem_of(file)) {
            ("workspace.json", _) => ("workspace", json(path)?),
            ("templates", _) => ("templates", tree(path)?),
            ("snippets", _) => ("snippets", snippets(path)?),
            (_, (list, "jsonl")) if LISTS.contains(&list) => (list, lines(path)?),
            (_, (_, "json" | "jsonl")) => {
                return Err(bad(path.display(), "there are workspace.json, people.jsonl and events.jsonl"));
            }
            // What explains the folder to people.
            _ => return Ok(()),
        };
        document.insert(member.to_owned(), value);
        Ok(())
    })?;
    Ok(Value::Object(document))
}

/// A file's name before its extension, and that.
fn stem_of(file: &str) -> (&str, &str) {
    file.rsplit_once('.').unwrap_or((file, ""))
}

/// Each folder is an object, and each file a member of it.
fn tree(folder: &Path) -> Result<Value, Failure> {
    let mut members = Map::new();
    each(folder, |path, file| {
        let value = if path.is_dir() {
            tree(path)?
        } else if stem_of(file).1 == "json" {
            json(path)?
        } else {
            Value::String(text(path)?)
        };
        members.insert(name::from_file(file).into_owned(), value);
        Ok(())
    })?;
    Ok(Value::Object(members))
}

fn snippets(folder: &Path) -> Result<Value, Failure> {
    let mut members = Map::new();
    each(folder, |path, file| {
        let (stem, "html") = stem_of(file) else {
            return Err(bad(path.display(), "a snippet is a file NAME.html"));
        };
        members.insert(name::from_file(stem).into_owned(), Value::String(text(path)?));
        Ok(())
    })?;
    Ok(Value::Object(members))
}

/// The files and folders that are not hidden.
fn each(folder: &Path, mut with: impl FnMut(&Path, &str) -> Result<(), Failure>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| bad(folder.display(), error))? {
        let entry = entry.map_err(|error| bad(folder.display(), error))?;
        let file = entry.file_name();
        let file = file.to_string_lossy();
        if !file.starts_with('.') {
            with(&entry.path(), &file)?;
        }
    }
    Ok(())
}

fn json(path: &Path) -> Result<Value, Failure> {
    let text = text(path)?;
    serde_json::from_str(&text).map_err(|error| at(path, error.line(), &error))
}

fn lines(path: &Path) -> Result<Value, Failure> {
    let text = text(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let values = lines.map(|(index, line)| {
        let value: Value = serde_json::from_str(line).map_err(|error| at(path, index + 1, &error))?;
        if value.is_object() { Ok(value) } else { Err(at(path, index + 1, &"a line is one JSON object")) }
    });
    values.collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => bad(path.display(), "it is not text in UTF-8"),
        _ => bad(path.display(), error),
    })
}

/// serde says the line within its text, which is one line of the file here.
fn at(path: &Path, line: usize, reason: &dyn fmt::Display) -> Failure {
    let reason = reason.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    bad(format_args!("{}:{line}", path.display()), reason)
}

fn bad(place: impl fmt::Display, reason: impl fmt::Display) -> Failure {
    Failure::new(Code::BadInput, format!("{place}: {reason}"))
}
