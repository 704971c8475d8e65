package letters

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// Template is what a letter starts from, in one version.
type Template struct {
	Key       string // "young_person.agreed", "young_person.agreed.easy"
	Number    int    // 0 is the one the product ships with
	Subject   string
	Body      string
	ChangedBy *uuid.UUID
	ChangedAt *time.Time

	By string `gorm:"->;-:migration"` // who changed it
}

// TableName is letter_template.
func (Template) TableName() string { return "letter_template" }

//go:embed templates/*.txt
var shippedFiles embed.FS

// shipped are the templates the product comes with, by key. A file's first line is the subject.
var shipped = func() map[string]Template {
	entries, err := shippedFiles.ReadDir("templates")
	if err != nil {
		panic(err) // the program was built without its templates
	}
	all := map[string]Template{}
	for _, entry := range entries {
		text, err := shippedFiles.ReadFile("templates/" + entry.Name())
		if err != nil {
			panic(err)
		}
		subject, body, _ := strings.Cut(string(text), "\n")
		key := strings.TrimSuffix(entry.Name(), ".txt")
		all[key] = Template{Key: key, Subject: strings.TrimSpace(subject), Body: strings.TrimSpace(body)}
	}
	return all
}()

// Key is the template of a letter. Easy read is for the young person alone.
func Key(audience Audience, matter Matter, easy bool) string {
	key := string(audience) + "." + string(matter)
	if easy && audience == ToYoungPerson {
		key += ".easy"
	}
	return key
}

