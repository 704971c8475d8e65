package dates

import (
	"context"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AddSlot adds a date while the poll is open. Everybody is asked about it.
func (s Store) AddSlot(ctx context.Context, actor access.Actor, id uuid.UUID, wanted NewSlot, clashesKnown bool) (slot Slot, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		poll, err := lockToRun(tx, id)
		if err != nil {
			return err
		}
		if err := poll.mayAskMore(tx.Now); err != nil {
			return err
		}
		already, err := slotsOf(tx, poll.ID)
		if err != nil {
			return err
		}
		var form fault.Form
		made := poll.newSlots(tx, &form, []NewSlot{wanted}, already)
		if len(made) == 1 && made[0].StartsAt.Before(poll.ClosesAt) {
			form.Add(wanted.Field+"starts_on", "Answers are taken until %s, so the date must be later", clock.Moment(poll.ClosesAt))
		}
		if len(already) >= MostSlots {
			form.Add(wanted.Field+"starts_on", "There are %d dates already, which is the most there can be", len(already))
		}
		if err := form.Err(); err != nil {
			return err
		}
		slot = made[0]
		if !clashesKnown {
			if err := mustNotClash(tx, poll.ForumID, made); err != nil {
				return err
			}
		}
		if err := tx.Create(&slot).Error; err != nil {
			return err
		}
		if err := record(tx, "date_poll.slot_added", poll, nil, map[string]any{"starts_at": slot.StartsAt, "ends_at": slot.EndsAt, "venue": slot.Venue}); err != nil {
			return err
		}
		people, err := peopleAsked(tx, poll)
		if err != nil {
			return err
		}
		return tell(tx, NoticeAsked, poll, people...)
	})
	return slot, err
}

// AskPerson asks somebody else while the poll is open.
func (s Store) AskPerson(ctx context.Context, actor access.Actor, id uuid.UUID, wanted NewInvitee) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		poll, err := lockToRun(tx, id)
		if err != nil {
			return err
		}
		if err := poll.mayAskMore(tx.Now); err != nil {
			return err
		}
		var form fault.Form
		invitees, err := poll.newInvitees(tx, &form, []NewInvitee{wanted})
		if err != nil {
			return err
		}
		people, err := peopleAsked(tx, poll)
		if err != nil {
			return err
		}
		form.Require(len(people) < MostPeople, "person", "As many people are asked as there can be")
		if err := form.Err(); err != nil {
			return err
		}
		invitee := invitees[0]
		// Somebody who was asked before and then no longer is asked anew; what they said then stands.
		done := tx.Exec(`
			insert into date_invitee (id, poll_id, person_id, reason, asked_by, asked_at) values (@id, @poll, @person, @reason, @by, @now)
			on conflict (poll_id, person_id) do update set reason = excluded.reason, asked_by = excluded.asked_by, asked_at = excluded.asked_at, ended_at = null
			where date_invitee.ended_at is not null`, map[string]any{
			"id": invitee.ID, "poll": poll.ID, "person": invitee.PersonID, "reason": invitee.Reason, "by": actor.PersonID, "now": tx.Now,
		})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			form.Add("person", "They are asked already")
			return form.Err()
		}
		if err := record(tx, "date_poll.person_asked", poll, nil, map[string]any{"person": invitee.PersonID, "reason": invitee.Reason}); err != nil {
			return err
		}
		return tell(tx, NoticeAsked, poll, invitee.PersonID)
	})
}

// StopAsking takes somebody out: their answers no longer count, and their links no longer work.
func (s Store) StopAsking(ctx context.Context, actor access.Actor, id, person uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		poll, err := lockToRun(tx, id)
		if err != nil {
			return err
		}
		if err := poll.mayStillSettle(); err != nil {
			return err
		}
		invitee, err := inviteeOf(tx, poll.ID, person)
		if err != nil {
			return orNotFound(err, "They are not asked, or no longer.")
		}
		if err := db.RequireOne(tx.Exec(`update date_invitee set ended_at = ? where id = ? and ended_at is null`, tx.Now, invitee.ID)); err != nil {
			return err
		}
		if err := tx.Exec(`update date_link set ended_at = ? where invitee_id = ? and ended_at is null`, tx.Now, invitee.ID).Error; err != nil {
			return err
		}
		return record(tx, "date_poll.person_left_out", poll, map[string]any{"person": person}, nil)
	})
}

