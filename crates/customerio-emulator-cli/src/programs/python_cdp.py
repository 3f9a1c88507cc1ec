import os

from customerio.analytics import Client

env = os.environ
analytics = Client(env["CUSTOMERIO_PIPELINES_KEY"], host=env["CUSTOMERIO_URL"])

analytics.identify("42", {"email": "ada@example.com", "first_name": "Ada", "plan": "pro"})
analytics.track("42", "purchase", {"price": 23.45})
analytics.shutdown()
print(f"sent: look at {env['CUSTOMERIO_URL']}/_emulator/")
