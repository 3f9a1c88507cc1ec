//! What all calls of version 2 have in common.

/// Makes a type an operation of `POST /api/v2/entity` and an item of a batch. The type serialises as the body, and has
/// the inherent methods `check` (refuse what cannot be sent) and `replay`, and optionally `capture`. `attributes` at the end
/// says that its field of that name holds attributes, and not the data of an event.
macro_rules! entity {
    ([$($generics:tt)*] $type:ty, $name:expr $(, $capture:ident)? $(; $attributes:ident)?) => {
        impl<$($generics)*> $crate::Operation for $type {
            type Api = $crate::Track;
            type Output = ();
            const NAME: &'static str = $name;

            fn method(&self) -> http::Method {
                http::Method::POST
            }
            fn path(&self, path: &mut $crate::Path) -> Result<(), $crate::BuildError> {
                $crate::path::route!(path, "/api/v2/entity");
                Ok(())
            }
            fn body(&self, limits: &$crate::Limits) -> Result<$crate::Body, $crate::BuildError> {
                let encoded = $crate::BatchItem::encode(self, limits)?;
                $crate::track::v2::entity::alone(encoded, limits)
            }
            fn replay(&self) -> $crate::Replay {
                Self::replay(self)
            }
            $(fn capture(&self, moment: &$crate::Moment) -> Option<Self> {
                Self::$capture(self, moment)
            })?
            fn decode(&self, response: &http::Response<bytes::Bytes>) -> Result<(), $crate::DecodeFailure> {
                $crate::decode_nothing(response)
            }
        }

        impl<$($generics)*> $crate::BatchItem for $type {
            type Batch = $crate::TrackBatch;

            fn encode(&self, limits: &$crate::Limits) -> Result<$crate::Encoded, $crate::BuildError> {
                self.check(limits)?;
                let encoded = $crate::Encoded::of(self)?;
                $({
                    let field = concat!("\"", stringify!($attributes), "\":");
                    $crate::attributes::check_field(&encoded.json, field, limits.of_attributes())?;
                })?
                Ok(encoded)
            }
        }
    };
}

/// Makes a type that holds identifiers, and perhaps relationships, the call `$type` / `$action` that says nothing else.
/// Such a call does the same when it is done again.
macro_rules! plain_entity {
    ($name:ident, $type:literal / $action:literal, $identifiers:ident.$check:ident() $(, $relationships:ident)?) => {
        impl $name<'_> {
            fn check(&self, limits: &$crate::Limits) -> Result<(), $crate::BuildError> {
                self.$identifiers.$check(limits)?;
                $($crate::track::relationship::check_some_relationships(self.$relationships, limits)?;)?
                Ok(())
            }

            fn replay(&self) -> $crate::Replay {
                $crate::Replay::Safe
            }
        }

        impl serde::Serialize for $name<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut fields = $crate::json::Fields::new(serializer)?;
                $crate::track::v2::entity::begin(&mut fields, $type, $action, &self.$identifiers)?;
                $(fields.field("cio_relationships", self.$relationships)?;)?
                fields.end()
            }
        }

        $crate::track::v2::entity::entity!([] $name<'_>, concat!("track.v2.", $type, ".", $action));
        $crate::macros::opaque_debug!($name<'_>);
    };
}

pub(super) use {entity, plain_entity};

use serde::{Serialize, ser::SerializeMap};

use crate::{Body, BuildError, Encoded, Limits, json::Fields, limits::check_bytes, operation::JSON};

/// The body of a request with one entity alone; one over the limit is refused.
pub(super) fn alone(entity: Encoded, limits: &Limits) -> Result<Body, BuildError> {
    check_bytes("the call", entity.json.len(), limits.batch_item)?;
    Ok(Body::new(JSON, entity.json.into()))
}

/// Writes what every entity begins with.
pub(super) fn begin<M: SerializeMap>(
    fields: &mut Fields<M>,
    entity: &'static str,
    action: &'static str,
    identifiers: &impl Serialize,
) -> Result<(), M::Error> {
    fields.field("type", entity)?;
    fields.field("identifiers", identifiers)?;
    fields.field("action", action)
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
        let acme = ObjectId::new("1", "acme");
        let (objects, people) = ([Relationship::new(acme)], [Relationship::new(PersonId::Id("42"))]);
        for (call, name) in [
            (name_and_replay(&person::Delete::new("42")), "track.v2.person.delete"),
            (name_and_replay(&person::Suppress::new("42")), "track.v2.person.suppress"),
            (name_and_replay(&person::Unsuppress::new("42")), "track.v2.person.unsuppress"),
            (name_and_replay(&person::AddRelationships::new("42", &objects)), "track.v2.person.add_relationships"),
            (
                name_and_replay(&person::DeleteRelationships::new("42", &objects)),
                "track.v2.person.delete_relationships",
            ),
            (name_and_replay(&object::Delete::new(acme)), "track.v2.object.delete"),
            (name_and_replay(&object::AddRelationships::new(acme, &people)), "track.v2.object.add_relationships"),
            (name_and_replay(&object::DeleteRelationships::new(acme, &people)), "track.v2.object.delete_relationships"),
        ] {
            assert_eq!(call, (name, Replay::Safe));
        }
    }
}
