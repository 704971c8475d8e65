package tracker

import (
	"maps"
	"strings"
	"testing"

	"quorate/server/base/clock"
)

func opened(t *testing.T, name, content string) *Workbook {
	t.Helper()
	book, err := Open(name, strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func lookAs(t *testing.T, book *Workbook, choice Choice) Look {
	t.Helper()
	look, err := book.LookAs(choice)
	if err != nil {
		t.Fatal(err)
	}
	return look
}

// A column moved, or typed in capitals, must not have a clerk match thirty columns again; another column
// in its place must.
func TestALayoutIsKnownByItsHeadings(t *testing.T) {
	t.Parallel()
	last := lookAs(t, opened(t, "march.csv", "Person ref,Name,DoB,Who holds it\n1,Ann Example,04/03/2009,R. Hale\n"), Choice{Columns: map[string]Field{"A": PersonReference, "B": FullName, "C": DateOfBirth, "D": AllocatedWorker}})
	mapping := mappingOf("march.csv", last)
	for name, test := range map[string]struct {
		headings string
		known    bool
		matched  map[string]Field
	}{
		"Moved":    {"DOB,WHO  HOLDS IT,Person ref.,Name", true, map[string]Field{"A": DateOfBirth, "B": AllocatedWorker, "C": PersonReference, "D": FullName, "E": ""}},
		"Added":    {"Person ref,Name,DoB,Who holds it,Shoe size", false, nil},
		"Replaced": {"Person ref,Name,DoB,Who wants it", false, nil},
		"Twice":    {"Person ref,Name,DoB,Who holds it,Who holds it", false, nil},
	} {
		look := lookAs(t, opened(t, "april.csv", test.headings+"\na,b,c,d,e\n"), Choice{HeadingRow: 1})
		if known := signature(look.Columns) == mapping.Signature; known != test.known {
			t.Errorf("%s: known %t, want %t", name, known, test.known)
		}
		if got := mapping.match(look.Columns); test.known && !maps.Equal(got, test.matched) {
			t.Errorf("%s: matched %v, want %v", name, got, test.matched)
		}
	}
}

// What a clerk says a word means must be what is kept, or saying it would be worth nothing.
func TestMeaningsAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, field := range Fields() {
		for _, means := range field.Meanings(nil) {
			row := "Person ref,Forename,Surname,DoB,The word\n1,Ann,Example,04/03/2009,mystery\n"
			choice := Choice{Columns: map[string]Field{"A": PersonReference, "B": Forename, "C": Surname, "D": DateOfBirth, "E": field}, Values: map[Field]map[string]string{field: {"Mystery": means}}}
			var held oneRow
			if _, err := Scan(opened(t, "t.csv", row), clock.MustDate("2026-11-24"), choice, &held); err != nil || len(held.problems) > 0 || field.Say(&held.row.Case) != means {
				t.Errorf("%s: %q is kept as %q, %v, %v", field, means, field.Say(&held.row.Case), held.problems, err)
			}
			choice.Values = nil
			if again, err := LookValues(opened(t, "t.csv", strings.Replace(row, "mystery", means, 1)), choice, nil); err != nil || len(again) > 0 {
				t.Errorf("%s: %q is itself not understood: %v, %v", field, means, again, err)
			}
		}
	}
}

// oneRow keeps the last row read, and every problem.
type oneRow struct {
	row      Row
	problems []Problem
}

func (o *oneRow) Person(row Row) error {
	o.row = row
	return nil
}

func (o *oneRow) Problem(problem Problem) error {
	o.problems = append(o.problems, problem)
	return nil
}
