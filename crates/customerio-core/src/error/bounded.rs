//! A server's text within a message of ours.

use std::fmt::{self, Write as _};

/// A server's text, made fit for a log: at most 300 characters, and escaped what ends a line, turns the direction of the
/// text or does other things unseen.
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

/// Control characters, and those of Unicode that separate lines or turn the direction of the text.
fn is_unseen(character: char) -> bool {
    let turns_text = matches!(character, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns_text || matches!(character, '\u{2028}'..='\u{2029}')
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
            ("é 日本 🦀 \u{2013} \u{2065}", "é 日本 🦀 \u{2013} \u{2065}"),
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
