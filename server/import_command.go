package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

type importCommand struct {
	File    string `arg:"" name:"file" help:"The tracker: an Excel workbook (.xlsx) or CSV; .ods and .xls too where LibreOffice is installed." type:"path"`
	DryRun  bool   `name:"dry-run" help:"Compare the file with the cases held and change nothing."`
	JSON    bool   `name:"json" help:"Print the result as JSON."`
	Sheet   string `name:"sheet" help:"Read this sheet of the workbook. Empty: the one that looks like a tracker."`
	Mapping string `name:"mapping" help:"A JSON file that says what cannot be guessed: sheet, heading row, columns, values." type:"path"`
}

// Help is what --help says beyond the flags.
func (importCommand) Help() string {
	return `Reads a tracker and puts it into the cases. New rows become cases, changed rows change theirs, and a
column the file does not have clears nothing. A case the file does not name stays as it is. Importing the
same file again changes nothing.

Sheet, heading row and columns are found as the import pages find them: as the same headings were matched
last time, else by the headings councils use. What a meeting recorded stays until the file agrees.

A cell that cannot be read is a warning: the row comes in with that field Not known. A row without a
reference, a name or a date of birth, or that contradicts another row, is an error and is left out.

It exits with 0 when the file was imported or compared, warnings and rows in error included; with 1 when the
file or the mapping was refused, or the database could not be reached; with 80 when the command itself was
misspelt.

--mapping FILE holds, all of it optional:
  {"sheet": "Tracker", "heading_row": 3,
   "columns": {"Lives at": "placement", "AC": "notes", "Shoe size": ""},
   "values": {"ehcp": {"see notes": "Yes"}, "locality": {"nth": "North"}}}
A column is named by its heading or else its letter, and read as a field by its name or in words ("Weekly
cost"); "" ignores it. A value that means "" is Not known. What is left out is guessed.

--json prints one object. Rows are the sheet's own numbers, counts are of rows unless said:
  file, sheet ("" for CSV), heading_row
  columns          [{"letter", "heading", "field"}], those that are read
  ignored          [heading], with why when another column gives the same field
  missing          [field] that no column supplies; nothing held about them changes
  notices          [sentence] about the file as a whole
  new, changed, unchanged
  absent           cases held that the file does not name; nothing happens to them
  kept             values of meetings that the file disagrees with; they stay
  error_rows       rows left out; one may have several errors
  warnings, errors [{"row", "column", "value", "problem"}]: the column by its heading, the value as in the file
  unknown_words    [{"field", "value", "rows"}] to say the meaning of in "values"
Money is in pence (fields that end in _pence), dates are the London day.`
}

// Run imports the file, or with --dry-run says what importing it would do.
func (c *importCommand) Run(ctx context.Context, s *Settings) error {
	now, err := s.clock()
	if err != nil {
		return err
	}
	var mapping importMapping
	if c.Mapping != "" {
		if mapping, err = readMapping(c.Mapping); err != nil {
			return err
		}
	}
	if c.Sheet != "" {
		mapping.Sheet = c.Sheet
	}
	content, err := tracker.LoadFile(c.File)
	if err != nil {
		return err
	}
	book, err := tracker.Open(c.File, bytes.NewReader(content), int64(len(content)))
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
	kept, err := s.files(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	result, err := c.importBook(ctx, tracker.Store{DB: database, Files: kept}, book, content, mapping)
	if err != nil {
		return err
	}
	if c.JSON {
		return result.printJSON(os.Stdout)
	}
	return result.printWords(os.Stdout, c.DryRun)
}

// importBook reads a file as it is remembered, guessed and mapped, and imports or compares it.
func (c *importCommand) importBook(ctx context.Context, store tracker.Store, book *tracker.Workbook, content []byte, mapping importMapping) (importResult, error) {
	actor := access.System("import")
	var choice tracker.Choice
	var localities []string
	err := store.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		if choice, _, err = tracker.Remembered(tx, book); err != nil {
			return err
		}
		localities, err = tracker.Localities(tx)
		return err
	})
	if err == nil {
		choice, err = mapping.choose(book, choice)
	}
	if err != nil {
		return importResult{}, err
	}
	result, err := store.RunImport(ctx, actor, book.Name, content, tracker.ImportOptions{DryRun: c.DryRun, Choice: choice})
	if err != nil {
		return importResult{}, err
	}
	unknown, err := tracker.LookValues(book, choice, localities)
	if err != nil {
		return importResult{}, err
	}
	return resultOf(result, unknown), nil
}

