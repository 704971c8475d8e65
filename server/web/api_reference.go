package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	views "quorate/frontend/views/apitokens"
	"quorate/frontend/views/layout"
	"quorate/server/base/access"
)

// apiReferencePage says what other systems can ask, from the API's own description.
func (s *Site) apiReferencePage(c *fiber.Ctx, actor access.Actor) error {
	reference, err := referenceFrom(s.APIDocument)
	if err != nil {
		return err
	}
	reference.Document, reference.Base = s.APIDocumentPath, s.BaseURL.JoinPath(s.APIPath).String()
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: reference.Title, Section: "Help"}, views.ReferencePage(reference))
}

// described is what of OpenAPI the reference shows.
type described struct {
	Info struct{ Title, Version, Description string }
	// Paths holds the operations of each address by method.
	Paths      map[string]map[string]describedOperation
	Components struct{ Schemas map[string]describedSchema }
}

type describedOperation struct {
	OperationID, Summary, Description string
	Parameters                        []struct {
		Name, In, Description string
		Required              bool
		Schema                describedSchema
	}
	RequestBody struct{ Content map[string]describedContent }
	Responses   map[string]struct {
		Description string
		Content     map[string]describedContent
	}
}

type describedContent struct{ Schema describedSchema }

type describedSchema struct {
	Ref         string `json:"$ref"`
	Type        any    // a word, or a list of them
	Format      string
	Description string
	Enum        []any
	Items       *describedSchema
	Properties  map[string]describedSchema
	Required    []string
}

func referenceFrom(document []byte) (reference views.Reference, err error) {
	var d described
	if err := json.Unmarshal(document, &d); err != nil {
		return reference, err
	}
	reference = views.Reference{Title: d.Info.Title, Version: d.Info.Version, Text: d.Info.Description}
	for path, methods := range d.Paths {
		for method, operation := range methods {
			reference.Operations = append(reference.Operations, d.operation(strings.ToUpper(method), path, operation))
		}
	}
	slices.SortFunc(reference.Operations, func(a, b views.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return reference, nil
}

func (d described) operation(method, path string, o describedOperation) views.Operation {
	shown := views.Operation{Method: method, Path: path, ID: o.OperationID, Summary: o.Summary}
	if o.Description != "" {
		shown.Text = []string{o.Description}
	}
	for _, p := range o.Parameters {
		shown.Parameters = append(shown.Parameters, views.Parameter{Name: p.Name, In: whereabouts[p.In], Kind: d.kind(p.Schema), Text: sentence(p.Description, p.Schema), Required: p.Required})
	}
	for _, content := range o.RequestBody.Content {
		shown.Fields = d.fields("", content.Schema)
	}
	for status, response := range o.Responses {
		answer := views.Answer{Status: status, Text: response.Description}
		if strings.HasPrefix(status, "2") {
			answer.Text = "Done: the answer follows"
			for _, content := range response.Content {
				answer.Fields = d.fields("", content.Schema)
			}
		}
		shown.Answers = append(shown.Answers, answer)
	}
	slices.SortFunc(shown.Answers, func(a, b views.Answer) int { return cmp.Compare(a.Status, b.Status) })
	return shown
}

// whereabouts are where a parameter stands, in words.
var whereabouts = map[string]string{"path": "In the address", "query": "After the ? of the address", "header": "A header"}

// fields lists what a schema holds, each under the names that lead to it.
func (d described) fields(under string, schema describedSchema) (fields []views.Parameter) {
	schema = d.whole(schema)
	for name, property := range schema.Properties {
		path := under + name
		fields = append(fields, views.Parameter{Name: path, Kind: d.kind(property), Text: sentence(property.Description, property), Required: slices.Contains(schema.Required, name)})
		inner := d.whole(property)
		switch {
		case inner.Items != nil:
			fields = append(fields, d.fields(path+"[].", *inner.Items)...)
		case len(inner.Properties) > 0:
			fields = append(fields, d.fields(path+".", inner)...)
		}
	}
	slices.SortStableFunc(fields, func(a, b views.Parameter) int { return cmp.Compare(a.Name, b.Name) })
	return fields
}

// whole follows a reference to the schema it stands for.
func (d described) whole(schema describedSchema) describedSchema {
	if name, found := strings.CutPrefix(schema.Ref, "#/components/schemas/"); found {
		return d.Components.Schemas[name]
	}
	return schema
}

// kind is the kind of value, in words.
func (d described) kind(schema describedSchema) string {
	schema = d.whole(schema)
	word, _ := schema.Type.(string)
	if list, several := schema.Type.([]any); several && len(list) > 0 { // an array that may be null
		word, _ = list[0].(string)
	}
	switch {
	case schema.Format == "uuid":
		return "id"
	case schema.Format == "date":
		return "day"
	case schema.Format == "date-time":
		return "time"
	case word == "string":
		return "words"
	case word == "integer":
		return "whole number"
	case word == "boolean":
		return "true or false"
	case word == "array":
		return "list"
	}
	return word
}

// sentence is what a value means, and which there are.
func sentence(text string, schema describedSchema) string {
	var values []string
	for _, value := range schema.Enum {
		if word, ok := value.(string); ok {
			values = append(values, word)
		}
	}
	if len(values) == 0 {
		return text
	}
	if text != "" {
		text += ". "
	}
	return text + "One of " + strings.Join(values, ", ")
}
