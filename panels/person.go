package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Person is somebody who uses the product, or did.
type Person struct {
	ID            uuid.UUID
	Name          string
	Email         string // lower case, unique
	JobTitle      string
	AgencyID      *uuid.UUID
	Administrator bool
	Auditor       bool
	Presenter     bool   // may bring cases and funding requests
	PasswordHash  string // argon2id; empty: cannot sign in with a password
	EndedOn       clock.Date
	CreatedAt     time.Time
	Version       int
}
