package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

type importCommand struct {
	File   string `arg:"" name:"file" help:"The tracker: an Excel workbook (.xlsx) or CSV." type:"path"`
	DryRun bool   `name:"dry-run" help:"Compare the file with the cases held and change nothing."`
	JSON   bool   `name:"json" help:"Print the result as JSON."`
	Sheet  string `name:"sheet" help:"Read this sheet of the workbook. Empty: the one that looks like a tracker."`
}

// Help is what --help says beyond the flags.
func (importCommand) Help() string {
	return `Reads a tracker and puts it into the cases. New rows become cases, changed rows change theirs, and a
column the file does not have clears nothing. Importing the same file again changes nothing.

A cell that cannot be read is a warning: the row comes in with that field Not known. A row without a
reference, a name or a date of birth, or that contradicts another row, is an error and is left out.

It exits with 0 when the file was imported or compared, warnings and rows in error included, and with 1
when the file as a whole was refused or the database could not be reached.

--json prints {"new", "changed", "unchanged", "warnings", "errors"}; each warning and error has "row" (the
sheet's own number), "column" (its heading), "value" (as in the file) and "problem".`
}

// Run imports the file, or with --dry-run says what importing it would do.
func (c *importCommand) Run(ctx context.Context, s *Settings) error {
	now, err := s.clock()
	if err != nil {
		return err
	}
	content, err := tracker.LoadFile(c.File)
	if err != nil {
		return err
	}
	choice := tracker.Choice{Sheet: c.Sheet}
	book, err := tracker.Open(c.File, bytes.NewReader(content), int64(len(content)))
	if err == nil {
		err = book.Check(choice)
	}
	if err != nil {
		return err // before the database: a wrong file needs no Postgres to say so
	}
	database, err := db.Open(ctx, s.database(now, s.log()))
	if err != nil {
		return err
	}
	defer database.Close()
	if err := migrate(ctx, database); err != nil {
		return err
	}
	kept, err := s.files(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	store := tracker.Store{DB: database, Files: kept}
	result, err := store.RunImport(ctx, access.System("import"), book.Name, content, tracker.ImportOptions{DryRun: c.DryRun, Choice: choice})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, result)
	}
	return c.printWords(os.Stdout, result)
}

// importProblem and importResult are the JSON others read; their shape is a promise.
type importProblem struct {
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Value   string `json:"value"`
	Problem string `json:"problem"`
}

type importResult struct {
	New       int             `json:"new"`
	Changed   int             `json:"changed"`
	Unchanged int             `json:"unchanged"`
	Warnings  []importProblem `json:"warnings"`
	Errors    []importProblem `json:"errors"`
}

func printJSON(w io.Writer, result tracker.Result) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(importResult{
		New: result.Import.NewCount, Changed: result.Import.ChangedCount, Unchanged: result.Import.UnchangedCount,
		Warnings: jsonProblems(result.Warnings), Errors: jsonProblems(result.Errors),
	})
}

func jsonProblems(problems []tracker.Problem) []importProblem {
	list := make([]importProblem, len(problems))
	for i, p := range problems {
		list[i] = importProblem{p.Row, p.Column, p.Value, p.Problem}
	}
	return list
}

func (c *importCommand) printWords(w io.Writer, result tracker.Result) error {
	done := "Imported"
	if c.DryRun {
		done = "Compared, nothing changed:"
	}
	from := result.Import.FileName
	if result.Import.Sheet != "" {
		from += ", sheet " + result.Import.Sheet
	}
	fmt.Fprintf(w, "%s %s\n", done, from)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "  new\t%d\n  changed\t%d\n  unchanged\t%d\n  warnings\t%d\n  errors\t%d\n",
		result.Import.NewCount, result.Import.ChangedCount, result.Import.UnchangedCount, len(result.Warnings), len(result.Errors))
	if err := table.Flush(); err != nil {
		return err
	}
	for _, notice := range result.Import.Notices {
		fmt.Fprintln(w, notice)
	}
	for _, list := range []struct {
		title    string
		problems []tracker.Problem
	}{{"Rows left out", result.Errors}, {"Warnings", result.Warnings}} {
		if len(list.problems) > 0 {
			fmt.Fprintf(w, "\n%s\n", list.title)
		}
		for _, p := range list.problems {
			fmt.Fprintf(w, "  Row %d, %s, “%s”: %s\n", p.Row, p.Column, p.Value, p.Problem)
		}
	}
	return nil
}
