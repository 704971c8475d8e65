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
	Guest    []uuid.UUID // items they join for an agency from outside, until each is over
	Family   []uuid.UUID // items about them, or about whom they support, until each is over
	Named    []uuid.UUID // items they joined whose decision asks their agency to pay
	Asked    []uuid.UUID // items whose decision they answer for, or answered for, for their agency
	InChair  bool        // a chair whose turn it is
	Shut     []uuid.UUID // actions of earlier meetings about something they have left for
	Screen   bool        // nobody: the big screen, which everybody in the room reads
}

// OnScreen is what the big screen that a viewer puts up may show; false for those who do not put it up.
func (v Viewer) OnScreen() (Viewer, bool) {
	return Viewer{Screen: true, Left: v.Left}, v.Chair || v.Clerk
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
	v.Left = state.Table.leftBy(actor.PersonID)
	for i := range state.Items { // not copied: this is asked for everybody who looks on, at each event
		item := &state.Items[i]
		if item.State == agendas.Listed && item.PresenterID != nil && *item.PresenterID == actor.PersonID {
			v.Presents = append(v.Presents, item.ID)
		}
	}
	for _, guest := range state.Table.Guests {
		item, found := state.item(guest.ItemID)
		switch {
		case guest.PersonID != actor.PersonID || !found:
		case guest.Family:
			if state.takesGuests(item) {
				v.Family = append(v.Family, item.ID)
			}
		case state.takesGuests(item):
			v.Guest = append(v.Guest, item.ID)
		case state.asksToPay(item, guest.Agency.ID):
			v.Named = append(v.Named, item.ID)
		}
	}
	for _, decision := range state.Decisions {
		switch {
		case decision.asks(actor.PersonID):
			v.Asked = append(v.Asked, decision.ItemID)
		case decision.conditionOf(actor.PersonID):
			v.Named = append(v.Named, decision.ItemID)
		}
	}
	for _, action := range state.Arising {
		if slices.Contains(action.ShutTo, actor.PersonID) {
			v.Shut = append(v.Shut, action.ID)
		}
	}
	v.InChair = v.Chair && state.inTheChair(actor)
	return v, actor.IsPerson() && state.Meeting.Status != panels.Draft && (v.AtTable || v.Observer || len(v.Presents) > 0 || len(v.Guest) > 0 || len(v.Family) > 0)
}

// takesGuests reports whether an item is on a published agenda and not over. The view guest_item asks
// the same of the rows.
func (s State) takesGuests(item Item) bool {
	running := s.Meeting.Status == panels.Scheduled || s.Meeting.Status == panels.InSession || s.Meeting.Status == panels.Adjourned
	return running && s.Meeting.AgendaVersion > 0 && item.State == agendas.Listed && item.Number != "" &&
		(item.Progress == Waiting || item.Progress == Open)
}

// asksToPay reports whether an item's decision gives an agency a share to pay.
func (s State) asksToPay(item Item, agencyID uuid.UUID) bool {
	decision, found := s.decision(item.ID)
	return found && slices.ContainsFunc(decision.Shares, func(d DecisionShare) bool {
		return d.AgencyID == agencyID && (d.WeeklyPence > 0 || d.OneOffPence > 0)
	})
}

