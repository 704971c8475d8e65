package tracker

import (
	"fmt"
	"slices"
	"strings"

	"quorate/server/base/fault"
)

// headingDepth is how far down a sheet headings are looked for.
const headingDepth = 60

// A Column is a column of the file that supplies a field.
type Column struct {
	Letter  string // as the spreadsheet names it: "A", "AC"
	Heading string // as the file writes it
	Field   Field
	at      int
}

// A layout says where in a workbook the tracker is and which column is which.
type layout struct {
	sheet      sheet
	headingRow int
	columns    []Column
	ignored    []string // headings of columns that are no field, or a second column for one
	also       []string // other sheets that look like a tracker
	preview    int      // rows below the headings within headingDepth, to prefer a full sheet
}

// required are the fields without which a row is nobody.
var required = []Field{PersonReference, Forename, Surname, DateOfBirth}

// findLayout looks for the row of headings in every sheet, visible ones first. The row that names
// most fields wins; a workbook without one is refused with what to mend.
func findLayout(book *Workbook, onlySheet string) (layout, error) {
	var best *layout
	var alsoLike []string
	seen := []string{}
	for _, wantHidden := range []bool{false, true} {
		for _, candidate := range book.sheets {
			if candidate.hidden != wantHidden || onlySheet != "" && !strings.EqualFold(candidate.name, onlySheet) {
				continue
			}
			seen = append(seen, candidate.name)
			found, err := layoutOf(candidate)
			if err != nil {
				return layout{}, err
			}
			if found == nil {
				continue
			}
			if len(found.missingRequired()) == 0 {
				alsoLike = append(alsoLike, candidate.name)
			}
			if best == nil || found.better(best) {
				best = found
			}
		}
		if best != nil && len(best.missingRequired()) == 0 {
			break
		}
	}
	if onlySheet != "" && len(seen) == 0 {
		return layout{}, fault.New(fault.Invalid, "The workbook has no sheet named “%s”. Its sheets are: %s.", onlySheet, sheetNames(book))
	}
	if best == nil {
		return layout{}, fault.New(fault.Invalid, "No row of headings was found in the first %d rows of the file. A tracker needs headings for person reference, forename, surname and date of birth above its rows.", headingDepth)
	}
	if missing := best.missingRequired(); len(missing) > 0 {
		labels := make([]string, len(missing))
		for i, field := range missing {
			labels[i] = field.Label()
		}
		return layout{}, fault.New(fault.Invalid, "The headings in row %d of “%s” have no column for %s. Add it, or change its heading to “%s”, and choose the file again.",
			best.headingRow, best.sheet.name, strings.Join(labels, " or "), sentenceCase(labels[0]))
	}
	best.also = slices.DeleteFunc(alsoLike, func(name string) bool { return name == best.sheet.name })
	return *best, nil
}

func sheetNames(book *Workbook) string {
	names := make([]string, len(book.sheets))
	for i, sheet := range book.sheets {
		names[i] = sheet.name
	}
	return strings.Join(names, ", ")
}

// better: a layout that has all required fields beats one that has not; then the one with more
// fields; then the one with more rows near the top.
func (l *layout) better(than *layout) bool {
	if mine, theirs := len(l.missingRequired()), len(than.missingRequired()); mine != theirs {
		return mine < theirs
	}
	if len(l.columns) != len(than.columns) {
		return len(l.columns) > len(than.columns)
	}
	return l.preview > than.preview
}

func (l *layout) column(field Field) *Column {
	for i := range l.columns {
		if l.columns[i].Field == field {
			return &l.columns[i]
		}
	}
	return nil
}

func (l *layout) missingRequired() []Field {
	var missing []Field
	for _, field := range required {
		if l.column(field) == nil && !(field != PersonReference && field != DateOfBirth && l.column(fullName) != nil) {
			missing = append(missing, field)
		}
	}
	return missing
}

