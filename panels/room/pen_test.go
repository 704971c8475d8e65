package room_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Two people typing one note at once lose each other's words: one writes, the other asks, and is handed it.
func TestOneWriterAtATime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	note := id()
	write := func(who access.Actor, base int, text string) error {
		_, err := h.try(who, room.WriteNote{NoteID: note, ItemID: h.name.ID, BaseVersion: base, Text: text})
		return err
	}
	take := room.TakePen{ItemID: h.name.ID}
	h.must(write(h.clerk, 0, "Heard the school"))
	if pens := h.sees(h.chair).Writing; len(pens) != 1 || pens[0].Name != "Clem Clerk" || pens[0].AskedBy != nil {
		t.Fatalf("who writes: %+v", pens)
	}
	if len(h.sees(h.ann).Writing) != 0 || len(h.sees(h.observer()).Writing) != 0 {
		t.Error("who writes is told to those who do not write")
	}
	h.refused(h.chair, room.WriteNote{NoteID: note, ItemID: h.name.ID, BaseVersion: 1, Text: "x"}, fault.Conflict,
		"Clem Clerk is writing these notes now. Your words are still here: ask to take over, then save again.")
	h.refused(h.clerk, room.HandOverPen{ItemID: h.name.ID}, fault.Conflict, "Nobody has asked to take over these notes.")
	h.do(h.chair, take)
	if pens := h.sees(h.clerk).Writing; pens[0].Asker != "Cleo Chair" || pens[0].Name != "Clem Clerk" {
		t.Fatalf("after asking: %+v", pens)
	}
	h.refused(h.chair, take, fault.Conflict, "Clem Clerk is still writing. You have asked to take over.")
	h.must(write(h.clerk, 1, "Heard the school, and")) // asked, the clerk finishes the sentence
	h.do(h.clerk, room.HandOverPen{ItemID: h.name.ID})
	h.must(write(h.chair, 2, "Heard the school, and the family"))
	h.refused(h.clerk, room.HandOverPen{ItemID: h.name.ID}, fault.Denied, "You are not writing these notes any more, so there is nothing to hand over.")
	if err := write(h.clerk, 3, "x"); !fault.Is(err, fault.Conflict) {
		t.Errorf("the clerk writes on after handing over: %v", err)
	}
}

// A writer who has closed the computer must not keep the notes of a meeting that goes on.
func TestThePenPassesAfterASilence(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	take := room.TakePen{ItemID: h.name.ID}
	holds := func(want access.Actor) {
		t.Helper()
		if pens := h.sees(h.chair).Writing; len(pens) != 1 || pens[0].PersonID != want.PersonID {
			t.Fatalf("%+v, want %s", pens, want.Name)
		}
	}
	h.do(h.clerk, take)
	h.do(h.chair, take)
	holds(h.clerk)
	h.clock.Advance(29 * time.Second)
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.name.ID, Text: "Still here"})
	h.clock.Advance(29 * time.Second)
	h.refused(h.chair, take, fault.Conflict, "Clem Clerk is still writing. You have asked to take over.")
	h.clock.Advance(time.Second)
	h.do(h.chair, take)
	holds(h.chair)
	h.clock.Advance(2 * time.Minute)
	h.do(h.clerk, take) // nobody asked: it rests
	holds(h.clerk)
	h.do(h.clerk, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "x"})
	h.do(h.chair, take) // who left for the item keeps nobody from its notes
	if pens := h.sees(h.clerk).Writing; len(pens) != 0 {
		t.Errorf("who left for the item is told who writes its notes: %+v", pens)
	}
	h.refused(h.clerk, take, fault.Denied, "You have left for item 2, so you cannot write notes on it.")
}

// Words typed over must be found again; hundreds of saves a minute apart are no list to find them in.
func TestNoteVersionsWorthReading(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	note, base := id(), 0
	write := func(who access.Actor, text string) {
		t.Helper()
		h.do(who, room.WriteNote{NoteID: note, ItemID: h.name.ID, BaseVersion: base, Text: text, ByForm: true})
		base++
	}
	for _, text := range []string{"H", "He", "Heard"} {
		write(h.clerk, text)
		h.clock.Advance(5 * time.Second)
	}
	write(h.chair, "Heard the school")
	h.clock.Advance(5 * time.Minute)
	write(h.chair, "Heard nobody")
	list := func(who access.Actor, item uuid.UUID) (history room.NoteHistory, err error) {
		err = h.read(who, func(tx db.Tx) error { history, err = room.ListNoteVersions(tx, h.meeting.ID, item); return err })
		return history, err
	}
	history, err := list(h.clerk, h.name.ID)
	h.must(err)
	var said []string
	for _, v := range history.Versions {
		said = append(said, v.Author+": "+v.Text)
	}
	if len(said) != 3 || said[0] != "Cleo Chair: Heard nobody" || said[1] != "Cleo Chair: Heard the school" || said[2] != "Clem Clerk: Heard" {
		t.Errorf("versions: %q", said)
	}
	if _, err := list(h.ann, h.name.ID); !fault.Is(err, fault.Denied) {
		t.Errorf("a member: %v, want denied", err)
	}
	h.do(h.clerk, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "x"})
	if _, err := list(h.clerk, h.name.ID); !fault.Is(err, fault.Denied) {
		t.Errorf("who left for the item: %v, want denied", err)
	}
}
