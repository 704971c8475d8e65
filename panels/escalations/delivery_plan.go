package escalations

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// DeliveryState is how far an action of the delivery plan has got.
type DeliveryState string

// The states of an action of the delivery plan.
const (
	NotStarted DeliveryState = "not_started"
	UnderWay   DeliveryState = "under_way"
	Delivered  DeliveryState = "done"
	Stopped    DeliveryState = "stopped"
)

// DeliveryStates are the states in the order a form offers them.
var DeliveryStates = []DeliveryState{NotStarted, UnderWay, Delivered, Stopped}

// Words is the state as people say it, "" for one that does not exist.
func (s DeliveryState) Words() string {
	return map[DeliveryState]string{NotStarted: "Not started", UnderWay: "Under way", Delivered: "Done", Stopped: "Stopped"}[s]
}

func (s DeliveryState) open() bool { return s == NotStarted || s == UnderWay }

// DeliveryAction is what the partnership set out to do, who does it, by when, and how anybody will tell that
// it was done well. It names no young person.
type DeliveryAction struct {
	ID      uuid.UUID
	BoardID uuid.UUID
	Title   string
	Measure string
	OwnerID uuid.UUID
	DueOn   clock.Date
	State   DeliveryState
	StateOn clock.Date // since when it stands so
	AddedAt time.Time
	Version int
}

// TableName is delivery_action.
func (DeliveryAction) TableName() string { return "delivery_action" }

// Overdue reports whether its deadline has passed and it is still to be done.
func (a DeliveryAction) Overdue(today clock.Date) bool {
	return a.State.open() && a.DueOn.Before(today)
}

// DeliveryStep is how an action stood from one day on, in words. It is never changed.
type DeliveryStep struct {
	ID       uuid.UUID
	ActionID uuid.UUID
	State    DeliveryState
	Words    string
	OnDay    clock.Date
	At       time.Time
	ByPerson uuid.UUID
}

// TableName is delivery_step.
func (DeliveryStep) TableName() string { return "delivery_step" }

// DeliveryRow is an action in a list, with the latest that was said of it.
type DeliveryRow struct {
	DeliveryAction
	Owner     string
	OwnerLeft bool // has left the partnership
	Latest    string
}

// DeliveryPlan is a board's page of what was set out to be delivered.
type DeliveryPlan struct {
	Board   panels.Forum
	Today   clock.Date
	Rows    []DeliveryRow
	People  []panels.Person
	MayKeep bool
}

const selectDelivery = `
	select d.*, p.name as owner, p.ended_on is not null and p.ended_on <= @today as owner_left, coalesce(l.words, '') as latest
	from delivery_action d join person p on p.id = d.owner_id
	left join lateral (select s.words from delivery_step s where s.action_id = d.id order by s.id desc limit 1) l on true `

// ShowDeliveryPlan reads a board's delivery plan, by deadline.
func (s *Store) ShowDeliveryPlan(ctx context.Context, actor access.Actor, slug string) (plan DeliveryPlan, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if plan.Board, err = boardToRead(tx, slug); err != nil {
			return err
		}
		plan.Today, plan.MayKeep = tx.Today(), actor.May(access.KeepBoard, plan.Board.ID)
		if plan.MayKeep {
			if plan.People, err = panels.People(tx); err != nil {
				return err
			}
		}
		plan.Rows, err = deliveryRows(tx, plan.Board.ID)
		return err
	})
	return plan, err
}

func deliveryRows(tx db.Tx, boardID uuid.UUID) (rows []DeliveryRow, err error) {
	err = tx.Raw(selectDelivery+`where d.board_id = @board order by d.state in ('done', 'stopped'), d.due_on, d.id limit 500`,
		map[string]any{"board": boardID, "today": tx.Today()}).Scan(&rows).Error
	return rows, err
}

// NewDelivery is what a board's clerk puts on its delivery plan.
type NewDelivery struct {
	Title   string
	Measure string
	OwnerID uuid.UUID
	DueOn   clock.Date
}

// AddDelivery puts an action on a board's delivery plan. The board's clerk.
func (s *Store) AddDelivery(ctx context.Context, actor access.Actor, slug string, given NewDelivery) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := boardToKeep(tx, slug)
		if err != nil {
			return err
		}
		a := DeliveryAction{
			ID: newID(), BoardID: board.ID, Title: strings.TrimSpace(given.Title), Measure: strings.TrimSpace(given.Measure), OwnerID: given.OwnerID, DueOn: given.DueOn,
			State: NotStarted, StateOn: tx.Today(), AddedAt: tx.Now, Version: 1,
		}
		var form fault.Form
		form.Require(a.Title != "", "title", "Enter what is to be delivered")
		form.Require(len([]rune(a.Title)) <= longestNeeded, "title", "Shorten it to 500 characters or fewer")
		form.Require(a.Measure != "", "measure", "Enter how anybody will tell that it was done well")
		form.Require(len([]rune(a.Measure)) <= longestNeeded, "measure", "Shorten it to 500 characters or fewer")
		form.Require(!a.DueOn.IsZero(), "due_on", "Enter the deadline")
		form.Require(a.DueOn.IsZero() || !a.DueOn.Before(tx.Today()), "due_on", "The deadline must be today or later")
		if err := requireHere(tx, &form, "owner", a.OwnerID, "Select who owns it"); err != nil {
			return err
		}
		if err := checkBoardSafe(tx, &form, nil, map[string]string{"title": a.Title, "measure": a.Measure}); err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		if err := tx.Create(&a).Error; err != nil {
			return err
		}
		return record(tx, "delivery_action.added", a.ID, board.ID, nil, a)
	})
}

