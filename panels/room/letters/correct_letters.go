package letters

import (
	"context"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// DecisionCorrected drafts a corrected letter for each that went out before the record was mended. A letter
// that has not gone out is told on its page; its clerk words it anew.
func (s Store) DecisionCorrected(ctx context.Context, c room.DecisionCorrected) error {
	return s.DB.Write(ctx, drafter, func(tx db.Tx) error {
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('letters:' || ?, 0))`, c.DecisionID.String()).Error; err != nil {
			return err
		}
		f, found, err := readFacts(tx, c.DecisionID)
		if err != nil || !found {
			return err
		}
		var out []Letter
		err = tx.Raw(`
			select l.* from letter l
			where l.decision_id = @decision and l.state = 'sent'
				and not exists (select from letter later where later.corrects_id = l.id)
			order by l.id`, map[string]any{"decision": c.DecisionID}).Scan(&out).Error
		if err != nil {
			return err
		}
		due, err := f.correctedBy(tx)
		if err != nil {
			return err
		}
		for _, sent := range out {
			if err := draftCorrected(tx, f, sent, c.CorrectionID, due); err != nil {
				return err
			}
		}
		return nil
	})
}

// correctedBy is when corrected letters are due: as many working days from today as any letter has.
func (f facts) correctedBy(tx db.Tx) (clock.Date, error) {
	terms, err := panels.TermsInForce(tx, f.ForumID, tx.Today())
	if err != nil {
		return clock.Date{}, err
	}
	days, err := panels.WorkingDays(tx)
	return DueOn(tx.Today(), terms.LetterDays, days), err
}

// draftCorrected drafts the letter that takes the place of one that went out: its own last words, under what
// was wrong and what is right.
func draftCorrected(tx db.Tx, f facts, sent Letter, correction uuid.UUID, due clock.Date) error {
	said, err := latest(tx, sent.ID)
	if err != nil {
		return err
	}
	l := Letter{
		ID: newID(), DecisionID: sent.DecisionID, ForumID: sent.ForumID, Audience: sent.Audience, AgencyID: sent.AgencyID, PersonID: sent.PersonID,
		Recipient: sent.Recipient, CareOf: sent.CareOf, Basis: sent.Basis, BasisReason: sent.BasisReason, Number: sent.Number + 1, CorrectsID: &sent.ID, CorrectionID: &correction,
		Template: sent.Template, TemplateNumber: sent.TemplateNumber, Format: sent.Format, Language: sent.Language, DueOn: due, Held: f.about().Holds(),
		State: Draft, CreatedAt: tx.Now, Version: 1,
	}
	body, err := openCorrected(tx, l, said.Body)
	if err != nil {
		return err
	}
	if err := tx.Create(&l).Error; err != nil {
		return err
	}
	if err := tx.Create(&Revision{LetterID: l.ID, Number: 1, Subject: "Corrected: " + said.Subject, Body: body, At: tx.Now}).Error; err != nil {
		return err
	}
	return record(tx, "letter.correction_drafted", l.ID, l.ForumID, nil, l)
}

// openCorrected puts before a letter which one it takes the place of, and what was wrong.
func openCorrected(tx db.Tx, l Letter, body string) (string, error) {
	var c struct {
		Wrong    string
		PutRight string
		SentOn   clock.Date
	}
	err := tx.Raw(`
		select c.wrong, c.put_right, sent.sent_on from decision_correction c, letter sent where c.id = ? and sent.id = ?`, *l.CorrectionID, *l.CorrectsID).Take(&c).Error
	if err != nil {
		return "", err
	}
	opening := "This letter takes the place of the one of " + c.SentOn.Long() + ".\n\n## What was wrong\n\n" + normalLines(c.Wrong) + "\n\n## What is right\n\n" + normalLines(c.PutRight) + "\n\n## The letter\n\n"
	return opening + body, nil
}
