package inbound_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	server "github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/invitations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/inbound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a meeting whose invitations have gone out by real SMTP, and the listener for the replies.
type world struct {
	panels.Store
	t       *testing.T
	clock   *clock.Manual
	invites invitations.Store
	post    *notify.Store
	taken   *mailServer
	address string // of the listener
	said    *heard
	forum   panels.Forum
	admin   access.Actor
	clerk   access.Actor
	health  panels.Person
	meeting panels.Meeting
}

// heard keeps the log.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer // protected by mu
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// mailServer is the mail server of whoever is invited.
type mailServer struct {
	mu   sync.Mutex
	mail map[string][][]byte // by recipient, protected by mu
}

type delivery struct {
	to     *mailServer
	person string
}

func (*delivery) Reset()                                        {}
func (*delivery) Logout() error                                 { return nil }
func (*delivery) Mail(string, *server.MailOptions) error        { return nil }
func (d *delivery) Rcpt(to string, _ *server.RcptOptions) error { d.person = to; return nil }
func (d *delivery) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	d.to.mu.Lock()
	defer d.to.mu.Unlock()
	d.to.mail[d.person] = append(d.to.mail[d.person], raw)
	return err
}

func (s *mailServer) last(t *testing.T, person string) []byte {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mail[person]) == 0 {
		t.Fatal("no mail has arrived")
	}
	return s.mail[person][len(s.mail[person])-1]
}

func newWorld(t *testing.T) *world {
	t.Helper()
	d, manual := dbtest.NewAt(t)
	w := &world{
		Store: panels.Store{DB: d}, t: t, clock: manual, taken: &mailServer{mail: map[string][][]byte{}}, said: &heard{},
		admin:   access.Actor{PersonID: uuid.Must(uuid.NewV7()), Name: "Ada", Administrator: true},
		invites: invitations.Store{DB: d, BaseURL: "https://quorate.example.org", Sender: "quorate@example.org", Inbound: "reply.example.org"},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	receiving := server.NewServer(server.BackendFunc(func(*server.Conn) (server.Session, error) { return &delivery{to: w.taken}, nil }))
	receiving.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); _ = receiving.Serve(listener) }()
	t.Cleanup(func() { _ = receiving.Close(); <-done })
	driver, err := notify.NewSMTP("smtp://"+listener.Addr().String()+"?tls=none", "quorate@example.org")
	w.must(err)
	w.post = &notify.Store{DB: d, Driver: driver, BaseURL: w.invites.BaseURL, Domain: "example.org"}
	w.invites.RegisterNotices(w.post)

	replies, err := inbound.Listen("127.0.0.1:0", "reply.example.org", w.invites, w.post, slog.New(slog.NewTextHandler(w.said, &slog.HandlerOptions{Level: slog.LevelDebug})))
	w.must(err)
	w.address = replies.Addr().String()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := replies.Stop(ctx); err != nil {
			t.Error(err)
		}
		for _, secret := range []string{"@", "kamal", "reply-", "Hawthorn"} {
			if strings.Contains(w.said.String(), secret) {
				t.Errorf("the log says %q:\n%s", secret, w.said)
			}
		}
	})

	_, err = w.AddAgency(t.Context(), w.admin, panels.Agency{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true})
	w.must(err)
	w.forum, err = w.CreateForum(t.Context(), w.admin, panels.NewForum{Template: "mapac"})
	w.must(err)
	w.health = w.person("Kamal Reeve")
	clerk := w.person("Bryony Tate")
	for _, seat := range w.seats() {
		var who uuid.UUID
		switch {
		case seat.Office == access.Clerk:
			who = clerk.ID
		case seat.Name == "NHS continuing health care":
			who = w.health.ID
		default:
			continue
		}
		_, err := w.FillSeat(t.Context(), w.admin, panels.NewHolding{SeatID: seat.ID, PersonID: who})
		w.must(err)
	}
	w.must(d.Read(t.Context(), w.admin, func(tx db.Tx) error { w.clerk, err = panels.ActorFor(tx, clerk, tx.Today()); return err }))
	w.meeting, err = w.CallExtraordinaryMeeting(t.Context(), w.clerk, panels.NewMeeting{ForumID: w.forum.ID, StartsAt: clock.MustDate("2026-12-08").At(13, 30), Venue: "County Hall"})
	w.must(err)
	w.tell()
	return w
}

