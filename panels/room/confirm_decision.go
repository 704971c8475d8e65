package room

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// perform makes an item's outcome final, and in the same transaction sees to what follows from it:
// the review of a package, the next sitting of what is deferred, the forum it is referred to. Where the
// terms of reference ask both chairs, it is not final yet: it waits for the other chair.
func (c ConfirmDecision) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	if err := s.undecided(item, ". Put a correction beside it, or decide again at a later meeting."); err != nil {
		return happened{}, err
	}
	runs, err := votesWhere(s.Tx, `item_id = ?`, item.ID)
	if err != nil {
		return happened{}, err
	}
	vote, err := c.voteBehind(item, runs)
	if err != nil {
		return happened{}, err
	}
	if err := c.complete(s, item, vote); err != nil {
		return happened{}, err
	}
	if err := s.stillAsked(item); err != nil {
		return happened{}, err
	}
	grounds := grounds(s.table, s.terms, item, runs)
	grounds.CastingVote = c.CastingVote
	if err := c.check(s, item, vote, grounds); err != nil {
		return happened{}, err
	}
	if err := c.checkLinks(s, item); err != nil {
		return happened{}, err
	}
	agencies, err := s.allAgencies()
	if err != nil {
		return happened{}, err
	}
	if err := checkLaw(item.law(c.StartOn, s.terms.WeeksPerYearThousandths), c.Split, "", agencies); err != nil {
		return happened{}, err // what was found out since the vote
	}
	decision := c.decision(s, item)
	decision.ID, decision.ConfirmedBy, decision.ConfirmedAt = newID(), s.Actor.PersonID, s.Now
	decision.Quorum, decision.Standing = QuorumFor(s.table, s.terms, item.ID, nil).Words(), grounds.standing(c.Outcome, s.terms, nil)
	decision.Counted = s.table.counted(item.ID, s.away())
	switch {
	case grounds.Alone:
		decision.Quorum, decision.Counted, vote = "Chair’s action: no quorum is counted", "", unasked(item.ID, c.Split)
	case vote != nil:
		decision.VoteID, decision.Quorum, decision.Counted = &vote.ID, vote.Quorum, vote.Counted
		decision.Standing = grounds.standing(c.Outcome, s.terms, vote.Ballots)
	}
	if s.terms.BothChairsConfirm {
		return s.awaitOther(c, decision, item)
	}
	return s.bind(c, decision, item, vote)
}

// bind puts a decision on the record and sees to what follows from it. One that waits for an agency's
// yes asks for it, and what follows from it waits too.
func (s *sitting) bind(c ConfirmDecision, decision Decision, item Item, vote *Vote) (happened, error) {
	decision, err := s.keep(c, decision, vote)
	if err != nil {
		return happened{}, err
	}
	if err := s.follow(decision, item); err != nil {
		return happened{}, err
	}
	bound, err := s.begin(decision)
	if err != nil {
		return happened{}, err
	}
	if err := s.tellOfDecision(decision); err != nil {
		return happened{}, err
	}
	var records several
	if s.meeting.Between() {
		ended, err := s.endBetween(decision)
		if err != nil {
			return happened{}, err
		}
		records = several{ended}
	}
	if !bound {
		if err := askAnswerers(s.Tx, decision.ID); err != nil {
			return happened{}, err
		}
	}
	record, err := s.decisionRecord(decision.ID, item)
	return happened{itemID: &item.ID, says: "Item " + item.Number + ": " + lowerFirst(decision.Outcome.Words()), kind: "decision", object: decision.ID, record: append(records, record)}, err
}

// voteBehind is the vote the decision rests on: the item's last, which must be closed, or nil.
func (c ConfirmDecision) voteBehind(item Item, runs []Vote) (*Vote, error) {
	if len(runs) == 0 {
		if c.VoteID != nil {
			return nil, fault.New(fault.NotFound, "That vote is not on this item.")
		}
		return nil, nil
	}
	last := runs[len(runs)-1]
	switch {
	case last.IsOpen():
		return nil, fault.New(fault.Conflict, "Voting on item %s is open. Close it first.", item.Number)
	case c.VoteID != nil && *c.VoteID != last.ID:
		return nil, fault.New(fault.Conflict, "Item %s was voted on again since. Look at the new vote, then confirm.", item.Number)
	}
	return &last, nil
}

