package papers

import (
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Row is a paper in a list, with who attached it.
type Row struct {
	Paper
	AddedByName     string
	WithdrawnByName string
	OfRequest       bool // it came with the item's funding request
	MayWithdraw     bool
}

// Page is the papers of one item or one request.
type Page struct {
	Subject   Subject
	Item      *agendas.Item
	Request   *requests.Request // the request itself, or the item's
	Meeting   *panels.Meeting   // nil: the request is not tabled yet
	Forum     panels.Forum
	Case      string // "Q1042"; "" for a standing item
	Papers    []Row
	Withdrawn []Row // for those who may attach: that there was a paper, and why it went
	MayAttach bool
	Closed    string // why nothing can be attached now; "" when it can, or when the reader never could
	Late      bool   // papers were due before today
	Scans     bool
}

// Show is the page of an item's papers or a request's, for whoever may open them or attach one.
func (s Store) Show(tx db.Tx, of Subject) (page Page, err error) {
	page = Page{Subject: of, Scans: s.Scanner != nil}
	at, meeting, err := findPlace(tx, of)
	switch f := fault.As(err); {
	case err == nil:
		page.MayAttach = true
		page.Late = meeting != nil && !meeting.PapersDueOn.IsZero() && clock.DateOf(tx.Now).After(meeting.PapersDueOn)
	case f == nil:
		return page, err
	case f.Kind == fault.Conflict:
		page.Closed = f.Sentence
	default: // a reader and no more: is it open to them?
		open, err := isOpen(tx, of)
		if err != nil {
			return page, err
		}
		if !open {
			return page, f
		}
	}
	if err := page.fillSubject(tx); err != nil {
		return page, err
	}
	if page.Forum, err = panels.ForumByID(tx, page.forumID(at)); err != nil {
		return page, err
	}
	return page, page.fillPapers(tx)
}

func (p Page) forumID(at place) uuid.UUID {
	switch {
	case p.Meeting != nil:
		return p.Meeting.ForumID
	case p.Request != nil:
		return p.Request.ForumID
	default:
		return at.forumID
	}
}

// fillSubject reads what the papers are attached to.
func (p *Page) fillSubject(tx db.Tx) error {
	var caseID, requestID, meetingID *uuid.UUID
	if p.Subject.Item != uuid.Nil {
		var item agendas.Item
		if err := tx.Where("id = ?", p.Subject.Item).Take(&item).Error; err != nil {
			return err
		}
		p.Item, caseID, requestID, meetingID = &item, item.CaseID, item.RequestID, &item.MeetingID
	} else {
		requestID = &p.Subject.Request
	}
	if requestID != nil {
		r, err := requests.ByID(tx, *requestID)
		if err != nil {
			return err
		}
		p.Request = &r
		if caseID == nil {
			caseID = r.CaseID
		}
		if meetingID == nil {
			meetingID = r.MeetingID
		}
	}
	if meetingID != nil {
		meeting, err := panels.MeetingByID(tx, *meetingID)
		if err != nil {
			return err
		}
		p.Meeting = &meeting
	}
	if caseID == nil {
		return nil
	}
	return tx.Raw(`select 'Q' || number from cases where id = ?`, *caseID).Scan(&p.Case).Error
}

// isOpen reports whether the reader may open the subject's papers.
func isOpen(tx db.Tx, of Subject) (open bool, err error) {
	if !tx.Actor.IsPerson() {
		return false, nil
	}
	err = tx.Raw(`
		select exists (
				select from agenda_item i join meeting m on m.id = i.meeting_id
				where (i.id = @item or i.request_id = @request) and `+itemOpen+`)
			or exists (select from funding_request r where r.id = @request and `+requestOpen+`)`,
		reader(tx.Actor, map[string]any{"item": of.Item, "request": of.Request})).Scan(&open).Error
	return open, err
}

// fillPapers reads the papers the reader may open and, for whoever may attach, those that went.
func (p *Page) fillPapers(tx db.Tx) error {
	request := uuid.Nil
	if p.Request != nil {
		request = p.Request.ID
	}
	// An item that is closed to the reader closes, on its page, what came with it too.
	open, err := isOpen(tx, p.Subject)
	if err != nil {
		return err
	}
	var rows []Row
	err = tx.Raw(`
		select p.*, a.name as added_by_name, coalesce(w.name, '') as withdrawn_by_name, p.request_id is not null as of_request
		from paper p join person a on a.id = p.added_by left join person w on w.id = p.withdrawn_by
		where (p.item_id = ? or p.request_id = ?) and p.state <> 'arriving' order by p.added_at, p.id`, p.Subject.Item, request).Scan(&rows).Error
	if err != nil {
		return err
	}
	builds := tx.Actor.May(access.BuildAgenda, p.Forum.ID)
	for _, row := range rows {
		switch {
		case row.State == Withdrawn && p.MayAttach:
			p.Withdrawn = append(p.Withdrawn, row)
		case row.State == Kept && open:
			row.MayWithdraw = builds || row.AddedBy == tx.Actor.PersonID
			p.Papers = append(p.Papers, row)
		}
	}
	return nil
}

// ToWithdraw is a paper the actor may take back, and what it is attached to.
func ToWithdraw(tx db.Tx, id uuid.UUID) (Paper, Subject, error) {
	p, err := byID(tx, id)
	if err == nil {
		_, err = mayWithdraw(tx, p)
	}
	return p, p.AttachedTo(), err
}
