package room_test

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// steps are what people do, each as often as the others; what holds is checked after each.
func (w *walk) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"": w.holds,

		"attendance": w.attendance, "interest": w.interest, "answer an interest": w.answerInterest, "authoriser": w.authoriser, "condition a third time": w.condition,
		"turn to an item": w.turnTo, "stage": w.stage, "meeting": w.stopOrStart, "chair": w.passChair,
		"hear an item": w.hear, "hear another": w.hear, "hear a third": w.hear, "hear a fourth": w.hear,
		"open a vote": w.openVote, "position": w.position, "another position": w.position, "close the vote": w.closeVote,
		"write a position down": w.writeDown, "answer what was written down": w.answerWritten,
		"consent list": w.consentList, "the whole list": w.wholeList, "the whole list again": w.wholeList, "object": w.object,
		"confirm": w.confirm, "other chair": w.otherChair, "other chair again": w.otherChair, "correct": w.correct,
		"answer a need": w.answerNeed, "answer another need": w.answerNeed, "condition": w.condition, "condition again": w.condition,
		"note": w.note, "action": w.action, "list": w.updateList,
		"between": w.betweenSteps, "next meeting": w.nextMeeting, "resend": w.resend,
	}
}

// Who comes, and who runs the meeting.

func (w *walk) attendance(*rapid.T) {
	who := w.one("whose", append([]access.Actor{w.ann, w.hal, w.ann, w.hal}, w.people...)...)
	change := room.RecordAttendance{Present: rapid.IntRange(0, 3).Draw(w.rt, "present") > 0, Remote: rapid.Bool().Draw(w.rt, "remote")}
	actor := who
	if rapid.IntRange(0, 3).Draw(w.rt, "by another") == 0 {
		change.PersonID, actor = who.PersonID, w.by(w.clerk, w.inTheChair())
	}
	w.try(actor, change)
}

func (w *walk) turnTo(*rapid.T) {
	item := w.item()
	switch rapid.IntRange(0, 7).Draw(w.rt, "how") {
	case 0, 1:
		w.try(w.by(w.inTheChair()), room.FinishItem{ItemID: w.openOr()})
	case 2, 3:
		w.try(w.by(w.inTheChair()), room.PassItem{ItemID: item, Reason: "Later"})
	default:
		w.try(w.by(w.inTheChair()), room.OpenItem{ItemID: item})
	}
}

func (w *walk) stage(*rapid.T) {
	stage := rapid.SampledFrom([]room.Stage{room.Presenting, room.Questions, room.Deliberation}).Draw(w.rt, "stage")
	who := w.inTheChair()
	if w.robin.Name != "" && rapid.Bool().Draw(w.rt, "by the young person") {
		who = w.robin
	}
	w.try(w.by(who), room.MoveStage{ItemID: w.openOr(), Stage: stage})
}

func (w *walk) stopOrStart(*rapid.T) {
	if w.apart() {
		w.rt.Skip("nobody meets")
	}
	switch rapid.IntRange(0, 13).Draw(w.rt, "what") {
	case 0:
		w.try(w.by(w.inTheChair()), room.AdjournMeeting{Reason: "A fire alarm"})
	case 1:
		w.try(w.by(w.inTheChair()), room.AdjournMeeting{Reason: "No quorum", On: w.day(4), At: "2pm"})
	case 2:
		w.try(w.by(w.clerk, w.ann, w.inTheChair()), room.CloseMeeting{})
	case 3, 4, 5:
		w.try(w.by(w.inTheChair()), room.PauseMeeting{Text: "Back at 11am"})
	case 6, 7, 8:
		w.try(w.by(w.inTheChair()), room.ResumeMeeting{})
	default:
		w.comesAgain()
		w.try(w.by(w.chair), room.StartMeeting{})
	}
}

// comesAgain lets the time pass until a meeting that is adjourned to a day goes on.
func (w *walk) comesAgain() {
	if m := w.state.Meeting; m.Status == panels.Adjourned && m.StartsAt.After(w.clock.Now()) {
		w.clock.Set(m.StartsAt.Add(time.Minute))
	}
}

