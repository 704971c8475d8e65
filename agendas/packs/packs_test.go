package packs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/packs"
	"quorate/agendas/papers"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

// press prints whose pack it is and of which version, or fails.
type press struct {
	fails  error
	during func() // what happens while it prints
	made   int
}

func (*press) Prints() bool { return true }

func (p *press) PDF(_ context.Context, pack packs.Pack, _ packs.OpenPaper) ([]byte, error) {
	p.made++
	if p.during != nil {
		p.during()
	}
	return []byte("pack of " + pack.Reader), p.fails
}

// table is a forum with a published agenda of standing items and its clerk.
type table struct {
	*testing.T
	packs.Store
	press   *press
	agendas agendas.Store
	clock   *clock.Manual
	meeting panels.Meeting
	clerk   access.Actor
}

func newTable(t *testing.T) *table {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	tb := &table{T: t, press: &press{}, agendas: agendas.Store{DB: database}, clock: manual}
	kept := files.InMemory()
	tb.Store = packs.Store{DB: database, Files: kept, Press: tb.press, Papers: papers.Store{DB: database, Files: kept}, Log: slog.New(slog.DiscardHandler)}
	admin := access.Actor{PersonID: uuid.Must(uuid.NewV7()), Administrator: true}
	store := panels.Store{DB: database}
	forum, err := store.CreateForum(t.Context(), admin, panels.NewForum{Template: "locality", Locality: "North"})
	if err != nil {
		t.Fatal(err)
	}
	clerk := panels.Person{ID: uuid.Must(uuid.NewV7()), Name: "Clare", Email: "clare@example.org", CreatedAt: manual.Now(), Version: 1}
	on := clock.MustDate("2026-12-08")
	tb.meeting = panels.Meeting{ID: uuid.New(), ForumID: forum.ID, StartsAt: on.At(9, 30), EndsAt: on.At(12, 30), Status: panels.Scheduled, CreatedAt: manual.Now(), Version: 1}
	var seats []panels.TableSeat
	tb.write(func(tx db.Tx) error {
		if err := tx.Create(&clerk).Error; err != nil {
			return err
		}
		if err := tx.Create(&tb.meeting).Error; err != nil {
			return err
		}
		seats, err = panels.SeatsOn(tx, forum.ID, tx.Today())
		return err
	})
	for _, seat := range seats {
		if seat.Office == access.Clerk {
			if _, err := store.FillSeat(t.Context(), admin, panels.NewHolding{SeatID: seat.ID, PersonID: clerk.ID}); err != nil {
				t.Fatal(err)
			}
		}
	}
	tb.write(func(tx db.Tx) error {
		actors, err := panels.ActorsFor(tx, []uuid.UUID{clerk.ID}, tx.Today())
		tb.clerk = actors[clerk.ID]
		return err
	})
	if _, err := tb.agendas.BuildAgenda(t.Context(), tb.clerk, tb.meeting.ID); err != nil {
		t.Fatal(err)
	}
	tb.publish()
	return tb
}

func (tb *table) write(fn func(db.Tx) error) {
	tb.Helper()
	if err := tb.DB.Write(tb.Context(), access.System("test"), fn); err != nil {
		tb.Fatal(err)
	}
}

func (tb *table) publish() {
	tb.Helper()
	if _, err := tb.agendas.PublishAgenda(tb.Context(), tb.clerk, tb.meeting.ID); err != nil {
		tb.Fatal(err)
	}
}

func (tb *table) ask() {
	tb.Helper()
	if err := tb.AskPack(tb.Context(), tb.clerk, tb.meeting.ID, 0); err != nil {
		tb.Fatal(err)
	}
}

