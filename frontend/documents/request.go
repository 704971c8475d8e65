package documents

import (
	"slices"
	"strconv"
	"strings"

	"quorate/agendas/packs"
	"quorate/agendas/requests"
	"quorate/server/base/money"
)

const whatAPanelDecides = "The panel decides how what is owed is met and who pays, never whether."

// answer is a question of a request with what was written.
type answer struct{ Question, Words string }

// answersOf begins with what is owed: the panel decides how that is met and who pays, never whether.
func answersOf(r packs.Request) []answer {
	var all []answer
	if r.Kind.Has(requests.OwedInLaw) {
		all = append(all, answer{"What is already owed", r.AlreadyOwed})
	}
	if r.Kind.Has(requests.Circumstances) {
		all = append(all, circumstancesOf(r)...)
	}
	if r.Kind.Has(requests.Need) {
		all = append(all, answer{"What the young person needs", r.Need}, answer{"What should be different", r.Outcomes})
	}
	if r.Kind.Has(requests.OptionsWeighed) && len(r.Options) == 0 {
		all = append(all, answer{"Options considered", ""})
	}
	for i := range all {
		if strings.TrimSpace(all[i].Words) == "" {
			all[i].Words = "Not known"
		}
	}
	return all
}

func circumstancesOf(r packs.Request) []answer {
	why := answer{requests.Circumstances.Title(r.Kind), r.Reason}
	switch r.Kind {
	case requests.Retrospective:
		return []answer{{"Authorised by", r.AuthorisedBy + ", " + r.AuthorisedOn.Long()}, {"Why it could not wait", r.WhyNotWait}}
	case requests.Notice:
		why.Words = r.Provider + " gave notice on " + r.NoticedOn.Long() + ". Its last day is " + r.NoticeEndsOn.Long() + ".\n" + r.Reason
	}
	return []answer{why}
}

// figures is a table of a request: the first cell of a row heads it, and the cells from Amounts on are money.
type figures struct {
	Title, Note string
	Columns     []string
	Widths      []int // percent of the line, where a form sets them
	Amounts     int
	Rows        [][]string
}

// figuresOf are a request's tables, in the order a member weighs them: what was considered, what is bought,
// what it comes to and who pays.
func figuresOf(r packs.Request) (all []figures) {
	if r.Kind.Has(requests.OptionsWeighed) && len(r.Options) > 0 {
		all = append(all, optionsOf(r))
	}
	if len(r.Lines) > 0 {
		all = append(all, linesOf(r))
	}
	if len(r.Packages) > 0 || r.Closed > 0 {
		all = append(all, packagesOf(r))
	}
	title := "What it costs"
	if r.Kind == requests.Ending {
		title = "What stops being paid"
	}
	all = append(all, figures{Title: title, Columns: []string{"Cost", "Amount"}, Widths: []int{36, 64}, Amounts: 2, Rows: costsOf(r)})
	if len(r.Split) > 0 {
		all = append(all, splitOf(r))
	}
	return all
}

func optionsOf(r packs.Request) figures {
	f := figures{Title: "Options considered", Columns: []string{"Option", "Cost", "Why, or why not"}, Widths: []int{28, 24, 48}, Amounts: 3}
	for _, o := range r.Options {
		name, cost := o.What, "No cost given"
		if o.Chosen {
			name += " (proposed)"
		}
		if o.WeeklyPence+o.OneOffPence > 0 {
			cost = spent(o.WeeklyPence, o.OneOffPence)
		}
		f.Rows = append(f.Rows, []string{name, cost, o.Why})
	}
	return f
}

func linesOf(r packs.Request) figures {
	f := figures{Title: "What is to be paid for", Columns: []string{"Line", "Provider", "How it is counted", "A week, on average", "Once", "A year"}, Widths: []int{18, 15, 22, 16, 13, 16}, Amounts: 3}
	row := func(name, provider, counted string, c requests.Cost) []string {
		return []string{name, provider, counted, money.Pounds(c.WeeklyPence), money.Pounds(c.OneOffPence), money.Pounds(c.AnnualPence)}
	}
	for _, line := range r.Lines {
		name := line.Kind.Words()
		if line.What != "" {
			name += ", " + line.What
		}
		f.Rows = append(f.Rows, row(name, known(line.Provider), line.Words(), line.Cost(r.WeeksThousandths)))
	}
	f.Rows = append(f.Rows, row("Together", "", "", requests.Total(r.Lines, r.WeeksThousandths)))
	return f
}

