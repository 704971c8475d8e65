// Package fault holds the errors people can mend: each has a kind and a sentence that says how.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of answer an error deserves.
type Kind string

// The kinds, and the HTTP status each becomes.
const (
	Invalid     Kind = "invalid"     // 422: what was entered needs mending
	Denied      Kind = "denied"      // 403: this person may not do this
	NotFound    Kind = "not_found"   // 404: no such thing, or not for this person's eyes
	Conflict    Kind = "conflict"    // 409: the state has moved on: a closed vote, a cancelled meeting
	Stale       Kind = "stale"       // 409: someone else changed it since it was read
	SignedOut   Kind = "signed_out"  // 401: sign in first
	TooMany     Kind = "too_many"    // 429: wait, then try again
	TooLarge    Kind = "too_large"   // 413
	Unavailable Kind = "unavailable" // 503: the database or a service cannot be reached now
)

// Field is a problem with one thing that was entered.
type Field struct {
	Name     string // the form field's or JSON key's name
	Sentence string // how to mend it, as GOV.UK writes errors: "Enter the weekly cost, like 1204.50"
}

// Fault is an error with a sentence for the person who caused it.
type Fault struct {
	Kind     Kind
	Sentence string
	Fields   []Field
	cause    error
}

func (f *Fault) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s: %s: %v", f.Kind, f.Sentence, f.cause)
	}
	return fmt.Sprintf("%s: %s", f.Kind, f.Sentence)
}

func (f *Fault) Unwrap() error { return f.cause }

// New is a fault of a kind with a sentence made as fmt.Sprintf does.
func New(kind Kind, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Sentence: fmt.Sprintf(format, args...)}
}

// Because adds the cause, for logs only; people never see it.
func (f *Fault) Because(cause error) *Fault {
	f.cause = cause
	return f
}

// As returns the Fault inside err, or nil when err is an internal error.
func As(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is reports whether err is a fault of this kind.
func Is(err error, kind Kind) bool {
	f := As(err)
	return f != nil && f.Kind == kind
}

// Form gathers the problems of one form so that all are shown at once.
type Form struct{ fields []Field }

// Add notes a problem with a field.
func (f *Form) Add(name, format string, args ...any) {
	f.fields = append(f.fields, Field{Name: name, Sentence: fmt.Sprintf(format, args...)})
}

// Require notes sentence against name when ok is false.
func (f *Form) Require(ok bool, name, sentence string) {
	if !ok {
		f.Add(name, "%s", sentence)
	}
}

// Err is nil when nothing was noted.
func (f *Form) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Sentence: f.fields[0].Sentence, Fields: f.fields}
}
