package packs_test

import (
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/packs"
)

// A pack that says a paper is attached when it is not, or says nothing of 900 MB that are elsewhere, sends its
// reader to the meeting without them.
func TestPackSaysWhichPapersThePDFCarries(t *testing.T) {
	t.Parallel()
	const mega = 1 << 20
	for words, sizes := range map[string][]int64{
		"":                                      {},
		"1 paper is attached to the PDF.":       {5 * mega},
		"All 3 papers are attached to the PDF.": {5 * mega, 10 * mega, 5 * mega},
		"The paper is too large to attach to the PDF, which carries 20 MB of papers at the most. Open it in Quorate, by its link under the item.":           {21 * mega},
		"1 of the 2 papers is attached to the PDF, which carries 20 MB of papers at the most. Open the others in Quorate, by the links under each item.":    {21 * mega, mega},
		"None of the 2 papers is attached to the PDF, which carries 20 MB of papers at the most. Open them in Quorate, by the links under each item.":       {21 * mega, 22 * mega},
		"4 of the 180 papers are attached to the PDF, which carries 20 MB of papers at the most. Open the others in Quorate, by the links under each item.": repeated(180, 5*mega),
		"2 of the 3 papers are attached to the PDF, which carries 20 MB of papers at the most. Open the others in Quorate, by the links under each item.":   {15 * mega, 6 * mega, 5 * mega},
	} {
		pack := packs.Pack{}
		for i, bytes := range sizes {
			if i%3 == 0 {
				pack.Entries = append(pack.Entries, packs.Entry{})
			}
			e := &pack.Entries[len(pack.Entries)-1]
			e.Papers = append(e.Papers, packs.Paper{ID: uuid.New(), Bytes: bytes})
		}
		if got := pack.PapersWords(); got != words {
			t.Errorf("%d papers: %q, want %q", len(sizes), got, words)
		}
		var carried int64
		for _, paper := range pack.Attached() {
			carried += paper.Bytes
		}
		if carried > packs.AttachMost {
			t.Errorf("%d papers: %d bytes are carried", len(sizes), carried)
		}
	}
}

func repeated(n int, bytes int64) (sizes []int64) {
	for range n {
		sizes = append(sizes, bytes)
	}
	return sizes
}
