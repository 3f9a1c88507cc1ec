//! What a recorder responds where it is not told otherwise.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod catalogue;

use std::{collections::BTreeSet, fmt::Debug};

use customerio_core::{
    Api, App, BatchResponse, Client, Endpoint, Operation, Prepared, Region, Track, app,
    bytes::Bytes,
    http::{Request, Response},
    operations, track,
};
use customerio_testing::Recorder;

/// Calls each operation over a recorder that was told nothing.
struct Call {
    runtime: tokio::runtime::Runtime,
    recorder: Recorder,
}

impl catalogue::Visit for Call {
    fn operation<O: Operation + Debug>(&mut self, endpoint: &Endpoint<O::Api>, operation: O) {
        let client = Client::new(endpoint.clone(), self.recorder.clone());
        if let Err(error) = self.runtime.block_on(client.call(operation)) {
            panic!("{}: {error}", O::NAME);
        }
    }

    fn batch<A: Api>(&mut self, endpoint: &Endpoint<A>, batch: Prepared<BatchResponse>) {
        let (client, name) = (Client::new(endpoint.clone(), self.recorder.clone()), batch.name());
        let response = self.runtime.block_on(client.send(batch)).unwrap();
        assert_eq!(response.into_result(2).unwrap(), 2, "{name}");
    }
}

#[test]
fn it_responds_to_every_operation_as_the_api_does() {
    const URL: &str = "https://proxy.example.com";
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut call = Call { runtime, recorder: Recorder::new() };
    catalogue::visit(URL, &mut call);
    let (samples, requests) = (catalogue::samples(URL), call.recorder.requests());
    let sent = |request: &Request<Bytes>| format!("{} {}", request.method(), request.uri());
    let expected: Vec<_> = samples.iter().map(|sample| sent(&sample.request)).collect();
    assert_eq!(requests.iter().map(sent).collect::<Vec<_>>(), expected, "each was sent once");
    let called: BTreeSet<_> = samples.iter().map(|sample| sample.operation).collect();
    assert_eq!(called, operations().map(|operation| operation.name).collect());
}

#[tokio::test]
async fn what_it_responds_has_what_the_next_call_needs() {
    let recorder = Recorder::new();
    let app = Client::<App>::new(Endpoint::app(Region::Us, "key").unwrap(), recorder.clone());
    let track = Client::<Track>::new(Endpoint::track(Region::Us, "site", "key").unwrap(), recorder.clone());
    assert_eq!(app.call(app::SendSms::new(1, "42", "+1")).await.unwrap().delivery_id.as_str(), "RPIL");
    assert_eq!(app.call(app::segments::Create::new("VIPs")).await.unwrap().id, 7.into());
    assert_eq!(app.call(app::TriggerBroadcast::new(1, app::DefaultAudience::new())).await.unwrap().id, 1.into());
    let page = app.call(app::segments::Membership::new(1)).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].id.as_deref(), page.next), (1, Some("42"), None), "the only page");
    assert_eq!(track.call(track::GetRegion).await.unwrap().region.known(), Some(Region::Us));

    // It is told otherwise for the next one alone, and by a name alone that it knows.
    let recorder = recorder.responding(404, "");
    assert_eq!(track.delete("42").await.unwrap_err().status().unwrap(), 404);
    track.delete("42").await.unwrap();
    let raw: Response<Bytes> = app.call(app::Raw::get(["v1", "anything"])).await.unwrap();
    assert_eq!((raw.body(), recorder.requests().len()), (&Bytes::from("{}"), 8));
}
