package measures

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quorate/server/base/money"
)

// A finding is what a measure comes to, in a sentence that a board member can repeat.

// shareFinding is of so many of so many, this year and the year before: "35% were referred at 16, up from 21%".
func shareFinding(did, nobody string) func(*Reading) string {
	return func(r *Reading) string {
		if r.Total.N() == 0 && !r.Total.Held {
			return nobody + " in the last four quarters"
		}
		said := r.Percent(r.Total)
		if said == heldWords {
			return tooFew
		}
		said += " " + did
		if r.Total.Held || r.Before.Held || r.Before.N() == 0 {
			return said
		}
		before, after := percent(r.Before.tenths()), percent(r.Total.tenths())
		switch {
		case before == after:
			return said + ", as in the year before"
		case r.Total.tenths() > r.Before.tenths():
			return said + ", up from " + before
		default:
			return said + ", down from " + before
		}
	}
}

// tooFew is said where a sum itself would point at people.
const tooFew = "Too few people to say without telling who they are"

func lateFinding(r *Reading) string {
	switch {
	case r.Total.Held && r.Percent(r.Total) == heldWords:
		return tooFew
	case r.Total.Held:
		return r.Percent(r.Total) + " of referrals came at 17"
	case r.Total.N() == 0:
		return "Nobody was referred in the last twelve months"
	}
	return fmt.Sprintf("%s of %s came at 17%s", percent(r.Total.tenths()), plural(r.Total.N(), "referral", "referrals"), r.mostFrom(0))
}

// mostFrom names the row with the most in a part, if that may be told.
func (r Reading) mostFrom(part int) string {
	most := r.most(part)
	if most == nil {
		return ""
	}
	return fmt.Sprintf(", most from %s (%d)", lowerFirst(most.Name), most.Counts[part])
}

// most is the row with the most in a part; nil where none has any, several have the same, or it is held back.
func (r Reading) most(part int) *Row {
	var most *Row
	tied := false
	for i, row := range r.Rows {
		if row.Held || row.Counts[part] == 0 {
			continue
		}
		switch {
		case most == nil || row.Counts[part] > most.Counts[part]:
			most, tied = &r.Rows[i], false
		case row.Counts[part] == most.Counts[part]:
			tied = true
		}
	}
	if tied {
		return nil
	}
	return most
}

func sourcesFinding(r *Reading) string {
	when := "in the last twelve months"
	if r.Key == SourcesMonth {
		when = "in " + r.From.Month.String() + r.From.Long()[len(r.From.Long())-5:]
	}
	if r.Total.Held {
		return tooFew
	}
	said := plural(r.Total.N(), "referral", "referrals") + " " + when
	if r.Key == SourcesYear && r.Total.N() > 0 {
		said += ", " + perMonth(r.Total.N(), 12) + " a month"
	}
	return said + r.mostFrom(0)
}

// perMonth is an average of months, to a tenth.
func perMonth(n, months int) string {
	tenths := (n*20 + months) / (months * 2)
	if tenths%10 == 0 {
		return fmt.Sprint(tenths / 10)
	}
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

func waitingFinding(r *Reading) string {
	if r.Total.Held {
		return tooFew
	}
	if r.Total.N() == 0 {
		return "Nobody waits for an assessment"
	}
	said := plural(r.Total.N(), "person waits", "people wait") + " for an assessment"
	if most := r.most(0); most != nil {
		said += ", most of them " + agedWords(most.Name)
		if most.N()*2 <= r.Total.N() {
			said = strings.Replace(said, "most of them", "the largest group", 1)
		}
	}
	finished := r.Asides[1]
	if finished.Held || finished.N == 0 {
		return said
	}
	months := (r.Total.N()*3 + finished.N - 1) / finished.N
	return said + fmt.Sprintf("; at %s assessments a month that is %s to clear", perMonth(finished.N, 3), plural(months, "month", "months"))
}

func agedWords(name string) string {
	if strings.HasPrefix(name, "Under") {
		return lowerFirst(name)
	}
	return "aged " + name
}

func highCostFinding(r *Reading) string {
	if r.Total.Held {
		return tooFew
	}
	if r.Total.N() == 0 {
		return "Nobody under 18 is in a high-cost placement"
	}
	said := plural(r.Total.N(), "person under 18 is", "people under 18 are") + " in a high-cost placement"
	if most := r.most(0); most != nil {
		said += fmt.Sprintf(", %d of them %s", most.N(), agedWords(most.Name))
	}
	return said
}

func bandsFinding(r *Reading) string {
	if !r.tellsSum() {
		if r.Total.Held {
			return tooFew
		}
		return plural(r.Total.N(), "person", "people") + " from 18 to 25 with a weekly cost"
	}
	if r.Total.Amount == 0 {
		return "Nobody from 18 to 25 has a weekly cost"
	}
	dearest := slices.MaxFunc(r.Rows, func(a, b Row) int { return int(a.Amount - b.Amount) })
	return fmt.Sprintf("%s of the weekly cost is for the %s who cost %s", percentTenths(shareOf(dearest.Amount, r.Total.Amount)),
		plural(dearest.N(), "person", "people"), strings.Replace(lowerFirst(dearest.Name), "and over", "or more", 1))
}

func totalFinding(r *Reading) string {
	if r.Total.Held || !r.tellsSum() {
		return tooFew
	}
	with := " a year for "
	if slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Key == "transport" && row.Missing != "" }) {
		with = " a year, without transport, for "
	}
	return money.Pounds(nearestPound(r.Total.Amount*weeks)) + with + plural(r.Total.N(), "person", "people")
}