// tell has the invitations go out as they now should be.
func (w *world) tell() {
	w.t.Helper()
	w.must(w.invites.Invite(w.t.Context(), panels.MeetingsChanged{Meetings: []uuid.UUID{w.meeting.ID}}))
	w.clock.Advance(10 * time.Minute)
	w.must(w.post.DrainDue(w.t.Context()))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(statement string) {
	w.t.Helper()
	w.must(w.DB.AsOwner(w.t.Context(), func(owner *sql.DB) error { _, err := owner.Exec(statement); return err }))
}

func (w *world) person(name string) panels.Person {
	w.t.Helper()
	p := panels.Person{ID: uuid.Must(uuid.NewV7()), Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org", CreatedAt: w.clock.Now(), Version: 1}
	w.must(w.DB.Write(w.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Create(&p).Error }))
	return p
}

func (w *world) seats() (seats []panels.TableSeat) {
	w.must(w.DB.Read(w.t.Context(), w.admin, func(tx db.Tx) (err error) {
		seats, err = panels.SeatsOn(tx, w.forum.ID, tx.Today())
		return err
	}))
	return seats
}

// stands is how health's member has answered, or "" when they have not.
func (w *world) stands() (said panels.Answer) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), w.admin, func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, w.meeting.ID)
		if err != nil {
			return err
		}
		attendees, err := panels.Attendees(tx, meeting)
		for _, a := range attendees {
			if a.PersonID == w.health.ID && a.Reply != nil {
				said = a.Reply.Answer
				if a.Reply.Via != panels.ByCalendar {
					w.t.Errorf("it came by %s", a.Reply.Via)
				}
			}
		}
		return err
	}))
	return said
}

// invited is what health's mail program reads in the newest invitation.
func (w *world) invited() map[string]string {
	w.t.Helper()
	raw := w.taken.last(w.t, w.health.Email)
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	w.must(err)
	from, err := mail.ParseAddress(message.Header.Get("From"))
	w.must(err)
	text := calendarIn(w.t, raw)
	_, event, _ := strings.Cut(text, "BEGIN:VEVENT\n")
	fields := map[string]string{"From": from.Address}
	for line := range strings.Lines(event) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		name, _, _ = strings.Cut(name, ";")
		fields[name] = value
	}
	if fields["ORGANIZER"] != "mailto:"+from.Address {
		w.t.Fatalf("organised by %s, sent by %s", fields["ORGANIZER"], from.Address)
	}
	return fields
}

// reply is a reply as a calendar would write it to what it was sent.
func (w *world) reply(says string, change ...string) string {
	w.t.Helper()
	got := w.invited()
	text := strings.Join([]string{
		"BEGIN:VCALENDAR", "PRODID:-//Somebody//Calendar//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT",
		"UID:" + got["UID"], "SEQUENCE:" + got["SEQUENCE"], "DTSTAMP:" + w.clock.Now().UTC().Format("20060102T150405Z"),
		"DTSTART;TZID=Europe/London:" + got["DTSTART"], "ORGANIZER:" + got["ORGANIZER"], "SUMMARY:Accepted: " + got["SUMMARY"],
		"ATTENDEE;PARTSTAT=" + says + ";CN=\"Reeve: Kamal\":" + got["ATTENDEE"], "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	return strings.NewReplacer(change...).Replace(text)
}

// carried is the reply in a message, as most programs send it.
func carried(text string) string {
	return "From: Kamal Reeve <kamal.reeve@example.org>\r\nSubject: Accepted: Hawthorn\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"x\"\r\n\r\n" +
		"--x\r\nContent-Type: text/plain\r\n\r\nKamal has accepted.\r\n--x\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n" + text + "\r\n--x--\r\n"
}

// deliver hands a message to the listener, as the organisation's mail server would.
func (w *world) deliver(message string, to ...string) error {
	w.t.Helper()
	return smtp.SendMail(w.address, nil, "kamal.reeve@example.org", to, []byte(message))
}

// code is the answer's number; 250 when it was taken.
func code(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 250
	}
	var refused *textproto.Error
	if !errors.As(err, &refused) {
		t.Fatalf("not an answer: %v", err)
	}
	return refused.Code
}

// Somebody who pressed Accept has answered. If that goes astray, the clerk chases people who did, and
// the chair finds out in the room who meant no.
func TestAcceptInACalendarIsAReply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.stands(); got != "" {
		t.Fatalf("before any reply it is %q", got)
	}
	for _, step := range []struct {
		says string
		want panels.Answer
	}{{"ACCEPTED", panels.Attending}, {"TENTATIVE", panels.Tentative}, {"DECLINED", panels.Apologies}, {"ACCEPTED", panels.Attending}} {
		w.clock.Advance(time.Minute)
		w.must(w.deliver(carried(w.reply(step.says)), w.invited()["From"]))
		if got := w.stands(); got != step.want {
			t.Errorf("%s was recorded as %q", step.says, got)
		}
	}

	// An answer held up on the way does not undo a later one.
	late := w.reply("DECLINED", "DTSTAMP:"+w.clock.Now().UTC().Format("20060102T150405Z"), "DTSTAMP:"+w.clock.Now().Add(-time.Hour).UTC().Format("20060102T150405Z"))
	w.must(w.deliver(carried(late), w.invited()["From"]))
	if got := w.stands(); got != panels.Attending {
		t.Errorf("overtaken, it is %q", got)
	}

	// Moved, the old answer stands for nothing, and an answer to the old invitation is told so.
	before := w.reply("ACCEPTED")
	address := w.invited()["From"]
	var err error
	w.meeting, err = w.MoveMeeting(t.Context(), w.clerk, panels.MoveMeeting{MeetingID: w.meeting.ID, Version: w.meeting.Version, StartsAt: clock.MustDate("2026-12-10").At(9, 30)})
	w.must(err)
	w.tell()
	if got := w.stands(); got != "" {
		t.Errorf("moved, it is still %q", got)
	}
	if err := w.deliver(carried(before), address); code(t, err) != 554 || !strings.Contains(err.Error(), "newer invitation") {
		t.Errorf("an answer to the old invitation: %v", err)
	}
	if w.invited()["From"] != address {
		t.Error("the organiser has another address")
	}
	w.clock.Advance(time.Minute)
	w.must(w.deliver(carried(w.reply("DECLINED")), address))
	if got := w.stands(); got != panels.Apologies {
		t.Errorf("declined, it is %q", got)
	}
}

