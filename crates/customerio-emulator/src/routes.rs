//! All routes. Each is defined in the file of its handler.

use std::cmp::Reverse;

use customerio_core::{OperationInfo, Quota};
use http::{HeaderValue, Method, StatusCode, header};

use crate::{
    app,
    config::Config,
    pipelines,
    route::{Head, Route, captures},
    server::{
        auth::Access,
        reply::{Envelope, Refusal},
    },
    track,
};

static ROUTES: [&Route; 34] = [
    &track::identify::ROUTE,
    &track::delete::ROUTE,
    &track::add_device::ROUTE,
    &track::delete_device::ROUTE,
    &track::suppress::ROUTE,
    &track::unsuppress::ROUTE,
    &track::event::ROUTE,
    &track::anonymous_event::ROUTE,
    &track::submit_form::ROUTE,
    &track::merge::ROUTE,
    &track::metric::ROUTE,
    &track::report_push_metric::ROUTE,
    &track::unsubscribe::ROUTE,
    &track::links::UNSUBSCRIBE,
    &track::links::PREFER,
    &track::add_to_segment::ROUTE,
    &track::remove_from_segment::ROUTE,
    &track::get_region::ROUTE,
    &track::v2::entity::ROUTE,
    &track::v2::batch::ROUTE,
    &pipelines::identify::ROUTE,
    &pipelines::track::ROUTE,
    &pipelines::page::ROUTE,
    &pipelines::screen::ROUTE,
    &pipelines::group::ROUTE,
    &pipelines::alias::ROUTE,
    &pipelines::batch::ROUTE,
    &app::send_email::ROUTE,
    &app::send_push::ROUTE,
    &app::send_sms::ROUTE,
    &app::send_whatsapp::ROUTE,
    &app::send_in_app::ROUTE,
    &app::send_inbox_message::ROUTE,
    &app::trigger_broadcast::ROUTE,
];

/// The routes of the rest of the App API, by resource.
static RESOURCES: &[&[Route]] = &[
    app::activities::ROUTES,
    app::collections::ROUTES,
    app::customers::ROUTES,
    app::exports::ROUTES,
    app::imports::ROUTES,
    app::messages::ROUTES,
    app::newsletters::ROUTES,
    app::objects::ROUTES,
    app::optouts::ROUTES,
    app::reporting_webhooks::ROUTES,
    app::segments::ROUTES,
    app::sender_identities::ROUTES,
    app::snippets::ROUTES,
    app::subscriptions::ROUTES,
    app::suppressions::ROUTES,
    app::transactional::ROUTES,
    app::triggers::ROUTES,
    app::workspaces::ROUTES,
];

/// Finds the route of a request.
///
/// The App API checks the key before it looks for a route, so a wrong key is a 401 on every path. Paths of the
/// Pipelines API begin with `/v1/` too, so a request with its key gets the error about its path. The Track API has
/// operations without credentials, so it checks them only after it has found one: an unknown path is a 404 with any
/// credentials.
pub(crate) fn find_for(head: Head<'_>, config: &Config) -> Result<&'static Route, Refusal> {
    let path = head.uri.path();
    find(head.method, path).or_else(|refusal| {
        if Envelope::of_path(path) == Envelope::App && Access::Pipelines.check(head.headers, config).is_err() {
            Access::App.check(head.headers, config)?;
        }
        Err(refusal)
    })
}

/// The rate of a request that is refused because the emulator does not implement its operation.
pub(crate) fn quota_of_missing(head: Head<'_>, refusal: &Refusal) -> Option<Quota> {
    let is_it = |operation: &&OperationInfo| is_of(operation, head.method, head.uri.path());
    (refusal.status == StatusCode::NOT_IMPLEMENTED)
        .then(|| customerio_core::operations().find(is_it))
        .flatten()
        .map(|operation| operation.quota)
}

/// The route of a method and a path.
fn find(method: &Method, path: &str) -> Result<&'static Route, Refusal> {
    let all = || ROUTES.into_iter().chain(RESOURCES.iter().copied().flatten());
    let here = || all().filter(|route| route.captures(path).is_some());
    if let Some(route) = here().find(|route| route.method() == method) {
        return Ok(route);
    }
    let allowed = here().map(|route| route.method().as_str()).collect::<Vec<_>>().join(", ");
    if allowed.is_empty() {
        return Err(unknown(method, path, customerio_core::operations()));
    }
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("the route takes {allowed} alone"));
    Err(match HeaderValue::try_from(allowed) {
        Ok(allowed) => refusal.with_header(header::ALLOW, allowed),
        Err(_) => refusal,
    })
}

