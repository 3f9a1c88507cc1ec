//! Pages of other origins reach nothing of the control API, also where they may call the service.

use customerio_emulator::Emulator;
use serde_json::Value;

use crate::support::World;

const FOREIGN: &str = "http://127.0.0.1:1";

#[tokio::test]
async fn cors_never_covers_the_control_api() {
    let world = World::of(Emulator::builder().with_cors().build()).await;
    for (line, headers, status) in [
        // What a browser asks before a page may write.
        ("OPTIONS /_emulator/v1/reset", &[("access-control-request-method", "POST")][..], 403),
        ("OPTIONS /_emulator/", &[("access-control-request-method", "GET")], 403),
        ("OPTIONS /_emulator/v1/stream", &[("access-control-request-method", "GET")], 403),
        ("POST /_emulator/v1/reset", &[], 403),
        ("DELETE /_emulator/v1/faults", &[("sec-fetch-site", "same-site")], 403),
        ("GET /_emulator/v1/stream", &[], 403),
        // A page can have it sent, and cannot read it.
        ("GET /_emulator/v1/info", &[], 200),
        ("GET /_emulator/", &[], 200),
        ("GET /livez", &[], 200),
    ] {
        let mut request = world.request(line, &Value::Null).header("origin", FOREIGN);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = world.send(request, &Value::Null).await;
        assert_eq!(response.status(), status, "{line}");
        let names = response.headers().keys().filter(|name| name.as_str().starts_with("access-control-"));
        assert_eq!(names.count(), 0, "{line}: {:?}", response.headers());
    }
    // The service is another matter, as it was said.
    let request = world.request("OPTIONS /api/v1/customers/1", &Value::Null).header("origin", FOREIGN);
    let response = world.send(request.header("access-control-request-method", "PUT"), &Value::Null).await;
    assert_eq!((response.status().as_u16(), &response.headers()["access-control-allow-origin"] == "*"), (204, true));
    // One's own page asks nobody, and a program is told what there is.
    let response = world.send(world.request("OPTIONS /_emulator/v1/reset", &Value::Null), &Value::Null).await;
    assert_eq!((response.status().as_u16(), &response.headers()["allow"] == "POST"), (405, true));
}
