//! A route of the control API: what it takes, what it does, and what the documentation says of it.

use std::{future::Future, pin::Pin};

use http::{Method, Response};

use crate::{
    control::{asked::Asked, problem::Problem},
    server::payload::Payload,
};

/// What a route comes to.
pub(crate) type Outcome = Result<Response<Payload>, Problem>;

/// What is done with a request, at once or in time.
pub(crate) enum Handler {
    Always(fn(&Asked) -> Response<Payload>),
    Now(fn(&Asked) -> Outcome),
    Later(fn(Asked) -> Pin<Box<dyn Future<Output = Outcome> + Send>>),
}

/// Which parameters a route takes beside its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// None but the workspace.
    OwnAlone,
    /// Those of all lists.
    OfLists,
    /// Those of all deletions.
    OfDeletions,
}

/// A parameter of the query: its name, and what it means.
pub(crate) type Parameter = (&'static str, &'static str);

pub(crate) struct Route {
    pub(crate) method: Method,
    /// With `{…}` for segments that vary.
    pub(crate) pattern: &'static str,
    /// What it does, in one line.
    pub(crate) summary: &'static str,
    /// The parameters that it alone takes, beside `workspace`.
    pub(crate) parameters: &'static [Parameter],
    /// Which parameters it takes beside them.
    pub(crate) taken: Taken,
    pub(crate) handler: Handler,
}

impl Route {
    pub(crate) const fn new(
        method: Method,
        pattern: &'static str,
        summary: &'static str,
        handler: fn(&Asked) -> Outcome,
    ) -> Self {
        Self { method, pattern, summary, parameters: &[], taken: Taken::OwnAlone, handler: Handler::Now(handler) }
    }

    /// A route that refuses nothing.
    pub(crate) const fn always(
        method: Method,
        pattern: &'static str,
        summary: &'static str,
        handler: fn(&Asked) -> Response<Payload>,
    ) -> Self {
        let handler = Handler::Always(handler);
        Self { method, pattern, summary, parameters: &[], taken: Taken::OwnAlone, handler }
    }

    pub(crate) const fn get(pattern: &'static str, summary: &'static str, handler: fn(&Asked) -> Outcome) -> Self {
        Self::new(Method::GET, pattern, summary, handler)
    }

    pub(crate) const fn post(pattern: &'static str, summary: &'static str, handler: fn(&Asked) -> Outcome) -> Self {
        Self::new(Method::POST, pattern, summary, handler)
    }

    pub(crate) const fn later(
        method: Method,
        pattern: &'static str,
        summary: &'static str,
        handler: fn(Asked) -> Pin<Box<dyn Future<Output = Outcome> + Send>>,
    ) -> Self {
        Self { method, pattern, summary, parameters: &[], taken: Taken::OwnAlone, handler: Handler::Later(handler) }
    }

    /// With parameters of its own.
    pub(crate) const fn with(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    /// With filters of its own, and what all lists take.
    pub(crate) const fn list(mut self, filters: &'static [Parameter]) -> Self {
        self.parameters = filters;
        self.taken = Taken::OfLists;
        self
    }

    /// With the filters of the list from which it deletes.
    pub(crate) const fn deletion(mut self, filters: &'static [Parameter]) -> Self {
        self.parameters = filters;
        self.taken = Taken::OfDeletions;
        self
    }
}
