package escalations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// EvaluateAll does everything the clock demands: it raises what the rules say is stuck, lifts what has
// been at its level too long, and chases what is overdue. It runs each morning, and may run at any
// other moment and any number of times: each thing happens once, and a morning that was missed is
// caught up on the next. On weekends and bank holidays nothing happens.
func (s *Store) EvaluateAll(ctx context.Context) error {
	var open []uuid.UUID
	var stuck []stuckCase
	working := false
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		work, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		if working = work.IsWorkingDay(tx.Today()); !working {
			return nil
		}
		if stuck, err = findStuck(tx, uuid.Nil); err != nil {
			return err
		}
		return tx.Raw(`select id from blocker where state = 'open' order by number`).Scan(&open).Error
	})
	if err != nil || !working {
		return err
	}
	// One that cannot be dealt with must not keep the others where they are.
	var failed []error
	for _, c := range stuck {
		if err := s.raiseStuck(ctx, c); err != nil {
			failed = append(failed, fmt.Errorf("raise by rule at forum %s: %w", c.ForumID, err))
		}
	}
	for _, id := range open {
		if err := s.evaluate(ctx, id); err != nil {
			failed = append(failed, fmt.Errorf("evaluate blocker %s: %w", id, err))
		}
	}
	return errors.Join(append(failed, s.chase(ctx))...)
}

// EvaluateDecision looks again at what is stuck about the case of a decision, now that it binds.
func (s *Store) EvaluateDecision(ctx context.Context, decisionID uuid.UUID) error {
	var of []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		return tx.Raw(`select case_id from decision where id = ? and case_id is not null`, decisionID).Scan(&of).Error
	})
	if err != nil || len(of) == 0 {
		return err
	}
	return s.EvaluateCase(ctx, of[0])
}

// EvaluateCase looks again at what is stuck about one case, after a decision was made about it.
func (s *Store) EvaluateCase(ctx context.Context, caseID uuid.UUID) error {
	var open []uuid.UUID
	var stuck []stuckCase
	err := s.DB.Read(ctx, system, func(tx db.Tx) (err error) {
		if stuck, err = findStuck(tx, caseID); err != nil {
			return err
		}
		return tx.Raw(`select id from blocker where state = 'open' and (
			case_id in (select same.id from same_case(@case) same)
			or id in (select k.blocker_id from blocker_case k where k.case_id in (select same.id from same_case(@case) same)))
			order by number`, map[string]any{"case": caseID}).Scan(&open).Error
	})
	if err != nil {
		return err
	}
	for _, c := range stuck {
		if err := s.raiseStuck(ctx, c); err != nil {
			return err
		}
	}
	for _, id := range open {
		if err := s.evaluate(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) evaluate(ctx context.Context, id uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		b, err := lockBlocker(tx, id)
		if err != nil || b.State != Open {
			return err
		}
		_, err = judge(tx, &b)
		return err
	})
}

