//! Filters of numbers and money as people of a place write them.

use super::{
    super::{
        js::{number, number_text, plain, stringify},
        problem::Problem,
        value::Value,
    },
    call::Call,
    numbers::rounded,
};

/// How a place writes numbers and money.
struct Locale {
    /// In lower case.
    name: &'static str,
    /// What is between groups of three digits.
    group: &'static str,
    point: &'static str,
    /// Digits that the first group must have, for there to be groups.
    first_group: usize,
    minus: &'static str,
    /// Money: `-` is the minus, `1` the amount, `$` the sign.
    money: &'static str,
    /// The signs of what is in [`CODES`].
    signs: [&'static str; 4],
    /// The money of the place; a language alone has none.
    own: Option<&'static str>,
}

const CODES: [&str; 4] = ["USD", "EUR", "GBP", "JPY"];

/// English of America, which the others differ from.
const ENGLISH: Locale = Locale {
    name: "en",
    group: ",",
    point: ".",
    first_group: 1,
    minus: "-",
    money: "-$1",
    signs: ["$", "€", "£", "¥"],
    own: Some("USD"),
};

/// English of elsewhere, which names the dollar's country.
const BRITISH: Locale = Locale { signs: ["US$", "€", "£", "JP¥"], own: Some("GBP"), ..ENGLISH };

const JAPANESE: Locale = Locale { signs: ["$", "€", "£", "￥"], own: None, ..ENGLISH };

const GERMAN: Locale = Locale { group: ".", point: ",", money: "-1\u{a0}$", own: None, ..ENGLISH };

const FRENCH: Locale = Locale { group: "\u{202f}", signs: ["$US", "€", "£GB", "JPY"], ..GERMAN };

const SPANISH: Locale = Locale { first_group: 2, signs: ["US$", "€", "GBP", "JPY"], ..GERMAN };

const ITALIAN: Locale = Locale { first_group: 2, signs: ["USD", "€", "£", "JPY"], ..GERMAN };

const PORTUGUESE: Locale = Locale { signs: ["US$", "€", "£", "JP¥"], ..GERMAN };

const POLISH: Locale = Locale { group: "\u{a0}", signs: ["USD", "€", "GBP", "JPY"], ..ITALIAN };

const SWEDISH: Locale = Locale { group: "\u{a0}", minus: "\u{2212}", signs: ["US$", "€", "GBP", "JPY"], ..GERMAN };

const LOCALES: [Locale; 24] = [
    ENGLISH,
    Locale { name: "en-us", ..ENGLISH },
    Locale { name: "en-gb", ..BRITISH },
    Locale { name: "en-ie", own: Some("EUR"), ..BRITISH },
    Locale { name: "ja", ..JAPANESE },
    Locale { name: "ja-jp", own: Some("JPY"), ..JAPANESE },
    Locale { name: "de", ..GERMAN },
    Locale { name: "de-de", own: Some("EUR"), ..GERMAN },
    Locale { name: "fr", ..FRENCH },
    Locale { name: "fr-fr", own: Some("EUR"), ..FRENCH },
    Locale { name: "es", ..SPANISH },
    Locale { name: "es-es", own: Some("EUR"), ..SPANISH },
    Locale { name: "it", ..ITALIAN },
    Locale { name: "it-it", own: Some("EUR"), ..ITALIAN },
    Locale { name: "nl", money: "$\u{a0}-1", ..PORTUGUESE },
    Locale { name: "nl-nl", money: "$\u{a0}-1", own: Some("EUR"), ..PORTUGUESE },
    Locale { name: "pt-pt", group: "\u{a0}", first_group: 2, own: Some("EUR"), ..PORTUGUESE },
    Locale { name: "pt-br", money: "-$\u{a0}1", ..PORTUGUESE },
    Locale { name: "da", ..PORTUGUESE },
    Locale { name: "da-dk", ..PORTUGUESE },
    Locale { name: "pl", ..POLISH },
    Locale { name: "pl-pl", ..POLISH },
    Locale { name: "sv", ..SWEDISH },
    Locale { name: "sv-se", ..SWEDISH },
];

fn locale(call: &Call<'_>) -> Result<&'static Locale, Problem> {
    let name = match plain(call.argument(0)) {
        Value::Undefined | Value::Null => "en".into(),
        name => stringify(&name, call.budget)?.to_ascii_lowercase(),
    };
    LOCALES.iter().find(|locale| locale.name == name).ok_or_else(|| unknown(call, "locale", &name))
}

fn unknown(call: &Call<'_>, what: &str, name: &str) -> Problem {
    Problem::unsupported(format!("the filter `{}` does not know the {what} `{name}` here: use another", call.name))
}

fn amount(call: &Call<'_>) -> Result<f64, Problem> {
    let amount = number(&plain(call.value), call.budget)?;
    if amount.abs() < 1e15 { Ok(amount) } else { Err(call.refused("takes a number below 10^15, which this is not")) }
}

/// A number in groups of three digits, with a minimum and a maximum of digits after the point.
fn written(amount: f64, least: usize, most: usize, locale: &Locale) -> String {
    let most_digits = [0.0, 1.0, 2.0, 3.0][most.min(3)];
    let text = number_text(rounded(amount.abs(), most_digits));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    let groups = whole.len() >= 3 + locale.first_group;
    for (at, digit) in whole.char_indices() {
        if groups && at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push_str(locale.group);
        }
        grouped.push(digit);
    }
    let fraction = format!("{fraction:0<least$}");
    if !fraction.is_empty() {
        grouped.push_str(locale.point);
    }
    grouped + &fraction
}

/// A number in groups, with at most three digits after the point.
pub(crate) fn format_number(call: &Call<'_>) -> Result<Value, Problem> {
    let (amount, locale) = (amount(call)?, locale(call)?);
    let minus = if amount < 0.0 { locale.minus } else { "" };
    call.made(format!("{minus}{}", written(amount, 0, 3, locale)))
}

pub(crate) fn currency(call: &Call<'_>) -> Result<Value, Problem> {
    money(call, 2)
}

/// An amount of money without a fraction.
pub(crate) fn rounded_currency(call: &Call<'_>) -> Result<Value, Problem> {
    money(call, 0)
}

fn money(call: &Call<'_>, digits: usize) -> Result<Value, Problem> {
    let (amount, locale) = (amount(call)?, locale(call)?);
    let code = match plain(call.argument(1)) {
        Value::Undefined | Value::Null => locale.own.ok_or_else(|| unknown(call, "currency of", locale.name))?.into(),
        code => stringify(&code, call.budget)?.to_ascii_uppercase(),
    };
    let at = CODES.iter().position(|known| *known == code).ok_or_else(|| unknown(call, "currency", &code))?;
    let digits = if code == "JPY" { 0 } else { digits };
    let (minus, number) = (if amount < 0.0 { locale.minus } else { "" }, written(amount, digits, digits, locale));
    let parts = locale.money.chars().map(|part| match part {
        '-' => minus.to_owned(),
        '1' => number.clone(),
        '$' => locale.signs[at].to_owned(),
        space => space.to_string(),
    });
    call.made(parts.collect::<String>())
}
