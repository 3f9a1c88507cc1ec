//! `GET /v1/design_studio/components/{id}`: one component in Design Studio.

use super::Component;
use crate::{ComponentId, macros::plain};

plain! {
    /// Reads a component in Design Studio, with its HTML.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Component`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getComponent>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::components::Get, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"component":{"id":"1f6b1f0e-2b7a-4a55-8a53-0f4f6e1d2c3b","content":"<p>Bye</p>"}}"#;
    /// let component = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!(component.content.as_deref(), Some("<p>Bye</p>"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_component")]
    pub struct Get { id: ComponentId = "LEAK-component" }
    "app.design_studio.components.get" = GET "/v1/design_studio/components/{id}" -> Component;
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
        assert_eq!(wire_app(Get::new("c-1")), plain("GET /v1/design_studio/components/c-1"));
        assert_eq!(refused_app(Get::new("")).to_string(), "the component's id is empty");
    }

    #[test]
    fn the_response_has_the_component() {
        let json = r#"{"component":{"id":"c-1","tag":"x-footer","content":"<p>Bye</p>"}}"#;
        let component = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((component.id.as_str(), component.content.as_deref()), ("c-1", Some("<p>Bye</p>")));
        for json in [r#"{"component":{"name":"Footer"}}"#, r#"{"component":null}"#, r#"{"id":"c-1"}"#] {
            assert!(parse::<Get>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
