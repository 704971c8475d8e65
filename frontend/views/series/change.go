package series

import (
	"strconv"

	"github.com/a-h/templ"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/server/base/clock"
)

// ChangePage changes a series: from a meeting on, or all of it.
type ChangePage struct {
	Forum        panels.Forum
	Series       panels.Series
	Upcoming     []panels.MeetingRow // from which it may be changed
	From         string              // the planned day of one of them, or "" for all
	Version      int
	Form         Form
	MovedToo     bool
	CancelledToo bool
	Proposal     *panels.SeriesProposal
	ClashesOf    map[int][]panels.Clash // of the meetings of the proposal, by their order
	Problem      govuk.Errors
}

func (p ChangePage) fromOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "All its meetings, from today on"}}
	for _, m := range p.Upcoming {
		text := "The meeting on " + m.On().LongWithWeekday() + ", and all that follow"
		options = append(options, govuk.Option{Value: m.OccurrenceOn.String(), Text: text})
	}
	return options
}

// says is what a change does in one line: "3 moved, 1 cancelled, 8 unchanged".
func says(p panels.SeriesProposal) string {
	words := ""
	for _, part := range []struct {
		count int
		text  string
	}{
		{p.Count(panels.MeetingRetimed), "moved"}, {p.Count(panels.MeetingRehoused), "at another place"}, {p.Count(panels.MeetingAdded), "added"},
		{p.Count(panels.MeetingRestored), "restored"}, {p.Count(panels.MeetingGone), goneWord(p)}, {p.Count(panels.MeetingLeft), "left as changed by hand"},
		{p.Count(panels.MeetingSame), "unchanged"},
	} {
		if part.count > 0 {
			if words != "" {
				words += ", "
			}
			words += strconv.Itoa(part.count) + " " + part.text
		}
	}
	if words == "" {
		return "No meeting changes."
	}
	return words + "."
}

func goneWord(p panels.SeriesProposal) string {
	if p.After.Draft {
		return "taken out"
	}
	return "cancelled"
}

func kindTag(p panels.SeriesProposal, kind panels.MeetingChangeKind) govuk.Tag {
	switch kind {
	case panels.MeetingRetimed:
		return govuk.Tag{Text: "Moved", Colour: govuk.Blue}
	case panels.MeetingRehoused:
		return govuk.Tag{Text: "Other place", Colour: govuk.Blue}
	case panels.MeetingAdded:
		return govuk.Tag{Text: "Added", Colour: govuk.Green}
	case panels.MeetingRestored:
		return govuk.Tag{Text: "Restored", Colour: govuk.Green}
	case panels.MeetingGone:
		if p.After.Draft {
			return govuk.Tag{Text: "Taken out", Colour: govuk.Red}
		}
		return govuk.Tag{Text: "Cancelled", Colour: govuk.Red}
	case panels.MeetingLeft:
		return govuk.Tag{Text: "Left", Colour: govuk.Yellow}
	default:
		return govuk.Tag{Text: "Unchanged", Colour: govuk.Grey}
	}
}

func when(m panels.Meeting) string {
	return m.On().LongWithWeekday() + ", " + clock.Time(m.StartsAt) + " to " + clock.Time(m.EndsAt)
}

func changeRows(p ChangePage) []govuk.Row {
	var rows []govuk.Row
	for i, m := range p.Proposal.Meetings {
		before, after := "—", "—"
		if m.Kind != panels.MeetingAdded {
			before = when(m.Before)
		}
		switch {
		case m.Kind == panels.MeetingLeft && m.Before.Status == panels.Cancelled:
			after = "Stays cancelled"
		case m.Kind != panels.MeetingGone:
			after = when(m.After)
		}
		words := m.Because
		if m.Kind == panels.MeetingRehoused {
			words = place(m.After)
		}
		rows = append(rows, govuk.Row{Cells: []templ.Component{
			govuk.Text(before), govuk.Text(after), kindTag(*p.Proposal, m.Kind), note(words, p.ClashesOf[i]),
		}})
	}
	return rows
}

func place(m panels.Meeting) string {
	switch {
	case m.Venue != "" && m.JoiningLink != "":
		return m.Venue + ", " + m.JoiningLink
	case m.Venue != "":
		return m.Venue
	case m.JoiningLink != "":
		return m.JoiningLink
	default:
		return "No place"
	}
}
