package tracker

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A Step is what is to be asked about an import's file before it can be read.
type Step string

// The steps, in their order.
const (
	AskSheet   Step = "sheet"   // where the headings are
	AskColumns Step = "columns" // what each column holds
	AskWords   Step = "words"   // what some words mean
	AskNothing Step = ""        // it is being read
)

// An OpenedFile is the file of an import, opened to be asked about.
type OpenedFile struct {
	Import     Import
	Book       *Workbook
	Remembered *Mapping                    // how its layout was last read; nil when it is new
	known      Choice                      // the remembered layout as a choice for this file
	words      map[Field]map[string]string // what words meant before
	unknown    []UnknownValue              // as they were found once the columns were matched
	localities []string
}

// OpenFile opens the file of an import that is still to be read.
func (s Store) OpenFile(ctx context.Context, actor access.Actor, importID uuid.UUID) (OpenedFile, error) {
	var opened OpenedFile
	err := s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		if opened.Import, err = ReadImport(tx, importID); err != nil {
			return err
		}
		return opened.Import.mayChoose()
	})
	if err != nil {
		return OpenedFile{}, err
	}
	return s.open(ctx, actor, opened.Import)
}

// open opens the file of an import, whoever is at work on it.
func (s Store) open(ctx context.Context, actor access.Actor, of Import) (opened OpenedFile, err error) {
	opened.Import = of
	if opened.Book, err = s.book(ctx, opened.Import); err != nil {
		return OpenedFile{}, err
	}
	err = s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		if opened.known, opened.Remembered, err = Remembered(tx, opened.Book); err != nil {
			return err
		}
		opened.words = opened.known.Values
		if opened.unknown, err = wordsFound(tx, of.ID); err != nil {
			return err
		}
		opened.localities, err = Localities(tx)
		return err
	})
	return opened, err
}

// Localities are the places of the partnership's forums.
func (o OpenedFile) Localities() []string { return o.localities }

// Told is what the words of a field mean as far as somebody has said, now or of an earlier file.
func (o OpenedFile) Told(field Field, said string) (means string, told bool) {
	key := strings.ToLower(tidy(said))
	if means, told = o.Import.Choice.Values[field][key]; !told {
		means, told = o.words[field][key]
	}
	return means, told
}

// Choice is how the file is read as far as it has been chosen, with what is remembered for the rest.
func (o OpenedFile) Choice() Choice {
	choice := o.Import.Choice
	if len(choice.Columns) == 0 && o.Remembered != nil && (choice.HeadingRow == 0 || choice.HeadingRow == o.known.HeadingRow && choice.Sheet == o.known.Sheet) {
		choice.Sheet, choice.HeadingRow, choice.Columns = o.known.Sheet, o.known.HeadingRow, o.known.Columns
	}
	return choice
}

// UnknownValues are the words of the file to be told what they mean, those told among them. They were
// found when its columns were matched.
func (o OpenedFile) UnknownValues() []UnknownValue { return o.unknown }

// Recall reads an uploaded file as its layout was last read, when it is known, and says what is to be
// asked first.
func (s Store) Recall(ctx context.Context, actor access.Actor, importID uuid.UUID) (Step, error) {
	opened, err := s.OpenFile(ctx, actor, importID)
	if err != nil || opened.Remembered == nil {
		return AskSheet, err
	}
	look, err := opened.Book.LookAs(opened.known)
	if err != nil || len(look.Missing) > 0 { // remembered with another eye: it is matched again
		return AskSheet, nil
	}
	return s.match(ctx, actor, opened, opened.known, look)
}

// ChooseSheet keeps which sheet of an import's file holds the tracker and which row the headings. What
// its columns were matched with stays when the place does.
func (s Store) ChooseSheet(ctx context.Context, actor access.Actor, opened OpenedFile, sheet string, headingRow int) (Import, error) {
	look, err := opened.Book.LookAs(Choice{Sheet: sheet, HeadingRow: headingRow})
	if err != nil {
		return Import{}, err
	}
	if len(look.Columns) == 0 {
		return Import{}, fault.New(fault.Invalid, "There is nothing in this row or below it. Choose another row or sheet, or abandon this import and upload another file.")
	}
	choice := opened.Import.Choice
	if choice.Sheet != look.Sheet || choice.HeadingRow != look.HeadingRow {
		choice.Sheet, choice.HeadingRow, choice.Columns = look.Sheet, look.HeadingRow, nil
	}
	return s.Choose(ctx, actor, opened.Import.ID, choice)
}

// MatchColumns keeps what each column of an import's file holds, by its letter, and says what is to be
// asked next; when that is nothing, reading begins.
func (s Store) MatchColumns(ctx context.Context, actor access.Actor, opened OpenedFile, columns map[string]Field) (Step, error) {
	choice := opened.Choice()
	if err := checkColumns(columns); err != nil {
		return AskColumns, err
	}
	choice.Columns = columns
	look, err := opened.Book.LookAs(choice)
	if err != nil {
		return AskColumns, err
	}
	choice.Sheet, choice.HeadingRow = look.Sheet, look.HeadingRow
	return s.match(ctx, actor, opened, choice, look)
}

