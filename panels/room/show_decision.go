package room

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// DecisionPage is a decision with all that it rests on, as one viewer may see it.
type DecisionPage struct {
	Meeting    MeetingView
	Item       ItemLine
	Decision   DecisionView
	Awaiting   *AwaitingView // not nil: it waits for the other chair, and Decision is what would bind
	Request    *RequestView
	Vote       *VoteView // who voted how; nil without a vote, and for those who only present or observe
	Interests  []InterestView
	Papers     []PaperView
	Settled    []Settlement // what disputes about it came to, the earliest first
	MayCorrect bool
	MayConfirm bool               // as the other chair
	MaySend    bool               // back
	Named      bool               // the reader has no other part in the meeting, and sees the decision alone
	MayAnswer  []NeedView         // for an agency
	MayGive    map[uuid.UUID]bool // by condition: the reader may record evidence
	MayJudge   map[uuid.UUID]bool // by condition: the reader may accept it or ask again
	MayWrite   bool               // letters about it, and what is paid for it
	WhatNow    string             // chair: what to do about one that a meeting did not ratify; "" otherwise
}

// ShowDecision is a decision as the actor may see it; one that waits for the other chair is for those
// at the table alone.
func ShowDecision(tx db.Tx, id uuid.UUID) (DecisionPage, error) {
	gone := fault.New(fault.NotFound, "There is no such decision.")
	var meetings []uuid.UUID
	err := tx.Raw(`select meeting_id from decision where id = @id union select meeting_id from decision_waiting where id = @id and settled_at is null`,
		map[string]any{"id": id}).Scan(&meetings).Error
	if err != nil {
		return DecisionPage{}, err
	}
	if len(meetings) == 0 {
		return DecisionPage{}, gone
	}
	state, err := Load(tx, meetings[0])
	if err != nil {
		return DecisionPage{}, err
	}
	viewer, takesPart := ViewerOf(state, tx.Actor)
	if !takesPart && len(viewer.Named) == 0 && len(viewer.Asked) == 0 {
		return DecisionPage{}, gone
	}
	p := projector{state, viewer}
	for _, decision := range p.Decisions {
		if decision.ID != id {
			continue
		}
		item, found := p.State.item(decision.ItemID)
		asked := slices.Contains(viewer.Asked, decision.ItemID) && viewer.omits(item)
		named := slices.Contains(viewer.Named, decision.ItemID) && viewer.omits(item) && !asked
		if named || asked { // rules 9 and 12: the decision and nothing else of the meeting
			p.viewer.Guest = append(p.viewer.Guest, item.ID)
		}
		switch {
		case !found || p.viewer.omits(item):
			return DecisionPage{}, gone
		case p.viewer.hides(p.State, item) != "":
			return DecisionPage{}, fault.New(fault.Denied, "Item %s: %s. Its decision is not shown to you.", item.Number, lowerFirst(p.viewer.hides(p.State, item)))
		}
		page := DecisionPage{Meeting: p.meeting(), Item: p.line(item), Decision: p.decision(decision), MayCorrect: p.viewer.Chair, Named: named || asked,
			MayWrite: !named && !asked && tx.Actor.May(access.WriteLetters, p.State.Forum.ID)}
		if named {
			page.Decision.outcomeOnly()
		} else {
			page.restsOn(p, item)
			beside, err := settlementsOf(tx, []uuid.UUID{id})
			if err != nil {
				return DecisionPage{}, err
			}
			page.Settled = beside[id]
		}
		page.mayDo(tx, p, decision)
		if said := decision.Names.Ratified; page.MayCorrect && said != nil && !*said {
			page.WhatNow = notRatified
		}
		return page, nil
	}
	for _, waiting := range p.Awaiting {
		item, found := p.State.item(waiting.ItemID)
		if waiting.ID != id || !found || !p.viewer.joins(item) {
			continue
		}
		if why := p.viewer.hides(p.State, item); why != "" {
			return DecisionPage{}, fault.New(fault.Denied, "Item %s: %s. Its decision is not shown to you.", item.Number, lowerFirst(why))
		}
		shown := p.AwaitingView(waiting)
		page := DecisionPage{Meeting: p.meeting(), Item: p.line(item), Decision: shown.DecisionView, Awaiting: &shown}
		if viewer.Chair {
			page.MayConfirm, page.MaySend = p.mayAnswer(viewer.PersonID, waiting)
		}
		page.restsOn(p, item)
		return page, nil
	}
	return DecisionPage{}, gone
}

// mayDo says what the reader may do about a decision that is on the record.
func (page *DecisionPage) mayDo(tx db.Tx, p projector, d Decision) {
	for i, need := range d.Needs {
		if need.asks(tx.Actor.PersonID) {
			page.MayAnswer = append(page.MayAnswer, page.Decision.Needs[i])
		}
	}
	page.MayGive, page.MayJudge = map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	if d.refused() != nil {
		return
	}
	for _, c := range d.Conditions {
		waits := c.Now.State == ConditionWaits || c.Now.State == ConditionAskedAgain
		page.MayGive[c.ID] = waits && c.mayGive(tx.Actor, p.Forum.ID)
		page.MayJudge[c.ID] = c.Now.State == ConditionGiven && c.mayJudge(tx.Actor, p.Forum.ID)
	}
}

