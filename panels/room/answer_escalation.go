package room

import (
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// BoardAnswer is the outcome of an item that puts an escalation before a board: a direction with who
// does it and by when, or why the board does not agree.
type BoardAnswer struct {
	EscalationID uuid.UUID
	MeetingID    uuid.UUID // in which it was given
	Agreed       bool
	Direction    string
	OwnerID      uuid.UUID
	ActBy        clock.Date
	Reason       string
}

// answers are the outcomes of such an item. Deferred, it is asked at a later meeting; the time the board
// has to answer goes on.
var answers = []Outcome{Agreed, NotAgreed, Deferred}

// longestAnswer bounds a direction, and why a board does not agree, wherever it answers.
const longestAnswer = 500

// asks is the escalation that an item puts before its board, or nil.
func (i Item) asks() *uuid.UUID {
	if i.Kind != agendas.EscalationItem {
		return nil
	}
	return i.EscalationID
}

// checkAnswer asks of a board's answer what whoever raised it needs.
func (c ConfirmDecision) checkAnswer(form *fault.Form, s *sitting, item Item) {
	short := func(text, field, sentence string) { form.Require(len([]rune(text)) <= longestAnswer, field, sentence) }
	switch c.Outcome {
	case Agreed:
		form.Require(item.Progress == Open || item.Progress == Done, "outcome", "Open item "+item.Number+" before deciding it")
		form.Require(c.Direction != "", "direction", "Enter what the board directs")
		short(c.Direction, "direction", "The direction must be 500 characters or fewer")
		form.Require(c.OwnerID != nil && *c.OwnerID != uuid.Nil, "owner_id", "Select who is to do it")
		form.Require(!c.ActBy.IsZero(), "act_by", "Enter the date by which it is to be done")
		form.Require(c.ActBy.IsZero() || !c.ActBy.Before(s.Today()), "act_by", "The date must be today or later")
	case NotAgreed:
		form.Require(c.Reasons != "", "reasons", "Enter why the board does not agree")
		short(c.Reasons, "reasons", "The reason must be 500 characters or fewer")
	case Deferred:
		form.Require(c.Missing != "", "missing", "Enter what is missing")
		form.Require(c.NextMeetingID != nil, "next_meeting_id", "Select the meeting it is deferred to")
	}
}

// stillAsked refuses an outcome for what the board has answered, or the forum taken back, since the agenda
// went out.
func (s *sitting) stillAsked(item Item) error {
	if item.asks() == nil {
		return nil
	}
	asked, err := askedOf(s.Tx, s.meeting.ID)
	if err != nil {
		return err
	}
	if settled := asked[item.ID].Settled(); settled != "" {
		return fault.New(fault.Conflict, "Nothing was recorded. %s", settled)
	}
	return nil
}

// giveAnswer takes what the board said to whoever asked. What it defers is due again on the later day.
func (s *sitting) giveAnswer(d Decision) error {
	if d.Outcome == Deferred {
		next, err := s.nextMeeting(*d.NextMeetingID)
		if err != nil {
			return err
		}
		return agendas.PutOff(s.Tx, "escalation", *d.EscalationID, next.On(), "Deferred on "+s.Today().Long()+": "+d.Missing)
	}
	if s.answered == nil {
		return errors.New("room: nobody takes what a board answers")
	}
	given := BoardAnswer{EscalationID: *d.EscalationID, MeetingID: s.meeting.ID, Agreed: d.Outcome == Agreed, Direction: d.Direction, ActBy: d.ActBy}
	if given.Agreed {
		given.OwnerID = *d.OwnerID
	} else {
		given.Reason = d.Reasons
	}
	return s.answered(s.Tx, given)
}

// Asked is an escalation as the board's meeting sees it.
type Asked struct {
	ItemID       uuid.UUID
	EscalationID uuid.UUID
	DueOn        clock.Date // the answer
	Waiting      bool
	Here         bool // it was answered in this meeting
	AnsweredAt   *time.Time
	Agreed       bool
	Direction    string
	Owner        string // who does it now
	ActBy        clock.Date
	Reason       string
	Question     string // that the board asked of the forum before it answers; "" for none
	Reply        string
}

// askedOf reads what the items of a board's meeting ask, by item.
func askedOf(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]Asked, error) {
	var rows []Asked
	err := tx.Raw(`
		select i.id as item_id, e.id as escalation_id, e.answer_due_on as due_on, e.state = 'waiting' as waiting, coalesce(a.meeting_id = i.meeting_id, false) as here,
			a.answered_at, coalesce(a.agreed, false) as agreed, coalesce(a.direction, '') as direction, coalesce(p.name, '') as owner, a.act_by, coalesce(a.reason, '') as reason,
			coalesce(q.question, '') as question, coalesce(q.reply, '') as reply
		from agenda_item i
		join escalation e on e.id = i.escalation_id
		left join board_answer a on a.escalation_id = e.id
		left join direction_owner o on o.answer_id = a.id
		left join person p on p.id = o.owner_id
		left join lateral (select question, reply from board_question where escalation_id = e.id order by id desc limit 1) q on true
		where i.meeting_id = ? and i.kind = 'escalation' and i.state = 'listed'`, meetingID).Scan(&rows).Error
	asked := make(map[uuid.UUID]Asked, len(rows))
	for _, row := range rows {
		asked[row.ItemID] = row
	}
	return asked, err
}

// loadAsked reads what a board's meeting is asked.
func (s *State) loadAsked(tx db.Tx) (err error) {
	s.Asked = nil
	if s.Forum.Board {
		s.Asked, err = askedOf(tx, s.Meeting.ID)
	}
	return err
}

// Settled says that an escalation waits no more because of something outside this meeting, or "".
func (a Asked) Settled() string {
	switch {
	case a.EscalationID == uuid.Nil || a.Waiting || a.Here:
		return ""
	case a.AnsweredAt == nil:
		return "This is no longer asked of the board: the forum resolved it or took it back."
	case a.Agreed:
		return "The board answered this on " + clock.DateOf(*a.AnsweredAt).Long() + ": " + ended(a.Direction) + " To be done by " + a.Owner + ", by " + a.ActBy.Long() + "."
	default:
		return "The board answered this on " + clock.DateOf(*a.AnsweredAt).Long() + ": not agreed, because: " + ended(a.Reason)
	}
}

// ended is a text with a full stop, unless it ends by itself.
func ended(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// AskedView is what an item asks of the board.
type AskedView struct {
	EscalationID uuid.UUID  `json:"escalation_id"`
	DueOn        clock.Date `json:"due_on"`   // the answer
	Settled      string     `json:"settled"`  // why no answer is wanted any more, in words; ""
	Question     string     `json:"question"` // that the board asked of the forum; "" for none
	Reply        string     `json:"reply"`    // "" until the forum has replied
}

func (p projector) asked(item Item) *AskedView {
	asked, found := p.Asked[item.ID]
	if !found || !p.viewer.AtTable {
		return nil
	}
	return &AskedView{EscalationID: asked.EscalationID, DueOn: asked.DueOn, Settled: asked.Settled(), Question: asked.Question, Reply: asked.Reply}
}
