package main

import (
	"context"
	"fmt"
	"log"

	"github.com/customerio/go-customerio/v3"
)

func main() {
	url := "http://127.0.0.1:8246"
	track := customerio.NewTrackClient("emulator-site", "emulator-track-key", customerio.WithURL(url))
	app := customerio.NewAPIClient("emulator-app-key", customerio.WithURL(url))

	must(track.Identify("42", map[string]any{"email": "ada@example.com", "first_name": "Ada"}))
	must(track.Track("42", "purchase", map[string]any{"price": 23.45}))
	sent, err := app.SendEmail(context.Background(), &customerio.SendEmailRequest{
		To:          "ada@example.com",
		Identifiers: map[string]string{"id": "42"},
		From:        "Shop <shop@example.com>",
		Subject:     "Welcome, {{ customer.first_name }}",
		Body:        "<h1>Welcome, {{ customer.first_name }}</h1>",
	})
	must(err)
	fmt.Printf("sent %s: look at %s/_emulator/\n", sent.DeliveryID, url)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