// resultOf is what an import did, as others read it. Words that have been told what they mean are not unknown.
func resultOf(result tracker.Result, unknown []tracker.UnknownValue) importResult {
	of := result.Import
	r := importResult{
		File: of.FileName, Sheet: of.Sheet, HeadingRow: of.HeadingRow, Columns: []importColumn{}, Ignored: of.Ignored, Missing: of.Missing(), Notices: of.Notices,
		New: of.NewCount, Changed: of.ChangedCount, Unchanged: of.UnchangedCount, Absent: of.AbsentCount, Kept: of.KeptCount, ErrorRows: of.ErrorRowCount,
		Warnings: jsonProblems(result.Warnings), Errors: jsonProblems(result.Errors), UnknownWords: []importWord{},
	}
	for _, column := range of.Columns {
		r.Columns = append(r.Columns, importColumn{column.Letter, column.Heading, column.Field})
	}
	for _, word := range unknown {
		if !word.Decided {
			r.UnknownWords = append(r.UnknownWords, importWord{word.Field, word.Value, word.Count})
		}
	}
	return r
}

// importResult and its parts are the JSON others read; their shape is a promise.
type importResult struct {
	File         string          `json:"file"`
	Sheet        string          `json:"sheet"`
	HeadingRow   int             `json:"heading_row"`
	Columns      []importColumn  `json:"columns"`
	Ignored      []string        `json:"ignored"`
	Missing      []tracker.Field `json:"missing"`
	Notices      []string        `json:"notices"`
	New          int             `json:"new"`
	Changed      int             `json:"changed"`
	Unchanged    int             `json:"unchanged"`
	Absent       int             `json:"absent"`
	Kept         int             `json:"kept"`
	ErrorRows    int             `json:"error_rows"`
	Warnings     []importProblem `json:"warnings"`
	Errors       []importProblem `json:"errors"`
	UnknownWords []importWord    `json:"unknown_words"`
}

type importColumn struct {
	Letter  string        `json:"letter"`
	Heading string        `json:"heading"`
	Field   tracker.Field `json:"field"`
}

type importProblem struct {
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Value   string `json:"value"`
	Problem string `json:"problem"`
}

type importWord struct {
	Field tracker.Field `json:"field"`
	Value string        `json:"value"`
	Rows  int           `json:"rows"`
}

func (r importResult) printJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

func jsonProblems(problems []tracker.Problem) []importProblem {
	list := make([]importProblem, len(problems))
	for i, p := range problems {
		list[i] = importProblem{p.Row, p.Column, p.Value, p.Problem}
	}
	return list
}

func (r importResult) printWords(w io.Writer, dryRun bool) error {
	done := "Imported"
	if dryRun {
		done = "Compared, nothing changed:"
	}
	from := r.File
	if r.Sheet != "" {
		from += ", sheet " + r.Sheet
	}
	fmt.Fprintf(w, "%s %s, headings in row %d\n", done, from, r.HeadingRow)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "  new\t%d\n  changed\t%d\n  unchanged\t%d\n  kept from a meeting\t%d\n  no longer in the file\t%d\n  warnings\t%d\n  errors\t%d, in %s left out\n",
		r.New, r.Changed, r.Unchanged, r.Kept, r.Absent, len(r.Warnings), len(r.Errors), inRows(r.ErrorRows))
	if err := table.Flush(); err != nil {
		return err
	}
	for _, notice := range r.Notices {
		fmt.Fprintln(w, notice)
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(w, "Columns ignored: %s.\n", strings.Join(r.Ignored, "; "))
	}
	for _, word := range r.UnknownWords {
		fmt.Fprintf(w, "“%s” is not understood as %s, in %s. Say what it means with --mapping.\n", word.Value, word.Field.Label(), inRows(word.Rows))
	}
	for _, list := range []struct {
		title    string
		problems []importProblem
	}{{"Rows left out", r.Errors}, {"Warnings", r.Warnings}} {
		if len(list.problems) > 0 {
			fmt.Fprintf(w, "\n%s\n", list.title)
		}
		for _, p := range list.problems {
			fmt.Fprintf(w, "  Row %d, %s, “%s”: %s\n", p.Row, p.Column, p.Value, p.Problem)
		}
	}
	return nil
}

func inRows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
