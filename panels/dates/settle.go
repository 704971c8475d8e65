package dates

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Choice picks one date.
type Choice struct {
	PollID, SlotID  uuid.UUID
	Version         int
	NotQuorateKnown bool // whoever picks it knows that by the answers it is not quorate
	ClashesKnown    bool
}

// ChooseDate calls the meeting for one of the dates and settles the poll. Those who are to come get the
// meeting's calendar invitation; everybody else who was asked is told the date.
func (s Store) ChooseDate(ctx context.Context, actor access.Actor, choice Choice) (meeting panels.Meeting, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		poll, err := lockToRun(tx, choice.PollID)
		if err != nil {
			return err
		}
		if err := poll.mayStillSettle(); err != nil {
			return err
		}
		judged, err := judge(tx, poll)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(judged.prospects, func(p Prospect) bool { return p.Slot.ID == choice.SlotID })
		if at < 0 {
			return fault.New(fault.NotFound, "There is no such date to choose.")
		}
		if err := choice.check(tx, poll, judged.prospects[at]); err != nil {
			return err
		}
		slot := judged.prospects[at].Slot
		meeting, err = panels.CallExtraordinaryMeeting(tx, panels.NewMeeting{
			ForumID: poll.ForumID, StartsAt: slot.StartsAt, Duration: slot.EndsAt.Sub(slot.StartsAt), Venue: slot.Venue, JoiningLink: slot.JoiningLink,
		})
		if err != nil {
			return err
		}
		if err := poll.end(tx, choice.Version, map[string]any{"status": Settled, "meeting_id": meeting.ID}); err != nil {
			return err
		}
		after := map[string]any{"status": Settled, "meeting": meeting.ID, "starts_at": slot.StartsAt, "by_answers": judged.prospects[at].Words()}
		if err := record(tx, "date_poll.settled", poll, map[string]any{"status": poll.Status}, after); err != nil {
			return err
		}
		return tellChosen(tx, poll, meeting)
	})
	return meeting, err
}

func (c Choice) check(tx db.Tx, poll Poll, p Prospect) error {
	if p.Past {
		return fault.New(fault.Conflict, "That date has passed. Choose another one.")
	}
	var form fault.Form
	form.Require(p.Likely.Met() || c.NotQuorateKnown, "not_quorate_known", "By the answers so far the meeting would not be quorate. To choose this date all the same, say that you know this")
	clashes, err := clashesOf(tx, poll.ForumID, []Slot{p.Slot})
	if err != nil {
		return err
	}
	form.Require(!mustBeKnown(clashes) || c.ClashesKnown, "clashes_known", "This date clashes with something. To choose it all the same, say that you know this")
	problem := fault.As(form.Err())
	if problem == nil {
		return nil
	}
	problem.Kind = fault.Conflict
	return problem
}

// tellChosen tells those who get no calendar invitation which date it is.
func tellChosen(tx db.Tx, poll Poll, meeting panels.Meeting) error {
	attendees, err := panels.Attendees(tx, meeting)
	if err != nil {
		return err
	}
	people, err := peopleAsked(tx, poll)
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(id uuid.UUID) bool {
		return slices.ContainsFunc(attendees, func(a panels.Attendee) bool { return a.PersonID == id })
	})
	return tell(tx, NoticeChosen, poll, people...)
}

// Withdraw stops looking for a date, saying why. Everybody who was asked is told; the reason stays
// behind sign-in.
func (s Store) Withdraw(ctx context.Context, actor access.Actor, id uuid.UUID, version int, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		poll, err := lockToRun(tx, id)
		if err != nil {
			return err
		}
		if err := poll.mayStillSettle(); err != nil {
			return err
		}
		var form fault.Form
		form.Require(reason != "", "reason", "Enter why no date is looked for any more")
		form.Require(len([]rune(reason)) <= 500, "reason", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		if err := poll.end(tx, version, map[string]any{"status": Withdrawn, "withdrawn_reason": reason}); err != nil {
			return err
		}
		if err := record(tx, "date_poll.withdrawn", poll, map[string]any{"status": poll.Status}, map[string]any{"status": Withdrawn, "reason": reason}); err != nil {
			return err
		}
		people, err := peopleAsked(tx, poll)
		if err != nil {
			return err
		}
		return tell(tx, NoticeWithdrawn, poll, people...)
	})
}

