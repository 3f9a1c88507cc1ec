//! Addresses of e-mails as their headers write them: with display names, in lists, and with Liquid.

use crate::contract::shape::Shape;

/// One address, which may have a display name; or Liquid that becomes one.
pub(crate) const MAILBOX: Shape = Shape::Rule("an e-mail address", is_mailbox);

/// Addresses with commas between them, of which there is at least one.
pub(crate) const MAILBOXES: Shape =
    Shape::Rule("e-mail addresses, or Liquid", |list| mailboxes(list).next().is_some() && are_mailboxes(list));

/// Addresses with commas between them, or nothing.
pub(crate) const MAILBOXES_OR_NONE: Shape = Shape::Rule("e-mail addresses, or Liquid", are_mailboxes);

/// The addresses of a list. A comma in quotes belongs to a display name, one in angle brackets to a route, and one in
/// Liquid to that.
pub(crate) fn mailboxes(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    let next = move || {
        let (first, others) = rest.split_at_checked(length_of_first(rest))?;
        rest = others.strip_prefix(',').unwrap_or_default();
        (!first.is_empty() || !others.is_empty()).then_some(first)
    };
    std::iter::from_fn(next).map(str::trim).filter(|mailbox| !mailbox.is_empty())
}

/// How many bytes there are before the comma that ends the first address. What does not end, such as a quote, goes on to
/// the end.
fn length_of_first(list: &str) -> usize {
    let mut at = 0;
    while let Some((_, rest)) = list.split_at_checked(at)
        && let Some(character) = rest.chars().next()
    {
        let through = |end: &str| rest.find(end).map_or(rest.len(), |found| found + end.len());
        at += match character {
            ',' => break,
            '"' => length_of_quoted(rest),
            '<' => through(">"),
            '{' if rest.starts_with("{{") => through("}}"),
            '{' if rest.starts_with("{%") => through("%}"),
            _ => character.len_utf8(),
        };
    }
    at
}

/// How many bytes a text in quotes has, with both of them. A backslash takes its meaning from the next character.
fn length_of_quoted(text: &str) -> usize {
    let mut escaped = false;
    let is_end = |(at, character): &(usize, char)| {
        let ends = *character == '"' && *at > 0 && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    };
    text.char_indices().find(is_end).map_or(text.len(), |(at, _)| at + 1)
}

fn are_mailboxes(list: &str) -> bool {
    mailboxes(list).all(is_mailbox)
}

/// What Liquid becomes is not known before a message is made.
fn is_mailbox(text: &str) -> bool {
    if text.contains("{{") || text.contains("{%") {
        return true;
    }
    let text = text.trim();
    // A line break would begin a header of its own.
    if text.contains(char::is_control) {
        return false;
    }
    let address = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((_, address)) => address.rsplit_once(':').filter(|_| address.starts_with('@')).map_or(address, |it| it.1),
        None if text.contains(['<', '>']) => return false,
        None => text,
    };
    is_address(address)
}

/// Whether it is one address: two with another separator than a comma are none. What is before its `@` can be in quotes,
/// and have any characters then (RFC 5322, section 3.4.1).
fn is_address(text: &str) -> bool {
    let quoted = text.starts_with('"').then(|| length_of_quoted(text)).filter(|length| *length > 2);
    let (local, domain) = text.split_at(quoted.or_else(|| text.find('@')).unwrap_or_default());
    let domain = domain.strip_prefix('@').unwrap_or_default();
    (quoted.is_some() || is_part(local)) && is_part(domain)
}

/// Whether it can be before or after the `@` of an address.
fn is_part(text: &str) -> bool {
    let separates = |character: char| character.is_whitespace() || matches!(character, '@' | ',' | ';' | '"');
    !text.is_empty() && !text.contains(separates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_separates_nothing_in_quotes_brackets_or_liquid() {
        for (list, expected) in [
            ("", &[][..]),
            (" , ", &[]),
            ("a@b", &["a@b"]),
            ("a@b,c@d", &["a@b", "c@d"]),
            (" a@b , c@d , ", &["a@b", "c@d"]),
            (r#""Lovelace, Ada" <a@b>, c@d"#, &[r#""Lovelace, Ada" <a@b>"#, "c@d"]),
            (r#""A \", B" <a@b>"#, &[r#""A \", B" <a@b>"#]),
            (r#""A\\", "B" <a@b>"#, &[r#""A\\""#, r#""B" <a@b>"#]),
            (r#""Ada" <@x.org,@y.org:a@b>,c@d"#, &[r#""Ada" <@x.org,@y.org:a@b>"#, "c@d"]),
            (r#"{{ customer.email | default: "a, b" }},c@d"#, &[r#"{{ customer.email | default: "a, b" }}"#, "c@d"]),
            ("{% if a > 1, 2 %}a@b{% endif %}, c@d", &["{% if a > 1, 2 %}a@b{% endif %}", "c@d"]),
            ("{a,b}", &["{a", "b}"]),
            ("é,ü", &["é", "ü"]),
            // What does not end.
            (r#""Ada <a@b>, c@d"#, &[r#""Ada <a@b>, c@d"#]),
            ("<a@b, c@d", &["<a@b, c@d"]),
            ("{{ a, c@d", &["{{ a, c@d"]),
        ] {
            assert_eq!(mailboxes(list).collect::<Vec<_>>(), expected, "{list}");
        }
    }

    #[test]
    fn a_mailbox_has_an_address_or_liquid() {
        for good in [
            "a@b",
            " a@b ",
            "<a@b>",
            "Ada <a@b>",
            r#""Ada, L." <a@b>"#,
            "A <@x,@y:a@b>",
            r#""a, b"@c"#,
            r#"A <"a@b \" c"@d>"#,
            "ada+tag@b.example",
            "ä@ü.example",
            "{{customer.email}}",
            "{% if a %}",
        ] {
            assert!(is_mailbox(good), "{good}");
        }
        for bad in ["", "ada", "Ada <ada>", "Ada <>", "a b@c", "a@b>", "<a@b> Ada", "5551234567", "A <@x:ada>"] {
            assert!(!is_mailbox(bad), "{bad}");
        }
        for bad in [
            "a@b;c@d",
            "a@b@c",
            "a;b@c",
            "a@",
            "@b",
            r#""a@b"#,
            r#"""@b"#,
            r#""a"b@c"#,
            r#""a""#,
            r#"a"b@c"#,
            "a\nb@c",
            "\"a\r\nb\" <a@b>",
        ] {
            assert!(!is_mailbox(bad), "{bad}");
        }
    }
}
