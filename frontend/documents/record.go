package documents

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// A record is a document that is read from top to bottom: minutes, or one young person's part of them. It
// is written once, here, and is then a page, a PDF or a Word file.
type record struct {
	Setting
	Title  string // of the file
	Made   time.Time
	Name   string // the heading of the first page
	Blocks []block
}

// A block is a heading, a paragraph, a list, a table or a drawing.
type block struct {
	Heading string
	Level   int    // of a heading: 2 or deeper
	ID      string // of a heading, where something leads to it
	Text    string
	Points  []string
	Table   *recordTable
	Drawing string // SVG; a table beside it says the same, alone in a Word file
}

type recordTable struct {
	Caption string
	Columns []string
	Widths  []int // percent of the line
	Rows    [][]string
}

func (r *record) heading(level int, words, id string) {
	r.Blocks = append(r.Blocks, block{Heading: words, Level: level, ID: id})
}

func (r *record) text(words string) {
	if words != "" {
		r.Blocks = append(r.Blocks, block{Text: words})
	}
}

func (r *record) points(words []string) {
	if len(words) > 0 {
		r.Blocks = append(r.Blocks, block{Points: words})
	}
}

func (r *record) table(caption string, columns []string, widths []int, rows [][]string) {
	if len(rows) > 0 {
		r.Blocks = append(r.Blocks, block{Table: &recordTable{caption, columns, widths, rows}})
	}
}

func (r *record) drawing(svg string) {
	r.Blocks = append(r.Blocks, block{Drawing: svg})
}

// page is the record as one self-contained web page.
func (r record) page(ctx context.Context) ([]byte, error) {
	var out bytes.Buffer
	err := recordPage(r).Render(ctx, &out)
	return out.Bytes(), err
}

// word is the record as a Word file.
func (r record) word() ([]byte, error) {
	w, err := newWord(r.Marking, r.Title, r.Made)
	if err != nil {
		return nil, err
	}
	w.heading(0, r.Name)
	for _, b := range r.Blocks {
		switch {
		case b.Heading != "":
			w.heading(uint(b.Level-1), b.Heading)
		case b.Drawing != "":
		case b.Table != nil:
			w.doc.AddEmptyParagraph().AddText(clean(b.Table.Caption)).Bold(true)
			w.table(b.Table.Columns, b.Table.Widths, b.Table.Rows)
		case len(b.Points) > 0:
			for _, point := range b.Points {
				w.point(point)
			}
		default:
			for line := range strings.SplitSeq(b.Text, "\n") {
				w.text(line)
			}
		}
	}
	if w.err != nil {
		return nil, fmt.Errorf("documents: %w", w.err)
	}
	var out bytes.Buffer
	if err := w.doc.Write(&out); err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return out.Bytes(), nil
}

// MinutesPage is the minutes of a meeting, as their reader may see them, as one self-contained web page.
func (s Setting) MinutesPage(ctx context.Context, m room.Minutes) ([]byte, error) {
	return s.minutes(m).page(ctx)
}

// MinutesWord is the same as a Word file.
func (s Setting) MinutesWord(m room.Minutes) ([]byte, error) { return s.minutes(m).word() }

// ExtractPage is one young person's part of the minutes as one self-contained web page.
func (s Setting) ExtractPage(ctx context.Context, e room.Extract) ([]byte, error) {
	return s.extract(e).page(ctx)
}

// ExtractWord is the same as a Word file.
func (s Setting) ExtractWord(e room.Extract) ([]byte, error) { return s.extract(e).word() }

