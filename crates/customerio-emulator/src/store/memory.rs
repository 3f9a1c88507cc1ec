//! How much memory values take, which for a JSON value can be a hundred times its text.
//!
//! An estimate, which for values that are small is rather too high than too low: the allocator's own share and the room
//! that maps and lists keep free are in it.

use std::{collections::BTreeMap, mem::size_of};

use serde_json::{Map, Number, Value};

/// An allocation of this many bytes: allocators round up, and keep a note of each.
pub(crate) const fn block(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { (bytes + 8).next_multiple_of(16) }
}

/// The entries of a list that has room for this many.
pub(crate) const fn list<T>(capacity: usize) -> usize {
    block(capacity * size_of::<T>())
}

/// One more entry of a hash map: between seven eighths and seven sixteenths of its slots are taken.
pub(crate) const fn slot<K, V>() -> usize {
    2 * (size_of::<(K, V)>() + 1)
}

/// The nodes of a B-tree of this many entries: each has room for eleven, and those that grew in order have six.
pub(crate) const fn tree<K, V>(entries: usize) -> usize {
    const ROOM: usize = 11;
    let leaves = match entries {
        0 => 0,
        1..=ROOM => 1,
        _ => entries.div_ceil(6),
    };
    let inner = if leaves > 1 { leaves.div_ceil(6) } else { 0 };
    let node = ROOM * (size_of::<K>() + size_of::<V>()) + 16;
    leaves * block(node) + inner * block(node + (ROOM + 1) * 8)
}

/// What holds this many fields of a JSON object: a B-tree, or a table where another crate has made `serde_json` keep
/// their order.
pub(crate) const fn fields(count: usize) -> usize {
    if size_of::<Map<String, Value>>() <= size_of::<BTreeMap<String, Value>>() {
        return tree::<String, Value>(count);
    }
    if count == 0 {
        return 0;
    }
    let slots = if count < 4 { 4 } else { (count * 8 / 7 + 1).next_power_of_two() };
    let room = if slots < 8 { slots - 1 } else { slots / 8 * 7 };
    list::<(u64, String, Value)>(room) + block(slots * 9 + 16)
}

/// A JSON object, beside the values in it.
pub(crate) fn map(map: &Map<String, Value>) -> usize {
    fields(map.len()) + map.iter().map(|(key, value)| block(key.len()) + value_of(value)).sum::<usize>()
}

/// What a JSON value takes beside itself.
pub(crate) fn value_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Number(number) => number_of(number),
        Value::String(text) => block(text.len()),
        Value::Array(values) => list::<Value>(values.capacity()) + values.iter().map(value_of).sum::<usize>(),
        Value::Object(fields) => map(fields),
    }
}

/// What a number takes beside itself: nothing, unless another crate has made `serde_json` keep its text.
pub(crate) fn number_of(number: &Number) -> usize {
    if size_of::<Number>() > 16 { block(number.to_string().len()) } else { 0 }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_reckoned_is_about_what_is_allocated() {
        let entries = |count: usize| (0..count).map(|number| (format!("name{number:04}"), Value::from(number)));
        let nested = (0..100).fold(json!(1), |inner, _| json!({ "": inner }));
        for value in [
            json!("x".repeat(1_000)),
            Value::Array(vec![json!([]); 1_000]),
            Value::Array(vec![json!({"a": 1}); 1_000]),
            Value::Object(entries(1).collect()),
            Value::Object(entries(11).collect()),
            Value::Object(entries(12).collect()),
            Value::Object(entries(1_000).collect()),
            nested,
        ] {
            let text = value.to_string();
            let mut read = None;
            let info = allocation_counter::measure(|| read = serde_json::from_str::<Value>(&text).ok());
            let (allocated, reckoned) = (usize::try_from(info.bytes_current).unwrap(), value_of(&read.unwrap()));
            let within = allocated / 10 * 9..=allocated * 2 + 64;
            assert!(within.contains(&reckoned), "{allocated} for {reckoned}: {text:.60}");
        }
    }
}
