//! Who a call is about.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{BuildError, BuildErrorKind, Limits, Path, path::check_identifier, text::Text};

/// The identifier of a person.
///
/// Plain text or a number is an `id`, whatever it looks like; the other kinds have constructors:
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{IdType, PersonId};
///
/// assert_eq!(PersonId::from("42"), PersonId::from(42));
/// assert_eq!(PersonId::email("ada@example.com").id_type(), IdType::Email);
/// assert_eq!(PersonId::try_from(b"42".as_slice())?, PersonId::id("42"));
/// assert!(PersonId::try_from(b"\xff42".as_slice()).is_err());
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// In a path of the Track API v1, Customer.io infers the kind from the value: with an `@` it is an e-mail address, with
/// the prefix `cio_` a `cio_id`, and otherwise an `id`. Bodies and queries name the kind.
///
/// See <https://docs.customer.io/journeys/people/identifying-people/>.
#[derive(Clone)]
pub struct PersonId {
    kind: IdType,
    value: Text,
    /// Whether it was given as plain text, without its kind.
    is_bare: bool,
}

impl PersonId {
    /// Identifies a person by your own id: 1 to 150 bytes.
    #[must_use]
    pub fn id(id: impl AsRef<str>) -> Self {
        Self::new(IdType::Id, id.as_ref())
    }

    /// Identifies a person by e-mail address, in workspaces that use it as an identifier.
    #[must_use]
    pub fn email(address: impl AsRef<str>) -> Self {
        Self::new(IdType::Email, address.as_ref())
    }

    /// Identifies a person by Customer.io's own id, with or without its prefix `cio_`.
    #[must_use]
    pub fn cio_id(id: impl AsRef<str>) -> Self {
        // Paths need the prefix, and bodies must not have it: see `write`.
        let id = id.as_ref();
        Self::new(IdType::CioId, id.strip_prefix("cio_").unwrap_or(id))
    }

    /// Identifies a person by phone number in E.164 form (`+14155552671`). Only the Track API v2 accepts it.
    #[must_use]
    pub fn phone(number: impl AsRef<str>) -> Self {
        Self::new(IdType::Phone, number.as_ref())
    }

    /// Identifies a person by an identifier of this kind.
    #[must_use]
    pub fn of(kind: IdType, value: impl AsRef<str>) -> Self {
        match kind {
            IdType::CioId => Self::cio_id(value),
            kind => Self::new(kind, value.as_ref()),
        }
    }

    fn new(kind: IdType, value: &str) -> Self {
        Self { kind, value: Text::new(value), is_bare: false }
    }

    fn bare(id: &str) -> Self {
        Self { is_bare: true, ..Self::new(IdType::Id, id) }
    }

    /// The kind of the identifier.
    #[must_use]
    pub const fn id_type(&self) -> IdType {
        self.kind
    }

    /// The value as bodies write it: a `cio_id` without its prefix.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it was given as plain text or a number, without its kind.
    pub(crate) const fn is_bare(&self) -> bool {
        self.is_bare
    }

    /// Whether it was given as plain text that looks like an e-mail address.
    pub(crate) fn may_be_an_email(&self) -> bool {
        self.is_bare && self.value.contains('@')
    }

    /// Refuses what cannot identify a person, and a phone number: only the Track API v2 knows people by it, and a path
    /// would take it for an id.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        if self.kind == IdType::Phone {
            let kind = BuildErrorKind::Invalid("this call does not know people by it".into());
            return Err(BuildError::new(IdType::Phone.what(), kind));
        }
        self.kind.check(&self.value, limits)
    }

    /// [`check`](Self::check), for calls that know people by phone numbers too.
    pub(crate) fn check_or_phone(&self, limits: &Limits) -> Result<(), BuildError> {
        if self.kind != IdType::Phone {
            return self.check(limits);
        }
        let is_e164 = self
            .value
            .strip_prefix('+')
            .is_some_and(|digits| (2..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if is_e164 {
            return Ok(());
        }
        let kind = BuildErrorKind::Invalid("it must be in E.164 form: +14155552671".into());
        Err(BuildError::new(IdType::Phone.what(), kind))
    }

    /// Writes the identifier into a Track v1 path.
    pub(crate) fn write(&self, path: &mut Path) -> Result<(), BuildError> {
        self.check(path.limits())?;
        let prefix = if self.kind == IdType::CioId { "cio_" } else { "" };
        path.checked_segment(prefix, &self.value);
        Ok(())
    }
}

macro_rules! person_id_from {
    ($($text:ty)*; $($number:ty)*) => {
        $(impl From<$text> for PersonId {
            fn from(id: $text) -> Self {
                Self::bare(id.as_ref())
            }
        })*
        $(impl From<$number> for PersonId {
            fn from(id: $number) -> Self {
                Self::bare(itoa::Buffer::new().format(id))
            }
        })*
    };
}

person_id_from!(&str &&str &String String; u8 u16 u32 u64 usize u128 i8 i16 i32 i64 isize i128);

impl From<&PersonId> for PersonId {
    fn from(person: &PersonId) -> Self {
        person.clone()
    }
}

impl TryFrom<&[u8]> for PersonId {
    type Error = BuildError;

    /// Reads an id that comes as bytes. A lossy conversion would merge people: every broken id becomes the same one.
    fn try_from(id: &[u8]) -> Result<Self, BuildError> {
        std::str::from_utf8(id).map(Self::bare).map_err(|error| {
            BuildError::new(IdType::Id.what(), BuildErrorKind::NotUtf8 { position: error.valid_up_to() })
        })
    }
}

/// Two identifiers are equal if they name the same person, however they were given.
impl PartialEq for PersonId {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.value == other.value
    }
}

