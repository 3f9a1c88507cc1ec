//! Reads JSON objects of the service field by field, so that no field makes the rest unreadable.
//!
//! The contract, its examples and the service disagree on some types: an id is a number in one and text in the other,
//! an empty list is `null`. So a field that is absent, `null` or of another type has no value, and the rest of the
//! object is still read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use crate::Timestamp;

/// The fields of a JSON object. If a name appears twice, the last one counts, as in most readers.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Fields<'a>(#[serde(borrow)] BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// The fields of `json`, if it is an object.
    pub(crate) fn new(json: &'a RawValue) -> Option<Self> {
        serde_json::from_str(json.get()).ok()
    }

    /// Takes a field out under the first of `names` that is there. What of it cannot be read goes to `rest`.
    ///
    /// # Errors
    ///
    /// Fails with the first of `names` if the field is required and missing.
    pub(crate) fn take<T: Field>(
        &mut self,
        names: &'static [&'static str],
        rest: &mut Map<String, Value>,
    ) -> Result<T, &'static str> {
        let (name, json) = self.remove(names).unzip();
        let mut left = None;
        let value = T::of(json, &mut left);
        if let (Some(name), Some(left)) = (name, left) {
            rest.insert(name.to_owned(), left);
        }
        value.ok_or(names[0])
    }

    /// Moves everything that was not taken to `rest`.
    pub(crate) fn drain(&mut self, rest: &mut Map<String, Value>) {
        rest.extend(std::mem::take(&mut self.0).into_iter().map(|(name, json)| (name, value(json))));
    }

    /// Takes a field out as it is, under the first of `names` that is there.
    pub(crate) fn remove(&mut self, names: &[&'static str]) -> Option<(&'static str, &'a RawValue)> {
        names.iter().find_map(|name| self.0.remove(*name).map(|json| (*name, json)))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied()
    }
}

#[cfg(feature = "webhook")]
impl<'a> Fields<'a> {
    /// The fields of `json`; none if it is not an object.
    pub(crate) fn of(json: &'a RawValue) -> Self {
        Self::new(json).unwrap_or_default()
    }

    pub(crate) fn object(&self, name: &str) -> Self {
        self.0.get(name).map(|json| Self::of(json)).unwrap_or_default()
    }

    pub(crate) fn read<T: Field + Default>(&self, name: &str) -> T {
        T::of(self.get(name), &mut None).unwrap_or_default()
    }

    /// A string, or the JSON of what should be one.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let json = self.get(name)?;
        Option::<String>::of(Some(json), &mut None).flatten().or_else(|| match json.get() {
            "null" => None,
            text if text.starts_with('"') => None,
            other => Some(other.to_owned()),
        })
    }
}

/// As a value; as text where it is valid and no value holds it, such as a number of 400 digits.
fn value(json: &RawValue) -> Value {
    serde_json::from_str(json.get()).unwrap_or_else(|_| json.get().into())
}

/// What a JSON value can be read as.
pub(crate) trait Read: Sized {
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = crate::Shape::Any;

    /// `None` if it is something else.
    fn read(json: &RawValue) -> Option<Self>;
}

/// A string. A number is one too: ids are written in both ways.
impl Read for String {
    fn read(json: &RawValue) -> Option<Self> {
        match json.get().as_bytes() {
            [b'"', ..] => serde_json::from_str(json.get()).ok(),
            [b'-' | b'0'..=b'9', ..] => Some(json.get().to_owned()),
            _ => None,
        }
    }
}

/// Any JSON but `null`.
impl Read for Value {
    fn read(json: &RawValue) -> Option<Self> {
        Some(value(json)).filter(|value| !value.is_null())
    }
}

impl Read for bool {
    fn read(json: &RawValue) -> Option<Self> {
        match json.get() {
            "true" | "\"true\"" => Some(true),
            "false" | "\"false\"" => Some(false),
            _ => None,
        }
    }
}

/// A list whose items can all be read. A field that is a `Vec` keeps those that can; this is for an `Option` of one, which
/// is sent again: half of it would be another list.
impl<T: Read> Read for Vec<T> {
    fn read(json: &RawValue) -> Option<Self> {
        serde_json::from_str::<Vec<&RawValue>>(json.get()).ok()?.into_iter().map(T::read).collect()
    }
}

impl Read for Timestamp {
    fn read(json: &RawValue) -> Option<Self> {
        i64::read(json).map(Self::from).or_else(|| String::read(json)?.parse().ok())
    }
}

