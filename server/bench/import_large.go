package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quorate/agendas/tracker"
	"quorate/migrations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/files"
)

const (
	largePeople  = 100_000
	largeImports = 4
	largestPeak  = 400 << 20 // of the program that reads and confirms it, in bytes
)

// import100kCSV is the confirming of an import of 100,000 people in 30 columns that nobody had heard of,
// from the click to the commit. The least that takes is a bare COPY of the same values into the same
// table with its indexes. Both work on a database of their own, so that nobody's background work is
// counted, and both begin with empty tables each time.
//
// The target is the promise: at most three times as long. What the product does beside is to see that no
// case has moved since the preview, to write each case's history field by field and to give each an
// alias for the boards.
func import100kCSV(ctx context.Context, h *house) (_ figure, err error) {
	f := figure{name: "import-100k-csv", target: 3}
	scratch, err := h.scratch(ctx, "bench_import")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, scratch.close(context.WithoutCancel(ctx))) }()
	file := manyStrangers(largePeople)
	peak, err := scratch.peakOf(ctx, h, "large.csv", file)
	if err != nil {
		return f, err
	}
	store := tracker.Store{DB: scratch.db, Files: files.InMemory()}
	var staging, clearing []time.Duration
	for n := range largeImports {
		if err := scratch.empty(ctx); err != nil {
			return f, err
		}
		began := time.Now()
		staged, err := stage(ctx, store, access.System("bench"), file)
		if err != nil {
			return f, err
		}
		staging = append(staging, time.Since(began))
		began = time.Now()
		confirmed, err := store.ConfirmHere(ctx, access.System("bench"), staged.ID, staged.Version)
		took := time.Since(began)
		if err != nil {
			return f, err
		}
		if err := scratch.holds(ctx, confirmed); err != nil {
			return f, err
		}
		began = time.Now()
		if err := store.ClearSettled(ctx, tracker.ImportSettled{Import: staged.ID}); err != nil {
			return f, err
		}
		clearing = append(clearing, time.Since(began))
		columns, cases, err := casesOf(ctx, scratch.bare, staged.ID)
		if err != nil {
			return f, err
		}
		times, err := twice(func() (time.Duration, error) { return copyCases(ctx, scratch.bare, columns, cases) })
		if err != nil {
			return f, err
		}
		if n > 0 { // both sides have their statements ready, and their files
			f.product, f.bare, f.again = append(f.product, took), append(f.bare, times[0]), append(f.again, times[1])
		}
	}
	fmt.Fprintf(os.Stderr, "%s: %.1f MB read and compared in %.0f ms, beforehand; rows cleared away in %.0f ms, afterwards; the program peaks at %d MB\n",
		f.name, float64(len(file))/1e6, milliseconds(median(staging)), milliseconds(median(clearing)), peak>>20)
	return f, nil
}

// scratch is a database beside the demo's, in the same Postgres.
type scratch struct {
	house *house
	name  string
	db    *db.DB
	bare  *pgx.Conn
}

func (h *house) scratch(ctx context.Context, name string) (_ *scratch, err error) {
	s := &scratch{house: h, name: name}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(context.WithoutCancel(ctx)))
		}
	}()
	if err := h.db.AsOwner(ctx, func(owner *sql.DB) error { _, err := owner.ExecContext(ctx, "create database "+name); return err }); err != nil {
		return nil, err
	}
	if s.db, err = db.Open(ctx, db.Config{URL: h.private.OwnerURL(name), MaxConns: 4, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, err
	}
	if err := s.db.AsOwner(ctx, func(owner *sql.DB) error { return migrations.Up(ctx, owner) }); err != nil {
		return nil, err
	}
	if s.bare, err = pgx.Connect(ctx, h.private.OwnerURL(name)); err != nil {
		return nil, err
	}
	_, err = s.bare.Exec(ctx, "create schema bare; create table bare.cases (like cases including all); set enable_nestloop = off")
	return s, err
}

func (s *scratch) close(ctx context.Context) error {
	var failed []error
	if s.bare != nil {
		failed = append(failed, s.bare.Close(ctx))
	}
	if s.db != nil {
		failed = append(failed, s.db.Close())
	}
	return errors.Join(append(failed, s.house.db.AsOwner(ctx, func(owner *sql.DB) error {
		_, err := owner.ExecContext(ctx, "drop database if exists "+s.name+" with (force)")
		return err
	}))...)
}

// empty forgets every case and import, as a new database would.
func (s *scratch) empty(ctx context.Context) error {
	_, err := s.bare.Exec(ctx, `truncate cases, tracker_import, tracker_import_row, tracker_import_progress, river_job cascade; checkpoint`)
	return err
}

