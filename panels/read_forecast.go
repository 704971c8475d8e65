package panels

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// MeetingForecast is the outlook of a meeting with what it rests on.
type MeetingForecast struct {
	Forecast
	Attendees []Attendee
	Expect    Expectations
}

// ForecastOf looks ahead to some meetings by the replies so far. It asks eight times however many
// there are.
func ForecastOf(tx db.Tx, meetings ...Meeting) (map[uuid.UUID]MeetingForecast, error) {
	forecasts := make(map[uuid.UUID]MeetingForecast, len(meetings))
	if len(meetings) == 0 {
		return forecasts, nil
	}
	seats, err := SeatsAt(tx, meetings)
	if err != nil {
		return nil, err
	}
	asked, err := AttendeesOf(tx, meetings...)
	if err != nil {
		return nil, err
	}
	terms, err := TermsAt(tx, meetings)
	if err != nil {
		return nil, err
	}
	away, err := awayFrom(tx, meetings, asked)
	if err != nil {
		return nil, err
	}
	for _, m := range meetings {
		expect := Expect(asked[m.ID], away, m.On())
		forecasts[m.ID] = MeetingForecast{
			Forecast: ForecastQuorum(terms[m.ID], seats[m.ID], expect), Attendees: asked[m.ID], Expect: expect,
		}
	}
	return forecasts, nil
}

// awayFrom is when those asked to come are on leave around the meetings.
func awayFrom(tx db.Tx, meetings []Meeting, asked map[uuid.UUID][]Attendee) (map[uuid.UUID][]Away, error) {
	var people []uuid.UUID
	first, last := meetings[0].On(), meetings[0].On()
	for _, m := range meetings {
		first, last = earlier(first, m.On()), later(last, m.On())
		for _, a := range asked[m.ID] {
			people = append(people, a.PersonID)
		}
	}
	return AwayOn(tx, people, first, last)
}

// soon is how many working days ahead a meeting is looked at on Home.
const soon = 10

// MeetingInDoubt is a meeting that is not yet quorate.
type MeetingInDoubt struct {
	MeetingRow
	Forecast MeetingForecast
}

// MeetingsInDoubt lists the meetings within ten working days that are not yet quorate, of the forums
// whose replies the actor looks after.
func MeetingsInDoubt(tx db.Tx) ([]MeetingInDoubt, error) {
	var forums []uuid.UUID
	for _, forum := range seatForums(tx.Actor) {
		if tx.Actor.May(access.RecordReplies, forum) {
			forums = append(forums, forum)
		}
	}
	if len(forums) == 0 {
		return nil, nil
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return nil, err
	}
	rows, err := scheduledUntil(tx, days.AddWorkingDays(tx.Today(), soon), forums)
	if err != nil {
		return nil, err
	}
	forecasts, err := ForecastOf(tx, meetingsIn(rows)...)
	if err != nil {
		return nil, err
	}
	var doubtful []MeetingInDoubt
	for _, row := range rows {
		if forecast := forecasts[row.ID]; forecast.Outlook != WillBeQuorate {
			doubtful = append(doubtful, MeetingInDoubt{MeetingRow: row, Forecast: forecast})
		}
	}
	return doubtful, nil
}

// scheduledUntil lists the meetings from now to the end of a day that have not begun; no forums means
// every forum.
func scheduledUntil(tx db.Tx, until clock.Date, forums []uuid.UUID) ([]MeetingRow, error) {
	var rows []MeetingRow
	err := tx.Raw(selectMeetingRows+`
		where m.status = 'scheduled' and m.starts_at > @now and m.starts_at < @until and (@all or m.forum_id in @forums)
		order by m.starts_at, m.id limit @limit`, map[string]any{
		"now": tx.Now, "until": until.AddDays(1).Start(), "all": len(forums) == 0, "forums": orNone(forums), "limit": listLimit,
	}).Scan(&rows).Error
	return rows, err
}

// orNone keeps a list that may be empty fit for "in".
func orNone(ids []uuid.UUID) []uuid.UUID {
	if len(ids) == 0 {
		return []uuid.UUID{uuid.Nil}
	}
	return ids
}

func meetingsIn(rows []MeetingRow) []Meeting {
	meetings := make([]Meeting, len(rows))
	for i, row := range rows {
		meetings[i] = row.Meeting
	}
	return meetings
}

// askingAhead is how many days ahead somebody is asked on Home whether they will come.
const askingAhead = 28

// RepliesWaiting lists the meetings within four weeks that wait for the actor's reply, soonest first.
func RepliesWaiting(tx db.Tx) ([]MeetingRow, error) {
	rows, asked, err := askedAhead(tx)
	return slices.DeleteFunc(rows, func(row MeetingRow) bool {
		return !slices.ContainsFunc(asked[row.ID], func(a Attendee) bool { return a.PersonID == tx.Actor.PersonID && a.Reply == nil })
	}), err
}

// askedAhead lists the meetings within four weeks at which the actor may have a place, with who is
// asked to each.
func askedAhead(tx db.Tx) (rows []MeetingRow, asked map[uuid.UUID][]Attendee, err error) {
	if !tx.Actor.IsPerson() {
		return nil, nil, nil
	}
	err = tx.Raw(selectMeetingRows+`
		where m.status = 'scheduled' and m.starts_at > @now and m.starts_at < @until
			and (m.forum_id in @forums or m.id in (select meeting_id from meeting_guest where person_id = @me and ended_at is null))
		order by m.starts_at, m.id limit 50`, map[string]any{
		"now": tx.Now, "until": tx.Today().AddDays(askingAhead + 1).Start(), "forums": orNone(seatForums(tx.Actor)), "me": tx.Actor.PersonID,
	}).Scan(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	asked, err = AttendeesOf(tx, meetingsIn(rows)...)
	return rows, asked, err
}
