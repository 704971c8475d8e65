package notify_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

var noSuchMailbox = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}

// administrator is somebody who runs the product.
func (p *post) administrator(t *testing.T) access.Actor {
	t.Helper()
	id := person(t, p.DB, "asha@example.org")
	write(t, p.DB, func(tx db.Tx) error {
		return tx.Exec(`update person set administrator = true, name = 'Asha Test' where id = ?`, id).Error
	})
	return access.Actor{PersonID: id, Name: "Asha Test", Administrator: true}
}

func scan[T any](t *testing.T, d *db.DB, sql string, values ...any) (got T) {
	t.Helper()
	if err := d.Read(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Raw(sql, values...).Scan(&got).Error }); err != nil {
		t.Fatal(err)
	}
	return got
}

func (p *post) undelivered(t *testing.T, as access.Actor) []notify.Undelivered {
	t.Helper()
	var list notify.UndeliveredList
	err := p.DB.Read(t.Context(), as, func(tx db.Tx) (err error) {
		list, err = p.Undelivered(tx, notify.UndeliveredFilter{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list.Rows
}

func must[T any](t *testing.T) func(T, error) T {
	return func(got T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}

// Whoever keeps writing to a dead mailbox is taken for a sender of junk, and then nobody gets their mail. What
// was for it is kept, and goes out when the address is mended.
func TestADeadMailboxIsWrittenToOnce(t *testing.T) {
	t.Parallel()
	p := setup(t)
	admin := p.administrator(t)
	p.server.refuse(noSuchMailbox)
	var want []string
	for range 3 {
		want = append(want, "Moved "+p.send(t, "moved").String())
		p.drain(t)
	}
	if n := len(p.server.offered()); n != 1 {
		t.Errorf("written to %d times", n)
	}
	list := p.undelivered(t, admin)
	if len(list) != 3 || list[2].Failure != notify.NoSuchAddress || list[0].Failure != notify.AddressFails || !list[0].Failing || list[0].SentTo != "priya@example.org" || list[2].Tries != 1 || list[0].Tries != 0 {
		t.Fatalf("%+v", list)
	}
	if told := dbtest.Jobs(t, p.DB, "notify.address_failed"); len(told) != 1 {
		t.Errorf("announced %d times", len(told))
	}

	p.server.refuse(nil)
	if _, err := p.CorrectAddress(t.Context(), admin, p.priya, 1, "not an address", true); !fault.Is(err, fault.Invalid) {
		t.Errorf("nonsense is an address: %v", err)
	}
	if _, err := p.CorrectAddress(t.Context(), admin, p.priya, 1, "Asha@example.org", true); !fault.Is(err, fault.Invalid) {
		t.Errorf("two people have one address: %v", err)
	}
	if _, err := p.CorrectAddress(t.Context(), admin, p.priya, 7, "priya.test@example.org", true); !fault.Is(err, fault.Stale) {
		t.Errorf("an old page changes a person: %v", err)
	}
	if n := must[int](t)(p.CorrectAddress(t.Context(), admin, p.priya, 1, " Priya.Test@example.org ", true)); n != 3 {
		t.Errorf("%d are sent again", n)
	}
	p.drain(t)
	if got := p.server.subjects(); !slices.Equal(got, want) {
		t.Errorf("arrived %q, want %q", got, want)
	}
	if got := scan[[]string](t, p.DB, `select sent_to from outbox`); !slices.Equal(got, []string{"priya.test@example.org", "priya.test@example.org", "priya.test@example.org"}) {
		t.Errorf("sent to %q", got)
	}
	ids := p.server.offered()
	if slices.Contains(ids[1:], ids[0]) {
		t.Errorf("what is sent again has the Message-ID of the first: %q", ids)
	}
	if n := scan[int](t, p.DB, `select count(*) from failing_address`); n != 0 {
		t.Errorf("%d addresses are still marked", n)
	}
	if got := scan[[]string](t, p.DB, `select action from audit_entry order by id`); !slices.Equal(got, []string{"person.email_corrected"}) {
		t.Errorf("audited %q", got)
	}
}

// An administrator may know better than a mail server that had a bad day.
func TestAnAddressIsTriedAgainWhenAnAdministratorSaysSo(t *testing.T) {
	t.Parallel()
	p := setup(t)
	admin := p.administrator(t)
	p.server.refuse(noSuchMailbox)
	p.send(t, "moved")
	p.send(t, "moved")
	p.drain(t)
	if _, err := p.TryAddressAgain(t.Context(), access.Actor{PersonID: p.priya, Name: "Priya"}, p.priya); !fault.Is(err, fault.Denied) {
		t.Errorf("anybody may: %v", err)
	}
	p.server.refuse(nil)
	if n := must[int](t)(p.TryAddressAgain(t.Context(), admin, p.priya)); n != 2 {
		t.Errorf("%d sent again", n)
	}
	if _, err := p.TryAddressAgain(t.Context(), admin, p.priya); !fault.Is(err, fault.Conflict) {
		t.Errorf("an address that is not marked is tried again: %v", err)
	}
	p.drain(t)
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Sent, notify.Sent}) {
		t.Errorf("states %v", got)
	}
	// The same trouble is told again: the first time says nothing of the second.
	p.server.refuse(noSuchMailbox)
	p.send(t, "moved")
	p.drain(t)
	if told := dbtest.Jobs(t, p.DB, "notify.address_failed"); len(told) != 2 {
		t.Errorf("announced %d times", len(told))
	}
}

// What could not be delivered is somebody's business until it is sent or given up with a reason.
func TestWhatCouldNotBeDeliveredIsSentAgainOrDiscarded(t *testing.T) {
	t.Parallel()
	p := setup(t)
	admin := p.administrator(t)
	p.server.refuse(&smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Taken for junk"})
	for range 3 {
		p.send(t, "moved")
	}
	p.drain(t)
	p.server.refuse(nil)
	list := p.undelivered(t, admin)
	if len(list) != 3 || list[0].Name != "Priya Test" || list[0].Email != "priya@example.org" || list[0].TriedAt == nil || !strings.Contains(list[0].LastError, "Taken for junk") {
		t.Fatalf("%+v", list)
	}
	everybody := access.Actor{PersonID: p.priya, Name: "Priya"}
	for what, err := range map[string]error{
		"sends again": second(p.SendAgain(t.Context(), everybody, []uuid.UUID{list[0].ID})),
		"sends all":   second(p.SendAllAgain(t.Context(), everybody, notify.UndeliveredFilter{})),
		"discards":    second(p.Discard(t.Context(), everybody, []uuid.UUID{list[0].ID}, "x")),
		"reads":       p.DB.Read(t.Context(), everybody, func(tx db.Tx) error { _, err := p.Undelivered(tx, notify.UndeliveredFilter{}); return err }),
		"reads one":   p.DB.Read(t.Context(), everybody, func(tx db.Tx) error { _, err := p.FindUndelivered(tx, list[0].ID); return err }),
		"holds":       p.HoldMail(t.Context(), everybody, "x"),
	} {
		if !fault.Is(err, fault.Denied) {
			t.Errorf("anybody %s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"nothing is sent again":       second(p.SendAgain(t.Context(), admin, nil)),
		"nothing is discarded":        second(p.Discard(t.Context(), admin, nil, "Old")),
		"it is discarded for nothing": second(p.Discard(t.Context(), admin, []uuid.UUID{list[0].ID}, " ")),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := must[int](t)(p.Discard(t.Context(), admin, []uuid.UUID{list[2].ID}, "The meeting is over")); n != 1 {
		t.Errorf("%d discarded", n)
	}
	if n := must[int](t)(p.SendAgain(t.Context(), admin, []uuid.UUID{list[0].ID, list[2].ID})); n != 1 {
		t.Errorf("%d sent again, one of them discarded", n)
	}
	if _, err := p.SendAgain(t.Context(), admin, []uuid.UUID{list[0].ID}); !fault.Is(err, fault.Conflict) {
		t.Errorf("sent again twice: %v", err)
	}
	if n := must[int](t)(p.SendAllAgain(t.Context(), admin, notify.UndeliveredFilter{Failure: notify.Refused})); n != 1 {
		t.Errorf("%d of the rest are sent again", n)
	}
	p.drain(t)
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Dropped, notify.Sent, notify.Sent}) {
		t.Errorf("states %v", got)
	}
	if got := scan[[]string](t, p.DB, `select action from audit_entry order by id`); !slices.Equal(got, []string{"mail.discarded", "mail.sent_again", "mail.sent_again"}) {
		t.Errorf("audited %q", got)
	}
}

func second[T any](_ T, err error) error { return err }

// Before go-live people must not be written to from a system that is being set up; and nothing of it may be lost.
func TestHeldMailWaitsAndIsLetGo(t *testing.T) {
	t.Parallel()
	for _, dropOld := range []bool{false, true} {
		p := setup(t)
		admin := p.administrator(t)
		if err := p.HoldMail(t.Context(), admin, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("held for no reason: %v", err)
		}
		for _, why := range []string{"A fire drill", "Until we go live"} { // the second says anew why
			if err := p.HoldMail(t.Context(), admin, why); err != nil {
				t.Fatal(err)
			}
		}
		old := "Moved " + p.send(t, "moved").String()
		p.drain(t)
		p.clock.Advance(25 * time.Hour)
		fresh := "Moved " + p.send(t, "moved").String()
		p.drain(t)
		if err := p.DrainDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := p.states(t); !slices.Equal(got, []notify.State{notify.Waiting, notify.Waiting}) || len(p.server.offered()) != 0 {
			t.Fatalf("held, they are %v", got)
		}
		var hold *notify.Hold
		if err := p.DB.Read(t.Context(), admin, func(tx db.Tx) (err error) { hold, err = notify.HoldNow(tx); return err }); err != nil || hold == nil || hold.HeldBy != "Asha Test" || hold.Reason != "Until we go live" {
			t.Fatalf("%+v, %v", hold, err)
		}
		if _, _, err := p.LiftHold(t.Context(), admin, uuid.New(), dropOld); !fault.Is(err, fault.Stale) {
			t.Errorf("another hold is lifted: %v", err)
		}
		going, dropped, err := p.LiftHold(t.Context(), admin, hold.ID, dropOld)
		if err != nil {
			t.Fatal(err)
		}
		want, counted := []string{old, fresh}, [2]int{2, 0}
		if dropOld {
			want, counted = []string{fresh}, [2]int{1, 1}
		}
		if got := [2]int{going, dropped}; got != counted {
			t.Errorf("let go %v, want %v", got, counted)
		}
		if jobs := dbtest.Jobs(t, p.DB, "notify.goes_again"); len(jobs) != 1 {
			t.Errorf("%d jobs send what was held", len(jobs))
		}
		if err := p.DrainDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := p.server.subjects(); !slices.Equal(got, want) {
			t.Errorf("arrived %q, want %q", got, want)
		}
		if got := scan[[]string](t, p.DB, `select action from audit_entry order by id`); !slices.Equal(got, []string{"mail.held", "mail.held", "mail.let_go"}) {
			t.Errorf("audited %q", got)
		}
	}
}

// A password that is refused does not mend itself: administrators hear of it at once, in the product, since no
// email can reach them. A server that is away is told when it stays away.
func TestAdministratorsAreToldThatMailStandsStill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answers map[string]string
		at      time.Duration
	}{
		{map[string]string{"MAIL": "530 5.7.0 authentication required"}, 0},
		{map[string]string{"MAIL": "451 4.3.0 being repaired"}, 15 * time.Minute},
	} {
		p := setup(t)
		p.RegisterOwn()
		admin := p.administrator(t)
		s := script(t, nil, c.answers)
		driver := must[*notify.SMTP](t)(notify.NewSMTP("smtp://"+s.address+"?tls=none", "quorate@example.org"))
		p.Driver = driver
		began := p.clock.Now()
		p.send(t, "moved")
		told := func() []uuid.UUID {
			return scan[[]uuid.UUID](t, p.DB, `select recipient from outbox where kind = ?`, notify.NoticeTrouble)
		}
		for p.clock.Now().Sub(began) < time.Hour {
			p.drain(t)
			if after := p.clock.Now().Sub(began); len(told()) == 1 != (after >= c.at) {
				t.Fatalf("after %s told %v", after, told())
			}
			p.clock.Advance(5 * time.Minute)
		}
		if who := told(); !slices.Equal(who, []uuid.UUID{admin.PersonID}) {
			t.Errorf("told %v", who)
		}
		s.mu.Lock()
		clear(s.answers)
		s.mu.Unlock()
		if err := p.DrainDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := scan[[]notify.State](t, p.DB, `select state from outbox order by seq`); !slices.Equal(got, []notify.State{notify.Sent, notify.Dropped}) { // the news is over by then
			t.Errorf("states %v", got)
		}
		if jobs := dbtest.Jobs(t, p.DB, "notify.goes_again"); len(jobs) != 1 {
			t.Errorf("%d jobs send what has waited", len(jobs))
		}
		driver.Close()
	}
}

// Whoever could make a bounce up could silence anybody: only an address that this product made for that message
// counts, and only what a mail server reports there.
func TestABounceMarksAnAddressAndAForgedOneDoesNot(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.Returns = "reply.example.org"
	froms := &envelopes{to: p.Driver}
	p.Driver = froms
	failed := notify.Report{Action: "failed", Status: "5.1.1", Says: "550 5.1.1 No such user"}
	send := func() string {
		t.Helper()
		p.send(t, "moved")
		p.drain(t)
		return froms.from[len(froms.from)-1]
	}
	failing := func() int { t.Helper(); return scan[int](t, p.DB, `select count(*) from failing_address`) }
	address := send()
	if !strings.HasPrefix(address, "bounce-") || !strings.HasSuffix(address, "@reply.example.org") {
		t.Fatalf("comes back to %q", address)
	}
	if known := must[bool](t)(p.ReturnsTo(t.Context(), strings.ToUpper(address))); !known {
		t.Error("an address that went through capital letters is unknown")
	}
	secret := strings.TrimSuffix(strings.TrimPrefix(address, "bounce-"), "@reply.example.org")
	for _, forged := range []string{"bounce-@reply.example.org", "bounce-aaaaaaaaaaaaaaaaaaaaaaaaaa@reply.example.org", "bounce-" + secret + "@elsewhere.example.org", secret + "@reply.example.org", "priya@example.org", "bounce-" + secret[1:] + "@reply.example.org"} {
		if known := must[bool](t)(p.ReturnsTo(t.Context(), forged)); known {
			t.Errorf("%s is known", forged)
		}
		if err := p.TakeReport(t.Context(), forged, failed); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s is believed: %v", forged, err)
		}
	}
	for _, report := range []notify.Report{{Action: "delayed", Status: "4.4.1"}, {Action: "delivered", Status: "2.0.0"}, {Action: "relayed", Status: "2.0.0"}} {
		if err := p.TakeReport(t.Context(), address, report); err != nil {
			t.Fatal(err)
		}
	}
	if n := scan[int](t, p.DB, `select count(*) from address_failure where not hard`); failing() != 0 || n != 1 {
		t.Errorf("a delay marks an address, or is not counted (%d)", n)
	}
	for range 2 { // mail servers repeat themselves
		if err := p.TakeReport(t.Context(), address, failed); err != nil {
			t.Fatal(err)
		}
	}
	if f := p.fates(t)[0]; failing() != 1 || f.State != notify.Dead || !strings.Contains(f.LastError, "No such user") {
		t.Errorf("%d marked, %+v", failing(), f)
	}
	if told := dbtest.Jobs(t, p.DB, "notify.address_failed"); len(told) != 1 {
		t.Errorf("announced %d times", len(told))
	}

	// A bounce that comes late is about the address it was sent to, not about the one they have now.
	admin := p.administrator(t)
	must[int](t)(p.CorrectAddress(t.Context(), admin, p.priya, 1, "priya.test@example.org", true))
	p.drain(t)
	late := froms.from[len(froms.from)-1]
	must[int](t)(p.CorrectAddress(t.Context(), admin, p.priya, 2, "priya.third@example.org", false))
	if err := p.TakeReport(t.Context(), late, failed); err != nil {
		t.Fatal(err)
	}
	if failing() != 0 {
		t.Error("a bounce of the old address marks the new")
	}
	// What is wrong with one message says nothing of the address.
	if err := p.TakeReport(t.Context(), send(), notify.Report{Action: "failed", Status: "5.7.1", Says: "junk"}); err != nil {
		t.Fatal(err)
	}
	if failing() != 0 || p.fates(t)[1].State != notify.Dead {
		t.Errorf("a message that was refused: %d marked, %+v", failing(), p.fates(t))
	}
	p.clock.Advance(15 * 24 * time.Hour)
	if err := p.ForgetReturns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if known := must[bool](t)(p.ReturnsTo(t.Context(), late)); known {
		t.Error("addresses are kept for ever")
	}
}

// envelopes notes where each message comes back to.
type envelopes struct {
	to   notify.Driver
	from []string
}

func (e *envelopes) Deliver(ctx context.Context, m notify.Message) error {
	e.from = append(e.from, m.ReturnTo)
	return e.to.Deliver(ctx, m)
}

// What an administrator reads of the mail itself is read by people before it is sent to people.
func TestWhatAdministratorsAreToldOfTheMail(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.RegisterOwn()
	admin := p.administrator(t)
	notice := notify.Notice{Kind: notify.NoticeTrouble, To: admin.PersonID}
	notifytest.NotSent(t, p.Store, notice)
	s := script(t, nil, map[string]string{"MAIL": "530 5.7.0 authentication required"})
	driver := must[*notify.SMTP](t)(notify.NewSMTP("smtp://"+s.address+"?tls=none", "quorate@example.org"))
	defer driver.Close()
	p.Driver = driver
	p.send(t, "moved")
	p.drain(t)
	notifytest.Golden(t, p.Store, notice, "mail_trouble")
}
