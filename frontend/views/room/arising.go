package room

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/panels/room"
)

// mayFinish reports whether the reader may say that an action is done: whose it is, the clerk and the chair.
func (p Page) mayFinish(owners []uuid.UUID) bool {
	return p.records() || slices.Contains(owners, p.Me.PersonID)
}

// arisingWords says how many actions of earlier meetings there are and how many the meeting has come to.
func arisingWords(actions []room.ArisingView) string {
	late, heard := 0, 0
	for _, action := range actions {
		if action.Late > 0 && !action.Done {
			late++
		}
		if action.Heard != "" {
			heard++
		}
	}
	return fmt.Sprintf("From earlier meetings: %d, of which %d overdue. Taken so far: %d.", len(actions), late, heard)
}

func arisingWho(action room.ArisingView) string {
	words := action.Owner
	if action.Agency != "" {
		words += " (" + action.Agency + ")"
	}
	words += ", by " + action.DueOn.Long() + ". From " + action.From
	if action.Reference != "" {
		words += ", " + action.Reference
	}
	return words
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
