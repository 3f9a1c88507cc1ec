//! On the edge: the driver of the guide `edge`.

use std::time::Duration;

use customerio_core::{
    CallOptions, Endpoint, Error, Exchange, Moment, Operation, Step, TransportError,
    bytes::Bytes,
    http::{Request, Response},
};

/// Makes one call, with the clock, the `fetch` and the timer of the platform.
pub(crate) async fn drive<O: Operation>(
    endpoint: &Endpoint<O::Api>,
    operation: O,
    options: &CallOptions,
    now: impl Fn() -> Moment,
    fetch: impl AsyncFn(Request<Bytes>) -> Result<Response<Bytes>, TransportError>,
    wait: impl AsyncFn(Duration),
) -> Result<O::Output, Error> {
    let mut exchange = Exchange::new(endpoint, operation, options, &now())?;
    loop {
        match exchange.step(&now()) {
            Step::Send(request) => exchange.receive(fetch(request).await),
            Step::Wait(duration) => wait(duration).await,
            Step::Done(result) => return result,
        }
    }
}
