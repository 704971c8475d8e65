// Package papers keeps what is attached to agenda items and funding requests, and says who may open it.
package papers

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

// The bounds of what may be attached.
const (
	MaxBytes = 25 << 20 // one paper
	maxEach  = 30       // papers of one item or request
	maxName  = 120      // characters of a paper's name
)

// Paper is a file attached to an agenda item or to a funding request, whose item it then goes with.
type Paper struct {
	ID        uuid.UUID
	Version   int
	ItemID    *uuid.UUID
	RequestID *uuid.UUID
	State     State

	Name      string
	Kind      Kind
	MediaType string
	Bytes     int64
	Digest    []byte // SHA-256
	FileKey   string // where the file is kept; "" once it is gone
	Scanned   bool   // a virus scanner looked at it

	LateReason      string // it came after papers were due, and why
	AddedBy         uuid.UUID
	AddedAt         time.Time
	WithdrawnBy     *uuid.UUID
	WithdrawnAt     *time.Time
	WithdrawnReason string
}

// TableName is paper.
func (Paper) TableName() string { return "paper" }

// State is where a paper has got to.
type State string

// The states of a paper.
const (
	Arriving  State = "arriving" // its file is still being kept; nobody sees it
	Kept      State = "kept"
	Withdrawn State = "withdrawn" // taken back, and its file with it
)

// Subject is what a paper is attached to: exactly one of them.
type Subject struct{ Item, Request uuid.UUID }

// AttachedTo is what the paper is attached to.
func (p Paper) AttachedTo() (of Subject) {
	if p.ItemID != nil {
		of.Item = *p.ItemID
	}
	if p.RequestID != nil {
		of.Request = *p.RequestID
	}
	return of
}

// Store carries out what is asked of papers, a use case to a method.
type Store struct {
	DB      *db.DB
	Files   *files.Store
	Scanner *Scanner // nil: papers are not scanned
}

func record(tx db.Tx, action string, p Paper, forumID uuid.UUID) error {
	return audit.Record(tx, audit.Entry{
		Action: "paper." + action, ObjectKind: "paper", ObjectID: p.ID.String(), ForumID: forumID,
		After: map[string]any{"name": p.Name, "bytes": p.Bytes, "item": p.ItemID, "request": p.RequestID, "late": p.LateReason, "withdrawn": p.WithdrawnReason},
	})
}

var notThere = fault.New(fault.NotFound, "There is no such paper, or it is not for you to see.")

// Who may open a paper, in prose: whoever may see the item it goes with, for as long as the item stands.
//
//  1. Whoever builds the forum's agendas, from the start.
//  2. Everybody with a seat on the forum, once the item stands on a published agenda.
//  3. The item's presenter; and a guest from outside while the item is theirs to join.
//  4. A funding request's own presenter always, and the panel's clerk and chair once it is submitted.
//
// An item taken off closes its papers at once, to everybody; those of a request stay with the request's
// own readers (4). Whoever declared an interest in the young person opens none of them.

// itemOpen is SQL for an item i of a meeting m whose papers the reader may open.
var itemOpen = `
	i.state = 'listed' and not ` + itemLeft + `
	and (m.forum_id in @builders
		or m.forum_id in @readers and i.number <> '' and m.agenda_version > 0
		or @presents and i.presenter_id = @me
		or exists (select from guest_item g where g.item_id = i.id and g.person_id = @me))`

// requestOpen is SQL for a funding request r whose papers the reader may open without its item.
var requestOpen = `
	(r.submitted_by = @me or r.state <> 'draft' and r.forum_id in @tablers) and not ` + requestLeft

// requestLeft is SQL for a funding request r the reader declared an interest in: in its young person, in one
// of its packages', or at an item about it.
var requestLeft = `(exists (` + tracker.InterestIn("@me", "r.case_id") + `)
	or exists (` + packageInterest("r.id") + `)
	or exists (select from standing_interest n join agenda_item a on a.id = n.item_id
		where a.request_id = r.id and n.person_id = @me))`

