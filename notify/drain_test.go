package notify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// post is an outbox with a real mail server behind it.
type post struct {
	*notify.Store
	clock  *clock.Manual
	server *server
	priya  uuid.UUID
}

var aKind = notify.Nature{Group: notify.Meetings, Words: "Something about a meeting"}

func setup(t *testing.T) *post {
	t.Helper()
	d, moved := dbtest.NewAt(t)
	s := serve(t)
	driver, err := notify.NewSMTP("smtp://"+s.address+"?tls=none", "quorate@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{clock: moved, server: s, Store: &notify.Store{DB: d, Driver: driver, BaseURL: "https://quorate.example.org", Domain: driver.Domain()}}
	p.Register("moved", aKind, func(_ db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{Subject: "Moved " + n.IDs["meeting"].String(), Lines: []string{"The meeting was moved."}, Why: "You are a member."}, true, nil
	})
	p.Register("overtaken", aKind, func(db.Tx, notify.Notice) (notify.Mail, bool, error) { return notify.Mail{}, false, nil })
	p.Register("broken", aKind, func(tx db.Tx, _ notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{}, false, tx.Exec("select no_such_column").Error
	})
	p.priya = person(t, d, "priya@example.org")
	return p
}

func person(t *testing.T, d *db.DB, email string) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	write(t, d, func(tx db.Tx) error {
		return tx.Exec(`insert into person (id, name, email, created_at) values (?, ?, ?, ?)`, id, "Priya Test", email, tx.Now).Error
	})
	return id
}

func write(t *testing.T, d *db.DB, fn func(db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), access.System("test"), fn); err != nil {
		t.Fatal(err)
	}
}

func (p *post) send(t *testing.T, kind notify.Kind) uuid.UUID {
	t.Helper()
	about := uuid.Must(uuid.NewV7())
	write(t, p.DB, func(tx db.Tx) error {
		return notify.Send(tx, notify.Notice{Kind: kind, IDs: notify.IDs{"meeting": about}, To: p.priya})
	})
	return about
}

func (p *post) drain(t *testing.T) {
	t.Helper()
	if err := p.Drain(t.Context(), p.priya); err != nil {
		t.Fatal(err)
	}
}

type fate struct {
	State     notify.State
	Tries     int
	LastError string
}

