//! A seed as a folder that people review in git, and as the JSON document of the same shape.
//!
//! `workspace.json`, `people.jsonl`, `events.jsonl`, `templates/NAME/...` and `snippets/NAME.html` are the document's
//! `workspace`, `people`, `events`, `templates` and `snippets`. A file below `templates` is a member with the file's name: JSON as
//! it is, and anything else as text.

mod name;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;