/// What can be written as a string too.
macro_rules! read_text {
    ($($type:ty)*) => {$(
        impl $crate::fields::Read for $type {
            fn read(json: &serde_json::value::RawValue) -> Option<Self> {
                <String as $crate::fields::Read>::read(json)?.trim().parse().ok()
            }
        }
    )*};
}
pub(crate) use read_text;

read_text!(u32 u64 i64);

/// A field of a response. An `Option`, a list and a map may be absent.
pub(crate) trait Field: Sized {
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = crate::Shape::Any;

    /// Reads it. `None` if it must be there and is not; what cannot be read of it goes to `rest`.
    fn of(json: Option<&RawValue>, rest: &mut Option<Value>) -> Option<Self>;

    /// Writes it into an object, which may have what could not be read of it.
    fn write(&self, name: &str, object: &mut Map<String, Value>);
}

pub(crate) fn insert(value: &impl Serialize, name: &str, object: &mut Map<String, Value>) {
    // What was read from JSON can be written as it.
    object.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
}

/// What is no `Option` must be there: it is how a call names the thing, or one of the values of a map.
macro_rules! required {
    ($($type:ty)*) => {$(
        impl $crate::fields::Field for $type {
            fn of(
                json: Option<&serde_json::value::RawValue>,
                rest: &mut Option<serde_json::Value>,
            ) -> Option<Self> {
                Option::of(json, rest)?
            }
            fn write(&self, name: &str, object: &mut serde_json::Map<String, serde_json::Value>) {
                $crate::fields::insert(self, name, object);
            }
        }
    )*};
}
pub(crate) use required;

required!(bool i64 u64 String Timestamp);

impl<T: Read + Serialize> Field for Option<T> {
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = T::SHAPE;

    fn of(json: Option<&RawValue>, rest: &mut Option<Value>) -> Option<Self> {
        let Some(json) = json else { return Some(None) };
        let read = T::read(json);
        if read.is_none() {
            *rest = Some(value(json));
        }
        Some(read)
    }
    fn write(&self, name: &str, object: &mut Map<String, Value>) {
        if let Some(value) = self {
            insert(value, name, object);
        }
    }
}

/// Any object, as it is.
impl Field for Map<String, Value> {
    fn of(json: Option<&RawValue>, rest: &mut Option<Value>) -> Option<Self> {
        match json.map(value) {
            Some(Value::Object(map)) => return Some(map),
            other => *rest = other,
        }
        Some(Self::new())
    }
    fn write(&self, name: &str, object: &mut Map<String, Value>) {
        if !self.is_empty() {
            insert(self, name, object);
        }
    }
}

/// Reads a list, without those of its items that cannot be read; or the one value that should have been a list of one. The
/// text `nil` is none: the contract has it for a list that is not there.
pub(crate) fn list<T>(json: &RawValue, rest: &mut Option<Value>, read: impl Fn(&RawValue) -> Option<T>) -> Vec<T> {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json.get()) else {
        let one = Some(json).filter(|json| json.get() != "\"nil\"").and_then(&read);
        if one.is_none() {
            *rest = Some(value(json));
        }
        return one.into_iter().collect();
    };
    let mut odd = Vec::new();
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        match read(item) {
            Some(item) => list.push(item),
            None => odd.push(value(item)),
        }
    }
    if !odd.is_empty() {
        *rest = Some(odd.into());
    }
    list
}

impl<T: Read + Serialize> Field for Vec<T> {
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = T::SHAPE;

    fn of(json: Option<&RawValue>, rest: &mut Option<Value>) -> Option<Self> {
        Some(json.map(|json| list(json, rest, T::read)).unwrap_or_default())
    }
    fn write(&self, name: &str, object: &mut Map<String, Value>) {
        if self.is_empty() {
            return;
        }
        let odd = object.remove(name);
        insert(self, name, object);
        if let (Some(Value::Array(odd)), Some(Value::Array(list))) = (odd, object.get_mut(name)) {
            list.extend(odd);
        }
    }
}

