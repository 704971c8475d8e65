package letters

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// facts are what a letter may say of a decision that binds.
type facts struct {
	DecisionID       uuid.UUID
	ForumID          uuid.UUID
	Forum            string
	ItemNumber       string
	MeetingAt        time.Time
	Outcome          room.Outcome // that binds
	BoundAt          time.Time
	Reasons          string
	StartOn          clock.Date
	EndOn            clock.Date
	ReviewOn         clock.Date
	WithoutPrejudice bool
	Meanwhile        string
	Challenge        room.ChallengeRoute
	Missing          string
	NextForum        string
	NextMeetingAt    *time.Time
	WhatNext         string
	ReplacesID       *uuid.UUID
	RequestID        *uuid.UUID
	VoteID           *uuid.UUID
	WeeksThousandths int

	CaseID           *uuid.UUID
	CaseNumber       int64
	Forename         string
	Surname          string
	DateOfBirth      clock.Date
	ProtectedAddress bool
	DiedOn           clock.Date
	Interpreter      string
	ReferrerID       *uuid.UUID
	Referrer         string

	Wish       Wish        `gorm:"-"`
	Shares     []share     `gorm:"-"` // what was decided, or else what was asked for
	Conditions []condition `gorm:"-"`
}

type share struct {
	AgencyID    uuid.UUID
	Agency      string
	WeeklyPence int64
	OneOffPence int64
}

type condition struct {
	Text        string
	EvidenceDue clock.Date
}

func (f facts) about() About {
	return About{Born: f.DateOfBirth, ProtectedAddress: f.ProtectedAddress, DiedOn: f.DiedOn, Barred: f.Wish.Barred}
}

func (f facts) young() string { return strings.TrimSpace(f.Forename + " " + f.Surname) }

// readFacts reads a decision that binds; one that does not, or not any more, is found by nobody.
func readFacts(tx db.Tx, decisionID uuid.UUID) (f facts, found bool, err error) {
	err = tx.Raw(`
		select d.id as decision_id, d.forum_id, f.name as forum, i.number as item_number, m.starts_at as meeting_at, b.outcome, b.bound_at, d.reasons, d.start_on, d.end_on,
			d.review_on, d.without_prejudice, d.meanwhile, d.challenge, d.missing, coalesce(nf.name, '') as next_forum, nm.starts_at as next_meeting_at, d.what_next,
			d.replaces_id, d.request_id, d.vote_id, d.weeks_thousandths,
			c.id as case_id, coalesce(c.number, 0) as case_number, coalesce(c.forename, '') as forename, coalesce(c.surname, '') as surname, c.date_of_birth,
			coalesce(c.protected_address, false) as protected_address, c.died_on, coalesce(c.interpreter, '') as interpreter,
			p.id as referrer_id, coalesce(p.name, '') as referrer
		from decision d
		join binding_decision b on b.decision_id = d.id
		join forum f on f.id = d.forum_id and not f.board
		join meeting m on m.id = d.meeting_id
		join agenda_item i on i.id = d.item_id
		left join forum nf on nf.id = d.next_forum_id
		left join meeting nm on nm.id = d.next_meeting_id
		left join cases c on c.id = standing_case(d.case_id)
		left join funding_request r on r.id = d.request_id
		left join person p on p.id = coalesce(r.submitted_by, i.presenter_id, (select l.person_id from case_link l where l.case_id = c.id and l.kind = 'referrer' order by l.person_id limit 1))
		where d.id = ?`, decisionID).Scan(&f).Error
	if err != nil || f.DecisionID == uuid.Nil {
		return f, false, err
	}
	if f.CaseID != nil {
		if f.Wish, err = wishOf(tx, *f.CaseID); err != nil {
			return f, false, err
		}
	}
	err = tx.Raw(`
		with shares as (
			select s.agency_id, s.weekly_pence, s.one_off_pence, 1 as rank from decision_share s where s.decision_id = @decision
			union all select s.agency_id, s.weekly_pence, s.one_off_pence, 2 from vote_share s where s.vote_id = @vote
			union all select s.agency_id, s.weekly_pence, s.one_off_pence, 3 from request_share s where s.request_id = @request)
		select s.agency_id, a.name as agency, s.weekly_pence, s.one_off_pence
		from shares s join agency a on a.id = s.agency_id
		where s.rank = (select min(rank) from shares) and s.weekly_pence + s.one_off_pence > 0
		order by a.name`, map[string]any{"decision": f.DecisionID, "vote": f.VoteID, "request": f.RequestID}).Scan(&f.Shares).Error
	if err != nil {
		return f, false, err
	}
	err = tx.Raw(`select text, evidence_due from decision_condition where decision_id = ? order by position`, decisionID).Scan(&f.Conditions).Error
	return f, true, err
}

