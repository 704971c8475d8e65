package agendas

import (
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Urgent is the one funding request that is decided between meetings.
type Urgent struct {
	RequestID uuid.UUID
	Why       string // it cannot wait
}

// ListBetween puts that request on the agenda of what stands for a meeting and publishes it, so that it
// and its papers are open to those who decide. Nobody is told of an agenda: who is asked hears of the
// vote. From then on the request is tabled here and nowhere else.
func ListBetween(tx db.Tx, meeting panels.Meeting, urgent Urgent) (panels.Meeting, Item, error) {
	request, err := requests.LockForPanel(tx, urgent.RequestID)
	if err != nil {
		return meeting, Item{}, err
	}
	if request.ForumID != meeting.ForumID {
		return meeting, Item{}, fault.New(fault.Conflict, "This funding request was put to another panel.")
	}
	if tabled, err := requests.MarkTabled(tx, meeting.ID, request.ID); err != nil {
		return meeting, Item{}, err
	} else if tabled == 0 {
		return meeting, Item{}, fault.New(fault.Conflict, "Only a request that waits for the panel can be decided between meetings. This one is: %s.", request.State.Words())
	}
	if err := requests.Record(tx, "tabled", request, map[string]string{"meeting": meeting.ID.String()}); err != nil {
		return meeting, Item{}, err
	}
	item := Item{
		ID: newID(), MeetingID: meeting.ID, Number: "1", Position: 1, Kind: RequestItem, Title: request.Title(),
		CaseID: request.CaseID, RequestID: &request.ID, PresenterID: &request.SubmittedBy, State: Listed,
		Reasons:   []Reason{{Rule: "urgent", Text: "Between meetings: " + urgent.Why, On: meeting.On()}, requestReason(request, meeting)},
		CreatedAt: tx.Now, Version: 1,
	}
	if err := tx.Create(&item).Error; err != nil {
		return meeting, item, err
	}
	p, err := readPublication(tx, meeting)
	if err != nil {
		return meeting, item, err
	}
	if err := tx.Create(p.next).Error; err != nil {
		return meeting, item, err
	}
	err = db.RequireOne(tx.Exec(`update meeting set agenda_version = ?, version = version + 1 where id = ? and version = ?`, p.next.Version, meeting.ID, meeting.Version))
	if err != nil {
		return meeting, item, err
	}
	meeting.AgendaVersion, meeting.Version = p.next.Version, meeting.Version+1
	return meeting, item, record(tx, "agenda.published", meeting.ID.String(), meeting.ForumID, nil, map[string]int{"version": p.next.Version, "items": 1})
}
