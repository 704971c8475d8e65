package panels

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// NoticeQuorumInDoubt warns a clerk and a chair that a meeting is not yet quorate.
const NoticeQuorumInDoubt notify.Kind = "quorum_in_doubt"

// warnAhead is how many working days before a meeting its clerk and chair are warned.
const warnAhead = 5

// WarnOfQuorum tells the clerk and the chair of every meeting within five working days that is not
// forecast quorate: once, and again when the forecast gets worse. It runs each working morning, and a
// meeting that moves is looked at afresh. It returns how many notices it sent.
func (s Store) WarnOfQuorum(ctx context.Context) (sent int, err error) {
	var meetings []Meeting
	var forecasts map[uuid.UUID]MeetingForecast
	err = s.DB.Read(ctx, chaser, func(tx db.Tx) error {
		days, err := WorkingDays(tx)
		if err != nil || !days.IsWorkingDay(tx.Today()) {
			return err
		}
		rows, err := scheduledUntil(tx, days.AddWorkingDays(tx.Today(), warnAhead), nil)
		if err != nil {
			return err
		}
		meetings = meetingsIn(rows)
		forecasts, err = ForecastOf(tx, meetings...)
		return err
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, m := range meetings {
		told, err := s.warnOf(ctx, m, forecasts[m.ID].Forecast)
		if err != nil {
			failed = append(failed, fmt.Errorf("panels: warn of meeting %s: %w", m.ID, err))
		}
		sent += told
	}
	return sent, errors.Join(failed...)
}

// warnOf keeps how the forecast stands and tells people when that is worse than it was.
func (s Store) warnOf(ctx context.Context, m Meeting, forecast Forecast) (sent int, err error) {
	err = s.DB.Write(ctx, chaser, func(tx db.Tx) error {
		sent = 0
		meeting, err := LockMeeting(tx, m.ID)
		if err != nil || meeting.Status != Scheduled || meeting.TimedAtSequence != m.TimedAtSequence {
			return err // it changed since the forecast was made; tomorrow is soon enough
		}
		var before []int
		err = tx.Raw(`select severity from forecast_warning where meeting_id = ? and timed_at_sequence = ?`, meeting.ID, meeting.TimedAtSequence).Scan(&before).Error
		if err != nil {
			return err
		}
		err = tx.Exec(`
			insert into forecast_warning (meeting_id, timed_at_sequence, severity, looked_on) values (?, ?, ?, ?)
			on conflict (meeting_id, timed_at_sequence) do update set severity = excluded.severity, looked_on = excluded.looked_on`,
			meeting.ID, meeting.TimedAtSequence, forecast.Severity(), tx.Today()).Error
		if err != nil || forecast.Severity() == 0 || len(before) > 0 && before[0] >= forecast.Severity() {
			return err
		}
		seats, err := SeatsOn(tx, meeting.ForumID, tx.Today())
		if err != nil {
			return err
		}
		people := officers(seats, access.Clerk, access.Chair)
		sent = len(people)
		if err := tell(tx, NoticeQuorumInDoubt, meeting, people); err != nil {
			return err
		}
		return record(tx, "meeting.quorum_warned", meeting.ID, meeting.ForumID, nil, map[string]any{"outlook": forecast.Outlook})
	})
	return sent, err
}

// writeQuorumInDoubt says nothing once the meeting is forecast quorate.
func writeQuorumInDoubt(tx db.Tx, c coming) (notify.Mail, bool, error) {
	forecasts, err := ForecastOf(tx, c.meeting)
	if err != nil {
		return notify.Mail{}, false, err
	}
	forecast := forecasts[c.meeting.ID]
	subject := "Not yet quorate"
	if forecast.Outlook == NotQuorate {
		subject = "Not quorate"
	}
	return notify.Mail{
		Subject: fmt.Sprintf("%s: %s, %s.", subject, c.forum.Name, c.meeting.On().LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("By the replies so far, %s on %s may not be able to decide anything.", c.forum.Name, clock.Moment(c.meeting.StartsAt)),
			forecast.Words() + ".",
			"Chase those who have not answered, ask for a deputy, or move the meeting.",
		},
		Facts: c.facts(),
		Link:  notify.Link{Text: "See who is coming", Path: "/meetings/" + c.meeting.ID.String() + "#replies"},
		Why:   fmt.Sprintf("You are clerk or chair of %s.", c.forum.Name),
	}, forecast.Outlook != WillBeQuorate, nil
}
