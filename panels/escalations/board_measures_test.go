package escalations_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quorate/panels/escalations"
	"quorate/panels/escalations/measures"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// A board that is shown a wrong share, or no target beside it, takes the wrong thing up.
func TestADigestSaysHowTheMeasuresStandAndHowTheyStoodBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	turned := func(n int, assessed bool) {
		for range n {
			id := w.young("2008-08-01")
			w.write(func(tx db.Tx) error {
				return tx.Exec(`update cases set locality = 'North', care_act_assessed_on = case when ? then date '2026-06-01' end where id = ?`, assessed, id).Error
			})
		}
	}
	digest := func() escalations.BoardMeasure {
		t.Helper()
		d, err := w.SendDigest(t.Context(), w.boardClerk, w.board.Slug)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(d.Content.Measures, func(m escalations.BoardMeasure) bool { return m.Key == measures.AssessedBy18 })
		if i < 0 {
			t.Fatalf("of %d measures none is of the assessed", len(d.Content.Measures))
		}
		return d.Content.Measures[i]
	}
	w.write(func(tx db.Tx) error {
		return tx.Exec(`insert into tracker_field (field, heading, at) values ('care_act_assessed_on', 'Assessed', now())`).Error
	})
	turned(12, true)
	turned(8, false)
	w.raiseToBoard()
	first := digest()
	if want := (escalations.BoardMeasure{Key: measures.AssessedBy18, Name: "Assessed by the 18th birthday", Value: "60%", Finding: "60% were assessed by their 18th birthday", Target: "100%", Means: first.Means}); first != want || first.Trend() != "not told before" {
		t.Error(cmp.Diff(want, first))
	}
	w.deliver()
	mails, err := w.box.List(t.Context(), "board.member@example.org")
	if err != nil || len(mails) == 0 {
		t.Fatalf("%d messages, %v", len(mails), err)
	}
	mail, err := w.box.Find(t.Context(), mails[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := "- Assessed by the 18th birthday – now: 60%, target: 100%\n"; !strings.Contains(strings.ReplaceAll(mail.TextBody, "\r\n", "\n"), want) || strings.Contains(mail.TextBody, canary) {
		t.Errorf("the message says %s", mail.TextBody)
	}

	w.clock.Set(clock.DateOf(w.clock.Now()).AddDays(7).At(9, 0))
	turned(10, true)
	second := digest()
	if second.Finding != "73% were assessed by their 18th birthday" || second.Trend() != "last time: "+first.Finding {
		t.Errorf("a week later %+v, %s", second, second.Trend())
	}
}
