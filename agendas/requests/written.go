package requests

import (
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Written is a request as far as it is written, with what it is judged by.
type Written struct {
	Request
	Lines  []Line
	Shares []Share

	Case             tracker.Case               // zero for an uplift
	Cases            map[uuid.UUID]tracker.Case // an uplift's, those the actor may know of
	Forum            panels.Forum
	Funders          []panels.Agency
	WeeksThousandths int // the forum's year
	Today            clock.Date
}

// lockOwn finds a request that is with the actor to write, and keeps every other change waiting.
func lockOwn(tx db.Tx, id uuid.UUID, version int) (Written, error) {
	r, err := Lock(tx, id)
	if err != nil {
		return Written{}, err
	}
	if err := mayWrite(tx, r); err != nil {
		return Written{}, err
	}
	if version != r.Version {
		return Written{}, fault.New(fault.Stale, "This request was changed in another window. Look at it as it is now, then make your change again.")
	}
	return write(tx, r)
}

// mayWrite’s error is nil when the request is with the actor to write.
func mayWrite(tx db.Tx, r Request) error {
	if !tx.Actor.IsPerson() || r.SubmittedBy != tx.Actor.PersonID {
		return notThere
	}
	if _, err := mayRead(tx, r); err != nil {
		return err
	}
	if !r.IsPresenters() {
		return fault.New(fault.Conflict, "This request has been submitted. Ask the panel’s clerk to return it if it must change.")
	}
	return nil
}

// write reads what belongs to a request.
func write(tx db.Tx, r Request) (w Written, err error) {
	w = Written{Request: r, Today: tx.Today()}
	if w.Forum, err = panels.ForumByID(tx, r.ForumID); err != nil {
		return w, err
	}
	terms, err := panels.TermsInForce(tx, r.ForumID, tx.Today())
	if err != nil {
		return w, err
	}
	w.WeeksThousandths = terms.WeeksPerYearThousandths
	if w.Funders, err = Funders(tx); err != nil {
		return w, err
	}
	if r.CaseID != nil {
		if err := tx.Where("id = ?", *r.CaseID).Take(&w.Case).Error; err != nil {
			return w, err
		}
	}
	if err := tx.Raw(`select * from request_line where request_id = ? order by position, id`, r.ID).Scan(&w.Lines).Error; err != nil {
		return w, err
	}
	if w.Cases, err = SeenCases(tx, w.Lines); err != nil {
		return w, err
	}
	w.Shares, err = SharesOf(tx, r.ID)
	return w, err
}

// SeenCases reads the young people of uplifts' lines, those left out in whom the actor declared an
// interest.
func SeenCases(tx db.Tx, lines []Line) (map[uuid.UUID]tracker.Case, error) {
	ids := []uuid.UUID{}
	for _, line := range lines {
		if line.CaseID != nil {
			ids = append(ids, *line.CaseID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var cases []tracker.Case
	err := tx.Raw(`select * from cases c where c.id in @ids and not exists (`+tracker.InterestIn("@me", "c.id")+`)`,
		map[string]any{"ids": ids, "me": tx.Actor.PersonID}).Scan(&cases).Error
	byID := make(map[uuid.UUID]tracker.Case, len(cases))
	for _, c := range cases {
		byID[c.ID] = c
	}
	return byID, err
}

// kindOf is the part of the partnership an agency plays.
func (w Written) kindOf(agencyID uuid.UUID) panels.AgencyKind {
	for _, agency := range w.Funders {
		if agency.ID == agencyID {
			return agency.Kind
		}
	}
	return ""
}

// Gross is what the lines come to, before the young person's own contribution.
func (w Written) Gross() Cost { return Total(w.Lines, w.WeeksThousandths) }

// Exposure is what funders are asked for over a year, to the review and to the end.
func (w Written) Exposure() Exposure {
	return ExposureOf(w.Cost(), w.StartsOn, w.EndsOn, w.ReviewOn, w.Case.DateOfBirth, w.WeeksThousandths)
}

// reckon works out what funders are asked to share, and drops what the kind of request has no use for.
func (w *Written) reckon() {
	w.Lines = slices.DeleteFunc(w.Lines, func(l Line) bool { return w.Kind == Ending || (l.CaseID != nil) != (w.Kind == Uplift) })
	w.AlreadyOwed = owedWords(w.Owed)
	switch {
	case w.Kind == Uplift:
		present, after := UpliftTotal(w.Lines)
		rise := max(after-present, 0)
		w.WeeklyPence, w.OneOffPence, w.AnnualPence = rise, 0, AnnualPence(rise, w.WeeksThousandths)
		w.CaseID, w.Case, w.ClientWeeklyPence = nil, tracker.Case{}, nil
	case w.Kind == Ending:
		w.WeeklyPence, w.OneOffPence, w.AnnualPence, w.Shares, w.ClientWeeklyPence = 0, 0, 0, nil, nil
	default:
		gross := w.Gross()
		client := min(w.client(), gross.WeeklyPence)
		w.WeeklyPence, w.OneOffPence = gross.WeeklyPence-client, gross.OneOffPence
		w.AnnualPence = max(gross.AnnualPence-AnnualPence(client, w.WeeksThousandths), 0)
	}
}

// client is what the young person pays each week.
func (w Written) client() int64 {
	if w.ClientWeeklyPence == nil {
		return 0
	}
	return *w.ClientWeeklyPence
}

// put writes a request that was locked, with its lines and shares.
func (w *Written) put(tx db.Tx) error {
	w.Version++
	w.Owed, w.Options, w.Questions = orNone(w.Owed), orNone(w.Options), orNone(w.Questions)
	done := tx.Model(&Request{}).Where("id = ? and version = ?", w.ID, w.Version-1).Select("*").Omit("id", "number", "created_at", "submitted_by").Updates(&w.Request)
	if err := db.RequireOne(done); err != nil {
		return err
	}
	if err := tx.Exec(`delete from request_line where request_id = ?`, w.ID).Error; err != nil {
		return err
	}
	for i := range w.Lines {
		w.Lines[i].RequestID, w.Lines[i].Position = w.ID, i+1
	}
	if len(w.Lines) > 0 {
		if err := tx.Create(&w.Lines).Error; err != nil {
			return err
		}
	}
	if err := tx.Exec(`delete from request_share where request_id = ?`, w.ID).Error; err != nil {
		return err
	}
	paying := slices.DeleteFunc(slices.Clone(w.Shares), func(s Share) bool { return s.WeeklyPence == 0 && s.OneOffPence == 0 })
	if len(paying) == 0 {
		return nil
	}
	for i := range paying {
		paying[i].RequestID = w.ID
	}
	return tx.Create(&paying).Error
}

// orNone is a list that is stored as empty, never as unknown.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
