package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"quorate/agendas/tracker"
	"quorate/server/base/fault"
)

// importMapping is what --mapping says of a file where guessing would not do; its shape is a promise.
type importMapping struct {
	Sheet      string                       `json:"sheet"`       // "" is guessed
	HeadingRow int                          `json:"heading_row"` // as the sheet numbers its rows; 0 is guessed
	Columns    map[string]string            `json:"columns"`     // by heading or letter: the field, "" to ignore; others are guessed
	Values     map[string]map[string]string `json:"values"`      // by field: what a cell says, and what it means; "" is Not known
}

// readMapping reads the file of --mapping, strictly: a slip in a name must not be taken for nothing.
func readMapping(path string) (importMapping, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return importMapping{}, fault.New(fault.NotFound, "The mapping file %s cannot be read. Check its name and folder.", path).Because(err)
	}
	var m importMapping
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return importMapping{}, fault.New(fault.Invalid, "The mapping file %s is not the JSON that is expected: %s. It holds “sheet”, “heading_row”, “columns” and “values”; see quorate import --help.", path, jsonTrouble(content, err))
	}
	return m, nil
}

// jsonTrouble says where a JSON text goes wrong.
func jsonTrouble(content []byte, err error) string {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line := 1 + bytes.Count(content[:min(int(syntax.Offset), len(content))], []byte("\n"))
		return fmt.Sprintf("line %d: %s", line, syntax)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// choose lays the mapping over what is guessed or remembered of a file.
func (m importMapping) choose(book *tracker.Workbook, choice tracker.Choice) (tracker.Choice, error) {
	if m.Sheet != "" && !strings.EqualFold(m.Sheet, choice.Sheet) || m.HeadingRow != 0 && m.HeadingRow != choice.HeadingRow {
		choice = tracker.Choice{Sheet: m.Sheet, HeadingRow: m.HeadingRow, Values: choice.Values}
	}
	if err := m.chooseColumns(book, &choice); err != nil {
		return tracker.Choice{}, err
	}
	return choice, m.chooseValues(&choice)
}

func (m importMapping) chooseColumns(book *tracker.Workbook, choice *tracker.Choice) error {
	if len(m.Columns) == 0 {
		return nil
	}
	look, err := book.LookAs(*choice)
	if err != nil {
		return err
	}
	choice.Sheet, choice.HeadingRow, choice.Columns = look.Sheet, look.HeadingRow, map[string]tracker.Field{}
	for _, column := range look.Columns {
		choice.Columns[column.Letter] = column.Field
	}
	chosen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(m.Columns)) {
		letter := columnOf(look, key)
		if letter == "" {
			return fault.New(fault.Invalid, "The mapping names the column “%s”, which row %d of the file does not have. Its columns are: %s.", key, look.HeadingRow, columnNames(look))
		}
		field, ok := tracker.FieldNamed(m.Columns[key])
		if !ok {
			return fault.New(fault.Invalid, "The mapping reads “%s” as “%s”, which is no field. The fields are: %s.", key, m.Columns[key], fieldNames())
		}
		for other, guessed := range choice.Columns {
			if field != "" && guessed == field && !chosen[other] {
				choice.Columns[other] = "" // a guess gives way to what was said
			}
		}
		choice.Columns[letter], chosen[letter] = field, true
	}
	return nil
}

// columnOf finds a column by its heading, else by its letter.
func columnOf(look tracker.Look, key string) string {
	for _, column := range look.Columns {
		if tracker.SameHeading(column.Heading, key) {
			return column.Letter
		}
	}
	for _, column := range look.Columns {
		if strings.EqualFold(column.Letter, strings.TrimSpace(key)) {
			return column.Letter
		}
	}
	return ""
}

func columnNames(look tracker.Look) string {
	var names []string
	for _, column := range look.Columns {
		names = append(names, column.Letter+" "+column.Heading)
	}
	return strings.Join(names, ", ")
}

func fieldNames() string {
	var names []string
	for _, field := range tracker.ColumnFields() {
		names = append(names, string(field))
	}
	return strings.Join(names, ", ")
}

func (m importMapping) chooseValues(choice *tracker.Choice) error {
	for _, name := range slices.Sorted(maps.Keys(m.Values)) {
		field, ok := tracker.FieldNamed(name)
		if !ok || field == "" {
			return fault.New(fault.Invalid, "The mapping gives values for “%s”, which is no field. The fields are: %s.", name, fieldNames())
		}
		if choice.Values == nil {
			choice.Values = map[tracker.Field]map[string]string{}
		}
		if choice.Values[field] == nil {
			choice.Values[field] = map[string]string{}
		}
		for said, means := range m.Values[name] {
			choice.Values[field][strings.ToLower(said)] = means
		}
	}
	return nil
}
