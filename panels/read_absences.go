package panels

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AwayOn lists when each of some people is away between two days, both included, without saying why.
// It asks once however many there are.
func AwayOn(tx db.Tx, people []uuid.UUID, from, to clock.Date) (map[uuid.UUID][]Away, error) {
	away := map[uuid.UUID][]Away{}
	if len(people) == 0 {
		return away, nil
	}
	var rows []Away
	err := tx.Raw(`
		select a.person_id, p.name, a.from_date, a.to_date from absence a join person p on p.id = a.person_id
		where a.person_id in @people and a.from_date <= @to and a.to_date >= @from
		order by a.from_date, a.id`, map[string]any{"people": people, "from": from, "to": to}).Scan(&rows).Error
	for _, row := range rows {
		away[row.PersonID] = append(away[row.PersonID], row)
	}
	return away, err
}

// MyAbsences lists the actor's absences that are not over, soonest first, and the past year's, latest first.
func MyAbsences(tx db.Tx) (coming, past []Absence, err error) {
	if !tx.Actor.IsPerson() {
		return nil, nil, nil
	}
	var rows []Absence
	err = tx.Raw(`select * from absence where person_id = ? and to_date >= ? order by from_date, id limit 200`,
		tx.Actor.PersonID, tx.Today().AddMonths(-12)).Scan(&rows).Error
	for _, row := range rows {
		if row.ToDate.Before(tx.Today()) {
			past = append(past, row)
		} else {
			coming = append(coming, row)
		}
	}
	slices.Reverse(past)
	return coming, past, err
}

// AbsencePage is one absence with what it touches.
type AbsencePage struct {
	Absence  Absence
	Name     string // whose it is
	Mine     bool
	Meetings []MeetingMissed
}

// MeetingMissed is a meeting that falls in an absence.
type MeetingMissed struct {
	MeetingRow
	Office  access.Office // the person's there
	Instead []string      // who comes or chairs instead: deputies who are not away themselves, the first first
}

// ShowAbsence is an absence for the person themselves, or for whoever recorded it for them.
func ShowAbsence(tx db.Tx, id uuid.UUID) (page AbsencePage, err error) {
	err = tx.Raw(`select * from absence where id = ?`, id).Take(&page.Absence).Error
	if err != nil {
		return page, orNotFound(err, "There is no such absence.")
	}
	if err := mayKnowKind(tx, page.Absence); err != nil {
		return page, err
	}
	person, err := PersonByID(tx, page.Absence.PersonID)
	if err != nil {
		return page, err
	}
	page.Name, page.Mine = person.Name, person.ID == tx.Actor.PersonID
	page.Meetings, err = meetingsMissed(tx, page.Absence.Away())
	return page, err
}

// mayKnowKind: why somebody is away is known to them and to whoever wrote it down for them, as long
// as they run a forum that person sits on. For all others there is no such absence.
func mayKnowKind(tx db.Tx, absence Absence) error {
	if tx.Actor.IsPerson() && absence.PersonID == tx.Actor.PersonID {
		return nil
	}
	if tx.Actor.IsPerson() && absence.RecordedBy == tx.Actor.PersonID {
		runs, err := runsForumOf(tx, absence.PersonID)
		if err != nil || runs {
			return err
		}
	}
	return fault.New(fault.NotFound, "There is no such absence.")
}

