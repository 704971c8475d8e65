package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Decision is what a meeting concluded about an item. It never changes: a correction stands beside
// it, and a later decision may vary or replace it.
type Decision struct {
	ID               uuid.UUID
	MeetingID        uuid.UUID
	ForumID          uuid.UUID
	ItemID           uuid.UUID
	CaseID           *uuid.UUID
	RequestID        *uuid.UUID
	VoteID           *uuid.UUID
	ReplacesID       *uuid.UUID
	Outcome          Outcome
	Standing         Standing
	EndorsedByID     *uuid.UUID // who must endorse a provisional one
	Reasons          string
	StartOn          clock.Date
	EndOn            clock.Date
	ReviewOn         clock.Date
	WithoutPrejudice bool
	Meanwhile        string
	Challenge        ChallengeRoute
	Missing          string
	NextForumID      *uuid.UUID
	NextMeetingID    *uuid.UUID
	WhatNext         string
	CastingVote      Position
	AssessorPresent  bool
	Quorum           string // in words, when it was taken
	WeeksThousandths int    // how the forum counted a year that day
	ConfirmedBy      uuid.UUID
	AlsoConfirmedBy  *uuid.UUID // the other chair, where the terms of reference ask both
	ConfirmedAt      time.Time  // when it bound

	Shares      []DecisionShare      `gorm:"-"`
	Conditions  []DecisionCondition  `gorm:"-"`
	Corrections []DecisionCorrection `gorm:"-"`
	Names       DecisionNames        `gorm:"-"`
}

// DecisionNames are what a decision's ids are called.
type DecisionNames struct {
	ConfirmedBy, EndorsedBy, NextForum string
	NextMeetingAt                      *time.Time
}

// DecisionShare is what one funder pays.
type DecisionShare struct {
	DecisionID  uuid.UUID
	AgencyID    uuid.UUID
	WeeklyPence int64
	OneOffPence int64
}

// DecisionCondition is one condition, with when its evidence is due.
type DecisionCondition struct {
	DecisionID  uuid.UUID
	Position    int
	Text        string
	EvidenceDue clock.Date
}

// DecisionCorrection mends the record.
type DecisionCorrection struct {
	ID          uuid.UUID
	DecisionID  uuid.UUID
	Text        string
	Reason      string
	CorrectedBy uuid.UUID
	CorrectedAt time.Time
	By          string `gorm:"->;-:migration"` // the corrector's name
}

func (d Decision) split() []Share {
	split := make([]Share, len(d.Shares))
	for i, share := range d.Shares {
		split[i] = Share{AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence}
	}
	return split
}

func (s *State) loadDecisions(tx db.Tx) error {
	decisions, err := decisionsWhere(tx, `d.meeting_id = ?`, s.Meeting.ID)
	s.Decisions = decisions
	return err
}

// decisionsWhere reads decisions, d, with all that belongs to them, earliest first.
func decisionsWhere(tx db.Tx, where string, args ...any) ([]Decision, error) {
	var rows []struct {
		Decision
		ConfirmedByName, EndorsedByName, NextForumName string
		NextMeetingAt                                  *time.Time
	}
	err := tx.Raw(`
		select d.*, p.name || coalesce(' and ' || p2.name, '') as confirmed_by_name, coalesce(e.name, '') as endorsed_by_name,
			coalesce(f.name, '') as next_forum_name, m.starts_at as next_meeting_at
		from decision d
		join person p on p.id = d.confirmed_by
		left join person p2 on p2.id = d.also_confirmed_by
		left join agency e on e.id = d.endorsed_by_id
		left join forum f on f.id = d.next_forum_id
		left join meeting m on m.id = d.next_meeting_id
		where `+where+` order by d.confirmed_at, d.id`, args...).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	decisions := make([]Decision, len(rows))
	ids := make([]uuid.UUID, len(rows))
	at := make(map[uuid.UUID]*Decision, len(rows))
	for i, row := range rows {
		decisions[i] = row.Decision
		decisions[i].Names = DecisionNames{ConfirmedBy: row.ConfirmedByName, EndorsedBy: row.EndorsedByName, NextForum: row.NextForumName, NextMeetingAt: row.NextMeetingAt}
		ids[i], at[row.ID] = row.ID, &decisions[i]
	}
	var shares []DecisionShare
	if err := tx.Raw(`select s.* from decision_share s join agency a on a.id = s.agency_id where s.decision_id in ? order by a.name`, ids).Scan(&shares).Error; err != nil {
		return nil, err
	}
	for _, share := range shares {
		at[share.DecisionID].Shares = append(at[share.DecisionID].Shares, share)
	}
	var conditions []DecisionCondition
	if err := tx.Raw(`select * from decision_condition where decision_id in ? order by position`, ids).Scan(&conditions).Error; err != nil {
		return nil, err
	}
	for _, condition := range conditions {
		at[condition.DecisionID].Conditions = append(at[condition.DecisionID].Conditions, condition)
	}
	var corrections []DecisionCorrection
	if err := tx.Raw(`select c.*, p.name as by from decision_correction c join person p on p.id = c.corrected_by where c.decision_id in ? order by c.id`, ids).Scan(&corrections).Error; err != nil {
		return nil, err
	}
	for _, correction := range corrections {
		at[correction.DecisionID].Corrections = append(at[correction.DecisionID].Corrections, correction)
	}
	return decisions, nil
}

// grounds gathers what an outcome of an item could rest on now.
func grounds(table Table, terms panels.Terms, item Item, runs []Vote) Grounds {
	g := Grounds{Money: len(item.Shares) > 0}
	if len(runs) == 0 || runs[len(runs)-1].IsOpen() {
		g.Quorate = QuorumFor(table, terms, item.ID, nil).Met
		return g
	}
	last := runs[len(runs)-1]
	g.Voted, g.Quorate, g.Provisional, g.Proposed = true, last.Quorate, last.Provisional, last.Outcome
	g.Money = g.Money || len(last.Shares) > 0
	g.Result = Tally(last.Rule, last.Voters, last.Ballots)
	return g
}
