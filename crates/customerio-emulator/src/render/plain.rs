//! HTML as plain text, and the links in it. A reader of e-mails does more; this is for a look at what was sent.

/// Most characters of a preview.
const MOST_PREVIEW: usize = 100;

/// Elements whose text nobody sees.
const HIDDEN: [&str; 5] = ["head", "script", "style", "template", "title"];

/// Elements that begin a line.
const BLOCKS: [&str; 19] = [
    "address",
    "article",
    "blockquote",
    "br",
    "div",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "p",
    "section",
    "table",
    "tr",
];

/// Where a text goes.
trait Sink {
    /// Takes a character. Returns whether there is room for more.
    fn take(&mut self, character: char) -> bool;
}

/// The first words of a text, which may be HTML, on one line.
pub(crate) fn preview(text: &str, is_html: bool) -> String {
    let mut words = Words { text: String::new(), left: MOST_PREVIEW, is_apart: false };
    if is_html {
        write_text(text, &mut words);
    } else {
        let _ = text.chars().all(|character| words.take(character));
    }
    words.text
}

/// Words with one blank between each two, up to a length.
struct Words {
    text: String,
    left: usize,
    is_apart: bool,
}

impl Sink for Words {
    fn take(&mut self, character: char) -> bool {
        if character.is_whitespace() {
            self.is_apart = !self.text.is_empty();
            return true;
        }
        if self.left == 0 {
            self.text.push('…');
            return false;
        }
        if std::mem::take(&mut self.is_apart) {
            self.text.push(' ');
        }
        self.text.push(character);
        self.left -= 1;
        true
    }
}

/// HTML as plain text: a line for each block, with one empty line between two at most.
#[cfg(feature = "control")]
pub(crate) fn text_of(html: &str) -> String {
    let mut lines = Lines { text: String::new(), breaks: 0, is_apart: false };
    write_text(html, &mut lines);
    lines.text
}

#[cfg(feature = "control")]
struct Lines {
    text: String,
    breaks: usize,
    is_apart: bool,
}

#[cfg(feature = "control")]
impl Sink for Lines {
    fn take(&mut self, character: char) -> bool {
        match character {
            '\n' => self.breaks += 1,
            blank if blank.is_whitespace() => self.is_apart = true,
            _ => {
                if self.breaks > 0 && !self.text.is_empty() {
                    self.text.push_str(if self.breaks > 2 { "\n\n" } else { "\n" });
                } else if self.is_apart && !self.text.is_empty() {
                    self.text.push(' ');
                }
                (self.breaks, self.is_apart) = (0, false);
                self.text.push(character);
            }
        }
        true
    }
}

/// Writes what is seen of HTML: a line break where a block begins or ends, and a blank for any other white space.
fn write_text(html: &str, sink: &mut impl Sink) {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if !write_characters(&rest[..start], sink) {
            return;
        }
        let (tag, after) = split_tag(&rest[start..]);
        rest = after;
        let Some(tag) = tag else {
            if !sink.take('<') {
                return;
            }
            continue;
        };
        let name = tag_name(tag);
        if !tag.starts_with('/') && HIDDEN.iter().any(|hidden| name.eq_ignore_ascii_case(hidden)) {
            rest = after_end(after, name);
        } else if BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block)) && !sink.take('\n') {
            return;
        }
    }
    write_characters(rest, sink);
}

/// What is in the tag at the beginning of a text, and what comes after it. A `<` that begins none is one character.
fn split_tag(text: &str) -> (Option<&str>, &str) {
    if let Some(comment) = text.strip_prefix("<!--") {
        return (Some("!"), comment.find("-->").map_or("", |end| &comment[end + 3..]));
    }
    let is_tag = text[1..].starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '!' | '?'));
    if !is_tag {
        return (None, &text[1..]);
    }
    // A `>` in quotes ends no tag.
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'>') => return (Some(&text[1..at]), &text[at + 1..]),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    (Some(&text[1..]), "")
}

fn tag_name(tag: &str) -> &str {
    let tag = tag.trim_start_matches('/');
    let end = tag.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(tag.len());
    &tag[..end]
}

/// What comes after the end tag of an element.
fn after_end<'t>(text: &'t str, name: &str) -> &'t str {
    let ends = text.match_indices("</").map(|(at, _)| at);
    let is_end = |at: &usize| text[at + 2..].get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
    match ends.into_iter().find(is_end) {
        Some(at) => text[at..].find('>').map_or("", |end| &text[at + end + 1..]),
        None => "",
    }
}

/// Writes text without tags. Returns whether there is room for more.
fn write_characters(text: &str, sink: &mut impl Sink) -> bool {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let (character, length) = match character {
            '&' => entity(rest).unwrap_or(('&', 1)),
            blank if blank.is_whitespace() && blank != '\u{a0}' => (' ', blank.len_utf8()),
            other => (other, other.len_utf8()),
        };
        if !sink.take(character) {
            return false;
        }
        rest = &rest[length..];
    }
    true
}

