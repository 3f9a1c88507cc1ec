//! The state as a document, to continue after a restart.

use std::sync::atomic::Ordering;

use crate::{
    emulator::Emulator,
    saved::document::{Saved, StateError, read, written},
    workspaces::Workspaces,
};

/// The state as a document.
impl Emulator {
    /// Saves the state as one JSON document, with everything needed to continue after a restart: what was received and
    /// created, the settings, the webhooks that wait, a clock that was advanced or stopped, and the ids that were
    /// assigned, so that none is used twice. The log of requests and the seed are not in it.
    ///
    /// It is a snapshot of one moment. Requests wait only while pointers are copied; what changes while the rest is
    /// written is copied first.
    ///
    /// ```
    /// use customerio_emulator::Emulator;
    ///
    /// let emulator = Emulator::new();
    /// emulator.create_segment(7);
    /// let state = emulator.state_json();
    ///
    /// let later = Emulator::new();
    /// later.load_state(&state)?;
    /// assert_eq!(later.state_json(), state);
    /// # Ok::<(), customerio_emulator::StateError>(())
    /// ```
    #[must_use]
    pub fn state_json(&self) -> String {
        // The state is let go before anything is written.
        let workspace = self.state().image();
        written(vec![Saved { credential: None, number: 0, workspace }])
    }

    /// Replaces everything with a state. The log of requests is cleared, and the seed stays.
    ///
    /// # Errors
    ///
    /// Fails if it is not a state, is of a version that this program does not know, or has several workspaces. Then
    /// nothing has changed.
    pub fn load_state(&self, json: &str) -> Result<(), StateError> {
        let mut workspaces = read(json)?;
        let count = workspaces.len();
        let Some(saved) = workspaces.pop().filter(|_| count == 1) else {
            let text = format!("the state has {count} workspaces and this is one: load it with all of them");
            return Err(StateError::new(text));
        };
        self.restore(saved.workspace);
        Ok(())
    }

    /// A number that is higher whenever something in the state may have changed, and that is cheap to read. Reads do
    /// not change it.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }
}

/// The states of all as a document.
impl Workspaces {
    /// The state of all workspaces: see [`Emulator::state_json`]. Each is a snapshot of one moment, but not of the same
    /// one.
    #[must_use]
    pub fn state_json(&self) -> String {
        written(self.saved())
    }

    /// Replaces all workspaces with a state: workspaces that it does not have are removed.
    ///
    /// # Errors
    ///
    /// Fails if it is not a state, is of a version that this program does not know, or has several workspaces where one
    /// is served. Then nothing has changed.
    pub fn load_state(&self, json: &str) -> Result<(), StateError> {
        self.restore(read(json)?)
    }

    /// A number that is different whenever something in the state may have changed, and that is cheap to read. Reads do
    /// not change it.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.all().iter().fold(0, |sum, (_, emulator)| sum.wrapping_add(1).wrapping_add(emulator.revision()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use crate::{emulator::HELD, testing};

    #[test]
    fn the_state_is_let_go_before_it_is_written() {
        let emulator = testing::emulator();
        for number in 0..3_000 {
            let body = json!({"email": format!("p{number}@example.com"), "plan": "pro", "n": number});
            testing::accept(&emulator, &format!("PUT /api/v1/customers/{number}"), &body);
        }
        HELD.take();
        let begun = Instant::now();
        let state = emulator.state_json();
        let (took, held) = (begun.elapsed(), HELD.take().iter().sum::<Duration>());
        assert!(state.len() > 300_000, "{}", state.len());
        assert!(held * 3 < took, "held for {held:?} of {took:?}");
    }
}
