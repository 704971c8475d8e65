package room

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Store is the room's use cases.
type Store struct {
	DB *db.DB
	// Moved, when set, hears of each event just after it is durable, in the goroutine that caused it.
	Moved func(Move)

	memory memory
}

// sitting is one change in progress: the meeting locked, so that changes to it happen one by one, and
// the table as it is at this moment.
type sitting struct {
	db.Tx
	known
	meeting   panels.Meeting
	last      []byte   // the hash of the meeting's last event; zero bytes before the first
	workedOut []string // the parts that are already as they will be after the change
}

// happened is what a change tells of itself.
type happened struct {
	itemID *uuid.UUID // whose eyes the sentence is for; nil: everybody in the room
	says   string     // for the status region: no case content, no name of a young person
	kind   string     // of the thing changed
	object uuid.UUID  // the thing
	before any        // what it was; nil when it was not there
}

// Do makes one change to a meeting, in one transaction: lock the meeting, check, change, give the
// event its number and its place in the chain, audit, commit; then wake the room. A command id the
// meeting already knows gets the reply it got then, and changes nothing. A refusal is not remembered.
func (s *Store) Do(ctx context.Context, actor access.Actor, meetingID uuid.UUID, command Command) (Reply, error) {
	var reply Reply
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if command.ID == uuid.Nil {
			return fault.New(fault.Invalid, "This page asked for something without saying which request it was. Refresh the page and try again.")
		}
		if !actor.IsPerson() {
			return fault.New(fault.SignedOut, "Sign in to continue.")
		}
		meeting, err := panels.LockMeeting(tx, meetingID)
		if err != nil {
			return err
		}
		stands, earlier, err := replied(tx, meeting, command)
		if err != nil || earlier != nil {
			reply = value(earlier)
			return err
		}
		sitting, err := sitDown(tx, meeting, stands, &s.memory)
		if err != nil {
			return err
		}
		what, err := command.Change.perform(sitting)
		if err != nil {
			return err
		}
		event, err := sitting.log(command, what)
		if err != nil {
			return err
		}
		reply = Reply{ID: command.ID, Seq: event.Seq}
		move, err := sitting.moved(event, &s.memory)
		if err == nil && s.Moved != nil {
			tx.AfterCommit(func() { s.Moved(move) })
		}
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return reply, nil
}

func value(reply *Reply) Reply {
	if reply == nil {
		return Reply{}
	}
	return *reply
}

// stands is where a meeting's log and what the room rests on have come to.
type stands struct {
	last  []byte // the hash of the last event; zero bytes before the first
	basis int64
}

// replied finds where a meeting stands, and the reply that a command id got before, or nil. The id
// belongs to whoever used it first.
func replied(tx db.Tx, meeting panels.Meeting, command Command) (at stands, reply *Reply, err error) {
	var events []struct {
		Basis int64
		Event
	}
	err = tx.Raw(`select b.version as basis, e.seq, e.command_id, e.type, e.person_id, e.hash
		from room_basis b left join room_event e on e.meeting_id = ? and (e.command_id = ? or e.seq = ?)`,
		meeting.ID, command.ID, meeting.RoomSeq).Scan(&events).Error
	at.last = make([]byte, hashLength)
	for _, event := range events {
		at.basis = event.Basis
		if event.Seq == meeting.RoomSeq && event.Hash != nil {
			at.last = event.Hash
		}
		if event.CommandID != command.ID {
			continue
		}
		if event.PersonID == nil || *event.PersonID != tx.Actor.PersonID || event.Type != command.Change.Type() {
			return at, nil, fault.New(fault.Conflict, "This was already used for something else. Refresh the page and try again.")
		}
		reply = &Reply{ID: command.ID, Seq: event.Seq}
	}
	return at, reply, err
}

