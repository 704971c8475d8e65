package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// reading turns what was typed into values and gathers what could not be read.
type reading struct{ form fault.Form }

// typedIn reads a form's fields without the spaces round them.
func typedIn(c *fiber.Ctx) func(name string) string {
	return func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
}

// ticked are the values of the boxes ticked under one name.
func ticked(c *fiber.Ctx, name string) []string {
	var values []string
	for _, value := range c.Context().PostArgs().PeekMulti(name) {
		values = append(values, string(value))
	}
	return values
}

// whole reads a whole number; what is none, or more than a column of the database holds, is -1, which no
// field takes.
func whole(typed string) int {
	n, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 32)
	if err != nil {
		return -1
	}
	return int(n)
}

// mostPages is beyond any list; a page past the end is empty.
const mostPages = 1_000_000

// pageNumber is which page of a list an address asks for: the first when it does not say.
func pageNumber(c *fiber.Ctx, name string) int { return min(max(1, c.QueryInt(name, 1)), mostPages) }

// date reads a date field; nothing typed is Not known.
func (r *reading) date(field string, typed govuk.TypedDate) clock.Date {
	d, problem := typed.Date()
	r.form.Require(problem == "", field, problem)
	return d
}

// timeOfDay reads a time as people type it and gives it as it is stored.
func (r *reading) timeOfDay(field, typed string) string {
	at, err := calendar.ParseTimeOfDay(typed)
	if f := fault.As(err); f != nil {
		r.form.Add(field, "%s", f.Sentence)
		return ""
	}
	return at.String()
}

// id reads a choice from a list; nothing chosen is nil.
func (r *reading) id(field, typed, sentence string) *uuid.UUID {
	if typed == "" {
		return nil
	}
	id, err := uuid.Parse(typed)
	r.form.Require(err == nil, field, sentence)
	return &id
}

// saved runs the use case when everything typed could be read.
func saved[T any](read *reading, use func() (T, error)) (T, error) {
	if err := read.form.Err(); err != nil {
		var none T
		return none, err
	}
	return use()
}

// mendable is the fault that the form itself shows beside what was typed, or nil when the error
// wants a page of its own.
func mendable(err error) *fault.Fault {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Stale {
		return nil
	}
	return f
}

// formStatus is the status of a page with a form: 200, or that of what is wrong with it.
func formStatus(problem *fault.Fault) int {
	if problem == nil {
		return http.StatusOK
	}
	return status(problem.Kind)
}

// today is the day in Europe/London.
func (s *Site) today() clock.Date { return clock.DateOf(s.DB.Now()) }
