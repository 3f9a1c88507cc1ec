//! `GET /v1/design_studio/inbox_previews/credits`: how many inbox previews are left.

use crate::{
    Page, Timestamp,
    entity::{entity, open_enum},
    macros::plain,
    page::listed,
};

plain! {
    /// Lists the credits for inbox previews, all at once: how many were there, and how many are left.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Credit>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getInboxPreviewCredits>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::inbox_previews::Credits, http::Response, operation::parse};
    ///
    /// let json = r#"{"credits":[{"tier":"free","credits_remaining":20},{"tier":"paid","credits_remaining":300}]}"#;
    /// let credits = parse::<Credits>(Response::new(json.into()))?;
    /// assert_eq!(
    ///     credits.items.iter().filter_map(|credit| credit.credits_remaining).sum::<i64>(),
    ///     320
    /// );
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_inbox_preview_credits")]
    pub struct Credits {}
    "app.design_studio.inbox_previews.credits" = GET "/v1/design_studio/inbox_previews/credits" -> Page<Credit>;
}

entity! {
    /// Credits that were given together.
    ///
    /// There can be several that are free.
    pub struct Credit: Debug {
        /// Whether they are free.
        pub tier: Option<CreditTier>,
        /// How many there were.
        pub credits_original: Option<i64>,
        /// How many are left.
        pub credits_remaining: Option<i64>,
        /// Until when they can be used; none if that has no end.
        pub expires_at: Option<Timestamp>,
    }
}

listed!(Credit in "credits" = r#"{"tier":"free","credits_original":50,"credits_remaining":20}"#);

open_enum! {
    /// Whether credits are free.
    pub enum CreditTier {
        /// Free of charge.
        Free = "free",
        /// Paid for.
        Paid = "paid",
    }
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Credits::new()), plain("GET /v1/design_studio/inbox_previews/credits"));
    }

    #[test]
    fn credits_are_read_field_by_field() {
        let credit = json!({
            "tier": "paid", "credits_original": 500, "credits_remaining": 300, "expires_at": 1_700_000_000,
        });
        let page = parse::<Credits>(Response::new(json!({"credits": [credit]}).to_string().into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.credits_original, read.credits_remaining), (Some(500), Some(300)));
        assert_eq!((&read.tier, read.expires_at), (&Some(CreditTier::Paid), Some(1_700_000_000.into())));
        assert!(read.extra.is_empty());
        survives_changes::<Credit>(&credit, &[]);
    }
}
