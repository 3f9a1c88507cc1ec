//! A seed as a folder.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    contract::json,
    seed::{
        document::{Document, Fields, Seed},
        error::{Problem, SeedError},
        line::line_of,
        name::{from_file, to_file},
        plant, template,
    },
    store::capacity::MOST_BYTES,
};

const WORKSPACE: &str = "workspace.json";
const PEOPLE: &str = "people.jsonl";
const EVENTS: &str = "events.jsonl";
const TEMPLATES: &str = "templates";
const SNIPPETS: &str = "snippets";

impl Seed {
    /// Reads a seed from a folder. Hidden files, and files that are neither JSON nor part of a seed, are ignored.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read, has an unknown field, or has something that the API would refuse, with the file
    /// and the line, or if the folder has no file of a seed.
    pub fn from_dir(folder: &Path) -> Result<Self, SeedError> {
        let document = read(folder)?;
        plant::check(&document).map_err(|problem| located(folder, &problem))?;
        Ok(Self { document: Arc::new(document) })
    }

    /// Writes the seed as a folder, which is created if it does not exist: always in the same order, with one person or
    /// event a line. Templates and snippets of another seed are removed.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be written or removed.
    pub fn write_to(&self, folder: &Path) -> io::Result<()> {
        let document = &*self.document;
        fs::create_dir_all(folder)?;
        let mut workspace = serde_json::to_value(&document.workspace)?;
        workspace.sort_all_objects();
        fs::write(folder.join(WORKSPACE), pretty(&workspace))?;
        fs::write(folder.join(PEOPLE), lines(&document.people)?)?;
        fs::write(folder.join(EVENTS), lines(&document.events)?)?;
        let templates = document.templates.iter().map(|(name, files)| (name.clone(), Value::Object(files.clone())));
        let templates: Fields = templates.collect();
        prune(&folder.join(TEMPLATES), &templates)?;
        write_files(&folder.join(TEMPLATES), &templates)?;
        self.write_snippets(&folder.join(SNIPPETS))
    }

    fn write_snippets(&self, folder: &Path) -> io::Result<()> {
        let snippets = &self.document.snippets;
        for (path, file) in entries(folder)? {
            if file.strip_suffix(".html").is_some_and(|name| !snippets.contains_key(&*from_file(name))) {
                fs::remove_file(path)?;
            }
        }
        if !snippets.is_empty() {
            fs::create_dir_all(folder)?;
        }
        snippets.iter().try_for_each(|(name, value)| fs::write(folder.join(to_file(name) + ".html"), value))
    }
}

fn read(folder: &Path) -> Result<Document, SeedError> {
    let mut document = Document::default();
    let mut is_seed = false;
    for (path, file) in listed(folder)? {
        match file.as_str() {
            WORKSPACE => document.workspace = json_of(&path)?,
            PEOPLE => document.people = objects_of(&path)?,
            EVENTS => document.events = objects_of(&path)?,
            TEMPLATES => {
                for (path, file) in listed(&path)? {
                    if !path.is_dir() {
                        return Err(unread(&path, "a template is a folder"));
                    }
                    document.templates.insert(from_file(&file).into_owned(), files_of(&path, true)?);
                }
            }
            SNIPPETS => {
                for (path, file) in listed(&path)? {
                    let Some(name) = file.strip_suffix(".html") else {
                        return Err(unread(&path, "a snippet is a file NAME.html"));
                    };
                    document.snippets.insert(from_file(name).into_owned(), text_of(&path)?);
                }
            }
            _ if path.extension().is_some_and(|extension| extension == "json" || extension == "jsonl") => {
                return Err(unread(&path, format!("there are {WORKSPACE}, {PEOPLE} and {EVENTS}: rename it")));
            }
            _ => continue,
        }
        is_seed = true;
    }
    if !is_seed {
        let text =
            format!("there is no seed: it has one of {WORKSPACE}, {PEOPLE}, {EVENTS}, {TEMPLATES} and {SNIPPETS}");
        return Err(unread(folder, text));
    }
    Ok(document)
}

/// The files of a template, with a folder for each language.
fn files_of(folder: &Path, has_languages: bool) -> Result<Fields, SeedError> {
    let mut files = Fields::new();
    for (path, file) in listed(folder)? {
        let value = if path.is_dir() {
            if !has_languages {
                return Err(unread(&path, "a language has no folders: put it beside the others"));
            }
            Value::Object(files_of(&path, false)?)
        } else if path.extension().is_some_and(|extension| extension == "json") {
            json_of(&path)?
        } else {
            text_of(&path)?.into()
        };
        files.insert(from_file(&file).into_owned(), value);
    }
    Ok(files)
}

