package room_test

import (
	"bytes"
	"encoding/json"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// screen is what one person's browser shows: whole at first, and then changed section by section.
type screen struct {
	audience string
	sections map[string]json.RawMessage
}

// look follows the meeting as a process does, sends everybody what is different for them, and holds each
// screen to a reading of everything.
func (w *walk) look() {
	var fresh room.State
	w.must(w.store.DB.Read(w.house.t.Context(), access.System("walk"), func(tx db.Tx) (err error) {
		if w.state, _, err = room.Follow(tx, w.state, 20); err != nil {
			return err
		}
		fresh, err = room.Load(tx, w.meeting.ID)
		return err
	}))
	for _, person := range w.people {
		viewer, takesPart := room.ViewerOf(w.state, person)
		afresh, still := room.ViewerOf(fresh, person)
		if takesPart != still {
			w.rt.Fatalf("%s takes part: %t, by a reading of everything %t", person.Name, takesPart, still)
		}
		if !takesPart {
			delete(w.screens, person.PersonID)
			continue
		}
		shown := w.screens[person.PersonID]
		now := w.sections(room.Project(w.state, viewer))
		if shown == nil || shown.audience != viewer.Audience() {
			shown = &screen{viewer.Audience(), map[string]json.RawMessage{}}
			w.screens[person.PersonID] = shown
		}
		for name, text := range now {
			if !bytes.Equal(shown.sections[name], text) {
				shown.sections[name] = text
			}
		}
		for name, text := range w.sections(room.Project(fresh, afresh)) {
			if !bytes.Equal(shown.sections[name], text) {
				w.rt.Fatalf("%s sees another %q than the rows say:\n%s\n%s", person.Name, name, shown.sections[name], text)
			}
		}
	}
}

func (w *walk) sections(view room.View) map[string]json.RawMessage {
	text, err := json.Marshal(view)
	w.must(err)
	sections := map[string]json.RawMessage{}
	w.must(json.Unmarshal(text, &sections))
	return sections
}
