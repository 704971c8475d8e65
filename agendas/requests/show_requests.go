package requests

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Row is a request in a list.
type Row struct {
	ID            uuid.UUID
	Number        int64
	Kind          Kind
	State         State
	CaseNumber    int64  // 0: an uplift
	Person        string // the young person's name
	Packages      int    // of an uplift
	ForumName     string
	Presenter     string
	WeeklyPence   int64
	OneOffPence   int64
	StartsOn      clock.Date
	SubmittedAt   *time.Time
	MeetingID     *uuid.UUID
	MeetingAt     *time.Time
	LateMeetingID *uuid.UUID
	LateAnswer    LateAnswer
}

// IsLate reports whether it asks to be taken late and nobody has answered.
func (r Row) IsLate() bool {
	return r.State == Submitted && r.LateMeetingID != nil && r.LateAnswer == LateWaiting
}

const selectRows = `
	select r.id, r.number, r.kind, r.state, coalesce(c.number, 0) as case_number, coalesce(c.forename || ' ' || c.surname, '') as person, f.name as forum_name,
		case when r.kind = 'uplift' then (select count(*) from request_line l where l.request_id = r.id) else 0 end as packages,
		p.name as presenter, r.weekly_pence, r.one_off_pence, r.starts_on, r.submitted_at, r.meeting_id, m.starts_at as meeting_at, r.late_meeting_id, r.late_answer
	from funding_request r
	left join cases c on c.id = r.case_id join forum f on f.id = r.forum_id join person p on p.id = r.submitted_by
	left join meeting m on m.id = r.meeting_id `

// interest finds why @me is kept from a request.
var interest = tracker.InterestIn("@me", "r.case_id")

// listLimit bounds every list of requests.
const listLimit = 500

// Mine lists the requests the actor brings, the newest first.
func Mine(tx db.Tx) ([]Row, error) {
	var rows []Row
	if !tx.Actor.IsPerson() {
		return nil, nil
	}
	err := tx.Raw(selectRows+`where r.submitted_by = @me and not exists (`+interest+`) order by r.created_at desc limit @limit`,
		map[string]any{"me": tx.Actor.PersonID, "limit": listLimit}).Scan(&rows).Error
	return rows, err
}

// tabledForums are the panels whose requests the actor may table.
func tabledForums(actor access.Actor) []uuid.UUID {
	forums := []uuid.UUID{uuid.Nil}
	for _, seat := range actor.Seats {
		if !seat.Board && actor.May(access.TableRequest, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	return forums
}

// Inbox lists what was submitted to, or is tabled at, the panels whose requests the actor may table:
// those waiting longest first.
func Inbox(tx db.Tx) ([]Row, error) {
	var rows []Row
	err := tx.Raw(selectRows+`
		where r.forum_id in @forums and r.state in ('submitted', 'tabled') and not exists (`+interest+`)
		order by r.state, r.submitted_at, r.number limit @limit`,
		map[string]any{"forums": tabledForums(tx.Actor), "me": tx.Actor.PersonID, "limit": listLimit}).Scan(&rows).Error
	return rows, err
}

// OfCase lists the requests about a case that the actor brings, or that were put to a panel whose
// requests they may table, the newest first; uplifts with a package of that case among them.
func OfCase(tx db.Tx, caseID uuid.UUID) ([]Row, error) {
	if !tx.Actor.IsPerson() {
		return nil, nil
	}
	var rows []Row
	err := tx.Raw(selectRows+`
		where r.id in (select id from funding_request where case_id in (select id from same_case(@case))
				union select request_id from request_line where case_id in (select id from same_case(@case)))
			and (r.submitted_by = @me or r.forum_id in @forums and r.state <> 'draft') order by r.created_at desc limit @limit`,
		map[string]any{"case": caseID, "me": tx.Actor.PersonID, "forums": tabledForums(tx.Actor), "limit": listLimit}).Scan(&rows).Error
	return rows, err
}

// ShareLine is a share with who pays it.
type ShareLine struct {
	Share
	Agency string
	Now    *Paying // what the funder pays now, when something is known of it
}

// Page is a request as its readers see it.
type Page struct {
	Written
	Presenter string
	Split     []ShareLine
	Closed    int              // packages of an uplift in whose case the reader declared an interest
	Changed   []Difference     // since it was submitted before
	MayMend   bool             // the reader brings it and it is with them
	MayTable  bool             // the reader is clerk or chair of the panel
	Meetings  []panels.Meeting // where it may be tabled
	Meeting   *panels.Meeting  // where it is tabled
	Late      *panels.Meeting  // the one it came too late for
	OnlyGuest bool             // the reader joins its item from outside, and may open nothing else
}

// Show is one request. Whoever may not read it is told it is not there. Of an uplift they see the
// packages of the young people in whom they declared no interest.
func Show(tx db.Tx, id uuid.UUID) (page Page, err error) {
	r, err := ByID(tx, id)
	if err != nil {
		return page, err
	}
	onlyGuest, err := mayRead(tx, r)
	if err != nil {
		return Page{}, err
	}
	if page.Written, err = write(tx, r); err != nil {
		return page, err
	}
	page.OnlyGuest = onlyGuest
	page.Closed = page.LeaveOutClosed()
	if err := tx.Raw(`select name from person where id = ?`, page.SubmittedBy).Scan(&page.Presenter).Error; err != nil {
		return page, err
	}
	page.Split = page.Written.Split()
	if page.Changed, err = changedSince(tx, id, page.Cases); err != nil {
		return page, err
	}
	page.MayMend = page.SubmittedBy == tx.Actor.PersonID && page.IsPresenters()
	page.MayTable = page.State == Submitted && tx.Actor.May(access.TableRequest, page.ForumID)
	if page.MayTable {
		err = tx.Raw(`select * from meeting where forum_id = ? and starts_at > ? and status = 'scheduled' order by starts_at limit 12`, page.ForumID, tx.Now).Scan(&page.Meetings).Error
		if err != nil {
			return page, err
		}
	}
	if page.Late, err = meetingOf(tx, page.LateMeetingID); err != nil {
		return page, err
	}
	page.Meeting, err = meetingOf(tx, page.MeetingID)
	return page, err
}

func meetingOf(tx db.Tx, id *uuid.UUID) (*panels.Meeting, error) {
	if id == nil {
		return nil, nil
	}
	meeting, err := panels.MeetingByID(tx, *id)
	return &meeting, err
}

// LeaveOutClosed takes off the packages of an uplift that are closed to the reader and says how many. What
// the request comes to stays as it is.
func (w *Written) LeaveOutClosed() (closed int) {
	all := len(w.Lines)
	w.Lines = slices.DeleteFunc(w.Lines, func(l Line) bool {
		if l.CaseID == nil {
			return false
		}
		_, known := w.Cases[*l.CaseID]
		return !known
	})
	return all - len(w.Lines)
}

// Split is each funder asked to pay, or paying now, with both.
func (w Written) Split() (lines []ShareLine) {
	for _, agency := range w.Funders {
		line := ShareLine{Share: Share{AgencyID: agency.ID}, Agency: agency.Name}
		for _, share := range w.Shares {
			if share.AgencyID == agency.ID {
				line.Share = share
			}
		}
		if w.Previous != nil && len(w.Previous.Shares) > 0 {
			now := w.Previous.Share(agency.ID)
			line.Now = &now
		}
		if line.WeeklyPence+line.OneOffPence > 0 || line.Now != nil && line.Now.WeeklyPence > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}
