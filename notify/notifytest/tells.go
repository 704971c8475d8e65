package notifytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// canary begins every word that is put in the place of what was written about a case.
const canary = "Canary of "

var errTakenBack = errors.New("notifytest: nothing is kept")

// tells says what a notice gives away of a case. Everything that is written about any case is written
// over, in a transaction that is taken back: the message has to be the same, letter by letter, so that it
// neither says such a word nor shortens, counts or goes by one.
func tells(ctx context.Context, post *notify.Store, n notify.Notice) (telling []string, err error) {
	err = post.DB.Write(ctx, access.System("notifytest"), func(tx db.Tx) error {
		// What writing it keeps, such as that somebody was told, must not be known to the second.
		if err := tx.SavePoint("unwritten").Error; err != nil {
			return err
		}
		before, send, err := post.PreviewIn(tx, n)
		if err != nil || !send {
			return errors.Join(err, fmt.Errorf("it would be sent: %t", send))
		}
		if err := tx.RollbackTo("unwritten").Error; err != nil {
			return err
		}
		if err := overwriteCases(tx); err != nil {
			return err
		}
		after, send, err := post.PreviewIn(tx, n)
		if err != nil {
			return fmt.Errorf("it cannot be written: %w", err)
		}
		if !send {
			telling = []string{"is not sent any more when other words stand in every case; if it goes by a code, say so in columns.txt"}
			return errTakenBack
		}
		first, second := written(n, before), written(n, after)
		for ending, text := range second {
			if leak := regexp.MustCompile(`(?i)` + canary + `[a-z_.]+`).FindString(text + after.Subject); leak != "" {
				telling = append(telling, fmt.Sprintf("says in %s what is written about a case: %s", ending, leak))
			}
			if diff := cmp.Diff(first[ending], text); diff != "" {
				telling = append(telling, fmt.Sprintf("says something else in %s when other words stand in every case (-as they were +others):\n%s", ending, diff))
			}
		}
		return errTakenBack
	})
	if errors.Is(err, errTakenBack) {
		err = nil
	}
	return telling, err
}

// overwriteCases puts a canary into every column that holds something of a case, as the owner of the
// tables: no trigger keeps the record unchanged and no check wants another form.
func overwriteCases(tx db.Tx) error {
	cases, err := columnsOfCases(tx)
	if err != nil {
		return err
	}
	if err := tx.Exec(`select set_config('role', 'none', true)`).Error; err != nil {
		return err
	}
	tables := map[string][]column{}
	for _, c := range cases {
		tables[c.Table] = append(tables[c.Table], c)
	}
	filled, err := filledOf(tx, tables)
	if err != nil {
		return err
	}
	for _, table := range filled {
		if err := overwrite(tx, table, tables[table]); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return tx.Exec(`select set_config('role', ?, true)`, db.AppRole).Error
}

// judged is what columnsOfCases found in this process, whose databases are copies of one template.
var judged struct {
	sync.Mutex
	cases []column
}

func columnsOfCases(tx db.Tx) ([]column, error) {
	judged.Lock()
	defer judged.Unlock()
	if judged.cases != nil {
		return judged.cases, nil
	}
	list, err := readColumns(columnsText)
	if err != nil {
		return nil, err
	}
	all, err := columnsOf(tx)
	if err != nil {
		return nil, err
	}
	cases, unknown, _ := list.judge(all)
	if len(unknown) > 0 {
		return nil, fmt.Errorf("may a message say these? Put them in notify/notifytest/columns.txt: %s", strings.Join(unknown, ", "))
	}
	judged.cases = cases
	return cases, nil
}

// filledOf are those tables that hold a row.
func filledOf(tx db.Tx, tables map[string][]column) (filled []string, err error) {
	var each []string
	for table := range tables {
		each = append(each, fmt.Sprintf(`select '%[1]s' as name where exists (select from %[1]s)`, table))
	}
	err = tx.Raw(strings.Join(each, " union all ") + " order by 1").Scan(&filled).Error
	return filled, err
}

func overwrite(tx db.Tx, table string, cases []column) error {
	if err := loosen(tx, table); err != nil {
		return err
	}
	var sets []string
	for _, c := range cases {
		other := fmt.Sprintf(`'%s%s ' || ctid`, canary, c.key())
		switch c.Type {
		case "json", "jsonb":
			if err := overwriteJSON(tx, c); err != nil {
				return err
			}
			continue
		case "text[]":
			other = "array[" + other + "]"
		case "date":
			other = c.Name + " + 1"
		case "integer", "bigint":
			other = c.Name + " + 1"
		}
		empty := ""
		if slices.Contains(c.but, "empty") {
			empty = fmt.Sprintf(" when %s = '' then ''", c.Name)
		}
		sets = append(sets, fmt.Sprintf("%[1]s = case when %[1]s is null then null%[3]s else %[2]s end", c.Name, other, empty))
	}
	if len(sets) == 0 {
		return nil
	}
	return tx.Exec("update " + table + " set " + strings.Join(sets, ", ")).Error
}

// loosen takes from a table what would keep a canary out, until the transaction is taken back.
func loosen(tx db.Tx, table string) error {
	var checks []string
	if err := tx.Raw(`select quote_ident(conname) from pg_constraint where conrelid = ?::regclass and contype = 'c'`, table).Scan(&checks).Error; err != nil {
		return err
	}
	change := "alter table " + table + " disable trigger user"
	for _, check := range checks {
		change += ", drop constraint " + check
	}
	return tx.Exec(change).Error
}

// codeLike is what stands in JSON as a key, a number, an id, a day or a moment, and not as words.
var codeLike = regexp.MustCompile(`^(?:[a-z0-9_.:/+-]*|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))$`)

// overwriteJSON puts canaries in the place of the words in a column of JSON.
func overwriteJSON(tx db.Tx, c column) error {
	var rows []struct{ Place, Content string }
	if err := tx.Raw(fmt.Sprintf(`select ctid::text as place, %[1]s::text as content from %[2]s where %[1]s is not null`, c.Name, c.Table)).Scan(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		var content any
		reader := json.NewDecoder(strings.NewReader(row.Content))
		reader.UseNumber()
		if err := reader.Decode(&content); err != nil {
			return err
		}
		text, err := json.Marshal(otherWords(content, canary+c.key(), c.but))
		if err != nil {
			return err
		}
		if err := tx.Exec(fmt.Sprintf(`update %s set %s = cast(? as %s) where ctid = cast(? as tid)`, c.Table, c.Name, c.Type), string(text), row.Place).Error; err != nil {
			return err
		}
	}
	return nil
}

func otherWords(content any, others string, but []string) any {
	switch content := content.(type) {
	case map[string]any:
		for key, value := range content {
			if !slices.Contains(but, key) {
				content[key] = otherWords(value, others, nil)
			}
		}
	case []any:
		for i, value := range content {
			content[i] = otherWords(value, others, nil)
		}
	case string:
		if !codeLike.MatchString(content) {
			return others
		}
	}
	return content
}
