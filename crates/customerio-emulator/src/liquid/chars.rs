//! The classes of characters that the language knows.

/// Whether the language skips it between words: the white space of Unicode, less a few.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(character, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200a}')
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Whether a name may have it.
pub(crate) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '?')
    } else {
        !is_blank(character) && !matches!(character, '\u{201c}' | '\u{201d}')
    }
}

/// Whether filters that strip and squeeze take it as white space.
pub(crate) fn is_space(character: char) -> bool {
    character == '\u{feff}' || (is_blank(character) && character != '\u{180e}')
}

/// How many UTF-16 units a text has: the service counts those.
pub(crate) fn units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// Whether a text has characters that are two units.
pub(crate) fn has_pairs(text: &str) -> bool {
    text.chars().any(|character| character.len_utf16() == 2)
}

/// Where the unit at a place begins, or `None` behind the end.
///
/// `Some(Err(()))` is the half of a pair, which is no text.
pub(crate) fn unit(text: &str, at: usize) -> Option<Result<char, ()>> {
    if text.is_ascii() {
        return text.as_bytes().get(at).map(|byte| Ok(char::from(*byte)));
    }
    let mut place = 0;
    for character in text.chars() {
        if at < place + character.len_utf16() {
            return Some(if character.len_utf16() == 1 { Ok(character) } else { Err(()) });
        }
        place += character.len_utf16();
    }
    None
}
