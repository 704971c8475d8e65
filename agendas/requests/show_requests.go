package requests

import (
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// Row is a request in a list.
type Row struct {
	ID          uuid.UUID
	Number      int64
	State       State
	CaseNumber  int64
	Person      string // the young person's name
	ForumName   string
	Presenter   string
	WeeklyPence int64
	OneOffPence int64
	StartsOn    clock.Date
	SubmittedAt *time.Time
	MeetingID   *uuid.UUID
	MeetingAt   *time.Time
}

const selectRows = `
	select r.id, r.number, r.state, c.number as case_number, c.forename || ' ' || c.surname as person, f.name as forum_name,
		p.name as presenter, r.weekly_pence, r.one_off_pence, r.starts_on, r.submitted_at, r.meeting_id, m.starts_at as meeting_at
	from funding_request r
	join cases c on c.id = r.case_id join forum f on f.id = r.forum_id join person p on p.id = r.submitted_by
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

// Inbox lists what was submitted to, or is tabled at, the panels whose requests the actor may table:
// those waiting longest first.
func Inbox(tx db.Tx) ([]Row, error) {
	forums := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if !seat.Board && tx.Actor.May(access.TableRequest, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	var rows []Row
	err := tx.Raw(selectRows+`
		where r.forum_id in @forums and r.state in ('submitted', 'tabled') and not exists (`+interest+`)
		order by r.state, r.submitted_at, r.number limit @limit`,
		map[string]any{"forums": forums, "me": tx.Actor.PersonID, "limit": listLimit}).Scan(&rows).Error
	return rows, err
}

// ShareLine is a share with who pays it.
type ShareLine struct {
	Share
	Agency string
}

// Page is a request as its readers see it.
type Page struct {
	Request
	Case      tracker.Case
	Forum     panels.Forum
	Presenter string
	Shares    []ShareLine
	Exposure  Exposure
	MayMend   bool             // the reader brings it and it is with them
	MayTable  bool             // the reader is clerk or chair of the panel
	Meetings  []panels.Meeting // where it may be tabled
	Meeting   *panels.Meeting  // where it is tabled
	OnlyGuest bool             // the reader joins its item from outside, and may open nothing else
}

// Show is one request. Whoever may not read it is told it is not there.
func Show(tx db.Tx, id uuid.UUID) (page Page, err error) {
	if page.Request, err = ByID(tx, id); err != nil {
		return page, err
	}
	if page.OnlyGuest, err = mayRead(tx, page.Request); err != nil {
		return Page{}, err
	}
	if err := tx.Where("id = ?", page.CaseID).Take(&page.Case).Error; err != nil {
		return page, err
	}
	if page.Forum, err = panels.ForumByID(tx, page.ForumID); err != nil {
		return page, err
	}
	terms, err := panels.TermsInForce(tx, page.ForumID, tx.Today())
	if err != nil {
		return page, err
	}
	if err := tx.Raw(`select name from person where id = ?`, page.SubmittedBy).Scan(&page.Presenter).Error; err != nil {
		return page, err
	}
	if err := tx.Raw(`select s.*, a.name as agency from request_share s join agency a on a.id = s.agency_id where s.request_id = ? order by a.name`, id).
		Scan(&page.Shares).Error; err != nil {
		return page, err
	}
	page.Exposure = ExposureOf(page.WeeklyPence, page.OneOffPence, page.StartsOn, page.EndsOn, page.Case.DateOfBirth, terms.WeeksPerYearThousandths)
	page.MayMend = page.SubmittedBy == tx.Actor.PersonID && page.IsPresenters()
	page.MayTable = page.State == Submitted && tx.Actor.May(access.TableRequest, page.ForumID)
	if page.MayTable {
		err = tx.Raw(`select * from meeting where forum_id = ? and starts_at > ? and status = 'scheduled' order by starts_at limit 12`, page.ForumID, tx.Now).Scan(&page.Meetings).Error
	}
	if err == nil && page.MeetingID != nil {
		var meeting panels.Meeting
		meeting, err = panels.MeetingByID(tx, *page.MeetingID)
		page.Meeting = &meeting
	}
	return page, err
}

// FormPage is what the form offers.
type FormPage struct {
	Form    Form
	Request Request // zero for a new one
	Cases   []tracker.Case
	Panels  []panels.Forum
	Funders []panels.Agency
}

// ShowForm is the form of a new request, or of one that is with the actor to write; the case numbers
// it offers are those linked to the actor.
func ShowForm(tx db.Tx, id uuid.UUID) (page FormPage, err error) {
	if err := tx.Actor.Check(access.MakeRequest, uuid.Nil); err != nil {
		return page, err
	}
	if page.Panels, err = Panels(tx); err != nil {
		return page, err
	}
	if page.Funders, err = Funders(tx); err != nil {
		return page, err
	}
	err = tx.Raw(`select * from cases where id in (select case_id from case_link where person_id = ?) order by lower(surname), lower(forename) limit 200`,
		tx.Actor.PersonID).Scan(&page.Cases).Error
	if err != nil || id == uuid.Nil {
		return page, err
	}
	if page.Request, err = ByID(tx, id); err != nil {
		return page, err
	}
	if page.Request.SubmittedBy != tx.Actor.PersonID {
		return page, notThere
	}
	page.Form, err = formOf(tx, page.Request)
	return page, err
}

// formOf is a saved request as the form shows it again.
func formOf(tx db.Tx, r Request) (Form, error) {
	var number int64
	if err := tx.Raw(`select number from cases where id = ?`, r.CaseID).Scan(&number).Error; err != nil {
		return Form{}, err
	}
	shares, err := SharesOf(tx, r.ID)
	f := Form{
		CaseNumber: tracker.CaseReference(number), ForumID: r.ForumID, Need: r.Need, Outcomes: r.Outcomes,
		OptionsConsidered: r.OptionsConsidered, AlreadyOwed: r.AlreadyOwed, Weekly: money.Typed(r.WeeklyPence), OneOff: money.Typed(r.OneOffPence),
		StartsOn: r.StartsOn, EndsOn: r.EndsOn, ReviewOn: r.ReviewOn,
	}
	for _, share := range shares {
		f.Shares = append(f.Shares, TypedShare{AgencyID: share.AgencyID, Weekly: money.Typed(share.WeeklyPence), OneOff: money.Typed(share.OneOffPence)})
	}
	return f, err
}

// OfCase lists the requests about a case that the actor brings, or that were put to a panel whose
// requests they may table, the newest first.
func OfCase(tx db.Tx, caseID uuid.UUID) ([]Row, error) {
	if !tx.Actor.IsPerson() {
		return nil, nil
	}
	forums := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if !seat.Board && tx.Actor.May(access.TableRequest, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	var rows []Row
	err := tx.Raw(selectRows+`where r.case_id = ? and (r.submitted_by = ? or r.forum_id in ? and r.state <> 'draft') order by r.created_at desc limit ?`,
		caseID, tx.Actor.PersonID, forums, listLimit).Scan(&rows).Error
	return rows, err
}
