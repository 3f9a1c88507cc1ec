//! Whatever a type of the caller's serializes to: it is written as `serde_json` reads it, without the members that are
//! `None`, or it is refused because of a number that is not finite.

#![no_main]

use std::collections::BTreeMap;

use customerio_core::{Limits, Prepared, track::Identify};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary, Unstructured},
    fuzz_target,
};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap as _, SerializeStruct as _, SerializeStructVariant as _},
};
use serde_json::{Map, Value};

/// The fields of a struct, and the variants of an enum.
const NAMES: [&str; 4] = ["plan", "q\"uoted", "é", "of more than eight bytes\n"];

/// How deep a value goes at most.
const DEPTH: usize = 16;

/// What a `Serialize` can be.
#[derive(Debug)]
enum Tree<'a> {
    None,
    Unit,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Single(f32),
    Double(f64),
    Char(char),
    Text(&'a str),
    Displayed(&'a str),
    Variant(&'static str),
    Some(Box<Self>),
    Newtype(Box<Self>),
    NewtypeVariant(&'static str, Box<Self>),
    StructVariant(&'static str, Vec<Self>),
    Struct(Vec<Self>),
    List(Vec<Self>),
    Map(BTreeMap<&'a str, Self>),
    /// Its keys and values come one by one.
    Numbered(BTreeMap<i16, Self>),
}

impl<'a> Tree<'a> {
    fn of(input: &mut Unstructured<'a>, depth: usize) -> arbitrary::Result<Self> {
        // The first eleven hold no others.
        Ok(match input.int_in_range(0..=if depth == 0 { 10 } else { 18 })? {
            0 => Self::None,
            1 => Self::Unit,
            2 => Self::Bool(input.arbitrary()?),
            3 => Self::Signed(input.arbitrary()?),
            4 => Self::Unsigned(input.arbitrary()?),
            5 => Self::Single(input.arbitrary()?),
            6 => Self::Double(input.arbitrary()?),
            7 => Self::Char(input.arbitrary()?),
            8 => Self::Text(input.arbitrary()?),
            9 => Self::Displayed(input.arbitrary()?),
            10 => Self::Variant(input.choose(&NAMES)?),
            11 => Self::Some(Box::new(Self::of(input, depth - 1)?)),
            12 => Self::Newtype(Box::new(Self::of(input, depth - 1)?)),
            13 => Self::NewtypeVariant(input.choose(&NAMES)?, Box::new(Self::of(input, depth - 1)?)),
            14 => Self::StructVariant(input.choose(&NAMES)?, Self::several(input, depth)?),
            15 => Self::Struct(Self::several(input, depth)?),
            16 => Self::List(Self::several(input, depth)?),
            17 => Self::Map(Self::keyed(input, depth)?),
            _ => Self::Numbered(Self::keyed(input, depth)?),
        })
    }

    /// As many as there are names, at most.
    fn several(input: &mut Unstructured<'a>, depth: usize) -> arbitrary::Result<Vec<Self>> {
        (0..input.int_in_range(0..=NAMES.len())?).map(|_| Self::of(input, depth - 1)).collect()
    }

    fn keyed<K: Arbitrary<'a> + Ord>(
        input: &mut Unstructured<'a>,
        depth: usize,
    ) -> arbitrary::Result<BTreeMap<K, Self>> {
        (0..input.int_in_range(0..=8)?).map(|_| Ok((input.arbitrary()?, Self::of(input, depth - 1)?))).collect()
    }

    /// Whether it is left out where it is the value of a member.
    fn is_none(&self) -> bool {
        match self {
            Self::None => true,
            Self::Newtype(inner) => inner.is_none(),
            _ => false,
        }
    }

    /// What it is as JSON; nothing, where it holds a number that cannot be.
    fn json(&self) -> Option<Value> {
        Some(match self {
            Self::None | Self::Unit => Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Signed(value) => (*value).into(),
            Self::Unsigned(value) => (*value).into(),
            Self::Single(value) => read(value.is_finite().then_some(value)?),
            Self::Double(value) => read(value.is_finite().then_some(value)?),
            Self::Char(value) => value.to_string().into(),
            Self::Text(text) | Self::Displayed(text) => (*text).into(),
            Self::Variant(name) => (*name).into(),
            Self::Some(inner) | Self::Newtype(inner) => inner.json()?,
            Self::NewtypeVariant(name, inner) => Map::from_iter([((*name).to_owned(), inner.json()?)]).into(),
            Self::StructVariant(name, fields) => {
                Map::from_iter([((*name).to_owned(), members(NAMES.iter().zip(fields))?)]).into()
            }
            Self::Struct(fields) => members(NAMES.iter().zip(fields))?,
            Self::List(list) => Value::Array(list.iter().map(Self::json).collect::<Option<_>>()?),
            Self::Map(entries) => members(entries.iter())?,
            Self::Numbered(entries) => members(entries.iter())?,
        })
    }
}

/// A number as it is when it is read again, which for most is another one than that which was written.
fn read(number: impl Serialize) -> Value {
    let text = serde_json::to_string(&number).expect("it is finite");
    serde_json::from_str(&text).expect("it is a number")
}

/// An object of what is not left out.
fn members<'t, 'a: 't>(entries: impl Iterator<Item = (impl ToString, &'t Tree<'a>)>) -> Option<Value> {
    let members = entries.filter(|(_, value)| !value.is_none());
    Some(Value::Object(members.map(|(name, value)| Some((name.to_string(), value.json()?))).collect::<Option<_>>()?))
}

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Unit => serializer.serialize_unit(),
            Self::Bool(value) => value.serialize(serializer),
            Self::Signed(value) => value.serialize(serializer),
            Self::Unsigned(value) => value.serialize(serializer),
            Self::Single(value) => value.serialize(serializer),
            Self::Double(value) => value.serialize(serializer),
            Self::Char(value) => value.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::Displayed(text) => serializer.collect_str(text),
            Self::Variant(name) => serializer.serialize_unit_variant("Tree", 0, name),
            Self::Some(inner) => serializer.serialize_some(inner),
            Self::Newtype(inner) => serializer.serialize_newtype_struct("Tree", inner),
            Self::NewtypeVariant(name, inner) => serializer.serialize_newtype_variant("Tree", 0, name, inner),
            Self::StructVariant(name, fields) => {
                let mut object = serializer.serialize_struct_variant("Tree", 0, name, fields.len())?;
                NAMES.iter().zip(fields).try_for_each(|(name, value)| object.serialize_field(name, value))?;
                object.end()
            }
            Self::Struct(fields) => {
                let mut object = serializer.serialize_struct("Tree", fields.len())?;
                NAMES.iter().zip(fields).try_for_each(|(name, value)| object.serialize_field(name, value))?;
                object.end()
            }
            Self::List(list) => serializer.collect_seq(list),
            Self::Map(entries) => serializer.collect_map(entries),
            Self::Numbered(entries) => {
                let mut object = serializer.serialize_map(None)?;
                for (key, value) in entries {
                    object.serialize_key(key)?;
                    object.serialize_value(value)?;
                }
                object.end()
            }
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let Ok(tree) = Tree::of(&mut Unstructured::new(input), DEPTH) else { return };
    let expected = members([("a", &tree)].into_iter());
    let call = Identify::new("1").with_attributes(BTreeMap::from([("a", &tree)]));
    match (Prepared::new(call, &Limits::none()), expected) {
        (Ok(prepared), Some(expected)) => {
            let written: Value = serde_json::from_slice(prepared.body()).expect("it is JSON");
            assert_eq!(written, expected);
        }
        (Err(error), None) => assert!(error.to_string().contains("which erases an attribute"), "{error}"),
        (result, expected) => panic!("{result:?} {expected:?}"),
    }
});
