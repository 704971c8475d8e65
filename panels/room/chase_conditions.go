package room

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// daysBeforeCondition is how long before its day a condition's owner is reminded: a week, as for actions.
const daysBeforeCondition = 7

type dueCondition struct {
	DecisionCondition
	ForumID   uuid.UUID
	CaseID    *uuid.UUID
	NowDue    clock.Date
	NowOwner  uuid.UUID
	OwnerName string
	MeetingOn clock.Date
}

// stage is how a condition stands against its day: a week before it, on it, or past it.
func (c dueCondition) stage(today clock.Date) (string, notify.Kind) {
	switch {
	case c.NowDue.Before(today):
		return "overdue", NoticeConditionOverdue
	case c.NowDue == today:
		return "due", NoticeConditionDue
	}
	return "before", NoticeConditionSoon
}

// ChaseConditions reminds the owners of conditions a week before, on the day and once it is past, and
// brings what is overdue back to the forum's agenda. It runs each morning and acts on working days;
// each stage of each due day comes once. Only a decision that binds, and that no other replaces, is chased.
func (s *Store) ChaseConditions(ctx context.Context) (chased int, err error) {
	var due []dueCondition
	err = s.DB.Read(ctx, binder, func(tx db.Tx) error {
		days, err := panels.WorkingDays(tx)
		if err != nil || !days.IsWorkingDay(tx.Today()) {
			return err
		}
		return tx.Raw(`
			select c.*, d.forum_id, d.case_id, n.due_on as now_due, n.owner_id as now_owner, p.name as owner_name,
				(m.starts_at at time zone 'Europe/London')::date as meeting_on
			from condition_now n
			join decision_condition c on c.id = n.condition_id
			join decision d on d.id = c.decision_id
			join binding_decision b on b.decision_id = d.id
			join meeting m on m.id = d.meeting_id
			join person p on p.id = n.owner_id
			where n.state in ('waiting', 'asked_again') and n.due_on <= ?
				and not exists (select from decision later join binding_decision since on since.decision_id = later.id where later.replaces_id = d.id)
			order by n.due_on, c.id limit 5000`, tx.Today().AddDays(daysBeforeCondition)).Scan(&due).Error
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, condition := range due {
		err := s.DB.Write(ctx, binder, func(tx db.Tx) error {
			told, err := chaseCondition(tx, condition)
			chased += told
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("room: chase condition %s: %w", condition.ID, err))
		}
	}
	return chased, errors.Join(failed...)
}

func chaseCondition(tx db.Tx, c dueCondition) (told int, err error) {
	stage, kind := c.stage(tx.Today())
	claim := tx.Exec(`insert into condition_chase (condition_id, due_on, stage, chased_at) values (?, ?, ?, ?) on conflict do nothing`, c.ID, c.NowDue, stage, tx.Now)
	if claim.Error != nil || claim.RowsAffected == 0 {
		return 0, claim.Error
	}
	notices := []notify.Notice{{Kind: kind, IDs: notify.IDs{"condition": c.ID}, To: c.NowOwner}}
	if stage == "overdue" {
		run, err := runners(tx, c.ForumID, c.DecisionID)
		if err != nil {
			return 0, err
		}
		for _, person := range run {
			if person != c.NowOwner {
				notices = append(notices, notify.Notice{Kind: NoticeConditionLate, IDs: notify.IDs{"condition": c.ID}, To: person})
			}
		}
		c.Now = ConditionNow{Owner: c.OwnerName, DueOn: c.NowDue}
		if err := agendas.PutDue(tx, c.due(Decision{ForumID: c.ForumID, CaseID: c.CaseID}, c.MeetingOn)); err != nil {
			return 0, err
		}
	}
	if err := notify.Send(tx, notices...); err != nil {
		return 0, err
	}
	return len(notices), audit.Record(tx, audit.Entry{Action: "condition.chased", ObjectKind: "condition", ObjectID: c.ID.String(), ForumID: c.ForumID, After: map[string]any{"stage": stage, "due_on": c.NowDue}})
}

// ConditionWaiting is a condition that the reader is to show, or evidence they may accept.
type ConditionWaiting struct {
	DecisionID uuid.UUID
	ForumName  string
	Item       string // its number
	DueOn      clock.Date
	Judge      bool // evidence waits for the reader
}

// ConditionsWaiting lists the conditions the actor is to show within a fortnight or late, and the
// evidence that waits for them to accept, the oldest first.
func ConditionsWaiting(tx db.Tx) (waiting []ConditionWaiting, err error) {
	runs, seats := []uuid.UUID{uuid.Nil}, []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		switch {
		case seat.Office == "chair" || seat.Office == "deputy_chair" || seat.Office == "clerk":
			runs = append(runs, seat.ForumID)
		case seat.Standing == "deciding":
			seats = append(seats, seat.SeatID)
		}
	}
	err = tx.Raw(`
		select d.id as decision_id, f.name as forum_name, i.number as item, min(n.due_on) as due_on, bool_or(n.state = 'given') as judge
		from condition_now n
		join decision d on d.id = n.decision_id
		join binding_decision b on b.decision_id = d.id
		join forum f on f.id = d.forum_id
		join agenda_item i on i.id = d.item_id
		where (n.state in ('waiting', 'asked_again') and n.owner_id = @me and n.due_on <= @soon
				or n.state = 'given' and (d.forum_id in @runs or exists (select from seat s where s.id in @seats and s.forum_id = d.forum_id and s.agency_id = n.asked_by_id))
					and not exists (select from condition_evidence e where e.id = n.evidence_id and e.given_by = @me))
			and not exists (select from left_item l where l.item_id = d.item_id and l.person_id = @me)
			and not exists (select from decision later join binding_decision since on since.decision_id = later.id where later.replaces_id = d.id)
		group by d.id, f.name, i.number order by min(n.due_on) limit 20`,
		map[string]any{"me": tx.Actor.PersonID, "soon": tx.Today().AddDays(14), "runs": runs, "seats": seats}).Scan(&waiting).Error
	return waiting, err
}
