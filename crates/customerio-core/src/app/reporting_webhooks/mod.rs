//! Reporting webhooks: the URLs that Customer.io sends events to.

mod reporting_webhook;

use crate::operation_info::operations;

operations! {
    /// The operations on reporting webhooks.
    samples;
    list::List = GET "/v1/reporting_webhooks";
    create::Create = POST "/v1/reporting_webhooks";
    get::Get = GET "/v1/reporting_webhooks/{webhook_id}";
    update::Update = PUT "/v1/reporting_webhooks/{webhook_id}";
    delete::Delete = DELETE "/v1/reporting_webhooks/{webhook_id}";
}

pub use self::reporting_webhook::ReportingWebhook;
