package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"time"

	"quorate/frontend/documents"
	"quorate/migrations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

type doctorCommand struct {
	Network `embed:""`
}

// finding is one thing the doctor looked at.
type finding struct {
	what string
	ok   bool
	says string // what was found, and how to mend it
}

// Run prints a line for each thing looked at and fails when one that is needed is not well.
func (d *doctorCommand) Run(ctx context.Context, s *Settings) error {
	reached, permissions := checkDatabase(ctx, s)
	findings := []finding{checkTimeZone(), reached, permissions, d.checkSMTP(ctx), d.checkCalendarReplies(), d.checkChromium(ctx), checkListen(d.Addr)}
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

func (d *doctorCommand) checkSMTP(ctx context.Context) finding {
	if d.SMTPURL == "" {
		return finding{"e-mail", true, "no QUORATE_SMTP_URL: e-mail will wait in the outbox until one is set"}
	}
	u, err := url.Parse(d.SMTPURL)
	if err != nil || u.Hostname() == "" {
		return finding{"e-mail", false, "QUORATE_SMTP_URL is not an address like smtp://user:password@mail.example.org:587"}
	}
	port := u.Port()
	if port == "" {
		port = "587"
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return finding{"e-mail", false, fmt.Sprintf("cannot reach %s: check the host, the port and the firewall", net.JoinHostPort(u.Hostname(), port))}
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	greeting := make([]byte, 3)
	if _, err := conn.Read(greeting); err != nil || string(greeting) != "220" {
		return finding{"e-mail", false, "something answers at " + u.Host + ", but it is not an SMTP server"}
	}
	return finding{"e-mail", true, "an SMTP server answers at " + u.Host}
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
