package room

import (
	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// recordOf says who wrote a position down for somebody else, and what that person says of it: "Spoken;
// written down by Clem Clerk. Confirmed on 26 November 2026". It is "" for what somebody gave themselves.
func (s State) recordOf(b Ballot) string {
	if !b.writtenDown() {
		return ""
	}
	by, _ := s.Table.name(b.RecordedBy)
	words := "Spoken; written down by " + by
	switch {
	case b.AnsweredAt != nil && b.Disputed:
		words += ". Disputed on " + clock.DateOf(*b.AnsweredAt).Long() + ": “" + b.AnswerText + "”"
	case b.AnsweredAt != nil:
		words += ". Confirmed on " + clock.DateOf(*b.AnsweredAt).Long()
	case b.AnswerBy.IsZero(): // carried over: it is answered where it was given
	case clock.DateOf(s.Now).After(b.AnswerBy):
		words += ". Neither confirmed nor disputed by " + b.AnswerBy.Long()
	default:
		words += ". Not confirmed yet"
	}
	return words
}

// writtenFor are the positions that somebody wrote down for a viewer, and that wait for their answer.
func (s State) writtenFor(viewer Viewer) []WrittenView {
	waiting := []WrittenView{}
	for _, vote := range s.Votes {
		for _, b := range vote.Ballots {
			if b.PersonID != viewer.PersonID || b.AnsweredAt != nil || b.AnswerBy.IsZero() || clock.DateOf(s.Now).After(b.AnswerBy) {
				continue
			}
			item, found := s.item(vote.ItemID)
			if !found || viewer.hides(s, item) != "" {
				continue
			}
			by, _ := s.Table.name(b.RecordedBy)
			name := s.agency(b.VotesFor).Name
			if name == "" {
				name, _ = s.Table.name(b.VotesFor)
			}
			waiting = append(waiting, WrittenView{
				BallotID: b.ID, ItemID: item.ID, Number: item.Number, For: name, Words: b.Position.given(b.Condition).Words(),
				Condition: b.Condition, Reason: b.Reason, By: by, At: b.CastAt.UTC(), Until: b.AnswerBy,
			})
		}
	}
	return waiting
}

// sinceFinal puts into minutes that were kept what those for whom a position was written down have said
// of it since.
func (s State) sinceFinal(kept *VoteView) {
	if kept == nil {
		return
	}
	now := map[uuid.UUID]Ballot{}
	for _, vote := range s.Votes {
		for _, b := range vote.Ballots {
			now[b.ID] = b
		}
	}
	for _, run := range append(kept.Earlier, *kept) { // the voters are shared with what is kept
		for i := range run.Voters {
			if b, found := now[run.Voters[i].BallotID]; found && b.writtenDown() {
				run.Voters[i].Disputed, run.Voters[i].Record = b.Disputed, s.recordOf(b)
			}
		}
	}
}
