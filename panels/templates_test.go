package panels

import (
	"testing"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// A partnership that starts from a template nobody can be quorate by finds out in its first meeting.
func TestEveryTemplateCanWork(t *testing.T) {
	t.Parallel()
	keys, names := map[string]bool{}, map[string]bool{}
	for _, template := range Templates {
		if keys[template.Key] || names[template.Name] {
			t.Errorf("%s is there twice", template.Key)
		}
		keys[template.Key], names[template.Name] = true, true

		var table []TableSeat
		offices := map[access.Office]int{}
		for _, seat := range template.Seats {
			table = append(table, TableSeat{Seat: Seat{Office: seat.Office, Standing: seat.Standing}, Kind: seat.Kind})
			offices[seat.Office]++
			if seat.Kind.Words() == "" {
				t.Errorf("%s: %s is of no kind of agency", template.Key, seat.Name)
			}
		}
		var form fault.Form
		template.Terms.check(&form, table)
		if err := form.Err(); err != nil {
			t.Errorf("%s: %v", template.Key, err)
		}
		if offices[access.Chair]+offices[access.DeputyChair] < 2 || offices[access.Clerk] == 0 {
			t.Errorf("%s has nobody to stand in for its chair, or no clerk: %v", template.Key, offices)
		}
		rule, err := calendar.ParseRule(template.Terms.Cadence)
		if err != nil || rule.Words() == "" {
			t.Errorf("%s meets by no rule: %v", template.Key, err)
		}
	}
	if len(keys) < 15 {
		t.Errorf("%d templates, want one for every forum", len(keys))
	}
}

// What is stuck has to come to a board in the end, and not go round.
func TestEveryTemplateEscalatesToABoard(t *testing.T) {
	t.Parallel()
	for _, start := range Templates {
		template := start
		for steps := 0; template.EscalatesTo != ""; steps++ {
			above, known := TemplateByKey(template.EscalatesTo)
			if !known || steps > len(Templates) {
				t.Fatalf("%s: what is stuck goes to %q", start.Key, template.EscalatesTo)
			}
			template = above
		}
		if !template.Board {
			t.Errorf("%s: what is stuck ends at %s, which is no board", start.Key, template.Key)
		}
	}
}

func TestDeadlinesCountClearWorkingDays(t *testing.T) {
	t.Parallel()
	terms := Terms{PapersDueDays: 10, AgendaOutDays: 5, MinutesOutDays: 5}
	for _, c := range []struct{ on, today, papers, agenda, minutes string }{
		{"2026-11-25", "2026-10-01", "2026-11-10", "2026-11-17", "2026-12-02"},
		{"2027-01-06", "2026-10-01", "2026-12-17", "2026-12-24", "2027-01-13"},
		{"2026-11-25", "2026-11-20", "2026-11-20", "2026-11-20", "2026-12-02"}, // called at short notice
		{"2026-11-25", "2026-11-25", "2026-11-25", "2026-11-25", "2026-12-02"},
	} {
		got := terms.DeadlinesFor(day(c.on), day(c.today), calendar.WorkingDays{})
		if got != (Deadlines{day(c.papers), day(c.agenda), day(c.minutes)}) {
			t.Errorf("a meeting on %s, called on %s: %+v", c.on, c.today, got)
		}
	}
}
