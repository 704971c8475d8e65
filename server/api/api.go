// Package api lets other systems read when forums meet, record who is coming, and send case records.
//
// Nothing is open without a token: each operation says which scope it needs, and reads and changes
// only what belongs to the token's forums. One that sends case records has no forum and reads nothing. What is elsewhere is not told from what is nowhere. No
// cookie is looked at, so no browser can be made to call it for somebody signed in.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"quorate/panels"
	"quorate/server/auth"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Prefix is where the API is.
const Prefix = "/api/v1"

// DocumentPath is where its description is.
const DocumentPath = Prefix + "/openapi.json"

// Config says what the API works with.
type Config struct {
	DB      *db.DB
	Auth    *auth.Store
	BaseURL *url.URL // where the product is reached
	Clock   clock.Clock
	Log     *slog.Logger
	Rate    Rate          // zero is DefaultRate
	Timeout time.Duration // longest an answer may take; 0 is 30 s
}

// API answers other systems.
type API struct {
	Config
	panels   panels.Store
	buckets  *buckets
	app      *fiber.App
	huma     huma.API
	document []byte
}

// New makes the API with all its operations.
func New(config Config) (*API, error) {
	if config.Rate == (Rate{}) {
		config.Rate = DefaultRate
	}
	if config.Timeout == 0 {
		config.Timeout = 30 * time.Second
	}
	a := &API{Config: config, panels: panels.Store{DB: config.DB}, buckets: newBuckets(config.Rate, config.Clock)}
	a.app = fiber.New(fiber.Config{
		Immutable:             true, // without it, kept strings change under another request
		DisableStartupMessage: true,
		ErrorHandler:          a.routingFailed,
		StrictRouting:         true,
		BodyLimit:             maxBatch,
		CaseSensitive:         true,
	})
	a.app.Use(a.tagged)
	a.huma = humafiber.New(a.app, a.description())
	a.huma.UseMiddleware(a.door)
	a.registerForums()
	a.registerMeetings()
	a.registerReplies()
	a.registerCases()
	for _, item := range a.huma.OpenAPI().Paths {
		for _, operation := range operationsOf(item) {
			operation.BodyReadTimeout = 0 // the body is here before Fiber is: there is no connection to set a deadline on
		}
	}
	var err error
	if a.document, err = json.Marshal(a.huma.OpenAPI()); err != nil {
		return nil, err
	}
	a.app.Add(http.MethodGet, DocumentPath, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "application/openapi+json")
		return c.Send(a.document)
	})
	return a, nil
}

// Document is the API's description, as OpenAPI 3.1 in JSON.
func (a *API) Document() []byte { return a.document }

func (a *API) description() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:   "Meetings, replies and case records, for other systems",
				Version: "1",
				Description: "Reads when forums meet and who is coming, and records replies; takes case records from case-management systems. Every call carries a token, which reaches some forums and nothing else, or sends case records and nothing else: " +
					"“Authorization: Bearer” and the token. Times are those of Europe/London with their offset; days are written 2026-11-26; money is in whole pence. " +
					"Answers to GET carry an ETag: send it as If-None-Match and an unchanged answer comes as 304, without a body. " +
					"Errors are problems of RFC 9457, and their “detail” says how to mend them.",
			},
			Servers: []*huma.Server{{URL: a.BaseURL.Scheme + "://" + a.BaseURL.Host}},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{bearer: {Type: "http", Scheme: "bearer", Description: "A token from the page “Access for other systems”."}},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true, // a filter spelt wrong would list what nobody asked for
	}
}

// maxBody is far more than any reply needs.
const maxBody = 16 << 10

// longest is how many bytes a body may have, by its address.
func longest(path string) (bytes int64, words string) {
	switch path {
	case batchPath:
		return maxBatch, "4 megabytes. Send fewer records at once."
	case casesPath:
		return maxRecord, "128 kilobytes."
	default:
		return maxBody, "16 kilobytes."
	}
}

// Handler answers everything under Prefix.
func (a *API) Handler() http.Handler {
	answer := adaptor.FiberApp(a.app)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "private, no-cache")
		h.Set("Vary", "Authorization")
		if a.BaseURL.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		most, words := longest(r.URL.Path)
		if r.ContentLength > most {
			writeProblem(w, problem(http.StatusRequestEntityTooLarge, "Send a body of no more than "+words))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				writeProblem(w, a.failed("panic", r.Method, stackOf(p)))
			}
		}()
		answer.ServeHTTP(w, r)
	})
}

// operationsOf lists the operations of a path.
func operationsOf(item *huma.PathItem) (all []*huma.Operation) {
	for _, operation := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete} {
		if operation != nil {
			all = append(all, operation)
		}
	}
	return all
}

// serve registers an operation. Its answer is made in one reading or change, on behalf of the token.
func serve[I, O any](a *API, operation huma.Operation, needs scope, answer func(context.Context, auth.Caller, *I) (*O, error)) {
	operation.Security = []map[string][]string{{bearer: {}}}
	operation.Metadata = map[string]any{scopeKey: needs}
	operation.Errors = append([]int{http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError}, operation.Errors...)
	huma.Register(a.huma, operation, func(ctx context.Context, input *I) (*O, error) {
		caller, ok := ctx.Value(callerKey{}).(auth.Caller)
		if !ok {
			return nil, problem(http.StatusUnauthorized, "Send a token: Authorization: Bearer, then the token.")
		}
		ctx, cancel := context.WithTimeout(ctx, a.Timeout)
		defer cancel()
		output, err := answer(ctx, caller, input)
		if err != nil {
			return nil, a.problemOf(operation.Method, err)
		}
		return output, nil
	})
	described := a.huma.OpenAPI().Paths[operation.Path]
	for _, registered := range operationsOf(described) {
		for status, response := range registered.Responses {
			if words := meanings[status]; words != "" {
				response.Description = words
			}
		}
	}
}
