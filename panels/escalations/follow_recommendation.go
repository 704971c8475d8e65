package escalations

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RespondToRecommendation says whether a recommendation is accepted, in part or not, with the reason, and by
// when what is accepted is to be done. Its lead, or the board's clerk for them.
func (s *Store) RespondToRecommendation(ctx context.Context, actor access.Actor, id uuid.UUID, response Response, reason string, dueOn clock.Date, version int) error {
	return s.changeRecommendation(ctx, actor, id, version, "recommendation.responded", func(tx db.Tx, r *Recommendation) (string, string, error) {
		if r.Response != "" {
			return "", "", fault.New(fault.Conflict, "A response is recorded already: %s.", strings.ToLower(r.Response.Words()))
		}
		reason = strings.TrimSpace(reason)
		if response == Accepted {
			reason = "" // what is accepted whole needs none
		}
		var form fault.Form
		form.Require(response.Words() != "", "response", "Select the response")
		form.Require(response == "" || response == Accepted || reason != "", "reason", "Enter the reason")
		form.Require(len([]rune(reason)) <= longestNeeded, "reason", "The reason must be 500 characters or fewer")
		if response == NotAccepted {
			dueOn = clock.Date{}
		} else {
			form.Require(!dueOn.IsZero(), "due_on", "Enter the date by which it is to be done")
			form.Require(dueOn.IsZero() || !dueOn.Before(tx.Today()), "due_on", "The date must be today or later")
		}
		if err := checkBoardSafe(tx, &form, nil, map[string]string{"reason": reason}); err != nil {
			return "", "", err
		}
		if err := form.Err(); err != nil {
			return "", "", err
		}
		r.Response, r.Reason, r.RespondedOn, r.DueOn, r.ChasedOn = response, reason, tx.Today(), dueOn, clock.Date{}
		words := response.Words() + "."
		if reason != "" {
			words = response.Words() + ", because: " + sentence(reason)
		}
		if !dueOn.IsZero() {
			words += " To be done by " + dueOn.Long() + "."
		}
		return "responded", words, nil
	})
}

// NoteRecommendation says how far a recommendation has got. Its lead, or the board's clerk.
func (s *Store) NoteRecommendation(ctx context.Context, actor access.Actor, id uuid.UUID, words string, version int) error {
	return s.changeRecommendation(ctx, actor, id, version, "recommendation.noted", func(tx db.Tx, r *Recommendation) (string, string, error) {
		if r.NextDate().IsZero() {
			return "", "", fault.New(fault.Conflict, "Nothing more is to be done about this recommendation.")
		}
		words = strings.TrimSpace(words)
		return "progress", words, checkNoted(tx, "progress", words, "Enter how far it has got")
	})
}

// FinishRecommendation says that what was accepted is done, with what shows it. Its lead, or the board's clerk.
func (s *Store) FinishRecommendation(ctx context.Context, actor access.Actor, id uuid.UUID, doneOn clock.Date, evidence string, version int) error {
	return s.changeRecommendation(ctx, actor, id, version, "recommendation.done", func(tx db.Tx, r *Recommendation) (string, string, error) {
		switch {
		case r.Response == "":
			return "", "", fault.New(fault.Conflict, "Record the response first: what is done must have been accepted.")
		case r.NextDate().IsZero():
			return "", "", fault.New(fault.Conflict, "Nothing more is to be done about this recommendation.")
		}
		evidence = strings.TrimSpace(evidence)
		var form fault.Form
		form.Require(!doneOn.IsZero(), "done_on", "Enter the date it was done")
		form.Require(!doneOn.After(tx.Today()), "done_on", "The date it was done must be today or earlier")
		form.Require(doneOn.IsZero() || !doneOn.Before(r.MadeOn), "done_on", "The date it was done must not be before it was made")
		form.Require(evidence != "", "evidence", "Enter what shows that it is done")
		form.Require(len([]rune(evidence)) <= longestNeeded, "evidence", "The evidence must be 500 characters or fewer")
		if err := checkBoardSafe(tx, &form, nil, map[string]string{"evidence": evidence}); err != nil {
			return "", "", err
		}
		if err := form.Err(); err != nil {
			return "", "", err
		}
		r.DoneOn, r.Evidence, r.ChasedOn = doneOn, evidence, clock.Date{}
		return "done", "Done on " + doneOn.Long() + ". What shows it: " + sentence(evidence), nil
	})
}

// PassRecommendation names somebody else to respond and to carry it out. The board's clerk.
func (s *Store) PassRecommendation(ctx context.Context, actor access.Actor, id, leadID uuid.UUID, version int) error {
	return s.changeRecommendation(ctx, actor, id, version, "recommendation.passed", func(tx db.Tx, r *Recommendation) (string, string, error) {
		if err := tx.Actor.Check(access.KeepBoard, r.BoardID); err != nil {
			return "", "", err
		}
		var form fault.Form
		form.Require(leadID != r.LeadID, "lead", "Select somebody else: it is with them already")
		if err := requireHere(tx, &form, "lead", leadID, "Select who it passes to"); err != nil {
			return "", "", err
		}
		if err := form.Err(); err != nil {
			return "", "", err
		}
		to, err := panels.PersonByID(tx, leadID)
		if err != nil {
			return "", "", err
		}
		r.LeadID = leadID
		return "lead", "Passed on to " + to.Name + ".", tellLead(tx, NoticeRecommended, *r)
	})
}

func checkNoted(tx db.Tx, field, words, missing string) error {
	var form fault.Form
	form.Require(words != "", field, missing)
	form.Require(len([]rune(words)) <= longestNeeded, field, "Shorten it to 500 characters or fewer")
	if err := checkBoardSafe(tx, &form, nil, map[string]string{field: words}); err != nil {
		return err
	}
	return form.Err()
}

// changeRecommendation makes one change to a recommendation that is still as its reader saw it: it is
// locked, changed, told in its story and audited.
func (s *Store) changeRecommendation(ctx context.Context, actor access.Actor, id uuid.UUID, version int, action string, change func(db.Tx, *Recommendation) (kind, words string, err error)) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var r Recommendation
		if err := tx.Raw(`select * from recommendation where id = ? for update`, id).Take(&r).Error; err != nil {
			return orNotFound(err, "There is no such recommendation.")
		}
		if r.LeadID != actor.PersonID && !actor.May(access.KeepBoard, r.BoardID) {
			if !actor.May(access.ReadBoard, r.BoardID) {
				return noRecommendation()
			}
			return fault.New(fault.Denied, "Whoever leads on a recommendation, or the board’s clerk, says what becomes of it.")
		}
		if r.Version != version {
			return fault.New(fault.Stale, "Somebody else changed this recommendation while you were working on it. Look at what is there now, then make your change again.")
		}
		before := r
		kind, words, err := change(tx, &r)
		if err != nil {
			return err
		}
		r.Version++
		err = db.RequireOne(tx.Model(&Recommendation{}).Where("id = ? and version = ?", r.ID, before.Version).
			Select("lead_id", "response", "reason", "responded_on", "due_on", "done_on", "evidence", "chased_on", "version").Updates(r))
		if err != nil {
			return err
		}
		if err := addRecommendationStep(tx, r.ID, kind, words); err != nil {
			return err
		}
		return record(tx, action, r.ID, r.BoardID, before, r)
	})
}

func noRecommendation() error {
	return fault.New(fault.NotFound, "There is no such recommendation.")
}
