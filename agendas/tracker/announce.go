package tracker

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
)

// CasesChanged is the event that cases are not what they were: an import made them so, or somebody did.
type CasesChanged struct {
	Import *uuid.UUID  `json:"import,omitempty"` // everything this import added or changed
	Cases  []uuid.UUID `json:"cases,omitempty"`  // these, by id
}

// Kind names the event for good.
func (CasesChanged) Kind() string { return "tracker.cases_changed" }

// AnnounceChanged tells whoever keeps something about cases that they changed. It is called in the
// transaction of every change that raises a case's version.
func AnnounceChanged(tx db.Tx, change CasesChanged) error {
	return tx.Enqueue(db.Job{Args: change})
}
