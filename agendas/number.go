package agendas

import (
	"strconv"
	"strings"
)

// number gives every listed item its number at publication. The first time they are 1, 2, 3 …
// Afterwards a number is never changed nor used again: what is added later takes the number above
// it and a letter, 5a, so that "item 6" in anyone's papers is still item 6.
func number(items []Item) []Item {
	used := make(map[string]bool, len(items))
	first := true
	for _, item := range items {
		if item.Number != "" {
			used[item.Number] = true
			first = false
		}
	}
	numbered := make([]Item, len(items))
	base := 0
	if !first {
		base = 1 // what is put above item 1 follows it by number
	}
	for i, item := range items {
		switch {
		case item.Number != "":
			base = leading(item.Number)
		case item.State != Listed:
		case first:
			base++
			item.Number = strconv.Itoa(base)
		default:
			item.Number = nextLetter(base, used)
			used[item.Number] = true
		}
		numbered[i] = item
	}
	return numbered
}

func leading(number string) int {
	n, _ := strconv.Atoi(strings.TrimRight(number, "abcdefghijklmnopqrstuvwxyz"))
	return n
}

// nextLetter is the first of 5a, 5b … 5z, 5aa … that nobody has had.
func nextLetter(base int, used map[string]bool) string {
	for n := 1; ; n++ {
		if candidate := strconv.Itoa(base) + letters(n); !used[candidate] {
			return candidate
		}
	}
}

func letters(n int) string {
	text := ""
	for ; n > 0; n = (n - 1) / 26 {
		text = string(rune('a'+(n-1)%26)) + text
	}
	return text
}
