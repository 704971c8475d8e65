package tracker

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A Kept is a value a meeting wrote onto a case that the tracker does not have yet.
type Kept struct {
	ID              uuid.UUID
	CaseNumber      string // "Q1042"
	PersonReference string
	Name            string
	Field           Field
	Said            string // by the meeting, in words: "Not known", "4 March 2027"
	TrackerSays     string // as far as is known; in a staged import, what the file says
	Forum           string // whose meeting it was
	MeetingOn       clock.Date
	By              string // who wrote it there
	Row             int    // of the staged file, 0 elsewhere
	TakeFile        bool   // the clerk chose the file's
}

// keptRow is a Kept as its tables hold it.
type keptRow struct {
	ID                uuid.UUID
	Number            int64
	PersonReference   string
	Forename, Surname string
	Field             Field
	Value, Says       json.RawMessage
	Forum, Name       string
	StartsAt          time.Time
	RowNumber         int
	TakeFile          bool
}

const keptColumns = `k.id, c.number, c.person_reference, c.forename, c.surname, k.field, k.value, f.name as forum, m.starts_at, coalesce(p.name, '') as name`
const keptTables = ` join cases c on c.id = k.case_id join meeting m on m.id = k.meeting_id join forum f on f.id = m.forum_id left join person p on p.id = k.set_by `

func (r keptRow) kept() (Kept, error) {
	said, err := r.Field.sayStored(r.Value)
	if err != nil {
		return Kept{}, err
	}
	says, err := r.Field.sayStored(r.Says)
	return Kept{
		ID: r.ID, CaseNumber: CaseReference(r.Number), PersonReference: r.PersonReference, Name: r.Forename + " " + r.Surname,
		Field: r.Field, Said: said, TrackerSays: says, Forum: r.Forum, MeetingOn: clock.DateOf(r.StartsAt), By: r.Name, Row: r.RowNumber, TakeFile: r.TakeFile,
	}, err
}

// sayStored writes a stored value as people read it.
func (f Field) sayStored(raw json.RawMessage) (string, error) {
	rule := ruleOf[f]
	if rule == nil {
		return notKnown, nil // a field of an older version
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return "", err
	}
	var c Case
	if err := rule.load(&c, value); err != nil {
		return "", err
	}
	return f.Say(&c), nil
}

func keptInWords(rows []keptRow) ([]Kept, error) {
	list := make([]Kept, len(rows))
	for i, row := range rows {
		kept, err := row.kept()
		if err != nil {
			return nil, err
		}
		list[i] = kept
	}
	return list, nil
}

// KeptInImport reads one page of where a staged file disagrees with what meetings said.
func KeptInImport(tx db.Tx, importID uuid.UUID, offset, limit int) ([]Kept, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var rows []keptRow
	err := tx.Raw(`
		select `+keptColumns+`, s.file_says as says, s.row_number, s.take_file
		from tracker_import_kept s join kept_value k on k.id = s.kept_id`+keptTables+`
		where s.import_id = ? order by s.row_number, k.field offset ? limit ?`, importID, offset, limit).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	return keptInWords(rows)
}

// KeptOfCase reads the values of meetings that stand on a case and that the tracker does not have yet.
// The caller has checked that the actor may see the case.
func KeptOfCase(tx db.Tx, caseID uuid.UUID) ([]Kept, error) {
	var rows []keptRow
	err := tx.Raw(`
		select `+keptColumns+`, k.tracker_says as says
		from kept_value k`+keptTables+`where k.case_id = ? and k.released_at is null order by k.field`, caseID).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	return keptInWords(rows)
}

// CountKept counts the values that are to be keyed back into the case system.
func CountKept(tx db.Tx) (count int, err error) {
	err = tx.Raw(`select count(*) from kept_value where released_at is null`).Scan(&count).Error
	return count, err
}

// ChooseKept says whether a staged import takes the file's values in place of those that meetings said, for
// these, or for all when there are none named. The preview is made again, as a new version.
func (s Store) ChooseKept(ctx context.Context, actor access.Actor, importID uuid.UUID, version int, takeFile bool, kept ...uuid.UUID) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	var staged Import
	err := s.DB.Write(ctx, actor, func(tx db.Tx) (err error) {
		if staged, err = lockImport(tx, importID); err != nil {
			return err
		}
		switch {
		case staged.Status == Confirmed:
			return fault.New(fault.Conflict, "This import has been confirmed. What it took from the file shows in each case’s history.")
		case staged.Status != Staged:
			return staged.notStaged()
		case staged.Version != version:
			return errComparedAgain
		}
		query, values := `update tracker_import_kept set take_file = @take where import_id = @import`, map[string]any{"take": takeFile, "import": importID}
		if len(kept) > 0 {
			query, values["kept"] = query+` and kept_id in @kept`, kept
		}
		if err := tx.Exec(query, values).Error; err != nil {
			return err
		}
		if err := inBulk(tx); err != nil {
			return err
		}
		if err := compare(tx, &staged); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "tracker.kept_values_chosen", ObjectKind: "tracker_import", ObjectID: importID.String(),
			After: map[string]any{"take_file": takeFile, "kept": kept}}); err != nil {
			return err
		}
		return staged.move(tx, Staged, "tracker.compared_again", map[string]any{"version": staged.Version + 1, "trouble": ""})
	})
	return staged, err
}

// ChangesToKey is a workbook of the values that meetings wrote onto cases and the tracker does not have
// yet, for keying them back into the case system.
func (s Store) ChangesToKey(ctx context.Context, actor access.Actor) ([]byte, error) {
	if err := mayImport(actor); err != nil {
		return nil, err
	}
	w, err := newTextWorkbook("Changes to key back", 18, 28, 12, 28, 28, 28, 28, 18, 24)
	if err != nil {
		return nil, err
	}
	if err := w.row("Person reference", "Name", "Case", "What to change", "Change it to", "The tracker says", "Meeting", "Meeting date", "Written down by"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		var rows []keptRow
		err := tx.Raw(`
			select ` + keptColumns + `, k.tracker_says as says
			from kept_value k` + keptTables + `where k.released_at is null order by c.person_reference, k.field, k.set_at`).Scan(&rows).Error
		if err != nil {
			return err
		}
		headings, err := headingsOf(tx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			kept, err := row.kept()
			if err != nil {
				return err
			}
			what := kept.Field.Title()
			if heading := headings[kept.Field]; heading != "" && heading != what {
				what += " (“" + heading + "” in the tracker)"
			}
			if err := w.row(kept.PersonReference, kept.Name, kept.CaseNumber, what, kept.Said, kept.TrackerSays, kept.Forum, kept.MeetingOn.Long(), kept.By); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return w.bytes()
}

// headingsOf are the headings the tracker itself has for fields.
func headingsOf(tx db.Tx) (map[Field]string, error) {
	var rows []struct {
		Field   Field
		Heading string
	}
	err := tx.Raw(`select field, heading from tracker_field`).Scan(&rows).Error
	headings := make(map[Field]string, len(rows))
	for _, row := range rows {
		headings[row.Field] = row.Heading
	}
	return headings, err
}
