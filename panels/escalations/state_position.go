package escalations

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Statement is what an agency says in a dispute.
type Statement struct {
	AgencyID    uuid.UUID
	Words       string
	WeeklyPence *int64 // the share it accepts; nil: it says nothing of money
	SaidBy      string // who said it, where the clerk writes it down on the agency's behalf
}

const longestSaidBy = 100

// StatePosition adds what an agency says, in place of what it said before, which is kept. Whoever holds a seat of the
// agency states it; the clerk may on its behalf, and is named as having done so.
func (s *Store) StatePosition(ctx context.Context, actor access.Actor, disputeID uuid.UUID, said Statement) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		d, b, err := lockDispute(tx, disputeID)
		if err != nil {
			return err
		}
		agency, err := partyOf(tx, d, said.AgencyID)
		if err != nil {
			return err
		}
		position := Position{
			ID: newID(), DisputeID: d.ID, AgencyID: said.AgencyID, Words: strings.TrimSpace(said.Words), WeeklyPence: said.WeeklyPence,
			SaidBy: strings.TrimSpace(said.SaidBy), StatedBy: actor.PersonID, StatedAt: tx.Now,
		}
		var form fault.Form
		switch {
		case speaks(actor, b, agency.ID):
			position.SaidBy = ""
		case writesFor(actor, b):
			form.Require(position.SaidBy != "", "said_by", "Enter who at "+agency.Name+" said it")
			form.Require(len([]rune(position.SaidBy)) <= longestSaidBy, "said_by", "Who said it must be 100 characters or fewer")
		default:
			return fault.New(fault.Denied, "Only somebody who holds a seat of %s states its position, or the clerk on its behalf.", agency.Name)
		}
		form.Require(position.Words != "", "words", "Enter what "+agency.Name+" says")
		form.Require(len([]rune(position.Words)) <= longestPosition, "words", "The position must be 2,000 characters or fewer")
		form.Require(position.WeeklyPence == nil || *position.WeeklyPence >= 0, "weekly", "Enter the weekly money, like 1204.50")
		if err := form.Err(); err != nil {
			return err
		}
		if err := tx.Create(&position).Error; err != nil {
			return err
		}
		words := agency.Name + " stated its position."
		if position.SaidBy != "" {
			words = agency.Name + "’s position was written down on its behalf."
		}
		if _, err := addStep(tx, b.ID, Step{Kind: StepStated, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
			return err
		}
		return record(tx, "dispute_position.stated", position.ID, b.ForumID, nil, position)
	})
}

// partyOf is an agency that takes part in a dispute.
func partyOf(tx db.Tx, d Dispute, agencyID uuid.UUID) (agency panels.Agency, err error) {
	err = tx.Raw(`select a.* from agency a join dispute_party p on p.agency_id = a.id where p.dispute_id = ? and a.id = ?`, d.ID, agencyID).Take(&agency).Error
	if err = orNotFound(err, ""); fault.Is(err, fault.NotFound) {
		var form fault.Form
		form.Add("agency", "Select one of the agencies in this dispute")
		err = form.Err()
	}
	return agency, err
}
