//! The contract of a transport: ours keep it, another can, and who breaks it is found out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broken;
#[path = "../on_threads/mod.rs"]
mod on_threads;

use std::{sync::Arc, time::Duration};

use broken::{Break, Broken};
use customerio_core::Transport;
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::conformance::{Check, check};
use customerio_ureq::UreqTransport;
use on_threads::OnThreads;

#[tokio::test]
async fn hyper_keeps_the_contract() {
    check(&HyperTransport::new().unwrap()).await.assert();
}

#[tokio::test]
async fn reqwest_keeps_the_contract() {
    check(&ReqwestTransport::new().unwrap()).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn ureq_keeps_the_contract() {
    check(&OnThreads { transport: UreqTransport::new().unwrap(), longer: Duration::ZERO }).await.assert();
}

/// Whatever an agent does by itself, as ureq's default does: redirects, errors of statuses, compression, headers.
#[tokio::test(flavor = "multi_thread")]
async fn ureq_keeps_the_contract_with_any_agent() {
    let transport = UreqTransport::from_agent(ureq::Agent::new_with_defaults());
    check(&OnThreads { transport, longer: Duration::ZERO }).await.assert();
}

#[tokio::test]
async fn a_transport_behind_a_pointer_keeps_the_contract() {
    let transport: Arc<dyn Transport> = Arc::new(HyperTransport::new().unwrap());
    check(&transport).await.assert();
}

/// Has each of these break its rule, and wants these checks to fail and no others.
async fn found(rules: &[(Break, &[&str])]) {
    let inner = HyperTransport::new().unwrap();
    for &(rule, expected) in rules {
        let report = check(&Broken::new(inner.clone(), rule)).await;
        let failed: Vec<_> = report.failed().map(Check::name).collect();
        assert_eq!(failed, expected, "{rule:?}\n{report}");
    }
}

#[tokio::test]
async fn responses_that_are_changed_are_found() {
    found(&[
        (Break::MakesErrorsOfStatuses, &["any_status"]),
        (Break::DropsRepeatedHeaders, &["headers_kept"]),
        (Break::TrimsBodies, &["bodies_read"]),
        (Break::Decodes, &["content_not_decoded"]),
        (Break::ReadsWithoutLimit, &["response_limit"]),
        (Break::ReadsToTheEnd, &["response_limit"]),
        (Break::FollowsRedirects, &["redirects_not_followed"]),
    ])
    .await;
}

#[tokio::test]
async fn failures_told_wrong_are_found() {
    found(&[
        (Break::TakesRefusedForMaybeSent, &["refused_is_not_sent"]),
        (
            Break::TakesCloseForNotSent,
            &[
                "closed_before_the_response_is_maybe_sent",
                "closed_in_the_head_is_maybe_sent",
                "closed_in_the_body_is_maybe_sent",
                "not_http_is_maybe_sent",
                "head_of_a_broken_body_is_kept",
            ],
        ),
        (Break::LosesHeads, &["head_of_a_broken_body_is_kept"]),
        (Break::WaitsForBodies, &["head_of_a_broken_body_is_kept"]),
        (Break::ShowsUrls, &["errors_show_no_url"]),
        (Break::RepeatsAfterClose, &["sent_once"]),
        (Break::RepeatsAfterStatus, &["sent_once"]),
    ])
    .await;
}

#[tokio::test]
async fn requests_that_are_changed_are_found() {
    found(&[
        (Break::DecodesPaths, &["target_as_it_is"]),
        (Break::AddsHeader, &["headers_as_they_are"]),
        (Break::ChangesBodies, &["body_as_it_is"]),
        (Break::NamesAnotherHost, &["host_of_the_url"]),
        (Break::ConnectsEachTime, &["connections_kept_alive"]),
        (Break::BreaksWhenCancelled, &["usable_after_cancellation"]),
    ])
    .await;
}

#[tokio::test]
async fn clocks_that_are_wrong_are_found() {
    found(&[
        (Break::SleepsNot, &["sleep_lasts"]),
        (Break::GoesBack, &["monotonic_goes_on"]),
        (Break::StandsStill, &["monotonic_goes_on"]),
        (Break::RepeatsRandom, &["random_differs"]),
        (Break::HasNoClock, &["since_epoch_is_right"]),
    ])
    .await;
}

#[tokio::test]
async fn files_that_are_read_wrong_are_found() {
    found(&[
        (Break::AddsHeaderToFiles, &["file_requests_as_they_are"]),
        (Break::ReadsFilesWhole, &["files_read_in_pieces"]),
        (Break::FollowsFiles, &["files_as_they_are"]),
        (Break::HidesBreaksOfFiles, &["files_that_break_are_told"]),
        (Break::ShowsUrlsOfFiles, &["files_that_break_are_told"]),
    ])
    .await;
}

#[tokio::test]
#[should_panic(expected = "random_differs                            FAILED: 1000 moments have")]
async fn a_report_shows_what_failed() {
    check(&Broken::new(HyperTransport::new().unwrap(), Break::RepeatsRandom)).await.assert();
}
