package tracker

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// A Mapping is what the columns of an import's file were matched with. Once the import is confirmed it
// serves the next file with the same headings, so that a layout is matched once.
type Mapping struct {
	ImportID   uuid.UUID
	Signature  string // of the headings, in any order
	Sheet      string // "" for CSV
	HeadingRow int
	Columns    []MappedColumn `gorm:"serializer:json"`
	Follows    *uuid.UUID     // the import whose mapping it is once more; nil when it was chosen anew
	ChosenBy   *uuid.UUID     // nil for the command line
	ChosenAt   time.Time      // of the first import that was matched so
	ChosenName string         `gorm:"->"` // of that person
	Words      bool           `gorm:"->"` // some of the file's words were told what they mean
}

// TableName is tracker_mapping.
func (Mapping) TableName() string { return "tracker_mapping" }

// A MappedColumn is a heading and what its column is read as.
type MappedColumn struct {
	Letter  string `json:"letter"`
	Heading string `json:"heading"` // as headings are compared
	Field   Field  `json:"field"`   // "" is ignored
}

// mappingOf describes a choice of columns in words that outlive the file: by heading, not by letter.
func mappingOf(file string, look Look) Mapping {
	m := Mapping{Signature: signature(look.Columns), Sheet: look.Sheet, HeadingRow: look.HeadingRow}
	if len(look.Sheets) == 1 && look.Sheet == file {
		m.Sheet = "" // a CSV's sheet is the file, which is called something else next month
	}
	for _, column := range look.Columns {
		m.Columns = append(m.Columns, MappedColumn{column.Letter, heading(column.Heading), column.Field})
	}
	return m
}

// signature is a digest of a file's headings. Their order and spelling do not matter: a column that is
// moved, or a heading in capitals, makes no other layout.
func signature(columns []ColumnLook) string {
	var headings []string
	for _, column := range columns {
		if spelt := heading(column.Heading); spelt != "" {
			headings = append(headings, spelt)
		}
	}
	if len(headings) == 0 {
		return ""
	}
	slices.Sort(headings)
	digest := sha256.Sum256([]byte(strings.Join(headings, "\n")))
	return hex.EncodeToString(digest[:])
}

// match says how a file with these columns is read by the mapping. Of two columns with the same heading
// the first is the first; a column without one is known by its letter.
func (m Mapping) match(columns []ColumnLook) map[string]Field {
	waiting := make(map[string][]Field, len(m.Columns))
	key := func(letter, spelt string) string {
		if spelt == "" {
			return "column " + letter + " without a heading"
		}
		return spelt
	}
	for _, column := range m.Columns {
		at := key(column.Letter, column.Heading)
		waiting[at] = append(waiting[at], column.Field)
	}
	matched := make(map[string]Field, len(columns))
	for _, column := range columns {
		at := key(column.Letter, heading(column.Heading))
		matched[column.Letter] = ""
		if fields := waiting[at]; len(fields) > 0 {
			matched[column.Letter], waiting[at] = fields[0], fields[1:]
		}
	}
	return matched
}

// rememberedLayouts bounds how many places of headings are tried in a file that is not where it is guessed.
const rememberedLayouts = 12

// Remembered finds how a file with these headings was last read, and says what its words mean. It is the
// last confirmed import's way; an import that was undone is no example. remembered is nil, and the
// choice is as good as guessing, when no such layout was confirmed.
func Remembered(tx db.Tx, book *Workbook) (choice Choice, remembered *Mapping, err error) {
	if choice.Values, err = rememberedWords(tx); err != nil {
		return Choice{}, nil, err
	}
	guessed, err := book.Look()
	if err != nil {
		return choice, nil, err
	}
	type place struct {
		Sheet      string
		HeadingRow int
	}
	sheets := []string{""}
	for _, sheet := range guessed.Sheets {
		sheets = append(sheets, sheet.Name)
	}
	var known []place
	if err := tx.Raw(`
		select m.sheet, m.heading_row from tracker_mapping m join tracker_import i on i.id = m.import_id
		where i.status = 'confirmed' and m.sheet in ?
		group by m.sheet, m.heading_row order by max(i.settled_at) desc limit ?`, sheets, rememberedLayouts).Scan(&known).Error; err != nil {
		return choice, nil, err
	}
	for _, place := range append([]place{{guessed.Sheet, guessed.HeadingRow}}, known...) {
		look := guessed
		if place.Sheet != guessed.Sheet || place.HeadingRow != guessed.HeadingRow {
			if look, err = book.LookAs(Choice{Sheet: place.Sheet, HeadingRow: place.HeadingRow}); err != nil {
				return choice, nil, err
			}
		}
		found, err := confirmedMapping(tx, signature(look.Columns))
		if err != nil || found == nil {
			if err != nil {
				return choice, nil, err
			}
			continue
		}
		choice.Sheet, choice.HeadingRow, choice.Columns = look.Sheet, look.HeadingRow, found.match(look.Columns)
		return choice, found, nil
	}
	return choice, nil, nil
}

