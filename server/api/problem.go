package api

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quorate/server/base/fault"
)

const problemType = "application/problem+json"

// Problem is why something was not done, as RFC 9457 has it. It repeats nothing that was sent.
type Problem struct {
	Type   string         `json:"type" doc:"Always about:blank: the status says what kind of problem it is"`
	Title  string         `json:"title" doc:"The kind of problem, in words"`
	Status int            `json:"status" doc:"The same as the answer’s status"`
	Detail string         `json:"detail" doc:"What happened, and how to mend it"`
	Errors []ProblemField `json:"errors,omitempty" doc:"Which parts of what was sent need mending"`
}

// ProblemField is what is wrong with one part of a request.
type ProblemField struct {
	Field  string `json:"field" doc:"Which part: body.answer, query.from"`
	Detail string `json:"detail" doc:"How to mend it"`
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus is the answer's status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return problemType }

func (p *Problem) encoded() []byte {
	body, err := json.Marshal(p)
	if err != nil {
		return []byte(`{"type":"about:blank","status":500}`) // words and numbers: it does not happen
	}
	return append(body, '\n')
}

// titles are the kinds of problem.
var titles = map[int]string{
	http.StatusBadRequest: "The request cannot be read", http.StatusUnauthorized: "A token is needed", http.StatusForbidden: "The token may not do this",
	http.StatusNotFound: "Not found", http.StatusMethodNotAllowed: "Not done here", http.StatusNotAcceptable: "Only JSON is answered",
	http.StatusConflict: "No longer possible", http.StatusPreconditionFailed: "Changed since it was read", http.StatusRequestEntityTooLarge: "Too large",
	http.StatusUnsupportedMediaType: "Only JSON is read", http.StatusUnprocessableEntity: "Something needs mending", http.StatusPreconditionRequired: "Say what it follows",
	http.StatusTooManyRequests: "Too many requests", http.StatusInternalServerError: "Something went wrong here", http.StatusServiceUnavailable: "Not available just now",
}

// meanings are what the statuses mean, for the description.
var meanings = map[string]string{
	"304": "Unchanged since the ETag in If-None-Match",
	"401": "No token, or one that is unknown, expired or revoked",
	"403": "The token is not made for this",
	"404": "There is no such thing among the token’s forums",
	"409": "The meeting is cancelled or over, or the person is not asked to come to it",
	"413": "The body is too long: send less at once",
	"412": "The reply or the meeting’s time has changed since the ETag in If-Match: read it again",
	"422": "Something that was sent needs mending: the problem’s errors say what",
	"428": "If-Match is missing",
	"429": "The token asks too often: Retry-After says how many seconds to wait",
	"500": "Something went wrong here: tell the administrator the reference in the problem",
}

func problem(status int, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: titles[status], Status: status, Detail: detail}
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Denied: http.StatusForbidden, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Stale: http.StatusPreconditionFailed, fault.SignedOut: http.StatusUnauthorized,
	fault.TooMany: http.StatusTooManyRequests, fault.TooLarge: http.StatusRequestEntityTooLarge, fault.Unavailable: http.StatusServiceUnavailable,
}

// problemOf is the one function that turns an error into an answer. What is not a fault is logged,
// and answered with a reference.
func (a *API) problemOf(method string, err error) *Problem {
	var already *Problem
	if errors.As(err, &already) {
		return already
	}
	f := fault.As(err)
	if f == nil {
		return a.failed("api", method, err.Error())
	}
	p := problem(statuses[f.Kind], f.Sentence)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Field: "body." + field.Name, Detail: field.Sentence})
	}
	return p
}

// failed logs an internal error under a fresh reference, without the address: it names a meeting.
func (a *API) failed(where, method, what string) *Problem {
	reference := rand.Text()[:8]
	a.Log.Error("request failed", "reference", reference, "where", where, "method", method, "error", what)
	return problem(http.StatusInternalServerError, "Nothing was changed. Try again in a minute. If it happens again, tell the administrator the reference "+reference+".")
}

// routingFailed answers what no operation takes.
func (a *API) routingFailed(c *fiber.Ctx, err error) error {
	var routing *fiber.Error
	p := problem(http.StatusNotFound, "There is nothing at this address. The reference lists what can be asked.")
	switch {
	case !errors.As(err, &routing):
		p = a.problemOf(c.Method(), err)
	case routing.Code == http.StatusMethodNotAllowed:
		p = problem(http.StatusMethodNotAllowed, "This cannot be done here. The reference lists what can be asked.")
	}
	c.Set(fiber.HeaderContentType, problemType)
	return c.Status(p.Status).Send(p.encoded())
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.encoded()) // the caller may have gone
}

func stackOf(p any) string {
	stack := make([]byte, 8<<10)
	return fmt.Sprintf("%T at %s", p, stack[:runtime.Stack(stack, false)])
}

// The library's own answers become ours: in plain English, and without the values that were sent,
// which it would repeat.
func init() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		p := problem(status, "Some of what was sent is not as the reference describes it. Mend what the errors name, then send it again.")
		if status == http.StatusInternalServerError {
			p.Detail = "Nothing was changed. Try again in a minute."
		}
		for _, err := range errs {
			var detailed huma.ErrorDetailer
			if errors.As(err, &detailed) {
				d := detailed.ErrorDetail()
				p.Errors = append(p.Errors, ProblemField{Field: fieldNamed(d), Detail: inPlainEnglish(d.Message)})
			}
		}
		return p
	}
}

// fieldNamed is where the problem is. What the reference does not know is not repeated by its name.
func fieldNamed(d *huma.ErrorDetail) string {
	if strings.HasPrefix(d.Message, "unexpected property") || strings.HasPrefix(d.Message, "unknown query parameter") {
		where, _, _ := strings.Cut(d.Location, ".")
		return where
	}
	return d.Location
}

// sentences say in plain English what the library's own words begin with.
var sentences = []struct{ begins, says string }{
	{"unexpected property", "The body holds something the reference does not list"},
	{"unknown query parameter", "The address holds a parameter the reference does not list"},
	{"expected string to be RFC 3339 date-time", "Write a time like 2026-11-26T09:30:00+00:00"},
	{"expected string to be RFC 3339 date", "Write a day like 2026-11-26"},
	{"expected string to be RFC 4122 uuid", "Write an id like 0199a1b2-0000-7000-8000-0123456789ab"},
	{"expected value to be one of", "Choose one of the values the reference lists"},
	{"expected required property", "The body lacks something the reference asks for"},
	{"required", "This is needed"},
	{"expected number >=", "Enter a larger number"},
	{"expected number <=", "Enter a smaller number"},
	{"expected integer", "Enter a whole number"},
	{"invalid integer", "Enter a whole number"},
	{"expected string", "Write words here"},
	{"expected object", "Send a JSON object"},
	{"expected length <=", "Write less here"},
	{"request body is required", "Send a JSON body"},
}

func inPlainEnglish(words string) string {
	for _, s := range sentences {
		if strings.HasPrefix(words, s.begins) {
			return s.says
		}
	}
	return "This is not as the reference describes it"
}
