//! All routes. Each is in the file of its handler.

use http::{HeaderValue, Method, StatusCode, header};

use crate::{app, pipelines, route::Route, server::answer::Refusal, track};

static ROUTES: [&Route; 35] = [
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
    &app::customers::SEGMENTS,
    &app::segments::CREATE,
    &app::segments::MEMBERSHIP,
];

/// The route that takes a request.
pub(crate) fn find(method: &Method, path: &str) -> Result<&'static Route, Refusal> {
    let here = || ROUTES.iter().copied().filter(|route| route.captures(path).is_some());
    if let Some(route) = here().find(|route| route.method() == method) {
        return Ok(route);
    }
    let allowed = here().map(|route| route.method().as_str()).collect::<Vec<_>>().join(", ");
    let refusal = if allowed.is_empty() {
        Refusal::new(StatusCode::NOT_FOUND, "there is no such route")
    } else {
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("the route takes {allowed} alone"));
        match HeaderValue::try_from(allowed) {
            Ok(allowed) => refusal.with_header(header::ALLOW, allowed),
            Err(_) => refusal,
        }
    };
    Err(refusal)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{call, emulator, request};

    #[test]
    fn what_is_no_route_is_a_404_in_the_shape_of_its_api() {
        let emulator = emulator();
        let track = json!({"meta": {"error": "there is no such route"}});
        let app = json!({"errors": [{"status": "404", "detail": "there is no such route"}]});
        for (line, expected) in [
            ("GET /", &track),
            ("PUT /api/v1/customers", &track),
            ("PUT /api/v1/customers/", &track),
            ("PUT /api/v1/customers/..", &track),
            ("PUT /api/v1/customers/42/", &track),
            ("PUT /api/v1/customers//42", &track),
            ("PUT /api/v1/customers/a/b", &track),
            ("POST /api/v2/entities", &track),
            ("GET /v1/workspaces", &app),
        ] {
            assert_eq!(call(&emulator, line, &json!({})), (404, expected.clone()), "{line}");
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
