//! Customer.io in a worker: a WebAssembly module without imports, which a JavaScript host drives.
//!
//! The host writes into a buffer of the module, calls a function, and reads what that left in the buffer:
//!
//! | the host calls | with, in the buffer | and finds there |
//! | --- | --- | --- |
//! | [`room`] | | room for as many bytes as it said |
//! | [`start`] | a [command] | |
//! | [`step`] | a [turn](turn::Turn): the time, and the result of the last instruction | the next [instruction](turn::Instruction) |
//! | [`buffer`] | | where the buffer is now |
//!
//! Each is a line of JSON, a line break, and the bytes of a body, if there is one: bodies arrive byte for byte, and a
//! webhook's signature is over its bytes. `host/customerio.mjs` is the other side.

mod command;
mod drive;
mod host;
mod turn;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use command::Outcome;
use customerio_core::Delivery;
use host::Host;
use turn::{Instruction, Turn};

/// What the module holds between two calls of the host.
#[derive(Default)]
struct Module {
    buffer: Vec<u8>,
    calls: BTreeMap<u32, Call>,
    last: u32,
    host: Host,
}

type Call = Pin<Box<dyn Future<Output = Outcome>>>;

thread_local! {
    static MODULE: RefCell<Module> = RefCell::default();
}

impl Module {
    fn start(&mut self) -> u32 {
        self.last = self.last.wrapping_add(1);
        let command = std::mem::take(&mut self.buffer);
        self.calls.insert(self.last, Box::pin(command::run(self.host.clone(), command)));
        self.last
    }

    fn step(&mut self, number: u32) {
        let turn = Turn::read(&std::mem::take(&mut self.buffer));
        let done = match (turn, self.calls.get_mut(&number)) {
            (Ok(turn), Some(call)) => {
                self.host.take_turn(turn);
                match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                    Poll::Ready(outcome) => outcome,
                    Poll::Pending => return self.buffer = self.host.instruction(),
                }
            }
            // What it had sent by then, nobody can say any more.
            (Err(error), _) => Outcome::refused(&error, Delivery::MaybeSent),
            (_, None) => Outcome::refused(&"there is no such call", Delivery::MaybeSent),
        };
        self.calls.remove(&number);
        self.buffer = Instruction::Done(done).written(&[]);
    }
}

/// Makes room for `length` bytes, and says where. What was in the buffer is gone.
#[expect(unsafe_code, reason = "the host finds the function by its name; the name is this module's own")]
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    MODULE.with_borrow_mut(|module| {
        module.buffer = vec![0; length];
        module.buffer.as_mut_ptr()
    })
}

/// Where the buffer is. The address holds until the next call of any function.
#[expect(unsafe_code, reason = "the host finds the function by its name; the name is this module's own")]
#[unsafe(no_mangle)]
pub extern "C" fn buffer() -> *const u8 {
    MODULE.with_borrow(|module| module.buffer.as_ptr())
}

/// Takes the command that is in the buffer, and gives the number of the call.
#[expect(unsafe_code, reason = "the host finds the function by its name; the name is this module's own")]
#[unsafe(no_mangle)]
pub extern "C" fn start() -> u32 {
    MODULE.with_borrow_mut(Module::start)
}

/// Takes the turn that is in the buffer, goes on with the call as far as it can without the host, and gives the length of
/// the instruction that is then in the buffer.
#[expect(unsafe_code, reason = "the host finds the function by its name; the name is this module's own")]
#[unsafe(no_mangle)]
pub extern "C" fn step(call: u32) -> usize {
    MODULE.with_borrow_mut(|module| {
        module.step(call);
        module.buffer.len()
    })
}

#[cfg(test)]
mod tests {
    use customerio_core::webhook::Verifier;
    use serde_json::{Value, json};

    use super::*;

    const ACCOUNT: &str = r#"{"region":"us","site_id":"site","key":"key"}"#;

