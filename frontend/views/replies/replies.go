// Package replies shows who is coming to a meeting, and asks.
package replies

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
)

// Href is where somebody replies to a meeting.
func Href(meeting uuid.UUID) string { return "/meetings/" + meeting.String() + "/reply" }

// MyHref is where somebody replies to all their meetings at once.
const MyHref = "/replies"

// FieldPrefix comes before a meeting's id in the name of its answer, where several are asked about.
const FieldPrefix = "answer-"

// Field is the name of the answer about this meeting, where several are asked about.
func (f Form) Field() string { return FieldPrefix + f.Page.Meeting.ID.String() }

// RecordHref is where the clerk records somebody's reply.
func RecordHref(meeting, person uuid.UUID) string {
	return "/meetings/" + meeting.String() + "/replies/" + person.String()
}

// Form asks whether somebody will come.
type Form struct {
	Action  string // where it is sent
	Page    panels.ReplyPage
	Chosen  string // typed before, or what they said last
	Problem string
	For     string // whose reply it records; "" for one's own
	Several bool   // one of several on the page, so it says no more than it must
	Kind    govuk.ButtonKind
}

// deputyPrefix comes before the deputy's id in the value of a choice.
const deputyPrefix = "deputy:"

// Choice is the value of the choice that says an answer.
func Choice(answer panels.Answer, deputy *uuid.UUID) string {
	if answer == panels.SendingDeputy && deputy != nil {
		return deputyPrefix + deputy.String()
	}
	return string(answer)
}

// Chosen reads a choice; what is none becomes an answer that the use case refuses.
func Chosen(value string) (panels.Answer, *uuid.UUID) {
	id, isDeputy := strings.CutPrefix(value, deputyPrefix)
	if !isDeputy {
		return panels.Answer(value), nil
	}
	deputy, err := uuid.Parse(id)
	if err != nil {
		return panels.SendingDeputy, nil
	}
	return panels.SendingDeputy, &deputy
}

func (f Form) value() string {
	if f.Chosen == "" && f.Page.Attendee.Reply != nil {
		return Choice(f.Page.Attendee.Reply.Answer, f.Page.Attendee.Reply.DeputyID)
	}
	return f.Chosen
}

// choices are the ways to answer. Saying that there is no deputy to send is sending apologies.
func (f Form) choices() []govuk.Choice {
	yes, sends, no := "Yes, I will come", "No, I am sending my deputy, ", "No, I send my apologies"
	if f.For != "" {
		yes, sends, no = "They will come", "They are sending their deputy, ", "They send apologies"
	}
	deputies := f.Page.Attendee.MaySend()
	choices := []govuk.Choice{{Value: string(panels.Attending), Text: yes}}
	for _, deputy := range deputies {
		choices = append(choices, govuk.Choice{Value: Choice(panels.SendingDeputy, &deputy.PersonID), Text: sends + deputy.Name})
	}
	hint := ""
	switch {
	case f.Several || f.Page.Attendee.Guest || f.Page.Attendee.DeputyFor != uuid.Nil:
	case len(deputies) == 0:
		hint = "No deputy is named on that day. To have one named, ask the forum’s clerk."
	default:
		hint = "Nobody comes instead"
	}
	return append(choices, govuk.Choice{Value: string(panels.Apologies), Text: no, Hint: hint})
}

// said is somebody's own reply in words.
func said(a panels.Attendee) string {
	switch {
	case a.Reply == nil && a.DeputyFor != uuid.Nil:
		return "You are asked to come as deputy. Say so if you cannot."
	case a.Reply == nil:
		return "You have not replied yet."
	}
	return Words(a)
}

// Words says a reply to whoever gave it.
func Words(a panels.Attendee) string {
	switch a.Reply.Answer {
	case panels.Attending:
		return "You said that you will come."
	case panels.Tentative:
		return "Your calendar said that you may come."
	case panels.SendingDeputy:
		return "You are sending your deputy, " + deputyName(a) + "."
	default:
		return "You sent your apologies."
	}
}

