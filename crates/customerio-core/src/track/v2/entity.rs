//! What all operations of version 2 have in common.

/// Makes a type an operation of `POST /api/v2/entity` and an item of a batch. The type has an inherent method `encode`
/// that becomes the call as JSON, within all limits but that of its size. What else differs from the defaults of
/// [`Operation`](crate::Operation), such as `stamp`, is in braces at the end.
macro_rules! entity {
    ($type:ident, $name:expr, $replay:ident $(, { $($more:item)* })?) => {
        impl $crate::Operation for $type {
            type Api = $crate::Track;
            type Output = ();
            const NAME: &'static str = $name;
            const METHOD: http::Method = http::Method::POST;
            const ROUTE: &'static str = "/api/v2/entity";
            const REPLAY: $crate::Replay = $crate::Replay::$replay;

            fn body(self, limits: &$crate::Limits) -> Result<$crate::Body, $crate::BuildError> {
                $crate::track::v2::entity::alone(self.encode(limits)?, limits)
            }
            fn into_batch_item(
                self,
                limits: &$crate::Limits,
            ) -> Result<Result<$crate::EncodedItem, $crate::BuildError>, Self> {
                Ok($crate::BatchItem::into_item(self, limits))
            }
            $($($more)*)?
        }

        impl $crate::BatchItem for $type {
            type Batch = $crate::TrackBatch;

            fn into_item(self, limits: &$crate::Limits) -> Result<$crate::EncodedItem, $crate::BuildError> {
                Ok($crate::EncodedItem { json: self.encode(limits)?, shared: Vec::new() })
            }
        }

        $crate::macros::opaque_debug!($type);
    };
}

/// Makes a type that holds identifiers, and perhaps relationships, the call `$type` / `$action` that says nothing else.
/// Such a call does the same when it is done again.
macro_rules! plain_entity {
    ($name:ident, $type:literal / $action:literal, $identifiers:ident.$check:ident() $(, $relationships:ident)?) => {
        impl $name {
            fn encode(self, limits: &$crate::Limits) -> Result<Vec<u8>, $crate::BuildError> {
                self.$identifiers.$check(limits)?;
                $($crate::track::relationship::check_some_relationships(&self.$relationships, limits)?;)?
                let mut call = $crate::json::Writer::new();
                $crate::track::v2::entity::begin(&mut call, $type, $action, &self.$identifiers)?;
                $(call.field("cio_relationships", &self.$relationships)?;)?
                Ok(call.merge())
            }
        }

        $crate::track::v2::entity::entity!($name, concat!("track.v2.", $type, ".", $action), Safe);
    };
}

pub(super) use {entity, plain_entity};

use serde::Serialize;

use crate::{Body, BuildError, Limits, json::Writer, limits::check_bytes};

/// The body of a request with one entity alone; one over the limit is refused.
pub(super) fn alone(entity: Vec<u8>, limits: &Limits) -> Result<Body, BuildError> {
    check_bytes("the call", entity.len(), limits.batch_item)?;
    Ok(Body::encoded(entity))
}

/// Writes what every entity begins with.
pub(super) fn begin(
    call: &mut Writer,
    entity: &'static str,
    action: &'static str,
    identifiers: &impl Serialize,
) -> Result<(), BuildError> {
    call.field("type", entity)?;
    call.field("identifiers", identifiers)?;
    call.field("action", action)
}

#[cfg(test)]
mod tests {
    use crate::{
        Operation, PersonId, Replay,
        track::{
            ObjectId, Relationship,
            v2::{object, person},
        },
    };

    fn name_and_replay<O: Operation>(operation: &O) -> (&'static str, Replay) {
        (O::NAME, operation.replay())
    }

    #[test]
    fn calls_that_only_name_things_can_be_done_again() {
        let acme = ObjectId::new(1, "acme");
        let (objects, people) = ([Relationship::new(acme.clone())], [Relationship::new(PersonId::id("42"))]);
        for (call, name) in [
            (name_and_replay(&person::Delete::new("42")), "track.v2.person.delete"),
            (name_and_replay(&person::Suppress::new("42")), "track.v2.person.suppress"),
            (name_and_replay(&person::Unsuppress::new("42")), "track.v2.person.unsuppress"),
            (
                name_and_replay(&person::AddRelationships::new("42", objects.clone())),
                "track.v2.person.add_relationships",
            ),
            (name_and_replay(&person::DeleteRelationships::new("42", objects)), "track.v2.person.delete_relationships"),
            (name_and_replay(&object::Delete::new(&acme)), "track.v2.object.delete"),
            (
                name_and_replay(&object::AddRelationships::new(&acme, people.clone())),
                "track.v2.object.add_relationships",
            ),
            (name_and_replay(&object::DeleteRelationships::new(&acme, people)), "track.v2.object.delete_relationships"),
        ] {
            assert_eq!(call, (name, Replay::Safe));
        }
    }
}
