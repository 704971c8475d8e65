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
	var stuck []stuckCase
	err := s.DB.Read(ctx, system, func(tx db.Tx) (err error) {
		stuck, err = findStuck(tx, caseID)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range stuck {
		if err := s.raiseStuck(ctx, c); err != nil {
			return err
		}
	}
	return s.evaluateThose(ctx, openAboutCases, map[string]any{"cases": []uuid.UUID{caseID}})
}

// CasesChanged looks again at what is stuck about cases that are not what they were: a birthday put right, a support
// plan recorded or taken back. After an import, at everything that names a young person.
func (s *Store) CasesChanged(ctx context.Context, changed tracker.CasesChanged) error {
	if len(changed.Cases) > 0 {
		return s.evaluateThose(ctx, openAboutCases, map[string]any{"cases": changed.Cases})
	}
	return s.evaluateThose(ctx, `
		select b.id from blocker b
		where b.state = 'open' and (b.case_id is not null or exists (select from blocker_case k where k.blocker_id = b.id)) order by b.number`, nil)
}

// LadderChanged is the event that a forum's levels or rules are others.
type LadderChanged struct {
	Forum uuid.UUID `json:"forum"`
}

// Kind names the event for good.
func (LadderChanged) Kind() string { return "escalations.ladder_changed" }

// FollowLadder looks again at everything stuck at a forum whose ladder changed.
func (s *Store) FollowLadder(ctx context.Context, changed LadderChanged) error {
	return s.evaluateThose(ctx, `select id from blocker where state = 'open' and forum_id = @forum order by number`, map[string]any{"forum": changed.Forum})
}

// BlockerResolved is the event that a blocker stops nothing any more.
type BlockerResolved struct {
	Blocker uuid.UUID `json:"blocker"`
}

// Kind names the event for good.
func (BlockerResolved) Kind() string { return "escalations.blocker_resolved" }

// LookPastResolved looks again at what else is stuck about the young people of a blocker that is resolved.
func (s *Store) LookPastResolved(ctx context.Context, resolved BlockerResolved) error {
	var cases []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) (err error) {
		cases, err = concerned(tx, resolved.Blocker)
		return err
	})
	if err != nil || len(cases) == 0 {
		return err
	}
	return s.evaluateThose(ctx, openAboutCases, map[string]any{"cases": cases})
}

// openAboutCases finds the open blockers that name any of @cases.
const openAboutCases = `
	select b.id from blocker b
	where b.state = 'open' and (
		b.case_id in (select same.id from cases c cross join lateral same_case(c.id) same where c.id in @cases)
		or b.id in (select k.blocker_id from blocker_case k where k.case_id in (select same.id from cases c cross join lateral same_case(c.id) same where c.id in @cases)))
	order by b.number`

