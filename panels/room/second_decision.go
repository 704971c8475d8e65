package room

import (
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// perform confirms, as the other chair, what the first confirmed: only now does it bind, and follow
// what follows from it. It may be done after the meeting has closed: the absent chair reads it next day.
func (c SecondDecision) perform(s *sitting) (happened, error) {
	if err := s.Actor.Check(access.RunMeeting, s.forum.ID); err != nil {
		return happened{}, err
	}
	if s.meeting.Status == panels.Scheduled {
		return happened{}, s.inSession()
	}
	waiting, item, err := s.awaiting(c.DecisionID)
	if err != nil {
		return happened{}, err
	}
	if err := s.table.mayConfirmAlso(s.Actor.PersonID, waiting); err != nil {
		return happened{}, err
	}
	if s.table.Left(waiting.ConfirmedBy, item.ID) {
		return happened{}, fault.New(fault.Conflict, "%s confirmed this first and has since left for item %s because of an interest. Send it back, and decide without them.", waiting.Names.ConfirmedBy, item.Number)
	}
	words := waiting.Content
	if err := words.checkLinks(s, item); err != nil { // the meeting it is deferred to may be cancelled since
		return happened{}, asItStands(err)
	}
	if err := s.settle(waiting, ""); err != nil {
		return happened{}, err
	}
	decision := words.decision(s, item)
	decision.ID, decision.VoteID, decision.Standing = waiting.ID, words.VoteID, waiting.Standing
	decision.Quorum, decision.Counted = waiting.Quorum, waiting.Counted
	decision.ConfirmedBy, decision.AlsoConfirmedBy, decision.ConfirmedAt = waiting.ConfirmedBy, &s.Actor.PersonID, s.Now
	var vote *Vote
	if words.VoteID != nil {
		behind, err := s.vote(*words.VoteID)
		if err != nil {
			return happened{}, err
		}
		vote = &behind
	} else if s.meeting.Kind == panels.ChairsAction {
		vote = unasked(item.ID, words.Split)
	}
	what, err := s.bind(words, decision, item, vote)
	return what, asItStands(err)
}

// asItStands says of words that nobody can mend any more what is wrong with them.
func asItStands(err error) error {
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0 {
		return fault.New(fault.Conflict, "This cannot be confirmed as it stands. %s: send it back, and put it right.", f.Fields[0].Sentence)
	}
	return err
}
