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
	EscalationID     *uuid.UUID // what a board answers
	Direction        string     // what it directs
	OwnerID          *uuid.UUID // who does it
	ActBy            clock.Date // by when
	Quorum           string     // in words, when it was taken
	Counted          string     // who made it up, and for whom
	WeeksThousandths int        // how the forum counted a year that day
	ConfirmedBy      uuid.UUID
	AlsoConfirmedBy  *uuid.UUID // the other chair, where the terms of reference ask both
	ConfirmedAt      time.Time  // when it bound

	Shares      []DecisionShare      `gorm:"-"`
	Conditions  []DecisionCondition  `gorm:"-"`
	Corrections []DecisionCorrection `gorm:"-"`
	Needs       []Need               `gorm:"-"` // whose yes it waits for, or waited for
	Names       DecisionNames        `gorm:"-"`
}

// DecisionNames are what a decision's ids are called.
type DecisionNames struct {
	ConfirmedBy, EndorsedBy, NextForum string
	Owner                              string // who does what a board directs
	NextMeetingAt                      *time.Time
	Replaces, ReplacedBy               *Replacing

	Taken
	Why string // it could not wait, where it was taken between two
}

// Replacing is another decision about the same young person, which this one replaces or is replaced by.
type Replacing struct {
	ID       uuid.UUID
	Forum    string
	StartsAt time.Time // of its meeting
	Bound    bool      // it binds
}

// DecisionShare is what one funder pays.
type DecisionShare struct {
	DecisionID       uuid.UUID
	AgencyID         uuid.UUID
	WeeklyPence      int64
	OneOffPence      int64
	WithoutPrejudice bool
}

// DecisionCorrection mends the record.
type DecisionCorrection struct {
	ID          uuid.UUID
	DecisionID  uuid.UUID
	Wrong       string // what the record says
	Right       string `gorm:"column:put_right"` // what it should say
	Reason      string
	CorrectedBy uuid.UUID
	CorrectedAt time.Time
	By          string `gorm:"->;-:migration"` // the corrector's name
}

func (d Decision) split() []Share {
	split := make([]Share, len(d.Shares))
	for i, share := range d.Shares {
		split[i] = Share{AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence, WithoutPrejudice: share.WithoutPrejudice}
	}
	return split
}

func (s *State) loadDecisions(tx db.Tx) error {
	decisions, err := decisionsWhere(tx, `d.meeting_id = ?`, s.Meeting.ID)
	s.Decisions = decisions
	return err
}

// loadReplaceable reads which decisions of this forum's other meetings a decision of today may vary or
// replace: those about the same young person that bind, agreed to something and still stand.
func (s *State) loadReplaceable(tx db.Tx) error {
	s.Replaceable = map[uuid.UUID][]Choice{}
	if s.Forum.Board {
		return nil
	}
	var rows []struct {
		ItemID, ID uuid.UUID
		StartsAt   time.Time
		Outcome    Outcome
		Weekly     int64
		OneOff     int64
	}
	err := tx.Raw(`
		select i.id as item_id, d.id, m.starts_at, b.outcome,
			coalesce((select sum(x.weekly_pence) from decision_share x where x.decision_id = d.id), 0)::bigint as weekly,
			coalesce((select sum(x.one_off_pence) from decision_share x where x.decision_id = d.id), 0)::bigint as one_off
		from agenda_item i
		cross join lateral same_case(i.case_id) same
		join decision d on d.case_id = same.id and d.forum_id = @forum and d.meeting_id <> i.meeting_id
		join binding_decision b on b.decision_id = d.id and b.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part', 'agreed_in_principle')
		join meeting m on m.id = d.meeting_id
		where i.meeting_id = @meeting and i.case_id is not null and i.state = 'listed'
			and not exists (select from decision later join binding_decision since on since.decision_id = later.id where later.replaces_id = d.id)
		order by i.id, d.confirmed_at desc limit 2000`, map[string]any{"forum": s.Forum.ID, "meeting": s.Meeting.ID}).Scan(&rows).Error
	for _, row := range rows {
		text := clock.DateOf(row.StartsAt).Long() + ": " + lowerFirst(row.Outcome.Words())
		if row.Weekly > 0 || row.OneOff > 0 {
			text += ", " + amountWords(row.Weekly, row.OneOff)
		}
		s.Replaceable[row.ItemID] = append(s.Replaceable[row.ItemID], Choice{ID: row.ID, Text: text})
	}
	return err
}