func deputyName(a panels.Attendee) string {
	for _, deputy := range a.MaySend() {
		if deputy.PersonID == *a.Reply.DeputyID {
			return deputy.Name
		}
	}
	return "who is no longer named as deputy"
}

// stands is how somebody stands to the meeting, as the clerk sees it.
func stands(a panels.Attendee, expect panels.Expectation) (words string, colour govuk.Colour) {
	switch {
	case a.Reply == nil && expect == panels.AwayThen:
		return "Away that day", govuk.Orange
	case a.Reply == nil && a.DeputyFor != uuid.Nil:
		return "Sent as deputy", govuk.Blue
	case a.Reply == nil:
		return "Not answered", govuk.Yellow
	case a.Reply.Answer == panels.Attending:
		return "Coming", govuk.Green
	case a.Reply.Answer == panels.Tentative:
		return "Maybe", govuk.Yellow
	case a.Reply.Answer == panels.SendingDeputy:
		return "Sends " + deputyName(a), govuk.Blue
	default:
		return "Apologies", govuk.Red
	}
}

// how a reply came, and when.
func how(a panels.Attendee) string {
	if a.Reply == nil {
		return ""
	}
	ways := map[panels.Via]string{
		panels.ByPage: "On this site", panels.ByLink: "By email link", panels.ByCalendar: "From their calendar",
		panels.ByClerk: "Recorded for them", panels.ByAPI: "From another system",
	}
	return ways[a.Reply.Via] + ", " + clock.Moment(a.Reply.AnsweredAt)
}

// agencyOf names the agency somebody comes for.
func agencyOf(a panels.Attendee) string {
	var names []string
	for _, seat := range a.Seats {
		name := seat.AgencyName
		if name == "" {
			name = seat.Office.Words()
		}
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "For one item"
	}
	return strings.Join(names, ", ")
}

// unanswered counts those who have not answered.
func unanswered(attendees []panels.Attendee) int {
	count := 0
	for _, a := range attendees {
		if a.Reply == nil {
			count++
		}
	}
	return count
}

// haveNotAnswered says how many have not answered.
func haveNotAnswered(count int) string {
	if count == 1 {
		return "One person has not answered."
	}
	return strconv.Itoa(count) + " people have not answered."
}

// counts says who of an attendee's seats count towards the quorum.
func counts(a panels.Attendee) bool {
	for _, seat := range a.Seats {
		if seat.Decides() {
			return true
		}
	}
	return false
}

func seatsOf(a panels.Attendee) string {
	var names []string
	for _, seat := range a.Seats {
		names = append(names, seat.Name)
	}
	words := strings.Join(names, ", ")
	if len(a.Seats) > 0 && !counts(a) && a.Seats[0].Office != access.Clerk {
		words += " (not counted in the quorum)"
	}
	return words
}

// OutlookTag says an outlook in a few words.
func OutlookTag(f panels.Forecast) templ.Component {
	switch f.Outlook {
	case panels.WillBeQuorate:
		return govuk.Tag{Text: "Quorate", Colour: govuk.Green}
	case panels.NotYetQuorate:
		return govuk.Tag{Text: "Not yet quorate", Colour: govuk.Yellow}
	default:
		return govuk.Tag{Text: "Not quorate", Colour: govuk.Red}
	}
}

// why an outlook is as it is: its tag has said what it is.
func why(f panels.Forecast) string {
	words := f.Why()
	return strings.ToUpper(words[:1]) + words[1:]
}

func outlookKind(f panels.Forecast) govuk.NoticeKind {
	switch f.Outlook {
	case panels.WillBeQuorate:
		return govuk.Success
	case panels.NotYetQuorate:
		return govuk.Caution
	default:
		return govuk.Failure
	}
}
