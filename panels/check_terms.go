package panels

import (
	"fmt"
	"slices"
	"strings"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// check notes everything in terms of reference that a forum with these seats could not work by.
// Field names are those of the form.
func (t Terms) check(form *fault.Form, seats []TableSeat) {
	form.Require(strings.TrimSpace(t.Purpose) != "", "purpose", "Enter what the forum is for")
	form.Require(len(t.Purpose) <= 4000, "purpose", "Shorten the purpose to 4,000 characters or fewer")

	deciding := 0
	for _, seat := range seats {
		if seat.Standing == access.Deciding {
			deciding++
		}
	}
	switch {
	case t.QuorumMembers < 1:
		form.Add("quorum_members", "Enter how many deciding members must be there, 1 or more")
	case t.QuorumMembers > deciding:
		form.Add("quorum_members", "The forum has %d deciding seats, so no meeting could reach a quorum of %d. Enter %d or fewer", deciding, t.QuorumMembers, deciding)
	}
	for _, kind := range t.QuorumAgencies {
		decides := slices.ContainsFunc(seats, func(s TableSeat) bool { return s.Kind == kind && s.Standing == access.Deciding })
		if !decides {
			form.Add("quorum_agencies", "%s has no deciding seat on this forum, so it cannot be needed for the quorum", kind.Words())
		}
	}

	chairs := 0
	for _, seat := range seats {
		if seat.Office == access.Chair {
			chairs++
		}
	}
	switch t.Chairing {
	case OneChair:
		form.Require(!t.BothChairsConfirm, "both_chairs_confirm", "Both chairs can confirm only where there are two: choose two chairs")
	case TwoAlternating, TwoJointly:
		if chairs != 2 {
			form.Add("chairing", "The forum’s table has %s. Two chairs need two: add or change a seat first", countedChairs(chairs))
		}
	default:
		form.Add("chairing", "Choose whether there are one or two chairs")
	}
	form.Require(t.VotingMethod == Spoken || t.VotingMethod == Devices, "voting_method", "Choose whether positions are spoken or given on devices")
	switch t.VotingRule {
	case Consensus, FunderConsent:
		form.Require(!t.CastingVote, "casting_vote", "A casting vote applies only to a majority or two thirds: nobody can be outvoted by consensus or into paying")
	case SimpleMajority, TwoThirds:
	default:
		form.Add("voting_rule", "Choose what it takes to agree")
	}

	if t.Cadence != "" {
		if _, err := calendar.ParseRule(t.Cadence); err != nil {
			form.Add("cadence", "%s", fault.As(err).Sentence)
		}
	}
	if _, err := calendar.ParseTimeOfDay(t.StartTime); err != nil {
		form.Add("start_time", "%s", fault.As(err).Sentence)
	}
	between := func(n, least, most int, field, what string) {
		if n < least || n > most {
			form.Add(field, "Enter %s, between %d and %d", what, least, most)
		}
	}
	between(t.DurationMinutes, 5, 600, "duration_minutes", "how many minutes a meeting lasts")
	between(t.MinutesPerItem, 1, 240, "minutes_per_item", "how many minutes an item takes")
	between(t.PapersDueDays, 0, 60, "papers_due_days", "how many clear working days before the meeting papers are due")
	between(t.AgendaOutDays, 0, 60, "agenda_out_days", "how many clear working days before the meeting the agenda goes out")
	form.Require(t.PapersDueDays >= t.AgendaOutDays, "papers_due_days", "Papers must be due no later than the agenda goes out")
	between(t.MinutesOutDays, 0, 60, "minutes_out_days", "how many working days after the meeting the minutes go out")
	between(t.AnswerDays, 1, 60, "answer_days", "how many working days an agency has to endorse or authorise a decision")
	between(t.ConfirmDays, 1, 60, "confirm_days", "how many working days a member has to confirm or dispute a recorded position")
	between(t.LetterDays, 0, 60, "letter_days", "how many working days after a decision its letters go out")
	form.Require(t.LetterApproval == ClerkApproves || t.LetterApproval == ChairApproves, "letter_approval", "Choose who approves letters before they go out")
	between(t.ObserversMax, 0, 50, "observers_max", "how many observers may attend")
	between(t.EscalateAfterDays, 1, 365, "escalate_after_days", "how many days a blocker may wait before it rises a level")
	between(t.FirstReviewMonths, 1, 24, "first_review_months", "how many months after its start an agreed package comes back")
	form.Require(slices.Contains(WeeksPerYear, t.WeeksPerYearThousandths), "weeks_per_year", "Choose 52 or 52.143 weeks a year")
	for _, item := range t.StandingItems {
		if strings.TrimSpace(item.Title) == "" || len(item.Title) > 200 || item.Minutes < 0 || item.Minutes > 240 {
			form.Add("standing_items", "Give each standing item a title of 200 characters or fewer and its minutes, between 0 and 240")
			break
		}
	}
	if !t.ReviewDate.IsZero() {
		form.Require(t.ReviewDate.After(t.InForceOn), "review_date", "The review date must be after the day the terms take effect")
	}
}

func countedChairs(n int) string {
	switch n {
	case 0:
		return "no chair’s seat"
	case 1:
		return "one chair’s seat"
	default:
		return fmt.Sprintf("%d chairs’ seats", n)
	}
}
