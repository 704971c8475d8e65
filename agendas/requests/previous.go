package requests

import (
	"time"

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
	RaisedOn     clock.Date `json:"raised_on"`     // when the latest uplift of it was decided; zero for none
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
	words := "From the tracker"
	if p.FromDecision {
		words = "Decided on " + p.On.Long()
	}
	if !p.RaisedOn.IsZero() {
		words += ", and raised by the uplift decided on " + p.RaisedOn.Long()
	}
	return words
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
// recorded here, as the tracker has it, with the uplifts decided since. It is nil when neither says.
func previousOf(tx db.Tx, c tracker.Case, funders []panels.Agency) (*Previous, error) {
	var rows []struct {
		Paying
		DecidedOn   clock.Date
		ConfirmedAt time.Time
	}
	err := tx.Raw(`
		with latest as (
			select d.id, d.end_on, d.confirmed_at, (d.confirmed_at at time zone 'Europe/London')::date as decided_on
			from decision d join binding_decision b on b.decision_id = d.id
			where d.case_id in (select id from same_case(@case)) and b.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part')
				and (d.request_id is not null or exists (select from decision_share s where s.decision_id = d.id))
			order by d.confirmed_at desc limit 1)
		select s.agency_id, s.weekly_pence, s.one_off_pence, l.decided_on, l.confirmed_at
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
		rises, err := upliftsOf(tx, c, rows[0].ConfirmedAt)
		for _, rise := range rises {
			p.raise(rise)
		}
		return p, err
	}
	p := trackedCost(c, funders)
	if p == nil {
		return nil, nil
	}
	rises, err := upliftsOf(tx, c, time.Time{})
	for _, rise := range rises {
		if p.WeeklyPence == rise.PresentPence { // the tracker still has the price before it
			p.raise(rise)
		}
	}
	return p, err
}

// A rise is what a decided uplift makes of a young person's packages.
type rise struct {
	DecidedOn    clock.Date
	PresentPence int64 // a week before it
	AfterPence   int64
}

// upliftsOf reads the uplifts of a young person's packages that were agreed after a moment and are paid by
// now, oldest first. One agreed in part does not say what of it, so it raises nothing.
func upliftsOf(tx db.Tx, c tracker.Case, after time.Time) (rises []rise, err error) {
	err = tx.Raw(`
		select (d.confirmed_at at time zone 'Europe/London')::date as decided_on, sum(l.present_pence) as present_pence, sum(l.price_pence) as after_pence
		from request_line l join funding_request r on r.id = l.request_id and r.kind = 'uplift' join decision d on d.request_id = r.id join binding_decision b on b.decision_id = d.id
		where l.case_id in (select id from same_case(@case)) and b.outcome in ('agreed', 'agreed_with_conditions')
			and d.confirmed_at > @after and (d.start_on is null or d.start_on <= @today) and (d.end_on is null or d.end_on >= @today)
			and not exists (select from decision later join binding_decision since on since.decision_id = later.id where later.replaces_id = d.id)
		group by d.id order by d.confirmed_at`, map[string]any{"case": c.ID, "after": after, "today": tx.Today()}).Scan(&rises).Error
	return rises, err
}

// raise adds a rise to what is paid. The funders pay it as they pay the rest, to the penny.
func (p *Previous) raise(by rise) {
	more := by.AfterPence - by.PresentPence
	p.RaisedOn = by.DecidedOn
	var shared, before, given int64
	for _, share := range p.Shares {
		shared += share.WeeklyPence
	}
	if shared > 0 {
		part := ratio(more, shared, p.WeeklyPence) // of what is shared: the tracker may name only some payers
		for i := range p.Shares {
			before += p.Shares[i].WeeklyPence
			upTo := ratio(part, before, shared)
			p.Shares[i].WeeklyPence += upTo - given
			given = upTo
		}
	}
	p.WeeklyPence += more
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
