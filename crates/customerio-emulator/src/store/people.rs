//! The people, and what each is found by.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem::size_of,
    sync::Arc,
};

use customerio_core::limits;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

#[cfg(feature = "control")]
use crate::store::kept::From;
use crate::{
    contract::{
        fault::MOST_FAULTS,
        identifier::{self, Identifier},
    },
    server::reply::Refusal,
    store::{
        attributes::{Attributes, adds, removes, set},
        capacity::{MOST_HELD, MOST_MEMORY_OF_A_PERSON, MOST_OF_A_PERSON},
        changes::{Action, Change, Effect},
        held::Held,
        memory::{block, slot},
        parted::Parted,
        record::{Device, Person},
        room::Room,
        sequence::Sequence,
        suppressions::{Suppressions, SuppressionsImage},
    },
};

#[derive(Debug, Default)]
pub(crate) struct People {
    /// By the number in the `cio_id`. Shared with whoever writes the state down meanwhile: what changes then is copied first.
    by_number: BTreeMap<u64, Arc<Entry>>,
    /// By their place in the order of everything that is kept: the number in the `cio_id`.
    by_seq: BTreeMap<u64, u64>,
    /// By id, the number in the `cio_id`.
    ids: Parted<String, u64>,
    /// By address in lower case.
    emails: Parted<String, u64>,
    /// By number, of those who had it first: unlike an id or an address, an attribute can be many people's.
    phones: Arc<HashMap<String, String>>,
    /// A device is one person's: by its token, whose it is and its place in the order of everything that is kept.
    devices: HashMap<String, (String, u64)>,
    /// The tokens, by their places.
    devices_by_seq: BTreeMap<u64, String>,
    /// Who is in each manual segment, by their places.
    members: HashMap<u32, BTreeSet<u64>>,
    /// An anonymous id is one person's, forever.
    anonymous_ids: HashMap<String, String>,
    suppressed: Suppressions,
    created: u64,
    room: Room,
    sequence: Sequence,
    /// Those who have changed since the last [`settle`](Self::settle).
    touched: Vec<u64>,
    /// Those who are gone since then.
    gone: Vec<Effect>,
    /// What was said of people since then, and was ignored as the service ignores it.
    ignored: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    person: Person,
    /// When the first attribute was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_change: Option<i64>,
    /// When each attribute was last changed, but those that are set since the first change: an update from before that
    /// comes late and is ignored.
    #[serde(default, skip_serializing_if = "HashMap::is_empty", serialize_with = "in_order")]
    changed: HashMap<String, i64>,
    /// What the room knows that they take.
    #[serde(skip)]
    held: usize,
    /// Whether they are among the touched.
    #[serde(skip)]
    touched: bool,
    /// Their place in the order of everything that is kept.
    seq: u64,
    /// When they were added.
    created_at: i64,
    /// Whether they were there at the last [`settle`](People::settle).
    #[serde(skip)]
    settled: bool,
}

impl Entry {
    fn held_now(&self) -> usize {
        let changed = self.changed.keys().map(|name| block(name.len()) + slot::<String, i64>()).sum::<usize>();
        2 * size_of::<(u64, Arc<Self>)>()
            + block(size_of::<Self>() + 2 * size_of::<usize>())
            + 2 * size_of::<(u64, u64)>()
            + self.person.held()
            + changed
    }
}

impl People {
    pub(crate) fn within(room: &Room, sequence: &Sequence) -> Self {
        let suppressed = Suppressions::within(room);
        Self { room: room.clone(), sequence: sequence.clone(), suppressed, ..Self::default() }
    }