// sitDown refuses whoever has no part in the meeting, as if there were none, then reads the table.
func sitDown(tx db.Tx, meeting panels.Meeting, at stands, memory *memory) (*sitting, error) {
	s := &sitting{Tx: tx, meeting: meeting, last: at.last}
	if len(tx.Actor.SeatsOn(meeting.ForumID)) == 0 {
		var takesPart bool
		err := tx.Raw(`select exists (select from agenda_item where meeting_id = @meeting and presenter_id = @person and state = 'listed')
			or exists (select from action a join action_owner o on o.action_id = a.id where a.meeting_id = @meeting and o.person_id = @person and o.ended_at is null)
			or exists (select from guest_item where meeting_id = @meeting and person_id = @person)
			or exists (select from decision d join decision_answerer r on r.decision_id = d.id where d.meeting_id = @meeting and r.person_id = @person)
			or exists (select from decision_answer a join decision d on d.id = a.decision_id where d.meeting_id = @meeting and a.person_id = @person)
			or exists (select from decision d join condition_now c on c.decision_id = d.id where d.meeting_id = @meeting and c.owner_id = @person)`,
			map[string]any{"meeting": meeting.ID, "person": tx.Actor.PersonID}).Scan(&takesPart).Error
		if err != nil {
			return nil, err
		}
		if !takesPart {
			return nil, fault.New(fault.NotFound, "There is no such meeting.")
		}
	}
	if meeting.Status == panels.Draft {
		return nil, fault.New(fault.Conflict, "This meeting is a draft. Publish its dates first.")
	}
	if meeting.Status == panels.Cancelled {
		return nil, fault.New(fault.Conflict, "This meeting was cancelled. Nothing was recorded.")
	}
	return s, s.knows(at.basis, memory)
}

// log writes the event and its audit entry, and moves the meeting on.
func (s *sitting) log(command Command, what happened) (Event, error) {
	content, err := json.Marshal(command.Change)
	if err != nil {
		return Event{}, err
	}
	person := s.Actor.PersonID
	event := Event{
		MeetingID: s.meeting.ID, Seq: s.meeting.RoomSeq + 1, CommandID: command.ID, Type: command.Change.Type(),
		ItemID: what.itemID, PersonID: &person, At: s.Now, Content: string(content), Says: what.says,
	}
	event.seal(s.last)
	// One statement: the event, its erasable content, and the meeting's new number.
	done := s.Exec(`
		with event as (
			insert into room_event (meeting_id, seq, command_id, type, item_id, person_id, system, at, digest, previous, hash)
			values (@meeting, @seq, @command, @type, @item, @person, '', @at, @digest, @previous, @hash)
			returning meeting_id, seq
		), content as (
			insert into room_event_content (meeting_id, seq, salt, content, says)
			select meeting_id, seq, @salt, @content, @says from event
		)
		update meeting set room_seq = @seq where id = @meeting and room_seq = @seq - 1`,
		map[string]any{
			"meeting": event.MeetingID, "seq": event.Seq, "command": event.CommandID, "type": event.Type, "item": event.ItemID,
			"person": event.PersonID, "at": event.At, "digest": event.Digest, "previous": event.Previous, "hash": event.Hash,
			"salt": event.Salt, "content": event.Content, "says": event.Says,
		})
	if done.Error != nil {
		return Event{}, done.Error
	}
	if done.RowsAffected != 1 {
		return Event{}, fmt.Errorf("room: event %d is not the next of its meeting", event.Seq)
	}
	return event, audit.Record(s.Tx, audit.Entry{
		Action: event.Type, ObjectKind: what.kind, ObjectID: what.object.String(), ForumID: s.forum.ID,
		Before: what.before, After: command.Change,
	})
}

// Who may act, and when.

// chairs refuses everyone but the chair and the deputy chair; and of these, while the meeting runs, whoever
// is not in the chair once somebody has it: a meeting is not run by two.
func (s *sitting) chairs() error {
	if err := s.Actor.Check(access.RunMeeting, s.forum.ID); err != nil {
		return err
	}
	acting := s.meeting.ActingChairID
	if s.meeting.Status != panels.InSession || acting == nil || *acting == s.Actor.PersonID {
		return nil
	}
	name, _ := s.table.name(*acting)
	return fault.New(fault.Denied, "%s is in the chair. To go on, take the chair first.", name)
}

