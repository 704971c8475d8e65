package calendar

import (
	"strings"

	"github.com/emersion/go-ical"
)

// Party is whoever calls a meeting, or is asked to come to it.
type Party struct{ Name, Email string }

// Participation is what a calendar says of somebody's coming (RFC 5545 section 3.2.12).
type Participation string

// The participations that an invitation and a reply may hold.
const (
	NeedsAction         Participation = "NEEDS-ACTION"
	Accepted            Participation = "ACCEPTED"
	TentativelyAccepted Participation = "TENTATIVE"
	Declined            Participation = "DECLINED"
	DelegatedToSomebody Participation = "DELEGATED" // in a reply only, and not taken
)

// An Invitation asks one person to one meeting, or takes the meeting out of their calendar again when
// the entry is cancelled (RFC 5546). It names no other person who is asked.
type Invitation struct {
	Entry
	Organiser Party // the same for the invitation's whole life: from another, it would be another meeting
	Attendee  Party
	Says      Participation // as known; "" is NeedsAction
}

// Method is what a calendar is to do: REQUEST or CANCEL. The message that carries the text says it too.
func (i Invitation) Method() string {
	if i.Cancelled {
		return "CANCEL"
	}
	return "REQUEST"
}

// Text is the invitation as iCalendar text, written as ICS writes it.
func (i Invitation) Text() ([]byte, error) {
	event := i.event()
	event.Props.Set(party(ical.PropOrganizer, i.Organiser))
	attendee := party(ical.PropAttendee, i.Attendee)
	attendee.Params.Set(ical.ParamCalendarUserType, "INDIVIDUAL")
	attendee.Params.Set(ical.ParamRole, "REQ-PARTICIPANT")
	if i.Says == "" {
		i.Says = NeedsAction
	}
	attendee.Params.Set(ical.ParamParticipationStatus, string(i.Says))
	if !i.Cancelled {
		attendee.Params.Set(ical.ParamRSVP, "TRUE")
	}
	event.Props.Set(attendee)
	event.Props.SetText(ical.PropTransparency, "OPAQUE")
	file := newFile(i.Method())
	file.Children = append(file.Children, event.Component)
	return written(file)
}

func party(name string, who Party) *ical.Prop {
	p := ical.NewProp(name)
	// A parameter may hold no quotation mark and no line end.
	p.Params.Set(ical.ParamCommonName, strings.NewReplacer(`"`, "'", "\n", " ", "\t", " ").Replace(printable(who.Name)))
	p.Value = "mailto:" + printable(who.Email)
	return p
}
