package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/customerio/go-customerio/v3"
)

func main() {
	url := os.Getenv("CUSTOMERIO_URL")
	here := customerio.WithRegion(customerio.Region{ApiURL: url, TrackURL: url})
	track := customerio.NewTrackClient(os.Getenv("CUSTOMERIO_SITE_ID"), os.Getenv("CUSTOMERIO_TRACK_API_KEY"), here)
	app := customerio.NewAPIClient(os.Getenv("CUSTOMERIO_APP_API_KEY"), here)

	must(track.Identify("42", map[string]interface{}{"email": "ada@example.com", "first_name": "Ada", "plan": "pro"}))
	must(track.Track("42", "purchase", map[string]interface{}{"price": 23.45}))
	sent, err := app.SendEmail(context.Background(), &customerio.SendEmailRequest{
		TransactionalMessageID: "welcome",
		To:                     "ada@example.com",
		Identifiers:            map[string]string{"id": "42"},
		MessageData:            map[string]interface{}{"name": "Ada"},
	})
	must(err)
	fmt.Printf("sent %s: look at %s/_emulator/\n", sent.DeliveryID, url)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