    /// Updates the room with what has changed, and returns it. A call that changes someone need not, but the room must
    /// know before the next one.
    pub(crate) fn settle(&mut self) -> Vec<Change> {
        if self.touched.is_empty() && self.gone.is_empty() {
            return Vec::new();
        }
        let gone = std::mem::take(&mut self.gone);
        let mut changes: Vec<_> = gone.into_iter().map(|effect| Change { seq: self.sequence.next(), effect }).collect();
        for number in std::mem::take(&mut self.touched) {
            let Some(entry) = self.by_number.get_mut(&number).map(Arc::make_mut) else { continue };
            let held = entry.held_now();
            self.room.change(entry.held, held);
            let (seq, action) =
                if entry.settled { (self.sequence.next(), Action::Changed) } else { (entry.seq, Action::Created) };
            (entry.held, entry.touched, entry.settled) = (held, false, true);
            let cio_id = entry.person.cio_id.as_str();
            let effect = Effect::new("people", action, cio_id, entry.person.label()).about(Some(cio_id));
            changes.push(Change { seq, effect });
        }
        changes
    }

    /// Notes why something is ignored, as the service ignores it without a word.
    pub(crate) fn ignore(&mut self, text: String) {
        if self.ignored.len() < MOST_FAULTS {
            self.ignored.push(text);
        }
    }

    /// What was ignored since this was last asked for.
    pub(crate) fn take_ignored(&mut self) -> Vec<String> {
        std::mem::take(&mut self.ignored)
    }

    /// Their place in the order of everything that is kept, and when they were added.
    #[cfg(feature = "control")]
    pub(crate) fn origin(&self, cio_id: &str) -> Option<(u64, i64)> {
        self.entry(cio_id).map(|entry| (entry.seq, entry.created_at))
    }

    /// With their places, the oldest first, of those who were added after a place.
    pub(crate) fn after(&self, seq: u64) -> impl Iterator<Item = (u64, &Person)> {
        let later = self.by_seq.range(seq.saturating_add(1)..);
        later.filter_map(|(seq, number)| Some((*seq, self.numbered(*number)?)))
    }

    /// With their places, from one on.
    #[cfg(feature = "control")]
    pub(crate) fn rows(&self, from: From) -> impl Iterator<Item = (u64, &Person)> {
        from.within(&self.by_seq).filter_map(|(seq, number)| Some((seq, self.numbered(*number)?)))
    }

    /// The one with this place.
    #[cfg(feature = "control")]
    pub(crate) fn at(&self, seq: u64) -> Option<&Person> {
        self.numbered(*self.by_seq.get(&seq)?)
    }

    /// With their places, those who are in a manual segment.
    #[cfg(feature = "control")]
    pub(crate) fn members(&self, segment: u32, from: From) -> impl Iterator<Item = (u64, &Person)> {
        let places = self.members.get(&segment).into_iter().flat_map(move |members| from.among(members));
        places.filter_map(|seq| Some((seq, self.at(seq)?)))
    }

    /// The devices with their places, each with whose it is.
    #[cfg(feature = "control")]
    pub(crate) fn devices(&self, from: From) -> impl Iterator<Item = (u64, (&Person, &Device))> {
        from.within(&self.devices_by_seq).filter_map(|(seq, token)| Some((seq, self.device(token)?)))
    }

