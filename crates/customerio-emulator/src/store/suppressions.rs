//! The identifiers that nobody may have.

use std::{
    collections::{BTreeMap, HashMap},
    mem::size_of,
};

use serde::{Deserialize, Serialize};

use crate::{
    contract::identifier::Identifier,
    server::reply::Refusal,
    store::{
        capacity::MOST_HELD,
        memory::{block, slot},
        room::Room,
    },
};

/// Most identifiers of one person.
const MOST_TOGETHER: usize = 4;

/// What was suppressed together is released together.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    /// With the number of the call that suppressed it.
    suppressed: HashMap<Identifier, u64>,
    /// The identifiers that each call suppressed.
    by_call: HashMap<u64, Vec<Identifier>>,
    calls: u64,
    room: Room,
}

/// The suppressed identifiers, to be written down: by the number of the call that suppressed them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SuppressionsImage {
    calls: u64,
    together: BTreeMap<u64, Vec<Identifier>>,
}

/// What an identifier takes that is suppressed: it is in both maps.
fn held(identifier: &Identifier) -> usize {
    let text = match identifier {
        Identifier::Id(text) | Identifier::Email(text) | Identifier::Phone(text) | Identifier::CioId(text) => text,
    };
    2 * block(text.len()) + 2 * size_of::<Identifier>() + slot::<Identifier, u64>() + slot::<u64, Vec<Identifier>>()
}

impl Suppressions {
    pub(crate) fn within(room: &Room) -> Self {
        Self { room: room.clone(), ..Self::default() }
    }

    pub(crate) fn has(&self, identifier: &Identifier) -> bool {
        !self.suppressed.is_empty() && self.suppressed.contains_key(identifier)
    }

    /// Refuses to suppress a person where there is no room.
    pub(crate) fn check_room(&self) -> Result<(), Refusal> {
        if self.suppressed.len() + MOST_TOGETHER > MOST_HELD {
            return Err(Refusal::full("suppressed identifiers", MOST_HELD));
        }
        self.room.check()
    }

    /// Adds those that are not suppressed yet.
    pub(crate) fn add(&mut self, mut together: Vec<Identifier>) {
        together.retain(|identifier| !self.has(identifier));
        if together.is_empty() {
            return;
        }
        self.calls += 1;
        self.room.change(0, together.iter().map(held).sum());
        self.suppressed.extend(together.iter().map(|identifier| (identifier.clone(), self.calls)));
        self.by_call.insert(self.calls, together);
    }

    pub(crate) fn image(&self) -> SuppressionsImage {
        let together = self.by_call.iter().map(|(call, together)| (*call, together.clone()));
        SuppressionsImage { calls: self.calls, together: together.collect() }
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: SuppressionsImage) {
        self.calls = image.calls;
        for (call, together) in image.together {
            self.room.change(0, together.iter().map(held).sum());
            self.suppressed.extend(together.iter().map(|identifier| (identifier.clone(), call)));
            self.by_call.insert(call, together);
        }
    }

    /// Releases the identifier, and those that were suppressed with it.
    pub(crate) fn release(&mut self, identifier: &Identifier) {
        let call = self.suppressed.get(identifier).copied();
        for identifier in call.and_then(|call| self.by_call.remove(&call)).unwrap_or_default() {
            self.suppressed.remove(&identifier);
            self.room.change(held(&identifier), 0);
        }
    }
}
