package tracker

import (
	"fmt"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// An UndoForecast is what undoing an import would do as things are now.
type UndoForecast struct {
	Restored int      // cases that go back to what they said before
	Goes     int      // cases it made that are taken away
	Stay     []Stayed // what would stay, as far as asked for
	More     int      // and what would stay besides
}

// ForecastUndo says what undoing an import would put back and what it would leave, of which it lists no
// more than limit. An import that cannot be undone is a fault.Conflict that says why.
func ForecastUndo(tx db.Tx, of Import, limit int) (UndoForecast, error) {
	if err := mayImport(tx.Actor); err != nil {
		return UndoForecast{}, err
	}
	if of.Status != Confirmed {
		return UndoForecast{}, fault.New(fault.Conflict, "This import is not in the cases, so there is nothing to undo.")
	}
	if err := noneLater(tx, of); err != nil {
		return UndoForecast{}, err
	}
	hanging, err := hangsOnCase(tx)
	if err != nil {
		return UndoForecast{}, err
	}
	var found []struct {
		Number                  *int64
		Forename, Surname       string
		Field                   Field
		Restored, Made, Staying int
		Used                    int
	}
	err = tx.Raw(fmt.Sprintf(`
		with changed as materialized (select h.case_id, f.key as field, (%s) as ours %s),
		used as materialized (%s),
		staying as (select case_id, field from changed where not ours union all select case_id, '' from used)
		select c.number, c.forename, c.surname, s.field, n.*
		from (select
			(select count(distinct case_id) from changed where ours) as restored,
			(select count(*) from case_history where import_id = @import and first) as made,
			(select count(*) from staying) as staying,
			(select count(*) from used) as used) n
		left join (select * from staying limit @limit) s on true
		left join cases c on c.id = s.case_id
		order by c.number, s.field`, asImportLeftIt, changedByImport, usedSince(hanging)), map[string]any{"import": of.ID, "limit": limit}).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return UndoForecast{}, err
	}
	forecast := UndoForecast{Restored: found[0].Restored, Goes: found[0].Made - found[0].Used}
	for _, row := range found {
		if row.Number != nil {
			forecast.Stay = append(forecast.Stay, Stayed{CaseReference(*row.Number), row.Forename + " " + row.Surname, row.Field})
		}
	}
	forecast.More = found[0].Staying - len(forecast.Stay)
	return forecast, nil
}
