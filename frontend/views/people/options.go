package people

import (
	"quorate/frontend/govuk"
	"quorate/panels"
)

// Options offers people to choose from, each with what they do; nobody is the words for no choice.
func Options(list []panels.Person, nobody string) []govuk.Option {
	options := []govuk.Option{{Value: "", Text: nobody}}
	for _, p := range list {
		text := p.Name
		if p.JobTitle != "" {
			text += ", " + p.JobTitle
		}
		options = append(options, govuk.Option{Value: p.ID.String(), Text: text})
	}
	return options
}
