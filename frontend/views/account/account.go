// Package account shows signing in and out.
package account

import (
	"net/url"
	"slices"

	"quorate/frontend/govuk"
)

// SignIn is the sign-in form as it was typed.
type SignIn struct {
	Email    string
	Next     string // where to go afterwards
	Kept     *KeptForm
	Cards    []Card // the demo's roles; none outside it
	Problems govuk.Errors
}

// KeptForm is a form that arrived after the session had ended, on its way through the sign-in page.
type KeptForm struct {
	Action string
	Body   string // as sent: application/x-www-form-urlencoded
	Person string // who typed it, where that is known: nobody else is offered it
}

// Card signs in as one person of the demo with one click.
type Card struct {
	PersonID string
	Name     string
	Role     string // "Chair of MAPaC"
	Does     string // what to try as them
}

// Field is one value of a kept form.
type Field struct{ Name, Value string }

// FieldsOf lists a form's values in a steady order.
func FieldsOf(values url.Values) []Field {
	var fields []Field
	for name, all := range values {
		for _, value := range all {
			fields = append(fields, Field{name, value})
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int {
		if a.Name < b.Name {
			return -1
		} else if a.Name > b.Name {
			return 1
		}
		return 0
	})
	return fields
}
