package documents

import (
	"fmt"
	"strconv"
	"strings"

	"quorate/agendas"
	"quorate/agendas/packs"
	"quorate/server/base/clock"
)

func title(p packs.Pack) string {
	return fmt.Sprintf("Agenda pack: %s, %s, version %d", p.Forum.Name, p.On().LongWithWeekday(), p.Version)
}

// heading is an item's number and what it is about.
func heading(e packs.Entry) string {
	words := e.Number + ". "
	switch {
	case e.Withheld != "":
		return words + "Left out of your pack"
	case e.State == agendas.TakenOff:
		return words + "Taken off"
	case e.Case != nil:
		if e.Kind == agendas.RatifyItem {
			words += e.Title + ", "
		}
		words += e.Case.Reference + " " + e.Case.Name
		if e.Line.Request != nil {
			words += ", funding request " + e.Line.Request.Reference()
		}
		return words
	default:
		return words + e.Title
	}
}

func anchor(e packs.Entry) string { return "item-" + e.Number }

// aboutItem are the sentences under an item's heading.
func aboutItem(e packs.Entry) (lines []string) {
	if e.Withheld != "" {
		return []string{e.Withheld}
	}
	if e.State == agendas.TakenOff {
		if e.RemovedReason == "" {
			return nil
		}
		return []string{"Why it was taken off: " + e.RemovedReason}
	}
	if e.Case != nil {
		lines = append(lines, fmt.Sprintf("Born %s, %d on the day of the meeting.", e.Case.Born.Long(), e.Case.Age))
		for _, name := range e.Case.NotOurs {
			lines = append(lines, "Responsible: "+name+", not ours.")
		}
	}
	length := fmt.Sprintf("%d minutes.", e.Minutes)
	if e.Minutes == 1 {
		length = "1 minute."
	}
	if e.Presenter != "" {
		length += " Presented by " + e.Presenter + "."
	}
	lines = append(lines, length)
	if e.LateReason != "" {
		lines = append(lines, "Late: "+e.LateReason)
	}
	return lines
}

// noViews is said in red, and in words, of a young person who has not been heard.
const noViews = "The young person’s own views are not on record."

func unheard(e packs.Entry) bool { return e.Case != nil && e.Case.NoViews }

// telling is what is recorded of telling the young person an item is about, under a heading of its own.
type telling struct {
	Heading string
	Facts   []packs.Fact
}

// tellingsOf are what was recorded when the version went out, and what has been recorded since. An item that
// is about nobody, or whose case is not the reader's to see, has neither.
func tellingsOf(e packs.Entry) []telling {
	if e.Case == nil || e.Case.NoAccess || e.Closed() {
		return nil
	}
	const heading = "Telling the young person"
	if e.AsPublished == nil && !e.Since {
		return []telling{{heading, []packs.Fact{{Name: "Who was told", Value: "Not on record"}}}}
	}
	var all []telling
	if e.AsPublished != nil {
		all = append(all, telling{heading, toldFacts(*e.AsPublished)})
	}
	if e.Since {
		all = append(all, telling{heading + ", recorded since this version was published", toldFacts(*e.Tabling)})
	}
	return all
}

func toldFacts(t agendas.Tabling) []packs.Fact {
	who := t.Told.Words()
	if t.Representative != "" {
		who += ": " + t.Representative
	}
	facts := []packs.Fact{{Name: "Who was told", Value: who}}
	if t.Told == agendas.ToldNobody {
		facts = append(facts, packs.Fact{Name: "Why neither was told", Value: t.WhyNotTold})
	} else {
		facts = append(facts, packs.Fact{Name: "When, and by whom", Value: t.ToldOn.Long() + ", by " + t.ToldBy}, packs.Fact{Name: "What they said to it", Value: t.Response.Words()})
	}
	if t.Said != "" {
		name := "Their views"
		if t.Objects() {
			name = "Their objection"
		}
		facts = append(facts, packs.Fact{Name: name, Value: t.Said})
	}
	basis := t.Basis.Words()
	if t.BasisDetail != "" {
		basis += ": " + t.BasisDetail
	}
	return append(facts, packs.Fact{Name: "Basis for sharing", Value: basis})
}

// objecting is said in red, and in words, before anything else of an item: when it was published, or now.
const objecting = "They object to being discussed. What they said is below."

func objects(e packs.Entry) bool {
	return e.Case != nil && !e.Case.NoAccess && !e.Closed() && (e.Tabling.Objects() || !e.Since && e.AsPublished.Objects())
}

// whenAndWhere is the meeting's time and place.
func whenAndWhere(s agendas.Snapshot) string {
	words := clock.Moment(s.StartsAt) + " to " + clock.Time(s.EndsAt)
	if s.Venue != "" {
		words += ", " + s.Venue
	}
	return words
}

func versionWords(p packs.Pack) string {
	words := fmt.Sprintf("Version %d, published %s.", p.Version, clock.Moment(p.PublishedAt))
	if p.Late {
		words += " Late: the agenda had to be out by " + p.DueOn.LongWithWeekday() + "."
		if p.LateReason != "" {
			words += " " + p.LateReason
		}
	}
	if p.Version < p.Latest {
		words += fmt.Sprintf(" A later version, %d, is out.", p.Latest)
	}
	return words
}

// dateOf and daysLeft are the date a reason turns on and the days to it from the meeting.
func dateOf(r agendas.Reason) string {
	if r.On.IsZero() {
		return "None"
	}
	return r.On.Long()
}

func daysLeft(r agendas.Reason) string {
	switch {
	case r.On.IsZero():
		return "None"
	case r.DaysLeft < 0:
		return days(-r.DaysLeft) + " past"
	case r.DaysLeft == 0:
		return "On the day"
	default:
		return days(r.DaysLeft) + " left"
	}
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

func lawOf(r agendas.Reason) string {
	if r.Law == "" {
		return "None given"
	}
	return r.Law
}

// changeWords is a change of an item in one line.
func changeWords(c agendas.ItemChange) string {
	words := "Item " + c.Number
	if c.Subject != "" {
		words += ", " + c.Subject
	}
	return words + ": " + strings.Join(append([]string{c.Kind.Words() + "."}, c.Words...), " ")
}

func agencyWords(a packs.Agency) string {
	if a.Name == "" {
		return "No agency"
	}
	return a.Name
}

// saysWords: the clerk and the advisers are asked as well, and do not count.
func saysWords(s packs.Seat) string {
	if s.Says == "" {
		return "Nobody is asked"
	}
	if !s.Decides {
		return s.Says + " (does not count towards the quorum)"
	}
	return s.Says
}

// sizeWords is a file's size as people say it.
func sizeWords(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " bytes"
	case bytes < 1_000_000:
		return strconv.FormatInt((bytes+500)/1000, 10) + " kB"
	default:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1_000_000)
	}
}

// where a paper is.
func (s sheet) where(p packs.Paper) string {
	switch {
	case s.Attached[p.ID]:
		return "Attached to this file"
	case s.Inside:
		return "In Quorate: no room in this file"
	default:
		return "In Quorate"
	}
}
