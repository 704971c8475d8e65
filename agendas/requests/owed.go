package requests

import (
	"slices"
	"strings"

	"quorate/server/base/clock"
)

// Duty is something the law already gives the young person. The panel decides how it is met and who
// pays, never whether.
type Duty string

// The duties a request may name. Nothing says that it was looked into and none was found.
const (
	SectionF   Duty = "ehcp_f"
	SectionG   Duty = "ehcp_g"
	SectionH1  Duty = "ehcp_h1"
	CareAct    Duty = "care_act"
	Section117 Duty = "section_117"
	Order      Duty = "order"
	Nothing    Duty = "nothing"
)

// Duties are all of them, as the form offers them.
var Duties = []Duty{SectionF, SectionG, SectionH1, CareAct, Section117, Order, Nothing}

var dutyWords = map[Duty]string{
	SectionF: "EHCP section F (special educational provision)", SectionG: "EHCP section G (health provision)", SectionH1: "EHCP section H1 (social care provision)",
	CareAct: "Eligible needs under the Care Act", Section117: "Section 117 aftercare", Order: "A court or tribunal order", Nothing: "Nothing is owed yet",
}

// Words is the duty as people read it.
func (d Duty) Words() string { return dutyWords[d] }

// Owed is one duty, in the words of the plan or order it comes from.
type Owed struct {
	Duty  Duty       `json:"duty"`
	Words string     `json:"words"`
	On    clock.Date `json:"on"` // an order's
}

// Text is the duty with its words: "A court or tribunal order of 4 March 2026: full-time support".
func (o Owed) Text() string {
	text := o.Duty.Words()
	if !o.On.IsZero() {
		text += " of " + o.On.Long()
	}
	if o.Words != "" {
		text += ": " + o.Words
	}
	return text
}

// owedWords are all duties in one text, a line each.
func owedWords(owed []Owed) string {
	lines := make([]string, len(owed))
	for i, o := range owed {
		lines[i] = o.Text()
	}
	return strings.Join(lines, "\n")
}

// Owes finds one duty among those named.
func Owes(owed []Owed, duty Duty) (Owed, bool) {
	at := slices.IndexFunc(owed, func(o Owed) bool { return o.Duty == duty })
	if at < 0 {
		return Owed{}, false
	}
	return owed[at], true
}
