//! `GET /v1/design_studio/emails/{id}/review`: what could be better about an e-mail.

use std::{collections::BTreeMap, time::Duration};

use super::parts::TIMEOUT;
use crate::{
    EmailId, Quota,
    entity::{entity, open_enum, returned},
    macros::plain,
};

plain! {
    /// Checks an e-mail: its links, images, accessibility, spam words, Liquid and more.
    ///
    /// A 404 means that there is no such e-mail, or that the account cannot use Design Studio by the API.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `EmailReview`.
    ///
    /// Limits: 5 requests a second for the workspace, together with the others that render or publish.
    /// <https://docs.customer.io/integrations/api/app/#operation/reviewEmail>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     app::design_studio::emails::{FindingState, Review}, http::Response, operation::parse,
    /// };
    ///
    /// let json = r#"{"status":"complete","score":{"score":92},
    ///     "findings":[{"check":"links","severity":"error","state":"fail","title":"A link is broken"}]}"#;
    /// let review = parse::<Review>(Response::new(json.into()))?;
    /// let failed = review.findings.iter().filter(|finding| finding.state == Some(FindingState::Fail));
    /// assert_eq!(failed.count(), 1);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "review_email")]
    #[doc(alias = "lint")]
    pub struct Review { id: EmailId = "LEAK-email" }
    "app.design_studio.emails.review" = GET "/v1/design_studio/emails/{id}/review" -> EmailReview;
    const QUOTA: Quota = Quota::DesignStudio;
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;
}

entity! {
    /// A review of an e-mail: what could be better.
    pub struct EmailReview: Debug {
        /// The e-mail.
        pub email_id: Option<EmailId> = "node_id",
        /// Whether all checks were done.
        pub status: Option<ReviewState>,
        /// How good it is; none if it could not be rendered.
        pub score: Option<ReviewScore>,
        /// The result of each check: `accessibility`, `failed-components`, `html-clip`, `images`, `implied-links`,
        /// `links`, `liquid`, `preheader`, `source`, `spam`, `unsubscribe`.
        pub checks: BTreeMap<String, ReviewCheck>,
        /// The findings, good and bad.
        pub findings: Vec<Finding>,
    }
}

returned!(EmailReview with "status" =
    r#"{"node_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","status":"complete","score":{"score":100},"findings":[]}"#);

open_enum! {
    /// Whether all checks of an e-mail were done.
    pub enum ReviewState {
        /// All of them were.
        Complete = "complete",
        /// At least one was not.
        Partial = "partial",
        /// None, because the e-mail could not be rendered.
        RenderFailed = "render_failed",
    }
}

entity! {
    /// How good an e-mail is.
    pub struct ReviewScore: Debug {
        /// A number from 0 to 100.
        pub score: Option<u64>,
        /// How much was found.
        pub counts: Option<FindingCounts>,
    }
}

entity! {
    /// How much was found about an e-mail.
    pub struct FindingCounts: Debug {
        /// How many errors.
        pub errors: Option<u64> = "error",
        /// How many warnings.
        pub warnings: Option<u64> = "warning",
        /// How many tips.
        pub tips: Option<u64> = "tip",
    }
}

entity! {
    /// The result of a check.
    pub struct ReviewCheck: Debug {
        /// Whether it was done.
        pub status: Option<CheckState>,
        /// Why not, if it was not.
        pub error: Option<String>,
    }
}

open_enum! {
    /// Whether a check was done.
    pub enum CheckState {
        /// Complete.
        Complete = "complete",
        /// In part.
        Degraded = "degraded",
        /// Failed: the review says nothing about the e-mail.
        Error = "error",
        /// Left out.
        Skipped = "skipped",
    }
}

entity! {
    /// Something that was found about an e-mail.
    pub struct Finding: Debug {
        /// The id.
        pub id: Option<String>,
        /// The check that found it.
        pub check: Option<String>,
        /// How bad it is, or would be.
        pub severity: Option<Severity>,
        /// Whether it is a problem.
        pub state: Option<FindingState>,
        /// The title.
        pub title: Option<String>,
        /// More about it, if there is more to say.
        pub details: Option<String>,
        /// The place, if it is in one place.
        pub summary: Option<String>,
    }
}

open_enum! {
    /// How bad something is.
    pub enum Severity {
        /// An e-mail that should not be sent like this.
        Error = "error",
        /// A possible problem.
        Warning = "warning",
        /// A possible improvement.
        Tip = "tip",
    }
}

open_enum! {
    /// Whether something is a problem.
    pub enum FindingState {
        /// Done.
        Pass = "pass",
        /// Not done.
        Fail = "fail",
    }
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Operation as _, parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(Review::QUOTA, Quota::DesignStudio);
        assert_eq!(wire_app(Review::new("e-1")), plain("GET /v1/design_studio/emails/e-1/review"));
        assert_eq!(
            refused_app(Review::new(" ")).to_string(),
            "the e-mail's id has only whitespace or invisible characters"
        );
    }

    #[test]
    fn a_review_is_read_field_by_field() {
        let review = json!({
            "node_id": "e-1", "status": "partial",
            "score": {"score": 71, "counts": {"error": 1, "warning": 2, "tip": 3}},
            "checks": {"links": {"status": "complete"}, "spam": {"status": "error", "error": "timed out"}},
            "findings": [{
                "id": "links.broken", "check": "links", "severity": "error", "state": "fail", "title": "A link is broken",
                "details": "It leads nowhere.", "summary": "In the footer.",
            }],
        });
        let read = parse::<Review>(Response::new(review.to_string().into())).unwrap();
        assert_eq!((read.email_id.as_ref(), read.status.as_ref()), (Some(&"e-1".into()), Some(&ReviewState::Partial)));
        let score = read.score.as_ref().unwrap();
        let counts = score.counts.as_ref().unwrap();
        assert_eq!((score.score, counts.errors, counts.warnings, counts.tips), (Some(71), Some(1), Some(2), Some(3)));
        assert_eq!(read.checks["links"].status, Some(CheckState::Complete));
        assert_eq!((read.checks["spam"].status.as_ref(), read.checks["spam"].error.as_deref()), {
            (Some(&CheckState::Error), Some("timed out"))
        });
        let finding = &read.findings[0];
        assert_eq!((finding.id.as_deref(), finding.check.as_deref()), (Some("links.broken"), Some("links")));
        assert_eq!((&finding.severity, &finding.state), (&Some(Severity::Error), &Some(FindingState::Fail)));
        assert_eq!(
            (finding.title.as_deref(), finding.details.as_deref()),
            (Some("A link is broken"), Some("It leads nowhere."))
        );
        assert_eq!((finding.summary.as_deref(), read.extra.is_empty()), (Some("In the footer."), true));
        survives_changes::<EmailReview>(&review, &[]);
    }

    #[test]
    fn what_could_not_be_rendered_has_no_score() {
        let read = |json: &'static str| parse::<Review>(Response::new(json.into()));
        let review = read(r#"{"node_id":"e-1","status":"render_failed","checks":{},"findings":null}"#).unwrap();
        assert_eq!((review.status, review.score), (Some(ReviewState::RenderFailed), None));
        assert!(read("{}").is_err());
    }
}
