package room_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Meetings that nobody thought of: random people ask for random things, sensible and not, through the
// real use cases on a real Postgres. After each step what must always hold is asked of the rows and
// compared with a model that knows only what was acknowledged. rapid shrinks a failure to the fewest
// steps and prints the seed that repeats it: go test ./panels/room -run RandomMeetings -rapid.seed=N.
//
// QUORATE_WALKS is how many meetings, 12 if it is not set; QUORATE_STEPS how long they are, about 30.
func TestRandomMeetings(t *testing.T) {
	counted := func(name string, otherwise int) string {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
			otherwise = n
		}
		return strconv.Itoa(otherwise)
	}
	for name, value := range map[string]string{"rapid.checks": counted("QUORATE_WALKS", 12), "rapid.steps": counted("QUORATE_STEPS", 30), "rapid.nofailfile": "true"} {
		was := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		defer flag.Set(name, was)
	}
	var all tally
	rapid.Check(t, func(rt *rapid.T) {
		once := &once{TB: t, rt: rt}
		defer once.end()
		w := newWalk(once)
		rt.Repeat(map[string]func(*rapid.T){
			"attendance": w.attendance, "interest": w.interest, "answer an interest": w.answerInterest, "turn to an item": w.turnTo, "stage": w.stage,
			"hear an item": w.hear, "open a vote": w.openVote, "position": w.position, "position again": w.position, "a third position": w.position, "close the vote": w.closeVote,
			"confirm": w.confirm, "correct": w.correct, "answer a need": w.answerNeed,
			"note": w.note, "action": w.action, "meeting": w.stopOrStart, "resend": w.resend,
		})
		w.closes()
		all.add(w.tally)
	})
	t.Log(all.words())
	if all.meetings >= 10 && (all.decisions == 0 || all.refusals == 0 || all.votes == 0) || all.meetings >= 50 && all.consents == 0 {
		t.Error("the walks came to nothing: no decision, vote, consent or refusal was among them")
	}
}

// once is one walk's part of the test: it fails as rapid fails, and its database goes when it ends.
type once struct {
	testing.TB
	rt   *rapid.T
	done []func()
}

func (o *once) Helper()                           {}
func (o *once) Cleanup(fn func())                 { o.done = append(o.done, fn) }
func (o *once) Fatal(args ...any)                 { o.rt.Fatal(args...) }
func (o *once) Fatalf(format string, args ...any) { o.rt.Fatalf(format, args...) }
func (o *once) Error(args ...any)                 { o.rt.Error(args...) }
func (o *once) Errorf(format string, args ...any) { o.rt.Errorf(format, args...) }

func (o *once) end() {
	for _, fn := range slices.Backward(o.done) {
		fn()
	}
}

// tally says what the walks came to.
type tally struct{ meetings, done, refusals, votes, consents, decisions, provisionals, interests int }

func (t *tally) add(o tally) {
	t.meetings++
	t.done, t.refusals, t.votes, t.consents = t.done+o.done, t.refusals+o.refusals, t.votes+o.votes, t.consents+o.consents
	t.decisions, t.provisionals, t.interests = t.decisions+o.decisions, t.provisionals+o.provisionals, t.interests+o.interests
}

func (t tally) words() string {
	return fmt.Sprintf("%d meetings: %d commands done, %d refused, %d interests, %d votes closed, %d consents to pay, %d decisions (%d provisional)",
		t.meetings, t.done, t.refusals, t.interests, t.votes, t.consents, t.decisions, t.provisionals)
}

// walk is one meeting with the model of what was acknowledged.
type walk struct {
	*house
	tally
	rt        *rapid.T
	people    []access.Actor
	state     room.State // as a process that follows the meeting has it
	screens   map[uuid.UUID]*screen
	last      room.Command
	lastBy    access.Actor
	lastSeq   int64
	here      map[uuid.UUID]bool
	asked     map[uuid.UUID]*asked // interests by id
	quorate   map[uuid.UUID]bool   // votes at their close, by the model
	confirmed map[uuid.UUID]string // decisions as the rows first had them
	noteID    uuid.UUID
}

// asked is an interest as the model has it.
type asked struct {
	person    uuid.UUID
	items     []uuid.UUID
	extent    room.Extent
	withdrawn bool
}

// screen is what one person's browser shows: whole at first, and then changed section by section.
type screen struct {
	audience string
	sections map[string]json.RawMessage
}