// confirmedMapping is the mapping of the last confirmed import with that signature, nil for none.
func confirmedMapping(tx db.Tx, signature string) (*Mapping, error) {
	if signature == "" {
		return nil, nil
	}
	var found Mapping
	err := tx.Raw(`
		select m.*, coalesce(p.name, '') as chosen_name
		from tracker_mapping m join tracker_import i on i.id = m.import_id left join person p on p.id = m.chosen_by
		where m.signature = ? and i.status = 'confirmed'
		order by i.settled_at desc, i.id desc limit 1`, signature).Scan(&found).Error
	if err != nil || found.ImportID == uuid.Nil {
		return nil, err
	}
	return &found, nil
}

// rememberedWords are what the words of confirmed imports mean, the latest meaning of each.
func rememberedWords(tx db.Tx) (map[Field]map[string]string, error) {
	var words []struct {
		Field Field
		Said  string
		Means string
	}
	if err := tx.Raw(`
		select distinct on (w.field, w.said) w.field, w.said, w.means
		from tracker_word w join tracker_import i on i.id = w.import_id
		where i.status = 'confirmed'
		order by w.field, w.said, i.settled_at desc, i.id desc`).Scan(&words).Error; err != nil {
		return nil, err
	}
	values := map[Field]map[string]string{}
	for _, word := range words {
		if values[word.Field] == nil {
			values[word.Field] = map[string]string{}
		}
		values[word.Field][word.Said] = word.Means
	}
	return values, nil
}

// keepMapping keeps with an import how its file is read. from is the remembered mapping it follows, nil
// when somebody matched the columns now.
func keepMapping(tx db.Tx, of Import, look Look, values map[Field]map[string]string, from *Mapping) error {
	kept := mappingOf(of.FileName, look)
	kept.ImportID, kept.ChosenBy, kept.ChosenAt = of.ID, who(tx.Actor), tx.Now
	if from != nil && from.same(kept) {
		kept.Follows, kept.ChosenBy, kept.ChosenAt = &from.ImportID, from.ChosenBy, from.ChosenAt
	}
	columns, err := json.Marshal(kept.Columns)
	if err != nil {
		return err
	}
	if err := tx.Exec(`
		insert into tracker_mapping (import_id, signature, sheet, heading_row, columns, follows, chosen_by, chosen_at) values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (import_id) do update set signature = excluded.signature, sheet = excluded.sheet, heading_row = excluded.heading_row,
			columns = excluded.columns, follows = excluded.follows, chosen_by = excluded.chosen_by, chosen_at = excluded.chosen_at`,
		of.ID, kept.Signature, kept.Sheet, kept.HeadingRow, string(columns), kept.Follows, kept.ChosenBy, kept.ChosenAt).Error; err != nil {
		return err
	}
	if err := tx.Exec(`delete from tracker_word where import_id = ?`, of.ID).Error; err != nil {
		return err
	}
	for field, words := range values {
		for said, means := range words {
			if err := tx.Exec(`insert into tracker_word (import_id, field, said, means) values (?, ?, ?, ?)`, of.ID, field, strings.ToLower(tidy(said)), means).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

// same reports whether two mappings read the same headings as the same fields.
func (m Mapping) same(other Mapping) bool {
	return m.Signature == other.Signature && slices.EqualFunc(m.sorted(), other.sorted(), func(a, b MappedColumn) bool { return a.Heading == b.Heading && a.Field == b.Field })
}

func (m Mapping) sorted() []MappedColumn {
	columns := slices.DeleteFunc(slices.Clone(m.Columns), func(c MappedColumn) bool { return c.Heading == "" && c.Field == "" })
	slices.SortStableFunc(columns, func(a, b MappedColumn) int {
		return strings.Compare(a.Heading+"\n"+string(a.Field), b.Heading+"\n"+string(b.Field))
	})
	return columns
}

// MappingOf is how an import's file was matched, nil when that is not known.
func MappingOf(tx db.Tx, importID uuid.UUID) (*Mapping, error) {
	var found Mapping
	err := tx.Raw(`
		select m.*, coalesce(p.name, '') as chosen_name, exists (select from tracker_word w where w.import_id = m.import_id) as words
		from tracker_mapping m left join person p on p.id = m.chosen_by where m.import_id = ?`, importID).Scan(&found).Error
	if err != nil || found.ImportID == uuid.Nil {
		return nil, err
	}
	return &found, nil
}