// itemLeft is SQL for an item i the reader declared an interest in, in the same ways.
var itemLeft = `(exists (select from left_item l where l.item_id = i.id and l.person_id = @me)
	or exists (` + tracker.InterestIn("@me", "i.case_id") + `)
	or exists (` + packageInterest("i.request_id") + `))`

// packageInterest is SQL that finds a package of an uplift about a young person in whom the reader
// declared an interest: a paper lists them all.
func packageInterest(request string) string {
	return `select from request_line u where u.request_id = ` + request + ` and u.case_id is not null and exists (` + tracker.InterestIn("@me", "u.case_id") + `)`
}

// reader is who reads, as itemOpen and requestOpen ask.
func reader(actor access.Actor, more map[string]any) map[string]any {
	builders, readers, tablers := []uuid.UUID{uuid.Nil}, []uuid.UUID{uuid.Nil}, []uuid.UUID{uuid.Nil} // a list in SQL is never empty
	for _, seat := range actor.Seats {
		if actor.May(access.BuildAgenda, seat.ForumID) {
			builders = append(builders, seat.ForumID)
		}
		if actor.May(access.ReadAgenda, seat.ForumID) {
			readers = append(readers, seat.ForumID)
		}
		if actor.May(access.TableRequest, seat.ForumID) {
			tablers = append(tablers, seat.ForumID)
		}
	}
	values := map[string]any{"me": actor.PersonID, "presents": actor.Presenter, "builders": builders, "readers": readers, "tablers": tablers}
	for name, value := range more {
		values[name] = value
	}
	return values
}

// Of lists the papers of a meeting's items that the actor may open, by item, in the order they came.
func Of(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID][]Paper, error) {
	if !tx.Actor.IsPerson() {
		return nil, nil
	}
	return byItem(tx, `i.meeting_id = @meeting and `+itemOpen, reader(tx.Actor, map[string]any{"meeting": meetingID}))
}

// OfMeeting lists the papers of a meeting's items, by item, in the order they came. It checks nothing: it is
// for the room, which shows an item's papers to those it shows the item to.
func OfMeeting(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID][]Paper, error) {
	return byItem(tx, `i.meeting_id = @meeting and i.state = 'listed'`, map[string]any{"meeting": meetingID})
}

// byItem finds the kept papers of the items that are open, in SQL of an item i of a meeting m.
func byItem(tx db.Tx, open string, values map[string]any) (map[uuid.UUID][]Paper, error) {
	var rows []struct {
		Paper
		ForItem uuid.UUID
	}
	err := tx.Raw(`
		with open as (select i.id, i.request_id from agenda_item i join meeting m on m.id = i.meeting_id where `+open+`)
		select p.*, open.id as for_item from open join paper p on p.item_id = open.id where p.state = 'kept'
		union all
		select p.*, open.id from open join paper p on p.request_id = open.request_id where p.state = 'kept'
		order by added_at, id`, values).Scan(&rows).Error
	papers := make(map[uuid.UUID][]Paper)
	for _, row := range rows {
		papers[row.ForItem] = append(papers[row.ForItem], row.Paper)
	}
	return papers, err
}

// byID is a paper the actor may open now; to others it is not there.
func byID(tx db.Tx, id uuid.UUID) (Paper, error) {
	var p Paper
	if !tx.Actor.IsPerson() {
		return p, notThere
	}
	found := tx.Raw(`
		select p.* from paper p
		where p.id = @paper and p.state = 'kept' and (
			exists (
				select from agenda_item i join meeting m on m.id = i.meeting_id
				where (i.id = p.item_id or i.request_id = p.request_id) and `+itemOpen+`)
			or exists (select from funding_request r where r.id = p.request_id and `+requestOpen+`))`,
		reader(tx.Actor, map[string]any{"paper": id})).Scan(&p)
	if found.Error == nil && found.RowsAffected == 0 {
		return p, notThere
	}
	return p, found.Error
}

// Open reads a paper the actor may open; the caller closes it.
func (s Store) Open(ctx context.Context, actor access.Actor, id uuid.UUID) (p Paper, content io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		p, err = byID(tx, id)
		return err
	})
	if err != nil {
		return p, nil, err
	}
	content, err = s.Files.Open(ctx, p.FileKey)
	return p, content, err
}
