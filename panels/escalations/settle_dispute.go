package escalations

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Outcome is how a dispute ended, as it is written down.
type Outcome struct {
	Ending    Ending
	Words     string // what was decided or agreed
	PayerID   *uuid.UUID
	SettledOn clock.Date
	Frees     bool // the blocker is resolved with it
}

// SettleDispute records how a dispute ended: the result stands beside each decision the blocker is about, none of
// which it changes, and everybody concerned is told. The blocker is resolved with it, or goes on.
func (s *Store) SettleDispute(ctx context.Context, actor access.Actor, disputeID uuid.UUID, o Outcome) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		d, b, err := lockDispute(tx, disputeID)
		if err != nil {
			return err
		}
		if !maySettle(actor, b) {
			return fault.New(fault.Denied, "Only whoever holds the blocker, or the chair or clerk of the forum that raised it, records how its dispute ended.")
		}
		settled, payer, err := o.check(tx, b, d)
		if err != nil {
			return err
		}
		if err := tx.Create(&settled).Error; err != nil {
			return err
		}
		err = db.RequireOne(tx.Exec(`update dispute set ended_at = ?, version = version + 1 where id = ? and version = ?`, tx.Now, d.ID, d.Version))
		if err != nil {
			return err
		}
		ending := settled.Ending.Words(b.LevelName)
		_, err = addStep(tx, b.ID, Step{Kind: StepSettled, FromLevel: b.LevelName, Words: ending + ": " + sentence(settled.Words), BoardWords: "The dispute has ended. " + ending + "."})
		if err != nil {
			return err
		}
		if err := putBesideDecisions(tx, b, d, settled, payer.Name); err != nil {
			return err
		}
		if err := tellSettled(tx, b, d); err != nil {
			return err
		}
		if err := record(tx, "dispute.settled", d.ID, b.ForumID, d, settled); err != nil || !o.Frees {
			return err
		}
		return resolve(tx, b, settled.Words)
	})
}

func (o Outcome) check(tx db.Tx, b Blocker, d Dispute) (Settled, panels.Agency, error) {
	settled := Settled{
		DisputeID: d.ID, Ending: o.Ending, Words: strings.TrimSpace(o.Words), PayerID: o.PayerID, LevelName: b.LevelName, SettledOn: o.SettledOn,
		RecordedBy: tx.Actor.PersonID, RecordedAt: tx.Now,
	}
	var payer panels.Agency
	var form fault.Form
	switch o.Ending {
	case EndedDecided, EndedAgreed, EndedWithdrawn:
	default:
		form.Add("ending", "Select how the dispute ended")
	}
	form.Require(settled.Words != "", "words", "Enter what was decided or agreed")
	form.Require(len([]rune(settled.Words)) <= longestNeeded, "words", "What was decided must be 500 characters or fewer")
	switch {
	case o.SettledOn.IsZero():
		form.Add("settled_on", "Enter the day it ended")
	case o.SettledOn.Before(d.OpenedOn) || o.SettledOn.After(tx.Today()):
		form.Add("settled_on", "The day must be from %s, when the dispute began, to today", d.OpenedOn.Long())
	}
	if o.PayerID != nil {
		var err error
		if payer, err = partyOf(tx, d, *o.PayerID); fault.Is(err, fault.Invalid) {
			form.Add("payer", "Select one of the agencies in this dispute")
		} else if err != nil {
			return settled, payer, err
		}
	}
	return settled, payer, form.Err()
}

// putBesideDecisions puts what a dispute came to beside every decision its blocker is about.
func putBesideDecisions(tx db.Tx, b Blocker, d Dispute, settled Settled, payer string) error {
	var decisions []uuid.UUID
	err := tx.Raw(`select decision_id from blocker_decision where blocker_id in ? order by decision_id`, []uuid.UUID{b.ID, d.BlockerID}).Scan(&decisions).Error
	for _, id := range once(decisions) {
		if err == nil {
			err = room.PutBeside(tx, room.Settlement{
				DecisionID: id, SourceID: d.ID, About: d.Kind.Words() + ", blocker " + b.Reference(), Ending: settled.Ending.Words(b.LevelName), Words: settled.Words,
				Payer: payer, SettledOn: settled.SettledOn,
			})
		}
	}
	return err
}

// tellSettled tells the officers of the forum, the owner, whoever holds the blocker, and those who speak or have
// spoken for the agencies. A board hears with its digest.
func tellSettled(tx db.Tx, b Blocker, d Dispute) error {
	people, err := officers(tx, b.ForumID, access.Chair, access.Clerk)
	if err != nil {
		return err
	}
	people = append(people, b.OwnerID)
	if b.Level != BoardLevel {
		holding, err := holders(tx, b)
		if err != nil {
			return err
		}
		people = append(people, holding...)
	}
	var agencies, stated []uuid.UUID
	if err := tx.Raw(`select agency_id from dispute_party where dispute_id = ? order by agency_id`, d.ID).Scan(&agencies).Error; err != nil {
		return err
	}
	for _, agency := range agencies {
		speaking, err := speakers(tx, b, agency)
		if err != nil {
			return err
		}
		people = append(people, speaking...)
	}
	if err := tx.Raw(`select distinct stated_by from dispute_position where dispute_id = ? order by stated_by`, d.ID).Scan(&stated).Error; err != nil {
		return err
	}
	for _, person := range once(append(people, stated...)) {
		if person == tx.Actor.PersonID {
			continue
		}
		if err := notify.Send(tx, notify.Notice{Kind: NoticeSettled, IDs: notify.IDs{"dispute": d.ID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}
