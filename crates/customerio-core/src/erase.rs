//! The value that removes an attribute.

use serde::{Serialize, Serializer};

/// The value that removes an attribute: it is written as `null`, which makes Customer.io erase the attribute.
///
/// A field that is `None` is left out instead, so a struct with unset fields erases nothing.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Erase, Prepared, limits::Limits, track::Identify};
///
/// #[derive(serde::Serialize)]
/// struct Changes<'a> {
///     plan: Option<&'a str>,
///     nickname: Option<&'a str>,
///     trial_ends: Erase,
/// }
///
/// let changes = Changes { plan: Some("pro"), nickname: None, trial_ends: Erase };
/// let request = Prepared::new(Identify::new("42").with_attributes(&changes), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"plan":"pro","trial_ends":null}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// `()` and `serde_json::Value::Null` do the same, and so does `Some(None)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "null")]
#[doc(alias = "delete attribute")]
pub struct Erase;

impl Serialize for Erase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}
