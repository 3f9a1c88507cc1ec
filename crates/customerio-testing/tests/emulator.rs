//! The emulator takes every operation, over a real socket and through each transport. It is strict: a field, a type or a
//! size that the vendor's contract does not have would be refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod catalogue;

use std::{sync::Arc, time::Duration};

use customerio_core::{Client, Endpoint, Region, Transport};
use customerio_emulator::Emulator;
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
            .build();
        emulator.create_segment(7);
        emulator.create_segment(4);
        emulator.create_broadcast(12);
        let server = emulator.serve_on_loopback().await.unwrap();
        // Of whom the samples read.
        let endpoint = Endpoint::track(Region::Us, catalogue::SITE_ID, catalogue::KEY).unwrap();
        let track = Client::new(endpoint.with_base_url(&server.url()).unwrap(), transport.clone());
        track.identify("LEAK-person", ()).await.unwrap();
        for sample in catalogue::samples(&server.url()) {
            let response = transport.send(sample.request).await.unwrap();
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
