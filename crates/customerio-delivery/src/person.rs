//! Whom a call is about.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use customerio_core::{Encoded, Prepared};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The parts of routes that name a person.
const IN_ROUTES: [&str; 2] = ["{identifier}", "{customer_id}"];

/// What is sent there is a form, whose person stands among its fields.
const FORMS: &str = "/api/v1/forms/{form_id}/submit";

/// The fields of a form that name a person.
const OF_FORMS: [&str; 2] = ["id", "email"];

/// What names people in a call. A field that is something else in another call is not read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    identifiers: Option<&'a RawValue>,
    #[serde(borrow)]
    primary: Option<&'a RawValue>,
    #[serde(borrow)]
    secondary: Option<&'a RawValue>,
    #[serde(borrow, rename = "userId")]
    user_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "anonymousId")]
    anonymous_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "previousId")]
    previous_id: Option<&'a RawValue>,
    #[serde(borrow)]
    to: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// What calls about one person have in common: two with the same key go out one after the other.
///
/// It is of the first name that stands in the call. That a person has others is known to Customer.io alone.
pub(crate) fn key(call: &Encoded) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    names(call).first()?.hash(&mut hasher);
    Some(hasher.finish())
}

/// The ids and addresses of people that stand where a call names whom it is about.
fn names(call: &Encoded) -> Vec<Cow<'_, str>> {
    let mut names = Vec::new();
    if let Encoded::Request(request) = call {
        names.extend(in_path(request));
    }
    let body: Named<'_> = serde_json::from_slice(call.body()).unwrap_or_default();
    let is_form = matches!(call, Encoded::Request(request) if request.route() == FORMS);
    if let Some(fields) = body.data.filter(|_| is_form) {
        let fields = members(fields);
        names.extend(OF_FORMS.into_iter().filter_map(|name| fields.get(name).copied()).filter_map(text));
    }
    for identifiers in [body.identifiers, body.primary, body.secondary].into_iter().flatten() {
        names.extend(members(identifiers).into_values().filter_map(text));
    }
    names.extend([body.user_id, body.anonymous_id, body.previous_id, body.to].into_iter().flatten().filter_map(text));
    names
}

fn members(object: &RawValue) -> BTreeMap<Cow<'_, str>, &RawValue> {
    serde_json::from_str(object.get()).unwrap_or_default()
}

fn in_path(request: &Prepared) -> Option<Cow<'_, str>> {
    let path = request.path().split('?').next().unwrap_or_default();
    let (_, name) = request.route().split('/').zip(path.split('/')).find(|(part, _)| IN_ROUTES.contains(part))?;
    percent_decode_str(name).decode_utf8().ok()
}

/// A string, or a number as it is written.
fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<Text<'_>>(json).ok().map(|text| text.0),
        b'0'..=b'9' | b'-' => Some(Cow::Borrowed(json)),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use customerio_core::{
        Limits, Moment, Operation,
        app::SendEmail,
        pipelines,
        track::{self, v2::person},
    };

    use super::*;

    fn encoded<O: Operation>(operation: O) -> Encoded {
        let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
        Encoded::new(operation, &now, &Limits::default()).unwrap()
    }

    #[test]
    fn calls_of_each_kind_name_whom_they_are_about() {
        for (call, person) in [
            (encoded(track::Identify::new("a/b")), "a/b"),
            (encoded(track::Event::new("42", "purchase")), "42"),
            (encoded(track::Merge::new("1", "2")), "1"),
            (encoded(track::SubmitForm::new("f", "42")), "42"),
            (encoded(track::Merge::new("1", "2")), "2"),
            (encoded(person::Event::new("42", "purchase")), "42"),
            (encoded(person::Identify::new("\"quoted\"")), "\"quoted\""),
            (encoded(person::Merge::new("1", "2")), "2"),
            (encoded(pipelines::Track::new("42", "visit")), "42"),
            (encoded(SendEmail::from_template("reset", "ada@example.com")), "ada@example.com"),
        ] {
            assert!(names(&call).iter().any(|name| name == person), "{person}: {:?}", names(&call));
        }
    }

    #[test]
    fn calls_about_one_person_have_one_key() {
        let (identify, event) = (encoded(track::Identify::new("42")), encoded(track::Event::new("42", "purchase")));
        assert_eq!(key(&identify), key(&event));
        assert_ne!(key(&identify), key(&encoded(track::Identify::new("43"))));
        assert_eq!(key(&encoded(track::GetRegion)), None);
    }
}
