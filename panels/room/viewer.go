package room

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/access"
)

// Viewer is who looks at a meeting, and as what.
type Viewer struct {
	PersonID uuid.UUID
	Name     string
	Chair    bool        // chair or deputy chair
	Clerk    bool        // the clerk; the chair may record too, but is not one
	AtTable  bool        // a deciding or advisory seat, the chair or the clerk
	Observer bool        // a seat in attendance only
	Left     []uuid.UUID // items they have left: a declared interest stands
	Presents []uuid.UUID // items they bring
}

// ViewerOf says as what somebody looks at a meeting; false when they have no part in it. A draft has no
// room: nobody has been told of it.
func ViewerOf(state State, actor access.Actor) (Viewer, bool) {
	v := Viewer{
		PersonID: actor.PersonID, Name: actor.Name,
		Chair: actor.May(access.RunMeeting, state.Forum.ID),
		Clerk: actor.Holds(state.Forum.ID, access.Clerk),
	}
	v.AtTable = v.Chair || v.Clerk
	for _, seat := range actor.SeatsOn(state.Forum.ID) {
		v.AtTable = v.AtTable || seat.Standing != access.InAttendance
		v.Observer = true
	}
	v.Observer = v.Observer && !v.AtTable
	for _, absence := range state.Table.Absences {
		if absence.PersonID == actor.PersonID {
			v.Left = append(v.Left, absence.ItemID)
		}
	}
	for _, item := range state.Items {
		if item.State == agendas.Listed && item.PresenterID != nil && *item.PresenterID == actor.PersonID {
			v.Presents = append(v.Presents, item.ID)
		}
	}
	return v, actor.IsPerson() && state.Meeting.Status != panels.Draft && (v.AtTable || v.Observer || len(v.Presents) > 0)
}

// Audience is a key: two viewers with the same key see the same but for Me.
func (v Viewer) Audience() string {
	var key strings.Builder
	switch {
	case v.Chair:
		key.WriteString("chair")
	case v.Clerk:
		key.WriteString("clerk")
	case v.AtTable:
		key.WriteString("table")
	case v.Observer:
		key.WriteString("observer")
	default:
		key.WriteString("presenter")
	}
	writeIDs(&key, " left", v.Left)
	if !v.AtTable {
		writeIDs(&key, " presents", v.Presents)
	}
	return key.String()
}

func writeIDs(key *strings.Builder, word string, ids []uuid.UUID) {
	if len(ids) == 0 {
		return
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	slices.Sort(texts)
	key.WriteString(word + " " + strings.Join(texts, ","))
}

// The rule of who sees what. It stands here, in words, and hides below is all that applies it; no
// query, page or frame decides again.
//
//  1. Whoever has declared an interest in an item sees its number and that they left, and nothing else
//     of it: not the name, the papers' summary, the vote, the decision, the notes or the actions, then
//     or later, until the chair takes the declaration back as made in error. The same holds for every
//     other item about that young person, at any meeting.
//  2. Somebody who only presents sees their own item and not the rest of the agenda.
//  3. While an item is in deliberation, in a forum that deliberates in private, those who only present
//     or observe see its number and that it is private.
//  4. An item taken off after publication shows its number and that it was taken off, to everyone.
//  5. Nobody sees any position in a vote on devices before the chair closes it, except their own. While
//     it is open those at the table see who has not voted yet; once it is closed, who voted how.
//     A vote aloud hides nothing: everybody at the table heard it.
//  6. Those who only present or observe see nothing of a vote and no notes; of the outcome they see
//     the decision, once confirmed.
//  7. Why somebody left for an item is for the chair, the clerk and that person.
//  8. On a board nobody sees who a young person is: the reading of it selects an alias and an age band.

// hides says why the content of an item is not for the viewer, or "".
func (v Viewer) hides(state State, item Item) string {
	outside := !v.AtTable
	switch {
	case slices.Contains(v.Left, item.ID):
		return "You have left for this item"
	case item.State == agendas.TakenOff:
		return "Taken off"
	case outside && !v.Observer && !slices.Contains(v.Presents, item.ID):
		return "Not for you"
	case outside && state.Terms.PrivateDeliberation && item.Progress == Open && item.Stage == Deliberation:
		return "The panel is deliberating in private"
	}
	return ""
}

// omits reports whether the viewer is not even told that the item is on the agenda.
func (v Viewer) omits(item Item) bool {
	return !v.AtTable && !v.Observer && !slices.Contains(v.Presents, item.ID)
}

// Says is the sentence of an event for this viewer, or "" when it is not for them.
func (v Viewer) Says(state State, event Event) string {
	if event.ItemID == nil {
		return event.Says
	}
	item, found := state.item(*event.ItemID)
	if !found || v.hides(state, item) != "" {
		return ""
	}
	if !v.AtTable {
		for _, course := range []string{"vote.", "ballot.", "position.", "note.", "action."} {
			if strings.HasPrefix(event.Type, course) {
				return ""
			}
		}
	}
	return event.Says
}
