package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"quorate/agendas/tracker"
	"quorate/server/auth"
)

const (
	casesPath = Prefix + "/cases"
	batchPath = casesPath + "/batch"
	maxRecord = 128 << 10 // a record with long notes
	maxBatch  = 4 << 20
)

// CaseRecord is what a case-management system says of one young person. Each name is optional but the
// reference; null is Not known; what is left out stays as it is.
type CaseRecord struct{ said tracker.Said }

// UnmarshalJSON keeps what was said, whole numbers as such. What is no object is refused like a record that
// says nothing the reference lists: the others of its batch are still taken.
func (c *CaseRecord) UnmarshalJSON(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var whole any
	if err := decoder.Decode(&whole); err != nil {
		return err
	}
	named, ok := whole.(map[string]any)
	if !ok {
		named = map[string]any{"": nil}
	}
	c.said = make(tracker.Said, len(named))
	for name, value := range named {
		if number, isNumber := value.(json.Number); isNumber {
			if pence, err := number.Int64(); err == nil {
				value = pence
			}
		}
		c.said[tracker.Field(name)] = value
	}
	return nil
}

// Schema describes a record from the tracker's own fields.
func (CaseRecord) Schema(huma.Registry) *huma.Schema {
	described := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Required: []string{string(tracker.PersonReference)}, Properties: map[string]*huma.Schema{},
		Description: "What is left out stays as it is; null is Not known. Somebody new needs forename, surname and date_of_birth.",
	}
	for _, field := range tracker.Fields() {
		property := &huma.Schema{Type: huma.TypeString, Nullable: true, Description: field.Title()}
		switch field.Shape() {
		case tracker.Day:
			property.Format = "date"
		case tracker.YesNo:
			property.Type = huma.TypeBoolean
		case tracker.Pence:
			property.Type, property.Format = huma.TypeInteger, "int64"
			property.Description += ", in pence: 120450 is £1,204.50 a week"
		}
		switch field {
		case tracker.PersonReference:
			property.Description = "Who it is: the reference in the tracker, or one the person was held under before"
			property.Nullable = false
		case tracker.NHSNumber:
			property.Description += ": ten digits, spaced or not"
		case tracker.RAG:
			property.Description += ": Red, Amber or Green"
		}
		described.Properties[string(field)] = property
	}
	return described
}

// CaseResult is what became of one record. It tells nothing of the case.
type CaseResult struct {
	Record   int            `json:"record,omitempty" doc:"Its place in the batch, the first being 1; left out of the answer to a single record"`
	Outcome  string         `json:"outcome" enum:"created,changed,unchanged,refused" doc:"unchanged: the case says all of it already. refused: nothing of the record was taken"`
	Problem  *Problem       `json:"problem,omitempty" doc:"Why it was refused"`
	Warnings []ProblemField `json:"warnings,omitempty" doc:"What somebody should look at. The record was taken; the field is Not known where its detail says so"`
	Kept     []string       `json:"kept,omitempty" doc:"Fields for which a meeting said something else. The meeting’s value stays until the record agrees or a clerk chooses"`
}

type caseSent struct{ Body CaseRecord }

type casesSent struct {
	Body struct {
		Cases []CaseRecord `json:"cases" minItems:"1" maxItems:"1000" doc:"Up to 1,000 records"`
	}
}

type caseAnswer struct{ Body CaseResult }

type casesAnswer struct {
	Body struct {
		Created   int          `json:"created" doc:"How many people are new"`
		Changed   int          `json:"changed" doc:"How many cases changed"`
		Unchanged int          `json:"unchanged" doc:"How many said nothing new"`
		Refused   int          `json:"refused" doc:"How many were left out"`
		Results   []CaseResult `json:"results" doc:"One for each record, in their order"`
	}
}

func (a *API) registerCases() {
	const rules = "Needs a token that is made for sending case records; it can do nothing else. A record is matched by its person_reference, which stands in the body and never in an address. " +
		"Only the names it holds change. The same again changes nothing and is answered “unchanged”, so a call that was cut off can be repeated."
	refused := []int{http.StatusForbidden, http.StatusRequestEntityTooLarge}
	serve(a, huma.Operation{
		OperationID: "put-case", Method: http.MethodPut, Path: casesPath, Summary: "Send one case record",
		Description: rules + " A record that is refused is answered 422, and its errors name the fields.",
		Errors:      refused, SkipValidateBody: true, MaxBodyBytes: maxRecord, // each value is judged by the tracker’s own rules
	}, writesCase, func(ctx context.Context, caller auth.Caller, sent *caseSent) (*caseAnswer, error) {
		results, err := a.upsert(ctx, caller, []tracker.Said{sent.Body.said})
		if err != nil {
			return nil, err
		}
		result := resultOf(results[0], "body.")
		if result.Problem != nil {
			return nil, result.Problem
		}
		return &caseAnswer{result}, nil
	})
	serve(a, huma.Operation{
		OperationID: "post-cases", Method: http.MethodPost, Path: batchPath, Summary: "Send up to 1,000 case records",
		Description: rules + " A record that is refused is left out and says why; all the others are taken together.",
		Errors:      refused, SkipValidateBody: true, MaxBodyBytes: maxBatch,
	}, writesCase, a.postCases)
}

func (a *API) postCases(ctx context.Context, caller auth.Caller, sent *casesSent) (*casesAnswer, error) {
	if n := len(sent.Body.Cases); n == 0 || n > tracker.MostSaid {
		return nil, wrong("body.cases", fmt.Sprintf("Send from 1 to %d records", tracker.MostSaid))
	}
	said := make([]tracker.Said, len(sent.Body.Cases))
	for i, record := range sent.Body.Cases {
		said[i] = record.said
	}
	results, err := a.upsert(ctx, caller, said)
	if err != nil {
		return nil, err
	}
	answer := &casesAnswer{}
	counts := map[string]*int{
		tracker.UpsertCreated: &answer.Body.Created, tracker.UpsertChanged: &answer.Body.Changed,
		tracker.UpsertUnchanged: &answer.Body.Unchanged, tracker.UpsertRefused: &answer.Body.Refused,
	}
	for i, result := range results {
		*counts[result.Outcome]++
		shown := resultOf(result, fmt.Sprintf("body.cases[%d].", i))
		shown.Record = i + 1
		answer.Body.Results = append(answer.Body.Results, shown)
	}
	return answer, nil
}

func (a *API) upsert(ctx context.Context, caller auth.Caller, said []tracker.Said) ([]tracker.Upserted, error) {
	return tracker.UpsertCases(ctx, a.DB, caller.Actor(), "api token “"+caller.Name+"”", said)
}

// resultOf tells what became of a record. Nothing that was sent is repeated.
func resultOf(u tracker.Upserted, under string) CaseResult {
	result := CaseResult{Outcome: u.Outcome, Warnings: fieldsOf(u.Warnings, under)}
	for _, field := range u.Kept {
		result.Kept = append(result.Kept, string(field))
	}
	if len(u.Errors) > 0 {
		result.Warnings = nil
		result.Problem = problem(http.StatusUnprocessableEntity, "This record was left out, and nothing of it was taken. Mend what the errors name, then send it again.")
		result.Problem.Errors = fieldsOf(u.Errors, under)
	}
	return result
}

func fieldsOf(problems []tracker.SaidProblem, under string) []ProblemField {
	var fields []ProblemField
	for _, p := range problems {
		field := under + string(p.Field)
		if p.Field == "" {
			field = under[:len(under)-1]
		}
		fields = append(fields, ProblemField{Field: field, Detail: p.Problem})
	}
	return fields
}