    /// The devices of a person with their places, in no order.
    #[cfg(feature = "control")]
    pub(crate) fn devices_of<'s>(
        &'s self,
        person: &'s Person,
    ) -> impl Iterator<Item = (u64, (&'s Person, &'s Device))> {
        person.devices.iter().filter_map(move |device| Some((self.devices.get(&device.id)?.1, (person, device))))
    }

    /// The device with this place, and whose it is.
    #[cfg(feature = "control")]
    pub(crate) fn device_at(&self, seq: u64) -> Option<(&Person, &Device)> {
        self.device(self.devices_by_seq.get(&seq)?)
    }

    #[cfg(feature = "control")]
    fn device(&self, token: &str) -> Option<(&Person, &Device)> {
        let person = self.get(&self.devices.get(token)?.0)?;
        Some((person, person.devices.iter().find(|device| device.id == token)?))
    }

    #[cfg(feature = "control")]
    pub(crate) fn devices_count(&self) -> usize {
        self.devices.len()
    }

    /// Refuses to add anything to the person where there is no room for it.
    pub(crate) fn check_room(&self, cio_id: &str) -> Result<(), Refusal> {
        if self.entry(cio_id).is_some_and(|entry| entry.held >= MOST_MEMORY_OF_A_PERSON) {
            return Err(Refusal::full("bytes of a person", MOST_MEMORY_OF_A_PERSON));
        }
        self.room.check()
    }

    fn entry(&self, cio_id: &str) -> Option<&Entry> {
        self.by_number.get(&number_of(cio_id)?).map(|entry| &**entry)
    }

    /// The one with the number in the `cio_id`.
    fn numbered(&self, number: u64) -> Option<&Person> {
        self.by_number.get(&number).map(|entry| &entry.person)
    }

    fn entry_mut(&mut self, cio_id: &str) -> Option<&mut Entry> {
        let number = number_of(cio_id)?;
        let entry = Arc::make_mut(self.by_number.get_mut(&number)?);
        if !entry.touched {
            entry.touched = true;
            self.touched.push(number);
        }
        Some(entry)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Person> {
        self.by_number.values().map(|entry| &entry.person)
    }

    pub(crate) fn count(&self) -> usize {
        self.by_number.len()
    }

    pub(crate) fn get(&self, cio_id: &str) -> Option<&Person> {
        self.entry(cio_id).map(|entry| &entry.person)
    }

    /// When each attribute of the person was last changed.
    pub(crate) fn changes(&self, cio_id: &str) -> impl Iterator<Item = (&str, i64)> {
        self.entry(cio_id).into_iter().flat_map(|entry| {
            let Entry { person, first_change, changed, .. } = entry;
            let since = |name: &String| changed.get(name).copied().or(*first_change);
            person.attributes.keys().filter_map(move |name| Some((name.as_str(), since(name)?)))
        })
    }

    pub(crate) fn get_mut(&mut self, cio_id: &str) -> Option<&mut Person> {
        self.entry_mut(cio_id).map(|entry| &mut entry.person)
    }

    /// The `cio_id` of the person who has the identifier.
    pub(crate) fn find(&self, identifier: &Identifier) -> Option<String> {
        match identifier {
            Identifier::Id(id) => self.ids.get(id).copied().map(cio_id),
            Identifier::Email(email) => self.emails.get(email).copied().map(cio_id),
            Identifier::Phone(number) => self.phones.get(number).cloned(),
            Identifier::CioId(cio_id) => self.entry(cio_id).map(|entry| entry.person.cio_id.clone()),
        }
    }

    /// The `cio_id` of the person who has one of the identifiers `named` and can be given `path`, which nobody has.
    pub(crate) fn find_lacking(&self, path: &Identifier, named: &[Identifier]) -> Option<String> {
        let lacks = |person: &Person| match path {
            Identifier::Id(_) => person.id.is_none(),
            Identifier::Email(_) => person.email.is_none(),
            Identifier::Phone(_) => !person.attributes.contains_key(PHONE),
            Identifier::CioId(_) => false,
        };
        let mut known = named.iter().filter_map(|identifier| self.find(identifier));
        known.find(|cio_id| self.get(cio_id).is_some_and(lacks))
    }

    /// The `cio_id` of the person who has the identifier; they are added if nobody has it.
    ///
    /// `None` if nobody can: it is suppressed, or a `cio_id` that was never given.
    pub(crate) fn obtain(&mut self, identifier: &Identifier, now: i64) -> Result<Option<String>, Refusal> {
        if self.is_suppressed(identifier) {
            self.ignore(format!("the {identifier:.200} is suppressed"));
            return Ok(None);
        }
        if let Some(cio_id) = self.find(identifier) {
            return Ok(Some(cio_id));
        }
        let (id, email, phone) = match identifier {
            Identifier::Id(id) => (Some(id.clone()), None, None),
            Identifier::Email(email) => (None, Some(email.clone()), None),
            Identifier::Phone(number) => (None, None, Some(number.clone())),
            Identifier::CioId(_) => {
                self.ignore(format!("nobody has the {identifier:.200}"));
                return Ok(None);
            }
        };
        if self.by_number.len() >= MOST_HELD {
            return Err(Refusal::full("people", MOST_HELD));
        }
        self.room.check()?;
        self.created += 1;
        let cio_id = cio_id(self.created);
        let person = Person {
            cio_id: cio_id.clone(),
            id: None,
            email: None,
            attributes: Attributes::new(),
            devices: Vec::new(),
            segments: BTreeSet::new(),
            relationships: Vec::new(),
            anonymous_ids: Vec::new(),
            opt_outs: BTreeSet::new(),
        };
        let (seq, changed) = (self.sequence.next(), HashMap::new());
        let entry = Entry {
            person,
            first_change: None,
            changed,
            held: 0,
            touched: false,
            seq,
            created_at: now,
            settled: false,
        };
        self.by_number.insert(self.created, Arc::new(entry));
        self.by_seq.insert(seq, self.created);
        self.set_id(&cio_id, id);
        self.set_email(&cio_id, email);
        if let Some(number) = phone {
            self.set_attribute(&cio_id, PHONE, number.into(), now);
        }
        Ok(Some(cio_id))
    }

    /// Returns the person an id, if nobody else has it.
    pub(crate) fn set_id(&mut self, cio_id: &str, id: Option<String>) {
        let Some(id) = id else { return };
        let Some(number) = number_of(cio_id) else { return };
        if self.ids.get(&id).is_none_or(|owner| *owner == number) {
            let Some(person) = self.get_mut(cio_id) else { return };
            if let Some(former) = person.id.replace(id.clone()) {
                self.ids.remove(&former);
            }
            self.ids.insert(id, number);
        } else {
            self.ignore(format!("the id {id:.200} is another person's, and stays theirs"));
        }
    }

    /// Returns the person an e-mail address, if nobody else has it.
    pub(crate) fn set_email(&mut self, cio_id: &str, email: Option<String>) {
        let Some(email) = email else { return };
        let key = email.to_lowercase();
        let Some(number) = number_of(cio_id) else { return };
        if self.emails.get(&key).is_none_or(|owner| *owner == number) {
            self.remove_email(cio_id);
            if let Some(person) = self.get_mut(cio_id) {
                person.email = Some(email);
                self.emails.insert(key, number);
            }
        } else {
            self.ignore(format!("the address {email:.200} is another person's, and stays theirs"));
        }
    }

    pub(crate) fn remove_email(&mut self, cio_id: &str) {
        if let Some(former) = self.get_mut(cio_id).and_then(|person| person.email.take()) {
            self.emails.remove(&former.to_lowercase());
        }
    }

    /// Returns the person the identifiers of the path and the body. One that is another person's stays theirs, and the
    /// response is still a success, as the service's is.
    pub(crate) fn set_identifiers(
        &mut self,
        cio_id: &str,
        path: &Identifier,
        id: Option<String>,
        email: Option<Value>,
    ) {
        let has_id = self.get(cio_id).is_some_and(|person| person.id.is_some());
        match path {
            Identifier::Id(id) if !has_id => self.set_id(cio_id, Some(id.clone())),
            Identifier::Email(email) if self.get(cio_id).is_some_and(|person| person.email.is_none()) => {
                self.set_email(cio_id, Some(email.clone()));
            }
            _ => {}
        }
        // An id that is there can be changed by cio_id alone.
        if !has_id || matches!(path, Identifier::CioId(_)) {
            self.set_id(cio_id, id.filter(|_| !matches!(path, Identifier::Id(_))));
        }
        match email {
            // An address that the path identifies the person by stays.
            Some(Value::String(email)) if path == &Identifier::email(&email) => self.set_email(cio_id, Some(email)),
            Some(_) if matches!(path, Identifier::Email(_)) => {}
            Some(Value::String(email)) if !email.is_empty() => self.set_email(cio_id, Some(email)),
            Some(_) => self.remove_email(cio_id),
            None => {}
        }
    }

    /// Refuses a call that would leave the person with too many attributes, or adds to them where there is no room.
    /// `reserved` fields are none.
    pub(crate) fn check_total(&self, cio_id: &str, fields: &Attributes, reserved: &[&str]) -> Result<(), Refusal> {
        let Some(person) = self.get(cio_id) else { return Ok(()) };
        if adds(fields) {
            self.check_room(cio_id)?;
        }
        let own = fields.iter().filter(|(name, _)| !reserved.contains(&name.as_str()));
        let added = own.filter(|(name, value)| !removes(value) && !person.attributes.contains_key(*name));
        let (total, most) = (person.attributes.len() + added.count(), limits::ATTRIBUTES);
        if total > most {
            return Err(Refusal::bad(format!("the person would have {total} attributes; the most is {most}")));
        }
        Ok(())
    }

    /// Sets or removes an attribute, unless a change from after `timestamp` is known.
    pub(crate) fn set_attribute(&mut self, cio_id: &str, name: &str, value: Value, timestamp: i64) {
        if self.entry_mut(cio_id).is_none() {
            return;
        }
        let Some(entry) = number_of(cio_id).and_then(|number| self.by_number.get_mut(&number)) else { return };
        let Entry { person, first_change, changed, .. } = Arc::make_mut(entry);
        let first = *first_change.get_or_insert(timestamp);
        let last = changed.get(name).copied().or_else(|| person.attributes.contains_key(name).then_some(first));
        if let Some(last) = last.filter(|last| *last > timestamp) {
            return self.ignore(format!("{name:.200} was changed at {last}, after {timestamp}: the newer value stays"));
        }
        if timestamp != first || removes(&value) {
            changed.insert(name.to_owned(), timestamp);
        } else {
            changed.remove(name);
        }
        if name == PHONE {
            index_phone(Arc::make_mut(&mut self.phones), person, &value);
        }
        set(&mut person.attributes, name, value);
        if changed.len() > MOST_OF_A_PERSON {
            changed.retain(|name, _| person.attributes.contains_key(name));
        }
    }

    /// The person whose visits have the anonymous id.
    pub(crate) fn of_anonymous_id(&self, anonymous_id: &str) -> Option<String> {
        self.anonymous_ids.get(anonymous_id).cloned()
    }

    /// Returns the anonymous id to the person. Returns whether it is theirs: it cannot be taken from another.
    pub(crate) fn claim_anonymous_id(&mut self, cio_id: &str, anonymous_id: &str) -> Result<bool, Refusal> {
        if let Some(owner) = self.anonymous_ids.get(anonymous_id) {
            return Ok(owner == cio_id);
        }
        if self.anonymous_ids.len() >= MOST_HELD {
            return Err(Refusal::full("anonymous ids", MOST_HELD));
        }
        self.check_room(cio_id)?;
        let Some(person) = self.get_mut(cio_id) else { return Ok(false) };
        if person.anonymous_ids.len() >= MOST_OF_A_PERSON {
            return Err(Refusal::full("anonymous ids of a person", MOST_OF_A_PERSON));
        }
        person.anonymous_ids.push(anonymous_id.to_owned());
        self.anonymous_ids.insert(anonymous_id.to_owned(), cio_id.to_owned());
        Ok(true)
    }

    /// Adds the device to the person, or updates it; a token that was another person's is theirs no more.
    pub(crate) fn put_device(&mut self, cio_id: &str, device: Device) -> Result<(), Refusal> {
        if let Some((owner, _)) = self.devices.get(&device.id).filter(|(owner, _)| owner != cio_id).cloned() {
            self.remove_device(&owner, &device.id);
        }
        self.check_room(cio_id)?;
        let Some(person) = self.get_mut(cio_id) else { return Ok(()) };
        if let Some(known) = person.devices.iter_mut().find(|known| known.id == device.id) {
            known.platform = device.platform;
            known.last_used = device.last_used;
            let new = device.attributes.keys().filter(|name| !known.attributes.contains_key(*name)).count();
            if known.attributes.len() + new > MOST_OF_A_PERSON {
                return Err(Refusal::full("attributes of a device", MOST_OF_A_PERSON));
            }
            known.attributes.extend(device.attributes);
            return Ok(());
        }
        if person.devices.len() >= MOST_OF_A_PERSON {
            return Err(Refusal::full("devices of a person", MOST_OF_A_PERSON));
        }
        let token = device.id.clone();
        person.devices.push(device);
        let seq = self.sequence.next();
        self.devices_by_seq.insert(seq, token.clone());
        self.devices.insert(token, (cio_id.to_owned(), seq));
        Ok(())
    }

    pub(crate) fn remove_device(&mut self, cio_id: &str, device_id: &str) {
        let Some(person) = self.get_mut(cio_id) else { return };
        let before = person.devices.len();
        person.devices.retain(|device| device.id != device_id);
        if person.devices.len() < before {
            self.forget_device(device_id);
        }
    }

    fn forget_device(&mut self, token: &str) {
        if let Some((_, seq)) = self.devices.remove(token) {
            self.devices_by_seq.remove(&seq);
        }
    }

    /// Puts the person into a manual segment.
    pub(crate) fn enter_segment(&mut self, cio_id: &str, segment: u32) {
        let Some(entry) = self.entry_mut(cio_id) else { return };
        entry.person.segments.insert(segment);
        let seq = entry.seq;
        self.members.entry(segment).or_default().insert(seq);
    }

    /// Takes the person out of a manual segment.
    pub(crate) fn leave_segment(&mut self, cio_id: &str, segment: u32) {
        let Some(entry) = self.entry_mut(cio_id) else { return };
        entry.person.segments.remove(&segment);
        let seq = entry.seq;
        self.forget_member(segment, seq);
    }

    fn forget_member(&mut self, segment: u32, seq: u64) {
        if let Some(members) = self.members.get_mut(&segment) {
            members.remove(&seq);
            if members.is_empty() {
                self.members.remove(&segment);
            }
        }
    }

    /// Takes people out of a manual segment, at most this many. Returns whether there are more.
    pub(crate) fn empty_segment(&mut self, segment: u32, most: usize) -> bool {
        let members: Vec<_> = self.members.get(&segment).into_iter().flatten().take(most).copied().collect();
        for seq in members {
            if let Some(number) = self.by_seq.get(&seq) {
                self.leave_segment(&cio_id(*number), segment);
            }
        }
        self.members.contains_key(&segment)
    }

    /// How many people are in a manual segment.
    pub(crate) fn members_count(&self, segment: u32) -> usize {
        self.members.get(&segment).map_or(0, BTreeSet::len)
    }

    /// Removes the person and everything that leads to them.
    pub(crate) fn remove(&mut self, cio_id: &str) -> Option<Person> {
        let Entry { person, held, settled, seq, .. } =
            Arc::unwrap_or_clone(self.by_number.remove(&number_of(cio_id)?)?);
        self.by_seq.remove(&seq);
        self.room.change(held, 0);
        if settled {
            self.gone.push(Effect::new("people", Action::Deleted, cio_id, person.label()).about(Some(cio_id)));
        }
        if let Some(id) = &person.id {
            self.ids.remove(id);
        }
        if let Some(email) = &person.email {
            self.emails.remove(&email.to_lowercase());
        }
        if phone_of(&person).is_some() {
            index_phone(Arc::make_mut(&mut self.phones), &person, &Value::Null);
        }
        for device in &person.devices {
            self.forget_device(&device.id);
        }
        for segment in &person.segments {
            self.forget_member(*segment, seq);
        }
        for anonymous_id in &person.anonymous_ids {
            self.anonymous_ids.remove(anonymous_id);
        }
        Some(person)
    }

    pub(crate) fn is_suppressed(&self, identifier: &Identifier) -> bool {
        self.suppressed.has(identifier)
    }

    /// Removes the person, and keeps the identifier and their other ones from being used again.
    pub(crate) fn suppress(&mut self, identifier: &Identifier) -> Result<Option<Person>, Refusal> {
        self.suppressed.check_room()?;
        let person = self.find(identifier).and_then(|cio_id| self.remove(&cio_id));
        let others = person.iter().flat_map(|person| {
            let id = person.id.clone().map(Identifier::Id);
            let email = person.email.as_deref().map(Identifier::email);
            let phone = phone_of(person).map(|number| Identifier::Phone(number.to_owned()));
            [id, email, phone, Some(Identifier::CioId(person.cio_id.clone()))].into_iter().flatten()
        });
        self.suppressed.add(others.chain([identifier.clone()]).collect());
        Ok(person)
    }

    /// Releases the identifier, and those that were suppressed with it.
    pub(crate) fn unsuppress(&mut self, identifier: &Identifier) {
        self.suppressed.release(identifier);
    }
}

