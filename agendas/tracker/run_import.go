package tracker

import (
	"bytes"
	"context"
	"errors"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ImportOptions say how RunImport goes about it.
type ImportOptions struct {
	DryRun bool   // compare only; keep nothing
	Choice Choice // what guessing cannot find
}

// Result is what an import did, or would do.
type Result struct {
	Import   Import    // as confirmed; of a dry run, as compared, and not kept
	Warnings []Problem // references that seem to belong to somebody else first, then in the file's order
	Errors   []Problem // rows that were counted nowhere else
}

// errDry ends the transaction of a dry run, so that nothing of it stays.
var errDry = errors.New("tracker: a dry run keeps nothing")

// RunImport puts what a file says into the cases in one go, without a person to look at the preview:
// the command line's way. Rows in error are left out. Running it again changes nothing.
func (s Store) RunImport(ctx context.Context, actor access.Actor, name string, content []byte, options ImportOptions) (Result, error) {
	if err := mayImport(actor); err != nil {
		return Result{}, err
	}
	if options.DryRun {
		return s.dryRun(ctx, actor, name, content, options.Choice)
	}
	chosen, err := s.Upload(ctx, actor, name, bytes.NewReader(content))
	if err != nil {
		return Result{}, err
	}
	result, err := s.runImport(ctx, actor, chosen.ID, options.Choice)
	if err != nil { // nobody will come back to it
		err = errors.Join(err, s.Abandon(context.WithoutCancel(ctx), actor, chosen.ID))
	}
	return result, err
}

func (s Store) runImport(ctx context.Context, actor access.Actor, importID uuid.UUID, choice Choice) (Result, error) {
	if err := s.chooseUnasked(ctx, actor, importID, choice); err != nil {
		return Result{}, err
	}
	staged, err := s.ReadHere(ctx, actor, importID)
	if err != nil {
		return Result{}, err
	}
	result := Result{Import: staged}
	err = s.DB.Read(ctx, actor, result.problems)
	for attempt := 1; err == nil; attempt++ {
		confirmed, confirmErr := s.ConfirmHere(ctx, actor, importID, result.Import.Version)
		if fault.Is(confirmErr, fault.Stale) && attempt < 5 { // others import too; nobody is looking at this preview
			result.Import = confirmed
			continue
		}
		result.Import = confirmed
		if confirmErr == nil {
			confirmErr = s.ClearSettled(ctx, ImportSettled{importID}) // no server may be running to do it
		}
		return result, confirmErr
	}
	return result, err
}

// dryRun reads and compares in one transaction that is then taken back.
func (s Store) dryRun(ctx context.Context, actor access.Actor, name string, content []byte, choice Choice) (Result, error) {
	book, err := Open(name, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Result{}, err
	}
	var result Result
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		result = Result{Import: Import{ID: id, Version: 1, Status: BeingRead, FileName: book.Name, FileBytes: int64(len(content)), Choice: choice,
			Columns: []ImportColumn{}, Ignored: []string{}, Notices: []string{}, StagedBy: who(actor), StagedAt: tx.Now}}
		if err := tx.Create(&result.Import).Error; err != nil {
			return err
		}
		err = stageBook(book, clock.DateOf(tx.Now), &result.Import, 0, func(fn func(db.Tx) error) error { return fn(tx) })
		if err == nil {
			err = result.problems(tx)
		}
		return errors.Join(err, errDry)
	})
	if errors.Is(err, errDry) && fault.As(err) == nil {
		err = nil
	}
	return result, err
}

// problems reads all that is to be looked at.
func (r *Result) problems(tx db.Tx) (err error) {
	if r.Warnings, err = ImportProblems(tx, r.Import.ID, SeverityWarning, 0, r.Import.WarningCount); err != nil {
		return err
	}
	r.Errors, err = ImportProblems(tx, r.Import.ID, SeverityError, 0, r.Import.ErrorCount)
	return err
}