// AskAgain asks those who have not answered, or one of them, once more; each once a day at most. It
// says how many it asked.
func (s Store) AskAgain(ctx context.Context, actor access.Actor, id, only uuid.UUID) (asked int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		poll, err := lockToRun(tx, id)
		if err != nil {
			return err
		}
		if err := poll.mayAskMore(tx.Now); err != nil {
			return err
		}
		late, err := notAnswered(tx, poll)
		if err != nil {
			return err
		}
		var people, invitees []uuid.UUID
		for _, invitee := range late {
			if (only == uuid.Nil || invitee.PersonID == only) && clock.DateOf(invitee.AskedAt).Before(tx.Today()) {
				people, invitees = append(people, invitee.PersonID), append(invitees, invitee.ID)
			}
		}
		if asked = len(people); asked == 0 {
			if len(late) == 0 {
				return fault.New(fault.Conflict, "Everyone has answered.")
			}
			return fault.New(fault.Conflict, "Those who have not answered were asked today. You can ask them again tomorrow.")
		}
		if err := tx.Exec(`update date_invitee set asked_at = ? where id in ?`, tx.Now, invitees).Error; err != nil {
			return err
		}
		if err := record(tx, "date_poll.asked_again", poll, nil, map[string]any{"people": people}); err != nil {
			return err
		}
		return tell(tx, NoticeReminder, poll, people...)
	})
	return asked, err
}

// Extend takes answers until later, also when the poll has closed meanwhile. Those who have not
// answered are told.
func (s Store) Extend(ctx context.Context, actor access.Actor, id uuid.UUID, version int, closesAt time.Time) (poll Poll, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if poll, err = lockToRun(tx, id); err != nil {
			return err
		}
		if err := poll.mayStillSettle(); err != nil {
			return err
		}
		slots, err := slotsOf(tx, poll.ID)
		if err != nil {
			return err
		}
		was := poll.ClosesAt
		poll.ClosesAt = closesAt.UTC()
		var form fault.Form
		form.Require(!closesAt.IsZero(), "closes_on", "Enter the day and time to answer by")
		form.Require(closesAt.IsZero() || closesAt.After(was), "closes_on", "Enter a day and time after "+clock.Moment(was))
		form.Require(firstToCome(slots, tx.Now) != nil, "closes_on", "Every date has passed, so there is nothing left to answer. Withdraw this and ask about other dates")
		if !closesAt.IsZero() {
			poll.checkClose(&form, slots, tx.Now)
		}
		if err := form.Err(); err != nil {
			return err
		}
		if !was.After(tx.Now) { // the links ended with the close that has been, whether or not its job has run
			if err := endLinks(tx, poll); err != nil {
				return err
			}
		}
		err = db.RequireOne(tx.Model(&Poll{}).Where("id = ? and version = ?", id, version).Updates(map[string]any{
			"status": Open, "closes_at": poll.ClosesAt, "version": poll.Version + 1,
		}))
		if err != nil {
			return err
		}
		poll.Status, poll.Version = Open, poll.Version+1
		if err := record(tx, "date_poll.extended", poll, map[string]any{"closes_at": was}, map[string]any{"closes_at": poll.ClosesAt}); err != nil {
			return err
		}
		late, err := notAnswered(tx, poll)
		if err != nil {
			return err
		}
		if err := tell(tx, NoticeReminder, poll, peopleOf(late)...); err != nil {
			return err
		}
		return poll.wake(tx)
	})
	return poll, err
}

// peopleAsked lists everybody who is asked.
func peopleAsked(tx db.Tx, poll Poll) ([]uuid.UUID, error) {
	var people []uuid.UUID
	err := tx.Raw(`select person_id from date_invitee where poll_id = ? and ended_at is null order by id`, poll.ID).Scan(&people).Error
	return people, err
}

// notAnswered lists those who have not answered each date to come.
func notAnswered(tx db.Tx, poll Poll) ([]Invitee, error) {
	var late []Invitee
	err := tx.Raw(`
		select i.* from date_invitee i
		where i.poll_id = @poll and i.ended_at is null and exists (
			select from date_slot s where s.poll_id = i.poll_id and s.starts_at > @now
				and not exists (select from date_answer a where a.invitee_id = i.id and a.slot_id = s.id))
		order by i.id`, map[string]any{"poll": poll.ID, "now": tx.Now}).Scan(&late).Error
	return late, err
}
