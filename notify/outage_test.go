package notify_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// Thousands wait while the mail server is down. When it is back each arrives once, each person's in order, over
// a few lines, and the program needs no more memory than before. QUORATE_TORTURE makes it ten thousand.
func TestWhatWaitsThroughAnOutageArrivesOnceAndInOrder(t *testing.T) {
	people, each := 20, 15
	if os.Getenv("QUORATE_TORTURE") != "" {
		people, each = 400, 25
	}
	p := setup(t)
	p.SideBySide = 4
	p.server.stop(t)
	var everybody []uuid.UUID
	for i := range people {
		everybody = append(everybody, person(t, p.DB, fmt.Sprintf("reader%d@example.org", i)))
	}
	about := map[string]int{} // the place of a subject in its reader's row
	of := map[string]uuid.UUID{}
	for place := range each {
		write(t, p.DB, func(tx db.Tx) error {
			var notices []notify.Notice
			for _, to := range everybody {
				id := uuid.Must(uuid.NewV7())
				notices = append(notices, notify.Notice{Kind: "moved", IDs: notify.IDs{"meeting": id}, To: to})
				about["Moved "+id.String()], of["Moved "+id.String()] = place, to
			}
			return notify.Send(tx, notices...)
		})
	}
	sweep := func() {
		t.Helper()
		if err := p.DrainDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 30 { // half an hour without a mail server
		sweep()
		p.clock.Advance(time.Minute)
	}
	if n := scan[int](t, p.DB, `select count(*) from outbox where state <> 'waiting' or tries > 0`); n != 0 {
		t.Fatalf("%d messages have used up a try", n)
	}
	p.server = serve(t)
	driver := must[*notify.SMTP](t)(notify.NewSMTP("smtp://"+p.server.address+"?tls=none", "quorate@mail.example.org"))
	defer driver.Close()
	p.Driver = driver
	p.clock.Advance(5 * time.Minute)

	before, most := heap(), uint64(0)
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-done:
				return
			case <-time.After(200 * time.Millisecond):
				most = max(most, heap())
			}
		}
	}()
	began := time.Now()
	for len(p.server.subjects()) < people*each && time.Since(began) < 10*time.Minute {
		sweep()
		p.clock.Advance(time.Minute)
	}
	took := time.Since(began)
	close(done)
	<-watched
	arrived := p.server.subjects()
	next := map[uuid.UUID]int{}
	for _, subject := range arrived {
		if to := of[subject]; about[subject] != next[to] {
			t.Fatalf("a reader’s message %d arrives as their %d", about[subject], next[to])
		} else {
			next[to]++
		}
	}
	if len(arrived) != people*each || len(p.server.offered()) != people*each {
		t.Errorf("%d arrived of %d offered, %d were sent", len(arrived), len(p.server.offered()), people*each)
	}
	t.Logf("%d messages to %d people in %s, %.0f a second; in use before %.1f MB, at most %.1f MB while they went",
		len(arrived), people, took.Round(time.Millisecond), float64(len(arrived))/took.Seconds(), float64(before)/1e6, float64(most)/1e6)
	if most > before+30e6 {
		t.Errorf("memory grew from %d to %d bytes", before, most)
	}
}

// heap is what is in use, once what is garbage is gone. The server of the test keeps subjects and ids: some bytes
// a message.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The process is killed between the mail server's 250 and our commit. Nothing can tell whoever comes after that
// the message was taken: it goes once more, under the same Message-ID, and never a third time.
func TestKilledAfterTheServersAnswerRepeatsOnce(t *testing.T) {
	t.Parallel()
	if address := os.Getenv("QUORATE_TEST_SENDER"); address != "" {
		sendAndHang(t, address, os.Getenv("QUORATE_TEST_SENDER_DATABASE"), uuid.MustParse(os.Getenv("QUORATE_TEST_SENDER_PERSON")))
		return
	}
	url := dbtest.NewURL(t)
	moved := clock.NewManual(dbtest.Begin)
	d := dbtest.Open(t, db.Config{URL: url, Clock: moved.Now})
	s := serve(t)
	driver := must[*notify.SMTP](t)(notify.NewSMTP("smtp://"+s.address+"?tls=none", "quorate@mail.example.org"))
	defer driver.Close()
	p := &post{clock: moved, server: s, Store: senderStore(d, driver)}
	p.priya = person(t, d, "priya@example.org")
	p.send(t, "moved")

	taken := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer taken.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestKilledAfterTheServersAnswerRepeatsOnce$")
	child.Env = append(os.Environ(), "QUORATE_TEST_SENDER="+s.address, "QUORATE_TEST_SENDER_DATABASE="+url, "QUORATE_TEST_SENDER_PERSON="+p.priya.String(), "QUORATE_TEST_SENDER_SAYS="+taken.Addr().String())
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if err := taken.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	said, err := taken.Accept() // the mail server has answered 250
	if err != nil {
		_ = child.Process.Kill()
		t.Fatalf("the sender took no message: %v", err)
	}
	_ = child.Process.Kill() // kill -9
	_ = child.Wait()
	_ = said.Close()

	p.drain(t) // it may still be on its way
	if got := s.offered(); len(got) != 1 {
		t.Fatalf("offered %q", got)
	}
	for range 3 {
		moved.Advance(6 * time.Minute)
		if err := p.DrainDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.offered(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("offered %q", got)
	}
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Sent}) {
		t.Errorf("states %v", got)
	}
}

func senderStore(d *db.DB, driver notify.Driver) *notify.Store {
	s := &notify.Store{DB: d, Driver: driver, BaseURL: "https://quorate.example.org", Domain: "mail.example.org"}
	s.Register("moved", notify.Nature{Group: notify.Meetings, Words: "A meeting was moved"}, func(_ db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		return notify.Mail{Subject: "Moved " + n.IDs["meeting"].String(), Lines: []string{"The meeting was moved."}, Why: "You are a member."}, true, nil
	})
	return s
}

// sendAndHang is the process that is killed.
func sendAndHang(t *testing.T, address, url string, person uuid.UUID) {
	driver := must[*notify.SMTP](t)(notify.NewSMTP("smtp://"+address+"?tls=none", "quorate@mail.example.org"))
	d := dbtest.Open(t, db.Config{URL: url, Clock: clock.NewManual(dbtest.Begin).Now})
	_ = senderStore(d, &hanging{driver}).Drain(t.Context(), person)
}

// hanging says that the mail server took a message, and comes back to nobody.
type hanging struct{ to notify.Driver }

func (h *hanging) Deliver(ctx context.Context, m notify.Message) error {
	if err := h.to.Deliver(ctx, m); err != nil {
		return err
	}
	conn, err := net.Dial("tcp", os.Getenv("QUORATE_TEST_SENDER_SAYS"))
	if err != nil {
		return err
	}
	defer conn.Close()
	select {}
}
