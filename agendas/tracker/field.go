package tracker

import (
	"fmt"
	"strings"

	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// A Field is one thing the tracker may say about a young person, by the name of its column in cases.
type Field string

// The fields a tracker's columns may supply.
const (
	PersonReference    Field = "person_reference"
	NHSNumber          Field = "nhs_number"
	UPN                Field = "upn"
	ChildrensReference Field = "childrens_reference"
	AdultsReference    Field = "adults_reference"
	Forename           Field = "forename"
	Surname            Field = "surname"
	DateOfBirth        Field = "date_of_birth"
	Locality           Field = "locality"
	ResponsibleCouncil Field = "responsible_council"
	ResponsibleICB     Field = "responsible_icb"
	School             Field = "school"
	PrimaryNeed        Field = "primary_need"
	EHCP               Field = "ehcp"
	EHCPReview         Field = "ehcp_review_on"
	LegalStatus        Field = "legal_status"
	SocialCareStatus   Field = "social_care_status"
	ReferralSource     Field = "referral_source"
	Referred           Field = "referred_on"
	AllocatedWorker    Field = "allocated_worker"
	Allocated          Field = "allocated_on"
	CareActAssessed    Field = "care_act_assessed_on"
	CareActOutcome     Field = "care_act_outcome"
	SupportPlan        Field = "support_plan_on"
	MentalCapacity     Field = "mental_capacity_on"
	CHCChecklist       Field = "chc_checklist_on"
	CHCDecision        Field = "chc_decision"
	PathwayPlan        Field = "pathway_plan_on"
	AdultSafeguarded   Field = "adult_safeguarded_on"
	CourtDate          Field = "court_date_on"
	Placement          Field = "placement"
	OutOfCounty        Field = "out_of_county"
	PlacementEnds      Field = "placement_ends_on"
	WeeklyCost         Field = "weekly_cost_pence"
	ASCWeekly          Field = "asc_weekly_pence"
	CSCWeekly          Field = "csc_weekly_pence"
	EducationWeekly    Field = "education_weekly_pence"
	HealthWeekly       Field = "health_weekly_pence"
	TransportWeekly    Field = "transport_weekly_pence"
	Section117         Field = "section_117"
	ProtectedAddress   Field = "protected_address"
	Siblings           Field = "siblings"
	Interpreter        Field = "interpreter"
	Advocate           Field = "advocate"
	Safeguarding       Field = "safeguarding_concern"
	LibertyAuthorised  Field = "liberty_authorised"
	ViewsRecorded      Field = "views_recorded_on"
	RAG                Field = "rag"
	Notes              Field = "notes"
	ConsentRefused     Field = "consent_refused"
	Died               Field = "died_on"
	MovedAway          Field = "moved_away_on"

	// FullName is a column's field, not a case's: one column that holds forename and surname.
	FullName Field = "full_name"
)

type fieldKind uint8

const (
	textField fieldKind = iota
	wordField           // text from a short list, other words of which are a problem
	dateField           // a day that has been, or is booked soon
	planField           // a day still to come: a review, an end, a hearing
	flagField
	penceField
	statusField // text in the words the rules know, where it can be put so
	neededField // text: what is needed, "" for nothing
)

// fieldRule says how a field is written in words and where a Case keeps it. Exactly one of the
// accessors is set.
type fieldRule struct {
	field Field
	label string
	kind  fieldKind
	words map[string]string                   // for wordField and statusField: what a cell may say, lower case, and what is kept
	tells func(string) (kept, problem string) // for text that tells people apart: as it is kept, however it is written
	text  func(*Case) *string
	date  func(*Case) *clock.Date
	flag  func(*Case) **bool
	pence func(*Case) **int64
}

var ragWords = map[string]string{
	"red": "Red", "r": "Red", "amber": "Amber", "a": "Amber", "yellow": "Amber", "green": "Green", "g": "Green",
}

// fieldRules lists every field in the order a case page shows them.
var fieldRules = []fieldRule{
	{field: PersonReference, label: "person reference", text: func(c *Case) *string { return &c.PersonReference }},
	{field: NHSNumber, label: "NHS number", tells: readNHSNumber, text: func(c *Case) *string { return &c.NHSNumber }},
	{field: UPN, label: "UPN", tells: readUPN, text: func(c *Case) *string { return &c.UPN }},
	{field: ChildrensReference, label: "children’s services reference", tells: readReference, text: func(c *Case) *string { return &c.ChildrensReference }},
	{field: AdultsReference, label: "adult services reference", tells: readReference, text: func(c *Case) *string { return &c.AdultsReference }},
	{field: Forename, label: "forename", text: func(c *Case) *string { return &c.Forename }},
	{field: Surname, label: "surname", text: func(c *Case) *string { return &c.Surname }},
	{field: DateOfBirth, label: "date of birth", kind: dateField, date: func(c *Case) *clock.Date { return &c.DateOfBirth }},
	{field: Locality, label: "locality", text: func(c *Case) *string { return &c.Locality }},
	{field: ResponsibleCouncil, label: "responsible council", text: func(c *Case) *string { return &c.ResponsibleCouncil }},
	{field: ResponsibleICB, label: "responsible ICB", text: func(c *Case) *string { return &c.ResponsibleICB }},
	{field: School, label: "school or college", text: func(c *Case) *string { return &c.School }},
	{field: PrimaryNeed, label: "primary need", text: func(c *Case) *string { return &c.PrimaryNeed }},
	{field: EHCP, label: "EHCP", kind: flagField, flag: func(c *Case) **bool { return &c.EHCP }},
	{field: EHCPReview, label: "next EHCP review", kind: planField, date: func(c *Case) *clock.Date { return &c.EHCPReviewOn }},
	{field: LegalStatus, label: "legal status", kind: statusField, words: legalWords, text: func(c *Case) *string { return &c.LegalStatus }},
	{field: SocialCareStatus, label: "social care status", kind: statusField, words: socialCareWords, text: func(c *Case) *string { return &c.SocialCareStatus }},
	{field: ReferralSource, label: "referral source", text: func(c *Case) *string { return &c.ReferralSource }},
	{field: Referred, label: "referral date", kind: dateField, date: func(c *Case) *clock.Date { return &c.ReferredOn }},
	{field: AllocatedWorker, label: "allocated worker", text: func(c *Case) *string { return &c.AllocatedWorker }},
	{field: Allocated, label: "allocated date", kind: dateField, date: func(c *Case) *clock.Date { return &c.AllocatedOn }},
	{field: CareActAssessed, label: "Care Act assessment", kind: dateField, date: func(c *Case) *clock.Date { return &c.CareActAssessedOn }},
	{field: CareActOutcome, label: "Care Act assessment outcome", kind: statusField, words: outcomeWords, text: func(c *Case) *string { return &c.CareActOutcome }},
	{field: SupportPlan, label: "support plan", kind: dateField, date: func(c *Case) *clock.Date { return &c.SupportPlanOn }},
	{field: MentalCapacity, label: "mental capacity assessment", kind: dateField, date: func(c *Case) *clock.Date { return &c.MentalCapacityOn }},
	{field: CHCChecklist, label: "CHC checklist", kind: dateField, date: func(c *Case) *clock.Date { return &c.CHCChecklistOn }},
	{field: CHCDecision, label: "CHC decision", text: func(c *Case) *string { return &c.CHCDecision }},
	{field: PathwayPlan, label: "pathway plan", kind: dateField, date: func(c *Case) *clock.Date { return &c.PathwayPlanOn }},
	{field: AdultSafeguarded, label: "adult safeguarding referral", kind: dateField, date: func(c *Case) *clock.Date { return &c.AdultSafeguardedOn }},
	{field: CourtDate, label: "court or tribunal date", kind: planField, date: func(c *Case) *clock.Date { return &c.CourtDateOn }},
	{field: Placement, label: "placement", text: func(c *Case) *string { return &c.Placement }},
	{field: OutOfCounty, label: "out of county", kind: flagField, flag: func(c *Case) **bool { return &c.OutOfCounty }},
	{field: PlacementEnds, label: "placement end", kind: planField, date: func(c *Case) *clock.Date { return &c.PlacementEndsOn }},
	{field: WeeklyCost, label: "weekly cost", kind: penceField, pence: func(c *Case) **int64 { return &c.WeeklyCostPence }},
	{field: ASCWeekly, label: "adult social care weekly cost", kind: penceField, pence: func(c *Case) **int64 { return &c.ASCWeeklyPence }},
	{field: CSCWeekly, label: "children’s social care weekly cost", kind: penceField, pence: func(c *Case) **int64 { return &c.CSCWeeklyPence }},
	{field: EducationWeekly, label: "education weekly cost", kind: penceField, pence: func(c *Case) **int64 { return &c.EducationWeeklyPence }},
	{field: HealthWeekly, label: "health weekly cost", kind: penceField, pence: func(c *Case) **int64 { return &c.HealthWeeklyPence }},
	{field: TransportWeekly, label: "weekly transport cost", kind: penceField, pence: func(c *Case) **int64 { return &c.TransportWeeklyPence }},
	{field: Section117, label: "section 117", kind: flagField, flag: func(c *Case) **bool { return &c.Section117 }},
	{field: ProtectedAddress, label: "protected address", kind: flagField, flag: func(c *Case) **bool { return &c.ProtectedAddress }},
	{field: Siblings, label: "siblings", kind: neededField, text: func(c *Case) *string { return &c.Siblings }},
	{field: Interpreter, label: "interpreter", kind: neededField, text: func(c *Case) *string { return &c.Interpreter }},
	{field: Advocate, label: "advocate", kind: neededField, text: func(c *Case) *string { return &c.Advocate }},
	{field: Safeguarding, label: "safeguarding concern", kind: flagField, flag: func(c *Case) **bool { return &c.SafeguardingConcern }},
	{field: LibertyAuthorised, label: "deprivation of liberty authorised", kind: flagField, flag: func(c *Case) **bool { return &c.LibertyAuthorised }},
	{field: ViewsRecorded, label: "young person’s views recorded", kind: dateField, date: func(c *Case) *clock.Date { return &c.ViewsRecordedOn }},
	{field: RAG, label: "RAG", kind: wordField, words: ragWords, text: func(c *Case) *string { return &c.RAG }},
	{field: Notes, label: "notes", text: func(c *Case) *string { return &c.Notes }},
	{field: ConsentRefused, label: "consent refused", kind: flagField, flag: func(c *Case) **bool { return &c.ConsentRefused }},
	{field: Died, label: "date of death", kind: dateField, date: func(c *Case) *clock.Date { return &c.DiedOn }},
	{field: MovedAway, label: "moved away", kind: dateField, date: func(c *Case) *clock.Date { return &c.MovedAwayOn }},
}

var ruleOf = func() map[Field]*fieldRule {
	rules := make(map[Field]*fieldRule, len(fieldRules))
	for i := range fieldRules {
		rules[fieldRules[i].field] = &fieldRules[i]
	}
	return rules
}()

// Fields lists every field in the order a case page shows them.
func Fields() []Field {
	fields := make([]Field, len(fieldRules))
	for i, rule := range fieldRules {
		fields[i] = rule.field
	}
	return fields
}

// Label is the field in plain words, as in "cannot be judged: no column for support plan".
func (f Field) Label() string {
	switch rule := ruleOf[f]; {
	case rule != nil:
		return rule.label
	case f == FullName:
		return "name"
	default:
		return string(f)
	}
}

// isPayer reports whether the field is what one payer pays of the weekly cost.
func (f Field) isPayer() bool {
	return f == ASCWeekly || f == CSCWeekly || f == EducationWeekly || f == HealthWeekly
}

// Title is the label as it begins a row: "Next EHCP review", "Support plan".
func (f Field) Title() string { return sentenceCase(f.Label()) }

// same reports whether two cases say the same about the field.
func (r *fieldRule) same(a, b *Case) bool {
	switch {
	case r.text != nil:
		return *r.text(a) == *r.text(b)
	case r.date != nil:
		return *r.date(a) == *r.date(b)
	case r.flag != nil:
		return equalOrBothNil(*r.flag(a), *r.flag(b))
	default:
		return equalOrBothNil(*r.pence(a), *r.pence(b))
	}
}

func equalOrBothNil[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// stored is the field's value as its column in cases holds it; nil is NULL.
func (r *fieldRule) stored(c *Case) any {
	switch {
	case r.text != nil:
		return *r.text(c)
	case r.date != nil:
		if day := *r.date(c); !day.IsZero() {
			return day.String()
		}
	case r.flag != nil:
		if flag := *r.flag(c); flag != nil {
			return *flag
		}
	case r.pence != nil:
		if pence := *r.pence(c); pence != nil {
			return *pence
		}
	}
	return nil
}

// Say writes what a case says about a field as people read it: "4 March 2027", "£1,204.50", "Yes",
// "Not known".
func (f Field) Say(c *Case) string {
	rule := ruleOf[f]
	if rule == nil {
		return notKnown
	}
	switch {
	case rule.text != nil:
		if text := *rule.text(c); text != "" {
			if rule.field == NHSNumber {
				return sayNHSNumber(text)
			}
			return text
		}
	case rule.date != nil:
		return rule.date(c).Long()
	case rule.flag != nil:
		if flag := *rule.flag(c); flag != nil {
			return yesNo(*flag)
		}
	default:
		if pence := *rule.pence(c); pence != nil {
			return money.Pounds(*pence)
		}
	}
	return notKnown
}

const notKnown = "Not known"

func yesNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}

// sentenceCase begins a label with a capital, leaving EHCP and CHC as they are.
func sentenceCase(label string) string {
	if label == "" {
		return ""
	}
	return strings.ToUpper(label[:1]) + label[1:]
}

// load sets the field from its stored value as JSON gives it back. What the field cannot hold is an
// error: the value came from our own table.
func (r *fieldRule) load(c *Case, value any) error {
	switch value := value.(type) {
	case nil:
		switch {
		case r.text != nil:
			*r.text(c) = ""
		case r.date != nil:
			*r.date(c) = clock.Date{}
		case r.flag != nil:
			*r.flag(c) = nil
		default:
			*r.pence(c) = nil
		}
		return nil
	case string:
		if r.text != nil {
			*r.text(c) = value
			return nil
		}
		if r.date != nil {
			return r.date(c).UnmarshalText([]byte(value))
		}
	case bool:
		if r.flag != nil {
			*r.flag(c) = &value
			return nil
		}
	case float64:
		if r.pence != nil {
			pence := int64(value)
			*r.pence(c) = &pence
			return nil
		}
	}
	return fmt.Errorf("tracker: %s cannot hold a %T", r.field, value)
}