/// The nearest operation to a method and a path, such as `PUT /api/v1/customers/{identifier}`.
#[cfg(feature = "control")]
pub(crate) fn nearest(method: &Method, path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default();
    let refusal = find(method, path).err()?;
    refusal.text().split_once("the nearest is ").map(|(_, nearest)| nearest.to_owned())
}

/// The route of `Raw`, which matches any path.
const ANY: &str = "/{path}";

/// Refuses an operation that the emulator does not implement with a 501, and an unknown path with a 404 that names the
/// nearest operation.
fn unknown(method: &Method, path: &str, operations: impl Iterator<Item = &'static OperationInfo>) -> Refusal {
    let mut nearest = None;
    for operation in operations.filter(|operation| operation.route != ANY) {
        if is_of(operation, method, path) {
            let message = format!("the emulator does not have {} yet", operation.name);
            return Refusal::new(StatusCode::NOT_IMPLEMENTED, message);
        }
        let (alike, length) = (alike(operation.route, path), |path: &str| path.split('/').count());
        let rank = (alike, operation.method == *method, Reverse(length(operation.route).abs_diff(length(path))));
        if alike > 0 && nearest.is_none_or(|(best, _)| rank > best) {
            nearest = Some((rank, operation));
        }
    }
    let message = nearest.map_or_else(
        || "there is no such route".to_owned(),
        |(_, OperationInfo { method, route, .. })| format!("there is no such route; the nearest is {method} {route}"),
    );
    Refusal::new(StatusCode::NOT_FOUND, message)
}

/// Whether a request matches an operation.
fn is_of(operation: &OperationInfo, method: &Method, path: &str) -> bool {
    operation.route != ANY && operation.method == *method && captures(operation.route, path).is_some()
}

/// How many segments the two share, at the same places. The version of the API is ignored.
fn alike(route: &str, path: &str) -> usize {
    let segments = route.split('/').zip(path.split('/'));
    segments.filter(|(of_route, of_path)| of_route == of_path && !matches!(*of_route, "" | "api" | "v1" | "v2")).count()
}

#[cfg(test)]
mod tests {
    use customerio_core::{app::SendEmail, operations};
    use serde_json::json;

    use super::*;
    use crate::{
        APP_API_KEY, SERVICE_ACCOUNT_TOKEN,
        testing::{call, emulator, parts, request},
    };

    #[test]
    fn what_is_no_route_is_a_404_in_the_shape_of_its_api() {
        let emulator = emulator();
        let customers = Some("PUT /api/v1/customers/{identifier}");
        for (line, nearest) in [
            ("GET /", None),
            ("GET /api/v1/person/42", None),
            ("PUT /api/v1/customers", customers),
            ("PUT /api/v1/customers/", customers),
            ("PUT /api/v1/customers/..", customers),
            ("PUT /api/v1/customers/42/device", Some("PUT /api/v1/customers/{identifier}/devices")),
            ("DELETE /api/v1/customers/42/43", Some("DELETE /api/v1/customers/{identifier}")),
            ("PUT /api/v1/customers/a/b", Some("PUT /api/v1/customers/{identifier}/devices")),
            ("POST /api/v1/customers/42/event", Some("POST /api/v1/customers/{identifier}/events")),
            ("POST /api/v1/push/event", Some("POST /api/v1/push/events")),
        ] {
            let error = nearest.map(|nearest| format!("; the nearest is {nearest}")).unwrap_or_default();
            let expected = json!({"meta": {"error": format!("there is no such route{error}")}});
            assert_eq!(call(&emulator, line, &json!({})), (404, expected), "{line}");
        }
        let expected = json!({"errors": [{"status": "404", "detail": "there is no such route"}]});
        assert_eq!(call(&emulator, "GET /v1/nothing", &json!({})), (404, expected));
    }