fn json_of<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, SeedError> {
    let text = text_of(path)?;
    serde_json::from_str(&text).map_err(|error| SeedError::of_json(&error).in_file(path.display().to_string()))
}

fn objects_of(path: &Path) -> Result<Vec<Fields>, SeedError> {
    let text = text_of(path)?;
    let objects = filled(&text).map(|(line, text)| {
        let error = |error: SeedError| error.in_file(path.display().to_string()).at_line(Some(line));
        match json::read(text.as_bytes(), MOST_BYTES) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(error(SeedError::new("a line must be an object"))),
            Err(json::Unread::NotJson(found)) => Err(error(SeedError::of_json(&found))),
            Err(found) => Err(error(SeedError::new(found.to_string()))),
        }
    });
    objects.collect()
}

/// The lines of a file that are not blank, with their numbers.
fn filled(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

fn text_of(path: &Path) -> Result<String, SeedError> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => unread(path, "it must be text in UTF-8"),
        _ => unread(path, error.to_string()),
    })
}

fn listed(folder: &Path) -> Result<Vec<(PathBuf, String)>, SeedError> {
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => entries(folder).map_err(|error| unread(folder, error.to_string())),
        Ok(_) => Err(unread(folder, "it must be a folder")),
        Err(error) => Err(unread(folder, error.to_string())),
    }
}

/// What a folder has that is not hidden, sorted by name. A folder that is not there has nothing.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        found => found?,
    };
    let mut entries = Vec::new();
    for entry in found {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !file.starts_with('.') {
            entries.push((path, file));
        }
    }
    entries.sort();
    Ok(entries)
}

fn unread(path: &Path, text: impl Into<String>) -> SeedError {
    SeedError::new(text).in_file(path.display().to_string())
}

/// The file and the line of a place in the document.
fn located(folder: &Path, problem: &Problem) -> SeedError {
    let unescape = |step: &str| step.replace("~1", "/").replace("~0", "~");
    let steps: Vec<_> = problem.pointer.split('/').skip(1).map(unescape).collect();
    let rest =
        |from: usize| problem.pointer.split('/').skip(from + 1).fold(String::new(), |rest, step| rest + "/" + step);
    let list = |file: &str| {
        let path = folder.join(file);
        let number = steps.get(1).and_then(|index| index.parse().ok()).unwrap_or(0);
        let line = text_of(&path).ok().and_then(|text| filled(&text).nth(number).map(|(line, _)| line));
        (path, line)
    };
    let in_json = |path: PathBuf, from: usize| {
        let line = text_of(&path).ok().map(|text| line_of(&text, &rest(from)));
        (path, line)
    };
    let (path, line) = match steps.first().map(String::as_str) {
        Some("people") => list(PEOPLE),
        Some("events") => list(EVENTS),
        Some("templates") => {
            // The file is the last step that is one.
            let mut path = folder.join(TEMPLATES);
            let mut taken = 1;
            while let Some(step) = steps.get(taken).filter(|_| path.is_dir()) {
                path.push(to_file(step));
                taken += 1;
            }
            if path.extension().is_some_and(|extension| extension == "json") {
                in_json(path, taken)
            } else {
                (path, None)
            }
        }
        _ => in_json(folder.join(WORKSPACE), 1),
    };
    unread(&path, problem.text.clone()).at_line(line)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn lines(objects: &[Fields]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for fields in objects {
        // Where another crate makes maps keep the order of what is put in.
        let mut object = Value::Object(fields.clone());
        object.sort_all_objects();
        serde_json::to_writer(&mut text, &object)?;
        text.push(b'\n');
    }
    Ok(text)
}

fn write_files(folder: &Path, files: &Fields) -> io::Result<()> {
    if !files.is_empty() {
        fs::create_dir_all(folder)?;
    }
    for (name, value) in files {
        let path = folder.join(to_file(name));
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        match value {
            Value::Object(files) if !is_json => write_files(&path, files)?,
            Value::String(text) if !is_json => fs::write(path, text)?,
            value => fs::write(path, pretty(value))?,
        }
    }
    Ok(())
}

/// Removes the files of templates, and of their languages, that are not to stay.
fn prune(folder: &Path, stay: &Fields) -> io::Result<()> {
    for (path, file) in entries(folder)? {
        let stays = stay.get(&*from_file(&file));
        if path.is_dir() {
            prune(&path, stays.and_then(Value::as_object).unwrap_or(&Fields::new()))?;
            if stays.is_none() && entries(&path)?.is_empty() {
                // One that has something else, and hides it, stays.
                let _ = fs::remove_dir(&path);
            }
        } else if stays.is_none() && template::is_file(&file) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
