//! Which destinations a call goes to.

use serde::{Serialize, Serializer};

use super::pairs::Pairs;
use crate::{BuildError, json::Attributes, macros::opaque_debug, text::Text};

/// Which destinations a call goes to.
///
/// The default is all.
///
/// The name `All` stands for those that are not named.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::{Integrations, Track}};
/// use serde_json::json;
///
/// let track =
///     Track::new("42", "signed_up").with_integrations([("All", false), ("Salesforce", true)]);
/// let request = Prepared::new(track.clone(), &Limits::default())?;
/// assert!(request.body().ends_with(br#""integrations":{"All":false,"Salesforce":true}}"#));
///
/// // For destinations that take options of their own:
/// let track =
///     track.with_integrations(Integrations::object(json!({"Amplitude": {"session_id": 7}})));
/// let request = Prepared::new(track, &Limits::default())?;
/// assert!(request.body().ends_with(br#""integrations":{"Amplitude":{"session_id":7}}}"#));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Integrations(Kind);

#[derive(Clone)]
enum Kind {
    Switches(Pairs<Text, bool>),
    Object(Attributes),
}

impl Integrations {
    /// Creates integrations from anything that serialises as an object. It is encoded here; what cannot be encoded is
    /// an error when the request is built.
    #[must_use]
    pub fn object(integrations: impl Serialize) -> Self {
        Self(Kind::Object(Attributes::new("the integrations", &integrations)))
    }

    fn switches<N: AsRef<str>>(switches: impl IntoIterator<Item = (N, bool)>) -> Self {
        Self(Kind::Switches(Pairs(switches.into_iter().map(|(name, is_on)| (Text::new(name), is_on)).collect())))
    }

    /// Refuses an object that could not be encoded.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        match &self.0 {
            Kind::Switches(_) => Ok(()),
            Kind::Object(object) => object.json().map(|_| ()),
        }
    }
}

impl<const N: usize> From<[(&str, bool); N]> for Integrations {
    fn from(switches: [(&str, bool); N]) -> Self {
        Self::switches(switches)
    }
}

impl From<&[(&str, bool)]> for Integrations {
    fn from(switches: &[(&str, bool)]) -> Self {
        Self::switches(switches.iter().copied())
    }
}

impl From<Vec<(String, bool)>> for Integrations {
    fn from(switches: Vec<(String, bool)>) -> Self {
        Self::switches(switches)
    }
}

impl Serialize for Integrations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Switches(switches) => switches.serialize(serializer),
            Kind::Object(object) => object.serialize(serializer),
        }
    }
}

opaque_debug!(Integrations);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_come_as_any_list() {
        let list = [("All", false), ("Salesforce", true)];
        let owned = list.map(|(name, is_on)| (name.to_owned(), is_on)).to_vec();
        for integrations in [Integrations::from(list), list.as_slice().into(), owned.into()] {
            assert_eq!(serde_json::to_string(&integrations).unwrap(), r#"{"All":false,"Salesforce":true}"#);
        }
    }
}