// decisionsWhere reads decisions, d, with all that belongs to them, earliest first.
func decisionsWhere(tx db.Tx, where string, args ...any) ([]Decision, error) {
	var rows []struct {
		Decision
		ConfirmedByName, EndorsedByName, NextForumName, OwnerName string
		NextMeetingAt                                             *time.Time
		ReplacesForum, LaterForum                                 string
		ReplacesAt, LaterAt                                       *time.Time
		LaterID                                                   *uuid.UUID
		ReplacesBound, LaterBound                                 bool
		UrgentWhy                                                 string
		Taken
	}
	err := tx.Raw(`
		select d.*, p.name || coalesce(' and ' || p2.name, '') as confirmed_by_name, coalesce(e.name, '') as endorsed_by_name,
			coalesce(f.name, '') as next_forum_name, coalesce(o.name, '') as owner_name, nm.starts_at as next_meeting_at,
			coalesce(rf.name, '') as replaces_forum, rm.starts_at as replaces_at, exists (select from binding_decision b where b.decision_id = r.id) as replaces_bound,
			later.id as later_id, coalesce(later.forum, '') as later_forum, later.starts_at as later_at, coalesce(later.bound, false) as later_bound,
			coalesce(u.why, '') as urgent_why, `+takenColumns+`
		from decision d
		join meeting m on m.id = d.meeting_id
		left join urgent_business u on u.meeting_id = d.meeting_id
		`+takenJoins+`
		join person p on p.id = d.confirmed_by
		left join person p2 on p2.id = d.also_confirmed_by
		left join agency e on e.id = d.endorsed_by_id
		left join forum f on f.id = d.next_forum_id
		left join person o on o.id = d.owner_id
		left join meeting nm on nm.id = d.next_meeting_id
		left join decision r on r.id = d.replaces_id
		left join forum rf on rf.id = r.forum_id
		left join meeting rm on rm.id = r.meeting_id
		left join lateral (
			select l.id, lf.name as forum, lm.starts_at, exists (select from binding_decision b where b.decision_id = l.id) as bound
			from decision l join forum lf on lf.id = l.forum_id join meeting lm on lm.id = l.meeting_id
			where l.replaces_id = d.id order by bound desc, l.confirmed_at desc limit 1
		) later on true
		where `+where+` order by d.confirmed_at, d.id`, args...).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	decisions := make([]Decision, len(rows))
	ids := make([]uuid.UUID, len(rows))
	at := make(map[uuid.UUID]*Decision, len(rows))
	for i, row := range rows {
		decisions[i] = row.Decision
		decisions[i].Names = DecisionNames{ConfirmedBy: row.ConfirmedByName, EndorsedBy: row.EndorsedByName, NextForum: row.NextForumName, Owner: row.OwnerName, NextMeetingAt: row.NextMeetingAt,
			Taken: row.Taken, Why: row.UrgentWhy}
		if row.ReplacesID != nil && row.ReplacesAt != nil {
			decisions[i].Names.Replaces = &Replacing{ID: *row.ReplacesID, Forum: row.ReplacesForum, StartsAt: *row.ReplacesAt, Bound: row.ReplacesBound}
		}
		if row.LaterID != nil && row.LaterAt != nil {
			decisions[i].Names.ReplacedBy = &Replacing{ID: *row.LaterID, Forum: row.LaterForum, StartsAt: *row.LaterAt, Bound: row.LaterBound}
		}
		ids[i], at[row.ID] = row.ID, &decisions[i]
	}
	if err := loadNeeds(tx, ids, at); err != nil {
		return nil, err
	}
	var shares []DecisionShare
	if err := tx.Raw(`select s.* from decision_share s join agency a on a.id = s.agency_id where s.decision_id in ? order by a.name`, ids).Scan(&shares).Error; err != nil {
		return nil, err
	}
	for _, share := range shares {
		at[share.DecisionID].Shares = append(at[share.DecisionID].Shares, share)
	}
	if err := loadConditions(tx, ids, at); err != nil {
		return nil, err
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
	g := Grounds{Money: len(item.Shares) > 0, Asked: item.asks() != nil}
	if len(runs) == 0 || runs[len(runs)-1].IsOpen() {
		g.Alone = table.Apart && len(runs) == 0
		g.Quorate = g.Alone || QuorumFor(table.answered(runs), terms, item.ID, nil).Met
		return g
	}
	last := runs[len(runs)-1]
	g.Voted, g.Quorate, g.Provisional, g.Proposed = true, last.Quorate, last.Provisional, last.Outcome
	g.Money = g.Money || len(last.Shares) > 0
	g.Result = Tally(last.Rule, last.Voters, last.Ballots)
	return g
}
