package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Minutes are what is on the record of a meeting, as one viewer may see it.
type Minutes struct {
	Meeting   MeetingView
	Came      []PersonView
	Apologies []string // who held a seat and did not come, nor their deputy
	Items     []MinuteItem
	SentAt    *time.Time // when they went out; nil: not yet
	MaySend   bool       // this reader may send them out now
}

// MinuteItem is one item of the minutes.
type MinuteItem struct {
	ItemLine
	Interests []InterestView
	Decision  *DecisionView
	Awaiting  *AwaitingView // confirmed by one chair of two; for those at the table
	Notes     []NoteView
	Actions   []ActionView
}

// ShowMinutes is the record of a meeting so far.
func ShowMinutes(tx db.Tx, meetingID uuid.UUID) (Minutes, error) {
	p, err := project(tx, meetingID)
	if err != nil {
		return Minutes{}, err
	}
	if err := tx.Actor.Check(access.ReadDecisions, p.Forum.ID); err != nil {
		return Minutes{}, err
	}
	minutes := Minutes{Meeting: p.meeting(), SentAt: p.Meeting.MinutesSentAt}
	minutes.MaySend = minutes.SentAt == nil && p.Meeting.Status == panels.Closed && tx.Actor.May(access.RecordMeeting, p.Forum.ID)
	for _, person := range p.people() {
		if person.Since != nil {
			minutes.Came = append(minutes.Came, person)
		}
	}
	for _, place := range p.Table.Places {
		came := false
		for _, sitter := range place.Fills {
			_, recorded := p.Table.Here[sitter.PersonID]
			came = came || recorded
		}
		if !came && len(place.Fills) > 0 {
			minutes.Apologies = append(minutes.Apologies, place.Fills[0].Name+" ("+place.Seat.Name+")")
		}
	}
	actions := p.actions()
	for _, item := range p.Items {
		if p.viewer.omits(item) {
			continue
		}
		minute := MinuteItem{ItemLine: p.line(item)}
		if minute.Hidden == "" {
			if decision, found := p.State.decision(item.ID); found {
				shown := p.State.DecisionView(decision)
				minute.Decision = &shown
			}
			if waiting, found := p.State.awaiting(item.ID); found && p.viewer.AtTable {
				shown := p.AwaitingView(waiting)
				minute.Awaiting = &shown
			}
			minute.Interests = p.interestsIn(item)
			if p.viewer.AtTable {
				minute.Notes = p.notesOn(item.ID)
			}
			for _, action := range actions {
				if action.ItemID != nil && *action.ItemID == item.ID {
					minute.Actions = append(minute.Actions, action)
				}
			}
		}
		minutes.Items = append(minutes.Items, minute)
	}
	return minutes, nil
}
