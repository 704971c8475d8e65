package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// EndSeries lets a series give no meeting after a last day. Its later meetings are cancelled with
// that reason. Where one of them has a published agenda or has begun, nothing is changed: that
// meeting is moved or cancelled on its own first.
func (s Store) EndSeries(ctx context.Context, actor access.Actor, id uuid.UUID, version int, lastDay clock.Date) (cancelled int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var series Series
		if err := tx.Raw(`select * from series where id = ? for no key update`, id).Take(&series).Error; err != nil {
			return orNotFound(err, "There is no such series.")
		}
		if err := actor.Check(access.Schedule, series.ForumID); err != nil {
			return err
		}
		if series.Draft {
			return fault.New(fault.Conflict, "This series is a draft. Change it, or throw it away.")
		}
		if lastDay.Before(tx.Today().AddDays(-1)) {
			return formError("ends_on", "The last day must be yesterday or later")
		}
		var meetings []Meeting
		err := tx.Raw(`select * from meeting where series_id = ? and occurrence_on > ? and status <> 'cancelled' and ends_at > ?
			order by starts_at for no key update`, id, lastDay, tx.Now).Scan(&meetings).Error
		if err != nil {
			return err
		}
		var gone []uuid.UUID
		for _, meeting := range meetings {
			if meeting.AgendaVersion > 0 || meeting.Status != Scheduled {
				return fault.New(fault.Conflict, "The meeting on %s has a published agenda or has begun. Cancel it on its own page first, or choose a later last day.", meeting.On().Long())
			}
			meeting.ByHand = false
			if err := cancel(tx, meeting, "The series of meetings has ended."); err != nil {
				return err
			}
			gone = append(gone, meeting.ID)
		}
		if err := announce(tx, gone...); err != nil {
			return err
		}
		cancelled = len(gone)
		ends := later(lastDay, series.StartsOn.AddDays(-1))
		err = db.RequireOne(tx.Model(&Series{}).Where("id = ? and version = ?", id, version).
			Updates(map[string]any{"ends_on": ends, "version": version + 1}))
		if err != nil {
			return err
		}
		return record(tx, "series.ended", id, series.ForumID, map[string]any{"ends_on": series.EndsOn}, map[string]any{"ends_on": ends})
	})
	return cancelled, err
}