// packagesOf leaves out those that are closed to the reader, and says how many: what the uplift comes to is
// in its cost all the same.
func packagesOf(r packs.Request) figures {
	f := figures{Title: "The packages, a week of each", Columns: []string{"Young person", "Provider", "Now", "New", "More", "Rise"}, Widths: []int{28, 20, 14, 14, 13, 11}, Amounts: 2}
	row := func(name, provider string, present, after int64) []string {
		rise := requests.PercentWords(requests.RisePercent(present, after)) + "%"
		return []string{name, provider, money.Pounds(present), money.Pounds(after), money.Pounds(after - present), rise}
	}
	var lines []requests.Line
	for _, p := range r.Packages {
		f.Rows = append(f.Rows, row(p.Person, known(p.Provider), *p.PresentPence, p.PricePence))
		lines = append(lines, p.Line)
	}
	if len(lines) > 0 {
		present, after := requests.UpliftTotal(lines)
		f.Rows = append(f.Rows, row("Together", "", present, after))
	}
	switch {
	case r.Closed == 1:
		f.Note = "1 package is left out, because you declared an interest. What all of them come to is in the cost below."
	case r.Closed > 1:
		f.Note = strconv.Itoa(r.Closed) + " packages are left out, because you declared an interest. What all of them come to is in the cost below."
	}
	return f
}

// costsOf is what a request costs in all, the young person's own contribution apart, beside what is paid now.
func costsOf(r packs.Request) (rows [][]string) {
	add := func(name, words string) { rows = append(rows, []string{name, words}) }
	if r.Kind == requests.Ending {
		add("Last day", r.EndsOn.Long())
		if p := r.Previous; p != nil {
			add("Each week now", money.Pounds(p.WeeklyPence)+" ("+p.Words()+")")
			add("In a year", money.Pounds(requests.AnnualPence(p.WeeklyPence, r.WeeksThousandths))+" less")
		} else {
			add("Each week now", noPrevious)
		}
		return rows
	}
	year := "In a year of " + requests.YearWords(r.WeeksThousandths)
	if r.Kind == requests.Uplift {
		add("Each week", amount(r.WeeklyPence)+" more")
		add(year, money.Pounds(r.Exposure.AnnualPence)+" more")
		add("Starts", r.StartsOn.Long())
		return rows
	}
	add("The young person’s own contribution", contribution(r))
	add("Each week, on average", amount(r.WeeklyPence))
	switch p := r.Previous; {
	case p != nil:
		add("Each week now", p.Words()+": "+p.Compared(r.WeeklyPence))
	case r.Kind.Follows():
		add("Each week now", noPrevious)
	}
	add("Once", amount(r.OneOffPence))
	add(year, money.Pounds(r.Exposure.AnnualPence))
	if e := r.Exposure; !e.ReviewOn.IsZero() {
		add("To the review", money.Pounds(e.ReviewPence)+" to "+e.ReviewOn.AddDays(-1).Long())
	}
	add("Over its whole life", wholeLife(r.Exposure))
	add("Starts", r.StartsOn.Long())
	add("Ends", r.EndsWords())
	add("Review", r.ReviewWords())
	return rows
}

const noPrevious = "Not known: nothing is decided here and the tracker names no cost"

func contribution(r packs.Request) string {
	switch {
	case r.ClientWeeklyPence == nil:
		return "Not known"
	case *r.ClientWeeklyPence == 0:
		return "Nothing"
	default:
		return money.Pounds(*r.ClientWeeklyPence) + " a week, already taken off below"
	}
}

func wholeLife(e requests.Exposure) string {
	switch {
	case e.Until.IsZero():
		return "Not known"
	case e.Assumed:
		return money.Pounds(e.WholePence) + " to the 25th birthday, as no end is named"
	default:
		return money.Pounds(e.WholePence) + " to " + e.Until.Long()
	}
}

// splitOf is who is asked to pay, beside what each pays now where that is known.
func splitOf(r packs.Request) figures {
	f := figures{Title: "Who is asked to pay", Columns: []string{"Funder", "A week", "Of the week", "Once"}, Widths: []int{40, 20, 20, 20}, Amounts: 1}
	compared := slices.ContainsFunc(r.Split, func(s requests.ShareLine) bool { return s.Now != nil })
	if compared {
		f.Columns, f.Widths = append(f.Columns, "A week now", "Of the week now"), []int{25, 15, 15, 15, 15, 15}
	}
	for _, s := range r.Split {
		row := []string{s.Agency, amount(s.WeeklyPence), percent(s.WeeklyPence, r.WeeklyPence), amount(s.OneOffPence)}
		if s.Now != nil {
			row = append(row, amount(s.Now.WeeklyPence), percent(s.Now.WeeklyPence, r.Previous.WeeklyPence))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

func percent(share, whole int64) string {
	if whole == 0 {
		return "None"
	}
	return requests.PercentWords(money.Percent(share, whole)) + "%"
}

func amount(pence int64) string {
	if pence == 0 {
		return "Nothing"
	}
	return money.Pounds(pence)
}

// spent is what comes each week and once, whichever there is.
func spent(weekly, once int64) string {
	switch {
	case once == 0:
		return money.Pounds(weekly) + " a week"
	case weekly == 0:
		return money.Pounds(once) + " once"
	default:
		return money.Pounds(weekly) + " a week and " + money.Pounds(once) + " once"
	}
}

func known(words string) string {
	if words == "" {
		return "Not known"
	}
	return words
}
