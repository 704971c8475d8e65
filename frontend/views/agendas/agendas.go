// Package agendas shows an agenda being built and an agenda that is out.
package agendas

import (
	"fmt"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/frontend/govuk"
	"quorate/panels"
)

// EditHref is the builder of a meeting's agenda.
func EditHref(meetingID uuid.UUID) string { return "/meetings/" + meetingID.String() + "/agenda/edit" }

// Href is a meeting's published agenda; version 0 is the latest.
func Href(meetingID uuid.UUID, version int) string {
	href := "/meetings/" + meetingID.String() + "/agenda"
	if version > 0 {
		href += fmt.Sprintf("?version=%d", version)
	}
	return href
}

// PublishHref is the preview of the next version; sent to, it publishes.
func PublishHref(meetingID uuid.UUID) string {
	return "/meetings/" + meetingID.String() + "/agenda/publish"
}

// VersionsHref lists the versions with what each changed.
func VersionsHref(meetingID uuid.UUID) string {
	return "/meetings/" + meetingID.String() + "/agenda/versions"
}

// ReadersHref is who has opened the agenda; sent to, it reminds those who have not.
func ReadersHref(meetingID uuid.UUID) string {
	return "/meetings/" + meetingID.String() + "/agenda/readers"
}

// PackHref is where somebody's own pack is made and downloaded; version 0 is the latest.
func PackHref(meetingID uuid.UUID, version int) string {
	href := "/meetings/" + meetingID.String() + "/pack"
	if version > 0 {
		href += fmt.Sprintf("?version=%d", version)
	}
	return href
}

// PackFileHref is the pack as a file: "pdf", "docx" or "html".
func PackFileHref(meetingID uuid.UUID, version int, ending string) string {
	return fmt.Sprintf("/meetings/%s/pack.%s?version=%d", meetingID, ending, version)
}

// ItemHref is where a form about an item is sent.
func ItemHref(itemID uuid.UUID, what string) string {
	return "/agenda-items/" + itemID.String() + "/" + what
}

// Field names an item's own field on a page of many.
func Field(name string, itemID uuid.UUID) string { return name + "-" + itemID.String() }

// spoken names an item for those who do not see the row. It holds numbers only, never a name.
func spoken(line agendas.Line) string {
	switch {
	case line.Withheld != "":
		return "item " + line.Number
	case line.Request != nil:
		return line.Request.Reference()
	case line.Case != nil:
		return line.Case.Reference
	default:
		return line.Title
	}
}

// tagOf is a reason in an adjective. Only what a rule or an action dates can be overdue: what was
// deferred or answered has only waited, and refused consent is never overdue.
func tagOf(r agendas.Reason) *govuk.Tag {
	switch r.Rule {
	case agendas.ByHand:
		return nil
	case "deferred":
		return &govuk.Tag{Text: "Deferred", Colour: govuk.Purple}
	case "referred":
		return &govuk.Tag{Text: "Referred", Colour: govuk.Purple}
	case "answer":
		return &govuk.Tag{Text: "Answered", Colour: govuk.Purple}
	case "escalation":
		return &govuk.Tag{Text: "Escalated", Colour: govuk.Purple}
	case "request", "ratify", "review":
		return nil
	case "consent_refused":
		return &govuk.Tag{Text: "Refused", Colour: govuk.Grey}
	}
	switch {
	case r.On.IsZero():
		return nil
	case r.DaysLeft < 0:
		return &govuk.Tag{Text: "Red – overdue " + days(-r.DaysLeft), Colour: govuk.Red}
	case r.DaysLeft == 0:
		return &govuk.Tag{Text: "Red – due on the day", Colour: govuk.Red}
	case !r.Nears():
		return &govuk.Tag{Text: "Watched – " + days(r.DaysLeft) + " left", Colour: govuk.Grey}
	default:
		return &govuk.Tag{Text: "Amber – " + days(r.DaysLeft) + " left", Colour: govuk.Orange}
	}
}

// days are years once nobody would count them any more.
func days(n int) string {
	switch {
	case n == 1:
		return "1 day"
	case n >= 2*365:
		return fmt.Sprintf("%d years", n/365)
	default:
		return fmt.Sprintf("%d days", n)
	}
}

// ReadingWords says whether the version that is out is new to its reader.
func ReadingWords(r agendas.Reading) string {
	switch {
	case !r.New():
		return fmt.Sprintf("You have read version %d of the agenda", r.Version)
	case r.Opened == 0:
		return fmt.Sprintf("Agenda version %d is new to you", r.Version)
	default:
		return fmt.Sprintf("Agenda version %d is new since you read version %d", r.Version, r.Opened)
	}
}

func minutes(n int) string {
	if n == 1 {
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

// fitWords says what an agenda over its time leaves out.
func fitWords(f agendas.Fit) string {
	items := "The last item does"
	if f.NotFitted > 1 {
		items = fmt.Sprintf("The last %d items do", f.NotFitted)
	}
	return items + " not fit in the meeting. Take items off, give them fewer minutes, or lengthen the meeting."
}

func when(m panels.Meeting) string { return m.On().LongWithWeekday() }
