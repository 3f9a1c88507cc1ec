//! Why a value cannot be encoded, in our own words.

use std::fmt::{self, Display};

/// Our own reason that a `Serialize` gives, for `Error::custom`. It shows no value, so errors may show it.
///
/// What the caller's `Serialize` gives may quote the value: the encoder tells the two apart by the mark that is written
/// in the alternate form.
pub(crate) struct Reason<T>(pub(crate) T);

/// No text has it by chance.
const MARK: &str = "\u{0}customerio-core: ";

impl<T: Display> Display for Reason<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.write_str(MARK)?;
        }
        write!(f, "{}", self.0)
    }
}

/// What `message` says, if errors may show it.
pub(super) fn told(message: &impl Display) -> Option<String> {
    format!("{message:#}").strip_prefix(MARK).map(str::to_owned)
}