// evaluateThose evaluates the blockers a query finds, one transaction each. One that cannot be dealt with must not
// keep the others where they are.
func (s *Store) evaluateThose(ctx context.Context, query string, about map[string]any) error {
	var open []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		if about == nil {
			return tx.Raw(query).Scan(&open).Error
		}
		return tx.Raw(query, about).Scan(&open).Error
	})
	failed := []error{err}
	for _, id := range open {
		if err := s.evaluate(ctx, id); err != nil {
			failed = append(failed, fmt.Errorf("evaluate blocker %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
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

// judge does what the clock and the rules demand of a locked blocker today: it follows a ladder that changed, ends a
// snooze, lifts the blocker one rung, or raises it again at the highest, and otherwise reminds whoever holds it.
func judge(tx db.Tx, b *Blocker) (rose bool, err error) {
	work, err := panels.WorkingDays(tx)
	if err != nil || !work.IsWorkingDay(tx.Today()) {
		return false, err
	}
	ladder, err := ladderOf(tx, b.ForumID)
	if err != nil {
		return false, err
	}
	if err := followLadder(tx, b, ladder); err != nil {
		return false, err
	}
	if !b.SnoozedUntil.IsZero() && !tx.Today().Before(b.SnoozedUntil) {
		if err := wake(tx, b, "The snooze until "+b.SnoozedUntil.Long()+" has ended."); err != nil {
			return false, err
		}
	}
	next, kind, rises := nextRung(ladder, b.Level)
	if !rises {
		return false, remind(tx, *b, ladder)
	}
	book, err := rulesOfAll(tx)
	if err != nil {
		return false, err
	}
	facts, err := factsOf(tx, *b)
	if err != nil {
		return false, err
	}
	rise, rises := Judge(facts[b.ID], book.of(b.ForumID), tx.Today(), work)
	if !rises {
		return false, remind(tx, *b, ladder)
	}
	about, err := decidedAbout(tx, *b, facts[b.ID])
	if err != nil {
		return false, err
	}
	if err := linkDecisions(tx, b.ID, about); err != nil {
		return false, err
	}
	stepID, err := enter(tx, b, next, Step{Kind: kind, Rule: rise.Causes[0].Rule, Words: rise.Words, BoardWords: rise.BoardWords})
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

// nextRung is where a rule takes a blocker: the rung above; at the highest, unless it is a board's, the same again,
// so that it is not forgotten there. A board is chased for its answer instead.
func nextRung(ladder Ladder, at LevelKey) (Level, StepKind, bool) {
	if next, more := ladder.After(at); more {
		return next, StepRisen, true
	}
	level, found := ladder.Level(at)
	return level, StepRaisedAgain, found && at != BoardLevel
}

// followLadder brings a locked blocker in line with the ladder of its forum, which somebody may have changed: the
// days it may stay and who holds its level. Its clock goes on. A rung that was taken off sends it to the next above.
func followLadder(tx db.Tx, b *Blocker, ladder Ladder) error {
	level, found := ladder.Level(b.Level)
	if !found {
		next, more := ladder.After(b.Level)
		if !more {
			next = ladder[len(ladder)-1]
		}
		words := fmt.Sprintf("%s was taken off the ladder, so it is with %s now.", b.LevelName, next.Name)
		_, err := enter(tx, b, next, Step{Kind: StepLadder, Words: words, BoardWords: words})
		return err
	}
	was := *b
	b.holdAt(level)
	holder := !sameID(was.LevelForumID, b.LevelForumID) || !sameID(was.LevelPersonID, b.LevelPersonID)
	if !holder && was.LevelName == b.LevelName && was.LevelDays == b.LevelDays {
		return nil
	}
	if holder && b.Level == BoardLevel { // another board: it is asked, and the first is asked no more
		*b = was
		words := fmt.Sprintf("The ladder leads to %s now.", level.Name)
		_, err := enter(tx, b, level, Step{Kind: StepLadder, Words: words, BoardWords: words})
		return err
	}
	words := fmt.Sprintf("The ladder changed: it may stay with %s for %s, since %s.", b.LevelName, count(b.LevelDays, "day"), b.LevelSince.Long())
	if holder {
		words = fmt.Sprintf("The ladder changed: %s holds it now, in place of %s. Its clock goes on.", b.LevelName, was.LevelName)
		work, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		b.AcknowledgeBy = work.AddWorkingDays(tx.Today(), level.Answer)
		b.AcknowledgedBy, b.AcknowledgedAt, b.RemindedOn = nil, nil, clock.Date{}
	}
	b.Version++
	if err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, was.Version).Select(standing).Updates(b)); err != nil {
		return err
	}
	step := Step{Kind: StepLadder, FromLevel: was.LevelName, ToLevel: b.LevelName, Words: words, BoardWords: words}
	if _, err := addStep(tx, b.ID, step); err != nil {
		return err
	}
	if holder {
		if err := leaveAgendas(tx, *b); err != nil {
			return err
		}
		if b.LevelForumID != nil && *b.LevelForumID != b.ForumID {
			if err := putBeforeForum(tx, *b, step); err != nil {
				return err
			}
		}
		if err := tellOfMove(tx, *b, NoticeMoved); err != nil {
			return err
		}
	}
	return record(tx, "blocker.ladder", b.ID, b.ForumID, was, b)
}

func sameID(a, b *uuid.UUID) bool { return a == b || a != nil && b != nil && *a == *b }

// factsOf gathers what the rules look at, in as many queries for one blocker as for all of a forum.
func factsOf(tx db.Tx, blockers ...Blocker) (map[uuid.UUID]Facts, error) {
	all := make(map[uuid.UUID]Facts, len(blockers))
	ids := []uuid.UUID{uuid.Nil} // a list in SQL is never empty
	for _, b := range blockers {
		ids = append(ids, b.ID)
		f := Facts{
			LevelName: b.LevelName, Stay: b.Stay, Since: b.LevelSince, Days: b.LevelDays, AcknowledgeBy: b.AcknowledgeBy,
			SnoozedUntil: b.SnoozedUntil, Acted: map[Cause]bool{},
		}
		if b.AcknowledgedAt != nil {
			f.AcknowledgedOn = clock.DateOf(*b.AcknowledgedAt)
		}
		all[b.ID] = f
	}
	var acted []struct {
		BlockerID uuid.UUID
		Cause
	}
	if err := tx.Raw(`select blocker_id, rule, evidence from blocker_cause where blocker_id in ?`, ids).Scan(&acted).Error; err != nil {
		return nil, err
	}
	for _, row := range acted {
		all[row.BlockerID].Acted[row.Cause] = true
	}
	if err := readDisputeClocks(tx, all, ids); err != nil {
		return nil, err
	}
	var cases []struct {
		BlockerID     uuid.UUID
		ID            uuid.UUID
		Number        int64
		DateOfBirth   clock.Date
		SupportPlanOn clock.Date
		Stopped       bool
	}
	err := tx.Raw(`
		select k.blocker_id, c.id, c.number, c.date_of_birth, c.support_plan_on,
			c.died_on is not null or c.moved_away_on is not null or coalesce(c.consent_refused, false) as stopped
		from blocker_concerns k join cases c on c.id = k.case_id
		where k.blocker_id in ? order by c.number`, ids).Scan(&cases).Error
	if err != nil || len(cases) == 0 {
		return all, err
	}
	named := make([]uuid.UUID, len(cases))
	for i, of := range cases {
		named[i] = of.ID
	}
	var rows []decided
	if err := tx.Raw(decisionsThatStuck, map[string]any{"all": false, "cases": named, "forum": nil}).Scan(&rows).Error; err != nil {
		return nil, err
	}
	decidedOf := map[uuid.UUID][]decided{}
	for _, row := range rows {
		decidedOf[row.CaseID] = append(decidedOf[row.CaseID], row)
	}
	blocker := make(map[uuid.UUID]Blocker, len(blockers))
	for _, b := range blockers {
		blocker[b.ID] = b
	}
	for _, of := range cases {
		b := blocker[of.BlockerID]
		young := Young{Case: tracker.CaseReference(of.Number)}
		if !of.Stopped {
			young.Birthday18, young.SupportPlanOn = calendar.Birthday(of.DateOfBirth, 18), of.SupportPlanOn
		}
		for _, row := range decidedOf[of.ID] {
			event := Event{ID: row.ID, On: clock.DateOf(row.ConfirmedAt)}
			switch {
			case row.ForumID != b.ForumID:
			case row.Deferred:
				young.Deferrals = append(young.Deferrals, event)
			case b.RequestID == nil || row.RequestID != nil && *row.RequestID == *b.RequestID:
				young.Disagreements = append(young.Disagreements, event)
			}
		}
		f := all[of.BlockerID]
		f.Young = append(f.Young, young)
		all[of.BlockerID] = f
	}
	return all, nil
}

// readDisputeClocks adds to the facts of blockers how long their levels have to decide their disputes.
func readDisputeClocks(tx db.Tx, all map[uuid.UUID]Facts, blockers []uuid.UUID) error {
	var open []struct {
		Dispute
		StandsAt uuid.UUID
	}
	err := tx.Raw(`select id, kind, opened_on, days, stands_at from dispute_now where stands_at in ? order by opened_on, id`, blockers).Scan(&open).Error
	for _, d := range open {
		f := all[d.StandsAt]
		f.Disputes = append(f.Disputes, d.clockAt(f.Since))
		all[d.StandsAt] = f
	}
	return err
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
	book, err := rulesOfAll(tx)
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
		rules := book.of(row.ForumID)
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