func (s Setting) minutes(m room.Minutes) record {
	on := clock.DateOf(m.Meeting.StartsAt)
	r := record{Setting: s, Title: "Minutes: " + m.Meeting.Forum + ", " + on.LongWithWeekday() + ", " + strings.ToLower(m.State.Words()), Made: m.Meeting.StartsAt, Name: m.Meeting.Forum + ": minutes of " + on.LongWithWeekday()}
	status := m.State.Words()
	if m.Approval != nil {
		status += " by the meeting of " + m.Approval.MeetingOn.LongWithWeekday() + ", " + m.Approval.By + " in the chair"
	}
	facts := [][]string{{"When and where", strings.TrimSuffix(m.Meeting.When+", "+m.Meeting.Venue, ", ")}, {"Chair", m.Meeting.Chair}, {"These minutes are", status}, {"This copy is for", m.Reader}}
	if !m.Ended.IsZero() {
		facts = append(facts, []string{"Closed at", clock.Time(m.Ended)})
	}
	r.table("The meeting", []string{"What", "Answer"}, []int{36, 64}, facts)
	if m.OnlyOwn {
		r.text("You see the items you brought. The rest of the minutes is for the members of the forum.")
	} else {
		r.heading(2, "Who was there", "present")
		var present [][]string
		for _, person := range m.There.Present {
			present = append(present, []string{person.Name, person.Capacity, person.Times})
		}
		r.table("Present", []string{"Name", "As", "There"}, []int{30, 40, 30}, present)
		if len(present) == 0 {
			r.text("Nobody is recorded as there.")
		}
		r.missing("Apologies", m.There.Apologies)
		r.missing("Not there, without apologies", m.There.Absent)
		if len(m.There.Course) > 0 {
			r.heading(3, "The course of the meeting", "")
			r.points(m.There.Course)
		}
	}
	for _, correction := range m.Corrections {
		r.text(correctionWords(correction))
	}
	for _, item := range m.Items {
		r.minute(item)
	}
	return r
}

func (r *record) missing(heading string, people []room.Missing) {
	var words []string
	for _, person := range people {
		line := person.Name + ", " + person.Seat
		if person.Came != "" {
			line += ". " + person.Came + " came as deputy"
		}
		words = append(words, line)
	}
	if len(words) > 0 {
		r.heading(3, heading, "")
		r.points(words)
	}
}

func correctionWords(c room.MinutesCorrection) string {
	when := "Correction, "
	if c.AtApproval {
		when = "Corrected when they were approved, "
	}
	return when + clock.DateOf(c.MadeAt).Long() + " (" + c.By + "): " + c.Text
}

// minute is one item: the decision with all it stands on, then the discussion.
func (r *record) minute(item room.MinuteItem) {
	words := "Item " + item.Number + ": "
	switch {
	case item.Hidden != "":
		words += item.Hidden
	case item.TakenOff:
		words += "Taken off"
	case item.Reference != "":
		words += item.Title + " (" + item.Reference + ")"
	default:
		words += item.Title
	}
	if item.Label != "" {
		words = item.Label + ". " + words
	}
	r.heading(2, words, "item-"+item.Number)
	for _, interest := range item.Interests {
		r.text(interest.Sentence())
	}
	if item.Decision != nil {
		r.decision(*item.Decision)
	} else if item.Awaiting != nil {
		r.heading(3, "Decision:", "")
		r.text(item.Awaiting.Words + ". " + item.Awaiting.Standing + ". Confirmed by " + item.Awaiting.ConfirmedBy + "; waits for " + item.Awaiting.WaitsFor + ".")
	} else if item.Passed {
		r.text("Passed over.")
	}
	if item.Ratifies != nil {
		r.heading(3, "Ratification:", "")
		r.text(item.Ratifies.Sentence())
	}
	if item.Vote != nil {
		r.heading(3, "Who voted how", "")
		for _, run := range append(append([]room.VoteView{}, item.Vote.Earlier...), *item.Vote) {
			var rows [][]string
			for _, voter := range run.Voters {
				rows = append(rows, []string{voter.For, givenBy(voter), positionWords(voter), whyWords(voter)})
			}
			r.table(fmt.Sprintf("Vote %d: %s", run.Run, run.Proposal), []string{"Position of", "Given by", "Position", "Condition or reason"}, []int{25, 25, 20, 30}, rows)
			if !run.Open {
				r.text(run.Result + ". Rule: " + run.Rule + ".")
			}
		}
	}
	r.onward(item.Referred, item.NextStep)
	if item.Wording != "" {
		r.heading(3, "Minutes:", "")
		r.text(item.Wording)
	}
	r.actions(item.Actions)
	for _, correction := range item.Corrections {
		r.text(correctionWords(correction))
	}
}

