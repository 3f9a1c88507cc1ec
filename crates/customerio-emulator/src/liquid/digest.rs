//! Digests that templates can ask for. None of them keeps a secret here: they only fill messages.

use std::fmt::Write;

/// A function from bytes to their digest.
pub(crate) type Digest = fn(&[u8]) -> Vec<u8>;

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The HMAC of a message, of a digest that works on blocks of 64 bytes.
pub(crate) fn hmac(digest: Digest, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > 64 { digest(key) } else { key.to_vec() };
    block.resize(64, 0);
    let padded =
        |pad: u8, rest: &[u8]| -> Vec<u8> { block.iter().map(|byte| byte ^ pad).chain(rest.iter().copied()).collect() };
    digest(&padded(0x5c, &digest(&padded(0x36, message))))
}

/// A message as blocks of 16 words, with its end marked and its length behind.
fn blocks(message: &[u8], big: bool) -> Vec<[u32; 16]> {
    let mut bytes = message.to_vec();
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    let bits = (message.len() as u64).wrapping_mul(8);
    let length = if big { bits.to_be_bytes() } else { bits.to_le_bytes() };
    let word = if big { u32::from_be_bytes } else { u32::from_le_bytes };
    bytes.extend(length);
    let words: Vec<u32> = bytes.chunks_exact(4).map(|four| word([four[0], four[1], four[2], four[3]])).collect();
    words.chunks_exact(16).filter_map(|words| words.try_into().ok()).collect()
}

fn whole<const N: usize>(state: [u32; N], bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    state.into_iter().flat_map(bytes).collect()
}

/// MD5, of RFC 1321.
pub(crate) fn md5(message: &[u8]) -> Vec<u8> {
    const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let sines: [u32; 64] = std::array::from_fn(|at| {
        let at = u32::try_from(at + 1).unwrap_or(0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the table is the whole part, below 2^32"
        )]
        {
            (f64::from(at).sin().abs() * 4_294_967_296.0) as u32
        }
    });
    let mut state: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in blocks(message, false) {
        let [mut a, mut b, mut c, mut d] = state;
        for at in 0..64 {
            let (mix, word) = match at / 16 {
                0 => ((b & c) | (!b & d), at),
                1 => ((d & b) | (!d & c), 5 * at + 1),
                2 => (b ^ c ^ d, 3 * at + 5),
                _ => (c ^ (b | !d), 7 * at),
            };
            let sum = a.wrapping_add(mix).wrapping_add(sines[at]).wrapping_add(block[word % 16]);
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(TURNS[at / 16][at % 4]));
        }
        state =
            [state[0].wrapping_add(a), state[1].wrapping_add(b), state[2].wrapping_add(c), state[3].wrapping_add(d)];
    }
    whole(state, u32::to_le_bytes)
}

/// SHA-1, of RFC 3174.
#[expect(clippy::many_single_char_names, reason = "they are the names of the standard")]
pub(crate) fn sha1(message: &[u8]) -> Vec<u8> {
    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in blocks(message, true) {
        let mut words = block.to_vec();
        for at in 16..80 {
            words.push((words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (at, word) in words.iter().enumerate() {
            let (mix, constant) = match at / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let sum = a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
        for (state, new) in state.iter_mut().zip([a, b, c, d, e]) {
            *state = state.wrapping_add(new);
        }
    }
    whole(state, u32::to_be_bytes)
}

/// The first 32 bits behind the point of a root of each of the first primes.
fn roots<const N: usize>(root: fn(u64) -> u64) -> [u32; N] {
    let mut primes = (2_u64..).filter(|number| (2..*number).all(|divisor| number % divisor != 0));
    #[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are what is asked for")]
    std::array::from_fn(|_| root(primes.next().unwrap_or(2)) as u32)
}

/// The largest number whose power is at most this one.
fn whole_root(of: u128, power: u32) -> u64 {
    let (mut low, mut high) = (0_u64, 1 << 36);
    while low + 1 < high {
        let middle = low.midpoint(high);
        if u128::from(middle).pow(power) <= of { low = middle } else { high = middle }
    }
    low
}

/// SHA-256, of FIPS 180-4.
#[expect(clippy::many_single_char_names, reason = "they are the names of the standard")]
pub(crate) fn sha256(message: &[u8]) -> Vec<u8> {
    let constants: [u32; 64] = roots(|prime| whole_root(u128::from(prime) << 96, 3));
    let mut state: [u32; 8] = roots(|prime| whole_root(u128::from(prime) << 64, 2));
    for block in blocks(message, true) {
        let mut words = block.to_vec();
        for at in 16..64 {
            let (near, far) = (words[at - 2], words[at - 15]);
            let near = near.rotate_right(17) ^ near.rotate_right(19) ^ (near >> 10);
            let far = far.rotate_right(7) ^ far.rotate_right(18) ^ (far >> 3);
            words.push(near.wrapping_add(words[at - 7]).wrapping_add(far).wrapping_add(words[at - 16]));
        }
        let mut now = state;
        for (word, constant) in words.iter().zip(constants) {
            let [a, b, c, d, e, f, g, h] = now;
            let mix = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let one = h.wrapping_add(mix).wrapping_add((e & f) ^ (!e & g)).wrapping_add(constant).wrapping_add(*word);
            let two =
                (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add((a & b) ^ (a & c) ^ (b & c));
            now = [one.wrapping_add(two), a, b, c, d.wrapping_add(one), e, f, g];
        }
        for (state, new) in state.iter_mut().zip(now) {
            *state = state.wrapping_add(new);
        }
    }
    whole(state, u32::to_be_bytes)
}
