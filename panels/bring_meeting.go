package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// BringMeeting makes a forum's meeting of a day before Quorate, closed and with nothing of a room in
// it, so that what it decided and promised has a place to stand. existing is the meeting the calendar
// already has on that day and nobody held here; uuid.Nil makes one. Nobody is invited or told. It
// began, as far as anyone knows, when the terms of reference say.
func BringMeeting(tx db.Tx, forumID uuid.UUID, on clock.Date, existing uuid.UUID) (uuid.UUID, error) {
	if !on.Before(tx.Today()) {
		return uuid.Nil, fault.New(fault.Invalid, "A meeting of %s is held in Quorate, not brought to it.", on.Long())
	}
	if existing != uuid.Nil {
		before, err := LockMeeting(tx, existing)
		if err != nil || before.Brought {
			return before.ID, err
		}
		if before.RoomSeq > 0 {
			return uuid.Nil, fault.New(fault.Conflict, "The meeting of %s was held in Quorate, so its decisions are on its own record.", on.Long())
		}
		err = db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", before.ID, before.Version).Updates(map[string]any{
			"status": Closed, "brought": true, "papers_due_on": nil, "agenda_out_on": nil, "minutes_out_on": nil, "version": before.Version + 1,
		}))
		if err != nil {
			return uuid.Nil, err
		}
		return before.ID, record(tx, "meeting.brought", before.ID, forumID, map[string]any{"status": before.Status}, map[string]any{"status": Closed})
	}
	terms, err := TermsInForce(tx, forumID, on)
	if err != nil {
		return uuid.Nil, err
	}
	begins, err := calendar.ParseTimeOfDay(terms.StartTime)
	if err != nil {
		return uuid.Nil, err
	}
	meeting := Meeting{
		ID: newID(), ForumID: forumID, StartsAt: begins.On(on).UTC(), Status: Closed, Brought: true, CreatedAt: tx.Now, ChangedAt: tx.Now, Version: 1,
	}
	meeting.EndsAt = meeting.StartsAt.Add(time.Duration(terms.DurationMinutes) * time.Minute)
	if err := tx.Create(&meeting).Error; err != nil {
		return uuid.Nil, err
	}
	return meeting.ID, record(tx, "meeting.brought", meeting.ID, forumID, nil, map[string]any{"on": on})
}
