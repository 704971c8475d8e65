package agendas

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
)

// ByHand is the rule of a reason somebody gave by hand.
const ByHand = "by_hand"

// A wish is an item the rules, the due list or the forum's terms want on the agenda.
type wish struct {
	kind         ItemKind
	title        string
	caseID       *uuid.UUID
	requestID    *uuid.UUID
	escalationID *uuid.UUID
	ratifiesID   *uuid.UUID
	presenterID  *uuid.UUID
	minutes      int
	urgency      int
	reasons      []Reason
	after        bool // a standing item that follows the cases
}

// subject is what makes two items the same line of an agenda.
type subject struct {
	kind  ItemKind
	id    uuid.UUID
	title string
}

func subjectOf(kind ItemKind, title string, caseID, requestID, escalationID, ratifiesID *uuid.UUID) subject {
	switch {
	case ratifiesID != nil:
		return subject{kind: kind, id: *ratifiesID}
	case kind == CaseItem && caseID != nil:
		return subject{kind: kind, id: *caseID}
	case kind == RequestItem && requestID != nil:
		return subject{kind: kind, id: *requestID}
	case escalationID != nil:
		return subject{kind: kind, id: *escalationID}
	default:
		return subject{kind: kind, title: title}
	}
}

func (i Item) subject() subject {
	return subjectOf(i.Kind, i.Title, i.CaseID, i.RequestID, i.EscalationID, i.RatifiesID)
}

func (w wish) subject() subject {
	return subjectOf(w.kind, w.title, w.caseID, w.requestID, w.escalationID, w.ratifiesID)
}

// byHand reports whether somebody put the item on with a reason of their own.
func (i Item) byHand() bool {
	return slices.ContainsFunc(i.Reasons, func(r Reason) bool { return r.Rule == ByHand })
}

// handWeight is how much a reason given by hand counts, beside the weights of rules.
const handWeight = 60

// plan is what a rebuild does to a draft.
type plan struct {
	add    []Item
	change []Item
	drop   []Item
}

// rebuild compares the items on a draft with those now wanted. It keeps every decision somebody
// made: what is pinned, removed, moved, added by hand, or given its own minutes. Positions run
// 1, 2, 3 … through the whole agenda afterwards, those put over for want of time and removed items last.
func rebuild(meetingID uuid.UUID, existing []Item, wanted []wish, available int, newID func() uuid.UUID) plan {
	at := make(map[subject]int, len(existing))
	for i, item := range existing {
		if before, twice := at[item.subject()]; twice && existing[before].State == Listed {
			continue // a request that came again under another number, beside the item that was taken off
		}
		at[item.subject()] = i
	}
	var kept, added []Item
	mentioned := make([]bool, len(existing))
	following := make(map[subject]bool) // standing items that follow the cases
	for _, w := range wanted {
		if w.after {
			following[w.subject()] = true
		}
		i, there := at[w.subject()]
		if !there {
			added = append(added, Item{
				ID: newID(), MeetingID: meetingID, Kind: w.kind, Title: w.title, CaseID: w.caseID, RequestID: w.requestID,
				EscalationID: w.escalationID, RatifiesID: w.ratifiesID, PresenterID: w.presenterID, Minutes: w.minutes, State: Listed,
				Urgency: w.urgency, Reasons: w.reasons, Version: 1,
			})
			continue
		}
		mentioned[i] = true
		kept = append(kept, existing[i].refreshed(w))
	}
	var result plan
	for i, item := range existing {
		switch {
		case mentioned[i]:
		case item.Number != "", item.State == Removed, item.Kind == RequestItem:
			kept = append(kept, item) // published, refused or tabled: not for a rebuild to change
		case item.Pinned, item.byHand():
			kept = append(kept, item.refreshed(wish{title: item.Title, minutes: item.Minutes}))
		default:
			result.drop = append(result.drop, item)
		}
	}

	before := make(map[uuid.UUID]Item, len(existing))
	for _, item := range existing {
		before[item.ID] = item
	}
	for i, item := range pack(arrange(asListed(kept), added, following), available) {
		item.Position = i + 1
		was, there := before[item.ID]
		switch {
		case !there:
			result.add = append(result.add, item)
		case !sameLine(was, item):
			result.change = append(result.change, item)
		}
	}
	return result
}

// refreshed is an item with what a rebuild found, keeping what people decided. A reason given by
// hand stays beside those the rules give.
func (i Item) refreshed(w wish) Item {
	reasons := slices.Clone(w.reasons)
	urgency := w.urgency
	for _, r := range i.Reasons {
		if r.Rule == ByHand {
			reasons = append(reasons, r)
			urgency = max(urgency, Finding{Reason: r, Weight: handWeight}.Urgency())
		}
	}
	i.Reasons, i.Urgency, i.Title, i.EscalationID = reasons, urgency, w.title, w.escalationID
	if i.PresenterID == nil {
		i.PresenterID = w.presenterID
	}
	if !i.MinutesSet {
		i.Minutes = w.minutes
	}
	return i
}

