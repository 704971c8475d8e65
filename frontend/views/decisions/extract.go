package decisions

import (
	"fmt"
	"slices"
	"strings"

	"quorate/frontend/govuk"
	"quorate/panels/room"
)

// ExtractForm is what a clerk chose about the names in an extract, as typed.
type ExtractForm struct {
	Also string   // a word or name on each line
	Keep []string // ticked
}

// Words are the lines that were typed.
func (f ExtractForm) Words() []string {
	return strings.Split(strings.ReplaceAll(f.Also, "\r\n", "\n"), "\n")
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// keepBoxes are the names that were taken out, each to be left in; and those left in before.
func keepBoxes(e room.Extract, form ExtractForm) govuk.Checkboxes {
	boxes := govuk.Checkboxes{Name: "keep", Values: form.Keep, Legend: govuk.Legend{Text: "Leave any of these in?", Size: govuk.Small}, Hint: "Tick a name that here is somebody else, such as a worker, or an ordinary word."}
	var listed []string
	for _, taken := range e.Taken {
		boxes.Choices = append(boxes.Choices, govuk.Choice{Value: taken.Words, Text: "“" + taken.Words + "”, taken out " + times(taken.Times), Hint: taken.Why})
		listed = append(listed, taken.Words)
	}
	for _, kept := range form.Keep {
		if !slices.Contains(listed, kept) {
			boxes.Choices = append(boxes.Choices, govuk.Choice{Value: kept, Text: "“" + kept + "”, left in"})
		}
	}
	return boxes
}

func extractVotes(vote room.ExtractVote) govuk.Table {
	table := govuk.Table{ID: "vote-" + itoa(vote.Run), Caption: "Vote " + itoa(vote.Run) + ": " + vote.Proposal, CaptionSize: govuk.Small,
		Columns: []govuk.Column{{Heading: "Position of"}, {Heading: "Position"}, {Heading: "Condition or reason", Roomy: true}}}
	for _, position := range vote.Positions {
		table.Rows = append(table.Rows, govuk.Cells(position.For, position.Position, position.Why))
	}
	return table
}
