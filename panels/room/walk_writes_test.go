package room_test

import (
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/agendas"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
)

// note writes, asks for the pen, or hands it over.
func (w *walk) note(*rapid.T) {
	item, other := w.matter, w.chair
	if rapid.Bool().Draw(w.rt, "the clerk asks") {
		other = w.clerk
	}
	switch rapid.IntRange(0, 5).Draw(w.rt, "what") {
	case 0:
		w.try(w.by(other), room.TakePen{ItemID: item})
	case 1:
		w.try(w.by(w.clerk, w.chair), room.HandOverPen{ItemID: item})
	case 2: // one writes, the other asks, and is handed it
		for _, change := range []struct {
			by access.Actor
			do room.Change
		}{{w.clerk, room.TakePen{ItemID: item}}, {w.chair, room.TakePen{ItemID: item}}, {w.clerk, room.HandOverPen{ItemID: item}}} {
			if w.often("goes on") {
				w.try(change.by, change.do)
			}
		}
		w.clock.Advance(time.Duration(rapid.IntRange(0, 200).Draw(w.rt, "silence")) * time.Second)
	default:
		note := room.WriteNote{NoteID: w.noteID, ItemID: item, Text: "CANARY-NOTE", ByForm: rapid.IntRange(0, 4).Draw(w.rt, "by form") == 0}
		for _, kept := range w.state.Notes {
			if kept.ID == w.noteID {
				note.BaseVersion = kept.Version
			}
		}
		if !w.often("read it") {
			note.BaseVersion++
		}
		w.try(w.by(w.clerk, w.chair), note)
	}
}

// action raises one, or does something about one of this meeting or of the one before.
func (w *walk) action(*rapid.T) {
	actions := rowsOf[uuid.UUID](w, `select id from action where forum_id = ? order by id`, w.forum.ID)
	if len(actions) == 0 || rapid.IntRange(0, 3).Draw(w.rt, "raised") == 0 {
		item := w.item()
		w.try(w.by(w.clerk, w.chair), room.RaiseAction{ItemID: &item, OwnerID: w.ann.PersonID, DueOn: clock.MustDate("2026-12-18"), Text: "Chase it"})
		return
	}
	action := actions[rapid.IntRange(0, len(actions)-1).Draw(w.rt, "action")]
	switch rapid.IntRange(0, 4).Draw(w.rt, "what") {
	case 0:
		w.try(w.by(w.ann, w.clerk), room.CompleteAction{ActionID: action, Text: "Done"})
	case 1:
		w.try(w.by(w.ann, w.clerk), room.NoteProgress{ActionID: action, Text: "Half of it"})
	case 2:
		w.try(w.by(w.clerk, w.chair), room.CarryAction{ActionID: action, Text: "No answer yet"})
	case 3:
		w.try(w.by(w.clerk, w.chair), room.ExtendAction{ActionID: action, DueOn: w.day(rapid.IntRange(20, 60).Draw(w.rt, "until")), Text: "They asked"})
	default:
		w.try(w.by(w.clerk, w.chair), room.ReopenAction{ActionID: action, DueOn: w.day(30), Text: "Not quite"})
	}
}

// updateList is a stop in the walk down the names.
func (w *walk) updateList(*rapid.T) {
	rag, worker := rapid.SampledFrom([]string{"Red", "Amber", "Green", ""}).Draw(w.rt, "rag"), "Jo Marsh"
	item := w.item()
	for _, l := range w.lines {
		if l.Kind == agendas.CaseItem && w.often("a name") {
			item = l.ID
		}
	}
	update := room.UpdateList{ItemID: item, RAG: &rag, Discussed: rapid.Bool().Draw(w.rt, "discussed"), Next: rapid.IntRange(0, 3).Draw(w.rt, "next") == 0}
	if rapid.Bool().Draw(w.rt, "worker") {
		update.Worker = &worker
	}
	if rapid.IntRange(0, 3).Draw(w.rt, "action") == 0 {
		update.Action = &room.RaiseAction{OwnerID: w.ann.PersonID, DueOn: clock.MustDate("2026-12-18"), Text: "Book the visit"}
	}
	if rapid.IntRange(0, 3).Draw(w.rt, "referred") == 0 {
		update.Refer = &room.ReferTo{ForumID: w.other.ID, Reason: "Over £50,000 a year"}
	}
	w.try(w.by(w.clerk, w.chair), update)
}
