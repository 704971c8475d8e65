package tracker

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SetInMeeting writes what a meeting knew onto a case: the case takes it, its history names the meeting, and
// it is kept against later imports until a file agrees or a clerk chooses the file's value. Values are as
// their columns hold them: text, bool, int64 pence, an ISO date, nil for Not known. What is not new changes
// nothing. The caller has checked that the actor may write on the case.
func SetInMeeting(tx db.Tx, caseID, meetingID uuid.UUID, values map[Field]any) error {
	var held Case
	if err := tx.Raw(`select * from cases where id = standing_case(?) for update`, caseID).Scan(&held).Error; err != nil {
		return err
	}
	if held.ID == uuid.Nil {
		return fault.New(fault.NotFound, "There is no such case. It may have been removed.")
	}
	caseID = held.ID // an item published under a merged number is about the case that stayed
	now := held
	var changed []Field
	for _, field := range Fields() { // in one order, so that two meetings do not wait for each other
		value, said := values[field]
		if !said {
			continue
		}
		if slices.Contains(required, field) {
			return fmt.Errorf("tracker: a meeting cannot change %s", field)
		}
		rule := ruleOf[field]
		if pence, ok := value.(int64); ok {
			value = float64(pence) // as JSON would give it back
		}
		if err := rule.load(&now, value); err != nil {
			return err
		}
		if !rule.same(&held, &now) {
			changed = append(changed, field)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	changes, columns := map[Field][2]any{}, map[string]any{"version": held.Version + 1, "updated_at": tx.Now}
	for _, field := range changed {
		before, after := ruleOf[field].known(&held), ruleOf[field].known(&now)
		changes[field], columns[string(field)] = [2]any{before, after}, ruleOf[field].stored(&now)
		if err := keepValue(tx, caseID, meetingID, field, before, after); err != nil {
			return err
		}
	}
	if err := db.RequireOne(tx.Model(&Case{}).Where("id = ? and version = ?", caseID, held.Version).Updates(columns)); err != nil {
		return err
	}
	written, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	if err := tx.Exec(`insert into case_history (case_id, at, meeting_id, changes) values (?, ?, ?, ?::jsonb)`, caseID, tx.Now, meetingID, string(written)).Error; err != nil {
		return err
	}
	err = audit.Record(tx, audit.Entry{Action: "tracker.value_kept", ObjectKind: "case", ObjectID: caseID.String(),
		Before: beside(changes, 0), After: map[string]any{"meeting": meetingID, "values": beside(changes, 1)}})
	if err != nil {
		return err
	}
	return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{caseID}})
}

// beside takes the values before, or those after, from a set of changes.
func beside(changes map[Field][2]any, at int) map[Field]any {
	values := make(map[Field]any, len(changes))
	for field, change := range changes {
		values[field] = change[at]
	}
	return values
}

// keepValue keeps one value of a meeting, in place of what an earlier one said. A value the tracker
// already has needs no keeping.
func keepValue(tx db.Tx, caseID, meetingID uuid.UUID, field Field, before, after any) error {
	says, err := json.Marshal(before)
	if err != nil {
		return err
	}
	var earlier []struct {
		ID          uuid.UUID
		TrackerSays json.RawMessage
	}
	err = tx.Raw(`
		update kept_value set released_at = ?, released_by = ?, release = 'said anew'
		where case_id = ? and field = ? and released_at is null returning id, tracker_says`, tx.Now, who(tx.Actor), caseID, field).Scan(&earlier).Error
	if err != nil {
		return err
	}
	if len(earlier) == 1 {
		says = earlier[0].TrackerSays // what was before is an earlier meeting's
	}
	value, err := json.Marshal(after)
	if err != nil {
		return err
	}
	return tx.Exec(`
		insert into kept_value (case_id, field, value, tracker_says, meeting_id, set_by, set_at)
		select @case, @field, cast(@value as jsonb), cast(@says as jsonb), @meeting, @by, @now where cast(@value as jsonb) <> cast(@says as jsonb)`, map[string]any{
		"case": caseID, "field": string(field), "value": string(value), "says": string(says), "meeting": meetingID, "by": who(tx.Actor), "now": tx.Now}).Error
}

// known is the field's value, nil for Not known, text too.
func (r *fieldRule) known(c *Case) any {
	if r.text != nil && *r.text(c) == "" {
		return nil
	}
	return r.stored(c)
}

// saidBy is a field of a row or a case as kept_value writes it: JSON, and null for Not known.
func saidBy(field Field, table string) string {
	if ruleOf[field].text != nil {
		return fmt.Sprintf("coalesce(to_jsonb(nullif(%s.%s, '')), 'null')", table, field)
	}
	return fmt.Sprintf("coalesce(to_jsonb(%s.%s), 'null')", table, field)
}

// spokenAs is a JSON value as the field's column holds it.
func spokenAs(field Field, json string) string {
	if ruleOf[field].text != nil {
		return fmt.Sprintf("coalesce(%s #>> '{}', '')", json)
	}
	return fmt.Sprintf("(%s #>> '{}')::%s", json, ruleOf[field].sqlType())
}

// keepMeetings finds where an import's rows disagree with what meetings said, and gives those rows the
// meeting's value unless the clerk chose the file's.
func keepMeetings(tx db.Tx, of Import) error {
	var fields []Field
	err := tx.Raw(`
		select field from kept_value where released_at is null
		union select k.field from tracker_import_kept s join kept_value k on k.id = s.kept_id where s.import_id = ?`, of.ID).Scan(&fields).Error
	if err != nil {
		return err
	}
	supplied := of.supplied()
	for _, field := range fields {
		if !slices.Contains(supplied, field) {
			continue
		}
		words := strings.NewReplacer("FIELD", string(field), "ROW_SAYS", saidBy(field, "r"), "FILE", spokenAs(field, "s.file_says"), "MEETING", spokenAs(field, "k.value"))
		for _, step := range []string{
			// What the file says comes back, and what no longer stands is dropped.
			`update tracker_import_row r set FIELD = FILE from tracker_import_kept s join kept_value k on k.id = s.kept_id
			where s.import_id = @import and k.field = @field and r.import_id = @import and r.row_number = s.row_number`,

			`delete from tracker_import_kept s using kept_value k where s.import_id = @import and k.id = s.kept_id and k.field = @field and k.released_at is not null`,

			`insert into tracker_import_kept (import_id, kept_id, row_number, file_says, said_before)
			select @import, k.id, r.row_number, ROW_SAYS, k.tracker_says
			from kept_value k join ` + heldUnder + ` h on h.id = k.case_id join tracker_import_row r on r.import_id = @import and r.kind <> 'error' and r.person_reference = h.reference
			where k.released_at is null and k.field = @field and ROW_SAYS <> k.value
			on conflict (import_id, kept_id) do nothing`,

			`update tracker_import_row r set FIELD = MEETING from tracker_import_kept s join kept_value k on k.id = s.kept_id
			where s.import_id = @import and not s.take_file and k.field = @field and r.import_id = @import and r.row_number = s.row_number`,
		} {
			if err := tx.Exec(words.Replace(step), map[string]any{"import": of.ID, "field": string(field)}).Error; err != nil {
				return err
			}
		}
	}
	return nil
}
