package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SeriesChange asks that a series go otherwise.
type SeriesChange struct {
	SeriesID     uuid.UUID
	Version      int
	From         clock.Date // this meeting's planned day and all that follow; Not known: all from today on
	To           Series     // rule, first and last day, time, length, place, bank holidays and pauses, as they are to be; a first day left as it was is From
	MovedToo     bool       // meetings moved by hand follow it as well
	CancelledToo bool       // meetings cancelled by hand are held again
}

// ChangeSeries changes a series from a meeting on, or all of it from today on. A meeting that continues
// stays the same meeting, so that it moves in people's calendars; what has no place in the new pattern
// is cancelled, and what is new is added. Meetings changed by hand stay as they are unless asked for.
// Where a meeting it would touch has a published agenda or has begun, nothing is changed. Everybody is
// told once; of a draft nobody is.
func (s Store) ChangeSeries(ctx context.Context, actor access.Actor, change SeriesChange) (proposal SeriesProposal, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		series, err := lockSeries(tx, change.SeriesID)
		if err != nil {
			return err
		}
		if proposal, err = proposeChange(tx, series, change); err != nil {
			return err
		}
		if err := proposal.refusal(); err != nil {
			return err
		}
		if err := proposal.saveSeries(tx, change.Version); err != nil {
			return err
		}
		changed, err := proposal.saveMeetings(tx)
		if err != nil || series.Draft {
			return err
		}
		return announce(tx, changed...)
	})
	return proposal, err
}

// PreviewChange says what ChangeSeries would do, without doing it.
func PreviewChange(tx db.Tx, change SeriesChange) (SeriesProposal, error) {
	series, err := SeriesByID(tx, change.SeriesID)
	if err != nil {
		return SeriesProposal{}, err
	}
	return proposeChange(tx, series, change)
}

// refusal names the meetings for whose sake nothing is changed.
func (p SeriesProposal) refusal() error {
	if len(p.InTheWay) == 0 {
		return nil
	}
	sentence := ""
	for _, obstacle := range p.InTheWay {
		sentence += "The meeting on " + obstacle.Meeting.On().Long() + " " + obstacle.Because + ". "
	}
	return fault.New(fault.Conflict, "%sNothing was changed. Move or cancel that meeting on its own page first, or change the series from a later meeting.", sentence)
}

// saveSeries writes the series: in place, or the old one ended and the new one begun.
func (p SeriesProposal) saveSeries(tx db.Tx, version int) error {
	after := p.After
	if !p.Splits {
		err := db.RequireOne(tx.Model(&Series{}).Where("id = ? and version = ?", after.ID, version).
			Select("rule", "starts_on", "ends_on", "start_time", "duration_minutes", "venue", "joining_link", "bank_holiday", "pauses", "version").
			Updates(&Series{
				Rule: after.Rule, StartsOn: after.StartsOn, EndsOn: after.EndsOn, StartTime: after.StartTime, DurationMinutes: after.DurationMinutes,
				Venue: after.Venue, JoiningLink: after.JoiningLink, BankHoliday: after.BankHoliday, Pauses: after.Pauses, Version: version + 1,
			}))
		if err != nil {
			return err
		}
		return record(tx, "series.changed", after.ID, after.ForumID, p.Before, after)
	}
	ends := earlier(p.From, after.StartsOn).AddDays(-1)
	err := db.RequireOne(tx.Model(&Series{}).Where("id = ? and version = ?", p.Before.ID, version).Updates(map[string]any{"ends_on": ends, "version": version + 1}))
	if err != nil {
		return err
	}
	if err := record(tx, "series.ended", p.Before.ID, after.ForumID, map[string]any{"ends_on": p.Before.EndsOn}, map[string]any{"ends_on": ends}); err != nil {
		return err
	}
	if err := tx.Create(&after).Error; err != nil {
		return err
	}
	return record(tx, "series.scheduled", after.ID, after.ForumID, nil, after)
}

// saveMeetings writes the meetings and gives those that people must hear of.
func (p SeriesProposal) saveMeetings(tx db.Tx) (changed []uuid.UUID, err error) {
	if err := p.freeOccurrences(tx); err != nil {
		return nil, err
	}
	for _, m := range p.Meetings {
		after := m.After
		switch m.Kind {
		case MeetingAdded:
			after.ID, after.CreatedAt = newID(), tx.Now
			if err := tx.Create(&after).Error; err != nil {
				return nil, err
			}
		case MeetingGone:
			if m.Before.Status == Draft {
				if err := discard(tx, m.Before); err != nil {
					return nil, err
				}
				continue
			}
			gone := m.Before
			gone.ByHand = false
			if err := cancel(tx, gone, "The series of meetings was changed."); err != nil {
				return nil, err
			}
			changed = append(changed, gone.ID)
			continue
		default:
			if m.settled() {
				continue
			}
			if err := saveScheduling(tx, &after, m.Before.Version); err != nil {
				return nil, err
			}
		}
		if action := m.Kind.audited(); action != "" {
			var before any
			if m.Kind != MeetingAdded {
				before = whenAndWhere(m.Before)
			}
			if err := record(tx, action, after.ID, after.ForumID, before, whenAndWhere(after)); err != nil {
				return nil, err
			}
			changed = append(changed, after.ID)
		}
	}
	return changed, nil
}

// freeOccurrences takes the planned days that are given anew from those that have them now, since no
// two meetings of a series have the same.
func (p SeriesProposal) freeOccurrences(tx db.Tx) error {
	days, moved := []clock.Date{{}}, []uuid.UUID{uuid.Nil}
	for _, m := range p.Meetings {
		if m.Kind == MeetingGone || m.settled() {
			continue
		}
		days = append(days, m.After.OccurrenceOn)
		if m.Kind != MeetingAdded {
			moved = append(moved, m.Before.ID)
		}
	}
	return tx.Exec(`update meeting set occurrence_on = null where series_id = @series and (id in @moved or occurrence_on in @days)`,
		map[string]any{"series": p.After.ID, "moved": moved, "days": days}).Error
}

// settled reports whether nothing about the meeting is to be written.
func (m MeetingChange) settled() bool {
	return (m.Kind == MeetingSame || m.Kind == MeetingLeft) && m.After.OccurrenceOn == m.Before.OccurrenceOn && *m.After.SeriesID == *m.Before.SeriesID
}
