package tracker

import "strings"

// legalWords are the ways trackers write under which law somebody is looked after, and what is kept:
// the words the rules know.
var legalWords = map[string]string{
	"section 20": "Section 20", "s20": "Section 20", "s 20": "Section 20", "sec 20": "Section 20", "accommodated": "Section 20", "section 20 accommodated": "Section 20", "s20 accommodated": "Section 20",
	"section 31": "Section 31", "s31": "Section 31", "s 31": "Section 31", "sec 31": "Section 31", "care order": "Section 31", "full care order": "Section 31", "fco": "Section 31", "s31 care order": "Section 31",
	"section 38": "Section 38", "s38": "Section 38", "s 38": "Section 38", "interim care order": "Section 38", "ico": "Section 38",
	"care leaver": "Care leaver", "leaving care": "Care leaver", "former relevant": "Care leaver", "cl": "Care leaver",
	"looked after": "Looked after", "lac": "Looked after", "cla": "Looked after", "cic": "Looked after", "cwcf": "Looked after", "child looked after": "Looked after", "looked after child": "Looked after",
	"none": "None", "not looked after": "None", "not lac": "None", "no": "None", "n": "None",
}

// socialCareWords are the ways trackers write what children's social care does for somebody.
var socialCareWords = map[string]string{
	"child in need": "Child in need", "cin": "Child in need", "c i n": "Child in need", "cin plan": "Child in need", "child in need plan": "Child in need", "section 17": "Child in need", "s17": "Child in need",
	"child protection": "Child protection", "cp": "Child protection", "c p": "Child protection", "cpp": "Child protection", "cp plan": "Child protection", "child protection plan": "Child protection",
	"education": "Education", "none": "None", "no": "None", "n": "None", "closed": "None", "not open": "None",
}

// outcomeWords are the ways trackers write what a Care Act assessment found.
var outcomeWords = map[string]string{
	"eligible": "Eligible", "found eligible": "Eligible", "eligible needs": "Eligible", "meets criteria": "Eligible", "met": "Eligible", "yes": "Eligible", "y": "Eligible",
	"not eligible": "Not eligible", "ineligible": "Not eligible", "found not eligible": "Not eligible", "no eligible needs": "Not eligible", "does not meet criteria": "Not eligible",
	"not met": "Not eligible", "no": "Not eligible", "n": "Not eligible",
}

// readStatus is a status in the words the rules know. A Yes under a heading that is itself a status
// ("CP", "S20") says that status; a word nobody knows is kept as it is written.
func readStatus(rule *fieldRule, headingText, shown string) string {
	if known, ok := rule.words[heading(shown)]; ok {
		return known
	}
	if named, ok := rule.words[heading(headingText)]; ok && saysYes(shown) {
		return named
	}
	return shown
}

// understandsStatus reports whether readStatus knows what a cell says.
func understandsStatus(rule *fieldRule, headingText, shown string) bool {
	read := readStatus(rule, headingText, shown)
	_, known := rule.words[heading(read)]
	return known || strings.EqualFold(read, "none")
}
