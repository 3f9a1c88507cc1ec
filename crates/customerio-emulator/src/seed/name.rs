//! Names of templates and snippets as names of files, which cannot lead out of the folder.

use std::{borrow::Cow, fmt::Write as _};

use percent_encoding::percent_decode_str;

/// What some system gives a meaning, and what encodes. Any other letter of any language stays readable.
const SPECIAL: &str = "/\\:*?\"<>|%";

pub(crate) fn to_file(name: &str) -> String {
    let mut file = String::new();
    for (index, character) in name.char_indices() {
        let hides = index == 0 && character == '.';
        if hides || character.is_ascii_control() || SPECIAL.contains(character) {
            let _ = write!(file, "%{:02X}", u32::from(character));
        } else {
            file.push(character);
        }
    }
    if file.is_empty() { "%".to_owned() } else { file }
}

pub(crate) fn from_file(file: &str) -> Cow<'_, str> {
    if file == "%" { Cow::Borrowed("") } else { percent_decode_str(file).decode_utf8_lossy() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_file_of_the_folder() {
        for (name, file) in [
            ("welcome", "welcome"),
            ("Wërner Straße", "Wërner Straße"),
            ("..", "%2E."),
            ("a/../../b", "a%2F..%2F..%2Fb"),
            ("C:\\x", "C%3A%5Cx"),
            ("100%", "100%25"),
            ("", "%"),
            ("a\0\n", "a%00%0A"),
        ] {
            assert_eq!(to_file(name), file);
            assert_eq!(from_file(file), name);
        }
    }
}
