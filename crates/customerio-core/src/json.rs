//! JSON as Customer.io needs it: one pass over the value, no buffer between it and the body.
//!
//! Two things that `serde_json` lets pass would lose data here. A number that is not finite becomes `null`, and `null`
//! erases an attribute: [`Strict`] refuses it. And a key that stands twice in an object leaves it to the reader which of
//! the two counts: [`Fields`] refuses it.

use std::fmt::Display;

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use serde_json::value::RawValue;

use crate::{BuildError, BuildErrorKind};

/// Encodes `value` for a body.
pub(crate) fn encode(value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, BuildError> {
    let mut buffer = Vec::with_capacity(1024);
    value
        .serialize(Strict(&mut serde_json::Serializer::new(&mut buffer)))
        .map_err(|error| BuildError::new("the body", BuildErrorKind::Encoding(error.to_string())))?;
    Ok(buffer)
}

/// Encodes `value` once, to be put into a body later as it is.
pub(crate) fn raw(value: &(impl Serialize + ?Sized)) -> Result<Box<RawValue>, BuildError> {
    let encoding = |error: &dyn Display| BuildError::new("the body", BuildErrorKind::Encoding(error.to_string()));
    let text = String::from_utf8(encode(value)?).map_err(|error| encoding(&error))?;
    RawValue::from_string(text).map_err(|error| encoding(&error))
}

/// What stands where a call has no attributes or no data: an empty object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nothing;

impl Serialize for Nothing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

/// A value of the caller's that must be an object: a map or a struct.
pub(crate) struct Object<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: Serialize + ?Sized> Serialize for Object<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.rest(self.0)?;
        fields.end()
    }
}

/// An object of named fields and, after them, the entries of a value of the caller's.
pub(crate) struct Fields<M> {
    map: M,
    taken: [&'static str; NAMED_FIELDS],
    count: usize,
}

/// The most named fields of an object that the caller's entries may follow.
const NAMED_FIELDS: usize = 16;

impl<M: SerializeMap> Fields<M> {
    pub(crate) fn new<S: Serializer<SerializeMap = M, Error = M::Error, Ok = M::Ok>>(
        serializer: S,
    ) -> Result<Self, M::Error> {
        Ok(Self { map: serializer.serialize_map(None)?, taken: [""; NAMED_FIELDS], count: 0 })
    }

    /// Writes a field.
    pub(crate) fn field(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), M::Error> {
        self.taken[self.count] = name;
        self.count += 1;
        self.map.serialize_entry(name, value)
    }

    /// Writes a field that is left out when it has no value.
    pub(crate) fn optional(&mut self, name: &'static str, value: Option<&impl Serialize>) -> Result<(), M::Error> {
        value.map_or(Ok(()), |value| self.field(name, value))
    }

    /// Writes the entries of `value`, which must be an object and have none of the fields that were written before.
    pub(crate) fn rest(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), M::Error> {
        value.serialize(Entries { map: &mut self.map, taken: &self.taken[..self.count] })
    }

    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.map.end()
    }
}

/// Writes the entries of a map or a struct into an object that is already open.
struct Entries<'a, M> {
    map: &'a mut M,
    taken: &'a [&'static str],
}

impl<M: SerializeMap> Entries<'_, M> {
    fn refuse<T>(found: &str) -> Result<T, M::Error> {
        Err(M::Error::custom(format_args!("attributes and data must be an object, not {found}")))
    }
}

