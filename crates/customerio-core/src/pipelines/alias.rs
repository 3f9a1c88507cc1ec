//! `POST /v1/alias`: say that two ids are one person.
//!
//! Only a few destinations need it, such as Mixpanel: the others see it from [`Identify`](super::Identify).
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/alias>

use serde::{Serialize, Serializer};

use super::{
    call::{Common, call, common_setters},
    user_identity::{check_id, check_user_id},
};
use crate::{BuildError, Limits, Nothing, json::Fields, macros::opaque_debug};

/// Says that a person who had one id has another now.
///
/// ```
/// use customerio_core::pipelines::Alias;
///
/// let alias = Alias::new("cookie", "42");
/// # let _ = alias;
/// ```
pub struct Alias<'a, C: ?Sized = Nothing> {
    common: Common<'a, C>,
    previous_id: &'a str,
    user_id: &'a str,
}

impl<'a> Alias<'a> {
    /// The person with the anonymous id or user id `previous_id` has the user id `user_id` from now on.
    #[must_use]
    pub fn new(previous_id: &'a str, user_id: &'a str) -> Self {
        Self { common: Common::new(), previous_id, user_id }
    }
}

impl<'a, C: ?Sized> Alias<'a, C> {
    common_setters!(Alias [] previous_id, user_id);

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        check_id("the previous id", self.previous_id)?;
        check_user_id(self.user_id, limits)
    }
}

impl<C: ?Sized> Serialize for Alias<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.field("type", "alias")?;
        fields.field("previousId", self.previous_id)?;
        fields.field("userId", self.user_id)?;
        self.common.write(&mut fields)?;
        fields.end()
    }
}

call!([C: Serialize + ?Sized] Alias<'_, C>, "pipelines.alias", "/v1/alias");
opaque_debug!([C: ?Sized] Alias<'_, C>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        pipelines::{
            Context,
            testing::{refused_pipelines, wire_pipelines},
        },
        testing::body,
    };

    #[test]
    fn the_whole_request() {
        let alias = Alias::new("cookie", "42")
            .with_message_id("m-1")
            .with_timestamp(Timestamp::from(1_700_000_000).into())
            .with_context(Context::new().with_active(true));
        assert_eq!(
            wire_pipelines(&alias),
            "POST https://cdp.customer.io/v1/alias\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 135\n\
             \n\
             {\"type\":\"alias\",\"previousId\":\"cookie\",\"userId\":\"42\",\"messageId\":\"m-1\",\
             \"timestamp\":\"2023-11-14T22:13:20.000Z\",\"context\":{\"active\":true}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&Alias::new("cookie", "42")), r#"{"type":"alias","previousId":"cookie","userId":"42"}"#);
    }

    #[test]
    fn an_empty_id_is_refused() {
        assert_eq!(refused_pipelines(&Alias::new("", "42")).to_string(), "the previous id is empty");
        assert_eq!(refused_pipelines(&Alias::new("cookie", "")).to_string(), "the user id is empty");
    }
}
