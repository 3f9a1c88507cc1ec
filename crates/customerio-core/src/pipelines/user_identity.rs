//! Who a call is about.

use serde::ser::SerializeMap;

use crate::{BuildError, Limits, json::Fields, path::check_identifier};

/// Who a call is about: someone you know, a visitor you do not know yet, or both at once, which tells Customer.io that
/// they are one. A plain string is a user id.
///
/// ```
/// use customerio_core::pipelines::UserIdentity;
///
/// assert_eq!(UserIdentity::from("42"), UserIdentity::UserId("42"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserIdentity<'a> {
    /// The id that you gave to the person.
    UserId(&'a str),
    /// The id that a visitor has until you know who they are, such as that of a cookie.
    AnonymousId(&'a str),
    /// A person whom you know, and the id that they had before.
    Both {
        /// The id that you gave to the person.
        user_id: &'a str,
        /// The id that they had before you knew them.
        anonymous_id: &'a str,
    },
}

impl<'a> UserIdentity<'a> {
    fn user_id(self) -> Option<&'a str> {
        match self {
            Self::UserId(user_id) | Self::Both { user_id, .. } => Some(user_id),
            Self::AnonymousId(_) => None,
        }
    }

    fn anonymous_id(self) -> Option<&'a str> {
        match self {
            Self::AnonymousId(anonymous_id) | Self::Both { anonymous_id, .. } => Some(anonymous_id),
            Self::UserId(_) => None,
        }
    }

    pub(super) fn check(self, limits: &Limits) -> Result<(), BuildError> {
        self.user_id().map_or(Ok(()), |id| check_user_id(id, limits))?;
        self.anonymous_id().map_or(Ok(()), |id| check_id("the anonymous id", id))
    }

    pub(super) fn write<M: SerializeMap>(self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        fields.optional("userId", self.user_id().as_ref())?;
        fields.optional("anonymousId", self.anonymous_id().as_ref())
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

impl<'a> From<&'a str> for UserIdentity<'a> {
    fn from(user_id: &'a str) -> Self {
        Self::UserId(user_id)
    }
}

impl<'a> From<&'a String> for UserIdentity<'a> {
    fn from(user_id: &'a String) -> Self {
        Self::UserId(user_id)
    }
}

impl std::fmt::Debug for UserIdentity<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The kind, never the value: debug output ends up in logs.
        f.write_str(match self {
            Self::UserId(_) => "UserIdentity(UserId)",
            Self::AnonymousId(_) => "UserIdentity(AnonymousId)",
            Self::Both { .. } => "UserIdentity(Both)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_name_the_person() {
        let both = UserIdentity::Both { user_id: "ada", anonymous_id: "cookie" };
        assert_eq!(format!("{:?} {both:?}", UserIdentity::from("ada")), "UserIdentity(UserId) UserIdentity(Both)");
    }
}