// complete fills in what follows from the vote and the terms of reference.
func (c *ConfirmDecision) complete(s *sitting, item Item, vote *Vote) error {
	for _, text := range []*string{&c.Reasons, &c.Meanwhile, &c.Missing, &c.WhatNext, &c.Direction} {
		*text = strings.TrimSpace(*text)
	}
	if item.asks() == nil || c.Outcome != Agreed {
		c.Direction, c.OwnerID, c.ActBy = "", nil, clock.Date{}
	}
	if !c.Outcome.agrees() && c.Outcome != Provisional {
		c.Split, c.Conditions = nil, nil
		return nil
	}
	if item.asks() != nil {
		return nil
	}
	if vote != nil {
		if len(c.Split) == 0 {
			c.Split = vote.split()
		} else if !sameSplit(c.Split, vote.split()) {
			return fault.New(fault.Conflict, "These shares are not the ones the funders voted on. Put them to the vote again.")
		}
		if c.StartOn.IsZero() {
			c.StartOn = vote.StartOn
		}
		if err := c.asConsented(*vote); err != nil {
			return err
		}
		if c.ReviewOn.IsZero() && c.StartOn == vote.StartOn {
			c.ReviewOn = vote.ReviewOn
		}
	} else if s.meeting.Kind == panels.ChairsAction {
		c.asRequested(item)
	} else if len(c.Split) > 0 {
		return fault.New(fault.Conflict, "Put these shares to the vote first: each funder must consent to its own.")
	}
	if c.EndOn.IsZero() && c.paid() && vote != nil {
		c.EndOn = vote.EndOn
	}
	if c.ReviewOn.IsZero() && !c.StartOn.IsZero() {
		c.ReviewOn = c.StartOn.AddMonths(s.terms.FirstReviewMonths)
	}
	return nil
}

// asConsented refuses a package that starts on another day, or runs on longer, than the funders
// consented to: that is other money than theirs.
func (c ConfirmDecision) asConsented(vote Vote) error {
	var form fault.Form
	if c.paid() && !vote.StartOn.IsZero() {
		form.Require(c.StartOn == vote.StartOn, "start_on", "The funders voted on a start on "+vote.StartOn.Long()+". Put another day to the vote again")
	}
	if c.paid() && !vote.EndOn.IsZero() {
		form.Require(!c.EndOn.After(vote.EndOn), "end_on", "The funders were asked to pay until "+vote.EndOn.Long()+". Put a later end to the vote again")
	}
	return form.Err()
}

// paid reports whether anybody pays under the decision.
func (c ConfirmDecision) paid() bool {
	weekly, oneOff := totals(c.Split)
	return weekly > 0 || oneOff > 0
}

// withoutPrejudice reports whether somebody pays in the interim, while a dispute runs.
func (c ConfirmDecision) withoutPrejudice() bool {
	return slices.ContainsFunc(c.Split, func(s Share) bool { return s.WithoutPrejudice })
}

func sameSplit(a, b []Share) bool {
	paying := func(split []Share) map[uuid.UUID]Share {
		shares := map[uuid.UUID]Share{}
		for _, share := range split {
			if share.WeeklyPence != 0 || share.OneOffPence != 0 {
				shares[share.AgencyID] = share
			}
		}
		return shares
	}
	left, right := paying(a), paying(b)
	if len(left) != len(right) || len(a) < len(left) {
		return false
	}
	for id, share := range left {
		if right[id] != share {
			return false
		}
	}
	return true
}

// check asks of each outcome what it owes to those it concerns.
func (c ConfirmDecision) check(s *sitting, item Item, vote *Vote, g Grounds) error {
	var form fault.Form
	if !slices.Contains(Outcomes(), c.Outcome) {
		form.Add("outcome", "Select the outcome")
		return form.Err()
	}
	if c.CastingVote != "" {
		switch {
		case c.CastingVote != For && c.CastingVote != Against:
			form.Add("casting_vote", "Select for or against")
		case !s.terms.CastingVote:
			form.Add("casting_vote", "This forum’s terms of reference give the chair no casting vote")
		case !g.Result.Tied:
			form.Add("casting_vote", "The vote was not tied, so there is no casting vote")
		}
	}
	if barred := g.Barred(c.Outcome); barred != "" {
		form.Add("outcome", "“%s” cannot be confirmed. %s", c.Outcome.Words(), barred)
		return form.Err()
	}
	if item.asks() != nil {
		c.checkAnswer(&form, s, item)
		return form.Err()
	}
	require := form.Require
	today := s.Today()
	if c.Outcome.agrees() || c.Outcome == Provisional {
		require(item.Progress == Open || item.Progress == Done, "outcome", "Open item "+item.Number+" before deciding it")
		require(c.Reasons != "", "reasons", "Enter the reasons for the decision")
		if c.paid() {
			require(!c.StartOn.IsZero(), "start_on", "Enter when the package starts")
			require(c.ReviewOn.After(c.StartOn), "review_on", "The review must come after the start")
			require(c.EndOn.IsZero() || c.EndOn.After(c.StartOn), "end_on", "The end must come after the start")
		}
	}
	if c.Outcome == AgreedWithConditions || g.Result.Conditional && (c.Outcome.agrees() || c.Outcome == Provisional) {
		require(len(c.Conditions) > 0, "conditions", "Enter each condition and when its evidence is due")
	}
	if c.Outcome == Agreed {
		require(len(c.Conditions) == 0, "conditions", "Select “Agreed with conditions”, or take the conditions out")
	}
	for _, condition := range c.Conditions {
		require(strings.TrimSpace(condition.Text) != "", "conditions", "Enter the condition")
		require(!condition.EvidenceDue.Before(today), "conditions", "Enter a day from today on for the evidence of each condition")
		require(condition.OwnerID != uuid.Nil, "conditions", "Select who shows that each condition is met")
	}
	switch c.Outcome {
	case Provisional:
		require(c.EndorsedByID != nil, "endorsed_by_id", "Select which agency must endorse it")
	case NotAgreed:
		require(c.Reasons != "", "reasons", "Enter the reasons why it is not agreed")
		require(c.Meanwhile != "", "meanwhile", "Enter how the need is met meanwhile")
		require(c.Challenge.Words() != "", "challenge", "Select how the decision can be challenged")
	case NotEligible:
		require(c.Reasons != "", "reasons", "Enter why the young person is not eligible")
		require(c.WhatNext != "", "what_next", "Enter what happens next")
	case Deferred:
		require(c.Missing != "", "missing", "Enter what is missing")
		require(c.NextMeetingID != nil, "next_meeting_id", "Select the meeting it is deferred to")
	case Referred:
		require(c.NextForumID != nil && *c.NextForumID != s.forum.ID, "next_forum_id", "Select the forum it is referred to")
		require(c.Reasons != "", "reasons", "Enter why it is referred")
	case EscalatedOn:
		require(c.Reasons != "", "reasons", "Enter why it is escalated")
	}
	return form.Err()
}

