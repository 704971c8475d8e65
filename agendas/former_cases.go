package agendas

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// formerCases are the cases of items that were merged into others since: by the case that stayed, the one
// that stands on the agenda for it. What was published stays under its number, so a young person may stand
// there under a case that rules no longer list.
func formerCases(tx db.Tx, items []Item) (map[uuid.UUID]uuid.UUID, error) {
	items = slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Kind != CaseItem || i.CaseID == nil })
	var rows []struct{ ID, Stays uuid.UUID }
	err := tx.Raw(`select id, standing_case(id) as stays from cases where id in ? and merged_into is not null order by number desc`, append(casesIn(items), uuid.Nil)).Scan(&rows).Error
	former := make(map[uuid.UUID]uuid.UUID, len(rows))
	for _, row := range rows {
		former[row.Stays] = row.ID
	}
	for _, item := range items {
		delete(former, *item.CaseID) // that case stands there itself
	}
	return former, err
}

// asOnAgenda are wishes for the cases that stand on the agenda for theirs.
func asOnAgenda(tx db.Tx, wishes []wish, items []Item) ([]wish, error) {
	former, err := formerCases(tx, items)
	if err != nil || len(former) == 0 {
		return wishes, err
	}
	wishes = slices.Clone(wishes)
	for i, w := range wishes {
		if w.kind != CaseItem || w.caseID == nil {
			continue
		}
		if id, merged := former[*w.caseID]; merged {
			wishes[i].caseID = &id
		}
	}
	return wishes, nil
}
