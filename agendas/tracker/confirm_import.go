package tracker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// errComparedAgain says that the cases moved on after the preview, which has been made again.
var errComparedAgain = fault.New(fault.Stale, "The cases have changed since this preview was made, so it has been made again. Check it, then confirm.")

// ConfirmImport puts a staged import into the cases, all of it or none. version is the preview's: when
// the cases have moved on since, nothing is changed, the preview is made again and a fault.Stale says
// so. The file is not read again. Confirming a confirmed import changes nothing.
func ConfirmImport(ctx context.Context, d *db.DB, actor access.Actor, importID uuid.UUID, version int) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	var staged Import
	var comparedAgain bool
	err := d.Write(ctx, actor, func(tx db.Tx) (err error) {
		comparedAgain = false
		if staged, err = lockImport(tx, importID); err != nil {
			return err
		}
		switch {
		case staged.Status == Confirmed:
			return nil
		case staged.Status == Abandoned:
			return fault.New(fault.Conflict, "This import was abandoned. Choose the file again to import it.")
		case staged.Version != version:
			comparedAgain = true
			return nil
		}
		if comparedAgain, err = moved(tx, staged.ID); err != nil {
			return err
		}
		if comparedAgain {
			return compareAgain(tx, &staged)
		}
		return confirm(tx, &staged)
	})
	if err == nil && comparedAgain {
		err = errComparedAgain
	}
	return staged, err
}

// lockImport holds the import, and keeps every other import from settling, until the transaction ends.
func lockImport(tx db.Tx, importID uuid.UUID) (Import, error) {
	if err := tx.Exec(`select pg_advisory_xact_lock(hashtext('tracker_import'))`).Error; err != nil {
		return Import{}, err
	}
	var found Import
	err := tx.Raw(`select * from tracker_import where id = ? for update`, importID).Scan(&found).Error
	if err == nil && found.ID == uuid.Nil {
		err = fault.New(fault.NotFound, "There is no such import. It may have been removed.")
	}
	return found, err
}

// moved locks the cases the import would change and reports whether any is not as it was compared.
func moved(tx db.Tx, importID uuid.UUID) (bool, error) {
	if err := tx.Exec(`
		select c.id from cases c join tracker_import_row r on r.case_id = c.id
		where r.import_id = ? and r.kind = 'changed' order by c.id for update of c`, importID).Error; err != nil {
		return false, err
	}
	var moved bool
	err := tx.Raw(`
		select exists (
			select from tracker_import_row r left join cases c on c.person_reference = r.person_reference and c.merged_into is null
			where r.import_id = ?
			  and (c.id is distinct from case when r.kind = 'new' then null else r.case_id end
			       or r.kind <> 'new' and c.version <> r.case_version))`, importID).Scan(&moved).Error
	return moved, err
}

// confirm writes the import's rows into cases and their history.
func confirm(tx db.Tx, staged *Import) error {
	if err := giveAliases(tx, staged.ID); err != nil {
		return err
	}
	for _, step := range confirmSteps {
		if err := tx.Exec(step, map[string]any{"import": staged.ID, "now": tx.Now}).Error; err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return errComparedAgain
			}
			return fmt.Errorf("tracker: confirm: %w", err)
		}
	}
	for _, field := range staged.supplied() {
		if err := tx.Exec(`
			insert into tracker_field (field, heading, import_id, at) values (?, ?, ?, ?)
			on conflict (field) do update set heading = excluded.heading, import_id = excluded.import_id, at = excluded.at`,
			field, staged.heading(field), staged.ID, tx.Now).Error; err != nil {
			return err
		}
	}
	if err := AnnounceChanged(tx, CasesChanged{Import: &staged.ID}); err != nil {
		return err
	}
	return settle(tx, staged, Confirmed, "tracker.imported")
}

// confirmSteps change the cases row set by row set. jsonb_populate_record takes each field the file
// supplies, null too, and leaves the others as the second record has them.
var confirmSteps = []string{
	`insert into cases (id, alias, created_at, updated_at, ` + fieldColumns("%s") + `)
	select r.case_id, r.alias, @now, @now, ` + fieldColumns("coalesce(p.%[1]s, b.%[1]s)") + `
	from tracker_import_row r
	cross join lateral jsonb_populate_record(null::cases, r.said) p
	cross join jsonb_populate_record(null::cases, '` + blankTexts() + `') b
	where r.import_id = @import and r.kind = 'new'
	order by r.row_number`,

	`insert into case_history (case_id, at, import_id, first, changes)
	select r.case_id, @now, @import, true, coalesce((
		select jsonb_object_agg(key, jsonb_build_array(null, value)) from jsonb_each(r.said) where value not in ('null', '""')), '{}')
	from tracker_import_row r
	where r.import_id = @import and r.kind = 'new'`,

	`update cases c set version = c.version + 1, updated_at = @now, ` + fieldColumns("%[1]s = p.%[1]s") + `
	from tracker_import_row r
	join cases held on held.id = r.case_id
	cross join lateral jsonb_populate_record(held, r.said) p
	where r.import_id = @import and r.kind = 'changed' and c.id = held.id`,

	`insert into case_history (case_id, at, import_id, changes)
	select r.case_id, @now, @import, r.changes
	from tracker_import_row r
	where r.import_id = @import and r.kind = 'changed'`,

	// Other imports' lists of problems hold what was in their files; the newest is the one to mend.
	`delete from tracker_import_problem p using tracker_import i
	where i.id = p.import_id and i.status = 'confirmed' and i.id <> @import`,
}

// fieldColumns lists the columns of cases that a tracker may supply, each written by the pattern.
func fieldColumns(pattern string) string {
	columns := make([]string, len(fieldRules))
	for i, rule := range fieldRules {
		columns[i] = fmt.Sprintf(pattern, string(rule.field))
	}
	return strings.Join(columns, ", ")
}

// blankTexts are what the text columns of a new case hold when the file does not supply them.
func blankTexts() string {
	var blanks []string
	for _, rule := range fieldRules {
		if rule.text != nil {
			blanks = append(blanks, fmt.Sprintf("%q: \"\"", string(rule.field)))
		}
	}
	return "{" + strings.Join(blanks, ", ") + "}"
}

// settle ends an import: its rows go, its counts stay.
func settle(tx db.Tx, staged *Import, status ImportStatus, action string) error {
	if err := tx.Exec(`delete from tracker_import_row where import_id = ?`, staged.ID).Error; err != nil {
		return err
	}
	staged.Status, staged.SettledBy = status, who(tx.Actor)
	now := tx.Now
	staged.SettledAt = &now
	if err := db.RequireOne(tx.Exec(`
		update tracker_import set status = ?, settled_by = ?, settled_at = ? where id = ? and status = 'staged'`,
		status, staged.SettledBy, now, staged.ID)); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: action, ObjectKind: "tracker_import", ObjectID: staged.ID.String(), After: staged.counts()})
}
