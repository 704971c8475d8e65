package room

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The stages at which an answer is asked for. Each comes once for each person.
const (
	stageAsked    = "asked"
	stageReminded = "reminded" // half the working days are over
	stageLate     = "late"     // all of them are; the chair and the clerk hear of it too
)

var binder = access.System("binding")

// askAnswerers asks everybody who may give an answer that a decision waits for and has not been asked
// yet. Where nobody may, the clerk and the administrators are told: without them it never binds.
func askAnswerers(tx db.Tx, decisionID uuid.UUID) error {
	var rows []struct {
		Kind     NeedKind
		AgencyID uuid.UUID
		PersonID *uuid.UUID
	}
	err := tx.Raw(`
		select n.kind, n.agency_id, r.person_id
		from decision_need n
		left join decision_answerer r on r.decision_id = n.decision_id and r.kind = n.kind and r.agency_id = n.agency_id
		where n.decision_id = @decision
			and not exists (select from decision_answer a where a.decision_id = n.decision_id and a.kind = n.kind and a.agency_id = n.agency_id)
			and not exists (select from decision_answer a where a.decision_id = n.decision_id and not a.agreed)
		order by n.kind desc, n.agency_id, r.person_id`, map[string]any{"decision": decisionID}).Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.PersonID == nil {
			if err := tellNobodyAnswers(tx, decisionID, row.AgencyID); err != nil {
				return err
			}
			continue
		}
		if err := ask(tx, decisionID, row.Kind, row.AgencyID, *row.PersonID, stageAsked); err != nil {
			return err
		}
	}
	return nil
}

// ask tells one person that their answer is waited for, unless they were told at this stage.
func ask(tx db.Tx, decisionID uuid.UUID, kind NeedKind, agencyID, personID uuid.UUID, stage string) error {
	claimed, err := claimAsk(tx, decisionID, kind, agencyID, personID, stage)
	if err != nil || !claimed {
		return err
	}
	return notify.Send(tx, notify.Notice{Kind: noticeOf(kind, stage), IDs: notify.IDs{"decision": decisionID, "agency": agencyID}, To: personID})
}

