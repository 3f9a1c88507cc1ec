//! Filters of encodings and digests.

use std::fmt::Write as _;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{STANDARD as PADDED, URL_SAFE},
    },
};
use hmac::{EagerHash, Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{
    super::{problem::Problem, value::Value},
    call::Call,
};

/// Base64 with or without padding, whose last character may have bits to spare.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

pub(crate) fn base64_encode(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(PADDED.encode(&*call.text()?))
}

pub(crate) fn base64_decode(call: &Call<'_>) -> Result<Value, Problem> {
    decoded(call, &call.text()?)
}

fn decoded(call: &Call<'_>, text: &str) -> Result<Value, Problem> {
    let mut text: String =
        text.chars().filter(|character| !matches!(character, '\t' | '\n' | '\x0c' | '\r' | ' ')).collect();
    if text.len().is_multiple_of(4) {
        let kept = text.strip_suffix('=').map_or(text.len(), |text| text.strip_suffix('=').unwrap_or(text).len());
        text.truncate(kept);
    }
    let bytes = LENIENT.decode(text).map_err(|_| call.refused("takes base64, which this is not"))?;
    call.made(&*String::from_utf8_lossy(&bytes))
}

pub(crate) fn base64_url_safe_encode(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(URL_SAFE.encode(&*call.text()?))
}

pub(crate) fn base64_url_safe_decode(call: &Call<'_>) -> Result<Value, Problem> {
    decoded(call, &call.text()?.replace('-', "+").replace('_', "/"))
}

/// Base64 of bytes that are written in hexadecimal.
pub(crate) fn hex_base64(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0);
    let digits = digits.ok_or_else(|| call.refused("takes hexadecimal digits, two a byte, which this is not"))?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    call.made(PADDED.encode(bytes))
}

/// Bytes in hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn digested<D: Digest>(call: &Call<'_>) -> Result<Value, Problem> {
    call.budget.steps(16)?;
    call.made(hex(&D::digest(call.text()?.as_bytes())))
}

pub(crate) fn md5_hex(call: &Call<'_>) -> Result<Value, Problem> {
    digested::<Md5>(call)
}

pub(crate) fn sha1_hex(call: &Call<'_>) -> Result<Value, Problem> {
    digested::<Sha1>(call)
}

pub(crate) fn sha256_hex(call: &Call<'_>) -> Result<Value, Problem> {
    digested::<Sha256>(call)
}

fn keyed<D: EagerHash>(call: &Call<'_>) -> Result<Value, Problem> {
    call.budget.steps(48)?;
    let key = call.text_of(0)?;
    let mut mac =
        Hmac::<D>::new_from_slice(key.as_bytes()).map_err(|_| call.refused("takes a key of another length"))?;
    mac.update(call.text()?.as_bytes());
    call.made(hex(&mac.finalize().into_bytes()))
}

pub(crate) fn hmac_sha1(call: &Call<'_>) -> Result<Value, Problem> {
    keyed::<Sha1>(call)
}

pub(crate) fn hmac_sha256(call: &Call<'_>) -> Result<Value, Problem> {
    keyed::<Sha256>(call)
}
