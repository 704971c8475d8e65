package dates

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewSlot is a date to ask about.
type NewSlot struct {
	Field       string // what its form fields begin with: "slot_1_"
	StartsAt    time.Time
	Duration    time.Duration
	Venue       string
	JoiningLink string
}

// NewInvitee is somebody to ask. Whoever does not sit on the forum is asked for a reason.
type NewInvitee struct {
	PersonID uuid.UUID
	Reason   string
}

// NewPoll asks people about dates.
type NewPoll struct {
	ForumID      uuid.UUID
	Slots        []NewSlot
	People       []NewInvitee
	ClosesAt     time.Time // zero: in seven days, or when the first date begins
	ClashesKnown bool      // whoever asks knows what stands against some of the dates
}

// Propose asks people which of some dates suit them.
func (s Store) Propose(ctx context.Context, actor access.Actor, wanted NewPoll) (poll Poll, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.Schedule, wanted.ForumID); err != nil {
			return err
		}
		poll = Poll{ID: newID(), ForumID: wanted.ForumID, Status: Open, ClosesAt: wanted.ClosesAt.UTC(), ProposedBy: actor.PersonID, ProposedAt: tx.Now, Version: 1}
		var form fault.Form
		slots := poll.newSlots(tx, &form, wanted.Slots, nil)
		form.Require(len(slots) >= FewestSlots, "slots", fmt.Sprintf("Give at least %d dates to choose from", FewestSlots))
		form.Require(len(slots) <= MostSlots, "slots", fmt.Sprintf("Give %d dates or fewer", MostSlots))
		if first := firstToCome(slots, tx.Now); poll.ClosesAt.IsZero() && first != nil {
			poll.ClosesAt = earliest(tx.Now.Add(LongestOpen).Truncate(time.Minute), first.StartsAt)
		}
		poll.checkClose(&form, slots, tx.Now)
		invitees, err := poll.newInvitees(tx, &form, wanted.People)
		if err != nil {
			return err
		}
		form.Require(len(wanted.People) > 0, "people", "Choose whom to ask")
		if err := form.Err(); err != nil {
			return err
		}
		if !wanted.ClashesKnown {
			if err := mustNotClash(tx, poll.ForumID, slots); err != nil {
				return err
			}
		}
		for _, rows := range []any{&poll, &slots, &invitees} {
			if err := tx.Create(rows).Error; err != nil {
				return err
			}
		}
		if err := record(tx, "date_poll.proposed", poll, nil, map[string]any{"closes_at": poll.ClosesAt, "slots": timesOf(slots), "people": peopleOf(invitees)}); err != nil {
			return err
		}
		if err := tell(tx, NoticeAsked, poll, peopleOf(invitees)...); err != nil {
			return err
		}
		return poll.wake(tx)
	})
	return poll, err
}

// wake has the poll act when those who have not answered are to be reminded, and when it closes.
func (p Poll) wake(tx db.Tx) error {
	days, err := panels.WorkingDays(tx)
	if err != nil {
		return err
	}
	jobs := []db.Job{{Args: DueToClose{Poll: p.ID}, At: p.ClosesAt}}
	if at := p.remindsAt(days); at.After(tx.Now) {
		jobs = append(jobs, db.Job{Args: DueToRemind{Poll: p.ID}, At: at})
	}
	return tx.Enqueue(jobs...)
}

// newSlots makes slots of what was asked for, beside those the poll has, and says what is wrong with each.
func (p Poll) newSlots(tx db.Tx, form *fault.Form, wanted []NewSlot, already []Slot) []Slot {
	var slots []Slot
	for _, w := range wanted {
		meeting := panels.NewMeeting{ForumID: p.ForumID, StartsAt: w.StartsAt, Duration: w.Duration, Venue: strings.TrimSpace(w.Venue), JoiningLink: strings.TrimSpace(w.JoiningLink)}
		if problem := fault.As(meeting.Check(tx.Now)); problem != nil {
			for _, field := range problem.Fields {
				form.Add(w.Field+field.Name, "%s", field.Sentence)
			}
			continue
		}
		for _, other := range append(slots, already...) {
			if other.StartsAt.Equal(w.StartsAt) {
				form.Add(w.Field+"starts_on", "%s is there twice: change or clear one of them", clock.Moment(w.StartsAt))
			}
		}
		slots = append(slots, Slot{
			ID: newID(), PollID: p.ID, StartsAt: w.StartsAt.UTC(), EndsAt: w.StartsAt.Add(w.Duration).UTC(),
			Venue: meeting.Venue, JoiningLink: meeting.JoiningLink, AddedAt: tx.Now,
		})
	}
	return slots
}

