package measures

import "slices"

// few is the count under which people might be told apart.
const few = 5

// holding says what of a table is told to somebody who may not know whom it counts.
type holding struct {
	rows  []bool // held back
	total bool   // what the rows come to is held back too
}

// hold decides it. A row is counts that add up to the row, and the rows add up to a total that is told.
//
// A row is small when it counts fewer than five, or when any of its parts is between one and four: a hundred of
// whom one was not assessed point at that one. A row that alone were held back could be worked out, by taking the
// others from the total. So rows stand in pairs, the last three together where their number is odd, and a pair with
// a small row is held back whole: what is known of it is what the two come to, and not which is which. Pairs are
// held back with it until what is held back together could be told as one row, and has a row among it that is not
// small: of rows that are all under five, a large sum says what each is. Where no pairs are left to do it, the
// total is held back, and then nothing can be taken from it.
//
// Which rows go together is a matter of where they stand and never of their size: to know that a row was chosen as
// the smallest would be to know how large it is. A test plays somebody who knows all this and has the total.
func hold(rows [][]int) holding {
	small := make([]bool, len(rows))
	people := 0
	for i, parts := range rows {
		if small[i] = sum(parts) < few || between(parts); small[i] {
			people += sum(parts)
		}
	}
	if people == 0 { // nobody is in what would be held back
		return holding{rows: make([]bool, len(rows))}
	}
	held := make([]bool, len(rows))
	for i := range rows {
		held[i] = slices.Contains(small[pairOf(i, len(rows)):pairEnd(i, len(rows))], true)
	}
	for {
		rest := together(rows, held)
		if sum(rest) >= few && !between(rest) && count(held) > count(small) {
			return holding{rows: held}
		}
		next := slices.Index(held, false)
		if next < 0 {
			return holding{rows: small, total: true}
		}
		for i := pairOf(next, len(rows)); i < pairEnd(next, len(rows)); i++ {
			held[i] = true
		}
	}
}

// pairOf is where the pair of a row begins, and pairEnd where it is over.
func pairOf(row, rows int) int {
	if rows%2 == 1 && row == rows-1 && rows > 1 {
		return row - 2
	}
	return row - row%2
}

func pairEnd(row, rows int) int {
	end := pairOf(row, rows) + 2
	if end >= rows-1 {
		return rows
	}
	return end
}

// between reports whether any count is from one to four.
func between(parts []int) bool {
	return slices.ContainsFunc(parts, func(n int) bool { return n > 0 && n < few })
}

// together adds up the rows that are chosen, part by part; nil chooses all.
func together(rows [][]int, chosen []bool) []int {
	var all []int
	for i, parts := range rows {
		if chosen != nil && !chosen[i] {
			continue
		}
		if all == nil {
			all = make([]int, len(parts))
		}
		for p, n := range parts {
			all[p] += n
		}
	}
	return all
}

func sum(parts []int) (n int) {
	for _, part := range parts {
		n += part
	}
	return n
}

func count(held []bool) (n int) {
	for _, h := range held {
		if h {
			n++
		}
	}
	return n
}
