package requests

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SaveDraft keeps a presenter's request as far as it has been written; id uuid.Nil begins a new one.
// What cannot be read is refused, what is missing is not.
func (s Store) SaveDraft(ctx context.Context, actor access.Actor, id uuid.UUID, version int, form Form) (Request, error) {
	return s.save(ctx, actor, id, version, form, false)
}

// Submit hands a complete request to its panel's clerk. Its shares add up to the cost to the penny.
func (s Store) Submit(ctx context.Context, actor access.Actor, id uuid.UUID, version int, form Form) (Request, error) {
	return s.save(ctx, actor, id, version, form, true)
}

func (s Store) save(ctx context.Context, actor access.Actor, id uuid.UUID, version int, typed Form, submit bool) (saved Request, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.MakeRequest, uuid.Nil); err != nil {
			return err
		}
		r := Request{ID: newID(), SubmittedBy: actor.PersonID, State: Draft, CreatedAt: tx.Now, Version: 1}
		if id != uuid.Nil {
			if r, err = Lock(tx, id); err != nil {
				return err
			}
			if r.SubmittedBy != actor.PersonID {
				return notThere
			}
			if !r.IsPresenters() {
				return fault.New(fault.Conflict, "This request has been submitted. Ask the panel’s clerk to return it if it must change.")
			}
			if version != r.Version {
				return fault.New(fault.Stale, "This request was changed in another window. Look at it as it is now, then make your change again.")
			}
		}
		c, shares, err := typed.apply(tx, &r, submit)
		if err != nil {
			return err
		}
		r.CaseID = c.ID
		action := "saved"
		if submit {
			r.State, r.SubmittedAt, r.Questions, action = Submitted, &tx.Now, "", "submitted"
		}
		if err := store(tx, &r, shares, id == uuid.Nil); err != nil {
			return err
		}
		saved = r
		return Record(tx, action, r, map[string]any{"request": r, "shares": shares})
	})
	return saved, err
}

// apply checks what was typed and puts it into the request.
func (f Form) apply(tx db.Tx, r *Request, submit bool) (c tracker.Case, shares []Share, err error) {
	var form fault.Form
	if number := normalised(f.CaseNumber); number == "" {
		form.Add("case_number", "Enter or choose the case this request is for")
	} else if c, err = tracker.CaseFor(tx, number); fault.Is(err, fault.NotFound) {
		form.Add("case_number", "There is no case %s that you may bring. Check the number, like Q1042", number)
	} else if err != nil {
		return c, nil, err
	}
	forums, err := Panels(tx)
	if err != nil {
		return c, nil, err
	}
	known := false
	for _, forum := range forums {
		known = known || forum.ID == f.ForumID
	}
	form.Require(known, "forum", "Choose the panel to ask")
	funders, err := Funders(tx)
	if err != nil {
		return c, nil, err
	}
	kinds := make(map[uuid.UUID]panels.AgencyKind, len(funders))
	for _, agency := range funders {
		kinds[agency.ID] = agency.Kind
	}
	amounts := f.read(&form, funders)
	if submit {
		f.complete(&form, amounts, c, kinds)
	}
	if err := form.Err(); err != nil {
		return c, nil, err
	}
	r.ForumID = f.ForumID
	r.Need, r.Outcomes = strings.TrimSpace(f.Need), strings.TrimSpace(f.Outcomes)
	r.OptionsConsidered, r.AlreadyOwed = strings.TrimSpace(f.OptionsConsidered), strings.TrimSpace(f.AlreadyOwed)
	r.WeeklyPence, r.OneOffPence = amounts.weekly, amounts.oneOff
	r.StartsOn, r.EndsOn, r.ReviewOn = f.StartsOn, f.EndsOn, f.ReviewOn
	for _, share := range amounts.shares {
		if share.WeeklyPence > 0 || share.OneOffPence > 0 {
			share.RequestID = r.ID
			shares = append(shares, share)
		}
	}
	return c, shares, nil
}

// store writes the request and its shares.
func store(tx db.Tx, r *Request, shares []Share, isNew bool) error {
	if isNew {
		if err := tx.Create(r).Error; err != nil {
			return err
		}
	} else {
		if err := r.change(tx, 0, map[string]any{
			"case_id": r.CaseID, "forum_id": r.ForumID, "state": r.State, "need": r.Need, "outcomes": r.Outcomes,
			"options_considered": r.OptionsConsidered, "already_owed": r.AlreadyOwed, "weekly_pence": r.WeeklyPence, "one_off_pence": r.OneOffPence,
			"starts_on": r.StartsOn, "ends_on": r.EndsOn, "review_on": r.ReviewOn, "questions": r.Questions, "submitted_at": r.SubmittedAt,
		}); err != nil {
			return err
		}
		r.Version++
		if err := tx.Exec(`delete from request_share where request_id = ?`, r.ID).Error; err != nil {
			return err
		}
	}
	if len(shares) == 0 {
		return nil
	}
	return tx.Create(&shares).Error
}
