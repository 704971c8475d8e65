package room

import (
	"fmt"
	"slices"
	"strings"

	"quorate/panels"
	"quorate/server/base/fault"
)

const longestReason = 1000 // characters, of a reason or a condition

// said is what somebody says to a proposal.
type said struct {
	Position  Position
	Condition string
	Reason    string
}

// read checks what was said against the rule it is said under. Only agreement without conditions may
// stand without a reason: whoever agrees with conditions, does not agree or abstains says why, for those
// who have to act on it.
func (s said) read(rule panels.VotingRule) (said, error) {
	s.Condition, s.Reason = strings.TrimSpace(s.Condition), strings.TrimSpace(s.Reason)
	var form fault.Form
	offered := choices(rule)
	form.Require(slices.Contains(offered, s.Position), "position", "Select a position")
	if err := form.Err(); err != nil {
		return s, err
	}
	agrees, conditional := s.Position == offered[0], s.Position == offered[1]
	form.Require(!conditional || s.Condition != "", "condition", "Enter the condition")
	form.Require(agrees || conditional || s.Condition == "", "condition", "A condition can only come with agreement")
	conditional = conditional || agrees && s.Condition != ""
	switch {
	case conditional:
		form.Require(s.Reason != "", "reason", "Enter why you ask for the condition")
	case s.Position == Abstain:
		form.Require(s.Reason != "", "reason", "Enter why you abstain")
	case !agrees:
		form.Require(s.Reason != "", "reason", "Enter why you do not agree")
	}
	form.Require(len([]rune(s.Condition)) <= longestReason, "condition", fmt.Sprintf("The condition must be %d characters or fewer", longestReason))
	form.Require(len([]rune(s.Reason)) <= longestReason, "reason", fmt.Sprintf("The reason must be %d characters or fewer", longestReason))
	if conditional {
		s.Position = offered[0]
	}
	return s, form.Err()
}
