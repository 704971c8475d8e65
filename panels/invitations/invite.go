package invitations

import (
	"context"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/db"
)

// Invite brings the invitations of meetings that changed up to date: whoever should be told something
// else than they were gets one message, ten minutes from the first change.
func (s Store) Invite(ctx context.Context, changed panels.MeetingsChanged) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		var meetings []panels.Meeting
		err := tx.Raw(`
			select * from meeting where id in @ids and (status in ('scheduled', 'adjourned', 'cancelled') and ends_at > @now or status = 'closed' and starts_at > @now)
			order by starts_at, id`, map[string]any{"ids": changed.Meetings, "now": tx.Now}).Scan(&meetings).Error
		if err != nil {
			return err
		}
		return queue(tx, meetings)
	})
}

// Reseat brings the invitations of a forum's meetings to come up to date with who sits there now.
func (s Store) Reseat(ctx context.Context, changed panels.SeatsChanged) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		var meetings []panels.Meeting
		err := tx.Raw(`
			select * from meeting where forum_id = ? and status in ('scheduled', 'adjourned') and ends_at > ? order by starts_at, id`,
			changed.Forum, tx.Now).Scan(&meetings).Error
		if err != nil {
			return err
		}
		return queue(tx, meetings)
	})
}

// queue puts a notice in the outbox for everybody whose copy of a meeting is out of date. It asks ten
// times and puts them all in at once, however many meetings and people there are.
func queue(tx db.Tx, meetings []panels.Meeting) error {
	if len(meetings) == 0 {
		return nil
	}
	if err := awaitWriting(tx, meetings); err != nil {
		return err
	}
	forums, err := forumsOf(tx, meetings)
	if err != nil {
		return err
	}
	attendees, err := panels.AttendeesOf(tx, meetings...)
	if err != nil {
		return err
	}
	told, err := invitationsTo(tx, meetings...)
	if err != nil {
		return err
	}
	days, err := panels.WorkingDays(tx)
	if err != nil {
		return err
	}
	var notices []notify.Notice
	for _, m := range meetings {
		send := func(person uuid.UUID, last *Invitation, now copyNow) {
			if newsFor(last, now) != Nothing {
				soon := panels.StartsSoon(m.StartsAt, tx.Today(), days) || last != nil && panels.StartsSoon(last.StartsAt, tx.Today(), days)
				notices = append(notices, notify.Notice{Kind: Notice, IDs: notify.IDs{"meeting": m.ID}, To: person, Wait: settles, Urgent: soon})
			}
		}
		asked := map[uuid.UUID]bool{}
		for _, a := range attendees[m.ID] {
			asked[a.PersonID] = true
			send(a.PersonID, told[m.ID][a.PersonID], copyFor(m, forums[m.ForumID].Name, &a))
		}
		for person, last := range told[m.ID] {
			if !asked[person] {
				send(person, last, copyNow{})
			}
		}
	}
	return notify.Send(tx, notices...)
}

// awaitWriting waits until no message about the meetings is being written: it tells what was true when
// it was begun, and whoever was told that must hear otherwise. Those to be written wait for this change.
func awaitWriting(tx db.Tx, meetings []panels.Meeting) error {
	ids := make([]string, len(meetings))
	for i, m := range meetings {
		ids[i] = m.ID.String()
	}
	return tx.Exec(`select from outbox where ids ->> 'meeting' in ? and kind = ? and state = 'waiting' order by seq for update`, ids, Notice).Error
}

// copyFor is what somebody's copy of a meeting should say; attendee is nil for whoever is not asked.
func copyFor(m panels.Meeting, title string, attendee *panels.Attendee) copyNow {
	if attendee == nil || !toCome(m) {
		return copyNow{}
	}
	return copyNow{asked: true, email: attendee.Email, title: title, place: Place(m), startsAt: m.StartsAt, endsAt: m.EndsAt}
}

// toCome reports whether people are asked to a meeting: it has not begun, or was adjourned and goes on.
func toCome(m panels.Meeting) bool {
	return m.Status == panels.Scheduled || m.Status == panels.Adjourned
}

// forumsOf are the meetings' forums: their names are all that a meeting is called in a calendar.
func forumsOf(tx db.Tx, meetings []panels.Meeting) (map[uuid.UUID]panels.Forum, error) {
	ids := make([]uuid.UUID, len(meetings))
	for i, m := range meetings {
		ids[i] = m.ForumID
	}
	var list []panels.Forum
	if err := tx.Raw(`select * from forum where id in ?`, ids).Scan(&list).Error; err != nil {
		return nil, err
	}
	forums := make(map[uuid.UUID]panels.Forum, len(list))
	for _, f := range list {
		forums[f.ID] = f
	}
	return forums, nil
}

// invitationsTo are the copies told so far, by meeting and person.
func invitationsTo(tx db.Tx, meetings ...panels.Meeting) (map[uuid.UUID]map[uuid.UUID]*Invitation, error) {
	ids := make([]uuid.UUID, len(meetings))
	for i, m := range meetings {
		ids[i] = m.ID
	}
	var list []Invitation
	if err := tx.Raw(`select * from invitation where meeting_id in ?`, ids).Scan(&list).Error; err != nil {
		return nil, err
	}
	told := make(map[uuid.UUID]map[uuid.UUID]*Invitation, len(meetings))
	for i := range list {
		if told[list[i].MeetingID] == nil {
			told[list[i].MeetingID] = map[uuid.UUID]*Invitation{}
		}
		told[list[i].MeetingID][list[i].PersonID] = &list[i]
	}
	return told, nil
}
