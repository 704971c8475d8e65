package letters

import (
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// commits reports whether an outcome makes agencies pay. One in principle does not.
func commits(outcome room.Outcome) bool {
	return outcome == room.Agreed || outcome == room.AgreedWithConditions || outcome == room.AgreedInPart
}

// raiseAuthorisations raises one for each agency that pays under a decision that binds. Where the decision
// replaces an earlier one, each names the authorisation it follows, and an agency that pays no more
// gets one that ends its payment: from the day the new decision starts, or else began to bind.
func raiseAuthorisations(tx db.Tx, f facts) error {
	var decided []share
	if commits(f.Outcome) {
		err := tx.Raw(`
			select s.agency_id, a.name as agency, s.weekly_pence, s.one_off_pence from decision_share s join agency a on a.id = s.agency_id
			where s.decision_id = ? and s.weekly_pence + s.one_off_pence > 0 order by a.name`, f.DecisionID).Scan(&decided).Error
		if err != nil {
			return err
		}
	}
	earlier, err := authorisationsReplaced(tx, f.ReplacesID)
	if err != nil {
		return err
	}
	for _, s := range decided {
		a := Authorisation{
			Kind: NewPayment, AgencyID: s.AgencyID, WeeklyPence: s.WeeklyPence, OneOffPence: s.OneOffPence, StartOn: f.StartOn, EndOn: f.EndOn, ReviewOn: f.ReviewOn, WithoutPrejudice: f.WithoutPrejudice,
		}
		if before, replaces := earlier[s.AgencyID]; replaces {
			a.FollowsID = &before.ID
			if before.Kind != EndPayment {
				a.Kind = Replacement
			}
			delete(earlier, s.AgencyID)
		}
		if err := raise(tx, f, a); err != nil {
			return err
		}
	}
	from := f.StartOn
	if from.IsZero() {
		from = clock.DateOf(f.BoundAt)
	}
	for agencyID, before := range earlier {
		if before.Kind == EndPayment {
			continue
		}
		if err := raise(tx, f, Authorisation{Kind: EndPayment, AgencyID: agencyID, FollowsID: &before.ID, StartOn: from, WithoutPrejudice: before.WithoutPrejudice}); err != nil {
			return err
		}
	}
	return assumeLead(tx, f.DecisionID, decided)
}

// authorisationsReplaced are, by agency, the latest authorisations along the chain of decisions that one replaces:
// an agency may have been left out of the decision between.
func authorisationsReplaced(tx db.Tx, replaces *uuid.UUID) (map[uuid.UUID]Authorisation, error) {
	earlier := map[uuid.UUID]Authorisation{}
	if replaces == nil {
		return earlier, nil
	}
	var chain []Authorisation
	err := tx.Raw(`
		with recursive past as (
			select d.id, d.replaces_id, 1 as step from decision d where d.id = ?
			union all select d.id, d.replaces_id, step + 1 from past join decision d on d.id = past.replaces_id where step < 50)
		select a.* from past join funding_authorisation a on a.decision_id = past.id
		where not exists (select from funding_authorisation later where later.follows_id = a.id)
		order by past.step, a.agency_id`, *replaces).Scan(&chain).Error
	for _, a := range chain {
		if _, known := earlier[a.AgencyID]; !known {
			earlier[a.AgencyID] = a
		}
	}
	return earlier, err
}

// raise writes an authorisation and its lines, with the cost codes the agency keeps.
func raise(tx db.Tx, f facts, a Authorisation) error {
	a.ID, a.DecisionID, a.ForumID, a.RaisedAt, a.Version = newID(), f.DecisionID, f.ForumID, tx.Now, 1
	var there bool
	if err := tx.Raw(`select exists (select from funding_authorisation where decision_id = ? and agency_id = ?)`, a.DecisionID, a.AgencyID).Scan(&there).Error; err != nil || there {
		return err
	}
	if err := a.committed(tx, f); err != nil {
		return err
	}
	if err := tx.Create(&a).Error; err != nil {
		return err
	}
	codes, err := costCodes(tx, a.AgencyID)
	if err != nil {
		return err
	}
	lines, err := linesOf(tx, f, a)
	if err != nil {
		return err
	}
	for i := range lines {
		lines[i].AuthorisationID, lines[i].Position = a.ID, i+1
		lines[i].CostCode = codes.For(lines[i].Support)
	}
	if len(lines) > 0 {
		if err := tx.Create(&lines).Error; err != nil {
			return err
		}
	}
	return record(tx, "funding_authorisation.raised", a.ID, a.ForumID, nil, a)
}

// committed notes who gave the agency's position and who authorised it: the officer who did so afterwards,
// or else the same person, within their delegated limit.
func (a *Authorisation) committed(tx db.Tx, f facts) error {
	var who struct{ Committed, Authorised *uuid.UUID }
	err := tx.Raw(`
		select
			(select b.person_id from ballot b where b.vote_id = @vote and b.votes_for = @agency and b.superseded_at is null and b.position in ('consent', 'for')) as committed,
			(select n.person_id from decision_answer n where n.decision_id = @decision and n.agency_id = @agency and n.agreed
				order by n.kind = 'authorisation' desc, n.answered_at desc limit 1) as authorised`,
		map[string]any{"vote": f.VoteID, "agency": a.AgencyID, "decision": f.DecisionID}).Scan(&who).Error
	a.CommittedBy, a.AuthorisedBy = who.Committed, who.Authorised
	if a.AuthorisedBy == nil {
		a.AuthorisedBy = a.CommittedBy
	}
	if a.CommittedBy == nil {
		a.CommittedBy = a.AuthorisedBy
	}
	return err
}

// linesOf shares an agency's amount out to the kinds of support the request bought, as the request's costs
// lie, to the penny. Without a request, or for an end, it is the whole package.
func linesOf(tx db.Tx, f facts, a Authorisation) ([]AuthorisationLine, error) {
	if a.Kind == EndPayment {
		var before []AuthorisationLine
		err := tx.Raw(`select support, 0 as weekly_pence, 0 as one_off_pence, cost_code from authorisation_line where authorisation_id = ? order by position`, *a.FollowsID).Scan(&before).Error
		return before, err
	}
	kinds, costs, err := supportOf(tx, f.RequestID, f.WeeksThousandths)
	if err != nil {
		return nil, err
	}
	return shareOut(a.WeeklyPence, a.OneOffPence, kinds, costs), nil
}

// shareOut divides weekly and one-off amounts as the costs of each kind lie. What cannot be laid on a kind is
// the whole package's.
func shareOut(weekly, oneOff int64, kinds []requests.LineKind, costs []requests.Cost) []AuthorisationLine {
	weeklyCosts, onceCosts := make([]int64, len(costs)), make([]int64, len(costs))
	for i, c := range costs {
		weeklyCosts[i], onceCosts[i] = c.WeeklyPence, c.OneOffPence
	}
	byWeek, once := money.SplitLike(weekly, weeklyCosts), money.SplitLike(oneOff, onceCosts)
	var lines []AuthorisationLine
	for i, kind := range kinds {
		if byWeek[i]+once[i] > 0 {
			lines = append(lines, AuthorisationLine{Support: kind, WeeklyPence: byWeek[i], OneOffPence: once[i]})
			weekly, oneOff = weekly-byWeek[i], oneOff-once[i]
		}
	}
	if weekly+oneOff > 0 || len(lines) == 0 {
		lines = append(lines, AuthorisationLine{WeeklyPence: weekly, OneOffPence: oneOff})
	}
	return lines
}

// assumeLead takes the funder with the largest weekly share for the one that pays the provider, the first by
// name among equals, until somebody says.
func assumeLead(tx db.Tx, decisionID uuid.UUID, shares []share) error {
	var there bool
	if err := tx.Raw(`select exists (select from paying_lead where decision_id = ?)`, decisionID).Scan(&there).Error; err != nil || there || len(shares) == 0 {
		return err
	}
	lead := shares[0]
	for _, s := range shares {
		if s.WeeklyPence > lead.WeeklyPence || s.WeeklyPence == lead.WeeklyPence && s.OneOffPence > lead.OneOffPence {
			lead = s
		}
	}
	return tx.Create(&PayingLead{ID: newID(), DecisionID: decisionID, AgencyID: lead.AgencyID, SetAt: tx.Now}).Error
}
