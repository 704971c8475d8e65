package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/packs"
	"quorate/agendas/papers"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/frontend/documents"
	"quorate/notify"
	"quorate/panels"
	"quorate/panels/dates"
	"quorate/panels/escalations"
	"quorate/panels/history"
	"quorate/panels/invitations"
	"quorate/panels/room"
	"quorate/panels/room/letters"
	"quorate/server/api"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/files"
	"quorate/server/demo"
	"quorate/server/inbound"
	"quorate/server/jobs"
	"quorate/server/live"
	"quorate/server/web"
)

// options is what a server is made from.
type options struct {
	network  Network
	database *db.DB
	files    *files.Store
	clock    clock.Clock
	log      *slog.Logger
	demo     bool
	ready    func(*app) // told once the server answers
}

// app is the product: its stores, its pages, its rooms and what runs in the background.
type app struct {
	options
	base        *url.URL
	auth        *auth.Store
	panels      panels.Store
	invitations invitations.Store
	dates       dates.Store
	agendas     agendas.Store
	tracker     tracker.Store
	papers      papers.Store
	packs       packs.Store
	room        *room.Store
	letters     letters.Store
	escalations *escalations.Store
	post        *notify.Store
	site        *web.Site
	api         *api.API
	live        *live.Hub
	inbound     *inbound.Listener // nil: off
	jobs        *jobs.Runner
	draining    atomic.Bool // the server is stopping: a load balancer sends nobody new
}

// mailLines is how many people are written to at once by one process when much mail waits.
const mailLines = 4

// newApp makes every part and hands each what it needs, in the order of the product's sentence.
func newApp(ctx context.Context, o options, listening net.Addr) (*app, error) {
	base, err := o.network.baseURL(listening)
	if err != nil {
		return nil, err
	}
	if err := o.network.checkInbound(); err != nil {
		return nil, err
	}
	a := &app{
		options: o, base: base, auth: auth.New(o.database), panels: panels.Store{DB: o.database, Keepers: keepers()}, dates: dates.Store{DB: o.database}, agendas: agendas.Store{DB: o.database},
		tracker: tracker.Store{DB: o.database, Files: o.files},
		room:    &room.Store{DB: o.database, Answered: escalations.AnswerInMeeting}, letters: letters.Store{DB: o.database}, escalations: &escalations.Store{DB: o.database},
		post: &notify.Store{DB: o.database, BaseURL: strings.TrimSuffix(base.String(), "/"), Domain: base.Hostname()},
	}
	if o.network.IdleLimit > 0 {
		a.auth.Idle = o.network.IdleLimit
	}
	a.papers = papers.Store{DB: o.database, Files: o.files}
	if o.network.ClamdURL != "" {
		if a.papers.Scanner, err = papers.NewScanner(o.network.ClamdURL); err != nil {
			return nil, err
		}
	}
	printer := documents.FindPrinter(o.network.Chromium)
	a.packs = packs.Store{
		DB: o.database, Files: o.files, Papers: a.papers, Withheld: room.WithheldItems, Log: o.log,
		Press: documents.Press{Setting: documents.Setting{Marking: o.network.ProtectiveMark, BaseURL: a.post.BaseURL}, Printer: printer},
	}
	if printer.Prints() {
		a.escalations.Draw = printer.Picture
	}
	a.invitations = invitations.Store{DB: o.database, BaseURL: a.post.BaseURL, Sender: o.network.MailFrom, Inbound: o.network.InboundDomain}
	driver, err := o.network.driver()
	if err != nil {
		return nil, err
	}
	if driver != nil {
		a.post.Driver = driver
	}
	if a.post.Hours, a.post.Gather, err = o.network.mailHabits(o.demo); err != nil {
		return nil, err
	}
	a.post.WorkDays = func(tx db.Tx) (func(clock.Date) bool, error) {
		days, err := panels.WorkingDays(tx)
		return days.IsWorkingDay, err
	}
	a.post.SideBySide, a.post.Pace, a.post.Returns = mailLines, &notify.Pace{PerMinute: o.network.MailPerMinute}, o.network.InboundDomain
	registerNotices(a.post, a.invitations)
	if a.jobs, err = jobs.New(jobs.Config{DB: o.database, Registry: a.events(), Table: a.timetable(), Pulse: a.pulse()}); err != nil {
		return nil, err
	}
	if a.api, err = api.New(api.Config{DB: o.database, Auth: a.auth, BaseURL: base, Clock: o.clock, Log: o.log}); err != nil {
		return nil, err
	}
	a.site = &web.Site{
		DB: o.database, Auth: a.auth, Post: a.post, Tracker: a.tracker, Room: a.room, Papers: a.papers, Packs: a.packs, Printer: printer, Keepers: a.panels.Keepers,
		BaseURL: base, Demo: o.demo, ProtectiveMark: o.network.ProtectiveMark, TrustProxy: o.network.TrustProxy, Log: o.log, Clock: o.clock,
		APIDocument: a.api.Document(), APIPath: api.Prefix, APIDocumentPath: api.DocumentPath,
	}
	if o.demo {
		a.site.MessyTracker = func(ctx context.Context) ([]byte, error) { return demo.MessyTracker(ctx, o.database) }
	}
	a.live = live.NewHub(live.Config{
		DB: o.database, Room: a.room, Log: o.log, Origin: base.Scheme + "://" + base.Host,
		Who: func(r *http.Request) (access.Actor, uuid.UUID, error) {
			session, err := a.site.WhoIs(r)
			return session.Actor, session.SignIn, err
		},
		Still: a.auth.Still,
		Seen:  a.auth.Seen,
	})
	a.room.Moved = a.live.Moved
	if o.network.InboundAddr != "" {
		if a.inbound, err = inbound.Listen(o.network.InboundAddr, o.network.InboundDomain, a.invitations, a.post, o.log); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// registerNotices tells the post of every kind of notice there is, and who writes it.
func registerNotices(post *notify.Store, calendars invitations.Store) {
	post.RegisterOwn()
	panels.RegisterNotices(post)
	calendars.RegisterNotices(post)
	dates.RegisterNotices(post)
	requests.RegisterNotices(post)
	agendas.RegisterNotices(post)
	room.RegisterNotices(post)
	letters.RegisterNotices(post)
	escalations.RegisterNotices(post)
}

// keepers are those who keep what people own and pass on when they leave a seat.
func keepers() []panels.Keeper {
	return []panels.Keeper{dates.Belongings{}, agendas.Belongings{}, requests.Belongings{}, room.Belongings{}, room.Conditions{}, escalations.Belongings{}}
}

// handler answers every request of the product.
func (a *app) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", a.readiness)
	mux.Handle(api.Prefix+"/", a.api.Handler()) // outside the pages: no cookie is looked at, so no form can be forged
	mux.Handle("/", a.site.Handler(a.live.Handler()))
	return mux
}

// readiness says whether this replica can take requests: it is not stopping and its database answers.
func (a *app) readiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	switch {
	case a.draining.Load():
		http.Error(w, "stopping", http.StatusServiceUnavailable)
	case a.database.Ping(ctx) != nil:
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
	default:
		_, _ = w.Write([]byte("ready\n"))
	}
}

