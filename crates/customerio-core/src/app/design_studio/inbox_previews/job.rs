//! A run of inbox previews, as responses have it.

use std::collections::BTreeMap;

use super::DeviceCategory;
use crate::{
    EmailId, PreviewClientId, PreviewRunId, Timestamp,
    entity::{entity, open_enum, returned},
    page::listed,
};

entity! {
    /// A run of inbox previews: the result of one [`Submit`](super::Submit).
    pub struct Job: Debug {
        /// The number.
        pub run_id: PreviewRunId,
        /// The name.
        pub name: Option<String>,
        /// The e-mail, or one of its translations. Only [`ListJobs`](super::ListJobs) has it.
        pub node_id: Option<EmailId>,
        /// How many e-mails it is of. Only [`ListJobs`](super::ListJobs) has it.
        pub node_count: Option<u64>,
        /// The e-mail clients that it is of. Only [`Get`](super::Get) has them.
        pub client_ids: Vec<PreviewClientId>,
        /// Whether every preview of the e-mail is complete or has failed.
        pub is_processed: Option<bool>,
        /// When it was submitted.
        pub created_at: Option<Timestamp>,
        /// When it last changed.
        pub updated_at: Option<Timestamp>,
        /// How many previews were asked for.
        pub total_previews_requested: Option<u64>,
        /// How many of them are complete or have failed.
        pub total_previews_ready: Option<u64>,
        /// How many of them are complete.
        pub total_previews_succeeded: Option<u64>,
        /// How many of them are of an earlier run.
        pub total_previews_cached: Option<u64>,
        /// How many of them have failed.
        pub total_previews_bounced: Option<u64>,
        /// The previews, one of each e-mail client. Only [`Get`](super::Get) has them.
        pub previews: Vec<Preview>,
    }
}

returned!(
    Job = r#"{"run_id":7,"client_ids":["gmail_chrome"],"is_processed":true,"previews":[{"client_id":"gmail_chrome","status":"Complete","screenshots":{"default":"https://example.com/7.png"}}]}"#
);
listed!(Job in "preview_jobs" = r#"{"run_id":7,"is_processed":true,"total_previews_requested":1}"#);

entity! {
    /// How an e-mail looks in an e-mail client.
    pub struct Preview {
        /// The e-mail client, which [`Capture`](super::Capture) takes.
        pub client_id: PreviewClientId,
        /// The name.
        pub display_name: Option<String>,
        /// The category of the client.
        pub category: Option<DeviceCategory>,
        /// The operating system that it runs on.
        pub os: Option<String>,
        /// The browser that it runs in.
        pub browser: Option<String>,
        /// The state of the preview.
        pub status: Option<PreviewStatus>,
        /// Whether it is of an earlier run; where nothing is said, it is not.
        pub cached: Option<bool>,
        /// The URLs of the images, when the preview is complete, by their keys: `default` is the one in full size.
        /// [`Capture`](super::Capture) takes the keys and fetches the images.
        pub screenshots: BTreeMap<String, String>,
        /// The URL of a small image.
        pub thumbnail: Option<String>,
        /// The URL of a small image of the whole e-mail.
        pub full_thumbnail: Option<String>,
        /// Why there is no preview.
        pub error: Option<PreviewError>,
    }
}

open_enum! {
    /// The state of a preview.
    pub enum PreviewStatus {
        /// Waiting.
        Pending = "Pending",
        /// In progress.
        Processing = "Processing",
        /// The images can be fetched.
        Complete = "Complete",
        /// Failed.
        Bounced = "Bounced",
    }
}

impl PreviewStatus {
    /// Whether it is final.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Complete | Self::Bounced)
    }
}

entity! {
    /// Why there is no preview.
    pub struct PreviewError: Debug {
        /// The kind of error.
        pub kind: Option<PreviewErrorKind> = "type",
        /// The service's sentence.
        pub message: Option<String>,
    }
}

open_enum! {
    /// The kind of error of a preview.
    pub enum PreviewErrorKind {
        /// The e-mail did not arrive.
        Bounced = "bounced",
        /// The provider of the images took too long.
        VendorTimeout = "vendor_timeout",
        /// There are no images of this e-mail client.
        ClientRejected = "client_rejected",
        /// The provider of the images refused the request.
        VendorRequest = "vendor_request",
        /// Given up.
        Abandoned = "abandoned",
        /// The images are no longer kept.
        Expired = "expired",
        /// Something else.
        Other = "other",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::survives_changes;

    #[test]
    fn a_job_is_read_field_by_field() {
        let job = json!({
            "run_id": 7, "name": "Autumn", "node_id": "e-1", "node_count": 2, "client_ids": ["gmail", "outlook"],
            "is_processed": true, "created_at": 1_700_000_000, "updated_at": 1_700_000_001,
            "total_previews_requested": 5, "total_previews_ready": 4, "total_previews_succeeded": 3,
            "total_previews_cached": 2, "total_previews_bounced": 1,
            "previews": [
                {
                    "client_id": "gmail", "display_name": "Gmail", "category": "Web", "os": "Linux", "browser": "Chrome",
                    "status": "Complete", "cached": true, "screenshots": {"default": "https://a.example/1"},
                    "thumbnail": "https://a.example/2", "full_thumbnail": "https://a.example/3",
                },
                {"client_id": "outlook", "status": "Bounced", "error": {"type": "vendor_timeout", "message": "slow"}},
            ],
        });
        let read: Job = serde_json::from_value(job.clone()).unwrap();
        assert_eq!((read.run_id, read.node_id.clone(), read.node_count), (7.into(), Some("e-1".into()), Some(2)));
        assert_eq!((read.name.as_deref(), read.is_processed), (Some("Autumn"), Some(true)));
        assert_eq!(read.client_ids, ["gmail".into(), "outlook".into()]);
        assert_eq!((read.created_at, read.updated_at), (Some(1_700_000_000.into()), Some(1_700_000_001.into())));
        let totals = [
            read.total_previews_requested,
            read.total_previews_ready,
            read.total_previews_succeeded,
            read.total_previews_cached,
            read.total_previews_bounced,
        ];
        assert_eq!(totals.map(Option::unwrap), [5, 4, 3, 2, 1]);
        let [complete, bounced] = &read.previews[..] else { panic!("{read:?}") };
        assert_eq!((&complete.client_id, complete.display_name.as_deref()), (&"gmail".into(), Some("Gmail")));
        assert_eq!((complete.os.as_deref(), complete.browser.as_deref()), (Some("Linux"), Some("Chrome")));
        assert_eq!((&complete.category, complete.cached), (&Some(DeviceCategory::Web), Some(true)));
        assert_eq!(complete.screenshots["default"], "https://a.example/1");
        assert_eq!(complete.thumbnail.as_deref(), Some("https://a.example/2"));
        assert_eq!(complete.full_thumbnail.as_deref(), Some("https://a.example/3"));
        let error = bounced.error.as_ref().unwrap();
        assert_eq!((&error.kind, error.message.as_deref()), (&Some(PreviewErrorKind::VendorTimeout), Some("slow")));
        assert!(read.extra.is_empty() && complete.extra.is_empty() && bounced.extra.is_empty());
        assert!(!format!("{read:?}").contains("a.example"), "the images show people's data");
        survives_changes::<Job>(&job, &["run_id"]);
    }

    #[test]
    fn complete_and_bounced_stay_so() {
        for (status, is_final) in
            [("Pending", false), ("Processing", false), ("Complete", true), ("Bounced", true), ("Paused", false)]
        {
            assert_eq!(PreviewStatus::from(status).is_final(), is_final, "{status}");
        }
    }
}
