package agendas

import (
	"context"

	"quorate/agendas/tracker"
)

// CasesChanged hears that cases changed. Every build judges the forum's cases afresh, so nothing that
// is kept has to follow.
func (s Store) CasesChanged(context.Context, tracker.CasesChanged) error { return nil }
