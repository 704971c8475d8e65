package room

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Store is the room's use cases.
type Store struct {
	DB *db.DB
	// Moved, when set, hears of each event just after it is durable, before whoever caused it has an answer.
	Moved func(Move)
	// Answered takes what a board answers in its meeting to whoever asked, in the transaction of its decision.
	// It refuses what was answered or taken back meanwhile.
	Answered func(db.Tx, BoardAnswer) error

	queues queues
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
	answered  func(db.Tx, BoardAnswer) error
}

// happened is what a change tells of itself.
type happened struct {
	itemID *uuid.UUID // whose eyes the sentence is for; nil: everybody in the room
	says   string     // for the status region: no case content, no name of a young person
	kind   string     // of the thing changed
	object uuid.UUID  // the thing
	before any        // what it was; nil when it was not there
	record any        // what this puts on the record, for the sealed record; nil for most
}

// Do makes one change to a meeting: lock the meeting, check, change, give the event its number and its
// place in the chain, audit, commit; then wake the room. A command id the meeting already knows gets the
// reply it got then, and changes nothing. A refusal is not remembered. When Do returns without an error
// the change is durable.
func (s *Store) Do(ctx context.Context, actor access.Actor, meetingID uuid.UUID, command Command) (Reply, error) {
	if command.ID == uuid.Nil {
		return Reply{}, fault.New(fault.Invalid, "This page asked for something without saying which request it was. Refresh the page and try again.")
	}
	if !actor.IsPerson() {
		return Reply{}, fault.New(fault.SignedOut, "Sign in to continue.")
	}
	a := &asked{ctx: ctx, actor: actor, command: command, answered: make(chan struct{})}
	s.queues.add(meetingID, a, s.doTogether)
	<-a.answered
	return a.reply, a.err
}

// doTogether does commands of one meeting in one transaction, one after the other as if each had its own:
// what waited while the one before was being made durable becomes durable together. When one of them is
// refused, nothing of any is kept, and each is done by itself.
func (s *Store) doTogether(meetingID uuid.UUID, together []*asked) {
	together = slices.DeleteFunc(slices.Clone(together), (*asked).late)
	if len(together) == 0 {
		return
	}
	err := s.try(meetingID, together)
	if err == nil {
		return
	}
	if len(together) == 1 {
		together[0].reply, together[0].err = Reply{}, err
		return
	}
	for _, alone := range together {
		if alone.late() { // the try of them all may have taken the time of each
			continue
		}
		if err := s.try(meetingID, []*asked{alone}); err != nil {
			alone.reply, alone.err = Reply{}, err
		}
	}
}

// longestTry is how long one transaction may take. It is not cut short when whoever asked goes away: they
// ask again with the same id and get the same reply.
const longestTry = 15 * time.Second

func (s *Store) try(meetingID uuid.UUID, together []*asked) error {
	first := together[0]
	ctx, cancel := context.WithTimeout(context.WithoutCancel(first.ctx), longestTry)
	defer cancel()
	return s.DB.WriteBriefly(ctx, first.actor, func(tx db.Tx) error {
		meeting, err := panels.LockMeeting(tx, meetingID)
		if err != nil {
			return err
		}
		at, err := standsAt(tx, meeting, together)
		if err != nil {
			return err
		}
		for i, one := range together {
			if i > 0 {
				if tx, err = tx.As(one.actor); err != nil {
					return err
				}
			}
			if one.reply, err = s.one(tx, &meeting, &at, one.command); err != nil {
				return err
			}
		}
		return nil
	})
}

// one does one command of those that become durable together, and moves the meeting on for the next.
func (s *Store) one(tx db.Tx, meeting *panels.Meeting, at *stands, command Command) (Reply, error) {
	earlier, err := at.replied(tx.Actor, command)
	if err != nil || earlier != nil {
		return value(earlier), err
	}
	sitting, err := sitDown(tx, *meeting, *at, &s.memory)
	if err != nil {
		return Reply{}, err
	}
	sitting.answered = s.Answered
	if err := sitting.allows(command.Change); err != nil {
		return Reply{}, err
	}
	what, err := command.Change.perform(sitting)
	if err != nil {
		return Reply{}, err
	}
	event, err := sitting.log(command, what)
	if err != nil {
		return Reply{}, err
	}
	move, next, err := sitting.moved(event)
	if err != nil {
		return Reply{}, err
	}
	tx.AfterCommit(func() {
		s.memory.keep(meeting.ID, next)
		if s.Moved != nil {
			s.Moved(move)
		}
	})
	at.last, at.known, at.events = event.Hash, next, append(at.events, event)
	if meeting.RoomSeq = event.Seq; next == nil { // it may have changed the meeting itself
		*meeting, err = panels.LockMeeting(tx, meeting.ID)
	}
	return Reply{ID: command.ID, Seq: event.Seq}, err
}

func value(reply *Reply) Reply {
	if reply == nil {
		return Reply{}
	}
	return *reply
}

// stands is where a meeting's log and what the room rests on have come to.
type stands struct {
	last   []byte  // the hash of the last event; zero bytes before the first
	events []Event // that answered one of the commands in hand before
	basis  int64
	known  *known // as it is after the command before in the same transaction; nil: ask the memory
}

