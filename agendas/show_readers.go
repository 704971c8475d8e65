package agendas

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Reader is somebody who is told of an agenda, with what they have opened of it.
type Reader struct {
	PersonID   uuid.UUID
	Name       string
	Parts      string // what for: "Adult social care manager; presents item 5"
	Opened     int    // the latest version they have opened; 0 is none
	OpenedAt   *time.Time
	RemindedAt *time.Time // of the version that is out
}

// ReadersPage is who has opened a published agenda.
type ReadersPage struct {
	Meeting panels.Meeting
	Forum   panels.Forum
	Version int // that is out
	Readers []Reader
	Closed  string // why nobody can be reminded any more
}

// Behind counts those who have not opened the version that is out.
func (p ReadersPage) Behind() (n int) {
	for _, r := range p.Readers {
		if r.Opened < p.Version {
			n++
		}
	}
	return n
}

// readers finds whom a meeting's agenda is for: whoever has a seat on its day, deputies included, and
// those who present a listed item or join one from outside. @meeting, @forum and @on say which.
const readers = `
	select h.person_id, s.name || case when h.deputy_order > 0 then ', deputy' else '' end as part, 1 as rank
	from seat_holding h join seat s on s.id = h.seat_id
	where s.forum_id = @forum and h.from_date <= @on and (h.to_date is null or h.to_date >= @on)
	union
	select presenter_id, 'presents item ' || number, 2
	from agenda_item where meeting_id = @meeting and presenter_id is not null and state = 'listed'
	union
	select g.person_id, 'guest in item ' || i.number, 3
	from meeting_guest g join agenda_item i on i.id = g.item_id and i.state = 'listed'
	where g.meeting_id = @meeting and g.ended_at is null`

func readersAt(meeting panels.Meeting) map[string]any {
	return map[string]any{"meeting": meeting.ID, "forum": meeting.ForumID, "on": meeting.On(), "version": meeting.AgendaVersion}
}

// ShowReaders lists who has opened a meeting's agenda and who has not, those first, for those who build it.
func ShowReaders(tx db.Tx, meetingID uuid.UUID) (page ReadersPage, err error) {
	if page.Meeting, err = panels.MeetingByID(tx, meetingID); err != nil {
		return page, err
	}
	if err := tx.Actor.Check(access.BuildAgenda, page.Meeting.ForumID); err != nil {
		return page, err
	}
	page.Version = page.Meeting.AgendaVersion
	if page.Version == 0 {
		return page, notOut
	}
	if page.Forum, err = panels.ForumByID(tx, page.Meeting.ForumID); err != nil {
		return page, err
	}
	if !mayRemind(tx, page.Meeting) {
		page.Closed = "The meeting is not to come any more, so nobody is reminded."
	}
	var rows []struct {
		Reader
		Part string
	}
	err = tx.Raw(`
		select p.id as person_id, p.name, r.part, coalesce(o.version, 0) as opened, o.read_at as opened_at,
			(select max(reminded_at) from agenda_reminder a where a.meeting_id = @meeting and a.version = @version and a.person_id = p.id) as reminded_at
		from (`+readers+`) r join person p on p.id = r.person_id
		left join lateral (
			select version, read_at from agenda_read where meeting_id = @meeting and person_id = p.id order by version desc limit 1) o on true
		where p.ended_on is null or p.ended_on > @on
		order by coalesce(o.version, 0) >= @version, lower(p.name), p.id, r.rank, r.part`, readersAt(page.Meeting)).Scan(&rows).Error
	for _, row := range rows {
		row.Part = strings.TrimSpace(row.Part)
		if last := len(page.Readers) - 1; last >= 0 && page.Readers[last].PersonID == row.PersonID {
			page.Readers[last].Parts += "; " + row.Part
			continue
		}
		row.Parts = row.Part
		page.Readers = append(page.Readers, row.Reader)
	}
	return page, err
}

// mayRemind: only of a meeting that is to come.
func mayRemind(tx db.Tx, meeting panels.Meeting) bool {
	return meeting.Status == panels.Scheduled && meeting.StartsAt.After(tx.Now)
}
