package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/files"
)

// workbooks is how often the workbook is read by each side: it is long, so seldom.
const workbooks = 3

// import100kXLSX is the reading of a workbook of 100,000 people in 30 columns, from the file opened to
// its rows staged and compared, after which confirming never opens it again. The least it is held
// against is excelize reading the raw values of the same file, row by row, into nothing.
//
// The target is the promise: at most one and a half times as long, for all the product does beside: to
// tell dates from numbers by their formats, to judge every value, and to put the rows into the database.
func import100kXLSX(ctx context.Context, h *house) (_ figure, err error) {
	f := figure{name: "import-100k-xlsx", target: 1.5}
	scratch, err := h.scratch(ctx, "bench_workbook")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, scratch.close(context.WithoutCancel(ctx))) }()
	file, err := workbookOf(manyStrangers(largePeople))
	if err != nil {
		return f, err
	}
	peak, err := scratch.peakOf(ctx, h, "large.xlsx", file)
	if err != nil {
		return f, err
	}
	store := tracker.Store{DB: scratch.db, Files: files.InMemory()}
	clerk := access.System("bench")
	for range workbooks {
		if err := scratch.empty(ctx); err != nil {
			return f, err
		}
		chosen, err := store.Upload(ctx, clerk, "large.xlsx", bytes.NewReader(file))
		if err != nil {
			return f, err
		}
		began := time.Now()
		staged, err := store.ReadHere(ctx, clerk, chosen.ID)
		if err != nil {
			return f, err
		}
		f.product = append(f.product, time.Since(began))
		if staged.Status != tracker.Staged || staged.NewCount != largePeople || staged.ErrorCount+staged.WarningCount > 0 {
			return f, fmt.Errorf("%d of %d people were staged as new, with %d errors and %d warnings", staged.NewCount, largePeople, staged.ErrorCount, staged.WarningCount)
		}
		times, err := twice(func() (time.Duration, error) { return readRaw(file) })
		if err != nil {
			return f, err
		}
		f.bare, f.again = append(f.bare, times[0]), append(f.again, times[1])
	}
	fmt.Fprintf(os.Stderr, "%s: %.1f MB; the program peaks at %d MB\n", f.name, float64(len(file))/1e6, peak>>20)
	return f, nil
}

// readRaw reads every row of a workbook as excelize gives it, no number put into the words of its format.
func readRaw(file []byte) (time.Duration, error) {
	began := time.Now()
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, err
	}
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	read, cells := 0, 0
	for rows.Next() {
		columns, err := rows.Columns()
		if err != nil {
			return 0, err
		}
		read++
		cells += len(columns)
	}
	err = errors.Join(rows.Error(), rows.Close(), book.Close())
	took := time.Since(began)
	if err == nil && (read != largePeople+1 || cells < 25*largePeople) {
		err = fmt.Errorf("the bare side read %d rows and %d cells", read, cells)
	}
	return took, err
}

// workbookOf writes a CSV as a workbook with real date cells and numbers, as an export makes it.
func workbookOf(text []byte) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	format := "dd/mm/yyyy"
	day, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return nil, err
	}
	sheet, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	for number, record := range records {
		cells := make([]any, len(record))
		for i, value := range record {
			date, notDate := clock.ParseDate(value)
			amount, notNumber := strconv.ParseFloat(value, 64)
			switch {
			case value == "":
			case notDate == nil:
				cells[i] = excelize.Cell{StyleID: day, Value: time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, time.UTC)}
			case notNumber == nil && !strings.HasPrefix(value, "T"):
				cells[i] = amount
			default:
				cells[i] = value
			}
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", number+1), cells); err != nil {
			return nil, err
		}
	}
	if err := sheet.Flush(); err != nil {
		return nil, err
	}
	written, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return written.Bytes(), nil
}
