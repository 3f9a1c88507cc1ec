//! A request to the control API, as its handler gets it.

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;

pub(crate) use crate::control::reply::{json_reply, typed};
use crate::{Emulator, control::problem::Problem, workspaces::Workspaces};

/// A request whose route is known.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) workspaces: Workspaces,
    /// The workspace that the request is about.
    pub(crate) emulator: Emulator,
    /// What the query names that workspace by.
    pub(crate) named: Option<String>,
    /// The variable segments of the path, decoded.
    pub(crate) segments: Vec<String>,
    /// The parameters of the query, decoded, but `workspace`.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The body as a type. No body is an empty object.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = if self.body.is_empty() { &b"{}"[..] } else { &self.body };
        serde_json::from_slice(body).map_err(|error| Problem::bad(format!("the body cannot be read: {error}")))
    }
}
