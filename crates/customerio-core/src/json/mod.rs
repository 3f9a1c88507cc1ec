//! JSON as Customer.io needs it: see [`encoder`] for what is refused and what is left out.
//!
//! What the caller gives is encoded when it is given, once, into the buffer that becomes the body: [`Attributes`] hold it,
//! and a [`Writer`] puts the fields of the call before it.

mod encoder;
mod members;
mod reason;

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use self::encoder::{EncodeError, Names};
pub(crate) use self::{
    members::{Members, value_len},
    reason::Reason,
};
use crate::{BuildError, BuildErrorKind, error::Bounded};

/// Most bodies are shorter.
const ROOM: usize = 1024;

/// Encodes `value` for a body.
pub(crate) fn encode(value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, BuildError> {
    let mut out = Vec::with_capacity(ROOM);
    encoder::encode_into(&mut out, value).map_err(|error| refused("the body", error))?;
    Ok(out)
}

/// Appends a member to the members of an object; after a comma, unless it is the first after an opening brace.
#[expect(clippy::inline_always, reason = "the name is known where it is called, and what is made of it then too")]
#[inline(always)]
pub(crate) fn append_member(
    out: &mut Vec<u8>,
    name: &'static str,
    value: &(impl Serialize + ?Sized),
) -> Result<(), BuildError> {
    encoder::encode_member(out, name, value).map_err(|error| refused("the body", error))
}

/// Puts `prefix` before what is in `out`.
pub(crate) fn prepend(out: &mut Vec<u8>, prefix: &[u8]) {
    out.extend_from_slice(prefix);
    out.rotate_right(prefix.len());
}

/// The error about the field that cannot be encoded, or about all of it.
#[cold]
fn refused(what: &'static str, error: EncodeError) -> BuildError {
    let kind = BuildErrorKind::Encoding(error.0.reason);
    let path = Bounded(&error.0.path);
    if error.0.path.is_empty() { BuildError::new(what, kind) } else { BuildError::new(format!("`{path}`"), kind) }
}

/// Refuses a member whose value, as it is written, is no string: `takes` says who takes nothing else.
#[inline]
pub(crate) fn check_text(name: &[u8], value: &[u8], takes: &str) -> Result<(), BuildError> {
    if value.first() == Some(&b'"') { Ok(()) } else { Err(no_text(name, value, takes)) }
}

#[cold]
fn no_text(name: &[u8], value: &[u8], takes: &str) -> BuildError {
    let found = match value.first() {
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        _ => "a number",
    };
    let (name, problem) = (String::from_utf8_lossy(name), format!("is {found}, and {takes}"));
    BuildError::new(format!("`{}`", Bounded(&name)), BuildErrorKind::Encoding(problem))
}

/// The caller's attributes or data: an object, encoded when it was given. What cannot be encoded is an error when the
/// request is built.
#[derive(Clone)]
pub(crate) struct Attributes {
    /// The object with its braces; nothing at all is an empty one.
    json: Result<Vec<u8>, Box<BuildError>>,
    names: Names,
}

impl Attributes {
    /// No attributes.
    pub(crate) const fn empty() -> Self {
        Self { json: Ok(Vec::new()), names: Names::NONE }
    }

    /// Encodes `value`, which must be an object. Error messages call it `what`.
    pub(crate) fn new(what: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        let (mut json, mut names) = (Vec::with_capacity(ROOM), Names::NONE);
        let result = encoder::encode_object(&mut json, &mut names, value).map_err(|error| refused(what, error));
        let json = result.and_then(|()| match json.first() {
            Some(b'{') => Ok(json),
            // `()`, `None` and `Value::Null`.
            Some(b'n') => Ok(Vec::new()),
            other => {
                let found = match other {
                    Some(b'[') => "a list",
                    Some(b'"') => "text",
                    Some(b't' | b'f') => "a boolean",
                    _ => "a number",
                };
                Err(BuildError::new(what, BuildErrorKind::Encoding(format!("must be an object, not {found}"))))
            }
        });
        Self { json: json.map_err(Box::new), names }
    }

    /// An object that is already encoded, or why it cannot be.
    pub(crate) fn encoded(json: Result<Vec<u8>, BuildError>) -> Self {
        Self { json: json.map_err(Box::new), names: Names::ALL }
    }

    /// The buffer with the object, or nothing if it is empty: for a [`Writer`] to hold.
    ///
    /// # Errors
    ///
    /// Fails if it could not be encoded.
    pub(crate) fn into_json(self) -> Result<Vec<u8>, BuildError> {
        self.json.map_err(|error| *error)
    }

    /// The object with its braces, or nothing if it is empty.
    ///
    /// # Errors
    ///
    /// Fails if it could not be encoded.
    pub(crate) fn json(&self) -> Result<&[u8], BuildError> {
        self.json.as_deref().map_err(|error| BuildError::clone(error))
    }
}

/// An object that the API takes as JSON in text, encoded when it was given. What cannot be encoded is an error when the
/// request is built.
#[derive(Clone)]
pub(crate) struct JsonText(Result<Arc<str>, Box<BuildError>>);

impl JsonText {
    /// Encodes `value`, which must be an object: text that is JSON already would become text within text. Error
    /// messages call it `what`.
    pub(crate) fn new(what: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        let json = Attributes::new(what, value).into_json().and_then(|json| match String::from_utf8(json) {
            Ok(json) if json.is_empty() => Err(BuildError::new(what, BuildErrorKind::Empty)),
            Ok(json) => Ok(json),
            Err(_) => Err(BuildError::new(what, BuildErrorKind::Encoding("is not UTF-8".into()))),
        });
        Self(json.map(Into::into).map_err(Box::new))
    }

    /// Refuses what could not be encoded.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        self.0.as_ref().map(drop).map_err(|error| BuildError::clone(error))
    }
}

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.as_ref().map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(text)
    }
}

