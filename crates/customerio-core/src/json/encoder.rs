//! The one encoder of JSON: serde values in, the bytes of a body out.
//!
//! `serde_json` writes text and numbers; what is around them is written here, because `serde_json` lets things pass that
//! would lose data at Customer.io, where `null` erases an attribute:
//!
//! - a number that is not finite is an error, and not `null`;
//! - a field or an entry that is `None` is left out, and not `null`; to erase, use a value that is null itself, such as
//!   `serde_json::Value::Null` or `()`;
//! - a name that appears twice in an object is an error: which of its values counts would be up to the reader;
//! - lists and objects that are nested deeper than [`NESTING`] are an error, before the stack ends;
//! - an error names the field that it is about.

#![expect(
    clippy::inline_always,
    reason = "names are known where a member is written, and only there can the look at them be spared"
)]

use std::{
    borrow::Cow,
    fmt::{self, Display},
};

use super::members::{Members, repeated, string_len};
use crate::limits::NESTING;
use memchr::memchr_iter;
use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use super::reason::told;

/// How `serde_json` passes on JSON that is already written, and numbers of any precision: as a struct of this name with a
/// single field of this name, whose text is to be written as it is.
const WRITTEN: [&str; 2] = [RAW, "$serde_json::private::Number"];
pub(super) const RAW: &str = "$serde_json::private::RawValue";

/// How many fields such a struct says to have whose JSON this encoder has written, and need not look at again. Others say 1,
/// and `serde_json` does not care.
pub(super) const ENCODED: usize = 2;

/// The names of the fields of a `SystemTime`.
const SYSTEM_TIME: [&str; 2] = ["secs_since_epoch", "nanos_since_epoch"];

/// Appends `value` to `out`. After an error, what is in `out` is of no use.
pub(crate) fn encode_into(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> Result<(), EncodeError> {
    encode(out, false, value).map(|_| ())
}

/// Appends a member to the object that `out` ends with and that is not closed yet; nothing if `value` is `None`.
#[inline(always)]
pub(super) fn encode_member(
    out: &mut Vec<u8>,
    name: &'static str,
    value: &(impl Serialize + ?Sized),
) -> Result<(), EncodeError> {
    let mut encoder = Encoder::new(out, false);
    encoder.member(MemberName::Plain(name), value).map(|_| ())
}

/// Appends `value`, which must not be raw JSON or an enum, and notes the names of an object in `names`.
pub(super) fn encode_object(
    out: &mut Vec<u8>,
    names: &mut Names,
    value: &(impl Serialize + ?Sized),
) -> Result<(), EncodeError> {
    *names = encode(out, true, value)?;
    Ok(())
}

fn encode(out: &mut Vec<u8>, must_be_object: bool, value: &(impl Serialize + ?Sized)) -> Result<Names, EncodeError> {
    let mut encoder = Encoder::new(out, must_be_object);
    value.serialize(Value { encoder: &mut encoder, is_member: false })?;
    Ok(encoder.names)
}

/// Why a value cannot be encoded, and where in it that is. In a box, because results are returned for each value, and what
/// is small is returned in a register.
#[derive(Debug)]
pub(crate) struct EncodeError(pub(super) Box<Why>);

#[derive(Debug)]
pub(super) struct Why {
    /// Such as `address.lines[2]`; empty for the value itself.
    pub(super) path: String,
    /// A sentence without its subject, such as `is NaN`. That of a whole value fits a plural too, such as `the attributes`.
    pub(super) reason: String,
}

impl EncodeError {
    #[cold]
    fn new(reason: impl Display) -> Self {
        Self(Box::new(Why { path: String::new(), reason: reason.to_string() }))
    }

    /// A name that appears twice in an object.
    #[cold]
    pub(super) fn twice(name: &[u8]) -> Self {
        if name.is_empty() {
            return Self::new("must not have two entries without a name");
        }
        Self::new("is given twice").in_member(&String::from_utf8_lossy(name))
    }

    /// A time as serde has it, which Customer.io does not take for one.
    #[cold]
    fn system_time() -> Self {
        Self::new("must not be a SystemTime, which is an object as JSON: use Timestamp::from(time)")
    }

    /// Lists and objects that are nested too deep.
    #[cold]
    pub(super) fn too_deep() -> Self {
        Self::new(format_args!("must not be nested deeper than {NESTING} lists and objects"))
    }

    #[cold]
    fn in_member(mut self, name: &str) -> Self {
        let separator = if self.0.path.is_empty() || self.0.path.starts_with('[') { "" } else { "." };
        self.0.path.insert_str(0, separator);
        self.0.path.insert_str(0, name);
        self
    }

    #[cold]
    fn in_element(mut self, index: usize) -> Self {
        let separator = if self.0.path.is_empty() || self.0.path.starts_with('[') { "" } else { "." };
        self.0.path.insert_str(0, &format!("[{index}]{separator}"));
        self
    }
}

impl Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.path, self.0.reason)
    }
}

