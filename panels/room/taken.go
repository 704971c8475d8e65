package room

import (
	"time"

	"quorate/panels"
	"quorate/server/base/clock"
)

// Taken is how a decision came about, in a meeting or between two, and what a later meeting said of the latter.
type Taken struct {
	Kind       panels.MeetingKind
	Ratified   *bool      // nil: no meeting has said
	RatifyText string     // why not
	RatifiedAt *time.Time // when that meeting began
}

// takenColumns are the columns of Taken for a decision d of a meeting m, with the joins they need.
const (
	takenColumns = `m.kind, y.ratified, coalesce(y.reason, '') as ratify_text, ym.starts_at as ratified_at`
	takenJoins   = `left join ratification y on y.decision_id = d.id left join meeting ym on ym.id = y.meeting_id`
)

// KindWords is how the decision was made.
func (t Taken) KindWords() string {
	if words := t.Kind.Words(); words != "" {
		return words
	}
	return "At a meeting"
}

// RatificationWords says what became of a decision taken between meetings; "" where nobody is to ratify it: it
// was made at a meeting, or only put off.
func (t Taken) RatificationWords(outcome Outcome) string {
	switch {
	case t.Kind.Words() == "" || t.Ratified == nil && outcome == Deferred:
		return ""
	case t.Ratified == nil:
		return "The next meeting is asked to ratify it"
	case *t.Ratified:
		return "Ratified at the meeting of " + clock.DateOf(*t.RatifiedAt).Long()
	}
	return "Not ratified at the meeting of " + clock.DateOf(*t.RatifiedAt).Long() + ": " + t.RatifyText
}
