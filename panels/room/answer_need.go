package room

import (
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// perform endorses a provisional decision for an agency that was not there, or refuses to.
func (c EndorseDecision) perform(s *sitting) (happened, error) {
	return s.answer(c.DecisionID, Endorsement, c.AgencyID, c.Agreed, c.Reason)
}

// perform authorises, as an agency's named officer, what its voter could only recommend, or refuses to.
func (c AuthoriseDecision) perform(s *sitting) (happened, error) {
	return s.answer(c.DecisionID, Authorisation, c.AgencyID, c.Agreed, c.Reason)
}

// answer puts an agency's yes or no beside a decision. The last yes it needed makes it bind, and what
// follows from it follows; one no, and it never binds: it comes to the forum's next agenda with why.
// Who may answer is the view decision_answerer.
func (s *sitting) answer(decisionID uuid.UUID, kind NeedKind, agencyID uuid.UUID, agreed bool, reason string) (happened, error) {
	d, item, err := s.decided(decisionID)
	if err != nil {
		return happened{}, err
	}
	officer, err := s.mayAnswerNeed(d, kind, agencyID)
	if err != nil {
		return happened{}, err
	}
	reason = strings.TrimSpace(reason)
	var form fault.Form
	form.Require(agreed || reason != "", "reason", "Enter why it is refused")
	form.Require(len([]rune(reason)) <= longestReason, "reason", "Shorten the reason to 1,000 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	answer := Answer{DecisionID: d.ID, Kind: kind, AgencyID: agencyID, PersonID: s.Actor.PersonID, Officer: officer, Agreed: agreed, Reason: reason, AnsweredAt: s.Now}
	if err := s.Omit("By").Create(&answer).Error; err != nil {
		return happened{}, err
	}
	// An officer who endorses has authorised the share as well: nobody asks them twice.
	for _, also := range d.waits(Authorisation) {
		if kind == Endorsement && agreed && officer && also.AgencyID == agencyID {
			answer.Kind = Authorisation
			if err := s.Omit("By").Create(&answer).Error; err != nil {
				return happened{}, err
			}
		}
	}
	var agency string
	if err := s.Raw(`select name from agency where id = ?`, agencyID).Scan(&agency).Error; err != nil {
		return happened{}, err
	}
	words := map[NeedKind]map[bool]string{
		Endorsement:   {true: " has endorsed item ", false: " has refused to endorse item "},
		Authorisation: {true: " has authorised item ", false: " has refused to authorise item "},
	}
	what := happened{itemID: &item.ID, says: agency + words[kind][agreed] + item.Number, kind: "decision", object: d.ID, record: answerRecord{
		Kind: ofAnswer, DecisionID: d.ID, Item: item.Number, Need: kind, Agency: agency, Agreed: agreed, Reason: reason, By: s.Actor.Name, Officer: officer, At: s.Now,
	}}
	if !agreed {
		return what, s.refuse(d, item, agency, reason)
	}
	bound, err := s.begin(d)
	if err != nil || !bound {
		return what, err
	}
	return what, s.tellOfAnswer(d, NoticeBound)
}

// decided reads a decision of this meeting, with its item.
func (s *sitting) decided(id uuid.UUID) (Decision, Item, error) {
	decisions, err := decisionsWhere(s.Tx, `d.id = ? and d.meeting_id = ?`, id, s.meeting.ID)
	if err != nil {
		return Decision{}, Item{}, err
	}
	if len(decisions) == 0 {
		return Decision{}, Item{}, fault.New(fault.NotFound, "That decision is not one of this meeting’s.")
	}
	item, err := s.itemOf(decisions[0].ItemID)
	return decisions[0], item, err
}

// mayAnswerNeed says as what the actor answers for an agency, or why they cannot.
func (s *sitting) mayAnswerNeed(d Decision, kind NeedKind, agencyID uuid.UUID) (officer bool, err error) {
	var need *Need
	for i := range d.Needs {
		if d.Needs[i].Kind == kind && d.Needs[i].AgencyID == agencyID {
			need = &d.Needs[i]
		}
	}
	switch no := d.refused(); {
	case need == nil:
		return false, fault.New(fault.NotFound, "This decision does not wait for that agency.")
	case need.Answer != nil:
		return false, fault.New(fault.Conflict, "%s has answered already: %s.", need.Agency, lowerFirst(need.words()))
	case no != nil:
		return false, fault.New(fault.Conflict, "%s has refused, so there is nothing to answer any more.", no.Agency)
	}
	var may []bool
	err = s.Raw(`select officer from decision_answerer where decision_id = ? and kind = ? and agency_id = ? and person_id = ? order by officer desc`,
		d.ID, kind, agencyID, s.Actor.PersonID).Scan(&may).Error
	if err == nil && len(may) == 0 {
		err = fault.New(fault.Denied, "You cannot answer for %s here. Its authorising officer does, or for an endorsement a deciding member who was not there; nobody who voted on the item, confirmed it, brought it or left for it.", need.Agency)
	}
	return len(may) > 0 && may[0], err
}

// begin sees to what follows from a decision once it binds, and reports whether it does: the review of
// a package, the end of the review of what it replaces, the request that is decided.
func (s *sitting) begin(d Decision) (bool, error) {
	var outcomes []Outcome
	if err := s.Raw(`select outcome from binding_decision where decision_id = ?`, d.ID).Scan(&outcomes).Error; err != nil || len(outcomes) == 0 {
		return false, err
	}
	if outcomes[0].agrees() && !d.ReviewOn.IsZero() {
		err := agendas.PutDue(s.Tx, agendas.Due{
			ForumID: d.ForumID, Kind: "review", SourceID: d.ID, CaseID: d.CaseID, DueOn: d.ReviewOn,
			Text: "Review of what was agreed on " + s.meeting.On().Long(),
		})
		if err != nil {
			return false, err
		}
	}
	if d.Outcome == Provisional && !s.meeting.Between() { // that one is still to be ratified
		if err := agendas.MarkDone(s.Tx, "ratify", d.ID); err != nil {
			return false, err
		}
	}
	if d.ReplacesID != nil {
		if err := agendas.MarkDone(s.Tx, "review", *d.ReplacesID); err != nil {
			return false, err
		}
	}
	if d.RequestID != nil && outcomes[0] != Deferred && outcomes[0] != Referred {
		if err := requests.MarkDecided(s.Tx, *d.RequestID); err != nil {
			return false, err
		}
	}
	return true, s.Enqueue(db.Job{Args: DecisionBound{DecisionID: d.ID}})
}

// refuse brings a decision that will never bind back to the forum, with why.
func (s *sitting) refuse(d Decision, item Item, agency, reason string) error {
	err := agendas.PutDue(s.Tx, agendas.Due{
		ForumID: d.ForumID, Kind: "ratify", SourceID: d.ID, CaseID: d.CaseID, RequestID: d.RequestID, DueOn: s.Today().AddDays(1),
		Text: "What was concluded on " + s.meeting.On().Long() + " binds nobody: " + agency + " refused on " + s.Today().Long() + ". " + reason,
	})
	if err != nil {
		return err
	}
	if d.RequestID != nil {
		if err := requests.MarkWaiting(s.Tx, *d.RequestID, d.ForumID); err != nil {
			return err
		}
	}
	return s.tellOfAnswer(d, NoticeRefused)
}
