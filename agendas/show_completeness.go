package agendas

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Absence is why a case that is due is not on an agenda.
type Absence string

// The reasons why.
const (
	TakenOut  Absence = "taken_out"  // by hand; the item says why
	NoTime    Absence = "no_time"    // put over to the next meeting
	FoundLate Absence = "found_late" // due since the agenda was last built
)

// Missing is a case that is due and not on the agenda.
type Missing struct {
	Case    *CaseLine // nil when Withheld, and for what concerns no one case
	Title   string    // of that
	Reasons []Reason
	Why     Absence
	Said    string // the reason given when it was taken out
	Late    Reason // the deadline that waiting for the next meeting would miss; zero when there is none

	Withheld string // why the reader may not see who it is
}

// Elsewhere is a locality whose cases the forum's rules list too, and who hears them.
type Elsewhere struct {
	Locality string // "" is no locality at all
	Cases    int
	Forum    string // "" when no forum follows the locality: then nobody hears them
	ForumID  uuid.UUID
	Next     *clock.Date // of that forum's next meeting; nil when none is called
	Unheard  []CaseLine  // those of a locality that no forum follows, the first of them
}

// unheardShown bounds how many cases of a locality without a forum are named.
const unheardShown = 50

// Completeness proves that nobody who is due is left off an agenda: every case that a rule, or what is due
// to the forum, would list stands on it, or here with why not.
type Completeness struct {
	Meeting   panels.Meeting
	Forum     panels.Forum
	Next      *panels.Meeting
	Due       int // cases and requests that are due
	Listed    int // of them, those on the agenda
	Missing   []Missing
	Elsewhere []Elsewhere
	Unjudged  []Unjudged
	Gone      []string // something is due for them, and they have died or moved away
}

// ShowCompleteness asks again who is due on the meeting's day, and finds each on the agenda or says why
// not. It is for those who may build this forum's agendas.
func ShowCompleteness(tx db.Tx, meetingID uuid.UUID, withheld Withheld) (page Completeness, err error) {
	if page.Meeting, err = panels.MeetingByID(tx, meetingID); err != nil {
		return page, err
	}
	if err := tx.Actor.Check(access.BuildAgenda, page.Meeting.ForumID); err != nil {
		return page, err
	}
	m, err := readForMeeting(tx, page.Meeting)
	if err != nil {
		return page, err
	}
	page.Forum = m.forum
	if page.Next, err = nextMeeting(tx, page.Meeting); err != nil {
		return page, err
	}
	wanted, err := gather(tx, m)
	if err != nil {
		return page, err
	}
	page.Unjudged, page.Gone = wanted.unjudged, wanted.gone
	items, err := Items(tx, meetingID)
	if err != nil {
		return page, err
	}
	wishes, err := asOnAgenda(tx, wanted.wishes, items)
	if err != nil {
		return page, err
	}
	if err := page.compare(tx, m, wishes, items, withheld); err != nil || m.forum.Board || m.forum.Locality == "" {
		return page, err
	}
	return page, page.addElsewhere(tx, m)
}