    /// Every operation of the SDK has a route; one of the App API that is not implemented yet is a 501.
    #[test]
    fn every_operation_has_a_route_or_is_named_as_missing() {
        for operation in operations().filter(|operation| operation.route != "/{path}") {
            let path: Vec<_> = operation
                .route
                .split('/')
                .map(|segment| if segment.starts_with('{') { "1" } else { segment })
                .collect();
            let Err(refusal) = find(&operation.method, &path.join("/")) else { continue };
            let is_named = refusal.status == StatusCode::NOT_IMPLEMENTED && operation.api == "app";
            assert!(is_named, "{} has no route", operation.name);
        }
    }

    #[test]
    fn an_operation_that_the_emulator_has_not_is_a_501() {
        static OPERATIONS: [OperationInfo; 1] = [OperationInfo::of::<SendEmail>()];
        let refusal = unknown(&Method::POST, "/v1/send/email", OPERATIONS.iter());
        assert_eq!(refusal.status, StatusCode::NOT_IMPLEMENTED);
        assert_eq!(unknown(&Method::GET, "/v1/send/email", OPERATIONS.iter()).status, StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_wrong_key_is_a_401_before_the_path_is_looked_at() {
        let emulator = emulator();
        let (app, pipelines) = (format!("Bearer {APP_API_KEY}"), "Basic ZW11bGF0b3ItcGlwZWxpbmVzLWtleTo=");
        let service_account = format!("Bearer {SERVICE_ACCOUNT_TOKEN}");
        for (line, authorization, status) in [
            ("POST /v1/campaigns/12/triggers", "Bearer wrong", 401),
            ("GET /v1/campaigns", "Bearer wrong", 401),
            ("GET /v1/campaigns", "", 401),
            ("GET /v1/campaigns", "Basic d3Jvbmc6", 401),
            ("GET /v1/campaigns", &service_account, 401),
            ("GET /v1/campaigns", &app, 501),
            ("GET /v1/nothing", &app, 404),
            ("GET /v1/send/email", "Bearer wrong", 401),
            ("GET /v1/send/email", &app, 405),
            // These may be of the Pipelines API.
            ("POST /v1/nothing", pipelines, 404),
            ("GET /v1/identify", pipelines, 405),
            ("GET /v1/identify", "Basic d3Jvbmc6", 401),
            // The Track API asks for credentials where it knows the call.
            ("PUT /api/v1/customers/42", "Basic d3Jvbmc6", 401),
            ("GET /api/v1/nothing", "Basic d3Jvbmc6", 404),
            ("GET /", "", 404),
        ] {
            let mut request = request(line, &json!(null));
            request.headers_mut().insert("authorization", authorization.parse().unwrap());
            let (given, body) = parts(&emulator.handle(&request));
            assert_eq!(given, status, "{line} {authorization}");
            if status == 401 && line.contains(" /v1/") {
                let error = json!({"status": "401", "detail": "Unauthorized request", "code": "invalid_credentials"});
                assert_eq!(body, json!({"errors": [error]}), "{line}");
            }
        }
    }

    #[test]
    fn another_method_is_a_405_that_names_the_right_ones() {
        let emulator = emulator();
        for (line, allowed) in [
            ("POST /api/v1/customers/42", "PUT, DELETE"),
            ("GET /api/v1/customers/42/devices", "PUT"),
            ("GET /v1/send/email", "POST"),
        ] {
            let response = emulator.handle(&request(line, &json!({})));
            assert_eq!(response.status(), 405, "{line}");
            assert_eq!(response.headers()["allow"], allowed);
        }
    }
}