// An address on the internet is written to by everybody. Whatever is not this person's reply to this
// invitation is refused for good, in words that whoever gets the bounce understands, and changes nothing.
func TestEverythingElseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := w.invited()["From"]
	good := carried(w.reply("ACCEPTED"))
	deep := "Content-Type: text/plain\r\n\r\nx\r\n"
	for i := range 12 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\n%s--b%d--\r\n", i, i, deep, i)
	}
	for _, refused := range []struct {
		why     string
		message string
		to      []string
		code    int
		says    string
	}{
		{"an address nobody was invited from", good, []string{"reply-abcdefghijklmnopqrstuvwxyz@reply.example.org"}, 550, "No such address"},
		{"an address that is no text", good, []string{"reply-\x00@reply.example.org"}, 550, "No such address"},
		{"an ordinary address of the domain", good, []string{"postmaster@reply.example.org"}, 550, "No such address"},
		{"two recipients", good, []string{address, address}, 554, "one invitation"},
		{"no calendar in it", "Subject: Hello\r\n\r\nSorry, Hawthorn cannot come.\r\n", []string{address}, 554, "accept or decline"},
		{"an out-of-office note", "Subject: Away\r\nAuto-Submitted: auto-replied\r\nContent-Type: text/html\r\n\r\n<p>Away</p>\r\n", []string{address}, 554, "accept or decline"},
		{"another person's answer", strings.Replace(good, "mailto:kamal.reeve@", "mailto:bryony.tate@", 1), []string{address}, 554, "Only the person invited"},
		{"another meeting's answer", carried(w.reply("ACCEPTED", "UID:", "UID:0")), []string{address}, 554, "another invitation"},
		{"a sequence never sent", carried(w.reply("ACCEPTED", "SEQUENCE:0", "SEQUENCE:9")), []string{address}, 554, "another invitation"},
		{"another proposal", carried(w.reply("ACCEPTED", "METHOD:REPLY", "METHOD:COUNTER")), []string{address}, 554, "another time"},
		{"somebody else's invitation", carried(w.reply("NEEDS-ACTION", "METHOD:REPLY", "METHOD:REQUEST")), []string{address}, 554, "another time"},
		{"a delegate", carried(w.reply("DELEGATED")), []string{address}, 554, "deputy"},
		{"no answer", carried(w.reply("NEEDS-ACTION")), []string{address}, 554, "neither yes, no nor maybe"},
		{"one day of many", carried(w.reply("ACCEPTED", "SEQUENCE:0", "SEQUENCE:0\r\nRECURRENCE-ID:20261208T133000Z")), []string{address}, 554, "cannot be read"},
		{"no date", carried(w.reply("ACCEPTED", "DTSTAMP:", "X-STAMP:")), []string{address}, 554, "cannot be read"},
		{"nested beyond reason", deep, []string{address}, 554, "too many parts"},
		{"a message too big", good + strings.Repeat("Hawthorn\r\n", 150_000), []string{address}, 552, ""},
	} {
		err := w.deliver(refused.message, refused.to...)
		if got := code(t, err); got != refused.code || !strings.Contains(err.Error(), refused.says) {
			t.Errorf("%s is answered: %v", refused.why, err)
		}
		if got := w.stands(); got != "" {
			t.Fatalf("%s is taken as %q", refused.why, got)
		}
	}
	var changed int
	w.must(w.DB.Pool().QueryRow(t.Context(), `select count(*) from reply`).Scan(&changed))
	if changed != 0 {
		t.Errorf("%d replies are on record", changed)
	}
	_, err := w.CancelMeeting(t.Context(), w.clerk, w.meeting.ID, w.meeting.Version, "Snow.")
	w.must(err)
	if err := w.deliver(good, address); code(t, err) != 554 || !strings.Contains(err.Error(), "cancelled") {
		t.Errorf("cancelled, a reply is answered: %v", err)
	}
}

