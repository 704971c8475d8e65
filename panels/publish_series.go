package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// PublishSeries turns a draft series into one that everybody sees, and tells its members once. What of
// it has passed meanwhile never was a meeting and goes.
func (s Store) PublishSeries(ctx context.Context, actor access.Actor, id uuid.UUID, version int) (published int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		series, err := lockDraft(tx, id)
		if err != nil {
			return err
		}
		series.Draft = false
		if err := checkOnlySeries(tx, series); err != nil {
			return err
		}
		meetings, err := draftsOf(tx, id)
		if err != nil {
			return err
		}
		deadlines, err := readDeadlineRule(tx, series.ForumID)
		if err != nil {
			return err
		}
		var told []uuid.UUID
		for _, meeting := range meetings {
			if !meeting.StartsAt.After(tx.Now) {
				if err := discard(tx, meeting); err != nil {
					return err
				}
				continue
			}
			meeting.Status, meeting.Sequence, meeting.ChangedAt = Scheduled, meeting.Sequence+1, tx.Now
			meeting.TimedAtSequence = meeting.Sequence
			deadlines.set(&meeting)
			if err := saveScheduling(tx, &meeting, meeting.Version); err != nil {
				return err
			}
			if err := record(tx, "meeting.scheduled", meeting.ID, meeting.ForumID, nil, whenAndWhere(meeting)); err != nil {
				return err
			}
			told = append(told, meeting.ID)
		}
		published = len(told)
		err = db.RequireOne(tx.Model(&Series{}).Where("id = ? and version = ?", id, version).Updates(map[string]any{"draft": false, "version": version + 1}))
		if err != nil {
			return err
		}
		if err := record(tx, "series.published", id, series.ForumID, nil, series); err != nil {
			return err
		}
		return announce(tx, told...)
	})
	return published, err
}

// DiscardSeries throws a draft series away, with its draft meetings.
func (s Store) DiscardSeries(ctx context.Context, actor access.Actor, id uuid.UUID, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		series, err := lockDraft(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Exec(`delete from meeting where series_id = ? and status = 'draft'`, id).Error; err != nil {
			return err
		}
		if err := db.RequireOne(tx.Exec(`delete from series where id = ? and version = ?`, id, version)); err != nil {
			return err
		}
		return record(tx, "series.discarded", id, series.ForumID, series, nil)
	})
}

// lockDraft finds a draft series for an actor who may schedule it, and keeps other changes to its
// forum's series waiting.
func lockDraft(tx db.Tx, id uuid.UUID) (Series, error) {
	series, err := lockSeries(tx, id)
	if err == nil && !series.Draft {
		err = fault.New(fault.Conflict, "These dates are published already.")
	}
	return series, err
}

// lockSeries finds a series for an actor who may schedule it, and keeps other changes to its forum's
// series waiting.
func lockSeries(tx db.Tx, id uuid.UUID) (Series, error) {
	series, err := SeriesByID(tx, id)
	if err != nil {
		return series, err
	}
	if err := lockForum(tx, series.ForumID); err != nil {
		return series, err
	}
	err = tx.Raw(`select * from series where id = ? for no key update`, id).Take(&series).Error
	return series, orNotFound(err, "There is no such series.")
}

// SeriesByID finds a series for an actor who may schedule its forum's meetings.
func SeriesByID(tx db.Tx, id uuid.UUID) (Series, error) {
	var series Series
	if err := tx.Raw(`select * from series where id = ?`, id).Take(&series).Error; err != nil {
		return series, orNotFound(err, "There is no such series.")
	}
	return series, tx.Actor.Check(access.Schedule, series.ForumID)
}

func draftsOf(tx db.Tx, series uuid.UUID) ([]Meeting, error) {
	var meetings []Meeting
	err := tx.Raw(`select * from meeting where series_id = ? and status = 'draft' order by starts_at for no key update`, series).Scan(&meetings).Error
	return meetings, err
}

// discard takes a draft meeting away: nobody was ever told of it.
func discard(tx db.Tx, meeting Meeting) error {
	if err := db.RequireOne(tx.Exec(`delete from meeting where id = ? and version = ? and status = 'draft'`, meeting.ID, meeting.Version)); err != nil {
		return err
	}
	return record(tx, "meeting.discarded", meeting.ID, meeting.ForumID, whenAndWhere(meeting), nil)
}