/// The character that a reference at the beginning of a text means, and the length of the reference.
fn entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "zwnj" => '\u{200c}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        "pound" => '£',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bull" => '•',
        "middot" => '·',
        "times" => '×',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        "ntilde" => 'ñ',
        _ => {
            let number = name.strip_prefix('#')?;
            let hexadecimal = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hexadecimal.unwrap_or_else(|| number.parse()).ok()?)?
        }
    };
    Some((character, end + 1))
}

/// Most links of a message that are listed.
#[cfg(feature = "control")]
const MOST_LINKS: usize = 1_000;

/// The absolute URLs that tags of HTML have in `href`, each once, in the order of the text.
#[cfg(feature = "control")]
pub(crate) fn links(html: &str) -> Vec<String> {
    let (mut links, mut known) = (Vec::new(), std::collections::HashSet::new());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (tag, after) = split_tag(&rest[start..]);
        rest = after;
        let Some(link) = tag.and_then(|tag| attribute(tag, "href")) else { continue };
        let link = unescaped(link.trim());
        let scheme = link.split(':').next().filter(|scheme| scheme.len() < link.len()).unwrap_or_default();
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        };
        if is_scheme(scheme) && links.len() < MOST_LINKS && known.insert(link.clone()) {
            links.push(link);
        }
    }
    links
}

/// The value of an attribute of a tag.
#[cfg(feature = "control")]
fn attribute<'t>(tag: &'t str, wanted: &str) -> Option<&'t str> {
    let mut rest = &tag[tag_name(tag).len().min(tag.len())..];
    loop {
        rest = rest.trim_start_matches(|character: char| character.is_whitespace() || character == '/');
        let end = rest.find(|character: char| character.is_whitespace() || matches!(character, '=' | '/'));
        let name = &rest[..end.unwrap_or(rest.len())];
        rest = rest[name.len()..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            if rest.is_empty() {
                return None;
            }
            continue;
        };
        let after = after.trim_start();
        let (value, left) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = left;
    }
}

/// The value of an attribute without references.
#[cfg(feature = "control")]
fn unescaped(text: &str) -> String {
    struct All(String);
    impl Sink for All {
        fn take(&mut self, character: char) -> bool {
            self.0.push(character);
            true
        }
    }
    let mut all = All(String::new());
    write_characters(text, &mut all);
    all.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_shown_as_its_words() {
        let html = "<html><head><title>T</title><style>p > a { x: '<b>' }</style></head><!-- <p>no</p> --><body>\
            <h1>Your&nbsp;order</h1>\n  <p>Thank you,\n <b>Ada</b> &amp; co &#8212; 3 < 4 &unknown;</p><div><p>Bye</p></div>\
            <script>var a = \"</p>\";</script></body></html>";
        assert_eq!(preview(html, true), "Your order Thank you, Ada & co — 3 < 4 &unknown; Bye");
        assert_eq!(preview("Hi\n\n  there", false), "Hi there");
        assert_eq!(preview(&"é ".repeat(300), false).chars().filter(|c| *c == 'é').count(), MOST_PREVIEW);
        assert!(preview(&"é ".repeat(300), false).ends_with("é…"));
        #[cfg(feature = "control")]
        assert_eq!(text_of(html), "Your order\nThank you, Ada & co — 3 < 4 &unknown;\n\nBye");
        for odd in ["<", "<a", "<a href='", "</", "<!", "<!--", "<style>", "&", "&#x110000;", "<a><", "a<3", "<é>"] {
            preview(odd, true);
            #[cfg(feature = "control")]
            assert!(links(odd).is_empty() && text_of(odd).len() <= odd.len());
        }
    }

    #[cfg(feature = "control")]
    #[test]
    fn links_are_absolute_and_each_is_listed_once() {
        let html = r#"<a class=x data-href="https://no" href="https://example.com/?a=1&amp;b=2">x</a><a href='/relative'>
            <A HREF = mailto:ada@example.com>y</A><link rel="x" href="https://example.com/app.css"/><a href="app://1">
            <a href="https://example.com/?a=1&b=2"><a href="no scheme: at all"><img src="https://example.com/i.png"><a
            title="a > b" href="https://example.com/late">"#;
        let expected = [
            "https://example.com/?a=1&b=2",
            "mailto:ada@example.com",
            "https://example.com/app.css",
            "app://1",
            "https://example.com/late",
        ];
        assert_eq!(links(html), expected);
    }

    /// A text that is made to take long takes no longer than others.
    #[test]
    fn the_time_is_linear() {
        for odd in ["<", "<a ", "</", "<style></styl>", "&", "<!--", "<a href=", "<p \"", "<script"] {
            let text = odd.repeat(1_000_000 / odd.len());
            let started = std::time::Instant::now();
            preview(&format!("<p>{text}"), true);
            #[cfg(feature = "control")]
            assert!(links(&text).len() <= 1 && text_of(&text).len() <= text.len());
            assert!(started.elapsed().as_secs() < 5, "{odd}");
        }
    }
}