// compare finds each that is due among the items.
func (page *Completeness) compare(tx db.Tx, m forMeeting, due []wish, items []Item, withheld Withheld) error {
	at := make(map[subject]Item, len(items))
	for _, item := range items {
		if at[item.subject()].State != Listed {
			at[item.subject()] = item
		}
	}
	var off []Item
	for _, w := range due {
		if w.kind == StandingItem {
			continue
		}
		page.Due++
		item, there := at[w.subject()]
		if there && item.State == Listed {
			page.Listed++
			continue
		}
		if !there {
			item = Item{Kind: w.kind, Title: w.title, CaseID: w.caseID, RequestID: w.requestID, EscalationID: w.escalationID, State: "", Reasons: w.reasons, Urgency: w.urgency}
		} else {
			item.Reasons, item.Urgency = w.reasons, w.urgency
		}
		off = append(off, item)
	}
	slices.SortStableFunc(off, func(a, b Item) int { return cmp.Compare(b.Urgency, a.Urgency) })
	lines, err := linesOf(tx, m, off, withheld)
	if err != nil {
		return err
	}
	visible, err := visibleCases(tx, off)
	if err != nil {
		return err
	}
	for i, line := range lines {
		missing := Missing{Case: line.Case, Title: line.Title, Reasons: off[i].Reasons, Why: FoundLate, Withheld: line.Withheld}
		switch off[i].State {
		case Removed, TakenOff:
			missing.Why, missing.Said = TakenOut, off[i].RemovedReason
		case PutOver:
			missing.Why = NoTime
		}
		if page.Next != nil {
			missing.Late, _ = off[i].Passes(page.Next.On())
		}
		if off[i].CaseID != nil && !visible[*off[i].CaseID] && missing.Withheld == "" {
			missing.Withheld = "You declared an interest in this young person"
		}
		if missing.Withheld != "" {
			missing.Case, missing.Reasons, missing.Said, missing.Late = nil, nil, "", Reason{}
		}
		page.Missing = append(page.Missing, missing)
	}
	return nil
}

// visibleCases are those of the items' cases that the reader may see.
func visibleCases(tx db.Tx, items []Item) (map[uuid.UUID]bool, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, item := range items {
		if item.CaseID != nil {
			ids = append(ids, *item.CaseID)
		}
	}
	var open []uuid.UUID
	err := tx.Raw(`select c.id from cases c where c.id in @cases and not exists (`+tracker.InterestIn("@me", "c.id")+`)`,
		map[string]any{"cases": ids, "me": tx.Actor.PersonID}).Scan(&open).Error
	visible := make(map[uuid.UUID]bool, len(open))
	for _, id := range open {
		visible[id] = true
	}
	return visible, err
}

// addElsewhere says who hears the cases of other localities that the same rules list, so that a locality
// no forum follows is seen.
func (page *Completeness) addElsewhere(tx db.Tx, m forMeeting) error {
	ask, _, err := selectionFor(tx, m)
	if err != nil {
		return err
	}
	ours := localityKey(ask.locality)
	ask.locality = ""
	all, err := ask.listings(tx)
	if err != nil {
		return err
	}
	var forums []struct {
		ID       uuid.UUID
		Name     string
		Locality string
		Next     *clock.Date
	}
	err = tx.Raw(`
		select f.id, f.name, f.locality, (
			select (starts_at at time zone 'Europe/London')::date from meeting where forum_id = f.id and status = 'scheduled' and starts_at > ? order by starts_at limit 1) as next
		from forum f where f.template = ? and f.locality <> '' order by f.name`, tx.Now, m.forum.Template).Scan(&forums).Error
	if err != nil {
		return err
	}
	at := map[string]int{ours: -1}
	for _, l := range all {
		key := localityKey(l.Locality)
		i, known := at[key]
		if i < 0 {
			continue
		}
		if !known {
			i = len(page.Elsewhere)
			at[key] = i
			other := Elsewhere{Locality: l.Locality}
			for _, forum := range forums {
				if localityKey(forum.Locality) == key {
					other.Forum, other.ForumID, other.Next = forum.Name, forum.ID, forum.Next
				}
			}
			page.Elsewhere = append(page.Elsewhere, other)
		}
		other := &page.Elsewhere[i]
		other.Cases++
		if other.Forum == "" && len(other.Unheard) < unheardShown {
			other.Unheard = append(other.Unheard, CaseLine{Reference: l.Reference()})
		}
	}
	slices.SortFunc(page.Elsewhere, func(a, b Elsewhere) int {
		return cmp.Or(cmp.Compare(len(b.Unheard), len(a.Unheard)), cmp.Compare(a.Locality, b.Locality))
	})
	return nil
}