// DeliveryPage is one action of the plan, with its story and the form that says how it stands.
type DeliveryPage struct {
	DeliveryRow
	Board   panels.Forum
	Today   clock.Date
	Story   []DeliveryStepRow
	People  []panels.Person
	MayKeep bool
}

// DeliveryStepRow is a step with the name of whoever recorded it.
type DeliveryStepRow struct {
	DeliveryStep
	ByName string
}

// ShowDelivery is one action's page.
func (s *Store) ShowDelivery(ctx context.Context, actor access.Actor, id uuid.UUID) (page DeliveryPage, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := tx.Raw(selectDelivery+`where d.id = @id`, map[string]any{"id": id, "today": tx.Today()}).Take(&page.DeliveryRow).Error; err != nil {
			return orNotFound(err, "There is no such action.")
		}
		if !actor.May(access.ReadBoard, page.BoardID) {
			return noDelivery()
		}
		page.Today, page.MayKeep = tx.Today(), actor.May(access.KeepBoard, page.BoardID)
		if page.Board, err = panels.ForumByID(tx, page.BoardID); err != nil {
			return err
		}
		if page.MayKeep {
			if page.People, err = panels.People(tx); err != nil {
				return err
			}
		}
		return tx.Raw(`select s.*, p.name as by_name from delivery_step s join person p on p.id = s.by_person where s.action_id = ? order by s.id`, id).Scan(&page.Story).Error
	})
	return page, err
}

func noDelivery() error { return fault.New(fault.NotFound, "There is no such action.") }

// DeliveryChange is how an action stands now, and who owns it by when.
type DeliveryChange struct {
	State   DeliveryState
	Words   string
	OwnerID uuid.UUID
	DueOn   clock.Date
	Version int
}

// ChangeDelivery says how an action of the delivery plan stands, and passes or moves it. The board's clerk.
func (s *Store) ChangeDelivery(ctx context.Context, actor access.Actor, id uuid.UUID, given DeliveryChange) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var a DeliveryAction
		if err := tx.Raw(`select * from delivery_action where id = ? for update`, id).Take(&a).Error; err != nil {
			return orNotFound(err, "There is no such action.")
		}
		if !actor.May(access.ReadBoard, a.BoardID) {
			return noDelivery()
		}
		if err := actor.Check(access.KeepBoard, a.BoardID); err != nil {
			return err
		}
		if a.Version != given.Version {
			return fault.New(fault.Stale, "Somebody else changed this action while you were working on it. Look at what is there now, then make your change again.")
		}
		words := strings.TrimSpace(given.Words)
		var form fault.Form
		form.Require(given.State.Words() != "", "state", "Select how it stands")
		form.Require(words != "", "words", "Enter what has been done, or why it changes")
		form.Require(len([]rune(words)) <= longestNeeded, "words", "Shorten it to 500 characters or fewer")
		form.Require(!given.DueOn.IsZero(), "due_on", "Enter the deadline")
		if given.OwnerID != a.OwnerID {
			if err := requireHere(tx, &form, "owner", given.OwnerID, "Select who owns it"); err != nil {
				return err
			}
		}
		if err := checkBoardSafe(tx, &form, nil, map[string]string{"words": words}); err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		after := a
		after.OwnerID, after.DueOn, after.Version = given.OwnerID, given.DueOn, a.Version+1
		if given.State != a.State {
			after.State, after.StateOn = given.State, tx.Today()
		}
		if after.DueOn != a.DueOn {
			words = sentence(words) + " Deadline moved from " + a.DueOn.Long() + " to " + after.DueOn.Long() + "."
		}
		if after.OwnerID != a.OwnerID {
			to, err := panels.PersonByID(tx, after.OwnerID)
			if err != nil {
				return err
			}
			words = sentence(words) + " Now with " + to.Name + "."
		}
		err := db.RequireOne(tx.Model(&DeliveryAction{}).Where("id = ? and version = ?", a.ID, a.Version).
			Select("owner_id", "due_on", "state", "state_on", "version").Updates(after))
		if err != nil {
			return err
		}
		step := DeliveryStep{ID: newID(), ActionID: a.ID, State: after.State, Words: words, OnDay: tx.Today(), At: tx.Now, ByPerson: actor.PersonID}
		if err := tx.Create(&step).Error; err != nil {
			return err
		}
		return record(tx, "delivery_action.changed", a.ID, a.BoardID, a, after)
	})
}
