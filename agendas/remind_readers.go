package agendas

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NoticeUnread reminds somebody that they have not opened the agenda that is out.
const NoticeUnread notify.Kind = "agenda_unread"

// RemindReaders reminds everybody who has not opened the agenda that is out, each once a day, and says how
// many that was. Whoever asks is not reminded.
func (s Store) RemindReaders(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (reminded int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, meetingID)
		if err != nil {
			return err
		}
		if err := tx.Actor.Check(access.BuildAgenda, meeting.ForumID); err != nil {
			return err
		}
		if meeting.AgendaVersion == 0 {
			return notOut
		}
		if !mayRemind(tx, meeting) {
			return fault.New(fault.Conflict, "The meeting is not to come any more, so nobody is reminded.")
		}
		values := readersAt(meeting)
		values["today"], values["now"], values["me"] = tx.Today(), tx.Now, actor.PersonID
		var people []uuid.UUID
		err = tx.Raw(`
			insert into agenda_reminder (meeting_id, version, person_id, on_date, reminded_by, reminded_at)
			select distinct cast(@meeting as uuid), cast(@version as integer), p.id, cast(@today as date), cast(@me as uuid), cast(@now as timestamptz)
			from (`+readers+`) r join person p on p.id = r.person_id
			where p.id <> @me and (p.ended_on is null or p.ended_on > @on) and not exists (
				select from agenda_read o where o.meeting_id = @meeting and o.version = @version and o.person_id = p.id)
			on conflict do nothing returning person_id`, values).Scan(&people).Error
		if err != nil {
			return err
		}
		for _, person := range people {
			if err := notify.Send(tx, notify.Notice{Kind: NoticeUnread, IDs: notify.IDs{"meeting": meeting.ID}, To: person}); err != nil {
				return err
			}
		}
		if reminded = len(people); reminded == 0 {
			return nil
		}
		return record(tx, "agenda.reminded", meeting.ID.String(), meeting.ForumID, nil, map[string]any{"version": meeting.AgendaVersion, "people": people})
	})
	return reminded, err
}

// writeUnread says nothing to whoever has opened the agenda meanwhile, nor of a meeting that is not to come.
func writeUnread(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	meeting, err := panels.MeetingByID(tx, n.IDs["meeting"])
	if fault.Is(err, fault.NotFound) {
		return notify.Mail{}, false, nil
	}
	if err != nil {
		return notify.Mail{}, false, err
	}
	forum, err := panels.ForumByID(tx, meeting.ForumID)
	if err != nil {
		return notify.Mail{}, false, err
	}
	path, err := agendaPathFor(tx, meeting, n.To)
	if err != nil {
		return notify.Mail{}, false, err
	}
	var opened int
	err = tx.Raw(`select coalesce(max(version), 0) from agenda_read where meeting_id = ? and person_id = ?`, meeting.ID, n.To).Scan(&opened).Error
	what := fmt.Sprintf("You have not opened the agenda for the meeting of %s on %s.", forum.Name, clock.Moment(meeting.StartsAt))
	if opened > 0 {
		what = fmt.Sprintf("The agenda for the meeting of %s on %s has changed since you opened it: version %d is out.", forum.Name, clock.Moment(meeting.StartsAt), meeting.AgendaVersion)
	}
	return notify.Mail{
		Subject: fmt.Sprintf("Please read the agenda: %s, %s.", forum.Name, meeting.On().LongWithWeekday()),
		Lines:   []string{what, "Read it, and declare any interest before the meeting."},
		Link:    notify.Link{Text: "Read the agenda", Path: path},
		Why:     fmt.Sprintf("You have a seat at %s, or a part in an item there. Its clerk asked us to remind you.", forum.Name),
	}, mayRemind(tx, meeting) && opened < meeting.AgendaVersion, err
}
