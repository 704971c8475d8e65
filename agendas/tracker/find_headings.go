package tracker

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"quorate/server/base/fault"
)

// headingDepth is how far down a sheet headings are looked for.
const headingDepth = 60

// maxHeadingRow is the deepest row somebody may choose as the headings.
const maxHeadingRow = 1_000

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
	headings   []string // of every column, "" where there is none
	columns    []Column
	ignored    []string // headings of columns that are no field, or a second column for one
	also       []string // other sheets that look like a tracker
	preview    int      // rows below the headings within headingDepth, to prefer a full sheet
}

// required are the fields without which a row is nobody.
var required = []Field{PersonReference, Forename, Surname, DateOfBirth}

// findLayout finds the sheet, the row of headings and the columns, as far as they were not chosen. A
// workbook without them is refused with what to mend.
func findLayout(book *Workbook, choice Choice) (layout, error) {
	best, err := guessLayout(book, choice)
	if err != nil {
		return layout{}, err
	}
	if best == nil {
		return layout{}, fault.New(fault.Invalid, "No row of headings was found in the first %d rows of the file. A tracker needs headings for person reference, forename, surname and date of birth above its rows.", headingDepth)
	}
	missing := best.missingRequired()
	if len(missing) == 0 {
		return *best, nil
	}
	labels := make([]string, len(missing))
	for i, field := range missing {
		labels[i] = field.Label()
	}
	if len(choice.Columns) > 0 {
		return layout{}, fault.New(fault.Invalid, "No column is chosen for %s. Choose the column that holds each of them: a row is nobody’s without it.", joinAnd(labels))
	}
	return layout{}, fault.New(fault.Invalid, "The headings in row %d of “%s” have no column for %s. Add it, or change its heading to “%s”, and choose the file again.",
		best.headingRow, best.sheet.name, strings.Join(labels, " or "), sentenceCase(labels[0]))
}

// guessLayout looks for the row of headings in every sheet it may, visible ones first. The row that
// names most fields wins; it is nil when no row names any.
func guessLayout(book *Workbook, choice Choice) (*layout, error) {
	if err := choice.check(); err != nil {
		return nil, err
	}
	var best *layout
	var alsoLike []string
	found := choice.Sheet == ""
	for _, wantHidden := range []bool{false, true} {
		for _, candidate := range book.sheets {
			if choice.Sheet != "" && !strings.EqualFold(candidate.name, choice.Sheet) {
				continue
			}
			found = true
			if candidate.hidden != wantHidden {
				continue
			}
			tried, err := layoutOf(candidate, choice)
			if err != nil {
				return nil, err
			}
			if tried == nil {
				continue
			}
			if len(tried.missingRequired()) == 0 {
				alsoLike = append(alsoLike, candidate.name)
			}
			if best == nil || tried.better(best) {
				best = tried
			}
		}
		if best != nil && len(best.missingRequired()) == 0 {
			break
		}
	}
	if !found {
		return nil, fault.New(fault.Invalid, "The workbook has no sheet named “%s”. Its sheets are: %s.", choice.Sheet, sheetNames(book))
	}
	if best != nil {
		best.also = slices.DeleteFunc(alsoLike, func(name string) bool { return name == best.sheet.name })
	}
	return best, nil
}

// check refuses choices that contradict each other.
func (c Choice) check() error {
	if c.HeadingRow < 0 || c.HeadingRow > maxHeadingRow {
		return fault.New(fault.Invalid, "The headings cannot be in row %d. Choose a row from 1 to %d.", c.HeadingRow, maxHeadingRow)
	}
	letters := slices.SortedFunc(maps.Keys(c.Columns), func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	chosen := make(map[Field]string, len(letters))
	for _, letter := range letters {
		field := c.Columns[letter]
		if at, ok := columnPlace(letter); !ok || at >= maxColumns {
			return fault.New(fault.Invalid, "There is no column “%s”. Columns are named by their letters: A, B, AA.", letter)
		}
		if field == "" {
			continue
		}
		if ruleOf[field] == nil && field != FullName {
			return fault.New(fault.Invalid, "Column %s cannot be read as “%s”: there is no such field.", letter, field)
		}
		if other := chosen[field]; other != "" {
			return fault.New(fault.Invalid, "Columns %s and %s are both chosen for %s. Choose one of them and ignore the other.", other, letter, field.Label())
		}
		chosen[field] = letter
	}
	for _, part := range []Field{Forename, Surname} {
		if chosen[FullName] != "" && chosen[part] != "" {
			return fault.New(fault.Invalid, "Column %s is chosen for the whole name and column %s for the %s. Choose the whole name, or forename and surname.", chosen[FullName], chosen[part], part.Label())
		}
	}
	return nil
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
		if l.column(field) == nil && !(field != PersonReference && field != DateOfBirth && l.column(FullName) != nil) {
			missing = append(missing, field)
		}
	}
	return missing
}

