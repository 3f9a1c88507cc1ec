//! The limits of attributes, checked on their encoded bytes.
//!
//! Two passes. The first shows, usually without a look at each byte, that nothing can be over a limit. It may err on
//! the side of caution; then the second measures each attribute.

use memchr::{memchr, memchr_iter, memchr2_iter, memrchr_iter};

use crate::{
    BuildError,
    json::{Members, value_len},
    limits::{AttributeLimits, check_bytes, check_count},
};

/// Names among the attributes that are no attributes, or have limits of their own.
const RESERVED: [&[u8]; 9] = [
    b"id",
    b"email",
    b"anonymous_id",
    b"_timestamp",
    b"_update",
    b"cio_subscription_preferences",
    b"cio_relationships",
    b"object_type_id",
    b"relationshipAttributes",
];

/// Checks the members of the object that `json` begins with, as our own encoder writes it.
pub(crate) fn check(json: &[u8], limits: AttributeLimits) -> Result<(), BuildError> {
    let most = most_members(json, limits.count);
    if most <= limits.count && is_surely_short(json, limits) {
        return Ok(());
    }
    // Fields that are no attributes come first, and may be all that was in doubt.
    let (mut members, mut reserved) = (Members(json.get(1..).unwrap_or_default()), 0);
    while members.clone().next().is_some_and(|(name, _)| RESERVED.contains(&name)) {
        members.next();
        reserved += 1;
    }
    if most.saturating_sub(reserved) <= limits.count && is_surely_short(members.0, limits) {
        return Ok(());
    }
    let mut count = 0;
    // Messages name no attribute, but its position: a name can be a person's.
    for (number, (name, value)) in (reserved + 1..).zip(members) {
        if RESERVED.contains(&name) {
            continue;
        }
        count += 1;
        if name.len() > limits.name {
            check_bytes(format!("the name of attribute {number}"), text_len(name), limits.name)?;
        }
        if value.len() > limits.value {
            let text = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
            let bytes = text.map_or(value.len(), text_len);
            check_bytes(format!("the value of attribute {number}"), bytes, limits.value)?;
        }
    }
    check_count("the list of attributes", count, 0, limits.count)
}

/// The length of a string, of which `escaped` is the text between the quotes.
fn text_len(escaped: &[u8]) -> usize {
    let (mut bytes, mut rest) = (escaped.len(), escaped);
    while let Some(position) = memchr(b'\\', rest) {
        // Our encoder writes `\u00XX` for control characters, and one character behind the backslash for others. A raw
        // value of the caller's can have any character as `\uXXXX`: it is at least one byte.
        let escape = if rest.get(position + 1) == Some(&b'u') { 6 } else { 2 };
        bytes -= escape - 1;
        rest = rest.get(position + escape..).unwrap_or_default();
    }
    bytes
}

/// An upper bound of the members of an object, only as close as it takes to see that they are within the limit.
fn most_members(json: &[u8], limit: usize) -> usize {
    // A member has at least 5 bytes, `"":1,`, and a colon, with a quote before it.
    let by_size = json.len() / 5;
    if by_size <= limit {
        return by_size;
    }
    let colons = memchr_iter(b':', json).count();
    if colons <= limit {
        return colons;
    }
    // Sums of 128 fit a byte, and the processor does many bytes at a time.
    let in_chunk = |(chunk, next): (&[u8], &[u8])| {
        let is_end = |(this, next): (&u8, &u8)| u8::from(*this == b'"') & u8::from(*next == b':');
        usize::from(chunk.iter().zip(next).map(is_end).sum::<u8>())
    };
    json.chunks(128).zip(json[1..].chunks(128)).map(in_chunk).sum()
}

/// Whether no name and no value in these members of an object can be over a limit. In doubt it is `false`.
fn is_surely_short(json: &[u8], limits: AttributeLimits) -> bool {
    (json.len() <= limits.name.min(limits.value) || has_short_strings(json, limits))
        && (json.len() <= limits.value || has_short_composites(json, limits.value))
}

/// Looks for a quote in each stretch that is as long as a limit, from its end on: most bytes are not looked at.
fn has_short_strings(json: &[u8], limits: AttributeLimits) -> bool {
    let least = limits.name.min(limits.value);
    // An escaped quote ends no string. A quote behind an escaped backslash does, and is left out as well: then a string
    // only seems longer.
    let is_end = |at: &usize| json[*at - 1] != b'\\';
    let mut start = 0;
    while json.len() - start > least {
        let far = start + least + 1;
        if let Some(near) = memrchr_iter(b'"', &json[start + 1..far]).map(|at| start + 1 + at).find(is_end) {
            start = near;
            continue;
        }
        let end = memchr_iter(b'"', &json[far..]).map(|at| far + at).find(is_end).unwrap_or(json.len());
        let limit = if json.get(end + 1) == Some(&b':') { limits.name } else { limits.value };
        if end - start > limit || memchr(b'\\', &json[start..end]).is_some() {
            return false;
        }
        start = end;
    }
    true
}

