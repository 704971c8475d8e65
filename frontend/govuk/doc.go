// Package govuk holds the building blocks of every screen, as GOV.UK draws them.
//
// A block that stands alone is a struct, shown with @govuk.Input{Name: "email", Label: "Email address"};
// it is itself a templ.Component, so it also goes wherever content does (a table's cell, a summary
// list's value). A block that goes round others is a function: @govuk.InsetText() { … }.
//
// Every control takes its Name, its Value as it was typed and its Error as one sentence; its id is
// ID(Name), so a fault.Field of the same name in the error summary leads to it. No block writes
// style attributes or inline script: the content security policy forbids both.
package govuk

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate -path .. -log-level warn
