package agendas

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// What each rule says of each case is kept in the table finding, as the days from which and until
// which it lists the case, so building an agenda reads the few rows of its day. The rows may be
// behind: a case that changed stands in case_unjudged from the same transaction on, and a rule of
// which another version is in force has no finished row in rule_judged. Whoever reads findings judges
// exactly those itself, so the answer never depends on whether the background has caught up.

// findingLock keeps the rows of finding, case_unjudged and rule_judged in step: readers share it, and
// whoever judges in the background holds it alone for one batch.
const findingLock = `hashtext('finding')`

// ruleRow is a rule in force, and whether the findings kept are of this version.
type ruleRow struct {
	Rule `gorm:"embedded"`
	Kept bool
}

// holdFindings keeps the background from moving findings under a transaction that writes, in which
// each query sees the newest rows. A Read sees one moment anyway.
func holdFindings(tx db.Tx) error {
	return tx.Exec(`select pg_advisory_xact_lock_shared(` + findingLock + `)`).Error
}

// rulesKept are the newest versions of every rule, in the order of the rules page, with whether each
// has its findings kept.
func rulesKept(tx db.Tx) ([]ruleRow, error) {
	var rules []ruleRow
	err := tx.Raw(`
		select newest.*, j.key is not null as kept
		from (select distinct on (key) * from rule order by key, version desc) newest
		left join rule_judged j on j.key = newest.key and j.version = newest.version and j.finished_at is not null
		order by newest.position, newest.key`).Scan(&rules).Error
	return rules, err
}

// A selection asks which cases some rules list on a day.
type selection struct {
	rules    []ruleRow // as rulesKept reads them, those to ask
	locality string    // of the forum; "" follows everyone
	on       clock.Date
	next     clock.Date // the forum's next meeting after that day; zero when no meeting is asked about
	weeks    int        // the weeks in a year, in thousandths
}

// lists reports whether a rule lists a case on the day: by its days, or because the next meeting would be
// too late for what must be discussed before its date.
func (s selection) lists(r *Rule, c *tracker.Case, says span) bool {
	return says.lists(s.on) || r.ComesBefore() && says.lastBefore(s.on, s.next) && !s.on.Before(calendar.Birthday(c.DateOfBirth, r.FromAge))
}

// A listing is a case that rules list, with what each says, in the order of the rules.
type listing struct {
	tracker.Case // the columns that reasons name
	findings     []Finding
}

// listings finds them, in the order of their numbers: by the rows kept, and by judging the cases and
// the rules that these do not cover.
func (s selection) listings(tx db.Tx) ([]listing, error) {
	if len(s.rules) == 0 {
		return nil, nil
	}
	found := map[uuid.UUID]*listing{}
	note := func(c *tracker.Case, finding Finding) {
		if found[c.ID] == nil {
			found[c.ID] = &listing{Case: *c}
		}
		found[c.ID].findings = append(found[c.ID].findings, finding)
	}
	if err := s.readKept(tx, note); err != nil {
		return nil, err
	}
	// A case that changed after that query is among those judged now, as it is now.
	forget := func(c *tracker.Case) { delete(found, c.ID) }
	err := s.judgeRest(tx, forget, func(c *tracker.Case, j *judge, says span) { note(c, j.finding(c, says.on, s.on, s.weeks)) })
	if err != nil {
		return nil, err
	}
	place := make(map[string]int, len(s.rules))
	for i, rule := range s.rules {
		place[rule.Key] = i
	}
	list := make([]listing, 0, len(found))
	for _, l := range found {
		slices.SortFunc(l.findings, func(a, b Finding) int { return cmp.Compare(place[a.Rule], place[b.Rule]) })
		list = append(list, *l)
	}
	slices.SortFunc(list, func(a, b listing) int { return cmp.Compare(a.Number, b.Number) })
	return list, nil
}

// kept are the rules whose findings are kept.
func (s selection) kept() map[string]Rule {
	rules := make(map[string]Rule, len(s.rules))
	for _, rule := range s.rules {
		if rule.Kept {
			rules[rule.Key] = rule.Rule
		}
	}
	return rules
}

// keptOn is what is kept of the day; its values are those of keptValues. The anti-join leaves out the
// cases that changed since.
func (s selection) keptOn() string {
	return s.keptWhere(`f.listed_from <= @on and f.listed_until > @on`)
}

// keptBeforeNext is what is kept of later days, of which the next meeting would be too late.
func (s selection) keptBeforeNext() string {
	return s.keptWhere(`f.listed_from > @on and f.listed_until > @on and f.turns_on between @on and @next`)
}

func (s selection) keptWhere(days string) string {
	query := `
		from finding f join cases c on c.id = f.case_id
		where f.rule_key in @rules and ` + days + ` and f.weeks in (0, @weeks)
			and not exists (select from case_unjudged changed where changed.case_id = f.case_id)`
	if s.locality != "" {
		query += ` and f.locality = @locality`
	}
	return query
}