// judge lifts a locked blocker one rung when a rule says so today.
func judge(tx db.Tx, b *Blocker) (rose bool, err error) {
	ladder, err := ladderOf(tx, b.ForumID)
	if err != nil {
		return false, err
	}
	next, more := ladder.After(b.Level)
	if !more {
		return false, nil
	}
	work, err := panels.WorkingDays(tx)
	if err != nil {
		return false, err
	}
	rules, err := rulesInForce(tx)
	if err != nil {
		return false, err
	}
	facts, err := factsOf(tx, *b)
	if err != nil {
		return false, err
	}
	rise, rises := Judge(facts, rules, tx.Today(), work)
	if !rises {
		return false, nil
	}
	about, err := decidedAbout(tx, *b, facts)
	if err != nil {
		return false, err
	}
	if err := linkDecisions(tx, b.ID, about); err != nil {
		return false, err
	}
	stepID, err := enter(tx, b, next, Step{Kind: StepRisen, Rule: rise.Causes[0].Rule, Words: rise.Words, BoardWords: rise.BoardWords})
	if err != nil {
		return false, err
	}
	for _, cause := range rise.Causes {
		err := tx.Exec(`insert into blocker_cause (blocker_id, rule, evidence, step_id) values (?, ?, ?, ?)`,
			b.ID, cause.Rule, cause.Evidence, stepID).Error
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// factsOf gathers what the rules look at.
func factsOf(tx db.Tx, b Blocker) (Facts, error) {
	f := Facts{LevelName: b.LevelName, Stay: b.Stay, Since: b.LevelSince, Days: b.LevelDays, Acted: map[Cause]bool{}}
	var acted []Cause
	if err := tx.Raw(`select rule, evidence from blocker_cause where blocker_id = ?`, b.ID).Scan(&acted).Error; err != nil {
		return f, err
	}
	for _, cause := range acted {
		f.Acted[cause] = true
	}
	var cases []struct {
		ID            uuid.UUID
		Number        int64
		DateOfBirth   clock.Date
		SupportPlanOn clock.Date
		Stopped       bool
	}
	err := tx.Raw(`
		select c.id, c.number, c.date_of_birth, c.support_plan_on,
			c.died_on is not null or c.moved_away_on is not null or coalesce(c.consent_refused, false) as stopped
		from blocker_concerns k join cases c on c.id = k.case_id
		where k.blocker_id = ? order by c.number`, b.ID).Scan(&cases).Error
	if err != nil || len(cases) == 0 {
		return f, err
	}
	ids := make([]uuid.UUID, len(cases))
	for i, of := range cases {
		ids[i] = of.ID
	}
	var rows []decided
	if err := tx.Raw(decisionsThatStuck, map[string]any{"all": false, "cases": ids, "forum": b.ForumID}).Scan(&rows).Error; err != nil {
		return f, err
	}
	for _, of := range cases {
		young := Young{Case: tracker.CaseReference(of.Number)}
		if !of.Stopped {
			young.Birthday18, young.SupportPlanOn = calendar.Birthday(of.DateOfBirth, 18), of.SupportPlanOn
		}
		for _, row := range rows {
			event := Event{ID: row.ID, On: clock.DateOf(row.ConfirmedAt)}
			switch {
			case row.CaseID != of.ID:
			case row.Deferred:
				young.Deferrals = append(young.Deferrals, event)
			case b.RequestID == nil || row.RequestID != nil && *row.RequestID == *b.RequestID:
				young.Disagreements = append(young.Disagreements, event)
			}
		}
		f.Young = append(f.Young, young)
	}
	return f, nil
}

// stuckCase is a case the rules hold against at a forum where nothing was raised.
type stuckCase struct {
	ForumID   uuid.UUID
	CaseID    uuid.UUID
	RequestID *uuid.UUID
	Funders   bool
}

// findStuck finds the cases that were deferred too often, or whose funders did not agree, and that
// nobody has raised since: caseID uuid.Nil looks at all. It asks once.
func findStuck(tx db.Tx, caseID uuid.UUID) ([]stuckCase, error) {
	rules, err := rulesInForce(tx)
	if err != nil {
		return nil, err
	}
	var rows []decided
	cases := []uuid.UUID{uuid.Nil} // a list in SQL is never empty
	if caseID != uuid.Nil {
		if err := tx.Raw(`select standing_case(?)`, caseID).Scan(&cases).Error; err != nil {
			return nil, err
		}
	}
	err = tx.Raw(decisionsThatStuck, map[string]any{"all": caseID == uuid.Nil, "cases": cases, "forum": nil}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	type key struct {
		forum, about uuid.UUID
		funders      bool
	}
	counts := map[key]int{}
	var stuck []stuckCase
	for _, row := range rows {
		k, threshold := key{row.ForumID, row.CaseID, false}, rules.Deferrals
		if !row.Deferred {
			k, threshold = key{row.ForumID, *row.RequestID, true}, rules.Disagreements
		}
		counts[k]++
		if threshold == 0 || counts[k] != threshold || row.Raised {
			continue
		}
		stuck = append(stuck, stuckCase{ForumID: row.ForumID, CaseID: row.CaseID, RequestID: row.RequestID, Funders: !row.Deferred})
	}
	return stuck, nil
}

func nilOr(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// raiseStuck raises by rule what the forum went round again: its chair owns it until they name another.
func (s *Store) raiseStuck(ctx context.Context, c stuckCase) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('stuck ' || ?::text, 0))`, c.CaseID).Error; err != nil {
			return err
		}
		// Somebody may have raised it since it was found.
		again, err := findStuck(tx, c.CaseID)
		if err != nil {
			return err
		}
		for _, still := range again {
			if still.ForumID != c.ForumID || still.Funders != c.Funders {
				continue
			}
			chairs, err := officers(tx, c.ForumID, access.Chair)
			if err != nil {
				return err
			}
			if len(chairs) == 0 {
				tx.Logger.Warn(tx.Context(), "nothing raised by rule: the forum has no chair")
				return nil
			}
			b := Blocker{
				ForumID: c.ForumID, CaseID: &c.CaseID, RequestID: c.RequestID, OwnerID: chairs[0], YoungPeople: 1,
				Kind: Other, Theme: "Deferred again and again", Needed: "A decision. The forum has put it off more than once.",
			}
			if c.Funders {
				b.Kind, b.Theme = FundingDispute, "Funders do not agree"
				b.Needed = "Agreement on who pays which share, and who pays meanwhile without prejudice."
			}
			return raise(tx, &b, []uuid.UUID{c.CaseID}, nil)
		}
		return nil
	})
}

// decided is a decision that left a case where it was.
type decided struct {
	ID          uuid.UUID
	ForumID     uuid.UUID
	CaseID      uuid.UUID
	RequestID   *uuid.UUID
	ConfirmedAt time.Time
	Deferred    bool // else: the funders did not agree
	Raised      bool // a blocker that looks at it was raised at that forum, open still or resolved since
}

// decisionsThatStuck lists the deferrals and the funders' disagreements since a case last moved on at a
// forum, oldest first, leaving out those a later decision replaced. A young person who died or moved
// away stops every rule.
const decisionsThatStuck = `
	select d.id, d.forum_id, c.id as case_id, d.request_id, d.confirmed_at, d.outcome = 'deferred' as deferred,
		exists (
			select from blocker b
			where b.forum_id = d.forum_id
				and (b.case_id in (select same.id from same_case(c.id) same)
					or b.id in (select k.blocker_id from blocker_case k where k.case_id in (select same.id from same_case(c.id) same)))
				and (b.state = 'open' or b.resolved_at >= d.confirmed_at
					or exists (select from blocker goes_on where goes_on.id = standing_blocker(b.id) and goes_on.state = 'open'))
				and (d.outcome = 'deferred' or b.kind = 'funding_dispute')
		) as raised
	from decision d
	join cases c on c.id = standing_case(d.case_id) and c.died_on is null and c.moved_away_on is null
	left join vote v on v.id = d.vote_id
	where (d.outcome = 'deferred' or (d.request_id is not null and v.rule = 'funder_consent' and not v.carried))
		and (@all or c.id in @cases)
		and (cast(@forum as uuid) is null or d.forum_id = @forum)
		and not exists (select from decision r where r.replaces_id = d.id)
		and not exists (
			select from decision later
			where later.case_id in (select same.id from same_case(c.id) same) and later.forum_id = d.forum_id and later.confirmed_at > d.confirmed_at
				and later.outcome in ('agreed', 'agreed_with_conditions', 'agreed_in_part', 'agreed_in_principle', 'not_eligible', 'withdrawn')
		)
	order by d.confirmed_at, d.id`
