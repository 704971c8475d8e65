package tracker

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// WordsToFind is the event that a large file is to be looked through for words nobody would understand.
type WordsToFind struct {
	Import uuid.UUID `json:"import"`
}

// Kind names the event for good.
func (WordsToFind) Kind() string { return "tracker.words_to_find" }

// longSheet is how many bytes of rows are more than a page waits for: some thousand rows of thirty columns.
const longSheet = 4 << 20

// isLong reports whether reading a sheet through is a job's work.
func (w *Workbook) isLong(name string) bool {
	for _, s := range w.sheets {
		if s.name == name {
			return s.bytes > longSheet
		}
	}
	return false
}

// startLooking has the file of an import looked through, in the background.
func (s Store) startLooking(ctx context.Context, actor access.Actor, importID uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		chosen, err := lockImport(tx, importID)
		if err != nil || chosen.Status == LookedAt {
			return err
		}
		if err := chosen.mayChoose(); err != nil {
			return err
		}
		if err := sayProgress(tx, importID, 0, 0); err != nil {
			return err
		}
		if err := chosen.move(tx, LookedAt, "tracker.looking", map[string]any{"trouble": "", "attempts": 0, "asked_by": who(actor)}); err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: WordsToFind{importID}})
	})
}

// FindWords does what WordsToFind announces. The import then waits for somebody to say what its words
// mean, or is read when all of them have been told before.
func (s Store) FindWords(ctx context.Context, event WordsToFind) error {
	taken, err := s.take(ctx, event.Import, LookedAt)
	if err != nil || taken == nil {
		return err
	}
	if taken.Attempts > maxAttempts {
		return s.fail(ctx, *taken, cannotBeRead)
	}
	actor := onBehalf(taken.AskedBy)
	opened, look, unknown, err := s.lookThrough(ctx, actor, *taken)
	if f := fault.As(err); f != nil && f.Kind != fault.Unavailable {
		return s.fail(ctx, *taken, f.Sentence)
	}
	if err != nil {
		return err
	}
	choice := opened.Choice()
	var told bool
	choice.Values, told = opened.told(unknown)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		found, err := lockImport(tx, event.Import)
		if err != nil || found.Status != LookedAt || found.Attempts != taken.Attempts {
			return err
		}
		if err := tx.Model(&Import{ID: found.ID}).Select("choice").Updates(&Import{Choice: choice}).Error; err != nil {
			return err
		}
		if err := keepFound(tx, opened, look, choice.Values, unknown); err != nil {
			return err
		}
		if !told {
			return found.move(tx, Chosen, "tracker.looked", nil)
		}
		if err := sayProgress(tx, found.ID, 0, 0); err != nil {
			return err
		}
		if err := found.move(tx, BeingRead, "tracker.reading", map[string]any{"attempts": 0}); err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: FileToRead{found.ID}})
	})
}

// lookThrough goes through the rows of an import's file and says how far it is.
func (s Store) lookThrough(ctx context.Context, actor access.Actor, of Import) (opened OpenedFile, look Look, unknown []UnknownValue, err error) {
	if opened, err = s.open(ctx, actor, of); err != nil {
		return opened, look, nil, err
	}
	if look, err = opened.Book.LookAs(opened.Choice()); err != nil {
		return opened, look, nil, err
	}
	var seen atomic.Int64
	end := s.tell(ctx, of.ID, opened.Book.rowsExpected(opened.Choice(), nil), &seen)
	defer end()
	unknown, err = lookValues(opened.Book, opened.Choice(), opened.localities, &seen)
	return opened, look, unknown, err
}

// told is what the words found mean as far as somebody has said, now or of an earlier file, and whether
// that is all of them.
func (o OpenedFile) told(unknown []UnknownValue) (values map[Field]map[string]string, all bool) {
	values, all = map[Field]map[string]string{}, true
	for _, word := range unknown {
		means, told := o.Told(word.Field, word.Value)
		if !told {
			all = false
			continue
		}
		if values[word.Field] == nil {
			values[word.Field] = map[string]string{}
		}
		values[word.Field][strings.ToLower(tidy(word.Value))] = means
	}
	return values, all
}

// keepFound keeps what was found of an import's file: its mapping, with what its words mean, and the words.
func keepFound(tx db.Tx, opened OpenedFile, look Look, values map[Field]map[string]string, unknown []UnknownValue) error {
	if err := keepMapping(tx, opened.Import, look, values, opened.Remembered); err != nil {
		return err
	}
	return keepWords(tx, opened.Import.ID, unknown)
}

// keepWords keeps the words of an import's file that nobody would understand, in place of those kept before.
func keepWords(tx db.Tx, importID uuid.UUID, unknown []UnknownValue) error {
	if err := tx.Exec(`delete from tracker_import_word where import_id = ?`, importID).Error; err != nil || len(unknown) == 0 {
		return err
	}
	return tx.Copy("tracker_import_word", []string{"import_id", "position", "field", "heading", "value", "count"}, func(yield func([]any, error) bool) {
		for i, word := range unknown {
			if !yield([]any{importID, i + 1, string(word.Field), word.Heading, word.Value, word.Count}, nil) {
				return
			}
		}
	})
}

// wordsFound are the words kept of an import's file.
func wordsFound(tx db.Tx, importID uuid.UUID) (words []UnknownValue, err error) {
	err = tx.Raw(`select field, heading, value, count from tracker_import_word where import_id = ? order by position`, importID).Scan(&words).Error
	return words, err
}
