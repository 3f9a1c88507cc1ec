require "customerio"
require "json" # Versions before 6 of the client do not load it.

url = "http://127.0.0.1:8246"
track = Customerio::Client.new("emulator-site", "emulator-track-key", url: url)
app = Customerio::APIClient.new("emulator-app-key", url: url)

track.identify(id: "42", email: "ada@example.com", first_name: "Ada")
track.track("42", "purchase", { price: 23.45 })
sent = app.send_email(
  Customerio::SendEmailRequest.new(
    to: "ada@example.com",
    identifiers: { id: "42" },
    from: "Shop <shop@example.com>",
    subject: "Welcome, {{ customer.first_name }}",
    body: "<h1>Welcome, {{ customer.first_name }}</h1>"
  )
)
puts "sent #{sent["delivery_id"]}: look at #{url}/_emulator/"
