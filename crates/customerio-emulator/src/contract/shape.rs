//! The shape of a body, as data: each route has a [`Shape`], and one function checks it.

use serde_json::{Map, Value};

use crate::contract::{
    attributes,
    fault::{At, Faults},
    json,
};

/// In seconds this is the year 5138; in milliseconds it is 1973.
const MILLISECONDS: u64 = 100_000_000_000;

/// Whether an object must have a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Must,
    May,
}

/// A field of an object: its name, whether it must be there, and its value.
pub(crate) type Field = (&'static str, Need, Shape);

/// The shape of a JSON value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Any value.
    Any,
    /// No value: the field must not be sent, for the reason that completes "the field …".
    Never(&'static str),
    Boolean,
    Integer,
    /// A whole number from 0 on, such as an id.
    Natural,
    Number,
    /// Whole seconds since 1970: no fraction, no milliseconds.
    Timestamp,
    /// A string.
    Text,
    /// A string that is not blank.
    Filled,
    /// A string that is not blank, of at most this number of bytes.
    Bytes(usize),
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A string that a function accepts, and how to describe it: "must be …".
    Rule(&'static str, fn(&str) -> bool),
    /// `null`.
    Null,
    /// `null` or the shape.
    Nullable(&'static Shape),
    /// One of the shapes, and how to describe them: "must be …".
    Either(&'static str, &'static [Shape]),
    /// An object with these fields and no others.
    Object(&'static [Field]),
    /// An object with the fields of all these lists and no others.
    Joined(&'static [&'static [Field]]),
    /// An object with these fields, and others of one shape.
    Open(&'static [Field], &'static Shape),
    /// An object with exactly one of these fields.
    Single(&'static [Field]),
    /// An object that a function accepts too, or says what is wrong with.
    Also(&'static Shape, fn(&Map<String, Value>) -> Result<(), &'static str>),
    /// The shape, within the limits of attributes. Attributes with these names have shapes of their own.
    Attributes(&'static Shape, &'static [&'static str]),
    /// An array: the shape of its entries, their minimum and their maximum number.
    List(&'static Shape, usize, usize),
    /// The shape, in at most this number of bytes of JSON.
    Encoded(&'static Shape, usize),
    /// A shape that is defined elsewhere, so that shapes can be recursive.
    Ref(&'static Shape),
    /// The first shape for an object whose field has this value, the second for all others.
    When(&'static str, &'static str, &'static Shape, &'static Shape),
    /// The first shape is the contract's. The second is accepted and reported: the vendor's own clients send it.
    Taken(&'static Shape, &'static Shape),
}

/// A field that is not in the contract.
const UNKNOWN: Shape = Shape::Never(NO_FIELD);

const NO_FIELD: &str = "is not a field of this call";

/// A field that is not in the contract, and that clients of the vendor send.
pub(crate) const fn undocumented(name: &'static str, taken: &'static Shape) -> Field {
    (name, Need::May, Shape::Taken(&UNKNOWN, taken))
}

impl Shape {
    /// Checks `value`, which is at `at`, and adds its faults.
    pub(crate) fn check(&self, value: &Value, at: At<'_>, faults: &mut Faults) {
        match self {
            Self::Any => {}
            Self::Never(reason) => faults.add(at, reason),
            Self::Boolean if value.is_boolean() => {}
            Self::Boolean => faults.add(at, "must be true or false"),
            Self::Integer => {
                integer(value, at, faults);
            }
            Self::Natural => {
                if integer(value, at, faults).is_some_and(i64::is_negative) {
                    faults.add(at, "must not be negative");
                }
            }
            Self::Number if value.is_number() => {}
            Self::Number => faults.add(at, "must be a number"),
            Self::Timestamp => timestamp(value, at, faults),
            Self::Text => {
                text(value, at, faults);
            }
            Self::Filled => bytes(value, usize::MAX, at, faults),
            Self::Bytes(most) => bytes(value, *most, at, faults),
            Self::OneOf(names) => {
                if !value.as_str().is_some_and(|text| names.contains(&text)) {
                    faults.add(at, format_args!("must be one of {}", names.join(", ")));
                }
            }
            Self::Rule(what, accepts) => {
                if !value.as_str().is_some_and(accepts) {
                    faults.add(at, format_args!("must be {what}"));
                }
            }
            Self::Null | Self::Nullable(_) if value.is_null() => {}
            Self::Null => faults.add(at, "must be null"),
            Self::Nullable(shape) | Self::Ref(shape) => shape.check(value, at, faults),
            Self::Either(what, shapes) => match either(value, shapes, at) {
                Some(found) => faults.append(found),
                None => faults.add(at, format_args!("must be {what}")),
            },
            Self::Object(fields) => object(value, &[fields], None, at, faults),
            Self::Joined(lists) => object(value, lists, None, at, faults),
            Self::Open(fields, others) => object(value, &[fields], Some(others), at, faults),
            Self::Single(fields) => single(value, fields, at, faults),
            Self::Also(shape, rule) => {
                shape.check(value, at, faults);
                if let Some(Err(problem)) = value.as_object().map(rule) {
                    faults.add(at, problem);
                }
            }
            Self::Attributes(shape, reserved) => {
                shape.check(value, at, faults);
                if let Some(map) = value.as_object() {
                    attributes::check(map, reserved, at, faults);
                }
            }
            Self::List(entry, least, most) => list(value, entry, (*least, *most), at, faults),
            Self::Encoded(shape, most) => {
                shape.check(value, at, faults);
                let length = json::encoded_len(value);
                if length > *most {
                    faults.add(at, format_args!("has {length} bytes; the most is {most}"));
                }
            }
            Self::When(field, expected, then, otherwise) => {
                let holds = value.get(field).is_some_and(|found| found == expected);
                if holds { then.check(value, at, faults) } else { otherwise.check(value, at, faults) }
            }
            Self::Taken(contract, taken) => {
                let found = contract.found(value, at);
                if !found.is_empty() && taken.accepts(value) { faults.take_all(found) } else { faults.append(found) }
            }
        }
    }

    /// The faults of `value`, which is at `at`.
    fn found(&self, value: &Value, at: At<'_>) -> Faults {
        let mut faults = Faults::default();
        self.check(value, at, &mut faults);
        faults
    }

    /// Whether `value` has this shape.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.found(value, At::root("it")).is_empty()
    }
}

/// The faults under the first shape that the contract allows, or else under the first that accepts `value`.
fn either(value: &Value, shapes: &[Shape], at: At<'_>) -> Option<Faults> {
    let mut first = None;
    for found in shapes.iter().map(|shape| shape.found(value, at)).filter(Faults::is_empty) {
        if found.is_clean() {
            return Some(found);
        }
        first.get_or_insert(found);
    }
    first
}

fn text<'a>(value: &'a Value, at: At<'_>, faults: &mut Faults) -> Option<&'a str> {
    let text = value.as_str();
    if text.is_none() {
        faults.add(at, "must be a string");
    }
    text
}

fn bytes(value: &Value, most: usize, at: At<'_>, faults: &mut Faults) {
    let Some(text) = text(value, at, faults) else { return };
    if text.trim().is_empty() {
        faults.add(at, "must not be empty");
    } else if text.len() > most {
        faults.add(at, format_args!("has {} bytes; the most is {most}", text.len()));
    }
}

fn integer(value: &Value, at: At<'_>, faults: &mut Faults) -> Option<i64> {
    let integer = value.as_i64();
    if integer.is_none() {
        faults.add(at, "must be an integer");
    }
    integer
}

fn timestamp(value: &Value, at: At<'_>, faults: &mut Faults) {
    if integer(value, at, faults).is_some_and(|seconds| seconds.unsigned_abs() >= MILLISECONDS) {
        faults.add(at, "must be in seconds, and can only be in milliseconds");
    }
}

fn object(value: &Value, lists: &[&[Field]], others: Option<&Shape>, at: At<'_>, faults: &mut Faults) {
    let Some(map) = value.as_object() else { return faults.add(at, "must be an object") };
    let fields = || lists.iter().copied().flatten();
    for (name, need, shape) in fields() {
        match map.get(*name) {
            Some(value) => shape.check(value, at.key(name), faults),
            None if *need == Need::Must => faults.missing(at.key(name)),
            None => {}
        }
    }
    for (name, value) in map.iter().filter(|(name, _)| !fields().any(|field| field.0 == *name)) {
        match others {
            Some(shape) => shape.check(value, at.key(name), faults),
            None => faults.add(at.key(name), NO_FIELD),
        }
    }
}

fn single(value: &Value, fields: &[Field], at: At<'_>, faults: &mut Faults) {
    let mut entries = value.as_object().into_iter().flatten();
    let known = |name: &str| fields.iter().find(|field| field.0 == name);
    if let (Some((name, value)), None) = (entries.next(), entries.next())
        && let Some((name, _, shape)) = known(name)
    {
        return shape.check(value, at.key(name), faults);
    }
    let names = fields.iter().map(|field| field.0).collect::<Vec<_>>().join(", ");
    faults.add(at, format_args!("must be an object of exactly one of {names}"));
}

fn list(value: &Value, entry: &Shape, (least, most): (usize, usize), at: At<'_>, faults: &mut Faults) {
    let Some(entries) = value.as_array() else { return faults.add(at, "must be an array") };
    if !(least..=most).contains(&entries.len()) {
        let least = if least == 0 { String::new() } else { format!("the least is {least}, ") };
        let most = if most == usize::MAX { "there is no most".to_owned() } else { format!("the most is {most}") };
        return faults.add(at, format_args!("has {} entries; {least}{most}", entries.len()));
    }
    for (index, value) in entries.iter().enumerate() {
        entry.check(value, at.index(index), faults);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Need::*, *};
    use crate::contract::{
        fault::{Fault, MOST_FAULTS},
        mode::Contract,
    };

    fn faults(shape: Shape, value: &Value) -> Vec<String> {
        let mut faults = Faults::default();
        shape.check(value, At::root("the body"), &mut faults);
        faults.into_result(Contract::Compat).err().into_iter().flatten().map(|fault| fault.text).collect()
    }

    static TREE: Shape = Shape::Single(&[("leaf", May, Shape::Integer), ("not", May, Shape::Ref(&TREE))]);

    #[test]
    fn each_shape_accepts_and_refuses() {
        use Shape::*;
        const PAIR: Shape = Object(&[("a", Must, Text), ("b", May, Integer)]);
        for (shape, good, bad, expected) in [
            (Boolean, json!(true), json!("true"), "the body must be true or false"),
            (Integer, json!(-1), json!(1.0), "the body must be an integer"),
            (Natural, json!(0), json!(-1), "the body must not be negative"),
            (Natural, json!(7), json!("7"), "the body must be an integer"),
            (Timestamp, json!(99_999_999_999_i64), json!("1"), "the body must be an integer"),
            (
                Timestamp,
                json!(0),
                json!(1_700_000_000_000_i64),
                "the body must be in seconds, and can only be in milliseconds",
            ),
            (Text, json!(""), json!(null), "the body must be a string"),
            (Filled, json!("x"), json!(" "), "the body must not be empty"),
            (Bytes(2), json!("é"), json!("éé"), "the body has 4 bytes; the most is 2"),
            (OneOf(&["a", "b"]), json!("b"), json!("c"), "the body must be one of a, b"),
            (Rule("an x", |text| text == "x"), json!("x"), json!(1), "the body must be an x"),
            (Nullable(&Boolean), json!(null), json!(1), "the body must be true or false"),
            (Null, json!(null), json!(1), "the body must be null"),
            (
                When("a", "x", &PAIR, &Integer),
                json!({"a": "x", "b": 1}),
                json!({"a": "y"}),
                "the body must be an integer",
            ),
            (When("a", "x", &PAIR, &Integer), json!(1), json!({"a": "x", "b": ""}), "b must be an integer"),
            (Taken(&PAIR, &Null), json!({"a": ""}), json!(1), "the body must be an object"),
            (Either("a or b", &[Integer, Boolean]), json!(1), json!("1"), "the body must be a or b"),
            (PAIR, json!({"a": ""}), json!({}), "a is missing"),
            (PAIR, json!({"a": "", "b": 1}), json!({"a": "", "c": 1}), "c is not a field of this call"),
            (PAIR, json!({"a": ""}), json!([]), "the body must be an object"),
            (Number, json!(1.5), json!("1"), "the body must be a number"),
            (
                Joined(&[&[("a", Must, Text)], &[("b", May, Integer)]]),
                json!({"a": ""}),
                json!({"b": 1}),
                "a is missing",
            ),
            (
                Attributes(&Open(&[], &Any), &["r"]),
                json!({"r": "x".repeat(1_001)}),
                json!({"": 1}),
                "the body has an attribute without a name",
            ),
            (Open(&[], &Text), json!({"z": "z"}), json!({"z": 1}), "z must be a string"),
            (TREE, json!({"not": {"leaf": 1}}), json!({"not": {"leaf": ""}}), "not.leaf must be an integer"),
            (TREE, json!({"leaf": 1}), json!({}), "the body must be an object of exactly one of leaf, not"),
            (List(&PAIR, 1, 2), json!([{"a": ""}]), json!([{"a": ""}, {"a": 1}]), "[1].a must be a string"),
            (List(&Any, 1, 2), json!([1, 2]), json!([]), "the body has 0 entries; the least is 1, the most is 2"),
            (List(&Any, 0, 2), json!([]), json!([1, 2, 3]), "the body has 3 entries; the most is 2"),
            (Encoded(&Any, 4), json!("ab"), json!("abc"), "the body has 5 bytes; the most is 4"),
            (Also(&PAIR, |_| Err("is odd")), json!(null), json!({"a": ""}), "the body is odd"),
        ] {
            if !matches!(shape, Also(..)) {
                assert_eq!(faults(shape, &good), [""; 0], "{good}");
            }
            assert_eq!(faults(shape, &bad), [expected], "{bad}");
        }
    }

    #[test]
    fn what_is_taken_is_noted_as_the_contract_has_it() {
        use Shape::*;
        const ID: Shape = Taken(&Bytes(2), &Natural);
        const EITHER: Shape = Either("an id or a list", &[Object(&[("id", Must, ID)]), List(&ID, 0, 9)]);
        const BODY: Shape =
            Object(&[("any", May, EITHER), ("none", May, Taken(&Text, &Null)), undocumented("x", &Text)]);
        let taken = |value: &Value| {
            let mut faults = Faults::default();
            BODY.check(value, At::root("the body"), &mut faults);
            let line = |fault: Fault| format!("{}: {}", fault.pointer, fault.text);
            faults.into_result(Contract::Compat).map(|taken| taken.into_iter().map(line).collect::<Vec<_>>())
        };
        assert_eq!(taken(&json!({"any": {"id": "a"}, "none": ""})), Ok(vec![]));
        let expected =
            ["/any/1: any[1] must be a string", "/none: none must be a string", "/x: x is not a field of this call"];
        assert_eq!(taken(&json!({"any": ["a", 1], "none": null, "x": "x"})).unwrap(), expected);
        assert_eq!(taken(&json!({"any": {"id": 7}})).unwrap(), ["/any/id: any.id must be a string"]);
        // What is not taken either is refused in the contract's words.
        for (body, expected) in [
            (json!({"any": {"id": -1}}), "any must be an id or a list"),
            (json!({"none": 1, "any": [1]}), "none must be a string"),
            (json!({"x": 1}), "x is not a field of this call"),
        ] {
            assert_eq!(taken(&body).unwrap_err()[0].text, expected, "{body}");
        }
    }

    #[test]
    fn a_place_is_a_path_and_a_pointer() {
        let mut faults = Faults::default();
        let root = At::root("the body");
        faults.add(root.key("a/b").index(3).key("c~"), "is wrong");
        let fault = &faults.into_result(Contract::Compat).unwrap_err()[0];
        assert_eq!((fault.text.as_str(), fault.pointer.as_str()), ("a/b[3].c~ is wrong", "/a~1b/3/c~0"));
    }

    #[test]
    fn a_response_lists_a_bounded_number_of_faults() {
        let value = Value::from(vec![0; 1_000]);
        assert_eq!(faults(Shape::List(&Shape::Text, 0, 1_000), &value).len(), MOST_FAULTS);
    }
}
