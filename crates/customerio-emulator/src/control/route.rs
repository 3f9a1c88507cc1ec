//! A route of the control API: what it takes, what it does, and what the documentation says of it.

use std::{future::Future, pin::Pin};

use http::{Method, Response, StatusCode};

use crate::{
    control::{asked::Asked, problem::Problem, schema::Schema},
    server::payload::Payload,
};

/// What a route comes to.
pub(crate) type Outcome = Result<Response<Payload>, Problem>;

/// What is done with a request, at once or in time.
pub(crate) enum Handler {
    Always(fn(&Asked) -> Response<Payload>),
    Now(fn(&Asked) -> Outcome),
    Later(fn(Asked) -> Pin<Box<dyn Future<Output = Outcome> + Send>>),
    /// By one that gets all routes.
    OfTable(fn(&[Route], &Asked) -> Response<Payload>),
}

/// What the body of a response is, where it is not a problem.
pub(crate) enum Gives {
    Json(&'static Schema),
    /// A page of a list whose items are so.
    Page(&'static Schema),
    /// Something of another media type.
    Other(&'static str),
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
    /// Whether it sets a workspace up, and so makes the one that it names.
    pub(crate) sets_up: bool,
    pub(crate) handler: Handler,
    /// What its body is, where it takes one.
    pub(crate) body: Option<&'static Schema>,
    /// The status where nothing is wrong.
    pub(crate) status: StatusCode,
    pub(crate) gives: Gives,
}

impl Route {
    const fn of(method: Method, pattern: &'static str, summary: &'static str, handler: Handler) -> Self {
        Self {
            method,
            pattern,
            summary,
            parameters: &[],
            taken: Taken::OwnAlone,
            sets_up: false,
            handler,
            body: None,
            status: StatusCode::OK,
            gives: Gives::Json(&Schema::Any),
        }
    }

    pub(crate) const fn new(
        method: Method,
        pattern: &'static str,
        summary: &'static str,
        handler: fn(&Asked) -> Outcome,
    ) -> Self {
        Self::of(method, pattern, summary, Handler::Now(handler))
    }

    /// A route that refuses nothing.
    pub(crate) const fn always(
        method: Method,
        pattern: &'static str,
        summary: &'static str,
        handler: fn(&Asked) -> Response<Payload>,
    ) -> Self {
        Self::of(method, pattern, summary, Handler::Always(handler))
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
        Self::of(method, pattern, summary, Handler::Later(handler))
    }

    /// A route whose handler gets all routes.
    pub(crate) const fn of_table(
        pattern: &'static str,
        summary: &'static str,
        handler: fn(&[Self], &Asked) -> Response<Payload>,
    ) -> Self {
        Self::of(Method::GET, pattern, summary, Handler::OfTable(handler))
    }

    /// With a body.
    pub(crate) const fn takes(mut self, body: &'static Schema) -> Self {
        self.body = Some(body);
        self
    }

    /// Which sets a workspace up: it makes the one that it names.
    pub(crate) const fn sets_up(mut self) -> Self {
        self.sets_up = true;
        self
    }

    /// With a 201 where nothing is wrong.
    pub(crate) const fn created(mut self) -> Self {
        self.status = StatusCode::CREATED;
        self
    }

    /// With a response that is JSON.
    pub(crate) const fn gives(mut self, schema: &'static Schema) -> Self {
        self.gives = Gives::Json(schema);
        self
    }

    /// With a response of another media type.
    pub(crate) const fn gives_other(mut self, media_type: &'static str) -> Self {
        self.gives = Gives::Other(media_type);
        self
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

    /// With a response that is a page of such items.
    pub(crate) const fn gives_page(mut self, item: &'static Schema) -> Self {
        self.gives = Gives::Page(item);
        self
    }

    /// With the filters of the list from which it deletes.
    pub(crate) const fn deletion(mut self, filters: &'static [Parameter]) -> Self {
        self.parameters = filters;
        self.taken = Taken::OfDeletions;
        self
    }
}