func (tb *table) makes() {
	tb.Helper()
	if err := tb.MakePacks(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

func (tb *table) stands() (s packs.Standing) {
	tb.Helper()
	err := tb.DB.Read(tb.Context(), tb.clerk, func(tx db.Tx) (err error) { s, err = tb.Stand(tx, tb.meeting.ID, 0); return err })
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// opens is what the clerk's own PDF says, "" when it is not handed out.
func (tb *table) opens() string {
	tb.Helper()
	file, _, err := tb.OpenPack(tb.Context(), tb.clerk, tb.meeting.ID, 0)
	if fault.Is(err, fault.Conflict) {
		return ""
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}

// A person asks, it is made once, and it is theirs; asking again while it is good makes nothing.
func TestPackIsMadeOnceForWhoAsked(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	if tb.opens() != "" || tb.stands().Printed.State != packs.NotAsked {
		t.Error("there is a pack nobody asked for")
	}
	tb.ask()
	tb.ask()
	if !tb.stands().Printed.Waits() || tb.opens() != "" {
		t.Errorf("state %q", tb.stands().Printed.State)
	}
	tb.makes()
	tb.ask()
	tb.makes()
	if got := tb.opens(); got != "pack of Clare" || tb.press.made != 1 || !tb.stands().Ready() {
		t.Errorf("opens %q, made %d times", got, tb.press.made)
	}
}

// An old pack taken to the table is worse than none: it says what was taken off since.
func TestPackThatSaysSomethingElseIsNotHandedOut(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	tb.ask()
	tb.makes()
	key := tb.stands().Printed.Key
	var items []agendas.Item
	tb.write(func(tx db.Tx) (err error) { items, err = agendas.Items(tx, tb.meeting.ID); return err })
	if _, err := tb.agendas.RemoveItem(t.Context(), tb.clerk, items[1].ID, 0, "Not ready"); err != nil {
		t.Fatal(err)
	}
	if tb.opens() != "" || !tb.stands().Changed {
		t.Error("handed out after an item was taken off")
	}
	tb.ask()
	if _, err := tb.Files.Open(t.Context(), key); !errors.Is(err, files.ErrMissing) {
		t.Errorf("the old file is still kept: %v", err)
	}
	tb.makes()
	if tb.opens() == "" || tb.press.made != 2 {
		t.Errorf("made %d times", tb.press.made)
	}
	tb.publish()
	if tb.opens() != "" {
		t.Error("the pack of version 1 is handed out as version 2’s")
	}
}

// A browser that breaks is tried again and then given up, so that the person is told and the next is served.
func TestPackThatCannotBeMadeIsGivenUp(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	tb.press.fails = errors.New("no")
	tb.ask()
	tb.makes()
	if tb.stands().Printed.State != packs.Failed || tb.press.made != 3 {
		t.Errorf("%q after %d tries", tb.stands().Printed.State, tb.press.made)
	}
	tb.press.fails = nil
	tb.ask()
	tb.makes()
	if tb.opens() == "" {
		t.Error("it cannot be asked for again")
	}
}

// The maker died: nobody may wait for ever for a pack that is never made.
func TestPackWhoseMakerDiedIsMadeByTheNext(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	tb.ask()
	tb.write(func(tx db.Tx) error {
		return tx.Exec(`update pack set state = 'making', started_at = ?, tries = 1`, tx.Now).Error
	})
	tb.makes()
	if tb.press.made != 0 {
		t.Error("two make the same pack")
	}
	tb.clock.Advance(4 * time.Minute)
	tb.makes()
	if tb.opens() == "" {
		t.Error("it was left")
	}
}

// Whoever loses their seat while the pack is printed gets none, and a pack does not lie about for long.
func TestPackIsForgotten(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	tb.ask()
	tb.makes()
	key := tb.stands().Printed.Key
	tb.clock.Advance(25 * time.Hour)
	if tb.opens() != "" {
		t.Error("handed out a day later")
	}
	if err := tb.ForgetPacks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Files.Open(t.Context(), key); !errors.Is(err, files.ErrMissing) {
		t.Errorf("the file is still kept: %v", err)
	}
	tb.ask()
	tb.write(func(tx db.Tx) error {
		return tx.Exec(`update seat_holding set to_date = '2026-11-01', from_date = '2026-10-01'`).Error
	})
	tb.makes()
	if tb.press.made != 1 {
		t.Error("made for somebody who may not read the agenda any more")
	}
	if _, _, err := tb.OpenPack(t.Context(), access.Actor{PersonID: tb.clerk.PersonID, Name: "Clare"}, tb.meeting.ID, 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("opened without a seat: %v", err)
	}
}

// The red line of the agenda goes when somebody records what the young person said; a summary below it that still
// says nobody asked them is believed by whoever reads no further.
func TestPackSaysWhenTheYoungPersonWasLastHeard(t *testing.T) {
	t.Parallel()
	tb := newTable(t)
	c := tracker.Case{
		ID: uuid.Must(uuid.NewV7()), Number: 4711, Alias: "Heron", PersonReference: "P1", Forename: "Tara", Surname: "Walker", DateOfBirth: clock.MustDate("2009-03-04"), Locality: "North",
		CreatedAt: tb.clock.Now(), UpdatedAt: tb.clock.Now(), Version: 1,
	}
	tb.write(func(tx db.Tx) error { return tx.Create(&c).Error })
	if _, err := tb.agendas.AddCase(t.Context(), tb.clerk, tb.meeting.ID, c.Reference(), "The school asked"); err != nil {
		t.Fatal(err)
	}
	tb.publish()
	heard := func() (says string) {
		t.Helper()
		for _, entry := range tb.stands().Pack.Entries {
			for _, fact := range entry.Facts {
				if fact.Name == "Own views last recorded" {
					says = fact.Value
				}
			}
		}
		return says
	}
	if says := heard(); says != "Not on record" {
		t.Errorf("never heard: %q", says)
	}
	yes := true
	if err := tracker.RecordViews(t.Context(), tb.DB, tb.clerk, c.ID, tracker.NewViews{
		HeardOn: clock.MustDate("2026-11-20"), How: tracker.HeardThemselves, Words: "I want to live near college", Verbatim: &yes, TakesPart: tracker.SendsWords,
	}); err != nil {
		t.Fatal(err)
	}
	if says := heard(); says != "20 November 2026" {
		t.Errorf("heard on 20 November: %q", says)
	}
}
