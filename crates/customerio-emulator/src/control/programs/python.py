import os

# The client of the Track API speaks https alone, and trusts what this names.
os.environ["REQUESTS_CA_BUNDLE"] = "/path/to/ca.pem"

from customerio import APIClient, CustomerIO, SendEmailRequest

url = "http://127.0.0.1:8246"
track = CustomerIO("emulator-site", "emulator-track-key", host="https://127.0.0.1:8247")
app = APIClient("emulator-app-key", url=url)

track.identify("42", email="ada@example.com", first_name="Ada")
track.track("42", "purchase", {"price": 23.45})
sent = app.send_email(
    SendEmailRequest(
        to="ada@example.com",
        identifiers={"id": "42"},
        _from="Shop <shop@example.com>",
        subject="Welcome, {{ customer.first_name }}",
        body="<h1>Welcome, {{ customer.first_name }}</h1>",
    )
)
print(f"sent {sent['delivery_id']}: look at {url}/_emulator/")