impl std::error::Error for EncodeError {}

impl serde::ser::Error for EncodeError {
    /// What a `Serialize` says: our own text as it is; the caller's may quote a value, so only the failure is reported.
    fn custom<T: Display>(message: T) -> Self {
        let reason = told(&message);
        let reason = reason.as_deref().unwrap_or(
            "its `Serialize` failed, and what it said may quote a value and is not shown; try it with `serde_json`",
        );
        Self::new(format_args!("cannot be encoded: {reason}"))
    }
}

/// Which names an object may have: a name that was not noted is certainly not among them.
#[derive(Clone, Copy)]
pub(crate) struct Names([u64; 2]);

impl Names {
    pub(super) const NONE: Self = Self([0; 2]);
    pub(super) const ALL: Self = Self([u64::MAX; 2]);

    #[inline(always)]
    const fn note(&mut self, name: &str) {
        let [one, other] = Self::bits(name);
        self.0[0] |= one;
        self.0[1] |= other;
    }

    #[inline(always)]
    pub(super) const fn may_have(self, name: &str) -> bool {
        let [one, other] = Self::bits(name);
        self.0[0] & one != 0 && self.0[1] & other != 0
    }

    /// A bit for each word.
    #[inline(always)]
    const fn bits(name: &str) -> [u64; 2] {
        let (bytes, length) = (name.as_bytes(), name.len());
        if length == 0 {
            return [1; 2];
        }
        let (first, middle, last) = (bytes[0] as usize, bytes[length / 2] as usize, bytes[length - 1] as usize);
        [1 << ((first + 5 * last + 11 * length) % 64), 1 << ((7 * middle + 3 * last + length) % 64)]
    }
}

