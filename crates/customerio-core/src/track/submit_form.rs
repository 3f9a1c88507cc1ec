//! `POST /api/v1/forms/{form_id}/submit`: submit what a person filled in.

use http::Method;
use serde::Serialize;

use crate::{
    Body, BuildError, BuildErrorKind, IdType, Limits, Operation, Path, PersonId, Track, attributes,
    json::{self, Attributes, Members, Writer},
    macros::opaque_debug,
    text::Text,
};

/// Submits a form for a person, who is added if they do not exist yet.
///
/// A form that Customer.io does not know yet is added too. Its fields become attributes of the same name, unless the
/// form's settings in Customer.io say otherwise.
///
/// It is not idempotent: each submission can trigger campaigns.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: those of attributes, 300 fields with a name of 150 bytes and a value of 1000 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/submitForm>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, limits::Limits, track::SubmitForm};
/// use serde_json::json;
///
/// let fields = json!({"first_name": "Ada", "seats": "3"});
/// let submit = SubmitForm::new("signup", PersonId::email("ada@example.com")).with_fields(fields);
/// let request = Prepared::new(submit, &Limits::default())?;
/// assert_eq!(request.path(), "/api/v1/forms/signup/submit");
/// assert_eq!(
///     request.body(),
///     r#"{"data":{"email":"ada@example.com","first_name":"Ada","seats":"3"}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct SubmitForm {
    form: Text,
    person: PersonId,
    fields: Attributes,
}

impl SubmitForm {
    /// Creates a submission of the form with this id, any text that you choose, by `person`: an id or an e-mail address.
    /// Forms do not know a `cio_id`.
    #[must_use]
    pub fn new(form: impl AsRef<str>, person: impl Into<PersonId>) -> Self {
        Self { form: Text::new(form), person: person.into(), fields: Attributes::empty() }
    }

    /// Sets what was filled in: anything that serialises as an object of strings. It is encoded here; what cannot be
    /// encoded is an error when the request is built.
    ///
    /// The API accepts no numbers, no booleans and no `null`, so they are refused. The person is named by
    /// [`new`](Self::new), so `id` and `email` are refused too. A field that is `None` is left out.
    #[must_use]
    pub fn with_fields(mut self, fields: impl Serialize) -> Self {
        self.fields = Attributes::new("the fields of the form", &fields);
        self
    }

    fn check_person(&self, limits: &Limits) -> Result<(), BuildError> {
        if self.person.id_type() == IdType::CioId {
            let problem = BuildErrorKind::Invalid("a form takes an id or an e-mail address".into());
            return Err(BuildError::new(IdType::CioId.what(), problem));
        }
        self.person.check(limits)
    }
}

/// Refuses fields that are not strings, and a second identifier of the person, besides the one of the type `named_by`.
fn check_fields(fields: &[u8], named_by: IdType) -> Result<(), BuildError> {
    let other = if named_by == IdType::Id { IdType::Email } else { IdType::Id };
    for (name, value) in Members::of(fields) {
        if name == other.as_str().as_bytes() {
            let problem = "it names the person by `id` and by `email`, and must have one alone";
            return Err(BuildError::new("the form", BuildErrorKind::Invalid(problem.into())));
        }
        json::check_text(name, value, "forms take strings alone")?;
    }
    Ok(())
}

impl Operation for SubmitForm {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.submit_form";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/forms/{form_id}/submit";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.segment("the form's id", &self.form, usize::MAX)
    }
    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        const PREFIX: &[u8] = br#"{"data":"#;
        self.check_person(limits)?;
        let kind = self.person.id_type();
        let mut data = Writer::before_within(PREFIX, self.fields)?;
        check_fields(data.held(), kind)?;
        match kind {
            IdType::Id => data.field("id", self.person.value())?,
            kind => data.field(kind.as_str(), self.person.value())?,
        }
        let mut body = data.merge();
        attributes::check(&body[PREFIX.len()..], limits.of_attributes())?;
        body.push(b'}');
        Ok(Body::encoded(body))
    }
}

opaque_debug!(SubmitForm);

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let fields = json!({"first_name": "Ada", "seats": "3"});
        assert_eq!(
            wire_track(SubmitForm::new("sign up", PersonId::email("ada@example.com")).with_fields(fields)),
            "POST https://track.customer.io/api/v1/forms/sign%20up/submit\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 67\n\
             \n\
             {\"data\":{\"email\":\"ada@example.com\",\"first_name\":\"Ada\",\"seats\":\"3\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(SubmitForm::new("signup", "42")), r#"{"data":{"id":"42"}}"#);
    }

    #[test]
    fn anything_that_becomes_a_string_is_one() {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Size {
            ExtraLarge,
        }
        #[derive(Serialize)]
        struct Signup {
            size: Size,
            initial: char,
            address: std::net::Ipv4Addr,
            note: Option<&'static str>,
        }
        let fields = Signup {
            size: Size::ExtraLarge,
            initial: 'A',
            address: std::net::Ipv4Addr::LOCALHOST,
            note: Some("socks"),
        };
        assert_eq!(
            body(SubmitForm::new("signup", "42").with_fields(&fields)),
            r#"{"data":{"id":"42","size":"extra_large","initial":"A","address":"127.0.0.1","note":"socks"}}"#
        );
        let without = Signup { note: None, ..fields };
        assert_eq!(
            body(SubmitForm::new("signup", "42").with_fields(without)),
            r#"{"data":{"id":"42","size":"extra_large","initial":"A","address":"127.0.0.1"}}"#
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
            let error = refused_track(SubmitForm::new("signup", "42").with_fields(fields));
            assert_eq!(error.to_string(), format!("`seats` is {expected}, and forms take strings alone"));
        }
    }

    #[test]
    fn the_form_and_one_person_must_be_named() {
        let email = json!({"email": "ada@example.com"});
        let id = json!({"id": "42"});
        let by_email = PersonId::email("ada@example.com");
        let large = json!({"note": "x".repeat(1_001)});
        for (error, expected) in [
            (refused_track(SubmitForm::new("", "42")), "the form's id is empty"),
            (refused_track(SubmitForm::new("signup", "")), "the person's id is empty"),
            (
                refused_track(SubmitForm::new("signup", PersonId::cio_id("0300"))),
                "the person's cio_id is not valid: a form takes an id or an e-mail address",
            ),
            (
                refused_track(SubmitForm::new("signup", "42").with_fields(&email)),
                "the form is not valid: it names the person by `id` and by `email`, and must have one alone",
            ),
            (
                refused_track(SubmitForm::new("signup", &by_email).with_fields(id)),
                "the form is not valid: it names the person by `id` and by `email`, and must have one alone",
            ),
            (
                refused_track(SubmitForm::new("signup", &by_email).with_fields(&email)),
                "`email` is set both by a setter and in the attributes",
            ),
            (
                refused_track(SubmitForm::new("signup", "42").with_fields(["Ada"])),
                "the fields of the form must be an object, not a list",
            ),
            (
                refused_track(SubmitForm::new("signup", "42").with_fields(large)),
                "the value of attribute 2 has 1001 bytes, and the limit is 1000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_204_is_success() {
        let response = Response::builder().status(204).body(Bytes::new()).unwrap();
        assert!(crate::parse::<SubmitForm>(response).is_ok());
    }
}
