//! What is refused of folders, components and e-mails alike.

use crate::{BuildError, BuildErrorKind, unseen::check_visible};

/// Refuses a name with nothing to see in it, or with more than `most` characters.
pub(in crate::app::design_studio) fn check_name(what: &'static str, name: &str, most: usize) -> Result<(), BuildError> {
    check_visible(what, name)?;
    match name.chars().count() {
        count if count > most => {
            let reason = format!("it has {count} characters, and the limit is {most}");
            Err(BuildError::new(what, BuildErrorKind::Invalid(reason.into())))
        }
        _ => Ok(()),
    }
}

/// Refuses an update where nothing is set, because the service does.
pub(in crate::app::design_studio) fn check_changes(changes: bool) -> Result<(), BuildError> {
    if changes {
        return Ok(());
    }
    Err(BuildError::new("the update", BuildErrorKind::Invalid("it changes nothing: set what should change".into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_in_characters() {
        let check = |name: &str| check_name("the name", name, 3).map_err(|error| error.to_string());
        assert_eq!(check("äöü"), Ok(()));
        assert_eq!(check("äöüß").unwrap_err(), "the name is not valid: it has 4 characters, and the limit is 3");
        assert_eq!(check("").unwrap_err(), "the name is empty");
    }
}
