package papers

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Attach keeps a file as a paper of an item or a request. It is looked at, scanned when there is a
// scanner, and kept before anybody is told that it was: the row comes first, unseen, so that a file
// never outlives a failure; Discard clears away what did not arrive.
func (s Store) Attach(ctx context.Context, actor access.Actor, to Subject, name string, file []byte, lateReason string) (Paper, error) {
	lateReason = strings.TrimSpace(lateReason)
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error { // before a stranger's file is scanned
		_, err := mayAttach(tx, to, lateReason)
		return err
	})
	if err != nil && !fault.Is(err, fault.Invalid) {
		return Paper{}, err
	}
	if len(file) > MaxBytes {
		return Paper{}, tooLarge()
	}
	found, refused := look(name, file)
	if err := bothProblems(err, refused); err != nil {
		return Paper{}, err
	}
	if s.Scanner != nil {
		if err := s.Scanner.Scan(ctx, file); err != nil {
			return Paper{}, err
		}
	}
	digest := sha256.Sum256(file)
	p := Paper{
		ID: uuid.Must(uuid.NewV7()), Version: 1, State: Arriving, Name: tidyName(name, found.extension), Kind: found.kind, MediaType: found.mediaType,
		Bytes: int64(len(file)), Digest: digest[:], Scanned: s.Scanner != nil, AddedBy: actor.PersonID,
	}
	p.FileKey = "papers/" + p.ID.String()
	if to.Item != uuid.Nil {
		p.ItemID = &to.Item
	} else {
		p.RequestID = &to.Request
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		p.AddedAt = tx.Now
		if err := tx.Create(&p).Error; err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: Discard{p.ID}, At: tx.Now.Add(arrivesWithin)})
	})
	if err != nil {
		return Paper{}, err
	}
	if _, err := s.Files.Write(ctx, p.FileKey, bytes.NewReader(file)); err != nil {
		return Paper{}, err
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		at, err := mayAttach(tx, to, lateReason) // as it stands now
		if err != nil {
			return err
		}
		p.State = Kept
		if at.late {
			p.LateReason = lateReason
		}
		if err := db.RequireOne(tx.Exec(`update paper set state = 'kept', late_reason = ?, version = version + 1 where id = ? and state = 'arriving'`, p.LateReason, p.ID)); err != nil {
			return err
		}
		p.Version++
		return record(tx, "attached", p, at.forumID)
	})
	return p, err
}

func tooLarge() error {
	return fault.New(fault.TooLarge, "The file is larger than %d MB. Make its pictures smaller, or attach it in parts.", MaxBytes>>20)
}

// bothProblems has one answer name all there is to mend, so that nothing is asked for twice.
func bothProblems(a, b error) error {
	first, second := fault.As(a), fault.As(b)
	if first == nil || second == nil {
		return cmp.Or(a, b)
	}
	return &fault.Fault{Kind: fault.Invalid, Sentence: first.Sentence, Fields: slices.Concat(second.Fields, first.Fields)}
}

// arrivesWithin is how long a file may take to be kept before it is given up.
const arrivesWithin = time.Hour

// place is where a paper goes.
type place struct {
	forumID uuid.UUID
	late    bool // papers were due before today
}

// mayAttach says whether the actor may add a paper, and whether it is late. Whoever builds the agenda
// may, until the meeting is over, and the item's presenter until it begins; the request's presenter, and
// once it is submitted the panel's clerk and chair, until it is decided.
func mayAttach(tx db.Tx, to Subject, lateReason string) (place, error) {
	at, meeting, err := findPlace(tx, to)
	if err != nil {
		return at, err
	}
	if meeting != nil {
		at.late = !meeting.PapersDueOn.IsZero() && clock.DateOf(tx.Now).After(meeting.PapersDueOn)
	}
	var held int
	if err := tx.Raw(`select count(*) from paper where state = 'kept' and (item_id = ? or request_id = ?)`, to.Item, to.Request).Scan(&held).Error; err != nil {
		return at, err
	}
	if held >= maxEach {
		return at, fault.New(fault.Conflict, "There are %d papers already, which is the most. Withdraw one that is not needed, or put several into one PDF.", maxEach)
	}
	var form fault.Form
	form.Require(!at.late || lateReason != "", "late_reason", "Enter why the paper is late: papers were due before today")
	form.Require(len([]rune(lateReason)) <= 500, "late_reason", "Shorten the reason to 500 characters or fewer")
	return at, form.Err()
}

// findPlace finds what a paper is to be attached to, and the meeting it is for when there is one.
func findPlace(tx db.Tx, to Subject) (at place, meeting *panels.Meeting, err error) {
	actor := tx.Actor
	if to.Request != uuid.Nil {
		r, err := requests.ByID(tx, to.Request)
		if err != nil {
			return at, nil, err
		}
		brings, weighs := r.SubmittedBy == actor.PersonID, r.State != requests.Draft && actor.May(access.TableRequest, r.ForumID)
		switch closed, err := left(tx, `select `+requestLeft+` from funding_request r where r.id = @id`, r.ID); {
		case err != nil:
			return at, nil, err
		case closed || !brings && !weighs:
			return at, nil, fault.New(fault.NotFound, "There is no such request, or it is not for you to see.")
		case r.State == requests.Decided:
			return at, nil, fault.New(fault.Conflict, "This request has been decided, so nothing can be attached to it.")
		}
		at.forumID = r.ForumID
		if r.MeetingID != nil {
			tabled, err := panels.MeetingByID(tx, *r.MeetingID)
			return at, &tabled, err
		}
		return at, nil, nil
	}
	notThere := fault.New(fault.NotFound, "There is no such item, or it is not for you to see.")
	var item agendas.Item
	if found := tx.Where("id = ?", to.Item).Limit(1).Find(&item); found.Error != nil || found.RowsAffected == 0 {
		if found.Error != nil {
			return at, nil, found.Error
		}
		return at, nil, notThere
	}
	found, err := panels.MeetingByID(tx, item.MeetingID)
	if err != nil {
		return at, nil, err
	}
	builds := actor.May(access.BuildAgenda, found.ForumID)
	presents := actor.Presenter && item.PresenterID != nil && *item.PresenterID == actor.PersonID
	closed, err := left(tx, `select `+itemLeft+` from agenda_item i where i.id = @id`, item.ID)
	switch {
	case err != nil:
		return at, nil, err
	case closed || !builds && !presents:
		return at, nil, notThere
	case item.State != agendas.Listed:
		return at, nil, fault.New(fault.Conflict, "This item is off the agenda, so its papers are closed.")
	case found.Status != panels.Scheduled && found.Status != panels.Adjourned && !(builds && found.Status == panels.InSession):
		return at, nil, fault.New(fault.Conflict, "This meeting takes no more papers.")
	}
	return place{forumID: found.ForumID}, &found, nil
}

// left reports whether the actor declared an interest in what a query asks about.
func left(tx db.Tx, query string, id uuid.UUID) (closed bool, err error) {
	err = tx.Raw(query, map[string]any{"me": tx.Actor.PersonID, "id": id}).Scan(&closed).Error
	return closed, err
}