// match keeps a layout with its import, looks the file through for words nobody would understand, and
// begins to read it when there are none left to ask about. No page waits for a large file: a job does it.
func (s Store) match(ctx context.Context, actor access.Actor, opened OpenedFile, choice Choice, look Look) (Step, error) {
	if err := opened.Book.Check(choice); err != nil {
		return AskColumns, err
	}
	choice.Values = opened.Import.Choice.Values // told of this file already
	if opened.Book.isLong(look.Sheet) {
		if err := s.keepChoice(ctx, actor, opened, choice, look); err != nil {
			return AskColumns, err
		}
		return AskNothing, s.startLooking(ctx, actor, opened.Import.ID)
	}
	unknown, err := LookValues(opened.Book, choice, opened.localities)
	if err != nil {
		return AskColumns, err
	}
	var told bool
	choice.Values, told = opened.told(unknown)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if _, err := choose(tx, opened.Import.ID, choice); err != nil {
			return err
		}
		return keepFound(tx, opened, look, choice.Values, unknown)
	})
	if err != nil || !told {
		return AskWords, err
	}
	_, err = s.StartReading(ctx, actor, opened.Import.ID)
	return AskNothing, err
}

// TellWords keeps what words of an import's file mean, and begins to read it.
func (s Store) TellWords(ctx context.Context, actor access.Actor, opened OpenedFile, meanings map[Field]map[string]string) error {
	choice := opened.Choice()
	choice.Values = meanings
	look, err := opened.Book.LookAs(choice)
	if err != nil {
		return err
	}
	if err := s.keepChoice(ctx, actor, opened, choice, look); err != nil {
		return err
	}
	_, err = s.StartReading(ctx, actor, opened.Import.ID)
	return err
}

// keepChoice keeps a choice and the mapping it makes, together.
func (s Store) keepChoice(ctx context.Context, actor access.Actor, opened OpenedFile, choice Choice, look Look) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if _, err := choose(tx, opened.Import.ID, choice); err != nil {
			return err
		}
		return keepMapping(tx, opened.Import, look, choice.Values, opened.Remembered)
	})
}

// chooseUnasked keeps a choice that nobody is asked about, and the mapping it makes. What does not fit is said by
// the reading.
func (s Store) chooseUnasked(ctx context.Context, actor access.Actor, importID uuid.UUID, choice Choice) error {
	chosen, err := s.Choose(ctx, actor, importID, choice)
	if err != nil {
		return err
	}
	book, err := s.book(ctx, chosen)
	if err != nil {
		return err
	}
	look, err := book.LookAs(choice)
	if fault.As(err) != nil {
		return nil
	}
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		remembered, err := confirmedMapping(tx, signature(look.Columns))
		if err != nil {
			return err
		}
		return keepMapping(tx, chosen, look, choice.Values, remembered)
	})
}

// ColumnControl names a column's control in a form, and what is wrong with it.
func ColumnControl(letter string) string { return "column-" + letter }

// checkColumns says in words which columns contradict each other and which are missing.
func checkColumns(columns map[string]Field) error {
	var form fault.Form
	var letters []string
	for letter := range columns {
		letters = append(letters, letter)
	}
	slices.SortFunc(letters, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	taken := map[Field]string{}
	for _, letter := range letters {
		field := columns[letter]
		if field == "" {
			continue
		}
		if other, twice := taken[field]; twice {
			form.Add(ColumnControl(letter), "Columns %s and %s are both matched with %s. Keep one of them and ignore the other.", other, letter, field.Label())
			continue
		}
		taken[field] = letter
	}
	for _, part := range []Field{Forename, Surname} {
		if taken[FullName] != "" && taken[part] != "" {
			form.Add(ColumnControl(taken[part]), "Column %s holds the whole name, so column %s cannot hold the %s too. Ignore one of them.", taken[FullName], taken[part], part.Label())
		}
	}
	var missing []string
	for _, field := range required {
		if taken[field] == "" && (field != Forename && field != Surname || taken[FullName] == "") {
			missing = append(missing, field.Label())
		}
	}
	if len(missing) > 0 {
		form.Add(ColumnControl(freeColumn(letters, columns)), "No column is matched with %s. Choose the column that holds %s. If the file has none, add it to the tracker and upload it again.", joinAnd(missing), itOrEach(len(missing)))
	}
	return form.Err()
}

// freeColumn is the first column that is ignored, where something missing may be; else the first of all.
func freeColumn(letters []string, columns map[string]Field) string {
	for _, letter := range letters {
		if columns[letter] == "" {
			return letter
		}
	}
	return append(letters, "A")[0]
}

func itOrEach(n int) string {
	if n == 1 {
		return "it"
	}
	return "each"
}
