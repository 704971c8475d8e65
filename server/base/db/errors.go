package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"quorate/server/base/fault"
)

// Constraint is the name of the constraint that err broke, or "". Pages keep one table from these
// names to a field and a sentence; which rule it was comes from errors.Is with gorm.ErrDuplicatedKey,
// gorm.ErrForeignKeyViolated or gorm.ErrCheckConstraintViolated.
func Constraint(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.ConstraintName
	}
	return ""
}

// sqlState is Postgres's code for what went wrong, or "".
func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// collided reports whether the transaction met another head-on and deserves another try.
func collided(err error) bool {
	code := sqlState(err)
	return code == "40001" || code == "40P01" // serialization failure, deadlock
}

// translate turns what a person can wait out into a fault, and takes what a person typed out of the
// rest. A fault made by the caller stays as it is.
func translate(ctx context.Context, err error) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) { // the asker has gone; what broke in consequence says less
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	switch code := sqlState(err); {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "This took too long and was stopped. Try again in a moment.").Because(err)
	case ctx.Err() != nil:
		return err
	case collided(err), code == "55P03": // lock not available
		return fault.New(fault.Conflict, "Somebody else is changing this at the same moment. Try again.").Because(err)
	case code == "57014": // statement timeout
		return fault.New(fault.Unavailable, "This took too long and was stopped. Try again in a moment.").Because(err)
	case code == "53100": // disk full
		return fault.New(fault.Unavailable, "The database has no room left, so nothing was recorded. Tell your administrator, then try again.").Because(err)
	case unavailable(err, code):
		return fault.New(fault.Unavailable, "The database cannot be reached. Try again in a moment.").Because(err)
	case code == "22021", code == "22P05": // a NUL, or bytes that are no letters
		return fault.New(fault.Invalid, "What was entered holds a character that cannot be kept. Type it again rather than pasting it.").Because(quoting{err})
	case strings.HasPrefix(code, "22"):
		return quoting{err}
	}
	return err
}

func unavailable(err error, code string) bool {
	var (
		connect *pgconn.ConnectError
		network net.Error
	)
	switch {
	case strings.HasPrefix(code, "08"), code == "53300", // connection exception, too many connections
		code == "53200", code == "58030", // out of memory, an input or output that failed
		code == "57P01", code == "57P02", code == "57P03", // shut down, crashed, starting up
		code == "25P03": // idle in transaction for too long
		return true
	case code != "":
		return false
	}
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || // the last: it was gone before anything was sent
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// quoting hides the words of an error about a value ("invalid input syntax …: "…""), because
// Postgres quotes the value, and errors are logged. Its code still says what kind it was.
type quoting struct{ err error }

func (q quoting) Error() string {
	var pg *pgconn.PgError
	if !errors.As(q.err, &pg) {
		return "db: a value was refused"
	}
	return strings.ReplaceAll(q.err.Error(), pg.Message, "a value was refused")
}

func (q quoting) Unwrap() error { return q.err }