// checkLinks looks at what the decision points to. A case never goes on to a board: there it would
// stand with what was typed about it, where nobody may know whom it concerns.
func (c ConfirmDecision) checkLinks(s *sitting, item Item) error {
	var form fault.Form
	exists := func(query string, args ...any) (found bool, err error) {
		err = s.Raw("select exists ("+query+")", args...).Scan(&found).Error
		return found, err
	}
	require := func(field, sentence, query string, args ...any) error {
		found, err := exists(query, args...)
		form.Require(found, field, sentence)
		return err
	}
	var err error
	if c.Outcome == Provisional && c.EndorsedByID != nil {
		err = require("endorsed_by_id", "Select which agency must endorse it", `select from agency where id = ?`, *c.EndorsedByID)
	}
	if c.NextForumID != nil && err == nil {
		err = require("next_forum_id", "Select the forum from the list", `select from forum where id = ? and not board`, *c.NextForumID)
	}
	if c.Outcome == Deferred && c.NextMeetingID != nil && err == nil {
		err = require("next_meeting_id", "Select a later meeting that is still to happen",
			`select from meeting m join forum f on f.id = m.forum_id where m.id = ? and (f.id = ? or not f.board and not ?)`, *c.NextMeetingID, s.forum.ID, item.asks() != nil)
	}
	if c.OwnerID != nil && err == nil {
		err = require("owner_id", "Select who is to do it", `select from person where id = ? and (ended_on is null or ended_on > ?)`, *c.OwnerID, s.Today())
	}
	for _, condition := range c.Conditions {
		if err == nil {
			err = require("conditions", "Select who shows that each condition is met: somebody who sits here or presents, and has not left for this item",
				`select from person p where p.id = ? and p.ended_on is null and not exists (select from left_item n where n.item_id = ? and n.person_id = p.id) and (
					p.id in (select presenter_id from agenda_item where meeting_id = ?) or exists (select from seat_holding h join seat t on t.id = h.seat_id
						where h.person_id = p.id and t.forum_id = ? and h.from_date <= ? and (h.to_date is null or h.to_date >= ?)))`,
				condition.OwnerID, item.ID, s.meeting.ID, s.forum.ID, s.Today(), s.Today())
		}
		if condition.AskedByID != nil && err == nil {
			err = require("conditions", "Select which funder asks for the condition", `select from agency where id = ?`, *condition.AskedByID)
		}
	}
	if c.ReplacesID != nil && err == nil {
		err = require("replaces_id", "Select an earlier decision about the same young person",
			`select from decision where id = ? and case_id in (select same.id from same_case(?) same)`, *c.ReplacesID, item.CaseID)
	}
	if err != nil {
		return err
	}
	return form.Err()
}

