"""Every call of the vendor's clients for Python that the emulator models, by one client: `python3 python.py track`. Prints
what it has done as JSON: the client's version, how many calls, and what became of those that failed."""

import json
import os
import sys
from datetime import datetime, timezone
from importlib.metadata import version

URL = os.environ["BASE_URL"]
LONG_URL = "https://example.com/docs?" + "x" * 300

calls = 0
failed = []


def each(client, requests):
    """Makes calls one after the other, as `(method, arguments, named arguments)`."""
    global calls
    for method, args, named in requests:
        calls += 1
        try:
            getattr(client, method)(*args, **named)
        except Exception as error:
            failed.append(f"{method}: {error}")


def call(method, *args, **named):
    return method, args, named


def track():
    from customerio import CustomerIO

    # The client speaks https alone, and takes the scheme away.
    host, port = URL.removeprefix("https://").split(":")
    client = CustomerIO(os.environ["SITE_ID"], os.environ["TRACK_API_KEY"], host=host, port=int(port), retries=0)
    person = {"type": "person", "identifiers": {"id": "1"}}
    requests = [
        call("identify", "1", email="ada@example.com", plan="pro", created_at=datetime(2023, 11, 14, 22, 13, 20)),
        call("identify", 2),
        call("identify", "bob@example.com", first_name="Bob"),
        call("track", "1", "signup"),
        call("track", "1", "purchase", {"price": 23.45}, id="01ARZ3NDEKTSV4RRFFQ69G5FAV", timestamp=1700000000),
        call("track_anonymous", "cookie", "visit", {"path": "/"}),
        call("track_anonymous", 7, "visit"),
        call("track_anonymous", "", "invite", {"recipient": "carol@example.com"}),
        call("pageview", "1", "/pricing", referrer="https://example.com"),
        call("pageview", "1", LONG_URL),
        call("backfill", "1", "imported", datetime.now(timezone.utc), rows=3),
        call("add_device", "1", "t", "ios"),
        call("add_device", "1", "u", "android", last_used=1700000000, attributes={"device_model": "x"}),
        call("delete_device", "1", "t"),
        call("merge_customers", "id", 1, "id", 2),
        call(
            "batch",
            [
                {**person, "action": "identify", "attributes": {"plan": "team"}},
                {**person, "action": "event", "name": "moved"},
            ],
        ),
        call("suppress", "erin"),
        call("unsuppress", "erin"),
        call("identify", "gone"),
        call("delete", "gone"),
    ]
    each(client, requests)
    client.close()
    return version("customerio")


def app():
    import customerio

    client = customerio.APIClient(os.environ["APP_API_KEY"], url=URL, retries=0)
    template = {"transactional_message_id": "welcome", "identifiers": {"id": "42"}}
    of_all = {
        **template,
        "disable_message_retention": True,
        "queue_draft": False,
        "message_data": {"name": "Ada"},
        "send_at": 1,
        "language": "en",
    }
    email = customerio.SendEmailRequest(
        **of_all,
        to='"Lovelace, Ada" <ada@example.com>',
        _from='"Shop" <shop@example.com>',
        headers={"X-Tag": "a"},
        reply_to="r@example.com",
        cc="c@example.com",
        bcc="b@example.com",
        subject="Hi",
        preheader="p",
        body="Ho",
        body_plain="Ho",
        body_amp="Ho",
        fake_bcc=True,
        send_to_unsubscribed=True,
        tracked=True,
        disable_css_preprocessing=True,
    )
    email.attach("invoice.pdf", b"invoice")
    push = customerio.SendPushRequest(
        **of_all,
        to="all",
        title="Hi",
        message="Ho",
        image_url="https://example.com/i.png",
        link="app://1",
        sound="default",
        send_to_unsubscribed=True,
        custom_data={"order": "A-17"},
        custom_payload={"ios": {"aps": {"alert": "Hi"}}},
        device={"token": "t", "platform": "ios", "last_used": 1700000000, "attributes": {"device_model": "x"}},
    )
    to = {"to": "+14155552671", "send_to_unsubscribed": True}
    own = customerio.SendEmailRequest(to="ada@example.com", _from="shop@example.com", subject="Hi", body="Ho")
    requests = [
        call("send_email", email),
        call("send_email", own),
        call("send_email", {"to": "ada@example.com", "transactional_message_id": 7, "identifiers": {"id": 42}}),
        call("send_push", push),
        call("send_push", customerio.SendPushRequest(**template)),
        call("send_sms", customerio.SendSMSRequest(**of_all, **to)),
        call("send_whatsapp", customerio.SendWhatsAppRequest(**of_all, **to, tracked=True)),
        call("send_inbox_message", customerio.SendInboxMessageRequest(**of_all)),
        call("send_in_app", customerio.SendInAppRequest(**of_all)),
    ]
    each(client, requests)
    client.close()
    return version("customerio")


def cdp():
    from customerio.analytics import Client

    context = {"ip": "192.0.2.1", "locale": "en-GB"}
    device = {"device": {"token": "t", "type": "ios"}}
    requests = [
        call("identify", "1", {"email": "ada@example.com", "plan": "pro"}, context, anonymous_id="cookie"),
        call("identify", None, {}, anonymous_id="other"),
        call("identify", 2),
        call("track", "1", "purchase", {"price": 23.45}, timestamp=datetime(2023, 11, 14, tzinfo=timezone.utc)),
        call("track", None, "x" * 200, anonymous_id="cookie"),
        call("track", "1", "e", integrations={"All": False, "Amplitude": {"session": 1}}),
        call("page", "1", "docs", LONG_URL, {"url": LONG_URL}),
        call("page", "1"),
        call("screen", "1", None, "home"),
        call("group", "1", "acme", {"name": "Acme", "object_type_id": "1"}),
        call("group", "1", 7),
        call("alias", "former", "1"),
        call("alias", 8, 1),
        call("track", "1", "Device Created or Updated", {"os": "17"}, device),
        call("track", "1", "Relationship Deleted", {"objectId": "acme", "objectTypeId": 1}),
        call("track", "1", "Report Delivery Event", {"deliveryId": "RPIL", "metric": "opened"}),
        call("track", "erin", "User Suppressed"),
        call("track", "erin", "User Unsuppressed"),
        call("identify", "gone"),
        call("track", "gone", "User Deleted"),
    ]
    key = os.environ["PIPELINES_KEY"]
    # One call in each request, and then many.
    each(Client(key, host=URL, sync_mode=True, max_retries=0), requests)
    client = Client(key, host=URL, max_retries=0, on_error=lambda error, _: failed.append(f"a batch: {error}"))
    each(client, requests)
    client.shutdown()
    return version("customerio-cdp-analytics")


release = {"track": track, "app": app, "cdp": cdp}[sys.argv[1]]()
print(json.dumps({"version": release, "calls": calls, "failed": failed}))
