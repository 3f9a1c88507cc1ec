//! What the operations of the App API have that the daily ones have not: deletions, pages, uploads, a quota of a day.

use customerio_core::StopReason::{Attempts, NotIdempotent, NotRetryable};
use customerio_testing::faults::Action::{Close, Read, ReadRequest, Reset};

use crate::{
    statuses::status,
    table::{
        Fault,
        Op::{Archived, Delete, Page, Upload},
        delivered, maybe_sent, rejected, respond, unclear,
    },
};

pub(crate) fn faults() -> Vec<Fault> {
    let not_found = || respond(status("404 x", ""));
    vec![
        Fault::new("App API: nothing wrong")
            .expect(Delete, delivered(1, 1))
            .expect(Page, delivered(1, 1))
            .expect(Upload, delivered(1, 1))
            .expect(Archived, delivered(1, 1)),
        Fault::new("App API: RST after the full request")
            .once(vec![ReadRequest, Reset])
            .expect(Delete, delivered(2, 2))
            .expect(Page, delivered(2, 2))
            .expect(Upload, maybe_sent(1, NotIdempotent, 1))
            .expect(Archived, delivered(2, 2)),
        Fault::new("App API: FIN mid-request")
            .once(vec![Read(40), Close])
            .expect(Delete, delivered(2, 2))
            .expect(Page, delivered(2, 2)),
        Fault::new("App API: RST mid-upload")
            .once(vec![Read(40), Reset])
            .expect(Upload, maybe_sent(1, NotIdempotent, 0)),
        Fault::new("App API: 503")
            .once(respond(status("503 x", "")))
            .expect(Delete, delivered(2, 2))
            .expect(Page, delivered(2, 2))
            .expect(Upload, unclear(503, 1, NotIdempotent, 1)),
        Fault::new("App API: 503, always")
            .always(respond(status("503 x", "")))
            .expect(Delete, unclear(503, 3, Attempts, 3))
            .expect(Page, unclear(503, 3, Attempts, 3)),
        Fault::new("App API: 404")
            .once(not_found())
            .expect(Delete, rejected(404, 1, NotRetryable, 1))
            .expect(Page, rejected(404, 1, NotRetryable, 1)),
        // The first attempt deleted it.
        Fault::new("App API: the response is lost, then 404")
            .once(vec![ReadRequest, Close])
            .always(not_found())
            .expect(Delete, delivered(2, 2))
            .expect(Page, rejected(404, 2, NotRetryable, 2)),
        Fault::new("App API: 503, then 404")
            .once(respond(status("503 x", "")))
            .always(not_found())
            .expect(Delete, delivered(2, 2))
            .expect(Page, rejected(404, 2, NotRetryable, 2)),
        // It was turned away, so nothing was deleted.
        Fault::new("App API: 429, then 404")
            .once(respond(status("429 x", "")))
            .always(not_found())
            .expect(Delete, rejected(404, 2, NotRetryable, 2)),
        Fault::new("App API: 429")
            .once(respond(status("429 x", "")))
            .expect(Delete, delivered(2, 2))
            .expect(Page, delivered(2, 2))
            .expect(Upload, delivered(2, 2))
            .expect(Archived, rejected(429, 1, NotRetryable, 1)),
        Fault::new("App API: 429, Retry-After: 1")
            .once(respond(status("429 x", "retry-after: 1\r\n")))
            .expect(Archived, delivered(2, 2)),
    ]
}