// events wires what one package announces to whoever acts on it.
func (a *app) events() *jobs.Registry {
	r := jobs.NewRegistry()
	jobs.Handle(r, func(ctx context.Context, to notify.DrainRecipient) error { return a.post.Drain(ctx, to.Person) })
	jobs.Handle(r, func(ctx context.Context, _ notify.MailGoesAgain) error { return a.post.DrainDue(ctx) })
	jobs.Handle(r, a.panels.TellAddressFailed)
	jobs.Handle(r, a.agendas.TellPublished)
	jobs.Handle(r, a.papers.Discard)
	jobs.Handle(r, a.tracker.DropUnclaimed)
	jobs.Handle(r, a.tracker.FindWords)
	jobs.Handle(r, a.tracker.ReadFile)
	jobs.Handle(r, a.tracker.ConfirmImport)
	jobs.Handle(r, a.tracker.UndoImport)
	jobs.Handle(r, a.tracker.ClearSettled)
	jobs.Handle(r, func(ctx context.Context, changed tracker.CasesChanged) error {
		return errors.Join(a.agendas.CasesChanged(ctx, changed), a.escalations.CasesChanged(ctx, changed))
	})
	jobs.Handle(r, a.escalations.FollowLadder)
	jobs.Handle(r, a.escalations.LookPastResolved)
	jobs.Handle(r, a.agendas.RulesChanged)
	jobs.Handle(r, func(ctx context.Context, changed panels.MeetingsChanged) error {
		return errors.Join(a.agendas.MeetingsChanged(ctx, changed), a.invitations.Invite(ctx, changed))
	})
	jobs.Handle(r, a.invitations.Reseat)
	jobs.Handle(r, a.dates.Remind)
	jobs.Handle(r, a.dates.Close)
	jobs.Handle(r, func(ctx context.Context, d room.DecisionConfirmed) error {
		return a.escalations.EvaluateCase(ctx, d.CaseID)
	})
	jobs.Handle(r, a.room.AskOfficer)
	jobs.Handle(r, a.room.CloseCorrespondence)
	jobs.Handle(r, a.room.TellCommentsClosed)
	jobs.Handle(r, a.escalations.TellJoined)
	jobs.Handle(r, a.escalations.TellDigest)
	jobs.Handle(r, func(ctx context.Context, d room.DecisionBound) error {
		return errors.Join(a.escalations.EvaluateDecision(ctx, d.DecisionID), a.letters.DecisionBound(ctx, d))
	})
	jobs.Handle(r, a.letters.DecisionCorrected)
	return r
}

