package escalations

import (
	"context"

	"quorate/panels/escalations/measures"
)

// KeepMeasures keeps what each board's measures say at the beginning of a month, for the trends of its digest.
func (s *Store) KeepMeasures(ctx context.Context) error {
	return measures.KeepMonth(ctx, s.DB, KindWords)
}

// KindWords are the words of a kind of blocker, for the measures.
func KindWords(kind string) string { return Kind(kind).Words() }