// meetingsMissed lists the meetings to come, of forums the actor may know of, at which the person
// holds a seat while away, with who could stand in.
func meetingsMissed(tx db.Tx, away Away) ([]MeetingMissed, error) {
	var rows []struct {
		MeetingRow
		SeatID uuid.UUID
		Office access.Office
	}
	err := tx.Raw(`
		select m.*, f.name as forum_name, f.slug as forum_slug, f.board, s.id as seat_id, s.office
		from seat_holding h
		join seat s on s.id = h.seat_id
		join forum f on f.id = s.forum_id
		join meeting m on m.forum_id = f.id
		where h.person_id = @person and h.deputy_order = 0
			and m.starts_at >= @from and m.starts_at < @to and m.ends_at > @now and m.status in ('draft', 'scheduled', 'adjourned')
			and h.from_date <= (m.starts_at at time zone 'Europe/London')::date
			and (h.to_date is null or h.to_date >= (m.starts_at at time zone 'Europe/London')::date)
		order by m.starts_at, m.id, s.position limit 200`, map[string]any{
		"person": away.PersonID, "from": away.FromDate.Start(), "to": away.ToDate.AddDays(1).Start(), "now": tx.Now,
	}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var forums []uuid.UUID
	for _, row := range rows {
		forums = append(forums, row.ForumID)
	}
	tables, err := readTables(tx, forums, away.FromDate, away.ToDate)
	if err != nil {
		return nil, err
	}
	var missed []MeetingMissed
	for _, row := range rows {
		if !mayKnowOf(tx.Actor, row.Meeting) {
			continue
		}
		m := MeetingMissed{MeetingRow: row.MeetingRow, Office: row.Office, Instead: tables.standIns(row.Meeting, row.SeatID, away.PersonID)}
		at := slices.IndexFunc(missed, func(other MeetingMissed) bool { return other.ID == m.ID })
		if at < 0 {
			missed = append(missed, m)
		} else if officeRank(m.Office) > officeRank(missed[at].Office) {
			missed[at] = m
		}
	}
	return missed, nil
}

// mayKnowOf reports whether the actor may know of a meeting: a draft only where they schedule.
func mayKnowOf(actor access.Actor, m Meeting) bool {
	if m.Status == Draft {
		return seesDrafts(actor, m.ForumID)
	}
	return actor.System != "" || actor.May(access.ReadMeeting, m.ForumID)
}

// AwayFromForum lists who of a forum is away between two days, soonest first, for those who may know
// of its meetings. It says when and not why.
func AwayFromForum(tx db.Tx, forumID uuid.UUID, from, to clock.Date) ([]Away, error) {
	if err := tx.Actor.Check(access.ReadMeeting, forumID); err != nil {
		return nil, err
	}
	var people []uuid.UUID
	err := tx.Raw(`
		select distinct h.person_id from seat s join seat_holding h on h.seat_id = s.id
		where s.forum_id = @forum and h.from_date <= @to and (h.to_date is null or h.to_date >= @from)`,
		map[string]any{"forum": forumID, "from": from, "to": to}).Scan(&people).Error
	if err != nil {
		return nil, err
	}
	byPerson, err := AwayOn(tx, people, from, to)
	var list []Away
	for _, away := range byPerson {
		list = append(list, away...)
	}
	slices.SortFunc(list, func(a, b Away) int {
		return cmp.Or(cmp.Compare(b.FromDate.DaysUntil(a.FromDate), 0), cmp.Compare(a.Name, b.Name), cmp.Compare(b.ToDate.DaysUntil(a.ToDate), 0))
	})
	return list, err
}

// RecordedForOthers lists the absences to come that the actor wrote down for people of a forum they
// run, and everybody there for whom they may write one down.
func RecordedForOthers(tx db.Tx, forumID uuid.UUID) (recorded []Absence, people []Person, err error) {
	if !tx.Actor.May(access.RecordAbsences, forumID) {
		return nil, nil, nil
	}
	err = tx.Raw(`
		select p.* from person p
		where p.id <> @me and (p.ended_on is null or p.ended_on > @today) and exists (
			select from seat_holding h join seat s on s.id = h.seat_id
			where h.person_id = p.id and s.forum_id = @forum and (h.to_date is null or h.to_date >= @today))
		order by p.name, p.id`, map[string]any{"me": tx.Actor.PersonID, "forum": forumID, "today": tx.Today()}).Scan(&people).Error
	if err != nil || len(people) == 0 {
		return nil, nil, err
	}
	ids := make([]uuid.UUID, len(people))
	for i, person := range people {
		ids[i] = person.ID
	}
	err = tx.Raw(`select * from absence where person_id in ? and recorded_by = ? and to_date >= ? order by from_date, id`,
		ids, tx.Actor.PersonID, tx.Today()).Scan(&recorded).Error
	return recorded, people, err
}