/// The people, to be written down.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PeopleImage {
    created: u64,
    #[serde(deserialize_with = "known")]
    people: Vec<Arc<Entry>>,
    /// The tokens of devices, by their places in the order of everything that is kept.
    devices: Vec<(u64, String)>,
    /// Who is found by a number: several can have it.
    #[serde(serialize_with = "shared_in_order")]
    phones: Arc<HashMap<String, String>>,
    suppressed: SuppressionsImage,
}

/// A map, sorted: what does not change is to be written the same each time.
fn in_order<S: Serializer, T: Serialize>(map: &HashMap<String, T>, serializer: S) -> Result<S::Ok, S::Error> {
    map.iter().collect::<BTreeMap<_, _>>().serialize(serializer)
}

fn shared_in_order<S: Serializer, T: Serialize>(map: &HashMap<String, T>, serializer: S) -> Result<S::Ok, S::Error> {
    in_order(map, serializer)
}

/// People, each of whom has a `cio_id` that can have been given.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Arc<Entry>>, D::Error> {
    let people = Vec::<Arc<Entry>>::deserialize(deserializer)?;
    match people.iter().map(|entry| &entry.person.cio_id).find(|cio_id| number_of(cio_id).is_none()) {
        Some(cio_id) => Err(D::Error::custom(format!("the cio_id {cio_id:?} was never given"))),
        None => Ok(people),
    }
}

