package panels

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewAbsence asks that a person be known to be away.
type NewAbsence struct {
	PersonID uuid.UUID
	From     clock.Date
	To       clock.Date // the last day away; Not known: one day
	Kind     AbsenceKind
}

// RecordAbsence records when somebody is away: their own, or for somebody on a forum where the actor
// is clerk or chair. One absence never overlaps another of the same person: that one is changed.
func (s Store) RecordAbsence(ctx context.Context, actor access.Actor, wanted NewAbsence) (absence Absence, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := mayRecordFor(tx, wanted.PersonID); err != nil {
			return err
		}
		absence = Absence{
			ID: newID(), PersonID: wanted.PersonID, FromDate: wanted.From, ToDate: wanted.To, Kind: wanted.Kind,
			RecordedBy: actor.PersonID, RecordedAt: tx.Now, Version: 1,
		}
		if absence.ToDate.IsZero() {
			absence.ToDate = absence.FromDate
		}
		if err := absence.check(tx); err != nil {
			return err
		}
		if err := tx.Create(&absence).Error; err != nil {
			return err
		}
		return record(tx, "absence.recorded", absence.ID, uuid.Nil, nil, absence)
	})
	return absence, err
}

// check says what is wrong with an absence as it would be kept, and keeps others of the same person
// waiting until the transaction ends.
func (a Absence) check(tx db.Tx) error {
	var form fault.Form
	form.Require(!a.FromDate.IsZero(), "from_date", "Enter the first day away")
	if !a.FromDate.IsZero() {
		form.Require(!a.ToDate.Before(a.FromDate), "to_date", "The last day must be on or after the first")
		form.Require(!a.ToDate.Before(tx.Today()), "to_date", "The last day must be today or later")
		form.Require(!a.ToDate.After(a.FromDate.AddMonths(12)), "to_date", "Enter a year or less. Somebody who is away for longer should give up their seat")
		form.Require(!a.FromDate.After(tx.Today().AddMonths(24)), "from_date", "The first day must be within two years")
	}
	form.Require(slices.Contains(AbsenceKinds, a.Kind), "kind", "Choose leave, training or something else")
	if err := form.Err(); err != nil {
		return err
	}
	if err := tx.Exec(`select from person where id = ? for no key update`, a.PersonID).Error; err != nil {
		return err
	}
	var others []Absence
	err := tx.Raw(`select * from absence where person_id = ? and id <> ? and from_date <= ? and to_date >= ? order by from_date limit 1`,
		a.PersonID, a.ID, a.ToDate, a.FromDate).Scan(&others).Error
	if err != nil || len(others) == 0 {
		return err
	}
	return formError("from_date", "Those days overlap an absence that is already recorded, "+others[0].Away().Words()+". Change that one instead.")
}

// mayRecordFor allows one's own absences, and those of people on a forum that one runs. About anybody
// else there is nothing to know.
func mayRecordFor(tx db.Tx, person uuid.UUID) error {
	if tx.Actor.IsPerson() && person == tx.Actor.PersonID {
		return nil
	}
	runs, err := runsForumOf(tx, person)
	if err != nil || runs {
		return err
	}
	return fault.New(fault.Denied, "You can record when you are away yourself, and when people are away who sit on a forum that you clerk or chair.")
}

// runsForumOf reports whether the actor is clerk or chair of a forum on which the person sits or will.
func runsForumOf(tx db.Tx, person uuid.UUID) (bool, error) {
	var forums []uuid.UUID
	err := tx.Raw(`
		select distinct s.forum_id from seat_holding h join seat s on s.id = h.seat_id
		where h.person_id = ? and (h.to_date is null or h.to_date >= ?)`, person, tx.Today()).Scan(&forums).Error
	return slices.ContainsFunc(forums, func(forum uuid.UUID) bool { return tx.Actor.May(access.RecordAbsences, forum) }), err
}
