package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Numbers are the fields that tell one person from another besides the reference they are held under.
func Numbers() []Field { return []Field{NHSNumber, UPN, ChildrensReference, AdultsReference} }

// ChangeNumbers keeps what a clerk types, corrects or withdraws of a young person's other references;
// "" withdraws one. typed says all of Numbers. A number with a wrong check digit is refused, and so is one
// that somebody else is held under: whether the two are one person is for a merge. A field whose tracker
// column says otherwise is put back by the next file, whose preview shows it.
func ChangeNumbers(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, version int, typed map[Field]string) (changed Case, err error) {
	if err := maySettle(actor); err != nil {
		return changed, err
	}
	kept, err := readNumbers(typed)
	if err != nil {
		return changed, err
	}
	err = d.Write(ctx, actor, func(tx db.Tx) error {
		if err := lockTracker(tx); err != nil {
			return err
		}
		if changed, err = lockCase(tx, caseID, version); err != nil {
			return err
		}
		changes, values := map[Field][2]any{}, map[Field]any{}
		for _, field := range Numbers() {
			if before := *ruleOf[field].text(&changed); before != kept[field] {
				values[field], changes[field] = kept[field], [2]any{known(before), known(kept[field])}
			}
		}
		if len(values) == 0 {
			return nil
		}
		if err := checkNobodyElse(tx, changed.ID, values); err != nil {
			return err
		}
		if err := setFields(tx, changed.ID, values); err != nil {
			return err
		}
		if err := writeHistory(tx, changed.ID, "References changed by hand", changes); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "case.numbers_changed", ObjectKind: "case", ObjectID: changed.ID.String(),
			Before: beforeOf(changes), After: values}); err != nil {
			return err
		}
		for field := range values {
			*ruleOf[field].text(&changed) = kept[field]
		}
		changed.Version++
		return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{changed.ID}})
	})
	return changed, err
}

// readNumbers reads what was typed, "" for nothing.
func readNumbers(typed map[Field]string) (kept map[Field]string, err error) {
	var form fault.Form
	kept = make(map[Field]string, len(typed))
	for _, field := range Numbers() {
		shown := tidy(typed[field])
		if shown == "" {
			continue
		}
		number, problem := ruleOf[field].tells(shown)
		if problem == "" && number == "" {
			problem = "Enter the " + field.Label() + ", or nothing if it is not known."
		}
		form.Require(problem == "", string(field), problem)
		kept[field] = number
	}
	return kept, form.Err()
}

// A Holder is a standing case that holds a number somebody else was given.
type Holder struct {
	Field Field
	Case  uuid.UUID
}

// WhoElseHolds finds the standing cases, others than this one, that hold any of these numbers. The
// reference of one service may be another's person reference, so that counts too.
func WhoElseHolds(tx db.Tx, caseID uuid.UUID, numbers map[Field]string) (holders []Holder, err error) {
	for _, field := range Numbers() {
		if numbers[field] == "" {
			continue
		}
		also := ""
		if field == ChildrensReference || field == AdultsReference {
			also = " union select id from cases where merged_into is null and person_reference = @number"
		}
		var ids []uuid.UUID
		err := tx.Raw(`
			select s.id from (select id from cases where merged_into is null and `+string(field)+` <> '' and `+string(field)+` = @number`+also+`) s
			where s.id <> @case order by s.id limit 10`, map[string]any{"number": numbers[field], "case": caseID}).Scan(&ids).Error
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			holders = append(holders, Holder{field, id})
		}
	}
	return holders, nil
}

// CasesThatHold are the cases the reader may see that hold a number as it was typed.
func CasesThatHold(tx db.Tx, caseID uuid.UUID, typed map[Field]string) ([]Case, error) {
	numbers, _ := readNumbers(typed) // what cannot be read is nobody's
	holders, err := WhoElseHolds(tx, caseID, numbers)
	if err != nil || len(holders) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(holders))
	for i, holder := range holders {
		ids[i] = holder.Case
	}
	var cases []Case
	err = Visible(tx).Where("cases.id in ?", ids).Order("cases.number").Find(&cases).Error
	return cases, err
}

// NumberHeadings are the headings of the tracker's columns that supply other references: the next file
// puts back what it says of them.
func NumberHeadings(tx db.Tx) (map[Field]string, error) {
	var rows []struct {
		Field   Field
		Heading string
	}
	err := tx.Raw(`select field, heading from tracker_field where field in ?`, Numbers()).Scan(&rows).Error
	headings := make(map[Field]string, len(rows))
	for _, row := range rows {
		headings[row.Field] = row.Heading
	}
	return headings, err
}

// checkNobodyElse refuses numbers that lead to somebody else.
func checkNobodyElse(tx db.Tx, caseID uuid.UUID, values map[Field]any) error {
	numbers := make(map[Field]string, len(values))
	for field, value := range values {
		numbers[field] = value.(string)
	}
	holders, err := WhoElseHolds(tx, caseID, numbers)
	if err != nil {
		return err
	}
	var form fault.Form
	for at, holder := range holders {
		if at > 0 && holders[at-1].Field == holder.Field {
			continue // one sentence a field
		}
		var number int64
		if err := tx.Raw(`select number from cases where id = ?`, holder.Case).Scan(&number).Error; err != nil {
			return err
		}
		form.Add(string(holder.Field), "%s holds this %s. If the two are one person, merge the cases. If not, check the number", CaseReference(number), holder.Field.Label())
	}
	return form.Err()
}

// known is a text as history has it: null for Not known.
func known(text string) any {
	if text == "" {
		return nil
	}
	return text
}
