//! `GET /v1/design_studio/emails/{id}/inbox_previews/{run_id}`: how far a run of inbox previews is.

use super::Job;
use crate::{EmailId, PreviewRunId, macros::plain};

plain! {
    /// Reads the state of a run of inbox previews, and the URLs of its images.
    ///
    /// Call it until [`is_processed`](Job::is_processed).
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Job`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getInboxPreviewJob>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::inbox_previews::Get, http::Response, operation::parse};
    ///
    /// let json = r#"{"run_id":7,"is_processed":false,"total_previews_requested":2,"total_previews_ready":1}"#;
    /// let job = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!((job.is_processed, job.total_previews_ready), (Some(false), Some(1)));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_inbox_preview_job")]
    pub struct Get { id: EmailId = "LEAK-email", run_id: PreviewRunId = 7 }
    "app.design_studio.inbox_previews.get" = GET "/v1/design_studio/emails/{id}/inbox_previews/{run_id}" -> Job;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Get::new("e-1", 7)), plain("GET /v1/design_studio/emails/e-1/inbox_previews/7"));
        assert_eq!(refused_app(Get::new("", 7)).to_string(), "the e-mail's id is empty");
        assert_eq!(
            refused_app(Get::new("e-1", 0)).to_string(),
            "the run's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_is_the_job() {
        let json =
            r#"{"run_id":7,"is_processed":true,"previews":[{"client_id":"gmail","status":"Complete"},{"status":1}]}"#;
        let job = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((job.run_id, job.previews.len()), (7.into(), 1));
        assert_eq!(job.extra["previews"][0]["status"], 1, "an odd preview does not lose the others");
        assert!(parse::<Get>(Response::new(r#"{"is_processed":true}"#.into())).is_err());
    }
}
