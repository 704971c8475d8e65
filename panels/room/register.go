package room

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// RegisterFilter narrows a forum's register of decisions; zero values leave nothing out.
type RegisterFilter struct {
	Outcome  Outcome
	State    RegisterState
	Kind     panels.MeetingKind
	From, To clock.Date // days of the meetings
	Case     string     // the product's case number, "Q1042"
}

// RegisterState is how a decision stands today, as the register is searched by it.
type RegisterState string

// The states of a decision in the register.
const (
	RegisterBinds      RegisterState = "binds"
	RegisterWaits      RegisterState = "waits"
	RegisterRefused    RegisterState = "refused"
	RegisterReplaced   RegisterState = "replaced"
	RegisterCorrected  RegisterState = "corrected"
	RegisterConditions RegisterState = "conditions" // some condition is not met
	RegisterToRatify   RegisterState = "to_ratify"  // made between meetings, and no meeting has said
	RegisterUnratified RegisterState = "unratified" // a meeting did not ratify it
)

var registerWords = map[RegisterState]string{
	RegisterBinds: "Binds", RegisterWaits: "Waits for an agency", RegisterRefused: "Refused by an agency",
	RegisterReplaced: "Replaced by a later decision", RegisterCorrected: "Corrected", RegisterConditions: "Conditions not met",
	RegisterToRatify: "To be ratified", RegisterUnratified: "Not ratified",
}

// Words is the state as people say it.
func (s RegisterState) Words() string { return registerWords[s] }

// RegisterStates are all of them, as a form offers them.
var RegisterStates = []RegisterState{RegisterBinds, RegisterWaits, RegisterRefused, RegisterReplaced, RegisterCorrected, RegisterConditions, RegisterToRatify, RegisterUnratified}

// RegisterLine is one decision of a forum's register. It names nobody: the case by its number.
type RegisterLine struct {
	ID          uuid.UUID
	MeetingID   uuid.UUID
	StartsAt    time.Time // of the meeting
	ItemNumber  string
	CaseNumber  int64
	Outcome     Outcome
	Standing    Standing
	Bound       bool
	Refused     bool
	Replaced    bool
	WaitsFor    string // agencies, joined
	WeeklyPence int64
	OneOffPence int64
	StartOn     clock.Date
	ReviewOn    clock.Date
	Conditions  int
	Met         int
	Corrected   int // how many corrections stand beside it
	Disputes    int // how many disputes about it have ended
	ConfirmedAt time.Time
	Taken
	Corrections []Correction `gorm:"-"`
	Settled     []Settlement `gorm:"-"` // what disputes about it came to
}

// Reference is the product's case number, "Q1042", or "" for an item about no one case.
func (l RegisterLine) Reference() string {
	if l.CaseNumber == 0 {
		return ""
	}
	return tracker.CaseReference(l.CaseNumber)
}

// StandingWords is how far the decision binds today.
func (l RegisterLine) StandingWords() string {
	switch {
	case l.Replaced:
		return "Replaced by a later decision"
	case l.Bound:
		return "Binds"
	case l.Refused:
		return "Refused by an agency: binds nobody"
	case l.WaitsFor != "":
		return "Waits for " + l.WaitsFor
	}
	return "Binds nobody yet"
}

// ConditionWords is "1 of 2 met", or "" for a decision without conditions.
func (l RegisterLine) ConditionWords() string {
	if l.Conditions == 0 {
		return ""
	}
	return strconv.Itoa(l.Met) + " of " + strconv.Itoa(l.Conditions) + " met"
}

