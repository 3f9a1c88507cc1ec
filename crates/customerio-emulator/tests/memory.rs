//! What the emulator holds is bounded by the memory that it takes, and not by the text that it came in.

#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

use customerio_emulator::{APP_API_KEY, Emulator};
use http::Request;

/// A request with credentials, from a line such as `PUT /api/v1/customers/1`; its status.
fn call(emulator: &Emulator, line: &str, body: String) -> u16 {
    let (method, path) = line.split_once(' ').unwrap();
    let authorization = match path {
        // `emulator-pipelines-key:`
        "/v1/track" | "/v1/group" | "/v1/batch" => "Basic ZW11bGF0b3ItcGlwZWxpbmVzLWtleTo=".to_owned(),
        _ if path.starts_with("/v1/") => format!("Bearer {APP_API_KEY}"),
        // `emulator-site:emulator-track-key`
        _ => "Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=".to_owned(),
    };
    let request = Request::builder().method(method).uri(path).header("authorization", authorization);
    let request = request.header("content-type", "application/json").header("x-strict-mode", "1");
    emulator.handle(&request.body(body.into()).unwrap()).status().as_u16()
}

/// Makes calls, which a function numbers, until one finds no room. Gives how many bytes the emulator holds then, and the
/// last status.
fn fill(emulator: &Emulator, calls: usize, of: impl Fn(usize) -> (String, String)) -> (usize, u16) {
    let mut status = 0;
    let held = allocation_counter::measure(|| {
        for number in 0..calls {
            let (line, body) = of(number);
            status = call(emulator, &line, body);
            if status == 503 {
                break;
            }
            assert!(matches!(status, 200 | 204), "{line}: {status}");
        }
    });
    (usize::try_from(held.bytes_current).unwrap(), status)
}

