//! The identifiers of people, in paths, bodies and queries.

use std::fmt;

use customerio_core::limits;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    contract::shape::{Need::May, Shape},
    server::reply::Refusal,
};

/// An id in a body.
pub(crate) const ID: Shape = Shape::Bytes(limits::PERSON_ID);

/// An id in a body, where clients write numbers too.
pub(crate) const ID_OR_NUMBER: Shape = Shape::Taken(&ID, &Shape::Natural);

/// The id of a visitor in a body, where clients write numbers too.
pub(crate) const VISITOR: Shape = Shape::Taken(&Shape::Filled, &Shape::Natural);

/// An e-mail address in a body.
pub(crate) const EMAIL: Shape = Shape::Rule("an e-mail address", is_email);

/// A `cio_id` in a body, without the prefix that it has in a path.
const CIO_ID: Shape = Shape::Rule("a cio_id, without the prefix cio_", |text| {
    !text.is_empty() && text.len() <= limits::PERSON_ID && !text.starts_with(PREFIX)
});

/// A phone number in a body.
const NUMBER: Shape = Shape::Rule("a phone number in E.164 form, such as +14155552671", is_phone);

/// A person in a body of the Track API v2: exactly one identifier, which may be a phone number.
pub(crate) const IDENTIFIERS_OR_PHONE: Shape =
    Shape::Single(&[("id", May, ID_OR_NUMBER), ("email", May, EMAIL), ("phone", May, NUMBER), ("cio_id", May, CIO_ID)]);

/// A person in a body: exactly one identifier.
pub(crate) const IDENTIFIERS: Shape =
    Shape::Single(&[("id", May, ID_OR_NUMBER), ("email", May, EMAIL), ("cio_id", May, CIO_ID)]);

const PREFIX: &str = "cio_";

/// An identifier of one person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Identifier {
    Id(String),
    /// In lower case: addresses that differ in case alone are one person's.
    Email(String),
    /// In E.164 form.
    Phone(String),
    /// Without its prefix.
    CioId(String),
}

impl Identifier {
    pub(crate) fn email(address: &str) -> Self {
        Self::Email(address.to_lowercase())
    }

    /// Infers the kind from the shape: with an `@` an e-mail address, with the prefix `cio_` a `cio_id`, else an id.
    pub(crate) fn of_shape(text: &str) -> Self {
        match text.strip_prefix(PREFIX) {
            Some(value) => Self::CioId(value.to_owned()),
            None if text.contains('@') => Self::email(text),
            None => Self::Id(text.to_owned()),
        }
    }

    /// The identifier in a path.
    pub(crate) fn of_path(text: &str) -> Result<Self, Refusal> {
        let identifier = Self::of_shape(text);
        let (limit, length) = match &identifier {
            Self::Email(_) | Self::Phone(_) => (usize::MAX, text.len()),
            Self::Id(value) | Self::CioId(value) => (limits::PERSON_ID, value.len()),
        };
        if text.trim().is_empty() || length == 0 {
            return Err(Refusal::bad("the identifier in the path must not be empty"));
        }
        if length > limit {
            return Err(Refusal::bad(format!("the identifier in the path has {length} bytes; the most is {limit}")));
        }
        Ok(identifier)
    }

    /// The identifier in an object that has passed [`IDENTIFIERS`], or has one of its fields.
    pub(crate) fn of_body(fields: &Map<String, Value>) -> Option<Self> {
        let (name, value) =
            fields.iter().find(|(name, _)| matches!(name.as_str(), "id" | "email" | "phone" | "cio_id"))?;
        Self::of_kind(name, &spelled(value)?)
    }

    /// The identifier of the kind that the API calls `kind`.
    pub(crate) fn of_kind(kind: &str, value: &str) -> Option<Self> {
        match kind {
            "id" => Some(Self::Id(value.to_owned())),
            "email" => Some(Self::email(value)),
            "phone" => Some(Self::Phone(value.to_owned())),
            "cio_id" => Some(Self::CioId(value.to_owned())),
            _ => None,
        }
    }
}

/// An id in a body as text: one that came as a number is its digits.
pub(crate) fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(value) => write!(f, "id {value}"),
            Self::Email(value) => write!(f, "email {value}"),
            Self::Phone(value) => write!(f, "phone {value}"),
            Self::CioId(value) => write!(f, "cio_id {value}"),
        }
    }
}

/// A `+` and up to 15 digits, of which the first is no zero.
pub(crate) fn is_phone(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (1..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn is_email(text: &str) -> bool {
    let blank = |character: char| character.is_whitespace() || character.is_control();
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(blank)
        && !text.ends_with('@')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_kind_in_a_path_is_told_from_the_shape() {
        for (text, expected) in [
            ("42", Identifier::Id("42".into())),
            ("Ada@Example.com", Identifier::Email("ada@example.com".into())),
            ("cio_03", Identifier::CioId("03".into())),
            ("cio_a@b", Identifier::CioId("a@b".into())),
        ] {
            assert_eq!(Identifier::of_path(text).unwrap(), expected);
        }
        for text in ["", " ", "cio_"] {
            assert!(Identifier::of_path(text).is_err(), "{text}");
        }
        assert!(Identifier::of_path(&"x".repeat(150)).is_ok());
        let refusal = Identifier::of_path(&"x".repeat(151)).unwrap_err();
        assert_eq!(refusal.faults[0].text, "the identifier in the path has 151 bytes; the most is 150");
        assert!(Identifier::of_path(&format!("{}@x", "x".repeat(200))).is_ok());
    }

    #[test]
    fn a_body_names_a_person_in_exactly_one_way() {
        for good in [json!({"id": "42"}), json!({"id": 42}), json!({"email": "a@b"}), json!({"cio_id": "03"})] {
            assert!(IDENTIFIERS.accepts(&good), "{good}");
        }
        let fields = json!({"id": 42});
        assert_eq!(Identifier::of_body(fields.as_object().unwrap()), Some(Identifier::Id("42".into())));
        for bad in [
            json!({}),
            json!({"id": "1", "email": "a@b"}),
            json!({"id": -1}),
            json!({"id": 1.5}),
            json!({"id": true}),
            json!({"id": ""}),
            json!({"email": "a"}),
            json!({"email": "a b@c"}),
            json!({"cio_id": "cio_03"}),
            json!({"phone": "+1"}),
        ] {
            assert!(!IDENTIFIERS.accepts(&bad), "{bad}");
        }
    }
}
