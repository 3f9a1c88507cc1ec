//! The devices, each with whose it is.

use serde_json::{Value, json};

use crate::{
    Device, Person,
    control::{
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, Rows, unlike},
        people::{brief, not_of},
        route::Parameter,
        schema::{BRIEF, Schema},
        time::of_seconds,
        wanted::Wanted,
    },
    store::{kept::From, state::State},
};

/// The list of devices.
pub(crate) struct Devices;

impl Listed for Devices {
    type Row<'s> = (&'s Person, &'s Device);

    const KIND: &'static str = "devices";

    const FILTERS: &'static [Parameter] =
        &[("person", "an identifier of the person"), ("platform", "ios or android"), ("token", "the token")];

    const ITEM: &'static Schema = &Schema::Named(
        "Device",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("id", Schema::Text),
            ("platform", Schema::Text),
            ("last_used", Schema::Time),
            ("person", BRIEF),
            ("attributes", Schema::Map),
        ]),
    );

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        let Some(identifier) = criteria.filter("person") else { return Box::new(state.people.devices(from)) };
        let own = state.person(identifier).into_iter().flat_map(|person| state.people.devices_of(person));
        let mut own: Vec<_> = own.filter(|(seq, _)| from.has(*seq)).collect();
        own.sort_by_key(|(seq, _)| *seq);
        match from {
            From::Before(_) => Box::new(own.into_iter().rev()),
            From::After(_) => Box::new(own.into_iter()),
        }
    }

    fn differs(state: &State, (person, device): (&Person, &Device), filter: &str, value: &str) -> Option<String> {
        match filter {
            "platform" => unlike("the platform", Some(&device.platform), value),
            "token" => (device.id != value).then(|| format!("the token is {:.100}", device.id)),
            _ => not_of(state, Some(&person.cio_id), value),
        }
    }

    fn contains(_: &State, (person, device): (&Person, &Device), text: &Wanted) -> bool {
        [&device.id, &device.platform, person.label()].iter().any(|known| text.is_in(known))
            || text.is_in_fields(&device.attributes)
    }

    fn shown(state: &State, seq: u64, (person, device): (&Person, &Device)) -> Value {
        json!({
            "seq": seq,
            "id": device.id,
            "platform": device.platform,
            "last_used": of_seconds(device.last_used.unix_seconds()),
            "person": brief(state, Some(&person.cio_id)),
            "attributes": device.attributes,
        })
    }
}

impl Removable for Devices {
    fn remove(state: &mut State, seq: u64) -> Removal {
        let found = state.people.device_at(seq);
        let Some((cio_id, token)) = found.map(|(person, device)| (person.cio_id.clone(), device.id.clone())) else {
            return Removal::Absent;
        };
        state.people.remove_device(&cio_id, &token);
        Removal::Done
    }
}
