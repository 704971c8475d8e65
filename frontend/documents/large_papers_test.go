package documents

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/packs"
)

// Nine hundred megabytes of papers on one agenda must neither fill the server's memory nor make a file nobody can
// open, and whoever gets the pack must be told where the others are.
func TestPackOfManyLargePapersIsBounded(t *testing.T) {
	needs(t, "pdftotext")
	press := Press{Setting: house, Printer: printer(t)}
	const size = 5 << 20
	pack := somePack(60)
	for i := range pack.Entries {
		e := &pack.Entries[i]
		if e.Case == nil {
			continue
		}
		e.Papers = nil
		for n := range 3 {
			e.Papers = append(e.Papers, packs.Paper{ID: uuid.New(), Name: fmt.Sprintf("Paper %d.pdf", n+1), Kind: "PDF", Bytes: size})
		}
	}
	opened, began := 0, time.Now()
	pdf, err := press.PDF(t.Context(), pack, func(context.Context, uuid.UUID) (io.ReadCloser, error) {
		opened++
		return io.NopCloser(io.LimitReader(rand.NewChaCha8([32]byte{}), size)), nil // they cannot be made smaller
	})
	if err != nil {
		t.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d papers, %d opened, %d bytes, %v, %d MB from the system", pack.Papers(), opened, len(pdf), time.Since(began), memory.Sys>>20)
	if opened != 4 || len(pdf) > packs.AttachMost+4<<20 || memory.Sys > 400<<20 {
		t.Errorf("%d papers were opened, the file has %d bytes, and the process %d", opened, len(pdf), memory.Sys)
	}
	text := strings.Join(strings.Fields(run(t, "pdftotext", "-layout", kept(t, "pack.pdf", pdf), "-")), " ")
	if !strings.Contains(text, "4 of the 180 papers are attached to the PDF, which carries 20 MB of papers at the most.") || strings.Count(text, "Attached to this file") != 4 {
		t.Error("the pack does not say which papers it carries")
	}
	page, err := house.Page(t.Context(), pack)
	if err != nil || strings.Count(string(page), house.BaseURL+"/papers/") != 180 {
		t.Errorf("the web page does not lead to every paper one by one: %v", err)
	}
}
