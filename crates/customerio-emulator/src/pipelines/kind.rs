//! A kind of call: how it is checked and applied, alone or in a batch.
//!
//! In strict mode what is not valid is refused. In lax mode every response is a 200, and what is not valid is dropped
//! and counted.

use serde_json::Value;

use crate::{
    call::{Call, Handler},
    contract::{
        fault::{At, Faults},
        shape::Shape,
    },
    pipelines::semantic::event::SemanticEvent,
    server::reply::{Refusal, Reply},
};

/// Most bytes of a call, alone or in a batch. The vendor writes "32KB"; this is the larger reading of it.
pub(crate) const MOST_CALL: usize = 32 * 1024;

/// A kind of call.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    shape: Shape,
    handler: Handler<()>,
    /// The events that mean more than themselves.
    semantic: &'static [&'static SemanticEvent],
}

impl Kind {
    pub(crate) const fn new(name: &'static str, shape: Shape, handler: Handler<()>) -> Self {
        Self { name, shape, handler, semantic: &[] }
    }

    pub(crate) const fn with_semantic(mut self, events: &'static [&'static SemanticEvent]) -> Self {
        self.semantic = events;
        self
    }

    /// A call by the route of its kind, which it need not name.
    pub(crate) fn alone(&self, call: &mut Call<'_>) -> Result<Reply, Refusal> {
        let (root, mut faults) = (At::root("the body"), Faults::default());
        if call.body.get("type").is_some_and(|kind| *kind != self.name) {
            faults.add(root.key("type"), format_args!("must be {}", self.name));
        }
        self.check(&call.body, root, &mut faults);
        call.accept("", faults)?;
        self.apply(call)?;
        Ok(Reply::empty())
    }

    /// Compares a call with its shape.
    pub(crate) fn check(&self, value: &Value, at: At<'_>, faults: &mut Faults) {
        let shape = self.semantic(value).map_or(&self.shape, |event| &event.shape);
        shape.check(value, at, faults);
    }

    /// Does what a call says that is well formed, unless it has been done.
    pub(crate) fn apply(&self, call: &mut Call<'_>) -> Result<(), Refusal> {
        let id = call.body["messageId"].as_str().map(str::to_owned);
        if let Some(id) = id.as_deref().filter(|id| call.state.message_ids.contains(id)) {
            let text = format!("a call with the messageId {id:.200} was done already, so this one is dropped");
            call.state.people.ignore(text);
            return Ok(());
        }
        self.semantic(&call.body).map_or(&self.handler, |event| &event.handler).handle(call)?;
        // A call that was refused was not done, and can come again.
        if let Some(id) = id {
            call.state.message_ids.note(&id);
        }
        Ok(())
    }

    fn semantic(&self, call: &Value) -> Option<&'static SemanticEvent> {
        let name = call.get("event")?.as_str()?;
        self.semantic.iter().copied().find(|event| event.name == name)
    }
}