impl People {
    pub(crate) fn image(&self) -> PeopleImage {
        PeopleImage {
            created: self.created,
            people: self.by_number.values().cloned().collect(),
            devices: self.devices_by_seq.iter().map(|(seq, token)| (*seq, token.clone())).collect(),
            phones: self.phones.clone(),
            suppressed: self.suppressed.image(),
        }
    }

    /// Puts back what was written down, as if it had been there all the time.
    pub(crate) fn restore(&mut self, image: PeopleImage) {
        self.created = image.created;
        self.phones = image.phones;
        self.suppressed.restore(image.suppressed);
        let places: HashMap<_, _> = image.devices.into_iter().map(|(seq, token)| (token, seq)).collect();
        for mut shared in image.people {
            let entry = Arc::make_mut(&mut shared);
            entry.settled = true;
            entry.held = entry.held_now();
            self.room.change(0, entry.held);
            let person = &entry.person;
            let cio_id = &person.cio_id;
            // They were looked at when they were read.
            let Some(number) = number_of(cio_id) else { continue };
            self.by_seq.insert(entry.seq, number);
            person.id.iter().for_each(|id| self.ids.insert(id.clone(), number));
            person.email.iter().for_each(|email| self.emails.insert(email.to_lowercase(), number));
            let leads = |index: &mut HashMap<String, String>, key: String| index.insert(key, cio_id.clone());
            for device in &person.devices {
                let seq = places.get(&device.id).copied().unwrap_or_else(|| self.sequence.next());
                self.devices_by_seq.insert(seq, device.id.clone());
                self.devices.insert(device.id.clone(), (cio_id.clone(), seq));
            }
            for segment in &person.segments {
                self.members.entry(*segment).or_default().insert(entry.seq);
            }
            for anonymous_id in &person.anonymous_ids {
                leads(&mut self.anonymous_ids, anonymous_id.clone());
            }
            self.by_number.insert(number, shared);
        }
    }
}