/// Whether nothing in `text` must be escaped. It is looked at eight bytes at a time, where `serde_json` takes one.
#[inline(always)]
fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    // The highest bit is set for each byte that is below a blank, or zero after the exclusive or; and perhaps for the byte
    // above one of those.
    const fn are_plain(word: u64) -> bool {
        const fn zeros(word: u64) -> u64 {
            word.wrapping_sub(ONES) & !word
        }
        let below = word.wrapping_sub(ONES * 0x20) & !word;
        let found = below | zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64));
        found & (ONES * 0x80) == 0
    }
    let mut rest = text;
    while let Some((word, behind)) = rest.split_first_chunk() {
        if !are_plain(u64::from_le_bytes(*word)) {
            return false;
        }
        rest = behind;
    }
    // The rest together with what is before it, or with itself.
    if let Some(last) = text.last_chunk() {
        return are_plain(u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return are_plain(u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
    }
    rest.iter().all(|byte| *byte >= b' ' && *byte != b'"' && *byte != b'\\')
}

/// The name of a member.
#[derive(Clone, Copy)]
enum MemberName<'a> {
    /// Of which nothing must be escaped.
    Plain(&'a str),
    Any(&'a str),
}

struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    /// Where the value begins.
    start: usize,
    /// Those of the object that was closed last: in the end, the outermost.
    names: Names,
    /// Whether the outermost value is to be an object.
    must_be_object: bool,
    /// The number of objects and lists that are open.
    depth: usize,
    /// The number of `Some` and of structs with one nameless field around the value: they leave nothing in the JSON, but a
    /// value can be nested in them.
    wraps: usize,
    /// Whether the member that was just written was `None`, and so has to go.
    is_none: bool,
    /// Where the member began whose name has been written and whose value has not, and that name.
    begun: usize,
    name: String,
}

impl<'a> Encoder<'a> {
    #[inline(always)]
    fn new(out: &'a mut Vec<u8>, must_be_object: bool) -> Self {
        Self {
            start: out.len(),
            out,
            names: Names::NONE,
            must_be_object,
            depth: 0,
            wraps: 0,
            is_none: false,
            begun: 0,
            name: String::new(),
        }
    }

    /// Text in quotes.
    #[inline(always)]
    fn text(&mut self, text: &str) {
        if is_plain(text.as_bytes()) {
            self.plain_text(text);
        } else {
            // Writing to a vector cannot fail, and neither can encoding text.
            let _ = serde_json::to_writer(&mut *self.out, text);
        }
    }

    /// Text of which nothing must be escaped, in quotes.
    #[inline(always)]
    fn plain_text(&mut self, text: &str) {
        self.out.reserve(text.len() + 2);
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
    }

    fn integer(&mut self, value: impl itoa::Integer) {
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    #[inline(always)]
    fn open(&mut self, bracket: u8) -> Result<(), EncodeError> {
        self.out.push(bracket);
        self.depth += 1;
        if self.depth > NESTING { Err(EncodeError::too_deep()) } else { Ok(()) }
    }

    fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.depth -= 1;
    }

    /// A comma, unless what was written last is the bracket that opened the list or object.
    #[inline(always)]
    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    /// A member of the object that is open. Whether there is one now: a value that is `None` is taken back, with its name.
    #[inline(always)]
    fn member<T: Serialize + ?Sized>(&mut self, name: MemberName<'_>, value: &T) -> Result<bool, EncodeError> {
        let before = self.out.len();
        self.separate();
        match name {
            MemberName::Plain(name) => self.plain_text(name),
            MemberName::Any(name) => self.text(name),
        }
        let (MemberName::Plain(name) | MemberName::Any(name)) = name;
        self.value(before, name, value)
    }

    /// The value of the member that began at `before` and whose name has been written.
    #[inline(always)]
    fn value<T: Serialize + ?Sized>(&mut self, before: usize, name: &str, value: &T) -> Result<bool, EncodeError> {
        self.out.push(b':');
        value.serialize(Value { encoder: self, is_member: true }).map_err(|error| error.in_member(name))?;
        let is_none = std::mem::take(&mut self.is_none);
        if is_none {
            self.out.truncate(before);
        }
        Ok(!is_none)
    }

    /// Writes a value within a `Some`, or within a struct that has one nameless field.
    #[inline(always)]
    fn wrapped(&mut self, is_member: bool, value: &(impl Serialize + ?Sized)) -> Result<(), EncodeError> {
        self.wraps += 1;
        if self.wraps > NESTING {
            return Err(EncodeError::too_deep());
        }
        value.serialize(Value { encoder: self, is_member })?;
        self.wraps -= 1;
        Ok(())
    }

    /// Refuses what is not an object as the outermost value, where it would look like one.
    fn not_outermost(&self, what: &str) -> Result<(), EncodeError> {
        if self.must_be_object && self.out.len() == self.start {
            return Err(EncodeError::new(format_args!("must be an object, not {what}")));
        }
        Ok(())
    }
}

/// A place for one value.
struct Value<'a, 'b> {
    encoder: &'a mut Encoder<'b>,
    /// Whether it is the value of a member of an object, which is left out where it is `None`.
    is_member: bool,
}

impl<'a, 'b> Value<'a, 'b> {
    fn list(self) -> Result<List<'a, 'b>, EncodeError> {
        self.encoder.open(b'[')?;
        Ok(List { encoder: self.encoder, index: 0, closing: b"]" })
    }

    fn object(self) -> Result<Object<'a, 'b>, EncodeError> {
        let object = Object { begin: self.encoder.out.len(), ..Object::new(self.encoder, None) };
        object.encoder.open(b'{')?;
        Ok(object)
    }

    /// Opens the object around the content of an enum's variant.
    fn variant(&mut self, variant: &'static str) -> Result<(), EncodeError> {
        self.encoder.not_outermost("an enum")?;
        self.encoder.open(b'{')?;
        self.encoder.text(variant);
        self.encoder.out.push(b':');
        Ok(())
    }

    fn float(self, is_nan: bool, is_finite: bool, value: impl Serialize) -> Result<(), EncodeError> {
        if !is_finite {
            let what = if is_nan { "NaN" } else { "infinite" };
            return Err(EncodeError::new(format_args!(
                "is {what}: as JSON it would be null, which erases an attribute"
            )));
        }
        let _ = serde_json::to_writer(&mut *self.encoder.out, &value);
        Ok(())
    }
}

macro_rules! integers {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.encoder.integer(value);
            Ok(())
        }
    )*};
}

