//! What a template is rendered with.

use serde_json::{Map, Value};

/// What a template is rendered with.
pub(crate) struct Context<'a> {
    /// The variables: `customer`, `trigger`, `event` and what else the message has.
    pub(crate) scope: &'a Map<String, Value>,
    /// The source of a snippet, by name.
    pub(crate) snippets: &'a dyn Fn(&str) -> Option<String>,
    /// What happens to a variable that has no value.
    pub(crate) undefined: Undefined,
    /// What `now` is to the filters of dates, in seconds since 1970.
    pub(crate) now: i64,
    /// What the service's tags write, by the tag's name, such as `unsubscribe_url`.
    pub(crate) urls: &'a dyn Fn(&str) -> Option<String>,
}

/// What happens to a variable that has no value, where no condition and no default takes care of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undefined {
    /// The template cannot be rendered.
    Fail,
    /// It is nothing.
    Blank,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { scope, undefined, now, .. } = self;
        formatter.debug_struct("Context").field("scope", scope).field("undefined", undefined).field("now", now).finish()
    }
}
