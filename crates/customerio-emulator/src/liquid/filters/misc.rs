//! Filters of any value.

use super::{
    super::{
        js::{falsy, number, plain, truthy},
        json::json as to_json,
        problem::Problem,
        property,
        value::Value,
    },
    call::Call,
};

/// The value, or a default for what is missing, false or empty; `allow_false: true` keeps `false`.
pub(crate) fn default(call: &Call<'_>) -> Result<Value, Problem> {
    let value = plain(call.value);
    let missing = match &value {
        Value::Text(text) => text.is_empty(),
        Value::Array(array) => array.items.is_empty(),
        Value::Bool(false) => !allows_false(call)?,
        value => falsy(value),
    };
    Ok(if missing { call.argument(0).clone() } else { value })
}

fn allows_false(call: &Call<'_>) -> Result<bool, Problem> {
    let mut allows = false;
    for argument in call.arguments.iter().skip(1) {
        if !matches!(
            argument,
            Value::Array(_) | Value::Object(_) | Value::Nil | Value::Empty | Value::Blank | Value::Loop(_)
        ) {
            return Err(call.refused("takes one value, and `allow_false`: remove the others"));
        }
        let member = |name: &str| property::own(argument, name, call.budget);
        if matches!(member("0")?, Some(Value::Text(name)) if &*name == "allow_false") {
            allows = member("1")?.is_some_and(|allow| truthy(&allow));
        }
    }
    Ok(allows)
}

pub(crate) fn json(call: &Call<'_>) -> Result<Value, Problem> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is held between 0 and 10")]
    let indent = match call.argument(0) {
        Value::Number(spaces) => " ".repeat(spaces.clamp(0.0, 10.0) as usize),
        Value::Text(indent) => {
            let mut units = 0;
            indent
                .chars()
                .take_while(|character| {
                    units += character.len_utf16();
                    units <= 10
                })
                .collect()
        }
        _ => String::new(),
    };
    match to_json(call.value, &indent, call.budget)? {
        Some(json) => call.made(json),
        None => Ok(Value::Undefined),
    }
}

/// The value of a text that is JSON.
pub(crate) fn from_json(call: &Call<'_>) -> Result<Value, Problem> {
    let json = serde_json::from_str(&call.text()?);
    let json = json.map_err(|error| call.refused(&format!("takes a text that is JSON, which this is not: {error}")))?;
    Value::from_json(&json)
}

#[expect(clippy::unnecessary_wraps, reason = "it is called as all filters are")]
pub(crate) fn raw(call: &Call<'_>) -> Result<Value, Problem> {
    Ok(call.value.clone())
}

pub(crate) fn to_integer(call: &Call<'_>) -> Result<Value, Problem> {
    number(&plain(call.value), call.budget).map(Value::Number)
}