// Keys are all templates in the order lists show them.
func Keys() []string {
	var keys []string
	for _, audience := range Audiences {
		for _, matter := range Matters {
			for _, easy := range []bool{false, true} {
				key := Key(audience, matter, easy)
				if _, found := shipped[key]; found && !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// Title is what a template is called: "Young person: Agreed, easy read".
func Title(key string) string {
	parts := strings.Split(key, ".")
	if len(parts) < 2 {
		return key
	}
	title := Audience(parts[0]).Words() + ": " + Matter(parts[1]).Words()
	if len(parts) == 3 {
		title += ", easy read"
	}
	return title
}

// audienceOf is to whom a template is written.
func audienceOf(key string) Audience {
	audience, _, _ := strings.Cut(key, ".")
	return Audience(audience)
}

// A Placeholder is a word in braces that a letter puts something of the decision in for.
type Placeholder struct {
	Name  string // "{forename}" without the braces
	Means string
}

// placeholders are all of them, with what each stands for.
var placeholders = []Placeholder{
	{"recipient", "Who the letter is written to"},
	{"young_person", "The young person’s name"},
	{"forename", "Their forename"},
	{"case_number", "The case number, a Q and its digits"},
	{"forum", "The forum"},
	{"meeting_date", "The day of the meeting"},
	{"item", "The item’s number on the agenda"},
	{"outcome", "The outcome, like Agreed with conditions"},
	{"reasons", "The reasons on the record"},
	{"start", "The day the support starts"},
	{"end", "The day it ends"},
	{"review", "The day it is looked at again"},
	{"conditions", "The conditions, a line each, with when evidence is due"},
	{"meanwhile", "How need is met meanwhile"},
	{"challenge", "How to challenge the decision, by the route on the record"},
	{"missing", "What is missing"},
	{"next_meeting", "The day of the meeting it is deferred to"},
	{"next_forum", "The forum it is referred to"},
	{"what_next", "What happens next"},
	{"without_prejudice", "That money is paid without prejudice, when it is"},
	{"total", "What the package costs in all"},
	{"payers", "Who pays what, a line each"},
	{"amount", "What the agency written to pays; letters to funders only"},
	{"correction", "What was wrong and what is right; corrected letters only"},
}

// Placeholders are what a template for an audience may use. What an agency pays is told to agencies:
// a letter to the family names no sums, so that nobody reads their child as a cost.
func Placeholders(audience Audience) []Placeholder {
	return slices.DeleteFunc(slices.Clone(placeholders), func(p Placeholder) bool {
		switch p.Name {
		case "correction":
			return true // a corrected letter opens with it by itself
		case "amount":
			return audience != ToFunder
		case "total", "payers", "without_prejudice":
			return audience.Family()
		}
		return false
	})
}

var braced = regexp.MustCompile(`\{[^{}\n]*\}`)

// The most that a letter's subject and body hold.
const (
	subjectLimit = 200
	bodyLimit    = 12_000
)

// Check says how to mend a template: what it names must be something the letter can put in.
func (t Template) Check() error {
	var form fault.Form
	form.Require(strings.TrimSpace(t.Subject) != "", "subject", "Enter what the letter is about")
	form.Require(len([]rune(t.Subject)) <= subjectLimit, "subject", "Shorten what it is about to 200 characters or fewer")
	form.Require(!strings.Contains(strings.TrimSpace(t.Subject), "\n"), "subject", "Write what it is about on one line")
	form.Require(strings.TrimSpace(t.Body) != "", "body", "Enter the letter")
	form.Require(len([]rune(t.Body)) <= bodyLimit, "body", "Shorten the letter to 12,000 characters or fewer")
	for field, text := range map[string]string{"subject": t.Subject, "body": t.Body} {
		if wrong := unknownPlaceholders(text, Placeholders(audienceOf(t.Key))); len(wrong) > 0 {
			form.Add(field, "%s cannot be put into this letter. Use the placeholders listed on this page, or take it out", strings.Join(wrong, " and "))
		} else if strings.ContainsAny(braced.ReplaceAllString(text, ""), "{}") {
			form.Add(field, "A brace stands alone. Write each placeholder as one word in braces, like {forename}")
		}
	}
	return form.Err()
}

func unknownPlaceholders(text string, known []Placeholder) (wrong []string) {
	for _, found := range braced.FindAllString(text, -1) {
		name := strings.Trim(found, "{}")
		if !slices.ContainsFunc(known, func(p Placeholder) bool { return p.Name == name }) && !slices.Contains(wrong, found) {
			wrong = append(wrong, found)
		}
	}
	return wrong
}

// Fill writes a template with what a decision says. A paragraph that names something the decision does
// not say is left out whole, so that no letter has a gap in a sentence; of a subject only the word is.
// What is put in is never searched for placeholders again.
func (t Template) Fill(values map[string]string) (subject, body string) {
	put := func(text string) string {
		return braced.ReplaceAllStringFunc(text, func(found string) string { return values[strings.Trim(found, "{}")] })
	}
	var kept []string
	for paragraph := range strings.SplitSeq(normalLines(t.Body), "\n\n") {
		empty := slices.ContainsFunc(braced.FindAllString(paragraph, -1), func(found string) bool { return values[strings.Trim(found, "{}")] == "" })
		if !empty {
			kept = append(kept, put(strings.Trim(paragraph, "\n")))
		}
	}
	return strings.Join(strings.Fields(put(t.Subject)), " "), strings.Join(withoutLoneHeadings(kept), "\n\n")
}

// withoutLoneHeadings leaves out a heading whose every paragraph was left out.
func withoutLoneHeadings(paragraphs []string) (kept []string) {
	heads := func(p string) bool { return strings.HasPrefix(p, "## ") && !strings.Contains(p, "\n") }
	for i, paragraph := range paragraphs {
		if heads(paragraph) && (i+1 == len(paragraphs) || heads(paragraphs[i+1])) {
			continue
		}
		kept = append(kept, paragraph)
	}
	return kept
}

func normalLines(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	text = strings.Join(lines, "\n")
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(text)
}

// A Block is a paragraph, heading or list of a letter.
type Block struct {
	Heading string
	Points  []string
	Lines   []string // of a paragraph, each on a line of its own
}

// Blocks reads a letter as documents and pages show it: a line that begins with "## " is a heading, one
// that begins with "- " a point of a list.
func Blocks(body string) (blocks []Block) {
	for paragraph := range strings.SplitSeq(normalLines(body), "\n\n") {
		var current Block
		flush := func() {
			if current.Heading != "" || len(current.Points) > 0 || len(current.Lines) > 0 {
				blocks = append(blocks, current)
			}
			current = Block{}
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			heading, isHeading := strings.CutPrefix(line, "## ")
			point, isPoint := strings.CutPrefix(line, "- ")
			switch {
			case isHeading:
				flush()
				current.Heading = heading
				flush()
			case isPoint:
				if len(current.Lines) > 0 {
					flush()
				}
				current.Points = append(current.Points, point)
			case line != "":
				if len(current.Points) > 0 {
					flush()
				}
				current.Lines = append(current.Lines, line)
			}
		}
		flush()
	}
	return blocks
}

// sample is what a preview is filled with: nobody real, and no case.
func sample(audience Audience) map[string]string {
	values := map[string]string{
		"recipient":    map[Audience]string{ToFunder: "Adult social care", ToReferrer: "Sam Example", ToBrokerage: "Brokerage", ToYoungPerson: "Alex Example", ToParent: "Chris Example"}[audience],
		"young_person": "Alex Example", "forename": "Alex", "case_number": "Q0000", "forum": "The panel", "meeting_date": "3 March 2027", "item": "4",
		"outcome": "Agreed", "reasons": "Alex needs support in the evenings to live in their own flat.", "start": "5 April 2027", "end": "4 April 2028", "review": "5 July 2027",
		"conditions": "- A risk assessment. Evidence due 1 April 2027", "meanwhile": "The support Alex has now goes on.", "challenge": challengeSample,
		"missing": "An occupational therapist’s report.", "next_meeting": "17 March 2027", "next_forum": "Complex cases panel", "what_next": "Alex’s worker will talk with Alex about other help.",
		"without_prejudice": withoutPrejudiceWords, "total": "£1,200 a week", "payers": "- Adult social care: £700 a week\n- Education: £500 a week", "amount": "£700 a week",
	}
	return values
}

const challengeSample = "Complain to the council. If you are not happy with the answer, ask the Local Government and Social Care Ombudsman."

// Preview fills a template with an invented young person.
func (t Template) Preview() (subject, body string) { return t.Fill(sample(audienceOf(t.Key))) }

// Reference is what a template's version is called.
func (t Template) Reference() string {
	if t.Number == 0 {
		return "as it came with Quorate"
	}
	return fmt.Sprintf("version %d", t.Number)
}
