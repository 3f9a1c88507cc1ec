//! The emulator takes every operation, over a real socket and through each transport. It is strict: a field, a type or a
//! size that the vendor's contract does not have would be refused, also where it accepts it from the vendor's own clients.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod catalogue;

use std::{sync::Arc, time::Duration};

use customerio_core::{
    Client, Endpoint, Region, Transport,
    app::{IdsAudience, TriggerBroadcast},
};
use customerio_emulator::{Contract, Emulator};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;

#[tokio::test]
async fn every_operation_is_what_the_contract_says() {
    let transports: [Arc<dyn Transport>; 2] =
        [Arc::new(HyperTransport::new().unwrap()), Arc::new(ReqwestTransport::new().unwrap())];
    for transport in transports {
        let emulator = Emulator::builder()
            .with_track_credentials(catalogue::SITE_ID, catalogue::KEY)
            .with_app_api_key(catalogue::KEY)
            .with_pipelines_key(catalogue::KEY)
            .with_contract(Contract::Strict)
            .build();
        for segment in [4, 7, 8] {
            emulator.create_segment(segment);
        }
        emulator.create_broadcast(12);
        emulator.create_transactional_message(44, "LEAK-message");
        emulator.create_sender_identity(7, "LEAK-sender", "LEAK-email");
        let server = emulator.serve_on_loopback().await.unwrap();
        // Of whom the samples read.
        let endpoint = Endpoint::track(Region::Us, catalogue::SITE_ID, catalogue::KEY).unwrap();
        let track = Client::new(endpoint.with_base_url(&server.url()).unwrap(), transport.clone());
        track.identify("LEAK-person", ()).await.unwrap();
        for sample in catalogue::samples(&server.url()) {
            let response = transport.send(sample.request).await.unwrap();
            // What the emulator has not yet, it says by name.
            if response.status() == 501 {
                let body = String::from_utf8_lossy(response.body()).into_owned();
                assert!(body.contains(&format!("does not have {} yet", sample.operation)), "{body}");
                continue;
            }
            // What the samples name as made before was not, and their cursors are no page's.
            let body = String::from_utf8_lossy(response.body()).into_owned();
            let is_nobodys = response.status() == 404 && body.contains(" does not exist\"");
            if is_nobodys || (response.status() == 400 && body.contains("start must be the next of another page")) {
                continue;
            }
            assert!(
                response.status().is_success(),
                "{}: {} {:?}",
                sample.operation,
                response.status(),
                response.body()
            );
            // Two broadcasts need ten seconds between them.
            emulator.advance(Duration::from_secs(10));
        }
    }
}

/// What the emulator reckons from the time must not be beyond the last one.
#[test]
fn every_operation_is_taken_when_the_clock_is_at_its_end() {
    let emulator = Emulator::builder()
        .with_track_credentials(catalogue::SITE_ID, catalogue::KEY)
        .with_app_api_key(catalogue::KEY)
        .with_pipelines_key(catalogue::KEY)
        .build();
    emulator.create_broadcast(12);
    emulator.create_transactional_message(44, "LEAK-message");
    emulator.create_sender_identity(7, "LEAK-sender", "LEAK-email");
    emulator.advance(Duration::MAX);
    // The second time around, there is what the first has made.
    let mut accepted = 0;
    for sample in (0..2).flat_map(|_| catalogue::samples("http://localhost")) {
        let status = emulator.handle(&sample.request).status();
        assert!(!status.is_server_error() || status == 501, "{}: {status}", sample.operation);
        accepted += usize::from(status.is_success());
    }
    assert!(accepted > 100, "{accepted}");
}

/// The documentation of `TriggerBroadcast` says so.
#[tokio::test]
async fn a_broadcast_to_a_person_who_does_not_exist_is_refused_at_once() {
    let emulator = Emulator::builder().with_app_api_key(catalogue::KEY).build();
    emulator.create_broadcast(12);
    let client = Client::new(Endpoint::app(Region::Us, catalogue::KEY).unwrap(), emulator.clone());
    let trigger = |audience: IdsAudience| client.trigger_broadcast(TriggerBroadcast::new(12, audience));
    let error = trigger(IdsAudience::new(["nobody"])).await.unwrap_err();
    let details = error.as_api().unwrap().details();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (422, 1));
    assert_eq!(details[0].pointer.as_deref(), Some("/data/attributes/per_user_data"));
    assert!(details[0].message.contains("see the errors of trigger 1"), "{error}");

    emulator.advance(Duration::from_secs(10));
    trigger(IdsAudience::new(["nobody"]).with_id_ignore_missing(true)).await.unwrap();
}