// decision is what the answers come to, without who confirmed it and what it rested on.
func (c ConfirmDecision) decision(s *sitting, item Item) Decision {
	decision := Decision{
		MeetingID: s.meeting.ID, ForumID: s.forum.ID, ItemID: item.ID, CaseID: item.CaseID, RequestID: item.RequestID,
		ReplacesID: c.ReplacesID, Outcome: c.Outcome, Reasons: c.Reasons,
		StartOn: c.StartOn, EndOn: c.EndOn, ReviewOn: c.ReviewOn,
		WithoutPrejudice: c.withoutPrejudice(),
		Meanwhile:        c.Meanwhile, Challenge: c.Challenge, Missing: c.Missing, WhatNext: c.WhatNext, CastingVote: c.CastingVote,
		AssessorPresent: c.AssessorPresent, EscalationID: item.asks(), Direction: c.Direction, OwnerID: c.OwnerID, ActBy: c.ActBy, WeeksThousandths: s.terms.WeeksPerYearThousandths,
	}
	switch c.Outcome {
	case Provisional:
		decision.EndorsedByID = c.EndorsedByID
	case Deferred:
		decision.NextMeetingID, decision.NextForumID = c.NextMeetingID, c.NextForumID
	case Referred:
		decision.NextForumID = c.NextForumID
	}
	return decision
}

// keep writes the decision. From here on it never changes.
func (s *sitting) keep(c ConfirmDecision, decision Decision, vote *Vote) (Decision, error) {
	if err := s.Create(&decision).Error; err != nil {
		return decision, err
	}
	for _, share := range c.Split {
		row := DecisionShare{DecisionID: decision.ID, AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence, WithoutPrejudice: share.WithoutPrejudice}
		if err := s.Create(&row).Error; err != nil {
			return decision, err
		}
		decision.Shares = append(decision.Shares, row)
	}
	for i, condition := range c.Conditions {
		row := DecisionCondition{
			ID: newID(), DecisionID: decision.ID, Position: i + 1, Text: strings.TrimSpace(condition.Text), EvidenceDue: condition.EvidenceDue,
			OwnerID: condition.OwnerID, AskedByID: condition.AskedByID,
		}
		if err := s.Create(&row).Error; err != nil {
			return decision, err
		}
	}
	for _, need := range needs(decision, s.table, s.terms, vote) {
		if err := s.Select("DecisionID", "Kind", "AgencyID", "Why").Create(&need).Error; err != nil {
			return decision, err
		}
		decision.Needs = append(decision.Needs, need)
	}
	return decision, nil
}

// follow puts on other agendas what a decision leads to as soon as it is confirmed, and takes off what
// it settled. What is deferred or referred takes its request along. What follows only once it binds is
// begin's.
func (s *sitting) follow(d Decision, item Item) error {
	if d.EscalationID != nil {
		return s.giveAnswer(d)
	}
	if err := agendas.MarkHeard(s.Tx, item.Item, s.forum.ID, s.meeting.On()); err != nil {
		return err
	}
	day := s.Today()
	back := agendas.Due{ForumID: s.forum.ID, SourceID: d.ID, CaseID: d.CaseID, DueOn: day}
	switch {
	case d.Outcome == Deferred:
		next, err := s.nextMeeting(*d.NextMeetingID)
		if err != nil {
			return err
		}
		back.ForumID, back.Kind, back.RequestID, back.DueOn = next.ForumID, "deferred", d.RequestID, next.On()
		back.Text = "Deferred on " + day.Long() + ": " + d.Missing
	case d.Outcome == Referred:
		back.ForumID, back.Kind, back.RequestID = *d.NextForumID, "referred", d.RequestID
		back.Text = "Referred by " + s.forum.Name + " on " + day.Long() + ": " + d.Reasons
	case d.Outcome == Provisional && !s.meeting.Between(): // what was decided between meetings comes back to be ratified
		var endorsing []uuid.UUID
		for _, need := range d.waits(Endorsement) {
			endorsing = append(endorsing, need.AgencyID)
		}
		var agencies []string
		if err := s.Raw(`select name from agency where id in ? order by name`, endorsing).Scan(&agencies).Error; err != nil {
			return err
		}
		back.Kind, back.DueOn = "ratify", day.AddDays(1)
		back.Text = "Provisional since " + day.Long() + ": needs endorsement by " + join(agencies)
	}
	if back.Kind != "" {
		if err := agendas.PutDue(s.Tx, back); err != nil {
			return err
		}
	}
	if back.RequestID == nil {
		return nil
	}
	return requests.MarkWaiting(s.Tx, *back.RequestID, back.ForumID)
}

// nextMeeting finds a later meeting that is still to happen.
func (s *sitting) nextMeeting(id uuid.UUID) (panels.Meeting, error) {
	meeting, err := panels.MeetingByID(s.Tx, id)
	if err != nil {
		return meeting, err
	}
	if meeting.Status != panels.Scheduled || !meeting.StartsAt.After(s.meeting.StartsAt) {
		var form fault.Form
		form.Add("next_meeting_id", "Select a later meeting that is still to happen")
		return meeting, form.Err()
	}
	return meeting, nil
}

func lowerFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
