package decisions

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels/room"
	"quorate/server/base/clock"
)

// MinutesForm is a form about minutes as typed.
type MinutesForm struct {
	Name    string // which form was sent: "wording", "comment", "correction", "answer" or "send"
	Text    string
	Version int // the version the wording was built on
	Until   govuk.TypedDate
	Comment uuid.UUID // the comment that is answered
}

// text is what stands in a form's field.
func (f MinutesForm) text(name, otherwise string) string {
	if f.Name == name {
		return f.Text
	}
	return otherwise
}

// MinuteHref is the page of one item's minute; uuid.Nil is that of the minutes as a whole.
func MinuteHref(meeting, item uuid.UUID) string {
	if item == uuid.Nil {
		return MinutesHref(meeting) + "/all"
	}
	return MinutesHref(meeting) + "/" + item.String()
}

// MinutesFileHref is the minutes in one of their forms: "pdf", "docx" or "html".
func MinutesFileHref(meeting uuid.UUID, ending string) string {
	return MinutesHref(meeting) + "." + ending
}

// SealedHref is the sealed record of a meeting.
func SealedHref(meeting uuid.UUID) string {
	return "/meetings/" + meeting.String() + "/sealed-record.json"
}

// NotesHref is the earlier versions of an item's notes.
func NotesHref(meeting, item uuid.UUID) string {
	return "/meetings/" + meeting.String() + "/items/" + item.String() + "/notes"
}

// ExtractHref is where one young person's part of the minutes is prepared.
func ExtractHref(meeting, item uuid.UUID) string {
	return "/meetings/" + meeting.String() + "/items/" + item.String() + "/extract"
}

func stateTag(m room.Minutes) govuk.Tag {
	tag := govuk.Tag{Text: m.State.Words(), Colour: govuk.Grey}
	switch m.State {
	case room.ForComment:
		tag.Colour = govuk.Yellow
	case room.FinalOnes:
		tag.Colour = govuk.Blue
	case room.Approved:
		tag.Text, tag.Colour = "Approved as a correct record", govuk.Green
	}
	return tag
}

// stateWords says how the minutes stand.
func stateWords(m room.Minutes) string {
	switch m.State {
	case room.ForComment:
		words := "They were sent for comment on " + clock.Moment(*m.SentAt) + ". "
		if m.MayComment {
			return words + "You can comment until " + m.CommentsUntil.LongWithWeekday() + "."
		}
		return words + "Comments were open until " + m.CommentsUntil.LongWithWeekday() + "."
	case room.FinalOnes:
		return "They were made final on " + clock.Moment(*m.FinalAt) + ". They are on the next agenda, where the chair asks whether they are a correct record."
	case room.Approved:
		return "The meeting of " + m.Approval.MeetingOn.LongWithWeekday() + " approved them as a correct record on " + clock.Moment(m.Approval.At) + " (" + m.Approval.By + " in the chair). They are locked: nothing in them changes any more."
	}
	if !m.Begun {
		return "This is the record so far. The minutes get their numbers when the chair closes the meeting."
	}
	return "They have not been sent for comment yet."
}

// minuteHeading is the running number, the item's number and what it is about.
func minuteHeading(item room.MinuteItem) string {
	words := "Item " + item.Number + ": " + title(item.ItemLine)
	switch {
	case item.Hidden != "":
		words = "Item " + item.Number + ": " + item.Hidden
	case item.TakenOff:
		words = "Item " + item.Number + ": Taken off"
	}
	if item.Label != "" {
		return item.Label + ". " + words
	}
	return words
}

// unanswered counts the comments without an answer.
func unanswered(m room.Minutes) int {
	count := 0
	count += open(m.Comments)
	for _, item := range m.Items {
		count += open(item.Comments)
	}
	return count
}

func open(comments []room.MinutesComment) int {
	count := 0
	for _, comment := range comments {
		if comment.AnsweredAt == nil {
			count++
		}
	}
	return count
}

func commentsWords(n int) string {
	if n == 1 {
		return "1 comment waits for an answer."
	}
	return fmt.Sprintf("%d comments wait for an answer.", n)
}

// presentTable is who came, in what part and when.
func presentTable(there room.WhoWasThere) govuk.Table {
	table := govuk.Table{ID: "present", Caption: "Present", CaptionSize: govuk.Small, Columns: []govuk.Column{{Heading: "Name"}, {Heading: "As", Roomy: true}, {Heading: "There"}}}
	for _, person := range there.Present {
		table.Rows = append(table.Rows, govuk.Cells(person.Name, person.Capacity, person.Times))
	}
	return table
}

func missingWords(m room.Missing) string {
	words := m.Name + ", " + m.Seat
	if m.Came != "" {
		words += ". " + m.Came + " came as deputy"
	}
	return words
}

// commentLink leads to the page where a minute is worked on or commented on.
func commentLink(m room.Minutes, item room.MinuteItem) *govuk.Link {
	of := "of item " + item.Number
	href := MinuteHref(m.Meeting.ID, item.ID)
	switch {
	case m.MayWord:
		text := "Change the wording"
		if waiting := open(item.Comments); waiting > 0 {
			text += " and answer " + comments(waiting)
		}
		return &govuk.Link{Text: text, Of: of, Href: href}
	case m.MayCorrect:
		return &govuk.Link{Text: "Put a correction beside it", Of: of, Href: href}
	case m.MayComment:
		return &govuk.Link{Text: "Comment", Of: "on item " + item.Number, Href: href}
	case len(item.Comments) > 0:
		return &govuk.Link{Text: "Read the comments", Of: "on item " + item.Number, Href: href}
	}
	return nil
}

func comments(n int) string {
	if n == 1 {
		return "1 comment"
	}
	return fmt.Sprintf("%d comments", n)
}

// byAgency is who voted how in one run of a vote: the position of each agency, and who gave it.
func result(run room.VoteView) string { return run.Result + ". Rule: " + run.Rule + "." }

// decisionLines are a decision in the sentences of minutes.
func decisionLines(d room.DecisionView) []string {
	lines := []string{d.Words + ". " + d.Standing + "."}
	if d.Reasons != "" {
		lines = append(lines, d.Reasons)
	}
	if !d.StartOn.IsZero() {
		lines = append(lines, "Starts on "+d.StartOn.Long()+".")
	}
	if !d.ReviewOn.IsZero() {
		lines = append(lines, "Review on "+d.ReviewOn.Long()+".")
	}
	for _, need := range d.Needs {
		lines = append(lines, need.Agency+": "+need.Words+".")
	}
	if d.Replaces != nil {
		lines = append(lines, "Replaces the decision of "+d.Replaces.Words+".")
	}
	for _, fact := range d.Facts {
		lines = append(lines, fact.Name+": "+fact.Text)
	}
	return append(lines, "Confirmed by "+d.ConfirmedBy+", "+clock.Moment(d.ConfirmedAt)+".")
}

func itoa(n int) string { return strconv.Itoa(n) }
