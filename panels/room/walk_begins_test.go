package room_test

import (
	"strconv"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// walk is one meeting, and the one after it, with the model of what was acknowledged.
type walk struct {
	*house
	model
	tally
	rt      *rapid.T
	people  []access.Actor
	matter  uuid.UUID  // an item about the young person
	state   room.State // as a process that follows the meeting has it
	screens map[uuid.UUID]*screen

	dee, olga, ivy, robin, gus access.Actor // deputy chair, other chair, authoriser, young person, guest funder
	outsiders                  []uuid.UUID  // who joins one item and nothing else

	lastDone  room.Command
	lastBy    access.Actor
	lastSeq   int64
	asClosed  map[uuid.UUID]string // votes as the rows first had them closed
	confirmed map[uuid.UUID]string // decisions as the rows first had them
	heldAt    string               // the event after which the rows were checked last
	noteID    uuid.UUID
	wentOn    bool // to the next meeting
}

// What each request asks for, a week and once.
const askedWeekly, askedOnce = 120450, 30000

// asked is who is to pay for an item by its request: adult social care, and health or the guest funder.
func (w *walk) asked(item uuid.UUID) []room.Share {
	second := w.health.ID
	if request := w.line(item).RequestID; w.gus.Name != "" && request != nil && *request == w.requestID {
		second = w.gus.AgencyID
	}
	return []room.Share{{AgencyID: w.asc.ID, WeeklyPence: askedWeekly / 2, OneOffPence: askedOnce}, {AgencyID: second, WeeklyPence: askedWeekly / 2}}
}

func newWalk(o *once, of occasion) *walk {
	rule := rapid.SampledFrom([]panels.VotingRule{panels.FunderConsent, panels.Consensus, panels.SimpleMajority, panels.TwoThirds}).Draw(o.rt, "rule")
	decides, casting := rapid.IntRange(0, 3).Draw(o.rt, "decides") > 0, rapid.Bool().Draw(o.rt, "casting vote")
	w := &walk{
		rt: o.rt, screens: map[uuid.UUID]*screen{}, asClosed: map[uuid.UUID]string{}, confirmed: map[uuid.UUID]string{}, noteID: id(),
		tally: tally{accepted: map[string]int{}},
		house: setup(o, func(terms *panels.Terms) { terms.VotingRule, terms.Decides, terms.CastingVote = rule, decides, casting }, of.terms),
	}
	w.matter = w.request.ID
	w.model = model{
		rules: w.terms, kind: panels.Held, caseOf: map[uuid.UUID]uuid.UUID{}, here: map[uuid.UUID]bool{}, interests: map[uuid.UUID]*leaving{},
		listed: map[uuid.UUID]uuid.UUID{}, grounds: map[uuid.UUID]*grounds{},
		places: []desk{
			{id: w.seat["Ann Bell"], agency: w.asc.ID, fills: []uuid.UUID{w.ann.PersonID, w.ben.PersonID}},
			{id: w.seat["Hal Hart"], agency: w.health.ID, fills: []uuid.UUID{w.hal.PersonID, w.sam.PersonID}},
			{id: w.seat["Eve Lane"], agency: w.edu.ID, fills: []uuid.UUID{w.eve.PersonID}},
		},
	}
	if rapid.IntRange(0, 2).Draw(o.rt, "limited") == 0 {
		w.owner(`update seat set delegated_limit_pence = 2000000 where id = $1`, w.seat["Hal Hart"])
		w.places[1].limit = 2000000
	}
	w.officer(w.asc, w.ola)
	w.officer(w.health, w.stranger)
	w.ivy = w.newcomer("Ivy Unseated", w.health.ID, w.request.ID)
	w.outsiders = []uuid.UUID{w.ivy.PersonID}
	w.people = []access.Actor{w.chair, w.clerk, w.ann, w.ben, w.hal, w.sam, w.eve, w.ola, w.pia, w.stranger, w.ivy}
	if of.meets {
		w.moreRequests()
	}
	of.begins(w)
	w.agenda()
	w.state = w.house.state()
	w.look()
	if w.apart() || rapid.IntRange(0, 9).Draw(o.rt, "begins") == 0 {
		return w
	}
	// Most walks begin as meetings do; the rest wherever chance takes them.
	w.try(w.chair, room.StartMeeting{})
	for _, who := range []access.Actor{w.ann, w.hal, w.eve} {
		if rapid.IntRange(0, 3).Draw(o.rt, "comes") > 0 {
			w.try(who, room.RecordAttendance{Present: true})
		}
	}
	return w
}

// newcomer is somebody of an agency who has no seat, and may come to join an item.
func (w *walk) newcomer(name string, agency, item uuid.UUID) access.Actor {
	person := access.Actor{PersonID: id(), Name: name, AgencyID: agency, Guests: []access.Guest{{ForumID: w.forum.ID, MeetingID: w.meeting.ID, ItemID: item}}}
	w.owner(`insert into person (id, name, email, agency_id, created_at) values ($1, $2, $3, $4, now())`, person.PersonID, name, person.PersonID.String()+"@example.org", agency)
	return person
}

// moreRequests puts two more on the agenda, for another young person.
func (w *walk) moreRequests() {
	other := id()
	w.owner(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at) values ($1, 'Gull-7', 'OTHER-REF', 'Tam', 'Finch', '2009-05-06', now(), now())`, other)
	for number := 4; number <= 5; number++ {
		request := id()
		w.owner(`insert into funding_request (id, case_id, forum_id, submitted_by, state, need, weekly_pence, one_off_pence, starts_on, meeting_id, created_at)
			values ($1, $2, $3, $4, 'tabled', 'Short breaks', $5, $6, '2027-01-04', $7, now())`, request, other, w.forum.ID, w.pia.PersonID, askedWeekly, askedOnce, w.meeting.ID)
		for _, share := range w.asked(uuid.Nil) {
			w.owner(`insert into request_share (request_id, agency_id, weekly_pence, one_off_pence) values ($1, $2, $3, $4)`, request, share.AgencyID, share.WeeklyPence, share.OneOffPence)
		}
		w.owner(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, request_id, minutes, reasons, created_at) values ($1, $2, $3, $4, 'request', $5, $6, 20, '[]', now())`,
			id(), w.meeting.ID, strconv.Itoa(number), number, other, request)
	}
}

