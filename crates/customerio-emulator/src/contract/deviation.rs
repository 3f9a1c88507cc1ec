//! What a request has that the contract does not allow, and that is taken all the same.

use std::fmt;

use crate::contract::fault::{Fault, MOST_FAULTS};

/// Most bytes of a pointer: names come from the caller and may be of any length.
const MOST_POINTER: usize = 500;

/// A deviation of a request from the contract.
///
/// One that was accepted all the same is what the vendor's own clients send, and the service takes from them.
///
/// ```
/// use customerio_emulator::{APP_API_KEY, Emulator};
///
/// let emulator = Emulator::new();
/// let request = http::Request::post("/v1/send/push")
///     .header("authorization", format!("Bearer {APP_API_KEY}"))
///     .header("content-type", "application/json")
///     .body(r#"{"transactional_message_id": 1, "identifiers": {"id": 42}}"#.into())?;
/// assert_eq!(emulator.handle(&request).status(), 200);
///
/// let request = &emulator.request_log()[0];
/// assert_eq!(request.deviations[0].to_string(), "/identifiers/id: identifiers.id must be a string");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deviation {
    /// The place in the body, as a JSON pointer: `/batch/0/context`. Empty where the whole body is meant. In the query, the
    /// parameter: `?associations`. Cut off after 500 bytes.
    pub pointer: String,
    /// The rule of the contract for the place, as one sentence.
    pub message: String,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, message } = self;
        if pointer.is_empty() { f.write_str(message) } else { write!(f, "{pointer}: {message}") }
    }
}

/// What was found about one request while it was read and done. No more are kept than a response lists faults.
#[derive(Debug, Default)]
pub(crate) struct Deviations {
    /// What was taken all the same.
    pub(crate) taken: Vec<Deviation>,
    /// Why items of it were refused or dropped.
    pub(crate) problems: Vec<Deviation>,
    /// How many items were refused.
    pub(crate) refused: u64,
    /// How many calls were dropped.
    pub(crate) dropped: u64,
}

impl Deviations {
    /// Notes what is taken though it is a fault. `place` is the pointer to what was checked: empty where that is the body.
    pub(crate) fn note(&mut self, place: impl fmt::Display, taken: Vec<Fault>) {
        extend(&mut self.taken, place, taken);
    }

    /// [`note`](Self::note) of what is taken in a query.
    pub(crate) fn note_query(&mut self, mut taken: Vec<Fault>) {
        for fault in &mut taken {
            fault.pointer = fault.pointer.trim_start_matches('/').to_owned();
        }
        self.note('?', taken);
    }

    /// Notes why an item is refused, which the response says.
    pub(crate) fn refuse(&mut self, place: impl fmt::Display, faults: Vec<Fault>) {
        self.refused += 1;
        extend(&mut self.problems, place, faults);
    }

    /// Notes why something is dropped, which no response says.
    pub(crate) fn drop_silently(&mut self, place: impl fmt::Display, faults: Vec<Fault>) {
        self.dropped += 1;
        extend(&mut self.problems, place, faults);
    }
}

fn extend(list: &mut Vec<Deviation>, place: impl fmt::Display, faults: Vec<Fault>) {
    let room = MOST_FAULTS.saturating_sub(list.len());
    list.extend(faults.into_iter().take(room).map(|fault| {
        let mut pointer = format!("{place}{}", fault.pointer);
        let end = (0..=MOST_POINTER.min(pointer.len())).rev().find(|end| pointer.is_char_boundary(*end));
        pointer.truncate(end.unwrap_or(0));
        Deviation { pointer, message: fault.text }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{
        fault::{At, Faults},
        mode::Contract,
    };

    #[test]
    fn they_are_bounded_in_number_and_in_length() {
        let mut deviations = Deviations::default();
        for _ in 0..MOST_FAULTS {
            let name = "é".repeat(1_000);
            let mut faults = Faults::default();
            faults.take(At::root("the body").key(&name), "is odd");
            deviations.note("/batch/10", faults.into_result(Contract::Compat).unwrap());
            deviations.note("/batch/11", vec![]);
        }
        let mut faults = Faults::default();
        faults.take(At::root("the body"), "is odd");
        deviations.note("", faults.into_result(Contract::Compat).unwrap());
        let list = deviations.taken;
        // A character of two bytes is not cut in half.
        assert_eq!((list.len(), list[0].pointer.len()), (MOST_FAULTS, 500));
        assert!(list[0].to_string().starts_with("/batch/10/éé"), "{}", list[0]);
        assert!(list[0].message.ends_with("é is odd"), "{}", list[0]);
    }
}
