// Package dates finds a date for an extraordinary meeting: it asks those who would come which of several dates suit them, and calls the meeting for the one that is chosen.
package dates

import (
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Store carries out what is asked of polls. Each method is one use case in one transaction.
type Store struct{ DB *db.DB }

// byItself is the actor of what a poll does when its time comes.
var byItself = access.System("date poll")

// byLink is the actor of what somebody does by a link in an email. Who it was stands in the audit.
var byLink = access.System("date link")

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// record writes the audit row of one change to a poll.
func record(tx db.Tx, action string, poll Poll, before, after any) error {
	kind, _, _ := strings.Cut(action, ".")
	return audit.Record(tx, audit.Entry{
		Action: action, ObjectKind: kind, ObjectID: poll.ID.String(), ForumID: poll.ForumID, Before: before, After: after,
	})
}

const noPoll = "There is no such request for dates."

func orNotFound(err error, sentence string) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, "%s", sentence)
	}
	return err
}

// lockPoll finds a poll and keeps every other change to it waiting until the transaction ends, so that
// no answer slips in after the close.
func lockPoll(tx db.Tx, id uuid.UUID) (Poll, error) {
	var poll Poll
	err := tx.Raw(`select * from date_poll where id = ? for no key update`, id).Take(&poll).Error
	return poll, orNotFound(err, noPoll)
}

// lockToRun is lockPoll for an actor who may schedule for its forum. For those who are not even asked,
// there is no such poll.
func lockToRun(tx db.Tx, id uuid.UUID) (Poll, error) {
	poll, err := lockPoll(tx, id)
	if err != nil || tx.Actor.May(access.Schedule, poll.ForumID) {
		return poll, err
	}
	if _, err := inviteeOf(tx, poll.ID, tx.Actor.PersonID); err != nil {
		return poll, orNotFound(err, noPoll)
	}
	return poll, tx.Actor.Check(access.Schedule, poll.ForumID)
}

// inviteeOf finds somebody who is asked; gorm.ErrRecordNotFound when they are not, or no longer.
func inviteeOf(tx db.Tx, poll, person uuid.UUID) (Invitee, error) {
	var invitee Invitee
	err := tx.Raw(`select * from date_invitee where poll_id = ? and person_id = ? and ended_at is null`, poll, person).Take(&invitee).Error
	return invitee, err
}

// slotsOf lists a poll's dates, the earliest first.
func slotsOf(tx db.Tx, poll uuid.UUID) ([]Slot, error) {
	var slots []Slot
	err := tx.Where("poll_id = ?", poll).Order("starts_at").Find(&slots).Error
	return slots, err
}

// clashesOf says of each slot, by its place in the list, what stands against it.
func clashesOf(tx db.Tx, forumID uuid.UUID, slots []Slot) (map[int][]panels.Clash, error) {
	wanted := make([]panels.Slot, len(slots))
	for i, slot := range slots {
		wanted[i] = panels.Slot{StartsAt: slot.StartsAt, EndsAt: slot.EndsAt, Venue: slot.Venue}
	}
	clashes, err := panels.ClashesOf(tx, forumID, wanted, uuid.Nil)
	bySlot := map[int][]panels.Clash{}
	for _, clash := range clashes {
		bySlot[clash.Slot] = append(bySlot[clash.Slot], clash)
	}
	return bySlot, err
}

// mustBeKnown reports whether anything more than slight stands against one of the slots.
func mustBeKnown(clashes map[int][]panels.Clash) bool {
	for _, ofSlot := range clashes {
		for _, clash := range ofSlot {
			if clash.Weight > panels.Slight {
				return true
			}
		}
	}
	return false
}
