//! `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}/errors`: what was wrong with a trigger of a broadcast.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    BroadcastId, Cursor, Page, TriggerId,
    fields::Read,
    macros::{opaque_debug, plain},
    page::{listed, paged},
};

plain! {
    /// Lists the errors in the people or the data of a trigger of a broadcast, page by page:
    /// [`Client::items`](crate::Client::items) reads it all.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastErrors>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::TriggerErrors, http::Response, operation::parse};
    ///
    /// let json = r#"{"errors":["line 3: no person has this id","line 8: no data"],"next":2}"#;
    /// let page = parse::<TriggerErrors>(Response::new(json.into()))?;
    /// assert_eq!((page.items[0].line(), page.items[0].message()), (Some(3), "no person has this id"));
    /// assert_eq!(page.next.unwrap().as_str(), "2");
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "broadcast_errors")]
    pub struct TriggerErrors { broadcast_id: BroadcastId = 12, trigger_id: TriggerId = 3 }
    "app.broadcasts.trigger_errors" =
        GET "/v1/campaigns/{broadcast_id}/triggers/{trigger_id}/errors" -> Page<TriggerError>;
    query {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor = "LEAK-start";
        /// The most errors on a page.
        with_limit, limit: u32 = 500;
    }
}

paged!(TriggerErrors of TriggerError);

/// An error of a trigger, such as `line 3: no person has this id`.
///
/// It can name a person, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TriggerError(String);

opaque_debug!(TriggerError);
listed!(TriggerError in "errors" = r#""line 3: no person has this id""#);

impl TriggerError {
    /// Returns the error as the service writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The line of the data that it is about, as the service counts them; `None` if it names none.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.parts().map(|(line, _)| line)
    }

    /// Returns what was wrong, without the line.
    #[must_use]
    pub fn message(&self) -> &str {
        self.parts().map_or(&self.0, |(_, message)| message)
    }

    fn parts(&self) -> Option<(u64, &str)> {
        let (line, message) = self.0.strip_prefix("line ")?.split_once(':')?;
        Some((line.trim().parse().ok()?, message.trim()))
    }
}

impl fmt::Display for TriggerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for TriggerError {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Read for TriggerError {
    fn read(json: &RawValue) -> Option<Self> {
        String::read(json).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Error, Pages, parse,
        testing::{plain, refused_app, wire_app},
    };

    fn page(json: &'static str) -> Result<Page<TriggerError>, Error> {
        parse::<TriggerErrors>(Response::new(json.into()))
    }

    /// A broadcast is a campaign here, and a broadcast everywhere else.
    #[test]
    fn the_whole_request() {
        let path = "GET /v1/campaigns/12/triggers/3/errors";
        assert_eq!(wire_app(TriggerErrors::new(12, 3)), plain(path));
        let all = TriggerErrors::new(12, 3).with_start("50").with_limit(50);
        assert_eq!(wire_app(all), plain(&format!("{path}?start=50&limit=50")));
        for (errors, what) in
            [(TriggerErrors::new(0, 3), "the broadcast's id"), (TriggerErrors::new(12, 0), "the trigger's id")]
        {
            assert_eq!(refused_app(errors).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
    }

    #[test]
    fn an_error_names_its_line() {
        for (text, line, message) in [
            ("line 3: no person has this id", Some(3), "no person has this id"),
            ("line 12 : two: three", Some(12), "two: three"),
            ("line 4:", Some(4), ""),
            ("line four: odd", None, "line four: odd"),
            ("the file is empty", None, "the file is empty"),
            ("", None, ""),
        ] {
            let error = TriggerError(text.to_owned());
            assert_eq!((error.line(), error.message()), (line, message), "{text}");
            assert_eq!((error.as_str(), error.as_ref(), error.to_string()), (text, text, text.to_owned()));
            assert_eq!(serde_json::to_value(&error).unwrap(), text);
            assert_eq!(serde_json::from_value::<TriggerError>(text.into()).unwrap(), error);
        }
        let error = TriggerError("line 3: ada@example.com".to_owned());
        assert_eq!(format!("{error:?}"), "TriggerError { .. }");
    }

    #[test]
    fn errors_that_were_asked_for_are_no_call_that_failed() {
        let read = page(r#"{"errors":["line 1: no id",{"odd":1}]}"#).unwrap();
        assert_eq!((read.items.len(), read.items[0].line(), read.next), (1, Some(1), None));
        assert_eq!(read.extra["errors"], json!([{"odd": 1}]));
        for json in [r#"{"errors":[]}"#, r#"{"errors":null}"#] {
            assert!(page(json).unwrap().items.is_empty(), "{json}");
        }
    }

    #[test]
    fn a_call_that_failed_is_no_list_of_errors() {
        for json in [
            r#"{"errors":[{"detail":"nope","status":"500"}]}"#,
            r#"{"meta":{"error":"nope"}}"#,
            r#"{"errors":[],"meta":{"error":"nope"}}"#,
            r#"{"error":"nope"}"#,
        ] {
            let Error::Api(error) = page(json).unwrap_err() else { panic!("{json}") };
            assert_eq!(error.details()[0].message, "nope", "{json}");
        }
        for json in ["{}", "[]", r#"{"triggers":[]}"#] {
            assert!(matches!(page(json), Err(Error::Decode(_))), "{json}");
        }
    }

    #[test]
    fn the_next_page_is_named_by_a_number() {
        let mut pages = Pages::new(TriggerErrors::new(12, 3).with_limit(2));
        let mut lines = Vec::new();
        for json in [
            r#"{"errors":["line 1: a","line 2: b"],"next":2}"#,
            r#"{"errors":["line 3: c","line 4: d"],"next":"4"}"#,
            r#"{"errors":["line 5: e"],"next":0}"#,
        ] {
            lines.push(wire_app(pages.next_call().unwrap().clone()));
            pages.receive(&page(json).unwrap()).unwrap();
        }
        assert!(pages.next_call().is_none());
        let path = "GET /v1/campaigns/12/triggers/3/errors";
        assert_eq!(lines, ["?", "?start=2&", "?start=4&"].map(|query| plain(&format!("{path}{query}limit=2"))));
    }
}
