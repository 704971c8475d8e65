package agendas

import (
	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// SnapshotTabling is a tabling as it stood when an agenda was published. Who told whom and what was said
// stay in the record itself, so that erasing a person needs no change to a snapshot.
type SnapshotTabling struct {
	ID       uuid.UUID  `json:"id"`
	Told     Told       `json:"told"`
	ToldOn   clock.Date `json:"told_on"`
	Response Response   `json:"response,omitempty"`
	Basis    Basis      `json:"basis"`
}

func (t Tabling) snapshot() *SnapshotTabling {
	return &SnapshotTabling{ID: t.ID, Told: t.Told, ToldOn: t.ToldOn, Response: t.Response, Basis: t.Basis}
}

// tellingChanges say what a later version of an agenda has of telling the young person that an earlier one
// had not.
func tellingChanges(was, is *SnapshotTabling) []string {
	switch {
	case is == nil || was != nil && was.ID == is.ID:
		return nil
	case is.Response == Objects && (was == nil || was.Response != Objects):
		return []string{"They object to being discussed."}
	case was == nil:
		return []string{"Who told them is now recorded."}
	case was.Response == Objects && is.Response != Objects:
		return []string{"They no longer object to being discussed."}
	}
	return []string{"What is recorded of telling them has changed."}
}

// addTablings sets beside what is recorded now what was recorded when a version was published. Whoever sees
// an item and not its case is told of neither.
func addTablings(tx db.Tx, lines []Line, published []SnapshotItem) error {
	ids := []uuid.UUID{uuid.Nil}
	recorded := map[uuid.UUID]uuid.UUID{} // by item
	for _, item := range published {
		if item.Tabling != nil {
			ids = append(ids, item.Tabling.ID)
			recorded[item.ID] = item.Tabling.ID
		}
	}
	var rows []Tabling
	err := tx.Raw(`select t.*, p.name as recorder from tabling t join person p on p.id = t.recorded_by where t.id in ?`, ids).Scan(&rows).Error
	byID := make(map[uuid.UUID]Tabling, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	for i := range lines {
		line := &lines[i]
		if line.Case == nil || line.Case.NoAccess {
			line.Tabling = nil
			continue
		}
		if then, known := byID[recorded[line.ID]]; known {
			line.AsPublished = &then
		}
		line.Since = line.Tabling != nil && (line.AsPublished == nil || line.AsPublished.ID != line.Tabling.ID)
	}
	return err
}
