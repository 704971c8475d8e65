package letters

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ForParent is by what right a parent or carer gets a letter.
type ForParent struct {
	Name   string
	Basis  Basis
	Reason string // what was agreed, decided or ordered, when and by whom
}

// AddParentLetter drafts a letter for a parent or carer. From 16 they get one only because the young person
// agrees, by a recorded best-interests decision, or with legal authority: which it is stays with the letter.
func (s Store) AddParentLetter(ctx context.Context, actor access.Actor, decisionID uuid.UUID, to ForParent) (l Letter, err error) {
	to.Name, to.Reason = oneLine(to.Name), strings.TrimSpace(to.Reason)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if _, err := mayWrite(tx, decisionID); err != nil {
			return err
		}
		f, found, err := readFacts(tx, decisionID)
		switch {
		case err != nil:
			return err
		case !found:
			return noLongerBinds()
		case f.CaseID == nil:
			return fault.New(fault.Conflict, "This decision is about no young person.")
		case !slices.Contains(OwedFor(f.Outcome).Audiences, ToYoungPerson):
			return fault.New(fault.Conflict, "Nothing was decided that the family is written to about.")
		}
		var form fault.Form
		form.Require(to.Name != "", "name", "Enter the parent’s or carer’s name")
		form.Require(len([]rune(to.Name)) <= 200, "name", "Shorten the name to 200 characters or fewer")
		switch {
		case to.Basis.Words() == "":
			form.Add("basis", "Choose by what right they get a letter")
		case !slices.Contains(f.about().ParentBases(tx.Today()), to.Basis):
			if f.about().Own(tx.Today()) {
				form.Add("basis", "%s is 16 or older, so the letter is theirs. A parent gets one by agreement, a recorded best-interests decision or legal authority", f.Forename)
			} else {
				form.Add("basis", "%s is under 16. Choose parental responsibility or legal authority", f.Forename)
			}
		}
		form.Require(to.Reason != "", "basis_reason", "Enter what was agreed, decided or ordered, when and by whom")
		form.Require(len([]rune(to.Reason)) <= 1000, "basis_reason", "Shorten it to 1,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		due, err := f.dueOn(tx)
		if err != nil {
			return err
		}
		if due.Before(tx.Today()) {
			due = tx.Today()
		}
		l, err = draft(tx, f, recipient{Audience: ToParent, Name: to.Name}, Letter{DueOn: due, Number: 1, Basis: to.Basis, BasisReason: to.Reason})
		return err
	})
	return l, err
}
