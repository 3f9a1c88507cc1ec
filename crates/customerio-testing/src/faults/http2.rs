/// A frame of HTTP/2 (RFC 9113, section 6), for [`Action::Frame`](super::Action::Frame).
///
/// The first stream of a client is number 1, and the next is 3.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame {
    /// `SETTINGS` with these parameters, each a number and a value. A server begins with one.
    Settings(Vec<(u16, u32)>),
    /// `SETTINGS` with the flag `ACK`.
    SettingsAck,
    /// `HEADERS` with a status and no other field.
    Headers {
        /// The number of the stream.
        stream: u32,
        /// The status of the response.
        status: u16,
        /// Whether nothing follows on the stream.
        last: bool,
    },
    /// `DATA`.
    Data {
        /// The number of the stream.
        stream: u32,
        /// What it carries.
        bytes: Vec<u8>,
        /// Whether nothing follows on the stream.
        last: bool,
    },
    /// `RST_STREAM`.
    Reset {
        /// The number of the stream.
        stream: u32,
        /// Why: see the constants of [`Frame`].
        code: u32,
    },
    /// `GOAWAY`.
    GoAway {
        /// The last stream that the server has looked at, or will.
        last_stream: u32,
        /// Why: see the constants of [`Frame`].
        code: u32,
    },
    /// Any frame, well-formed or not. Its length is the payload's.
    Raw {
        /// The type.
        kind: u8,
        /// The flags.
        flags: u8,
        /// The number of the stream.
        stream: u32,
        /// The payload.
        payload: Vec<u8>,
    },
}

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

impl Frame {
    /// The connection or the stream ended in good order.
    pub const NO_ERROR: u32 = 0;
    /// The other end broke the rules.
    pub const PROTOCOL_ERROR: u32 = 1;
    /// Something went wrong in the server.
    pub const INTERNAL_ERROR: u32 = 2;
    /// The server has not looked at the request.
    pub const REFUSED_STREAM: u32 = 7;
    /// The stream is not needed any more.
    pub const CANCEL: u32 = 8;
    /// The client is too busy.
    pub const ENHANCE_YOUR_CALM: u32 = 11;

    /// The frame as it goes over the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let last = |last: bool| if last { END_STREAM } else { 0 };
        let (kind, flags, stream, payload) = match self {
            Self::Settings(parameters) => {
                let parameter = |(id, value): &(u16, u32)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat();
                (4, 0, 0, parameters.iter().flat_map(parameter).collect())
            }
            Self::SettingsAck => (4, ACK, 0, Vec::new()),
            Self::Headers { stream, status, last: end } => {
                // A literal field without indexing (RFC 7541, section 6.2.2), whose name is entry 8 of the static table.
                let payload = [&[8, 3], status.to_string().as_bytes()].concat();
                (HEADERS, END_HEADERS | last(*end), *stream, payload)
            }
            Self::Data { stream, bytes, last: end } => (DATA, last(*end), *stream, bytes.clone()),
            Self::Reset { stream, code } => (3, 0, *stream, code.to_be_bytes().to_vec()),
            Self::GoAway { last_stream, code } => (7, 0, 0, [last_stream.to_be_bytes(), code.to_be_bytes()].concat()),
            Self::Raw { kind, flags, stream, payload } => (*kind, *flags, *stream, payload.clone()),
        };
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), &payload].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_written_as_the_standard_has_them() {
        for (frame, expected) in [
            (Frame::Settings(vec![(3, 100)]), &b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64"[..]),
            (Frame::SettingsAck, b"\0\0\0\x04\x01\0\0\0\0"),
            (Frame::Headers { stream: 1, status: 200, last: false }, b"\0\0\x05\x01\x04\0\0\0\x01\x08\x03200"),
            (Frame::Data { stream: 3, bytes: b"{}".to_vec(), last: true }, b"\0\0\x02\0\x01\0\0\0\x03{}"),
            (Frame::Reset { stream: 1, code: Frame::REFUSED_STREAM }, b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x07"),
            (Frame::GoAway { last_stream: 1, code: Frame::NO_ERROR }, b"\0\0\x08\x07\0\0\0\0\0\0\0\0\x01\0\0\0\0"),
            (Frame::Raw { kind: 9, flags: 4, stream: 1, payload: vec![1] }, b"\0\0\x01\x09\x04\0\0\0\x01\x01"),
        ] {
            assert_eq!(frame.to_bytes(), expected, "{frame:?}");
        }
    }
}
