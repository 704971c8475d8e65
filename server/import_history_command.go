package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"quorate/agendas/tracker"
	"quorate/panels/history"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

type importHistoryCommand struct {
	Files  []string `arg:"" name:"file" help:"One Excel workbook (.xlsx) with the template's sheets, or up to four CSVs." type:"path"`
	DryRun bool     `name:"dry-run" help:"Compare the file with what is held and change nothing."`
	JSON   bool     `name:"json" help:"Print the result as JSON."`
}

// Help is what --help says beyond the flags.
func (importHistoryCommand) Help() string {
	return `Brings what a partnership knew before Quorate: people, seats, past decisions and open actions. The
sheets are found by their headings. Bringing the same file again changes nothing.

A row that cannot be right is an error and is left out, with how to mend it. All other rows are brought in
one transaction.

It exits with 0 when the file was brought or compared, warnings and rows in error included, and with 1 when
the file as a whole was refused or the database could not be reached.

--json prints {"sheets", "notices", "warnings", "errors"}; each sheet has its counts, each warning and error
"sheet", "row" (the sheet's own number), "column" (its heading), "value" and "problem".`
}

// Run brings the file, or with --dry-run says what bringing it would do.
func (c *importHistoryCommand) Run(ctx context.Context, s *Settings) error {
	now, err := s.clock()
	if err != nil {
		return err
	}
	var books []*tracker.Workbook
	for _, file := range c.Files {
		book, err := tracker.OpenFile(file)
		if err != nil {
			return err
		}
		books = append(books, book)
	}
	reading, err := history.Read(books, clock.DateOf(now()))
	if err != nil {
		return err // before the database: a wrong file needs no Postgres to say so
	}
	database, err := db.Open(ctx, s.database(now, s.quietLog()))
	if err != nil {
		return err
	}
	defer database.Close()
	if err := migrate(ctx, database); err != nil {
		return err
	}
	result, err := history.RunImport(ctx, database, access.System("import"), reading, c.DryRun)
	if err != nil {
		return err
	}
	if c.JSON {
		return printHistoryJSON(os.Stdout, result)
	}
	return c.printWords(os.Stdout, reading, result)
}

// historyProblem and historyResult are the JSON others read; their shape is a promise.
type historyProblem struct {
	Sheet   history.SheetKind `json:"sheet"`
	Row     int               `json:"row"`
	Column  string            `json:"column"`
	Value   string            `json:"value"`
	Problem string            `json:"problem"`
}

type historyResult struct {
	Sheets   []history.SheetCount `json:"sheets"`
	Notices  []string             `json:"notices"`
	Warnings []historyProblem     `json:"warnings"`
	Errors   []historyProblem     `json:"errors"`
}

func printHistoryJSON(w io.Writer, result history.Result) error {
	out := historyResult{Sheets: result.Sheets, Notices: result.Notices, Warnings: []historyProblem{}, Errors: []historyProblem{}}
	for _, p := range result.Problems {
		problem := historyProblem{p.Sheet, p.Row, p.Column, p.Value, p.Problem}
		if p.Error {
			out.Errors = append(out.Errors, problem)
		} else {
			out.Warnings = append(out.Warnings, problem)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func (c *importHistoryCommand) printWords(w io.Writer, reading *history.Reading, result history.Result) error {
	done := "Brought"
	if c.DryRun {
		done = "Compared, nothing changed:"
	}
	fmt.Fprintf(w, "%s %s\n", done, reading.File)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  sheet\tnew\tchanged\tunchanged\twarnings\trows left out")
	for _, s := range result.Sheets {
		fmt.Fprintf(table, "  %s\t%d\t%d\t%d\t%d\t%d\n", s.Kind.Title(), s.New, s.Changed, s.Unchanged, s.Warnings, s.ErrorRows)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, notice := range result.Notices {
		fmt.Fprintln(w, notice)
	}
	for _, p := range result.Problems {
		what := "Warning"
		if p.Error {
			what = "Left out"
		}
		fmt.Fprintf(w, "  %s: %s, row %d, %s, “%s”: %s\n", what, p.Sheet.Title(), p.Row, p.Column, p.Value, p.Problem)
	}
	return nil
}
