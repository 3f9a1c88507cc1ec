//! The streams that have calls.

/// The beginning of a statement in which `stream` is every stream that has a call: one step in the index for each.
pub(super) const STREAMS: &str = "
    with recursive stream as (
        (select destination, lane from customerio_waiting order by destination, lane limit 1)
        union all
        select next.destination, next.lane from stream, lateral (
            select destination, lane from customerio_waiting
            where (destination, lane) > (stream.destination, stream.lane)
            order by destination, lane limit 1
        ) as next
    )";
