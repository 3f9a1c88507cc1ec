//! Lists that the service hands out page by page.

mod cursor;
mod pages;
mod stream;

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};

pub use self::{
    cursor::Cursor,
    pages::Pages,
    stream::{ItemStream, PageStream},
};
use crate::{
    DecodeFailure, FromResponse, Operation,
    entity::{missing, object},
    fields::list,
    from_response::check_reported,
};

/// A list, or a page of one.
///
/// An item of another type than expected does not affect the others: it stays in [`extra`](Self::extra), under the name
/// of the list.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "pagination")]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The start of the next page; `None` on the last page. A page without items can have a next one.
    pub next: Option<Cursor>,
    /// The other fields of the response.
    pub extra: Map<String, Value>,
}

impl<T> std::fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The items can be people, and a cursor can be one's identifier.
        f.debug_struct("Page")
            .field("items", &self.items.len())
            .field("has_next", &self.next.is_some())
            .finish_non_exhaustive()
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// Items that the service lists.
pub trait Listed: Sized + Send + 'static {
    /// The names that a response can have for the list.
    #[doc(hidden)]
    const NAMES: &'static [&'static str];

    /// A response with one item.
    #[doc(hidden)]
    const EXAMPLE: &'static str;

    #[cfg(feature = "samples")]
    #[doc(hidden)]
    const SHAPE: crate::Shape = crate::Shape::Any;

    #[doc(hidden)]
    fn read(json: &serde_json::value::RawValue) -> Option<Self>;
}

/// Says that responses have lists of a thing, and how they name them: `listed!(Export in "exports" = ..)`. An example
/// of the thing follows, as JSON.
macro_rules! listed {
    ($type:ident in $name:literal $(| $other:literal)* = $example:literal) => {
        impl $crate::page::Listed for $type {
            const NAMES: &'static [&'static str] = &[$name $(, $other)*];
            const EXAMPLE: &'static str = concat!("{\"", $name, "\":[", $example, "]}");
            #[cfg(feature = "samples")]
            const SHAPE: $crate::Shape = <$type as $crate::fields::Read>::SHAPE;

            fn read(json: &serde_json::value::RawValue) -> Option<Self> {
                $crate::fields::Read::read(json)
            }
        }
    };
}
pub(crate) use listed;

impl<T: Listed> FromResponse for Page<T> {
    const EXAMPLE: &'static str = T::EXAMPLE;
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = crate::Shape::Object(&[(T::NAMES, &T::SHAPE), (&["next"], &crate::Shape::Any)]);

    /// # Errors
    ///
    /// Fails if the body has no list of the name that the API promises, because another name would look like an empty
    /// workspace; `null` is an empty list. Fails also if the body says that the call failed, unless `errors` is the
    /// list itself.
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        let mut fields = object(response)?;
        let (name, json) = fields.remove(T::NAMES).unzip();
        let (mut extra, mut odd) = (Map::new(), None);
        let items = json.map(|json| list(json, &mut odd, T::read)).unwrap_or_default();
        // Errors that were asked for say nothing of the call; where none can be read as one of those, they are the API's.
        if name != Some("errors") || items.is_empty() {
            check_reported(response)?;
        }
        let name = name.ok_or_else(|| missing(T::NAMES[0]))?;
        extra.extend(odd.map(|odd| (name.to_owned(), odd)));
        let next: Option<Cursor> = fields.take(&["next"], &mut extra).map_err(missing)?;
        fields.drain(&mut extra);
        let next = next.or_else(|| next_of_meta(items.is_empty(), name, &extra));
        Ok(Self { items, next, extra })
    }
}

/// An operation that lists something page by page.
///
/// [`Client::pages`](crate::Client::pages) and [`Client::items`](crate::Client::items) read all pages. Without a
/// client, [`Pages`] says which page to read next.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not list anything page by page",
    note = "call it with `client.call(..)`"
)]
pub trait Paged: Operation {
    /// What is listed.
    type Item: Send + 'static;

    /// Returns the same list, from the page that starts at `cursor`.
    #[must_use]
    fn starting_at(self, cursor: &Cursor) -> Self;

    /// Returns where the page after `page` starts, which is what this operation returned.
    fn next(&self, page: &Self::Output) -> Option<Cursor>;

    /// Returns the items of a page.
    fn items(page: Self::Output) -> Vec<Self::Item>;
}

/// Where the next page starts, where a response says in `meta` how it goes on: with a cursor, or with the number of this
/// page beside how long pages are and how many items there are. `list` is the name of the list.
///
/// A page with a number is the last one if nothing is on it: no items, no unreadable ones, and no other list beside
/// them.
fn next_of_meta(no_items: bool, list: &str, extra: &Map<String, Value>) -> Option<Cursor> {
    let pagination = extra.get("meta")?.get("pagination")?;
    if let Some(cursor) = pagination.get("next_cursor").and_then(Value::as_str) {
        return (!cursor.is_empty()).then(|| Cursor::from(cursor));
    }
    let number = |name| pagination.get(name)?.as_u64();
    let (at, limit, total) = (number("page")?, number("limit")?, number("total")?);
    let is_odd = extra.get(list).is_some_and(|odd| !odd.is_null());
    let has_items = |value: &Value| value.as_array().is_some_and(|list| !list.is_empty());
    let is_empty = no_items && !is_odd && !extra.values().any(has_items);
    let is_last = is_empty || at.saturating_mul(limit) >= total;
    (!is_last).then(|| Cursor::from((at + 1).to_string()))
}

/// Makes an operation [`Paged`] whose field `start`, or the one behind `from`, is the `next` of the page before.
///
/// `by page` where pages have numbers, which the field `page` says.
macro_rules! paged {
    ($operation:ident of $item:ident by page) => {
        impl $crate::Paged for $operation {
            type Item = $item;

            fn starting_at(mut self, cursor: &$crate::Cursor) -> Self {
                self.page = cursor.as_str().parse().ok();
                self
            }
            fn next(&self, page: &$crate::Page<$item>) -> Option<$crate::Cursor> {
                page.next.clone()
            }
            fn items(page: $crate::Page<$item>) -> Vec<$item> {
                page.items
            }
        }
    };
    ($operation:ident of $item:ident) => { $crate::page::paged!($operation of $item from start); };
    ($operation:ident of $item:ident from $($start:ident).+) => {
        impl $crate::Paged for $operation {
            type Item = $item;

            fn starting_at(mut self, cursor: &$crate::Cursor) -> Self {
                self.$($start).+ = Some(cursor.clone());
                self
            }
            fn next(&self, page: &$crate::Page<$item>) -> Option<$crate::Cursor> {
                page.next.clone()
            }
            fn items(page: $crate::Page<$item>) -> Vec<$item> {
                page.items
            }
        }
    };
}
pub(crate) use paged;
