package tracker

import (
	"slices"
	"strings"

	"quorate/server/base/db"
)

// Rows are compared with the cases held in SQL, all at once. A field the file does not supply is never
// compared. Where a meeting's value stands against the file's, the row takes the meeting's, and what
// the file says is kept beside it.

// heldUnder says which case a reference leads to: the standing case that has it, or the one that had it
// before or took in a case that did.
const heldUnder = `(
	select person_reference as reference, id, version from cases where merged_into is null
	union all
	select f.reference, c.id, c.version from former_reference f join cases c on c.id = f.case_id)`

// keepKnownDays lets a day of death or of moving that is known stand where the file says only "Yes".
func keepKnownDays(tx db.Tx, of Import) error {
	for _, field := range []Field{Died, MovedAway} {
		err := tx.Exec(strings.ReplaceAll(`
			update tracker_import_row r set FIELD = c.FIELD from `+heldUnder+` h join cases c on c.id = h.id
			where r.import_id = ? and 'FIELD' = any(r.undated) and h.reference = r.person_reference and c.FIELD is not null`, "FIELD", string(field)), of.ID).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// compare says of each staged row whether it is new, changed or unchanged, and what to look at first.
// The caller holds the import.
func compare(tx db.Tx, of *Import) error {
	if err := keepMeetings(tx, *of); err != nil {
		return err
	}
	fields := slices.DeleteFunc(of.supplied(), func(field Field) bool { return field == PersonReference }) // what matched is the same
	values := map[string]any{
		"import": of.ID, "heading": of.heading(PersonReference), "somebodyElse": somebodyElse, "sameAsCase": sameAsCase, "sameNumber": sameNumber, "sameAsRow": sameAsRow, "former": former, "formerToo": formerToo,
	}
	for _, step := range []string{
		`delete from tracker_import_problem where import_id = @import and compared`,

		`update tracker_import_row set kind = 'new', case_id = null, case_version = 0, somebody_else = false, changes = null
		where import_id = @import and (kind in ('changed', 'unchanged') or kind = 'error' and case_id is not null)`,

		`update tracker_import_row a
		set kind = case when (` + columnsOf(fields, "b") + `) is distinct from (` + columnsOf(fields, "a") + `) then 'changed' else 'unchanged' end,
			case_id = b.id, case_version = b.version, changes = null,
			somebody_else = a.date_of_birth <> b.date_of_birth and lower(a.forename || ' ' || a.surname) <> lower(b.forename || ' ' || b.surname)
		from ` + heldUnder + ` h join cases b on b.id = h.id
		where a.import_id = @import and a.kind = 'new' and h.reference = a.person_reference`,

		// One person under the present reference and a former one: the rows under the former are left out.
		`with twice as (
			update tracker_import_row r set kind = 'error'
			from (
				select a.row_number, first_value(a.row_number) over (partition by a.case_id order by (a.person_reference <> c.person_reference), a.row_number) as other
				from tracker_import_row a join cases c on c.id = a.case_id
				where a.import_id = @import and a.kind <> 'error' and a.case_id in (
					select case_id from tracker_import_row where import_id = @import and kind <> 'error' and case_id is not null group by 1 having count(*) > 1)) t
			where r.import_id = @import and r.row_number = t.row_number and t.row_number <> t.other
			returning r.row_number, r.person_reference, t.other)
		insert into tracker_import_problem (import_id, position, severity, compared, row_number, heading, value, problem)
		select @import, -2 * row_number, 'error', true, row_number, @heading, person_reference, replace(@formerToo, '#', other::text) from twice`,

		`update tracker_import_row a set changes = ` + changesOf(fields) + `
		from cases b where a.import_id = @import and a.kind = 'changed' and b.id = a.case_id`,

		`delete from tracker_import_maybe where import_id = @import`,

		`insert into tracker_import_maybe (import_id, row_number, case_id, sign)
		select distinct cast(@import as uuid), s.row_number, s.id, s.sign from (` + maybeSigns(*of) + `) s
		where not exists (select from different_people d where d.case_id = s.id and d.reference = s.person_reference)`,

		`insert into tracker_import_problem (import_id, position, severity, compared, row_number, heading, value, problem)
		select import_id, -2 * row_number, 'warning', true, row_number, @heading, person_reference, @somebodyElse
		from tracker_import_row where import_id = @import and somebody_else and kind <> 'error'
		union all
		select r.import_id, -2 * r.row_number - 1, 'warning', true, r.row_number, @heading, r.person_reference, replace(@former, '#', 'Q' || c.number)
		from tracker_import_row r join cases c on c.id = r.case_id
		where r.import_id = @import and r.kind <> 'error' and r.person_reference <> c.person_reference
		union all
		select r.import_id, -2 * r.row_number - 1, 'warning', true, r.row_number, @heading, r.person_reference, replace(m.words, '#', 'Q' || c.number)
		from (
			select distinct on (row_number) row_number, case_id, case sign when 'name' then @sameAsCase else @sameNumber end as words
			from tracker_import_maybe where import_id = @import order by row_number, sign = 'name', case_id) m
		join tracker_import_row r on r.import_id = @import and r.row_number = m.row_number
		join cases c on c.id = m.case_id
		union all
		select r.import_id, -2 * r.row_number - 1, 'warning', true, r.row_number, @heading, r.person_reference, replace(@sameAsRow, '#', c.first::text)
		from tracker_import_row r join (
			select lower(surname) as surname, lower(forename) as forename, date_of_birth, min(row_number) as first
			from tracker_import_row where import_id = @import and kind = 'new' group by 1, 2, 3 having count(*) > 1) c
			on c.surname = lower(r.surname) and c.forename = lower(r.forename) and c.date_of_birth = r.date_of_birth
		where r.import_id = @import and r.kind = 'new' and r.row_number > c.first
		on conflict (import_id, position) do nothing`, // a row that is like a case and another row is warned of once
	} {
		if err := tx.Exec(step, values).Error; err != nil {
			return err
		}
	}
	return count(tx, of)
}

// These name nobody: the preview shows names side by side to those who may see them.
const (
	somebodyElse = "This reference is held for somebody with a different name and a different date of birth. Check whose it is: confirming puts this row in place of that person’s."
	sameAsCase   = "This may be the same person as case #, who has this name and date of birth under another reference. Check before confirming: confirming makes a new case."
	sameNumber   = "This may be the same person as case #, who holds one of this row’s numbers under another reference. Settle it before confirming: confirming makes a new case."
	former       = "Case # is no longer held under this reference: it was changed, or two cases were merged. The row is read as that case’s. Change the reference in the tracker."
	formerToo    = "This reference was changed, and the person is also in row # under their reference of today. Remove one of them."
	sameAsRow    = "This may be the same person as in row #, who has this name and date of birth under another reference. Check before confirming: confirming makes a case of each."
)

// count puts the comparison's totals into the import.
func count(tx db.Tx, of *Import) error {
	var totals struct {
		NewCount, ChangedCount, UnchangedCount, WarningCount, ErrorCount, ErrorRowCount, AbsentCount, KeptCount int
	}
	err := tx.Raw(`
		select r.*, p.*, (select count(*) from tracker_import_kept where import_id = @import and not take_file) as kept_count,
			(select count(*) from `+absentCases+`) as absent_count
		from (
			select count(*) filter (where kind = 'new') as new_count, count(*) filter (where kind = 'changed') as changed_count,
				count(*) filter (where kind = 'unchanged') as unchanged_count
			from tracker_import_row where import_id = @import) r,
			(select count(*) filter (where severity = 'warning') as warning_count, count(*) filter (where severity = 'error') as error_count,
				count(distinct row_number) filter (where severity = 'error') as error_row_count
			from tracker_import_problem where import_id = @import) p`, map[string]any{"import": of.ID}).Scan(&totals).Error
	if err != nil {
		return err
	}
	of.NewCount, of.ChangedCount, of.UnchangedCount = totals.NewCount, totals.ChangedCount, totals.UnchangedCount
	of.WarningCount, of.ErrorCount, of.ErrorRowCount = totals.WarningCount, totals.ErrorCount, totals.ErrorRowCount
	of.AbsentCount, of.KeptCount = totals.AbsentCount, totals.KeptCount
	return tx.Model(&Import{ID: of.ID}).Select("new_count", "changed_count", "unchanged_count", "warning_count", "error_count", "error_row_count", "absent_count", "kept_count").
		Updates(of).Error
}

// absentCases are the cases held that an import's file does not name, not even in a row left out.
const absentCases = `cases c where c.merged_into is null
	and not exists (select from tracker_import_row r where r.import_id = @import and r.person_reference = c.person_reference)
	and not exists (select from tracker_import_row r where r.import_id = @import and r.case_id = c.id)`

// compareAgain compares a staged import with the cases as they are now, under a new version.
func compareAgain(tx db.Tx, staged *Import) error {
	if err := compare(tx, staged); err != nil {
		return err
	}
	return staged.move(tx, Staged, "tracker.compared_again", map[string]any{"version": staged.Version + 1, "trouble": comparedAgain})
}

const comparedAgain = "The cases have changed since this preview was made, so it has been made again. Check it, then confirm."
