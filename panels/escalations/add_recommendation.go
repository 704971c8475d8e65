package escalations

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewRecommendation is what a board's clerk enters in its register.
type NewRecommendation struct {
	EscalationID *uuid.UUID // the board's answer to it is what is recommended
	Source       Source
	SourceName   string
	Text         string
	MadeOn       clock.Date
	MadeTo       string
	LeadID       uuid.UUID
	ResponseDue  clock.Date
}

// longestRecommendation bounds what is recommended, in characters.
const longestRecommendation = 1000

// AddRecommendation enters a recommendation in a board's register and tells whoever is to respond.
func (s *Store) AddRecommendation(ctx context.Context, actor access.Actor, slug string, given NewRecommendation) (r Recommendation, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		board, err := boardToKeep(tx, slug)
		if err != nil {
			return err
		}
		r = Recommendation{
			ID: newID(), BoardID: board.ID, Source: given.Source, SourceName: strings.TrimSpace(given.SourceName), Text: strings.TrimSpace(given.Text),
			MadeOn: given.MadeOn, MadeTo: strings.TrimSpace(given.MadeTo), LeadID: given.LeadID, ResponseDue: given.ResponseDue,
			AddedBy: actor.PersonID, AddedAt: tx.Now, Version: 1,
		}
		if given.EscalationID != nil {
			if err := r.takeFromAnswer(tx, *given.EscalationID); err != nil {
				return err
			}
		}
		if err := r.check(tx); err != nil {
			return err
		}
		if err := tx.Create(&r).Error; err != nil {
			return err
		}
		if err := tx.Raw(`select number from recommendation where id = ?`, r.ID).Row().Scan(&r.Number); err != nil {
			return err
		}
		if err := addRecommendationStep(tx, r.ID, "made", "Made to "+r.MadeTo+" on "+r.MadeOn.Long()+". A response is due by "+r.ResponseDue.Long()+"."); err != nil {
			return err
		}
		if err := tellLead(tx, NoticeRecommended, r); err != nil {
			return err
		}
		return record(tx, "recommendation.made", r.ID, board.ID, nil, r)
	})
	return r, err
}

// takeFromAnswer makes it the recommendation that the board's answer to an escalation is, once.
func (r *Recommendation) takeFromAnswer(tx db.Tx, escalationID uuid.UUID) error {
	var found []struct {
		ID         uuid.UUID
		AnsweredAt *clock.Date
		Kept       bool
		Reference  int64
	}
	err := tx.Raw(`
		select a.id, cast(a.answered_at at time zone 'Europe/London' as date) as answered_at, b.number as reference,
			exists (select from recommendation k where k.answer_id = a.id) as kept
		from board_answer a join escalation e on e.id = a.escalation_id join blocker b on b.id = e.blocker_id
		where e.id = ? and e.board_id = ? and a.agreed`, escalationID, r.BoardID).Scan(&found).Error
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		return fault.New(fault.NotFound, "There is no such answer of this board.")
	case found[0].Kept:
		return fault.New(fault.Conflict, "This answer is in the register already.")
	}
	r.AnswerID, r.Source, r.SourceName, r.MadeOn = &found[0].ID, FromBoard, "Answer about "+Reference(found[0].Reference), *found[0].AnsweredAt
	return nil
}

func (r Recommendation) check(tx db.Tx) error {
	var form fault.Form
	form.Require(r.Source.Words() != "", "source", "Select where it comes from")
	form.Require(r.Source != FromBoard || r.AnswerID != nil, "source", "To enter what this board directed, start from its answer to the escalation")
	form.Require(r.SourceName != "", "source_name", "Enter the name of the review, inspection or audit")
	form.Require(len([]rune(r.SourceName)) <= 120, "source_name", "Shorten the name to 120 characters or fewer")
	form.Require(r.Text != "", "text", "Enter what is recommended")
	form.Require(len([]rune(r.Text)) <= longestRecommendation, "text", "Shorten the recommendation to 1,000 characters or fewer")
	form.Require(!r.MadeOn.IsZero(), "made_on", "Enter the date it was made")
	form.Require(!r.MadeOn.After(tx.Today()), "made_on", "The date it was made must be today or earlier")
	form.Require(r.MadeTo != "", "made_to", "Enter who it is made to")
	form.Require(len([]rune(r.MadeTo)) <= 120, "made_to", "Shorten it to 120 characters or fewer")
	form.Require(!r.ResponseDue.IsZero(), "response_due", "Enter the date by which a response is due")
	form.Require(r.ResponseDue.IsZero() || !r.ResponseDue.Before(r.MadeOn), "response_due", "The response must be due on or after the day it was made")
	if err := requireHere(tx, &form, "lead", r.LeadID, "Select who responds"); err != nil {
		return err
	}
	if err := checkBoardSafe(tx, &form, nil, map[string]string{"text": r.Text, "source_name": r.SourceName, "made_to": r.MadeTo}); err != nil {
		return err
	}
	return form.Err()
}

// requireHere notes a problem unless the person chosen is there and has not left.
func requireHere(tx db.Tx, form *fault.Form, field string, id uuid.UUID, sentence string) error {
	person, err := panels.PersonByID(tx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		form.Add(field, "%s", sentence)
	case err != nil:
		return err
	case !person.EndedOn.IsZero() && !person.EndedOn.After(tx.Today()):
		form.Add(field, "%s has left the partnership. Select somebody else", person.Name)
	}
	return nil
}

// boardToKeep finds a board whose register, plans and reports the actor keeps.
func boardToKeep(tx db.Tx, slug string) (panels.Forum, error) {
	board, err := boardToRead(tx, slug)
	if err != nil {
		return board, err
	}
	return board, tx.Actor.Check(access.KeepBoard, board.ID)
}

func tellLead(tx db.Tx, kind notify.Kind, r Recommendation) error {
	return notify.Send(tx, notify.Notice{Kind: kind, IDs: notify.IDs{"recommendation": r.ID}, To: r.LeadID})
}
