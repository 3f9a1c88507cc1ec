require "customerio"

url = ENV.fetch("CUSTOMERIO_URL")
track = Customerio::Client.new(ENV.fetch("CUSTOMERIO_SITE_ID"), ENV.fetch("CUSTOMERIO_TRACK_API_KEY"), url: url)
app = Customerio::APIClient.new(ENV.fetch("CUSTOMERIO_APP_API_KEY"), url: url)

track.identify(id: "42", email: "ada@example.com", first_name: "Ada", plan: "pro")
track.track("42", "purchase", price: 23.45)
sent = app.send_email(
  Customerio::SendEmailRequest.new(
    transactional_message_id: "welcome",
    to: "ada@example.com",
    identifiers: { id: "42" },
    message_data: { name: "Ada" }
  )
)
puts "sent #{sent["delivery_id"]}: look at #{url}/_emulator/"
