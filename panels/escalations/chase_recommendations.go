package escalations

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// chaseRecommendations reminds whoever leads on a recommendation a week before a response or the work is
// due, once, and once a week after it was.
func (s *Store) chaseRecommendations(ctx context.Context) error {
	var near []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		return tx.Raw(`
			select r.id from recommendation r join person p on p.id = r.lead_id and (p.ended_on is null or p.ended_on > @today)
			where (r.response = '' and r.response_due <= @soon or r.response in ('accepted', 'partly') and r.done_on is null and r.due_on <= @soon)
				and (r.chased_on is null or r.chased_on <= @before)
			order by r.number`,
			map[string]any{"today": tx.Today(), "soon": tx.Today().AddDays(warnDays), "before": tx.Today().AddDays(-chaseEvery)}).Scan(&near).Error
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range near {
		failed = append(failed, s.chaseRecommendation(ctx, id))
	}
	return errors.Join(failed...)
}

func (s *Store) chaseRecommendation(ctx context.Context, id uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		var r Recommendation
		if err := tx.Raw(`select * from recommendation where id = ? for update`, id).Take(&r).Error; err != nil {
			return err
		}
		due := r.NextDate()
		ahead := !due.IsZero() && !due.Before(tx.Today()) && !due.After(tx.Today().AddDays(warnDays)) && r.ChasedOn.IsZero()
		if due.IsZero() || !ahead && !overdueSince(tx, due, r.ChasedOn) {
			return nil
		}
		after := r
		after.ChasedOn = tx.Today()
		if err := tx.Exec(`update recommendation set chased_on = ? where id = ?`, after.ChasedOn, r.ID).Error; err != nil {
			return err
		}
		words := "Reminded: it is to be done by " + due.Long() + "."
		if r.Response == "" {
			words = "Reminded: a response is due by " + due.Long() + "."
		}
		if err := addRecommendationStep(tx, r.ID, "chased", words); err != nil {
			return err
		}
		if err := tellLead(tx, NoticeRecommendationDue, r); err != nil {
			return err
		}
		return record(tx, "recommendation.chased", r.ID, r.BoardID, r, after)
	})
}
