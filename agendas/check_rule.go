package agendas

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// ShownAtMost bounds how many cases a preview of a rule names in each of its lists.
const ShownAtMost = 50

// Preview is what a rule would do today, before it is saved: over the whole tracker and a year of 52
// weeks, beside what the version in force does.
type Preview struct {
	Cases    int // in the tracker
	Unjudged *Unjudged
	Lists    Sample
	Now      Sample // not listed by the version in force
	NoLonger Sample // listed by it, and no more
	New      bool   // there is no version in force
}

// Sample is some cases: how many, and the most pressing of them.
type Sample struct {
	Count int
	Shown []ListedCase
}

// ListedCase is a case in a preview. Name and reason are there for those who may see the case;
// everybody else has its number, which says nothing of anybody.
type ListedCase struct {
	Reference string
	Name      string
	Reason    string
	id        uuid.UUID
	on        clock.Date
	number    int64
}

// CheckRule says what a rule would do in place of the one in force, which is nil for a new rule. It
// changes nothing; what is wrong with the rule it says as saving it would.
func CheckRule(tx db.Tx, inForce *Rule, rule Rule) (preview Preview, err error) {
	if err := tx.Actor.Check(access.SetRules, uuid.Nil); err != nil {
		return preview, err
	}
	if err := rule.Validate(); err != nil {
		return preview, err
	}
	supplied, err := tracker.Supplied(tx)
	if err != nil {
		return preview, err
	}
	preview.New = inForce == nil
	preview.Unjudged = rule.unjudged(supplied)
	preview.Cases, err = preview.compare(tx, inForce, rule, supplied)
	if err != nil {
		return preview, err
	}
	return preview, preview.name(tx, rule)
}

// compare judges every case by both and says how many there were.
func (p *Preview) compare(tx db.Tx, inForce *Rule, rule Rule, supplied tracker.SuppliedFields) (cases int, err error) {
	var judges []*judge
	add := func(r Rule) (asked *judge, err error) {
		if r.Enabled && r.unjudged(supplied) == nil {
			if asked, err = compiled(r); err == nil {
				judges = append(judges, asked)
			}
		}
		return asked, err
	}
	var before, after *judge
	if inForce != nil {
		if before, err = add(*inForce); err != nil {
			return 0, err
		}
	}
	if after, err = add(rule); err != nil {
		return 0, err
	}
	asked := Judges{judges: judges}
	today := tx.Today()
	err = readFacts(tx, `select `+factColumns+`, false from cases where `+standing, nil, func(c *tracker.Case, _ bool) error {
		cases++
		var was, is *span
		err := asked.ask(c, usualYear, func(j *judge, says span) {
			if says.lists(today) {
				if j == before {
					was = &says
				}
				if j == after {
					is = &says
				}
			}
		})
		if is != nil {
			p.Lists.add(c, is.on)
			if was == nil {
				p.Now.add(c, is.on)
			}
		} else if was != nil {
			p.NoLonger.add(c, was.on)
		}
		return err
	})
	return cases, err
}

// add notes a case; those whose date is nearest or longest past stay among the shown.
func (l *Sample) add(c *tracker.Case, on clock.Date) {
	l.Count++
	l.Shown = append(l.Shown, ListedCase{Reference: c.Reference(), id: c.ID, on: on, number: c.Number})
	if len(l.Shown) >= 4*ShownAtMost {
		l.trim()
	}
}

func (l *Sample) trim() {
	slices.SortFunc(l.Shown, func(a, b ListedCase) int {
		return cmp.Or(cmp.Compare(a.on.String(), b.on.String()), cmp.Compare(a.number, b.number))
	})
	l.Shown = l.Shown[:min(len(l.Shown), ShownAtMost)]
}

// name gives the cases shown their names and reasons, for an actor who may see them.
func (p *Preview) name(tx db.Tx, rule Rule) error {
	ids := []uuid.UUID{uuid.Nil}
	lists := []*Sample{&p.Lists, &p.Now, &p.NoLonger}
	for _, l := range lists {
		l.trim()
		for _, c := range l.Shown {
			ids = append(ids, c.id)
		}
	}
	var visible []tracker.Case
	if err := tracker.Visible(tx).Where("cases.id in ?", ids).Find(&visible).Error; err != nil {
		return err
	}
	byID := make(map[uuid.UUID]*tracker.Case, len(visible))
	for i := range visible {
		byID[visible[i].ID] = &visible[i]
	}
	for _, l := range lists {
		for i, shown := range l.Shown {
			c, seen := byID[shown.id]
			if !seen {
				continue
			}
			l.Shown[i].Name = c.Name()
			if l != &p.NoLonger {
				l.Shown[i].Reason = rule.reasonText(c, shown.on, tx.Today(), usualYear)
			}
		}
	}
	return nil
}
