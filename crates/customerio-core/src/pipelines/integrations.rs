//! Which destinations a call goes to.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::pairs::Pairs;
use crate::{
    BuildError,
    json::{Object, raw},
};

/// Which destinations a call goes to. Without it, to all.
///
/// The name `All` stands for those that are not named.
///
/// ```
/// use customerio_core::pipelines::{Integrations, Track};
/// use serde_json::json;
///
/// let track = Track::new("42", "signed_up").with_integrations(&[("All", false), ("Salesforce", true)]);
/// // For destinations that take options of their own:
/// let options = Integrations::object(&json!({"Amplitude": {"session_id": 7}}))?;
/// let track = track.with_integrations(options);
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Integrations<'a>(Kind<'a>);

#[derive(Clone)]
enum Kind<'a> {
    Switches(&'a [(&'a str, bool)]),
    Object(Box<RawValue>),
}

impl Integrations<'_> {
    /// Anything that serialises as an object.
    ///
    /// # Errors
    ///
    /// Where it is no object or cannot be encoded.
    pub fn object(integrations: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        Ok(Self(Kind::Object(raw(&Object(integrations))?)))
    }
}

impl<'a> From<&'a [(&'a str, bool)]> for Integrations<'a> {
    fn from(switches: &'a [(&'a str, bool)]) -> Self {
        Self(Kind::Switches(switches))
    }
}

impl<'a, const N: usize> From<&'a [(&'a str, bool); N]> for Integrations<'a> {
    fn from(switches: &'a [(&'a str, bool); N]) -> Self {
        Self(Kind::Switches(switches))
    }
}

impl Serialize for Integrations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Switches(switches) => Pairs(switches).serialize(serializer),
            Kind::Object(object) => object.serialize(serializer),
        }
    }
}

crate::macros::opaque_debug!(Integrations<'_>);