// withDeputy: somebody may take the chair over.
func (w *walk) withDeputy() {
	w.dee = w.deputyChair()
	w.people = append(w.people, w.dee)
}

// underTwoChairs: whatever one confirms waits for the other.
func (w *walk) underTwoChairs() {
	w.olga, _, w.dee = w.secondChair()
	w.people = append(w.people, w.olga, w.dee)
}

// joinedByGuests: a funder from outside is to pay, and the young person joins their own item, and may chair it.
func (w *walk) joinedByGuests() {
	w.withDeputy()
	var from uuid.UUID
	w.gus, from = w.guest()
	w.places = append(w.places, desk{id: from, agency: w.gus.AgencyID, fills: []uuid.UUID{w.gus.PersonID}, item: w.request.ID, outside: true})
	families := id()
	w.owner(`insert into agency (id, name, short_name, kind, outside) values ($1, 'Young people and families', 'Families', 'family', true)`, families)
	w.robin, from = w.guestOf("Robin Young", families, w.request.ID)
	w.robin.Guests[0].Family = true
	if rapid.Bool().Draw(w.rt, "leads") {
		w.owner(`update meeting_guest set leads = true where id = $1`, from)
	}
	w.people = append(w.people, w.gus, w.robin)
	w.outsiders = append(w.outsiders, w.gus.PersonID, w.robin.PersonID)
}

// askedInWriting: the panel is asked for its positions between two meetings.
func (w *walk) askedInWriting() {
	vote := w.inWriting()
	w.betweenMeetings(panels.Correspondence)
	p := w.proposed(room.OpenVote{ItemID: w.matter, Outcome: room.Agreed})
	p.id = vote
	w.polls = append(w.polls, p)
}

