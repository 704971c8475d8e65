package measures

import "strings"

// withhold marks what a board is not told.
func (r *Reading) withhold() {
	if !r.board || !r.People {
		return
	}
	if r.years {
		half := len(r.Rows) / 2
		r.Before.Held = holdRows(r.Rows[:half])
		r.Total.Held = holdRows(r.Rows[half:])
	} else {
		r.Total.Held = holdRows(r.Rows)
	}
	if r.Shape == Money { // whoever pays is in no other row, but a person is: the total is of people, and the rows are not
		r.Total.Held = r.Total.Held || r.Total.N() < few
	}
	if r.total {
		for i := range r.Rows {
			r.Rows[i].Held = true
		}
	}
	for i, aside := range r.Asides {
		r.Asides[i].Held = aside.N > 0 && aside.N < few
	}
}

// holdRows holds back what it must of rows that add up, and reports whether their total is held back.
func holdRows(rows []Row) bool {
	counts := make([][]int, len(rows))
	for i, row := range rows {
		counts[i] = row.Counts
	}
	h := hold(counts)
	for i := range rows {
		rows[i].Held = h.rows[i]
	}
	return h.total
}

// tellsSum reports whether the money of all rows is told. Where any row's is not, the sum would give it away: one
// person's cost could be worked out from it.
func (r Reading) tellsSum() bool {
	if r.Total.Held {
		return false
	}
	for _, row := range r.Rows {
		if row.Held {
			return false
		}
	}
	return true
}

// heldBack reports whether anything is.
func (r Reading) heldBack() bool {
	held := r.Total.Held || r.Before.Held
	for _, row := range r.Rows {
		held = held || row.Held
	}
	for _, aside := range r.Asides {
		held = held || aside.Held
	}
	return held
}

// holdAcross holds back the sum of all costs where the bands of those from 18 to 25 hold back theirs, and hardly
// anybody else is in it: the one less the other would give the band away.
func holdAcross(readings []Reading) {
	var bands, total *Reading
	for i := range readings {
		switch readings[i].Key {
		case CostBands:
			bands = &readings[i]
		case TotalCost:
			total = &readings[i]
		}
	}
	if bands == nil || total == nil || !total.board || bands.tellsSum() || total.Total.N()-bands.Total.N() >= few {
		return
	}
	for i := range total.Rows {
		total.Rows[i].Held = true
	}
	total.Total.Held = true
	total.Finding = total.finding(total)
}

// Notes are what else a reader must know.
func (r Reading) Notes() (notes []string) {
	if len(r.lacks) > 0 {
		notes = append(notes, "The tracker has no column for "+strings.Join(r.lacks, ", ")+": nobody is left out for that.")
	}
	for _, row := range r.Rows {
		if row.Missing != "" {
			notes = append(notes, row.Name+" cannot be judged: "+lowerFirst(row.Missing)+".")
		}
	}
	if r.heldBack() {
		notes = append(notes, "Counts under five are held back, and others with them, so that nobody can be told from a figure or worked out from the rest.")
	}
	return notes
}

func replaceLimit(text, limit string) string { return strings.ReplaceAll(text, "{limit}", limit) }
