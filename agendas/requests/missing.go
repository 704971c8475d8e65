package requests

import (
	"fmt"

	"github.com/google/uuid"

	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Missing is what a section still lacks before a panel can take the request, and what in it cannot
// stand. It is empty when the section is complete.
func (w Written) Missing(section Section) []fault.Field {
	var form fault.Form
	switch section {
	case OwedInLaw:
		form.Require(len(w.Owed) > 0, "owed", "Choose what is already owed, or that nothing is")
		for _, o := range w.Owed {
			form.Require(o.Duty == Nothing || o.Words != "", OwedField(o.Duty), "Enter what "+owedSource[o.Duty]+" says")
			form.Require(o.Duty != Order || !o.On.IsZero(), "order_on", "Enter the date of the order")
		}
	case Circumstances:
		w.circumstancesMissing(&form)
	case Need:
		form.Require(w.Need != "", "need", "Enter what the young person needs")
		form.Require(w.Outcomes != "", "outcomes", "Enter what should be different for the young person")
	case OptionsWeighed:
		w.optionsMissing(&form)
	case Costs:
		form.Require(len(w.Lines) > 0, "costs", "Add what is to be paid for")
		if w.Kind == Reduction && w.Previous != nil && len(w.Lines) > 0 && w.WeeklyPence >= w.Previous.WeeklyPence {
			form.Add("costs", "This comes to %s a week and the package costs %s now. Make it less, or ask for a change instead", money.Pounds(w.WeeklyPence), money.Pounds(w.Previous.WeeklyPence))
		}
	case Contribution:
		form.Require(w.ClientWeeklyPence != nil, "pays", "Choose whether the young person pays towards it")
		gross := w.Gross().WeeklyPence
		if client := w.client(); len(w.Lines) > 0 && client > gross {
			form.Add("client", "The contribution, %s a week, is more than the package, %s a week", money.Pounds(client), money.Pounds(gross))
		} else if client > 0 && w.nhsPaysAll() {
			form.Add("client", "From 18 this young person is eligible for NHS continuing healthcare, which is free. Take the contribution off")
		}
	case Packages:
		w.packagesMissing(&form)
	case Dates:
		form.Require(!w.StartsOn.IsZero(), "starts_on", "Enter when it starts")
		if w.Kind != Retrospective && !w.StartsOn.IsZero() && w.State == Draft && w.StartsOn.Before(w.Today) {
			form.Add("starts_on", "%s has passed. Enter a later start, or ask for a package that has already begun", w.StartsOn.Long())
		}
		form.Require(w.Kind != Extension || !w.EndsOn.IsZero() || !w.ReviewOn.IsZero(), "ends_on", "Enter when the longer time ends, or when it is reviewed")
	case Split:
		w.splitMissing(&form)
	}
	if problem := fault.As(form.Err()); problem != nil {
		return problem.Fields
	}
	return nil
}

var owedSource = map[Duty]string{
	SectionF: "section F", SectionG: "section G", SectionH1: "section H1", CareAct: "the assessment", Section117: "the aftercare plan", Order: "the order",
}

// OwedField names the words of one duty in the form and in the errors about it.
func OwedField(duty Duty) string { return "words-" + string(duty) }

func (w Written) circumstancesMissing(form *fault.Form) {
	ask := map[Kind]string{
		Change: "Enter why the package changes", Extension: "Enter why the package goes on", Reduction: "Enter why the package becomes smaller", Ending: "Enter why the package ends",
		Notice: "Enter why the provider gave notice, as far as it is known", Uplift: "Enter why prices go up, and what was negotiated",
	}[w.Kind]
	form.Require(ask == "" || w.Reason != "", "reason", ask)
	switch w.Kind {
	case Retrospective:
		form.Require(w.AuthorisedBy != "", "authorised_by", "Enter who authorised it")
		form.Require(!w.AuthorisedOn.IsZero(), "authorised_on", "Enter when it was authorised")
		form.Require(w.WhyNotWait != "", "why_not_wait", "Enter why it could not wait for the panel")
	case Notice:
		form.Require(w.Provider != "", "provider", "Enter which provider gave notice")
		form.Require(!w.NoticedOn.IsZero(), "noticed_on", "Enter the date of the notice")
		form.Require(!w.NoticeEndsOn.IsZero(), "notice_ends_on", "Enter the provider’s last day")
	case Ending:
		form.Require(!w.EndsOn.IsZero(), "last_day", "Enter the last day of the package")
	}
}

func (w Written) optionsMissing(form *fault.Form) {
	if len(w.Options) < 2 {
		form.Add("what-1", "Enter at least two options: the one proposed, and one that is not")
		return
	}
	chosen := 0
	for i, option := range w.Options {
		if option.Chosen {
			chosen++
		}
		form.Require(option.What != "", OptionField("what", i), fmt.Sprintf("Enter what option %d is", i+1))
		form.Require(option.Why != "", OptionField("why", i), fmt.Sprintf("Enter why option %d is proposed, or why not", i+1))
	}
	form.Require(chosen == 1, "chosen", "Choose the option you propose")
}

// OptionField names a field of one option; the first is 0.
func OptionField(kind string, index int) string { return fmt.Sprintf("%s-%d", kind, index+1) }

func (w Written) packagesMissing(form *fault.Form) {
	if len(w.Lines) == 0 {
		form.Add("packages", "Add the packages whose price goes up")
		return
	}
	present, after := UpliftTotal(w.Lines)
	if after <= present {
		form.Add("packages", "Together the packages cost %s a week now and %s afterwards. An uplift costs more", money.Pounds(present), money.Pounds(after))
	}
}

// splitMissing says how far the shares are from the cost, and which of them the law does not allow.
func (w Written) splitMissing(form *fault.Form) {
	if w.WeeklyPence == 0 && w.OneOffPence == 0 {
		section := Costs
		if w.Kind == Uplift {
			section = Packages
		}
		form.Add("split", "There is no cost to share yet. First complete “%s”", section.Title(w.Kind))
		return
	}
	var weekly, oneOff []int64
	for _, share := range w.Shares {
		weekly, oneOff = append(weekly, share.WeeklyPence), append(oneOff, share.OneOffPence)
	}
	if sentence := mismatch(w.WeeklyPence, weekly, " a week"); sentence != "" {
		form.Add("split", "%s", sentence)
	}
	if sentence := mismatch(w.OneOffPence, oneOff, " as a one-off"); sentence != "" {
		form.Add("split", "%s", sentence)
	}
	for _, breach := range w.breaches() {
		form.Add(ShareField("weekly", breach.agencyID), "%s", breach.sentence)
	}
}

// A breach is a share the law does not allow.
type breach struct {
	agencyID uuid.UUID
	sentence string
}

// law is what the law asks to know of the request.
func (w Written) law() Law {
	law := Law{CHCDecision: w.Case.CHCDecision, Born: w.Case.DateOfBirth, StartsOn: w.StartsOn, Lines: true, Uplift: w.Kind == Uplift}
	law.Education = EducationCost(w.Lines, w.WeeksThousandths)
	return law
}

// EducationCost is what the education lines come to.
func EducationCost(lines []Line, weeksThousandths int) (cost Cost) {
	for _, line := range lines {
		if line.Kind == EducationLine {
			cost = cost.Add(line.Cost(weeksThousandths))
		}
	}
	return cost
}

// breaches are the shares that the law does not let anybody ask for.
func (w Written) breaches() (found []breach) {
	law := w.law()
	for _, share := range w.Shares {
		if stopped := law.Stops(w.kindOf(share.AgencyID), share.WeeklyPence, share.OneOffPence); stopped != "" {
			found = append(found, breach{share.AgencyID, stopped})
		}
	}
	return found
}

// nhsPaysAll reports whether the NHS pays all health and social care of the package.
func (w Written) nhsPaysAll() bool { return w.law().NHSPaysAll() }

// mismatch says how far shares are from the cost, to the penny: "Shares come to £1,204.49 a week; the
// cost is £1,204.50. Add 1p to a share."
func mismatch(cost int64, shares []int64, per string) string {
	left := money.Left(cost, shares)
	switch {
	case left > 0:
		return fmt.Sprintf("Shares come to %s%s; the cost is %s. Add %s to a share.", money.Pounds(cost-left), per, money.Pounds(cost), pence(left))
	case left < 0:
		return fmt.Sprintf("Shares come to %s%s; the cost is %s. Take %s off a share.", money.Pounds(cost-left), per, money.Pounds(cost), pence(-left))
	default:
		return ""
	}
}

func pence(amount int64) string {
	if amount < 100 {
		return fmt.Sprintf("%dp", amount)
	}
	return money.Pounds(amount)
}

// Status is how far a section is written.
type Status string

// The statuses.
const (
	NotStarted Status = "not_started"
	Incomplete Status = "incomplete"
	Complete   Status = "complete"
)

// Status is how far a section is written.
func (w Written) Status(section Section) Status {
	switch {
	case len(w.Missing(section)) == 0:
		return Complete
	case w.begun(section):
		return Incomplete
	}
	return NotStarted
}

func (w Written) begun(section Section) bool {
	switch section {
	case OwedInLaw:
		return len(w.Owed) > 0
	case Circumstances:
		return w.Reason+w.AuthorisedBy+w.WhyNotWait+w.Provider != "" || !w.AuthorisedOn.IsZero() || !w.NoticedOn.IsZero() || !w.NoticeEndsOn.IsZero()
	case Need:
		return w.Need+w.Outcomes != ""
	case OptionsWeighed:
		return len(w.Options) > 0
	case Costs, Packages:
		return len(w.Lines) > 0
	case Contribution:
		return w.ClientWeeklyPence != nil
	case Dates:
		return !w.StartsOn.IsZero() || !w.EndsOn.IsZero() || !w.ReviewOn.IsZero()
	case Split:
		return len(w.Shares) > 0
	}
	return true
}

// AllMissing is what keeps a request from being submitted, section by section.
func (w Written) AllMissing() (problems []fault.Field) {
	for _, section := range w.Kind.Sections() {
		for _, problem := range w.Missing(section) {
			problems = append(problems, fault.Field{Name: string(section), Sentence: problem.Sentence})
		}
	}
	return problems
}
