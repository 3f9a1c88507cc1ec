//! Which characters are letters, marks or digits, as far as slugs need it.

use super::problem::Problem;

/// Whether a character is a letter, a mark or a decimal digit.
///
/// # Errors
///
/// It is of a script whose characters are not known here.
pub(crate) fn is_letter(character: char) -> Result<bool, Problem> {
    match character {
        '\0'..='\x7f' => Ok(character.is_ascii_alphanumeric()),
        '\u{80}'..='\u{2af}' => Ok(character.is_alphabetic()),
        // Marks, Chinese characters and Korean syllables.
        '\u{300}'..='\u{36f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        // Hiragana and katakana.
        | '\u{3041}'..='\u{3096}' | '\u{3099}' | '\u{309a}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}' => Ok(true),
        // Greek and Cyrillic.
        '\u{370}'..='\u{52f}' => Ok(character.is_alphabetic() || matches!(character, '\u{483}'..='\u{489}')),
        // Punctuation, arrows, signs of mathematics and boxes, pictures.
        '\u{2000}'..='\u{206f}' | '\u{2190}'..='\u{245f}' | '\u{2500}'..='\u{2bff}' | '\u{3000}'..='\u{3004}'
        | '\u{1f000}'..='\u{1faff}' => Ok(false),
        other => Err(Problem::unsupported(format!(
            "a slug of `{other}` is not supported here: write \"ascii\", or Latin, Greek, Cyrillic, Chinese, Japanese or Korean letters"
        ))),
    }
}

/// A text whose Latin letters have no accents.
pub(crate) fn without_accents(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'à'..='å' => plain.push('a'),
            'æ' => plain.push_str("ae"),
            'ç' => plain.push('c'),
            'è'..='ë' => plain.push('e'),
            'ì'..='ï' => plain.push('i'),
            'ð' => plain.push('d'),
            'ñ' => plain.push('n'),
            'ò'..='ö' | 'ø' => plain.push('o'),
            'ù'..='ü' => plain.push('u'),
            'ý' | 'ÿ' => plain.push('y'),
            'ß' => plain.push_str("ss"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            'ẞ' => plain.push_str("SS"),
            'Œ' => plain.push_str("OE"),
            'Þ' => plain.push_str("TH"),
            other => plain.push(other),
        }
    }
    plain
}
