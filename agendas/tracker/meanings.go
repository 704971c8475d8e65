package tracker

import (
	"slices"
	"strings"

	"quorate/server/base/db"
)

// Meanings are what a word of a field may be told to mean: the field's own words, or the partnership's
// localities.
func (f Field) Meanings(localities []string) []string {
	if f == Locality {
		return localities
	}
	return f.Words()
}

// KeepsWords reports whether a word of the field may stay as the file writes it.
func (f Field) KeepsWords() bool { return f == Locality || f == LegalStatus || f == SocialCareStatus }

// Localities are the places the partnership's forums are of: a case in any other reaches no locality's meeting.
func Localities(tx db.Tx) ([]string, error) {
	var places []string
	err := tx.Raw(`select distinct locality from forum where locality <> '' order by locality`).Scan(&places).Error
	return places, err
}

// Likely is what a value probably means: a locality it names among other words, or a status that may stay.
// It is "" when nobody can guess.
func (v UnknownValue) Likely(localities []string) string {
	if v.Field != Locality {
		return ""
	}
	words := " " + heading(v.Value) + " "
	for _, place := range localities {
		if strings.Contains(words, " "+heading(place)+" ") {
			return place
		}
	}
	return ""
}

// ColumnFields are what a column may be matched with: the fields of a case, and the whole name in one.
func ColumnFields() []Field {
	fields := Fields()
	at := slices.Index(fields, Forename)
	return slices.Insert(fields, at, FullName)
}

// FieldNamed finds a field by its name or its label, "weekly_cost_pence" or "Weekly cost"; "" is none, which
// ignores a column.
func FieldNamed(name string) (Field, bool) {
	wanted := strings.ToLower(strings.TrimSpace(name))
	if wanted == "" {
		return "", true
	}
	for _, field := range ColumnFields() {
		if wanted == string(field) || wanted == strings.ToLower(field.Label()) {
			return field, true
		}
	}
	return "", false
}

// SameHeading reports whether two headings are the same but for capitals, spaces and signs.
func SameHeading(a, b string) bool { return heading(a) != "" && heading(a) == heading(b) }