// claimAsk keeps that somebody is told of a need at a stage; false when they were already.
func claimAsk(tx db.Tx, decisionID uuid.UUID, kind NeedKind, agencyID, personID uuid.UUID, stage string) (bool, error) {
	done := tx.Exec(`insert into decision_ask (decision_id, kind, agency_id, person_id, stage, asked_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
		decisionID, kind, agencyID, personID, stage, tx.Now)
	return done.RowsAffected == 1, done.Error
}

// AskOfficer asks an agency's newly named officer for what waits for the agency.
func (s *Store) AskOfficer(ctx context.Context, named panels.OfficerNamed) error {
	return s.DB.Write(ctx, binder, func(tx db.Tx) error {
		var decisions []uuid.UUID
		err := tx.Raw(`select distinct decision_id from decision_answerer where agency_id = ? and officer order by decision_id limit 1000`, named.AgencyID).Scan(&decisions).Error
		for _, decision := range decisions {
			err = errors.Join(err, askAnswerers(tx, decision))
		}
		return err
	})
}

// openNeed is an answer that is waited for, with what its deadline is counted from.
type openNeed struct {
	DecisionID  uuid.UUID
	Kind        NeedKind
	AgencyID    uuid.UUID
	ForumID     uuid.UUID
	ConfirmedOn clock.Date
	AnswerDays  int
}

// ChaseAnswers chases the endorsements and authorisations that decisions wait for. It runs each
// morning: each stage once for each person, on working days, whatever happens between. It returns how
// many were chased.
func (s *Store) ChaseAnswers(ctx context.Context) (chased int, err error) {
	var open []openNeed
	var days calendar.WorkingDays
	err = s.DB.Read(ctx, binder, func(tx db.Tx) error {
		if days, err = panels.WorkingDays(tx); err != nil || !days.IsWorkingDay(tx.Today()) {
			return err
		}
		return tx.Raw(`
			select n.decision_id, n.kind, n.agency_id, d.forum_id, (d.confirmed_at at time zone 'Europe/London')::date as confirmed_on,
				(select t.answer_days from terms_of_reference t where t.forum_id = d.forum_id
					order by t.in_force_on > (d.confirmed_at at time zone 'Europe/London')::date, t.in_force_on desc, t.number desc limit 1) as answer_days
			from decision_need n join decision d on d.id = n.decision_id
			where not exists (select from decision_answer a where a.decision_id = n.decision_id and a.kind = n.kind and a.agency_id = n.agency_id)
				and not exists (select from decision_answer a where a.decision_id = n.decision_id and not a.agreed)
			order by d.confirmed_at, n.agency_id limit 5000`).Scan(&open).Error
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, need := range open { // one transaction each, so that one bad row does not silence the others
		stage := need.stage(clock.DateOf(s.DB.Now()), days)
		err := s.DB.Write(ctx, binder, func(tx db.Tx) error {
			told, err := chaseNeed(tx, need, stage)
			chased += told
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("room: chase %s of decision %s: %w", need.Kind, need.DecisionID, err))
		}
	}
	return chased, errors.Join(failed...)
}

// stage is how far the waiting has got on a day: half the working days over, or all of them.
func (n openNeed) stage(today clock.Date, days calendar.WorkingDays) string {
	switch {
	case !today.Before(days.AddWorkingDays(n.ConfirmedOn, n.AnswerDays)):
		return stageLate
	case !today.Before(days.AddWorkingDays(n.ConfirmedOn, (n.AnswerDays+1)/2)):
		return stageReminded
	}
	return stageAsked
}

// chaseNeed tells whoever may answer, and once it is late the chair and the clerk. Whoever was never
// asked is asked first, whatever the stage.
func chaseNeed(tx db.Tx, need openNeed, stage string) (told int, err error) {
	var people []uuid.UUID
	err = tx.Raw(`select distinct person_id from decision_answerer where decision_id = ? and kind = ? and agency_id = ? order by person_id`,
		need.DecisionID, need.Kind, need.AgencyID).Scan(&people).Error
	if err != nil {
		return 0, err
	}
	for _, person := range people {
		next := stage
		fresh, err := claimAsk(tx, need.DecisionID, need.Kind, need.AgencyID, person, stageAsked)
		if err != nil {
			return told, err
		}
		if fresh {
			next = stageAsked
		} else if stage == stageAsked {
			continue
		} else if claimed, err := claimAsk(tx, need.DecisionID, need.Kind, need.AgencyID, person, stage); err != nil || !claimed {
			if err != nil {
				return told, err
			}
			continue
		}
		told++
		if err := notify.Send(tx, notify.Notice{Kind: noticeOf(need.Kind, next), IDs: notify.IDs{"decision": need.DecisionID, "agency": need.AgencyID}, To: person}); err != nil {
			return told, err
		}
	}
	if stage == stageLate {
		run, err := runners(tx, need.ForumID, need.DecisionID)
		if err != nil {
			return told, err
		}
		for _, person := range run {
			if slices.Contains(people, person) {
				continue
			}
			claimed, err := claimAsk(tx, need.DecisionID, need.Kind, need.AgencyID, person, stageLate)
			if err != nil {
				return told, err
			}
			if !claimed {
				continue
			}
			told++
			if err := notify.Send(tx, notify.Notice{Kind: NoticeAnswerLate, IDs: notify.IDs{"decision": need.DecisionID, "agency": need.AgencyID}, To: person}); err != nil {
				return told, err
			}
		}
	}
	if told == 0 {
		return 0, nil
	}
	return told, audit.Record(tx, audit.Entry{Action: "decision.chased", ObjectKind: "decision", ObjectID: need.DecisionID.String(), ForumID: need.ForumID, After: need})
}

// runners are the chair and the clerk of a forum, who have not left for a decision's item.
func runners(tx db.Tx, forumID, decisionID uuid.UUID) (people []uuid.UUID, err error) {
	err = tx.Raw(`
		select distinct h.person_id
		from seat s join seat_holding h on h.seat_id = s.id and h.deputy_order = 0 and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
		join person p on p.id = h.person_id and p.ended_on is null
		where s.forum_id = @forum and s.office in ('chair', 'clerk')
			and not exists (select from left_item n join decision d on d.item_id = n.item_id where d.id = @decision and n.person_id = h.person_id)
		order by h.person_id`, map[string]any{"forum": forumID, "decision": decisionID, "today": tx.Today()}).Scan(&people).Error
	return people, err
}

// AnswerWaiting is a decision that waits for the reader's answer.
type AnswerWaiting struct {
	DecisionID uuid.UUID
	Kind       NeedKind
	Agency     string
	ForumName  string
	Item       string // its number
	StartsAt   time.Time
}

// AnswersWaiting lists the decisions that wait for the actor to endorse or authorise them, the oldest first.
func AnswersWaiting(tx db.Tx) (waiting []AnswerWaiting, err error) {
	err = tx.Raw(`
		select distinct on (d.confirmed_at, r.decision_id, r.kind, r.agency_id) r.decision_id, r.kind, a.name as agency, f.name as forum_name, i.number as item, m.starts_at
		from decision_answerer r
		join decision d on d.id = r.decision_id
		join agency a on a.id = r.agency_id
		join forum f on f.id = d.forum_id
		join meeting m on m.id = d.meeting_id
		join agenda_item i on i.id = d.item_id
		where r.person_id = ?
		order by d.confirmed_at, r.decision_id, r.kind, r.agency_id limit 20`, tx.Actor.PersonID).Scan(&waiting).Error
	return waiting, err
}