// Register lists what a forum has decided, the latest first, with how many there are, for those who may
// read its decisions. Items that the actor left are not in it.
func Register(tx db.Tx, forumID uuid.UUID, filter RegisterFilter, offset, limit int) (lines []RegisterLine, total int, err error) {
	if err := tx.Actor.Check(access.ReadDecisions, forumID); err != nil {
		return nil, 0, err
	}
	number, _ := strconv.ParseInt(strings.TrimLeft(strings.TrimSpace(filter.Case), "Qq"), 10, 64)
	if filter.Case != "" && number == 0 {
		number = -1 // no case has it
	}
	query := `
		with line as (
			select d.id, d.meeting_id, m.starts_at, i.number as item_number, coalesce(c.number, 0) as case_number, d.outcome, d.standing, d.start_on, d.review_on, d.confirmed_at, ` + takenColumns + `,
				exists (select from binding_decision b where b.decision_id = d.id) as bound,
				exists (select from decision_answer a where a.decision_id = d.id and not a.agreed) as refused,
				exists (select from decision later join binding_decision since on since.decision_id = later.id where later.replaces_id = d.id) as replaced,
				(select count(*) from decision_condition x where x.decision_id = d.id) as conditions,
				(select count(*) from condition_now x where x.decision_id = d.id and x.state = 'met') as met,
				(select count(*) from decision_correction x where x.decision_id = d.id) as corrected,
				(select count(*) from decision_settlement x where x.decision_id = d.id) as disputes
			from decision d
			join meeting m on m.id = d.meeting_id
			join agenda_item i on i.id = d.item_id
			join forum f on f.id = d.forum_id
			` + takenJoins + `
			left join cases c on c.id = d.case_id and not f.board
			where d.forum_id = @forum and (@outcome = '' or d.outcome = @outcome) and (@kind = '' or m.kind = @kind) and (@case = 0 or c.number = @case)
				and (cast(@since as date) is null or m.starts_at >= cast(@since as date) at time zone 'Europe/London') and (cast(@until as date) is null or m.starts_at < (cast(@until as date) + 1) at time zone 'Europe/London')
				and not exists (select from left_item n where n.item_id = d.item_id and n.person_id = @me)
		)
		select *, count(*) over () as total,
			coalesce((select string_agg(distinct a.name, ' and ') from decision_need n join agency a on a.id = n.agency_id
				where n.decision_id = line.id and not exists (select from decision_answer x where x.decision_id = n.decision_id and x.kind = n.kind and x.agency_id = n.agency_id)), '') as waits_for,
			coalesce((select sum(weekly_pence) from decision_share s where s.decision_id = line.id), 0)::bigint as weekly_pence,
			coalesce((select sum(one_off_pence) from decision_share s where s.decision_id = line.id), 0)::bigint as one_off_pence
		from line
		where @state = '' or case @state
			when 'binds' then bound and not replaced
			when 'waits' then not bound and not refused
			when 'refused' then refused
			when 'replaced' then replaced
			when 'corrected' then corrected > 0
			when 'conditions' then conditions > met
			when 'to_ratify' then kind <> 'held' and ratified is null and outcome <> 'deferred'
			when 'unratified' then not ratified
			else false end
		order by confirmed_at desc, id desc offset @offset limit @limit`
	var rows []struct {
		RegisterLine
		Total int
	}
	err = tx.Raw(query, map[string]any{
		"forum": forumID, "me": tx.Actor.PersonID, "outcome": filter.Outcome, "state": filter.State, "kind": filter.Kind, "case": number,
		"since": dayOrNull(filter.From), "until": dayOrNull(filter.To), "offset": offset, "limit": limit,
	}).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	var corrected, disputed []uuid.UUID
	for _, row := range rows {
		if row.Disputes > 0 {
			disputed = append(disputed, row.ID)
		}
		if row.Corrected > 0 {
			corrected = append(corrected, row.ID)
		}
	}
	var corrections map[uuid.UUID][]Correction
	if len(corrected) > 0 {
		if corrections, err = correctionsOf(tx, corrected); err != nil {
			return nil, 0, err
		}
	}
	var beside map[uuid.UUID][]Settlement
	if len(disputed) > 0 {
		if beside, err = settlementsOf(tx, disputed); err != nil {
			return nil, 0, err
		}
	}
	for _, row := range rows {
		row.Corrections, row.Settled = corrections[row.ID], beside[row.ID]
		lines, total = append(lines, row.RegisterLine), row.Total
	}
	return lines, total, nil
}

// Words is a correction in one line.
func (c Correction) Words() string {
	return "“" + c.Wrong + "” should say “" + c.Right + "”: " + c.Reason + " (" + c.By + ", " + clock.DateOf(c.At).Long() + ")"
}

func dayOrNull(day clock.Date) any {
	if day.IsZero() {
		return nil
	}
	return day.String()
}
