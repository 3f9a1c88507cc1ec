//! `POST /api/v1/merge_customers`: merge two people into one.

use http::Method;

use crate::{
    Body, BuildError, BuildErrorKind, IdType, Limits, Operation, PersonId, Track, json::Writer, macros::opaque_debug,
};

/// Merges two people into one.
///
/// It cannot be undone.
///
/// The primary person must exist already. If they do not, nothing happens, and the response is still a 200. So do not
/// merge right after a call that creates them.
///
/// Plain text is an id, and plain text that looks like an e-mail address is refused: a merge by the wrong kind of
/// identifier finds nobody, or someone else.
///
/// It is not idempotent: a second merge would find the secondary person gone, or someone new with the same identifier.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `merge`.
///
/// Limits: people's ids of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/merge>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, limits::Limits, track::Merge};
///
/// let merge = Merge::new("42", PersonId::email("ada@example.com"));
/// let request = Prepared::new(merge, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"primary":{"id":"42"},"secondary":{"email":"ada@example.com"}}"#
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
}

/// Refuses plain text that looks like an e-mail address: a body would say that it is an id, and what is merged by
/// mistake cannot be parted again.
pub(in crate::track) fn check_not_bare_email(person: &PersonId) -> Result<(), BuildError> {
    if person.may_be_an_email() {
        let problem = "it looks like an e-mail address: use `PersonId::email`, or `PersonId::id` if it is an id";
        return Err(BuildError::new(IdType::Id.what(), BuildErrorKind::Invalid(problem.into())));
    }
    Ok(())
}

impl Operation for Merge {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.merge";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/merge_customers";

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        for person in [&self.primary, &self.secondary] {
            person.check(limits)?;
            check_not_bare_email(person)?;
        }
        let mut body = Writer::new();
        body.field("primary", &self.primary)?;
        body.field("secondary", &self.secondary)?;
        Ok(Body::encoded(body.merge()))
    }
}

opaque_debug!(Merge);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Merge::new(PersonId::email("ada@example.com"), PersonId::cio_id("cio_03000001"))),
            "POST https://track.customer.io/api/v1/merge_customers\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 73\n\
             \n\
             {\"primary\":{\"email\":\"ada@example.com\"},\"secondary\":{\"cio_id\":\"03000001\"}}"
        );
    }

    #[test]
    fn both_must_be_named() {
        assert_eq!(refused_track(Merge::new("", "2")).to_string(), "the person's id is empty");
        assert_eq!(refused_track(Merge::new("1", ".")).subject(), "the person's id");
    }

    #[test]
    fn bare_text_that_looks_like_an_email_address_is_refused() {
        let expected = "the person's id is not valid: it looks like an e-mail address: use `PersonId::email`, or `PersonId::id` if it is an id";
        let bare = "ada@example.com";
        for merge in [Merge::new("42", bare), Merge::new(bare, "42"), Merge::new(PersonId::email(bare), bare)] {
            assert_eq!(refused_track(merge).to_string(), expected);
        }
        assert_eq!(
            body(Merge::new(PersonId::id("a@x.org"), PersonId::email("a@x.org"))),
            r#"{"primary":{"id":"a@x.org"},"secondary":{"email":"a@x.org"}}"#
        );
    }
}
