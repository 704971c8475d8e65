package db

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// A statement slower than this is worth a line in the log.
const slow = 200 * time.Millisecond

// statementLog writes GORM's slow statements to slog, with placeholders where the values were.
// Errors go to the caller, who knows what they mean; they are not logged twice.
type statementLog struct{ log *slog.Logger }

// ParamsFilter drops the values before GORM would write them into the text.
func (statementLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

// Raw(…).Scan(…) first writes its statement to a recorder of GORM's, with every value in it, slow or
// not; there is one recorder for the whole process.
func init() { logger.RecorderParamsFilter = statementLog{}.ParamsFilter }

func (l statementLog) LogMode(logger.LogLevel) logger.Interface { return l }

// GORM speaks in these three only while it is set up, and of what the set-up intends.
func (statementLog) Info(context.Context, string, ...any)  {}
func (statementLog) Warn(context.Context, string, ...any)  {}
func (statementLog) Error(context.Context, string, ...any) {}

func (l statementLog) Trace(ctx context.Context, began time.Time, statement func() (string, int64), err error) {
	took := time.Since(began)
	failed := err != nil && !errors.Is(err, gorm.ErrRecordNotFound)
	if took < slow && !(failed && l.log.Enabled(ctx, slog.LevelDebug)) {
		return
	}
	sql, rows := statement()
	if failed {
		l.log.DebugContext(ctx, "a statement failed", "sql", sql, "sqlstate", sqlState(err), "constraint", Constraint(err))
		return
	}
	l.log.WarnContext(ctx, "a slow statement", "sql", sql, "rows", rows, "took", took)
}