func (s selection) keptValues(rules map[string]Rule) map[string]any {
	return map[string]any{"rules": slices.Sorted(maps.Keys(rules)), "on": s.on, "next": s.next, "weeks": s.weeks, "locality": localityKey(s.locality)}
}

// readKept tells fn what is kept of the day.
func (s selection) readKept(tx db.Tx, fn func(*tracker.Case, Finding)) error {
	rules := s.kept()
	if len(rules) == 0 {
		return nil
	}
	if err := s.readRows(tx, s.keptOn(), rules, fn); err != nil || s.next.IsZero() {
		return err
	}
	before := maps.Clone(rules)
	maps.DeleteFunc(before, func(_ string, r Rule) bool { return !r.ComesBefore() })
	if len(before) == 0 {
		return nil
	}
	return s.readRows(tx, s.keptBeforeNext(), before, func(c *tracker.Case, f Finding) {
		if rule := before[f.Rule]; !s.on.Before(calendar.Birthday(c.DateOfBirth, rule.FromAge)) {
			fn(c, f)
		}
	})
}

// readRows tells fn what a query over the rows kept finds.
func (s selection) readRows(tx db.Tx, from string, rules map[string]Rule, fn func(*tracker.Case, Finding)) error {
	rows, err := tx.Raw(`select f.rule_key, f.turns_on, `+reasonColumns+from, s.keptValues(rules)).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	var key string
	var on clock.Date
	var c tracker.Case
	places := append([]any{&key, &on}, scanReason(&c)...)
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		fn(&c, rules[key].finding(&c, on, s.on, s.weeks))
	}
	return rows.Err()
}

// judgeRest judges the cases that changed by every rule, and all others of the locality by the rules
// whose findings are not kept yet. again is told of each case that changed before it is judged.
func (s selection) judgeRest(tx db.Tx, again func(*tracker.Case), lists func(*tracker.Case, *judge, span)) error {
	var every, behind []Rule
	var ages ageRange
	for _, rule := range s.rules {
		every = append(every, rule.Rule)
		if !rule.Kept {
			behind = append(behind, rule.Rule)
			ages = ages.with(rule.FromAge, rule.ToAge)
		}
	}
	if len(behind) == 0 {
		// Mostly nothing has changed: then no rule need be made ready.
		var changed bool
		if err := tx.Raw(`select exists (select from case_unjudged)`).Scan(&changed).Error; err != nil || !changed {
			return err
		}
	}
	all, err := CompileRules(every)
	if err != nil {
		return err
	}
	late, err := CompileRules(behind)
	if err != nil {
		return err
	}
	from, conditions := `case_unjudged u join cases on cases.id = u.case_id`, []string{standing}
	if len(behind) > 0 {
		from = `cases left join case_unjudged u on u.case_id = cases.id`
		conditions = append(conditions, `(u.case_id is not null or cases.date_of_birth between @oldest and @youngest)`)
	}
	if s.locality != "" {
		conditions = append(conditions, `lower(btrim(cases.locality)) = @locality`)
	}
	oldest, youngest := ages.births(s.on)
	return readFacts(tx, `select `+factColumns+`, u.case_id is not null from `+from+` where `+strings.Join(conditions, " and "),
		map[string]any{"locality": localityKey(s.locality), "oldest": oldest, "youngest": youngest},
		func(c *tracker.Case, changed bool) error {
			judges := late
			if changed {
				judges = all
				again(c)
			}
			return judges.ask(c, s.weeks, func(j *judge, says span) {
				if s.lists(&j.Rule, c, says) {
					lists(c, j, says)
				}
			})
		})
}

// standing are the cases that rules are asked about: one that was merged into another is listed there.
const standing = `cases.merged_into is null`

// readFacts calls fn with each row of a query that selects factColumns and one yes or no. The case is
// fn's for the call only.
func readFacts(tx db.Tx, query string, values map[string]any, fn func(c *tracker.Case, mark bool) error) error {
	asked := tx.Raw(query)
	if strings.Contains(query, "@") { // else GORM would take the values for one of a question mark
		asked = tx.Raw(query, values)
	}
	rows, err := asked.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	var c tracker.Case
	var mark bool
	places := append(scanFacts(&c), &mark)
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if err := fn(&c, mark); err != nil {
			return err
		}
	}
	return rows.Err()
}

// localityKey is a locality as findings hold it.
func localityKey(locality string) string { return strings.ToLower(strings.TrimSpace(locality)) }

// ageRange is the youngest and the oldest that some rules look at.
type ageRange struct {
	from, to int
	any      bool
}

func (a ageRange) with(from, to int) ageRange {
	if !a.any {
		return ageRange{from, to, true}
	}
	return ageRange{min(a.from, from), max(a.to, to), true}
}

// births are the days between which those of these ages on a day were born, a day more at either end:
// the rules themselves say exactly who has which age.
func (a ageRange) births(on clock.Date) (oldest, youngest clock.Date) {
	return clock.NewDate(on.Year-a.to-1, on.Month, on.Day-1), clock.NewDate(on.Year-a.from, on.Month, on.Day+1)
}
