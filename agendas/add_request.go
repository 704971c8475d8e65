package agendas

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// TabledRequest is a funding request as an agenda needs to know it.
type TabledRequest struct {
	ID          uuid.UUID
	CaseID      uuid.UUID
	PresenterID uuid.UUID
	Reference   string     // "R2001"
	StartsOn    clock.Date // when the money is wanted from
}

// LockToTable finds a meeting at which the actor may table a request, and keeps other changes to it
// waiting.
func LockToTable(tx db.Tx, meetingID uuid.UUID) (panels.Meeting, error) {
	return lockToBuild(tx, meetingID)
}

// AddRequest puts a funding request on the agenda of a meeting locked by LockToTable, with its
// presenter. One that was taken off this agenda earlier comes back under its number.
func AddRequest(tx db.Tx, meeting panels.Meeting, request TabledRequest, lateReason string) (uuid.UUID, error) {
	m, err := readForMeeting(tx, meeting)
	if err != nil {
		return uuid.Nil, err
	}
	if m.forum.Board {
		return uuid.Nil, fault.New(fault.Denied, "A board does not take funding requests.")
	}
	items, err := Items(tx, meeting.ID)
	if err != nil {
		return uuid.Nil, err
	}
	if at := slices.IndexFunc(items, func(i Item) bool { return i.RequestID != nil && *i.RequestID == request.ID }); at >= 0 {
		if items[at].State == Listed {
			return items[at].ID, nil
		}
		return items[at].ID, items[at].change(tx, meeting, "restored", map[string]any{"state": Listed, "removed_reason": ""})
	}
	reason := Reason{Rule: "request", Text: "Funding request " + request.Reference, On: request.StartsOn, DaysLeft: daysLeft(meeting.On(), request.StartsOn)}
	if !request.StartsOn.IsZero() {
		reason.Text += ": from " + request.StartsOn.Long()
	}
	finding := Finding{Reason: reason, Weight: dueWeights["request"]}
	item := Item{
		ID: newID(), MeetingID: meeting.ID, Kind: RequestItem, CaseID: &request.CaseID, RequestID: &request.ID, PresenterID: &request.PresenterID,
		Minutes: m.terms.MinutesPerItem, State: Listed, LateReason: lateReason, Urgency: finding.Urgency(),
		Reasons: []Reason{reason}, CreatedAt: tx.Now, Version: 1,
	}
	return item.ID, insert(tx, m, items, item)
}