impl<'a, 'b> Serializer for Value<'a, 'b> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = List<'a, 'b>;
    type SerializeTuple = List<'a, 'b>;
    type SerializeTupleStruct = List<'a, 'b>;
    type SerializeTupleVariant = List<'a, 'b>;
    type SerializeMap = Object<'a, 'b>;
    type SerializeStruct = Object<'a, 'b>;
    type SerializeStructVariant = Object<'a, 'b>;

    integers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
    }

    fn serialize_bool(self, value: bool) -> Result<(), EncodeError> {
        self.encoder.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }
    fn serialize_f32(self, value: f32) -> Result<(), EncodeError> {
        self.float(value.is_nan(), value.is_finite(), value)
    }
    fn serialize_f64(self, value: f64) -> Result<(), EncodeError> {
        self.float(value.is_nan(), value.is_finite(), value)
    }
    fn serialize_char(self, value: char) -> Result<(), EncodeError> {
        self.encoder.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }
    fn serialize_str(self, value: &str) -> Result<(), EncodeError> {
        self.encoder.text(value);
        Ok(())
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<(), EncodeError> {
        self.collect_seq(value)
    }
    fn serialize_none(self) -> Result<(), EncodeError> {
        if self.is_member {
            self.encoder.is_none = true;
            return Ok(());
        }
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        // `Some(None)` is a null that is meant.
        self.encoder.wrapped(false, value)
    }
    fn serialize_unit(self) -> Result<(), EncodeError> {
        self.encoder.out.extend_from_slice(b"null");
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), EncodeError> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), EncodeError> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), EncodeError> {
        self.encoder.wrapped(self.is_member, value)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.variant(variant)?;
        value
            .serialize(Value { encoder: &mut *self.encoder, is_member: false })
            .map_err(|error| error.in_member(variant))?;
        self.encoder.close(b'}');
        Ok(())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a, 'b>, EncodeError> {
        self.list()
    }
    fn serialize_tuple(self, _: usize) -> Result<List<'a, 'b>, EncodeError> {
        self.list()
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a, 'b>, EncodeError> {
        self.list()
    }
    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a, 'b>, EncodeError> {
        self.variant(variant)?;
        Ok(List { closing: b"]}", ..self.list()? })
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a, 'b>, EncodeError> {
        self.object()
    }
    fn serialize_struct(self, name: &'static str, fields: usize) -> Result<Object<'a, 'b>, EncodeError> {
        if WRITTEN.contains(&name) {
            self.encoder.not_outermost("raw JSON: read it into a map")?;
            return Ok(Object::new(self.encoder, Some(fields != ENCODED)));
        }
        if name == "SystemTime" && fields == 2 {
            return Err(EncodeError::system_time());
        }
        self.object()
    }
    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'a, 'b>, EncodeError> {
        self.variant(variant)?;
        Ok(Object { is_variant: true, ..self.object()? })
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        serde_json::to_writer(&mut *self.encoder.out, &DisplayedText(value)).map_err(EncodeError::custom)
    }
}

/// Leaves it to `serde_json` to escape what a value displays while it is written.
struct DisplayedText<'a, T: ?Sized>(&'a T);