fn check_key<E: serde::ser::Error>(taken: &[&'static str], key: &str) -> Result<(), E> {
    if taken.contains(&key) {
        // A name that is in `taken` is one of ours, so it can be shown.
        return Err(E::custom(format_args!("`{key}` is given twice: by its setter and among the attributes or data")));
    }
    Ok(())
}

macro_rules! refuse {
    ($($method:ident($($type:ty),*) $found:literal)*) => {$(
        fn $method(self, $(_: $type),*) -> Result<Self::Ok, Self::Error> { Self::refuse($found) }
    )*};
}

impl<M: SerializeMap> Serializer for Entries<'_, M> {
    type Ok = ();
    type Error = M::Error;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeSeq = Impossible<(), M::Error>;
    type SerializeTuple = Impossible<(), M::Error>;
    type SerializeTupleStruct = Impossible<(), M::Error>;
    type SerializeTupleVariant = Impossible<(), M::Error>;
    type SerializeStructVariant = Impossible<(), M::Error>;

    fn serialize_map(self, _: Option<usize>) -> Result<Self, M::Error> {
        Ok(self)
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self, M::Error> {
        // This is how `serde_json` passes on a `RawValue`, and only its own serializer understands it.
        if name == "$serde_json::private::RawValue" {
            return Self::refuse("raw JSON: read it into a map");
        }
        Ok(self)
    }
    fn serialize_unit(self) -> Result<(), M::Error> {
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), M::Error> {
        Ok(())
    }
    fn serialize_none(self) -> Result<(), M::Error> {
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), M::Error> {
        value.serialize(self)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), M::Error> {
        value.serialize(self)
    }

    refuse! {
        serialize_bool(bool) "a boolean"
        serialize_i8(i8) "a number"
        serialize_i16(i16) "a number"
        serialize_i32(i32) "a number"
        serialize_i64(i64) "a number"
        serialize_i128(i128) "a number"
        serialize_u8(u8) "a number"
        serialize_u16(u16) "a number"
        serialize_u32(u32) "a number"
        serialize_u64(u64) "a number"
        serialize_u128(u128) "a number"
        serialize_f32(f32) "a number"
        serialize_f64(f64) "a number"
        serialize_char(char) "a string"
        serialize_str(&str) "a string"
        serialize_bytes(&[u8]) "bytes"
        serialize_unit_variant(&'static str, u32, &'static str) "an enum"
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), M::Error> {
        Self::refuse("an enum")
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, M::Error> {
        Self::refuse("a list")
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, M::Error> {
        Self::refuse("a list")
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, M::Error> {
        Self::refuse("a list")
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, M::Error> {
        Self::refuse("an enum")
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, M::Error> {
        Self::refuse("an enum")
    }
}

impl<M: SerializeMap> SerializeMap for Entries<'_, M> {
    type Ok = ();
    type Error = M::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), M::Error> {
        if !self.taken.is_empty() {
            key.serialize(Key::<M::Error> { taken: self.taken, error: std::marker::PhantomData })?;
        }
        self.map.serialize_key(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), M::Error> {
        self.map.serialize_value(value)
    }
    fn end(self) -> Result<(), M::Error> {
        Ok(())
    }
}

impl<M: SerializeMap> SerializeStruct for Entries<'_, M> {
    type Ok = ();
    type Error = M::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), M::Error> {
        check_key(self.taken, key)?;
        self.map.serialize_entry(key, value)
    }
    fn end(self) -> Result<(), M::Error> {
        Ok(())
    }
}

/// Looks at a key of the caller's map; anything but text cannot be one of ours, and is left to the JSON writer.
struct Key<'a, E> {
    taken: &'a [&'static str],
    error: std::marker::PhantomData<E>,
}

macro_rules! pass {
    ($($method:ident($($type:ty),*))*) => {$(
        fn $method(self, $(_: $type),*) -> Result<(), E> { Ok(()) }
    )*};
}

impl<E: serde::ser::Error> Serializer for Key<'_, E> {
    type Ok = ();
    type Error = E;
    type SerializeSeq = Impossible<(), E>;
    type SerializeTuple = Impossible<(), E>;
    type SerializeTupleStruct = Impossible<(), E>;
    type SerializeTupleVariant = Impossible<(), E>;
    type SerializeMap = Impossible<(), E>;
    type SerializeStruct = Impossible<(), E>;
    type SerializeStructVariant = Impossible<(), E>;

    fn serialize_str(self, key: &str) -> Result<(), E> {
        check_key(self.taken, key)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, key: &'static str) -> Result<(), E> {
        check_key(self.taken, key)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), E> {
        value.serialize(self)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), E> {
        value.serialize(self)
    }
    pass! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128) serialize_f32(f32) serialize_f64(f64) serialize_char(char) serialize_bytes(&[u8])
        serialize_none() serialize_unit() serialize_unit_struct(&'static str)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), E> {
        Ok(())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, E> {
        Err(E::custom(NOT_A_KEY))
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, E> {
        Err(E::custom(NOT_A_KEY))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, E> {
        Err(E::custom(NOT_A_KEY))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, E> {
        Err(E::custom(NOT_A_KEY))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, E> {
        Err(E::custom(NOT_A_KEY))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, E> {
        Err(E::custom(NOT_A_KEY))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, E> {
        Err(E::custom(NOT_A_KEY))
    }
}

const NOT_A_KEY: &str = "the key of an object must be text";

/// Passes everything on, except for numbers that are not finite.
struct Strict<T>(T);

impl<T: Serialize + ?Sized> Serialize for Strict<&T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Strict(serializer))
    }
}

macro_rules! forward {
    ($($method:ident($($name:ident: $type:ty),*) -> $output:ident)*) => {$(
        fn $method(self, $($name: $type),*) -> Result<Self::$output, Self::Error> {
            forward!(@wrap $output self.0.$method($($name),*))
        }
    )*};
    (@wrap Ok $call:expr) => { $call };
    (@wrap $output:ident $call:expr) => { $call.map(Strict) };
}

impl<S: Serializer> Serializer for Strict<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Strict<S::SerializeSeq>;
    type SerializeTuple = Strict<S::SerializeTuple>;
    type SerializeTupleStruct = Strict<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Strict<S::SerializeTupleVariant>;
    type SerializeMap = Strict<S::SerializeMap>;
    type SerializeStruct = Strict<S::SerializeStruct>;
    type SerializeStructVariant = Strict<S::SerializeStructVariant>;

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        if value.is_finite() { self.0.serialize_f32(value) } else { Err(S::Error::custom(NOT_FINITE)) }
    }
    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        if value.is_finite() { self.0.serialize_f64(value) } else { Err(S::Error::custom(NOT_FINITE)) }
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Strict(value))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Strict(value))
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &Strict(value))
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }
    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }

    forward! {
        serialize_bool(value: bool) -> Ok
        serialize_i8(value: i8) -> Ok
        serialize_i16(value: i16) -> Ok
        serialize_i32(value: i32) -> Ok
        serialize_i64(value: i64) -> Ok
        serialize_i128(value: i128) -> Ok
        serialize_u8(value: u8) -> Ok
        serialize_u16(value: u16) -> Ok
        serialize_u32(value: u32) -> Ok
        serialize_u64(value: u64) -> Ok
        serialize_u128(value: u128) -> Ok
        serialize_char(value: char) -> Ok
        serialize_str(value: &str) -> Ok
        serialize_bytes(value: &[u8]) -> Ok
        serialize_none() -> Ok
        serialize_unit() -> Ok
        serialize_unit_struct(name: &'static str) -> Ok
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> Ok
        serialize_seq(length: Option<usize>) -> SerializeSeq
        serialize_tuple(length: usize) -> SerializeTuple
        serialize_tuple_struct(name: &'static str, length: usize) -> SerializeTupleStruct
        serialize_map(length: Option<usize>) -> SerializeMap
        serialize_struct(name: &'static str, length: usize) -> SerializeStruct
    }
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.0.serialize_tuple_variant(name, index, variant, length).map(Strict)
    }
    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.0.serialize_struct_variant(name, index, variant, length).map(Strict)
    }
}

