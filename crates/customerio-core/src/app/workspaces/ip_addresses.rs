//! `GET /v1/info/ip_addresses`: where Customer.io's requests come from.

use crate::{
    entity::{entity, returned},
    macros::plain,
};

plain! {
    /// Reads the addresses that Customer.io's own requests come from, such as those of webhooks, for a firewall's allow
    /// list.
    ///
    /// It needs no credentials, and sends none.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `AllowedAddresses`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCioAllowlist>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::workspaces::IpAddresses, http::Response, operation::parse};
    ///
    /// let json = r#"{"ip_addresses":["35.188.196.183","104.198.177.219"]}"#;
    /// assert_eq!(parse::<IpAddresses>(Response::new(json.into()))?.ip_addresses.len(), 2);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_cio_allowlist")]
    pub struct IpAddresses {}
    "app.workspaces.ip_addresses" = GET "/v1/info/ip_addresses" -> AllowedAddresses;
    const AUTHENTICATED: bool = false;
}

entity! {
    /// The addresses that requests come from.
    pub struct AllowedAddresses: Debug {
        /// The addresses, as text.
        pub ip_addresses: Vec<String>,
    }
}

returned!(AllowedAddresses with "ip_addresses" = r#"{"ip_addresses":["35.188.196.183"]}"#);

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, wire_app},
    };

    #[test]
    fn the_whole_request_has_no_credentials() {
        let expected = plain("GET /v1/info/ip_addresses").replace("authorization: Bearer key\n", "");
        assert_eq!(wire_app(IpAddresses::new()), expected);
    }

    #[test]
    fn the_list_must_be_there_under_its_name() {
        assert!(parse::<IpAddresses>(Response::new(r#"{"ips":["10.0.0.1"]}"#.into())).is_err());
        let odd = parse::<IpAddresses>(Response::new(r#"{"ip_addresses":["10.0.0.1",{}]}"#.into())).unwrap();
        assert_eq!((odd.ip_addresses.len(), odd.extra.len()), (1, 1));
    }
}
