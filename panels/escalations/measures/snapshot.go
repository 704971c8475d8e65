package measures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// kept is what a measure said at the beginning of a month.
type kept struct {
	Rows  []Row `json:"rows"`
	Total Row   `json:"total"`
}

var keeper = access.System("measures")

// KeepMonth keeps what every board's measures say, once a month. It runs when a month begins, and again whenever it
// likes: what is kept for a month stays as it was kept first.
func KeepMonth(ctx context.Context, d *db.DB, kinds Kinds) error {
	var scopes []Scope
	err := d.Read(ctx, keeper, func(tx db.Tx) error {
		all, err := panels.Forums(tx)
		for _, f := range all {
			if f.Board {
				scopes = append(scopes, Scope{Name: f.Name, Board: true, actor: keeper, forums: leadingTo(f, all)})
			}
		}
		return err
	})
	var failed []error
	for _, scope := range scopes { // one board's trouble is not another's
		if err := d.Write(ctx, keeper, func(tx db.Tx) error { return keepMonth(tx, scope, kinds) }); err != nil {
			failed = append(failed, fmt.Errorf("measures of a board: %w", err))
		}
	}
	return errors.Join(append(failed, err)...)
}

func keepMonth(tx db.Tx, scope Scope, kinds Kinds) error {
	today := tx.Today()
	readings, err := ReadAll(tx, scope, today, kinds)
	if err != nil {
		return err
	}
	for _, r := range readings {
		if !r.Judged() {
			continue
		}
		content, err := json.Marshal(kept{Rows: r.Rows, Total: r.Total})
		if err != nil {
			return err
		}
		err = tx.Exec(`insert into measure_snapshot (forums, month, measure, as_at, content, taken_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
			scope.snapshotKey(), clock.NewDate(today.Year, today.Month, 1), r.Key, today, string(content), tx.Now).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// snapshotKey names the forums whose figures are comparable: the same ones.
func (s Scope) snapshotKey() string {
	ids := make([]string, len(s.forums))
	for i, f := range s.forums {
		ids[i] = f.ID.String()
	}
	slices.Sort(ids)
	return strings.Join(ids, ",")
}

// compare says how a board's figures have changed since the last month that was kept before the day. Measures over
// two years say it themselves.
func (r reader) compare(readings []Reading) error {
	if !r.scope.Board || len(readings) == 0 {
		return nil
	}
	var keys []Key
	for _, reading := range readings {
		keys = append(keys, reading.Key)
	}
	var rows []struct {
		Measure Key
		AsAt    clock.Date
		Content string
	}
	err := r.tx.Raw(`
		select distinct on (measure) measure, as_at, content from measure_snapshot
		where forums = ? and measure in ? and as_at < ? order by measure, month desc`, r.scope.snapshotKey(), keys, r.asAt).Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, row := range rows {
		var then kept
		if err := json.Unmarshal([]byte(row.Content), &then); err != nil {
			return err
		}
		i := slices.IndexFunc(readings, func(reading Reading) bool { return reading.Key == row.Measure })
		readings[i].Change = readings[i].changeSince(then, row.AsAt)
	}
	return nil
}

// changeSince is the change of what the rows come to, where both may be told.
func (r Reading) changeSince(then kept, on clock.Date) string {
	before := Reading{Definition: r.Definition, Rows: slices.Clone(then.Rows), Total: then.Total, board: r.board}
	before.withhold()
	if r.years || !r.Judged() || r.Total.Held || before.Total.Held || len(then.Total.Counts) != len(r.Total.Counts) {
		return ""
	}
	if r.Shape == Share {
		if before.Total.N() == 0 || r.Total.N() == 0 {
			return ""
		}
		return fmt.Sprintf("%s on %s", percent(before.Total.tenths()), on.Long())
	}
	change := r.Total.N() - before.Total.N()
	if r.board && r.People && change != 0 && change > -few && change < few {
		return fmt.Sprintf("Hardly changed since %s", on.Long()) // who came or went is not to be told from two figures
	}
	switch {
	case change == 0:
		return "As many as on " + on.Long()
	case change > 0:
		return fmt.Sprintf("%s more than on %s", commas(change), on.Long())
	default:
		return fmt.Sprintf("%s fewer than on %s", commas(-change), on.Long())
	}
}
