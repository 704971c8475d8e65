package history

import (
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// bringing is an import being written, all of it in one transaction.
type bringing struct {
	importID uuid.UUID
	meetings map[string]uuid.UUID // those found or made, by forum and day
	reseated map[uuid.UUID]bool   // forums whose seats have changed
	decided  map[uuid.UUID]bool   // cases with a decision brought
}

// bring writes every row that is new or changed.
func bring(tx db.Tx, importID uuid.UUID, rows []compared) error {
	b := &bringing{importID: importID, meetings: map[string]uuid.UUID{}, reseated: map[uuid.UUID]bool{}, decided: map[uuid.UUID]bool{}}
	for _, row := range rows {
		if row.apply == nil {
			continue
		}
		if err := row.apply(tx, b); err != nil {
			return err
		}
	}
	if err := b.putReviews(tx); err != nil {
		return err
	}
	for forum := range b.reseated {
		if err := tx.Enqueue(db.Job{Args: panels.SeatsChanged{Forum: forum}}); err != nil {
			return err
		}
	}
	return nil
}

func (b *bringing) meeting(tx db.Tx, forum panels.Forum, on clock.Date, existing uuid.UUID) (uuid.UUID, error) {
	key := meetingKey(forum.ID, on)
	if id, done := b.meetings[key]; done {
		return id, nil
	}
	id, err := panels.BringMeeting(tx, forum.ID, on, existing)
	b.meetings[key] = id
	return id, err
}

func (b *bringing) keepDecision(tx db.Tx, d Decision, shares []Share, before *brought) error {
	d.ImportID, d.BroughtBy, d.BroughtAt = b.importID, who(tx.Actor), tx.Now
	action, was := "brought_decision.added", any(nil)
	if before == nil {
		if err := tx.Create(&d).Error; err != nil {
			return err
		}
	} else {
		action, was = "brought_decision.changed", map[string]any{"decision": before.Decision, "shares": before.shares}
		d.Version = before.Version + 1
		err := db.RequireOne(tx.Model(&Decision{}).Where("id = ? and version = ?", d.ID, before.Version).Updates(map[string]any{
			"import_id": d.ImportID, "outcome": d.Outcome, "words": d.Words, "weekly_pence": d.WeeklyPence, "one_off_pence": d.OneOffPence, "review_on": d.ReviewOn,
			"conditions": d.Conditions, "brought_by": d.BroughtBy, "brought_at": d.BroughtAt, "version": d.Version,
		}))
		if err != nil {
			return err
		}
		if err := tx.Exec(`delete from brought_share where decision_id = ?`, d.ID).Error; err != nil {
			return err
		}
	}
	for i := range shares {
		shares[i].DecisionID = d.ID
	}
	if len(shares) > 0 {
		if err := tx.Create(&shares).Error; err != nil {
			return err
		}
	}
	return record(tx, action, d.ID, d.ForumID, was, map[string]any{"decision": d, "shares": shares})
}

// putReviews has the latest decision about each young person come back to its forum on its review
// date. An earlier one has been followed by another, so its review is over; so is any before a
// decision the forum took in Quorate.
func (b *bringing) putReviews(tx db.Tx) error {
	cases := []uuid.UUID{uuid.Nil}
	for id := range b.decided {
		cases = append(cases, id)
	}
	var rows []struct {
		Decision
		Forum  string
		On     clock.Date
		Latest bool
	}
	err := tx.Raw(`
		select d.*, f.name as forum, (m.starts_at at time zone 'Europe/London')::date as on,
			row_number() over (partition by d.forum_id, standing_case(d.case_id) order by m.starts_at desc, d.id desc) = 1
				and not exists (select from decision later where later.case_id in (select id from same_case(d.case_id)) and later.forum_id = d.forum_id) as latest
		from brought_decision d join meeting m on m.id = d.meeting_id join forum f on f.id = d.forum_id
		where d.case_id in (select c.id from cases c where c.id in @cases or c.merged_into in @cases)`, map[string]any{"cases": cases}).Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, d := range rows {
		if !d.Latest || d.ReviewOn.IsZero() {
			if err := agendas.MarkDone(tx, "review", d.ID); err != nil {
				return err
			}
			continue
		}
		var stands int64 // heard already, on the same day: it does not come back because the file came again
		if err := tx.Raw(`select count(*) from due where kind = 'review' and source_id = ? and due_on = ?`, d.ID, d.ReviewOn).Scan(&stands).Error; err != nil {
			return err
		}
		if stands > 0 {
			continue
		}
		err := agendas.PutDue(tx, agendas.Due{
			ForumID: d.ForumID, Kind: "review", SourceID: d.ID, CaseID: &d.CaseID, DueOn: d.ReviewOn,
			Text: "Review of what " + d.Forum + " decided on " + d.On.Long() + ", before Quorate: " + d.Outcome.Words(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bringing) keepAction(tx db.Tx, action room.Action, owner panels.Person, on clock.Date) error {
	if err := room.BringAction(tx, action, owner, on); err != nil {
		return err
	}
	err := tx.Exec(`insert into brought_action (action_id, import_id, owner_id, agency_id, due_on) values (?, ?, ?, ?, ?)`,
		action.ID, b.importID, owner.ID, action.AgencyID, action.DueOn).Error
	if err != nil {
		return err
	}
	return record(tx, "action.brought", action.ID, action.ForumID, nil, action)
}

func (b *bringing) changeAction(tx db.Tx, before room.Action, owner panels.Person, agency *uuid.UUID, due clock.Date) error {
	if err := room.BringActionAgain(tx, before.ID, owner, agency, due); err != nil {
		return err
	}
	err := tx.Exec(`update brought_action set import_id = ?, owner_id = ?, agency_id = ?, due_on = ? where action_id = ?`, b.importID, owner.ID, agency, due, before.ID).Error
	if err != nil {
		return err
	}
	after := before
	after.OwnerIDs, after.AgencyID, after.DueOn = room.People{owner.ID}, agency, due
	return record(tx, "action.brought_again", before.ID, before.ForumID, before, after)
}