func (w *walk) passChair(*rapid.T) {
	others := []access.Actor{w.chair}
	for _, one := range []access.Actor{w.dee, w.olga} {
		if one.Name != "" {
			others = append(others, one)
		}
	}
	if rapid.Bool().Draw(w.rt, "taken") {
		w.try(w.by(others...), room.TakeChair{})
		return
	}
	to := w.one("to", others...)
	if rapid.IntRange(0, 3).Draw(w.rt, "and here") > 0 && !w.here[to.PersonID] {
		w.try(to, room.RecordAttendance{Present: true})
	}
	w.try(w.by(w.inTheChair()), room.HandChair{PersonID: to.PersonID})
}

// Who has an interest.

func (w *walk) interest(*rapid.T) {
	if rapid.IntRange(0, 2).Draw(w.rt, "really") > 0 {
		w.rt.Skip("or nobody would be left to decide")
	}
	who := w.one("whose", w.people...)
	change, actor := room.DeclareInterest{ItemID: w.item(), Kind: room.Family, Reason: "A cousin"}, who
	if rapid.IntRange(0, 3).Draw(w.rt, "by another") == 0 {
		change.PersonID, actor = who.PersonID, w.by(w.clerk, w.inTheChair())
	}
	w.try(actor, change)
}

func (w *walk) answerInterest(*rapid.T) {
	if len(w.state.Table.Interests) == 0 {
		w.rt.Skip("none")
	}
	interest := rapid.SampledFrom(w.state.Table.Interests).Draw(w.rt, "interest").ID
	if rapid.IntRange(0, 2).Draw(w.rt, "withdrawn") == 0 {
		w.try(w.by(w.inTheChair()), room.WithdrawInterest{InterestID: interest, Reason: "In error"})
		return
	}
	extent := rapid.SampledFrom([]room.Extent{room.StaysOut, room.MaySpeak, room.MaySpeakVotes}).Draw(w.rt, "extent")
	w.try(w.by(w.inTheChair()), room.AnswerInterest{InterestID: interest, Extent: extent, Reason: "Known to all"})
}

// authoriser: one or all who speak for health leave for the item, and somebody independent is named.
func (w *walk) authoriser(*rapid.T) {
	if rapid.Bool().Draw(w.rt, "not now") {
		w.rt.Skip("or health would never speak")
	}
	for _, who := range []access.Actor{w.hal, w.sam} {
		if !w.left(who.PersonID, w.matter) && w.often("leaves") {
			w.try(who, room.DeclareInterest{ItemID: w.matter, Kind: room.Family, Reason: "A cousin"})
		}
	}
	agency := rapid.SampledFrom([]uuid.UUID{w.health.ID, w.health.ID, w.asc.ID}).Draw(w.rt, "for")
	if w.try(w.by(w.clerk, w.inTheChair(), w.stranger), room.NameAuthoriser{ItemID: w.matter, AgencyID: agency, PersonID: w.ivy.PersonID}) && w.often("comes") {
		w.try(w.ivy, room.RecordAttendance{Present: true})
	}
}

// resend is a line that dropped after the commit: the same command again.
func (w *walk) resend(*rapid.T) {
	if w.lastDone.Change == nil {
		w.rt.Skip("nothing was done")
	}
	reply, err := w.store.Do(w.house.t.Context(), w.lastBy, w.meeting.ID, w.lastDone)
	if err != nil || reply.Seq != w.lastSeq {
		w.rt.Fatalf("asked again for what was event %d and was answered %d (%v)", w.lastSeq, reply.Seq, err)
	}
	if other := w.by(w.people...); other.PersonID != w.lastBy.PersonID {
		if _, err := w.store.Do(w.house.t.Context(), other, w.meeting.ID, w.lastDone); fault.As(err) == nil {
			w.rt.Fatalf("%s used the command of %s: %v", other.Name, w.lastBy.Name, err)
		}
	}
	w.look()
}

// speakers are who speaks for each payer of an item now.
func (w *walk) speakers(item uuid.UUID, payers []uuid.UUID) (people []access.Actor) {
	for _, agency := range payers {
		person, _ := w.speaker(agency, item)
		if i := slices.IndexFunc(w.people, func(a access.Actor) bool { return a.PersonID == person }); i >= 0 {
			people = append(people, w.people[i])
		}
	}
	return people
}