func (r *record) decision(d room.DecisionView) {
	r.heading(3, "Decision:", "")
	r.text(d.Words + ". " + d.Standing + ".")
	r.text(d.Reasons)
	if !d.StartOn.IsZero() {
		r.text("Starts on " + d.StartOn.Long() + ".")
	}
	if !d.ReviewOn.IsZero() {
		r.text("Review on " + d.ReviewOn.Long() + ".")
	}
	for _, fact := range d.Facts {
		r.text(fact.Name + ": " + fact.Text)
	}
	var shares, conditions [][]string
	for _, share := range d.Split {
		shares = append(shares, []string{share.Payer(), money.Pounds(share.WeeklyPence), money.Pounds(share.OneOffPence), money.Pounds(share.AnnualPence)})
	}
	r.table("Who pays what", []string{"Agency", "A week", "Once", "A year"}, []int{40, 20, 20, 20}, shares)
	for _, condition := range d.Conditions {
		conditions = append(conditions, []string{condition.Text, condition.Owner, condition.EvidenceDue.Long(), condition.Words})
	}
	r.table("Conditions", []string{"Condition", "To be shown by", "Evidence due", "How it stands"}, []int{40, 20, 15, 25}, conditions)
	r.text("Confirmed by " + d.ConfirmedBy + ", " + clock.Moment(d.ConfirmedAt) + ".")
	for _, correction := range d.Corrections {
		r.text("Corrected on " + clock.DateOf(correction.At).Long() + ": “" + correction.Wrong + "” should say “" + correction.Right + "”. Why: " + correction.Reason + " (" + correction.By + "). The original stands as it was confirmed.")
	}
}

func givenBy(v room.VoterView) string {
	if v.Name != "" && v.Deputy {
		return v.Name + ", deputy"
	}
	return cmp.Or(v.Name, v.Absent, "Nobody")
}

func positionWords(v room.VoterView) string {
	words := v.Words
	if !v.Voted {
		words = "None given"
	}
	if v.Recommendation {
		words += ", as a recommendation above their limit"
	}
	if v.Disputed {
		words += " (disputed)"
	}
	return words
}

func whyWords(v room.VoterView) string {
	words := strings.TrimSpace(v.Condition + " " + v.Reason)
	if v.Record != "" {
		words = strings.TrimSpace(words + " " + v.Record + ".")
	}
	return cmp.Or(words, "None")
}

func (r *record) onward(referred []string, nextStep string) {
	for _, forum := range referred {
		r.text("Referred to " + forum + ".")
	}
	if nextStep != "" {
		r.text("Next step: " + nextStep)
	}
}

func (r *record) actions(actions []room.ActionView) {
	var rows [][]string
	for _, action := range actions {
		who := action.Owner
		if action.Agency != "" {
			who += ", " + action.Agency
		}
		rows = append(rows, []string{action.Text, who, action.DueOn.Long()})
	}
	r.table("Actions", []string{"Action", "Who", "Due"}, []int{50, 30, 20}, rows)
}

func (s Setting) extract(e room.Extract) record {
	about := strings.TrimSpace(e.Reference + " " + e.Name)
	r := record{Setting: s, Title: "Extract of minutes " + e.Label + ": " + e.Forum + ", " + e.MeetingOn.LongWithWeekday(), Made: e.MeetingOn.Start(), Name: "Extract of minutes: " + about}
	r.table("Where it comes from", []string{"What", "Answer"}, []int{36, 64}, [][]string{
		{"Forum", e.Forum}, {"Meeting", e.MeetingOn.LongWithWeekday()}, {"Minute", e.Label + ", item " + e.Number}, {"The minutes are", e.State},
	})
	r.text("This is the part of the minutes that is about this young person. Other young people’s names are left out.")
	if e.Decision != nil {
		r.heading(2, "Decision", "decision")
		d := *e.Decision
		inner := record{}
		inner.decision(d)
		r.Blocks = append(r.Blocks, inner.Blocks[1:]...) // under a heading of its own
	}
	if e.Ratified != "" {
		r.heading(2, "Ratification", "ratification")
		r.text(e.Ratified)
	}
	for i, vote := range e.Votes {
		if i == 0 {
			r.heading(2, "Votes by agency", "votes")
		}
		var rows [][]string
		for _, position := range vote.Positions {
			rows = append(rows, []string{position.For, position.Position, cmp.Or(position.Why, "None")})
		}
		r.table(fmt.Sprintf("Vote %d: %s", vote.Run, vote.Proposal), []string{"Position of", "Position", "Condition or reason"}, []int{35, 25, 40}, rows)
		r.text(vote.Result + ".")
	}
	if e.Wording != "" || e.NextStep != "" || len(e.Referred) > 0 {
		r.heading(2, "Discussion", "discussion")
		r.text(e.Wording)
		r.onward(e.Referred, e.NextStep)
	}
	if len(e.Actions) > 0 {
		r.heading(2, "Actions", "actions")
		r.actions(e.Actions)
	}
	for i, correction := range e.Corrections {
		if i == 0 {
			r.heading(2, "Corrections", "corrections")
		}
		r.text(correction)
	}
	return r
}
