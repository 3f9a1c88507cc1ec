//! Reads JSON, and refuses what `serde_json` alone would let pass: a key that stands twice in an object.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// Reads a body.
pub(crate) fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice::<Strict>(body).map(|Strict(value)| value)
}

/// The number of bytes of `value` as JSON.
pub(crate) fn encoded_len(value: &Value) -> usize {
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
        Value::Number(_) => 32,
        Value::String(string) => text(string),
        Value::Array(list) => 2 + list.iter().map(|value| at_most(value) + 1).sum::<usize>(),
        Value::Object(map) => 2 + map.iter().map(|(name, value)| text(name) + at_most(value) + 2).sum::<usize>(),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(value)) = sequence.next_element()? {
            list.push(value);
        }
        Ok(list.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Strict(value))) = access.next_entry::<String, _>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("`{key}` stands twice in an object")));
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

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth() {
        let body = br#"{"a":[1,-2,1.5,null,true,"x\n",{"b":{}}]}"#;
        let expected = json!({"a": [1, -2, 1.5, null, true, "x\n", {"b": {}}]});
        assert_eq!(read(body).unwrap(), expected);
        assert_eq!(encoded_len(&expected), body.len());
        assert_eq!((excess(&expected, body.len()), excess(&expected, body.len() - 1)), (None, Some(body.len())));
        for value in
            [json!(null), json!(false), json!(i64::MIN), json!(-f64::MIN_POSITIVE), json!("\u{1}"), json!([[], {}])]
        {
            assert!(at_most(&value) >= encoded_len(&value), "{value}");
        }
        for body in [r#"{"a":1,"a":2}"#, r#"[{"b":{"a":1,"a":1}}]"#] {
            let error = read(body.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("`a` stands twice in an object"), "{error}");
        }
        for body in ["", "{", "{}{}", "NaN", "nul"] {
            assert!(read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
