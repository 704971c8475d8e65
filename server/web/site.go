// Package web is the pages and forms: it reads a request, asks a use case, and shows the answer to those who may see it.
package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"quorate/agendas/packs"
	"quorate/agendas/papers"
	"quorate/agendas/tracker"
	"quorate/frontend"
	"quorate/notify"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Site is the product's pages.
type Site struct {
	DB   *db.DB
	Auth *auth.Store
	Room *room.Store
	Post *notify.Store

	Tracker tracker.Store

	Papers papers.Store
	Packs  packs.Store

	Printer Printer // makes PDF files; nil: none can be made

	BaseURL        *url.URL // where people reach the product; the trusted origin
	Demo           bool     // shows role cards, the mailbox and the banner
	ProtectiveMark string   // running head of printed pages
	TrustProxy     bool     // a reverse proxy sets X-Forwarded-For and X-Forwarded-Proto
	Log            *slog.Logger
	Clock          clock.Clock
	PageTimeout    time.Duration // longest a page may take; 0 is 30 s
	MaxFormBytes   int64         // largest form; 0 is 1 MiB

	Keepers []panels.Keeper // what people own and pass on when they leave a seat

	APIDocument              []byte // the API's description, as OpenAPI in JSON
	APIPath, APIDocumentPath string // where the API and its description are

	MessyTracker func(context.Context) ([]byte, error) // a workbook to try an import with; demo only

	cards      cardsRead
	ruleChecks ruleChecks
}

// Printer makes a PDF of a self-contained page.
type Printer interface {
	Prints() bool
	PDF(ctx context.Context, page []byte) ([]byte, error)
	Picture(ctx context.Context, svg string, width int) ([]byte, error)
}

const (
	sessionLocal   = "session"
	defaultTimeout = 30 * time.Second
	defaultForm    = 1 << 20
)

// Handler serves every page, form, file and stream. live, when not nil, takes /live/.
func (s *Site) Handler(live http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+frontend.AssetPath, frontend.Handler())
	for _, stream := range s.Streams() {
		mux.Handle(stream.Method+" "+stream.Path, s.streamDoor(stream))
	}
	if live != nil {
		mux.Handle("/live/", live)
	}
	pages := adaptor.FiberApp(s.pages())
	maxForm := s.MaxFormBytes
	if maxForm == 0 {
		maxForm = defaultForm
	}
	mux.Handle("/", s.formsUpTo(maxForm, pages))

	origin := http.NewCrossOriginProtection()
	if err := origin.AddTrustedOrigin(s.BaseURL.Scheme + "://" + s.BaseURL.Host); err != nil {
		s.Log.Error("the base URL is not an origin", "error", err)
	}
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "This form was sent from another website, so nothing was changed. Open Quorate and send it from there.", http.StatusForbidden)
	}))
	return s.headers(origin.Handler(s.panicsAnswered(mux)))
}

// formsUpTo reads a form before Fiber does, which would answer one that is too large with an error of its own.
func (s *Site) formsUpTo(most int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			session, _ := s.WhoIs(r) // signed out or not, the answer is the same
			s.answerStream(w, r, session.Actor, fault.New(fault.TooLarge, "Nothing was saved: this holds more than can be sent at once. Go back, shorten it and send it again."))
			return
		case err != nil:
			return // the browser has gone
		}
		r.Body = io.NopCloser(bytes.NewReader(form))
		next.ServeHTTP(w, r)
	})
}

func (s *Site) pages() *fiber.App {
	app := fiber.New(fiber.Config{
		Immutable:             true, // without it, kept strings change under another request
		DisableStartupMessage: true,
		ErrorHandler:          s.answer,
		BodyLimit:             64 << 20, // the real limits are net/http's, in front
		StrictRouting:         true,
		CaseSensitive:         true,
	})
	for _, route := range s.Routes() {
		app.Add(route.Method, route.Path, s.door(route))
	}
	app.Use(func(c *fiber.Ctx) error { return s.notFound(c) })
	return app
}

// door lets a request through to its handler when the actor may do the route's action somewhere.
func (s *Site) door(route Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		timeout := s.PageTimeout
		if timeout == 0 {
			timeout = defaultTimeout
		}
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		c.SetUserContext(ctx)

		session, err := s.Auth.Who(ctx, c.Cookies(s.cookieName()))
		if err != nil {
			return err
		}
		c.Locals(sessionLocal, session)
		if route.Path != sharedScreen { // which loads itself again
			s.noteActive(ctx, session, c.Method(), c.Get("Sec-Fetch-Mode"))
		}
		if route.Action != Open {
			if !session.Actor.IsPerson() {
				return s.askToSignIn(c)
			}
			if !session.Actor.MayAnywhere(route.Action) {
				return session.Actor.Check(route.Action, anyForum)
			}
		}
		return route.Handle(c, session.Actor)
	}
}

// noteActive keeps whoever uses the product signed in. A page that looks again by itself is no sign of
// anybody: browsers say which requests lead somewhere, and whatever changes something was pressed.
func (s *Site) noteActive(ctx context.Context, session auth.Session, method, mode string) {
	if method == http.MethodGet && mode != "" && mode != "navigate" {
		return
	}
	if err := s.Auth.Active(ctx, session); err != nil {
		s.Log.Warn("that somebody is active could not be noted", "error", err)
	}
}

func session(c *fiber.Ctx) auth.Session {
	held, _ := c.Locals(sessionLocal).(auth.Session)
	return held
}

// WhoIs reads the session of a net/http request: for sockets, uploads and downloads.
func (s *Site) WhoIs(r *http.Request) (auth.Session, error) {
	cookie, err := r.Cookie(s.cookieName())
	if err != nil {
		return auth.Session{Actor: access.SignedOut}, nil
	}
	return s.Auth.Who(r.Context(), cookie.Value)
}

// secure reports whether cookies may be Secure: over https, and on localhost, which browsers trust.
func (s *Site) secure() bool {
	host := s.BaseURL.Hostname()
	return s.BaseURL.Scheme == "https" || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func (s *Site) cookieName() string {
	if s.secure() {
		return "__Host-quorate"
	}
	return "quorate"
}

func (s *Site) cookie(name, value string, age time.Duration) *fiber.Cookie {
	cookie := &fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: s.secure(), SameSite: fiber.CookieSameSiteLaxMode, MaxAge: int(age.Seconds())}
	if age <= 0 {
		cookie.MaxAge = -1
		cookie.Expires = time.Unix(1, 0)
	}
	return cookie
}

// address is the caller's network address, believed from a proxy only when one is trusted.
func (s *Site) address(c *fiber.Ctx) string {
	if s.TrustProxy {
		forwarded := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
		if last := strings.TrimSpace(forwarded[len(forwarded)-1]); last != "" {
			return last
		}
	}
	return c.IP()
}

// headers sets what every answer carries.
func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", frontend.ContentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if !strings.HasPrefix(r.URL.Path, frontend.AssetPath) {
			h.Set("Cache-Control", "no-store")
		}
		if s.BaseURL.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// panicsAnswered turns a panic into an answer with a reference; the log has where, never what.
func (s *Site) panicsAnswered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				reference := s.logFailure("panic", r.Method, stackOf(p))
				http.Error(w, "Sorry, there is a problem with Quorate. Nothing was changed. Tell your administrator the reference "+reference+".", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