// arrange orders an agenda. Until somebody moves an item the order is: standing items, what the
// board asks or answers and what is to be ratified, requests, cases by urgency, the standing items that follow. Once somebody
// has moved one, or the agenda is out, the order stands and what is new goes in by urgency.
func arrange(kept, added []Item, following map[subject]bool) []Item {
	all := slices.Clone(kept)
	slices.SortStableFunc(all, func(a, b Item) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.Position, b.Position))
	})
	if !slices.ContainsFunc(kept, func(i Item) bool { return i.Moved || i.Number != "" }) {
		all = append(all, added...)
		slices.SortStableFunc(all, func(a, b Item) int { return byPlace(a, b, following) })
		return all
	}
	fresh := slices.Clone(added)
	slices.SortStableFunc(fresh, func(a, b Item) int { return byPlace(a, b, following) })
	for _, item := range fresh {
		at := slices.IndexFunc(all, func(other Item) bool { return byPlace(item, other, following) < 0 })
		if at < 0 {
			at = len(all)
		}
		all = slices.Insert(all, at, item)
	}
	return all
}

// last says which items stand after all others: those put over, and then those removed.
func last(i Item) int {
	switch i.State {
	case PutOver:
		return 1
	case Removed:
		return 2
	default:
		return 0
	}
}

// asListed puts what was put over back among the rest: there may be time for it by now.
func asListed(items []Item) []Item {
	again := slices.Clone(items)
	for i := range again {
		if again[i].State == PutOver {
			again[i].State = Listed
		}
	}
	return again
}

// pack keeps to the meeting's minutes: the least urgent cases are put over until the rest fit. Nobody's
// decision is undone by it: what is pinned, put on by hand, moved or published stays, and so do funding
// requests and standing items.
func pack(items []Item, available int) []Item {
	over := fit(items, available).Over()
	packed := slices.Clone(items)
	var candidates []int
	for i, item := range items {
		if item.State == Listed && item.Kind == CaseItem && item.Number == "" && !item.Pinned && !item.Moved && !item.byHand() {
			candidates = append(candidates, i)
		}
	}
	slices.SortStableFunc(candidates, func(a, b int) int { return cmp.Or(cmp.Compare(items[a].Urgency, items[b].Urgency), cmp.Compare(b, a)) })
	for _, i := range candidates {
		if over <= 0 {
			break
		}
		packed[i].State = PutOver
		over -= items[i].Minutes
	}
	slices.SortStableFunc(packed, func(a, b Item) int { return cmp.Compare(last(a), last(b)) })
	return packed
}

// byPlace compares two items by where an untouched agenda has them. Standing items keep their order.
func byPlace(a, b Item, following map[subject]bool) int {
	place := func(i Item) int {
		switch {
		case i.State == Removed:
			return 9
		case i.Kind == StandingItem && following[i.subject()]:
			return 5
		case i.Kind == StandingItem:
			return 1
		case i.Kind == AnswerItem, i.Kind == EscalationItem, i.Kind == RatifyItem:
			return 2
		case i.Kind == RequestItem:
			return 3
		default:
			return 4
		}
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.Urgency, a.Urgency))
}

// sameLine reports whether a rebuild left an item as it was.
func sameLine(a, b Item) bool {
	return a.State == b.State && a.Position == b.Position && a.Title == b.Title && a.Minutes == b.Minutes && a.Urgency == b.Urgency &&
		equalID(a.PresenterID, b.PresenterID) && equalID(a.EscalationID, b.EscalationID) && slices.Equal(a.Reasons, b.Reasons)
}

func equalID(a, b *uuid.UUID) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

// standingWishes are the forum's own lines. Terms made before forums had them get those that ship.
func standingWishes(terms panels.Terms) []wish {
	items := terms.StandingItems
	if len(items) == 0 {
		items = panels.StandingItems()
	}
	wishes := make([]wish, len(items))
	for i, s := range items {
		// Urgency counts down so that standing items keep the order the forum gave them.
		wishes[i] = wish{kind: StandingItem, title: s.Title, minutes: s.Minutes, urgency: len(items) - i, after: s.After}
	}
	return wishes
}

// A Fit says how an agenda sits in its meeting.
type Fit struct {
	Minutes   int // what the listed items take
	Available int // the meeting's length
	NotFitted int // how many items, from the last case or request upwards, do not fit
}

// Over is how many minutes the listed items take beyond the meeting's.
func (f Fit) Over() int { return f.Minutes - f.Available }

// fit adds up the listed items. When they take longer than the meeting, what does not fit is
// counted from the last item that is not a standing one: those close the meeting whatever happens.
func fit(items []Item, available int) Fit {
	f := Fit{Available: available}
	for _, item := range items {
		if item.State == Listed {
			f.Minutes += item.Minutes
		}
	}
	over := f.Over()
	for _, item := range slices.Backward(items) {
		if over <= 0 {
			break
		}
		if item.State == Listed && item.Kind != StandingItem {
			over -= item.Minutes
			f.NotFitted++
		}
	}
	return f
}
