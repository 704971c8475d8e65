package measures

import (
	"fmt"
	"testing"
)

// told is what somebody reads of a table: the rows that are told, and what they come to if that is.
func told(rows [][]int) string {
	h := hold(rows)
	said := ""
	for i, row := range rows {
		if h.rows[i] {
			said += "held "
		} else {
			said += fmt.Sprint(row, " ")
		}
	}
	if h.total {
		return said + "held"
	}
	return said + fmt.Sprint(together(rows, nil))
}

// everyTable calls fn with every table of so many rows of so many parts, each count from 0 to most.
func everyTable(rows, parts, most int, fn func([][]int)) {
	table := make([][]int, rows)
	for i := range table {
		table[i] = make([]int, parts)
	}
	var fill func(at int)
	fill = func(at int) {
		if at == rows*parts {
			fn(table)
			return
		}
		for n := range most + 1 {
			table[at/parts][at%parts] = n
			fill(at + 1)
		}
	}
	fill(0)
}

// Whoever knows the rule, and takes what is told from the total, must still not know of any held count what it
// is: every table that looks the same to them is gone through, and none pins down a count under five.
func TestNobodyWorksOutACountThatIsHeldBack(t *testing.T) {
	t.Parallel()
	for _, shape := range []struct{ rows, parts, most int }{{1, 1, 12}, {2, 1, 14}, {3, 1, 14}, {4, 1, 10}, {5, 1, 7}, {6, 1, 5}, {1, 2, 12}, {2, 2, 9}, {3, 2, 6}, {4, 2, 3}} {
		looksLike := map[string][]map[int]bool{}
		everyTable(shape.rows, shape.parts, shape.most, func(rows [][]int) {
			said := told(rows)
			seen := looksLike[said]
			if seen == nil {
				seen = make([]map[int]bool, shape.rows*shape.parts)
				for i := range seen {
					seen[i] = map[int]bool{}
				}
				looksLike[said] = seen
			}
			for i, row := range rows {
				for p, n := range row {
					seen[i*shape.parts+p][n] = true
				}
			}
		})
		everyTable(shape.rows, shape.parts, shape.most, func(rows [][]int) {
			seen := looksLike[told(rows)]
			for i, row := range rows {
				for p, n := range row {
					if n > 0 && n < few && len(seen[i*shape.parts+p]) < 2 && !t.Failed() {
						t.Errorf("%v is told as %q: row %d, part %d can only be %d", rows, told(rows), i, p, n)
					}
				}
			}
		})
	}
}

// What may be told is told: a board that reads nothing decides nothing.
func TestLargeCountsAreTold(t *testing.T) {
	t.Parallel()
	for said, rows := range map[string][][]int{
		"[36] [47] [0] [83]":                       {{36}, {47}, {0}},
		"held held held [60]":                      {{47}, {4}, {9}},
		"[36] [47] held held [96]":                 {{36}, {47}, {4}, {9}},
		"held held held held":                      {{1}, {1}, {1}},
		"[8 0] [9 0] [17 0]":                       {{8, 0}, {9, 0}},
		"[20 30] [50 60] held held [90 138]":       {{20, 30}, {50, 60}, {17, 10}, {3, 38}},
		"held [25 0] held held":                    {{25, 1}, {25, 0}, {25, 1}},
		"[0] [0] [0] [0]":                          {{0}, {0}, {0}},
		"held held held held [18]":                 {{2}, {0}, {10}, {6}},
		"[43] [35] [23] [18] [12] [131]":           {{43}, {35}, {23}, {18}, {12}},
		"[43] [35] held held held [115]":           {{43}, {35}, {23}, {2}, {12}},
		"[50 40] [60 40] held held held [177 120]": {{50, 40}, {60, 40}, {39, 1}, {8, 19}, {20, 20}},
		"[23] [43] [25] [21] [6] [27] [27] [172]":  {{23}, {43}, {25}, {21}, {6}, {27}, {27}},
	} {
		if got := told(rows); got != said {
			t.Errorf("%v is told as %q, want %q", rows, got, said)
		}
	}
}
