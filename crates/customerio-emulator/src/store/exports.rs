//! The exports, each with its file and the links to it.

use std::{borrow::Cow, collections::BTreeMap, mem::size_of};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{
    server::reply::Refusal,
    store::{memory::block, room::Room},
};

/// Most exports that are kept.
const MOST_EXPORTS: usize = 10_000;

/// Most links to a file that are good at the same time: of more, the oldest are not.
const MOST_LINKS: usize = 100;

#[derive(Debug)]
pub(crate) struct Exports {
    /// By number, from 1.
    exports: BTreeMap<u64, Export>,
    room: Room,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Export {
    pub(crate) kind: Cow<'static, str>,
    pub(crate) description: String,
    pub(crate) rows: u64,
    #[serde(with = "crate::store::text")]
    pub(crate) file: Bytes,
    pub(crate) created_at: i64,
    pub(crate) downloads: u64,
    links: Vec<Link>,
}

/// Who knows the signature gets the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) signature: String,
    pub(crate) expires: i64,
}

impl Exports {
    pub(crate) fn within(room: &Room) -> Self {
        Self { exports: BTreeMap::new(), room: room.clone() }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (u64, &Export)> {
        self.exports.iter().map(|(id, export)| (*id, export))
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Export> {
        self.exports.get_mut(&id)
    }

    /// The file behind a link that is good.
    pub(crate) fn file(&self, id: u64, signature: &str, now: i64) -> Option<Bytes> {
        let export = self.exports.get(&id)?;
        let is_good = export.links.iter().any(|link| link.signature == signature && now < link.expires);
        is_good.then(|| export.file.clone())
    }

    /// Keeps an export, and gives it a number.
    pub(crate) fn add(&mut self, export: Export) -> Result<(u64, &Export), Refusal> {
        if self.exports.len() >= MOST_EXPORTS {
            return Err(Refusal::full("exports", MOST_EXPORTS));
        }
        self.room.check()?;
        self.room.change(0, export.held());
        let id = self.exports.len() as u64 + 1;
        Ok((id, self.exports.entry(id).or_insert(export)))
    }
}

impl Exports {
    /// All of them, to be written down.
    pub(crate) fn image(&self) -> BTreeMap<u64, Export> {
        self.exports.clone()
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: BTreeMap<u64, Export>) {
        self.room.change(0, image.values().map(Export::held).sum());
        self.exports = image;
    }
}

impl Export {
    /// With the links that it can have.
    fn held(&self) -> usize {
        let links = MOST_LINKS * (size_of::<Link>() + block(32));
        2 * size_of::<Self>() + block(self.file.len()) + links
    }

    pub(crate) fn new(kind: &'static str, description: String, rows: u64, file: Vec<u8>, created_at: i64) -> Self {
        // Without what a vector has room for beyond its end.
        let file = Bytes::from(file.into_boxed_slice());
        Self { kind: kind.into(), description, rows, file, created_at, downloads: 0, links: Vec::new() }
    }

    /// Adds a link, and forgets those that have expired.
    pub(crate) fn add_link(&mut self, link: Link, now: i64) {
        self.links.retain(|link| now < link.expires);
        if self.links.len() == MOST_LINKS {
            self.links.remove(0);
        }
        self.links.push(link);
    }
}