/// A list of objects that each take 90 times their text.
fn bomb(objects: usize) -> String {
    format!("[{}]", vec![r#"{"":0}"#; objects].join(","))
}

const LIST: usize = 64 * 1024 * 1024;

#[test]
fn ids_alone_are_held_within_the_bound() {
    let emulator = Emulator::new();
    // The ids of calls, and the events with theirs: two lists.
    let (held, status) = fill(&emulator, 4_000, |number| {
        let id = format!("{number:020000}");
        ("POST /v1/track".into(), format!(r#"{{"event":"e","anonymousId":"a","messageId":"{id}"}}"#))
    });
    assert_eq!(status, 200);
    assert!((LIST..3 * LIST).contains(&held), "{held}");
    assert!(emulator.events().len() > 1_000);
}

#[test]
fn small_texts_of_large_values_are_held_within_the_bound() {
    let event = |number: usize, value: &str| {
        let data = format!(r#"{{"name":"e","anonymous_id":"{number}","data":{{"a":{value}}}}}"#);
        ("POST /api/v1/events".to_owned(), data)
    };
    let metric = |_| {
        let list =
            format!(r#"{{"delivery_id":"1","metric":"bounced","recipient":"a","reason":"{}"}}"#, "x".repeat(40_000));
        ("POST /api/v1/metrics".to_owned(), list)
    };
    // Events and messages are kept as they came: their values take no memory.
    let message = |_| {
        let data = format!(r#"{{"a":{},"b":"{}"}}"#, bomb(1_000), "x".repeat(100_000));
        let body = format!(r#"{{"transactional_message_id":1,"identifiers":{{"id":"1"}},"message_data":{data}}}"#);
        ("POST /v1/send/in_app".to_owned(), body)
    };
    let (bomb_of_events, long) = (bomb(13_000), format!(r#""{}""#, "x".repeat(40_000)));
    let (large, _) = fill(&Emulator::new(), 40, |number| event(number, &bomb_of_events));
    assert!(large < 40 * 2 * 91_000, "{large}");
    let (events, _) = fill(&Emulator::new(), 2_000, |number| event(number, &long));
    let (metrics, _) = fill(&Emulator::new(), 4_000, metric);
    let emulator = Emulator::builder().with_request_log(1, 1_000).build();
    let (messages, _) = fill(&emulator, 2_500, message);
    for held in [events, metrics] {
        assert!((LIST / 2..2 * LIST).contains(&held), "{held}");
    }
    assert!((2 * LIST..4 * LIST).contains(&messages), "{messages}");
    assert!(emulator.messages().len() > 1_000);
}

/// What is never forgotten is refused where there is no room, and there is room again when something goes.
#[test]
fn people_and_objects_are_held_within_the_bound() {
    const MOST: usize = 10_000_000;
    type Numbered = fn(usize) -> (String, String);
    let cases: [(&str, usize, Numbered); 14] = [
        ("small people", 20_000, |number| {
            (format!("PUT /api/v1/customers/{number}"), format!(r#"{{"email":"p{number}@example.com","plan":"pro"}}"#))
        }),
        ("large values", 20, |number| {
            let attributes = (0..20).map(|name| format!(r#""a{name}":{}"#, bomb(140)));
            let attributes = attributes.collect::<Vec<_>>().join(",");
            (format!("PUT /api/v1/customers/{number}"), format!("{{{attributes}}}"))
        }),
        ("preferences", 500, |number| {
            let topics = (1..400).map(|topic| format!(r#""topic_{}":true"#, topic + number * 400));
            let topics = topics.collect::<Vec<_>>().join(",");
            let body = format!(r#"{{"cio_subscription_preferences":{{"topics":{{{topics}}}}}}}"#);
            (format!("PUT /api/v1/customers/{}", number % 3), body)
        }),
        ("devices", 300, |number| {
            let attributes = (0..300).map(|name| format!(r#""a{name}":"{}""#, "x".repeat(100)));
            let attributes = attributes.collect::<Vec<_>>().join(",");
            let device = format!(r#"{{"id":"d{number}","platform":"ios","attributes":{{{attributes}}}}}"#);
            (format!("PUT /api/v1/customers/{}/devices", number % 2), format!(r#"{{"device":{device}}}"#))
        }),
        ("visitors of objects", 400, |number| {
            let traits = format!(r#"{{"relationshipAttributes":{{"a":{}}}}}"#, bomb(140));
            let who = format!(r#""groupId":"{}","anonymousId":"{number:01000}""#, number % 3);
            ("POST /v1/group".into(), format!(r#"{{{who},"traits":{traits}}}"#))
        }),
        ("suppressed identifiers", 2_000, |number| {
            (format!("POST /api/v1/customers/{number:08000}@x/suppress"), String::new())
        }),
        ("segments", 500, |number| {
            let name = format!("{number:050000}");
            ("POST /v1/segments".into(), format!(r#"{{"segment":{{"name":"{name}"}}}}"#))
        }),
        ("opt-outs", 1_000, |number| {
            let change = |sender| format!(r#"{{"from":"{number}-{sender}-{}","optout":true}}"#, "x".repeat(100));
            let changes = (0..100).map(change).collect::<Vec<_>>().join(",");
            if number < 100 {
                return (format!("PUT /api/v1/customers/{number}"), "{}".into());
            }
            (format!("PUT /v1/customers/{}/optouts", number % 100), format!(r#"{{"optouts":[{changes}]}}"#))
        }),
        ("snippets", 2_000, |number| {
            let value = "x".repeat(16_000);
            ("PUT /v1/snippets".into(), format!(r#"{{"name":"{number}","value":"{value}"}}"#))
        }),
        ("collections", 100, |number| {
            let rows = vec![format!(r#"{{"a":{}}}"#, bomb(100)); 20].join(",");
            ("POST /v1/collections".into(), format!(r#"{{"name":"{number}","data":[{rows}]}}"#))
        }),
        ("imports", 2_000, |number| {
            let file = format!(r#""data_file_url":"https://example.com/{number:010000}""#);
            (
                "POST /v1/imports".into(),
                format!(r#"{{"import":{{"name":"a","type":"people","identifier":"id",{file}}}}}"#),
            )
        }),
        ("newsletters", 1_000, |number| {
            let recipients = r#"{"and":[{"or":[{"segment":{"id":1}}]}]}"#;
            let body = format!(r#""name":"a","type":"twilio","body":"{number:020000}","recipients":{recipients}"#);
            ("POST /v1/newsletters".into(), format!("{{{body}}}"))
        }),
        ("suppressed addresses", 2_000, |number| {
            (format!("POST /v1/esp/suppression/bounces/{number:010000}@x"), String::new())
        }),
        ("reporting webhooks", 100, |number| {
            let events = vec![format!(r#""{}""#, "e".repeat(1_000)); 200].join(",");
            let webhook = format!(r#""name":"{number}","endpoint":"https://example.com","events":[{events}]"#);
            ("POST /v1/reporting_webhooks".into(), format!("{{{webhook}}}"))
        }),
    ];
    for (what, calls, of) in cases {
        let emulator = Emulator::builder().with_memory_limit(MOST).with_request_log(1_000, 1_000_000).build();
        let (held, status) = fill(&emulator, calls, of);
        assert_eq!(status, 503, "{what}: {held} bytes");
        // The log of the requests is held too.
        assert!((MOST / 2..2 * MOST + 2_000_000).contains(&held), "{what}: {held} bytes");
    }
    let emulator = Emulator::builder().with_memory_limit(MOST).with_request_log(1_000, 1_000_000).build();
    let (_, status) = fill(&emulator, 20_000, cases[0].2);
    assert_eq!(status, 503);
    assert_eq!(call(&emulator, "PUT /api/v1/customers/0", r#"{"plan":null}"#.into()), 200, "what removes is taken");
    for number in 0..100 {
        assert_eq!(call(&emulator, &format!("DELETE /api/v1/customers/{number}"), String::new()), 200);
    }
    assert_eq!(call(&emulator, "PUT /api/v1/customers/new", "{}".into()), 200);
}

/// Where there is no room for one more, a message is sent all the same.
#[test]
fn transactional_messages_are_held_within_the_bound() {
    let emulator = Emulator::builder().with_memory_limit(1_000_000).build();
    let (_, status) = fill(&emulator, 100, |number| {
        let body = format!(r#"{{"transactional_message_id":"{number:020000}","identifiers":{{"id":"1"}}}}"#);
        ("POST /v1/send/in_app".into(), body)
    });
    assert_eq!((status, emulator.messages().len()), (200, 100));
    let request = Request::get("/v1/transactional").header("authorization", format!("Bearer {APP_API_KEY}"));
    let response = emulator.handle(&request.body(Vec::new().into()).unwrap());
    // The name of each stands in what is kept twice.
    assert!((300_000..1_500_000).contains(&response.body().len()), "{}", response.body().len());
}

/// One person does not take what all have, nor does what stands beside a batch become large in each of its calls.
#[test]
fn one_person_and_one_batch_are_bounded() {
    let emulator = Emulator::new();
    let (held, status) = fill(&emulator, 60, |number| {
        let attributes = (0..999).map(|name| format!(r#""{number}-{name}":"{}""#, "x".repeat(400)));
        let attributes = attributes.collect::<Vec<_>>().join(",");
        let device = format!(r#"{{"id":"d{number}","platform":"ios","attributes":{{{attributes}}}}}"#);
        ("PUT /api/v1/customers/1/devices".into(), format!(r#"{{"device":{device}}}"#))
    });
    assert_eq!(status, 503);
    assert!(held < 20_000_000, "{held}");

    let item = r#"{"type":"track","event":"e","userId":"1"}"#;
    let body = format!(r#"{{"context":{{"a":{}}},"batch":[{}]}}"#, bomb(4_000), vec![item; 1_000].join(","));
    let mut status = 0;
    let most = allocation_counter::measure(|| status = call(&emulator, "POST /v1/batch", body)).bytes_max;
    assert_eq!(status, 413);
    assert!(most < 20_000_000, "{most}");
}

/// How much memory a thing of a kind takes, with everything that leads to it.
fn each(what: &str, calls: usize, most: usize, of: impl Fn(usize) -> (String, String)) {
    let emulator = Emulator::builder().with_request_log(1, 1_000).build();
    let (held, status) = fill(&emulator, calls, of);
    let each = held / calls;
    println!("figure\t{what}, MB for 100,000\t{}\tbytes allocated, with what leads to them", each / 10);
    assert_eq!(status, 200);
    assert!(each <= most, "{what}: {each} bytes each");
}

#[test]
fn small_things_take_little() {
    const MANY: usize = 20_000;
    each("messages", MANY, 1_200, |number| {
        let text = "x".repeat(60);
        let body = format!(
            r#"{{"transactional_message_id":1,"to":"p{number}@example.com","identifiers":{{"id":"{number}"}},"message_data":{{"text":"{text}"}}}}"#
        );
        ("POST /v1/send/email".into(), body)
    });
    each("people", MANY, 1_500, |number| {
        let body = format!(
            r#"{{"email":"p{number}@example.com","plan":"pro","name":"Person {number}","age":42,"city":"London","n":{number}}}"#
        );
        (format!("PUT /api/v1/customers/{number}"), body)
    });
    each("events", MANY, 500, |number| {
        let body = format!(
            r#"{{"name":"purchase","anonymous_id":"{}","data":{{"price":23.45,"sku":"{number}"}}}}"#,
            number % 100
        );
        ("POST /api/v1/events".into(), body)
    });
}
