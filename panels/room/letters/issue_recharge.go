package letters

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// monthsBack is how far back a month that was issued is still looked at for adjustments.
const monthsBack = 36

// Schedule is a month's recharge, as it was issued or as it would be now.
type Schedule struct {
	Forum       panels.Forum
	Month       Month
	Agencies    map[uuid.UUID]panels.Agency
	Lines       []RechargeLine // of the month itself
	Adjustments []RechargeLine // of earlier months
	IssuedAt    *time.Time
	Issuer      string
	Since       []RechargeLine // issued months: what has changed since, and comes with the next one issued
	MayIssue    bool
	WhyNot      string // it cannot be issued
	OnlyOwn     bool   // the reader sees what concerns their own agencies
	Issued      []Month
}

// All are the month's lines and its adjustments.
func (s Schedule) All() []RechargeLine { return append(slices.Clone(s.Lines), s.Adjustments...) }

// ShowRecharge is a forum's recharge for a month: everything for its clerk and chair, what concerns their own
// agency for a member. What is about an item the reader left is not shown to them.
func ShowRecharge(tx db.Tx, slug string, m Month) (s Schedule, err error) {
	s.Month = m
	if s.Forum, err = panels.ForumBySlug(tx, slug); err != nil {
		return s, err
	}
	if s.Forum.Board || !tx.Actor.May(access.ReadPayments, s.Forum.ID) {
		return s, fault.New(fault.NotFound, "There is no such forum, or its recharges are not yours to read.")
	}
	if err := s.read(tx); err != nil {
		return s, err
	}
	keeps := tx.Actor.May(access.WriteLetters, s.Forum.ID)
	s.MayIssue = keeps && s.IssuedAt == nil && s.WhyNot == ""
	own := agenciesOn(tx.Actor, s.Forum.ID)
	hidden, err := leftDecisions(tx, s)
	s.OnlyOwn = !keeps
	for _, lines := range []*[]RechargeLine{&s.Lines, &s.Adjustments, &s.Since} {
		*lines = slices.DeleteFunc(*lines, func(l RechargeLine) bool {
			return hidden[l.DecisionID] || s.OnlyOwn && (s.IssuedAt == nil || !slices.Contains(own, l.PayerID) && !slices.Contains(own, l.DebtorID))
		})
	}
	if s.OnlyOwn {
		s.Since = nil
	}
	return s, err
}

// leftDecisions are the decisions of a schedule about items the actor left.
func leftDecisions(tx db.Tx, s Schedule) (map[uuid.UUID]bool, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, line := range append(s.All(), s.Since...) {
		ids = append(ids, line.DecisionID)
	}
	var away []uuid.UUID
	err := tx.Raw(`select d.id from decision d where d.id in @ids and `+left, map[string]any{"ids": ids, "me": tx.Actor.PersonID}).Scan(&away).Error
	hidden := map[uuid.UUID]bool{}
	for _, id := range away {
		hidden[id] = true
	}
	return hidden, err
}

// read fills a schedule whole, for everybody.
func (s *Schedule) read(tx db.Tx) error {
	agencies, err := panels.Agencies(tx)
	if err != nil {
		return err
	}
	s.Agencies = map[uuid.UUID]panels.Agency{}
	for _, a := range agencies {
		s.Agencies[a.ID] = a
	}
	var issued []struct {
		ID       uuid.UUID
		Month    clock.Date
		IssuedAt time.Time
		Name     string
	}
	err = tx.Raw(`select r.id, r.month, r.issued_at, p.name from recharge r join person p on p.id = r.issued_by where r.forum_id = ? order by r.month`, s.Forum.ID).Scan(&issued).Error
	if err != nil {
		return err
	}
	var these uuid.UUID
	for _, r := range issued {
		s.Issued = append(s.Issued, MonthOf(r.Month))
		if MonthOf(r.Month) == s.Month {
			these, s.IssuedAt, s.Issuer = r.ID, &r.IssuedAt, r.Name
		}
	}
	packages, err := packagesOf(tx, s.Forum.ID)
	if err != nil {
		return err
	}
	if s.IssuedAt != nil {
		lines, err := issuedLines(tx, `l.recharge_id = ?`, these)
		if err != nil {
			return err
		}
		for _, line := range lines {
			if line.ForMonth == s.Month {
				s.Lines = append(s.Lines, line)
			} else {
				s.Adjustments = append(s.Adjustments, line)
			}
		}
		sofar, err := issuedLines(tx, `r.forum_id = ? and l.for_month = ?`, s.Forum.ID, s.Month.First())
		s.Since = Adjustments(Recharge(s.Month, packages), sofar)
		return err
	}
	s.Lines = Recharge(s.Month, packages)
	if s.Adjustments, err = s.adjustments(tx, packages); err != nil {
		return err
	}
	switch {
	case !s.Month.Last().Before(tx.Today()):
		s.WhyNot = "The month is not over. It can be issued from " + s.Month.Next().First().Long() + "."
	case len(s.Lines)+len(s.Adjustments) == 0:
		s.WhyNot = "Nobody repays anybody for this month, so there is nothing to issue."
	}
	return nil
}

