package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ChangeTerms writes a new version of a forum's terms of reference, in force from terms.InForceOn.
// Past meetings keep the terms they had. basedOn is the number of the version that was read: when a
// newer one exists, the change is stale. Deadlines of meetings to come are counted anew, except
// where an agenda is already published. Nil standing items stay as they were.
func (s Store) ChangeTerms(ctx context.Context, actor access.Actor, forumID uuid.UUID, basedOn int, terms Terms) (Terms, error) {
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeForums, forumID); err != nil {
			return err
		}
		if err := lockForum(tx, forumID); err != nil {
			return err
		}
		versions, err := TermsVersions(tx, forumID)
		if err != nil {
			return err
		}
		latest := versions[0]
		if latest.Number != basedOn {
			return fault.New(fault.Stale, "Version %d of these terms was written while you were working. Look at it, then make your change again.", latest.Number)
		}
		if terms.StandingItems == nil {
			terms.StandingItems = latest.StandingItems
		}
		seats, err := SeatsOn(tx, forumID, tx.Today())
		if err != nil {
			return err
		}
		var form fault.Form
		terms.check(&form, seats)
		switch {
		case terms.InForceOn.IsZero():
			form.Add("in_force_on", "Enter the day from which the new terms apply")
		case terms.InForceOn.Before(tx.Today()):
			form.Add("in_force_on", "The day must be today or later: past meetings keep the terms they had")
		case terms.InForceOn.Before(latest.InForceOn):
			form.Add("in_force_on", "Version %d already applies from %s. Enter that day or a later one", latest.Number, latest.InForceOn.Long())
		}
		if err := form.Err(); err != nil {
			return err
		}
		terms.ID, terms.ForumID, terms.Number, terms.CreatedBy, terms.CreatedAt = newID(), forumID, latest.Number+1, actor.PersonID, tx.Now
		if err := tx.Create(&terms).Error; err != nil {
			return err
		}
		if err := resetDeadlines(tx, forumID, terms); err != nil {
			return err
		}
		return record(tx, "terms.changed", terms.ID, forumID, latest, terms)
	})
	return terms, err
}

// resetDeadlines counts the deadlines of the meetings that the new terms govern.
func resetDeadlines(tx db.Tx, forumID uuid.UUID, terms Terms) error {
	var meetings []Meeting
	from := later(terms.InForceOn, tx.Today())
	err := tx.Where("forum_id = ? and starts_at >= ? and status = ? and agenda_version = 0", forumID, from.Start(), Scheduled).
		Find(&meetings).Error
	if err != nil {
		return err
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return err
	}
	for _, m := range meetings {
		due := terms.DeadlinesFor(m.On(), clock.DateOf(m.CreatedAt), days)
		if due == (Deadlines{m.PapersDueOn, m.AgendaOutOn, m.MinutesOutOn}) {
			continue
		}
		err := db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", m.ID, m.Version).Updates(map[string]any{
			"papers_due_on": due.PapersDueOn, "agenda_out_on": due.AgendaOutOn, "minutes_out_on": due.MinutesOutOn,
			"version": m.Version + 1,
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

// lockForum keeps other changes to the forum's terms, seats and series waiting.
func lockForum(tx db.Tx, id uuid.UUID) error {
	var forum Forum
	err := tx.Raw(`select * from forum where id = ? for no key update`, id).Take(&forum).Error
	return orNotFound(err, "There is no such forum.")
}