// restsOn adds what a decision rests on, as far as the viewer may see it.
func (page *DecisionPage) restsOn(p projector, item Item) {
	whole := p.item(item)
	page.Request, page.Interests, page.Papers = whole.Request, whole.Interests, whole.Papers
	if p.viewer.joins(item) {
		page.Vote = p.vote(item)
	}
}

// project reads a meeting for the actor, who must have a part in it.
func project(tx db.Tx, meetingID uuid.UUID) (projector, error) {
	state, err := Load(tx, meetingID)
	if err != nil {
		return projector{}, err
	}
	viewer, takesPart := ViewerOf(state, tx.Actor)
	if !takesPart {
		return projector{}, fault.New(fault.NotFound, "There is no such meeting.")
	}
	return projector{state, viewer}, nil
}

// DecisionLine is a decision in a list.
type DecisionLine struct {
	ID          uuid.UUID
	MeetingID   uuid.UUID
	ForumID     uuid.UUID
	Forum       string
	StartsAt    time.Time // of the meeting
	ItemNumber  string
	Outcome     Outcome
	Standing    Standing
	WeeklyPence int64
	OneOffPence int64
	ConfirmedAt time.Time
	Bound       bool // it binds now
	Refused     bool // an agency whose yes it needed refused, so it never will
	Replaced    bool // by a later one that binds
	Taken
	Corrections []Correction `gorm:"-"`
	Settled     []Settlement `gorm:"-"` // what disputes about it came to
}

// StandingWords is how far the decision binds today.
func (l DecisionLine) StandingWords() string {
	return RegisterLine{Bound: l.Bound, Refused: l.Refused, Replaced: l.Replaced}.StandingWords()
}

// DecisionsOfCase lists what forums have decided about a young person, latest first: of the forums
// whose decisions the actor may read and the items they brought, without items they left.
func DecisionsOfCase(tx db.Tx, caseID uuid.UUID) ([]DecisionLine, error) {
	var all []struct {
		DecisionLine
		PresenterID *uuid.UUID
	}
	err := tx.Raw(`
		select d.id, d.meeting_id, d.forum_id, f.name as forum, m.starts_at, i.number as item_number, d.outcome, d.standing, d.confirmed_at, i.presenter_id, `+takenColumns+`,
			exists (select from binding_decision b where b.decision_id = d.id) as bound,
			exists (select from decision_answer a where a.decision_id = d.id and not a.agreed) as refused,
			exists (select from decision later join binding_decision since on since.decision_id = later.id where later.replaces_id = d.id) as replaced,
			coalesce((select sum(weekly_pence) from decision_share s where s.decision_id = d.id), 0)::bigint as weekly_pence,
			coalesce((select sum(one_off_pence) from decision_share s where s.decision_id = d.id), 0)::bigint as one_off_pence
		from decision d
		join forum f on f.id = d.forum_id and not f.board
		join meeting m on m.id = d.meeting_id
		join agenda_item i on i.id = d.item_id
		`+takenJoins+`
		where d.case_id in (select id from same_case(?)) and not exists (select from left_item n where n.item_id = d.item_id and n.person_id = ?)
		order by d.confirmed_at desc, d.id desc limit 200`, caseID, tx.Actor.PersonID).Scan(&all).Error
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(all))
	for i, line := range all {
		ids[i] = line.ID
	}
	corrections, err := correctionsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	beside, err := settlementsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var lines []DecisionLine
	for _, line := range all {
		line.Corrections, line.Settled = corrections[line.ID], beside[line.ID]
		if tx.Actor.May(access.ReadDecisions, line.ForumID) || line.PresenterID != nil && *line.PresenterID == tx.Actor.PersonID {
			lines = append(lines, line.DecisionLine)
		}
	}
	return lines, err
}

// correctionsOf reads the corrections beside decisions, the earliest first.
func correctionsOf(tx db.Tx, decisions []uuid.UUID) (map[uuid.UUID][]Correction, error) {
	var rows []DecisionCorrection
	err := tx.Raw(`select c.*, p.name as by from decision_correction c join person p on p.id = c.corrected_by where c.decision_id in ? order by c.id`, decisions).Scan(&rows).Error
	corrections := map[uuid.UUID][]Correction{}
	for _, c := range rows {
		corrections[c.DecisionID] = append(corrections[c.DecisionID], Correction{Wrong: c.Wrong, Right: c.Right, Reason: c.Reason, By: c.By, At: c.CorrectedAt.UTC()})
	}
	return corrections, err
}
