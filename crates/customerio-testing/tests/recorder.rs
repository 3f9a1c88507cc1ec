//! What a recorder responds where it is not told otherwise.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod catalogue;

use std::{collections::BTreeSet, fmt::Debug};

use customerio_core::{
    Api, App, BatchResponse, Client, Endpoint, Operation, Prepared, Region, Track, app, bytes::Bytes, http::Response,
    operations, track,
};
use customerio_testing::Recorder;

/// Calls each operation over a recorder that was told nothing.
struct Call {
    runtime: tokio::runtime::Runtime,
    called: BTreeSet<&'static str>,
}

impl catalogue::Visit for Call {
    fn operation<O: Operation + Debug>(&mut self, endpoint: &Endpoint<O::Api>, operation: O) {
        let client = Client::new(endpoint.clone(), Recorder::new());
        if let Err(error) = self.runtime.block_on(client.call(operation)) {
            panic!("{}: {error}", O::NAME);
        }
        self.called.insert(O::NAME);
    }

    fn batch<A: Api>(&mut self, endpoint: &Endpoint<A>, batch: Prepared<BatchResponse>) {
        let (client, name) = (Client::new(endpoint.clone(), Recorder::new()), batch.name());
        let response = self.runtime.block_on(client.send(batch)).unwrap();
        assert_eq!(response.into_result(2).unwrap(), 2, "{name}");
        self.called.insert(name);
    }
}

#[test]
fn it_responds_to_every_operation_as_the_api_does() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut call = Call { runtime, called: BTreeSet::new() };
    catalogue::visit("https://proxy.example.com", &mut call);
    let known: BTreeSet<_> = operations().map(|operation| operation.name).collect();
    assert_eq!(call.called, known);
}

#[tokio::test]
async fn what_it_responds_has_what_the_next_call_needs() {
    let recorder = Recorder::new();
    let app = Client::<App>::new(Endpoint::app(Region::Us, "key").unwrap(), recorder.clone());
    let track = Client::<Track>::new(Endpoint::track(Region::Us, "site", "key").unwrap(), recorder.clone());
    assert_eq!(app.call(app::SendSms::new(1, "42", "+1")).await.unwrap().delivery_id.as_str(), "RPIL");
    assert_eq!(app.call(app::segments::Create::new("VIPs")).await.unwrap().id, 1.into());
    assert_eq!(app.call(app::TriggerBroadcast::new(1, app::DefaultAudience::new())).await.unwrap().id, 1.into());
    let page = app.call(app::segments::Membership::new(1)).await.unwrap();
    assert_eq!((page.ids.as_slice(), page.next.as_deref()), (&["1".to_owned()][..], Some("")), "the only page");
    assert_eq!(track.call(track::GetRegion).await.unwrap().region.known(), Some(Region::Us));

    // It is told otherwise for the next one alone, and by a name alone that it knows.
    let recorder = recorder.answering(404, "");
    assert_eq!(track.delete("42").await.unwrap_err().status().unwrap(), 404);
    track.delete("42").await.unwrap();
    let raw: Response<Bytes> = app.call(app::Raw::get(["v1", "workspaces"])).await.unwrap();
    assert_eq!((raw.body(), recorder.requests().len()), (&Bytes::from("{}"), 8));
}
