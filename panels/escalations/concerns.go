package escalations

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// mostCases is how many young people one blocker names. More are counted.
const mostCases = 200

// interestInBlocker is SQL that finds a standing declaration of a person's interest in any young person a
// blocker names. Both are expressions, like "@me" and "b.id". Whoever left for one of them reads nothing of
// the blocker: its words are about all.
func interestInBlocker(person, blocker string) string {
	return `select from blocker_concerns concerned where concerned.blocker_id = ` + blocker +
		` and exists (` + tracker.InterestIn(person, "concerned.case_id") + `)`
}

// concerned are the young people a blocker names, each once, by the case that stands.
func concerned(tx db.Tx, blockerID uuid.UUID) (cases []uuid.UUID, err error) {
	err = tx.Raw(`select case_id from blocker_concerns where blocker_id = ? order by case_id`, blockerID).Scan(&cases).Error
	return cases, err
}

// name says whom a blocker is about: one young person, or those it lists beside it.
func name(tx db.Tx, b *Blocker, cases []uuid.UUID) error {
	if b.CaseID != nil {
		return nil
	}
	for _, of := range cases {
		err := tx.Exec(`insert into blocker_case (blocker_id, case_id, added_at) values (?, ?, ?) on conflict do nothing`, b.ID, of, tx.Now).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// casesTyped reads the case numbers somebody typed, "Q1042, Q1057": cases the forum has had on an agenda and
// the actor did not leave.
func casesTyped(tx db.Tx, form *fault.Form, forumID uuid.UUID, typed string) ([]uuid.UUID, error) {
	words := strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n", r) })
	if len(words) > mostCases {
		form.Add("cases", "Enter up to %d case numbers. Count the others below.", mostCases)
		return nil, nil
	}
	var cases []uuid.UUID
	for _, word := range words {
		number, ok := tracker.ParseCaseReference(word)
		if !ok {
			form.Add("cases", "%s is no case number. Enter numbers like Q1042, with a space or comma between", word)
			return nil, nil
		}
		var found []uuid.UUID
		if err := tx.Raw(`select standing_case(id) from cases where number = ?`, number).Scan(&found).Error; err != nil {
			return nil, err
		}
		problem := fault.New(fault.NotFound, "")
		if len(found) == 1 {
			err := checkMaySeeCase(tx, forumID, &found[0])
			if problem = fault.As(err); problem == nil && err != nil {
				return nil, err
			}
		}
		switch {
		case problem == nil && !slices.Contains(cases, found[0]):
			cases = append(cases, found[0])
		case problem != nil && problem.Kind == fault.Denied:
			form.Add("cases", "You left for %s because of an interest. Take it out; another officer of the forum can add it", word)
		case problem != nil:
			form.Add("cases", "%s is not on this forum’s agendas", word)
		}
	}
	return cases, nil
}

// casesOf reads what an agenda item and a form say a blocker is about: one case stands on the blocker
// itself, several beside it.
func (r Raise) casesOf(tx db.Tx, form *fault.Form, b *Blocker) ([]uuid.UUID, error) {
	if b.CaseID != nil {
		return []uuid.UUID{*b.CaseID}, nil
	}
	cases, err := casesTyped(tx, form, b.ForumID, r.Cases)
	if err == nil && len(cases) == 1 && b.YoungPeople <= 1 {
		b.CaseID = &cases[0]
	}
	return cases, err
}

// CaseLine is a young person a blocker names, for somebody who may see the case.
type CaseLine struct {
	ID     uuid.UUID
	Number int64
}

// Reference is the case's number as people see it.
func (c CaseLine) Reference() string { return tracker.CaseReference(c.Number) }

// casesSeen lists the young people a blocker names whose cases the actor may see, and counts all it names.
func casesSeen(tx db.Tx, blockerID uuid.UUID) (seen []CaseLine, all int, err error) {
	err = tx.Raw(`select count(*) from blocker_concerns where blocker_id = ?`, blockerID).Scan(&all).Error
	if err != nil {
		return nil, 0, err
	}
	err = tracker.Visible(tx).Select("cases.id, cases.number").
		Where("cases.id in (select case_id from blocker_concerns where blocker_id = ?)", blockerID).
		Order("cases.number").Limit(mostCases).Scan(&seen).Error
	return seen, all, err
}