// The mail server tries again when the fault is ours: a reply is never lost to a restart.
func TestAReplyThatCannotBeKeptNowIsAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	message, address := carried(w.reply("ACCEPTED")), w.invited()["From"]
	w.exec(`alter table reply rename to reply_away`)
	if err := w.deliver(message, address); code(t, err) != 451 {
		t.Errorf("without its table, a reply is answered: %v", err)
	}
	w.exec(`alter table reply_away rename to reply`)
	w.must(w.deliver(message, address))
	if got := w.stands(); got != panels.Attending {
		t.Errorf("offered again, it is %q", got)
	}
}

// People answer in more than one way. A reply that waited in a telephone's outbox must not undo what its
// owner has said on the page since, and a clock that is fast must not silence what they say later.
func TestWhatSomebodySaidLastStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := w.invited()["From"]
	stamped := func(says string, ago time.Duration) string {
		now := w.clock.Now().UTC()
		return carried(w.reply(says, "DTSTAMP:"+now.Format("20060102T150405Z"), "DTSTAMP:"+now.Add(-ago).Format("20060102T150405Z")))
	}
	w.must(w.deliver(stamped("ACCEPTED", -100*24*time.Hour), address))
	if got := w.stands(); got != panels.Attending {
		t.Fatalf("by a fast clock it is %q", got)
	}
	w.clock.Advance(time.Minute)
	w.must(w.deliver(stamped("DECLINED", 0), address))
	if got := w.stands(); got != panels.Apologies {
		t.Errorf("after a fast clock it is %q", got)
	}

	w.clock.Advance(time.Hour)
	_, err := w.ReplyToMeeting(t.Context(), access.System("test"), panels.NewReply{
		MeetingID: w.meeting.ID, PersonID: w.health.ID, Answer: panels.Attending, Via: panels.ByPage, Sequence: w.meeting.Sequence,
	})
	w.must(err)
	w.must(w.deliver(stamped("DECLINED", 30*time.Minute), address))
	var answer, via string
	w.must(w.DB.Pool().QueryRow(t.Context(), `select answer, via from reply where current`).Scan(&answer, &via))
	if answer != "attending" || via != "page" {
		t.Errorf("a reply held up on the way makes it %q by %s", answer, via)
	}
	w.clock.Advance(time.Minute)
	w.must(w.deliver(stamped("DECLINED", 0), address))
	if got := w.stands(); got != panels.Apologies {
		t.Errorf("declined after all, it is %q", got)
	}
}

// Two replies that arrive at once are taken one after the other: the one given later stands, whichever
// is first through the door.
func TestOfTwoRepliesAtOnceTheLaterStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := w.invited()["From"]
	var messages []string
	for n := range 20 {
		says := "ACCEPTED"
		if n == 19 {
			says = "DECLINED"
		}
		messages = append(messages, carried(w.reply(says)))
		w.clock.Advance(time.Second)
	}
	errs := make([]error, len(messages))
	var wait sync.WaitGroup
	for n, message := range messages {
		wait.Go(func() { errs[n] = w.deliver(message, address) })
	}
	wait.Wait()
	w.must(errors.Join(errs...))
	if got := w.stands(); got != panels.Apologies {
		t.Errorf("declined last, it is %q", got)
	}
}
