package requests

import (
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// Previous is what a package costs now, kept as it was when the request was last with its presenter:
// once the request is decided, what is paid now is something else.
type Previous struct {
	FromDecision bool       `json:"from_decision"` // else from the tracker
	On           clock.Date `json:"on"`            // the decision's day
	WeeklyPence  int64      `json:"weekly_pence"`
	OneOffPence  int64      `json:"one_off_pence"`
	Shares       []Paying   `json:"shares"`
}

// Paying is what one funder pays now.
type Paying struct {
	AgencyID    uuid.UUID `json:"agency_id"`
	WeeklyPence int64     `json:"weekly_pence"`
	OneOffPence int64     `json:"one_off_pence"`
}

// Words says where the cost is known from.
func (p Previous) Words() string {
	if p.FromDecision {
		return "Decided on " + p.On.Long()
	}
	return "From the tracker"
}

// Compared says how far a new weekly cost is from it: "£1,000 a week now, £204.50 more".
func (p Previous) Compared(weekly int64) string {
	now := money.Pounds(p.WeeklyPence) + " a week now, "
	switch more := weekly - p.WeeklyPence; {
	case more > 0:
		return now + money.Pounds(more) + " more"
	case more < 0:
		return now + money.Pounds(-more) + " less"
	}
	return now + "the same"
}

// Share is what an agency pays of it.
func (p Previous) Share(agencyID uuid.UUID) Paying {
	for _, share := range p.Shares {
		if share.AgencyID == agencyID {
			return share
		}
	}
	return Paying{AgencyID: agencyID}
}

// previousOf reads what is paid for a young person now: by the decision in force, or, when none is
// recorded here, as the tracker has it. It is nil when neither says.
func previousOf(tx db.Tx, c tracker.Case, funders []panels.Agency) (*Previous, error) {
	var rows []struct {
		Paying
		DecidedOn clock.Date
	}
	err := tx.Raw(`
		with latest as (
			select d.id, d.end_on, (d.confirmed_at at time zone 'Europe/London')::date as decided_on
			from decision d join binding_decision b on b.decision_id = d.id
			where d.case_id in (select id from same_case(@case)) and b.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part')
				and (d.request_id is not null or exists (select from decision_share s where s.decision_id = d.id))
			order by d.confirmed_at desc limit 1)
		select s.agency_id, s.weekly_pence, s.one_off_pence, l.decided_on
		from latest l join decision_share s on s.decision_id = l.id
		where l.end_on is null or l.end_on >= @today
		order by s.agency_id`, map[string]any{"case": c.ID, "today": tx.Today()}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		p := &Previous{FromDecision: true, On: rows[0].DecidedOn}
		for _, row := range rows {
			p.WeeklyPence += row.WeeklyPence
			p.OneOffPence += row.OneOffPence
			p.Shares = append(p.Shares, row.Paying)
		}
		return p, nil
	}
	return trackedCost(c, funders), nil
}

// trackedCost is what the tracker says is paid. Where two funders are of one kind it cannot say which
// of them pays, so it names neither.
func trackedCost(c tracker.Case, funders []panels.Agency) *Previous {
	if c.WeeklyCostPence == nil {
		return nil
	}
	p := &Previous{WeeklyPence: *c.WeeklyCostPence}
	for _, part := range []struct {
		kind  panels.AgencyKind
		pence *int64
	}{{panels.AdultSocialCare, c.ASCWeeklyPence}, {panels.ChildrenSocialCare, c.CSCWeeklyPence}, {panels.Education, c.EducationWeeklyPence}, {panels.HealthContinuing, c.HealthWeeklyPence}} {
		var of []panels.Agency
		for _, agency := range funders {
			if agency.Kind == part.kind && !agency.Outside {
				of = append(of, agency)
			}
		}
		if part.pence != nil && *part.pence > 0 && len(of) == 1 {
			p.Shares = append(p.Shares, Paying{AgencyID: of[0].ID, WeeklyPence: *part.pence})
		}
	}
	return p
}
