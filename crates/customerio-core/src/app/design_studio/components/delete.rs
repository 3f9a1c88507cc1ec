//! `DELETE /v1/design_studio/components/{id}`: delete a component in Design Studio.

use crate::{ComponentId, macros::plain};

plain! {
    /// Deletes a component in Design Studio.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteComponent>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::design_studio::components::Delete, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Delete::new("1f6b1f0e-2b7a-4a55-8a53-0f4f6e1d2c3b"), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/design_studio/components/1f6b1f0e-2b7a-4a55-8a53-0f4f6e1d2c3b");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_component")]
    pub struct Delete { id: ComponentId = "LEAK-component" }
    "app.design_studio.components.delete" = DELETE "/v1/design_studio/components/{id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new("c-1")), plain("DELETE /v1/design_studio/components/c-1"));
        assert_eq!(refused_app(Delete::new("")).to_string(), "the component's id is empty");
    }
}
