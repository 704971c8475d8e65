package escalations

import (
	"regexp"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

var caseNumber = regexp.MustCompile(`(?i)\bQ\d{4,}\b`)

// checkBoardSafe notes a problem with each field a board will read that names a young person: a case
// number, the person reference or any part of the name of a case it concerns, or the full name or
// reference of any other case. It is a net under the form's own words, which ask for no names.
func checkBoardSafe(tx db.Tx, form *fault.Form, cases []uuid.UUID, fields map[string]string) error {
	for name, text := range fields {
		if text == "" {
			continue
		}
		if found := caseNumber.FindString(text); found != "" {
			form.Add(name, "Take out %s: the board reads this and must not see case numbers", found)
			continue
		}
		var named []struct{ Forename, Surname, PersonReference string }
		err := tx.Raw(`
			select forename, surname, person_reference from cases
			where position(lower(forename || ' ' || surname) in @text) > 0
				or position(lower(person_reference) in @text) > 0
				or id in @cases`,
			map[string]any{"text": strings.ToLower(text), "cases": idsOrNone(cases)}).Scan(&named).Error
		if err != nil {
			return err
		}
		for _, person := range named {
			if mentions(text, person.Forename) || mentions(text, person.Surname) || mentions(text, person.PersonReference) {
				form.Add(name, "Take out the name or reference of the young person: the board reads this and must not see who it is")
				break
			}
		}
	}
	return nil
}

// mentions reports whether text holds a word, whatever its capitals. Single letters are no name.
func mentions(text, word string) bool {
	if len([]rune(word)) < 2 {
		return false
	}
	return regexp.MustCompile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(word) + `($|[^\pL\pN])`).MatchString(text)
}