// leftToTheChair: the chair decides what cannot wait even for that.
func (w *walk) leftToTheChair() {
	w.waitingRequest()
	asked := room.ChairsAction{ID: id(), RequestID: w.requestID, Why: urgentWhy}
	w.must(w.store.TakeChairsAction(w.house.t.Context(), w.chair, asked))
	w.meeting.ID = asked.ID
	w.betweenMeetings(panels.ChairsAction)
	w.acting = w.chair.PersonID
}

func (w *walk) betweenMeetings(kind panels.MeetingKind) {
	w.kind, w.running = kind, true
	w.agenda()
	w.matter = w.lines[0].ID
}

// by draws who asks: mostly whoever should.
func (w *walk) by(should ...access.Actor) access.Actor {
	if rapid.IntRange(0, 7).Draw(w.rt, "who should") > 0 {
		return w.one("who", should...)
	}
	return w.one("anybody", w.people...)
}

func (w *walk) one(label string, of ...access.Actor) access.Actor {
	return of[rapid.IntRange(0, len(of)-1).Draw(w.rt, label)]
}

// often is nine times in ten.
func (w *walk) often(what string) bool { return rapid.IntRange(0, 9).Draw(w.rt, what) > 0 }

// inTheChair is whoever may run the meeting now.
func (w *walk) inTheChair() access.Actor {
	for _, person := range w.people {
		if person.PersonID == w.acting {
			return person
		}
	}
	return w.chair
}

func (w *walk) aloud() bool { return w.rules.VotingMethod == panels.Spoken && !w.apart() }

// item draws one of the agenda's, mostly the one about money.
func (w *walk) item() uuid.UUID {
	var of []uuid.UUID
	for _, l := range w.lines {
		of = append(of, l.ID)
		if l.RequestID != nil {
			of = append(of, l.ID, l.ID)
		}
	}
	return of[rapid.IntRange(0, len(of)-1).Draw(w.rt, "item")]
}

// openOr is the open item mostly, and otherwise any.
func (w *walk) openOr() uuid.UUID {
	item, _ := w.opened()
	if item == uuid.Nil || rapid.IntRange(0, 5).Draw(w.rt, "another") == 0 {
		return w.item()
	}
	return item
}

// try asks for a change and reports whether it was accepted. A refusal must be a sentence and leave nothing;
// what is accepted must not be what the model forbids.
func (w *walk) try(actor access.Actor, change room.Change) bool {
	w.clock.Advance(time.Second)
	forbidden := w.forbids(actor, change)
	before := w.state
	var told []room.Move
	w.store.Moved = func(move room.Move) { told = append(told, move) }
	command := room.Command{ID: id(), Change: change}
	reply, err := w.store.Do(w.house.t.Context(), actor, w.meeting.ID, command)
	if err != nil {
		refusal := fault.As(err)
		if refusal == nil || refusal.Kind == fault.Unavailable {
			w.rt.Fatalf("%s by %s broke: %v", change.Type(), actor.Name, err)
		}
		if seq := w.count(`select room_seq from meeting where id = ?`, w.meeting.ID); int64(seq) != before.Seq() {
			w.rt.Fatalf("a refused %s moved the meeting from %d to %d", change.Type(), before.Seq(), seq)
		}
		w.rt.Logf("%s by %s: refused: %s", change.Type(), actor.Name, refusal.Sentence)
		w.refusals++
		return false
	}
	w.rt.Logf("%s by %s: event %d", change.Type(), actor.Name, reply.Seq)
	if forbidden != "" {
		w.rt.Fatalf("%s by %s was accepted, although %s", change.Type(), actor.Name, forbidden)
	}
	if reply.Seq != before.Seq()+1 {
		w.rt.Fatalf("%s after event %d became event %d", change.Type(), before.Seq(), reply.Seq)
	}
	w.accepted[change.Type()]++
	w.lastDone, w.lastBy, w.lastSeq = command, actor, reply.Seq
	w.learns(actor, change)
	w.look()
	w.must(w.store.CheckKnown(w.house.t.Context(), w.meeting.ID))
	for _, move := range told {
		w.must(room.CheckMove(before, w.state, move))
	}
	return true
}
