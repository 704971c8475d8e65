package notify_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// subscribed has a weekly list that Priya gets.
func subscribed(t *testing.T) *post {
	t.Helper()
	p := setup(t)
	p.Register("weekly", notify.Nature{Group: notify.Blockers, Words: "The weekly list", Subscription: true}, func(db.Tx, notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{
			Subject: "The weekly list.", Lines: []string{"Three things are new."}, Why: "You are a member of the board.",
			Link: notify.Link{Text: "Read the list", Path: "/board"},
		}, true, nil
	})
	return p
}

var unsubscribeLink = regexp.MustCompile(`https://quorate\.example\.org/unsubscribe/([A-Z2-7]{26})`)

// link sends the list and takes the link from it.
func (p *post) link(t *testing.T) string {
	t.Helper()
	p.send(t, "weekly")
	p.drain(t)
	found := unsubscribeLink.FindStringSubmatch(p.server.last(t))
	if found == nil {
		t.Fatalf("no link to end the subscription in:\n%s", p.server.last(t))
	}
	return found[1]
}

func (p *post) subscription(t *testing.T, link string) (sub notify.Subscription, err error) {
	t.Helper()
	readErr := p.DB.Read(t.Context(), access.SignedOut, func(tx db.Tx) error {
		sub, err = p.ReadUnsubscribeLink(tx, link)
		return nil
	})
	if readErr != nil {
		t.Fatal(readErr)
	}
	return sub, err
}

// Mail programs open every link and press RFC 8058's button by themselves: the first must end nothing, the
// second the one subscription of one person and nothing else.
func TestALinkEndsOneSubscriptionOfOnePerson(t *testing.T) {
	t.Parallel()
	p := subscribed(t)
	link := p.link(t)
	if sub, err := p.subscription(t, link); err != nil || sub.Ended || sub.Words != "The weekly list" {
		t.Fatalf("%+v, %v", sub, err)
	}
	for range 2 {
		if err := p.Unsubscribe(t.Context(), link, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	if sub, err := p.subscription(t, link); err != nil || !sub.Ended {
		t.Errorf("%+v, %v", sub, err)
	}
	before := len(p.server.subjects())
	p.send(t, "weekly")
	p.send(t, "moved")
	p.drain(t)
	if got := p.server.subjects()[before:]; len(got) != 1 || !strings.HasPrefix(got[0], "Moved") {
		t.Errorf("arrived %q", got)
	}
	if len(p.inbox(t)) != 3 {
		t.Errorf("the inbox holds %+v", p.inbox(t))
	}
	sam := person(t, p.DB, "sam@example.org")
	write(t, p.DB, func(tx db.Tx) error { return notify.Send(tx, notify.Notice{Kind: "weekly", To: sam}) })
	if err := p.Drain(t.Context(), sam); err != nil {
		t.Fatal(err)
	}
	if got := p.server.subjects(); got[len(got)-1] != "The weekly list." {
		t.Errorf("somebody else’s subscription ended too: %q", got)
	}
	var audited int
	write(t, p.DB, func(tx db.Tx) error {
		return tx.Raw(`select count(*) from audit_entry where action = 'notice_choice.unsubscribed'`).Scan(&audited).Error
	})
	if audited != 1 {
		t.Errorf("%d rows of audit", audited)
	}
}

// A forwarded email must not end what its reader has since chosen to get, nor work for ever.
func TestALinkStopsWorking(t *testing.T) {
	t.Parallel()
	p := subscribed(t)
	first := p.link(t)
	if err := p.Unsubscribe(t.Context(), first, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	p.clock.Advance(time.Hour)
	p.choose(t, "weekly", notify.Now)
	if err := p.Unsubscribe(t.Context(), first, "192.0.2.1"); !fault.Is(err, fault.Conflict) {
		t.Errorf("chosen again: %v", err)
	}
	second := p.link(t)
	p.clock.Advance(181 * 24 * time.Hour)
	if err := p.Unsubscribe(t.Context(), second, "192.0.2.1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("half a year later: %v", err)
	}
	if err := p.ForgetUnsubscribeLinks(t.Context()); err != nil {
		t.Fatal(err)
	}
	third := p.link(t)
	write(t, p.DB, func(tx db.Tx) error {
		return tx.Exec(`update person set ended_on = ? where id = ?`, tx.Today(), p.priya).Error
	})
	if _, err := p.subscription(t, third); !fault.Is(err, fault.NotFound) {
		t.Errorf("once they have left: %v", err)
	}
}

// A program that tries link after link is told to wait, and nobody else is.
func TestTryingLinksIsStopped(t *testing.T) {
	t.Parallel()
	p := subscribed(t)
	link := p.link(t)
	for n := range 20 {
		if err := p.Unsubscribe(t.Context(), "NOTALINK", "192.0.2.1"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("try %d: %v", n+1, err)
		}
	}
	if err := p.Unsubscribe(t.Context(), link, "192.0.2.1"); !fault.Is(err, fault.TooMany) {
		t.Errorf("after twenty tries: %v", err)
	}
	if err := p.Unsubscribe(t.Context(), link, "192.0.2.2"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

// Ending the digest must not bring its notices back as emails.
func TestTheDigestEndsWithOneClickToo(t *testing.T) {
	t.Parallel()
	p := subscribed(t)
	p.at(t, "2026-11-24T07:00:00Z")
	p.choose(t, "moved", notify.InDigest)
	p.send(t, "moved")
	p.drain(t)
	p.at(t, "2026-11-24T08:00:00Z")
	p.sweep(t)
	found := unsubscribeLink.FindStringSubmatch(p.server.last(t))
	if found == nil {
		t.Fatalf("no link in:\n%s", p.server.last(t))
	}
	if err := p.Unsubscribe(t.Context(), found[1], "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	p.send(t, "moved")
	p.drain(t)
	p.at(t, "2026-11-25T08:00:00Z")
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 1 {
		t.Errorf("arrived %q", got)
	}
}

// Mail programs show their own button only when the headers are exactly right, and on nothing that is not
// a subscription.
func TestASubscriptionAsItTravels(t *testing.T) {
	t.Parallel()
	p := subscribed(t)
	p.link(t)
	file := filepath.Join("testdata", "subscription.eml")
	raw := steady(string(p.server.raw), p.server.ids[0])
	if flag.Lookup("update-mail").Value.String() == "true" {
		if err := os.WriteFile(file, []byte(raw), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), raw); diff != "" {
		t.Errorf("%s travels otherwise (-file +now):\n%s", file, diff)
	}
	p.send(t, "moved")
	p.drain(t)
	if strings.Contains(string(p.server.raw), "List-Unsubscribe") {
		t.Errorf("a notice of a meeting can be unsubscribed:\n%s", p.server.raw)
	}
}

// steady is a message without what no two have in common.
func steady(raw, id string) string {
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "=\n", "")
	raw = strings.ReplaceAll(raw, strings.Trim(id, "<>"), "ID@mail.example.org")
	if boundary := regexp.MustCompile(`boundary=(\S+)`).FindStringSubmatch(raw); boundary != nil {
		raw = strings.ReplaceAll(raw, strings.Trim(boundary[1], `"`), "BOUNDARY")
	}
	raw = regexp.MustCompile(`\b[A-Z2-7]{26}\b`).ReplaceAllString(raw, "TOKEN")
	return strings.ReplaceAll(raw, uuid.Nil.String(), "ID")
}
