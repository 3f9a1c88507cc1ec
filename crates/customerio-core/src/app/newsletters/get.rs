//! `GET /v1/newsletters/{newsletter_id}`: one newsletter.

use super::Newsletter;
use crate::{NewsletterId, macros::plain};

plain! {
    /// Reads a newsletter, without its content: see [`ListContents`](super::ListContents).
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Newsletter`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getNewsletters>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::newsletters::Get, http::Response, operation::parse};
    ///
    /// let json = r#"{"newsletter":{"id":7,"name":"Spring","content_ids":[90,91],"sent_at":null}}"#;
    /// let newsletter = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!((newsletter.content_ids.len(), newsletter.sent_at), (2, None));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_newsletters")]
    pub struct Get { newsletter_id: NewsletterId = 7 }
    "app.newsletters.get" = GET "/v1/newsletters/{newsletter_id}" -> Newsletter;
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
        assert_eq!(wire_app(Get::new(7)), plain("GET /v1/newsletters/7"));
        assert_eq!(
            refused_app(Get::new(0)).to_string(),
            "the newsletter's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_newsletter() {
        let json = r#"{"newsletter":{"id":"7","name":"Spring"}}"#;
        let newsletter = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((newsletter.id, newsletter.name.as_deref()), (7.into(), Some("Spring")));
        assert!(parse::<Get>(Response::new(r#"{"id":7}"#.into())).is_err());
    }
}
