set -eu
url='http://127.0.0.1:8246'

# send METHOD PATH JSON, and what says who it is from.
send() {
  method=$1 path=$2 json=$3
  shift 3
  curl --silent --show-error --fail-with-body --request "$method" --header 'Content-Type: application/json' \
    --data "$json" "$@" "$url$path"
}

track='emulator-site:emulator-track-key'
send PUT /api/v1/customers/42 '{"email": "ada@example.com", "first_name": "Ada"}' --user "$track"
send POST /api/v1/customers/42/events '{"name": "purchase", "data": {"price": 23.45}}' --user "$track"
send POST /v1/send/email '{
  "to": "ada@example.com",
  "identifiers": {"id": "42"},
  "from": "Shop <shop@example.com>",
  "subject": "Welcome, {{ customer.first_name }}",
  "body": "<h1>Welcome, {{ customer.first_name }}</h1>"
}' --header 'Authorization: Bearer emulator-app-key'
echo " look at $url/_emulator/"
