//! The short methods of `Client<Track>`: each is one line over an operation.

use serde::Serialize;

use super::{Delete, Event, Identify, Merge};
use crate::{Client, Error, PersonId, Track};

/// The daily calls of the Track API, for what an operation can say in one line. For the rest, build the operation and
/// give it to [`call`](Client::call).
impl Client<Track> {
    /// Adds or updates a person: [`Identify`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn identify<'a>(
        &self,
        person: impl Into<PersonId<'a>>,
        attributes: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Identify::new(person).with_attributes(attributes)).await
    }

    /// Removes a person: [`Delete`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn delete<'a>(&self, person: impl Into<PersonId<'a>>) -> Result<(), Error> {
        self.call(&Delete::new(person)).await
    }

    /// Records what a person did: [`Event`]. It gets an id, so it can be repeated when an answer is lost.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn track<'a>(
        &self,
        person: impl Into<PersonId<'a>>,
        name: &'a str,
        data: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Event::new(person, name).with_data(data)).await
    }

    /// Makes one person of two: [`Merge`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn merge<'a>(
        &self,
        primary: impl Into<PersonId<'a>>,
        secondary: impl Into<PersonId<'a>>,
    ) -> Result<(), Error> {
        self.call(&Merge::new(primary, secondary)).await
    }
}
