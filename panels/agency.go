// Package panels says who meets and when: agencies, people, forums with their terms of reference, seats and meetings.
package panels

import "github.com/google/uuid"

// AgencyKind is the part of the partnership an agency plays; terms of reference name kinds, so a
// template fits any partnership.
type AgencyKind string

// The kinds of agency.
const (
	AdultSocialCare     AgencyKind = "adult_social_care"
	ChildrenSocialCare  AgencyKind = "children_social_care"
	Education           AgencyKind = "education"
	HealthContinuing    AgencyKind = "health" // NHS continuing care: children's continuing care and adult CHC
	Commissioning       AgencyKind = "commissioning"
	Brokerage           AgencyKind = "brokerage"
	Housing             AgencyKind = "housing"
	VoluntarySector     AgencyKind = "voluntary_sector"
	IndependentOfAgency AgencyKind = "independent" // an independent chair, a parent-carer council
	Families            AgencyKind = "family"      // young people and who supports them: from outside, at their own item
)

var agencyWords = map[AgencyKind]string{
	AdultSocialCare: "Adult social care", ChildrenSocialCare: "Children’s social care", Education: "Education and SEND",
	HealthContinuing: "Health", Commissioning: "Commissioning", Brokerage: "Brokerage", Housing: "Housing",
	VoluntarySector: "Voluntary sector", IndependentOfAgency: "Independent",
	Families: "Young people and families",
}

// AgencyKinds are those that may sit at a table, as forms offer them: all but families.
var AgencyKinds = []AgencyKind{
	AdultSocialCare, ChildrenSocialCare, Education, HealthContinuing, Commissioning, Brokerage, Housing, VoluntarySector, IndependentOfAgency,
}

// Words is the kind as people say it.
func (k AgencyKind) Words() string { return agencyWords[k] }

// Agency is a budget inside a legal body: adult social care, children's social care and education
// may be one council, yet each pays and consents for itself.
type Agency struct {
	ID        uuid.UUID
	Name      string
	ShortName string // "ASC", for tables
	Kind      AgencyKind
	LegalBody string     // "Marlshire Council"
	Funder    bool       // may be asked to pay a share
	Outside   bool       // another partnership's: it holds no seat here and joins single items as a guest
	OfficerID *uuid.UUID // who authorises what its voters may not commit alone; nil: nobody is named
	Version   int
}

// IsCalled reports whether a name means the agency or its legal body.
func (a Agency) IsCalled(name string) bool {
	return SameBody(name, a.Name) || SameBody(name, a.LegalBody) || SameBody(name, a.ShortName)
}