// layoutOf finds the best row of headings on a sheet, nil when none names three fields.
func layoutOf(candidate sheet) (*layout, error) {
	var top []sheetRow
	err := candidate.rows(func(row sheetRow) bool {
		if row.number > headingDepth {
			return false
		}
		top = append(top, row)
		return true
	})
	if err != nil || len(top) == 0 {
		return nil, err
	}
	merged, err := candidate.merged()
	if err != nil {
		return nil, err
	}
	var best *layout
	for i := range top {
		tried := readHeadings(top, i, merged)
		tried.sheet = candidate
		if len(tried.columns) >= 3 && (best == nil || tried.better(best)) {
			best = &tried
		}
	}
	return best, nil
}

// readHeadings reads row i of the top rows as headings. A heading merged downwards stands in the row
// above; one merged across ("Weekly cost" over "ASC", "Health") is read together with those below it.
func readHeadings(top []sheetRow, i int, merged []mergedRange) layout {
	row := top[i]
	result := layout{headingRow: row.number, preview: len(top) - i}
	rowAt := func(number int) sheetRow {
		for _, r := range top {
			if r.number == number {
				return r
			}
		}
		return sheetRow{}
	}
	covering := func(number, column int) *mergedRange {
		for m := range merged {
			if r := &merged[m]; r.top <= number && number <= r.bottom && r.left <= column && column <= r.right {
				return r
			}
		}
		return nil
	}
	width := len(row.cells)
	for _, r := range merged {
		if r.top <= row.number && row.number <= r.bottom && r.right < maxColumns {
			width = max(width, r.right+1)
		}
	}
	type claim struct {
		at      int
		heading string
		rank    int
	}
	claims := map[Field]claim{}
	var order []Field
	for at := range width {
		heading := row.at(at).shown(dateSystem{})
		if row.at(at).kind != textCell {
			heading = ""
		}
		cover := covering(row.number, at)
		if heading == "" && cover != nil && cover.left == at && cover.top < row.number {
			heading = rowAt(cover.top).at(at).text
		}
		if heading == "" {
			continue
		}
		if cover != nil && cover.left == at && cover.right == at+1 && cover.bottom == row.number {
			if match, ok := matchHeading(heading); ok && match.field == fullName { // "Name" over two columns
				for offset, field := range []Field{Forename, Surname} {
					if _, taken := claims[field]; !taken {
						claims[field] = claim{at + offset, heading, 0}
						order = append(order, field)
					}
				}
				continue
			}
		}
		match, ok := matchHeading(heading)
		if above := covering(row.number-1, at); above != nil && above.right > above.left {
			group := rowAt(above.top).at(above.left).text
			if joint, jointOK := matchHeading(group + " " + heading); jointOK {
				match, ok = joint, true
			} else if joint, jointOK := matchHeading(heading + " " + group); jointOK {
				match, ok = joint, true
			}
		}
		if !ok {
			result.ignored = append(result.ignored, heading)
			continue
		}
		held, taken := claims[match.field]
		switch {
		case !taken:
			claims[match.field] = claim{at, heading, match.rank}
			order = append(order, match.field)
		case match.rank < held.rank:
			result.ignored = append(result.ignored, secondColumn(held.heading, match.field))
			claims[match.field] = claim{at, heading, match.rank}
		default:
			result.ignored = append(result.ignored, secondColumn(heading, match.field))
		}
	}
	_, forename := claims[Forename]
	_, surname := claims[Surname]
	if name, both := claims[fullName]; both && forename && surname {
		result.ignored = append(result.ignored, secondColumn(name.heading, fullName))
		delete(claims, fullName)
	} else if both {
		for _, part := range []Field{Forename, Surname} {
			if held, taken := claims[part]; taken {
				result.ignored = append(result.ignored, secondColumn(held.heading, fullName))
				delete(claims, part)
			}
		}
	}
	for _, field := range order {
		if held, ok := claims[field]; ok {
			result.columns = append(result.columns, Column{Letter: columnName(held.at), Heading: held.heading, Field: field, at: held.at})
		}
	}
	slices.SortFunc(result.columns, func(a, b Column) int { return a.at - b.at })
	return result
}

func secondColumn(heading string, field Field) string {
	return fmt.Sprintf("%s (another column gives the %s)", heading, field.Label())
}