const NOT_FINITE: &str = "a number is NaN or infinite, which JSON writes as null, and null erases an attribute";

macro_rules! elements {
    ($($trait:ident $method:ident)*) => {$(
        impl<S: $trait> $trait for Strict<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.0.$method(&Strict(value))
            }
            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        }
    )*};
}

elements! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($trait:ident)*) => {$(
        impl<S: $trait> $trait for Strict<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), S::Error> {
                self.0.serialize_field(key, &Strict(value))
            }
            fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
                self.0.skip_field(key)
            }
            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }

impl<S: SerializeMap> SerializeMap for Strict<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.0.serialize_key(&Strict(key))
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_value(&Strict(value))
    }
    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn text(value: &impl Serialize) -> Result<String, String> {
        encode(value).map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.to_string())
    }

    #[derive(Serialize)]
    enum Kind<T> {
        Unit,
        Newtype(T),
        Tuple(T, T),
        Struct { value: T },
    }

    #[derive(Serialize)]
    struct Newtype<T>(T);

    #[test]
    fn it_writes_what_serde_json_writes() {
        let raw = RawValue::from_string(r#"{"a": [1,  2.50]}"#.to_owned()).unwrap();
        let values = (
            (true, -1_i8, 2_u64, 1.5_f32, 1e300, 'c', "text \"quoted\" \u{1} ü"),
            (Some(1), None::<u8>, (), [1, 2], Newtype(1), i128::MAX, u128::MAX),
            (Kind::Unit::<u8>, Kind::Newtype(1), Kind::Tuple(1, 2), Kind::Struct { value: 1 }),
            (BTreeMap::from([(1, "integer keys")]), json!({"k": [null, {"n": 1.25}]}), raw),
            std::net::Ipv4Addr::LOCALHOST,
        );
        assert_eq!(text(&values).unwrap(), serde_json::to_string(&values).unwrap());
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused_wherever_they_stand() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for result in [
                text(&bad),
                text(&Some(bad)),
                text(&[bad]),
                text(&(1, bad)),
                text(&Newtype(bad)),
                text(&BTreeMap::from([("a", BTreeMap::from([("b", bad)]))])),
                text(&Kind::Newtype(bad)),
                text(&Kind::Tuple(1.0, bad)),
                text(&Kind::Struct { value: bad }),
                text(&Object(&BTreeMap::from([("a", bad)]))),
                #[expect(clippy::cast_possible_truncation, reason = "not finite either way")]
                text(&(bad as f32)),
            ] {
                assert_eq!(result.unwrap_err(), format!("the body cannot be sent: {NOT_FINITE}"));
            }
        }
    }

    struct Both<T>(T);

    impl<T: Serialize> Serialize for Both<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut fields = Fields::new(serializer)?;
            fields.field("email", "a@example.com")?;
            fields.optional("absent", None::<&u8>)?;
            fields.rest(&self.0)?;
            fields.end()
        }
    }

    #[test]
    fn named_fields_come_first_and_none_stands_twice() {
        #[derive(Serialize)]
        struct Attributes {
            plan: &'static str,
        }
        #[derive(Serialize)]
        struct Clash {
            email: u8,
        }
        assert_eq!(text(&Both(Attributes { plan: "pro" })).unwrap(), r#"{"email":"a@example.com","plan":"pro"}"#);
        assert_eq!(text(&Both(json!({"absent": 1}))).unwrap(), r#"{"email":"a@example.com","absent":1}"#);
        assert_eq!(text(&Both(())).unwrap(), r#"{"email":"a@example.com"}"#);
        assert_eq!(text(&Both(Nothing)).unwrap(), r#"{"email":"a@example.com"}"#);
        assert_eq!(text(&Both(Some(Newtype(Attributes { plan: "x" })))).unwrap().len(), 36);
        for clash in [text(&Both(json!({"a": 1, "email": 2}))), text(&Both(Clash { email: 1 }))] {
            assert!(clash.unwrap_err().contains("`email` is given twice"));
        }
    }

    #[test]
    fn attributes_that_are_no_object_are_refused() {
        for result in [text(&Object("text")), text(&Object(&[1])), text(&Object(&1)), text(&Object(&Kind::Newtype(1)))]
        {
            assert!(result.unwrap_err().contains("must be an object, not a"));
        }
        let raw = RawValue::from_string(r#"{"plan":"pro"}"#.to_owned()).unwrap();
        assert!(text(&Object(&raw)).unwrap_err().contains("must be an object, not raw JSON"));
        assert_eq!(text(&Object(&json!({"a": raw}))).unwrap(), r#"{"a":{"plan":"pro"}}"#);
        assert_eq!(text(&Object(&Nothing)).unwrap(), "{}");
    }
}
