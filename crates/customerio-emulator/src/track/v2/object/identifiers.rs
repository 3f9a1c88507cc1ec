//! The object that an action is about.

use crate::{
    call::Call,
    contract::{
        object::OBJECT_ID,
        shape::{Field, Need::Must},
    },
    server::reply::Refusal,
    store::objects::ObjectKey,
};

pub(crate) const OBJECT: Field = ("identifiers", Must, OBJECT_ID);

/// The object, if it exists.
pub(crate) fn find(call: &Call<'_>) -> Option<ObjectKey> {
    call.state.objects.find(&call.body["identifiers"])
}

/// The object, which is added if it does not exist; `None` if it cannot be.
pub(crate) fn obtain(call: &mut Call<'_>) -> Result<Option<ObjectKey>, Refusal> {
    call.state.objects.obtain(&call.body["identifiers"])
}

/// Changes the attributes of the object, if the body has any.
pub(crate) fn change(call: &mut Call<'_>, object: &ObjectKey) -> Result<(), Refusal> {
    call.body["attributes"].as_object().map_or(Ok(()), |changes| call.state.objects.change(object, changes))
}
