package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"time"

	"github.com/google/uuid"

	"quorate/frontend/documents"
	"quorate/migrations"
	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

type doctorCommand struct {
	Network `embed:""`
	MailTo  string `name:"mail-to" placeholder:"ADDRESS" help:"Send a test to this address, say each step, and look at nothing else."`
}

// finding is one thing the doctor looked at.
type finding struct {
	what string
	ok   bool
	says string // what was found, and how to mend it
}

// Run prints a line for each thing looked at and fails when one that is needed is not well.
func (d *doctorCommand) Run(ctx context.Context, s *Settings) error {
	if d.MailTo != "" {
		return d.sendTest(ctx)
	}
	reached, permissions := checkDatabase(ctx, s)
	findings := []finding{checkTimeZone(), reached, permissions, d.checkMail(ctx), d.checkCalendarReplies(), d.checkChromium(ctx), checkListen(d.Addr)}
	unwell := 0
	for _, f := range findings {
		mark := "ok  "
		if !f.ok {
			mark = "MEND"
			unwell++
		}
		fmt.Printf("%s  %-12s %s\n", mark, f.what, f.says)
	}
	if unwell > 0 {
		return fmt.Errorf("%d of %d checks need mending", unwell, len(findings))
	}
	return nil
}

func checkTimeZone() finding {
	winter := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC).In(clock.London)
	summer := time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC).In(clock.London)
	ok := winter.Hour() == 12 && summer.Hour() == 13
	return finding{"time zone", ok, "Europe/London, with both clock changes (the zone is built in)"}
}

// checkDatabase reaches the database as the server would, and asks what the server's role may do there.
func checkDatabase(ctx context.Context, s *Settings) (reached, permissions finding) {
	permissions = finding{"permissions", false, "not looked at until the database is reached and up to date"}
	database, err := db.Open(ctx, s.database(clock.System, s.log()))
	if err != nil {
		return finding{"database", false, plain(err)}, permissions
	}
	defer database.Close()
	pending := false
	err = database.AsOwner(ctx, func(owner *sql.DB) (err error) {
		pending, err = migrations.Pending(ctx, owner)
		return err
	})
	switch {
	case err != nil:
		return finding{"database", false, plain(err)}, permissions
	case pending:
		return finding{"database", false, "reached, but its tables are of an earlier version: run “quorate migrate”"}, permissions
	}
	return finding{"database", true, "reached, and its tables are up to date"}, checkPermissions(ctx, database)
}

// checkPermissions looks for rights the server should not have: a role that owns a table, or may undo
// the audit trail, could hide what it did.
func checkPermissions(ctx context.Context, database *db.DB) finding {
	var super, owns, rewrites bool
	err := database.Read(ctx, access.System("doctor"), func(tx db.Tx) error {
		return tx.Raw(`
			select (select rolsuper or rolbypassrls from pg_roles where rolname = current_user),
			       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and pg_get_userbyid(c.relowner) = current_user),
			       has_table_privilege('audit_entry', 'update') or has_table_privilege('audit_entry', 'delete')`).Row().Scan(&super, &owns, &rewrites)
	})
	switch {
	case err != nil:
		return finding{"permissions", false, plain(err)}
	case super || owns || rewrites:
		return finding{"permissions", false, "the server’s role may do more than it should: let another user own the tables, grant it quorate_app, and run “quorate migrate”"}
	default:
		return finding{"permissions", true, "the server’s role owns nothing and cannot rewrite the audit trail"}
	}
}

