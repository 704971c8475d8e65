package tracker

import (
	"encoding/json"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// keptValue is what a meeting said of a case, and no file or record has agreed with yet.
type keptValue struct {
	ID     uuid.UUID
	CaseID uuid.UUID
	Field  Field
	Value  json.RawMessage
}

// toldOtherwise is a kept value a record does not agree with, and what the record says.
type toldOtherwise struct {
	ID   uuid.UUID `json:"id"`
	Says any       `json:"says"`
}

// keptOf reads the kept values of cases.
func keptOf(tx db.Tx, cases []uuid.UUID) (map[uuid.UUID][]keptValue, error) {
	var list []keptValue
	err := tx.Raw(`select id, case_id, field, value from kept_value where released_at is null and case_id in ? order by field for update`, cases).Scan(&list).Error
	of := make(map[uuid.UUID][]keptValue, len(list))
	for _, k := range list {
		of[k.CaseID] = append(of[k.CaseID], k)
	}
	return of, err
}

// against compares a kept value with a record that has been loaded: one that does not say the field
// neither agrees nor disagrees.
func (k keptValue) against(r *record) (agrees, disagrees bool, err error) {
	if _, said := r.said[k.Field]; !said || ruleOf[k.Field] == nil {
		return false, false, nil
	}
	var value any
	if err := json.Unmarshal(k.Value, &value); err != nil {
		return false, false, err
	}
	var met Case
	if err := ruleOf[k.Field].load(&met, value); err != nil {
		return false, false, err
	}
	agrees = ruleOf[k.Field].same(&met, &r.now)
	return agrees, !agrees, nil
}

// settleKept lets go of the kept values the records agree with, and keeps what they say beside the others.
func (u *upsert) settleKept() error {
	if len(u.settled) > 0 {
		if err := u.tx.Exec(`update kept_value set released_at = ?, release = 'agreed' where id in ? and released_at is null`, u.tx.Now, u.settled).Error; err != nil {
			return err
		}
	}
	if len(u.told) == 0 {
		return nil
	}
	list, err := json.Marshal(u.told)
	if err != nil {
		return err
	}
	return u.tx.Exec(`
		update kept_value k set tracker_says = coalesce(t.says, 'null')
		from jsonb_to_recordset(cast(? as jsonb)) as t(id uuid, says jsonb) where k.id = t.id and k.released_at is null`, string(list)).Error
}