// end ends a poll and every link to it.
func (p Poll) end(tx db.Tx, version int, how map[string]any) error {
	how["ended_by"], how["ended_at"], how["version"] = tx.Actor.PersonID, tx.Now, p.Version+1
	if err := db.RequireOne(tx.Model(&Poll{}).Where("id = ? and version = ?", p.ID, version).Updates(how)); err != nil {
		return err
	}
	return endLinks(tx, p)
}

// DueToClose is announced for the time at which a poll closes.
type DueToClose struct {
	Poll uuid.UUID `json:"poll"`
}

// Kind names the event.
func (DueToClose) Kind() string { return "date_poll.due_to_close" }

// Close closes a poll whose time is up and tells its clerk what the answers are. One that was given
// more time, or is closed already, stays as it is.
func (s Store) Close(ctx context.Context, due DueToClose) error {
	return s.DB.Write(ctx, byItself, func(tx db.Tx) error {
		poll, err := lockPoll(tx, due.Poll)
		if err != nil || poll.Status != Open || poll.IsOpen(tx.Now) {
			return err
		}
		err = db.RequireOne(tx.Model(&Poll{}).Where("id = ? and version = ?", poll.ID, poll.Version).
			Updates(map[string]any{"status": Closed, "version": poll.Version + 1}))
		if err != nil {
			return err
		}
		if err := endLinks(tx, poll); err != nil {
			return err
		}
		if err := record(tx, "date_poll.closed", poll, map[string]any{"status": Open}, map[string]any{"status": Closed}); err != nil {
			return err
		}
		clerks, err := whoChooses(tx, poll)
		if err != nil {
			return err
		}
		return tell(tx, NoticeClosed, poll, clerks...)
	})
}

// whoChooses lists the forum's clerks, and whoever asked while they may still choose.
func whoChooses(tx db.Tx, poll Poll) ([]uuid.UUID, error) {
	var people []uuid.UUID
	err := tx.Raw(`
		select distinct h.person_id from seat s join seat_holding h on h.seat_id = s.id
		where s.forum_id = @forum and s.office = 'clerk' and h.deputy_order = 0
			and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
		order by h.person_id`, map[string]any{"forum": poll.ForumID, "today": tx.Today()}).Scan(&people).Error
	if err != nil || slices.Contains(people, poll.ProposedBy) {
		return people, err
	}
	actors, err := panels.ActorsFor(tx, []uuid.UUID{poll.ProposedBy}, tx.Today())
	if actors[poll.ProposedBy].May(access.Schedule, poll.ForumID) {
		people = append(people, poll.ProposedBy)
	}
	return people, err
}

// DueToRemind is announced for one working day before a poll closes.
type DueToRemind struct {
	Poll uuid.UUID `json:"poll"`
}

// Kind names the event.
func (DueToRemind) Kind() string { return "date_poll.due_to_remind" }

// Remind asks those who have not answered once more, one working day before the close and once for
// each close.
func (s Store) Remind(ctx context.Context, due DueToRemind) error {
	return s.DB.Write(ctx, byItself, func(tx db.Tx) error {
		poll, err := lockPoll(tx, due.Poll)
		if err != nil || !poll.IsOpen(tx.Now) || poll.RemindedFor != nil && poll.RemindedFor.Equal(poll.ClosesAt) {
			return err
		}
		days, err := panels.WorkingDays(tx)
		if err != nil || tx.Now.Before(poll.remindsAt(days)) {
			return err
		}
		late, err := notAnswered(tx, poll)
		if err != nil {
			return err
		}
		if err := tx.Exec(`update date_poll set reminded_for = closes_at where id = ?`, poll.ID).Error; err != nil {
			return err
		}
		if err := record(tx, "date_poll.reminded", poll, nil, map[string]any{"people": peopleOf(late)}); err != nil {
			return err
		}
		return tell(tx, NoticeReminder, poll, peopleOf(late)...)
	})
}
