package demo

import (
	"context"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// heard is what was learned at the panel of the two young people it discussed: where one must not be
// found, when the other is before a court, what both say and what one can decide.
func (t *teller) heard(ctx context.Context, meeting panels.Meeting) error {
	clerk, err := t.as(ctx, "clerk")
	if err != nil {
		return err
	}
	safe, court := t.cases[0].ID, t.cases[1].ID
	err = t.DB.Write(ctx, clerk, func(tx db.Tx) error {
		if err := tracker.SetInMeeting(tx, safe, meeting.ID, map[tracker.Field]any{tracker.ProtectedAddress: true, tracker.Advocate: "An advocate is needed"}); err != nil {
			return err
		}
		return tracker.SetInMeeting(tx, court, meeting.ID, map[tracker.Field]any{tracker.CourtDate: t.today.AddDays(48).String(), tracker.Section117: true, tracker.Interpreter: "Polish, for the family"})
	})
	if err != nil {
		return err
	}
	on := clock.DateOf(t.time.Now())
	own, summary := true, false
	for _, said := range []struct {
		of    uuid.UUID
		views tracker.NewViews
	}{
		{safe, tracker.NewViews{HeardOn: on.AddDays(-6), How: tracker.HeardThemselves, Words: "I want to stay at college with my friends. I do not want to move again.\nPlease ask me, not only my mum.", Verbatim: &own, TakesPart: tracker.ComesToFew}},
		{court, tracker.NewViews{HeardOn: on.AddDays(-9), How: tracker.HeardAdvocate, Who: "An advocate from Speaking Up", Words: "Likes quiet mornings, swimming and the dog next door. Pushes away when the lift is mentioned.", Verbatim: &summary, TakesPart: tracker.SendsWords}},
	} {
		if err := tracker.RecordViews(ctx, t.DB, clerk, said.of, said.views); err != nil {
			return err
		}
	}
	return tracker.RecordCapacity(ctx, t.DB, clerk, court, tracker.NewCapacity{
		Question: "Where to live after college", Outcome: tracker.CanWithSupport, JudgedOn: on.AddDays(-20), JudgedBy: "The community nurse, with the college",
	})
}

// told is who told one of the young people whom a panel discusses.
func (t *teller) told(ctx context.Context, item uuid.UUID) error {
	presenter, err := t.as(ctx, "presenter")
	if err != nil {
		return err
	}
	return t.Agendas.RecordTabling(ctx, presenter, item, 0, agendas.Tabling{
		Told: agendas.ToldYoungPerson, ToldBy: t.people["presenter"].Name, ToldOn: clock.DateOf(t.time.Now()).AddDays(-1), Response: agendas.Content,
		Said: "Wants to know what is decided the same day.", Basis: agendas.PublicTask,
	})
}
