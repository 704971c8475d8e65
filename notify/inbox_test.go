package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// habits has ordinary mail gathered, paced and kept to office hours, as the product does.
func (p *post) habits() {
	p.Hours = notify.Hours{Opens: 8 * 60, Closes: 18 * 60}
	p.Gather = notify.Gather{Bundle: 10 * time.Minute, Hourly: 4}
}

func (p *post) at(t *testing.T, text string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	p.clock.Set(at)
}

// actor is Priya, signed in.
func (p *post) actor() access.Actor { return access.Actor{PersonID: p.priya, Name: "Priya"} }

func (p *post) inbox(t *testing.T) (list []notify.Told) {
	t.Helper()
	err := p.DB.Read(t.Context(), p.actor(), func(tx db.Tx) (err error) {
		list, _, err = notify.Inbox(tx, false, 1, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (p *post) choose(t *testing.T, kind notify.Kind, door notify.Door) {
	t.Helper()
	if err := p.Choose(t.Context(), p.actor(), map[notify.Kind]notify.Door{kind: door}); err != nil {
		t.Fatal(err)
	}
}

// sweep is the minute's job.
func (p *post) sweep(t *testing.T) {
	t.Helper()
	if err := p.DrainDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Whoever has no mail server, or reads no email, must still be able to find what they were told.
func TestEverythingStandsInTheInboxWhateverBecomesOfTheMail(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.Driver = nil
	about := p.send(t, "moved")
	p.send(t, "overtaken")
	later := uuid.Must(uuid.NewV7())
	write(t, p.DB, func(tx db.Tx) error {
		return notify.Send(tx, notify.Notice{Kind: "moved", IDs: notify.IDs{"meeting": later}, To: p.priya, Wait: time.Hour})
	})
	p.sweep(t)
	list := p.inbox(t)
	if len(list) != 1 || list[0].Subject != "Moved "+about.String() || list[0].Line != "The meeting was moved." || list[0].Why != "You are a member." || list[0].ReadAt != nil {
		t.Fatalf("the inbox holds %+v", list)
	}
	p.clock.Advance(time.Hour)
	p.sweep(t)
	p.sweep(t)
	if list = p.inbox(t); len(list) != 2 || list[0].Subject != "Moved "+later.String() {
		t.Errorf("an hour later it holds %+v", list)
	}
}

// Somebody else's inbox is none of one's business, and looking at one's own must not mark it as read.
func TestReadingIsMarkedByItsPersonAlone(t *testing.T) {
	t.Parallel()
	p := setup(t)
	first := "Moved " + p.send(t, "moved").String()
	p.drain(t)
	p.clock.Advance(time.Minute)
	shown := p.DB.Now()
	p.clock.Advance(time.Minute)
	p.send(t, "moved")
	p.drain(t)
	list := p.inbox(t)
	stranger := access.Actor{PersonID: person(t, p.DB, "sam@example.org")}
	if _, err := p.MarkRead(t.Context(), stranger, list[0].NoticeID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger marks it as read: %v", err)
	}
	if n, err := p.MarkAllRead(t.Context(), stranger, p.DB.Now()); n != 0 || err != nil {
		t.Errorf("a stranger marks %d as read: %v", n, err)
	}
	if n, err := p.MarkAllRead(t.Context(), p.actor(), shown); n != 1 || err != nil {
		t.Errorf("%d marked, %v; only one had come when the page was shown", n, err)
	}
	for _, told := range p.inbox(t) {
		if (told.ReadAt != nil) != (told.Subject == first) {
			t.Errorf("%s: read %v", told.Subject, told.ReadAt)
		}
	}
	for range 2 {
		if _, err := p.MarkRead(t.Context(), p.actor(), list[0].NoticeID); err != nil {
			t.Error(err)
		}
	}
}

// Three emails within three minutes are two too many; what they ask must all be in the one that comes.
func TestWhatFollowsWithinTenMinutesIsOneMessage(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.habits()
	p.at(t, "2026-11-24T09:50:00Z")
	first := p.send(t, "moved")
	p.drain(t)
	var rest []string
	for range 3 {
		p.clock.Advance(time.Minute)
		rest = append(rest, "Moved "+p.send(t, "moved").String())
		p.drain(t)
	}
	if got := p.server.subjects(); !slices.Equal(got, []string{"Moved " + first.String()}) {
		t.Fatalf("before the ten minutes are over: %q", got)
	}
	if list := p.inbox(t); len(list) != 4 {
		t.Errorf("the inbox waits for the mail: %+v", list)
	}
	p.at(t, "2026-11-24T10:00:00Z")
	p.sweep(t)
	p.sweep(t)
	got := p.server.subjects()
	if len(got) != 2 || got[1] != rest[0]+" And 2 more." {
		t.Fatalf("after ten minutes: %q", got)
	}
	body := p.server.last(t)
	at := -1
	for _, subject := range rest {
		next := strings.Index(body, "* "+subject)
		if next <= at {
			t.Errorf("%q is missing or out of order:\n%s", subject, body)
		}
		at = next
	}
	if strings.Count(body, "Why you got this: You are a member.") < 3 || !strings.Contains(body, "https://quorate.example.org/account/notices") {
		t.Errorf("it does not say of each why it came, or how to change it:\n%s", body)
	}
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Sent, notify.Sent, notify.Carried, notify.Carried}) {
		t.Errorf("states %v", got)
	}
}

// A bundle that the server may have taken is offered again as the same message, or people read it all twice.
func TestABundleIsRepeatedAsItWas(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.habits()
	p.at(t, "2026-11-24T09:50:00Z")
	p.send(t, "moved")
	p.send(t, "moved")
	whole := p.Driver
	p.Driver = &dyingDriver{to: whole}
	func() {
		defer func() { _ = recover() }()
		_ = p.Drain(t.Context(), p.priya)
	}()
	p.Driver = whole
	p.send(t, "moved") // comes later, and is no part of it
	p.clock.Advance(6 * time.Minute)
	p.sweep(t)
	offered, subjects := p.server.offered(), p.server.subjects()
	if len(offered) != 2 || offered[0] != offered[1] || subjects[0] != subjects[1] {
		t.Fatalf("offered %q as %q", subjects, offered)
	}
	p.clock.Advance(10 * time.Minute)
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 3 || strings.Contains(got[2], "more") {
		t.Errorf("offered %q", got)
	}
}

// A vote that is open now is over by the time a throttle lets go.
func TestNothingHoldsWhatCannotWait(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.habits()
	p.Register("vote", notify.Nature{Group: notify.Votes, Words: "A vote is open", Urgent: true, Fixed: "Your position is needed."}, func(db.Tx, notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{Subject: "A vote is open"}, true, nil
	})
	p.at(t, "2026-11-27T18:00:00Z") // Friday, closing
	p.send(t, "moved")
	p.send(t, "vote")
	write(t, p.DB, func(tx db.Tx) error {
		return notify.Send(tx, notify.Notice{Kind: "moved", To: p.priya, Urgent: true})
	})
	p.drain(t)
	if got := p.server.subjects(); !slices.Equal(got, []string{"A vote is open", "Moved 00000000-0000-0000-0000-000000000000"}) {
		t.Fatalf("on Friday evening: %q", got)
	}
	p.at(t, "2026-11-30T07:59:00Z")
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 2 {
		t.Errorf("before Monday’s opening: %q", got)
	}
	p.at(t, "2026-11-30T08:00:00Z")
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 3 {
		t.Errorf("on Monday morning: %q", got)
	}
}

// What is held by the throttle may be late and must never be lost.
func TestTheThrottleGathersAndDropsNothing(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.habits()
	p.Gather = notify.Gather{Bundle: time.Second, Hourly: 2}
	p.at(t, "2026-11-24T09:00:00Z")
	for range 12 { // one every five minutes
		p.send(t, "moved")
		p.drain(t)
		p.clock.Advance(5 * time.Minute)
		p.sweep(t)
	}
	if got := p.server.subjects(); len(got) != 3 || !strings.HasSuffix(got[2], " And 9 more.") {
		t.Errorf("within the hour and at its end: %q", got)
	}
}

// Who asked for one email a day gets one, with everything, also after a morning on which nothing ran.
func TestTheDailyDigestListsWhatCameOnce(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.habits()
	p.at(t, "2026-11-26T10:00:00Z") // Thursday
	p.choose(t, "moved", notify.InDigest)
	p.send(t, "moved")
	p.send(t, "overtaken")
	p.clock.Advance(time.Hour)
	p.send(t, "moved")
	p.sweep(t)
	if list := p.inbox(t); len(list) != 2 {
		t.Errorf("the inbox waits for the digest: %+v", list)
	}
	p.at(t, "2026-11-27T07:59:00Z")
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 0 {
		t.Fatalf("before the morning: %q", got)
	}
	p.at(t, "2026-11-27T19:00:00Z") // nothing ran all day
	p.sweep(t)
	p.send(t, "moved")
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 0 {
		t.Fatalf("in the evening: %q", got)
	}
	p.at(t, "2026-11-30T08:00:00Z")
	p.sweep(t)
	p.sweep(t)
	if got := p.server.subjects(); !slices.Equal(got, []string{"Daily digest: 3 notices, Monday 30 November 2026."}) {
		t.Errorf("on Monday morning: %q", got)
	}
	body := p.server.last(t)
	if !strings.Contains(body, "YOUR MEETINGS\n") || strings.Count(body, "* Moved ") != 3 || !strings.Contains(body, "Stop these emails:\nhttps://quorate.example.org/unsubscribe/") {
		t.Errorf("the digest says:\n%s", body)
	}
	p.at(t, "2026-12-01T08:00:00Z")
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 1 {
		t.Errorf("with nothing to say: %q", got)
	}
}

// Who reads a kind in the product alone gets no email of it; nobody may turn off what the law or their
// duty asks for.
func TestChoicesHoldExceptForWhatIsFixed(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.Register("owed", notify.Nature{Group: notify.Letters, Words: "A letter is owed", Fixed: "The law asks for it."}, func(db.Tx, notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{Subject: "A letter is owed"}, true, nil
	})
	p.choose(t, "moved", notify.InProductOnly)
	p.send(t, "moved")
	p.send(t, "owed")
	p.drain(t)
	if got := p.server.subjects(); !slices.Equal(got, []string{"A letter is owed"}) {
		t.Errorf("arrived %q", got)
	}
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Kept, notify.Sent}) || len(p.inbox(t)) != 2 {
		t.Errorf("states %v, inbox %+v", got, p.inbox(t))
	}
	err := p.Choose(t.Context(), p.actor(), map[notify.Kind]notify.Door{"owed": notify.InDigest})
	if f := fault.As(err); f == nil || f.Kind != fault.Invalid || !strings.Contains(f.Sentence, "The law asks for it.") {
		t.Errorf("a fixed kind was changed: %v", err)
	}
	for kind, door := range map[notify.Kind]notify.Door{"moved": "pigeon", "unheard of": notify.Now} {
		if err := p.Choose(t.Context(), p.actor(), map[notify.Kind]notify.Door{kind: door}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s by %s: %v", kind, door, err)
		}
	}
	if err := p.ChooseForAll(t.Context(), p.actor(), notify.Now); err != nil {
		t.Fatal(err)
	}
	p.send(t, "moved")
	p.drain(t)
	if got := p.server.subjects(); len(got) != 2 {
		t.Errorf("back as it was to begin with: %q", got)
	}
}

// What was held and has changed since must be new in the inbox, or its reader believes what is old.
func TestWhatIsToldAnewIsNewInTheInbox(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.habits()
	p.at(t, "2026-11-28T12:00:00Z") // Saturday
	n := notify.Notice{Kind: "moved", To: p.priya}
	write(t, p.DB, func(tx db.Tx) error { return notify.Send(tx, n) })
	p.drain(t)
	if _, err := p.MarkAllRead(t.Context(), p.actor(), p.DB.Now()); err != nil {
		t.Fatal(err)
	}
	p.clock.Advance(time.Hour)
	write(t, p.DB, func(tx db.Tx) error { return notify.Send(tx, n) })
	atOnce := 0
	for _, job := range dbtest.Jobs(t, p.DB, "notify.drain") {
		if job.At.IsZero() {
			atOnce++
		}
	}
	if atOnce != 2 {
		t.Errorf("%d jobs at once: nobody is told anew before Monday", atOnce)
	}
	p.drain(t)
	if list := p.inbox(t); len(list) != 1 || list[0].ReadAt != nil || !list[0].ToldAt.Equal(p.DB.Now()) {
		t.Errorf("the inbox holds %+v", list)
	}
	p.at(t, "2026-11-30T08:00:00Z")
	p.sweep(t)
	if got := p.server.subjects(); len(got) != 1 {
		t.Errorf("arrived %q", got)
	}
}
