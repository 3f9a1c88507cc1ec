//! `POST /api/v1/forms/{form}/submit`: a submitted form.

use http::Method;
use serde_json::Value;

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        attributes,
        fault::{At, Faults},
        identifier::{EMAIL, ID, Identifier},
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::record::FormSubmission,
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/api/v1/forms/{form}/submit", Fallible(submit_form)).with_body(&BODY);

/// An identifier may be `null` beside the other.
const BODY: Shape = Shape::Object(&[(
    "data",
    Must,
    Shape::Also(
        &Shape::Open(&[("id", May, Shape::Nullable(&ID)), ("email", May, Shape::Nullable(&EMAIL))], &Shape::Text),
        |data| match IDENTIFIERS.iter().filter(|name| data.get(**name).is_some_and(|value| !value.is_null())).count() {
            0 => Err("must have id or email"),
            1 => Ok(()),
            _ => Err("must have id or email, and not both"),
        },
    ),
)]);

const IDENTIFIERS: &[&str] = &["id", "email"];

fn submit_form(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let now = call.now();
    let Some(Value::Object(data)) = call.take_fields().remove("data") else { return Ok(Reply::no_content()) };
    // A field of a form becomes an attribute, and has its limits.
    let mut faults = Faults::default();
    attributes::check(&data, IDENTIFIERS, At::root("the body").key("data"), &mut faults);
    call.accept("", faults)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    let (id, email) = (text("id").map(str::to_owned), text("email").map(str::to_owned));
    let identifiers = [id.clone().map(Identifier::Id), email.as_deref().map(Identifier::email)];
    let people = &mut call.state.people;
    if let Some(identifier) = identifiers.iter().flatten().find(|identifier| people.is_suppressed(identifier)) {
        people.ignore(format!("the {identifier:.200} is suppressed"));
        return Ok(Reply::no_content());
    }
    let known = identifiers.iter().flatten().find_map(|identifier| people.find(identifier));
    let person = match (known, identifiers.iter().flatten().next()) {
        (Some(cio_id), _) => Some(cio_id),
        (None, Some(identifier)) => people.obtain(identifier, now)?,
        (None, None) => None,
    };
    if let Some(cio_id) = person {
        people.check_total(&cio_id, &data, IDENTIFIERS)?;
        if people.get(&cio_id).is_some_and(|person| person.id.is_none()) {
            people.set_id(&cio_id, id);
        }
        people.set_email(&cio_id, email);
        for (name, value) in data.iter().filter(|(name, _)| !IDENTIFIERS.contains(&name.as_str())) {
            people.set_attribute(&cio_id, name, value.clone(), now);
        }
        let submission = FormSubmission { form_id: call.segments[0].clone(), person: cio_id, data };
        call.state.forms.push(submission);
    }
    Ok(Reply::no_content())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{call, emulator, refuse};

    const FORM: &str = "POST /api/v1/forms/contact%20us/submit";

    #[test]
    fn a_form_adds_or_updates_its_person() {
        let emulator = emulator();
        let data = json!({"email": "ada@example.com", "id": null, "food": "pizza"});
        assert_eq!(call(&emulator, FORM, &json!({"data": data})), (204, Value::Null));
        assert_eq!(call(&emulator, FORM, &json!({"data": {"email": "ada@example.com", "food": "soup"}})).0, 204);
        let ada = emulator.person("ada@example.com").unwrap();
        assert_eq!(Value::Object(ada.attributes), json!({"food": "soup"}));
        let forms = emulator.forms();
        assert_eq!((forms.len(), forms[0].form_id.as_str(), &forms[0].person), (2, "contact us", &ada.cio_id));
        assert_eq!(Value::Object(forms[0].data.clone()), data);
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        for (body, reason) in [
            (json!({}), "data is missing"),
            (json!({"data": {"food": "pizza"}}), "data must have id or email"),
            (json!({"data": {"id": null, "email": null}}), "data must have id or email"),
            (json!({"data": {"id": "42", "email": "a@b"}}), "data must have id or email, and not both"),
            (json!({"data": {"id": 42}}), "data.id must be a string"),
            (json!({"data": {"email": "ada"}}), "data.email must be an e-mail address"),
            (json!({"data": {"id": "42", "age": 36}}), "data.age must be a string"),
            (json!({"data": {"id": "42", "a": "x".repeat(1_001)}}), "data.a has 1001 bytes; the most is 1000"),
            (json!({"data": {"id": "42", "tags": ["a"]}}), "data.tags must be a string"),
        ] {
            refuse(&emulator, FORM, &body, reason);
        }
        assert_eq!(emulator.people(), []);
    }
}
