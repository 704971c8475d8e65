package notify_test

import (
	"strings"
	"testing"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// A mistyped address must be told at the start, in words, and without showing the password.
func TestTheMailServersAddressIsCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	const from = "quorate@example.org"
	for _, address := range []string{
		"smtp://mail.example.org",
		"smtps://quorate:secret@mail.example.org",
		"smtp://127.0.0.1:2525?tls=none",
	} {
		if _, err := notify.NewSMTP(address, from); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"mail.example.org:25",
		"http://mail.example.org",
		"smtp://",
		"smtp://mail.example.org?tls=maybe",
		"smtp://mail.example.org:70000",
		"smtp://quorate:secret%zz@mail.example.org",
	} {
		if _, err := notify.NewSMTP(address, from); err == nil {
			t.Errorf("%s is accepted", address)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the password: %v", address, err)
		}
	}
	if _, err := notify.NewSMTP("smtp://mail.example.org", "nobody"); err == nil {
		t.Error("a sender that is no address is accepted")
	}
}

// The demo's mailbox is how a newcomer sees what a board member would: text, HTML and the link, whole.
func TestTheDemoMailboxKeepsWhatWasSent(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	box := &notify.DemoMailbox{DB: d}
	address, stop, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	driver, err := notify.NewSMTP(address, "quorate@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := driver.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	store := &notify.Store{DB: d, Driver: driver, BaseURL: "https://quorate.example.org", Domain: driver.Domain()}
	long := strings.Repeat("Ænean lines longer than a mail line may be. ", 10)
	store.Register("agenda", aKind, func(db.Tx, notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{
			Subject: "The agenda is out: MAPaC – 26 November 2026, 5 % shorter",
			Lines:   []string{"It has 7 items & 1 <late> paper.", long},
			Facts:   []notify.Fact{{Name: "When", Value: "9:30am"}},
			Link:    notify.Link{Text: "Read the agenda", Path: "/meetings/0198/agenda?a=1&b=2"},
			Why:     "You are a member of MAPaC.",
		}, true, nil
	})
	priya := person(t, d, "priya@example.org")
	write(t, d, func(tx db.Tx) error { return notify.Send(tx, notify.Notice{Kind: "agenda", To: priya}) })
	if err := store.Drain(t.Context(), priya); err != nil {
		t.Fatal(err)
	}

	list, err := box.List(t.Context(), "priya@example.org")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	m, err := box.Find(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "The agenda is out: MAPaC – 26 November 2026, 5 % shorter" || m.FromEmail != "quorate@mail.example.org" {
		t.Errorf("subject %q from %q", m.Subject, m.FromEmail)
	}
	for _, want := range []string{"It has 7 items & 1 <late> paper.", long, "When: 9:30am", "Read the agenda:\nhttps://quorate.example.org/meetings/0198/agenda?a=1&b=2\n", "Why you got this: You are a member of MAPaC."} {
		if !strings.Contains(m.TextBody, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.TextBody)
		}
	}
	for _, want := range []string{"7 items &amp; 1 &lt;late&gt; paper", `<a href="https://quorate.example.org/meetings/0198/agenda?a=1&amp;b=2">Read the agenda</a>`} {
		if !strings.Contains(m.HTMLBody, want) {
			t.Errorf("the HTML lacks %q:\n%s", want, m.HTMLBody)
		}
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
	var raw string
	if err := d.Read(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select convert_from(raw, 'utf8') from demo_mail`).Scan(&raw).Error
	}); err != nil || !strings.Contains(raw, "Auto-Submitted: auto-generated") {
		t.Errorf("no Auto-Submitted heading (%v):\n%s", err, raw)
	}
}

// Outlook offers Accept only when the calendar stands among the ways to read the message and says its
// method in the heading, and only when the organiser is who the message comes from.
func TestACalendarGoesBothAsAPartAndAsAFile(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	box := &notify.DemoMailbox{DB: d}
	address, stop, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	driver, err := notify.NewSMTP(address, "quorate@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	text := "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nX-LONG:" + strings.Repeat("é=", 30) + "\r\nEND:VCALENDAR\r\n"
	err = driver.Deliver(t.Context(), notify.Message{
		ID: "1@example.org", To: "priya@example.org", Subject: "Invitation", Text: "Come.", HTML: "<p>Come.</p>", At: dbtest.Begin,
		From: notify.Sender{Name: "MAPaC, the panel", Email: "reply-x@in.example.org"}, Calendar: &notify.Calendar{Method: "REQUEST", Text: []byte(text)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
	list, err := box.List(t.Context(), "")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	m, err := box.Find(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if m.FromEmail != "quorate@mail.example.org" || !strings.Contains(string(m.Raw), `From: "MAPaC, the panel" <reply-x@in.example.org>`) {
		t.Errorf("comes back to %q:\n%s", m.FromEmail, m.Raw)
	}
	file, err := m.Calendar()
	if err != nil || string(file) != text {
		t.Errorf("the calendar arrived as %q (%v)", file, err)
	}
	raw := string(m.Raw)
	alternative := strings.Index(raw, "multipart/alternative")
	part := strings.Index(raw, "Content-Type: text/calendar; method=REQUEST; charset=UTF-8")
	attached := strings.Index(raw, `filename="invite.ics"`)
	if alternative < 0 || part < alternative || attached < part || strings.Count(raw, "application/ics") != 1 {
		t.Errorf("parts at %d, %d, %d:\n%s", alternative, part, attached, raw)
	}
}

// A chart that is fetched from somewhere tells who reads when; one that is not found tells nothing. It travels.
func TestAPictureTravelsInsideTheMessage(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	box := &notify.DemoMailbox{DB: d}
	address, stop, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	driver, err := notify.NewSMTP(address, "quorate@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	picture := notify.Picture{PNG: []byte("\x89PNG and so on"), Alt: "Most wait for housing", Width: 560}
	mail := notify.Mail{Subject: "Digest", Lines: []string{"Two wait."}, Picture: &picture, Tables: []notify.Table{
		{Caption: "By kind", Columns: []string{"Kind", "Young people"}, Rows: [][]string{{"No suitable housing", "12"}}},
	}}
	store := &notify.Store{DB: d, Driver: driver, BaseURL: "https://quorate.example.org", Domain: driver.Domain()}
	store.Register("digest", aKind, func(db.Tx, notify.Notice) (notify.Mail, bool, error) { return mail, true, nil })
	message, _, err := store.Preview(t.Context(), notify.Notice{Kind: "digest", To: person(t, d, "priya@example.org")})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(message.Text, "By kind\n- No suitable housing – young people: 12\n") {
		t.Errorf("the text says %s", message.Text)
	}
	message.ID, message.To = "1@example.org", "priya@example.org"
	if err := driver.Deliver(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
	list, err := box.List(t.Context(), "")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	m, err := box.Find(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := m.ShownHTML()
	if err != nil || !strings.Contains(shown, `src="data:image/png;base64,iVBORyBhbmQgc28gb24="`) || strings.Contains(shown, "cid:") {
		t.Errorf("shown as %s (%v)", shown, err)
	}
	raw := string(m.Raw)
	related, inside := strings.Index(raw, "multipart/related"), strings.Index(raw, "Content-Id: <chart@quorate>")
	if related < 0 || inside < related || !strings.Contains(m.HTMLBody, `src="cid:chart@quorate" alt="Most wait for housing" width="560"`) {
		t.Errorf("related at %d, the picture at %d:\n%s", related, inside, raw)
	}
}
