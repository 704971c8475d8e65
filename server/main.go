// Package main is the quorate program: the server and its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"quorate/server/base/fault"
)

type commands struct {
	Settings `embed:""`

	Serve         serveCommand         `cmd:"" help:"Serve the product."`
	Demo          demoCommand          `cmd:"" help:"Serve the product with a fictional partnership in a database of its own."`
	Import        importCommand        `cmd:"" help:"Import a tracker from an Excel workbook or CSV."`
	ImportHistory importHistoryCommand `cmd:"" help:"Bring people, seats, past decisions and open actions from a workbook or CSVs."`
	Migrate       migrateCommand       `cmd:"" help:"Bring the database's tables up to this version."`
	Doctor        doctorCommand        `cmd:"" help:"Check the database, e-mail, Chromium, time zone and permissions, and say how to mend what is wrong."`
	Verify        verifyCommand        `cmd:"" help:"Check the sealed record of a meeting: 0 whole, 1 altered, 2 not readable. Needs no database."`
	Admin         adminCommand         `cmd:"" help:"Administrators."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "quorate: "+plain(err))
		os.Exit(status(err))
	}
}

// status is what the program ends with after an error.
func status(err error) int {
	var ends endsWith
	if errors.As(err, &ends) {
		return ends.status
	}
	return 1
}

func run(ctx context.Context, args []string) error {
	var c commands
	parser, err := kong.New(&c,
		kong.Name("quorate"),
		kong.Description("Quorate: where councils, schools’ services and the NHS decide together how a young person moves into adulthood."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return err
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		parser.FatalIfErrorf(err) // prints the usage beside what is wrong
	}
	return chosen.Run(&c.Settings)
}

// plain is the sentence of an error people can mend, and the whole error of any other.
func plain(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Sentence
	}
	return err.Error()
}
