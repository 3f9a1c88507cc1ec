//! On the edge: the driver of the README's guide of that name.

use std::time::Duration;

use customerio_core::{
    Endpoint, Error, Exchange, Moment, Operation, RetryPolicy, Step, Throttle, TransportError,
    bytes::Bytes,
    http::{Request, Response},
};

/// Does one call, with the clock, the `fetch` and the timer of whatever is around.
pub(crate) async fn drive<O: Operation>(
    endpoint: &Endpoint<O::Api>,
    operation: &O,
    throttle: &Throttle,
    now: impl Fn() -> Moment,
    fetch: impl AsyncFn(Request<Bytes>) -> Result<Response<Bytes>, TransportError>,
    wait: impl AsyncFn(Duration),
) -> Result<O::Output, Error> {
    // An event gets its id and its time once, so that it can be repeated.
    let captured = operation.capture(&now());
    let operation = captured.as_ref().unwrap_or(operation);
    let mut exchange = Exchange::new(endpoint, operation, RetryPolicy::default(), &now())?.with_throttle(throttle);
    loop {
        match exchange.step(&now()) {
            Step::Send(request) => exchange.receive(fetch(request).await),
            Step::Wait(duration) => wait(duration).await,
            Step::Done(result) => return result,
        }
    }
}