/// An object of values that are alike, without those that cannot be read.
impl<T: Field> Field for BTreeMap<String, T> {
    fn of(json: Option<&RawValue>, rest: &mut Option<Value>) -> Option<Self> {
        let Some(json) = json else { return Some(Self::new()) };
        let Some(fields) = Fields::new(json) else {
            *rest = Some(value(json));
            return Some(Self::new());
        };
        let mut odd = Map::new();
        let read = |(name, json): (String, &RawValue)| {
            let mut left = None;
            let value = T::of(Some(json), &mut left);
            if let Some(left) = left {
                odd.insert(name.clone(), left);
            }
            Some((name, value?))
        };
        let map = fields.0.into_iter().filter_map(read).collect();
        if !odd.is_empty() {
            *rest = Some(odd.into());
        }
        Some(map)
    }
    fn write(&self, name: &str, object: &mut Map<String, Value>) {
        if self.is_empty() {
            return;
        }
        let mut map = match object.remove(name) {
            Some(Value::Object(odd)) => odd,
            _ => Map::new(),
        };
        for (name, value) in self {
            value.write(name, &mut map);
        }
        object.insert(name.to_owned(), map.into());
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Field>(json: &str) -> T {
        T::of(serde_json::from_str(json).unwrap(), &mut None).unwrap()
    }

    #[test]
    fn text_is_read_from_what_stands_for_it() {
        for (json, expected) in [
            (r#""a\u00fcb""#, Some("aüb")),
            (r#""""#, Some("")),
            ("42", Some("42")),
            ("1.50e3", Some("1.50e3")),
            ("12345678901234567890123", Some("12345678901234567890123")),
            (r#"{"topics":{"topic_1":true}}"#, None),
            ("true", None),
            ("null", None),
            // JSON can hold it, and text cannot.
            (r#""\ud800""#, None),
        ] {
            assert_eq!(read::<Option<String>>(json).as_deref(), expected, "{json}");
        }
    }

    #[cfg(feature = "webhook")]
    #[test]
    fn what_is_no_object_has_no_fields() {
        let of = |json| serde_json::from_str(json).unwrap();
        let fields = Fields::of(of(r#"{"a": 1, "a": 2, "b": {"c": 3}}"#));
        assert_eq!(fields.read::<Option<u64>>("a"), Some(2));
        assert_eq!(fields.object("b").read::<Option<u64>>("c"), Some(3));
        assert_eq!(fields.object("a").read::<Option<u64>>("c"), None);
        assert_eq!(Fields::of(of("[]")).read::<Option<u64>>("a"), None);
    }

    #[cfg(feature = "webhook")]
    #[test]
    fn text_can_be_asked_for_whatever_it_is() {
        let json: &RawValue =
            serde_json::from_str(r#"{"a": {"b": [1.50]}, "c": "d", "e": null, "f": true, "g": "\ud800"}"#).unwrap();
        let fields = Fields::of(json);
        for (name, expected) in [
            ("a", Some(r#"{"b": [1.50]}"#)),
            ("c", Some("d")),
            ("e", None),
            ("f", Some("true")),
            ("g", None),
            ("h", None),
        ] {
            assert_eq!(fields.text(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn numbers_and_booleans_are_read_from_strings_too() {
        for (json, expected) in [
            ("42", Some(42)),
            (r#""42""#, Some(42)),
            (r#"" 42 ""#, Some(42)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-1", None),
            ("1.5", None),
            (r#""""#, None),
            (r#""x""#, None),
            ("null", None),
            ("[1]", None),
        ] {
            assert_eq!(read::<Option<u64>>(json), expected, "{json}");
        }
        for (json, expected) in
            [("-5", Some((-5).into())), (r#""1700000000""#, Some(1_700_000_000.into())), ("{}", None)]
        {
            assert_eq!(read::<Option<Timestamp>>(json), expected, "{json}");
        }
        for (json, expected) in
            [("true", Some(true)), (r#""false""#, Some(false)), ("1", None), (r#""yes""#, None), ("null", None)]
        {
            assert_eq!(read::<Option<bool>>(json), expected, "{json}");
        }
    }

    #[test]
    fn lists_and_objects_keep_what_can_be_read() {
        assert_eq!(read::<Vec<String>>(r#"["a", 1, null, "b"]"#), ["a", "1", "b"]);
        assert_eq!(read::<Vec<String>>(r#""a""#), ["a"]);
        assert_eq!(read::<Vec<String>>("null"), [""; 0]);
        assert_eq!(read::<Vec<String>>(r#""nil""#), [""; 0]);
        assert_eq!(read::<Vec<String>>(r#"["nil"]"#), ["nil"]);
        let headers = read::<BTreeMap<String, Vec<String>>>(r#"{"X-A": ["1", "2"], "X-B": "3", "X-C": null}"#);
        let expected = [("X-A", vec!["1", "2"]), ("X-B", vec!["3"]), ("X-C", vec![])];
        assert!(
            headers
                .iter()
                .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect()))
                .eq(expected)
        );
    }
}