// topOf reads a sheet's first rows, as far down as depth.
func topOf(candidate sheet, depth int) (top []sheetRow, err error) {
	err = candidate.rows(func(row sheetRow) bool {
		if row.number > depth {
			return false
		}
		top = append(top, row.kept())
		return true
	})
	return top, err
}

// layoutOf reads the row of headings chosen, or finds the best on a sheet: nil when none names three
// fields.
func layoutOf(candidate sheet, choice Choice) (*layout, error) {
	depth := max(headingDepth, choice.HeadingRow)
	top, err := topOf(candidate, depth)
	if err != nil || len(top) == 0 {
		return nil, err
	}
	merged, err := candidate.merged()
	if err != nil {
		return nil, err
	}
	merged = slices.DeleteFunc(merged, func(m mergedRange) bool { return m.top > depth })
	merged = merged[:min(len(merged), maxMerged)]
	if choice.HeadingRow > 0 {
		at := slices.IndexFunc(top, func(row sheetRow) bool { return row.number == choice.HeadingRow })
		if at < 0 { // a blank row has no headings; its columns may still be chosen
			at = len(top)
			top = append(top, sheetRow{number: choice.HeadingRow})
		}
		read := readHeadings(top, at, merged, choice.Columns)
		read.sheet = candidate
		return &read, nil
	}
	var best *layout
	for i := range top {
		tried := readHeadings(top, i, merged, nil)
		if len(tried.columns) >= 3 && (best == nil || tried.better(best)) {
			best = &tried
		}
	}
	if best != nil && len(choice.Columns) > 0 {
		at := slices.IndexFunc(top, func(row sheetRow) bool { return row.number == best.headingRow })
		again := readHeadings(top, at, merged, choice.Columns)
		best = &again
	}
	if best != nil {
		best.sheet = candidate
	}
	return best, nil
}

// A headingText reads the headings of one row: a heading merged downwards stands in the row above; one
// merged across ("Weekly cost" over "ASC", "Health") is read together with those below it.
type headingText struct {
	top    []sheetRow
	row    sheetRow
	merged []mergedRange
}

func (h headingText) rowAt(number int) sheetRow {
	for _, r := range h.top {
		if r.number == number {
			return r
		}
	}
	return sheetRow{}
}

func (h headingText) covering(number, column int) *mergedRange {
	for m := range h.merged {
		if r := &h.merged[m]; r.top <= number && number <= r.bottom && r.left <= column && column <= r.right {
			return r
		}
	}
	return nil
}

// width is how many columns the row, the rows below it and its merged cells reach.
func (h headingText) width() int {
	width := 0
	for _, r := range h.top {
		if r.number >= h.row.number {
			width = max(width, len(r.cells))
		}
	}
	for _, r := range h.merged {
		if r.top <= h.row.number && h.row.number <= r.bottom && r.right < maxColumns {
			width = max(width, r.right+1)
		}
	}
	return width
}

// at is the heading of a column, and the one merged across above it.
func (h headingText) at(column int) (heading, group string) {
	if c := h.row.at(column); c.kind == textCell {
		heading = c.text
	}
	if cover := h.covering(h.row.number, column); heading == "" && cover != nil && cover.left == column && cover.top < h.row.number {
		heading = h.rowAt(cover.top).at(column).text
	}
	if above := h.covering(h.row.number-1, column); above != nil && above.right > above.left {
		group = h.rowAt(above.top).at(above.left).text
	}
	return headingWords(heading), headingWords(group)
}

// maxHeading is how many letters of a heading are kept: what is longer is a note that stands there.
const maxHeading = 300

func headingWords(text string) string {
	return shorten(strings.ReplaceAll(text, "\n", " "), maxHeading)
}

// overTwo reports whether a heading is merged over this column and the next, in its row alone.
func (h headingText) overTwo(column int) bool {
	cover := h.covering(h.row.number, column)
	return cover != nil && cover.left == column && cover.right == column+1 && cover.bottom == h.row.number
}

// A claim is a column's claim to a field: the smaller the rank, the stronger.
type claim struct {
	at      int
	heading string
	rank    int
}

