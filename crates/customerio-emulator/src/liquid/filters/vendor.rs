//! What only the service has, beside money: random things, words, and lists.

use super::{
    super::{
        js::{number, plain},
        problem::Problem,
        value::Value,
    },
    call::Call,
};

/// The end of a random number's range, from what a template says.
///
/// # Errors
///
/// It is no whole number from 1 on.
pub(crate) fn limit(number: f64) -> Result<u32, Problem> {
    let whole = number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a whole number in the range")]
    whole.then_some(number as u32).ok_or_else(|| Problem::syntax("`random` takes a whole number from 1 on: write one"))
}

/// A whole number from 0, below the value.
pub(crate) fn random(call: &Call<'_>) -> Result<Value, Problem> {
    let limit = limit(number(&plain(call.value), call.budget)?)?;
    Ok(Value::Number(f64::from(fastrand::u32(..limit))))
}

/// A random UUID, version 4.
pub(crate) fn uuid() -> String {
    let mut digits = format!("{:032x}", fastrand::u128(..));
    digits.replace_range(12..13, "4");
    digits.replace_range(16..17, ["8", "9", "a", "b"][fastrand::usize(..4)]);
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

/// A number and the word for it: the first for one, the second for others.
pub(crate) fn pluralize(call: &Call<'_>) -> Result<Value, Problem> {
    let count = number(&plain(call.value), call.budget)?;
    if count.is_nan() || call.arguments.len() != 2 {
        return Err(call.refused("takes a number and two words: write `| pluralize: \"item\", \"items\"`"));
    }
    #[expect(clippy::float_cmp, reason = "one is one")]
    let word = call.text_of(usize::from(count != 1.0))?;
    call.made(format!("{} {word}", call.text()?))
}

/// Each word with a large first letter.
pub(crate) fn titlecase(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let mut title = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        if inside {
            title.push(character);
        } else {
            title.extend(character.to_uppercase());
        }
        inside = !super::super::chars::is_space(character);
    }
    call.made(title)
}

/// Whether the value has a part, as the operator of this name.
pub(crate) fn contains(call: &Call<'_>) -> Result<Value, Problem> {
    super::super::compare::contains(call.value, call.argument(0), call.budget).map(Value::Bool)
}
