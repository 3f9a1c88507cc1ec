//! `GET /v1/design_studio/emails/{id}/versions`: the versions of an e-mail.

use http::Method;

use super::Version;
use crate::{
    App, BuildError, BuildErrorKind, EmailId, Operation, Page, Path, Query, Timestamp,
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Lists the versions of an e-mail, all at once.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Page<Version>`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/listVersions>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::emails::ListVersions, limits::Limits};
///
/// let id = "7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11";
/// let request =
///     Prepared::new(ListVersions::new(id).with_from(1_700_000_000), &Limits::default())?;
/// assert!(request.path().ends_with("/versions?start_date=1700000000"));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "list_versions")]
pub struct ListVersions {
    id: EmailId,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl ListVersions {
    /// Creates the operation for the e-mail with this id, which can be a translation.
    #[must_use]
    pub fn new(id: impl Into<EmailId>) -> Self {
        Self { id: id.into(), from: None, until: None }
    }

    setters! {
        /// Only those that were saved at this time or after it.
        with_from, from: time;
        /// Only those that were saved at this time or before it. It requires [`with_from`](Self::with_from).
        with_until, until: time;
    }
}

impl Operation for ListVersions {
    type Api = App;
    type Output = Page<Version>;
    const NAME: &'static str = "app.design_studio.emails.list_versions";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/versions";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        let problem = match (self.from, self.until) {
            (None, Some(_)) => Some("it has an end alone: set `with_from` too"),
            (Some(from), Some(until)) if from > until => Some("it ends before it begins: set `with_until` later"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(BuildError::new("the time range", BuildErrorKind::Invalid(problem.into())));
        }
        query.optional("start_date", self.from.map(Timestamp::unix_seconds));
        query.optional("end_date", self.until.map(Timestamp::unix_seconds));
        Ok(())
    }
}

opaque_debug!(ListVersions);
sample!(ListVersions: Self::new("LEAK-email").with_from(1_700_000_000).with_until(1_700_086_400));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::design_studio::emails::NodeKind,
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListVersions::new("e-1")), plain("GET /v1/design_studio/emails/e-1/versions"));
        assert_eq!(
            wire_app(ListVersions::new("e-1").with_from(1).with_until(1)),
            plain("GET /v1/design_studio/emails/e-1/versions?start_date=1&end_date=1")
        );
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (list, expected) in [
            (
                ListVersions::new("e-1").with_until(1),
                "the time range is not valid: it has an end alone: set `with_from` too",
            ),
            (
                ListVersions::new("e-1").with_from(2).with_until(1),
                "the time range is not valid: it ends before it begins: set `with_until` later",
            ),
            (ListVersions::new(""), "the e-mail's id is empty"),
        ] {
            assert_eq!(refused_app(list).to_string(), expected);
        }
    }

    #[test]
    fn a_version_is_read_field_by_field() {
        let version = json!({
            "id": "v-1", "node_id": "e-1", "node_type": "EMAIL", "name": "Before the sale", "description": "As in May",
            "created": 1_700_000_000, "created_on_publish": false, "feedback": true,
        });
        let json = json!({"versions": [version, {"name": "no id"}]});
        let page = parse::<ListVersions>(Response::new(json.to_string().into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.id.as_str(), read.email_id.as_ref()), ("v-1", Some(&"e-1".into())));
        assert_eq!((read.kind.as_ref(), read.name.as_deref()), (Some(&NodeKind::Email), Some("Before the sale")));
        assert_eq!((read.description.as_deref(), read.created), (Some("As in May"), Some(1_700_000_000.into())));
        assert_eq!((read.created_on_publish, read.feedback), (Some(false), Some(true)));
        assert_eq!((page.items.len(), &page.extra["versions"][0]["name"]), (1, &json!("no id")));
        assert!(read.extra.is_empty() && page.next.is_none());
        survives_changes::<Version>(&version, &["id"]);
        assert!(parse::<ListVersions>(Response::new("{}".into())).is_err());
    }
}
