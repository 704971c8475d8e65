package tracker

import (
	"fmt"
	"strings"
)

// Fields are columns, of cases and of staged rows alike, so what is done with all of a file's fields at
// once is SQL written from their names, which are constants of this package.

// each writes a pattern for every field, %[1]s being its column and %[2]s its type.
func each(fields []Field, pattern, between string) string {
	list := make([]string, len(fields))
	for i, field := range fields {
		list[i] = fmt.Sprintf(pattern, string(field), ruleOf[field].sqlType())
	}
	return strings.Join(list, between)
}

// columnsOf lists fields as the columns of a table, or of none: "r.forename, r.surname".
func columnsOf(fields []Field, table string) string {
	if table != "" {
		table += "."
	}
	return each(fields, table+"%[1]s", ", ")
}

// sqlType is the type of the field's column.
func (r *fieldRule) sqlType() string {
	switch {
	case r.text != nil:
		return "text"
	case r.date != nil:
		return "date"
	case r.flag != nil:
		return "boolean"
	default:
		return "bigint"
	}
}

// changesOf writes {field: [before, after]} of the fields that differ between the tables b and a.
func changesOf(fields []Field) string {
	return `('{' || concat_ws(',', ` + each(fields,
		`case when b.%[1]s is distinct from a.%[1]s then '"%[1]s":[' || coalesce(to_json(b.%[1]s)::text, 'null') || ',' || coalesce(to_json(a.%[1]s)::text, 'null') || ']' end`, ",\n") + `) || '}')::jsonb`
}

// beginningOf writes {field: [null, after]} of the fields that are known in the table a.
func beginningOf(fields []Field) string {
	texts := make([]string, len(fields))
	for i, field := range fields {
		value := "a." + string(field)
		switch ruleOf[field].sqlType() {
		case "text":
			texts[i] = fmt.Sprintf(`case when %s <> '' then '"%s":[null,' || to_json(%[1]s)::text || ']' end`, value, field)
		case "date":
			texts[i] = fmt.Sprintf(`'"%s":[null,"' || %s::text || '"]'`, field, value)
		default:
			texts[i] = fmt.Sprintf(`'"%s":[null,' || %s::text || ']'`, field, value)
		}
	}
	return `('{' || concat_ws(',', ` + strings.Join(texts, ",\n") + `) || '}')::jsonb`
}