const chosenRank = -1 // a person chose it: no heading is stronger

// claims are the columns that supply each field, as readHeadings finds them.
type claims struct {
	held    map[Field]claim
	lost    map[Field][]claim
	ignored []string
}

func (c *claims) claim(field Field, mine claim) {
	held, taken := c.held[field]
	switch {
	case !taken:
		c.held[field] = mine
	case mine.rank < held.rank:
		c.held[field] = mine
		c.lost[field] = append(c.lost[field], held)
	default:
		c.lost[field] = append(c.lost[field], mine)
	}
}

func (c *claims) drop(field Field) {
	c.lost[field] = append(c.lost[field], c.held[field])
	delete(c.held, field)
}

func (c *claims) has(field Field) bool {
	_, ok := c.held[field]
	return ok
}

// settle leaves each field one column: the whole name or its two parts, and a second reference to the
// system whose reference it is.
func (c *claims) settle() {
	parts := []Field{Forename, Surname}
	if c.has(FullName) && c.has(Forename) && c.has(Surname) && c.held[FullName].rank != chosenRank {
		c.drop(FullName)
	} else if c.has(FullName) {
		chosen := slices.ContainsFunc(parts, func(part Field) bool { return c.held[part].rank == chosenRank && c.has(part) })
		if chosen {
			c.drop(FullName)
		}
		for _, part := range parts {
			if !chosen && c.has(part) {
				c.drop(part)
			}
		}
	}
	for _, other := range []Field{ChildrensReference, AdultsReference} {
		if !c.has(PersonReference) && c.has(other) && c.held[other].rank != chosenRank {
			c.held[PersonReference] = c.held[other]
			delete(c.held, other)
		}
	}
	lost := c.lost[PersonReference]
	c.lost[PersonReference] = nil
	for _, second := range lost {
		if other := systemOf(second.heading); other != "" && !c.has(other) {
			c.held[other] = second
		} else {
			c.lost[PersonReference] = append(c.lost[PersonReference], second)
		}
	}
}

// readHeadings reads row i of the top rows as headings, with the columns somebody chose.
func readHeadings(top []sheetRow, i int, merged []mergedRange, chosen map[string]Field) layout {
	text := headingText{top: top, row: top[i], merged: merged}
	width := text.width()
	result := layout{headingRow: top[i].number, preview: len(top) - i, headings: make([]string, width)}
	found := claims{held: map[Field]claim{}, lost: map[Field][]claim{}}
	for letter, field := range chosen {
		if at, ok := columnPlace(letter); ok && field != "" {
			heading, _ := text.at(at)
			found.held[field] = claim{at, cmp.Or(heading, "Column "+letter), chosenRank}
		}
	}
	for at := range width {
		heading, group := text.at(at)
		if heading == "" {
			continue
		}
		result.headings[at] = heading
		if field, decided := chosen[columnName(at)]; decided {
			if field == "" {
				found.ignored = append(found.ignored, heading)
			}
			continue
		}
		match, ok := matchHeading(heading)
		if ok && match.field == FullName && text.overTwo(at) { // "Name" over two columns
			for offset, field := range []Field{Forename, Surname} {
				found.claim(field, claim{at + offset, heading, 0})
			}
			continue
		}
		if group != "" {
			if joint, jointOK := matchHeading(group + " " + heading); jointOK {
				match, ok = joint, true
				if saysShare(group) {
					heading = group + " " + heading // what the cells say hangs on it
				}
			} else if joint, jointOK := matchHeading(heading + " " + group); jointOK {
				match, ok = joint, true
			}
		}
		if ok {
			found.claim(match.field, claim{at, heading, match.rank})
		} else {
			found.ignored = append(found.ignored, heading)
		}
	}
	found.settle()
	for field, held := range found.held {
		result.columns = append(result.columns, Column{Letter: columnName(held.at), Heading: held.heading, Field: field, at: held.at})
	}
	slices.SortFunc(result.columns, func(a, b Column) int { return cmp.Or(a.at-b.at, strings.Compare(string(a.Field), string(b.Field))) })
	result.ignored = found.ignored
	for _, field := range slices.Sorted(maps.Keys(found.lost)) {
		for _, second := range found.lost[field] {
			result.ignored = append(result.ignored, secondColumn(second.heading, field))
		}
	}
	return result
}

func secondColumn(heading string, field Field) string {
	return fmt.Sprintf("%s (another column gives the %s)", heading, field.Label())
}

func joinAnd(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
