//! Who a call is about.

use crate::{BuildError, Limits, json::Writer, path::check_identifier, text::Text};

/// The person that a call is about: a known person, an anonymous visitor, or both, which merges the two.
///
/// Plain text or a number is a user id.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::pipelines::UserIdentity;
///
/// assert_eq!(UserIdentity::from("42"), UserIdentity::user_id("42"));
/// let signed_up = UserIdentity::user_id("42").with_anonymous_id("cookie");
/// assert_ne!(signed_up, UserIdentity::anonymous_id("cookie"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserIdentity {
    user_id: Option<Text>,
    anonymous_id: Option<Text>,
}

impl UserIdentity {
    /// A person with your own id.
    #[must_use]
    pub fn user_id(id: impl AsRef<str>) -> Self {
        Self { user_id: Some(Text::new(id)), anonymous_id: None }
    }

    /// A visitor with the id that they have until you know who they are, such as that of a cookie.
    #[must_use]
    pub fn anonymous_id(id: impl AsRef<str>) -> Self {
        Self { user_id: None, anonymous_id: Some(Text::new(id)) }
    }

    /// A person whom you know, with the id that they had before.
    #[must_use]
    pub fn with_anonymous_id(mut self, id: impl AsRef<str>) -> Self {
        self.anonymous_id = Some(Text::new(id));
        self
    }

    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.user_id.as_ref().map_or(Ok(()), |id| check_user_id(id, limits))?;
        self.anonymous_id.as_ref().map_or(Ok(()), |id| check_id("the anonymous id", id))
    }

    pub(super) fn write(&self, call: &mut Writer) -> Result<(), BuildError> {
        call.optional("userId", &self.user_id)?;
        call.optional("anonymousId", &self.anonymous_id)
    }
}

pub(super) fn check_user_id(id: &str, limits: &Limits) -> Result<(), BuildError> {
    check_identifier("the user id", id, limits.user_id)
}

pub(super) fn check_group_id(id: &str, limits: &Limits) -> Result<(), BuildError> {
    check_identifier("the group id", id, limits.group_id)
}

/// Refuses what cannot be an id. The vendor documents no limit of their length for this API.
pub(super) fn check_id(what: &'static str, id: &str) -> Result<(), BuildError> {
    check_identifier(what, id, usize::MAX)
}

macro_rules! user_identity_from {
    ($($text:ty)*; $($number:ty)*) => {
        $(impl From<$text> for UserIdentity {
            fn from(user_id: $text) -> Self {
                Self::user_id(user_id)
            }
        })*
        $(impl From<$number> for UserIdentity {
            fn from(user_id: $number) -> Self {
                Self::user_id(itoa::Buffer::new().format(user_id))
            }
        })*
    };
}

user_identity_from!(&str &String String; u8 u16 u32 u64 usize u128 i8 i16 i32 i64 isize i128);

impl From<&UserIdentity> for UserIdentity {
    fn from(who: &UserIdentity) -> Self {
        who.clone()
    }
}

impl std::fmt::Debug for UserIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The kind, never the value: debug output ends up in logs.
        f.write_str(match (&self.user_id, &self.anonymous_id) {
            (Some(_), Some(_)) => "UserIdentity(UserId, AnonymousId)",
            (Some(_), None) => "UserIdentity(UserId)",
            _ => "UserIdentity(AnonymousId)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_name_the_person() {
        let both = UserIdentity::user_id("ada").with_anonymous_id("cookie");
        assert_eq!(
            format!("{:?} {both:?}", UserIdentity::from("ada")),
            "UserIdentity(UserId) UserIdentity(UserId, AnonymousId)"
        );
    }
}
