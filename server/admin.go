package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

type adminCommand struct {
	Create adminCreateCommand `cmd:"" help:"Add an administrator: the first, or one more."`
}

type adminCreateCommand struct {
	Name         string `required:"" help:"Full name."`
	Email        string `required:"" help:"Email address to sign in with."`
	PasswordFile string `type:"existingfile" help:"File whose first line is the password. Without it, the password is read from standard input."`
}

// Run adds an administrator. The password is never an argument: those are seen by other users.
func (a *adminCreateCommand) Run(ctx context.Context, s *Settings) error {
	source := os.Stdin
	if a.PasswordFile != "" {
		file, err := os.Open(a.PasswordFile)
		if err != nil {
			return err
		}
		defer file.Close()
		source = file
	} else {
		fmt.Fprint(os.Stderr, "Password (12 characters or more), then Enter: ")
	}
	password, err := bufio.NewReader(source).ReadString('\n')
	if err != nil && password == "" {
		return fmt.Errorf("no password was given: type one, or name a file with --password-file")
	}
	database, err := db.Open(ctx, s.database(clock.System, s.log()))
	if err != nil {
		return err
	}
	defer database.Close()
	if err := migrate(ctx, database); err != nil {
		return err
	}
	_, err = auth.New(database).CreatePerson(ctx, access.System("admin"), auth.NewPerson{
		Name: a.Name, Email: a.Email, Password: strings.TrimRight(password, "\r\n"), Administrator: true,
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s can now sign in as an administrator.\n", a.Email)
	return nil
}
