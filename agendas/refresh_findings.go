package agendas

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// RulesChanged is the event that a rule has a new version, or that judging is to go on.
type RulesChanged struct{}

// Kind names the event for good.
func (RulesChanged) Kind() string { return "agendas.rules_changed" }

// How many cases a batch judges: few enough that a build which waits for one hardly notices.
const (
	changedAtOnce = 1000
	casesAtOnce   = 4000
)

// oneRun is how long a job judges before it hands on to the next, well before a job is stopped.
const oneRun = time.Minute

// CasesChanged brings the findings of cases that changed up to date.
func (s Store) CasesChanged(ctx context.Context, _ tracker.CasesChanged) error {
	return s.RefreshFindings(ctx)
}

// RulesChanged judges every case by the rules that changed.
func (s Store) RulesChanged(ctx context.Context, _ RulesChanged) error { return s.RefreshFindings(ctx) }

// RefreshFindings judges what the kept findings do not cover, batch by batch, each a transaction of
// its own: first the cases that changed, then all cases by the rules that did. Stopped anywhere it
// goes on from there. With nothing to do it reads three small tables.
func (s Store) RefreshFindings(ctx context.Context) error {
	actor := access.System("rule findings")
	for began := time.Now(); ; { // the machine's time: how long a job may run is no matter of the product's clock
		var more bool
		err := s.DB.Write(ctx, actor, func(tx db.Tx) (err error) {
			more, err = refreshBatch(tx)
			return err
		})
		if err != nil || !more {
			return err
		}
		if time.Since(began) > oneRun {
			return s.DB.Write(ctx, actor, func(tx db.Tx) error { return tx.Enqueue(db.Job{Args: RulesChanged{}}) })
		}
	}
}

// refreshBatch judges one batch and says whether there may be another.
func refreshBatch(tx db.Tx) (more bool, err error) {
	if err := tx.Exec(`select pg_advisory_xact_lock(` + findingLock + `)`).Error; err != nil {
		return false, err
	}
	// A rule with a new version begins again. The rules are then read as they are being judged: one that
	// changes from here on is for the next batch.
	err = tx.Exec(`
		insert into rule_judged (key, version, started_at)
		select distinct on (key) key, version, @now from rule order by key, version desc
		on conflict (key) do update set version = excluded.version, upto = 0, cases = 0, started_at = excluded.started_at, finished_at = null
		where rule_judged.version <> excluded.version`, map[string]any{"now": tx.Now}).Error
	if err != nil {
		return false, err
	}
	var rules []Rule
	if err := tx.Raw(`select r.* from rule r join rule_judged j on j.key = r.key and j.version = r.version`).Scan(&rules).Error; err != nil {
		return false, err
	}
	judges := make(map[string]*judge, len(rules))
	for _, rule := range rules {
		if judges[rule.Key], err = compiled(rule); err != nil {
			return false, err
		}
	}
	if more, err := judgeChanged(tx, judges); more || err != nil {
		return more, err
	}
	return judgeByRules(tx, judges)
}

// judgeChanged judges some of the cases that changed by every rule. A case that somebody is changing
// again is passed over: that change leaves it to be judged.
func judgeChanged(tx db.Tx, judges map[string]*judge) (more bool, err error) {
	var versions []struct {
		CaseID  uuid.UUID
		Version int
	}
	if err := tx.Raw(`select case_id, version from case_unjudged order by case_id limit ? for update skip locked`, changedAtOnce).Scan(&versions).Error; err != nil || len(versions) == 0 {
		return false, err
	}
	ids := make([]uuid.UUID, len(versions))
	for i, v := range versions {
		ids[i] = v.CaseID
	}
	kept := newKeeping(slices.Collect(maps.Values(judges))...)
	err = readFacts(tx, `select `+factColumns+`, false from cases where cases.id in @cases and `+standing, map[string]any{"cases": ids}, kept.add)
	if err != nil {
		return false, err
	}
	if err := tx.Exec(`delete from finding where case_id in ?`, ids).Error; err != nil {
		return false, err
	}
	if err := kept.store(tx); err != nil {
		return false, err
	}
	return true, tx.Exec(`delete from case_unjudged where case_id in ?`, ids).Error
}

