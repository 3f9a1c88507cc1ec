import os
from urllib.parse import urlsplit

from customerio import APIClient, CustomerIO, SendEmailRequest

env = os.environ
# The Track client speaks https alone, and trusts what REQUESTS_CA_BUNDLE names.
https = urlsplit(env["CUSTOMERIO_HTTPS_URL"])
track = CustomerIO(
    env["CUSTOMERIO_SITE_ID"], env["CUSTOMERIO_TRACK_API_KEY"], host=https.hostname, port=https.port
)
app = APIClient(env["CUSTOMERIO_APP_API_KEY"], url=env["CUSTOMERIO_URL"])

track.identify("42", email="ada@example.com", first_name="Ada", plan="pro")
track.track("42", "purchase", {"price": 23.45})
sent = app.send_email(
    SendEmailRequest(
        transactional_message_id="welcome",
        to="ada@example.com",
        identifiers={"id": "42"},
        message_data={"name": "Ada"},
    )
)
print(f"sent {sent['delivery_id']}: look at {env['CUSTOMERIO_URL']}/_emulator/")
