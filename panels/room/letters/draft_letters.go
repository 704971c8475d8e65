package letters

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// recipient is whom a letter is for.
type recipient struct {
	Audience Audience
	Name     string
	AgencyID *uuid.UUID
	PersonID *uuid.UUID
}

// DecisionBound drafts the letters that a decision owes and raises its funding authorisations. It may come
// more than once: what is there already is left alone.
func (s Store) DecisionBound(ctx context.Context, d room.DecisionBound) error {
	return s.DB.Write(ctx, drafter, func(tx db.Tx) error {
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('letters:' || ?, 0))`, d.DecisionID.String()).Error; err != nil {
			return err
		}
		f, found, err := readFacts(tx, d.DecisionID)
		if err != nil || !found {
			return err
		}
		if err := draftOwed(tx, f); err != nil {
			return fmt.Errorf("letters: draft: %w", err)
		}
		if err := raiseAuthorisations(tx, f); err != nil {
			return fmt.Errorf("letters: authorise: %w", err)
		}
		return nil
	})
}

// draftOwed drafts each letter that is owed and not there yet.
func draftOwed(tx db.Tx, f facts) error {
	owed := OwedFor(f.Outcome)
	if len(owed.Audiences) == 0 || f.CaseID == nil && f.RequestID == nil { // welcome and apologies are written to nobody
		return nil
	}
	due, err := f.dueOn(tx)
	if err != nil {
		return err
	}
	for _, audience := range owed.Audiences {
		recipients, err := f.recipients(tx, audience)
		if err != nil {
			return err
		}
		for _, to := range recipients {
			var there bool
			err := tx.Raw(`select exists (select from letter where decision_id = ? and audience = ? and agency_id is not distinct from ?)`, f.DecisionID, to.Audience, to.AgencyID).Scan(&there).Error
			if err != nil {
				return err
			}
			if there {
				continue
			}
			if _, err := draft(tx, f, to, Letter{DueOn: due, Number: 1}); err != nil {
				return err
			}
		}
	}
	return nil
}

// dueOn counts from the day the decision began to bind, by the terms of the meeting's day.
func (f facts) dueOn(tx db.Tx) (clock.Date, error) {
	terms, err := panels.TermsInForce(tx, f.ForumID, clock.DateOf(f.MeetingAt))
	if err != nil {
		return clock.Date{}, err
	}
	days, err := panels.WorkingDays(tx)
	return DueOn(clock.DateOf(f.BoundAt), terms.LetterDays, days), err
}

// recipients are those of an audience to whom this decision matters.
func (f facts) recipients(tx db.Tx, audience Audience) (all []recipient, err error) {
	switch audience {
	case ToFunder:
		for _, s := range f.Shares {
			all = append(all, recipient{Audience: ToFunder, Name: s.Agency, AgencyID: &s.AgencyID})
		}
	case ToBrokerage:
		if len(f.Shares) == 0 {
			return nil, nil // nothing is bought
		}
		var agencies []panels.Agency
		if err := tx.Where("kind = ? and not outside", panels.Brokerage).Order("name").Find(&agencies).Error; err != nil {
			return nil, err
		}
		for _, a := range agencies {
			all = append(all, recipient{Audience: ToBrokerage, Name: a.Name, AgencyID: &a.ID})
		}
	case ToReferrer:
		if f.ReferrerID != nil {
			all = append(all, recipient{Audience: ToReferrer, Name: f.Referrer, PersonID: f.ReferrerID})
		}
	case ToYoungPerson:
		if f.CaseID != nil {
			all = append(all, recipient{Audience: ToYoungPerson, Name: f.young()})
		}
	}
	return all, nil
}

// draft writes a letter from the template in force, in the form and language its reader wishes.
func draft(tx db.Tx, f facts, to recipient, l Letter) (Letter, error) {
	l.ID, l.DecisionID, l.ForumID, l.State, l.CreatedAt, l.Version = newID(), f.DecisionID, f.ForumID, Draft, tx.Now, 1
	l.Audience, l.AgencyID, l.PersonID, l.Recipient = to.Audience, to.AgencyID, to.PersonID, to.Name
	subject, body, err := f.write(tx, &l)
	if err != nil {
		return l, err
	}
	if err := tx.Create(&l).Error; err != nil {
		return l, err
	}
	if err := tx.Create(&Revision{LetterID: l.ID, Number: 1, Subject: subject, Body: body, At: tx.Now}).Error; err != nil {
		return l, err
	}
	return l, record(tx, "letter.drafted", l.ID, l.ForumID, nil, l)
}

// write fills the template that fits a letter and notes on the letter which it was, in which form, and why
// it is held.
func (f facts) write(tx db.Tx, l *Letter) (subject, body string, err error) {
	l.Format, l.Language, l.Held = Plain, "", f.about().Holds()
	if l.Audience == ToYoungPerson {
		l.Format = f.Wish.Format
		l.Language = f.Wish.Language
		if !f.Wish.Recorded() {
			l.Language = f.Interpreter // the tracker's word, until somebody asks them
		}
	}
	easy := l.Format == EasyRead
	template, err := templateInForce(tx, Key(l.Audience, OwedFor(f.Outcome).Matter, easy))
	if err != nil {
		return "", "", err
	}
	l.Template, l.TemplateNumber = template.Key, template.Number
	subject, body = template.Fill(f.values(recipient{Audience: l.Audience, Name: l.Recipient, AgencyID: l.AgencyID, PersonID: l.PersonID}, easy))
	return subject, body, nil
}
