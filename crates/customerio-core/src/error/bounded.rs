//! Text of a server or a caller within a message of ours.

use std::fmt::{self, Write as _};

use crate::unseen::is_unseen;

/// Text that is not ours, made fit for a log: at most 300 characters, and escaped what cannot be seen, such as what ends a
/// line or turns the direction of the text.
pub(crate) struct Bounded<'a>(pub(crate) &'a str);

impl fmt::Display for Bounded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 300;
        let mut left = MOST;
        for character in self.0.chars() {
            // An escape is several characters: what counts is what is written.
            let length = if is_unseen(character) { character.escape_default().len() } else { 1 };
            if length > left {
                return f.write_str("…");
            }
            left -= length;
            if is_unseen(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unseen_in_a_message_is_escaped() {
        for (message, expected) in [
            ("a\n\t\u{1b}[31m\u{7f}\u{85}", r"a\n\t\u{1b}[31m\u{7f}\u{85}"),
            ("a\u{2028}b\u{2029}c", r"a\u{2028}b\u{2029}c"),
            ("\u{202e}txt\u{2066}\u{200f}", r"\u{202e}txt\u{2066}\u{200f}"),
            ("\u{61c}\u{200b}\u{2060}\u{feff}\u{ad}\u{e0041}", r"\u{61c}\u{200b}\u{2060}\u{feff}\u{ad}\u{e0041}"),
            ("\u{e000}\u{fdd0}\u{2065}\u{10ffff}", r"\u{e000}\u{fdd0}\u{2065}\u{10ffff}"),
            ("é 日本 🦀 \u{2013} \u{a0}", "é 日本 🦀 \u{2013} \u{a0}"),
        ] {
            assert_eq!(Bounded(message).to_string(), expected);
        }
    }

    #[test]
    fn a_message_is_shown_whole_up_to_its_bound() {
        let (most, more) = ("x".repeat(300), "x".repeat(301));
        assert_eq!(Bounded(&most).to_string(), most);
        assert_eq!(Bounded(&more).to_string(), format!("{most}…"));
    }

    #[test]
    fn escapes_count_as_they_are_written() {
        assert_eq!(Bounded(&"\u{80}".repeat(300)).to_string(), r"\u{80}".repeat(50) + "…");
    }
}
