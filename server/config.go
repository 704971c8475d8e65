package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quorate/notify"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/files"
)

// Settings is everything that can be set, by flag or by environment.
type Settings struct {
	DatabaseURL       string `name:"database-url" env:"QUORATE_DATABASE_URL" help:"Postgres to use, as postgres://user:password@host/name. Empty: a private Postgres in the data folder."`
	DatabaseDirectURL string `name:"database-direct-url" env:"QUORATE_DATABASE_DIRECT_URL" help:"Postgres reached directly, for LISTEN, when the database URL goes through a pooler."`
	DataDir           string `name:"data-dir" env:"QUORATE_DATA_DIR" help:"Folder of the private Postgres. Empty: /var/lib/quorate for root, ~/.local/share/quorate for others." type:"path"`
	Files             string `name:"files" env:"QUORATE_FILES" help:"Where uploads and papers are kept: a folder, s3://bucket?region=eu-west-2 or azblob://container. Empty: the folder files in the data folder."`
	LogLevel          string `name:"log-level" env:"QUORATE_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"How much to log: debug, info, warn or error."`
	Clock             string `name:"clock" env:"QUORATE_CLOCK" hidden:"" help:"Demo only: the instant to start at, as 2026-11-22T23:55:00Z or 2026-11-22T23:55 (Europe/London). Time then runs."`
}

// Network is how the product is reached.
type Network struct {
	Addr           string         `name:"addr" env:"QUORATE_ADDR" default:"localhost:8080" help:"Address to listen on."`
	BaseURL        string         `name:"base-url" env:"QUORATE_BASE_URL" help:"Address people use, such as https://quorate.example.org. Empty: http://localhost and the port listened on."`
	SMTPURL        string         `name:"smtp-url" env:"QUORATE_SMTP_URL" help:"Where to send e-mail, as smtp://user:password@host:587. Empty: e-mail waits in the outbox."`
	MailFrom       string         `name:"mail-from" env:"QUORATE_MAIL_FROM" default:"quorate@example.org" help:"Sender of e-mail."`
	MailPerMinute  int            `name:"mail-per-minute" env:"QUORATE_MAIL_PER_MINUTE" default:"600" help:"The most e-mails a minute that one process sends. 0: as fast as the mail server takes them."`
	MailHours      string         `name:"mail-hours" env:"QUORATE_MAIL_HOURS" help:"When ordinary e-mail leaves, on working days, Europe/London, as 08:00-18:00; always: at any time. What cannot wait leaves at any time. Empty: 08:00-18:00, and always in the demo."`
	MailBundle     *time.Duration `name:"mail-bundle" env:"QUORATE_MAIL_BUNDLE" help:"After an ordinary e-mail to somebody, what follows within this time goes in one message. 0: each by itself. Unset: 10m, and 0 in the demo."`
	MailHourly     *int           `name:"mail-hourly" env:"QUORATE_MAIL_HOURLY" help:"Most ordinary e-mails to one person in an hour; what is left goes in the next. 0: any number. Unset: 4, and 0 in the demo."`
	NotifyKey      string         `name:"notify-key" env:"QUORATE_NOTIFY_KEY" help:"API key of GOV.UK Notify, whole, to send e-mail through it and not by SMTP."`
	NotifyTemplate string         `name:"notify-template" env:"QUORATE_NOTIFY_TEMPLATE" help:"Id of an e-mail template of GOV.UK Notify whose subject is ((subject)) and whose message is ((body))."`
	NotifyURL      string         `name:"notify-url" env:"QUORATE_NOTIFY_URL" default:"https://api.notifications.service.gov.uk" help:"Where GOV.UK Notify is."`
	InboundAddr    string         `name:"inbound-addr" env:"QUORATE_INBOUND_ADDR" help:"Where to listen for the replies of people’s calendars, by SMTP, such as :2525. Empty: off."`
	InboundDomain  string         `name:"inbound-domain" env:"QUORATE_INBOUND_DOMAIN" help:"Domain whose mail is delivered there, such as reply.quorate.example.org. Needed with the inbound address."`
	ClamdURL       string         `name:"clamd-url" env:"QUORATE_CLAMD_URL" help:"Where clamd checks papers for viruses, as tcp://localhost:3310 or unix:///run/clamav/clamd.ctl. Empty: papers are not checked."`
	TrustProxy     bool           `name:"trust-proxy" env:"QUORATE_TRUST_PROXY" help:"Believe X-Forwarded-For, when a reverse proxy in front sets it."`
	IdleLimit      time.Duration  `name:"idle-limit" env:"QUORATE_IDLE_LIMIT" default:"1h" help:"How long somebody stays signed in without a sign of them. Having a meeting that is in session on the screen is one. After 12 hours everybody signs in again."`
	Chromium       string         `name:"chromium" env:"QUORATE_CHROMIUM" help:"Chromium that makes PDF files. Empty: the one that is installed under a usual name, if any."`
	ProtectiveMark string         `name:"protective-marking" env:"QUORATE_PROTECTIVE_MARKING" default:"OFFICIAL-SENSITIVE" help:"Running head of printed pages."`
}

