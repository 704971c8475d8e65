package room

// InterestKind is the sort of interest a person declares.
type InterestKind string

// The kinds of interest.
const (
	Financial    InterestKind = "financial"
	Personal     InterestKind = "personal"
	Professional InterestKind = "professional"
	Family       InterestKind = "family"
)

// Extent is how far somebody with an interest takes part all the same.
type Extent string

// The extents. Until the chair answers there is none, and the person has left.
const (
	StaysOut      Extent = "left"  // the chair accepts the interest
	MaySpeak      Extent = "speak" // by a dispensation: in the room, with no vote and no weight in the quorum
	MaySpeakVotes Extent = "vote"  // by a dispensation: as if there were none
)

var extentWords = map[Extent]string{
	"": "has left for this item; the chair has not answered yet", StaysOut: "has left for this item",
	MaySpeak: "may speak on this item, and does not vote", MaySpeakVotes: "may speak and vote on this item",
}

// Words is what a person with an interest does in its item.
func (e Extent) Words() string { return extentWords[e] }

// Stage is how far the open item has got.
type Stage string

// The stages of an item. In deliberation, where the forum holds it in private, presenters and
// observers are out.
const (
	Presenting   Stage = "present"
	Questions    Stage = "questions"
	Deliberation Stage = "deliberation"
)

// Progress is where an item stands in its meeting.
type Progress string

// The progress of an item.
const (
	Waiting    Progress = "waiting"
	Open       Progress = "open"
	Done       Progress = "done"
	PassedOver Progress = "passed"
)

// Position is what one voter says to a proposal.
type Position string

// The positions: a funder consents or refuses; under the other rules a member is for or against. To agree
// with conditions is asked for as a position of its own, and kept as agreement with its condition.
const (
	Consent   Position = "consent"
	ConsentIf Position = "consent_if"
	Refuse    Position = "refuse"
	For       Position = "for"
	ForIf     Position = "for_if"
	Against   Position = "against"
	Abstain   Position = "abstain"
)

var positionWords = map[Position]string{
	Consent: "Agrees", ConsentIf: "Agrees with conditions", Refuse: "Does not agree",
	For: "Agrees", ForIf: "Agrees with conditions", Against: "Does not agree", Abstain: "Abstains",
}

// given is the position as it was chosen: agreement with a condition is agreement with conditions.
func (p Position) given(condition string) Position {
	switch {
	case condition == "":
		return p
	case p == Consent:
		return ConsentIf
	case p == For:
		return ForIf
	default:
		return p
	}
}

// Words is the position as people say it.
func (p Position) Words() string { return positionWords[p] }

// Outcome is what a meeting concludes about an item.
type Outcome string

// The outcomes.
const (
	Agreed               Outcome = "agreed"
	AgreedWithConditions Outcome = "agreed_with_conditions"
	AgreedInPart         Outcome = "agreed_in_part"
	AgreedInPrinciple    Outcome = "agreed_in_principle"
	Provisional          Outcome = "provisional"
	Deferred             Outcome = "deferred"
	NotAgreed            Outcome = "not_agreed"
	NotEligible          Outcome = "not_eligible"
	Referred             Outcome = "referred"
	EscalatedOn          Outcome = "escalated"
	WithdrawnByReferrer  Outcome = "withdrawn"
)

var outcomeWords = map[Outcome]string{
	Agreed: "Agreed", AgreedWithConditions: "Agreed with conditions", AgreedInPart: "Agreed in part",
	AgreedInPrinciple: "Agreed in principle", Provisional: "Provisional", Deferred: "Deferred",
	NotAgreed: "Not agreed", NotEligible: "Not eligible", Referred: "Referred to another forum",
	EscalatedOn: "Escalated", WithdrawnByReferrer: "Withdrawn by the referrer",
}

// Words is the outcome as people say it.
func (o Outcome) Words() string { return outcomeWords[o] }

// Outcomes lists every outcome in the order a form offers them.
func Outcomes() []Outcome {
	return []Outcome{Agreed, AgreedWithConditions, AgreedInPart, AgreedInPrinciple, Provisional, Deferred,
		NotAgreed, NotEligible, Referred, EscalatedOn, WithdrawnByReferrer}
}

// agrees reports whether the outcome commits anybody to anything.
func (o Outcome) agrees() bool {
	switch o {
	case Agreed, AgreedWithConditions, AgreedInPart, AgreedInPrinciple:
		return true
	default:
		return false
	}
}

// ChallengeRoute is how somebody can challenge a decision that was not agreed.
type ChallengeRoute string

// The routes of challenge.
const (
	ChallengeEHCP        ChallengeRoute = "ehcp"
	ChallengeCHC         ChallengeRoute = "chc"
	ChallengeCareAct     ChallengeRoute = "care_act"
	ChallengeChildrenAct ChallengeRoute = "children_act"
)

var challengeWords = map[ChallengeRoute]string{
	ChallengeEHCP:        "Education, health and care plan: mediation, then the SEND Tribunal",
	ChallengeCHC:         "NHS continuing healthcare: local resolution with the integrated care board, then NHS England",
	ChallengeCareAct:     "Care Act: a complaint to the council, then the Local Government and Social Care Ombudsman",
	ChallengeChildrenAct: "Children Act: a complaint to the council’s children’s services",
}

// Words is the route as the letter gives it.
func (r ChallengeRoute) Words() string { return challengeWords[r] }
