package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/files"
	"quorate/server/demo"
)

const imports = 16

// import385 is the confirming of an import of 385 people nobody had heard of. The least that takes is to
// copy as many cases into a table with the same indexes, durably.
//
// The target: measured from 3 to 4 on two busy cores. What the product does beside is to see that no
// case has moved since the preview, to write each case's history field by field, to give each an alias
// for the boards and to say that they changed. They work on a database of their own, because the other
// figures build agendas from this tracker, and nobody's meeting hears four thousand strangers.
func import385(ctx context.Context, h *house) (_ figure, err error) {
	f := figure{name: "import-385", target: 6}
	scratch, err := h.scratch(ctx, "bench_small")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, scratch.close(context.WithoutCancel(ctx))) }()
	clerk, bare := access.System("bench"), scratch.bare
	store := tracker.Store{DB: scratch.db, Files: files.InMemory()}
	for n := range imports {
		file, people, err := strangers(n)
		if err != nil {
			return f, err
		}
		staged, err := stage(ctx, store, clerk, file)
		if err != nil {
			return f, err
		}
		began := time.Now()
		confirmed, err := store.ConfirmHere(ctx, clerk, staged.ID, staged.Version)
		took := time.Since(began)
		if err != nil {
			return f, err
		}
		if confirmed.NewCount != people {
			return f, fmt.Errorf("%d of %d people were new", confirmed.NewCount, people)
		}
		columns, cases, err := casesOf(ctx, bare, staged.ID)
		if err != nil {
			return f, err
		}
		if n >= 2 { // both sides have their statements ready
			f.product = append(f.product, took)
		}
		for range 3 { // it is short, and so uneven
			times, err := twice(func() (time.Duration, error) { return copyCases(ctx, bare, columns, cases) })
			if err != nil {
				return f, err
			}
			if n >= 2 {
				f.bare, f.again = append(f.bare, times[0]), append(f.again, times[1])
			}
		}
	}
	return f, nil
}

// stage has a file read and compared by this process, without a job.
func stage(ctx context.Context, store tracker.Store, clerk access.Actor, file []byte) (tracker.Import, error) {
	chosen, err := store.Upload(ctx, clerk, "tracker.csv", bytes.NewReader(file))
	if err != nil {
		return chosen, err
	}
	return store.ReadHere(ctx, clerk, chosen.ID)
}

// strangers is the demo's tracker with other references and surnames, so that everybody in it is new.
func strangers(n int) (file []byte, people int, err error) {
	rows, err := csv.NewReader(bytes.NewReader(demo.Tracker())).ReadAll()
	if err != nil {
		return nil, 0, err
	}
	for _, row := range rows[1:] {
		row[0], row[2] = fmt.Sprintf("N%d-%s", n, row[0]), fmt.Sprintf("%s-%d", row[2], n)
	}
	var written bytes.Buffer
	err = csv.NewWriter(&written).WriteAll(rows)
	return written.Bytes(), len(rows) - 1, err
}

// casesOf reads what an import made, as it will be copied.
func casesOf(ctx context.Context, conn *pgx.Conn, importID uuid.UUID) (columns []string, cases [][]any, err error) {
	rows, err := conn.Query(ctx, `select * from cases where id in (select case_id from case_history where import_id = $1)`, importID)
	if err != nil {
		return nil, nil, err
	}
	for _, field := range rows.FieldDescriptions() {
		columns = append(columns, field.Name)
	}
	cases, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	return columns, cases, err
}

// copyCases copies them into the empty table, durably.
func copyCases(ctx context.Context, conn *pgx.Conn, columns []string, cases [][]any) (time.Duration, error) {
	if _, err := conn.Exec(ctx, `truncate bare.cases`); err != nil {
		return 0, err
	}
	began := time.Now()
	copied, err := conn.CopyFrom(ctx, pgx.Identifier{"bare", "cases"}, columns, pgx.CopyFromRows(cases))
	took := time.Since(began)
	if err == nil && (copied < 300 || copied != int64(len(cases))) {
		err = fmt.Errorf("the bare side copied %d of %d cases", copied, len(cases))
	}
	return took, err
}