impl<T: Display + ?Sized> Serialize for DisplayedText<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// Refuses JSON of the caller's in which a name appears twice in an object, or which is nested too deep. It was read by
/// others, whose stack does not end there: this does not call itself either.
fn check_written(json: &[u8]) -> Result<(), EncodeError> {
    if !matches!(json.first(), Some(b'{' | b'[')) {
        return Ok(());
    }
    // For each list and object that is open: whether it is an object, and how many names those around it have.
    let (mut open, mut names) = (Vec::new(), Vec::new());
    let (mut at, mut is_name) = (0, false);
    while let Some(byte) = json.get(at) {
        let length = match byte {
            b'"' => string_len(&json[at..]).unwrap_or(json.len()),
            _ => 1,
        };
        match byte {
            b'"' if is_name => names.extend(json.get(at..at + length).map(unescaped)),
            b'{' | b'[' => {
                open.push((*byte == b'{', names.len()));
                if open.len() > NESTING {
                    return Err(EncodeError::too_deep());
                }
            }
            b'}' | b']' => {
                let (_, before) = open.pop().unwrap_or_default();
                let mut own: Vec<_> = names[before..].iter().map(|name: &Cow<'_, [u8]>| name.as_ref()).collect();
                if let Some(name) = repeated(&mut own) {
                    return Err(EncodeError::twice(name));
                }
                names.truncate(before);
            }
            _ => {}
        }
        is_name = match byte {
            b'{' => true,
            b',' => open.last().is_some_and(|(is_object, _)| *is_object),
            byte => is_name && byte.is_ascii_whitespace(),
        };
        at += length;
    }
    Ok(())
}

/// The text of a string with its quotes: others may escape any character.
fn unescaped(string: &[u8]) -> Cow<'_, [u8]> {
    let text = if string.contains(&b'\\') { serde_json::from_slice::<String>(string).ok() } else { None };
    let plain = || Cow::Borrowed(string.get(1..string.len() - 1).unwrap_or_default());
    text.map_or_else(plain, |text| Cow::Owned(text.into_bytes()))
}

/// A list that is open.
struct List<'a, 'b> {
    encoder: &'a mut Encoder<'b>,
    index: usize,
    closing: &'static [u8],
}

