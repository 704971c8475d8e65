package tracker

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
)

// SayDifferent remembers that whoever is held, or comes in a file, under a reference is not the person of
// a case, so that nobody is asked again. Saying it twice changes nothing.
func SayDifferent(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, reference string) error {
	if err := maySettle(actor); err != nil {
		return err
	}
	return d.Write(ctx, actor, func(tx db.Tx) error {
		if _, err := lockCase(tx, caseID, 0); err != nil {
			return err
		}
		return sayDifferent(tx, caseID, reference)
	})
}

func sayDifferent(tx db.Tx, caseID uuid.UUID, reference string) error {
	done := tx.Exec(`insert into different_people (case_id, reference, said_by, said_at) values (?, ?, ?, ?) on conflict do nothing`,
		caseID, reference, tx.Actor.PersonID, tx.Now)
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return audit.Record(tx, audit.Entry{Action: "case.different_people", ObjectKind: "case", ObjectID: caseID.String(), After: map[string]string{"reference": reference}})
}

// signsIn are the fields of a list of signs.
func signsIn(list string) []Field {
	var fields []Field
	for _, name := range strings.Fields(list) {
		fields = append(fields, Field(name))
	}
	return fields
}
