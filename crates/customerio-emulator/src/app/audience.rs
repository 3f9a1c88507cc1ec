//! The people of a broadcast: by filter, by list or by file.

use std::collections::BTreeSet;

use customerio_core::limits::BROADCAST_PEOPLE;
use serde_json::{Map, Value};

use crate::{
    contract::{
        identifier::{EMAIL, ID, Identifier},
        shape::{
            Need::{May, Must},
            Shape,
        },
        url::http_url,
    },
    store::state::State,
};

/// The fields that name an audience. Without any the broadcast's own audience gets it.
pub(crate) const KINDS: [&str; 5] = ["recipients", "emails", "ids", "per_user_data", "data_file_url"];

/// A filter; clients write an empty one for the broadcast's own audience.
pub(crate) const RECIPIENTS: Shape = Shape::Taken(const { &Shape::Ref(&FILTER) }, &Shape::Object(&[]));

/// A filter holds filters.
pub(crate) static FILTER: Shape = Shape::Single(&[
    ("and", May, Shape::List(&Shape::Ref(&FILTER), 1, usize::MAX)),
    ("or", May, Shape::List(&Shape::Ref(&FILTER), 1, usize::MAX)),
    ("not", May, Shape::Ref(&FILTER)),
    ("segment", May, Shape::Object(&[("id", Must, Shape::Natural)])),
    ("attribute", May, ATTRIBUTE),
]);

const ATTRIBUTE: Shape = Shape::Also(
    &Shape::Object(&[
        ("field", Must, Shape::Filled),
        ("operator", Must, Shape::OneOf(&["eq", "exists"])),
        // The contract says a string; the vendor's examples have booleans.
        ("value", May, Shape::Either("a string or a boolean", &[Shape::Text, Shape::Boolean])),
    ]),
    |attribute| {
        let compares = attribute.get("operator").is_some_and(|operator| operator == "eq");
        if compares && !attribute.contains_key("value") { Err("must have value to compare with") } else { Ok(()) }
    },
);

pub(crate) const EMAILS: Shape = Shape::List(&EMAIL, 0, BROADCAST_PEOPLE);
pub(crate) const IDS: Shape = Shape::List(&ID, 0, BROADCAST_PEOPLE);
pub(crate) const PER_USER_DATA: Shape = Shape::List(&USER_DATA, 0, BROADCAST_PEOPLE);

const USER_DATA: Shape = Shape::Also(
    &Shape::Object(&[("id", May, ID), ("email", May, EMAIL), ("data", May, Shape::Open(&[], &Shape::Any))]),
    |entry| {
        let named = entry.contains_key("id") != entry.contains_key("email");
        if named { Ok(()) } else { Err("must have exactly one of id and email") }
    },
);

/// The address of a file, which is not fetched.
pub(crate) const URL: Shape = Shape::Rule("an http or https URL", |text| http_url(text).is_some());

/// An audience is of one kind.
pub(crate) fn is_of_one_kind(trigger: &Map<String, Value>) -> Result<(), &'static str> {
    let kinds = KINDS.iter().filter(|kind| trigger.contains_key(**kind)).count();
    if kinds > 1 {
        return Err("must have at most one of recipients, emails, ids, per_user_data, data_file_url");
    }
    Ok(())
}

/// The segments that a filter names.
pub(crate) fn segments_of(filter: &Value) -> BTreeSet<u64> {
    fn add(filter: &Value, named: &mut BTreeSet<u64>) {
        match filter {
            Value::Object(fields) => {
                named.extend(fields.get("segment").and_then(|segment| segment["id"].as_u64()));
                fields.values().for_each(|value| add(value, named));
            }
            Value::Array(parts) => parts.iter().for_each(|part| add(part, named)),
            _ => {}
        }
    }

    let mut named = BTreeSet::new();
    add(filter, &mut named);
    named
}

/// The people who are named and do not exist, unless the trigger says to skip such: each with the line that names them.
pub(crate) fn missing(trigger: &Value, state: &State) -> Vec<(usize, Identifier)> {
    let skips = |name: &str| trigger[name] == true;
    let (skips_ids, skips_emails) = (skips("id_ignore_missing"), skips("email_ignore_missing"));
    let is_missing = |identifier: &Identifier| {
        let skipped = match identifier {
            Identifier::Email(_) => skips_emails,
            _ => skips_ids,
        };
        !skipped && state.people.find(identifier).is_none()
    };
    let lines = (1..).zip(named(trigger).map(|(identifier, _)| identifier));
    lines.filter(|(_, identifier)| is_missing(identifier)).collect()
}

/// The people who are named, each with the data that is theirs alone.
pub(crate) fn named(trigger: &Value) -> impl Iterator<Item = (Identifier, Option<&Map<String, Value>>)> {
    let list = |name: &str| trigger[name].as_array().into_iter().flatten();
    let of_kind = |kind: &'static str| move |value: &Value| Some((Identifier::of_kind(kind, value.as_str()?)?, None));
    let named = list("ids").filter_map(of_kind("id")).chain(list("emails").filter_map(of_kind("email")));
    let mapped = list("per_user_data").filter_map(|entry| {
        let identifier = entry.as_object().and_then(Identifier::of_body)?;
        Some((identifier, entry["data"].as_object()))
    });
    named.chain(mapped)
}
