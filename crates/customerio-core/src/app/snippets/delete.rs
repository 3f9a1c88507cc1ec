//! `DELETE /v1/snippets/{snippet_name}`: remove a snippet.

use http::Method;

use crate::{
    App, BuildError, Operation, Path,
    macros::{opaque_debug, sample},
    text::Text,
};

/// Deletes a snippet.
///
/// The service refuses one that a message uses, with a 400.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/deleteSnippet>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::snippets::Delete, limits::Limits};
///
/// let request = Prepared::new(Delete::new("our address"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/snippets/our%20address");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "delete_snippet")]
pub struct Delete {
    name: Text,
}

impl Delete {
    /// Creates the operation for the snippet with this name.
    #[must_use]
    pub fn new(name: impl AsRef<str>) -> Self {
        Self { name: Text::new(name) }
    }
}

impl Operation for Delete {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.snippets.delete";
    const METHOD: Method = Method::DELETE;
    const ROUTE: &'static str = "/v1/snippets/{snippet_name}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.segment("the snippet's name", &self.name, usize::MAX)
    }
}

opaque_debug!(Delete);
sample!(Delete: Self::new("LEAK-name"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new("a/b c+d")), plain("DELETE /v1/snippets/a%2Fb%20c%2Bd"));
        for name in ["", ".", ".."] {
            assert!(refused_app(Delete::new(name)).to_string().starts_with("the snippet's name"), "{name}");
        }
    }
}
