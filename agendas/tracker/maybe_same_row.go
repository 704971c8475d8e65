package tracker

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SameName is the sign that two people have one name and birthday. It is never enough to match them.
const SameName Field = "name"

// maybeSigns is SQL for the signs that new rows of an import are people held under another reference:
// row_number, person_reference, the case's id and the sign. What the file does not supply is not asked.
func maybeSigns(of Import) string {
	arm := func(sign Field, on string) string {
		return `select r.row_number, r.person_reference, c.id, '` + string(sign) + `' as sign from tracker_import_row r join cases c on ` + on +
			` where r.import_id = @import and r.kind = 'new' and c.merged_into is null`
	}
	arms := []string{
		arm(SameName, `lower(c.surname) = lower(r.surname) and lower(c.forename) = lower(r.forename) and c.date_of_birth = r.date_of_birth`),
		arm(PersonReference, `c.childrens_reference = r.person_reference and c.childrens_reference <> ''`),
		arm(PersonReference, `c.adults_reference = r.person_reference and c.adults_reference <> ''`),
	}
	supplied := of.supplied()
	for _, field := range []Field{NHSNumber, UPN, ChildrensReference, AdultsReference} {
		if slices.Contains(supplied, field) {
			arms = append(arms, arm(field, strings.ReplaceAll(`c.FIELD = r.FIELD and c.FIELD <> ''`, "FIELD", string(field))))
		}
	}
	for _, field := range []Field{ChildrensReference, AdultsReference} {
		if slices.Contains(supplied, field) {
			arms = append(arms, arm(field, `c.person_reference = r.`+string(field)))
		}
	}
	return strings.Join(arms, "\nunion all\n")
}

// A MaybeRow is a new row of a staged import beside the case it may be.
type MaybeRow struct {
	Row   int // the file's own number
	Said  Case
	Case  Case
	Signs []Field
}

// MaybeSameRows lists the new rows of a staged import that may be people held, at most limit pairs, and how
// many rows there are.
func MaybeSameRows(tx db.Tx, importID uuid.UUID, limit int) (list []MaybeRow, total int, err error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, 0, err
	}
	var rows []struct {
		RowNumber int
		CaseID    uuid.UUID
		Signs     string
		Total     int
	}
	if err := tx.Raw(`
		select m.row_number, m.case_id, string_agg(m.sign, ' ' order by m.sign) as signs,
			(select count(distinct row_number) from tracker_import_maybe where import_id = @import) as total
		from tracker_import_maybe m where m.import_id = @import and not exists (`+interestIn("@me", "m.case_id")+`)
		group by m.row_number, m.case_id order by m.row_number, m.case_id limit @limit`,
		map[string]any{"import": importID, "me": tx.Actor.PersonID, "limit": limit}).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	numbers, ids := make([]int, len(rows)), make([]uuid.UUID, len(rows))
	for i, row := range rows {
		numbers[i], ids[i] = row.RowNumber, row.CaseID
	}
	var said []struct {
		RowNumber int
		Case
	}
	if err := tx.Raw(`select row_number, `+columnsOf(Fields(), "")+` from tracker_import_row where import_id = ? and row_number in ?`,
		importID, numbers).Scan(&said).Error; err != nil {
		return nil, 0, err
	}
	var cases []Case
	if err := tx.Raw(`select * from cases where id in ?`, ids).Scan(&cases).Error; err != nil {
		return nil, 0, err
	}
	for _, row := range rows {
		pair := MaybeRow{Row: row.RowNumber, Signs: signsIn(row.Signs)}
		for _, s := range said {
			if s.RowNumber == row.RowNumber {
				pair.Said = s.Case
			}
		}
		for _, c := range cases {
			if c.ID == row.CaseID {
				pair.Case = c
			}
		}
		list, total = append(list, pair), row.Total
	}
	return list, total, nil
}

// CountMaybeSame is how many new rows of a staged import may be people held.
func CountMaybeSame(tx db.Tx, importID uuid.UUID) (n int, err error) {
	err = tx.Raw(`select count(distinct row_number) from tracker_import_maybe where import_id = ?`, importID).Row().Scan(&n)
	return n, err
}

// SettleMaybeSame says whether a new row of a staged import is the person of a case: then the case takes the
// row's reference, and the preview is made again with the row under that case. Otherwise it is remembered,
// and nobody is asked again.
func SettleMaybeSame(ctx context.Context, d *db.DB, actor access.Actor, importID uuid.UUID, row int, caseID uuid.UUID, same bool) error {
	if err := maySettle(actor); err != nil {
		return err
	}
	return d.Write(ctx, actor, func(tx db.Tx) error {
		staged, err := lockToSettle(tx, importID)
		if err != nil {
			return err
		}
		if staged.Status != Staged {
			return staged.notStaged()
		}
		var reference string
		if err := tx.Raw(`
			select r.person_reference from tracker_import_row r join tracker_import_maybe m on m.import_id = r.import_id and m.row_number = r.row_number
			where r.import_id = ? and r.row_number = ? and m.case_id = ? limit 1`, importID, row, caseID).Scan(&reference).Error; err != nil {
			return err
		}
		if reference == "" {
			return fault.New(fault.Stale, "This has been settled, or the preview was made again since. Look at it as it is now.")
		}
		held, err := lockCase(tx, caseID, 0)
		if err != nil {
			return err
		}
		if same {
			err = changeReference(tx, &held, reference, nil)
		} else {
			err = sayDifferent(tx, caseID, reference)
		}
		if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
			return fault.New(fault.Conflict, "%s", f.Sentence) // there is no field to mend
		}
		if err != nil {
			return err
		}
		if err := inBulk(tx); err != nil {
			return err
		}
		if err := compare(tx, &staged); err != nil {
			return fmt.Errorf("tracker: settle who is the same: %w", err)
		}
		return staged.move(tx, Staged, "tracker.compared_again", map[string]any{"version": staged.Version + 1})
	})
}
