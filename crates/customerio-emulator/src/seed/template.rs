//! The files of a template: what each of them is a part of.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    seed::{document::Fields, error::Problem},
    store::{
        library::{Content, Parts, Template},
        record::Channel,
    },
};

/// The files that are text: the channel and the part that each is.
const TEXTS: [(&str, Channel, &str); 5] = [
    ("email.html", Channel::Email, "html"),
    ("email.txt", Channel::Email, "text"),
    ("sms.txt", Channel::Sms, "text"),
    ("whatsapp.txt", Channel::WhatsApp, "text"),
    ("in_app.html", Channel::InApp, "html"),
];

/// The files that are JSON.
const META: &str = "meta.json";
const PUSH: &str = "push.json";

/// A template that was read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) id: Option<u64>,
    pub(crate) send_to_unsubscribed: Option<bool>,
    pub(crate) content: Content,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Meta {
    id: Option<u64>,
    subject: Option<String>,
    from: Option<String>,
    reply_to: Option<String>,
    preheader: Option<String>,
    send_to_unsubscribed: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    title: Option<String>,
    message: Option<String>,
    link: Option<String>,
    image_url: Option<String>,
}

impl Meta {
    /// What an e-mail has beside its bodies.
    fn parts(self) -> Parts {
        named([
            ("subject", self.subject),
            ("from", self.from),
            ("reply_to", self.reply_to),
            ("preheader", self.preheader),
        ])
    }
}

/// Reads the files of a template, which is at `at`.
pub(crate) fn read(files: &Fields, at: &str) -> Result<Read, Problem> {
    let mut read = Read::default();
    let meta: Meta = json(files, META, at)?.unwrap_or_default();
    (read.id, read.send_to_unsubscribed) = (meta.id, meta.send_to_unsubscribed);
    let head = meta.parts();
    add(&mut read.content, "", files, &head, at)?;
    for (name, value) in files.iter().filter(|(name, _)| !is_file(name)) {
        let at = format!("{at}/{name}");
        let Some(files) = value.as_object().filter(|_| is_language(name)) else {
            let known = [META, PUSH].into_iter().chain(TEXTS.iter().map(|(file, ..)| *file)).collect::<Vec<_>>();
            let text =
                format!("{name} is no part of a template; there are {}, and folders of languages", known.join(", "));
            return Err(Problem::new(at, text));
        };
        if let Some(unknown) = files.keys().find(|name| !is_file(name)) {
            return Err(Problem::new(format!("{at}/{unknown}"), format!("{unknown} is no part of a template")));
        }
        let meta: Meta = json(files, META, &at)?.unwrap_or_default();
        if meta.id.is_some() || meta.send_to_unsubscribed.is_some() {
            let text =
                "the id and send_to_unsubscribed are of all languages: put them into the template's own meta.json";
            return Err(Problem::new(format!("{at}/{META}"), text));
        }
        // What a language does not say of the head of an e-mail is as it is for the others.
        let mut own = head.clone();
        own.extend(meta.parts());
        add(&mut read.content, name, files, &own, &at)?;
    }
    Ok(read)
}

/// The files that a template is read from.
pub(crate) fn files(id: u64, template: &Template) -> Fields {
    let mut all = of_language(&template.content, "", &Fields::new());
    let head = all.get(META).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut meta = head.clone();
    meta.insert("id".to_owned(), id.into());
    if let Some(sends) = template.send_to_unsubscribed {
        meta.insert("send_to_unsubscribed".to_owned(), sends.into());
    }
    all.insert(META.to_owned(), meta.into());
    let languages: BTreeSet<_> = template.content.values().flat_map(BTreeMap::keys).collect();
    for language in languages.into_iter().filter(|language| !language.is_empty()) {
        all.insert(language.clone(), of_language(&template.content, language, &head).into());
    }
    all
}

/// The files of a language, without what is as it is for the others.
fn of_language(content: &Content, language: &str, others: &Fields) -> Fields {
    let parts = |channel| content.get(&channel).and_then(|languages| languages.get(language));
    let mut files = Fields::new();
    for (file, channel, part) in TEXTS {
        if let Some(source) = parts(channel).and_then(|parts| parts.get(part)) {
            files.insert(file.to_owned(), source.as_str().into());
        }
    }
    let is_file = |part: &str| TEXTS.iter().any(|(_, channel, known)| *channel == Channel::Email && *known == part);
    for (file, channel) in [(META, Channel::Email), (PUSH, Channel::Push)] {
        let named = parts(channel).into_iter().flatten();
        let named = named.map(|(part, source)| (part.clone(), Value::String(source.clone())));
        let named: Fields =
            named.filter(|(part, source)| file == PUSH || !is_file(part) && others.get(part) != Some(source)).collect();
        if !named.is_empty() {
            files.insert(file.to_owned(), named.into());
        }
    }
    files
}

/// Adds the parts of a language. An e-mail has a head, and there is none without a body or a subject.
fn add(content: &mut Content, language: &str, files: &Fields, head: &Parts, at: &str) -> Result<(), Problem> {
    let mut set = |channel: Channel, name: &str, source: &str| {
        let parts = content.entry(channel).or_default().entry(language.to_owned()).or_default();
        parts.insert(name.to_owned(), source.to_owned());
    };
    for (file, channel, part) in TEXTS {
        match files.get(file) {
            None => {}
            Some(Value::String(source)) => set(channel, part, source),
            Some(_) => return Err(Problem::new(format!("{at}/{file}"), format!("{file} must be text"))),
        }
    }
    if let Some(Push { title, message, link, image_url }) = json(files, PUSH, at)? {
        let parts = [("title", title), ("message", message), ("link", link), ("image_url", image_url)];
        for (part, source) in named(parts) {
            set(Channel::Push, &part, &source);
        }
    }
    let says_more = files.get(META).is_some_and(|meta| meta.get("subject").is_some());
    if says_more || files.keys().any(|file| file.starts_with("email.")) {
        for (part, source) in head {
            set(Channel::Email, part, source);
        }
    }
    Ok(())
}

fn named<const N: usize>(parts: [(&str, Option<String>); N]) -> Parts {
    parts.into_iter().filter_map(|(name, source)| Some((name.to_owned(), source?))).collect()
}

/// A file of JSON.
fn json<'f, T: Deserialize<'f>>(files: &'f Fields, file: &str, at: &str) -> Result<Option<T>, Problem> {
    let read = files.get(file).map(T::deserialize).transpose();
    read.map_err(|error| Problem::new(format!("{at}/{file}"), error.to_string()))
}

/// Whether a name is that of a file of a template.
pub(crate) fn is_file(name: &str) -> bool {
    name == META || name == PUSH || TEXTS.iter().any(|(file, ..)| *file == name)
}

/// Whether a name may be that of a language, such as `de` or `pt-BR`.
fn is_language(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
