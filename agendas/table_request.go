package agendas

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// TableRequest puts a submitted funding request on the agenda of a meeting of the panel it was put
// to, presented by whoever brings it. Once that agenda is out the item is late and says why; so does
// one that came after the papers were due and was accepted all the same. A request that was taken off
// this agenda earlier comes back under its number.
func (s Store) TableRequest(ctx context.Context, actor access.Actor, requestID uuid.UUID, version int, meetingID uuid.UUID, lateReason string) error {
	lateReason = strings.TrimSpace(lateReason)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := lockToBuild(tx, meetingID)
		if err != nil {
			return err
		}
		request, err := requests.LockForPanel(tx, requestID)
		if err != nil {
			return err
		}
		if request.IsLateFor(meetingID) {
			return errLate
		}
		cameLate := request.LateMeetingID != nil && *request.LateMeetingID == meetingID
		if cameLate && lateReason == "" {
			lateReason = request.LateReason
		}
		var form fault.Form
		form.Require(request.ForumID == meeting.ForumID, "meeting", "Choose a meeting of the panel the request was put to")
		form.Require(meeting.AgendaVersion == 0 || lateReason != "", "late_reason", "This meeting’s agenda is published. Enter why the request comes late")
		form.Require(len([]rune(lateReason)) <= reasonLimit, "late_reason", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		if version != request.Version {
			return fault.New(fault.Stale, "Somebody else changed this request. Look at it as it is now, then table it again.")
		}
		if tabled, err := requests.MarkTabled(tx, meetingID, requestID); err != nil {
			return err
		} else if tabled == 0 {
			return fault.New(fault.Conflict, "Only a submitted request can be tabled. This one is: %s.", request.State.Words())
		}
		if meeting.AgendaVersion == 0 && !cameLate {
			lateReason = ""
		}
		if err := addRequest(tx, meeting, request, lateReason); err != nil {
			return err
		}
		return requests.Record(tx, "tabled", request, map[string]string{"meeting": meetingID.String()})
	})
}

// addRequest gives a request its item.
func addRequest(tx db.Tx, meeting panels.Meeting, request requests.Request, lateReason string) error {
	m, err := readForMeeting(tx, meeting)
	if err != nil {
		return err
	}
	items, err := Items(tx, meeting.ID)
	if err != nil {
		return err
	}
	for _, item := range items {
		if item.RequestID == nil || *item.RequestID != request.ID {
			continue
		}
		if same, err := samePerson(tx, item.CaseID, request.CaseID); err != nil {
			return err
		} else if same && item.State == Listed {
			return nil
		} else if same {
			return item.comeBack(tx, meeting, request, lateReason)
		}
	}
	reason := requestReason(request, meeting)
	finding := Finding{Reason: reason, Weight: dueWeights["request"]}
	return insert(tx, m, items, Item{
		ID: newID(), MeetingID: meeting.ID, Kind: RequestItem, Title: request.Title(), CaseID: request.CaseID, RequestID: &request.ID, PresenterID: &request.SubmittedBy,
		Minutes: m.terms.MinutesPerItem, State: Listed, LateReason: lateReason, Urgency: finding.Urgency(),
		Reasons: []Reason{reason}, CreatedAt: tx.Now, Version: 1,
	})
}

// requestReason is why a request is on an agenda.
func requestReason(request requests.Request, meeting panels.Meeting) Reason {
	reason := Reason{Rule: "request", Text: "Funding request " + request.Reference(), On: request.StartsOn, DaysLeft: daysLeft(meeting.On(), request.StartsOn)}
	if !request.StartsOn.IsZero() {
		reason.Text += ", to start on " + request.StartsOn.Long()
	}
	return reason
}

var errLate = fault.New(fault.Conflict, "This request came after the papers for this meeting were due. Accept it for this meeting first, or choose a later one.")

// mayComeAgain says why a request may not come back under the item it had at a meeting: it may have been
// changed since, by whoever brings it. Then its clerk tables it like any other.
func mayComeAgain(tx db.Tx, request requests.Request, item Item, meeting panels.Meeting) (gone, err error) {
	same, err := samePerson(tx, item.CaseID, request.CaseID)
	switch {
	case err != nil:
		return nil, err
	case request.ForumID != meeting.ForumID:
		return fault.New(fault.Conflict, "This funding request has been put to another panel since."), nil
	case !same:
		return fault.New(fault.Conflict, "This funding request has been changed since and is about another young person now. Table it from its own page."), nil
	case request.IsLateFor(meeting.ID):
		return errLate, nil
	}
	return nil, nil
}

// samePerson reports whether two cases, of which neither may be one, are of one young person.
func samePerson(tx db.Tx, a, b *uuid.UUID) (same bool, err error) {
	if equalID(a, b) {
		return true, nil
	}
	err = tx.Raw(`select standing_case(cast(? as uuid)) is not distinct from standing_case(cast(? as uuid))`, a, b).Scan(&same).Error
	return same, err
}

// comeBack lists the item of a request again, under its number, saying what the request says now.
func (i Item) comeBack(tx db.Tx, meeting panels.Meeting, request requests.Request, lateReason string) error {
	before := map[string]any{"state": i.State}
	i.State, i.RemovedReason, i.Title, i.PresenterID = Listed, "", request.Title(), &request.SubmittedBy
	if lateReason != "" {
		i.LateReason = lateReason
	}
	i.Reasons = slices.Clone(i.Reasons)
	for at := range i.Reasons {
		if i.Reasons[at].Rule == "request" {
			i.Reasons[at] = requestReason(request, meeting)
		}
	}
	i.Version++
	back := tx.Model(&Item{}).Where("id = ? and version = ?", i.ID, i.Version-1).
		Select("state", "removed_reason", "title", "presenter_id", "late_reason", "reasons", "version").Updates(&i)
	if err := db.RequireOne(back); err != nil {
		return err
	}
	return record(tx, "agenda_item.restored", i.ID.String(), meeting.ForumID, before, map[string]any{"state": i.State, "late_reason": i.LateReason})
}
