//! No connection comes about: nothing was sent, and everything may be tried again, where that can help.

use customerio_core::StopReason::{Attempts, NotIdempotent, NotRetryable};
use customerio_testing::faults::Action::{Close, Read, ReadRequest, Reset, Stall, Write};

use crate::{
    certificates::{expired, good, unknown_authority, wrong_name},
    table::{
        Fault,
        Op::{Email, Identify, Merge},
        Target, Via, delivered, maybe_sent, not_sent, ok, respond,
    },
};

/// `handshake_failure` (RFC 8446, section 6), as a record of TLS.
const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

/// A label has at most 63 characters; this one has 64.
const NO_NAME: &str = "http://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.example";

pub(crate) fn faults() -> Vec<Fault> {
    let tls = |name| Fault::new(name).https().via(Via::Trusting);
    vec![
        Fault::new("refused").target(Target::Refused).expect_both(not_sent(3, Attempts, 0)),
        Fault::new("DNS failure").target(Target::Url("http://cio.invalid")).expect_both(not_sent(3, Attempts, 0)),
        Fault::new("a name longer than names are").target(Target::Url(NO_NAME)).expect_both(not_sent(
            1,
            NotRetryable,
            0,
        )),
        // These two take the 5 seconds that a ready-made transport has for a connection.
        Fault::new("black hole").target(Target::BlackHole).attempts(1).expect_both(not_sent(1, Attempts, 0)),
        Fault::new("TLS: says nothing").https().always(vec![Stall]).attempts(1).expect_both(not_sent(1, Attempts, 0)),
        Fault::new("TLS: unknown CA").https().always(vec![unknown_authority(), Stall]).expect_both(not_sent(
            1,
            NotRetryable,
            0,
        )),
        tls("TLS: unknown CA beside a known one").always(vec![unknown_authority(), Stall]).expect_both(not_sent(
            1,
            NotRetryable,
            0,
        )),
        tls("TLS: wrong name").always(vec![wrong_name(), Stall]).expect_both(not_sent(1, NotRetryable, 0)),
        tls("TLS: expired").always(vec![expired(), Stall]).expect_both(not_sent(1, NotRetryable, 0)),
        tls("TLS: alert").always(vec![Read(5), Write(ALERT.into())]).expect_both(not_sent(3, Attempts, 0)),
        tls("TLS: RST in the handshake").always(vec![Read(5), Reset]).expect_both(not_sent(3, Attempts, 0)),
        tls("TLS: FIN in the handshake").always(vec![Read(5), Close]).expect_both(not_sent(3, Attempts, 0)),
        tls("TLS: speaks HTTP instead").always(vec![Read(5), Write(ok().into())]).expect_both(not_sent(3, Attempts, 0)),
        tls("TLS: RST in the handshake, once")
            .once(vec![Read(5), Reset])
            .always(vec![good(), ReadRequest, Write(ok().into())])
            .expect_both(delivered(2, 1))
            .expect(Email, delivered(2, 1)),
        tls("TLS: FIN after the request, no alert before it")
            .once(vec![good(), ReadRequest, Close])
            .always(vec![good(), ReadRequest, Write(ok().into())])
            .expect(Identify, delivered(2, 2))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
        tls("TLS: RST after the request")
            .once(vec![good(), ReadRequest, Reset])
            .always(vec![good(), ReadRequest, Write(ok().into())])
            .expect(Identify, delivered(2, 2))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
        tls("nothing wrong, over TLS")
            .always([vec![good()], respond(ok())].concat())
            .expect_both(delivered(1, 1))
            .expect(Email, delivered(1, 1)),
    ]
}
