package escalations

import (
	"context"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Delegate is whom a member of a board lets answer in their name, until its last day has passed, or the
// member leaves the board, or takes it back.
type Delegate struct {
	ID         uuid.UUID
	BoardID    uuid.UUID
	MemberID   uuid.UUID
	DelegateID uuid.UUID
	FromOn     clock.Date
	UntilOn    clock.Date
	NamedAt    time.Time
	EndedAt    *time.Time
}

// TableName is board_delegate.
func (Delegate) TableName() string { return "board_delegate" }

// longestDelegation bounds how long somebody may answer in another's name without being named again.
const longestDelegation = 183

// NewDelegate is what a member asks for.
type NewDelegate struct {
	DelegateID uuid.UUID
	FromOn     clock.Date
	UntilOn    clock.Date
}

// NameDelegate lets somebody answer in the actor's name for a time. They see what a member of the board
// sees and nothing more, and every answer says “X for Y”.
func (s *Store) NameDelegate(ctx context.Context, actor access.Actor, slug string, asked NewDelegate) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := boardBySlug(tx, slug)
		if err != nil {
			return err
		}
		if err := actor.Check(access.NameDelegate, board.ID); err != nil {
			if !actor.May(access.ReadBoard, board.ID) {
				return noBoard()
			}
			return err
		}
		if asked.FromOn.IsZero() {
			asked.FromOn = tx.Today()
		}
		if err := asked.check(tx, board); err != nil {
			return err
		}
		var overlaps bool
		err = tx.Raw(`
			select exists (select from board_delegate
				where board_id = ? and member_id = ? and ended_at is null and until_on >= ? and from_on <= ?)`,
			board.ID, actor.PersonID, asked.FromOn, asked.UntilOn).Scan(&overlaps).Error
		if err != nil {
			return err
		}
		if overlaps {
			return fault.New(fault.Conflict, "Somebody may already answer in your name on some of those days. End that first, or choose other days.")
		}
		d := Delegate{
			ID: newID(), BoardID: board.ID, MemberID: actor.PersonID, DelegateID: asked.DelegateID, FromOn: asked.FromOn, UntilOn: asked.UntilOn, NamedAt: tx.Now,
		}
		if err := tx.Create(&d).Error; err != nil {
			return err
		}
		if err := notify.Send(tx, notify.Notice{Kind: NoticeDelegate, IDs: notify.IDs{"delegate": d.ID}, To: d.DelegateID}); err != nil {
			return err
		}
		return record(tx, "board_delegate.named", d.ID, board.ID, nil, d)
	})
}

func (asked NewDelegate) check(tx db.Tx, board panels.Forum) error {
	var form fault.Form
	person, err := panels.PersonByID(tx, asked.DelegateID)
	switch {
	case fault.Is(err, fault.NotFound):
		form.Add("delegate", "Select who may answer in your name")
	case err != nil:
		return err
	case asked.DelegateID == tx.Actor.PersonID:
		form.Add("delegate", "Select somebody else: you answer in your own name already")
	case !person.EndedOn.IsZero() && !person.EndedOn.After(tx.Today()):
		form.Add("delegate", "%s has left the partnership. Select somebody else", person.Name)
	}
	form.Require(!asked.FromOn.Before(tx.Today()), "from", "The first day must be today or later")
	switch {
	case asked.UntilOn.IsZero():
		form.Add("until", "Enter the last day on which they may answer")
	case asked.UntilOn.Before(asked.FromOn):
		form.Add("until", "The last day must not be before the first")
	case asked.FromOn.DaysUntil(asked.UntilOn) > longestDelegation:
		form.Add("until", "The last day must be within six months of the first: name them again if you need longer")
	}
	return form.Err()
}