// checkClose: a poll is open for as long as a link in an email may work, and not past its first date.
func (p Poll) checkClose(form *fault.Form, slots []Slot, now time.Time) {
	first := firstToCome(slots, now)
	switch {
	case first == nil:
	case !p.ClosesAt.After(now):
		form.Add("closes_on", "The day and time to answer by must be in the future")
	case p.ClosesAt.After(first.StartsAt):
		form.Add("closes_on", "People must answer before the first date, which is %s", clock.Moment(first.StartsAt))
	case p.ClosesAt.Sub(now) > LongestOpen:
		form.Add("closes_on", "Give people 7 days or less to answer: by %s at the latest", clock.Moment(now.Add(LongestOpen)))
	}
}

// newInvitees makes invitees of those who are to be asked.
func (p Poll) newInvitees(tx db.Tx, form *fault.Form, wanted []NewInvitee) ([]Invitee, error) {
	form.Require(len(wanted) <= MostPeople, "people", fmt.Sprintf("Ask %d people or fewer", MostPeople))
	seats, err := panels.SeatsOn(tx, p.ForumID, tx.Today())
	if err != nil {
		return nil, err
	}
	seated := map[uuid.UUID]bool{}
	for _, seat := range seats {
		for _, holder := range seat.Holders {
			seated[holder.PersonID] = true
		}
	}
	ids := make([]uuid.UUID, len(wanted))
	for i, w := range wanted {
		ids[i] = w.PersonID
	}
	known, err := panels.ActorsFor(tx, ids, tx.Today())
	if err != nil {
		return nil, err
	}
	var invitees []Invitee
	asked := map[uuid.UUID]bool{}
	for _, w := range wanted {
		if asked[w.PersonID] {
			continue
		}
		asked[w.PersonID] = true
		w.Reason = strings.TrimSpace(w.Reason)
		person, here := known[w.PersonID]
		form.Require(here, "person", "Choose a person from the list")
		form.Require(seated[w.PersonID] || w.Reason != "" || !here, "reason", fmt.Sprintf("Enter why %s is asked: they do not sit on this forum", person.Name))
		form.Require(len(w.Reason) <= 200, "reason", "Shorten the reason to 200 characters or fewer")
		if seated[w.PersonID] {
			w.Reason = ""
		}
		invitees = append(invitees, Invitee{ID: newID(), PollID: p.ID, PersonID: w.PersonID, Reason: w.Reason, AskedBy: tx.Actor.PersonID, AskedAt: tx.Now})
	}
	return invitees, nil
}

// mustNotClash stops what clashes until whoever asks says that they know.
func mustNotClash(tx db.Tx, forumID uuid.UUID, slots []Slot) error {
	clashes, err := clashesOf(tx, forumID, slots)
	if err != nil || !mustBeKnown(clashes) {
		return err
	}
	const sentence = "There are clashes. Change the dates, or say that you know about them"
	return &fault.Fault{Kind: fault.Conflict, Sentence: sentence, Fields: []fault.Field{{Name: "clashes_known", Sentence: sentence}}}
}

// tell puts a notice about the poll in each person's post.
func tell(tx db.Tx, kind notify.Kind, poll Poll, people ...uuid.UUID) error {
	notices := make([]notify.Notice, len(people))
	for i, person := range people {
		notices[i] = notify.Notice{Kind: kind, IDs: notify.IDs{"poll": poll.ID}, To: person}
	}
	return notify.Send(tx, notices...)
}

// firstToCome is the earliest slot that has not begun.
func firstToCome(slots []Slot, now time.Time) *Slot {
	var first *Slot
	for i := range slots {
		if slots[i].StartsAt.After(now) && (first == nil || slots[i].StartsAt.Before(first.StartsAt)) {
			first = &slots[i]
		}
	}
	return first
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func timesOf(slots []Slot) []time.Time {
	times := make([]time.Time, len(slots))
	for i, slot := range slots {
		times[i] = slot.StartsAt
	}
	return times
}

func peopleOf(invitees []Invitee) []uuid.UUID {
	people := make([]uuid.UUID, len(invitees))
	for i, invitee := range invitees {
		people[i] = invitee.PersonID
	}
	return people
}
