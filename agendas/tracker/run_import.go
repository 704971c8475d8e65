package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ImportOptions say how RunImport goes about it.
type ImportOptions struct {
	DryRun bool // compare only; keep nothing
}

// Result is what an import did, or would do.
type Result struct {
	ImportID  uuid.UUID // uuid.Nil for a dry run
	New       int
	Changed   int
	Unchanged int
	Warnings  []Problem // references that seem to belong to somebody else first, then in the file's order
	Errors    []Problem // rows that were counted nowhere else
}

// RunImport puts what a file says into the cases in one go, without a person to look at the preview:
// the command line's way. Rows in error are left out. Running it again changes nothing.
func RunImport(ctx context.Context, d *db.DB, actor access.Actor, reading *Reading, options ImportOptions) (Result, error) {
	if err := mayImport(actor); err != nil {
		return Result{}, err
	}
	var result Result
	err := d.Read(ctx, actor, func(tx db.Tx) error {
		compared, err := compare(tx, reading.Rows, reading.Supplied())
		if err != nil {
			return err
		}
		var counts Import
		counts.count(compared)
		result = Result{New: counts.NewCount, Changed: counts.ChangedCount, Unchanged: counts.UnchangedCount, Errors: reading.Errors}
		for i := range compared {
			if compared[i].somebodyElse() {
				result.Warnings = append(result.Warnings, somebodyElseProblem(&compared[i], reading.Heading(PersonReference)))
			}
		}
		result.Warnings = append(result.Warnings, reading.Warnings...)
		return nil
	})
	if err != nil || options.DryRun {
		return result, err
	}
	staged, err := StageImport(ctx, d, actor, reading)
	if err != nil {
		return Result{}, err
	}
	for attempt := 1; ; attempt++ {
		confirmed, err := ConfirmImport(ctx, d, actor, staged.ID, staged.Version)
		switch {
		case err == nil:
			result.ImportID = confirmed.ID
			result.New, result.Changed, result.Unchanged = confirmed.NewCount, confirmed.ChangedCount, confirmed.UnchangedCount
			return result, nil
		case fault.Is(err, fault.Stale) && attempt < 5: // others import too; nobody is looking at this preview
			staged = confirmed
		default:
			return Result{}, err
		}
	}
}
