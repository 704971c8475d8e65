package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/tracker"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// wizardPage frames a question about an import's file.
func wizardPage(title, back string, problem *fault.Fault) layout.PageInfo {
	return layout.PageInfo{Title: title, Section: "Tracker", Wide: true, Before: govuk.BackLink{Href: back}, Errors: fieldsOf(problem)}
}

// sheetPage asks where in the file the tracker is. A sheet and row asked for in the address are shown
// and not yet chosen.
func (s *Site) sheetPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	opened, err := s.Tracker.OpenFile(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	choice := tracker.Choice{Sheet: opened.Import.Choice.Sheet, HeadingRow: opened.Import.Choice.HeadingRow}
	typed := ""
	if c.Query("sheet") != "" || c.Query("heading_row") != "" {
		typed = c.Query("heading_row")
		choice = tracker.Choice{Sheet: c.Query("sheet"), HeadingRow: max(0, whole(typed))}
		if shown := c.Query("shown"); shown != "" && shown != choice.Sheet {
			choice.HeadingRow, typed = 0, "" // the row was the other sheet's
		}
	}
	return s.showSheet(c, actor, opened, choice, typed, nil)
}

func (s *Site) showSheet(c *fiber.Ctx, actor access.Actor, opened tracker.OpenedFile, choice tracker.Choice, typed string, problem *fault.Fault) error {
	look, err := opened.Book.LookAs(choice)
	if f := mendable(err); f != nil && problem == nil {
		problem = onField("heading_row", f)
		look, err = opened.Book.LookAs(tracker.Choice{})
	}
	if err != nil {
		return err
	}
	page := views.SheetPage{
		Href: views.Href(opened.Import), File: opened.Import.FileName, Sheet: look.Sheet, HeadingRow: strconv.Itoa(look.HeadingRow),
		Guessed: opened.Import.Choice.HeadingRow == 0 && choice.HeadingRow == 0, Found: look.Guessed, Problems: fieldsOf(problem),
	}
	if problem != nil {
		page.HeadingRow = typed
	}
	if len(look.Sheets) > 1 {
		for _, sheet := range look.Sheets {
			page.Sheets = append(page.Sheets, views.Sheet{Name: sheet.Name, Rows: sheet.Rows, Hidden: sheet.Hidden})
		}
	}
	for _, row := range look.Top {
		page.Top = append(page.Top, views.TopRow{Number: row.Number, Cells: row.Cells})
	}
	for _, column := range look.Columns {
		page.Letters = append(page.Letters, column.Letter)
	}
	return s.render(c, actor, formStatus(problem), wizardPage("Where are the headings?", "/tracker", problem), views.ChooseSheet(page))
}

// onField puts a fault's sentence beside the field it is about.
func onField(name string, f *fault.Fault) *fault.Fault {
	return &fault.Fault{Kind: f.Kind, Sentence: f.Sentence, Fields: []fault.Field{{Name: name, Sentence: f.Sentence}}}
}

// chooseSheet keeps where the tracker is. Another sheet is first shown with the row guessed on it.
func (s *Site) chooseSheet(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	opened, err := s.Tracker.OpenFile(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	sheet, row := typed("sheet"), typed("heading_row")
	if shown := typed("shown"); sheet != "" && shown != sheet {
		return s.showSheet(c, actor, opened, tracker.Choice{Sheet: sheet}, "", nil)
	}
	if whole(row) < 1 {
		problem := onField("heading_row", fault.New(fault.Invalid, "Enter the number of the row that holds the headings, like 3."))
		return s.showSheet(c, actor, opened, tracker.Choice{Sheet: sheet}, row, problem)
	}
	_, err = s.Tracker.ChooseSheet(c.UserContext(), actor, opened, sheet, whole(row))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return s.showSheet(c, actor, opened, tracker.Choice{Sheet: sheet}, row, onField("heading_row", f))
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(opened.Import)+"/columns", "")
}

// columnsPage asks what each column holds.
func (s *Site) columnsPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	opened, err := s.Tracker.OpenFile(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	return s.showColumns(c, actor, opened, nil, nil)
}

// showColumns shows the columns as they were guessed or chosen, or as typed says.
func (s *Site) showColumns(c *fiber.Ctx, actor access.Actor, opened tracker.OpenedFile, typed map[string]tracker.Field, problem *fault.Fault) error {
	look, err := opened.Book.LookAs(opened.Choice())
	if err != nil {
		return err
	}
	page := views.ColumnsPage{Href: views.Href(opened.Import), File: opened.Import.FileName, Fields: tracker.ColumnFields(), Problems: fieldsOf(problem)}
	for _, column := range look.Columns {
		field := column.Field
		if typed != nil {
			field = typed[column.Letter]
		}
		page.Columns = append(page.Columns, views.ColumnChoice{Letter: column.Letter, Heading: column.Heading, Samples: column.Samples, Field: string(field)})
	}
	info := wizardPage("What does each column hold?", page.Href+"/sheet", problem)
	return s.render(c, actor, formStatus(problem), info, views.MatchColumns(page))
}

