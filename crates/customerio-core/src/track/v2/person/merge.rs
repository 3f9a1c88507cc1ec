//! `person` / `merge`: merge two people into one.

use crate::{
    BuildError, Limits, PersonId,
    json::Writer,
    track::{merge::check_not_bare_email, v2::entity::entity},
};

/// Merges two people into one.
///
/// It cannot be undone.
///
/// The primary person must exist already. If they do not, nothing happens, and the response is still a 200. So do not
/// merge right after a call that creates them, nor in one batch with it.
///
/// Both are named by an id, an e-mail address or a `cio_id`, not by a phone number. Plain text that looks like an
/// e-mail address is refused: use [`PersonId::email`] or [`PersonId::id`] to say which it is.
///
/// It is not idempotent: a second merge would find the secondary person gone, or someone new with the same identifier.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; people's ids of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, limits::Limits, track::v2::person::Merge};
///
/// let merge = Merge::new("42", PersonId::email("ada@example.com"));
/// assert_eq!(
///     Prepared::new(merge, &Limits::default())?.body(),
///     r#"{"type":"person","action":"merge","primary":{"id":"42"},"secondary":{"email":"ada@example.com"}}"#,
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "merge_customers")]
pub struct Merge {
    primary: PersonId,
    secondary: PersonId,
}

impl Merge {
    /// Merges `secondary` into `primary`; `secondary` is deleted.
    #[must_use]
    pub fn new(primary: impl Into<PersonId>, secondary: impl Into<PersonId>) -> Self {
        Self { primary: primary.into(), secondary: secondary.into() }
    }

    fn encode(self, limits: &Limits) -> Result<Vec<u8>, BuildError> {
        for person in [&self.primary, &self.secondary] {
            person.check(limits)?;
            check_not_bare_email(person)?;
        }
        let mut call = Writer::new();
        // It is about two people, so it alone has no `identifiers`.
        call.field("type", "person")?;
        call.field("action", "merge")?;
        call.field("primary", &self.primary)?;
        call.field("secondary", &self.secondary)?;
        Ok(call.merge())
    }
}

entity!(Merge, "track.v2.person.merge", OnlyIfNotSent);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Operation as _, Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Merge::new(PersonId::email("ada@example.com"), PersonId::cio_id("cio_03000001"))),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 106\n\
             \n\
             {\"type\":\"person\",\"action\":\"merge\",\"primary\":{\"email\":\"ada@example.com\"},\"secondary\":{\"cio_id\":\"03000001\"}}"
        );
    }

    #[test]
    fn it_is_not_done_twice() {
        assert_eq!(Merge::new("1", "2").replay(), Replay::OnlyIfNotSent);
    }

    #[test]
    fn bare_text_that_looks_like_an_email_is_refused() {
        let expected = "the person's id is not valid: it looks like an e-mail address: use `PersonId::email`, or `PersonId::id` if it is an id";
        for merge in [Merge::new("a@x.org", "2"), Merge::new("1", String::from("a@x.org"))] {
            assert_eq!(refused_track(merge).to_string(), expected);
        }
        assert_eq!(
            body(Merge::new(PersonId::id("a@x.org"), PersonId::email("b@x.org"))),
            r#"{"type":"person","action":"merge","primary":{"id":"a@x.org"},"secondary":{"email":"b@x.org"}}"#
        );
    }

    #[test]
    fn both_must_be_named_and_not_by_phone() {
        let phone = PersonId::phone("+14155552671");
        let not_by_phone = "the person's phone number is not valid: this call does not know people by it";
        for (error, expected) in [
            (refused_track(Merge::new("", "2")), "the person's id is empty"),
            (refused_track(Merge::new("1", "")), "the person's id is empty"),
            (refused_track(Merge::new(&phone, "2")), not_by_phone),
            (refused_track(Merge::new("1", &phone)), not_by_phone),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
