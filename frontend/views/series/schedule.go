package series

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/calendar"
)

// SchedulePage is a forum's series of meetings: to start, to see, to change, to end.
type SchedulePage struct {
	Forum    panels.Forum
	Running  []panels.Series
	Drafts   []DraftSeries
	Form     Form
	MayStart bool // the form is shown: asked for, or no series goes on without end
	Preview  *panels.SeriesPreview
	Clashes  map[int][]panels.Clash // of the dates of the preview, by their order
	Ends     govuk.TypedDate
	Problem  govuk.Errors
	EndError govuk.Errors
}

// DraftSeries is a draft with its meetings and what is against them.
type DraftSeries struct {
	panels.Series
	Meetings []panels.MeetingRow
	Clashes  map[uuid.UUID][]panels.Clash
}

func (p SchedulePage) title() string {
	if len(p.Running) > 0 || len(p.Drafts) > 0 {
		return "Schedule the meetings that follow"
	}
	return ""
}

func previewRows(p SchedulePage) []govuk.Row {
	var rows []govuk.Row
	for i, held := range p.Preview.Held {
		rows = append(rows, govuk.Row{Cells: []templ.Component{govuk.Text(held.On.LongWithWeekday()), note(moved(held), p.Clashes[i])}})
	}
	return rows
}

func moved(o calendar.Occurrence) string {
	if o.Because == "" {
		return ""
	}
	return "Moved from " + o.Planned.LongWithWeekday() + ": " + o.Because
}

func leftRows(left []calendar.Omission) []govuk.Row {
	var rows []govuk.Row
	for _, omission := range left {
		rows = append(rows, govuk.Cells(omission.Planned.LongWithWeekday(), omission.Because))
	}
	return rows
}

func draftRows(d DraftSeries) []govuk.Row {
	var rows []govuk.Row
	for _, m := range d.Meetings {
		link := govuk.Link{Text: m.On().LongWithWeekday(), Href: "/meetings/" + m.ID.String()}
		rows = append(rows, govuk.Row{Cells: []templ.Component{link, note("", d.Clashes[m.ID])}})
	}
	return rows
}

func meetings(n int) string {
	if n == 1 {
		return "1 meeting"
	}
	return strconv.Itoa(n) + " meetings"
}