// matchColumns keeps what the columns hold, and asks about words or begins to read.
func (s *Site) matchColumns(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	opened, err := s.Tracker.OpenFile(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	look, err := opened.Book.LookAs(opened.Choice())
	if err != nil {
		return err
	}
	typed := make(map[string]tracker.Field, len(look.Columns))
	for _, column := range look.Columns {
		typed[column.Letter] = tracker.Field(c.FormValue(tracker.ColumnControl(column.Letter)))
	}
	next, err := s.Tracker.MatchColumns(c.UserContext(), actor, opened, typed)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return s.showColumns(c, actor, opened, typed, f)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, stepHref(opened.Import, next), "")
}

// stepHref is the page of what is to be asked next, or the import's own once it is being read.
func stepHref(i tracker.Import, step tracker.Step) string {
	if step == tracker.AskNothing {
		return views.Href(i)
	}
	return views.Href(i) + "/" + string(step)
}

const (
	keepAsWritten = "as it is"  // the option for a word that may stay
	notKnownWord  = "not known" // the option for a word that says nothing
	askedWords    = 25          // of one column
)

// wordsPage asks what the words mean that are not understood.
func (s *Site) wordsPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	opened, err := s.Tracker.OpenFile(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	unknown := opened.UnknownValues()
	if len(unknown) == 0 {
		return s.redirect(c, views.Href(opened.Import)+"/columns", "Every word of this file is understood.")
	}
	return s.showWords(c, actor, opened, unknown, nil, nil)
}

func (s *Site) showWords(c *fiber.Ctx, actor access.Actor, opened tracker.OpenedFile, unknown []tracker.UnknownValue, typed func(name string) string, problem *fault.Fault) error {
	page := views.WordsPage{Href: views.Href(opened.Import), File: opened.Import.FileName, Problems: fieldsOf(problem)}
	for i, word := range unknown {
		if len(page.Fields) == 0 || page.Fields[len(page.Fields)-1].Field != word.Field {
			page.Fields = append(page.Fields, views.FieldWords{Field: word.Field, Options: meanings(word.Field, opened.Localities())})
		}
		field := &page.Fields[len(page.Fields)-1]
		if len(field.Words) == askedWords {
			field.More++
			continue
		}
		choice := views.WordChoice{Name: wordControl(word, i), Said: word.Value, Rows: word.Count}
		if typed != nil {
			choice.Means = typed(choice.Name)
		} else {
			choice.Means = meansNow(opened, word)
		}
		field.Words = append(field.Words, choice)
	}
	info := wizardPage("What do these words mean?", page.Href+"/columns", problem)
	return s.render(c, actor, formStatus(problem), info, views.MapWords(page))
}

func wordControl(word tracker.UnknownValue, at int) string {
	return fmt.Sprintf("word-%s-%d", word.Field, at)
}

// meanings are the options for a field's words.
func meanings(field tracker.Field, localities []string) []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "Choose what it means"}}
	for _, means := range field.Meanings(localities) {
		options = append(options, govuk.Option{Value: means, Text: means})
	}
	if field.KeepsWords() {
		options = append(options, govuk.Option{Value: keepAsWritten, Text: "Keep it as it is written"})
	}
	return append(options, govuk.Option{Value: notKnownWord, Text: "Not known"})
}

// meansNow is the option that is chosen before anybody chooses: what was said before, or what is likely.
func meansNow(opened tracker.OpenedFile, word tracker.UnknownValue) string {
	switch means, told := opened.Told(word.Field, word.Value); {
	case !told && (word.Field == tracker.LegalStatus || word.Field == tracker.SocialCareStatus):
		return keepAsWritten // most are words in full that no rule asks about
	case !told:
		return word.Likely(opened.Localities())
	case means == "":
		return notKnownWord
	case strings.EqualFold(means, word.Value):
		return keepAsWritten
	default:
		return means
	}
}

// mapWords keeps what the words mean and begins to read.
func (s *Site) mapWords(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	opened, err := s.Tracker.OpenFile(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	unknown := opened.UnknownValues()
	typed := typedIn(c)
	var form fault.Form
	told := map[tracker.Field]map[string]string{}
	asked := map[tracker.Field]int{}
	for i, word := range unknown {
		if asked[word.Field]++; asked[word.Field] > askedWords {
			continue
		}
		means := typed(wordControl(word, i))
		switch {
		case means == keepAsWritten && word.Field.KeepsWords():
			means = word.Value
		case means == notKnownWord:
			means = ""
		case !slices.Contains(word.Field.Meanings(opened.Localities()), means):
			form.Add(wordControl(word, i), "Choose what “%s” means. If nobody can say, choose Not known.", word.Value)
			continue
		}
		if told[word.Field] == nil {
			told[word.Field] = map[string]string{}
		}
		told[word.Field][word.Value] = means
	}
	if f := fault.As(form.Err()); f != nil {
		return s.showWords(c, actor, opened, unknown, typed, f)
	}
	if err := s.Tracker.TellWords(c.UserContext(), actor, opened, told); err != nil {
		return err
	}
	return s.redirect(c, views.Href(opened.Import), "")
}
