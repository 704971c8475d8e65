package dates

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewAnswers is what somebody says of the dates they are asked about.
type NewAnswers struct {
	Answers Answers // one for each date to come
	Comment string
}

// Answer keeps what a signed-in person says. They may change it until the poll closes.
func (s Store) Answer(ctx context.Context, actor access.Actor, pollID uuid.UUID, said NewAnswers) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		poll, err := lockPoll(tx, pollID)
		if err != nil {
			return err
		}
		invitee, err := inviteeOf(tx, poll.ID, actor.PersonID)
		if err != nil {
			return orNotFound(err, noPoll)
		}
		return answer(tx, poll, invitee, said, "page")
	})
}

// AnswerByLink keeps what the person a link was made for says. The link goes on working, so that they
// may change it until the poll closes.
func (s Store) AnswerByLink(ctx context.Context, text string, said NewAnswers) error {
	return s.DB.Write(ctx, byLink, func(tx db.Tx) error {
		held, poll, invitee, err := lockLinked(tx, text)
		if err != nil {
			return err
		}
		if dead := held.works(poll, invitee, tx.Now); dead != nil {
			return dead.Fault
		}
		return answer(tx, poll, invitee, said, "link")
	})
}

// answer takes a locked poll.
func answer(tx db.Tx, poll Poll, invitee Invitee, said NewAnswers, via string) error {
	if err := poll.takesAnswers(tx.Now); err != nil {
		return err
	}
	slots, err := slotsOf(tx, poll.ID)
	if err != nil {
		return err
	}
	said.Comment = strings.TrimSpace(said.Comment)
	var form fault.Form
	var rows []givenAnswer
	for _, slot := range slots {
		if !slot.StartsAt.After(tx.Now) {
			continue
		}
		given := said.Answers[slot.ID]
		form.Require(given == Yes || given == IfNeedBe || given == No, "slot_"+slot.ID.String(), "Say whether you can come on "+slot.Words())
		rows = append(rows, givenAnswer{InviteeID: invitee.ID, SlotID: slot.ID, Answer: given})
	}
	form.Require(len([]rune(said.Comment)) <= 500, "comment", "Shorten the comment to 500 characters or fewer")
	if err := form.Err(); err != nil {
		return err
	}
	before, err := answersOf(tx, poll.ID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		err := tx.Exec(`
			insert into date_answer (invitee_id, slot_id, answer) values (?, ?, ?)
			on conflict (invitee_id, slot_id) do update set answer = excluded.answer`, row.InviteeID, row.SlotID, row.Answer).Error
		if err != nil {
			return err
		}
	}
	err = db.RequireOne(tx.Exec(`update date_invitee set answered_at = ?, comment = ? where id = ? and ended_at is null`, tx.Now, said.Comment, invitee.ID))
	if err != nil {
		return err
	}
	was := map[string]any{"person": invitee.PersonID, "answers": before[invitee.PersonID], "comment": invitee.Comment}
	is := map[string]any{"person": invitee.PersonID, "answers": said.Answers, "comment": said.Comment, "via": via}
	return record(tx, "date_poll.answered", poll, was, is)
}

type givenAnswer struct {
	InviteeID uuid.UUID
	SlotID    uuid.UUID
	Answer    Answer
}

// answersOf gathers what everybody who is still asked says, by person.
func answersOf(tx db.Tx, poll uuid.UUID) (map[uuid.UUID]Answers, error) {
	var rows []struct {
		PersonID uuid.UUID
		SlotID   uuid.UUID
		Answer   Answer
	}
	err := tx.Raw(`
		select i.person_id, a.slot_id, a.answer from date_invitee i join date_answer a on a.invitee_id = i.id
		where i.poll_id = ? and i.ended_at is null`, poll).Scan(&rows).Error
	all := map[uuid.UUID]Answers{}
	for _, row := range rows {
		if all[row.PersonID] == nil {
			all[row.PersonID] = Answers{}
		}
		all[row.PersonID][row.SlotID] = row.Answer
	}
	return all, err
}

// Form is what one person is asked.
type Form struct {
	Poll    Poll
	Forum   panels.Forum
	Invitee Invitee
	Name    string
	Slots   []Slot // those to come, the earliest first
	Answers Answers
}

func formFor(tx db.Tx, poll Poll, invitee Invitee) (form Form, err error) {
	form.Poll, form.Invitee = poll, invitee
	if form.Forum, err = panels.ForumByID(tx, poll.ForumID); err != nil {
		return form, err
	}
	person, err := panels.PersonByID(tx, invitee.PersonID)
	if err != nil {
		return form, err
	}
	form.Name = person.Name
	slots, err := slotsOf(tx, poll.ID)
	if err != nil {
		return form, err
	}
	for _, slot := range slots {
		if slot.StartsAt.After(tx.Now) {
			form.Slots = append(form.Slots, slot)
		}
	}
	all, err := answersOf(tx, poll.ID)
	form.Answers = all[invitee.PersonID]
	return form, err
}
