//! How the things of a response are declared: people, exports, campaigns.
//!
//! A thing keeps everything that the service said of it. A field that is absent, `null` or of another type than expected
//! has no value, and its JSON is in `extra`, beside the fields that this version does not know. Only what names the thing
//! must be there, because the next call needs it.

use bytes::Bytes;
use http::Response;
use serde_json::value::RawValue;

use crate::{DecodeFailure, fields::Fields, from_response::check_reported};

/// Declares a thing that responses have, as a struct.
///
/// A field is an `Option`, a list or a map, or it must be there. `= "name"` says how the JSON names it, if not like the
/// field, and `| "other"` how else. `struct X: Debug Default` derives those; without `Debug` no field is shown in debug
/// output, because they are people's.
macro_rules! entity {
    (
        $(#[$meta:meta])*
        pub struct $type:ident $(: $($derive:ident)+)? {
            $($(#[$doc:meta])* pub $field:ident: $of:ty $(= $name:literal $(| $other:literal)*)?,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq $($(, $derive)+)?)]
        #[non_exhaustive]
        pub struct $type {
            $($(#[$doc])* pub $field: $of,)*
            /// The other fields of the response: those that this version does not know, and those of another type than
            /// expected.
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        $crate::entity::entity!(@debug $type $($($derive)+)?);

        impl $crate::entity::Entity for $type {
            fn from_fields(fields: &mut $crate::fields::Fields<'_>) -> Result<Self, &'static str> {
                let mut extra = serde_json::Map::new();
                Ok(Self {
                    $($field: fields.take($crate::entity::entity!(@names $field $($name $($other)*)?), &mut extra)?,)*
                    extra: {
                        fields.drain(&mut extra);
                        extra
                    },
                })
            }
            fn to_object(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut object = self.extra.clone();
                $($crate::fields::Field::write(
                    &self.$field, $crate::entity::entity!(@names $field $($name $($other)*)?)[0], &mut object,
                );)*
                object
            }
        }

        impl $crate::fields::Read for $type {
            #[cfg(feature = "samples")]
            const SHAPE: $crate::Shape = $crate::Shape::Object(&[$((
                $crate::entity::entity!(@names $field $($name $($other)*)?),
                &<$of as $crate::fields::Field>::SHAPE,
            )),*]);

            fn read(json: &serde_json::value::RawValue) -> Option<Self> {
                $crate::entity::Entity::from_fields(&mut $crate::fields::Fields::new(json)?).ok()
            }
        }

        impl $crate::fields::Field for $type {
            #[cfg(feature = "samples")]
            const SHAPE: $crate::Shape = <Self as $crate::fields::Read>::SHAPE;

            fn of(
                json: Option<&serde_json::value::RawValue>,
                rest: &mut Option<serde_json::Value>,
            ) -> Option<Self> {
                Option::of(json, rest)?
            }
            fn write(&self, name: &str, object: &mut serde_json::Map<String, serde_json::Value>) {
                object.insert(name.to_owned(), $crate::entity::Entity::to_object(self).into());
            }
        }

        /// As the service writes it, with [`extra`](Self::extra).
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&$crate::entity::Entity::to_object(self), serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::entity::deserialize(deserializer)
            }
        }
    };
    (@debug $type:ident) => { $crate::macros::opaque_debug!($type); };
    (@debug $type:ident Debug $($rest:ident)*) => {};
    (@debug $type:ident $other:ident $($rest:ident)*) => { $crate::entity::entity!(@debug $type $($rest)*); };
    (@names $field:ident) => { &[stringify!($field)] };
    (@names $field:ident $($name:literal)+) => { &[$($name),+] };
}

/// What [`entity!`] declares.
pub(crate) trait Entity: Sized {
    /// Reads it. The error is the name of a field that must be there.
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, &'static str>;

    /// Writes it, as it was read.
    fn to_object(&self) -> serde_json::Map<String, serde_json::Value>;
}

pub(crate) fn deserialize<'de, T: Entity, D: serde::Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    use serde::{Deserialize as _, de::Error as _};

    let object = serde_json::Map::<String, serde_json::Value>::deserialize(deserializer)?;
    let json = serde_json::value::to_raw_value(&object).map_err(D::Error::custom)?;
    let mut fields = Fields::new(&json).unwrap_or_default();
    T::from_fields(&mut fields).map_err(D::Error::missing_field)
}

/// The fields of a response, which must be a JSON object that does not say that the call failed.
pub(crate) fn fields(response: &Response<Bytes>) -> Result<Fields<'_>, DecodeFailure> {
    check_reported(response)?;
    object(response)
}

/// The fields of a response, which must be a JSON object, whatever it says of the call.
pub(crate) fn object(response: &Response<Bytes>) -> Result<Fields<'_>, DecodeFailure> {
    let json: &RawValue = serde_json::from_slice(response.body())?;
    Fields::new(json).ok_or_else(|| DecodeFailure::new("is not a JSON object"))
}

/// Reads a response that is the thing itself, and has fields with these names.
pub(crate) fn decode_bare<T: Entity>(names: &[&'static str], response: &Response<Bytes>) -> Result<T, DecodeFailure> {
    let mut fields = fields(response)?;
    names.iter().try_for_each(|name| fields.get(name).map(drop).ok_or_else(|| missing(name)))?;
    T::from_fields(&mut fields).map_err(missing)
}

/// Reads a response that is the thing itself, which can have a field `errors` of its own: it is one if there is a field
/// `name`. Without that field, errors are those of the call.
#[cfg(feature = "design_studio")]
pub(crate) fn decode_with_errors<T: Entity>(
    name: &'static str,
    response: &Response<Bytes>,
) -> Result<T, DecodeFailure> {
    let mut fields = object(response)?;
    if fields.get(name).is_none() {
        check_reported(response)?;
        return Err(missing(name));
    }
    T::from_fields(&mut fields).map_err(missing)
}

/// Reads a response that has the thing in the field `name`.
pub(crate) fn decode_wrapped<T: Entity>(name: &'static str, response: &Response<Bytes>) -> Result<T, DecodeFailure> {
    let json = fields(response)?.get(name).ok_or_else(|| missing(name))?;
    let mut fields = Fields::new(json).ok_or_else(|| DecodeFailure::new(format!("has no object in `{name}`")))?;
    T::from_fields(&mut fields).map_err(missing)
}

pub(crate) fn missing(name: &'static str) -> DecodeFailure {
    DecodeFailure::new(format!("has no `{name}`"))
}

/// Makes a thing what an operation returns: `returned!(Export in "export" = ..)` where the response has it in a field of that
/// name, and `returned!(Export = ..)` where the response is the thing; `returned!(Export with "id" = ..)` where that field
/// must be in it, though it can be empty. An example of the thing follows, as JSON.
macro_rules! returned {
    (@ $type:ident, $example:expr, [$($name:literal)?] $response:ident => $decode:expr) => {
        impl $crate::FromResponse for $type {
            const EXAMPLE: &'static str = $example;
            #[cfg(feature = "samples")]
            const SHAPE: $crate::Shape = $crate::entity::returned!(@shape $type $($name)?);

            fn from_response($response: &http::Response<bytes::Bytes>) -> Result<Self, $crate::DecodeFailure> {
                $decode
            }
        }
    };
    (@shape $type:ident) => { <$type as $crate::fields::Read>::SHAPE };
    (@shape $type:ident $name:literal) => {
        $crate::Shape::Object(&[(&[$name], &<$type as $crate::fields::Read>::SHAPE)])
    };
    ($type:ident = $example:literal) => {
        $crate::entity::returned!(@ $type, $example, [] response => $crate::entity::decode_bare(&[], response));
    };
    ($type:ident with $name:literal = $example:literal) => {
        $crate::entity::returned!(@ $type, $example, [] response => $crate::entity::decode_bare(&[$name], response));
    };
    ($type:ident in $name:literal = $example:literal) => {
        $crate::entity::returned!(
            @ $type, concat!("{\"", $name, "\":", $example, "}"), [$name] response => $crate::entity::decode_wrapped($name, response)
        );
    };
}

/// Declares a set of words that the service extends without notice: an unknown one is kept as it came.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $type:ident {
            $($(#[$doc:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$doc])* $variant,)*
            /// A value that this version does not know. [`as_str`](Self::as_str) returns it as it came.
            #[non_exhaustive]
            Unknown(String),
        }

        impl $type {
            /// The value as the service writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<&str> for $type {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    _ => Self::Unknown(word.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(<std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?.as_ref().into())
            }
        }

        $crate::path::arguments! { $type: false; }

        impl $crate::fields::Read for $type {
            fn read(json: &serde_json::value::RawValue) -> Option<Self> {
                json.get().starts_with('"').then(|| serde_json::from_str(json.get()).ok()).flatten()
            }
        }
    };
}

pub(crate) use {entity, open_enum, returned};