/// Whether each list and object is within `limit`. One that only seems to begin, in a string, is looked at as well.
fn has_short_composites(json: &[u8], limit: usize) -> bool {
    let mut starts = memchr2_iter(b'[', b'{', json).filter(|start| *start > 0 && json[start - 1] == b':');
    starts.all(|start| {
        let end = start.saturating_add(limit).min(json.len());
        value_len(&json[start..end]).is_some()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json, value::RawValue};

    use super::*;
    use crate::testing::any_json;

    const DOCUMENTED: AttributeLimits = AttributeLimits { count: 300, name: 150, value: 1_000 };

    fn refused(object: &Value, limits: AttributeLimits) -> Option<String> {
        check(object.to_string().as_bytes(), limits).err().map(|error| error.to_string())
    }

    fn numbered(count: usize) -> Value {
        (0..count).map(|number| (format!("a{number}"), "12:30".into())).collect::<Map<_, _>>().into()
    }

    fn named(bytes: usize) -> Value {
        Value::Object([("n".repeat(bytes), 1.into())].into_iter().collect())
    }

    #[test]
    fn the_limits_are_inclusive() {
        let x = |bytes| "x".repeat(bytes);
        for good in [
            json!({}),
            numbered(300),
            named(150),
            json!({"v": x(1_000)}),
            // Written it has 2002 bytes, but it is a string of 1000.
            json!({"v": "\"".repeat(1_000)}),
            json!({"v": "\u{1}".repeat(1_000)}),
            json!({"v": "\\".repeat(1_000), "w": "\\".repeat(1_000)}),
            json!({"v": [x(996)]}),
            json!({"v": {"k": x(992)}, "w": "a:[", "y": x(900)}),
            json!({"email": x(2_000), "cio_relationships": [x(2_000)], "relationshipAttributes": {"a": x(2_000)}}),
        ] {
            assert_eq!(refused(&good, DOCUMENTED), None, "{good}");
        }
        let escaped = Value::Object([("\\".repeat(151), 1.into())].into_iter().collect());
        for (bad, expected) in [
            (numbered(301), "the list of attributes has 301 entries, expected 0 to 300"),
            (named(151), "the name of attribute 1 has 151 bytes, and the limit is 150"),
            (escaped, "the name of attribute 1 has 151 bytes, and the limit is 150"),
            (json!({"v": x(1_001)}), "the value of attribute 1 has 1001 bytes, and the limit is 1000"),
            (
                json!({"a": x(9), "v": "\n".repeat(1_001)}),
                "the value of attribute 2 has 1001 bytes, and the limit is 1000",
            ),
            (json!({"v": [x(499), x(499)]}), "the value of attribute 1 has 1005 bytes, and the limit is 1000"),
            (json!({"v": [[1], {"k": x(990)}]}), "the value of attribute 1 has 1004 bytes, and the limit is 1000"),
            (
                json!({"email": "a", "v": vec![1; 501]}),
                "the value of attribute 2 has 1003 bytes, and the limit is 1000",
            ),
        ] {
            assert_eq!(refused(&bad, DOCUMENTED).as_deref(), Some(expected), "{bad}");
        }
    }

    #[test]
    fn what_the_caller_has_written_as_json_is_measured_as_it_stands() {
        for (text, fits) in [
            (r#"[ 1 , { "a" : "]" } ]"#.to_owned(), true),
            (format!("[{}]", " ".repeat(998)), true),
            (format!("[{}]", " ".repeat(999)), false),
            (format!("\"{}\"", r"\u00fc".repeat(500)), true),
            ("7".repeat(1_001), false),
        ] {
            let raw = RawValue::from_string(text.clone()).unwrap();
            let object = serde_json::to_vec(&std::collections::BTreeMap::from([("a", &raw), ("b", &raw)])).unwrap();
            assert_eq!(check(&object, DOCUMENTED).is_ok(), fits, "{text}");
        }
    }

    /// What [`check`] finds, found by reading the object.
    fn is_within(object: &Map<String, Value>, limits: AttributeLimits) -> bool {
        let own = || object.iter().filter(|(name, _)| !RESERVED.contains(&name.as_bytes()));
        let bytes = |value: &Value| value.as_str().map_or_else(|| value.to_string().len(), str::len);
        own().count() <= limits.count
            && own().all(|(name, value)| name.len() <= limits.name && bytes(value) <= limits.value)
    }

    /// Text of what matters to the look at the bytes.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[\"\\\\:,{}\\[\\]ax\u{1}\u{fc}]{0,30}", "x{0,40}"]
    }

    fn object() -> impl Strategy<Value = Map<String, Value>> {
        let name = prop_oneof![text(), Just("email".to_owned())];
        let value = prop_oneof![any_json("[a:{\"]{0,3}"), text().prop_map(Value::from)];
        prop::collection::vec((name, value), 0..8).prop_map(|members| members.into_iter().collect())
    }

    proptest! {
        #[test]
        fn nothing_over_a_limit_passes_and_nothing_else_is_refused(
            object in object(), count in 0_usize..8, name in 0_usize..30, value in 0_usize..50,
        ) {
            let limits = AttributeLimits { count, name, value };
            let json = serde_json::to_vec(&object).unwrap();
            prop_assert_eq!(check(&json, limits).is_ok(), is_within(&object, limits));
        }

        #[test]
        fn any_bytes_are_looked_at_without_a_panic(json in prop::collection::vec(any::<u8>(), 0..80), limit in 0_usize..9) {
            let _ = check(&json, AttributeLimits { count: limit, name: limit, value: limit });
        }
    }
}