impl List<'_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        if self.index > 0 {
            self.encoder.out.push(b',');
        }
        let index = self.index;
        self.index += 1;
        value
            .serialize(Value { encoder: &mut *self.encoder, is_member: false })
            .map_err(|error| error.in_element(index))
    }

    fn end(self) {
        self.closing.iter().for_each(|bracket| self.encoder.close(*bracket));
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident)*) => {$(
        impl $trait for List<'_, '_> {
            type Ok = ();
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                self.element(value)
            }
            fn end(self) -> Result<(), EncodeError> {
                List::end(self);
                Ok(())
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// An object that is open.
struct Object<'a, 'b> {
    encoder: &'a mut Encoder<'b>,
    /// Where it begins.
    begin: usize,
    /// Of its members.
    names: Names,
    /// Whether a name may appear in it twice.
    is_doubtful: bool,
    /// Whether it is the content of an enum's variant, which is in an object of its own.
    is_variant: bool,
    /// If it is no object, but JSON that is already written: whether that is foreign or was [`ENCODED`] here.
    written: Option<bool>,
}

impl<'a, 'b> Object<'a, 'b> {
    #[inline(always)]
    fn new(encoder: &'a mut Encoder<'b>, written: Option<bool>) -> Self {
        let names = Names::NONE;
        Self { encoder, begin: 0, names, is_doubtful: false, is_variant: false, written }
    }

    #[inline(always)]
    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), EncodeError> {
        let before = self.encoder.out.len();
        if self.encoder.member(MemberName::Any(name), value)? {
            self.note(before, name)?;
        }
        Ok(())
    }

    /// Notes the name of the member that begins at `before`, and refuses it where the object has one of that name.
    #[inline(always)]
    fn note(&mut self, before: usize, name: &str) -> Result<(), EncodeError> {
        if self.names.may_have(name) {
            self.is_doubtful |= is_undecided(&self.encoder.out[self.begin..], before - self.begin)?;
        }
        self.names.note(name);
        Ok(())
    }

    #[inline(always)]
    fn end(self) -> Result<&'a mut Encoder<'b>, EncodeError> {
        if self.written.is_some() {
            return Ok(self.encoder);
        }
        self.encoder.close(b'}');
        if self.is_doubtful {
            check_distinct(&self.encoder.out[self.begin..])?;
        }
        if self.is_variant {
            self.encoder.close(b'}');
        }
        self.encoder.names = self.names;
        Ok(self.encoder)
    }
}

/// Refuses a name that appears twice: that of the member which begins at `before`. In an object that is long this
/// leaves it undecided, and all of its names are looked at when it ends.
#[cold]
#[inline(never)]
fn is_undecided(object: &[u8], before: usize) -> Result<bool, EncodeError> {
    const LONG: usize = 1024;
    if before > LONG {
        return Ok(true);
    }
    // There is a member before it, and so a comma.
    let (earlier, member) = (&object[..=before], &object[before + 1..]);
    let Some(quoted) = string_len(member).and_then(|length| member.get(..length)) else { return Ok(false) };
    if memchr_iter(b':', earlier).any(|colon| earlier[..colon].ends_with(quoted)) {
        // It can still be of an object within this one.
        let (mut members, name) = (Members::of(earlier), &quoted[1..quoted.len() - 1]);
        if members.any(|(other, _)| other == name) {
            return Err(EncodeError::twice(name));
        }
    }
    Ok(false)
}

/// Whether an object is what `serde_json` has made of a `SystemTime`, as `json!` does.
#[cold]
fn is_system_time(object: &[u8]) -> bool {
    Members::of(object).count() == 2
        && SYSTEM_TIME.iter().all(|name| Members::of(object).any(|(other, _)| other == name.as_bytes()))
}

/// Refuses an object in which a name appears twice.
#[cold]
fn check_distinct(object: &[u8]) -> Result<(), EncodeError> {
    let mut names: Vec<_> = Members::of(object).map(|(name, _)| name).collect();
    repeated(&mut names).map_or(Ok(()), |name| Err(EncodeError::twice(name)))
}

impl SerializeMap for Object<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        let name = key.serialize(Key)?;
        self.encoder.begun = self.encoder.out.len();
        self.encoder.separate();
        self.encoder.text(&name);
        self.encoder.name = name;
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let (begun, name) = (self.encoder.begun, std::mem::take(&mut self.encoder.name));
        if self.encoder.value(begun, &name, value)? {
            self.note(begun, &name)?;
        }
        Ok(())
    }
    fn serialize_entry<K, V>(&mut self, key: &K, value: &V) -> Result<(), EncodeError>
    where
        K: Serialize + ?Sized,
        V: Serialize + ?Sized,
    {
        // Text goes from the caller's map into the body without a copy in between.
        key.serialize(Entry { object: self, value })
    }
    fn end(self) -> Result<(), EncodeError> {
        let [seconds, nanoseconds] = SYSTEM_TIME;
        let may_be_time = self.names.may_have(seconds) && self.names.may_have(nanoseconds);
        let begin = self.begin;
        let encoder = Object::end(self)?;
        if may_be_time && is_system_time(&encoder.out[begin..]) {
            return Err(EncodeError::system_time());
        }
        Ok(())
    }
}

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl $trait for Object<'_, '_> {
            type Ok = ();
            type Error = EncodeError;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), EncodeError> {
                if let Some(is_foreign) = self.written {
                    return value.serialize(Written { out: &mut *self.encoder.out, is_foreign });
                }
                self.member(name, value)
            }
            fn end(self) -> Result<(), EncodeError> {
                Object::end(self).map(drop)
            }
        }
    )*};
}

structs! { SerializeStruct SerializeStructVariant }

/// What a key of an object cannot be.
fn not_a_key<T>() -> Result<T, EncodeError> {
    Err(EncodeError::new("must not have a key that is not text"))
}