// judgeByRules judges the next cases by the rules that have not heard them yet.
func judgeByRules(tx db.Tx, judges map[string]*judge) (more bool, err error) {
	behind, next, err := furthestBehind(tx)
	if err != nil || len(behind) == 0 {
		return false, err
	}
	keys := make([]string, len(behind))
	asked := make([]*judge, len(behind))
	for i, at := range behind {
		keys[i], asked[i] = at.Key, judges[at.Key]
	}
	kept := newKeeping(asked...)
	from, last, heard := behind[0].Upto, behind[0].Upto, 0
	err = readFacts(tx, `select `+factColumns+`, false from cases where cases.number > @from and cases.number <= @next and `+standing+` order by cases.number limit @most`,
		map[string]any{"from": from, "next": next, "most": casesAtOnce},
		func(one *tracker.Case, mark bool) error {
			last = one.Number
			heard++
			return kept.add(one, mark)
		})
	if err != nil {
		return false, err
	}
	if heard < casesAtOnce {
		last = next // every case up to there has been heard
	}
	if err := tx.Exec(`delete from finding f using cases c where c.id = f.case_id and c.number > ? and c.number <= ? and f.rule_key in ?`, from, last, keys).Error; err != nil {
		return false, err
	}
	if err := kept.store(tx); err != nil {
		return false, err
	}
	finished := any(nil)
	if last == everyNumber {
		finished = tx.Now
	}
	return true, tx.Exec(`update rule_judged set upto = ?, cases = cases + ?, finished_at = ? where key in ?`, last, heard, finished, keys).Error
}

// everyNumber is above the number of every case.
const everyNumber = int64(1) << 62

// judging is how far a rule has been gone through.
type judging struct {
	Key  string
	Upto int64
}

// furthestBehind are the rules that have heard the fewest cases, and the number up to which they are
// to hear them now: where others, that began before them, already are.
func furthestBehind(tx db.Tx) (behind []judging, next int64, err error) {
	var open []judging
	if err := tx.Raw(`select key, upto from rule_judged where finished_at is null order by upto, key`).Scan(&open).Error; err != nil || len(open) == 0 {
		return nil, 0, err
	}
	next = everyNumber
	for _, at := range open {
		switch {
		case at.Upto == open[0].Upto:
			behind = append(behind, at)
		default:
			return behind, at.Upto, nil
		}
	}
	return behind, next, nil
}

// keeping gathers the findings of a batch.
type keeping struct {
	anyYear, byYear Judges // those who ask for a year's cost answer once for each way of counting a year
	rows            [][]any
}

func newKeeping(judges ...*judge) *keeping {
	k := &keeping{}
	for _, j := range judges {
		if j.byYear {
			k.byYear.judges = append(k.byYear.judges, j)
		} else {
			k.anyYear.judges = append(k.anyYear.judges, j)
		}
	}
	return k
}

// add judges a case.
func (k *keeping) add(c *tracker.Case, _ bool) error {
	locality := localityKey(c.Locality)
	note := func(weeks int) func(*judge, span) {
		return func(j *judge, says span) {
			k.rows = append(k.rows, []any{c.ID, j.Key, weeks, locality, dayOrNull(says.on), midnight(says.from), midnight(says.until)})
		}
	}
	if err := k.anyYear.ask(c, usualYear, note(0)); err != nil {
		return err
	}
	if len(k.byYear.judges) == 0 {
		return nil
	}
	for _, weeks := range panels.WeeksPerYear {
		if err := k.byYear.ask(c, weeks, note(weeks)); err != nil {
			return err
		}
	}
	return nil
}

// store copies the batch's findings into the table.
func (k *keeping) store(tx db.Tx) error {
	columns := []string{"case_id", "rule_key", "weeks", "locality", "turns_on", "listed_from", "listed_until"}
	return tx.Copy("finding", columns, func(yield func([]any, error) bool) {
		for _, row := range k.rows {
			if !yield(row, nil) {
				return
			}
		}
	})
}

func dayOrNull(day clock.Date) any {
	if day.IsZero() {
		return nil
	}
	return midnight(day)
}

func midnight(day clock.Date) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
}