// adjustments are what is owed for the months that were issued before this one.
func (s Schedule) adjustments(tx db.Tx, packages []Package) (lines []RechargeLine, err error) {
	from := s.Month.First().AddMonths(-monthsBack)
	all, err := issuedLines(tx, `r.forum_id = ? and l.for_month >= ? and l.for_month < ?`, s.Forum.ID, from, s.Month.First())
	for _, month := range s.Issued {
		if month.First().Before(from) || !month.First().Before(s.Month.First()) {
			continue
		}
		sofar := slices.DeleteFunc(slices.Clone(all), func(l RechargeLine) bool { return l.ForMonth != month })
		lines = append(lines, Adjustments(Recharge(month, packages), sofar)...)
	}
	return lines, err
}

// issuedLines are lines of recharges that were issued, as they were.
func issuedLines(tx db.Tx, where string, args ...any) ([]RechargeLine, error) {
	var rows []struct {
		ForMonth                        clock.Date
		CaseNumber                      int64
		DecisionID                      uuid.UUID
		PayerID                         uuid.UUID
		DebtorID                        uuid.UUID
		Interim                         bool
		FromOn                          clock.Date
		ToOn                            clock.Date
		Days                            int
		WeeklyPence, OneOffPence, Pence int64
	}
	err := tx.Raw(`
		select l.*, coalesce(c.number, 0) as case_number from recharge_line l join recharge r on r.id = l.recharge_id
		join decision d on d.id = l.decision_id left join cases c on c.id = standing_case(d.case_id)
		where `+where+` order by r.month, l.position`, args...).Scan(&rows).Error
	lines := make([]RechargeLine, len(rows))
	for i, r := range rows {
		lines[i] = RechargeLine{
			ForMonth: MonthOf(r.ForMonth), DecisionID: r.DecisionID, CaseNumber: r.CaseNumber, PayerID: r.PayerID, DebtorID: r.DebtorID, Interim: r.Interim,
			From: r.FromOn, To: r.ToOn, Days: r.Days, WeeklyPence: r.WeeklyPence, OneOffPence: r.OneOffPence, Pence: r.Pence,
		}
	}
	return lines, err
}

