"""Tests of an application that uses the vendor's client for Python, against a local Customer.io:

    customerio-emulator --workspaces any
    pip install customerio requests
    python -m unittest test_signup.py

Nothing sleeps: what is to come is waited for. Each file has a workspace of its own, so that files run side by side.
"""

import os
import unittest
import uuid

import requests
from customerio import APIClient, Regions, SendEmailRequest

URL = os.environ.get("CUSTOMERIO_EMULATOR_URL", "http://127.0.0.1:8246")
# A credential is a workspace: the same text for the Site ID and for the keys.
WORKSPACE = f"signup-{uuid.uuid4()}"

# The application.

app = APIClient(WORKSPACE, region=Regions.US, url=URL)


def send_receipt(customer_id, email, total):
    return app.send_email(
        SendEmailRequest(
            to=email,
            identifiers={"id": customer_id},
            _from="Shop <shop@example.com>",
            subject="Your order",
            body="<p>You paid {{trigger.total}} euros</p>",
            message_data={"total": total},
        )
    )


# What the tests need of the emulator: one function.


def emulator(method, path, body=None, **parameters):
    parameters["workspace"] = WORKSPACE
    response = requests.request(method, f"{URL}/_emulator/v1/{path}", params=parameters, json=body, timeout=30)
    assert response.ok, response.text
    return response.json()


class Receipts(unittest.TestCase):
    def setUp(self):
        emulator("POST", "reset")

    def test_who_pays_gets_a_receipt(self):
        send_receipt("42", "ada@example.com", 23)

        message = emulator("GET", "messages/latest", to="ada@example.com", wait="5s")
        self.assertEqual(message["subject"], "Your order")
        self.assertIn("You paid 23 euros", message["html"])

    def test_a_bounce_shows(self):
        delivery = send_receipt("42", "ada@example.com", 23)["delivery_id"]

        emulator("POST", f"messages/{delivery}/outcome", {"outcome": "bounced", "reason": "no such mailbox"})

        bounced = emulator("GET", "messages", outcome="bounced")["items"]
        self.assertEqual([message["delivery_id"] for message in bounced], [delivery])

    def test_time_can_be_moved(self):
        before = emulator("POST", "clock", {"at": "2026-01-01T00:00:00Z"})["now"]

        after = emulator("POST", "clock", {"advance": "1d"})["now"]

        self.assertEqual((before[:10], after[:10]), ("2026-01-01", "2026-01-02"))


if __name__ == "__main__":
    unittest.main()
