package agendas

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Whatever clerks and cases do between versions, a number means one item for ever, nothing that was published is
// lost, no case stands twice, and the proof that nobody is left off adds up. “Item 5” in somebody's notes must be
// item 5.
func TestAgendaKeepsItsNumbersAndAddsUpWhateverHappens(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	forum := p.forum("locality", "North")
	clerk := p.clerk(forum)
	meeting := p.meeting(forum, "2026-12-08")
	p.meeting(forum, "2027-01-12")
	random := rand.New(rand.NewPCG(5, 1))
	var people []*tracker.Case
	for n := range 70 {
		c := young("2008-12-20")
		c.DateOfBirth = calendar.DateAtAge(c.DateOfBirth, 0, n/4)
		if n%3 != 0 {
			c.SupportPlanOn = clock.Date{}
		}
		people = append(people, &c)
	}
	p.add(people...)
	numbers := map[uuid.UUID]string{}
	var log []string
	anyItem := func() Item {
		items := p.items(meeting.ID)
		return items[random.IntN(len(items))]
	}
	p.build(clerk, meeting)
	for step := range 220 {
		var err error
		what := []string{"build", "publish", "publish", "remove", "remove", "restore", "restore", "pin", "move", "place", "minutes", "add", "case", "case", "dies", "locality"}[random.IntN(16)]
		log = append(log, what)
		c := people[random.IntN(len(people))]
		switch what {
		case "build":
			_, err = p.BuildAgenda(t.Context(), clerk, meeting.ID)
		case "publish":
			_, err = p.PublishAgenda(t.Context(), clerk, meeting.ID)
		case "remove":
			_, err = p.RemoveItem(t.Context(), clerk, anyItem().ID, 0, "Not ready")
		case "restore":
			_, err = p.RestoreItem(t.Context(), clerk, anyItem().ID, 0)
		case "pin":
			_, err = p.PinItem(t.Context(), clerk, anyItem().ID, random.IntN(2) == 0)
		case "move":
			_, err = p.MoveItem(t.Context(), clerk, anyItem().ID, []Direction{Up, Down}[random.IntN(2)])
		case "place":
			_, err = p.PlaceItem(t.Context(), clerk, anyItem().ID, 1+random.IntN(10))
		case "minutes":
			_, err = p.ChangeMinutes(t.Context(), clerk, anyItem().ID, 0, random.IntN(30))
		case "add":
			_, err = p.AddCase(t.Context(), clerk, meeting.ID, c.Reference(), "The school asked")
		case "case":
			plan := []any{nil, "2026-11-01"}[random.IntN(2)]
			p.write(func(tx db.Tx) error {
				return tx.Exec(`update cases set support_plan_on = ?, version = version + 1 where id = ?`, plan, c.ID).Error
			})
		case "dies":
			p.write(func(tx db.Tx) error {
				return tx.Exec(`update cases set died_on = case when died_on is null and ? then date '2026-11-01' end, version = version + 1 where id = ?`, random.IntN(3) == 0, c.ID).Error
			})
		case "locality":
			to := []string{"North", "North", "South"}[random.IntN(3)]
			p.write(func(tx db.Tx) error {
				return tx.Exec(`update cases set locality = ?, version = version + 1 where id = ?`, to, c.ID).Error
			})
		}
		if err != nil && fault.As(err) == nil {
			t.Fatalf("step %d, %s: %v", step, what, err)
		}

		items := p.items(meeting.ID)
		held, cases := map[string]uuid.UUID{}, map[uuid.UUID]bool{}
		for at, item := range items {
			if item.CaseID != nil {
				if cases[*item.CaseID] {
					t.Fatalf("step %d, %s: a case stands twice", step, what)
				}
				cases[*item.CaseID] = true
			}
			if was := numbers[item.ID]; was != "" && was != item.Number {
				t.Fatalf("step %d, %s: item %s became %s", step, what, was, item.Number)
			}
			if item.Number != "" {
				if other, taken := held[item.Number]; taken && other != item.ID {
					t.Fatalf("step %d, %s: two items %s", step, what, item.Number)
				}
				held[item.Number], numbers[item.ID] = item.ID, item.Number
			}
			if item.Number != "" && (item.State == Removed || item.State == PutOver) {
				t.Fatalf("step %d, %s: published item %s is %s", step, what, item.Number, item.State)
			}
			if at > 0 && items[at-1].Position > item.Position {
				t.Fatalf("step %d, %s: out of order", step, what)
			}
		}
		for id, number := range numbers {
			if held[number] != id {
				t.Fatalf("step %d, %s: published item %s is gone", step, what, number)
			}
		}
		if step%6 != 0 {
			continue
		}
		var page Completeness
		if err := p.read(clerk, func(tx db.Tx) (err error) { page, err = ShowCompleteness(tx, meeting.ID, nil); return err }); err != nil {
			t.Fatal(err)
		}
		due := p.dueAfresh(meeting.On())
		if page.Due != page.Listed+len(page.Missing) || page.Due != due {
			t.Fatalf("step %d, after %s: %d due (%d judged afresh), %d listed, %d missing", step, strings.Join(log[max(0, len(log)-6):], ", "), page.Due, due, page.Listed, len(page.Missing))
		}
	}
	p.versionsSayWhatChanged(meeting.ID)
}

// dueAfresh counts whom the rules list in the North, and who was put over to the forum, by judging every case.
func (p *partnership) dueAfresh(on clock.Date) int {
	p.t.Helper()
	due := map[string]bool{}
	for _, line := range p.afresh("North", on, usualYear) {
		reference, _, _ := strings.Cut(line, " ")
		due[reference] = true
	}
	return len(due)
}

// versionsSayWhatChanged holds every two versions in turn against each other: each item that came, went, came
// back or moved is named, and none that did not.
func (p *partnership) versionsSayWhatChanged(meetingID uuid.UUID) {
	p.t.Helper()
	var versions []Version
	p.write(func(tx db.Tx) error {
		return tx.Where("meeting_id = ?", meetingID).Order("version").Find(&versions).Error
	})
	if len(versions) < 10 {
		p.t.Fatalf("only %d versions", len(versions))
	}
	for i := 1; i < len(versions); i++ {
		before, after := versions[i-1].Content, versions[i].Content
		changes := Compare(before, after)
		if changes.None() {
			p.t.Errorf("version %d says nothing new", versions[i].Version)
		}
		for _, item := range after.Items {
			at := slices.IndexFunc(before.Items, func(b SnapshotItem) bool { return b.ID == item.ID })
			change := changes.Of(item.ID)
			switch {
			case at < 0 && item.State == Listed:
				if change == nil || change.Kind != ItemAdded {
					p.t.Errorf("version %d: item %s is new and %+v", versions[i].Version, item.Number, change)
				}
			case at < 0:
			case before.Items[at].State != item.State:
				if change == nil || (item.State == TakenOff) != (change.Kind == ItemTakenOff) || (item.State == Listed) != (change.Kind == ItemPutBack) {
					p.t.Errorf("version %d: item %s became %s and %+v", versions[i].Version, item.Number, item.State, change)
				}
			}
		}
		for _, was := range before.Items {
			if !slices.ContainsFunc(after.Items, func(a SnapshotItem) bool { return a.ID == was.ID }) {
				p.t.Errorf("version %d lost item %s", versions[i].Version, was.Number)
			}
		}
	}
}