// Audience is a key: two viewers with the same key see the same but for Me.
func (v Viewer) Audience() string {
	var key strings.Builder
	switch {
	case v.Screen:
		key.WriteString("screen")
	case v.Chair:
		key.WriteString("chair")
	case v.Clerk:
		key.WriteString("clerk")
	case v.AtTable:
		key.WriteString("table")
	case v.Observer:
		key.WriteString("observer")
	case len(v.Guest) > 0:
		key.WriteString("guest")
	case len(v.Family) > 0:
		key.WriteString("family")
	default:
		key.WriteString("presenter")
	}
	writeIDs(&key, " left", v.Left)
	if v.AtTable {
		writeIDs(&key, " shut", v.Shut)
	}
	if !v.AtTable && !v.Screen {
		writeIDs(&key, " presents", v.Presents)
		writeIDs(&key, " joins", v.Guest)
		writeIDs(&key, " own", v.Family)
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
//     A vote aloud hides nothing: everybody at the table heard it. Who wrote a position down for somebody
//     else, and what that person says of it, is for whoever sees the position; and for that person at once.
//  6. Those who only present or observe see nothing of a vote and no notes; of the outcome they see
//     the decision, once confirmed.
//     Who writes a note, and who asks to take over, is for those who write them: the chair and the clerk.
//  7. Why somebody left for an item is for the chair, the clerk and that person.
//  8. On a board nobody sees who a young person is: the reading of it selects an alias and an age band.

//  9. A guest, who speaks in one item for an agency from outside, sees that item as those at the table do:
//     the request and its split, private deliberation, the vote, the decision as it comes about. Of anything
//     else they see nothing: no other line of the agenda, no list of names, no interest that anybody declared,
//     no notes, no actions, no guest of another item. When the item is over, by being finished, passed over or
//     taken off, or by the meeting's end, they have no part in the meeting any more; so also when their
//     place is withdrawn. What they keep is the decision, if it asks their agency to pay: its words, not
//     the vote. An interest of their own shuts the item to them as it does to anybody.
//  10. What one chair has confirmed and the other has not is for those at the table and that item's guests.
//  11. The actions of earlier meetings are for those at the table. Whoever has left for the item one of them
//     came from, or for the young person it is about, is not told that it is there.
//  12. Whoever is asked to endorse or authorise a decision for their agency, or has answered, sees that
//     decision with the request, the papers' names and who voted how, and nothing else of the meeting. Whoever is to
//     show that a condition is met sees the decision and not the vote. An interest shuts either out.
//  13. A young person who joins their own item, or who supports them, sees its stage, what is asked for and why
//     it is on the agenda, and who is in the room: no papers, split, vote, outcome, decision, note, action or
//     interest, nothing while it is deliberated in private, and nothing of anything else. What was decided
//     they are told by its letter.

//  13. The big screen is read by everybody in the room, family and visitors too. It shows numbers and case
//     references, how far the open item has got, how many positions are given, the result and the outcome, and
//     never a name: not of a young person, not of anybody at the table. Of an item that whoever put it up has
//     left for, it shows the number. It is put up by the chair or the clerk.

// hides says why the content of an item is not for the viewer, or "".
func (v Viewer) hides(state State, item Item) string {
	outside := !v.joins(item)
	switch {
	case slices.Contains(v.Left, item.ID):
		return "You have left for this item"
	case item.State == agendas.TakenOff:
		return "Taken off"
	case outside && !v.Observer && !slices.Contains(v.Presents, item.ID) && !v.isFamily(item):
		return "Not for you"
	case outside && state.private(item):
		return deliberating
	}
	return ""
}

const deliberating = "The panel is deliberating in private"

// private reports whether an item is being deliberated by the table alone.
func (s State) private(item Item) bool {
	return s.Terms.PrivateDeliberation && item.Progress == Open && item.Stage == Deliberation
}

// omits reports whether the viewer is not even told that the item is on the agenda.
func (v Viewer) omits(item Item) bool {
	return !v.joins(item) && !v.Observer && !slices.Contains(v.Presents, item.ID) && !v.isFamily(item)
}

// joins reports whether the viewer takes part in an item: at the table, or as its guest.
func (v Viewer) joins(item Item) bool { return v.AtTable || slices.Contains(v.Guest, item.ID) }

// onlyGuest reports whether the viewer sees an item as its guest and as nothing more.
func (v Viewer) onlyGuest(item Item) bool {
	return !v.AtTable && slices.Contains(v.Guest, item.ID)
}

// isFamily reports whether the viewer sees an item as the young person it is about, or who supports them.
func (v Viewer) isFamily(item Item) bool {
	return !v.AtTable && !v.Observer && slices.Contains(v.Family, item.ID) && !slices.Contains(v.Presents, item.ID) && !slices.Contains(v.Guest, item.ID)
}

// Says is the sentence of an event for this viewer, or "" when it is not for them.
func (v Viewer) Says(state State, event Event) string {
	if v.Screen {
		return ""
	}
	if event.ItemID == nil {
		if strings.HasPrefix(event.Type, "consent.") && !v.AtTable { // rule 6
			return ""
		}
		return event.Says
	}
	item, found := state.item(*event.ItemID)
	if found && event.Type == (MoveStage{}).Type() && v.hides(state, item) == deliberating {
		return "Item " + item.Number + " is deliberated in private from here"
	}
	if !found || v.hides(state, item) != "" {
		return ""
	}
	kept := []string{}
	switch {
	case v.onlyGuest(item):
		kept = []string{"note.", "action.", "interest.", "consent."}
	case v.isFamily(item):
		kept = []string{"vote.", "ballot.", "position.", "note.", "action.", "interest.", "decision.", "condition.", "consent."}
	case !v.AtTable:
		kept = []string{"vote.", "ballot.", "position.", "consent.", "note.", "action."}
		if _, decided := state.decision(item.ID); !decided {
			kept = append(kept, "decision.") // what waits for the other chair, or was sent back
		}
	}
	for _, course := range kept {
		if strings.HasPrefix(event.Type, course) {
			return ""
		}
	}
	return event.Says
}

// isShut reports whether an action of an earlier meeting is about something the viewer has left for.
func (v Viewer) isShut(action uuid.UUID) bool { return slices.Contains(v.Shut, action) }