// timetable is what runs when, Europe/London.
func (a *app) timetable() []jobs.Job {
	return []jobs.Job{
		{Name: "forget expired sessions", Schedule: "10 3 * * *", Run: func(ctx context.Context, _ time.Time) error { return a.auth.ForgetExpired(ctx, a.log) }},
		{Name: "forget old links to dates", Schedule: "12 3 * * *", Run: func(ctx context.Context, _ time.Time) error { return a.dates.ForgetLinks(ctx) }},
		{Name: "abandon forgotten imports", Schedule: "15 3 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.tracker.AbandonForgotten(ctx)
			return err
		}},
		{Name: "take up imports that stand still", Schedule: "* * * * *", Run: func(ctx context.Context, _ time.Time) error { return a.tracker.TakeUp(ctx) }},
		{Name: "abandon forgotten history", Schedule: "17 3 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := history.AbandonForgotten(ctx, a.database)
			return err
		}},
		{Name: "keep twelve months of meetings", Schedule: "20 3 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.panels.ExtendSeries(ctx)
			return err
		}},
		{Name: "raise and lift blockers", Schedule: "0 6 * * *", Run: func(ctx context.Context, _ time.Time) error { return a.escalations.EvaluateAll(ctx) }},
		{Name: "keep the month’s measures", Schedule: "40 5 1 * *", Run: func(ctx context.Context, _ time.Time) error { return a.escalations.KeepMeasures(ctx) }},
		{Name: "send the boards’ digests", Schedule: "0 7 * * *", Run: func(ctx context.Context, _ time.Time) error { return a.escalations.SendDueDigests(ctx) }},
		{Name: "chase papers, agendas and minutes", Schedule: "15 7 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.panels.ChaseDeadlines(ctx, agendas.PapersToChase)
			return err
		}},
		{Name: "chase letters", Schedule: "20 7 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.letters.ChaseLetters(ctx)
			return err
		}},
		{Name: "remind people of their actions", Schedule: "25 7 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.room.RemindOwners(ctx)
			return err
		}},
		{Name: "chase endorsements and authorisations", Schedule: "40 7 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.room.ChaseAnswers(ctx)
			return err
		}},
		{Name: "remind voters in writing", Schedule: "35 7 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.room.RemindCorrespondence(ctx)
			return err
		}},
		{Name: "remind of conditions", Schedule: "45 7 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.room.ChaseConditions(ctx)
			return err
		}},
		{Name: "warn of meetings that may not be quorate", Schedule: "30 7 * * *", Run: func(ctx context.Context, _ time.Time) error {
			_, err := a.panels.WarnOfQuorum(ctx)
			return err
		}},
		{Name: "forget old reply links", Schedule: "25 3 * * *", Run: func(ctx context.Context, _ time.Time) error { return a.panels.ForgetReplyLinks(ctx) }},
		{Name: "bring rule findings up to date", Schedule: "*/5 * * * *", Run: func(ctx context.Context, _ time.Time) error { return a.agendas.RefreshFindings(ctx) }},
		{Name: "delete old packs", Schedule: "40 * * * *", Run: func(ctx context.Context, _ time.Time) error { return a.packs.ForgetPacks(ctx) }},
		{Name: "hear what mail came back", Schedule: "*/10 * * * *", Run: func(ctx context.Context, _ time.Time) error { return a.post.HearReturned(ctx) }},
		{Name: "forget where mail came back to", Schedule: "27 3 * * *", Run: func(ctx context.Context, _ time.Time) error { return a.post.ForgetReturns(ctx) }},
		{Name: "forget old links that end subscriptions", Schedule: "27 3 * * *", Run: func(ctx context.Context, _ time.Time) error { return a.post.ForgetUnsubscribeLinks(ctx) }},
		{Name: "send what mail is left", Schedule: "* * * * *", Run: func(ctx context.Context, _ time.Time) error { return a.post.DrainDue(ctx) }},
	}
}

// pulse is what each process does every second.
func (a *app) pulse() []jobs.Duty {
	return []jobs.Duty{
		{Name: "seal the audit trail", Run: func(ctx context.Context) error {
			_, err := audit.Seal(ctx, a.database)
			return err
		}},
		{Name: "make packs", Run: a.packs.MakePacks},
	}
}
