//! The limits of attributes, which people, objects and relationships have.

use customerio_core::limits;
use serde_json::{Map, Value};

use crate::contract::{
    fault::{At, Faults},
    json,
};

/// Checks names, values and number. `reserved` names have shapes of their own.
pub(crate) fn check(attributes: &Map<String, Value>, reserved: &[&str], at: At<'_>, faults: &mut Faults) {
    let own = || attributes.iter().filter(|(name, _)| !reserved.contains(&name.as_str()));
    let count = own().count();
    if count > limits::ATTRIBUTES {
        faults.add(at, format_args!("has {count} attributes; the most is {}", limits::ATTRIBUTES));
    }
    for (name, value) in own() {
        if name.trim().is_empty() {
            faults.add(at, "has an attribute without a name");
        }
        if name.len() > limits::ATTRIBUTE_NAME {
            let (bytes, most) = (name.len(), limits::ATTRIBUTE_NAME);
            faults.add(at.key(name), format_args!("has a name of {bytes} bytes; the most is {most}"));
        }
        // A string counts as it is; anything else as it is written.
        let bytes = value.as_str().map_or_else(|| json::encoded_len(value), str::len);
        if bytes > limits::ATTRIBUTE_VALUE {
            faults.add(at.key(name), format_args!("has {bytes} bytes; the most is {}", limits::ATTRIBUTE_VALUE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::mode::Contract;

    fn faults(attributes: &Value) -> Vec<String> {
        let mut faults = Faults::default();
        check(attributes.as_object().unwrap(), &["_update"], At::root("the body"), &mut faults);
        faults.into_result(Contract::Compat).err().into_iter().flatten().map(|fault| fault.text).collect()
    }

    #[test]
    fn the_limits_are_inclusive() {
        let numbered = |count: usize| -> Value {
            let entries = (0..count).map(|number| (format!("a{number}"), Value::from(number)));
            Value::Object(entries.chain([("_update".to_owned(), true.into())]).collect())
        };
        let named = |bytes| Value::Object([("n".repeat(bytes), Value::from(1))].into_iter().collect());
        let valued = |value: Value| Value::Object([("v".to_owned(), value)].into_iter().collect());
        for good in [
            numbered(300),
            named(150),
            valued("x".repeat(1_000).into()),
            // Written it has 2002 bytes, but it is a string of 1000.
            valued("\"".repeat(1_000).into()),
            valued(vec!["x".repeat(996)].into()),
        ] {
            assert_eq!(faults(&good), [""; 0]);
        }
        for (bad, expected) in [
            (numbered(301), "the body has 301 attributes; the most is 300".to_owned()),
            (named(151), format!("{} has a name of 151 bytes; the most is 150", "n".repeat(151))),
            (named(0), "the body has an attribute without a name".to_owned()),
            (valued("x".repeat(1_001).into()), "v has 1001 bytes; the most is 1000".to_owned()),
            (valued(vec!["x".repeat(997)].into()), "v has 1001 bytes; the most is 1000".to_owned()),
        ] {
            assert_eq!(faults(&bad), [expected]);
        }
    }
}