/// Passes the object on as JSON that is already written: see `WRITTEN` and `ENCODED` in [`encoder`].
impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const RAW: &str = encoder::RAW;
        let json = self.json.as_deref().map_err(|error| serde::ser::Error::custom(Reason(error)))?;
        let json = if json.is_empty() { "{}" } else { std::str::from_utf8(json).unwrap_or_default() };
        let mut raw = serializer.serialize_struct(RAW, encoder::ENCODED)?;
        raw.serialize_field(RAW, json)?;
        raw.end()
    }
}

impl std::fmt::Debug for Attributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // They hold people's data.
        f.debug_struct("Attributes").finish_non_exhaustive()
    }
}

/// Writes an object field by field, in the order of the calls. It can hold another object, that was written before.
///
/// The two have separate buffers. In one for both, what was just written would be moved byte by byte, and a processor
/// waits long for that.
pub(crate) struct Writer {
    /// What has been written, not closed yet.
    out: Vec<u8>,
    held: Vec<u8>,
    names: Names,
}

impl Writer {
    /// An object that holds no other.
    pub(crate) fn new() -> Self {
        Self::holding(Vec::new())
    }

    /// An object that holds one which was written before, for [`place`](Self::place).
    pub(crate) fn holding(object: Vec<u8>) -> Self {
        let mut out = Vec::with_capacity(ROOM.max(ROOM / 2 + object.len()));
        out.push(b'{');
        Self { out, held: object, names: Names::NONE }
    }

    /// An object for fields that are among `attributes`, before them: see [`merge`](Self::merge).
    ///
    /// # Errors
    ///
    /// Fails if the attributes could not be encoded.
    pub(crate) fn before(attributes: Attributes) -> Result<Self, BuildError> {
        let names = attributes.names;
        Ok(Self { names, ..Self::holding(attributes.into_json()?) })
    }

    /// [`before`](Self::before), in an object that begins with `prefix`, such as `{"data":`, and is closed by the caller.
    ///
    /// # Errors
    ///
    /// Fails if the attributes could not be encoded.
    pub(crate) fn before_within(prefix: &[u8], attributes: Attributes) -> Result<Self, BuildError> {
        let mut writer = Self::before(attributes)?;
        writer.out.clear();
        writer.out.extend_from_slice(prefix);
        writer.out.push(b'{');
        Ok(writer)
    }

    /// The object that is held.
    pub(crate) fn held(&self) -> &[u8] {
        &self.held
    }

    /// Writes a field, unless its value is `None`.
    ///
    /// # Errors
    ///
    /// Fails if the value cannot be encoded, or if one of the attributes has the same name.
    #[expect(clippy::inline_always, reason = "as for `append_member`")]
    #[inline(always)]
    pub(crate) fn field(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), BuildError> {
        let before = self.out.len();
        append_member(&mut self.out, name, value)?;
        if self.names.may_have(name)
            && self.out.len() > before
            && Members::of(&self.held).any(|(other, _)| other == name.as_bytes())
        {
            return Err(BuildError::new(format!("`{name}`"), BuildErrorKind::SetTwice));
        }
        Ok(())
    }

