package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"quorate/notify"
	"quorate/server/base/dbtest"
)

// Whoever sets Quorate up must see that mail goes before anybody waits for an invitation, and a wrong setting
// must fail loudly: scripts look at the exit code.
func TestTheDoctorSendsATest(t *testing.T) {
	d, _ := dbtest.NewAt(t)
	box := notify.DemoMailbox{DB: d}
	address, stop, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	send := func(smtp, to string) error {
		command := doctorCommand{Network: Network{SMTPURL: smtp, MailFrom: "quorate@example.org"}, MailTo: to}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		return command.Run(ctx, &Settings{})
	}
	if err := send(address, "asha@example.org"); err != nil {
		t.Error(err)
	}
	list, err := box.List(t.Context(), "asha@example.org")
	if err != nil || len(list) != 1 || list[0].Subject != "A test from Quorate" {
		t.Errorf("%+v, %v", list, err)
	}
	for what, err := range map[string]error{
		"no mail server":       send("", "asha@example.org"),
		"one that is not here": send("smtp://127.0.0.1:1?tls=none", "asha@example.org"),
		"one without TLS":      send(strings.Replace(address, "tls=none", "tls=mandatory", 1), "asha@example.org"),
		"no address":           send(address, "Asha"),
	} {
		if err == nil {
			t.Errorf("%s passes", what)
		}
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
}