macro_rules! refuse_keys {
    ($ok:ty: $($method:ident($($type:ty),*))*) => {
        $(fn $method(self, $(_: $type),*) -> Result<$ok, EncodeError> { not_a_key() })*

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<$ok, EncodeError> {
            not_a_key()
        }
        fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, EncodeError> {
            not_a_key()
        }
        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, EncodeError> {
            not_a_key()
        }
        fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, EncodeError> {
            not_a_key()
        }
        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, EncodeError> {
            not_a_key()
        }
        fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, EncodeError> {
            not_a_key()
        }
        fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, EncodeError> {
            not_a_key()
        }
        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, EncodeError> {
            not_a_key()
        }
    };
}

macro_rules! no_compounds {
    ($ok:ty) => {
        type Ok = $ok;
        type Error = EncodeError;
        type SerializeSeq = Impossible<$ok, EncodeError>;
        type SerializeTuple = Impossible<$ok, EncodeError>;
        type SerializeTupleStruct = Impossible<$ok, EncodeError>;
        type SerializeTupleVariant = Impossible<$ok, EncodeError>;
        type SerializeMap = Impossible<$ok, EncodeError>;
        type SerializeStruct = Impossible<$ok, EncodeError>;
        type SerializeStructVariant = Impossible<$ok, EncodeError>;
    };
}

/// Makes text of a key, as `serde_json` does: integers and booleans too.
struct Key;

macro_rules! displayed_keys {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, key: $type) -> Result<String, EncodeError> { Ok(key.to_string()) }
    )*};
}

impl Serializer for Key {
    no_compounds!(String);

    displayed_keys! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128) serialize_char(char) serialize_str(&str)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, key: &'static str) -> Result<String, EncodeError> {
        Ok(key.to_owned())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, key: &T) -> Result<String, EncodeError> {
        key.serialize(self)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<String, EncodeError> {
        not_a_key()
    }
    refuse_keys! {
        String: serialize_f32(f32) serialize_f64(f64) serialize_bytes(&[u8]) serialize_none() serialize_unit()
        serialize_unit_struct(&'static str)
    }
}

/// Writes a member of which the key is being serialised and the value is there.
struct Entry<'a, 'b, 'c, 'd, V: ?Sized> {
    object: &'a mut Object<'b, 'd>,
    value: &'c V,
}

macro_rules! other_keys {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, key: $type) -> Result<(), EncodeError> {
            let name = Key.$method(key)?;
            self.object.member(&name, self.value)
        }
    )*};
}

impl<V: Serialize + ?Sized> Serializer for Entry<'_, '_, '_, '_, V> {
    no_compounds!(());

    fn serialize_str(self, key: &str) -> Result<(), EncodeError> {
        self.object.member(key, self.value)
    }
    other_keys! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128) serialize_char(char)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, key: &'static str) -> Result<(), EncodeError> {
        self.object.member(key, self.value)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, key: &T) -> Result<(), EncodeError> {
        key.serialize(self)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), EncodeError> {
        not_a_key()
    }
    refuse_keys! {
        (): serialize_f32(f32) serialize_f64(f64) serialize_bytes(&[u8]) serialize_none() serialize_unit()
        serialize_unit_struct(&'static str)
    }
}

/// Appends JSON that is already written: see [`WRITTEN`] and [`ENCODED`].
struct Written<'a> {
    out: &'a mut Vec<u8>,
    is_foreign: bool,
}

impl Serializer for Written<'_> {
    no_compounds!(());

    fn serialize_str(self, json: &str) -> Result<(), EncodeError> {
        if self.is_foreign {
            check_written(json.as_bytes())?;
        }
        self.out.extend_from_slice(json.as_bytes());
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), EncodeError> {
        not_a_key()
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, json: &T) -> Result<(), EncodeError> {
        json.serialize(self)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), EncodeError> {
        not_a_key()
    }
    refuse_keys! {
        (): serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128) serialize_f32(f32) serialize_f64(f64) serialize_char(char) serialize_bytes(&[u8])
        serialize_none() serialize_unit() serialize_unit_struct(&'static str)
    }
}