// holds checks that everybody arrived, each with an alias of their own and a history.
func (s *scratch) holds(ctx context.Context, confirmed tracker.Import) error {
	var cases, aliases, histories int
	err := s.bare.QueryRow(ctx, `
		select (select count(*) from cases), (select count(distinct alias) from cases),
			(select count(*) from case_history where import_id = $1 and first and changes ? 'notes')`, confirmed.ID).Scan(&cases, &aliases, &histories)
	if err == nil && (confirmed.Status != tracker.Confirmed || cases != largePeople || aliases != largePeople || histories != largePeople) {
		err = fmt.Errorf("%d cases with %d aliases and %d histories came of %d rows", cases, aliases, histories, largePeople)
	}
	return err
}

// peakOf imports the file with the built program and says how much memory it held at most. The kernel
// is asked while the program runs: what it says at the end counts this process's memory too, which the
// program had for a moment before it began.
func (s *scratch) peakOf(ctx context.Context, h *house, name string, file []byte) (int64, error) {
	path := filepath.Join(h.folder, name)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return 0, err
	}
	var said bytes.Buffer
	command := exec.CommandContext(ctx, h.binary, "import", path)
	command.Env = append(os.Environ(), "QUORATE_DATABASE_URL="+h.private.OwnerURL(s.name), "QUORATE_DATA_DIR="+h.folder)
	command.Stdout, command.Stderr = &said, &said
	if err := command.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for peak := int64(0); ; {
		select {
		case err := <-ended:
			switch {
			case err != nil:
				err = fmt.Errorf("%w: %s", err, said.Bytes())
			case peak == 0 || peak > largestPeak:
				err = fmt.Errorf("the program held %d MB to import %s, more than %d", peak>>20, path, largestPeak>>20)
			}
			return peak, err
		case <-time.After(20 * time.Millisecond):
			peak = max(peak, mostHeld(command.Process.Pid))
		}
	}
}

// mostHeld is the most memory a process has held so far, 0 when it has ended.
func mostHeld(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return 0
	}
	return kilobytes << 10
}

// largeHeadings are thirty columns as a council's export has them.
var largeHeadings = []string{
	"Person ref", "Forename", "Surname", "Date of birth", "Locality", "School or college", "Primary need", "EHCP", "Next EHCP review", "Legal status",
	"Social care status", "Referral source", "Referral date", "Allocated worker", "Allocated date", "Care Act assessment", "Support plan agreed", "Mental capacity assessed", "CHC checklist", "CHC decision",
	"Pathway plan", "Placement", "Out of county", "Placement end", "Weekly cost", "CSC weekly", "Education weekly", "Health weekly", "RAG", "Notes",
}

// manyStrangers is a tracker of so many people in thirty columns, most of them filled in.
func manyStrangers(people int) []byte {
	chance := rand.New(rand.NewPCG(1, 2))
	today := clock.DateOf(time.Now())
	pick := func(words ...string) string { return words[chance.IntN(len(words))] }
	day := func(from, days int) string { return today.AddDays(from - chance.IntN(days)).String() }
	var file bytes.Buffer
	file.WriteString(strings.Join(largeHeadings, ",") + "\n")
	for n := range people {
		fields := []string{
			fmt.Sprintf("T%06d", n), pick("Rosa", "Ben", "Tara", "Owen", "Hana", "Yusuf", "Nadia", "Kofi"), fmt.Sprintf("Walker-%d", n), day(-14*365, 4*365),
			pick("North", "Central", "South"), pick("Meadowbank School", "Ashdown Academy", "Riverside College"), pick("Autistic spectrum disorder", "Severe learning difficulty", "Physical disability"), pick("Y", "N"), day(400, 300), pick("", "Section 20", "Section 31"),
			pick("Child in need", "Child protection", ""), pick("Education", "Health", "Social care"), day(0, 700), pick("R. Hale", "P. Shah", "T. Wren"), day(0, 600), pick("", day(0, 500)), pick("", day(0, 400)), pick("", day(0, 400)), pick("", day(0, 400)), pick("", "Eligible in principle"),
			pick("", day(0, 300)), pick("Lives with family", "Residential school", "Foster care"), pick("Y", "N"), pick("", day(900, 600)), fmt.Sprintf("%d.%02d", chance.IntN(3000), chance.IntN(100)), fmt.Sprint(chance.IntN(900)), fmt.Sprint(chance.IntN(900)), fmt.Sprint(chance.IntN(900)), pick("Red", "Amber", "Green"), fmt.Sprintf("Next step %d", n),
		}
		file.WriteString(strings.Join(fields, ",") + "\n")
	}
	return file.Bytes()
}