    /// A turn of a host at `seconds`: its instruction, and the body that comes with it.
    fn turn(module: &mut Module, call: u32, seconds: u64, result: &Value, body: &str) -> (Value, String) {
        let mut head =
            json!({"monotonic": seconds * 1000, "since_epoch": 1_700_000_000_000_u64, "random": [0, 0, 0, 1]});
        head.as_object_mut().unwrap().extend(result.as_object().unwrap().clone());
        module.buffer = format!("{head}\n{body}").into();
        module.step(call);
        let text = String::from_utf8(module.buffer.clone()).unwrap();
        let (line, body) = text.split_once('\n').unwrap();
        (serde_json::from_str(line).unwrap(), body.to_owned())
    }

    fn start(module: &mut Module, command: &str) -> u32 {
        module.buffer = command.into();
        module.start()
    }

    #[test]
    fn a_call_is_sent_repeated_and_done() {
        let mut module = Module::default();
        let command =
            format!(r#"{{"track":{{"account":{ACCOUNT},"person":"a/b","name":"purchase","data":{{"price":23.45}}}}}}"#);
        let call = start(&mut module, &command);
        let (first, body) = turn(&mut module, call, 0, &json!({}), "");
        let sent = json!({"send": {
            "method": "POST",
            "url": "https://track.customer.io/api/v1/customers/a%2Fb/events",
            "headers": [
                ["accept", "application/json"],
                ["accept-encoding", "identity"],
                ["authorization", "Basic c2l0ZTprZXk="],
                ["content-type", "application/json"],
                ["user-agent", concat!("customerio-rust/", env!("CARGO_PKG_VERSION"))],
                ["content-length", "114"],
            ],
            "timeout_ms": 10_000,
            "limit": 1_048_576,
        }});
        assert_eq!(first, sent);
        let event = r#"{"name":"purchase","type":"event","id":"01HF7YAT000000000000000001","timestamp":1700000000,"data":{"price":23.45}}"#;
        assert_eq!(body, event);
        let busy = json!({"status": 503, "headers": [["retry-after", "2"]]});
        assert_eq!(turn(&mut module, call, 1, &busy, ""), (json!({"wait": 2001}), String::new()));
        let (again, body) = turn(&mut module, call, 4, &json!({}), "");
        let headers = again["send"]["headers"].as_array().unwrap();
        assert!(headers.contains(&json!(["x-retry-count", "1"])), "{again}");
        assert_eq!(body, event, "the same id and time");
        let done = turn(&mut module, call, 5, &json!({"status": 200}), "{}");
        assert_eq!(done, (json!({"done": {"ok": null}}), String::new()));
        assert!(module.calls.is_empty());
    }

    #[test]
    fn what_cannot_be_is_an_error_of_the_call() {
        let account_of = |region: &str| format!(r#"{{"region":"{region}","site_id":"site","key":"key"}}"#);
        let identify = |account: &str| format!(r#"{{"identify":{{"account":{account},"person":"42"}}}}"#);
        for (command, message) in [
            ("", "the command cannot be read from column 0"),
            (r#"{"identify":{}}"#, "the command cannot be read from column 14"),
            (r#"{"delete":{"person":"42"}}"#, "the command cannot be read from column 9"),
            (&identify(&account_of("mars")), "the region is not valid: it must be `us` or `eu`"),
        ] {
            let mut module = Module::default();
            let call = start(&mut module, command);
            let (done, _) = turn(&mut module, call, 0, &json!({}), "");
            let expected = json!({"done": {"error": {"message": message, "delivery": "not_sent", "attempts": 0}}});
            assert_eq!(done, expected, "{command}");
        }
        let mut module = Module::default();
        let call = start(&mut module, &identify(ACCOUNT));
        for (number, result) in [(call + 1, json!({})), (call, json!({"status": 99})), (call, json!({}))] {
            let (done, _) = turn(&mut module, number, 0, &result, "");
            assert_eq!(done["done"]["error"]["delivery"], "maybe_sent", "{result}: {done}");
        }
        assert!(module.calls.is_empty());
    }

    #[test]
    fn a_message_is_not_sent_again_when_its_response_is_lost() {
        let command = format!(
            r#"{{"send_email":{{"account":{ACCOUNT},"template":"welcome","to":"ada@example.com","person":"42"}}}}"#
        );
        for (result, body, delivery) in [
            (json!({"failed": "connection"}), "", "maybe_sent"),
            (json!({"failed": "timeout"}), "", "maybe_sent"),
            (json!({"failed": "too_large"}), "", "maybe_sent"),
            // The host says nothing.
            (json!({}), "", "maybe_sent"),
            (json!({"status": 503}), "", "responded"),
            (json!({"status": 302, "headers": [["location", "https://track-eu.customer.io/"]]}), "", "responded"),
            // It was taken; only the id is lost.
            (json!({"status": 200, "failed": "connection"}), r#"{"delivery_id"#, "responded"),
        ] {
            let mut module = Module::default();
            let call = start(&mut module, &command);
            let (first, _) = turn(&mut module, call, 0, &json!({}), "");
            assert_eq!(first["send"]["url"], "https://api.customer.io/v1/send/email");
            let (done, _) = turn(&mut module, call, 1, &result, body);
            let error = &done["done"]["error"];
            assert_eq!((&error["delivery"], &error["attempts"]), (&json!(delivery), &json!(1)), "{result}: {done}");
        }
    }

    #[test]
    fn a_webhook_is_verified_by_its_bytes() {
        let body = "{\"event_id\":\"01E4\",\"object_type\":\"email\",\"metric\":\"bounced\",\n\"data\":{\"delivery_id\":\"RPIL\",\
                    \"identifiers\":{\"id\":\"42\"},\"failure_message\":\"\u{1f9e6}\"}}\n";
        let event = json!({"event_id": "01E4", "object_type": "email", "metric": "bounced", "delivery_id": "RPIL",
            "person": "42"});
        let verifier = Verifier::new("signing-key").unwrap();
        let signature = verifier.sign(1_700_000_000, body.as_bytes());
        let other = verifier.sign(1_700_000_000, body.trim().as_bytes());
        let late = verifier.sign(1_699_999_000, body.as_bytes());
        for (signature, timestamp, outcome) in [
            (signature, "1700000000", Ok(event)),
            (other, "1700000000", Err("the X-CIO-Signature header does not match")),
            (late, "1699999000", Err("the request was signed 1000 seconds ago")),
        ] {
            let headers = json!([["x-cio-signature", signature], ["X-CIO-Timestamp", timestamp], ["not a name", ""]]);
            let command = json!({"verify_webhook": {"key": "signing-key", "headers": headers}});
            let mut module = Module::default();
            let call = start(&mut module, &format!("{command}\n{body}"));
            let (done, _) = turn(&mut module, call, 0, &json!({}), "");
            match outcome {
                Ok(event) => assert_eq!(done["done"]["ok"], event),
                Err(message) => {
                    let rejected = &done["done"]["rejected"];
                    assert_eq!(rejected["status"], 401, "{done}");
                    assert!(rejected["message"].as_str().unwrap().starts_with(message), "{done}");
                }
            }
        }
    }

    #[test]
    fn calls_may_be_under_way_together() {
        let mut module = Module::default();
        let identify = |person| format!(r#"{{"identify":{{"account":{ACCOUNT},"person":"{person}"}}}}"#);
        let (one, two) = (start(&mut module, &identify("1")), start(&mut module, &identify("2")));
        for (call, url) in [(one, "/1"), (two, "/2")] {
            let (sent, _) = turn(&mut module, call, 0, &json!({}), "");
            assert!(sent["send"]["url"].as_str().unwrap().ends_with(url), "{sent}");
        }
        let (refused, _) = turn(&mut module, two, 1, &json!({"status": 401}), "");
        assert_eq!(refused["done"]["error"]["delivery"], "responded");
        assert_eq!(turn(&mut module, one, 2, &json!({"status": 200}), "").0, json!({"done": {"ok": null}}));
    }
}
