//! `person` / `merge`: make one person of two.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, Serializer};

use crate::{BuildError, Limits, PersonId, Replay, json::Fields, macros::opaque_debug, track::v2::entity::entity};

/// Makes one person of two. It cannot be undone.
///
/// The primary person must exist already. Both are named by an id, an e-mail address or a `cio_id`, not by a phone
/// number.
pub struct Merge<'a> {
    primary: PersonId<'a>,
    secondary: PersonId<'a>,
}

impl<'a> Merge<'a> {
    /// Gives what is known of `secondary` to `primary`, who stays; `secondary` is deleted.
    #[must_use]
    pub fn new(primary: impl Into<PersonId<'a>>, secondary: impl Into<PersonId<'a>>) -> Self {
        Self { primary: primary.into(), secondary: secondary.into() }
    }

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.primary.check(limits)?;
        self.secondary.check(limits)
    }

    #[expect(clippy::unused_self, reason = "for other calls it depends on the value")]
    fn replay(&self) -> Replay {
        // A second merge would find the secondary person gone, or someone new with the same identifier.
        Replay::OnlyIfNotSent
    }
}

impl Serialize for Merge<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        // It is about two people, so it alone has no `identifiers`.
        fields.field("type", "person")?;
        fields.field("action", "merge")?;
        fields.field("primary", &self.primary)?;
        fields.field("secondary", &self.secondary)?;
        fields.end()
    }
}

entity!([] Merge<'_>, "track.v2.person.merge");
opaque_debug!(Merge<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Merge::new(PersonId::Email("ada@example.com"), PersonId::CioId("cio_03000001"))),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
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
    fn both_must_be_named_and_not_by_phone() {
        let phone = PersonId::Phone("+14155552671");
        let not_by_phone = "the person's phone number is not valid: this call does not know people by it";
        for (error, expected) in [
            (refused_track(&Merge::new("", "2")), "the person's id is empty"),
            (refused_track(&Merge::new("1", "")), "the person's id is empty"),
            (refused_track(&Merge::new(phone, "2")), not_by_phone),
            (refused_track(&Merge::new("1", phone)), not_by_phone),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
