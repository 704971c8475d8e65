package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// anyForum asks the policy about any forum at all.
var anyForum = uuid.Nil

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Denied: http.StatusForbidden, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Stale: http.StatusConflict, fault.SignedOut: http.StatusUnauthorized,
	fault.TooMany: http.StatusTooManyRequests, fault.TooLarge: http.StatusRequestEntityTooLarge, fault.Unavailable: http.StatusServiceUnavailable,
}

func status(kind fault.Kind) int {
	if code, known := statuses[kind]; known {
		return code
	}
	return http.StatusInternalServerError
}

// answer is the one function that turns an error into a page. People see a sentence they can act on;
// anything else is logged and shown as a reference.
func (s *Site) answer(c *fiber.Ctx, err error) error {
	f := fault.As(err)
	var routing *fiber.Error
	switch {
	case f != nil:
	case errors.As(err, &routing) && routing.Code == http.StatusNotFound, errors.As(err, &routing) && routing.Code == http.StatusMethodNotAllowed:
		f = pageNotFound()
	default:
		f = internalFault(s.logFailure("page", c.Method(), err.Error()))
	}
	page, renderErr := s.errorPage(session(c).Actor, f)
	if renderErr != nil {
		return c.Status(status(f.Kind)).SendString(f.Sentence)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(status(f.Kind)).Send(page)
}

func (s *Site) notFound(c *fiber.Ctx) error {
	if session(c).Token == "" {
		held, err := s.Auth.Who(c.Context(), c.Cookies(s.cookieName()))
		if err == nil {
			c.Locals(sessionLocal, held)
		}
	}
	return s.answer(c, pageNotFound())
}

func pageNotFound() *fault.Fault {
	return fault.New(fault.NotFound, "Check the web address, or go back to Home and follow a link from there. The page may also be one you are not entitled to see.")
}

const internal fault.Kind = "internal"

func internalFault(reference string) *fault.Fault {
	return fault.New(internal, "Nothing was changed. Try again in a minute. If it happens again, tell your administrator the reference %s.", reference)
}

// logFailure writes an internal error to the log under a fresh reference. The address is not logged
// with it: it may hold a case number beside the error.
func (s *Site) logFailure(where, method, what string) string {
	reference := rand.Text()[:8]
	s.Log.Error("request failed", "reference", reference, "where", where, "method", method, "error", what)
	return reference
}

func stackOf(p any) string {
	stack := make([]byte, 8<<10)
	return fmt.Sprintf("%T at %s", p, stack[:runtime.Stack(stack, false)])
}
