//! `POST /v1/alias`: say that two ids are one person.

use super::{
    call::{CallFields, call, common_setters},
    user_identity::{check_id, check_user_id},
};
use crate::{BuildError, EncodedItem, Limits, json::Writer, text::Text};

/// Says that a person who had one id has another now.
///
/// Only a few destinations need it, such as Mixpanel: the others see it from [`Identify`](super::Identify).
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `alias`; many of them with
/// [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/alias>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::Alias};
///
/// let request = Prepared::new(Alias::new("cookie", "42"), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"type":"alias","previousId":"cookie","userId":"42"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "merge")]
pub struct Alias {
    common: CallFields,
    previous_id: Text,
    user_id: Text,
}

impl Alias {
    /// Gives the person with the anonymous id or user id `previous_id` the user id `user_id` from now on.
    #[must_use]
    pub fn new(previous_id: impl AsRef<str>, user_id: impl AsRef<str>) -> Self {
        Self { common: CallFields::new(), previous_id: Text::new(previous_id), user_id: Text::new(user_id) }
    }

    common_setters!();

    fn encode(self, limits: &Limits) -> Result<EncodedItem, BuildError> {
        check_id("the previous id", &self.previous_id)?;
        check_user_id(&self.user_id, limits)?;
        let mut call = Writer::new();
        call.field("type", "alias")?;
        call.field("previousId", &self.previous_id)?;
        call.field("userId", &self.user_id)?;
        self.common.write(&mut call)?;
        self.common.into_item(call.merge())
    }
}

call!(Alias, "pipelines.alias", "/v1/alias");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
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
            .with_timestamp(1_700_000_000)
            .with_context(Context::new().with_active(true));
        assert_eq!(
            wire_pipelines(alias),
            "POST https://cdp.customer.io/v1/alias\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 135\n\
             \n\
             {\"type\":\"alias\",\"previousId\":\"cookie\",\"userId\":\"42\",\"messageId\":\"m-1\",\
             \"timestamp\":\"2023-11-14T22:13:20.000Z\",\"context\":{\"active\":true}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(Alias::new("cookie", "42")), r#"{"type":"alias","previousId":"cookie","userId":"42"}"#);
    }

    #[test]
    fn an_empty_id_is_refused() {
        assert_eq!(refused_pipelines(Alias::new("", "42")).to_string(), "the previous id is empty");
        assert_eq!(refused_pipelines(Alias::new("cookie", "")).to_string(), "the user id is empty");
    }
}
