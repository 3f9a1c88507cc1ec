//! A well-formed request, as its handler gets it.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    config::Config,
    contract::{deviation::Deviations, fault::Faults},
    server::reply::Refusal,
    store::{clock::seconds, state::State},
};

/// How a call is handled: some handlers can refuse it, and some cannot.
pub(crate) enum Handler<T> {
    Fallible(fn(&mut Call<'_>) -> Result<T, Refusal>),
    Infallible(fn(&mut Call<'_>) -> T),
}

impl<T> Handler<T> {
    pub(crate) fn handle(&self, call: &mut Call<'_>) -> Result<T, Refusal> {
        match self {
            Self::Fallible(handle) => handle(call),
            Self::Infallible(handle) => Ok(handle(call)),
        }
    }
}

/// A well-formed request that has passed all checks.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) config: &'a Config,
    /// The variable segments of the path, decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Map<String, Value>,
    /// The host and the port of the request.
    pub(crate) origin: String,
    pub(crate) body: Value,
    /// The body as received; empty for a part of another call's body.
    pub(crate) raw: Bytes,
    pub(crate) since_epoch: Duration,
    /// Whether the caller asks for errors about invalid data (`strict`): without it the Pipelines API reports none.
    pub(crate) strict: bool,
    /// What was accepted so far although the contract says otherwise.
    pub(crate) deviations: &'a mut Deviations,
}

impl Call<'_> {
    pub(crate) fn now(&self) -> i64 {
        seconds(self.since_epoch)
    }

    /// A call whose body is a part of this one's.
    pub(crate) fn part(&mut self, body: Value) -> Call<'_> {
        let Self { config, since_epoch, strict, .. } = *self;
        let (segments, query, origin, raw) = (Vec::new(), Map::new(), String::new(), Bytes::new());
        let (state, deviations) = (&mut *self.state, &mut *self.deviations);
        Call { state, config, segments, query, origin, body, raw, since_epoch, strict, deviations }
    }

    /// Records faults that are accepted, or refuses the call for those that are not. `place` is the JSON pointer to
    /// what was checked: empty for the body.
    pub(crate) fn accept(&mut self, place: impl fmt::Display, found: Faults) -> Result<(), Refusal> {
        let refused = |faults| Refusal::faults(StatusCode::BAD_REQUEST, faults);
        self.deviations.note(place, found.into_result(self.config.contract).map_err(refused)?);
        Ok(())
    }

    /// Takes the fields out of the body: every shape of a body is an object.
    pub(crate) fn take_fields(&mut self) -> Map<String, Value> {
        match self.body.take() {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}
