//! Characters that are there and cannot be seen: text that has no others is as good as none, and a message of ours shows
//! them escaped.

use crate::{BuildError, BuildErrorKind};

/// Whether a character leaves nothing on the screen, or controls how others are shown: control characters, and what
/// Unicode (version 16) calls format characters, default ignorable characters, and separators of lines and of
/// paragraphs.
pub(crate) const fn is_invisible(character: char) -> bool {
    let is_format = matches!(
        character,
        '\u{ad}'                           // soft hyphen
            | '\u{34f}'                    // combining grapheme joiner
            | '\u{600}'..='\u{605}'        // signs before Arabic numbers
            | '\u{61c}'                    // Arabic letter mark
            | '\u{6dd}'                    // end of ayah
            | '\u{70f}'                    // Syriac abbreviation mark
            | '\u{890}'..='\u{891}'        // Arabic pound and piastre marks
            | '\u{8e2}'                    // disputed end of ayah
            | '\u{115f}'..='\u{1160}'      // Hangul fillers
            | '\u{17b4}'..='\u{17b5}'      // Khmer inherent vowels
            | '\u{180b}'..='\u{180f}'      // Mongolian vowel separator and variation selectors
            | '\u{200b}'..='\u{200f}'      // zero width space and joiners, marks of direction
            | '\u{2028}'..='\u{202e}'      // separators, embeddings and overrides of direction
            | '\u{2060}'..='\u{206f}'      // word joiner, invisible operators, isolates
            | '\u{3164}' | '\u{ffa0}'      // Hangul fillers
            | '\u{fe00}'..='\u{fe0f}'      // variation selectors
            | '\u{feff}'                   // byte order mark
            | '\u{fff0}'..='\u{fffb}'      // interlinear annotation
            | '\u{110bd}' | '\u{110cd}'    // Kaithi number signs
            | '\u{13430}'..='\u{1343f}'    // joiners of Egyptian hieroglyphs
            | '\u{1bca0}'..='\u{1bca3}'    // format controls of shorthand
            | '\u{1d173}'..='\u{1d17a}'    // format controls of musical symbols
            | '\u{e0000}'..='\u{e0fff}'    // tags and more variation selectors
    );
    character.is_ascii_control() || matches!(character, '\u{80}'..='\u{9f}') || is_format
}

/// Whether a character must be escaped to be seen: it is invisible, or what it shows is up to the reader, as with private
/// use and with what Unicode says is no character.
pub(crate) const fn is_unseen(character: char) -> bool {
    let is_no_character = matches!(character, '\u{fdd0}'..='\u{fdef}') || character as u32 & 0xfffe == 0xfffe;
    let is_private = matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    is_invisible(character) || is_no_character || is_private
}

/// Whether there is nothing to see in `text`. Its first character usually decides.
#[inline]
pub(crate) fn is_blank(text: &str) -> bool {
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && are_blank(text)
}

#[cold]
fn are_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || is_invisible(character))
}

/// Refuses text with nothing to see in it: usually a field that was left empty, or an empty column of a file.
#[inline]
pub(crate) fn check_visible(what: &'static str, text: &str) -> Result<(), BuildError> {
    if is_blank(text) { Err(blank(what, text)) } else { Ok(()) }
}

/// Refuses text with a line break or another control character: in a header of an e-mail it would begin a header of its
/// own, or end them.
pub(crate) fn check_line(what: &'static str, text: &str) -> Result<(), BuildError> {
    // Bytes that are a control character, or may begin one; without a branch for each, because usually there are none.
    let may_be = |byte: u8| usize::from(byte < b' ') + usize::from(byte == 0x7f) + usize::from(byte == 0xc2);
    if text.bytes().map(may_be).sum::<usize>() == 0 {
        return Ok(());
    }
    let Some((position, _)) = text.char_indices().find(|(_, character)| character.is_control()) else { return Ok(()) };
    let problem = format!("it has a line break or another control character at byte {position}");
    Err(BuildError::new(what, BuildErrorKind::Invalid(problem.into())))
}

/// [`check_line`] of those of the texts that are there.
#[inline]
pub(crate) fn check_lines<'a>(
    texts: impl IntoIterator<Item = (&'static str, Option<&'a str>)>,
) -> Result<(), BuildError> {
    texts.into_iter().try_for_each(|(what, text)| text.map_or(Ok(()), |text| check_line(what, text)))
}

/// The error about text that is blank.
#[cold]
pub(crate) fn blank(what: &'static str, text: &str) -> BuildError {
    BuildError::new(what, if text.is_empty() { BuildErrorKind::Empty } else { BuildErrorKind::Blank })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_nothing_to_see_is_refused_for_what_it_is() {
        let refused = |text| check_visible("the id", text).err().map(|error| error.to_string());
        assert_eq!(refused("").unwrap(), "the id is empty");
        for text in [
            " ",
            "\t",
            "\r\n",
            "\0\0",
            "\u{a0}\u{3000}",
            "\u{feff}",
            "\u{200b} \u{2060}",
            "\u{ad}",
            "\u{e0041}",
            "\u{3164}",
        ] {
            assert_eq!(refused(text).unwrap(), "the id has only whitespace or invisible characters", "{text:?}");
        }
        for text in ["a", " a ", "\u{feff}a", "é", "\0 1", "\u{e000}", "0", "👩\u{200d}🚀"] {
            assert_eq!(refused(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_line_has_no_control_characters() {
        for (text, position) in
            [("a\r\nBcc: b", 1), ("\n", 0), ("é\0", 2), ("a\tb", 1), ("a\u{85}b", 1), ("a\u{7f}", 1)]
        {
            let error = check_line("the subject", text).unwrap_err().to_string();
            let expected = "the subject is not valid: it has a line break or another control character at byte";
            assert_eq!(error, format!("{expected} {position}"));
        }
        for text in ["", "Hi", "\u{202b}שלום", "{{ trigger.subject }}", "a\u{a0}b"] {
            assert_eq!(check_line("the subject", text), Ok(()));
        }
    }

    #[test]
    fn what_is_unseen_is_all_that_does_not_print_and_no_more() {
        for character in
            "\0\n\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{202e}\u{2029}\u{2060}\u{2065}\u{2069}\u{feff}\u{fffb}\u{e0041}"
                .chars()
        {
            assert!(is_invisible(character) && is_unseen(character), "{character:?}");
        }
        for character in "\u{e000}\u{f8ff}\u{fdd0}\u{fffe}\u{1ffff}\u{f0000}\u{10ffff}".chars() {
            assert!(!is_invisible(character) && is_unseen(character), "{character:?}");
        }
        for character in " ~\u{a0}\u{a1}éßЖ日🦀\u{2010}\u{2027}\u{202f}\u{2070}\u{fefe}\u{fffd}\u{1f98a}".chars()
        {
            assert!(!is_unseen(character), "{character:?}");
        }
    }
}
