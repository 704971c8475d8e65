package history

import (
	"context"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Result is what an import did, or would do.
type Result struct {
	Sheets   []SheetCount
	Notices  []string
	Problems []Problem // errors first, sheet by sheet
}

// RunImport brings what a file says in one go, without a person to look at the preview: the command
// line's way. Rows in error are left out. Running it again changes nothing.
func RunImport(ctx context.Context, d *db.DB, actor access.Actor, reading *Reading, dryRun bool) (Result, error) {
	staged, err := StageImport(ctx, d, actor, reading)
	if err != nil {
		return Result{}, err
	}
	result := Result{Sheets: staged.Sheets, Notices: staged.Notices}
	err = d.Read(ctx, actor, func(tx db.Tx) (err error) {
		result.Problems, err = Problems(tx, staged.ID)
		return err
	})
	if err != nil {
		return Result{}, err
	}
	if dryRun {
		return result, AbandonImport(ctx, d, actor, staged.ID)
	}
	_, err = ConfirmImport(ctx, d, actor, staged.ID, staged.Version)
	return result, err
}