    /// Writes a field that is usually not set: then, unlike [`field`](Self::field), it costs nothing.
    ///
    /// # Errors
    ///
    /// Like [`field`](Self::field).
    #[expect(clippy::inline_always, reason = "as for `append_member`")]
    #[expect(clippy::ref_option, reason = "as an operation has it")]
    #[inline(always)]
    pub(crate) fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) -> Result<(), BuildError> {
        match value {
            Some(value) => self.field(name, value),
            None => Ok(()),
        }
    }

    /// Writes the object that is held as the field `name`.
    pub(crate) fn place(&mut self, name: &'static str) {
        let held = std::mem::take(&mut self.held);
        self.field_of(name, if held.is_empty() { b"{}" } else { &held });
    }

    /// Writes a field whose value is already encoded.
    pub(crate) fn field_of(&mut self, name: &'static str, json: &[u8]) {
        self.begin(name);
        self.out.extend_from_slice(json);
    }

    fn begin(&mut self, name: &'static str) {
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// How much has been written so far.
    pub(crate) fn written(&self) -> usize {
        self.out.len()
    }

    /// The object: its fields, and then those of the one that is held.
    pub(crate) fn merge(mut self) -> Vec<u8> {
        match self.held.get(1..) {
            // An empty one has its closing brace alone.
            Some(members) if members.len() > 1 => {
                if self.out.len() == 1 {
                    return self.held;
                }
                if self.out.last() != Some(&b'{') {
                    self.out.push(b',');
                }
                self.out.extend_from_slice(members);
            }
            _ => self.out.push(b'}'),
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::UNIX_EPOCH};

    use proptest::prelude::*;
    use serde_json::{Value, json, value::RawValue};

    use super::*;
    use crate::{Erase, testing::any_json};

    fn text(value: &impl Serialize) -> Result<String, String> {
        encode(value).map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.to_string())
    }

    fn attributes(value: impl Serialize) -> Result<String, String> {
        let attributes = Attributes::new("the attributes", &value);
        let json = attributes.json().map_err(|error| error.to_string())?;
        Ok(String::from_utf8(json.to_vec()).unwrap())
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
            (BTreeMap::from([(1, "integer keys")]), json!({"k": [null, {"n": 1.25}], "e": {}, "l": []}), raw),
            (BTreeMap::from([(true, 'x')]), BTreeMap::from([('c', Kind::Unit::<u8>)]), [[0_u8; 0]; 2]),
            std::net::Ipv4Addr::LOCALHOST,
        );
        assert_eq!(text(&values).unwrap(), serde_json::to_string(&values).unwrap());
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused_by_the_name_of_their_field() {
        let infinite = |path: &str| format!("{path} is infinite: as JSON it would be null, which erases an attribute");
        for bad in [f64::INFINITY, f64::NEG_INFINITY] {
            for (result, path) in [
                (text(&bad), "the body"),
                (text(&Some(bad)), "the body"),
                (text(&[bad]), "`[0]`"),
                (text(&(1, bad)), "`[1]`"),
                (text(&Newtype(bad)), "the body"),
                (text(&BTreeMap::from([("a", BTreeMap::from([("b", [1.0, bad])]))])), "`a.b[1]`"),
                (text(&json!([{"a": 1}]).as_array().map(|_| [BTreeMap::from([("x", bad)])])), "`[0].x`"),
                (text(&Kind::Newtype(bad)), "`Newtype`"),
                (text(&Kind::Tuple(1.0, bad)), "`[1]`"),
                (text(&Kind::Struct { value: bad }), "`value`"),
                #[expect(clippy::cast_possible_truncation, reason = "not finite either way")]
                (text(&(bad as f32)), "the body"),
            ] {
                assert_eq!(result.unwrap_err(), infinite(path));
            }
        }
        let nan = attributes(BTreeMap::from([("price", f64::NAN)])).unwrap_err();
        assert_eq!(nan, "`price` is NaN: as JSON it would be null, which erases an attribute");
    }

    #[derive(Serialize)]
    struct Half<T> {
        first: Option<u8>,
        nested: Nested<T>,
        list: [Option<u8>; 2],
        last: Option<T>,
    }

    #[derive(Serialize)]
    struct Nested<T> {
        inner: Option<T>,
    }

    #[derive(Serialize)]
    struct Flat {
        #[serde(flatten)]
        rest: BTreeMap<&'static str, Option<u8>>,
        own: Option<u8>,
    }

    #[test]
    fn what_is_none_is_left_out_and_what_is_null_stays() {
        let half = |value| Half { first: None, nested: Nested { inner: value }, list: [None, Some(2)], last: None };
        assert_eq!(attributes(half(None::<u8>)).unwrap(), r#"{"nested":{},"list":[null,2]}"#);
        assert_eq!(attributes(half(Some(1))).unwrap(), r#"{"nested":{"inner":1},"list":[null,2]}"#);
        // A null that is meant erases.
        for null in [text(&Nested { inner: Some(()) }), text(&Nested { inner: Some(Value::Null) })] {
            assert_eq!(null.unwrap(), r#"{"inner":null}"#);
        }
        assert_eq!(text(&Nested { inner: Some(Erase) }).unwrap(), r#"{"inner":null}"#);
        assert_eq!(text(&Nested { inner: Some(None::<u8>) }).unwrap(), r#"{"inner":null}"#);
        assert_eq!(text(&BTreeMap::from([("a", None), ("b", Some(1)), ("c", None)])).unwrap(), r#"{"b":1}"#);
        assert_eq!(text(&BTreeMap::from([(1, None::<u8>)])).unwrap(), "{}");
        assert_eq!(text(&Nested { inner: None::<Newtype<Option<u8>>> }).unwrap(), "{}");
        assert_eq!(text(&BTreeMap::from([("a", Newtype(None::<u8>))])).unwrap(), "{}");
        let flat = Flat { rest: BTreeMap::from([("a", None), ("b", Some(1))]), own: None };
        assert_eq!(attributes(flat).unwrap(), r#"{"b":1}"#);
    }

    #[test]
    fn attributes_are_an_object_or_nothing() {
        for empty in [attributes(()), attributes(None::<u8>), attributes(Value::Null)] {
            assert_eq!(empty.unwrap(), "");
        }
        assert_eq!(attributes(Some(Newtype(json!({"plan": "pro"})))).unwrap(), r#"{"plan":"pro"}"#);
        let raw = RawValue::from_string(r#"{"plan":"pro"}"#.to_owned()).unwrap();
        for (result, found) in [
            (attributes("text"), "text"),
            (attributes([1]), "a list"),
            (attributes(1), "a number"),
            (attributes(true), "a boolean"),
            (attributes(Kind::Newtype(1)), "an enum"),
            (attributes(&raw), "raw JSON: read it into a map"),
        ] {
            assert_eq!(result.unwrap_err(), format!("the attributes must be an object, not {found}"));
        }
        assert_eq!(attributes(json!({"a": raw})).unwrap(), r#"{"a":{"plan":"pro"}}"#);
        assert_eq!(
            attributes(BTreeMap::from([([1], 1)])).unwrap_err(),
            "the attributes must not have a key that is not text"
        );
    }

    /// A type of the caller's, whose error quotes the value.
    #[derive(Clone, Copy)]
    struct Secretive(&'static str);

    impl Serialize for Secretive {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom(format_args!("cannot serialise {}", self.0)))
        }
    }

    #[test]
    fn what_a_serialize_of_the_callers_says_is_not_shown() {
        let secretive = Secretive("Ada, born 1815-12-10");
        let why = "cannot be encoded: its `Serialize` failed, and what it said may quote a value and is not shown; try it \
                   with `serde_json`";
        for (result, path) in [
            (text(&secretive), "the body"),
            (attributes(BTreeMap::from([("born", BTreeMap::from([("on", secretive)]))])), "`born.on`"),
            (attributes(BTreeMap::from([("tags", [Some(secretive), None])])), "`tags[0]`"),
        ] {
            assert_eq!(result.unwrap_err(), format!("{path} {why}"));
        }
        let error = Attributes::new("the attributes", &BTreeMap::from([("born", secretive)])).json().unwrap_err();
        assert!(!format!("{error:?} {error:#?}").contains("Ada"), "{error:?}");
        assert!(std::error::Error::source(&error).is_none());
    }

    #[test]
    fn a_system_time_is_refused_with_the_way_to_write_it() {
        let error = attributes(BTreeMap::from([("seen", UNIX_EPOCH)])).unwrap_err();
        assert_eq!(error, "`seen` must not be a SystemTime, which is an object as JSON: use Timestamp::from(time)");
        // `json!` has made an object of it.
        let error = attributes(json!({"visit": [{"seen": UNIX_EPOCH}]})).unwrap_err();
        assert_eq!(
            error,
            "`visit[0].seen` must not be a SystemTime, which is an object as JSON: use Timestamp::from(time)"
        );
        for other in [
            json!({"secs_since_epoch": 1}),
            json!({"secs_since_epoch": 1, "nanos_since_epoch": 2, "zone": "UTC"}),
            json!({"secs_since_epoch": 1, "at": {"nanos_since_epoch": 2}}),
        ] {
            assert!(attributes(json!({"seen": other})).is_ok(), "{other}");
        }
    }

    /// An object of these entries, in this order, whatever their names: as a map or as a struct.
    #[derive(Clone, Copy)]
    struct Entries<'a, T> {
        as_struct: bool,
        entries: &'a [(&'static str, T)],
    }

    impl<T: Serialize> Serialize for Entries<'_, T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if !self.as_struct {
                return serializer.collect_map(self.entries.iter().map(|(name, value)| (name, value)));
            }
            let mut object = serializer.serialize_struct("Entries", self.entries.len())?;
            for (name, value) in self.entries {
                object.serialize_field(name, value)?;
            }
            object.end()
        }
    }

    struct RawEntries(Vec<(String, u8)>);

    impl Serialize for RawEntries {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeMap as _;
            let mut map = serializer.serialize_map(None)?;
            for (name, value) in &self.0 {
                map.serialize_key(name)?;
                map.serialize_value(value)?;
            }
            map.end()
        }
    }

    #[derive(Serialize)]
    struct Flattened {
        plan: &'static str,
        #[serde(flatten)]
        rest: BTreeMap<&'static str, u8>,
    }

    #[derive(Serialize)]
    enum Shaped<T> {
        In(T),
        Of { inner: T, list: Vec<T> },
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_wherever_it_stands() {
        for as_struct in [false, true] {
            let entries = |entries| Entries { as_struct, entries };
            let twice = entries(&[("plan", Some(1)), ("seats", Some(2)), ("plan", Some(3))]);
            let once = entries(&[("plan", Some(1)), ("seats", Some(2)), ("plan", None), ("nalp", Some(4))]);
            assert_eq!(attributes(once).unwrap(), r#"{"plan":1,"seats":2,"nalp":4}"#);
            for (result, path) in [
                (attributes(twice), "plan"),
                (attributes(BTreeMap::from([("a", [once, twice])])), "a[1].plan"),
                (attributes(BTreeMap::from([("a", Shaped::In(twice))])), "a.In.plan"),
                (attributes(BTreeMap::from([("a", Shaped::Of { inner: once, list: vec![twice] })])), "a.list[0].plan"),
                (attributes(entries(&[("ü\"", Some(1)), ("ü\"", Some(1))])), r#"ü\""#),
            ] {
                assert_eq!(result.unwrap_err(), format!("`{path}` is given twice"));
            }
            let nameless = attributes(BTreeMap::from([("a", entries(&[("", Some(1)), ("", Some(1))]))]));
            assert_eq!(nameless.unwrap_err(), "`a` must not have two entries without a name");
        }
        let flattened = Flattened { plan: "pro", rest: BTreeMap::from([("seats", 3), ("plan", 7)]) };
        assert_eq!(attributes(flattened).unwrap_err(), "`plan` is given twice");
        let numbers = Entries { as_struct: false, entries: &[("a", 1), ("b", 2), ("c", 3)] };
        // Of many, none is looked for by itself.
        for count in [2, 20, 200] {
            let names: Vec<_> = (0..count).map(|number| format!("attribute_{number}")).collect();
            let many = |names: &[String]| attributes(RawEntries(names.iter().map(|name| (name.clone(), 1)).collect()));
            assert!(many(&names).is_ok());
            let reversed: Vec<_> = names.iter().rev().cloned().collect();
            assert!(many(&reversed).is_ok());
            for twice in [0, count / 2, count - 1] {
                let names = [&names[..], &names[twice..=twice]].concat();
                assert_eq!(many(&names).unwrap_err(), format!("`attribute_{twice}` is given twice"));
            }
        }
        // The same names in objects beside each other and within each other.
        let beside = BTreeMap::from([("a", numbers), ("b", numbers)]);
        assert_eq!(attributes(beside).unwrap(), r#"{"a":{"a":1,"b":2,"c":3},"b":{"a":1,"b":2,"c":3}}"#);
        assert_eq!(text(&[numbers, numbers]).unwrap(), r#"[{"a":1,"b":2,"c":3},{"a":1,"b":2,"c":3}]"#);
    }

    #[test]
    fn json_that_was_already_written_has_no_name_twice_either() {
        for (json, refused) in [
            (r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}], "d" : "{\"a\":1,\"a\":2}"}"#, None),
            (r#"{ "a":1 , "a" : 2 }"#, Some("raw.a")),
            (r#"{"a":1,"b":2,"\u0061":3}"#, Some("raw.a")),
            (r#"[{"b":{"x":1,"y":[],"x":{}}}]"#, Some("raw.x")),
            (r#""{\"a\":1,\"a\":2}""#, None),
            ("1.50", None),
            ("{}", None),
            ("[[],[ ]]", None),
        ] {
            let raw = RawValue::from_string(json.to_owned()).unwrap();
            let result = attributes(BTreeMap::from([("raw", &raw)]));
            let expected = refused
                .map_or_else(|| Ok(format!(r#"{{"raw":{json}}}"#)), |path| Err(format!("`{path}` is given twice")));
            assert_eq!(result, expected, "{json}");
        }
    }

    /// A value that is nested as often as it says, each time in the next of these ways.
    struct Deep<'a> {
        left: usize,
        ways: &'a [Way],
    }

    #[derive(Clone, Copy, Debug)]
    enum Way {
        List,
        Tuple,
        Map,
        Struct,
        Some,
        Newtype,
        Variant,
        TupleVariant,
        StructVariant,
    }

    impl Serialize for Deep<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::{
                SerializeSeq as _, SerializeStructVariant as _, SerializeTuple as _, SerializeTupleVariant as _,
            };
            let Some(left) = self.left.checked_sub(1) else { return serializer.serialize_unit() };
            let inner = Self { left, ..*self };
            match self.ways[left % self.ways.len()] {
                Way::List => {
                    let mut list = serializer.serialize_seq(None)?;
                    list.serialize_element(&inner)?;
                    list.end()
                }
                Way::Tuple => {
                    let mut tuple = serializer.serialize_tuple(1)?;
                    tuple.serialize_element(&inner)?;
                    tuple.end()
                }
                Way::Map => serializer.collect_map([("a", &inner)]),
                Way::Struct => {
                    let mut object = serializer.serialize_struct("S", 1)?;
                    object.serialize_field("a", &inner)?;
                    object.end()
                }
                Way::Some => serializer.serialize_some(&inner),
                Way::Newtype => serializer.serialize_newtype_struct("N", &inner),
                Way::Variant => serializer.serialize_newtype_variant("E", 0, "V", &inner),
                Way::TupleVariant => {
                    let mut tuple = serializer.serialize_tuple_variant("E", 0, "V", 1)?;
                    tuple.serialize_field(&inner)?;
                    tuple.end()
                }
                Way::StructVariant => {
                    let mut object = serializer.serialize_struct_variant("E", 0, "V", 1)?;
                    object.serialize_field("a", &inner)?;
                    object.end()
                }
            }
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_refused_before_the_stack_ends() {
        use Way::{List, Map, Newtype, Some, Struct, StructVariant, Tuple, TupleVariant, Variant};
        let deep = |left, ways: &'static [Way]| text(&Deep { left, ways });
        // 2 MB, which is what a thread has.
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            for ways in [
                &[List][..],
                &[Tuple],
                &[Map],
                &[Struct],
                &[Some],
                &[Newtype],
                &[Variant],
                &[TupleVariant],
                &[StructVariant],
                &[Some, Newtype, Map, List, Variant, StructVariant],
            ] {
                let error = deep(100_000, ways).unwrap_err();
                let reason = "must not be nested deeper than 100 lists and objects";
                assert!(error.ends_with(reason) && error.len() < 500, "{ways:?}: {error}");
            }
            let error = attributes(Deep { left: 100_000, ways: &[Newtype] }).unwrap_err();
            assert_eq!(error, "the attributes must not be nested deeper than 100 lists and objects");
            let raw = RawValue::from_string(["[".repeat(100_000), "]".repeat(100_000)].concat()).unwrap();
            let error = attributes(BTreeMap::from([("raw", raw)])).unwrap_err();
            assert_eq!(error, "`raw` must not be nested deeper than 100 lists and objects");
        });
        thread.unwrap().join().unwrap();
        for ways in [&[List][..], &[Map], &[Struct]] {
            // The last of them has `null`. What serde_json writes, it reads.
            let json = deep(100, ways).unwrap();
            assert!(serde_json::from_str::<Value>(&json).is_ok());
            assert!(deep(101, ways).is_err());
        }
        let raw = |depth| RawValue::from_string(["[".repeat(depth), "]".repeat(depth)].concat()).unwrap();
        assert!(attributes(BTreeMap::from([("raw", raw(100))])).is_ok());
        assert!(attributes(BTreeMap::from([("raw", raw(101))])).is_err());
    }

    fn written(
        attributes: &Value,
        write: impl FnOnce(&mut Writer) -> Result<(), BuildError>,
    ) -> Result<String, String> {
        let attributes = Attributes::new("the attributes", attributes);
        let mut writer = Writer::before(attributes).map_err(|error| error.to_string())?;
        write(&mut writer).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(writer.merge()).unwrap())
    }

    #[test]
    fn fields_stand_before_the_attributes_and_none_stands_twice() {
        let email = |writer: &mut Writer| {
            writer.field("email", "a@x.org")?;
            writer.field("absent", &None::<u8>)
        };
        for (attributes, expected) in [
            (json!({"plan": "pro", "absent": 1}), r#"{"email":"a@x.org","absent":1,"plan":"pro"}"#),
            (json!({}), r#"{"email":"a@x.org"}"#),
            (json!(null), r#"{"email":"a@x.org"}"#),
        ] {
            assert_eq!(written(&attributes, email).unwrap(), expected);
        }
        assert_eq!(written(&json!({"plan": 1}), |_| Ok(())).unwrap(), r#"{"plan":1}"#);
        assert_eq!(written(&json!({}), |_| Ok(())).unwrap(), "{}");
        let error = written(&json!({"a": 1, "email": null}), email).unwrap_err();
        assert_eq!(error, "`email` is set both by a setter and in the attributes");
        // A name within a value is none of the object's.
        assert!(written(&json!({"a": {"email": 1}, "b": "\"email\":1"}), email).is_ok());
    }

    #[test]
    fn an_object_is_placed_among_other_fields() {
        let placed = |object: &str| {
            let mut writer = Writer::holding(object.into());
            writer.field("first", &1).unwrap();
            writer.place("data");
            writer.field("last", &2).unwrap();
            String::from_utf8(writer.merge()).unwrap()
        };
        assert_eq!(placed(r#"{"a":1}"#), r#"{"first":1,"data":{"a":1},"last":2}"#);
        assert_eq!(placed("{}"), r#"{"first":1,"data":{},"last":2}"#);
        assert_eq!(placed(""), r#"{"first":1,"data":{},"last":2}"#);
        let mut writer = Writer::holding(br#"{"a":1}"#.to_vec());
        writer.place("data");
        assert_eq!(writer.merge(), br#"{"data":{"a":1}}"#);
    }

    proptest! {
        /// Whatever the attributes are, they are written as `serde_json` writes them, and a field before them is found among
        /// them where it is.
        #[test]
        fn attributes_survive_a_field_before_them(value in any_json("email|plan|[a-e]{1,3}")) {
            let Ok(json) = attributes(&value) else { return Ok(()) };
            if value.is_object() {
                prop_assert_eq!(&json, &value.to_string());
            }
            let has_email = value.get("email").is_some();
            match written(&value, |writer| writer.field("email", &7)) {
                Ok(body) => {
                    prop_assert!(!has_email);
                    let others = json.strip_prefix('{').filter(|others| *others != "}");
                    let expected = others.map_or("{\"email\":7}".to_owned(), |others| format!("{{\"email\":7,{others}"));
                    prop_assert_eq!(body, expected);
                }
                Err(_) => prop_assert!(has_email),
            }
        }
    }
}