// checkMail asks whatever carries mail whether it lets us in. Nothing is sent.
func (d *doctorCommand) checkMail(ctx context.Context) finding {
	const what = "e-mail"
	driver, err := d.driver()
	switch {
	case err != nil:
		return finding{what, false, plain(err)}
	case driver == nil:
		return finding{what, true, "neither QUORATE_SMTP_URL nor QUORATE_NOTIFY_KEY: e-mail will wait in the outbox until one is set"}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := driver.Check(ctx); err != nil {
		return finding{what, false, driver.Describe() + ": " + plain(err)}
	}
	return finding{what, true, driver.Describe() + ": it answers and lets us in. To send a test: quorate doctor --mail-to you@example.org"}
}

// sendTest sends a message as the product would, and says each step.
func (d *doctorCommand) sendTest(ctx context.Context) error {
	say := func(mark, words string) { fmt.Printf("%-4s  %s\n", mark, words) }
	if parsed, err := mail.ParseAddress(d.MailTo); err != nil || parsed.Address != d.MailTo {
		return fmt.Errorf("--mail-to %q is not an address like you@example.org", d.MailTo)
	}
	driver, err := d.driver()
	if err != nil {
		return errors.New(plain(err))
	}
	if driver == nil {
		return errors.New("nothing carries e-mail: set QUORATE_SMTP_URL, or QUORATE_NOTIFY_KEY and QUORATE_NOTIFY_TEMPLATE")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	say("ok", "E-mail goes by "+driver.Describe()+".")
	if err := driver.Check(ctx); err != nil {
		say("MEND", plain(err))
		return errors.New("the test was not sent")
	}
	say("ok", "It answers, the line is as safe as you asked for, and it lets us in.")
	now := time.Now()
	id := uuid.NewString() + "@" + driver.Domain()
	err = driver.Deliver(ctx, notify.Message{
		ID: id, To: d.MailTo, Subject: "A test from Quorate", At: now,
		Text: "This is a test from Quorate, sent " + clock.Moment(now) + ". If you read it, e-mail goes out.\n",
		HTML: "<!doctype html><html lang=\"en-GB\"><title>A test from Quorate</title><p>This is a test from Quorate, sent " + clock.Moment(now) + ". If you read it, e-mail goes out.</p></html>",
	})
	var failure *notify.Failure
	switch {
	case errors.As(err, &failure):
		say("MEND", failure.Kind.Words()+". "+failure.Kind.Mend()+". It said: "+failure.Error())
		return errors.New("the test was not sent")
	case err != nil:
		say("MEND", err.Error())
		return errors.New("the test was not sent")
	}
	say("ok", "It took the message for "+d.MailTo+", with the Message-ID "+id+".")
	say("", "Look into that mailbox now, and among its junk. What does not arrive in some minutes was stopped on the way: ask whoever runs the mail server, and name the Message-ID.")
	return nil
}

// checkCalendarReplies says whether Accept and Decline reach the product.
func (d *doctorCommand) checkCalendarReplies() finding {
	const what = "calendars"
	if err := d.checkInbound(); err != nil {
		return finding{what, false, err.Error()}
	}
	if d.InboundAddr == "" {
		return finding{what, true, "no QUORATE_INBOUND_ADDR: people reply by the link in their invitation, and calendars’ own replies go to the forum’s mailbox"}
	}
	listener, err := net.Listen("tcp", d.InboundAddr)
	if err != nil {
		return finding{what, true, "replies are to be taken on " + d.InboundAddr + ", which is in use or not allowed: if that is not Quorate itself, set QUORATE_INBOUND_ADDR"}
	}
	_ = listener.Close()
	return finding{what, true, "replies to " + d.InboundDomain + " will be taken on " + d.InboundAddr + ": deliver that domain’s mail there"}
}

// checkChromium has a page printed, because a browser that is installed may still not start: without
// root it needs a sandbox, from its package or from the kernel.
func (d *doctorCommand) checkChromium(ctx context.Context) finding {
	printer := documents.FindPrinter(d.Chromium)
	if !printer.Prints() {
		return finding{"Chromium", true, "not installed: packs and minutes are offered as web pages and Word; PDFs need it (apt-get install chromium chromium-sandbox)"}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if _, err := printer.PDF(ctx, []byte(`<!doctype html><html lang="en-GB"><title>Quorate</title><p>Quorate</p></html>`)); err != nil {
		return finding{"Chromium", false, printer.Browser + " prints nothing. If it lacks its sandbox: apt-get install chromium-sandbox. It says: " + err.Error()}
	}
	return finding{"Chromium", true, printer.Browser + " prints"}
}

func checkListen(addr string) finding {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return finding{"address", true, addr + " is in use or not allowed: if that is not Quorate itself, set QUORATE_ADDR"}
	}
	_ = listener.Close()
	return finding{"address", true, addr + " is free to listen on"}
}
