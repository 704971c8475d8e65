package room

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// VoteStage is when somebody is reminded of a vote by correspondence.
type VoteStage string

// The stages; the later overtakes an earlier one that was missed.
const (
	TwoDaysBefore VoteStage = "two_days" // working days
	DayBefore     VoteStage = "day"
)

// VoteStageOn is the stage of a vote's reminders on a day, or "": two working days before it closes, and
// the working day before. On the day itself nobody is reminded, nor on the day they were asked.
func VoteStageOn(today, closesOn, askedOn clock.Date, days calendar.WorkingDays) VoteStage {
	switch {
	case !days.IsWorkingDay(today) || !askedOn.Before(today) || !today.Before(closesOn):
		return ""
	case !today.Before(days.AddWorkingDays(closesOn, -1)):
		return DayBefore
	case !today.Before(days.AddWorkingDays(closesOn, -2)):
		return TwoDaysBefore
	}
	return ""
}

// notAnswered is SQL for what is asked of somebody, a of an open vote v by correspondence, and not answered:
// the position is not given, or they have not said that they read it. Whoever left for the item is asked nothing.
const notAnswered = `(
	not exists (select from ballot b where b.vote_id = a.vote_id and b.votes_for = a.votes_for and b.superseded_at is null)
	and (a.gives or not coalesce((select t.present from attendance t where t.meeting_id = v.meeting_id and t.person_id = a.person_id order by t.id desc limit 1), false))
	and not exists (select from left_item n where n.item_id = v.item_id and n.person_id = a.person_id)
	and not exists (select from voteless_item n where n.item_id = v.item_id and n.person_id = a.person_id))`

// RemindCorrespondence reminds, two working days and the day before a vote by correspondence closes, those
// who have not answered and nobody else. It runs each morning and says each stage once. Whoever is to
// answer since somebody left or went away is asked first.
func (s *Store) RemindCorrespondence(ctx context.Context) (reminded int, err error) {
	var open []uuid.UUID
	err = s.DB.Read(ctx, postman, func(tx db.Tx) error {
		return tx.Raw(`select v.meeting_id from vote v join meeting m on m.id = v.meeting_id
			where v.closed_at is null and m.kind = 'correspondence' and m.status = 'in_session' and m.ends_at > ? order by m.ends_at, m.id`, tx.Now).Scan(&open).Error
	})
	var failed []error
	for _, meeting := range open {
		told, err := s.remindVoters(ctx, meeting)
		if err != nil {
			failed = append(failed, fmt.Errorf("room: remind voters of meeting %s: %w", meeting, err))
		}
		reminded += told
	}
	return reminded, errors.Join(append(failed, err)...)
}

func (s *Store) remindVoters(ctx context.Context, meetingID uuid.UUID) (told int, err error) {
	err = s.DB.Write(ctx, postman, func(tx db.Tx) error {
		told = 0
		meeting, err := panels.LockMeeting(tx, meetingID)
		if err != nil {
			return err
		}
		sitting, err := s.sitApart(tx, meeting, stands{})
		if err != nil {
			return err
		}
		vote, err := sitting.openVote()
		if err != nil || vote == nil {
			return err
		}
		if err := sitting.askInWriting(*vote); err != nil {
			return err
		}
		days, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		var silent []struct {
			PersonID uuid.UUID
			AskedAt  time.Time
		}
		err = tx.Raw(`select a.person_id, min(a.asked_at) as asked_at from correspondence_asked a join vote v on v.id = a.vote_id
			where a.vote_id = ? and `+notAnswered+` group by a.person_id order by a.person_id`, vote.ID).Scan(&silent).Error
		if err != nil {
			return err
		}
		for _, one := range silent {
			stage := VoteStageOn(tx.Today(), clock.DateOf(meeting.EndsAt), clock.DateOf(one.AskedAt), days)
			if stage == "" {
				continue
			}
			claim := tx.Exec(`insert into correspondence_reminder (vote_id, person_id, stage, sent_at) values (?, ?, ?, ?) on conflict do nothing`, vote.ID, one.PersonID, stage, tx.Now)
			if claim.Error != nil {
				return claim.Error
			}
			if claim.RowsAffected == 0 {
				continue
			}
			told++
			if err := notify.Send(tx, notify.Notice{Kind: NoticeCorrespondenceReminder, IDs: notify.IDs{"vote": vote.ID}, To: one.PersonID}); err != nil {
				return err
			}
		}
		if told == 0 {
			return nil
		}
		return audit.Record(tx, audit.Entry{Action: "correspondence.reminded", ObjectKind: "vote", ObjectID: vote.ID.String(), ForumID: meeting.ForumID, After: map[string]any{"people": told}})
	})
	return told, err
}
