package requests

// Kind is what a panel is asked to do about a package.
type Kind string

// The kinds of request.
const (
	New           Kind = "new"
	Change        Kind = "change"
	Extension     Kind = "extension"
	Reduction     Kind = "reduction"
	Ending        Kind = "ending"
	Notice        Kind = "notice"        // the provider gave notice: what follows
	Retrospective Kind = "retrospective" // it began before the panel was asked
	Uplift        Kind = "uplift"        // the yearly rise of many packages, as one item
)

// Kinds are all of them, as the form offers them.
var Kinds = []Kind{New, Change, Extension, Reduction, Ending, Notice, Retrospective, Uplift}

var kindWords = map[Kind]string{
	New: "A new package", Change: "A change to a package", Extension: "A longer time for a package", Reduction: "A smaller package", Ending: "The end of a package",
	Notice: "A provider’s notice", Retrospective: "A package that has already begun", Uplift: "The annual uplift of many packages",
}

var kindHints = map[Kind]string{
	Change: "The provider, the hours or the price change", Extension: "The same package, past the end that was agreed", Reduction: "It costs less than now",
	Notice: "The provider ends a package, and something has to follow", Retrospective: "Say who authorised it, when, and why it could not wait", Uplift: "One item for the panel, a line for each package",
}

// Words is the kind as people read it.
func (k Kind) Words() string { return kindWords[k] }

// Hint explains a kind whose words do not say enough.
func (k Kind) Hint() string { return kindHints[k] }

// known reports whether this is a kind there is.
func (k Kind) known() bool { return kindWords[k] != "" }

// Follows reports whether there may be a package now, so that its cost is shown beside the new one.
func (k Kind) Follows() bool { return k != New && k != Uplift }

// Costs reports whether the request lists what is to be bought for one young person.
func (k Kind) Costs() bool { return k != Ending && k != Uplift }

// Section is a part of a request, a page of its own in the form.
type Section string

// The sections, in the order of the form. What is already owed comes before anything is asked for.
const (
	About          Section = "about"
	OwedInLaw      Section = "owed"
	Circumstances  Section = "circumstances"
	Need           Section = "need"
	OptionsWeighed Section = "options"
	Costs          Section = "costs"
	Contribution   Section = "contribution"
	Packages       Section = "packages"
	Dates          Section = "dates"
	Split          Section = "split"
)

var allSections = []Section{About, OwedInLaw, Circumstances, Need, OptionsWeighed, Costs, Contribution, Packages, Dates, Split}

// Has reports whether a kind of request asks about a section.
func (k Kind) Has(s Section) bool {
	switch s {
	case About:
		return true
	case OwedInLaw, Need:
		return k != Uplift
	case Circumstances:
		return k != New
	case OptionsWeighed, Costs, Contribution:
		return k.Costs()
	case Packages:
		return k == Uplift
	case Dates, Split:
		return k != Ending
	}
	return false
}

// Sections are what a kind of request asks about, in order.
func (k Kind) Sections() []Section {
	var asked []Section
	for _, s := range allSections {
		if k.Has(s) {
			asked = append(asked, s)
		}
	}
	return asked
}

var sectionTitles = map[Section]string{
	About: "What you are asking for", OwedInLaw: "What is already owed", Need: "Needs and outcomes", OptionsWeighed: "Options considered",
	Costs: "What it costs", Contribution: "The young person’s own contribution", Packages: "The packages", Dates: "Dates", Split: "Who is asked to pay",
}

var circumstancesTitles = map[Kind]string{
	Change: "Why it changes", Extension: "Why it goes on", Reduction: "Why it becomes smaller", Ending: "Why and when it ends", Notice: "The provider’s notice",
	Retrospective: "Why it could not wait", Uplift: "Why prices go up",
}

// Title is a section’s name for a kind of request.
func (s Section) Title(k Kind) string {
	if s == Circumstances {
		return circumstancesTitles[k]
	}
	return sectionTitles[s]
}