// EndDelegate takes back what a member of a board gave, from now on. The member, or the board's clerk.
func (s *Store) EndDelegate(ctx context.Context, actor access.Actor, slug string, id uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := boardToRead(tx, slug)
		if err != nil {
			return err
		}
		var d Delegate
		if err := tx.Raw(`select * from board_delegate where id = ? and board_id = ? for update`, id, board.ID).Take(&d).Error; err != nil {
			return orNotFound(err, "There is no such delegate.")
		}
		if d.MemberID != actor.PersonID && !actor.May(access.KeepBoard, board.ID) {
			return fault.New(fault.Denied, "Only the member who named a delegate, or the board’s clerk, can end it.")
		}
		if d.EndedAt != nil || d.UntilOn.Before(tx.Today()) {
			return fault.New(fault.Conflict, "This has ended already.")
		}
		after := d
		after.EndedAt = &tx.Now
		if err := db.RequireOne(tx.Exec(`update board_delegate set ended_at = ? where id = ? and ended_at is null`, tx.Now, d.ID)); err != nil {
			return err
		}
		return record(tx, "board_delegate.ended", d.ID, board.ID, d, after)
	})
}

// DelegateRow is a delegate in a list.
type DelegateRow struct {
	Delegate
	Member string
	Name   string // of the delegate
	Seated bool   // the member is still on the board
}

// State says in words whether the delegate may answer on a day.
func (d DelegateRow) State(today clock.Date) string {
	switch {
	case d.EndedAt != nil:
		return "Taken back on " + clock.DateOf(*d.EndedAt).Long()
	case d.UntilOn.Before(today):
		return "Ended"
	case !d.Seated:
		return "Ended: the member has left the board"
	case d.FromOn.After(today):
		return "From " + d.FromOn.Long()
	}
	return "May answer now"
}

// Open reports whether it could still be ended.
func (d DelegateRow) Open(today clock.Date) bool {
	return d.EndedAt == nil && !d.UntilOn.Before(today)
}

// Delegates is a board's page of who answers for whom.
type Delegates struct {
	Board   panels.Forum
	Today   clock.Date
	Rows    []DelegateRow
	People  []panels.Person // whom the reader may name
	MayName bool
	MayEnd  bool // of anybody: the clerk
	Me      uuid.UUID
}

// ShowDelegates lists who may answer for whom at a board, and who might, the latest first.
func (s *Store) ShowDelegates(ctx context.Context, actor access.Actor, slug string) (page Delegates, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if page.Board, err = boardToRead(tx, slug); err != nil {
			return err
		}
		page.Today, page.Me = tx.Today(), actor.PersonID
		page.MayName, page.MayEnd = actor.May(access.NameDelegate, page.Board.ID), actor.May(access.KeepBoard, page.Board.ID)
		if page.MayName {
			if page.People, err = panels.People(tx); err != nil {
				return err
			}
		}
		return tx.Raw(`
			select d.*, m.name as member, p.name as name, exists (
				select from seat s join seat_holding h on h.seat_id = s.id
				where s.forum_id = d.board_id and s.office <> 'clerk' and h.person_id = d.member_id
					and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)) as seated
			from board_delegate d join person m on m.id = d.member_id join person p on p.id = d.delegate_id
			where d.board_id = @board
			order by d.until_on desc, d.id limit 100`, map[string]any{"board": page.Board.ID, "today": tx.Today()}).Scan(&page.Rows).Error
	})
	return page, err
}

func noBoard() error { return fault.New(fault.NotFound, "There is no such board.") }

// boardBySlug finds a board by its address.
func boardBySlug(tx db.Tx, slug string) (panels.Forum, error) {
	board, err := panels.ForumBySlug(tx, slug)
	if fault.Is(err, fault.NotFound) || err == nil && !board.Board {
		return board, noBoard()
	}
	return board, err
}

// boardToRead finds a board whose pages the actor may read.
func boardToRead(tx db.Tx, slug string) (panels.Forum, error) {
	board, err := boardBySlug(tx, slug)
	if err == nil && !tx.Actor.May(access.ReadBoard, board.ID) {
		return board, noBoard()
	}
	return board, err
}
