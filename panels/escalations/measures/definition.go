// Package measures is the figures that boards watch: what each counts, over whom, by when and against which target, and how it stands.
package measures

import (
	"embed"
	"strconv"
	"strings"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
)

// Key names a measure in addresses, files and snapshots.
type Key string

// The measures, in the order of their page.
const (
	AssessedBy18    Key = "assessed-by-18"
	PlannedBy18     Key = "planned-by-18"
	ReferredAt16    Key = "referred-at-16"
	WaitingByAge    Key = "waiting-by-age"
	HighCostByAge   Key = "high-cost-by-age"
	CostBands       Key = "weekly-cost-bands"
	TotalCost       Key = "total-cost"
	SourcesYear     Key = "referrals-by-source"
	SourcesMonth    Key = "referrals-last-month"
	LateAt17        Key = "late-referrals"
	FoundEligible   Key = "found-eligible"
	TabledToDecided Key = "tabled-to-decided"
	DeferredTwice   Key = "deferred-twice"
	WithoutQuorum   Key = "without-quorum"
	ConsentFailures Key = "consent-failures"
	LettersLate     Key = "letters-late"
	BlockersByAge   Key = "blockers-by-age"
)

// Shape says what a measure's rows hold and how they add up.
type Shape uint8

// The shapes.
const (
	Share  Shape = iota // so many of so many: the first part of all parts, as a percentage
	Count               // how many
	Spread              // how many, in columns that add up
	Bands               // how many, and what they cost a week
	Money               // what is paid a week; one person may be in several rows
)

// A Definition is a measure in words that anybody can read and dispute, with the query that counts it.
type Definition struct {
	Key     Key
	Name    string
	Section Section

	Counted string   // what is counted
	Over    string   // over whom
	By      string   // by when
	LeftOut string   // who is left out, and why
	Rounded string   // how sums are rounded, where there are any
	Target  *Target  // nil: none is published
	History []Stated // what others have published
	Compare string   // how History may be compared with what is shown here

	Needs    []tracker.Field            // columns without which it cannot be judged
	RowNeeds map[string][]tracker.Field // columns without which one row cannot be judged
	Prefers  []tracker.Field            // columns without which fewer are left out

	Shape       Shape
	Heading     string          // of the rows: "Quarter of the 18th birthday"
	Whole       string          // of all parts together: "Turned 18"
	Parts       []string        // the columns that add up
	Beside      []string        // what is told beside the table and is in none of its sums
	BesideNeeds []tracker.Field // the column without which each of Beside cannot be judged; "" for none of its own
	Amount      string          // of a column for the sum of amounts, where it is a count: "Young people"
	People      bool            // counts young people: small counts are held back from who may not know which

	ListAction access.Action // the list behind a figure is for who may do this at the forum

	rows    func(p period) []Row // those there always are, in order; nil: as the query finds them
	period  func(today clock.Date) period
	query   string
	total   bool // rows are not told where small counts are held back: only what they come to
	years   bool // the last four rows are the year, those before them the year before
	chart   chartKind
	finding func(r *Reading) string
}

// Section is a heading of the page.
type Section string

// The sections, in order.
const (
	Ready    Section = "Ready for adulthood"
	Coming   Section = "Who is coming"
	Costs    Section = "What it costs"
	Deciding Section = "How the forums decide"
	Stuck    Section = "What is stuck"
)

// Sections are the headings of the page, in order.
var Sections = []Section{Ready, Coming, Costs, Deciding, Stuck}

// Target is what a measure ought to come to.
type Target struct {
	Percent int
	Why     string
	AtMost  bool // it ought to be no more; else no less
}

// Share is the target alone: "100%", "no more than 5%".
func (t Target) Share() string {
	share := strconv.Itoa(t.Percent) + "%"
	if t.AtMost && t.Percent > 0 {
		return "no more than " + share
	}
	return share
}

// Words is the target as a page says it: "100%: every young person …".
func (t Target) Words() string { return strconv.Itoa(t.Percent) + "%: " + t.Why }

// Stated is a figure somebody has published.
type Stated struct {
	When    string // "2022", "June 2024"
	Value   string // "85%"
	Percent int    // of Value, where it is one: for the chart
	Words   string // what was counted
	Body    string // who published it
}

//go:embed sql/*.sql
var queries embed.FS

// lines is the query of a measure: a row for each thing it counts, with the row and the part it is counted in.
// The figures and the list behind them are both read from it, so they cannot disagree.
func (d Definition) lines() string {
	text, err := queries.ReadFile("sql/" + d.query + ".sql")
	if err != nil {
		panic(err) // impossible: the files are in the program
	}
	return strings.ReplaceAll(string(text), "{source}", sourceOf("c.referral_source"))
}

// Find is the measure of a key.
func Find(key string) (Definition, bool) {
	for _, d := range All {
		if d.Key == Key(key) {
			return d, true
		}
	}
	return Definition{}, false
}

// Line is what was published as one line: "2022: 85%. Of people open to the team. Councils’ published reports."
func (s Stated) Line() string { return s.When + ": " + s.Value + ". " + s.Words + ". " + s.Body + "." }
