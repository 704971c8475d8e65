package agendas

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Reading is an agenda that is out and that the actor may read, with how far they have read it.
type Reading struct {
	MeetingID uuid.UUID
	Version   int // that is out
	Opened    int // the latest version they have opened; 0 is none
}

// New reports whether the version that is out is still to be read.
func (r Reading) New() bool { return r.Opened < r.Version }

// Readings are those of some meetings' agendas that are out and that the actor may read, whole or their own
// items of it, as ShowPublished decides of one. It asks once, however many there are.
func Readings(tx db.Tx, meetings ...uuid.UUID) (map[uuid.UUID]Reading, error) {
	if !tx.Actor.IsPerson() || len(meetings) == 0 {
		return nil, nil
	}
	whole := []uuid.UUID{uuid.Nil} // forums whose agendas they read
	for _, seat := range tx.Actor.Seats {
		if tx.Actor.May(access.ReadAgenda, seat.ForumID) {
			whole = append(whole, seat.ForumID)
		}
	}
	var rows []Reading
	err := tx.Raw(`
		select m.id as meeting_id, m.agenda_version as version,
			coalesce((select max(r.version) from agenda_read r where r.meeting_id = m.id and r.person_id = @me), 0) as opened
		from meeting m
		where m.id in @meetings and m.agenda_version > 0 and (m.forum_id in @whole or exists (
			select from agenda_version v cross join jsonb_array_elements(v.content -> 'items') line
			join agenda_item i on i.meeting_id = m.id and i.id = (line ->> 'id')::uuid
			where v.meeting_id = m.id and v.version = m.agenda_version and (
				@presents and i.presenter_id = @me and i.state in ('listed', 'taken_off')
				or exists (select from guest_item g where g.meeting_id = m.id and g.item_id = i.id and g.person_id = @me))))`,
		map[string]any{"meetings": meetings, "whole": whole, "me": tx.Actor.PersonID, "presents": tx.Actor.Presenter}).Scan(&rows).Error
	byMeeting := make(map[uuid.UUID]Reading, len(rows))
	for _, row := range rows {
		byMeeting[row.MeetingID] = row
	}
	return byMeeting, err
}