func (p *post) fates(t *testing.T) []fate {
	t.Helper()
	var list []fate
	err := p.DB.Read(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select state, tries, last_error from outbox order by seq`).Scan(&list).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (p *post) states(t *testing.T) []notify.State {
	t.Helper()
	var list []notify.State
	for _, f := range p.fates(t) {
		list = append(list, f.State)
	}
	return list
}

// A message lost, or told out of order, sends somebody to the wrong room.
func TestNoticesArriveOnceAndInOrder(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var want []string
	for range 3 {
		want = append(want, "Moved "+p.send(t, "moved").String())
	}
	p.drain(t)
	p.drain(t)
	if got := p.server.subjects(); !slices.Equal(got, want) {
		t.Errorf("arrived %q, want %q", got, want)
	}
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Sent, notify.Sent, notify.Sent}) {
		t.Errorf("states %v", got)
	}
}

// Telling people of something that never happened is worse than silence.
func TestARollbackTellsNobody(t *testing.T) {
	t.Parallel()
	p := setup(t)
	undone := errors.New("undone")
	err := p.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		if err := notify.Send(tx, notify.Notice{Kind: "moved", To: p.priya}); err != nil {
			t.Error(err)
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	p.drain(t)
	if got := p.server.subjects(); len(got) != 0 {
		t.Errorf("arrived %q", got)
	}
}

// Ten edits in a row are one message, written when it goes out.
func TestTheSameThingWaitingTwiceIsSaidOnce(t *testing.T) {
	t.Parallel()
	p := setup(t)
	about := uuid.Must(uuid.NewV7())
	for range 2 {
		write(t, p.DB, func(tx db.Tx) error {
			n := notify.Notice{Kind: "moved", IDs: notify.IDs{"meeting": about}, To: p.priya}
			return notify.Send(tx, n, n)
		})
	}
	p.drain(t)
	if got := p.server.subjects(); len(got) != 1 {
		t.Errorf("arrived %q", got)
	}
}

// An invitation that waits for its ten minutes must not keep the agenda from being read today; it goes
// when its own time comes, and several edits meanwhile are one message.
func TestANoticeThatWaitsHoldsBackNothing(t *testing.T) {
	t.Parallel()
	p := setup(t)
	about := notify.IDs{"meeting": uuid.Must(uuid.NewV7())}
	for range 3 {
		write(t, p.DB, func(tx db.Tx) error {
			return notify.Send(tx, notify.Notice{Kind: "moved", IDs: about, To: p.priya, Wait: 10 * time.Minute})
		})
		p.clock.Advance(time.Minute)
	}
	other := "Moved " + p.send(t, "moved").String()
	p.drain(t)
	if got := p.server.subjects(); !slices.Equal(got, []string{other}) {
		t.Fatalf("arrived %q, want %q", got, other)
	}
	if due := dbtest.Jobs(t, p.DB, "notify.drain"); len(due) != 2 || !due[1].At.Equal(dbtest.Begin.Add(10*time.Minute)) {
		t.Errorf("jobs %v", due)
	}
	p.clock.Set(dbtest.Begin.Add(10 * time.Minute))
	p.drain(t)
	if got := p.server.subjects(); !slices.Equal(got, []string{other, "Moved " + about["meeting"].String()}) {
		t.Errorf("arrived %q", got)
	}
}

// Who writes by what was told before must not believe that a refused message was read.
func TestDeliveredIsCalledOnlyWhenTheServerTookIt(t *testing.T) {
	t.Parallel()
	p := setup(t)
	told := 0
	p.Register("counted", aKind, func(db.Tx, notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{Subject: "Counted", Delivered: func(db.Tx) error { told++; return nil }}, true, nil
	})
	p.server.refuse(&smtp.SMTPError{Code: 451, Message: "Busy"})
	p.send(t, "counted")
	p.drain(t)
	if told != 0 {
		t.Fatal("a refused message counts as told")
	}
	p.server.refuse(nil)
	p.clock.Advance(time.Hour)
	p.drain(t)
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// What stopped being true, and people who left, must not be written to.
func TestStaleNoticesAreDropped(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.send(t, "overtaken")
	p.send(t, "moved")
	p.drain(t)
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Dropped, notify.Sent}) {
		t.Errorf("states %v", got)
	}
	write(t, p.DB, func(tx db.Tx) error {
		return tx.Exec(`update person set ended_on = ? where id = ?`, tx.Today(), p.priya).Error
	})
	p.send(t, "moved")
	p.drain(t)
	if got := p.states(t)[2]; got != notify.Dropped {
		t.Errorf("a notice to somebody who left is %s", got)
	}
}

// A full mailbox today is not a lost decision tomorrow, and the second message waits for the first.
func TestATemporaryRefusalIsTriedAgainUnderTheSameMessageID(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.server.refuse(&smtp.SMTPError{Code: 451, Message: "Busy"})
	p.send(t, "moved")
	p.drain(t)
	first := p.server.offered()
	p.send(t, "moved")
	p.drain(t)
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Waiting, notify.Waiting}) {
		t.Fatalf("states %v", got)
	}
	p.server.refuse(nil)
	p.clock.Advance(59 * time.Second)
	p.drain(t)
	if got := p.server.subjects(); len(got) != 0 {
		t.Fatalf("tried again too soon: %q", got)
	}
	p.clock.Advance(time.Second)
	if err := p.DrainDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Sent, notify.Sent}) {
		t.Errorf("states %v", got)
	}
	if all := p.server.offered(); len(first) != 1 || all[1] != first[0] || all[2] == first[0] || !strings.HasSuffix(first[0], "@mail.example.org>") {
		t.Errorf("Message-IDs %q after %q", all, first)
	}
}

// A message that is refused must not hold up what follows, and somebody must be able to read why.
func TestAPermanentRefusalIsDeadWithItsReason(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.server.refuse(&smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Taken for junk"})
	p.send(t, "moved")
	p.drain(t)
	got := p.fates(t)[0]
	if got.State != notify.Dead || got.Tries != 1 || !strings.Contains(got.LastError, "Taken for junk") {
		t.Errorf("%+v", got)
	}
	p.server.refuse(nil)
	p.send(t, "moved")
	p.drain(t)
	if got := p.states(t)[1]; got != notify.Sent {
		t.Errorf("the next notice is %s", got)
	}
}

// A fortnight without a mail server loses nothing: no message uses up its tries, the server is asked every few
// minutes, and when it is back everything goes, in order.
func TestAMailServerThatStaysAwayLosesNothing(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.server.stop(t)
	want := []string{"Moved " + p.send(t, "moved").String(), "Moved " + p.send(t, "moved").String()}
	p.drain(t)
	asked := p.clock.Now()
	for range 14 * 4 {
		p.clock.Advance(6 * time.Hour)
		p.drain(t)
		p.drain(t)
	}
	for _, f := range p.fates(t) {
		if f.State != notify.Waiting || f.Tries != 0 {
			t.Fatalf("after %s: %+v", p.clock.Now().Sub(asked), f)
		}
	}
	p.server = serve(t)
	driver, err := notify.NewSMTP("smtp://"+p.server.address+"?tls=none", "quorate@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	p.Driver = driver
	p.clock.Advance(5 * time.Minute)
	if err := p.DrainDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := p.server.subjects(); !slices.Equal(got, want) {
		t.Errorf("arrived %q, want %q", got, want)
	}
}

// A mailbox that is full for days is given up in the end, and somebody can read why.
func TestAReaderWhoStaysBusyIsGivenUpAfterDays(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.server.refuse(&smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "Mailbox full"})
	p.send(t, "moved")
	began := p.clock.Now()
	for range 20 {
		if f := p.fates(t)[0]; f.State != notify.Waiting {
			t.Fatalf("gave up after %d tries, %s: %s", f.Tries, p.clock.Now().Sub(began), f.LastError)
		}
		p.drain(t)
		p.clock.Advance(6 * time.Hour)
	}
	if f := p.fates(t)[0]; f.State != notify.Dead || f.Tries != 20 || !strings.Contains(f.LastError, "Mailbox full") {
		t.Errorf("%+v", f)
	}
}

// The process dies between the server's 250 and our commit: one repeat at most, recognisable as one.
func TestACrashRepeatsUnderTheSameMessageID(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.send(t, "moved")
	dying := &dyingDriver{to: p.Driver}
	whole := p.Driver
	p.Driver = dying
	func() {
		defer func() { _ = recover() }()
		_ = p.Drain(t.Context(), p.priya)
	}()
	p.Driver = whole
	p.drain(t) // it may still be on its way
	if got := p.server.offered(); len(got) != 1 {
		t.Fatalf("offered %q", got)
	}
	p.clock.Advance(6 * time.Minute)
	if err := p.DrainDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := p.server.offered(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("offered %q", got)
	}
	if got := p.states(t); got[0] != notify.Sent {
		t.Errorf("states %v", got)
	}
}

type dyingDriver struct{ to notify.Driver }

func (d *dyingDriver) Deliver(ctx context.Context, m notify.Message) error {
	if err := d.to.Deliver(ctx, m); err != nil {
		return err
	}
	panic("killed")
}

// A notice nobody can write waits for the repair instead of vanishing.
func TestANoticeThatCannotBeWrittenWaits(t *testing.T) {
	t.Parallel()
	for _, kind := range []notify.Kind{"broken", "unheard of"} {
		p := setup(t)
		p.send(t, kind)
		p.drain(t)
		if f := p.fates(t)[0]; f.State != notify.Waiting || f.Tries != 1 || f.LastError == "" {
			t.Errorf("%s: %+v", kind, f)
		}
	}
}

// Without a mail server nothing is lost: it waits until there is one.
func TestWithoutAMailServerEverythingWaits(t *testing.T) {
	t.Parallel()
	p := setup(t)
	driver := p.Driver
	p.Driver = nil
	p.send(t, "moved")
	p.drain(t)
	if f := p.fates(t)[0]; f.State != notify.Waiting || f.Tries != 0 {
		t.Fatalf("%+v", f)
	}
	p.Driver = driver
	if err := p.DrainDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := p.server.subjects(); len(got) != 1 {
		t.Errorf("arrived %q", got)
	}
}

// Two replicas, or a job and the minute's sweep, at the same moment: still once each and in order.
func TestSeveralDrainingAtOnceSendOnceAndInOrder(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var want []string
	for range 12 {
		want = append(want, "Moved "+p.send(t, "moved").String())
	}
	var together sync.WaitGroup
	for range 4 {
		together.Go(func() {
			if err := p.Drain(context.Background(), p.priya); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	p.drain(t) // whoever found another at it left the rest to them
	if got := p.server.subjects(); !slices.Equal(got, want) {
		t.Errorf("arrived %q, want %q", got, want)
	}
}

// server is a mail server that remembers what it was offered and refuses when told to.
type server struct {
	address string
	closed  func() error

	mu      sync.Mutex
	refusal error    // protected by mu
	ids     []string // Message-IDs offered, protected by mu
	taken   []string // subjects taken, protected by mu
	raw     []byte   // the last message taken, protected by mu
}

func serve(t *testing.T) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{address: listener.Addr().String()}
	backend := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{s}, nil }))
	backend.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); _ = backend.Serve(listener) }()
	s.closed = sync.OnceValue(func() error { err := backend.Close(); <-done; return err })
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (s *server) stop(t *testing.T) {
	if err := s.closed(); err != nil {
		t.Error(err)
	}
}

func (s *server) refuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = err
}

func (s *server) offered() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ids)
}

func (s *server) subjects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken)
}

// last is the text of the last message taken.
func (s *server) last(t *testing.T) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	message, err := mail.ReadMessage(bytes.NewReader(s.raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(message.Body, params["boundary"]).NextPart() // which reads quoted-printable
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

type session struct{ s *server }

func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (v session) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	var id, subject string
	for line := range strings.Lines(string(raw)) {
		if after, ok := strings.CutPrefix(line, "Message-ID: "); ok {
			id = strings.TrimSpace(after)
		}
		if after, ok := strings.CutPrefix(line, "Subject: "); ok {
			subject = strings.TrimSpace(after)
		}
	}
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	v.s.ids = append(v.s.ids, id)
	if v.s.refusal != nil {
		return v.s.refusal
	}
	v.s.taken, v.s.raw = append(v.s.taken, subject), raw
	return nil
}