// standsAt finds where a meeting stands, and which of the commands it knows.
func standsAt(tx db.Tx, meeting panels.Meeting, commands []*asked) (at stands, err error) {
	ids := make([]uuid.UUID, len(commands))
	for i, one := range commands {
		ids[i] = one.command.ID
	}
	var rows []struct {
		Basis int64
		Event
	}
	err = tx.Raw(`select b.version as basis, e.seq, e.command_id, e.type, e.person_id, e.hash
		from room_basis b left join room_event e on e.meeting_id = ? and (e.command_id in ? or e.seq = ?)`,
		meeting.ID, ids, meeting.RoomSeq).Scan(&rows).Error
	at.last = make([]byte, hashLength)
	for _, row := range rows {
		at.basis = row.Basis
		if row.Hash != nil && row.Seq == meeting.RoomSeq {
			at.last = row.Hash
		}
		at.events = append(at.events, row.Event)
	}
	return at, err
}

// replied is the reply that a command id got before, or nil. The id belongs to whoever used it first.
func (at stands) replied(actor access.Actor, command Command) (*Reply, error) {
	for _, event := range at.events {
		if event.CommandID != command.ID {
			continue
		}
		if event.PersonID == nil || *event.PersonID != actor.PersonID || event.Type != command.Change.Type() {
			return nil, fault.New(fault.Conflict, "This was already used for something else. Refresh the page and try again.")
		}
		return &Reply{ID: command.ID, Seq: event.Seq}, nil
	}
	return nil, nil
}

// sitDown refuses whoever has no part in the meeting, as if there were none, then reads the table.
func sitDown(tx db.Tx, meeting panels.Meeting, at stands, memory *memory) (*sitting, error) {
	s := &sitting{Tx: tx, meeting: meeting, last: at.last}
	if len(tx.Actor.SeatsOn(meeting.ForumID)) == 0 {
		var takesPart bool
		err := tx.Raw(`select exists (select from agenda_item where meeting_id = @meeting and presenter_id = @person and state = 'listed')
			or exists (select from action a join action_owner o on o.action_id = a.id where a.meeting_id = @meeting and o.person_id = @person and o.ended_at is null)
			or exists (select from joined_item where meeting_id = @meeting and person_id = @person)
			or exists (select from decision d join decision_answerer r on r.decision_id = d.id where d.meeting_id = @meeting and r.person_id = @person)
			or exists (select from decision_answer a join decision d on d.id = a.decision_id where d.meeting_id = @meeting and a.person_id = @person)
			or exists (select from agency a join request_share x on x.agency_id = a.id join agenda_item i on i.request_id = x.request_id
				where a.officer_id = @person and i.meeting_id = @meeting and i.state = 'listed' and exists (
					select from interest n join seat s on s.forum_id = @forum and s.agency_id = a.id join seat_holding h on h.seat_id = s.id and h.person_id = n.person_id
					where n.meeting_id = @meeting and n.withdrawn_at is null))
			or exists (select from written_position w where w.meeting_id = @meeting and w.person_id = @person)
			or exists (select from decision d join condition_now c on c.decision_id = d.id where d.meeting_id = @meeting and c.owner_id = @person)`,
			map[string]any{"meeting": meeting.ID, "forum": meeting.ForumID, "person": tx.Actor.PersonID}).Scan(&takesPart).Error
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
	return s, s.knows(at, memory)
}

// log writes the event and its audit entry, and moves the meeting on.
func (s *sitting) log(command Command, what happened) (Event, error) {
	content, err := json.Marshal(command.Change)
	if err != nil {
		return Event{}, err
	}
	event := Event{
		MeetingID: s.meeting.ID, Seq: s.meeting.RoomSeq + 1, CommandID: command.ID, Type: command.Change.Type(),
		ItemID: what.itemID, System: s.Actor.System, At: s.Now, Content: string(content), Says: what.says,
	}
	if person := s.Actor.PersonID; s.Actor.IsPerson() {
		event.PersonID = &person
	}
	if event.Record, err = recordText(what.record); err != nil {
		return Event{}, err
	}
	event.seal(s.last)
	audited, values, err := audit.With(s.Tx, audit.Entry{
		Action: event.Type, ObjectKind: what.kind, ObjectID: what.object.String(), ForumID: s.forum.ID,
		Before: what.before, After: command.Change,
	})
	if err != nil {
		return Event{}, err
	}
	maps.Copy(values, map[string]any{
		"meeting": event.MeetingID, "seq": event.Seq, "command": event.CommandID, "type": event.Type, "item": event.ItemID,
		"person": event.PersonID, "system": event.System, "at": event.At, "digest": event.Digest, "previous": event.Previous, "hash": event.Hash,
		"salt": event.Salt, "content": event.Content, "says": event.Says, "record": event.Record,
	})
	// One statement: the event, its erasable content, the audit entry, and the meeting's new number.
	return event, s.Later(1, func(g *gorm.DB) *gorm.DB {
		return g.Exec(`
		with event as (
			insert into room_event (meeting_id, seq, command_id, type, item_id, person_id, system, at, digest, previous, hash)
			values (@meeting, @seq, @command, @type, @item, @person, @system, @at, @digest, @previous, @hash)
			returning meeting_id, seq
		), content as (
			insert into room_event_content (meeting_id, seq, salt, content, says, record)
			select meeting_id, seq, @salt, @content, @says, @record from event
		), `+audited+`
		update meeting set room_seq = @seq where id = @meeting and room_seq = @seq - 1`, values)
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
		if err := s.Order("name, id").Find(&s.agencies).Error; err != nil {
			return nil, err
		}
	}
	return s.agencies, nil
}

// newID is a fresh id, later ones sorting after earlier ones.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
