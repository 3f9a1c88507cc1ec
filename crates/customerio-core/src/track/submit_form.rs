//! `POST /api/v1/forms/{id}/submit`: what a person filled in.
//!
//! Values are strings. The answer is a 204.
//! <https://docs.customer.io/integrations/api/track/#operation/submitForm>

use bytes::Bytes;
use http::{Method, Response};
use memchr::memchr_iter;
use serde::{Serialize, Serializer};

use crate::{
    Body, BuildError, BuildErrorKind, DecodeFailure, IdType, Limits, Nothing, Operation, Path, PersonId, Replay, Track,
    attributes::{self, Members},
    decode_nothing,
    json::Fields,
    macros::opaque_debug,
};

/// Submits a form for a person, who is added if they do not exist yet.
///
/// A form that Customer.io does not know yet is added too. Its fields become attributes of the same name, unless the
/// form's settings in Customer.io say otherwise.
///
/// ```
/// use customerio_core::{PersonId, track::SubmitForm};
/// use serde_json::json;
///
/// let fields = json!({"first_name": "Ada", "seats": "3"});
/// let submit = SubmitForm::new("signup", PersonId::Email("ada@example.com")).with_fields(&fields);
/// # let _ = submit;
/// ```
#[derive(Serialize)]
#[serde(bound = "F: Serialize")]
pub struct SubmitForm<'a, F: ?Sized = Nothing> {
    #[serde(skip)]
    form: &'a str,
    data: Data<'a, F>,
}

impl<'a> SubmitForm<'a> {
    /// The form with this id, any text of your own, filled in by `person`: an id or an e-mail address. Forms do not know
    /// a `cio_id`.
    #[must_use]
    pub fn new(form: &'a str, person: impl Into<PersonId<'a>>) -> Self {
        Self { form, data: Data { person: person.into(), fields: &Nothing } }
    }
}

impl<'a, F: ?Sized> SubmitForm<'a, F> {
    /// What was filled in: anything that serialises as an object of strings. The API takes no numbers, no `true` and no
    /// `null`, so they are refused; and the person is named by `new`, so `id` and `email` are refused too.
    #[must_use]
    pub fn with_fields<G: Serialize + ?Sized>(self, fields: &'a G) -> SubmitForm<'a, G> {
        SubmitForm { form: self.form, data: Data { person: self.data.person, fields } }
    }
}

struct Data<'a, F: ?Sized> {
    person: PersonId<'a>,
    fields: &'a F,
}

impl<F: Serialize + ?Sized> Serialize for Data<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.field(self.person.id_type().as_str(), self.person.value())?;
        fields.rest(self.fields)?;
        fields.end()
    }
}

impl<F: ?Sized> SubmitForm<'_, F> {
    fn check_person(&self, limits: &Limits) -> Result<(), BuildError> {
        let person = self.data.person;
        if person.id_type() == IdType::CioId {
            let problem = BuildErrorKind::Invalid("a form takes an id or an e-mail address".into());
            return Err(BuildError::new(IdType::CioId.what(), problem));
        }
        person.check(limits)
    }

    /// Looks at the body as it will be sent: only there can be seen what the caller's type has become.
    fn check_fields(&self, body: &Body) -> Result<(), BuildError> {
        let other = if self.data.person.id_type() == IdType::Id { IdType::Email } else { IdType::Id };
        let fields = &body.bytes()[br#"{"data":{"#.len()..];
        // A colon stands behind each name, and elsewhere in texts alone: mostly that shows that all is well.
        let is_fine = |colon: usize| {
            let (name, value) = (&fields[..colon], &fields[colon + 1..]);
            let name = name.strip_suffix(b"\"");
            name.is_none_or(|name| value.first() == Some(&b'"') && !name.ends_with(other.as_str().as_bytes()))
        };
        if memchr_iter(b':', fields).all(is_fine) {
            return Ok(());
        }
        let mut not_text = None;
        for (name, value) in Members(fields) {
            if name == other.as_str().as_bytes() {
                let problem = BuildErrorKind::Invalid(
                    "it names the person by `id` and by `email`, and must have one alone".into(),
                );
                return Err(BuildError::new("the form", problem));
            }
            not_text = not_text.or(found_for_text(value));
        }
        match not_text {
            Some(found) => {
                let problem = BuildErrorKind::Invalid(format!("it is {found}, and forms take strings alone").into());
                Err(BuildError::new("a field of the form", problem))
            }
            None => Ok(()),
        }
    }
}

