package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/auth"
	"quorate/server/base/db"
)

// Forum is a forum as other systems see it.
type Forum struct {
	ID       uuid.UUID `json:"id" format:"uuid" doc:"Stays the same for good"`
	Name     string    `json:"name" doc:"As people call it" example:"MAPaC"`
	Locality string    `json:"locality,omitempty" doc:"The part of the county it is for; left out when it is for all"`
	Board    bool      `json:"board" doc:"Whether it is a strategic board"`
}

type forumsAnswer struct {
	Body struct {
		Forums []Forum `json:"forums" doc:"By name"`
	}
}

func (a *API) registerForums() {
	serve(a, huma.Operation{
		OperationID: "list-forums", Method: http.MethodGet, Path: Prefix + "/forums", Summary: "List the forums the token reaches",
		Description: "All of them, in one answer.",
	}, mayRead, func(ctx context.Context, caller auth.Caller, _ *struct{}) (*forumsAnswer, error) {
		answer := &forumsAnswer{}
		answer.Body.Forums = []Forum{}
		return answer, a.DB.Read(ctx, caller.Actor(), func(tx db.Tx) error {
			forums, err := panels.Forums(tx)
			for _, f := range forums {
				if slices.Contains(caller.Forums, f.ID) {
					answer.Body.Forums = append(answer.Body.Forums, Forum{ID: f.ID, Name: f.Name, Locality: f.Locality, Board: f.Board})
				}
			}
			return err
		})
	})
}
