package notifytest

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"quorate/server/base/db"
)

// place is what a column is, to whoever writes a message.
type place string

const (
	said   place = "said" // a message may say it
	code   place = "code" // a message may go by it, and nobody writes about a case there
	ofCase place = "case" // a message may neither say it nor differ for it
)

//go:embed columns.txt
var columnsText string

// listed is what a column is; of JSON about a case, but names the keys whose values a message may say.
type listed struct {
	place
	but []string
}

// columns is what each column of text is, by "table.column"; "table.*" is the rest of a table.
type columns map[string]listed

// readColumns reads the list as it is written.
func readColumns(text string) (columns, error) {
	list, now := columns{}, place("")
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		column, but, _ := strings.Cut(line, " but ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			now = place(strings.Trim(line, "[]"))
			if now != said && now != code && now != ofCase {
				return nil, fmt.Errorf("columns.txt, line %d: %q is none of said, code and case", number+1, now)
			}
		case list[column].place != "":
			return nil, fmt.Errorf("columns.txt, line %d: %s stands there twice", number+1, column)
		case strings.HasSuffix(column, ".*") && now != ofCase:
			return nil, fmt.Errorf("columns.txt, line %d: only of what is about cases may a whole table be named: %s", number+1, column)
		default:
			list[column] = listed{now, strings.Fields(but)}
		}
	}
	return list, nil
}

// column is one column of the database.
type column struct {
	Table, Name, Type string
	Words             bool // of text
	Closed            bool // only words of a list in the schema fit in

	but []string
}

func (c column) key() string { return c.Table + "." + c.Name }

// columnsOf are the columns of every table, River's and the migrations' own left out.
func columnsOf(tx db.Tx) (all []column, err error) {
	err = tx.Raw(`
		select r.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
			format_type(a.atttypid, a.atttypmod) ~ '^(text|character|citext|json)' as words,
			exists (
				select from pg_constraint k where k.conrelid = r.oid and k.contype = 'c' and k.conkey = array[a.attnum]
				and pg_get_constraintdef(k.oid) ~ '^CHECK \(\(.* = ANY \(\(?ARRAY\[''') as closed
		from pg_attribute a join pg_class r on r.oid = a.attrelid
		where r.relnamespace = 'public'::regnamespace and r.relkind = 'r' and a.attnum > 0 and not a.attisdropped
		and r.relname not like 'river\_%' and r.relname <> 'goose_db_version'
		order by 1, 2`).Scan(&all).Error
	return all, err
}

// judge says what each column of the database is, which columns of text nobody has thought about, and
// which lines are about columns that are gone.
func (list columns) judge(all []column) (cases []column, unknown, gone []string) {
	there := map[string]bool{}
	for _, c := range all {
		there[c.key()], there[c.Table+".*"] = true, true
		is, listed := list[c.key()]
		if !listed && c.Words && !c.Closed {
			is = list[c.Table+".*"]
		}
		c.but = is.but
		switch {
		case is.place == ofCase:
			cases = append(cases, c)
		case is.place == "" && c.Words && !c.Closed:
			unknown = append(unknown, c.key())
		}
	}
	for line := range list {
		if !there[line] {
			gone = append(gone, line)
		}
	}
	slices.Sort(gone)
	return cases, unknown, gone
}
