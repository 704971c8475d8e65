package letters

import "quorate/panels/room"

// Matter is what a letter has to say, whatever the outcome is called.
type Matter string

// The matters, each with templates of its own.
const (
	MatterAgreed      Matter = "agreed"
	MatterInPrinciple Matter = "in_principle"
	MatterNotAgreed   Matter = "not_agreed"   // why, how need is met meanwhile, how to challenge
	MatterNotEligible Matter = "not_eligible" // why, and what next
	MatterDeferred    Matter = "deferred"     // what is missing, and to which meeting
	MatterElsewhere   Matter = "elsewhere"    // referred to another forum, or escalated
	MatterWithdrawn   Matter = "withdrawn"
)

var matterWords = map[Matter]string{
	MatterAgreed: "Agreed", MatterInPrinciple: "Agreed in principle", MatterNotAgreed: "Not agreed", MatterNotEligible: "Not eligible",
	MatterDeferred: "Deferred", MatterElsewhere: "Referred or escalated", MatterWithdrawn: "Withdrawn",
}

// Words is the matter as people say it.
func (m Matter) Words() string { return matterWords[m] }

// Matters are all of them, in the order lists show them.
var Matters = []Matter{MatterAgreed, MatterInPrinciple, MatterNotAgreed, MatterNotEligible, MatterDeferred, MatterElsewhere, MatterWithdrawn}

// Owed is who is owed a letter about an outcome, and about what.
type Owed struct {
	Matter    Matter
	Audiences []Audience
}

// owed is the whole rule. Whoever was asked to pay is told whenever a decision settles whether they pay;
// brokerage only when there is something to arrange. The referrer always hears. So does the young person,
// but not of a request that its referrer took back before anybody decided about them. A provisional
// outcome binds nobody, so nobody is written to until it is endorsed: what binds then is another outcome.
var owed = map[room.Outcome]Owed{
	room.Agreed:               {MatterAgreed, []Audience{ToYoungPerson, ToReferrer, ToFunder, ToBrokerage}},
	room.AgreedWithConditions: {MatterAgreed, []Audience{ToYoungPerson, ToReferrer, ToFunder, ToBrokerage}},
	room.AgreedInPart:         {MatterAgreed, []Audience{ToYoungPerson, ToReferrer, ToFunder, ToBrokerage}},
	room.AgreedInPrinciple:    {MatterInPrinciple, []Audience{ToYoungPerson, ToReferrer, ToFunder, ToBrokerage}},
	room.NotAgreed:            {MatterNotAgreed, []Audience{ToYoungPerson, ToReferrer, ToFunder}},
	room.NotEligible:          {MatterNotEligible, []Audience{ToYoungPerson, ToReferrer}},
	room.Deferred:             {MatterDeferred, []Audience{ToYoungPerson, ToReferrer}},
	room.Referred:             {MatterElsewhere, []Audience{ToYoungPerson, ToReferrer}},
	room.EscalatedOn:          {MatterElsewhere, []Audience{ToYoungPerson, ToReferrer}},
	room.WithdrawnByReferrer:  {MatterWithdrawn, []Audience{ToReferrer}},
	room.Provisional:          {},
}

// OwedFor says who is owed a letter about an outcome that binds.
func OwedFor(outcome room.Outcome) Owed { return owed[outcome] }