// records refuses everyone but the clerk and the chair.
func (s *sitting) records() error { return s.Actor.Check(access.RecordMeeting, s.forum.ID) }

// inSession refuses a change that only happens while the meeting runs.
func (s *sitting) inSession() error {
	if err := s.begun(); err != nil {
		return err
	}
	if s.meeting.PausedAt != nil {
		return fault.New(fault.Conflict, "The meeting is paused. The chair goes on with it first.")
	}
	return nil
}

// begun is inSession of what may be done in a pause as well.
func (s *sitting) begun() error {
	switch s.meeting.Status {
	case panels.InSession:
		return nil
	case panels.Closed:
		return fault.New(fault.Conflict, "This meeting has closed. Nothing was recorded.")
	case panels.Adjourned:
		return fault.New(fault.Conflict, "This meeting is adjourned. The chair starts it again.")
	default:
		return fault.New(fault.Conflict, "This meeting has not started yet. The chair starts it.")
	}
}

// notClosed refuses a change that nobody makes to a meeting that is over.
func (s *sitting) notClosed() error {
	if s.meeting.Status == panels.Closed {
		return fault.New(fault.Conflict, "This meeting has closed. Nothing was recorded.")
	}
	return nil
}

// Finding what a change is about.

// itemOf reads an item of this meeting that is on its agenda.
func (s *sitting) itemOf(id uuid.UUID) (Item, error) {
	state := State{Meeting: s.meeting, Forum: s.forum}
	if err := state.loadItem(s.Tx, id); err != nil {
		return Item{}, err
	}
	if len(state.Items) == 0 {
		return Item{}, fault.New(fault.NotFound, "That item is not on this meeting’s agenda.")
	}
	if state.Items[0].State == "taken_off" {
		return Item{}, fault.New(fault.Conflict, "Item %s was taken off the agenda.", state.Items[0].Number)
	}
	return state.Items[0], nil
}

// undecided refuses an item that already has its decision, or one that waits for the other chair.
func (s *sitting) undecided(item Item, otherwise string) error {
	var found struct{ Decided, Waits bool }
	err := s.Raw(`select exists (select from decision where item_id = @item) as decided,
		exists (select from decision_waiting where item_id = @item and settled_at is null) as waits`, map[string]any{"item": item.ID}).Scan(&found).Error
	switch {
	case err != nil:
		return err
	case found.Decided:
		return fault.New(fault.Conflict, "Item %s already has its decision%s", item.Number, otherwise)
	case found.Waits:
		return fault.New(fault.Conflict, "The decision on item %s waits for the other chair. It must be confirmed or sent back first.", item.Number)
	}
	return nil
}

// openVote is the vote that is open in this meeting, or nil.
func (s *sitting) openVote() (*Vote, error) {
	votes, err := s.votesHere()
	for _, vote := range votes {
		if vote.IsOpen() {
			return &vote, nil
		}
	}
	return nil, err
}

// vote reads a vote of this meeting.
func (s *sitting) vote(id uuid.UUID) (Vote, error) {
	votes, err := s.votesHere()
	if err != nil {
		return Vote{}, err
	}
	for _, vote := range votes {
		if vote.ID == id {
			return vote, nil
		}
	}
	return Vote{}, fault.New(fault.NotFound, "That vote is not part of this meeting.")
}

// allAgencies are all the partnership's agencies.
func (s *sitting) allAgencies() ([]panels.Agency, error) {
	if s.agencies == nil {
		if err := s.Order("name").Find(&s.agencies).Error; err != nil {
			return nil, err
		}
	}
	return s.agencies, nil
}

// newID is a fresh id, later ones sorting after earlier ones.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