// values are what the placeholders of a letter stand for.
func (f facts) values(to recipient, easy bool) map[string]string {
	values := map[string]string{
		"recipient": to.Name, "young_person": f.young(), "forename": f.Forename, "forum": f.Forum, "meeting_date": clock.DateOf(f.MeetingAt).Long(), "item": f.ItemNumber,
		"outcome": f.Outcome.Words(), "reasons": f.Reasons, "meanwhile": f.Meanwhile, "challenge": challengeIn(f.Challenge, to.Audience, easy), "missing": f.Missing,
		"next_forum": f.NextForum, "what_next": f.WhatNext,
	}
	if f.CaseNumber > 0 {
		values["case_number"] = tracker.CaseReference(f.CaseNumber)
	} else { // an uplift is about the packages of many
		values["case_number"], values["young_person"], values["forename"] = "Item "+f.ItemNumber, "packages of several young people", "each young person"
	}
	for name, day := range map[string]clock.Date{"start": f.StartOn, "end": f.EndOn, "review": f.ReviewOn} {
		if !day.IsZero() {
			values[name] = day.Long()
		}
	}
	if f.NextMeetingAt != nil {
		values["next_meeting"] = clock.DateOf(*f.NextMeetingAt).Long()
	}
	if f.WithoutPrejudice {
		values["without_prejudice"] = withoutPrejudiceWords
	}
	var conditions, payers []string
	for _, c := range f.Conditions {
		words := "- " + c.Text
		if !to.Audience.Family() {
			words += " (evidence due " + c.EvidenceDue.Long() + ")"
		}
		conditions = append(conditions, words)
	}
	var weekly, once int64
	for _, s := range f.Shares {
		payers = append(payers, "- "+s.Agency+": "+AmountWords(s.WeeklyPence, s.OneOffPence))
		weekly, once = weekly+s.WeeklyPence, once+s.OneOffPence
		if to.AgencyID != nil && *to.AgencyID == s.AgencyID {
			values["amount"] = AmountWords(s.WeeklyPence, s.OneOffPence)
		}
	}
	values["conditions"], values["payers"] = strings.Join(conditions, "\n"), strings.Join(payers, "\n")
	if weekly+once > 0 {
		values["total"] = AmountWords(weekly, once)
	}
	return values
}

// AmountWords is a share as people say it.
func AmountWords(weekly, oneOff int64) string {
	switch {
	case weekly == 0 && oneOff == 0:
		return "Nothing"
	case oneOff == 0:
		return money.Pounds(weekly) + " a week"
	case weekly == 0:
		return money.Pounds(oneOff) + " once"
	default:
		return money.Pounds(weekly) + " a week and " + money.Pounds(oneOff) + " once"
	}
}

// supportOf is what a request buys, by kind, for sharing each agency's amount out to cost codes.
func supportOf(tx db.Tx, requestID *uuid.UUID, weeksThousandths int) (kinds []requests.LineKind, costs []requests.Cost, err error) {
	if requestID == nil {
		return nil, nil, nil
	}
	var lines []requests.Line
	if err := tx.Where("request_id = ?", *requestID).Order("position").Find(&lines).Error; err != nil {
		return nil, nil, err
	}
	kinds, costs = requests.ByKind(lines, weeksThousandths)
	return kinds, costs, nil
}