func newWalk(o *once) *walk {
	rule := rapid.SampledFrom([]panels.VotingRule{panels.FunderConsent, panels.Consensus, panels.SimpleMajority, panels.TwoThirds}).Draw(o.rt, "rule")
	decides, casting := rapid.IntRange(0, 3).Draw(o.rt, "decides") > 0, rapid.Bool().Draw(o.rt, "casting vote")
	w := &walk{
		rt: o.rt, screens: map[uuid.UUID]*screen{}, here: map[uuid.UUID]bool{}, asked: map[uuid.UUID]*asked{}, quorate: map[uuid.UUID]bool{}, confirmed: map[uuid.UUID]string{}, noteID: id(),
		house: setup(o, func(terms *panels.Terms) { terms.VotingRule, terms.Decides, terms.CastingVote = rule, decides, casting }),
	}
	if rapid.IntRange(0, 2).Draw(o.rt, "limited") == 0 {
		w.owner(`update seat set delegated_limit_pence = 2000000 where id = $1`, w.seat["Hal Hart"])
	}
	w.officer(w.asc, w.ola)
	w.officer(w.health, w.stranger)
	w.people = []access.Actor{w.chair, w.clerk, w.ann, w.ben, w.hal, w.sam, w.eve, w.ola, w.pia, w.stranger}
	w.state = w.house.state()
	w.look()
	// Most walks begin as meetings do; the rest wherever chance takes them.
	if rapid.IntRange(0, 9).Draw(o.rt, "begins") > 0 {
		w.try(w.chair, room.StartMeeting{})
		for _, who := range []access.Actor{w.ann, w.hal, w.eve} {
			if rapid.IntRange(0, 3).Draw(o.rt, "comes") > 0 && w.try(who, room.RecordAttendance{Present: true}) {
				w.here[who.PersonID] = true
			}
		}
	}
	return w
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

func (w *walk) item() uuid.UUID {
	of := []uuid.UUID{w.request.ID, w.request.ID, w.request.ID, w.name.ID, w.standing.ID}
	return of[rapid.IntRange(0, len(of)-1).Draw(w.rt, "item")]
}

// try asks for a change and reports whether it was done. A refusal must be a sentence and leave nothing.
func (w *walk) try(actor access.Actor, change room.Change) bool {
	w.clock.Advance(time.Second)
	before := w.state.Seq()
	command := room.Command{ID: id(), Change: change}
	reply, err := w.store.Do(w.house.t.Context(), actor, w.meeting.ID, command)
	if err != nil {
		refusal := fault.As(err)
		if refusal == nil || refusal.Kind == fault.Unavailable {
			w.rt.Fatalf("%s by %s broke: %v", change.Type(), actor.Name, err)
		}
		if seq := w.count(`select room_seq from meeting where id = ?`, w.meeting.ID); int64(seq) != before {
			w.rt.Fatalf("a refused %s moved the meeting from %d to %d", change.Type(), before, seq)
		}
		w.rt.Logf("%s by %s: refused: %s", change.Type(), actor.Name, refusal.Sentence)
		w.refusals++
		return false
	}
	if reply.Seq != before+1 {
		w.rt.Fatalf("%s after event %d became event %d", change.Type(), before, reply.Seq)
	}
	w.rt.Logf("%s by %s: event %d", change.Type(), actor.Name, reply.Seq)
	w.done++
	w.last, w.lastBy, w.lastSeq = command, actor, reply.Seq
	w.look()
	return true
}

// look follows the meeting as a process does, sends everybody what is different for them, and holds each
// screen to a reading of everything.
func (w *walk) look() {
	var fresh room.State
	w.must(w.store.DB.Read(w.house.t.Context(), access.System("walk"), func(tx db.Tx) (err error) {
		if w.state, _, err = room.Follow(tx, w.state, 20); err != nil {
			return err
		}
		fresh, err = room.Load(tx, w.meeting.ID)
		return err
	}))
	for _, person := range w.people {
		viewer, takesPart := room.ViewerOf(w.state, person)
		afresh, still := room.ViewerOf(fresh, person)
		if takesPart != still {
			w.rt.Fatalf("%s takes part: %t, by a reading of everything %t", person.Name, takesPart, still)
		}
		if !takesPart {
			delete(w.screens, person.PersonID)
			continue
		}
		shown := w.screens[person.PersonID]
		now := w.sections(room.Project(w.state, viewer))
		if shown == nil || shown.audience != viewer.Audience() {
			shown = &screen{viewer.Audience(), map[string]json.RawMessage{}}
			w.screens[person.PersonID] = shown
		}
		for name, text := range now {
			if !bytes.Equal(shown.sections[name], text) {
				shown.sections[name] = text
			}
		}
		for name, text := range w.sections(room.Project(fresh, afresh)) {
			if !bytes.Equal(shown.sections[name], text) {
				w.rt.Fatalf("%s sees another %q than the rows say:\n%s\n%s", person.Name, name, shown.sections[name], text)
			}
		}
	}
	w.decisionsStand()
}

func (w *walk) sections(view room.View) map[string]json.RawMessage {
	text, err := json.Marshal(view)
	w.must(err)
	sections := map[string]json.RawMessage{}
	w.must(json.Unmarshal(text, &sections))
	return sections
}

// The model: who has left for what, who sits where, and what that comes to.

func (w *walk) kept(person, item uuid.UUID, extents ...room.Extent) bool {
	for _, interest := range w.asked {
		if !interest.withdrawn && interest.person == person && slices.Contains(interest.items, item) && slices.Contains(extents, interest.extent) {
			return true
		}
	}
	return false
}

func (w *walk) left(person, item uuid.UUID) bool     { return w.kept(person, item, "", room.StaysOut) }
func (w *walk) voteless(person, item uuid.UUID) bool { return w.kept(person, item, room.MaySpeak) }

// sits is who speaks in an agency's deciding seat for an item, by the model; nil for nobody.
func (w *walk) sits(agency, item uuid.UUID) *access.Actor {
	fills := map[uuid.UUID][]access.Actor{w.asc.ID: {w.ann, w.ben}, w.health.ID: {w.hal, w.sam}, w.edu.ID: {w.eve}}[agency]
	for _, who := range fills {
		if w.here[who.PersonID] && !w.left(who.PersonID, item) && !w.voteless(who.PersonID, item) {
			return &who
		}
	}
	return nil
}

// quorum is whether an item is quorate, by the model: two deciding people, social care among them, and
// everybody who is asked to pay.
func (w *walk) quorum(vote room.Vote) bool {
	here := 0
	for _, agency := range []uuid.UUID{w.asc.ID, w.health.ID, w.edu.ID} {
		if w.sits(agency, vote.ItemID) != nil {
			here++
		}
	}
	for _, share := range vote.Shares {
		if (share.WeeklyPence > 0 || share.OneOffPence > 0) && w.sits(share.AgencyID, vote.ItemID) == nil {
			return false
		}
	}
	return here >= w.terms.QuorumMembers && w.sits(w.asc.ID, vote.ItemID) != nil
}

func (w *walk) vote() (room.Vote, bool) {
	for _, vote := range w.state.Votes {
		if vote.IsOpen() {
			return vote, true
		}
	}
	return room.Vote{}, false
}

// decisionsStand holds every decision to how it was confirmed, and a new one to what it must rest on.
func (w *walk) decisionsStand() {
	var rows []struct {
		ID    uuid.UUID
		Words string
	}
	w.must(w.read(w.chair, func(tx db.Tx) error {
		return tx.Raw(`select d.id, to_jsonb(d)::text
			|| coalesce((select jsonb_agg(s order by s.agency_id) from decision_share s where s.decision_id = d.id)::text, '')
			|| coalesce((select jsonb_agg(c order by c.position) from decision_condition c where c.decision_id = d.id)::text, '')
			|| coalesce((select jsonb_agg(n order by n.kind, n.agency_id) from decision_need n where n.decision_id = d.id)::text, '') as words
			from decision d where d.meeting_id = ?`, w.meeting.ID).Scan(&rows).Error
	}))
	there := map[uuid.UUID]bool{}
	for _, row := range rows {
		there[row.ID] = true
		was, known := w.confirmed[row.ID]
		if !known {
			w.confirmed[row.ID] = row.Words
			w.restsOnSomething(row.ID)
		} else if was != row.Words {
			w.rt.Fatalf("a confirmed decision changed:\n%s\n%s", was, row.Words)
		}
	}
	for id := range w.confirmed {
		if !there[id] {
			w.rt.Fatalf("decision %s is gone", id)
		}
	}
}

// restsOnSomething checks a decision that was just confirmed: what agrees to anything had a quorum and
// was carried, or is provisional and waits; whoever pays consented, or is asked; the shares add up.
func (w *walk) restsOnSomething(id uuid.UUID) {
	i := slices.IndexFunc(w.state.Decisions, func(d room.Decision) bool { return d.ID == id })
	d := w.state.Decisions[i]
	w.decisions++
	agrees := slices.Contains([]room.Outcome{room.Agreed, room.AgreedWithConditions, room.AgreedInPart, room.AgreedInPrinciple}, d.Outcome)
	binds := w.count(`select count(*) from binding_decision where decision_id = ?`, id) == 1
	if binds != (len(d.Needs) == 0) {
		w.rt.Fatalf("a new decision (%s) with %d needs binds: %t", d.Outcome, len(d.Needs), binds)
	}
	if d.Outcome == room.Provisional {
		w.provisionals++
		if len(d.Needs) == 0 {
			w.rt.Fatal("a provisional decision waits for nobody")
		}
	}
	if !agrees && d.Outcome != room.Provisional {
		return
	}
	var vote *room.Vote
	for i := range w.state.Votes {
		if d.VoteID != nil && w.state.Votes[i].ID == *d.VoteID {
			vote = &w.state.Votes[i]
		}
	}
	if vote == nil {
		if len(d.Shares) > 0 {
			w.rt.Fatal("money was decided on without a vote")
		}
		return
	}
	if agrees && !w.quorate[vote.ID] {
		w.rt.Fatalf("%s was confirmed on a vote without a quorum", d.Outcome)
	}
	var weekly, oneOff int64
	for _, share := range d.Shares {
		weekly, oneOff = weekly+share.WeeklyPence, oneOff+share.OneOffPence
		if share.WeeklyPence == 0 && share.OneOffPence == 0 {
			continue
		}
		consented := slices.ContainsFunc(vote.Ballots, func(b room.Ballot) bool { return b.VotesFor == share.AgencyID && b.Position == room.Consent })
		waits := slices.ContainsFunc(d.Needs, func(n room.Need) bool { return n.AgencyID == share.AgencyID })
		switch {
		case consented:
			w.consents++
		case agrees:
			w.rt.Fatalf("%s binds an agency that did not consent to its share", d.Outcome)
		case !waits:
			w.rt.Fatal("a provisional decision asks an agency to pay that neither consented nor is asked")
		}
	}
	if d.ItemID == w.request.ID && vote.Outcome != room.AgreedInPart && (weekly != 120450 || oneOff != 30000) {
		w.rt.Fatalf("the shares come to %d a week and %d once", weekly, oneOff)
	}
}

// What people do.

func (w *walk) attendance(*rapid.T) {
	who := w.one("whose", w.ann, w.ann, w.ben, w.hal, w.hal, w.sam, w.eve, w.ola, w.chair, w.pia, w.stranger)
	change := room.RecordAttendance{Present: rapid.IntRange(0, 3).Draw(w.rt, "present") > 0, Remote: rapid.Bool().Draw(w.rt, "remote")}
	actor := who
	if rapid.IntRange(0, 3).Draw(w.rt, "by another") == 0 {
		change.PersonID, actor = who.PersonID, w.by(w.clerk, w.chair)
	}
	if w.try(actor, change) {
		w.here[who.PersonID] = change.Present
	}
}

func (w *walk) interest(*rapid.T) {
	who := w.one("whose", w.ann, w.ben, w.hal, w.sam, w.eve, w.ola, w.chair, w.stranger)
	if rapid.IntRange(0, 2).Draw(w.rt, "really") > 0 {
		w.rt.Skip("or nobody would be left to decide")
	}
	change, actor := room.DeclareInterest{ItemID: w.item(), Kind: room.Family, Reason: "A cousin"}, who
	if rapid.IntRange(0, 3).Draw(w.rt, "by another") == 0 {
		change.PersonID, actor = who.PersonID, w.by(w.clerk, w.chair)
	}
	if !w.try(actor, change) {
		return
	}
	w.interests++
	items := []uuid.UUID{w.request.ID, w.name.ID} // about one young person
	if change.ItemID == w.standing.ID {
		items = []uuid.UUID{w.standing.ID}
	}
	for _, declared := range w.state.Table.Interests {
		if w.asked[declared.ID] == nil {
			w.asked[declared.ID] = &asked{person: who.PersonID, items: items}
		}
	}
}

func (w *walk) answerInterest(*rapid.T) {
	if len(w.state.Table.Interests) == 0 {
		w.rt.Skip("none")
	}
	interest := rapid.SampledFrom(w.state.Table.Interests).Draw(w.rt, "interest").ID
	if rapid.IntRange(0, 2).Draw(w.rt, "withdrawn") == 0 {
		if w.try(w.by(w.chair), room.WithdrawInterest{InterestID: interest, Reason: "In error"}) {
			w.asked[interest].withdrawn = true
		}
		return
	}
	extent := rapid.SampledFrom([]room.Extent{room.StaysOut, room.MaySpeak, room.MaySpeakVotes}).Draw(w.rt, "extent")
	if w.try(w.by(w.chair), room.AnswerInterest{InterestID: interest, Extent: extent, Reason: "Known to all"}) {
		w.asked[interest].extent = extent
	}
}

func (w *walk) turnTo(*rapid.T) {
	item := w.item()
	switch rapid.IntRange(0, 5).Draw(w.rt, "how") {
	case 0:
		w.try(w.by(w.chair), room.FinishItem{ItemID: item})
	case 1:
		w.try(w.by(w.chair), room.PassItem{ItemID: item, Reason: "Later"})
	default:
		w.try(w.by(w.chair), room.OpenItem{ItemID: item})
	}
}

// hear takes an item from its opening to its decision as a good meeting does, but for a step that is left
// out or goes otherwise here and there. Chance alone hardly ever gets so far.
func (w *walk) hear(*rapid.T) {
	item := rapid.SampledFrom([]uuid.UUID{w.request.ID, w.request.ID, w.name.ID}).Draw(w.rt, "item heard")
	often := func(what string) bool { return rapid.IntRange(0, 9).Draw(w.rt, what) > 0 }
	if w.state.Meeting.Status != panels.InSession && often("in session") {
		w.try(w.chair, room.StartMeeting{})
	}
	for _, who := range []access.Actor{w.ann, w.hal} {
		if !w.here[who.PersonID] && often("is here") && w.try(who, room.RecordAttendance{Present: true}) {
			w.here[who.PersonID] = true
		}
	}
	if often("opened") {
		w.try(w.chair, room.OpenItem{ItemID: item})
	}
	if often("put to the vote") {
		proposal := room.OpenVote{ItemID: item, Outcome: room.Agreed, Text: "As proposed", Provisional: true}
		if item == w.request.ID && rapid.Bool().Draw(w.rt, "other shares") {
			proposal.Split = w.splits()
		}
		w.try(w.chair, proposal)
	}
	if vote, open := w.vote(); open {
		agrees := room.For
		if vote.Rule == panels.FunderConsent {
			agrees = room.Consent
		}
		for _, agency := range []uuid.UUID{w.asc.ID, w.health.ID, w.edu.ID} {
			if sitter := w.sits(agency, vote.ItemID); sitter != nil && often("agrees") {
				w.try(*sitter, room.CastBallot{VoteID: vote.ID, SeatID: sitter.Seats[0].SeatID, Position: agrees})
			}
		}
		if often("closed") {
			w.closeVote(nil)
		}
	}
	if often("confirmed") {
		w.confirm(nil)
	}
}

func (w *walk) stage(*rapid.T) {
	stage := rapid.SampledFrom([]room.Stage{room.Presenting, room.Questions, room.Deliberation}).Draw(w.rt, "stage")
	w.try(w.by(w.chair), room.MoveStage{ItemID: w.item(), Stage: stage})
}

// splits are shares as people type them: as asked, moved between the funders, a penny out, and to nil.
func (w *walk) splits() []room.Share {
	asc, health, edu := rapid.Int64Range(0, 120450).Draw(w.rt, "asc"), int64(0), int64(0)
	health = 120450 - asc
	if rapid.IntRange(0, 4).Draw(w.rt, "education too") == 0 {
		edu = rapid.Int64Range(0, health).Draw(w.rt, "education")
		health -= edu
	}
	if rapid.IntRange(0, 5).Draw(w.rt, "a penny out") == 0 {
		asc++
	}
	return []room.Share{{AgencyID: w.asc.ID, WeeklyPence: asc, OneOffPence: 30000}, {AgencyID: w.health.ID, WeeklyPence: health}, {AgencyID: w.edu.ID, WeeklyPence: edu}}
}

func (w *walk) openVote(*rapid.T) {
	proposal := room.OpenVote{ItemID: w.item(), Outcome: room.Agreed, Text: "As proposed", Provisional: rapid.IntRange(0, 2).Draw(w.rt, "provisional") == 0}
	if open := slices.IndexFunc(w.state.Items, func(i room.Item) bool { return i.Progress == room.Open }); open >= 0 && rapid.IntRange(0, 5).Draw(w.rt, "the open one") > 0 {
		proposal.ItemID = w.state.Items[open].ID
	}
	if proposal.ItemID == w.request.ID && rapid.Bool().Draw(w.rt, "other shares") {
		proposal.Split = w.splits()
	}
	if rapid.IntRange(0, 5).Draw(w.rt, "not agreed") == 0 {
		proposal.Outcome = room.NotAgreed
	}
	w.try(w.by(w.chair), proposal)
}

func (w *walk) position(*rapid.T) {
	vote, open := w.vote()
	if !open {
		if len(w.state.Votes) == 0 || rapid.IntRange(0, 3).Draw(w.rt, "late") > 0 {
			w.rt.Skip("no vote is open")
		}
		vote = w.state.Votes[len(w.state.Votes)-1]
	}
	who := w.by(w.ann, w.ben, w.hal, w.sam, w.eve)
	seat := w.seat[rapid.SampledFrom([]string{"Ann Bell", "Hal Hart", "Eve Lane", "Ola Ash"}).Draw(w.rt, "seat")]
	if len(who.Seats) > 0 && rapid.IntRange(0, 5).Draw(w.rt, "own seat") > 0 {
		seat = who.Seats[0].SeatID
	}
	offered := []room.Position{room.Consent, room.Consent, room.Consent, room.ConsentIf, room.Refuse, room.Abstain}
	if vote.Rule != panels.FunderConsent {
		offered = []room.Position{room.For, room.For, room.ForIf, room.Against, room.Abstain}
	}
	given := room.CastBallot{VoteID: vote.ID, SeatID: seat, Position: rapid.SampledFrom(offered).Draw(w.rt, "position"), Reason: "Because"}
	if given.Position == room.ConsentIf || given.Position == room.ForIf {
		given.Condition = "A review in May"
	}
	before := vote.Ballots
	if !w.try(who, given) {
		return
	}
	if !open {
		w.rt.Fatal("a position was taken after the close")
	}
	if !w.here[who.PersonID] {
		w.rt.Fatalf("%s is not here, and gave a position", who.Name)
	}
	if w.left(who.PersonID, vote.ItemID) || w.voteless(who.PersonID, vote.ItemID) {
		w.rt.Fatalf("%s has left for the item, and gave a position", who.Name)
	}
	now, _ := w.vote()
	if vote.Rule == panels.FunderConsent {
		agency := who.Seats[0].AgencyID
		if speaker := w.sits(agency, vote.ItemID); speaker == nil || speaker.PersonID != who.PersonID {
			earlier := slices.ContainsFunc(before, func(b room.Ballot) bool { return b.VotesFor == agency && b.PersonID == who.PersonID })
			if !earlier {
				w.rt.Fatalf("%s gave the position of an agency that somebody else speaks for", who.Name)
			}
		}
	}
	voices, people := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, ballot := range now.Ballots {
		if voices[ballot.VotesFor] || people[ballot.PersonID] {
			w.rt.Fatal("one voice is counted twice")
		}
		voices[ballot.VotesFor], people[ballot.PersonID] = true, true
	}
}

func (w *walk) closeVote(*rapid.T) {
	vote, open := w.vote()
	if !open {
		w.rt.Skip("no vote is open")
	}
	quorate := w.quorum(vote)
	if !w.try(w.by(w.chair), room.CloseVote{VoteID: vote.ID}) {
		return
	}
	w.votes++
	w.quorate[vote.ID] = quorate && !vote.Provisional
	i := slices.IndexFunc(w.state.Votes, func(v room.Vote) bool { return v.ID == vote.ID })
	closed := w.state.Votes[i]
	if closed.Quorate != quorate {
		w.rt.Fatalf("the vote closed as quorate: %t (%s), by the model %t", closed.Quorate, closed.Quorum, quorate)
	}
	for _, ballot := range closed.Ballots {
		if w.left(ballot.PersonID, vote.ItemID) || w.voteless(ballot.PersonID, vote.ItemID) {
			w.rt.Fatal("the position of somebody who has left for the item was counted")
		}
	}
	paying := map[uuid.UUID]bool{}
	for _, share := range closed.Shares {
		if share.WeeklyPence > 0 || share.OneOffPence > 0 {
			paying[share.AgencyID] = true
		}
	}
	for _, ballot := range closed.Ballots {
		delete(paying, ballot.VotesFor)
		if len(closed.Shares) > 0 && closed.Rule == panels.FunderConsent && (ballot.Position != room.Consent) && closed.Carried {
			w.rt.Fatalf("carried although a funder said %s", ballot.Position)
		}
	}
	if closed.Rule == panels.FunderConsent && closed.Carried && len(paying) > 0 {
		w.rt.Fatal("carried although a funder gave no position")
	}
}

func (w *walk) confirm(*rapid.T) {
	item := w.item()
	if open := slices.IndexFunc(w.state.Items, func(i room.Item) bool { return i.Progress == room.Open }); open >= 0 && rapid.IntRange(0, 5).Draw(w.rt, "the open one") > 0 {
		item = w.state.Items[open].ID
	}
	outcome := rapid.SampledFrom([]room.Outcome{room.Agreed, room.Agreed, room.Agreed, room.AgreedWithConditions, room.AgreedWithConditions, room.Provisional, room.Provisional, room.AgreedInPart, room.Deferred, room.NotAgreed}).Draw(w.rt, "outcome")
	c := room.ConfirmDecision{
		ItemID: item, Outcome: outcome, Reasons: "Assessed need", Meanwhile: "As now", Challenge: room.ChallengeEHCP, Missing: "The report",
		EndorsedByID: &rapid.SampledFrom([]*panels.Agency{&w.health, &w.asc, &w.edu}).Draw(w.rt, "endorsed by").ID, AssessorPresent: true,
	}
	if outcome == room.Deferred {
		c.NextMeetingID = &w.next.ID
	}
	if outcome == room.AgreedWithConditions || outcome == room.Provisional && rapid.Bool().Draw(w.rt, "with a condition") {
		c.Conditions = []room.Condition{{Text: "A review in May", EvidenceDue: clock.MustDate("2027-05-01"), OwnerID: w.pia.PersonID}}
	}
	if rapid.IntRange(0, 3).Draw(w.rt, "casting vote") == 0 {
		c.CastingVote = rapid.SampledFrom([]room.Position{room.For, room.Against}).Draw(w.rt, "cast")
	}
	if rapid.IntRange(0, 7).Draw(w.rt, "other shares") == 0 {
		c.Split = w.splits()
	}
	w.try(w.by(w.chair), c)
}

func (w *walk) correct(*rapid.T) {
	if len(w.state.Decisions) == 0 {
		w.rt.Skip("none")
	}
	d := rapid.SampledFrom(w.state.Decisions).Draw(w.rt, "decision")
	w.try(w.by(w.chair), room.CorrectDecision{DecisionID: d.ID, Wrong: "Five", Right: "Six", Reason: "A slip"})
}

func (w *walk) answerNeed(*rapid.T) {
	for _, d := range w.state.Decisions {
		if len(d.Needs) == 0 {
			continue
		}
		need := rapid.SampledFrom(d.Needs).Draw(w.rt, "need")
		agreed, who := rapid.IntRange(0, 3).Draw(w.rt, "agreed") > 0, w.by(w.ola, w.stranger, w.hal, w.sam, w.ann, w.ben)
		var change room.Change = room.EndorseDecision{DecisionID: d.ID, AgencyID: need.AgencyID, Agreed: agreed, Reason: "Read"}
		if need.Kind == room.Authorisation {
			change = room.AuthoriseDecision{DecisionID: d.ID, AgencyID: need.AgencyID, Agreed: agreed, Reason: "Read"}
		}
		voted := slices.ContainsFunc(w.state.Votes, func(v room.Vote) bool {
			return v.ItemID == d.ItemID && slices.ContainsFunc(v.Ballots, func(b room.Ballot) bool { return b.PersonID == who.PersonID })
		})
		if !w.try(who, change) {
			return
		}
		if voted {
			w.rt.Fatalf("%s voted on the item and then answered for an agency as well", who.Name)
		}
		if w.left(who.PersonID, d.ItemID) {
			w.rt.Fatalf("%s has left for the item and answered for an agency", who.Name)
		}
		i := slices.IndexFunc(w.state.Decisions, func(other room.Decision) bool { return other.ID == d.ID })
		open := slices.ContainsFunc(w.state.Decisions[i].Needs, func(n room.Need) bool { return n.Answer == nil || !n.Answer.Agreed })
		if binds := w.count(`select count(*) from binding_decision where decision_id = ?`, d.ID) == 1; binds == open {
			w.rt.Fatalf("with an answer open or refused: %t, the decision binds: %t", open, binds)
		}
		return
	}
	w.rt.Skip("nothing waits")
}

func (w *walk) note(*rapid.T) {
	note := room.WriteNote{NoteID: w.noteID, ItemID: w.request.ID, Text: "Heard", BaseVersion: rapid.IntRange(0, 2).Draw(w.rt, "base")}
	for _, kept := range w.state.Notes {
		if kept.ID == w.noteID && rapid.IntRange(0, 3).Draw(w.rt, "read it") > 0 {
			note.BaseVersion = kept.Version
		}
	}
	w.try(w.by(w.clerk, w.chair), note)
}

func (w *walk) action(*rapid.T) {
	if len(w.state.Actions) > 0 && rapid.Bool().Draw(w.rt, "done") {
		w.try(w.by(w.ann, w.clerk), room.CompleteAction{ActionID: rapid.SampledFrom(w.state.Actions).Draw(w.rt, "action").ID, Text: "Done"})
		return
	}
	item := w.item()
	w.try(w.by(w.clerk, w.chair), room.RaiseAction{ItemID: &item, OwnerID: w.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "Chase it"})
}

func (w *walk) stopOrStart(*rapid.T) {
	switch rapid.IntRange(0, 11).Draw(w.rt, "what") {
	case 0:
		if w.try(w.by(w.chair), room.AdjournMeeting{Reason: "A fire alarm"}) {
			clear(w.here) // everybody goes home
		}
	case 1:
		w.try(w.by(w.clerk, w.ann, w.chair), room.CloseMeeting{})
	case 2, 3:
		w.try(w.by(w.chair), room.PauseMeeting{Text: "Back at 11am"})
	case 4, 5, 6:
		w.try(w.by(w.chair), room.ResumeMeeting{})
	default:
		w.try(w.by(w.chair), room.StartMeeting{})
	}
}

// resend is a line that dropped after the commit: the same command again.
func (w *walk) resend(*rapid.T) {
	if w.last.Change == nil {
		w.rt.Skip("nothing was done")
	}
	reply, err := w.store.Do(w.house.t.Context(), w.lastBy, w.meeting.ID, w.last)
	if err != nil || reply.Seq != w.lastSeq {
		w.rt.Fatalf("asked again for what was event %d and was answered %d (%v)", w.lastSeq, reply.Seq, err)
	}
	if other := w.by(w.people...); other.PersonID != w.lastBy.PersonID {
		if _, err := w.store.Do(w.house.t.Context(), other, w.meeting.ID, w.last); fault.As(err) == nil {
			w.rt.Fatalf("%s used the command of %s: %v", other.Name, w.lastBy.Name, err)
		}
	}
	w.look()
}

// closes ends the meeting: its log is whole, and so is its sealed record.
func (w *walk) closes() {
	events, err := w.store.Log(w.house.t.Context(), w.clerk, w.meeting.ID)
	w.must(err)
	w.must(room.Verify(events))
	if n := int64(len(events)); n != w.state.Seq() {
		w.rt.Fatalf("the meeting stands at %d and has %d events", w.state.Seq(), n)
	}
	if vote, open := w.vote(); open && !w.try(w.chair, room.CloseVote{VoteID: vote.ID}) {
		return // the chair has left for the item, and this house has no deputy chair
	}
	if w.state.Meeting.Status == panels.Scheduled && !w.try(w.chair, room.StartMeeting{}) {
		w.rt.Fatal("the meeting cannot be started")
	}
	if w.state.Meeting.Status != panels.Closed && !w.try(w.chair, room.CloseMeeting{}) {
		w.rt.Fatal("the meeting cannot be closed")
	}
	if _, err := w.store.MakeMinutesFinal(w.house.t.Context(), w.clerk, w.meeting.ID); err != nil {
		w.rt.Fatalf("the minutes cannot be made final: %v", err)
	}
	for _, reader := range []access.Actor{w.clerk, w.chair} {
		file, _, err := w.store.ExportRecord(w.house.t.Context(), reader, w.meeting.ID)
		w.must(err)
		checked, err := room.CheckSealedRecord(file)
		if err != nil {
			w.rt.Fatalf("the sealed record does not hold: %v", err)
		}
		hidden := 0
		for _, d := range w.state.Decisions {
			if w.left(reader.PersonID, d.ItemID) {
				hidden++
			}
		}
		if checked.Decisions != len(w.state.Decisions)-hidden {
			w.rt.Fatalf("%s has %d decisions in the record, want %d", reader.Name, checked.Decisions, len(w.state.Decisions)-hidden)
		}
	}
}
