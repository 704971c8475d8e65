package measures

import (
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Listed is one thing behind a figure.
type Listed struct {
	ID          uuid.UUID
	CaseID      *uuid.UUID
	Number      *int64 // of the case
	Forename    string
	Surname     string
	Locality    string
	DateOfBirth clock.Date
	Amount      int64
	On          clock.Date // the day it is counted by
	Leads       string     // to its page: a decision, a letter, a blocker, a meeting; "" for a case alone
	Age         int        `gorm:"-"` // today
}

// Case is the product's own number of the case, "" for something about no one case.
func (l Listed) Case() string {
	if l.Number == nil {
		return ""
	}
	return tracker.CaseReference(*l.Number)
}

// mostListed is the longest list.
const mostListed = 500

// A List is what stands behind a figure.
type List struct {
	Definition
	AsAt  clock.Date
	Scope Scope
	Row   string // in words
	Part  string // in words; "" for all
	Lines []Listed
	More  bool // than are listed
}

// ShowList is the list behind the figure of a row and a part, -1 for all parts of the row: for those who may see
// each of its cases, and for nobody else. It reads the measure's own lines, so it has as many as the figure says.
func ShowList(tx db.Tx, scope Scope, d Definition, row string, part int, asAt clock.Date, kinds Kinds) (List, error) {
	list := List{Definition: d, AsAt: asAt, Scope: scope}
	if scope.Board || !scope.mayList(d) {
		return list, fault.New(fault.NotFound, "There is no list behind this figure that you may open.")
	}
	r, err := newReader(tx, scope, asAt, kinds)
	if err != nil {
		return list, err
	}
	p, ask := r.ask(d)
	list.Counted = inWords(d.Counted, r.limit)
	parts := append(slices.Clone(d.Parts), d.Beside...)
	if part >= len(parts) || part < -1 {
		return list, fault.New(fault.NotFound, "There is no such figure.")
	}
	if part >= 0 {
		list.Part = parts[part]
	}
	if d.rows != nil {
		rows := d.rows(p)
		if i := slices.IndexFunc(rows, func(r Row) bool { return r.Key == row }); i >= 0 {
			list.Row = rows[i].Name
		}
	}
	if d.Key == BlockersByAge {
		list.Row = kinds(row)
	}
	ask["row"], ask["part"], ask["parts"], ask["most"] = row, part, len(d.Parts), mostListed+1
	leads := "''"
	if d.ListAction != "" {
		leads = "counted.leads"
	}
	err = tx.Raw(`select counted.id, counted.case_id, c.number, coalesce(c.forename, '') as forename, coalesce(c.surname, '') as surname, coalesce(c.locality, '') as locality,
	c.date_of_birth, counted.amount, counted.day as "on", `+leads+` as leads
from (`+r.counted(d)+`
) counted left join cases c on c.id = counted.case_id
where (@row = '' or counted."row" = @row) and (counted.part = @part or @part = -1 and counted.part < @parts)
order by counted.day, c.number, counted.id limit @most`, ask).Scan(&list.Lines).Error
	if err != nil {
		return list, err
	}
	if list.More = len(list.Lines) > mostListed; list.More {
		list.Lines = list.Lines[:mostListed]
	}
	for i, line := range list.Lines {
		if !line.DateOfBirth.IsZero() {
			list.Lines[i].Age = calendar.Age(line.DateOfBirth, asAt)
		}
	}
	return list, nil
}
