//! Newsletters: messages that are sent once, to many people.

mod message;
mod newsletter;
mod recipients;
mod sending;
mod test_group;
mod translation;

use crate::operation_info::operations;

operations! {
    /// The operations on newsletters.
    samples;
    list::List = GET "/v1/newsletters";
    create::Create = POST "/v1/newsletters";
    get::Get = GET "/v1/newsletters/{newsletter_id}";
    delete::Delete = DELETE "/v1/newsletters/{newsletter_id}";
    schedule::Schedule = POST "/v1/newsletters/{newsletter_id}/schedule";
    send::Send = POST "/v1/newsletters/{newsletter_id}/send";
    list_contents::ListContents = GET "/v1/newsletters/{newsletter_id}/contents";
    get_content::GetContent = GET "/v1/newsletters/{newsletter_id}/contents/{content_id}";
    update_content::UpdateContent = PUT "/v1/newsletters/{newsletter_id}/contents/{content_id}";
    create_translation::CreateTranslation = POST "/v1/newsletters/{newsletter_id}/language";
    get_translation::GetTranslation = GET "/v1/newsletters/{newsletter_id}/language/{language}";
    update_translation::UpdateTranslation = PUT "/v1/newsletters/{newsletter_id}/language/{language}";
    delete_translation::DeleteTranslation = DELETE "/v1/newsletters/{newsletter_id}/language/{language}";
    list_test_groups::ListTestGroups = GET "/v1/newsletters/{newsletter_id}/test_groups";
    create_test_group::CreateTestGroup = POST "/v1/newsletters/{newsletter_id}/test_groups";
    create_test_translation::CreateTestTranslation = POST "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language";
    get_test_translation::GetTestTranslation = GET "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}";
    update_test_translation::UpdateTestTranslation = PUT "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}";
    delete_test_translation::DeleteTestTranslation = DELETE "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}";
    messages::Messages = GET "/v1/newsletters/{newsletter_id}/messages";
    metrics::Metrics = GET "/v1/newsletters/{newsletter_id}/metrics";
    links::Links = GET "/v1/newsletters/{newsletter_id}/metrics/links";
    content_metrics::ContentMetrics = GET "/v1/newsletters/{newsletter_id}/contents/{content_id}/metrics";
    content_links::ContentLinks = GET "/v1/newsletters/{newsletter_id}/contents/{content_id}/metrics/links";
}

pub use self::{
    message::{EmailMessage, InAppMessage, InboxMessage, Message, PushMessage, SmsMessage, WebhookMessage},
    newsletter::Newsletter,
    recipients::Recipients,
    sending::SendingRate,
    test_group::TestGroup,
    translation::{EmailTranslation, Translation, WebhookTranslation},
};
