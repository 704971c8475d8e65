package escalations

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// longestSnooze is how many days ahead a blocker may be put off.
const longestSnooze = 183

// Snooze puts a blocker off until a day, for a reason.
type Snooze struct {
	Until      clock.Date
	Reason     string
	AllTheSame bool // though it goes past the day it is needed by, or a birthday
	Version    int
}

// SnoozeBlocker keeps the rules from moving a blocker before a day. It ends by itself on that day or the next
// working day. The clock of its level does not stop: what fell due meanwhile moves it then.
func (s *Store) SnoozeBlocker(ctx context.Context, actor access.Actor, id uuid.UUID, snooze Snooze) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		b, err := lockBlocker(tx, id)
		if err != nil {
			return err
		}
		if err := mayChange(tx, b, snooze.Version); err != nil {
			return err
		}
		if b.Level == BoardLevel {
			return fault.New(fault.Conflict, "It waits for the board’s answer, so it cannot be put off.")
		}
		past, err := snooze.check(tx, b)
		if err != nil {
			return err
		}
		after := b
		after.SnoozedUntil, after.SnoozeReason, after.Version = snooze.Until, strings.TrimSpace(snooze.Reason), b.Version+1
		if err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, b.Version).Select(standing).Updates(after)); err != nil {
			return err
		}
		words := fmt.Sprintf("Put off until %s: %s", snooze.Until.Long(), sentence(after.SnoozeReason))
		for _, day := range past {
			words += " It goes past " + day + ", which was weighed."
		}
		_, err = addStep(tx, b.ID, Step{
			Kind: StepSnoozed, FromLevel: b.LevelName, Words: words, BoardWords: fmt.Sprintf("Put off by the forum until %s.", snooze.Until.Long()),
		})
		if err != nil {
			return err
		}
		return record(tx, "blocker.snoozed", b.ID, b.ForumID, b, after)
	})
}

// check gives the days the snooze goes past, in words, once the actor said that they weighed them.
func (s Snooze) check(tx db.Tx, b Blocker) ([]string, error) {
	var form fault.Form
	reason := strings.TrimSpace(s.Reason)
	form.Require(reason != "", "reason", "Enter why it is put off")
	form.Require(len([]rune(reason)) <= longestNeeded, "reason", "The reason must be 500 characters or fewer")
	switch {
	case s.Until.IsZero():
		form.Add("until", "Enter the day until which it is put off")
	case !s.Until.After(tx.Today()):
		form.Add("until", "The day must be after today")
	case s.Until.After(tx.Today().AddDays(longestSnooze)):
		form.Add("until", "The day must be by %s", tx.Today().AddDays(longestSnooze).Long())
	}
	past, err := passes(tx, b, s.Until)
	if err != nil {
		return nil, err
	}
	if len(past) > 0 && !s.AllTheSame && form.Err() == nil {
		form.Add("all_the_same", "This goes past %s. Choose an earlier day, or confirm that you have weighed it", strings.Join(past, " and "))
	}
	return past, form.Err()
}

// passes are the day a blocker is needed by and the 18th birthdays, not yet past, that come before a day.
func passes(tx db.Tx, b Blocker, until clock.Date) (past []string, err error) {
	if !b.NeededBy.IsZero() && b.NeededBy.Before(until) && !b.NeededBy.Before(tx.Today()) {
		past = append(past, "the day it is needed by, "+b.NeededBy.Long())
	}
	var born []clock.Date
	err = tx.Raw(`select c.date_of_birth from blocker_concerns k join cases c on c.id = k.case_id where k.blocker_id = ? order by 1`, b.ID).Scan(&born).Error
	for _, day := range born {
		if birthday := calendar.Birthday(day, 18); birthday.Before(until) && !birthday.Before(tx.Today()) {
			past = append(past, "an 18th birthday, "+birthday.Long())
		}
	}
	return past, err
}

// WakeBlocker ends a snooze before its day, because somebody says so.
func (s *Store) WakeBlocker(ctx context.Context, actor access.Actor, id uuid.UUID, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		b, err := lockBlocker(tx, id)
		if err != nil {
			return err
		}
		if err := mayChange(tx, b, version); err != nil {
			return err
		}
		if b.SnoozedUntil.IsZero() {
			return fault.New(fault.Conflict, "This blocker is not put off.")
		}
		if err := wake(tx, &b, "The snooze was ended before its day."); err != nil {
			return err
		}
		_, err = judge(tx, &b)
		return err
	})
}

// wake ends the snooze of a locked blocker.
func wake(tx db.Tx, b *Blocker, words string) error {
	before := *b
	b.SnoozedUntil, b.SnoozeReason = clock.Date{}, ""
	b.Version++
	if err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, before.Version).Select(standing).Updates(b)); err != nil {
		return err
	}
	if _, err := addStep(tx, b.ID, Step{Kind: StepWoken, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
		return err
	}
	if b.OwnerID != tx.Actor.PersonID {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeWoken, IDs: notify.IDs{"blocker": b.ID}, To: b.OwnerID}); err != nil {
			return err
		}
	}
	return record(tx, "blocker.woken", b.ID, b.ForumID, before, b)
}
