//! Reads JSON, and refuses what `serde_json` alone would let pass: a key that appears twice in an object, and values
//! that take more memory than there is for them.

use std::{fmt, sync::LazyLock};

use serde::{
    Deserializer, Serialize,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use crate::store::memory;

/// Why a text was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It is not JSON, or has a key twice.
    NotJson(serde_json::Error),
    /// Its values would take more memory than they may.
    TooLarge,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(error) => error.fmt(f),
            Self::TooLarge => f.write_str("its values take too much memory"),
        }
    }
}

/// Reads a text whose values may take `most` bytes of memory.
pub(crate) fn read(text: &[u8], most: usize) -> Result<Value, Unread> {
    let mut budget = Budget { left: most, exceeded: false };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = Strict(&mut budget).deserialize(&mut deserializer);
    let read = read.and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| if budget.exceeded { Unread::TooLarge } else { Unread::NotJson(error) })
}

/// The number of bytes of `value`, which is a value or an object's fields, as JSON.
pub(crate) fn encoded_len(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting cannot fail, and a Value can always be written.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

/// The number of bytes of `value` as JSON, where it is more than `most`.
pub(crate) fn excess(value: &Value, most: usize) -> Option<usize> {
    // Nearly all values are far from the limit, and need not be written to know it.
    (at_most(value) > most).then(|| encoded_len(value)).filter(|bytes| *bytes > most)
}

/// No fewer than the number of bytes of `value` as JSON: as if every byte of a text were escaped.
fn at_most(value: &Value) -> usize {
    let text = |text: &str| text.len() * 6 + 2;
    match value {
        Value::Null | Value::Bool(_) => 5,
        // If `serde_json` keeps the text of numbers, they can be of any length.
        Value::Number(_) if *KEEPS_TEXT => encoded_len(value),
        Value::Number(_) => 32,
        Value::String(string) => text(string),
        Value::Array(list) => 2 + list.iter().map(|value| at_most(value) + 1).sum::<usize>(),
        Value::Object(map) => 2 + map.iter().map(|(name, value)| text(name) + at_most(value) + 2).sum::<usize>(),
    }
}

/// Whether a crate somewhere in the program has switched on `serde_json/arbitrary_precision`, with which a number that is
/// no integer keeps its text, and comes to a visitor as an object of one field: [`NUMBER`].
static KEEPS_TEXT: LazyLock<bool> =
    LazyLock::new(|| serde_json::from_str::<Number>("1.50").is_ok_and(|number| number.to_string() == "1.50"));

/// How `serde_json` calls the text of a number to a visitor.
const NUMBER: &str = "$serde_json::private::Number";

struct Budget {
    left: usize,
    exceeded: bool,
}

impl Budget {
    fn take<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        if let Some(left) = self.left.checked_sub(bytes) {
            self.left = left;
            return Ok(());
        }
        self.exceeded = true;
        Err(E::custom(Unread::TooLarge))
    }
}

/// Builds a value, while there is memory for it.
struct Strict<'b>(&'b mut Budget);

impl Strict<'_> {
    fn leaf<E: serde::de::Error>(self, value: impl Into<Value>) -> Result<Value, E> {
        let value = value.into();
        self.0.take(memory::value_of(&value))?;
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.leaf(value)
    }
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.leaf(value)
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.leaf(value)
    }
    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.leaf(value)
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let (mut list, mut room) = (Vec::new(), 0);
        while let Some(value) = sequence.next_element_seed(Strict(&mut *self.0))? {
            list.push(value);
            if list.capacity() > room {
                self.0.take(memory::list::<Value>(list.capacity() - room))?;
                room = list.capacity();
            }
        }
        Ok(list.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if key == NUMBER && *KEEPS_TEXT {
                return self.leaf(access.next_value::<String>()?.parse::<Number>().map_err(A::Error::custom)?);
            }
            let more = memory::fields(map.len() + 1) - memory::fields(map.len());
            self.0.take(more + memory::block(key.len()))?;
            let value = access.next_value_seed(Strict(&mut *self.0))?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("`{key}` appears twice in an object")));
            }
            map.insert(key, value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MOST: usize = 1_000_000;

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth() {
        let body = br#"{"a":[1,-2,1.5,null,true,"x\n",{"b":{}}]}"#;
        let expected = json!({"a": [1, -2, 1.5, null, true, "x\n", {"b": {}}]});
        assert_eq!(read(body, MOST).unwrap(), expected);
        assert_eq!(encoded_len(&expected), body.len());
        assert_eq!((excess(&expected, body.len()), excess(&expected, body.len() - 1)), (None, Some(body.len())));
        for value in
            [json!(null), json!(false), json!(i64::MIN), json!(-f64::MIN_POSITIVE), json!("\u{1}"), json!([[], {}])]
        {
            assert!(at_most(&value) >= encoded_len(&value), "{value}");
        }
        for body in [r#"{"a":1,"a":2}"#, r#"[{"b":{"a":1,"a":1}}]"#] {
            let error = read(body.as_bytes(), MOST).unwrap_err().to_string();
            assert!(error.starts_with("`a` appears twice in an object"), "{error}");
        }
        for body in ["", "{", "{}{}", "NaN", "nul"] {
            assert!(matches!(read(body.as_bytes(), MOST), Err(Unread::NotJson(_))), "{body}");
        }
    }

    /// With `--features serde_json/arbitrary_precision` as without.
    #[test]
    fn numbers_are_numbers_however_serde_json_keeps_them() {
        for text in ["1", "-1", "1.5", "1e3", "-0.25", "18446744073709551615", "1e-7"] {
            let value = read(text.as_bytes(), MOST).unwrap();
            assert_eq!(value, serde_json::from_str::<Value>(text).unwrap(), "{text}");
            assert!(value.is_number(), "{text}");
            assert!(at_most(&value) >= encoded_len(&value), "{text}");
        }
        let named = json!({ NUMBER: "1.5", "b": 1 });
        if !*KEEPS_TEXT {
            assert_eq!(read(named.to_string().as_bytes(), MOST).unwrap(), named);
        }
        let long = "1".repeat(1_000) + ".5";
        if let Ok(value) = read(long.as_bytes(), MOST) {
            assert_eq!((encoded_len(&value), excess(&value, 1_001)), (1_002, Some(1_002)));
        }
    }

    #[test]
    fn values_take_no_more_memory_than_they_may() {
        let many = |one: &str, count: usize| format!("[{}]", vec![one; count].join(","));
        for (text, most) in [
            (many("[]", 1_000), 40_000),
            (many(r#"{"":0}"#, 1_000), 700_000),
            (many(r#""x""#, 1_000), 60_000),
            (format!("\"{}\"", "x".repeat(1_000)), 1_100),
            (r#"{"":"#.repeat(100) + "0" + &"}".repeat(100), 70_000),
        ] {
            // If `serde_json` keeps the order of fields, values are larger.
            let most = most * size_of::<Value>() / 32;
            let read_with = |most| {
                let mut value = None;
                let info = allocation_counter::measure(|| value = read(text.as_bytes(), most).ok());
                (value, usize::try_from(info.bytes_max).unwrap())
            };
            let (value, _) = read_with(most);
            let value = value.unwrap_or_else(|| panic!("{text:.40} takes more than {most}"));
            assert!(memory::value_of(&value) <= most, "{text:.40} takes {}", memory::value_of(&value));
            let (value, highest) = read_with(most / 8);
            // A list that grows is there twice for a moment.
            assert!(value.is_none() && highest < most, "{text:.40} took {highest} of {}", most / 8);
        }
    }
}