/// What a value, as it is written, is instead of a string.
fn found_for_text(json: &[u8]) -> Option<&'static str> {
    match json.first()? {
        b'"' => None,
        b'n' => Some("null"),
        b't' | b'f' => Some("a boolean"),
        b'[' => Some("a list"),
        b'{' => Some("an object"),
        _ => Some("a number"),
    }
}

impl<F: Serialize + ?Sized> Operation for SubmitForm<'_, F> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.submit_form";

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/forms");
        path.segment("the form's id", self.form, usize::MAX)?;
        path.literal("/submit");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.check_person(limits)?;
        let body = Body::json(self)?;
        self.check_fields(&body)?;
        attributes::check_field(body.bytes(), "\"data\":", limits.of_attributes())?;
        Ok(body)
    }
    fn replay(&self) -> Replay {
        // Each submission can trigger campaigns.
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!([F: ?Sized] SubmitForm<'_, F>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let fields = json!({"first_name": "Ada", "seats": "3"});
        assert_eq!(
            wire_track(&SubmitForm::new("sign up", PersonId::Email("ada@example.com")).with_fields(&fields)),
            "POST https://track.customer.io/api/v1/forms/sign%20up/submit\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 67\n\
             \n\
             {\"data\":{\"email\":\"ada@example.com\",\"first_name\":\"Ada\",\"seats\":\"3\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&SubmitForm::new("signup", "42")), r#"{"data":{"id":"42"}}"#);
    }

    #[test]
    fn anything_that_becomes_a_string_is_one() {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Size {
            ExtraLarge,
        }
        #[derive(Serialize)]
        struct Fields {
            size: Size,
            initial: char,
            address: std::net::Ipv4Addr,
            note: Option<&'static str>,
        }
        let fields = Fields {
            size: Size::ExtraLarge,
            initial: 'A',
            address: std::net::Ipv4Addr::LOCALHOST,
            note: Some("socks"),
        };
        assert_eq!(
            body(&SubmitForm::new("signup", "42").with_fields(&fields)),
            r#"{"data":{"id":"42","size":"extra_large","initial":"A","address":"127.0.0.1","note":"socks"}}"#
        );
        let without = Fields { note: None, ..fields };
        assert_eq!(
            refused_track(&SubmitForm::new("signup", "42").with_fields(&without)).to_string(),
            "a field of the form is not valid: it is null, and forms take strings alone"
        );
    }

    #[test]
    fn values_that_are_not_strings_are_refused() {
        for (value, expected) in [
            (json!(3), "a number"),
            (json!(1.5), "a number"),
            (json!(true), "a boolean"),
            (json!(null), "null"),
            (json!(["x"]), "a list"),
            (json!({"x": "y"}), "an object"),
        ] {
            let fields = json!({"first_name": "Ada", "seats": value});
            let error = refused_track(&SubmitForm::new("signup", "42").with_fields(&fields));
            assert_eq!(
                error.to_string(),
                format!("a field of the form is not valid: it is {expected}, and forms take strings alone")
            );
        }
    }

    #[test]
    fn the_form_and_one_person_must_be_named() {
        let email = json!({"email": "ada@example.com"});
        let id = json!({"id": "42"});
        let by_email = PersonId::Email("ada@example.com");
        for (error, expected) in [
            (refused_track(&SubmitForm::new("", "42")), "the form's id is empty"),
            (refused_track(&SubmitForm::new("signup", "")), "the person's id is empty"),
            (
                refused_track(&SubmitForm::new("signup", PersonId::CioId("0300"))),
                "the person's cio_id is not valid: a form takes an id or an e-mail address",
            ),
            (
                refused_track(&SubmitForm::new("signup", "42").with_fields(&email)),
                "the form is not valid: it names the person by `id` and by `email`, and must have one alone",
            ),
            (
                refused_track(&SubmitForm::new("signup", by_email).with_fields(&id)),
                "the form is not valid: it names the person by `id` and by `email`, and must have one alone",
            ),
            (
                refused_track(&SubmitForm::new("signup", by_email).with_fields(&email)),
                "the body cannot be sent: `email` is given twice: by its setter and among the attributes or data",
            ),
            (
                refused_track(&SubmitForm::new("signup", "42").with_fields(&["Ada"])),
                "the body cannot be sent: attributes and data must be an object, not a list",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_204_is_success() {
        let response = Response::builder().status(204).body(Bytes::new()).unwrap();
        assert!(crate::parse(&SubmitForm::new("signup", "42"), response).is_ok());
    }
}
