package rules

import "quorate/panels"

// forums are the names of the forum templates a rule serves.
func forums(templates []string) []string {
	names := make([]string, len(templates))
	for i, key := range templates {
		names[i] = key
		if template, known := panels.TemplateByKey(key); known {
			names[i] = template.Name
		}
	}
	return names
}
