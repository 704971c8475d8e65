package room

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Ratification is what a meeting said of a decision taken between meetings, once and for good. It changes
// nothing of the decision: one that is not ratified stands until the panel decides again.
type Ratification struct {
	DecisionID uuid.UUID
	MeetingID  uuid.UUID
	ItemID     uuid.UUID
	Ratified   bool
	Reason     string
	Quorum     string // in words, when it was said
	RecordedBy uuid.UUID
	RecordedAt time.Time
}

// TableName is ratification.
func (Ratification) TableName() string { return "ratification" }

// notRatified is what a chair is told to do about a decision that a meeting did not ratify.
const notRatified = "It stands until the panel decides again. To change it, table a request for the same young person and, when you confirm that decision, choose this one as the decision it replaces. Tell each agency that pays under it."

// perform says whether the meeting ratifies a decision taken between meetings. It takes a quorum: a meeting
// that could not decide it cannot ratify it either, and it comes to the next.
func (c RatifyDecision) perform(s *sitting) (happened, error) {
	item, err := s.openItem(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	if item.RatifiesID == nil || *item.RatifiesID != c.DecisionID {
		return happened{}, fault.New(fault.NotFound, "Item %s does not put that decision before the meeting.", item.Number)
	}
	var said bool
	if err := s.Raw(`select exists (select from ratification where decision_id = ?)`, c.DecisionID).Scan(&said).Error; err != nil {
		return happened{}, err
	}
	if said {
		return happened{}, fault.New(fault.Conflict, "It is recorded already whether this decision is ratified.")
	}
	c.Reason = strings.TrimSpace(c.Reason)
	var form fault.Form
	form.Require(c.Ratified || c.Reason != "", "reason", "Enter why it is not ratified")
	form.Require(len([]rune(c.Reason)) <= longestWhy, "reason", "Shorten the reason to 1,000 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	quorum := QuorumFor(s.table, s.terms, item.ID, nil)
	if !quorum.Met {
		return happened{}, fault.New(fault.Conflict, "This item cannot be ratified now: %s. It comes to the next meeting.", join(quorum.Missing))
	}
	ratification := Ratification{
		DecisionID: c.DecisionID, MeetingID: s.meeting.ID, ItemID: item.ID, Ratified: c.Ratified, Reason: c.Reason, Quorum: quorum.Words(),
		RecordedBy: s.Actor.PersonID, RecordedAt: s.Now,
	}
	if err := s.Create(&ratification).Error; err != nil {
		return happened{}, err
	}
	record, err := s.recordRatification(ratification, item)
	if err != nil {
		return happened{}, err
	}
	says := "Item " + item.Number + ": ratified"
	if !c.Ratified {
		says = "Item " + item.Number + ": not ratified"
	}
	return happened{itemID: &item.ID, says: says, kind: "decision", object: c.DecisionID, record: record}, agendas.MarkDone(s.Tx, "ratify", c.DecisionID)
}

// recordRatification puts what the meeting said on the record of what was decided as well, so that a sealed
// record of either has it.
func (s *sitting) recordRatification(r Ratification, item Item) (record ratificationRecord, err error) {
	decisions, err := decisionsWhere(s.Tx, `d.id = ?`, r.DecisionID)
	if err != nil {
		return record, err
	}
	if len(decisions) != 1 {
		return record, fmt.Errorf("room: decision %s, which is ratified, is not there", r.DecisionID)
	}
	taken := decisions[0]
	record = ratificationRecord{
		Kind: ofRatification, DecisionID: taken.ID, Item: item.Number, Taken: taken.Names.Kind, TakenOn: clock.DateOf(taken.ConfirmedAt),
		Ratified: r.Ratified, Reason: r.Reason, Quorum: r.Quorum, MeetingOn: s.meeting.On(), By: s.Actor.Name, At: s.Now,
	}
	if taken.MeetingID == s.meeting.ID {
		return record, nil
	}
	between, err := panels.LockMeeting(s.Tx, taken.MeetingID) // an earlier one only ever waits for a later: nobody locks them the other way
	if err != nil {
		return record, err
	}
	says := "The meeting of " + s.meeting.On().Long() + " " + lowerFirst(r.words())
	if r.Ratified {
		says = "The meeting of " + s.meeting.On().Long() + " ratified it"
	}
	return record, addToLog(s.Tx, between, logEntry{kind: "decision.ratified", itemID: &taken.ItemID, says: says, record: record})
}

// Ratifying is a decision taken between meetings, as the meeting that is to ratify it sees it.
type Ratifying struct {
	Decision
	Kind         panels.MeetingKind
	Why          string        // it could not wait
	Ratification *Ratification // nil until the meeting has said
}

// loadRatified reads the decisions that this meeting's items put before it: nothing where there are none.
func (s *State) loadRatified(tx db.Tx) error {
	s.Ratified = nil
	var items []struct{ ID, RatifiesID uuid.UUID }
	err := tx.Raw(`select id, ratifies_id from agenda_item where meeting_id = ? and ratifies_id is not null`, s.Meeting.ID).Scan(&items).Error
	if err != nil || len(items) == 0 {
		return err
	}
	of, ids := map[uuid.UUID]uuid.UUID{}, make([]uuid.UUID, len(items))
	for i, item := range items {
		of[item.RatifiesID], ids[i] = item.ID, item.RatifiesID
	}
	decisions, err := decisionsWhere(tx, `d.id in ?`, ids)
	if err != nil {
		return err
	}
	var said []Ratification
	if err := tx.Raw(`select * from ratification where decision_id in ?`, ids).Scan(&said).Error; err != nil {
		return err
	}
	s.Ratified = make(map[uuid.UUID]Ratifying, len(decisions))
	for _, d := range decisions {
		ratifying := Ratifying{Decision: d, Kind: d.Names.Kind, Why: d.Names.Why}
		for i := range said {
			if said[i].DecisionID == d.ID {
				ratifying.Ratification = &said[i]
			}
		}
		s.Ratified[of[d.ID]] = ratifying
	}
	return nil
}

// RatifiesView is a decision taken between meetings, put before a meeting.
type RatifiesView struct {
	DecisionID  uuid.UUID    `json:"decision_id"`
	How         string       `json:"how"` // "Vote by correspondence of 24 November 2026"
	Why         string       `json:"why"` // it could not wait
	Words       string       `json:"words"`
	Standing    string       `json:"standing"`
	Reasons     string       `json:"reasons"`
	Split       []ShareView  `json:"split"`
	Corrections []Correction `json:"corrections"` // beside the original, as wherever the decision is shown
	Said        string       `json:"said"`        // "Ratified" or "Not ratified: …"; "" before the meeting has said
	WhatNow     string       `json:"what_now"`    // chair: what to do about one that was not ratified
}

func (p projector) ratifies(item Item) *RatifiesView {
	r, found := p.Ratified[item.ID]
	if !found || p.viewer.onlyGuest(item) {
		return nil
	}
	shown := p.State.DecisionView(r.Decision)
	view := &RatifiesView{
		DecisionID: r.ID, How: r.Kind.Words() + " of " + clock.DateOf(r.ConfirmedAt).Long(), Why: r.Why, Words: shown.Words, Standing: shown.Standing,
		Reasons: shown.Reasons, Split: shown.Split, Corrections: shown.Corrections,
	}
	if r.Ratification != nil {
		view.Said = r.Ratification.words()
		if p.viewer.Chair && !r.Ratification.Ratified {
			view.WhatNow = notRatified
		}
	}
	return view
}

// Sentence is what was put before the meeting and what it said, as minutes say it.
func (r RatifiesView) Sentence() string {
	words := r.How + ": " + lowerFirst(r.Words) + ". Why it could not wait: " + strings.TrimSuffix(r.Why, ".") + ". "
	if r.Said == "" {
		return words + "This meeting did not say whether it ratifies it."
	}
	return words + strings.TrimSuffix(r.Said, ".") + "."
}

// outcome is what the meeting said, in a word or two.
func (r Ratification) outcome() string {
	if r.Ratified {
		return "Ratified"
	}
	return "Not ratified"
}

func (r Ratification) words() string {
	if r.Ratified {
		return r.outcome()
	}
	return r.outcome() + ": " + r.Reason
}