/// The `cio_id` of the person who was added as the one with this number.
fn cio_id(number: u64) -> String {
    format!("03{number:010x}")
}

/// The number of the person with the `cio_id`, which is written in one way.
fn number_of(cio_id: &str) -> Option<u64> {
    let digits = cio_id.strip_prefix("03")?;
    let is_written = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        && (digits.len() == 10 || digits.len() > 10 && !digits.starts_with('0'));
    u64::from_str_radix(digits, 16).ok().filter(|_| is_written)
}

/// The attribute that is a person's phone number, and identifies them where it has the right form.
pub(crate) const PHONE: &str = "phone";

fn phone_of(person: &Person) -> Option<&str> {
    person.attributes.get(PHONE).and_then(Value::as_str).filter(|number| identifier::is_phone(number))
}

/// Makes a person found by their new number and no longer by their old one. A number that is another's stays that.
fn index_phone(phones: &mut HashMap<String, String>, person: &Person, new: &Value) {
    if let Some(former) = phone_of(person)
        && phones.get(former) == Some(&person.cio_id)
    {
        phones.remove(former);
    }
    if let Some(number) = new.as_str().filter(|number| identifier::is_phone(number)) {
        phones.entry(number.to_owned()).or_insert_with(|| person.cio_id.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{accept, call, emulator};

    #[test]
    fn a_number_is_written_in_one_way() {
        for number in [0, 1, 0xab_cdef, 0xff_ffff_ffff, 0x100_0000_0000, u64::MAX] {
            assert_eq!(number_of(&cio_id(number)), Some(number));
        }
        for text in ["", "03", "0301", "03000000000A", "0300000000001", "03+000000001", "040000000001", "03é00000001"]
        {
            assert_eq!(number_of(text), None, "{text}");
        }
    }

    /// What people, objects and suppressions take is given back to the last byte, whichever way they go.
    #[test]
    fn what_is_removed_takes_nothing_more() {
        let emulator = emulator();
        let taken = || emulator.state().room().taken();
        let related = json!({"cio_relationships": {"action": "add_relationships", "relationships": [
            {"identifiers": {"object_type_id": "1", "object_id": "acme"}, "relationship_attributes": {"role": "chief"}},
        ]}});
        let group = json!({"groupId": "acme", "anonymousId": "cookie", "traits": {"name": "Acme"}, "messageId": "1"});
        let object = |action: &str| {
            let identifiers = json!({"object_type_id": "1", "object_id": "acme"});
            json!({"type": "object", "action": action, "identifiers": identifiers})
        };
        for round in 0..2 {
            assert_eq!(taken(), 0, "round {round}");
            accept(&emulator, "PUT /api/v1/customers/1", &json!({"email": "ada@example.com", "plan": {"a": [1, 2]}}));
            let one = taken();
            accept(&emulator, "PUT /api/v1/customers/1", &json!({"plan": null, "phone": "+15551234567"}));
            assert_ne!(taken(), one);
            accept(&emulator, "PUT /api/v1/customers/1", &related);
            accept(&emulator, "PUT /api/v1/customers/1/devices", &json!({"device": {"id": "t", "platform": "ios"}}));
            accept(&emulator, "PUT /api/v1/customers/2", &json!({"anonymous_id": format!("cookie {round}")}));
            accept(
                &emulator,
                "POST /api/v1/merge_customers",
                &json!({"primary": {"id": "1"}, "secondary": {"id": "2"}}),
            );
            let mut group = group.clone();
            group["messageId"] = round.to_string().into();
            accept(&emulator, "POST /v1/group", &group);
            let before = taken();
            accept(&emulator, "POST /api/v1/customers/1/suppress", &json!(null));
            assert!((1..before).contains(&taken()));
            accept(&emulator, "POST /api/v1/customers/1/unsuppress", &json!(null));
            accept(&emulator, "POST /api/v2/entity", &object("delete"));
        }
        assert_eq!(taken(), 0);
        assert_eq!(call(&emulator, "POST /v1/segments", &json!({"segment": {"name": "VIPs"}})).0, 200);
        assert!(taken() > 0);
    }
}
