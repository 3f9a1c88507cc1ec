//! Who a call is about.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{BuildError, BuildErrorKind, Limits, Path, path::check_identifier};

/// The identifier of a person.
///
/// A plain string is an `id`, whichever way it looks:
///
/// ```
/// use customerio_core::PersonId;
///
/// assert_eq!(PersonId::from("42"), PersonId::Id("42"));
/// assert_eq!(PersonId::try_from(b"42".as_slice())?, PersonId::Id("42"));
/// assert!(PersonId::try_from(b"\xff42".as_slice()).is_err());
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
///
/// In a path of the Track API v1 Customer.io tells the kind from the shape of the value: with an `@` it is an e-mail
/// address, with the prefix `cio_` a `cio_id`, else an `id`. In bodies and queries the kind is said.
///
/// See <https://docs.customer.io/journeys/people/identifying-people/>.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PersonId<'a> {
    /// The id that you gave to the person: 1 to 150 bytes.
    Id(&'a str),
    /// The person's e-mail address, in workspaces that identify people by it.
    Email(&'a str),
    /// The id that Customer.io gave to the person, with or without the prefix `cio_`, which paths need and bodies must
    /// not have.
    CioId(&'a str),
    /// The person's phone number in E.164 form (`+14155552671`), for the Track API v2 alone.
    Phone(&'a str),
}

/// The kind of a [`PersonId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdType {
    /// Ids that you gave.
    Id,
    /// E-mail addresses.
    Email,
    /// Ids that Customer.io gave.
    CioId,
    /// Phone numbers.
    Phone,
}

impl IdType {
    /// As the API writes it: `id`, `email`, `cio_id` or `phone`.
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

impl<'a> PersonId<'a> {
    /// The kind of the identifier.
    #[must_use]
    pub const fn id_type(self) -> IdType {
        match self {
            Self::Id(_) => IdType::Id,
            Self::Email(_) => IdType::Email,
            Self::CioId(_) => IdType::CioId,
            Self::Phone(_) => IdType::Phone,
        }
    }

    /// The value as bodies write it: a `cio_id` without its prefix.
    #[must_use]
    pub fn value(self) -> &'a str {
        match self {
            Self::Id(value) | Self::Email(value) | Self::Phone(value) => value,
            Self::CioId(value) => value.strip_prefix("cio_").unwrap_or(value),
        }
    }

    /// Refuses what cannot identify a person, and a phone number: only the Track API v2 knows people by it, and a path
    /// would take it for an id.
    pub(crate) fn check(self, limits: &Limits) -> Result<(), BuildError> {
        if matches!(self, Self::Phone(_)) {
            let problem = BuildErrorKind::Invalid("this call does not know people by it".into());
            return Err(BuildError::new(IdType::Phone.what(), problem));
        }
        self.id_type().check(self.value(), limits)
    }

    /// [`check`](Self::check), for calls that know people by phone numbers too.
    pub(crate) fn check_or_phone(self, limits: &Limits) -> Result<(), BuildError> {
        let Self::Phone(number) = self else { return self.check(limits) };
        let is_e164 = number
            .strip_prefix('+')
            .is_some_and(|digits| (2..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if is_e164 {
            return Ok(());
        }
        Err(BuildError::new(
            IdType::Phone.what(),
            BuildErrorKind::Invalid("it must be in E.164 form: +14155552671".into()),
        ))
    }

    /// Writes the identifier as a segment of a Track v1 path.
    pub(crate) fn write(self, path: &mut Path) -> Result<(), BuildError> {
        self.check(path.limits())?;
        let prefix = if matches!(self, Self::CioId(_)) { "cio_" } else { "" };
        path.prefixed_segment(self.id_type().what(), prefix, self.value(), usize::MAX)
    }
}

impl<'a> From<&'a str> for PersonId<'a> {
    fn from(id: &'a str) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a String> for PersonId<'a> {
    fn from(id: &'a String) -> Self {
        Self::Id(id)
    }
}

impl<'a> TryFrom<&'a [u8]> for PersonId<'a> {
    type Error = BuildError;

    /// For ids that come as bytes. A lossy conversion would merge people: every broken id becomes the same one.
    fn try_from(id: &'a [u8]) -> Result<Self, BuildError> {
        std::str::from_utf8(id).map(Self::Id).map_err(|error| {
            BuildError::new("the person's id", BuildErrorKind::NotUtf8 { position: error.valid_up_to() })
        })
    }
}

impl Serialize for PersonId<'_> {
    /// Writes an object with one key, as in `{"email":"person@example.com"}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.id_type().as_str(), self.value())?;
        map.end()
    }
}

impl std::fmt::Debug for PersonId<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The kind, never the value: debug output ends up in logs.
        f.debug_tuple("PersonId").field(&self.id_type()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_form_in_paths_and_bodies() {
        for (person, path, body) in [
            (PersonId::Id("a b"), "/a%20b", r#"{"id":"a b"}"#),
            (PersonId::Email("a+b@x.org"), "/a%2Bb%40x.org", r#"{"email":"a+b@x.org"}"#),
            (PersonId::CioId("0300"), "/cio_0300", r#"{"cio_id":"0300"}"#),
            (PersonId::CioId("cio_0300"), "/cio_0300", r#"{"cio_id":"0300"}"#),
        ] {
            let mut written = Path::default();
            person.write(&mut written).unwrap();
            assert_eq!(written.as_str(), path);
            assert_eq!(serde_json::to_string(&person).unwrap(), body);
        }
    }

    #[test]
    fn what_cannot_be_an_identifier_is_refused() {
        for person in [PersonId::Id(""), PersonId::Id(".."), PersonId::Email("."), PersonId::CioId("cio_")] {
            assert!(person.write(&mut Path::default()).is_err(), "{person:?}");
        }
        let long = "x".repeat(151);
        let error = PersonId::Id(&long).write(&mut Path::default()).unwrap_err();
        assert_eq!(error.to_string(), "the person's id has 151 bytes, and the limit is 150");
        let error = PersonId::try_from(b"ab\xff".as_slice()).unwrap_err();
        assert_eq!(error.to_string(), "the person's id is not UTF-8 from byte 2 on");
    }

    #[test]
    fn a_phone_number_is_for_calls_that_know_it() {
        let phone = PersonId::Phone("+14155552671");
        assert!(phone.check_or_phone(&Limits::none()).is_ok());
        assert_eq!(
            phone.write(&mut Path::default()).unwrap_err().to_string(),
            "the person's phone number is not valid: this call does not know people by it"
        );
        for number in ["", "+", "+1", "14155552671", "+1415555267a", "+1234567890123456"] {
            assert!(PersonId::Phone(number).check_or_phone(&Limits::none()).is_err(), "{number}");
        }
    }

    #[test]
    fn debug_does_not_name_the_person() {
        assert_eq!(format!("{:?}", PersonId::Email("a@example.com")), "PersonId(Email)");
    }
}