// packagesOf are what a forum's binding decisions commit more than one agency to. A package ends on its last
// day, on the day before a later decision takes its place, or on the day the young person died.
func packagesOf(tx db.Tx, forumID uuid.UUID) ([]Package, error) {
	var rows []struct {
		DecisionID       uuid.UUID
		CaseNumber       int64
		StartOn          clock.Date
		EndOn            clock.Date
		ReplacedOn       clock.Date
		DiedOn           clock.Date
		WithoutPrejudice bool
		LeadID           uuid.UUID
		AgencyID         uuid.UUID
		WeeklyPence      int64
		OneOffPence      int64
	}
	err := tx.Raw(`
		select d.id as decision_id, coalesce(c.number, 0) as case_number, coalesce(d.start_on, (b.bound_at at time zone 'Europe/London')::date) as start_on, d.end_on,
			(select min(coalesce(n.start_on, (nb.bound_at at time zone 'Europe/London')::date)) from decision n join binding_decision nb on nb.decision_id = n.id
				where n.replaces_id = d.id) as replaced_on,
			c.died_on, d.without_prejudice, lead.agency_id as lead_id, s.agency_id, s.weekly_pence, s.one_off_pence
		from decision d
		join binding_decision b on b.decision_id = d.id and b.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part')
		join decision_share s on s.decision_id = d.id and s.weekly_pence + s.one_off_pence > 0
		join agency a on a.id = s.agency_id
		join lateral (select p.agency_id from paying_lead p where p.decision_id = d.id order by p.id desc limit 1) lead on true
		left join cases c on c.id = standing_case(d.case_id)
		where d.forum_id = ?
		order by c.number, d.confirmed_at, d.id, a.name`, forumID).Scan(&rows).Error
	var packages []Package
	for _, r := range rows {
		if len(packages) == 0 || packages[len(packages)-1].DecisionID != r.DecisionID {
			p := Package{DecisionID: r.DecisionID, CaseNumber: r.CaseNumber, Lead: r.LeadID, From: r.StartOn, To: r.EndOn, Interim: r.WithoutPrejudice}
			if !r.ReplacedOn.IsZero() {
				p.To = earlier(p.To, r.ReplacedOn.AddDays(-1))
			}
			if !r.DiedOn.IsZero() {
				p.To = earlier(p.To, r.DiedOn)
			}
			packages = append(packages, p)
		}
		last := &packages[len(packages)-1]
		last.Shares = append(last.Shares, PackageShare{AgencyID: r.AgencyID, WeeklyPence: r.WeeklyPence, OneOffPence: r.OneOffPence})
	}
	return packages, err
}

// earlier is the earlier of two days, of which the first may not be known.
func earlier(a, b clock.Date) clock.Date {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// IssueRecharge issues a month that is over: what it says then stays. What changes of it afterwards comes
// as an adjustment with the next month that is issued.
func (s Store) IssueRecharge(ctx context.Context, actor access.Actor, slug string, m Month) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		schedule := Schedule{Month: m}
		var err error
		if schedule.Forum, err = panels.ForumBySlug(tx, slug); err != nil {
			return err
		}
		if schedule.Forum.Board || !actor.May(access.WriteLetters, schedule.Forum.ID) {
			return fault.New(fault.NotFound, "There is no such forum, or its recharges are not yours to issue.")
		}
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('recharge:' || ?, 0))`, schedule.Forum.ID.String()).Error; err != nil {
			return err
		}
		if err := schedule.read(tx); err != nil {
			return err
		}
		away, err := leftDecisions(tx, schedule)
		switch {
		case err != nil:
			return err
		case schedule.IssuedAt != nil:
			return fault.New(fault.Conflict, "The recharge for %s was issued on %s. What changes of it comes with the next month.", m.Words(), clock.DateOf(*schedule.IssuedAt).Long())
		case schedule.WhyNot != "":
			return fault.New(fault.Conflict, "%s", schedule.WhyNot)
		case len(away) > 0:
			return fault.New(fault.Denied, "You left for an item that this month is about, so somebody else issues it.")
		}
		id := newID()
		if err := tx.Exec(`insert into recharge (id, forum_id, month, issued_by, issued_at) values (?, ?, ?, ?, ?)`, id, schedule.Forum.ID, m.First(), actor.PersonID, tx.Now).Error; err != nil {
			return err
		}
		for i, l := range schedule.All() {
			var from, to *clock.Date
			if !l.From.IsZero() && l.Days > 0 {
				from, to = &l.From, &l.To
			}
			err := tx.Exec(`
				insert into recharge_line (recharge_id, position, for_month, decision_id, payer_id, debtor_id, interim, from_on, to_on, days, weekly_pence, one_off_pence, pence)
				values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				id, i+1, l.ForMonth.First(), l.DecisionID, l.PayerID, l.DebtorID, l.Interim, from, to, l.Days, l.WeeklyPence, l.OneOffPence, l.Pence).Error
			if err != nil {
				return err
			}
		}
		return record(tx, "recharge.issued", id, schedule.Forum.ID, nil, map[string]any{"month": m.String(), "lines": len(schedule.All())})
	})
}
