package room

import (
	"maps"
	"slices"
	"sync"

	"github.com/google/uuid"

	"quorate/panels"
)

// known is what most commands ask of a meeting, as it was after its last event. A room in session asks
// the same again with each command, so it is kept from one to the next.
//
// It holds for as long as nothing it was read from has moved, and two numbers tell, read under the
// meeting's lock: the meeting's own, and the basis, which moves in the transaction of any change to a seat,
// a holding, an agency, terms, a guest's place, an interest or the items they concern (room_basis).
type known struct {
	seq           int64
	version       int
	agendaVersion int
	basis         int64

	forum    panels.Forum
	terms    panels.Terms
	table    Table
	agencies []panels.Agency // nil: not read
	votes    []Vote          // with their shares and the ballots that stand; nil: not read
}

// mostKept is of how many meetings a process remembers what it knew. More than meet at one time.
const mostKept = 256

// memory is what a process knows of the meetings it has changed.
type memory struct {
	mu       sync.Mutex
	meetings map[uuid.UUID]*known // protected by mu; what it holds is never changed, only replaced
}

// recall is what is known of a meeting as it is now.
func (m *memory) recall(meeting panels.Meeting, basis int64) (*known, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, found := m.meetings[meeting.ID]
	return k, found && k.seq == meeting.RoomSeq && k.version == meeting.Version && k.agendaVersion == meeting.AgendaVersion && k.basis == basis
}

// keep replaces what was known of a meeting by what is known after a later event; nil forgets it.
func (m *memory) keep(id uuid.UUID, k *known) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k == nil {
		delete(m.meetings, id)
		return
	}
	if m.meetings == nil {
		m.meetings = make(map[uuid.UUID]*known)
	}
	if len(m.meetings) >= mostKept {
		clear(m.meetings) // each is read again by its next command
	}
	m.meetings[id] = k
}

// knows reads what is asked of every meeting, or finds it in memory.
func (s *sitting) knows(at stands, memory *memory) (err error) {
	if at.known != nil {
		s.known = *at.known
		return nil
	}
	// Where nobody meets, who is away today says who speaks for a seat, and that is read each time.
	if k, holds := memory.recall(s.meeting, at.basis); holds && !s.meeting.Between() {
		s.known = *k
		return nil
	}
	s.known = known{seq: s.meeting.RoomSeq, version: s.meeting.Version, agendaVersion: s.meeting.AgendaVersion, basis: at.basis}
	if s.forum, s.terms, err = forumAndTerms(s.Tx, s.meeting); err != nil {
		return err
	}
	s.table, err = loadTable(s.Tx, s.meeting, s.terms)
	return err
}

// votesHere are the meeting's votes, in order of opening.
func (s *sitting) votesHere() ([]Vote, error) {
	if s.votes != nil {
		return s.votes, nil
	}
	votes, err := votesWhere(s.Tx, `meeting_id = ?`, s.meeting.ID)
	if err != nil {
		return nil, err
	}
	s.votes = append(make([]Vote, 0, len(votes)), votes...) // read, if there are none too
	return s.votes, nil
}

// came is the table once somebody has come or gone.
func (t Table) came(a Attendance) Table {
	t.Here = maps.Clone(t.Here)
	t.Here[a.PersonID] = a
	return t
}

// cast is the votes once a ballot has been given in one of them; one that stood for the same voter is superseded.
func cast(votes []Vote, b Ballot) []Vote {
	votes = slices.Clone(votes)
	for i, vote := range votes {
		if vote.ID == b.VoteID {
			stand := slices.DeleteFunc(slices.Clone(vote.Ballots), func(other Ballot) bool { return other.VotesFor == b.VotesFor })
			votes[i].Ballots = append(stand, b)
		}
	}
	return votes
}

// A Move is one event with all it changed of what the room shows, so that whoever has the room before
// it need not read it again.
type Move struct {
	MeetingID uuid.UUID
	Event     Event  // without what was written
	parts     []part // what it changed
	listed    bool   // and nothing else
	state     State  // holds the changed parts, the meeting and the moment
}

// Seq is the number of the event.
func (m Move) Seq() int64 { return m.Event.Seq }

// After is the room after the move, from the room just before it; false when it must be read.
func (m Move) After(before State) (State, bool) {
	meeting := m.state.Meeting
	if !m.listed || before.Seq()+1 != m.Seq() || before.Meeting.Version != meeting.Version || before.Meeting.AgendaVersion != meeting.AgendaVersion {
		return State{}, false
	}
	after := before
	after.Now, after.Meeting = m.state.Now, meeting
	for _, p := range m.parts {
		p.take(&after, m.state)
	}
	return after, true
}

// moved reads what an event changed, but for what its command has worked out already, and says what the
// next command may know: nil when the event may have changed anything.
func (s *sitting) moved(event Event) (Move, *known, error) {
	move := Move{MeetingID: s.meeting.ID, Event: Event{Seq: event.Seq, Type: event.Type, ItemID: event.ItemID, At: event.At, Says: event.Says}}
	move.parts, move.listed = partsOf[event.Type]
	if !move.listed || s.meeting.Between() {
		move.listed = false
		return move, nil, nil
	}
	s.meeting.RoomSeq = event.Seq
	move.state = State{Now: s.Now, Meeting: s.meeting, Forum: s.forum, Terms: s.terms, Table: s.table, Votes: s.votes}
	next := s.known
	for _, p := range move.parts {
		if !slices.Contains(s.workedOut, p.name) {
			if err := p.read(&move.state, s.Tx); err != nil {
				return Move{}, nil, err
			}
		}
		if p.name == votesPart.name {
			next.votes = append(make([]Vote, 0, len(move.state.Votes)), move.state.Votes...)
		}
	}
	next.seq, next.table = event.Seq, move.state.Table
	return move, &next, nil
}
