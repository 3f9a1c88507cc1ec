//! What can be done to an entity.

use crate::{
    call::{Call, Handler},
    contract::shape::{Field, Need::Must, Shape},
    server::reply::Refusal,
};

/// Most bytes of an entity, alone or in a batch. The vendor writes "32kb"; this is the larger reading of it.
pub(crate) const MOST_ENTITY: usize = 32 * 1024;

/// The field that names the type of the entity. Its value was compared when the action was looked for.
pub(crate) const TYPE: Field = ("type", Must, Shape::Any);

/// The field that names the action. Its value was compared when the action was looked for.
pub(crate) const ACTION_NAME: Field = ("action", Must, Shape::Any);

/// A legal pair of `type` and `action`.
pub(crate) struct Action {
    pub(crate) entity: &'static str,
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    handler: Handler<()>,
}

impl Action {
    pub(crate) const fn person(name: &'static str, shape: Shape, handler: Handler<()>) -> Self {
        Self { entity: "person", name, shape, handler }
    }

    pub(crate) const fn object(name: &'static str, shape: Shape, handler: Handler<()>) -> Self {
        Self { entity: "object", name, shape, handler }
    }

    pub(crate) const fn delivery(name: &'static str, shape: Shape, handler: Handler<()>) -> Self {
        Self { entity: "delivery", name, shape, handler }
    }

    /// Does what a body of the action's shape says.
    pub(crate) fn apply(&self, call: &mut Call<'_>) -> Result<(), Refusal> {
        self.handler.handle(call)
    }
}