func (s Settings) log() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // kong has checked the word
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// quietLog is for a command whose answer is what it prints: the log's usual news stays out of it, and
// warnings, or debug when it is asked for, go to the standard error as ever.
func (s Settings) quietLog() *slog.Logger {
	if s.LogLevel == "info" {
		s.LogLevel = "warn"
	}
	return s.log()
}

func (s Settings) clock() (clock.Clock, error) {
	if s.Clock == "" {
		return clock.System, nil
	}
	if t, err := time.Parse(time.RFC3339, s.Clock); err == nil {
		return clock.StartingAt(t), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s.Clock, clock.London); err == nil {
			return clock.StartingAt(t), nil
		}
	}
	return nil, fmt.Errorf("QUORATE_CLOCK %q is not an instant like 2026-11-22T23:55", s.Clock)
}

func (s Settings) database(now clock.Clock, log *slog.Logger) db.Config {
	return db.Config{URL: s.DatabaseURL, DirectURL: s.DatabaseDirectURL, DataDir: s.DataDir, Clock: now, Log: log}
}

// files opens where uploads and papers are kept.
func (s Settings) files(ctx context.Context) (*files.Store, error) {
	address := s.Files
	if address == "" {
		address = s.DataDir
		if address == "" {
			address = db.DefaultDataDir()
		}
		address = filepath.Join(address, "files")
	}
	return files.Open(ctx, address)
}

// baseURL is the address people use; with none set, localhost and the port really listened on.
func (n Network) baseURL(listening net.Addr) (*url.URL, error) {
	if n.BaseURL == "" {
		port := listening.(*net.TCPAddr).Port
		return &url.URL{Scheme: "http", Host: fmt.Sprintf("localhost:%d", port)}, nil
	}
	base, err := url.Parse(n.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("QUORATE_BASE_URL %q is not an address like https://quorate.example.org", n.BaseURL)
	}
	base.Path = ""
	return base, nil
}

// carrier is a driver that can be looked at.
type carrier interface {
	notify.Driver
	Check(ctx context.Context) error
	Describe() string
	Domain() string // for Message-IDs
}

// driver is what carries e-mail; nil when nothing does yet, and everything waits in the outbox.
func (n Network) driver() (carrier, error) {
	switch {
	case n.SMTPURL != "" && n.NotifyKey != "":
		return nil, errors.New("QUORATE_SMTP_URL and QUORATE_NOTIFY_KEY are both set: e-mail goes one way. Unset one of them; only SMTP carries calendar invitations")
	case n.SMTPURL != "":
		driver, err := notify.NewSMTP(n.SMTPURL, n.MailFrom)
		return driver, err
	case n.NotifyKey != "":
		driver, err := notify.NewGovNotify(n.NotifyKey, n.NotifyTemplate, n.NotifyURL)
		return driver, err
	default:
		return nil, nil
	}
}

// mailHabits is when ordinary mail leaves and how much of it one person gets. In the demo it all leaves at
// once, so that whoever tries something sees what comes of it.
func (n Network) mailHabits(demo bool) (hours notify.Hours, gather notify.Gather, err error) {
	text := n.MailHours
	switch {
	case text == "" && demo:
		text = "always"
	case text == "":
		text = "08:00-18:00"
	}
	if !demo {
		gather = notify.Gather{Bundle: 10 * time.Minute, Hourly: 4}
	}
	if n.MailBundle != nil {
		gather.Bundle = *n.MailBundle
	}
	if n.MailHourly != nil {
		gather.Hourly = *n.MailHourly
	}
	if gather.Bundle < 0 || gather.Hourly < 0 {
		return hours, gather, errors.New("QUORATE_MAIL_BUNDLE and QUORATE_MAIL_HOURLY are nought or more, such as 10m and 4")
	}
	hours, err = notify.ParseHours(text)
	return hours, gather, err
}

// checkInbound says what is missing for calendars' replies to arrive; both settings empty is off.
func (n Network) checkInbound() error {
	switch {
	case n.InboundAddr != "" && n.InboundDomain == "":
		return errors.New("QUORATE_INBOUND_ADDR needs QUORATE_INBOUND_DOMAIN: the domain whose mail your mail server delivers there, such as reply.quorate.example.org")
	case n.InboundDomain != "" && n.InboundAddr == "":
		return errors.New("QUORATE_INBOUND_DOMAIN needs QUORATE_INBOUND_ADDR: where to listen for its mail, such as :2525")
	case n.InboundDomain != "" && (strings.ContainsAny(n.InboundDomain, "@/: ") || strings.HasPrefix(n.InboundDomain, ".")):
		return fmt.Errorf("QUORATE_INBOUND_DOMAIN %q is not a domain like reply.quorate.example.org", n.InboundDomain)
	default:
		return nil
	}
}
