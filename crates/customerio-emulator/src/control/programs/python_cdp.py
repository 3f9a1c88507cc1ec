from customerio import analytics

url = "http://127.0.0.1:8246"
analytics.write_key = "emulator-pipelines-key"
analytics.host = url

analytics.identify("42", {"email": "ada@example.com", "first_name": "Ada"})
analytics.track("42", "purchase", {"price": 23.45})
analytics.flush()
print(f"sent: look at {url}/_emulator/")