// nearestPound is pence as whole pounds, half a pound up.
func nearestPound(pence int64) int64 {
	if pence < 0 {
		return -nearestPound(-pence)
	}
	return (pence + 50) / 100 * 100
}

func tabledFinding(r *Reading) string {
	if r.Total.N() == 0 {
		return "Nothing was decided in the last twelve months"
	}
	if r.Median == 0 {
		return fmt.Sprintf("Half of %s were taken on the day they were first tabled", plural(r.Total.N(), "decision", "decisions"))
	}
	return fmt.Sprintf("Half of %s were taken within %s of being tabled", plural(r.Total.N(), "decision", "decisions"), plural(r.Median, "day", "days"))
}

func deferredFinding(r *Reading) string {
	if r.Total.Held {
		return tooFew
	}
	if r.Total.N() == 0 {
		return "Nothing was deferred twice in the last twelve months"
	}
	return plural(r.Total.N(), "case was", "cases were") + " deferred twice or more in the last twelve months"
}

func quorumFinding(r *Reading) string {
	if r.Total.N() == 0 {
		return "Nothing came to be decided without a quorum in the last twelve months"
	}
	return plural(r.Total.N(), "decision", "decisions") + " without a quorum avoided in the last twelve months"
}

func consentFinding(r *Reading) string {
	if r.Total.N() == 0 {
		return "No vote failed for want of a funder’s consent in the last twelve months"
	}
	said := plural(r.Total.N(), "funder’s consent was", "funders’ consents were") + " missing when a vote failed"
	if len(r.Rows) == 1 {
		return said + ", always " + r.Rows[0].Name + "’s"
	}
	if r.Rows[0].N() > r.Rows[1].N() {
		said += fmt.Sprintf(", most often %s’s (%d)", r.Rows[0].Name, r.Rows[0].N())
	}
	return said
}

func lettersFinding(r *Reading) string {
	if r.Total.N() == 0 {
		return "No letter was due in the last twelve months"
	}
	if r.Total.Counts[0] == 0 {
		return fmt.Sprintf("No letter was late of %s due", commas(r.Total.N()))
	}
	return fmt.Sprintf("%s of %s due were late%s", percent(r.Total.tenths()), plural(r.Total.N(), "letter", "letters"), strings.Replace(r.mostFrom(0), "most from", "most to", 1))
}

func blockersFinding(r *Reading) string {
	if r.Total.N() == 0 {
		return "Nothing is blocked"
	}
	old := r.Total.Counts[2]
	said := plural(r.Total.N(), "blocker is", "blockers are") + " open"
	switch {
	case old == r.Total.N():
		said += " for over 56 days"
	case old > 0:
		said += fmt.Sprintf(", %d of them for over 56 days", old)
	}
	if len(r.Rows) > 1 && r.Rows[0].N() > r.Rows[1].N() {
		said += ", most about " + lowerFirst(r.Rows[0].Name)
	}
	return said
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return commas(n) + " " + many
}

// lowerFirst begins words in the middle of a sentence; NHS and SEN stay as they are.
func lowerFirst(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if next, _ := utf8.DecodeRuneInString(words[size:]); unicode.IsUpper(next) {
		return words
	}
	return string(unicode.ToLower(first)) + words[size:]
}