impl Eq for PersonId {}

impl std::hash::Hash for PersonId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.kind, &self.value).hash(state);
    }
}

impl Serialize for PersonId {
    /// Writes an object with one key, as in `{"email":"person@example.com"}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (mut object, value) = (serializer.serialize_struct("PersonId", 1)?, self.value.as_str());
        // Each name by itself, because what is known of it when this is compiled need not be found out later.
        match self.kind {
            IdType::Id => object.serialize_field("id", value)?,
            IdType::Email => object.serialize_field("email", value)?,
            IdType::CioId => object.serialize_field("cio_id", value)?,
            IdType::Phone => object.serialize_field("phone", value)?,
        }
        object.end()
    }
}

impl std::fmt::Debug for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The kind, never the value: debug output ends up in logs.
        f.debug_tuple("PersonId").field(&self.kind).finish()
    }
}

/// The kind of a [`PersonId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdType {
    /// Your own ids.
    Id,
    /// E-mail addresses.
    Email,
    /// Customer.io's own ids.
    CioId,
    /// Phone numbers.
    Phone,
}

impl IdType {
    /// Returns the kind as the API writes it: `id`, `email`, `cio_id` or `phone`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::CioId => "cio_id",
            Self::Phone => "phone",
        }
    }

    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Id => "the person's id",
            Self::Email => "the person's e-mail address",
            Self::CioId => "the person's cio_id",
            Self::Phone => "the person's phone number",
        }
    }

    /// Refuses what cannot be an identifier of this kind.
    pub(crate) fn check(self, value: &str, limits: &Limits) -> Result<(), BuildError> {
        let limit = match self {
            // The vendor documents a limit for ids alone.
            Self::Email | Self::Phone => usize::MAX,
            Self::Id | Self::CioId => limits.person_id,
        };
        check_identifier(self.what(), value, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_form_in_paths_and_bodies() {
        for (person, path, body) in [
            (PersonId::id("a b"), "/a%20b", r#"{"id":"a b"}"#),
            (PersonId::email("a+b@x.org"), "/a%2Bb%40x.org", r#"{"email":"a+b@x.org"}"#),
            (PersonId::cio_id("0300"), "/cio_0300", r#"{"cio_id":"0300"}"#),
            (PersonId::cio_id("cio_0300"), "/cio_0300", r#"{"cio_id":"0300"}"#),
        ] {
            let mut written = Path::new("/{it}");
            person.write(&mut written).unwrap();
            assert_eq!(written.finish(), path);
            assert_eq!(serde_json::to_string(&person).unwrap(), body);
        }
    }

    #[test]
    fn what_cannot_be_an_identifier_is_refused() {
        for person in [PersonId::id(""), PersonId::id(".."), PersonId::email("."), PersonId::cio_id("cio_")] {
            assert!(person.write(&mut Path::new("/{it}")).is_err(), "{person:?}");
        }
        let long = "x".repeat(151);
        let error = PersonId::id(&long).write(&mut Path::within("/{it}", Limits::default())).unwrap_err();
        assert_eq!(error.to_string(), "the person's id has 151 bytes, and the limit is 150");
        let error = PersonId::try_from(b"ab\xff".as_slice()).unwrap_err();
        assert_eq!(error.to_string(), "the person's id is not UTF-8 from byte 2 on");
    }

    #[test]
    fn a_phone_number_is_for_calls_that_know_it() {
        let phone = PersonId::phone("+14155552671");
        assert!(phone.check_or_phone(&Limits::none()).is_ok());
        assert_eq!(
            phone.write(&mut Path::new("/{it}")).unwrap_err().to_string(),
            "the person's phone number is not valid: this call does not know people by it"
        );
        for number in ["", "+", "+1", "14155552671", "+1415555267a", "+1234567890123456"] {
            assert!(PersonId::phone(number).check_or_phone(&Limits::none()).is_err(), "{number}");
        }
    }

    #[test]
    fn debug_does_not_name_the_person() {
        assert_eq!(format!("{:?}", PersonId::email("a@example.com")), "PersonId(Email)");
    }
}
